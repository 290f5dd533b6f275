"""XYZ and extended XYZ: one structure, or the last of a trajectory.

Plain XYZ has no cell and is a molecule. Extended XYZ names its columns in ``Properties=`` and its cell in
``Lattice=`` (https://github.com/libAtoms/extxyz).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.structure import SYMBOLS, Structure
from xanesview.errors import XanesviewError
from xanesview.io.atomic import write_text
from xanesview.io.structures.checks import checked_structure, deuterium_notice
from xanesview.io.structures.conformer_fields import conformer_fields, conformer_of
from xanesview.io.structures.elements import atomic_number
from xanesview.io.structures.frames import chosen_frame, cut_notice, frame_notice
from xanesview.io.text_file import number, whole_number
from xanesview.limits import MOST_ATOMS

_SPECIES = ("species", "symbols", "symbol", "element", "elements", "z", "numbers", "atomic_numbers")
_POSITIONS = ("pos", "positions", "position", "xyz")
_KEY = re.compile(r"(?<![\w-])([A-Za-z_][\w-]*)\s*=\s*")
_VALUES = {
    first: re.compile(pattern)
    for first, pattern in (('"', r'"(?:[^"\\]|\\.)*"'), ("'", r"'[^']*'"), ("{", r"\{[^}]*\}"), ("[", r"\[[^\]]*\]"))
}
_BARE = re.compile(r"[^\s\"']+")


def looks_like_xyz(text: str) -> bool:
    """Tell whether a number of atoms, a comment, and an element with three coordinates follow one another."""
    lines = text.lstrip().split("\n", 3)
    if whole_number(lines[0]) is None:
        return False
    if len(lines) < 3:
        return True  # a file without atoms, which its reader tells of
    words = lines[2].replace(",", " ").split()
    return not words or (len(words) >= 4 and any(character.isalpha() for character in words[0]))


def read_xyz(path: Path, text: str, frame: int | None = None) -> Structure:
    """Return the structure of an XYZ or extended XYZ file; of several, the last, or the one of a frame from 0.

    Raises
    ------
    XanesviewError
        Naming the line that can't be understood.
    """
    lines = text.split("\n")
    frames, is_cut = _frame_starts(path, lines)
    if not frames:
        raise XanesviewError(f"{path.name} has no atoms.", "Choose a file with at least one atom.")
    place = chosen_frame(path, len(frames), frame, -1)
    start = frames[place["frame"]]
    count = int(lines[start])
    comment = lines[start + 1] if start + 1 < len(lines) else ""
    info = _comment_fields(comment)
    species, x = _columns(path, info)
    numbers, positions, heavy = [], np.empty((count, 3)), 0
    for k in range(count):
        at = start + 2 + k
        where = f"Line {at + 1} of {path.name}"
        words = re.split(r"[\s]+|,(?=\s)|;", lines[at].strip()) if at < len(lines) else []
        words = [word for word in words if word]
        if len(words) < max(species + 1, x + 3):
            raise XanesviewError(
                f"{where} should hold an element and three coordinates but has “{lines[at].strip()[:40]}”.",
                f"The file announces {counted(count, 'atom')}; check that number and this line.",
            )
        z, isotope = atomic_number(words[species], where)
        heavy += isotope
        numbers.append(z)
        positions[k] = [number(word, f"{where}: a coordinate") for word in words[x:x + 3]]
    cell, pbc = _cell(path, info)
    return checked_structure(
        numbers,
        positions,
        cell,
        pbc,
        [*frame_notice(place, frame), *cut_notice(is_cut, frame), *deuterium_notice(heavy)],
        source=str(path),
        **place,
        **_identity(path, info),
    )


def write_xyz_lines(structure: Structure, extended: bool) -> Iterable[str]:
    """Yield the lines of a structure as plain or extended XYZ (coordinates to 1e-8 Å)."""
    yield str(structure.n_atoms)
    comment = " ".join(structure.name.split()) or structure.formula
    if extended:
        words = []
        if structure.is_periodic:
            words.append('Lattice="' + " ".join(f"{v:.8f}" for v in structure.cell_angstrom.ravel()) + '"')
        words.append("Properties=species:S:1:pos:R:3")
        words.append('pbc="' + " ".join("T" if p else "F" for p in structure.pbc) + '"')
        words.append(f"name={_quoted(comment)}")
        if structure.smiles:
            words.append(f"smiles={_quoted(structure.smiles)}")
        if structure.geometry_origin:
            words.append(f"geometry_origin={_quoted(structure.geometry_origin)}")
        if structure.charge:
            words.append(f"charge={structure.charge}")
        if structure.multiplicity != 1:
            words.append(f"multiplicity={structure.multiplicity}")
        if structure.conformer is not None:
            words += [f"{key}={value}" for key, value in conformer_fields(structure.conformer).items()]
        comment = " ".join(words)
    yield comment
    for z, (x, y, z_coordinate) in zip(structure.numbers, structure.positions_angstrom):
        yield f"{SYMBOLS[z]:<2s} {x:15.8f} {y:15.8f} {z_coordinate:15.8f}"


def write_xyz(path: Path, structure: Structure) -> None:
    """Write a structure as XYZ, as extended XYZ where it has a cell or the ending says so."""
    extended = path.suffix.lower() == ".extxyz" or structure.is_periodic
    text = "\n".join(write_xyz_lines(structure, extended)) + "\n"
    write_text(path, text)


def write_frames(path: Path, structures: Iterable[Structure]) -> None:
    """Write structures one after the other as frames of an extended XYZ file.

    Raises
    ------
    XanesviewError
        For another ending, or a place that can't be written.
    """
    if path.suffix.lower() not in (".xyz", ".extxyz"):
        raise XanesviewError(f"Several structures are not written as “{path.suffix or path.name}”.", "Choose .extxyz.")
    write_text(path, "\n".join(line for one in structures for line in write_xyz_lines(one, True)) + "\n")


def _frame_starts(path: Path, lines: list[str]) -> tuple[list[int], bool]:
    """Return the line of the atom count of each complete frame, and whether one that is cut off follows them."""
    starts, at = [], 0
    while at < len(lines):
        word = lines[at].strip()
        if not word:  # blank lines part frames and end files
            at += 1
            continue
        count = whole_number(word)
        if count is None:
            if starts:
                raise XanesviewError(
                    f"Line {at + 1} of {path.name} should hold the next number of atoms but has “{word[:40]}”.",
                    "The number of atoms in line 1 may be too small; correct it.",
                )
            raise XanesviewError(
                f"{path.name} does not begin with a number of atoms, as XYZ files do.",
                "Line 1 is the number of atoms, line 2 a comment, then one atom a line: element x y z.",
            )
        if count == 0:
            raise XanesviewError(f"{path.name} has no atoms.", "Choose a file with at least one atom.")
        if count > MOST_ATOMS:
            raise XanesviewError(
                f"{path.name} announces {count:,} atoms; up to {MOST_ATOMS:,} can be read.",
                "Cut out the region around the absorbing atoms.",
            )
        complete = at + 2 + count <= len(lines) and all(lines[at + 2 + k].strip() for k in (0, count - 1))
        if not complete:
            if starts:  # a trajectory still being written: its last complete frame is used
                return starts, True
            present = sum(bool(line.strip()) for line in lines[at + 2:at + 2 + count])
            raise XanesviewError(
                f"{path.name} announces {counted(count, 'atom')} but holds {present}.",
                "The file is cut off, or line 1 is wrong.",
            )
        starts.append(at)
        at += 2 + count
    return starts, False


def _comment_fields(comment: str) -> dict[str, str]:
    """Return the key=value pairs of a comment line, keys in lower case, quotes and escapes removed."""
    fields: dict[str, str] = {}
    never_closed: set[str] = set()  # each is looked for to the end of the line once, however long that is
    at = 0
    while key := _KEY.search(comment, at):
        at = key.end()
        first = comment[at:at + 1]
        if first in never_closed:
            continue
        found = _VALUES.get(first, _BARE).match(comment, at)
        if found is None:
            never_closed |= {first} & _VALUES.keys()
            continue
        at, value = found.end(), found[0]
        if value[:1] == '"':
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        elif value[:1] in "'{[":
            value = value[1:-1]
        fields.setdefault(key[1].lower(), value)
    return fields


def _columns(path: Path, info: dict[str, str]) -> tuple[int, int]:
    """Return the columns of the element and of x."""
    properties = info.get("properties")
    if properties is None:
        return 0, 1
    words = str(properties).split(":")
    column, found = 0, {}
    for name, _kind, width in zip(words[0::3], words[1::3], words[2::3]):
        found[name.lower()] = column
        column += whole_number(width) or 1
    species = next((found[name] for name in _SPECIES if name in found), None)
    x = next((found[name] for name in _POSITIONS if name in found), None)
    if species is None or x is None:
        raise XanesviewError(
            f"Line 2 of {path.name} names no column of elements and positions.",
            "Properties must name species:S:1 and pos:R:3.",
        )
    return species, x


def _cell(path: Path, info: dict[str, str]) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Return cell (3, 3) and pbc (3,) or (None, None) for a molecule."""
    lattice = info.get("lattice")
    if lattice is None:
        return None, None
    words = re.split(r"[\s,]+", lattice.strip(" []"))
    cell = np.array([number(word, f"The Lattice in line 2 of {path.name}") for word in words])
    if cell.size != 9:
        raise XanesviewError(
            f"The Lattice in line 2 of {path.name} does not hold nine numbers.",
            'Write Lattice="ax ay az bx by bz cx cy cz" in Å.',
        )
    cell = cell.reshape(3, 3)
    if not cell.any():  # how some programs write that there is none
        return None, None
    flags = [word.upper() in ("T", "TRUE", "1") for word in re.split(r"[\s,]+", info.get("pbc", "T T T").strip(" []"))]
    pbc = np.array(flags if len(flags) == 3 else [all(flags)] * 3)
    return cell, pbc & cell.any(axis=1)


def _identity(path: Path, info: dict[str, str]) -> dict[str, Any]:
    """Return name, SMILES, charge and multiplicity where the comment tells them."""
    fields: dict[str, Any] = {"name": info.get("name") or path.stem}
    if info.get("smiles"):
        fields["smiles"] = info["smiles"]
    fields["conformer"] = conformer_of(info)
    for key in ("charge", "multiplicity"):
        if re.fullmatch(r"[+-]?[0-9]{1,4}(\.0*)?", info.get(key, "")):
            fields[key] = int(float(info[key]))
    return fields


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
