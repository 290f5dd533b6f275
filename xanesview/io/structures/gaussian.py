"""Gaussian input (.gjf, .com; https://gaussian.com/input): Cartesian coordinates or a Z-matrix, charge, multiplicity.

ASE's reader takes no variables of Z-matrices that stand, as Gaussian wants them, after a blank line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.atom_list import AtomList, vectors
from xanesview.io.structures.checks import checked_structure, deuterium_notice
from xanesview.io.structures.frames import chosen_frame, frame_notice
from xanesview.io.structures.zmatrix import ZMatrix
from xanesview.io.text_file import whole_number

_CHARGE = r"\s*([-+]?\d{1,3})[\s,]+(\d{1,3})(?:[\s,].*)?"
_LINK = r"(?im)^[^\S\n]*--link1--.*$"
_VALUES = r"(?i)\s*(?:(?:variables|constants)\s*:?\s*$|[a-z]\w*\s*=)"
"""A heading of the values of a Z-matrix, or one of them."""
_DUMMY = ("x", "xx", "bq")


@dataclass(frozen=True)
class _Job:
    """The parts of one job: title, charge, multiplicity, the lines of its molecule and those after them."""

    title: str
    charge: int
    multiplicity: int
    first_line: int
    molecule: Sequence[str]
    after: Sequence[str]


def looks_like_gaussian(text: str) -> bool:
    """Tell whether a text has a route (``#p …``), a title, and a line of charge and multiplicity, parted by blanks."""
    return _job(re.split(_LINK, text)[0]) is not None


def read_gaussian(path: Path, text: str, frame: int | None = None) -> Structure:
    """Return the molecule of a job, by default the first.

    Raises
    ------
    XanesviewError
        If there is none in the file, or naming the line that can't be understood.
    """
    jobs = [part for part in re.split(_LINK, text) if part.strip()]
    place = chosen_frame(path, max(1, len(jobs)), frame, 0)
    job = _job(jobs[place["frame"]]) if jobs else None
    if job is None or not job.molecule:
        raise XanesviewError(
            f"{path.name} has no atoms.",
            "Gaussian's input is a route, a title, charge and multiplicity, then the atoms; those of a checkpoint "
            "file are not read.",
        )
    atoms, lattice = AtomList(), []
    matrix = ZMatrix(_variables(job.after))
    for at, line in enumerate(job.molecule, start=job.first_line + 1):
        where = f"Line {at} of {path.name}"
        words = re.sub(r"\([^)]*\)", _isotope, line).replace(",", " ").split()
        label = words[0]
        if len(words) > 4 and re.fullmatch(r"0|-\d", words[1]):
            words = [label, *words[2:]]  # 0 or -1: whether the atom moves
        symbol = re.split(r"-(?=[A-Za-z])", label)[0]  # behind it types of a force field
        if symbol.lower() == "tv":
            lattice.append(words[1:])
            continue
        cartesian = len(words) >= 4 and all("." in word or word.lstrip("+-").isdigit() for word in words[1:4])
        position = words[1:4] if cartesian and not _is_reference(words) else matrix.placed(words[1:], where)
        dummy = symbol.lower() in _DUMMY or label.lower().endswith("-bq")
        matrix.add(position, where)
        if not dummy:
            atoms.add(symbol, [f"{x:.12g}" if isinstance(x, float) else x for x in position], where)
    cell, pbc = _cell(path, lattice)
    return checked_structure(
        atoms.numbers,
        atoms.coordinates,
        cell,
        pbc,
        [*frame_notice(place, frame), *deuterium_notice(atoms.heavy)],
        name=job.title[:60] or path.stem,
        charge=job.charge,
        multiplicity=max(1, job.multiplicity),
        source=str(path),
        **place,
    )


def _job(text: str) -> _Job | None:
    """Return the parts of a job, or None for another kind of text."""
    lines = [line.partition("!")[0].rstrip() for line in text.split("\n")]
    at = next((k for k, line in enumerate(lines) if line.strip()), len(lines))
    while at < len(lines) and lines[at].lstrip().startswith("%"):
        at += 1
    if at >= len(lines) or not lines[at].lstrip().startswith("#"):
        return None
    at = _blank(lines, at) + 1
    end = _blank(lines, at)
    title = " ".join(" ".join(lines[at:end]).split())
    at = end + 1
    found = re.fullmatch(_CHARGE, lines[at]) if at < len(lines) else None
    if found is None or whole_number(found[2]) is None:
        return None
    end = _blank(lines, at + 1)
    values = next((k for k in range(at + 1, end) if re.match(_VALUES, lines[k])), end)  # some leave out the blank line
    return _Job(title, int(found[1]), int(found[2]), at + 1, lines[at + 1 : values], lines[values:])


def _blank(lines: Sequence[str], at: int) -> int:
    """Return the first line from `at` on that is blank, or the end."""
    return next((k for k in range(at, len(lines)) if not lines[k].strip()), len(lines))


def _isotope(found: re.Match[str]) -> str:
    return ""  # (Iso=2), (Fragment=1): isotopes don't change a spectrum


def _is_reference(words: Sequence[str]) -> bool:
    """Tell a row of a Z-matrix that has numbers throughout: atom, length, atom, angle."""
    return len(words) >= 5 and re.fullmatch(r"\d+", words[1]) is not None and re.fullmatch(r"\d+", words[3]) is not None


def _variables(lines: Sequence[str]) -> dict[str, str]:
    """Return the variables and constants that follow a Z-matrix: ``r=0.96``, ``a 104.5``."""
    found = {}
    for line in lines:
        words = line.replace("=", " ").split()
        if len(words) >= 2 and re.fullmatch(r"[A-Za-z]\w*", words[0]):
            found.setdefault(words[0].lower(), words[1])
    return found


def _cell(path: Path, lattice: list[list[str]]) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Return the cell of translation vectors (Tv), one to three."""
    if not lattice:
        return None, None
    rows = [*lattice[:3], *([["0", "0", "0"]] * (3 - len(lattice)))]
    return vectors(rows, f"A translation vector (Tv) of {path.name}"), np.arange(3) < len(lattice)
