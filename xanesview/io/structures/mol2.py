"""Tripos MOL2: one molecule, with its crystal where it lists a whole cell.

http://chemyang.ccnu.edu.cn/ccb/server/AIMMS/mol2.pdf. RDKit knows only the atom types of one program, and ASE none.
"""

from __future__ import annotations

import re
from pathlib import Path

from xanesview.domain.counts import counted
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.atom_list import AtomList
from xanesview.io.structures.checks import checked_structure, deuterium_notice
from xanesview.io.structures.elements import is_element
from xanesview.io.structures.frames import chosen_frame, frame_notice
from xanesview.io.structures.macromolecule import CrystalFrame
from xanesview.io.text_file import number

_MARK = "@<TRIPOS>"


def looks_like_mol2(text: str) -> bool:
    """Tell whether a text has a section of atoms or of a molecule."""
    return re.search(r"^@<TRIPOS>(?:ATOM|MOLECULE)", text, re.M) is not None


def read_mol2(path: Path, text: str, frame: int | None = None) -> Structure:
    """Return a molecule of a MOL2 file, by default the first.

    Raises
    ------
    XanesviewError
        Naming the line that can't be understood.
    """
    count = len(re.findall(rf"^{_MARK}[^\S\n]*MOLECULE\b", text, re.M))
    place = chosen_frame(path, max(1, count), frame, 0)
    wanted = place["frame"] + 1 if count else 0
    atoms = AtomList()
    section, molecules, title, parameters = "", 0, "", []
    title_wanted, announced = False, None
    for at, line in enumerate(text.split("\n"), start=1):
        if line.startswith(_MARK):
            section = line[len(_MARK) :].strip()
            molecules += section == "MOLECULE"
            title_wanted = section == "MOLECULE" and molecules == wanted
            continue
        words = line.split()
        if not words or words[0].startswith("#") or molecules != wanted:
            continue
        where = f"Line {at} of {path.name}"
        if section == "MOLECULE" and title_wanted:
            title, title_wanted = line.strip().strip("*"), False
        elif section == "MOLECULE" and announced is None:  # the line of counts, atoms first
            announced = int(words[0][:12]) if re.fullmatch("[0-9]+", words[0]) else None
        elif section == "ATOM":
            if len(words) < 6:
                raise XanesviewError(f"{where} should hold number, name, x, y, z and type.", "Correct this line.")
            atoms.add(_label(words[1], words[5]), words[2:5], where)
        elif section == "CRYSIN" and not parameters:
            parameters = words
    if not atoms:
        raise XanesviewError(f"{path.name} has no atoms.", "A MOL2 file needs a section @<TRIPOS>ATOM.")
    if announced is not None and announced != len(atoms.numbers):
        raise XanesviewError(
            f"{path.name} announces {counted(announced, 'atom')} but holds {len(atoms.numbers)}.",
            "The file is cut off, or its counts are wrong.",
        )
    cell, notices = _crystal(path, parameters).cell(path.name)
    return checked_structure(
        atoms.numbers,
        atoms.coordinates,
        cell,
        None if cell is None else [True] * 3,
        [*frame_notice(place, frame), *notices, *deuterium_notice(atoms.heavy)],
        name=title[:60] or path.stem,
        source=str(path),
        **place,
    )


def _label(name: str, kind: str) -> str:
    """Return what names the element: the type (``C.ar``), of a force field's type (``ca``) its first letter."""
    symbol = kind.partition(".")[0]
    if is_element(symbol):
        return symbol
    if kind.islower() or kind[:1].islower():
        return kind[:2] if kind[:2] in ("cl", "br") else kind[:1]
    return name if symbol in ("Any", "Hal", "Het", "Hev") else symbol


def _crystal(path: Path, words: list[str]) -> CrystalFrame:
    if len(words) < 6:
        return CrystalFrame()
    values = tuple(number(word, f"CRYSIN of {path.name}") for word in words[:6])
    group = words[6] if len(words) > 6 else "1"
    return CrystalFrame(values, "P 1" if group == "1" else f"no. {group}")
