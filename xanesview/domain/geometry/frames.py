"""Laboratory, sample and crystal: directions of one in terms of the other, and surface normals by what names them.

The sample frame is that of the loaded structure's Cartesian axes. The surface frame has the normal as e3, the crystal
frame the cell vectors as its axes, the laboratory frame the beam as its third axis.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.geometry.directions import frame, parse_direction, unit
from xanesview.errors import XanesviewError

if TYPE_CHECKING:
    from xanesview.domain.structure import Structure

_FLAT = 1e-6  # Å; atoms nearer to a line than this span no plane
_NORMAL_HINT = "Write three numbers (0,0,1), a Miller index (hkl:1,1,0) or atoms that span the surface (atoms:0,3,5)."


def laboratory_axes(
    beam: Sequence[float] | np.ndarray,
    normal: Sequence[float] | np.ndarray | None = None,
    field: Sequence[float] | np.ndarray | None = None,
) -> np.ndarray:
    """Return the axes of the laboratory in the sample frame, rows s, p, k of a right-handed (3, 3) matrix.

    k is the beam (3,), s lies in the surface and across the beam, p = k × s lies in the plane of incidence. At normal
    incidence there is no such plane: p lies along the field (3,) where one is given, as `PolarisedBeam` counts its
    azimuth, else along e1 of `directions.frame`. A vector v of the sample is ``axes @ v`` in the
    laboratory, and one of the laboratory ``axes.T @ v`` in the sample.
    """
    k, (e1, e2, n) = unit(beam), frame(normal)
    s = np.cross(n, k)
    s = e2 if np.linalg.norm(s) < 1e-8 else s / np.linalg.norm(s)
    p = np.cross(k, s)
    if np.linalg.norm(np.cross(n, k)) < 1e-8:
        p = p if p @ e1 >= 0 else -p
        across = p if field is None else np.asarray(field, dtype=np.float64) - (np.asarray(field) @ k) * k
        p = unit(across) if np.linalg.norm(across) > 1e-8 else p
        s = np.cross(p, k)
    return np.stack([s, p, k]) + 0.0


def plane_normal(structure: Structure, hkl: Sequence[float]) -> np.ndarray:
    """Return the unit normal (3,) of a lattice plane by its Miller indices: h a* + k b* + l c*.

    Raises
    ------
    XanesviewError
        If the structure has no three cell vectors, or all indices are zero.
    """
    normal = np.asarray(hkl, dtype=np.float64) @ _reciprocal(structure)
    if normal.shape != (3,) or not np.linalg.norm(normal) > 0.0:
        raise XanesviewError("A lattice plane needs three Miller indices that are not all zero.", "Such as 1,1,0.")
    return unit(normal)


def lattice_direction(structure: Structure, uvw: Sequence[float]) -> np.ndarray:
    """Return the unit vector (3,) along u a + v b + w c."""
    _reciprocal(structure)  # refuses a structure without a cell
    return unit(np.asarray(uvw, dtype=np.float64) @ structure.cell_angstrom)


def in_crystal_axes(structure: Structure, direction: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return a direction (3,) of the sample as u, v, w along the cell vectors, the largest of them 1 or −1."""
    uvw = _reciprocal(structure) @ unit(direction)
    return uvw / np.abs(uvw).max() + 0.0


def normal_of_atoms(structure: Structure, atoms: Sequence[int]) -> np.ndarray:
    """Return the unit normal (3,) of the plane that lies best through atoms (three or more), by least squares.

    It points as the surface normal of a slab does, else to the side of z (of y, of x where it lies across).

    Raises
    ------
    XanesviewError
        For fewer than three atoms, an atom that isn't there, or atoms on one line.
    """
    indices = list(dict.fromkeys(int(i) for i in atoms))
    if len(indices) < 3:
        raise XanesviewError("A plane needs three atoms.", "Name at least three, such as atoms:0,3,5.")
    if not all(0 <= i < structure.n_atoms for i in indices):
        raise XanesviewError(
            f"There is no atom {next(i for i in indices if not 0 <= i < structure.n_atoms)}.",
            f"Indices count from 0 to {structure.n_atoms - 1}.",
        )
    x = structure.positions_angstrom[indices]
    _, spread, axes = np.linalg.svd(x - x.mean(axis=0))
    if spread[1] < _FLAT:
        raise XanesviewError("These atoms lie on one line, so they span no plane.", "Name others.")
    normal = axes[2]
    up = structure.surface_normal
    signs = [normal[2], normal[1], normal[0]] if up is None else [normal @ up]
    side = next((value for value in signs if abs(value) > 1e-9), 1.0)
    return unit(normal if side > 0 else -normal)


