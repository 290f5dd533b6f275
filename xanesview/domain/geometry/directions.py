"""Unit vectors, angles about a surface normal, and what a user may type for either."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from xanesview.errors import XanesviewError

if TYPE_CHECKING:
    from xanesview.domain.structure import Structure

_PARALLEL = 1e-8  # sine of the angle below which two directions count as parallel
_DIRECTION_HINT = "Write three numbers, such as 0.5,0.5,0.7 or 1 0 0."


def unit(v: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return v (3,) scaled to length one.

    Raises
    ------
    XanesviewError
        If v is not three finite numbers or has no length.
    """
    vector = np.asarray(v, dtype=np.float64)
    if vector.shape != (3,):
        raise XanesviewError("A direction needs three numbers.", _DIRECTION_HINT)
    if not np.isfinite(vector).all():
        raise XanesviewError("A direction needs three finite numbers.", _DIRECTION_HINT)
    largest = float(np.abs(vector).max())
    if largest == 0.0:
        raise XanesviewError("The direction (0, 0, 0) points nowhere.", "At least one of its numbers must not be zero.")
    vector = vector / largest  # so that neither very small nor very large numbers under- or overflow
    return vector / np.linalg.norm(vector) + 0.0


def frame(normal: Sequence[float] | np.ndarray | None = None) -> np.ndarray:
    """Return the axes that angles refer to, rows e1, e2, e3 of a right-handed (3, 3) matrix.

    e3 is the normal (z without one), e1 is x projected into the plane (y where the normal is x), e2 = e3 × e1.
    """
    if normal is None:
        return np.eye(3)
    e3 = unit(normal)
    for axis in (np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])):
        e1 = axis - (axis @ e3) * e3
        if np.linalg.norm(e1) > 1e-4:  # x and y are never both parallel to the normal
            break
    e1 = e1 / np.linalg.norm(e1)
    return np.stack([e1, np.cross(e3, e1), e3]) + 0.0


def from_angles_deg(theta_deg: float, phi_deg: float, normal: Sequence[float] | np.ndarray | None = None) -> np.ndarray:
    """Return the unit vector (3,) at θ from the normal (else z) and φ from e1 (x without a normal)."""
    if not (np.isfinite(theta_deg) and np.isfinite(phi_deg)):
        raise XanesviewError("An angle must be a finite number of degrees.")
    theta, phi = np.deg2rad(theta_deg), np.deg2rad(phi_deg)
    components = np.array([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)])
    components[np.abs(components) < 1e-15] = 0.0  # cos 90° is zero
    return unit(components @ frame(normal))


def to_angles_deg(
    v: Sequence[float] | np.ndarray, normal: Sequence[float] | np.ndarray | None = None
) -> tuple[float, float]:
    """Return (θ, φ) of a direction in degrees, θ in 0…180 from the normal, φ in −180…180 (0 at the poles)."""
    x, y, z = frame(normal) @ unit(v)
    in_plane = float(np.hypot(x, y))
    theta = float(np.rad2deg(np.arctan2(in_plane, z)))
    phi = 0.0 if in_plane < _PARALLEL else float(np.rad2deg(np.arctan2(y, x)))
    return theta + 0.0, phi + 0.0


def snap(
    v: Sequence[float] | np.ndarray, step_deg: float = 15.0, normal: Sequence[float] | np.ndarray | None = None
) -> np.ndarray:
    """Return the direction (3,) whose θ and φ are the multiples of `step_deg` nearest to those of v."""
    theta, phi = to_angles_deg(v, normal)
    return from_angles_deg(round(theta / step_deg) * step_deg, round(phi / step_deg) * step_deg, normal)


def named_directions(structure: Structure) -> dict[str, np.ndarray]:
    """Return directions that have a name in this structure, unit vectors (3,).

    Always "x", "y", "z"; "a", "b", "c" along the periodic cell vectors; "normal" and "in-plane" for a slab.
    """
    result = dict(zip("xyz", np.eye(3)))
    for name, vector, periodic in zip("abc", structure.cell_angstrom, structure.pbc):
        if periodic:
            result[name] = unit(vector)
    if structure.surface_normal is not None:
        result["normal"] = unit(structure.surface_normal)
        result["in-plane"] = frame(structure.surface_normal)[0]
    return result


def parse_direction(text: str) -> np.ndarray:
    """Return the unit vector (3,) that a user typed.

    Three numbers between commas, semicolons or blanks, brackets allowed ("0.5,0.5,0.7", "[1 0 0]", "0,5 0,5 0,7"), or
    an axis ("x", "-z").
    """
    cleaned = text.strip().strip("()[]{}").strip().replace("−", "-")
    axis = re.fullmatch(r"([+-]?)\s*([xyz])", cleaned.lower())
    if axis:
        return np.eye(3)["xyz".index(axis[2])] * (-1.0 if axis[1] == "-" else 1.0) + 0.0
    words = cleaned.split(";") if ";" in cleaned else cleaned.split()
    # Three words with a comma inside at least one of them: the comma is a decimal sign.
    decimal_comma = len(words) == 3 and not any(w.strip().endswith(",") or w.strip().startswith(",") for w in words)
    if not decimal_comma:
        words = [w for w in re.split(r"[\s,;]+", cleaned) if w]
    try:
        numbers = [float(w.strip().replace(",", ".")) for w in words]
    except ValueError:
        raise XanesviewError(f"“{text}” is no direction.", _DIRECTION_HINT) from None
    return unit(numbers)


def parse_angle_deg(text: str) -> float:
    """Return the angle in degrees that a user typed: "45", "45°", "45 deg", "45,5 degrees"."""
    number = re.sub(r"\s*(?:°|deg|degrees?)$", "", text.strip())
    try:
        value = float(number.replace("−", "-").replace(",", "."))
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise XanesviewError(f"“{text}” is no angle.", "Write degrees as a number, such as 45 or 54.7°.")
    return value


def exact(value: float) -> str:
    """Return the shortest text that reads back as the same number to the last bit; whole numbers without a point."""
    return repr(float(value)).removesuffix(".0")
