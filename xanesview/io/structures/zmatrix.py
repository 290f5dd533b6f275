"""Z-matrices: atoms placed by a distance, an angle and a dihedral angle to atoms before them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from xanesview.errors import XanesviewError
from xanesview.io.text_file import number, whole_number


class ZMatrix:
    """Positions of the atoms read so far, and the variables that later rows may name.

    Parameters
    ----------
    variables : values as text by name in lower case
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._positions: list[np.ndarray] = []

    def add(self, position: Sequence[str | float], where: str) -> None:
        """Remember where an atom is, for those that refer to it."""
        self._positions.append(np.array([number(str(x), f"{where}: a coordinate") for x in position]))

    def placed(self, words: Sequence[str], where: str) -> list[float]:
        """Return the position (3,), Å, of the next atom from ``atom length atom angle atom dihedral``.

        Raises
        ------
        XanesviewError
            Naming the place (`where`), if an atom or a value is missing.
        """
        count = len(self._positions)
        if len(words) < 2 * min(count, 3):
            raise XanesviewError(
                f"{where} should hold {2 * min(count, 3)} values of a Z-matrix after the element, "
                "or three coordinates.",
                "Correct this line.",
            )
        if count == 0:
            return [0.0, 0.0, 0.0]
        values = [self._value(word, where) for word in words[1 : 2 * min(count, 3) : 2]]
        others = [self._atom(word, where) for word in words[0 : 2 * min(count, 3) : 2]]
        if len(set(map(id, others))) < len(others):
            raise XanesviewError(f"{where} names the same atom twice.", "A Z-matrix needs different atoms.")
        if count == 1:
            return (others[0] + [0.0, 0.0, values[0]]).tolist()
        # two atoms fix no plane: the third lies in the xz plane
        third = others[2] if count > 2 else others[1] + np.array([1.0, 0.0, 0.0])
        return _beside(others[0], others[1], third, values[0], values[1], values[2] if count > 2 else 180.0).tolist()

    def _value(self, word: str, where: str) -> float:
        name = word.lstrip("+-").lower()
        if name in self._variables:
            value = number(self._variables[name], f"{where}: the variable {name}")
            return -value if word.startswith("-") else value
        return number(word, f"{where}: a value")

    def _atom(self, word: str, where: str) -> np.ndarray:
        index = whole_number(word)
        if index is None or not 1 <= index <= len(self._positions):
            raise XanesviewError(f"{where} refers to “{word[:20]}”, which is no atom before it.", "Correct this line.")
        return self._positions[index - 1]


def _beside(
    first: np.ndarray, second: np.ndarray, third: np.ndarray, length: float, angle_deg: float, dihedral_deg: float
) -> np.ndarray:
    """Return the point at a distance of the first, an angle to the second and a dihedral angle to the third."""
    angle, dihedral = np.radians(angle_deg), np.radians(dihedral_deg)
    axis = first - second
    axis = axis / max(np.linalg.norm(axis), 1e-12)
    normal = np.cross(second - third, axis)
    if np.linalg.norm(normal) < 1e-9:  # in line: any plane will do
        normal = np.cross([0.0, 1.0, 0.0] if abs(axis[1]) < 0.9 else [1.0, 0.0, 0.0], axis)
    normal = normal / np.linalg.norm(normal)
    across = np.cross(normal, axis)
    return first + length * (
        -np.cos(angle) * axis + np.sin(angle) * (np.cos(dihedral) * across + np.sin(dihedral) * normal)
    )
