"""Crystals that are an average over space: which alternative is kept, and which copies are one atom.

A diffraction experiment sees the mean of many cells. A spectrum is predicted for one arrangement, so one has to be
chosen; each choice made here is told in a notice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ase.data import chemical_symbols, covalent_radii

from xanesview.domain.structure import Notice

SAME_ATOM_ANGSTROM = 0.35
"""Symmetry copies of one atom nearer than this are that atom on a special position (files round 1/3 to 0.33)."""
EXCLUSIVE = 0.6
"""Two partly occupied atoms nearer than this share of the sum of their covalent radii exclude one another."""


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
        which = ", ".join(sorted({f"group {group}" for group in chosen.values()}))
        notices.append(
            Notice(
                "alternatives",
                f"The crystal is disordered: {which} (the most occupied) was kept, "
                f"{before - len(kept)} atoms of other alternatives were left out.",
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


def expanded(
    sites: Sequence[CrystalSite], rotations: np.ndarray, translations: np.ndarray, cell_angstrom: np.ndarray
) -> tuple[list[int], np.ndarray, list[Notice]]:
    """Return all atoms of the cell.

    Parameters
    ----------
    sites : the listed atoms of one arrangement
    rotations, translations : (K, 3, 3), (K, 3) symmetry operations in fractional coordinates
    cell_angstrom : (3, 3) rows a, b, c

    Returns
    -------
    numbers : (N,) list
    fractional : (N, 3) array
    notices : about partly occupied atoms that were left out because they exclude others
    """
    numbers: list[int] = []
    positions: list[np.ndarray] = []
    left_out = 0
    plain = [site for site in sites if not site.group.startswith("-")]
    # whole atoms first, then the more occupied: an atom yields only to those that are more certainly there
    for site in sorted(plain, key=lambda site: -min(site.occupancy, 0.999 if site.group else 1.0)):
        for position in _copies(site, rotations, translations, cell_angstrom):
            if site.occupancy < 0.999 and _excluded(position, site.number, numbers, positions, cell_angstrom):
                left_out += 1
                continue
            numbers.append(site.number)
            positions.append(position)
    for group in sorted({(site.assembly, site.group) for site in sites if site.group.startswith("-")}):
        members = [site for site in sites if (site.assembly, site.group) == group]
        left_out += _add_whole_copies(members, rotations, translations, cell_angstrom, numbers, positions)
    fractional = np.array(positions).reshape(-1, 3)
    if not left_out:
        return numbers, fractional, []
    return numbers, fractional, [
        Notice(
            "alternatives",
            f"Partly occupied atoms overlap others (disorder): {left_out} left out, one of each overlapping set kept.",
            "Delete alternatives yourself to decide which is predicted.",
        )
    ]


def _add_whole_copies(
    members: Sequence[CrystalSite],
    rotations: np.ndarray,
    translations: np.ndarray,
    cell_angstrom: np.ndarray,
    numbers: list[int],
    positions: list[np.ndarray],
) -> int:
    """Add the copies of a group disordered about a symmetry element, each whole or not at all; count atoms left out.

    Such a group overlaps its own image; keeping single atoms of the image that happen to have room would leave
    fragments of a molecule.
    """
    left_out = 0
    for rotation, translation in zip(rotations, translations):
        copy = [np.mod(rotation @ np.asarray(site.fractional) + translation + 1e-9, 1.0) - 1e-9 for site in members]
        known = [
            bool(positions) and _distances(position, np.array(positions), cell_angstrom).min() < SAME_ATOM_ANGSTROM
            for position in copy
        ]
        if all(known):
            continue
        if any(_excluded(p, site.number, numbers, positions, cell_angstrom) for site, p in zip(members, copy)):
            left_out += len(copy)
            continue
        numbers += [site.number for site in members]
        positions += copy
    return left_out


def _copies(
    site: CrystalSite, rotations: np.ndarray, translations: np.ndarray, cell_angstrom: np.ndarray
) -> list[np.ndarray]:
    """Return the symmetry copies of one atom, each once."""
    all_copies = np.mod(rotations @ np.asarray(site.fractional) + translations + 1e-9, 1.0) - 1e-9
    unique = np.empty((0, 3))
    for position in all_copies:
        if not len(unique) or _distances(position, unique, cell_angstrom).min() > SAME_ATOM_ANGSTROM:
            unique = np.vstack([unique, position])
    return list(unique)


def _excluded(
    position: np.ndarray, number: int, numbers: list[int], positions: list[np.ndarray], cell_angstrom: np.ndarray
) -> bool:
    if not positions:
        return False
    distance = _distances(position, np.array(positions), cell_angstrom)
    limit = EXCLUSIVE * (covalent_radii[number] + covalent_radii[np.array(numbers)])
    return bool(np.any(distance < limit))


def _distances(position: np.ndarray, others: np.ndarray, cell_angstrom: np.ndarray) -> np.ndarray:
    """Return distances to the nearest images, Å; exact for distances much shorter than the cell."""
    difference = others - position
    return np.linalg.norm((difference - np.round(difference)) @ cell_angstrom, axis=1)
