"""VASP's POSCAR and CONTCAR (https://www.vasp.at/wiki/index.php/POSCAR)."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from xanesview.domain.structure import Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.checks import MAX_ATOMS, checked_structure, deuterium_notice
from xanesview.io.structures.elements import atomic_number, is_element
from xanesview.io.text_file import number


def read_poscar(path: Path, text: str) -> Structure:
    """Return the crystal or slab of a POSCAR file.

    Files without a line of elements (VASP 4) are read if the comment line names as many elements as there are
    counts; a notice says so.

    Raises
    ------
    XanesviewError
        Naming what is missing or can't be understood.
    """
    lines = text.split("\n")
    if len([line for line in lines if line.strip()]) < 7:
        raise XanesviewError(
            f"{path.name} is too short to be a POSCAR file.",
            "It needs a comment, a scale, three cell vectors, elements, counts and coordinates.",
        )
    cell = _scaled_cell(path, lines)
    labels, counts, at, notices = _species(path, lines)
    if sum(counts) == 0:
        raise XanesviewError(f"{path.name} has no atoms.", "Choose a file with at least one atom.")
    if sum(counts) > MAX_ATOMS:
        raise XanesviewError(
            f"{path.name} announces {sum(counts):,} atoms; up to {MAX_ATOMS:,} can be read.",
            "Cut out the region around the absorbing atoms.",
        )
    if at < len(lines) and lines[at].strip()[:1].lower() == "s":  # selective dynamics
        at += 1
    mode = lines[at].strip()[:1].lower() if at < len(lines) else ""
    if mode not in ("d", "c", "k"):
        raise XanesviewError(
            f"Line {at + 1} of {path.name} should say Direct or Cartesian.", "Insert the line before the coordinates."
        )
    coordinates = _coordinates(path, lines, at + 1, sum(counts))
    scale = _scale(path, lines, np.linalg.det(_raw_cell(path, lines)))
    positions = coordinates @ cell if mode == "d" else coordinates * scale
    numbers, heavy = [], 0
    for label, count in zip(labels, counts):
        z, isotope = atomic_number(label, f"The line of elements of {path.name}")
        numbers += [z] * count
        heavy += isotope * count
    comment = lines[0].strip()
    return checked_structure(
        numbers,
        positions,
        cell,
        [True, True, True],
        [*notices, *deuterium_notice(heavy)],
        name=comment[:60] if comment and not notices else path.name,
        source=str(path),
    )


def looks_like_poscar(text: str) -> bool:
    """Tell whether a scale, three vectors and then elements or counts follow one another (columns of data do not)."""
    lines = text.split("\n")[:7]
    if len(lines) < 7:
        return False
    try:
        scale = [float(word) for word in lines[1].split()]
        vectors = [[float(word) for word in line.split()[:3]] for line in lines[2:5]]
    except ValueError:
        return False
    if len(scale) not in (1, 3) or any(len(vector) != 3 for vector in vectors):
        return False
    if re.fullmatch(r"[\d\s]+", lines[5]):  # counts without elements: the coordinates' kind must follow
        return re.match(r"\s*[SsDdCcKk]", lines[6]) is not None
    return re.fullmatch(r"\s*[A-Za-z][\w/.]*(\s+[A-Za-z][\w/.]*)*\s*", lines[5]) is not None


def _raw_cell(path: Path, lines: list[str]) -> np.ndarray:
    cell = np.empty((3, 3))
    for k in range(3):
        words = lines[2 + k].split()
        if len(words) < 3:
            raise XanesviewError(
                f"Line {3 + k} of {path.name} should hold a cell vector of three numbers.", "Correct the file."
            )
        cell[k] = [number(word, f"Line {3 + k} of {path.name}: a cell vector") for word in words[:3]]
    return cell


def _scale(path: Path, lines: list[str], volume: float) -> np.ndarray:
    """Return the factors for x, y, z; one negative number is the wanted volume in Å³."""
    words = lines[1].split("!")[0].split("#")[0].split()
    if len(words) not in (1, 3):
        raise XanesviewError(f"Line 2 of {path.name} should hold the scale.", "It is usually 1.0.")
    values = np.array([number(word, f"Line 2 of {path.name}: the scale") for word in words])
    if len(values) == 3:
        return values
    if values[0] < 0 and abs(volume) > 1e-9:
        values = np.array([(-values[0] / abs(volume)) ** (1 / 3)])
    if values[0] == 0:
        raise XanesviewError(f"The scale in line 2 of {path.name} is zero.", "It is usually 1.0.")
    return np.repeat(values, 3)


def _scaled_cell(path: Path, lines: list[str]) -> np.ndarray:
    cell = _raw_cell(path, lines)
    return cell * _scale(path, lines, np.linalg.det(cell))


def _species(path: Path, lines: list[str]) -> tuple[list[str], list[int], int, list[Notice]]:
    """Return element labels, counts, the line after them, and a notice where the elements had to be assumed."""
    words = lines[5].split()
    if words and not all(re.fullmatch(r"\d+", word) for word in words):
        labels, at = words, 6
        counts = _counts(path, lines, 6)
        notices: list[Notice] = []
    else:
        counts, at = _counts(path, lines, 5), 5
        labels = [word for word in re.split(r"[\s,]+", lines[0]) if is_element(word)]
        if len(labels) != len(counts):
            raise XanesviewError(
                f"{path.name} does not say which elements its atoms are: no line of elements precedes the counts.",
                "Insert a line such as “C H O” above the line of counts.",
            )
        notices = [
            Notice(
                "assumed-elements",
                f"The file has no line of elements; {', '.join(labels)} were taken from its comment line.",
                "Insert a line of elements above the counts if this is wrong.",
            )
        ]
    if len(labels) != len(counts):
        raise XanesviewError(
            f"{path.name} names {len(labels)} elements but {len(counts)} counts.", "Correct lines 6 and 7."
        )
    return labels, counts, at + 1, notices


def _counts(path: Path, lines: list[str], at: int) -> list[int]:
    words = lines[at].split("!")[0].split() if at < len(lines) else []
    if not words or not all(re.fullmatch(r"\d+", word) for word in words):
        raise XanesviewError(
            f"Line {at + 1} of {path.name} should hold the number of atoms of each element.", "Correct the file."
        )
    return [int(word) for word in words]


def _coordinates(path: Path, lines: list[str], at: int, count: int) -> np.ndarray:
    coordinates = np.empty((count, 3))
    for k in range(count):
        words = lines[at + k].split() if at + k < len(lines) else []
        if len(words) < 3:
            raise XanesviewError(
                f"{path.name} announces {count} atoms but holds coordinates of {k}.",
                "The file is cut off, or its counts are wrong.",
            )
        where = f"Line {at + k + 1} of {path.name}: a coordinate"
        coordinates[k] = [number(word, where) for word in words[:3]]
    return coordinates
