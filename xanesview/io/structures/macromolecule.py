"""Atoms as the Protein Data Bank lists them, in PDB files and in mmCIF: one alternative of each residue is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.structure import Notice, Structure
from xanesview.io.structures.checks import cell_of_parameters, checked_structure, deuterium_notice


@dataclass(frozen=True)
class AtomRecord:
    """One record: what it is, where it belongs, which alternative it is, and how much of it is there.

    Alternatives of one atom share `place` (residue and atom name); `position` is in Å.
    """

    number: int
    heavy_isotope: bool
    position: tuple[float, float, float]
    alternative: str
    place: str
    residue: str
    occupancy: float


@dataclass(frozen=True)
class CrystalFrame:
    """What the file says of its crystal: lengths in Å and angles in degrees (6), symbol of the space group."""

    cell_parameters: tuple[float, ...] = ()
    group: str = ""

    def cell(self, name: str) -> tuple[np.ndarray | None, list[Notice]]:
        """Return the cell (3, 3), Å, where the file holds a whole one (P 1), else None, with a notice if need be.

        Raises
        ------
        XanesviewError
            If there is no such cell.
        """
        lengths = self.cell_parameters[:3]
        if len(self.cell_parameters) != 6 or max(lengths) <= 1.5 or min(lengths) <= 0:
            return None, []  # 1 1 1 is the format's way to say that there is no crystal
        if self.group.replace(" ", "") not in ("P1", ""):
            return None, [
                Notice(
                    "asymmetric-unit",
                    f"The file holds the asymmetric unit of a crystal ({self.group}); it was read as a molecule.",
                    "Expand the crystal to a full unit cell (P 1) to include the neighbours.",
                )
            ]
        return cell_of_parameters(self.cell_parameters, name), []


def structure_of_records(
    path: Path,
    records: Sequence[AtomRecord],
    crystal: CrystalFrame,
    several: Sequence[Notice],
    title: str,
    **place: int,
) -> Structure:
    """Return the structure of a model's records, with what was assumed.

    Parameters
    ----------
    path : the file
    records : of one model
    crystal : its cell
    several : what is said of further models
    title : name of the structure
    **place : which model of how many, as fields of the structure
    """
    kept, notices = _one_alternative(records)
    partial = [atom for atom in kept if 0 < atom.occupancy < 0.999 and not atom.alternative]
    if partial:
        notices.append(
            Notice(
                "partial-occupancy",
                f"{counted(len(partial), 'atom is', 'atoms are')} only partly occupied "
                "and counted as if fully there.",
                "Delete the atoms that should not count and open the file again.",
            )
        )
    cell, cell_notices = crystal.cell(path.name)
    return checked_structure(
        [atom.number for atom in kept],
        np.array([atom.position for atom in kept]),
        cell,
        None if cell is None else [True, True, True],
        [
            *several,
            *notices,
            *cell_notices,
            *deuterium_notice(sum(atom.heavy_isotope for atom in kept)),
        ],
        name=title[:60] or path.stem,
        source=str(path),
        **place,
    )


def _one_alternative(atoms: Sequence[AtomRecord]) -> tuple[list[AtomRecord], list[Notice]]:
    """Return the atoms with one alternative of each residue, the most occupied (the first of equals)."""
    shares: dict[str, dict[str, list[float]]] = {}
    for atom in atoms:
        if atom.alternative:
            shares.setdefault(atom.residue, {}).setdefault(atom.alternative, []).append(atom.occupancy)
    chosen = {
        residue: max(sorted(groups), key=lambda letter: float(np.mean(groups[letter])))
        for residue, groups in shares.items()
    }
    present = {atom.place for atom in atoms if not atom.alternative or atom.alternative == chosen[atom.residue]}
    kept = []
    for atom in atoms:
        if not atom.alternative or atom.alternative == chosen[atom.residue]:
            kept.append(atom)
        elif atom.place not in present:  # an atom that the chosen alternative does not have
            kept.append(atom)
            present.add(atom.place)
    dropped = len(atoms) - len(kept)
    if not dropped:
        return kept, []
    letters = ", ".join(sorted(set(chosen.values())))
    return kept, [
        Notice(
            "alternatives",
            f"The file holds alternative positions; {letters} (most occupied) was kept, {dropped} atoms were left out.",
            "Delete the other alternatives yourself to decide which is predicted.",
        )
    ]
