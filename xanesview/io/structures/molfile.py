"""MOL and SDF files (V2000 and V3000): checked here line by line, read by RDKit; `drawings` completes the molecule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from xanesview.domain.counts import counted
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.checks import checked_structure, deuterium_notice
from xanesview.io.structures.conformer_fields import conformer_of
from xanesview.io.structures.elements import atomic_number
from xanesview.io.structures.frames import chosen_frame, frame_notice
from xanesview.io.text_file import number, whole_number
from xanesview.limits import MOST_ATOMS

_OLD_COUNTS = r"[ \d]{2}\d[ \d]{2}\d[ \d]*$"
_ATOM = r"(?:[ \d-]{5}\.\d{4}){3} [A-Z]"
_NUMBER = r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?"
_DATA = re.compile(r"^>[^<\n]*<(\w{1,40})>[^\n]*\n([^\n]{0,80})$", re.MULTILINE)
_NEW_COUNTS = re.compile(r"^M\s+V30\s+COUNTS\b(.*)", re.MULTILINE | re.IGNORECASE)


def looks_like_molfile(text: str) -> bool:
    """Tell whether one of the first lines is the line of counts of a MOL file."""
    return _line_of_counts(text.split("\n", 7)[:6]) is not None


def read_molfile(path: Path, text: str, frame: int | None = None) -> Structure:
    """Return a molecule of a MOL (V2000, V3000) or SDF file, by default the first.

    Raises
    ------
    XanesviewError
        If the file is damaged, has no such frame, or holds query atoms or R groups.
    """
    from xanesview.io.structures import drawings  # RDKit takes long to load

    records = [record for record in re.split(r"^\$\$\$\$.*$", text, flags=re.MULTILINE) if record.strip()]
    place = chosen_frame(path, max(1, len(records)), frame, 0)
    which = place["frame"]
    block = records[which] if records else text
    if which:
        block = block.removeprefix("\n")  # that of the mark before
    block = block.lstrip("\n") if block.startswith("\n\n\n\n") else block
    if len(records) > 1 and not block.endswith("\n"):
        block += "\n"
    _check_atom_lines(path, block)
    molecule = drawings.parsed(block)
    if molecule is None:
        raise XanesviewError(
            f"{path.name} is not a complete MOL file.", "It may be cut off; export it again from the molecule editor."
        )
    if molecule.GetNumAtoms() == 0:
        raise XanesviewError(f"{path.name} has no atoms.", "Choose a file with at least one atom.")
    unknown = next((atom.GetIdx() for atom in molecule.GetAtoms() if not atom.GetAtomicNum()), None)
    if unknown is not None:
        raise XanesviewError(
            f"Atom {unknown} of {path.name} is no element.", "Replace queries, dummy atoms and R groups by elements."
        )
    heavy = sum(atom.GetAtomicNum() == 1 and atom.GetIsotope() > 1 for atom in molecule.GetAtoms())
    molecule, notices = drawings.completed(path.name, molecule)
    title = block.split("\n", 1)[0].strip()
    return checked_structure(
        [atom.GetAtomicNum() for atom in molecule.GetAtoms()],
        molecule.GetConformer().GetPositions(),
        notices=[*frame_notice(place, frame), *notices, *deuterium_notice(heavy)],
        name=title[:60] or path.stem,
        charge=sum(atom.GetFormalCharge() for atom in molecule.GetAtoms()),
        smiles=drawings.smiles_of(molecule),
        source=str(path),
        conformer=conformer_of({key: value.strip() for key, value in _DATA.findall(block)}),
        **place,
    )


def _check_atom_lines(path: Path, block: str) -> None:
    """Find broken elements and coordinates before RDKit, which reads NaN and cuts numbers without a word."""
    _check_new_counts(path, block)
    lines = block.split("\n")
    counts = _line_of_counts(lines)
    if counts is None:
        raise XanesviewError(
            f"{path.name} has no line of counts of atoms and bonds, as MOL files have in line 4.",
            "Export it again from the molecule editor as MOL or SDF.",
        )
    if "V3000" in lines[counts]:
        _check_v3000(path, lines)
        return
    count = whole_number(lines[counts][:3])
    if count is None or count > MOST_ATOMS:
        raise XanesviewError(f"Line {counts + 1} of {path.name} has no number of atoms.", "Export the file again.")
    for k in range(count):
        at = counts + 1 + k
        line = lines[at] if at < len(lines) else ""
        if len(line.rstrip()) < 32:
            _check_columns(path, at, line)
            raise XanesviewError(
                f"{path.name} announces {counted(count, 'atom')} but holds {k}.",
                "The file is cut off, or its counts are wrong.",
            )
        for x in (0, 10, 20):
            number(line[x:x + 10].strip(), f"Line {at + 1} of {path.name}: a coordinate")
        atomic_number(line[31:34], f"Atom {k} of {path.name}")


def _check_columns(path: Path, at: int, line: str) -> None:
    """Tell of an atom's line that has all that it needs, yet not in its columns."""
    words = line.split()
    if len(words) >= 4 and words[3][:1].isalpha() and all(re.fullmatch(_NUMBER, word) for word in words[:3]):
        raise XanesviewError(
            f"Line {at + 1} of {path.name} has its atom in the wrong columns.",
            "x, y and z fill ten columns each, one blank follows, then the element; export the file again.",
        )


def _line_of_counts(lines: Sequence[str]) -> int | None:
    """Return which line counts atoms and bonds: one that names the version or, of old writers, one before an atom."""
    named = next((k for k, line in enumerate(lines[:6]) if "V2000" in line or "V3000" in line), None)
    if named is not None or len(lines) < 5:
        return named
    return 3 if re.match(_OLD_COUNTS, lines[3]) and re.match(_ATOM, lines[4]) else None


def _check_new_counts(path: Path, block: str) -> None:
    """Check what V3000 announces, whatever line 4 says: RDKit takes the memory for it before it reads an atom."""
    whole = re.sub(r"-[^\S\n]*\nM\s+V30 ", "", block)  # a minus at its end continues a line
    for line in _NEW_COUNTS.finditer(whole):
        words = line[1].split()
        for word, what in zip(words, ("atoms", "bonds", "groups", "constraints")):
            count = whole_number(word)
            if count is None or count > MOST_ATOMS:
                raise XanesviewError(
                    f"{path.name} announces “{word[:30]}” {what}; up to {MOST_ATOMS:,} can be read.",
                    "The file is damaged, or holds no molecule; export it again.",
                )


def _check_v3000(path: Path, lines: list[str]) -> None:
    inside = False
    for at, line in enumerate(lines):
        words = line.split()[2:] if line.startswith("M  V30") else []
        if words[1:2] == ["ATOM"]:
            inside = words[0] == "BEGIN"
        elif inside and len(words) >= 5:
            atomic_number(words[1], f"Line {at + 1} of {path.name}")
            for word in words[2:5]:
                number(word, f"Line {at + 1} of {path.name}: a coordinate")