def molecule_axis(structure: Structure) -> np.ndarray:
    """Return the axis (3,) of a structure from which a tilt counts: its plane's normal, or that of a slab.

    The plane lies best through the atoms beside hydrogen (through all where those are fewer than three).

    Raises
    ------
    XanesviewError
        If the atoms lie on one line, so that there is no plane.
    """
    if structure.surface_normal is not None:
        return structure.surface_normal
    heavy = np.flatnonzero(structure.numbers > 1)
    return normal_of_atoms(structure, heavy if len(heavy) > 2 else np.arange(structure.n_atoms))


def parse_normal(text: str, structure: Structure | None = None) -> np.ndarray:
    """Return the surface normal (3,) that a user typed: a direction, ``hkl:1,1,0`` or ``atoms:0,3,5``.

    Without a structure what depends on one is only checked for its form, and z is returned.

    Raises
    ------
    XanesviewError
        If it can't be understood, or the structure has no such plane.
    """
    kind, colon, words = text.strip().replace("−", "-").partition(":")
    if not colon:
        return parse_direction(text)
    parts = [word for word in re.split(r"[,\s]+", words.strip().strip("()[]")) if word]
    if kind.strip().lower() not in ("hkl", "atoms") or not all(re.fullmatch(r"-?\d{1,6}", word) for word in parts):
        raise XanesviewError(f"“{text}” names no surface normal.", _NORMAL_HINT)
    numbers = [int(word) for word in parts]
    of_plane = kind.strip().lower() == "hkl"
    if of_plane and len(numbers) == 4:
        numbers = three_indices(numbers, structure)
    if len(numbers) < 3 or (of_plane and len(numbers) != 3):
        raise XanesviewError(f"“{text}” names no surface normal.", _NORMAL_HINT)
    if structure is None:
        return np.array([0.0, 0.0, 1.0])
    return plane_normal(structure, numbers) if of_plane else normal_of_atoms(structure, numbers)


def three_indices(hkil: Sequence[int], structure: Structure | None) -> list[int]:
    """Return h, k, l of the four indices h, k, i, l of a hexagonal cell (Bravais and Miller)."""
    h, k, i, last = hkil
    shown = ", ".join(map(str, hkil)).replace("-", "\N{MINUS SIGN}")
    if h + k + i:
        raise XanesviewError(f"Of four Miller indices the first three add up to zero, unlike ({shown}).", "i = −h − k.")
    if structure is not None and not _is_hexagonal(structure):
        hint = "Give three, such as 1,1,0."
        raise XanesviewError(f"Four Miller indices ({shown}) are for hexagonal cells, which this is not.", hint)
    return [h, k, last]


def _is_hexagonal(structure: Structure) -> bool:
    """Whether a and b are alike and stand at 120°, and c across both."""
    a, b, c = (np.asarray(vector, dtype=np.float64) for vector in structure.cell_angstrom)
    square = float(a @ a)
    return square > 0.0 and all(
        abs(float(value)) < 1e-3 * square
        for value in (b @ b - square, a @ b + square / 2.0, a @ c * (square / max(float(c @ c), 1e-9)) ** 0.5,
                      b @ c * (square / max(float(c @ c), 1e-9)) ** 0.5)
    )  # fmt: skip


def _reciprocal(structure: Structure) -> np.ndarray:
    """a*, b*, c* as rows, without 2π: the inverse of the cell's matrix, transposed."""
    if not np.abs(np.linalg.det(structure.cell_angstrom)) > 1e-9:
        raise XanesviewError(
            "The structure has no three cell vectors, so it has no lattice planes or directions.",
            "Give the direction in Cartesian coordinates.",
        )
    return np.linalg.inv(structure.cell_angstrom).T
