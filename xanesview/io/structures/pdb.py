"""PDB files: ATOM and HETATM records of the first model (https://www.wwpdb.org/documentation/file-format)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ase.geometry import cellpar_to_cell

from xanesview.domain.structure import Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.checks import checked_structure, deuterium_notice, frames_notice
from xanesview.io.structures.elements import atomic_number
from xanesview.io.text_file import number


@dataclass(frozen=True)
class _Atom:
    """One record: where it belongs, which alternative it is, and how much of it is there."""

    number: int
    heavy_isotope: bool
    position: tuple[float, float, float]
    alternative: str
    place: str  # residue and atom name: alternatives of one atom share it
    residue: str
    occupancy: float


def read_pdb(path: Path, text: str) -> Structure:
    """Return the first model of a PDB file, one alternative of each disordered residue.

    Raises
    ------
    XanesviewError
        Naming the record that can't be understood.
    """
    lines = text.split("\n")
    models = sum(line.startswith("MODEL ") for line in lines)
    atoms = []
    for at, line in enumerate(lines):
        if line.startswith("ENDMDL"):
            break
        if line.startswith(("ATOM  ", "HETATM")):
            atoms.append(_parsed(path, at, line))
    if not atoms:
        raise XanesviewError(f"{path.name} has no atoms.", "A PDB file needs ATOM or HETATM records.")
    kept, notices = _one_alternative(atoms)
    partial = [atom for atom in kept if 0 < atom.occupancy < 0.999 and not atom.alternative]
    if partial:
        notices.append(
            Notice(
                "partial-occupancy",
                f"{len(partial)} atoms are only partly occupied; they were taken as fully there.",
                "Delete the atoms that should not count and open the file again.",
            )
        )
    cell, cell_notices = _cell(path, lines)
    return checked_structure(
        [atom.number for atom in kept],
        np.array([atom.position for atom in kept]),
        cell,
        None if cell is None else [True, True, True],
        [
            *frames_notice(models, "first"),
            *notices,
            *cell_notices,
            *deuterium_notice(sum(atom.heavy_isotope for atom in kept)),
        ],
        name=_title(lines) or path.stem,
        source=str(path),
    )


def _parsed(path: Path, at: int, line: str) -> _Atom:
    where = f"Line {at + 1} of {path.name}"
    if len(line.rstrip()) < 54:
        raise XanesviewError(
            f"{where} is too short for an atom of a PDB file.", "Coordinates stand in columns 31 to 54."
        )
    what = f"{where}: a coordinate"
    position = tuple(number(line[k:k + 8].strip(), what) for k in (30, 38, 46))
    z, heavy = _element(line, where)
    occupancy = line[54:60].strip()
    return _Atom(
        z,
        heavy,
        position,
        line[16].strip(),
        line[12:16] + line[17:27],
        line[17:27],
        number(occupancy, f"{where}: the occupancy") if occupancy else 1.0,
    )


def _element(line: str, where: str) -> tuple[int, bool]:
    """Return the element: columns 77–78, else the atom's name, whose first two columns hold it right-aligned."""
    symbol = line[76:78].strip() if len(line) >= 78 else ""
    if symbol.isalpha():
        return atomic_number(symbol, where)
    name = line[12:16]
    two = name[:2].strip(" 0123456789")
    if name[:1].isalpha() and name[1:2].isalpha() and line.startswith("ATOM"):
        two = two[:1]  # HG11, CA misplaced by one column: in proteins and nucleic acids the first letter decides
    return atomic_number(two or name.strip(" 0123456789")[:1], where)


def _one_alternative(atoms: list[_Atom]) -> tuple[list[_Atom], list[Notice]]:
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


def _cell(path: Path, lines: list[str]) -> tuple[np.ndarray | None, list[Notice]]:
    """Return the cell of a complete unit cell (space group P 1), else None with a notice."""
    record = next((line for line in lines if line.startswith("CRYST1")), None)
    if record is None:
        return None, []
    what = f"The CRYST1 record of {path.name}"
    words = [record[6:15], record[15:24], record[24:33], record[33:40], record[40:47], record[47:54]]
    values = [number(word.strip() or "0", what) for word in words]
    if max(values[:3]) <= 1.5 or min(values[:3]) <= 0:  # 1 1 1: the format's way to say "no crystal"
        return None, []
    group = record[55:66].strip()
    if group.replace(" ", "") not in ("P1", ""):
        return None, [
            Notice(
                "asymmetric-unit",
                f"The file holds the asymmetric unit of a crystal ({group}); it was read as a molecule.",
                "Expand the crystal to a full unit cell (P 1) to include the neighbours.",
            )
        ]
    return np.asarray(cellpar_to_cell(values)), []


def _title(lines: list[str]) -> str:
    words = [line[10:].strip() for line in lines if line.startswith("TITLE")]
    return " ".join(" ".join(words).split())[:60]
