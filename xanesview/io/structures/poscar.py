"""VASP's POSCAR, CONTCAR and XDATCAR (https://www.vasp.at/wiki/index.php/POSCAR).

Files of VASP 4 name no elements; programs that write them put the symbols behind each coordinate (pymatgen) or a
formula into the comment (Atomsk, ASE), from where they are taken with a notice.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from xanesview.domain.cells import cell_volume
from xanesview.domain.counts import counted
from xanesview.domain.structure import Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.checks import checked_structure, deuterium_notice
from xanesview.io.structures.elements import atomic_number, is_element
from xanesview.io.structures.frames import chosen_frame, frame_notice
from xanesview.io.text_file import number, plain_float, whole_number
from xanesview.limits import MOST_ATOMS

_FRAME = "Direct configuration"
_HEADER = 7
"""Lines before the coordinates: comment, scale, three vectors, elements, counts."""


def read_poscar(path: Path, text: str, frame: int | None = None) -> Structure:
    """Return the crystal or slab of a POSCAR file, of an XDATCAR a configuration from 0, by default the first.

    Files without a line of elements (VASP 4) are read if the coordinates are followed by symbols, or if the comment
    line is a list of as many elements as there are counts, or a formula in their proportion; a notice says so.

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
    labels, counts, at = _labels_and_counts(path, lines)
    if sum(counts) == 0:
        raise XanesviewError(f"{path.name} has no atoms.", "Choose a file with at least one atom.")
    if sum(counts) > MOST_ATOMS:
        raise XanesviewError(
            f"{path.name} announces {sum(counts):,} atoms; up to {MOST_ATOMS:,} can be read.",
            "Cut out the region around the absorbing atoms.",
        )
    if at < len(lines) and lines[at].strip()[:1].lower() == "s":  # selective dynamics
        at += 1
    mode = lines[at].strip()[:1].lower() if at < len(lines) else ""
    if mode not in ("d", "c", "k"):
        raise XanesviewError(
            f"Line {at + 1} of {path.name} should say Direct or Cartesian.", "Insert the line before the coordinates."
        )
    frames = [k for k in range(at, len(lines)) if lines[k].startswith(_FRAME)] or [at]
    place = chosen_frame(path, len(frames), frame, 0)
    begin = frames[place["frame"]]
    coordinates, ends = _coordinates(path, lines, begin + 1, sum(counts))
    if place["frame"] and begin - frames[place["frame"] - 1] - 1 - sum(counts) >= _HEADER:  # a cell of its own
        cell = _scaled_cell(path, lines[begin - _HEADER : begin])
    scale = _scale(path, lines, cell_volume(_raw_cell(path, lines)))
    positions = coordinates @ cell if mode == "d" else coordinates * scale
    notices = frame_notice(place, frame)
    if not labels:
        labels, assumed = _assumed_labels(path, lines[0], counts, ends)
        notices = [*notices, assumed]
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
        name=comment[:60] if comment and not notices and len(frames) == 1 else path.name,
        source=str(path),
        **place,
    )


def looks_like_poscar(text: str) -> bool:
    """Tell whether a scale, three vectors and then elements or counts follow one another (columns of data do not)."""
    lines = text.split("\n")[:7]
    if len(lines) < 7:
        return False
    try:
        scale = [plain_float(word) for word in lines[1].split()]
        vectors = [[plain_float(word) for word in line.split()[:3]] for line in lines[2:5]]
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
    if values[0] < 0 and volume > 1e-9:
        values = np.array([(-values[0] / volume) ** (1 / 3)])
    if values[0] == 0:
        raise XanesviewError(f"The scale in line 2 of {path.name} is zero.", "It is usually 1.0.")
    return np.repeat(values, 3)


def _scaled_cell(path: Path, lines: list[str]) -> np.ndarray:
    cell = _raw_cell(path, lines)
    return cell * _scale(path, lines, cell_volume(cell))


def _labels_and_counts(path: Path, lines: list[str]) -> tuple[list[str], list[int], int]:
    """Return element labels (none in files of VASP 4), counts and the line after them."""
    if _are_counts(lines[5].split()):
        return [], _counts(path, lines, 5), 6
    labels, counts = lines[5].split("!")[0].split(), _counts(path, lines, 6)
    if len(labels) != len(counts):
        raise XanesviewError(
            f"{path.name} names {counted(len(labels), 'element')} but {counted(len(counts), 'count')}.",
            "Correct lines 6 and 7.",
        )
    return labels, counts, 7


