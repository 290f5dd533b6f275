"""Networks that take the direction as an input, as tensors: the quadratic form nearest to their spectra, and what it
misses."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.structure import Notice, Structure
from xanesview.errors import Cancelled
from xanesview.inference.domain_check import SiteVerdict
from xanesview.inference.predictor import Prediction, Progress, checked_sites
from xanesview.networks.card import CARD, Card

N_DIRECTIONS = 12


class DirectionalPredictor:
    """ISD-PaiNN: evaluated along twelve directions spread over a hemisphere, then fitted by σ(E) of each site.

    The network is even in n̂ but not exactly quadratic; the notice of each prediction says what the fit leaves, as a
    share of the anisotropy.

    Raises
    ------
    XanesviewError
        for a broken bundle or a device that is not there.
    """

    def __init__(self, path: Path, device: str = "auto") -> None:
        from xanesview.inference.device import choose_device, device_label
        from xanesview.networks.bundle import load_weights
        from xanesview.networks.members import load_members

        self.card = Card.from_json(path / CARD)
        self._device_name = choose_device(device)
        self._networks = [n.to(self._device_name) for n in load_members(self.card, load_weights(path))]
        self.device = device_label(self._device_name)

    def predict(
        self,
        structure: Structure,
        sites: Sequence[int],
        *,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Prediction:
        """Predict the tensors of sites (S,), atom indices.

        Raises
        ------
        XanesviewError
            for elements the network has no row for, or wrong sites.
        Cancelled
            when ``cancelled`` says so.
        """
        from xanesview.networks.isd_painn import crowding_notice
        from xanesview.networks.quadratic_form import fitted_tensor, spread_directions

        start = time.perf_counter()
        array = checked_sites(structure, sites, self.card)
        if cancelled is not None and cancelled():
            raise Cancelled()
        directions = spread_directions(N_DIRECTIONS)
        graph, spectra = self._spectra(structure, directions)
        fitted = fitted_tensor(directions, spectra[:, array])
        if progress is not None:
            progress(len(array), len(array))
        worst = 100.0 * float(fitted.residual.max(initial=0.0))
        notices = [
            Notice(
                "fitted-tensor",
                f"tensor fitted to {N_DIRECTIONS} directions (misses {worst:.0f} %)",
                f"{self.card.name} takes the direction as an input. Its spectra are not exactly quadratic in it: "
                f"the worst site's fit misses {worst:.1f} % of the anisotropy (rms).",
            ),
            Notice(
                "no-domain", "no domain check", f"{self.card.name} carries no training environments to compare with."
            ),
            *filter(None, [crowding_notice(graph)]),
        ]
        tensor = AbsorptionTensor(
            energy_ev=self.card.energy_ev,
            components=fitted.components,
            sites=array,
            unit=self.card.unit,
            edge=self.card.label,
            native_fwhm_ev=self.card.native_fwhm_ev,
        )
        verdicts = tuple(SiteVerdict(int(s), True) for s in array)
        elapsed = time.perf_counter() - start
        return Prediction(tensor, verdicts, elapsed, self.device, self.card.name, tuple(notices))

    def _spectra(self, structure: Structure, directions: np.ndarray):
        """Return the graph and the members' mean spectra (D, N, E) of all atoms."""
        import torch

        from xanesview.networks.atom_graphs import atom_graph
        from xanesview.networks.isd_painn_directions import prepared, spectra_along

        graph = atom_graph(
            structure.numbers,
            structure.positions_angstrom,
            self._networks[0].config.cutoff,
            structure.cell_angstrom,
            structure.pbc,
            dtype=torch.float32,
        ).to(self._device_name)
        n = torch.as_tensor(directions, dtype=torch.float32, device=self._device_name)
        found = [spectra_along(network, prepared(network, graph), n) for network in self._networks]
        return graph, torch.stack(found).mean(0).double().cpu().numpy()
