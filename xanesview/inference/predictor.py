"""From a structure to the absorption tensors of its sites. torch is imported when a predictor is loaded, not before."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from xanesview.domain.structure import Notice, Structure
from xanesview.errors import Cancelled, XanesviewError
from xanesview.inference.loaded_network import LoadedNetwork, Prediction, Progress, check_finite, checked_sites
from xanesview.inference.notices import band_notices, negative_notices, structure_notices
from xanesview.networks.card import CARD, DEFAULT_NETWORK, Card, find_bundle

SITES_A_BATCH = 96
MOST_SITES_WITH_MEMBERS = 1500


class Predictor(Protocol):
    """A loaded network."""

    card: Card
    device: str

    def predict(
        self,
        structure: Structure,
        sites: Sequence[int],
        *,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Prediction:
        """Predict the absorption tensors of sites (atom indices)."""


def default_sites(structure: Structure, card: Card) -> np.ndarray:
    """Return every atom of the network's element.

    Raises
    ------
    XanesviewError
        when there is none.
    """
    sites = structure.sites_of(card.element)
    if not len(sites):
        raise XanesviewError(
            f"{structure.name or structure.formula} has no {card.element} atom; {card.name} predicts {card.label}.",
            "Open a structure with this element, or choose a network for another edge.",
        )
    return sites


class TensorPredictor(LoadedNetwork):
    """The ensemble of absorption-tensor networks of one bundle.

    Raises
    ------
    XanesviewError
        for a broken bundle or a device that is not there.
    """

    def __init__(self, path: Path, device: str = "auto") -> None:
        super().__init__(path, device)
        self._notices: tuple[Notice, ...] = ()

    def predict(
        self,
        structure: Structure,
        sites: Sequence[int],
        *,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Prediction:
        """Predict sites in batches of neighbours.

        Parameters
        ----------
        structure : Structure
        sites : atom indices (S,)
        progress : called with (sites done, sites in all)
        cancelled : asked between batches

        Raises
        ------
        XanesviewError
            for elements the network has never seen, wrong sites, or values that are not finite.
        Cancelled
            when ``cancelled`` says so.
        """
        start = time.perf_counter()
        array = checked_sites(structure, sites, self.card)
        self._check_elements(structure)
        components, members, ip = self._evaluate(structure, array, progress, cancelled)
        check_finite(components)
        verdicts = self._judge(structure, array, members)
        notices = (
            self._notices
            + structure_notices(self.card, structure, has_domain=self._environments is not None)
            + band_notices(len(array), MOST_SITES_WITH_MEMBERS)
            + negative_notices(components)
        )
        keep = members is not None and len(members) > 1 and len(array) <= MOST_SITES_WITH_MEMBERS
        tensor = self._tensor(array, components, self._widened(members) if keep else None, ip)
        return Prediction(tensor, verdicts, time.perf_counter() - start, self.device, self.card.name, notices)

    def _widened(self, members: np.ndarray) -> np.ndarray:
        """Return members (M, S, 6, E) moved away from their mean so that their spread holds 68 % of the truth.

        The factor was found on validation data and stands on the card; without one the members stay as they are.
        """
        factors = self.card.raw.get("uncertainty", {}).get("calibration", {}).get("factors")
        if not factors:
            return members
        mean = members.mean(0)
        return mean + np.float32(factors[0]) * (members - mean)

    def _check_elements(self, structure: Structure) -> None:
        known = set(self.card.raw["network"]["elements"])
        unknown = [z for z in structure.elements if z not in known]
        if unknown:
            from xanesview.domain.structure import SYMBOLS

            names = ", ".join(SYMBOLS[z] for z in unknown)
            have = ", ".join(SYMBOLS[z] for z in sorted(known))
            raise XanesviewError(
                f"The network “{self.card.title}” has never seen {names}.",
                f"It knows {have}. Remove these atoms, or choose another network.",
            )

    def _evaluate(
        self, structure: Structure, sites: np.ndarray, progress: Progress | None, cancelled: Callable[[], bool] | None
    ):
        """Return mean components (S, 6, E), members (M, S, 6, E) and ionisation potentials (S,), in the order of
        ``sites``."""
        from xanesview.networks.neighbours import neighbour_edges

        config = self._networks[0].config
        longest = max(config.cutoff_angstrom, config.absorber_cutoff_angstrom)
        edges = neighbour_edges(structure.positions_angstrom, structure.cell_angstrom, structure.pbc, longest)
        shape = (len(self._networks), len(sites), 6, len(self.card.energy_ev))
        keep = len(sites) <= MOST_SITES_WITH_MEMBERS
        members = np.empty(shape if keep else (1, *shape[1:]), np.float32)
        ip = np.empty(len(sites), np.float32)
        order = _spatial_order(structure.positions_angstrom[sites])
        for begin in range(0, len(sites), SITES_A_BATCH):
            if cancelled is not None and cancelled():
                raise Cancelled()
            batch = order[begin : begin + SITES_A_BATCH]
            values, potentials = self._batch(structure, sites[batch], edges)
            members[:, batch] = values if keep else values.mean(0, keepdims=True)
            ip[batch] = potentials
            if progress is not None:
                progress(min(begin + SITES_A_BATCH, len(sites)), len(sites))
        return members.mean(0), members if keep else None, ip

    def _batch(self, structure: Structure, sites: np.ndarray, edges):
        import torch

        try:
            return self._run(structure, sites, edges)
        except torch.OutOfMemoryError:
            from xanesview.inference.device import device_label

            torch.cuda.empty_cache()
            self._networks = [n.to("cpu") for n in self._networks]
            self._kernel = None if self._kernel is None else self._kernel.to("cpu")
            self._device_name, self.device = "cpu", device_label("cpu")
            self._notices += (
                Notice(
                    "device",
                    "CPU: GPU memory ran out",
                    "The prediction goes on, slower. Close other programs that use the GPU.",
                ),
            )
            return self._run(structure, sites, edges)

    def _run(self, structure: Structure, sites: np.ndarray, edges):
        import torch

        from xanesview.networks.graphs import site_graph

        config = self._networks[0].config
        graph = site_graph(
            structure.numbers,
            structure.positions_angstrom,
            sites,
            config.cutoff_angstrom,
            config.absorber_cutoff_angstrom,
            reach=config.layers,
            edges=edges,
            dtype=torch.float32,
        ).to(self._device_name)
        self._use_threads(len(graph.source))
        with torch.inference_mode():
            grid = torch.as_tensor(self.card.energy_ev, dtype=torch.float32, device=self._device_name)
            found = []
            potentials = 0.0
            for network in self._networks:
                isotropic, quadrupole, ip = network(graph, grid)
                found.append(network.tensor(isotropic, quadrupole))
                potentials = potentials + ip / len(self._networks)
            components = torch.stack(found) * self.card.intensity_scale
            if self._kernel is not None:  # its share moves every member alike
                regressed = self._networks[0].tensor(*self._kernel(graph)) * self.card.intensity_scale
                components = torch.lerp(components, regressed.expand_as(components), self._kernel.share)
            return components.cpu().numpy(), potentials.cpu().numpy()


def _spatial_order(positions: np.ndarray) -> np.ndarray:
    """Return an order in which near sites follow each other, so that a batch shares its surroundings."""
    if len(positions) <= SITES_A_BATCH:
        return np.arange(len(positions))
    cell = np.floor((positions - positions.min(0)) / 12.0).astype(int)
    return np.lexsort((positions[:, 2], cell[:, 2], cell[:, 1], cell[:, 0]))


_loaded: dict[tuple[str, str], Predictor] = {}


def load_predictor(name_or_path: str | Path = DEFAULT_NETWORK, device: str = "auto") -> Predictor:
    """Return a predictor, loaded once a process.

    Raises
    ------
    XanesviewError
        when the network is unknown or broken.
    """
    path = find_bundle(name_or_path)
    key = (str(path.resolve()), device)
    if key not in _loaded:
        _loaded[key] = _predictor_of(path)(path, device)
    return _loaded[key]


def _predictor_of(path: Path) -> Callable[[Path, str], Predictor]:
    card = Card.from_json(path / CARD)
    if card.kind == "tensor":
        return TensorPredictor
    if card.kind == "isd-painn":
        from xanesview.inference.directional_predictor import DirectionalPredictor

        return DirectionalPredictor
    if card.kind in ("xane3", "xanesnet"):
        from xanesview.inference.isotropic_predictor import IsotropicPredictor

        return IsotropicPredictor
    if card.gives == "properties":
        raise XanesviewError(
            f"{card.name} reads properties from a spectrum; it predicts no spectrum.",
            "Choose another network; the Properties panel uses this one.",
        )
    raise XanesviewError(
        f"{card.name} is a network of kind '{card.kind}', which this version cannot run.", "Choose another network."
    )