def _assumed_labels(
    path: Path, comment: str, counts: list[int], ends: list[list[str]]
) -> tuple[list[str], Notice]:
    """Return the elements that a file without a line of elements names elsewhere, and a notice that says where."""
    labels, where = _labels_at_line_ends(counts, ends), "the ends of its lines"
    if not labels:
        labels, where = _labels_of_comment(comment, counts), "its comment line"
    if not labels:
        raise XanesviewError(
            f"{path.name} does not say which elements its atoms are: no line of elements precedes the counts.",
            "Insert a line such as “C H O” above the line of counts.",
        )
    return labels, Notice(
        "assumed-elements",
        f"The file has no line of elements; {', '.join(labels)} were taken from {where}.",
        "Insert a line of elements above the counts if this is wrong.",
    )


def _labels_at_line_ends(counts: list[int], ends: list[list[str]]) -> list[str]:
    """Return one symbol a count where every coordinate is followed by it (flags of selective dynamics apart)."""
    symbols = []
    for words in ends:
        named = [re.match(r"[!#]*([A-Z][a-z]?)(?![a-z])", w) for w in words if w not in ("T", "F", ".T.", ".F.")]
        symbols.append(next((found[1] for found in named if found and is_element(found[1])), ""))
    labels, at = [], 0
    for count in counts:
        kinds = set(symbols[at : at + count]) if count else {"H"}  # of none any will do
        if len(kinds) != 1 or "" in kinds:
            return []
        labels.append(kinds.pop())
        at += count
    return labels


def _labels_of_comment(comment: str, counts: list[int]) -> list[str]:
    """Return as many elements as there are counts: a list of symbols, or a formula in the counts' proportion.

    The comment must be nothing else, as prose names what is not counted (“CO on MgO”); other words, none of them a
    formula, may only follow a formula that writes out just these counts (“Ti2O4 rutile”).
    """
    words = re.split(r"[\s,]+", comment.strip(" \t\r,"))
    formulas = [found for found in map(_formula, words) if found]
    leading = [_formula(word) for word in words[: len(formulas)]]
    atoms = [atom for formula in formulas for atom in formula]
    if not all(leading) or len(atoms) != len(counts):
        return []
    symbols = [symbol for symbol, _ in atoms]
    if len(formulas) < len(words):
        return symbols if [amount for _, amount in atoms] == list(map(str, counts)) else []
    if all(map(is_element, words)):
        return symbols
    amounts = [int(amount or 1) for _, amount in atoms]
    ratios = {count / amount for count, amount in zip(counts, amounts) if amount}
    return symbols if len(ratios) == 1 and all(amounts) else []


def _formula(word: str) -> list[tuple[str, str]]:
    """Return symbols and amounts (as written) of a word that is a formula, nothing for another word."""
    if not re.fullmatch(r"(?:[A-Z][a-z]?\d{0,6})+", word):
        return []
    found = re.findall(r"([A-Z][a-z]?)(\d*)", word)
    return found if all(is_element(symbol) for symbol, _ in found) else []


def _counts(path: Path, lines: list[str], at: int) -> list[int]:
    words = lines[at].split("!")[0].split() if at < len(lines) else []
    if not _are_counts(words):
        raise XanesviewError(
            f"Line {at + 1} of {path.name} should hold the number of atoms of each element.", "Correct the file."
        )
    return [int(word) for word in words]


def _are_counts(words: list[str]) -> bool:
    return bool(words) and all(whole_number(word) is not None for word in words)


def _coordinates(path: Path, lines: list[str], at: int, count: int) -> tuple[np.ndarray, list[list[str]]]:
    """Return the coordinates (N, 3) as they stand, and what follows them in each line."""
    coordinates, ends = np.empty((count, 3)), []
    for k in range(count):
        words = lines[at + k].split() if at + k < len(lines) else []
        if len(words) < 3:
            raise XanesviewError(
                f"{path.name} announces {counted(count, 'atom')} but holds coordinates of {k}.",
                "The file is cut off, or its counts are wrong.",
            )
        where = f"Line {at + k + 1} of {path.name}: a coordinate"
        coordinates[k] = [number(word, where) for word in words[:3]]
        ends.append(words[3:])
    return coordinates, ends
