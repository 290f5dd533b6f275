"""A structure as the shapes that are drawn: balls, half bonds, cell edges, the surface normal. Pure numpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np

from xanesview.domain.metals import is_metal
from xanesview.domain.molecules import whole_molecule_shifts
from xanesview.domain.structure import Structure, bonds
from xanesview.drawing3d.elements import ball_radii_angstrom, element_colours

_CELL_EDGES = (
    (0, 1), (0, 2), (0, 4), (1, 3), (1, 5), (2, 3), (2, 6), (3, 7), (4, 5), (4, 6), (5, 7), (6, 7),
)  # fmt: skip
_NORMAL_STANDS_OUT_ANGSTROM, _NORMAL_SHARE = 4.5, 0.3
_VACUUM_SHOWN_ANGSTROM = 2.0
_STUB_SEEN_ANGSTROM = 0.2
_N_DASHES, _DASH_SHARE = 8, 0.58
_STAYS = ("cell_edges", "cell_corners_near_atoms", "normal_line", "bounding_radius_angstrom")
"""What holds still while atoms are dragged."""


@dataclass(frozen=True, eq=False)
class StructureShapes:
    """Everything about a structure that its drawing needs.

    Attributes
    ----------
    structure : Structure
    positions_angstrom : (N, 3) float
        Where the atoms are drawn and picked; of molecules made whole, lattice vectors away from where the structure
        has them.
    radii_angstrom : (N,) float
        Radii of the balls as drawn and picked.
    colours : (N, 3) uint8
    moved : (N, 3) int or None
        By how many cell vectors atoms are drawn elsewhere; None where none is.
    normal : tuple of three floats or None
        Unit normal of the surface that an experiment is on, where it is another than the structure's own.
    """

    structure: Structure
    positions_angstrom: np.ndarray
    radii_angstrom: np.ndarray
    colours: np.ndarray
    moved: np.ndarray | None = None
    normal: tuple[float, float, float] | None = None

    @classmethod
    def of(cls, structure: Structure, whole: bool = True) -> StructureShapes:
        """Work out the shapes of a structure; `whole` brings molecules together that the cell's faces cut."""
        numbers = np.asarray(structure.numbers)
        positions = np.asarray(structure.positions_angstrom, float)
        moved = whole_molecule_shifts(structure) if whole else None
        if moved is not None:
            positions = positions + moved @ np.asarray(structure.cell_angstrom, float)
        return cls(structure, positions, ball_radii_angstrom(numbers), element_colours(numbers), moved)

    def elsewhere(self, structure: Structure) -> StructureShapes:
        """Return the shapes of the same atoms at other places, images drawn where they were; the cell stays."""
        positions = np.asarray(structure.positions_angstrom, float)
        if self.moved is not None:
            positions = positions + self.moved @ np.asarray(structure.cell_angstrom, float)
        copy = replace(self, structure=structure, positions_angstrom=positions)
        copy.__dict__.update({k: v for k, v in self.__dict__.items() if k in _STAYS})
        return copy

    def recoloured(self, colours: Mapping[int, tuple[int, int, int]]) -> StructureShapes:
        """Return the same shapes with the balls of some atoms in colours (red, green, blue from 0 to 255) that are
        not their element's."""
        values = element_colours(np.asarray(self.structure.numbers))
        for atom, colour in colours.items():
            values[atom] = colour
        return self._like(replace(self, colours=values))

    def on_surface(self, normal: tuple[float, float, float] | None) -> StructureShapes:
        """Return the same shapes with the line of a surface normal (3,); None, or the structure's own: as it is."""
        own = self.structure.surface_normal
        same = normal is None or (own is not None and np.allclose(normal, own, atol=1e-9))
        normal = None if same else normal
        return self if normal == self.normal else self._like(replace(self, normal=normal), ("normal_line",))

    def _like(self, copy: StructureShapes, but: tuple[str, ...] = ()) -> StructureShapes:
        """Give a copy what was found out of these shapes before: bonds and the like stay."""
        own = {f.name for f in fields(self)} | set(but)
        copy.__dict__.update({k: v for k, v in self.__dict__.items() if k not in own})
        return copy

    @cached_property
    def bonds(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Bonds of atoms as they are drawn, as ``domain.structure.bonds`` gives them: i (B,), j (B,), shift (B, 3)."""
        i, j, shift = bonds(self.structure)
        return i, j, shift if self.moved is None else shift + self.moved[i] - self.moved[j]

    @cached_property
    def centre_angstrom(self) -> np.ndarray:
        """Mean (3,) of where the atoms are drawn, Å."""
        return self.positions_angstrom.mean(axis=0)

    @cached_property
    def sticks(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Start (H, 3), end (H, 3) and atom (H,) of sticks: from each atom to the middle of its bond.

        A bond across the cell's face gives a stub at either end, so nothing is drawn right through the cell; one
        between atoms of one element is a single stick. Metals have no sticks between them: they would hide the rest.
        A stub that a large ball would nearly hide is longer than half the bond, so that no atom at a face looks bare.
        """
        i, j, shift = self.bonds
        metal = is_metal(np.asarray(self.structure.numbers))
        shown = ~(metal[i] & metal[j])
        i, j, shift = i[shown], j[shown], shift[shown]
        positions = self.positions_angstrom
        whole = (self.structure.numbers[i] == self.structure.numbers[j]) & ~shift.any(axis=1)
        offset = np.asarray(shift, float) @ np.asarray(self.structure.cell_angstrom, float)
        way = positions[j] + offset - positions[i]
        parted, across = way[~whole], shift[~whole].any(axis=1)
        length = np.linalg.norm(parted, axis=1)
        reach = [(self.radii_angstrom[atoms[~whole]] + _STUB_SEEN_ANGSTROM) / length for atoms in (i, j)]
        shares = [np.where(across, np.clip(share, 0.5, 1.0), 0.5) for share in reach]
        start = np.concatenate([positions[i[whole]], positions[i[~whole]], positions[j[~whole]]])
        end = start + np.concatenate([way[whole], shares[0][:, None] * parted, -shares[1][:, None] * parted])
        return start, end, np.concatenate([i[whole], i[~whole], j[~whole]])

    @cached_property
    def stick_colours(self) -> np.ndarray:
        """Colours (H, 3) uint8 of the sticks: always the elements', since a stick may serve two atoms."""
        return element_colours(np.asarray(self.structure.numbers))[self.sticks[2]]

    @cached_property
    def cell_edges(self) -> np.ndarray:
        """Edges of the unit cell as points (K, 2, 3) in Å; none where nothing is periodic."""
        if not self.structure.is_periodic:
            return np.zeros((0, 2, 3))
        cell = np.asarray(self.structure.cell_angstrom, float)
        corners = np.array([[k & 1, k >> 1 & 1, k >> 2 & 1] for k in range(8)], float)
        edges = np.array(_CELL_EDGES)
        # A direction without a cell vector has edges of no length.
        points = (corners @ cell)[edges]
        return points[np.linalg.norm(points[:, 0] - points[:, 1], axis=1) > 1e-6]

    @cached_property
    def cell_corners_near_atoms(self) -> np.ndarray:
        """What of the cell deserves room in the view, (K, 3): its corners.

        Of a slab most of the vacuum may run out of the view: corners just beyond the atoms, and the normal's line.
        """
        corners = self.cell_edges.reshape(-1, 3)
        normal = self.structure.surface_normal
        if normal is None or len(corners) == 0:
            return corners
        heights = self.positions_angstrom @ normal
        beyond = corners @ normal
        kept = np.clip(beyond, heights.min() - _VACUUM_SHOWN_ANGSTROM, heights.max() + _VACUUM_SHOWN_ANGSTROM)
        return np.vstack([corners + (kept - beyond)[:, None] * normal, self.normal_line])

    @cached_property
    def normal_line(self) -> np.ndarray | None:
        """Start and end (2, 3) of the surface normal's line, from inside the slab to above it; None without one."""
        normal = self.structure.surface_normal if self.normal is None else self.normal
        if normal is None:
            return None
        normal = np.asarray(normal, float)
        heights = self.positions_angstrom @ normal
        centre = self.centre_angstrom
        top = centre + (heights.max() + float(self.radii_angstrom.max()) - centre @ normal) * normal
        if not self.structure.is_periodic:  # from the middle of a molecule, so that it stays in view
            return np.array([centre, centre + self.bounding_radius_angstrom * normal])
        length = max(_NORMAL_STANDS_OUT_ANGSTROM, _NORMAL_SHARE * self.bounding_radius_angstrom)
        return np.array([top, top + length * normal])

    @cached_property
    def bounding_radius_angstrom(self) -> float:
        """Radius of the sphere round the structure's centre that holds all balls."""
        distances = np.linalg.norm(self.positions_angstrom - self.centre_angstrom, axis=1)
        return float((distances + self.radii_angstrom).max())


def dashes(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Cut a line into dashes, (K, 2, 3)."""
    length = float(np.linalg.norm(end - start))
    direction = (end - start) / max(length, 1e-12)
    steps, dash = np.linspace(0.0, length, _N_DASHES, endpoint=False), _DASH_SHARE * length / _N_DASHES
    starts = start + steps[:, None] * direction
    ends = starts + dash * direction
    return np.stack([starts, ends], axis=1)
