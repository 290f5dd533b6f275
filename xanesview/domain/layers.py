"""Layers of a slab: how deep its sites lie, which are surface and bulk-like, and what electrons that escape weigh."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.domain.geometry.directions import unit
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError

LAYER_NAMES = ("surface", "subsurface", "bulk-like", "underside")
"""From the side that the normal points to; the two layers of the other side are the underside of a slab that is meant
to have one surface."""
TEY_ANGSTROM = 25.0
"""An escape depth of total electron yield."""
LAYER_GAP_ANGSTROM = 0.6
"""Sites that differ in height by less are of one layer."""


@dataclass(frozen=True, eq=False)
class SlabLayers:
    """Sites of a slab by depth.

    Attributes
    ----------
    sites : (S,) int
        Atom indices.
    depth_angstrom : (S,) float, Å
        Below the topmost atom of the slab, of whatever element.
    layer : (S,) int
        Number of the layer, from 0 at the surface; counted over the sites alone.
    """

    sites: np.ndarray
    depth_angstrom: np.ndarray
    layer: np.ndarray

    @property
    def n_layers(self) -> int:
        """How many layers there are."""
        return int(self.layer.max()) + 1 if len(self.layer) else 0

    @property
    def names(self) -> tuple[str, ...]:
        """Of each site's layer (S,), out of `LAYER_NAMES`; in thin slabs the upper side goes first."""
        last = self.n_layers - 1

        def name(layer: int) -> str:
            if layer < 2:
                return LAYER_NAMES[layer]
            return LAYER_NAMES[3] if layer > last - 2 else LAYER_NAMES[2]

        return tuple(name(int(layer)) for layer in self.layer)

    def chosen(self, words: Iterable[str]) -> np.ndarray:
        """Return the sites of layers by name, or by number from 1, in the order of `sites`.

        Raises
        ------
        XanesviewError
            For a layer that there is not, or where no site is left.
        """
        wanted: set[int] = set()
        for word in words:
            if word.isdigit() and 1 <= int(word) <= self.n_layers:
                wanted.add(int(word) - 1)
            elif word.lower() in LAYER_NAMES:
                wanted |= {int(n) for n, name in zip(self.layer, self.names) if name == word.lower()}
            else:
                hint = f"Give {', '.join(LAYER_NAMES)}, or numbers from 1 to {self.n_layers}."
                raise XanesviewError(f"There is no layer “{word}”.", hint)
        rows = np.isin(self.layer, sorted(wanted))
        if not rows.any():
            raise XanesviewError("No site lies in these layers.", f"The slab has {self.n_layers} layers of sites.")
        return self.sites[rows]

    def escape_weights(self, escape_depth_angstrom: float, take_off_deg: float = 90.0) -> np.ndarray:
        """Return exp(−d/(L sin t)) of each site (S,): the share of its electrons that leave the surface.

        d is the depth, L the electron escape depth (total electron yield at the C K edge: some 20 to 50 Å; Auger yield
        5 to 10 Å; Stöhr, NEXAFS Spectroscopy, ch. 5), t the take-off angle from the surface, 90° straight out.

        Raises
        ------
        XanesviewError
            If the escape depth is not positive, or the angle not between 0 and 90°.
        """
        if not (np.isfinite(escape_depth_angstrom) and escape_depth_angstrom > 0.0):
            raise XanesviewError("The escape depth must be a positive number of Å.", "Such as 25 for electron yield.")
        if not 0.0 < take_off_deg <= 90.0:
            raise XanesviewError(f"A take-off angle of {take_off_deg:g}° does not exist.", "Above 0, up to 90°.")
        reach = escape_depth_angstrom * np.sin(np.deg2rad(take_off_deg))
        return np.exp(-self.depth_angstrom / reach)

    def escape_depth_of(self, weights: Sequence[float] | np.ndarray) -> float | None:
        """Return the escape depth, Å, whose weights of the sites (S,) these are; None where they are of none."""
        given, deepest = np.asarray(weights, dtype=np.float64), int(np.argmax(self.depth_angstrom))
        if not 0.0 < given[deepest] < 1.0:
            return None
        depth = float(-self.depth_angstrom[deepest] / np.log(given[deepest]))
        return round(depth, 6) if np.allclose(self.escape_weights(depth), given, rtol=1e-6) else None


def slab_layers(
    structure: Structure,
    sites: Sequence[int] | np.ndarray,
    normal: Sequence[float] | np.ndarray | None = None,
    gap_angstrom: float = LAYER_GAP_ANGSTROM,
) -> SlabLayers:
    """Return the layers of the sites of a slab, or of anything that has an upper side.

    Parameters
    ----------
    structure : Structure
    sites : (S,) atom indices
    normal : (3,), by default that of the slab
    gap_angstrom : sites that differ in height by less are of one layer

    Raises
    ------
    XanesviewError
        If the structure is no slab and no normal is given.
    """
    up = structure.surface_normal if normal is None else normal
    if up is None:
        raise XanesviewError(
            "Only a slab has layers, and the structure is none.", "Give the direction of its surface with --normal."
        )
    atoms = np.asarray(sites, dtype=np.int64)
    height = _unwrapped_heights(structure, unit(up))
    depth = height.max() - height[atoms]
    order = np.argsort(depth, kind="stable")
    steps = np.diff(depth[order], prepend=depth[order][:1]) > gap_angstrom
    layer = np.empty(len(atoms), dtype=np.int64)
    layer[order] = np.cumsum(steps)
    return SlabLayers(atoms, depth, layer)


def _unwrapped_heights(structure: Structure, normal: np.ndarray) -> np.ndarray:
    """Heights (N,) along the normal, Å, of a slab that the cell's boundary doesn't cut in two."""
    height = structure.positions_angstrom @ normal
    lattice = structure.cell_angstrom[structure.pbc] @ normal
    along = np.abs(lattice) > 1.0
    if along.sum() != 1:
        return height
    period = float(np.abs(lattice[along][0]))
    inside = np.mod(height, period)
    ordered = np.sort(inside)
    gaps = np.diff(ordered, append=ordered[0] + period)
    bottom = ordered[(int(np.argmax(gaps)) + 1) % len(ordered)]  # the slab begins above the widest gap
    return np.mod(inside - bottom + 1e-9, period)
