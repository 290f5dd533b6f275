"""SHELX .res and .ins files (G. M. Sheldrick, Acta Cryst. C71 (2015) 3; http://shelx.uni-goettingen.de).

ASE reads only the dialect of one program without symmetry. Read are the cell, LATT and SYMM, SFAC, FVAR, PART, and
atoms with their free variables; the crystal is then expanded as that of a CIF file is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.checks import cell_of_parameters, checked_structure, deuterium_notice
from xanesview.io.structures.disorder import CrystalSite, ordered
from xanesview.io.structures.elements import atomic_number
from xanesview.io.structures.frames import unended_notice
from xanesview.io.text_file import number, whole_number

if TYPE_CHECKING:
    from xanesview.io.structures.space_groups import Setting

_CENTRINGS = {
    1: ["x,y,z"],
    2: ["x,y,z", "x+1/2,y+1/2,z+1/2"],
    3: ["x,y,z", "x+2/3,y+1/3,z+1/3", "x+1/3,y+2/3,z+2/3"],
    4: ["x,y,z", "x,y+1/2,z+1/2", "x+1/2,y,z+1/2", "x+1/2,y+1/2,z"],
    5: ["x,y,z", "x,y+1/2,z+1/2"],
    6: ["x,y,z", "x+1/2,y,z+1/2"],
    7: ["x,y,z", "x+1/2,y+1/2,z"],
}
"""Of LATT: primitive, I, rhombohedral obverse on hexagonal axes, F, A, B, C."""
_INSTRUCTIONS = (
    "ABIN", "ACTA", "AFIX", "ANIS", "ANSC", "ANSR", "BASF", "BEDE", "BIND", "BLOC", "BOND", "BUMP", "CELL", "CGLS",
    "CHIV", "CONF", "CONN", "DAMP", "DANG", "DEFS", "DELU", "DFIX", "DISP", "EADP", "END", "EQIV", "EXTI", "EXYZ",
    "FEND", "FLAT", "FMAP", "FRAG", "FREE", "FVAR", "GRID", "HFIX", "HKLF", "HTAB", "ISOR", "L.S.", "LATT", "LAUE",
    "LIST", "LONE", "MERG", "MOLE", "MORE", "MOVE", "MPLA", "NCSY", "NEUT", "OMIT", "PART", "PLAN", "PRIG", "REM",
    "RESI", "RIGU", "RTAB", "SADI", "SAME", "SFAC", "SHEL", "SIMU", "SIZE", "SPEC", "STIR", "SUMP", "SWAT", "SYMM",
    "TEMP", "TIME", "TITL", "TWIN", "TWST", "UNIT", "WGHT", "WIGL", "WPDB", "XNPD", "ZERR",
)  # fmt: skip
_SAME_ANGSTROM = 0.05


@dataclass
class _Model:
    """What the instructions before and among the atoms say."""

    title: str = ""
    cell: np.ndarray | None = None
    lattice: int = 1
    operations: list[str] = field(default_factory=lambda: ["x,y,z"])
    elements: list[str] = field(default_factory=list)
    variables: list[float] = field(default_factory=list)
    part: int = 0
    share: str = ""  # occupancy of the atoms of a part, where PART gives one


def looks_like_shelx(text: str) -> bool:
    """Tell whether a text has a wavelength with a cell, and a list of elements."""
    return (
        re.search(r"^CELL(\s+[\d.]+){7}", text, re.M | re.I) is not None
        and re.search(r"^(?:SFAC|LATT|ZERR)\b", text, re.M | re.I) is not None
    )


def read_shelx(path: Path, text: str) -> Structure:
    """Return the crystal of a .res or .ins file.

    Raises
    ------
    XanesviewError
        If the cell or the atoms are missing, or naming the line that can't be understood.
    """
    from xanesview.io.structures.crystal import Composition, DeclaredSymmetry, cell_contents
    from xanesview.io.structures.space_groups import combined, listed_setting

    model, rows, is_ended = _Model(), [], False
    for at, words in _lines(text):
        key = words[0].upper().partition("_")[0]
        if key in ("END", "HKLF"):
            is_ended = True
            break
        if key in _INSTRUCTIONS or key[:4] in _INSTRUCTIONS:
            _instruct(path, model, at, key[:4], words[1:])
        elif _is_atom(model, words):
            rows.append((at, [*words[:5], model.share or (words[5:6] or ["11"])[0]], model.part))
    if model.cell is None:
        raise XanesviewError(f"{path.name} has no CELL.", "It needs a wavelength, three lengths and three angles.")
    if not rows:
        raise XanesviewError(f"{path.name} has no atoms.", "An .ins file before the solution of a structure has none.")
    triplets = combined(model.operations, _CENTRINGS[abs(model.lattice)])
    if model.lattice > 0:
        triplets = combined(triplets, ["x,y,z", "-x,-y,-z"])
    listed = listed_setting(triplets)
    if listed is None:
        raise XanesviewError(f"A SYMM of {path.name} can't be understood.", "Write it as in SYMM -X, 0.5+Y, -Z.")
    sites, heavy = [], 0
    for at, words, part in rows:
        site, isotope = _site(path, model, at, words, part, listed[0])
        sites.append(site)
        heavy += isotope
    kept, notices = ordered(sites)
    notices = [*notices, *([] if is_ended else unended_notice("HKLF and no END"))]
    declared = DeclaredSymmetry(triplets)
    numbers, fractional, labels, more = cell_contents(kept, declared, model.cell, Composition(), path.name)
    return checked_structure(
        numbers, fractional @ model.cell, model.cell, [True] * 3, [*notices, *more, *deuterium_notice(heavy)],
        labels, name=model.title or path.stem, source=str(path),
    )  # fmt: skip


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield number and words of each instruction or atom; a line that ends with ``=`` goes on in the next."""
    begun, first = "", 0
    for at, line in enumerate(text.split("\n"), start=1):
        line = line.partition("!")[0].rstrip()
        if not begun and (not line or line[0] in " \t"):  # blank, or the rest of something left out
            continue
        first = first if begun else at
        begun += line
        if begun.endswith("="):
            begun = begun[:-1] + " "
            continue
        yield first, begun.split()
        begun = ""


