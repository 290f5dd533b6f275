"""Cells of Quantum ESPRESSO's Bravais lattices, in units of the lattice parameter a.

https://www.quantum-espresso.org/Doc/INPUT_PW.html, ibrav and celldm.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xanesview.domain.cells import cell_volume
from xanesview.errors import XanesviewError


def bravais_cell(ibrav: int, celldm: Sequence[float], name: str) -> np.ndarray:
    """Return the cell vectors (3, 3) in units of a.

    Parameters
    ----------
    ibrav : int
    celldm : (6,) a (any unit, not used), b/a, c/a and three cosines, 0 where not given
    name : of the file, for errors

    Raises
    ------
    XanesviewError
        For a lattice that does not exist, or ratios and cosines that are missing or impossible.
    """
    ratio_b, ratio_c, cosine_1, cosine_2, cosine_3 = celldm[1:6]
    with np.errstate(all="ignore"):
        if abs(ibrav) in (1, 2, 3):
            cell = _cubic(ibrav)
        elif ibrav in (4, 6, 7):
            cell = _hexagonal_or_tetragonal(ibrav, ratio_c)
        elif abs(ibrav) == 5:
            cell = _trigonal(ibrav, cosine_1)
        elif ibrav in (8, 9, -9, 91, 10, 11):
            cell = _orthorhombic(ibrav, ratio_b, ratio_c)
        elif abs(ibrav) in (12, 13):
            cell = _monoclinic(ibrav, ratio_b, ratio_c, cosine_1, cosine_2)
        elif ibrav == 14:
            cell = _triclinic(ratio_b, ratio_c, cosine_1, cosine_2, cosine_3)
        else:
            raise XanesviewError(f"{name} has the lattice ibrav = {ibrav}, which does not exist.", "Correct ibrav.")
    if not celldm[0] > 0 and ibrav:
        raise XanesviewError(f"{name} gives no lattice parameter.", "Give A or celldm(1).")
    if not np.isfinite(cell).all() or cell_volume(cell) < 1e-9:
        raise XanesviewError(
            f"The cell of {name} (ibrav = {ibrav}) lacks a ratio or a cosine.", "Give celldm(2) to celldm(6) in full."
        )
    return cell


def _cubic(ibrav: int) -> np.ndarray:
    cells = {
        1: np.eye(3),
        2: [[-0.5, 0, 0.5], [0, 0.5, 0.5], [-0.5, 0.5, 0]],
        3: [[0.5, 0.5, 0.5], [-0.5, 0.5, 0.5], [-0.5, -0.5, 0.5]],
        -3: [[-0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0.5, 0.5, -0.5]],
    }
    return np.array(cells.get(ibrav, np.zeros((3, 3))), float)


def _hexagonal_or_tetragonal(ibrav: int, c: float) -> np.ndarray:
    cells = {
        4: [[1, 0, 0], [-0.5, np.sqrt(0.75), 0], [0, 0, c]],
        6: [[1, 0, 0], [0, 1, 0], [0, 0, c]],
        7: [[0.5, -0.5, c / 2], [0.5, 0.5, c / 2], [-0.5, -0.5, c / 2]],
    }
    return np.array(cells[ibrav], float)


def _trigonal(ibrav: int, cosine: float) -> np.ndarray:
    x, y, z = np.sqrt((1 - cosine) / 2), np.sqrt((1 - cosine) / 6), np.sqrt((1 + 2 * cosine) / 3)
    if ibrav == 5:
        return np.array([[x, -y, z], [0, 2 * y, z], [-x, -y, z]])
    u, v = z - 2 * np.sqrt(2) * y, z + np.sqrt(2) * y
    return np.array([[u, v, v], [v, u, v], [v, v, u]]) / np.sqrt(3)


def _orthorhombic(ibrav: int, b: float, c: float) -> np.ndarray:
    cells = {
        8: [[1, 0, 0], [0, b, 0], [0, 0, c]],
        9: [[0.5, b / 2, 0], [-0.5, b / 2, 0], [0, 0, c]],
        -9: [[0.5, -b / 2, 0], [0.5, b / 2, 0], [0, 0, c]],
        91: [[1, 0, 0], [0, b / 2, -c / 2], [0, b / 2, c / 2]],
        10: [[0.5, 0, c / 2], [0.5, b / 2, 0], [0, b / 2, c / 2]],
        11: [[0.5, b / 2, c / 2], [-0.5, b / 2, c / 2], [-0.5, -b / 2, c / 2]],
    }
    return np.array(cells[ibrav], float)


def _monoclinic(ibrav: int, b: float, c: float, cosine_ab: float, cosine_ac: float) -> np.ndarray:
    """Return the cell with the axis c unique, or b where ibrav is negative."""
    cosine = cosine_ab if ibrav > 0 else cosine_ac or cosine_ab
    sine = np.sqrt(1 - cosine**2)
    cells = {
        12: [[1, 0, 0], [b * cosine, b * sine, 0], [0, 0, c]],
        -12: [[1, 0, 0], [0, b, 0], [c * cosine, 0, c * sine]],
        13: [[0.5, 0, -c / 2], [b * cosine, b * sine, 0], [0.5, 0, c / 2]],
        -13: [[0.5, b / 2, 0], [-0.5, b / 2, 0], [c * cosine, 0, c * sine]],
    }
    return np.array(cells[ibrav], float)


def _triclinic(b: float, c: float, cosine_bc: float, cosine_ac: float, cosine_ab: float) -> np.ndarray:
    sine_ab = np.sqrt(1 - cosine_ab**2)
    height = 1 + 2 * cosine_bc * cosine_ac * cosine_ab - cosine_bc**2 - cosine_ac**2 - cosine_ab**2
    return np.array(
        [
            [1, 0, 0],
            [b * cosine_ab, b * sine_ab, 0],
            [c * cosine_ac, c * (cosine_bc - cosine_ac * cosine_ab) / sine_ab, c * np.sqrt(height) / sine_ab],
        ]
    )
