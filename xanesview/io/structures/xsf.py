"""XCrySDen's XSF and AXSF (http://www.xcrysden.org/doc/XSF.html): a frame of a crystal, slab or molecule, in Å.

ASE's reader fails where atomic numbers and symbols are mixed, and has no slabs.
"""

from __future__ import annotations

import re
from pathlib import Path

from xanesview.domain.counts import counted
from xanesview.domain.structure import Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.atom_list import AtomList, vectors
from xanesview.io.structures.checks import checked_structure, deuterium_notice
from xanesview.io.structures.frames import chosen_frame, cut_notice, frame_notice
from xanesview.io.text_file import whole_number

_PERIODIC = {
    "CRYSTAL": (True, True, True), "SLAB": (True, True, False), "POLYMER": (True, False, False),
    "MOLECULE": (False, False, False), "ATOMS": (False, False, False),
}  # fmt: skip


def looks_like_xsf(text: str) -> bool:
    """Tell whether the first line that is no comment is a keyword of XSF, and atoms or vectors follow."""
    first = next((line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")), "")
    begins = re.fullmatch(r"\s*(?:CRYSTAL|SLAB|POLYMER|MOLECULE|ATOMS|ANIMSTEPS\s+\d+|DIM-GROUP)\s*", first)
    return bool(begins) and re.search(r"^[^\S\n]*(?:PRIMVEC|PRIMCOORD|ATOMS)\b", text, re.M) is not None


def read_xsf(path: Path, text: str, frame: int | None = None) -> Structure:
    """Return a frame of an XSF or AXSF file, by default the first.

    Raises
    ------
    XanesviewError
        Naming the line that can't be understood.
    """
    lines = text.split("\n")
    lattice, frames, kind = [], [], "ATOMS"
    for at, line in enumerate(lines, start=1):
        words = line.split()
        key = words[0].upper() if words else ""
        if key in _PERIODIC:
            kind = key if key != "ATOMS" else kind
        if key.startswith("BEGIN_"):  # grids of numbers, which may be long
            break
        if key == "PRIMVEC":  # one for all frames, or one before each
            lattice = [line.split() for line in lines[at : at + 3]]
        if key in ("PRIMCOORD", "ATOMS"):
            frames.append((at, key == "PRIMCOORD", lattice))
    cut = _cut(lines, frames, frame)
    atoms = AtomList()
    place = chosen_frame(path, max(1, len(frames)), frame, 0)
    if frames:
        begin, announced, lattice = frames[place["frame"]]
        _read_atoms(path, lines, begin, atoms, announced)
    if not atoms:
        raise XanesviewError(f"{path.name} has no atoms.", "An XSF file needs PRIMCOORD or ATOMS.")
    pbc = _PERIODIC[kind]
    cell = vectors(lattice, f"PRIMVEC of {path.name}") if any(pbc) else None
    return checked_structure(
        atoms.numbers,
        atoms.coordinates,
        cell,
        pbc,
        [*frame_notice(place, frame), *cut, *deuterium_notice(atoms.heavy)],
        name=path.stem,
        source=str(path),
        **place,
    )


def _cut(lines: list[str], frames: list[tuple[int, bool, list]], asked: int | None) -> list[Notice]:
    """Return what is to be told of an animation that is cut off; a last step of too few atoms is taken out."""
    words = next((line.split() for line in lines if re.match(r"\s*ANIMSTEPS\b", line, re.IGNORECASE)), [])
    steps = whole_number(words[1]) if len(words) > 1 else None
    if not steps or not frames:
        return []
    begin, announced, _ = frames[-1]
    if announced and len(frames) > 1:
        words = lines[begin].split() if begin < len(lines) else []
        wanted = whole_number(words[0]) if words else 0
        if wanted is not None and (not wanted or _rows(lines, begin + 1) < wanted):
            frames.pop()
            return cut_notice(True, asked)
    if asked not in (None, -1, len(frames) - 1):
        return []
    hint = "It is still being written, or was cut off."
    if len(frames) < steps:
        held = f"The file announces {counted(steps, 'structure')} but holds {len(frames):,}; the last may lack atoms."
        return [Notice("cut-off", held, hint)]
    if len(frames) > 1 and not announced and _rows(lines, begin) < _rows(lines, frames[-2][0]):
        return [Notice("cut-off", "The last structure of the file has fewer atoms than the one before.", hint)]
    return []


def _rows(lines: list[str], at: int) -> int:
    """Return how many lines from one on may be atoms."""
    return next((k for k, line in enumerate(lines[at:]) if len(line.split()) < 4), len(lines) - at)


def _read_atoms(path: Path, lines: list[str], at: int, atoms: AtomList, announced: bool) -> None:
    """Take the atoms that begin at a line, as many as are announced or up to the next keyword."""
    count = None
    if announced:
        count = whole_number((lines[at].split() or [""])[0]) if at < len(lines) else None
        if count is None:
            raise XanesviewError(f"Line {at + 1} of {path.name} should hold the number of atoms.", "Correct the file.")
        at += 1
    while at < len(lines) and (count is None or len(atoms) < count):
        words = lines[at].split()
        if len(words) < 4 and count is None:
            break
        if words:
            atoms.add(words[0], words[1:], f"Line {at + 1} of {path.name}")
        at += 1
    if count is not None and len(atoms) < count:
        raise XanesviewError(
            f"{path.name} announces {counted(count, 'atom')} but holds {len(atoms)}.",
            "The file is cut off, or the number is wrong.",
        )
