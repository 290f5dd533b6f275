"""Symbols of symmetry groups: of a molecule's point group by Schoenflies, of a crystal's or a layer's by spglib."""

from __future__ import annotations

import numpy as np

from xanesview.domain.point_group import point_operations
from xanesview.domain.structure import Structure, complete_cell
from xanesview.domain.symmetry import SYMMETRY_TOLERANCE_ANGSTROM

_SAME = 0.05  # entries of matrices that differ by less are the same operation
_HIGHEST = 12


def symmetry_symbol(structure: Structure, tolerance_angstrom: float = SYMMETRY_TOLERANCE_ANGSTROM) -> str:
    """Return the symbol of a structure's symmetry: D6h, Fm-3m (225), or that of a layer; empty where none is found.

    Parameters
    ----------
    structure : Structure
    tolerance_angstrom : how far atoms may be off their places
    """
    if not structure.is_periodic:
        return _point_group(structure, tolerance_angstrom)
    import spglib

    cell = complete_cell(structure, margin_angstrom=7.3)
    fractional = structure.positions_angstrom @ np.linalg.inv(cell)
    described = (cell, fractional, structure.numbers)
    failure = getattr(spglib, "SpglibError", RuntimeError)
    open_axes = np.flatnonzero(~structure.pbc)
    try:
        if len(open_axes) == 1:
            found = spglib.get_symmetry_layerdataset(described, int(open_axes[0]), tolerance_angstrom)
            return "" if found is None else f"{found.international} (layer group {found.number})"
        if len(open_axes):
            return ""
        found = spglib.get_symmetry_dataset(described, symprec=tolerance_angstrom)
    except failure:
        return ""
    return "" if found is None else f"{found.international} ({found.number})"


def _point_group(structure: Structure, tolerance_angstrom: float) -> str:
    x = structure.positions_angstrom - structure.centre_angstrom
    spread = np.linalg.svd(x, compute_uv=False) if len(x) > 1 else np.zeros(3)
    operations = [o.rotation for o in point_operations(structure, tolerance_angstrom)]
    if spread[0] < tolerance_angstrom:
        return "K"
    if len(x) == 2 or spread[1] < tolerance_angstrom * np.sqrt(len(x)):
        return "D∞h" if any(np.abs(r + np.eye(3)).max() < _SAME for r in operations) else "C∞v"
    return schoenflies(operations)


def schoenflies(operations: list[np.ndarray]) -> str:
    """Return the symbol of a finite point group from its operations, orthogonal (3, 3) matrices."""
    proper = [r for r in operations if np.linalg.det(r) > 0]
    improper = [r for r in operations if np.linalg.det(r) < 0]
    orders = [_order(r) for r in proper]
    has_inversion = any(np.abs(r + np.eye(3)).max() < _SAME for r in improper)
    # Axes of a polyhedron: more than one of an order above two.
    high = {n: _n_axes([r for r, order in zip(proper, orders) if order == n]) for n in set(orders) if n > 2}
    if high.get(5, 0) > 1:
        return "Ih" if has_inversion else "I"
    if high.get(4, 0) > 1:
        return "Oh" if has_inversion else "O"
    if high.get(3, 0) > 1:
        return "Th" if has_inversion else "Td" if improper else "T"
    n = max(orders, default=1)
    axis = None if n == 1 else _axis(proper[orders.index(n)])
    mirrors = [r for r in improper if abs(np.trace(r) - 1.0) < _SAME]
    across = axis is not None and any(abs(abs(_axis(-r) @ axis) - 1.0) < _SAME for r in mirrors)
    if len(proper) > n:  # twofold axes across the main one
        return f"D{n}h" if across else f"D{n}d" if improper else f"D{n}"
    if n == 1:
        return "Cs" if mirrors else "Ci" if has_inversion else "C1"
    if not improper:
        return f"C{n}"
    return f"C{n}h" if across else f"C{n}v" if mirrors else f"S{2 * n}"


def _order(rotation: np.ndarray) -> int:
    power = rotation
    for n in range(1, _HIGHEST + 1):
        if np.abs(power - np.eye(3)).max() < _SAME * n:
            return n
        power = power @ rotation
    return 1


def _axis(rotation: np.ndarray) -> np.ndarray:
    """The axis (3,) of a proper rotation that isn't the identity."""
    values, vectors = np.linalg.eigh(rotation + rotation.T)
    return vectors[:, int(np.argmax(values))]


def _n_axes(rotations: list[np.ndarray]) -> int:
    found: list[np.ndarray] = []
    for axis in map(_axis, rotations):
        if not any(abs(axis @ other) > 0.99 for other in found):
            found.append(axis)
    return len(found)
