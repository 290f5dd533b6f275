"""The absorption-tensor networks of a bundle, and the kernel regression that may stand beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.structure import SYMBOLS, Structure
from xanesview.errors import XanesviewError
from xanesview.inference.loaded_network import (
    MOST_SITES_WITH_MEMBERS,
    Evaluation,
    LoadedNetwork,
    Progress,
    in_batches,
)
from xanesview.inference.notices import band_notices, negative_notices

if TYPE_CHECKING:
    import torch

SITES_A_BATCH = 96


class TensorPredictor(LoadedNetwork):
    """The ensemble of absorption-tensor networks of one bundle, asked in batches of neighbours."""

    def _read_more(self, weights: Mapping[str, torch.Tensor]) -> None:
        from xanesview.networks.absorption_tensor.density_kernel import load_kernel

        super()._read_more(weights)
        self._kernel = load_kernel(self.card, weights)

    def _move(self) -> None:
        super()._move()
        self._kernel = None if self._kernel is None else self._kernel.to(self._device_name)

    def _modules(self) -> list:
        return self._networks if self._kernel is None else [*self._networks, self._kernel]

    def _evaluate(
        self, structure: Structure, sites: np.ndarray, progress: Progress | None, cancelled: Callable[[], bool] | None
    ) -> Evaluation:
        self._check_elements(structure)
        keep = len(sites) <= MOST_SITES_WITH_MEMBERS
        members, ip_ev = self._members(structure, sites, keep, progress, cancelled)
        components = members.mean(0)
        return Evaluation(
            components=components,
            judged=members if keep else None,
            members=self._widened(members) if keep and len(members) > 1 else None,
            ip_ev=ip_ev,
            notices=(
                *self._told_of(structure),
                *band_notices(len(sites), MOST_SITES_WITH_MEMBERS),
                *negative_notices(components),
            ),
        )

    def _check_elements(self, structure: Structure) -> None:
        known = self._networks[0].config.known_elements
        unknown = [z for z in structure.elements if z not in known]
        if unknown:
            names = ", ".join(SYMBOLS[z] for z in unknown)
            have = ", ".join(SYMBOLS[z] for z in sorted(known))
            raise XanesviewError(
                f"The network “{self.card.title}” has never seen {names}.",
                f"It knows {have}. Remove these atoms, or choose another network.",
            )

    def _members(
        self,
        structure: Structure,
        sites: np.ndarray,
        keep: bool,
        progress: Progress | None,
        cancelled: Callable[[], bool] | None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return members (M, S, 6, E), or their mean alone as (1, S, 6, E), and ionisation potentials (S,)."""
        from xanesview.networks.neighbours import neighbour_edges

        config = self._networks[0].config
        longest = max(config.cutoff_angstrom, config.absorber_cutoff_angstrom)
        edges = neighbour_edges(structure.positions_angstrom, structure.cell_angstrom, structure.pbc, longest)
        shape = (len(sites), 6, len(self.card.energy_ev))
        members = np.empty((len(self._networks) if keep else 1, *shape), np.float32)
        ip = np.empty(len(sites), np.float32)
        order = _spatial_order(structure.positions_angstrom[sites])
        for rows in in_batches(len(sites), SITES_A_BATCH, progress, cancelled):
            batch = order[rows]
            values, potentials = self._within_memory(lambda batch=batch: self._run(structure, sites[batch], edges))
            members[:, batch] = values if keep else values.mean(0, keepdims=True)
            ip[batch] = potentials
        return members, ip

    def _run(self, structure: Structure, sites: np.ndarray, edges) -> tuple[np.ndarray, np.ndarray]:
        import torch

        from xanesview.networks.atom_graphs import atom_graph

        config = self._networks[0].config
        graph = atom_graph(
            structure.numbers,
            structure.positions_angstrom,
            config.cutoff_angstrom,
            sites=sites,
            site_cutoff_angstrom=config.absorber_cutoff_angstrom,
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

    def _widened(self, members: np.ndarray) -> np.ndarray:
        """Return members (M, S, 6, E) moved away from their mean so that their spread holds 68 % of the truth.

        The factor was found on validation data and stands on the card; without one the members stay as they are.
        """
        factors = self.card.raw.get("uncertainty", {}).get("calibration", {}).get("factors")
        if not factors:
            return members
        mean = members.mean(0)
        return mean + np.float32(factors[0]) * (members - mean)


def _spatial_order(positions: np.ndarray) -> np.ndarray:
    """Return an order in which near sites follow each other, so that a batch shares its surroundings."""
    if len(positions) <= SITES_A_BATCH:
        return np.arange(len(positions))
    cell = np.floor((positions - positions.min(0)) / 12.0).astype(int)
    return np.lexsort((positions[:, 2], cell[:, 2], cell[:, 1], cell[:, 0]))
