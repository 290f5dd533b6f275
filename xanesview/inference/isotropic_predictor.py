"""Networks that give isotropic spectra, as tensors: σ(E) = I(E)·1, so that every polarisation gives the same curve.

What the bundle may carry beyond its weights is used where it is there: E0 by the network's own head, thresholds and
environments for the domain check, and in the card under ``uncertainty`` how the members' spread becomes a band:
``{"method": "ensemble" | "bootstrap" | "dropout", "samples": 20, "calibration": BandCalibration.as_dict()}``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.structure import SYMBOLS, Notice, Structure
from xanesview.errors import Cancelled, XanesviewError
from xanesview.inference.domain_check import SiteVerdict
from xanesview.inference.loaded_network import LoadedNetwork, Prediction, Progress, check_finite, checked_sites
from xanesview.inference.notices import band_notices, structure_notices
from xanesview.inference.predictor import MOST_SITES_WITH_MEMBERS
from xanesview.networks.card import Card
from xanesview.networks.uncertainty import BandCalibration

if TYPE_CHECKING:
    import torch

SITES_A_BATCH = 64
#: Beyond so many spectra of members two stand for all, one above and one below; then errors of sites only add up.
MOST_SPECTRA_OF_MEMBERS = 4000
DROPOUT_SAMPLES = 20

ISOTROPIC_NOTICE = Notice(
    "isotropic",
    "isotropic network: the spectrum does not depend on the direction",
    "The network gives the average over all directions of the light. For a polarised spectrum choose a tensor or a "
    "directional network.",
)


class IsotropicPredictor(LoadedNetwork):
    """XANE(3) and XANESNET.

    Raises
    ------
    XanesviewError
        for a broken bundle or a device that is not there.
    """

    def __init__(self, path: Path, device: str = "auto") -> None:
        super().__init__(path, device)
        self._calibration = _calibration(self.card)

    def predict(
        self,
        structure: Structure,
        sites: Sequence[int],
        *,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Prediction:
        """Predict sites (S,), atom indices; molecules, crystals and slabs alike.

        Raises
        ------
        XanesviewError
            for wrong sites, elements beyond the network, or values that are not finite.
        Cancelled
            when ``cancelled`` says so.
        """
        start = time.perf_counter()
        array = checked_sites(structure, sites, self.card)
        found, e0 = [], []
        for begin in range(0, len(array), SITES_A_BATCH):
            if cancelled is not None and cancelled():
                raise Cancelled()
            spectra, e0_ev = self._batch(structure, array[begin : begin + SITES_A_BATCH])
            found.append(spectra)
            e0.append(e0_ev)
            if progress is not None:
                progress(min(begin + SITES_A_BATCH, len(array)), len(array))
        members = np.concatenate(found, axis=1) * self.card.intensity_scale
        mean = members.mean(axis=0)
        check_finite(mean)
        keep = len(members) > 1 and len(array) <= MOST_SITES_WITH_MEMBERS
        spread = calibrated(members, self._calibration) if keep else members
        if keep and members.shape[0] * members.shape[1] > MOST_SPECTRA_OF_MEMBERS:
            spread = mean + spread.std(axis=0) * np.array([1.0, -1.0])[:, None, None]
        tensor = self._tensor(
            array,
            _as_tensors(mean),
            _as_tensors(spread.astype(np.float32)) if keep else None,
            np.concatenate(e0) if e0[0] is not None else None,
        )
        notices = (
            ISOTROPIC_NOTICE,
            *structure_notices(self.card, structure, has_domain=self._environments is not None),
            *band_notices(len(array), MOST_SITES_WITH_MEMBERS),
        )
        verdicts = self._judge(structure, array, members)
        return Prediction(tensor, verdicts, time.perf_counter() - start, self.device, self.card.name, notices)

    def _batch(self, structure: Structure, sites: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the members' spectra (M, S, E) and the mean E0 (S,), or None where there is no head for it."""
        import torch

        run = self._xane3 if self.card.kind == "xane3" else self._xanesnet
        try:
            with torch.inference_mode():
                return run(structure, sites)
        except torch.OutOfMemoryError as error:
            raise XanesviewError(
                "The memory of the graphics processor is not enough for this structure.", "Predict with --device cpu."
            ) from error

    def _xane3(self, structure: Structure, sites: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        import torch

        from xanesview.networks.atom_graphs import atom_graph
        from xanesview.networks.xane3 import AbsorberGroups

        order = np.argsort(sites, kind="stable")  # the groups come in order of the atoms
        graph = atom_graph(
            structure.numbers,
            structure.positions_angstrom,
            self._networks[0].config.r_max,
            structure.cell_angstrom,
            structure.pbc,
            absorbers=sites,
            dtype=torch.float32,
        ).to(self._device_name)
        self._use_threads(len(graph.source))
        groups = AbsorberGroups.of_sites(graph)
        grid = torch.as_tensor(self.card.energy_ev, dtype=torch.float32, device=self._device_name)
        spectra, e0 = [], []
        for network in self._networks:
            output = network(graph, groups)
            spectra.append(_in_order(network.spectra(output, grid), order))
            if output.e0_ev is not None:
                e0.append(_in_order(output.e0_ev, order))
        return np.stack(spectra), np.mean(e0, axis=0) if e0 else None

    def _xanesnet(self, structure: Structure, sites: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        import torch

        from xanesview.networks.wacsf import wacsf

        descriptors = wacsf(
            structure.numbers,
            structure.positions_angstrom,
            sites,
            self._networks[0].config.descriptor,
            structure.cell_angstrom,
            structure.pbc,
        )
        x = torch.as_tensor(descriptors, dtype=torch.float32, device=self._device_name)
        spectra = torch.stack([network(x) for network in self._networks])
        uncertainty = self.card.raw.get("uncertainty", {})
        if uncertainty.get("method") == "dropout":
            n_samples = int(uncertainty.get("samples", DROPOUT_SAMPLES))
            samples = torch.cat([network.dropout_samples(x, n_samples) for network in self._networks])
            spectra = spectra.mean(0) + samples - samples.mean(0)  # dropout gives the band, not the curve
        return spectra.double().cpu().numpy(), None

    def _judge(self, structure: Structure, sites: np.ndarray, members: np.ndarray) -> tuple[SiteVerdict, ...]:
        """Judge sites by their surroundings where the bundle carries those of its training, else by elements alone."""
        if self._environments is not None:
            return super()._judge(structure, sites, _as_tensors(members))
        strange = [SYMBOLS[z] for z in structure.elements if SYMBOLS[z] not in self.card.elements]
        reasons = tuple(f"{symbol}: not in the training data" for symbol in strange)
        return tuple(SiteVerdict(int(site), not reasons, reasons) for site in sites)


def calibrated(members: np.ndarray, calibration: BandCalibration | None) -> np.ndarray:
    """Return members (M, S, E) moved away from their mean so far that their spread is the calibrated 68 % half width.

    Keeping members, not one width, lets errors that sites share add up and others cancel in a sum.
    """
    if calibration is None or len(members) < 2:
        return members
    mean, spread = members.mean(axis=0), members.std(axis=0)
    away = members - mean
    # members that agree to the last digit get the floor from their number, odd against even
    signs = np.resize([1.0, -1.0], len(members))
    signs = (signs - signs.mean()) / signs.std()
    agree = spread < 1e-6 * max(float(np.abs(mean).max()), 1e-30)
    away = np.where(agree, signs[:, None, None], away / np.where(agree, 1.0, spread))
    return mean + away * calibration.half_width(spread)


def _calibration(card: Card) -> BandCalibration | None:
    """Return how wide the card says a band must be, or None."""
    values = card.raw.get("uncertainty", {}).get("calibration")
    try:
        return None if values is None else BandCalibration.from_dict(values)
    except (KeyError, TypeError, ValueError) as error:
        raise XanesviewError(
            f"The card of {card.name} holds a calibration that can't be read ({error}).", "Fetch the bundle again."
        ) from error


def _as_tensors(spectra: np.ndarray) -> np.ndarray:
    """Return I·1 (..., S, 6, E) for spectra (..., S, E)."""
    unit = np.array([1, 1, 1, 0, 0, 0], dtype=spectra.dtype)
    return spectra[..., None, :] * unit[:, None]


def _in_order(values: torch.Tensor, order: np.ndarray) -> np.ndarray:
    """Return what was found in order of the atoms in the order that was asked for: row k belongs to site order[k]."""
    found = values.double().cpu().numpy()
    wanted = np.empty_like(found)
    wanted[order] = found
    return wanted
