"""Quantum ESPRESSO's input of pw.x (https://www.quantum-espresso.org/Doc/INPUT_PW.html).

All Bravais lattices of ``ibrav`` are understood (ASE knows none but 0, the free one).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.atom_list import BOHR_ANGSTROM, AtomList, unit_angstrom, vectors
from xanesview.io.structures.bravais import bravais_cell
from xanesview.io.structures.checks import checked_structure, deuterium_notice
from xanesview.io.text_file import number, whole_number

_CARDS = (
    "ATOMIC_SPECIES", "ATOMIC_POSITIONS", "K_POINTS", "ADDITIONAL_K_POINTS", "CELL_PARAMETERS", "CONSTRAINTS",
    "OCCUPATIONS", "ATOMIC_VELOCITIES", "ATOMIC_FORCES", "SOLVENTS", "HUBBARD",
)  # fmt: skip
_ASSIGNMENT = r"""(?<!\w)(\w+(?:\s*\(\s*\d+\s*\))?)\s*=\s*('[^']*'|"[^"]*"|[^,\s!]+)"""


@dataclass(frozen=True)
class _Card:
    """A card's option, such as ``crystal``, and its numbered lines."""

    option: str
    rows: list[tuple[int, list[str]]]


def looks_like_espresso(text: str) -> bool:
    """Tell whether a text begins with a namelist of pw.x and has its atoms."""
    return (
        re.search(r"^[^\S\n]*&(?:control|system)\b", text, re.M | re.I) is not None
        and re.search(r"^[^\S\n]*ATOMIC_(?:POSITIONS|SPECIES)\b", text, re.M | re.I) is not None
    )


def read_espresso(path: Path, text: str) -> Structure:
    """Return the crystal of an input file of pw.x.

    Raises
    ------
    XanesviewError
        If the cell or the atoms are missing, or naming what can't be understood.
    """
    system, cards = _namelist(text, "system"), _cards(text)
    if "ATOMIC_POSITIONS" not in cards:
        raise XanesviewError(f"{path.name} has no atoms.", "It needs a card ATOMIC_POSITIONS.")
    alat, cell = _lattice(path, system, cards.get("CELL_PARAMETERS"))
    card = cards["ATOMIC_POSITIONS"]
    atoms = AtomList()
    for at, words in card.rows:
        atoms.add(words[0], [_plain(word) for word in words[1:4]], f"Line {at} of {path.name}")
    count = whole_number(system.get("nat", ""))
    if count is not None and len(atoms) < count:
        raise XanesviewError(
            f"{path.name} announces {counted(count, 'atom')} but holds {len(atoms)}.",
            "The file is cut off, or nat is wrong.",
        )
    if card.option == "crystal":
        positions = atoms.coordinates @ cell
    elif card.option == "crystal_sg":
        raise XanesviewError(
            f"{path.name} lists only atoms that are not equivalent (crystal_sg).",
            "Write all atoms of the cell, or open the crystal's CIF file.",
        )
    else:
        unit = alat if card.option in ("", "alat") else unit_angstrom(card.option, f"ATOMIC_POSITIONS of {path.name}")
        positions = atoms.coordinates * unit
    prefix = _namelist(text, "control").get("prefix", "")
    return checked_structure(
        atoms.numbers,
        positions,
        cell,
        [True] * 3,
        deuterium_notice(atoms.heavy),
        name=prefix if prefix and prefix != "pwscf" else path.stem,
        source=str(path),
    )


def _namelist(text: str, name: str) -> dict[str, str]:
    """Return the values of a namelist as text, quotes removed, by key in lower case without blanks."""
    found = re.search(rf"(?ims)^[^\S\n]*&{name}\b(.*?)^[^\S\n]*/", text)
    values: dict[str, str] = {}
    for line in (found[1] if found else "").split("\n"):
        for key, value in re.findall(_ASSIGNMENT, line.partition("!")[0]):
            values.setdefault(re.sub(r"\s", "", key).lower(), value.strip("'\""))
    return values


def _cards(text: str) -> dict[str, _Card]:
    cards: dict[str, _Card] = {}
    inside: _Card | None = None
    for at, line in enumerate(text.split("\n"), start=1):
        words = re.split(r"[!#]", line, maxsplit=1)[0].split()
        if not words:
            continue
        if words[0].upper() in _CARDS:
            inside = _Card(" ".join(words[1:]).strip(" (){}").lower(), [])
            cards.setdefault(words[0].upper(), inside)
        elif words[0].startswith(("&", "/")):
            inside = None
        elif inside is not None:
            inside.rows.append((at, words))
    return cards


def _lattice(path: Path, system: dict[str, str], card: _Card | None) -> tuple[float, np.ndarray]:
    """Return the lattice parameter a (0 where none is given) and the cell (3, 3), both in Å."""

    def value(key: str) -> float:
        return number(_plain(system[key]), f"{key} in &system of {path.name}") if key in system else 0.0

    ratios = [value(f"celldm({k})") for k in range(1, 7)]
    alat = ratios[0] * BOHR_ANGSTROM
    if not alat and "a" in system:
        alat = value("a")
        scale = alat or 1.0
        ratios = [alat / BOHR_ANGSTROM, value("b") / scale, value("c") / scale, *_cosines(system, value)]
    ibrav = whole_number(system.get("ibrav", "0").lstrip("+-"))
    if ibrav is None:
        raise XanesviewError(f"ibrav of {path.name} is “{system['ibrav'][:20]}”.", "It is a whole number.")
    if system.get("ibrav", "0").startswith("-"):
        ibrav = -ibrav
    if ibrav:
        return alat, alat * bravais_cell(ibrav, ratios, path.name)
    if card is None:
        raise XanesviewError(f"{path.name} has no cell.", "With ibrav = 0 it needs a card CELL_PARAMETERS.")
    rows = [[_plain(word) for word in words] for _, words in card.rows[:3]]
    cell = vectors(rows, f"CELL_PARAMETERS of {path.name}")
    if card.option in ("", "alat"):
        unit = alat or BOHR_ANGSTROM
    else:
        unit = unit_angstrom(card.option, f"CELL_PARAMETERS of {path.name}")
    cell = cell * unit
    return alat or float(np.linalg.norm(cell[0])), cell


def _cosines(system: dict[str, str], value: Callable[[str], float]) -> list[float]:
    """Return celldm(4) to celldm(6) from cosAB, cosAC, cosBC: alone the first is that of ibrav 5, 12 and 13."""
    ab, ac, bc = value("cosab"), value("cosac"), value("cosbc")
    if system.get("ibrav", "").strip() in ("14", "0"):
        return [bc, ac, ab]
    return [ab, ac, 0.0]


def _plain(word: str) -> str:
    """Return a fraction such as 1/3, which pw.x allows, as a decimal number; other words as they are."""
    found = re.fullmatch(r"([-+]?\d{1,9}\.?\d*)/(\d{1,9}\.?\d*)", word)
    return repr(float(found[1]) / float(found[2])) if found and float(found[2]) else word
