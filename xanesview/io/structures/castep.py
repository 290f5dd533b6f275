"""CASTEP's .cell files (https://www.castep.org): blocks of the lattice and the positions.

ASE's reader looks for a CASTEP program on the computer, may run it, and writes a file of keywords; this one reads.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.atom_list import UNITS_ANGSTROM, AtomList, vectors
from xanesview.io.structures.checks import cell_of_parameters, checked_structure, deuterium_notice
from xanesview.io.text_file import number


def looks_like_castep(text: str) -> bool:
    """Tell whether a text has a block of a lattice or of positions."""
    return re.search(r"^[^\S\n]*%BLOCK\s+(?:LATTICE|POSITIONS)_", text, re.M | re.I) is not None


def read_castep(path: Path, text: str) -> Structure:
    """Return the crystal of a .cell file.

    Raises
    ------
    XanesviewError
        If a block is missing or a line can't be understood.
    """
    blocks = _blocks(path, text)
    cell = _cell(path, blocks)
    kind = next((name for name in ("positions_frac", "positions_abs") if name in blocks), None)
    if kind is None:
        raise XanesviewError(f"{path.name} has no atoms.", "It needs a block POSITIONS_FRAC or POSITIONS_ABS.")
    rows, unit = _with_unit(blocks[kind])
    atoms = AtomList()
    for at, words in rows:
        atoms.add(words[0].partition(":")[0], words[1:], f"Line {at} of {path.name}")
    coordinates = atoms.coordinates
    return checked_structure(
        atoms.numbers,
        coordinates @ cell if kind == "positions_frac" else coordinates * unit,
        cell,
        [True] * 3,
        deuterium_notice(atoms.heavy),
        name=path.stem,
        source=str(path),
    )


def _blocks(path: Path, text: str) -> dict[str, list[tuple[int, list[str]]]]:
    """Return the numbered lines of each block, comments left out, by its name in lower case.

    Raises
    ------
    XanesviewError
        If a block is not ended: lines of it may be missing.
    """
    found: dict[str, list[tuple[int, list[str]]]] = {}
    inside = ""
    for at, line in enumerate(text.split("\n"), start=1):
        words = re.split(r"[#!;]", line, maxsplit=1)[0].split()
        if not words or words[0].upper() == "COMMENT":
            continue
        if words[0].upper() == "%BLOCK" and len(words) > 1:
            if inside:
                break
            inside = words[1].lower()
            found.setdefault(inside, [])
        elif words[0].upper() == "%ENDBLOCK":
            inside = ""
        elif inside:
            found[inside].append((at, words))
    if inside:
        raise XanesviewError(
            f"The block {inside.upper()} of {path.name} has no end.", "The file is cut off, or lacks an %ENDBLOCK."
        )
    return found


def _with_unit(rows: list[tuple[int, list[str]]]) -> tuple[list[tuple[int, list[str]]], float]:
    """Return the rows without the line that names their unit, and the unit in Å."""
    if rows and len(rows[0][1]) == 1 and rows[0][1][0].lower() in UNITS_ANGSTROM:
        return rows[1:], UNITS_ANGSTROM[rows[0][1][0].lower()]
    return rows, 1.0


def _cell(path: Path, blocks: dict[str, list[tuple[int, list[str]]]]) -> np.ndarray:
    where = f"The lattice of {path.name}"
    if "lattice_cart" in blocks:
        rows, unit = _with_unit(blocks["lattice_cart"])
        return vectors([words for _, words in rows], where) * unit
    if "lattice_abc" not in blocks:
        raise XanesviewError(f"{path.name} has no lattice.", "It needs a block LATTICE_CART or LATTICE_ABC.")
    rows, unit = _with_unit(blocks["lattice_abc"])
    words = [word for _, row in rows for word in row[:3]]
    if len(words) != 6:
        raise XanesviewError(f"{where} does not hold three lengths and three angles.", "Correct LATTICE_ABC.")
    values = [number(word, where) for word in words]
    return cell_of_parameters([*(length * unit for length in values[:3]), *values[3:]], path.name)