def _instruct(path: Path, model: _Model, at: int, key: str, words: list[str]) -> None:
    """Take what an instruction says into the model."""
    where = f"Line {at} of {path.name}"
    if key == "TITL":
        model.title = " ".join(words)[:60]
    elif key == "CELL":
        if len(words) < 7:
            raise XanesviewError(f"{where} should hold a wavelength, three lengths and three angles.", "Correct CELL.")
        model.cell = cell_of_parameters([number(word, where) for word in words[1:7]], path.name)
    elif key == "LATT" and words:
        lattice = whole_number(words[0].lstrip("-+"))
        if lattice not in _CENTRINGS:
            raise XanesviewError(f"{where} has LATT {words[0][:20]}, which does not exist.", "It is ±1 to ±7.")
        model.lattice = -lattice if words[0].startswith("-") else lattice
    elif key == "SYMM":
        model.operations.append("".join(words))
    elif key == "SFAC":
        if len(words) > 1 and re.match(r"[-+.\d]", words[1]):
            words = words[:1]  # the coefficients of one element follow it
        model.elements += words
    elif key == "FVAR":
        model.variables += [number(word, where) for word in words]
    elif key == "PART" and words:
        part = whole_number(words[0].lstrip("-+"))
        model.part = 0 if part is None else -part if words[0].startswith("-") else part
        model.share = words[1] if len(words) > 1 else ""


def _is_atom(model: _Model, words: list[str]) -> bool:
    """Tell whether a line is an atom: a name, the number of its element, three coordinates; peaks (Q1) are none."""
    kind = whole_number(words[1]) if len(words) >= 5 else None
    return kind is not None and 1 <= kind <= len(model.elements) and not re.fullmatch(r"(?i)q\d+", words[0])


def _site(
    path: Path, model: _Model, at: int, words: list[str], part: int, setting: Setting
) -> tuple[CrystalSite, bool]:
    where = f"Line {at} of {path.name}"
    z, isotope = atomic_number(model.elements[int(words[1]) - 1].lstrip("$"), where)
    position = [_parameter(model, number(word, f"{where}: a coordinate")) for word in words[2:5]]
    share = _parameter(model, number(words[5], f"{where}: the occupancy"))
    # SHELX divides by how many operations leave the atom where it is
    copies = setting.rotations @ np.array(position) + setting.translations - position
    distance = np.linalg.norm((copies - np.round(copies)) @ model.cell, axis=1)
    occupancy = round(float(np.clip(share * np.count_nonzero(distance < _SAME_ANGSTROM), 0.0, 1.0)), 3)
    return CrystalSite(words[0], z, tuple(position), occupancy, "", str(part) if part else ""), isotope


def _parameter(model: _Model, value: float) -> float:
    """Return a parameter: as it stands, fixed (10 is added to it), or a free variable times it (10 m is added).

    Of −(10 m + p) the value is p (1 − free variable m).
    """
    which = round(value / 10.0)
    if which in (0, 1, -1):
        return value - 10.0 * which
    share = value - 10.0 * which
    if abs(which) > len(model.variables):
        return share
    variable = model.variables[abs(which) - 1]
    return share * variable if which > 0 else -share * (1.0 - variable)
