"""FEFF's feff.inp: a cluster of atoms around the absorber, which is the atom of potential 0.

https://feff.phys.washington.edu/feff/Docs/feff8/feff8web/node7.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xanesview.domain.structure import Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.checks import checked_structure
from xanesview.io.text_file import number

_COMMENT = ";%#"  # that begin a line of feff.inp which FEFF passes over


@dataclass(frozen=True)
class FeffInput:
    """Words of the cards by their first four letters, atomic number by potential, atoms as (position, potential)."""

    cards: Mapping[str, list[str]]
    potentials: Mapping[int, int]
    atoms: Sequence[tuple[list[float], int]]

    @property
    def absorbers(self) -> tuple[int, ...]:
        """Indices of the atoms of potential 0; FEFF wants exactly one."""
        return tuple(k for k, (_, potential) in enumerate(self.atoms) if potential == 0)

    def structure(self, path: Path) -> Structure:
        """Return the cluster, a molecule whose absorbing atom is known.

        Raises
        ------
        XanesviewError
            If a potential is not listed.
        """
        scale = number(self.cards["RMUL"][0], "RMULTIPLIER") if self.cards.get("RMUL") else 1.0
        missing = sorted({potential for _, potential in self.atoms} - set(self.potentials))
        if missing:
            raise XanesviewError(f"Potential {missing[0]} is used in ATOMS but not listed.", "Complete POTENTIALS.")
        numbers = [self.potentials[potential] for _, potential in self.atoms]
        if not all(1 <= z <= 118 for z in numbers):
            raise XanesviewError(f"POTENTIALS of {path.name} has an atomic number outside 1 to 118.", "Correct it.")
        return checked_structure(
            numbers,
            np.array([position for position, _ in self.atoms]) * scale,
            name=" ".join(self.cards.get("TITL", ()))[:60] or path.resolve().parent.name,
            absorbers=self.absorbers,
            source=str(path),
        )


def looks_like_feff(text: str) -> bool:
    """Tell whether a text has a card POTENTIALS with a potential, and a card ATOMS or another one of FEFF's."""
    comments = r"[ \t]*\n(?:[ \t]*[*;%#!].*\n)*"
    if re.search(rf"^[ \t]*POTE\w*{comments}[ \t]*\d+[ \t]+\d+\b", text, re.M | re.I) is None:
        return False
    cards = r"^[ \t]*(?:ATOMS|EDGE|HOLE|CONTROL|PRINT|SCF|FMS|XANES|EXAFS|RPATH)\b"
    return re.search(cards, text, re.M | re.I) is not None


def read_feff(path: Path, text: str) -> Structure:
    """Return the cluster of a feff.inp with its absorbing atom.

    Raises
    ------
    XanesviewError
        If atoms or potentials are missing, or naming the line that can't be understood.
    """
    found = feff_input(path, text)
    structure = found.structure(path)
    if len(found.absorbers) == 1:
        return structure
    told = "No atom" if not found.absorbers else f"{len(found.absorbers)} atoms"
    notice = Notice(
        "absorber",
        f"{told} of {path.name} has potential 0, which the absorber has.",
        "Pick the absorbing atoms yourself.",
    )
    return structure.replace(notices=(*structure.notices, notice))


def feff_input(path: Path, text: str) -> FeffInput:
    """Return the cards, potentials and atoms of a feff.inp.

    Raises
    ------
    XanesviewError
        If atoms or potentials are missing, or naming the line that can't be understood.
    """
    cards: dict[str, list[str]] = {}
    potentials: dict[int, int] = {}
    atoms: list[tuple[list[float], int]] = []
    block = ""
    for at, line in enumerate(text.split("\n"), start=1):
        words = re.split(r"[!*]", line, maxsplit=1)[0].split()  # both begin a comment, anywhere
        if not words or words[0][0] in _COMMENT:
            continue
        where = f"Line {at} of {path.name}"
        if words[0][:1].isalpha():
            block = words[0].upper()[:4]
            if block == "END":
                break
            cards.setdefault(block, words[1:])
        elif block == "POTE" and len(words) >= 2:
            potentials[_integer(words[0], where)] = _integer(words[1], where)
        elif block == "ATOM":
            if len(words) < 4:
                raise XanesviewError(f"{where} should hold x, y, z and a potential.", "Correct feff.inp.")
            position = [number(w, f"{where}: a coordinate") for w in words[:3]]
            atoms.append((position, _integer(words[3], where)))
    if not atoms or not potentials:
        raise XanesviewError(f"{path.name} lacks ATOMS or POTENTIALS.", "Clusters given by these cards are read.")
    return FeffInput(cards, potentials, atoms)


def _integer(word: str, where: str) -> int:
    value = number(word, f"{where}: a number")
    if value != int(value):
        raise XanesviewError(f"{where} has {word} where a whole number belongs.", "Correct feff.inp.")
    return int(value)
