"""Networks that take the direction as an input: evaluated along any polarisation as it is dragged, and as tensors, the
quadratic form nearest to their spectra with what it misses."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.structure import Notice, Structure
from xanesview.inference.loaded_network import (
    Evaluation,
    LoadedNetwork,
    Progress,
    checked_sites,
    in_batches,
)
from xanesview.inference.notices import negative_notices
from xanesview.networks.quadratic_form import FIT_DIRECTIONS, FIT_WEIGHTS, fitted_tensor

if TYPE_CHECKING:
    from xanesview.networks.atom_graphs import AtomGraph
    from xanesview.networks.isd_painn.directions import PreparedStructure

KEPT_STRUCTURES = 4
ROWS_A_BLOCK = 4096  # atoms × directions that are evaluated together: some 50 MB for the shipped network


@dataclass(frozen=True, eq=False)
class _Prepared:
    """What is known of a structure before a direction is: its graph, and one preparation a member."""

    graph: AtomGraph
    members: tuple[PreparedStructure, ...]


class DirectionalPredictor(LoadedNetwork):
    """ISD-PaiNN.

    `along` and `along_directions` ask the network itself; `predict` fits a tensor to the directions of
    `quadratic_form.FIT_DIRECTIONS`. The network is even in n̂ but not exactly quadratic: the notice of each prediction
    says what the fit leaves, as a share of the anisotropy, and turned with the molecule the tensor agrees within some
    tenths of a percent of its peak, where the network itself agrees exactly.

    Raises
    ------
    XanesviewError
        for a broken bundle or a device that is not there.
    """

    def __init__(self, path: Path, device: str = "auto") -> None:
        self._kept: OrderedDict[str, _Prepared] = OrderedDict()
        self._lock = threading.Lock()
        super().__init__(path, device)

    def _move(self) -> None:
        super()._move()
        with self._lock:
            self._kept.clear()

    def _evaluate(
        self, structure: Structure, sites: np.ndarray, progress: Progress | None, cancelled: Callable[[], bool] | None
    ) -> Evaluation:
        from xanesview.networks.isd_painn.network import crowding_notice

        found, features = self._members_along(structure, sites, FIT_DIRECTIONS, cancelled)
        asked = (found.mean(0), *(found if len(found) > 1 else ()))
        fits = [fitted_tensor(FIT_DIRECTIONS, spectra, FIT_WEIGHTS) for spectra in asked]
        fitted, members = fits[0], np.stack([fit.components for fit in fits[1:]]) if len(found) > 1 else None
        if progress is not None:
            progress(len(sites), len(sites))
        return Evaluation(
            components=fitted.components,
            judged=members,
            members=None if members is None else members.astype(np.float32),
            ip_ev=None,
            features=features,
            notices=(
                self._fit_notice(fitted.residual),
                *self._told_of(structure),
                *negative_notices(fitted.components),
                *filter(None, [crowding_notice(self._prepared(structure).graph)]),
            ),
        )

    def along_directions(
        self,
        structure: Structure,
        sites: Sequence[int],
        directions: np.ndarray,
        cancelled: Callable[[], bool] | None = None,
    ) -> np.ndarray:
        """Return the spectra (D, S, E) of sites for linear light along directions (D, 3) of any length but zero.

        Raises
        ------
        XanesviewError
            as `along`.
        Cancelled
            when ``cancelled`` says so.
        """
        array = checked_sites(structure, sites, self.card)
        return self._members_along(structure, array, directions, cancelled)[0].mean(0)

    def _members_along(
        self,
        structure: Structure,
        sites: np.ndarray,
        directions: np.ndarray,
        cancelled: Callable[[], bool] | None,
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the members' spectra (M, D, S, E), and of a single network the last scalars (S, H), averaged over the
        directions."""
        import torch

        from xanesview.networks.isd_painn.directions import scalars_along

        def run() -> tuple[np.ndarray, np.ndarray | None]:
            prepared = self._prepared(structure)
            self._use_threads(len(prepared.graph.source))
            n = torch.as_tensor(np.asarray(directions, float), dtype=torch.float32, device=self._device_name)
            rows = torch.as_tensor(sites, device=self._device_name)
            blocks, last = [], 0.0
            for block in in_batches(len(n), max(1, ROWS_A_BLOCK // structure.n_atoms), cancelled=cancelled):
                asked, spectra = len(n[block]), []
                for network, one in zip(self._networks, prepared.members, strict=True):
                    scalars = scalars_along(network, one, n[block])[rows]
                    with torch.no_grad():
                        spectra.append(network.out_invariant(scalars).transpose(0, 1).expand(asked, -1, -1))
                last = last + scalars.mean(dim=1) * (asked / len(n))
                blocks.append(torch.stack(spectra))
            found = torch.cat(blocks, dim=1).double().cpu().numpy()
            return found, last.cpu().numpy() if len(self._networks) == 1 else None

        found, last = self._within_memory(run)
        found = found * self.card.intensity_scale
        self._check_finite(found)
        return found, last

    def _prepared(self, structure: Structure) -> _Prepared:
        """Return what doesn't depend on the direction, made once for the newest few structures."""
        import torch

        from xanesview.networks.atom_graphs import atom_graph
        from xanesview.networks.isd_painn.directions import prepared

        key = structure.content_hash
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        graph = atom_graph(
            structure.numbers,
            structure.positions_angstrom,
            self._networks[0].config.cutoff,
            structure.cell_angstrom,
            structure.pbc,
            dtype=torch.float32,
        ).to(self._device_name)
        self._use_threads(len(graph.source))
        made = _Prepared(graph, tuple(prepared(network, graph) for network in self._networks))
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT_STRUCTURES:
                self._kept.popitem(last=False)
        return made

    def _fit_notice(self, residual: np.ndarray) -> Notice:
        worst = 100.0 * float(residual.max(initial=0.0))
        return Notice(
            "fitted-tensor",
            f"tensor fitted to {len(FIT_DIRECTIONS)} directions (misses {worst:.0f} %)",
            f"{self.card.name} takes the direction as an input. Its spectra are not exactly quadratic in it: "
            f"the worst site's fit misses {worst:.1f} % of the anisotropy (rms).",
        )
