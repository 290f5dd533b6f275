"""PDB files: ATOM and HETATM records of the first model (https://www.wwpdb.org/documentation/file-format).

Read by ourselves: gemmi's reader takes a broken coordinate for zero and ``1,20`` for 1, and stops at the first END
without a word of what follows, while a user is to be told which line is wrong. Frames are parted by MODEL and ENDMDL
or, by VMD and Open Babel, by END alone.
"""

from __future__ import annotations

import re
from pathlib import Path

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.elements import atomic_number
from xanesview.io.structures.frames import chosen_frame, cut_notice, frame_notice, unended_notice
from xanesview.io.structures.macromolecule import AtomRecord, CrystalFrame, structure_of_records
from xanesview.io.text_file import number

_ATOMS = ("ATOM  ", "HETATM")
_LAST = ("MODEL ", "ENDMDL", "END")  # that end a frame, if it has atoms


def looks_like_pdb(text: str) -> bool:
    """Tell whether a text has records of PDB files."""
    return re.search(r"^(ATOM  |HETATM|CRYST1|HEADER|MODEL  ).{10}", text, re.MULTILINE) is not None


def read_pdb(path: Path, text: str, frame: int | None = None) -> Structure:
    """Return a model of a PDB file, by default the first, one alternative of each disordered residue.

    Raises
    ------
    XanesviewError
        Naming the record that can't be understood.
    """
    lines = text.split("\n")
    models, is_cut = _models(lines)
    if not models:
        raise XanesviewError(f"{path.name} has no atoms.", "A PDB file needs ATOM or HETATM records.")
    is_only = len(models) == 1
    models = models[:-1] if is_cut and not is_only else models
    place = chosen_frame(path, len(models), frame, 0)
    records = [_record(path, at, lines[at]) for at in models[place["frame"]]]
    several = frame_notice(place, frame)
    if is_cut:
        several += unended_notice("ENDMDL") if is_only else cut_notice(True, frame)
    return structure_of_records(path, records, _crystal(path, lines), several, _title(lines), **place)


def _models(lines: list[str]) -> tuple[list[list[int]], bool]:
    """Return the lines of the atoms of each model, and whether the file ends amid the last: after MODEL, no ENDMDL."""
    models: list[list[int]] = []
    begun, inside = False, False
    for at, line in enumerate(lines):
        if line.startswith(_ATOMS):
            if not begun:
                models.append([])
            begun = True
            models[-1].append(at)
        elif line.startswith(_LAST):
            begun = False
            inside = line.startswith("MODEL ")
    return models, inside and begun


def _record(path: Path, at: int, line: str) -> AtomRecord:
    where = f"Line {at + 1} of {path.name}"
    if len(line.rstrip()) < 54:
        raise XanesviewError(
            f"{where} is too short for an atom of a PDB file.", "Coordinates stand in columns 31 to 54."
        )
    what = f"{where}: a coordinate"
    position = tuple(number(line[k:k + 8].strip(), what) for k in (30, 38, 46))
    z, heavy = _element(line, where)
    occupancy = line[54:60].strip()
    return AtomRecord(
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


def _crystal(path: Path, lines: list[str]) -> CrystalFrame:
    record = next((line for line in lines if line.startswith("CRYST1")), None)
    if record is None:
        return CrystalFrame()
    what = f"The CRYST1 record of {path.name}"
    words = [record[6:15], record[15:24], record[24:33], record[33:40], record[40:47], record[47:54]]
    return CrystalFrame(tuple(number(word.strip() or "0", what) for word in words), record[55:66].strip())


def _title(lines: list[str]) -> str:
    words = [line[10:].strip() for line in lines if line.startswith("TITLE")]
    return " ".join(" ".join(words).split())
