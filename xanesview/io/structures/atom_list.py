"""Atoms as they are read line by line, and the units that input files give lengths in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from xanesview.errors import XanesviewError
from xanesview.io.structures.elements import atomic_number
from xanesview.io.text_file import number
from xanesview.limits import MOST_ATOMS

BOHR_ANGSTROM = 0.529177210544  # CODATA 2022
UNITS_ANGSTROM = {
    "ang": 1.0, "angstrom": 1.0, "bohr": BOHR_ANGSTROM, "a0": BOHR_ANGSTROM, "nm": 10.0, "m": 1e10, "cm": 1e8,
}  # fmt: skip


@dataclass
class AtomList:
    """Atomic numbers and coordinates in the order of the file, and how many were deuterium."""

    numbers: list[int] = field(default_factory=list)
    rows: list[list[float]] = field(default_factory=list)
    heavy: int = 0

    def __len__(self) -> int:
        return len(self.numbers)

    def add(self, label: str, coordinates: Sequence[str], where: str) -> None:
        """Take an atom by its label and three coordinates as text.

        Raises
        ------
        XanesviewError
            Naming the place (`where`) if there is no such element, a coordinate is missing or no finite number, or
            there are too many atoms.
        """
        if len(coordinates) < 3:
            raise XanesviewError(f"{where} should hold an element and three coordinates.", "Correct this line.")
        if len(self.numbers) >= MOST_ATOMS:
            raise XanesviewError(
                f"{where} is one atom too many: up to {MOST_ATOMS:,} can be read.",
                "Cut out the region around the absorbing atoms.",
            )
        z, isotope = atomic_number(label, where)
        self.numbers.append(z)
        self.heavy += isotope
        self.rows.append([number(word, f"{where}: a coordinate") for word in coordinates[:3]])

    @property
    def coordinates(self) -> np.ndarray:
        """Coordinates (N, 3) as the file gives them."""
        return np.array(self.rows, float).reshape(-1, 3)


def unit_angstrom(word: str, where: str) -> float:
    """Return a unit of length in Å.

    Raises
    ------
    XanesviewError
        If it is not known; `where` says where it stands.
    """
    factor = UNITS_ANGSTROM.get(word.strip(" (){}").lower())
    if factor is None:
        raise XanesviewError(f"{where} names the unit “{word[:20]}”, which is not known.", "Write Å or bohr.")
    return factor


def vectors(rows: Sequence[Sequence[str]], where: str) -> np.ndarray:
    """Return three cell vectors (3, 3) given as rows of text.

    Raises
    ------
    XanesviewError
        If there are not three rows of three numbers.
    """
    if len(rows) != 3 or any(len(row) < 3 for row in rows):
        raise XanesviewError(f"{where} does not hold three vectors of three numbers.", "Correct the file.")
    return np.array([[number(word, where) for word in row[:3]] for row in rows])
