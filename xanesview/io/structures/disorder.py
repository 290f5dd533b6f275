"""Crystals that are an average over space: which alternative is kept, and which copies are one atom.

A diffraction experiment sees the mean of many cells. A spectrum is predicted for one arrangement, so one has to be
chosen; each choice made here is told in a notice.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from ase.data import chemical_symbols, covalent_radii

from xanesview.domain.counts import counted
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.io.structures.checks import MOST_IN_A_CUBE, most_in_a_cube
from xanesview.limits import MOST_ATOMS

if TYPE_CHECKING:
    from xanesview.io.structures.space_groups import Setting

SAME_ATOM_ANGSTROM = 0.35
"""Symmetry copies of one atom nearer than this are that atom on a special position (files round 1/3 to 0.33)."""
EXCLUSIVE = 0.6
"""Two partly occupied atoms nearer than this share of the sum of their covalent radii exclude one another."""
_COPIES_AT_ONCE = 50_000
_EXCLUSIVE_RADII = [EXCLUSIVE * float(radius) for radius in covalent_radii]


@dataclass(frozen=True)
class CrystalSite:
    """One listed atom: label, atomic number, fractional position (3,), occupancy, disorder assembly and group."""

    label: str
    number: int
    fractional: tuple[float, float, float]
    occupancy: float = 1.0
    assembly: str = ""
    group: str = ""


def ordered(sites: Sequence[CrystalSite]) -> tuple[list[CrystalSite], list[Notice]]:
    """Return the sites of one arrangement and the notices that say what was chosen.

    Of the groups of a disorder assembly the most occupied is kept, the first of equals; of elements that share one
    position the most abundant; what is still partly occupied is taken as fully there.
    """
    notices: list[Notice] = []
    kept = [site for site in sites if site.occupancy > 0]
    kept = kept or list(sites)
    groups: dict[str, dict[str, list[float]]] = {}
    for site in kept:
        if site.group:
            groups.setdefault(site.assembly, {}).setdefault(site.group, []).append(site.occupancy)
    chosen = {
        assembly: max(sorted(shares, key=_group_order), key=lambda g: round(float(np.mean(shares[g])), 3))
        for assembly, shares in groups.items()
    }
    before = len(kept)
    kept = [site for site in kept if not site.group or site.group == chosen[site.assembly]]
    if len(kept) < before:
        others = counted(before - len(kept), "atom of another alternative was", "atoms of other alternatives were")
        which = ", ".join(sorted({f"group {group}" for group in chosen.values()}))
        notices.append(
            Notice(
                "alternatives",
                f"The crystal is disordered: {which} (the most occupied) was kept, "
                f"{others} left out.",
                "Delete the other alternatives yourself to decide which is predicted.",
            )
        )
    kept, mixed, told = _one_element_a_position(kept)
    notices += mixed
    partial = [site for site in kept if site.occupancy < 0.999 and not site.group and site.label not in told]
    if partial:
        labels = ", ".join(site.label for site in partial[:4]) + (" …" if len(partial) > 4 else "")
        notices.append(
            Notice(
                "partial-occupancy",
                f"Some atoms are only partly occupied ({labels}); they were taken as fully there where they have room.",
                "Build an ordered cell with the right composition for a quantitative spectrum.",
            )
        )
    return kept, notices


def _group_order(group: str) -> tuple[int, str]:
    """Sort groups so that 1 comes before 2 and −1 (disorder about a symmetry element) last."""
    return (1 if group.startswith("-") else 0, group)


def _one_element_a_position(sites: list[CrystalSite]) -> tuple[list[CrystalSite], list[Notice], set[str]]:
    """Keep the most abundant of the partly occupied sites at one and the same position; return also its label."""
    at: dict[tuple[float, ...], list[CrystalSite]] = {}
    rounded = np.round(np.mod(np.array([site.fractional for site in sites]).reshape(-1, 3) + 1e-6, 1.0), 3)
    for site, key in zip(sites, map(tuple, rounded.tolist())):
        at.setdefault(key, []).append(site)
    drop, told, winners = set(), [], set()
    for shared in at.values():
        if len(shared) > 1 and all(site.occupancy < 0.999 for site in shared):
            winner = max(shared, key=lambda site: site.occupancy)
            winners.add(winner.label)
            drop |= {id(site) for site in shared if site is not winner}
            told.append("/".join(dict.fromkeys(chemical_symbols[site.number] for site in shared)))
    if not drop:
        return sites, [], set()
    notice = Notice(
        "partial-occupancy",
        f"Several elements share one position ({', '.join(dict.fromkeys(told))}, {len(told)} times); "
        "the most abundant was put there.",
        "Build an ordered supercell for a quantitative spectrum.",
    )
    return [site for site in sites if id(site) not in drop], [notice], winners


class TooDense(XanesviewError):
    """Operations and listed atoms do not belong together: they would put far too many atoms into the cell."""


def expanded(
    sites: Sequence[CrystalSite], setting: Setting, cell_angstrom: np.ndarray
) -> tuple[list[int], np.ndarray, list[str], list[Notice]]:
    """Return all atoms of the cell.

    Parameters
    ----------
    sites : the listed atoms of one arrangement
    setting : symmetry operations in fractional coordinates
    cell_angstrom : (3, 3) rows a, b, c

    Returns
    -------
    numbers : (N,) list
    fractional : (N, 3) array
    labels : (N,) list, of the listed atom that each is a copy of
    notices : about partly occupied atoms that were left out because they exclude others

    Raises
    ------
    TooDense
        If there are more atoms than any structure may have, or heaps of them lie in one place.
    """
    plain = [site for site in sites if not site.group.startswith("-")]
    # whole atoms first, then the more occupied: an atom yields only to those that are more certainly there
    plain.sort(key=lambda site: -min(site.occupancy, 0.999 if site.group else 1.0))
    kept: list[np.ndarray] = []
    n_atoms, step = 0, max(1, _COPIES_AT_ONCE // len(setting))
    for start in range(0, len(plain), step):
        kept += _copies(plain[start : start + step], setting, cell_angstrom)
        n_atoms += sum(map(len, kept[start:]))
        if n_atoms > MOST_ATOMS:
            raise TooDense(
                f"The {len(sites):,} listed atoms and {len(setting)} symmetry operations make more atoms than the "
                f"{MOST_ATOMS:,} that can be read.",
                "Check the symmetry operations, or cut out the region around the absorbing atoms.",
            )
    n_whole = sum(site.occupancy >= 0.999 for site in plain)
    listed = np.repeat(np.arange(n_whole), list(map(len, kept[:n_whole]))).tolist()
    numbers, labels = [plain[k].number for k in listed], [plain[k].label for k in listed]
    fractional = np.concatenate([*kept[:n_whole], np.empty((0, 3))])
    most = most_in_a_cube(fractional @ cell_angstrom)
    if most > MOST_IN_A_CUBE:
        raise TooDense(
            f"Atoms of the crystal overlap: {most:,} of {len(fractional):,} lie in one cube of 1 Å.",
            "Remove the duplicate atoms, and check the symmetry operations and the cell.",
        )
    if n_whole == len(sites):
        return numbers, fractional, labels, []
    reach = 2.0 * max(_EXCLUSIVE_RADII[site.number] for site in sites)
    filled = _Filled(numbers, fractional, labels, cell_angstrom, reach)
    left_out = 0
    for site, copies in zip(plain[n_whole:], kept[n_whole:]):
        for position in copies:
            if filled.excludes(site.number, position):
                left_out += 1
            else:
                filled.add(site.number, position, site.label)
    for group in sorted({(site.assembly, site.group) for site in sites if site.group.startswith("-")}):
        members = [site for site in sites if (site.assembly, site.group) == group]
        left_out += _add_whole_copies(members, setting, filled)
    numbers, fractional = filled.numbers, np.array(filled.positions).reshape(-1, 3)
    if not left_out:
        return numbers, fractional, filled.labels, []
    return numbers, fractional, filled.labels, [
        Notice(
            "alternatives",
            f"Partly occupied atoms overlap others (disorder): {left_out} left out, one of each overlapping set kept.",
            "Delete alternatives yourself to decide which is predicted.",
        )
    ]


class _Filled:
    """The atoms that have their place in a cell, found by where they are.

    Parameters
    ----------
    numbers : (N,) atomic numbers
    fractional : (N, 3) positions
    labels : (N,) of the listed atoms
    cell_angstrom : (3, 3) rows a, b, c, Å
    reach_angstrom : distance below which the largest of all atoms to come exclude one another
    """

    def __init__(
        self, numbers: Sequence[int], fractional: np.ndarray, labels: Sequence[str], cell_angstrom: np.ndarray,
        reach_angstrom: float,
    ) -> None:  # fmt: skip
        self.numbers: list[int] = []
        self.positions: list[np.ndarray] = []
        self.labels: list[str] = []
        heights = 1.0 / np.linalg.norm(np.linalg.inv(cell_angstrom), axis=0)
        self._n = [max(1, int(one)) for one in heights // max(reach_angstrom, SAME_ATOM_ANGSTROM)]
        # boxes beside each one along an axis, itself among them; of few boxes some are the same
        self._beside = [[tuple({(k - 1) % n, k, (k + 1) % n}) for k in range(n)] for n in self._n]
        self._rows = cell_angstrom.tolist()
        self._inside: dict[tuple[int, int, int], list[tuple[int, float, float, float]]] = {}
        for number, position, label in zip(numbers, fractional, labels):
            self.add(number, position, label)

    def add(self, number: int, position: np.ndarray, label: str) -> None:
        """Put an atom at a fractional position (3,)."""
        place = position.tolist()
        self._inside.setdefault(self._box(place), []).append((number, *place))
        self.numbers.append(number)
        self.positions.append(position)
        self.labels.append(label)

    def excludes(self, number: int, position: np.ndarray) -> bool:
        """Tell whether an atom there has no room."""
        own = _EXCLUSIVE_RADII[number]
        return any(distance < own + _EXCLUSIVE_RADII[other] for other, distance in self._around(position))

    def holds(self, position: np.ndarray) -> bool:
        """Tell whether an atom is there."""
        return any(distance < SAME_ATOM_ANGSTROM for _, distance in self._around(position))

    def _box(self, place: Sequence[float]) -> tuple[int, int, int]:
        i, j, k = (int(one % 1.0 * n) % n for one, n in zip(place, self._n))
        return i, j, k

    def _around(self, position: np.ndarray) -> Iterator[tuple[int, float]]:
        """Yield numbers of atoms that may exclude one at a position, and their distances, Å.

        In plain Python: arrays of a few numbers, for each of up to 200,000 atoms, would take ten times as long.
        """
        x, y, z = place = position.tolist()
        (ax, ay, az), (bx, by, bz), (cx, cy, cz) = self._rows
        i, j, k = self._box(place)
        for box in product(self._beside[0][i], self._beside[1][j], self._beside[2][k]):
            for number, one, two, three in self._inside.get(box, ()):
                u, v, w = one - x, two - y, three - z
                u, v, w = u - round(u), v - round(v), w - round(w)
                yield number, math.hypot(u * ax + v * bx + w * cx, u * ay + v * by + w * cy, u * az + v * bz + w * cz)


def _add_whole_copies(members: Sequence[CrystalSite], setting: Setting, filled: _Filled) -> int:
    """Add the copies of a group disordered about a symmetry element, each whole or not at all; count atoms left out.

    Such a group overlaps its own image; keeping single atoms of the image that happen to have room would leave
    fragments of a molecule.
    """
    left_out = 0
    for copy in _all_copies(members, setting).transpose(1, 0, 2):
        if all(map(filled.holds, copy)):
            continue
        if any(filled.excludes(site.number, position) for site, position in zip(members, copy)):
            left_out += len(copy)
            continue
        for site, position in zip(members, copy):
            filled.add(site.number, position, site.label)
    return left_out


def _all_copies(sites: Sequence[CrystalSite], setting: Setting) -> np.ndarray:
    """Return the fractional positions (S, K, 3) of all symmetry copies."""
    fractional = np.array([site.fractional for site in sites])
    copies = np.einsum("kij,sj->ski", setting.rotations, fractional) + setting.translations
    return np.mod(copies + 1e-9, 1.0) - 1e-9


def _copies(sites: Sequence[CrystalSite], setting: Setting, cell_angstrom: np.ndarray) -> list[np.ndarray]:
    """Return the fractional positions (M, 3) of the symmetry copies of each atom, each once."""
    from xanesview.io.structures.space_groups import fits_cell

    copies = _all_copies(sites, setting)
    kept, left = np.zeros(copies.shape[:2], bool), np.ones(copies.shape[:2], bool)
    # Where operations keep all lengths (to some hundredths), copies are as far from one another as from the first.
    apart = 1.1 * SAME_ATOM_ANGSTROM if fits_cell(setting, cell_angstrom) else np.inf
    distance = _lengths(copies - copies[:, :1], cell_angstrom)
    distance[:, 0] = np.inf
    kept[distance.min(axis=1) > apart] = True
    rows = np.flatnonzero(~kept[:, 0])
    while len(rows):
        first = left[rows].argmax(axis=1)
        kept[rows, first] = True
        left[rows] &= _lengths(copies[rows] - copies[rows, first][:, None], cell_angstrom) > SAME_ATOM_ANGSTROM
        rows = rows[left[rows].any(axis=1)]
    return [positions[those] for positions, those in zip(copies, kept)]


def _lengths(difference: np.ndarray, cell_angstrom: np.ndarray) -> np.ndarray:
    """Return distances (...,) to the nearest images, Å, of differences (..., 3); exact for those much shorter than the
    cell."""
    return np.linalg.norm((difference - np.round(difference)) @ cell_angstrom, axis=-1)
