"""The absorption-tensor networks of a bundle, and the kernel regression that may stand beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.structure import SYMBOLS, Structure
from xanesview.errors import Cancelled, XanesviewError
from xanesview.inference.loaded_network import (
    MOST_SITES_WITH_MEMBERS,
    Evaluation,
    LoadedNetwork,
    Progress,
)
from xanesview.inference.notices import band_notices, negative_notices
from xanesview.inference.side_by_side import is_small, key_of, side_by_side

if TYPE_CHECKING:
    import torch

    from xanesview.networks.absorption_tensor.network import AbsorptionTensorConfig
    from xanesview.networks.absorption_tensor.stacked_members import StackedMembers
    from xanesview.networks.atom_graphs import AtomGraph

SITES_A_BATCH = 96
#: Up to so many atoms the members are asked together; of more atoms the features of one member at a time have room.
ATOMS_TOGETHER = 400
#: So few sites are all predicted, whether they see the same or not: a molecule's can't, but for its symmetry.
FEW_SITES = 24


class TensorPredictor(LoadedNetwork):
    """The ensemble of absorption-tensor networks of one bundle, asked in batches of neighbours."""

    def _read_more(self, weights: Mapping[str, torch.Tensor]) -> None:
        from xanesview.networks.absorption_tensor.density_kernel import load_kernel

        super()._read_more(weights)
        self._prepared: dict[tuple[bytes, ...], tuple[np.ndarray, np.ndarray]] = {}
        self._kernel = load_kernel(self.card, weights)

    def _move(self) -> None:
        super()._move()
        self._stacked: StackedMembers | None = None
        self._kernel = None if self._kernel is None else self._kernel.to(self._device_name)

    def _modules(self) -> list:
        return self._networks if self._kernel is None else [*self._networks, self._kernel]

    def prepare(self, asked: Sequence[tuple[Structure, np.ndarray]]) -> None:
        """Ask the members about the sites (S,) of several small molecules at once.

        `predict` finds the answers once, in any order, the same but for rounding. What is not small, or what the
        network can't predict, is left to it.
        """
        self._prepared.clear()
        known = set(self.config.known_elements)
        small = [
            (one, np.asarray(sites)) for one, sites in asked
            if is_small(one) and known.issuperset(one.elements) and 0 < len(sites) <= FEW_SITES
        ]  # fmt: skip
        if len(small) < 2:
            return
        together, sites, places = side_by_side(small, self._reach_angstrom() + 1.0)
        members, ip_ev = self._members(together, sites, True, None, None)
        for (one, own), place in zip(small, places, strict=True):
            self._prepared[key_of(one, own)] = members[:, place], ip_ev[place]

    def _evaluate(
        self, structure: Structure, sites: np.ndarray, progress: Progress | None, cancelled: Callable[[], bool] | None
    ) -> Evaluation:
        self._check_elements(structure)
        keep = len(sites) <= MOST_SITES_WITH_MEMBERS
        prepared = self._prepared.pop(key_of(structure, sites), None) if self._prepared and keep else None
        members, ip_ev = prepared or self._members(structure, sites, keep, progress, cancelled)
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

    @property
    def config(self) -> AbsorptionTensorConfig:
        """The architecture that all members have."""
        return self._networks[0].config

    def _reach_angstrom(self) -> float:
        config = self.config
        return config.layers * config.cutoff_angstrom + config.absorber_cutoff_angstrom

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
        import torch

        from xanesview.networks.atom_graphs import atom_graph
        from xanesview.networks.equivalent_sites import equivalent_sites
        from xanesview.networks.neighbours import neighbour_edges

        config = self._networks[0].config
        inner, outer = config.cutoff_angstrom, config.absorber_cutoff_angstrom
        edges = neighbour_edges(
            structure.positions_angstrom, structure.cell_angstrom, structure.pbc, max(inner, outer)
        )
        first, of_first = np.arange(len(sites)), slice(None)
        if len(sites) > FEW_SITES:
            first, of_first = equivalent_sites(structure.numbers, edges, sites, config.layers, inner, outer)
        order = _spatial_order(structure.positions_angstrom[sites[first]])
        graph = atom_graph(
            structure.numbers, structure.positions_angstrom, inner, sites=sites[first][order],
            site_cutoff_angstrom=outer, reach=config.layers, edges=edges, dtype=torch.float32,
        )  # fmt: skip
        del edges
        share = len(sites) / len(first)
        told = None if progress is None else lambda done: progress(round(share * done), len(sites))
        members, ip = self._within_memory(lambda: self._run(graph, keep, told, cancelled))
        place = np.empty(len(first), int)
        place[order] = np.arange(len(first))
        return members[:, place[of_first]], ip[place[of_first]]

    def _run(
        self,
        graph: AtomGraph,
        keep: bool,
        told: Callable[[int], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return members (M, S, 6, E), or their mean alone, and ionisation potentials (S,) of the sites of a graph.

        The features of atoms are made once, whatever number of sites asks for them.
        """
        import torch

        def pause() -> None:
            if cancelled is not None and cancelled():
                raise Cancelled

        self._use_threads(len(graph.source))
        n_sites, count = len(graph.sites), len(self._networks)
        grid = torch.as_tensor(self.card.energy_ev, dtype=torch.float32, device=self._device_name)
        members = np.zeros((count if keep else 1, n_sites, 6, len(grid)), np.float32)
        ip = np.zeros(n_sites, np.float32)
        graph = graph.to(self._device_name)
        if graph.n_atoms <= ATOMS_TOGETHER and n_sites <= SITES_A_BATCH:
            return self._together(graph, grid, keep, told, pause)
        batches = graph.batches_of_sites(SITES_A_BATCH)
        with torch.inference_mode():
            for k, network in enumerate(self._networks):
                atoms = network.atom_features(graph, pause)
                for rows, batch in batches:
                    pause()
                    isotropic, quadrupole, potentials = network(batch, grid, atoms)
                    values = network.tensor(isotropic, quadrupole) * self.card.intensity_scale
                    if keep:
                        members[k, rows] = values.cpu().numpy()
                    else:
                        members[0, rows] += values.cpu().numpy() / np.float32(count)
                    ip[rows] += potentials.cpu().numpy() / np.float32(count)
                    if told is not None:
                        told((k * n_sites + rows.stop) // count)
            for rows, batch in batches:
                pause()
                self._add_kernel(batch, members[:, rows])
        return members, ip

    def _together(
        self, graph: AtomGraph, grid: torch.Tensor, keep: bool, told: Callable[[int], None] | None,
        pause: Callable[[], None],
    ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        """As `_run`: of all members at once."""
        import torch

        from xanesview.networks.absorption_tensor.stacked_members import StackedMembers

        with torch.inference_mode():
            if self._stacked is None:
                self._stacked = StackedMembers(self._networks)
            values, potentials = self._stacked(graph, grid, pause)
            members = (values * self.card.intensity_scale).cpu().numpy()
            members = members if keep else members.mean(0, keepdims=True)
            self._add_kernel(graph, members)
        if told is not None:
            told(len(graph.sites))
        return members, potentials.mean(0).cpu().numpy()

    def _add_kernel(self, graph: AtomGraph, members: np.ndarray) -> None:
        """Move every member (M, S, 6, E) alike, where a kernel stands beside the networks."""
        if self._kernel is not None:
            regressed = self._networks[0].tensor(*self._kernel(graph)) * self.card.intensity_scale
            members += self._kernel.share * (regressed.cpu().numpy() - members)

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
