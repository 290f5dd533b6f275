"""What the pointer means in the scene: rays against atoms, the arrow's tips and the sphere they run on.

Pure numpy, no window: lengths in Å in the scene and device-independent pixels on the screen. VTK's own pickers
miss sphere impostors (they test the points, not the spheres); this takes some ten microseconds for 300 atoms.
"""

from __future__ import annotations

import numpy as np

TIP_REACH_PX = 16.0
"""A press this near to a projected tip of the arrow takes hold of it."""

BOND_REACH_PX = 7.0
"""A press this near to the line of a stick takes hold of the bond."""

CLICK_REACH_PX = 4.0
"""A release this near to the press was a click, not a drag."""


def ray_sphere_pick(
    eye_angstrom: np.ndarray,
    direction: np.ndarray,
    centres_angstrom: np.ndarray,
    radii_angstrom: np.ndarray,
    slack_angstrom: float = 0.0,
) -> int:
    """Return the index of the first sphere that a ray meets.

    Parameters
    ----------
    eye_angstrom : (3,) float
    direction : (3,) float
        Unit vector.
    centres_angstrom : (N, 3) float
    radii_angstrom : (N,) float
    slack_angstrom : float
        Where the ray meets no sphere, the one that it misses least is returned if it misses by less than this.

    Returns
    -------
    int
        Index, or -1 where nothing is met.
    """
    if len(centres_angstrom) == 0:
        return -1
    relative = np.asarray(centres_angstrom, float) - eye_angstrom
    along = relative @ direction
    miss_squared = np.einsum("ij,ij->i", relative, relative) - along**2
    in_front = along > 0
    hit = in_front & (miss_squared <= np.square(radii_angstrom))
    if hit.any():
        candidates = np.flatnonzero(hit)
        depth = along[candidates] - np.sqrt(np.square(radii_angstrom)[candidates] - miss_squared[candidates])
        return int(candidates[np.argmin(depth)])
    if slack_angstrom > 0:
        gap = np.where(in_front, np.sqrt(np.maximum(miss_squared, 0)) - radii_angstrom, np.inf)
        nearest = int(np.argmin(gap))
        if gap[nearest] < slack_angstrom:
            return nearest
    return -1


def nearest_tip(
    tips_px: np.ndarray, depths_angstrom: np.ndarray, x_px: float, y_px: float, reach_px: float = TIP_REACH_PX
) -> int:
    """Return which projected tip the pointer holds.

    Parameters
    ----------
    tips_px : (T, 2) float
    depths_angstrom : (T,) float
        Distance from the eye: of two tips under the pointer the one in front is held.
    x_px, y_px : float
        Pointer.
    reach_px : float

    Returns
    -------
    int
        Index of the tip, or -1.
    """
    if len(tips_px) == 0:
        return -1
    gaps = np.hypot(tips_px[:, 0] - x_px, tips_px[:, 1] - y_px)
    within = np.flatnonzero(gaps <= reach_px)
    if len(within) == 0:
        return -1
    if len(within) > 1 and np.ptp(gaps[within]) < 0.5 * reach_px:
        return int(within[np.argmin(depths_angstrom[within])])
    return int(within[np.argmin(gaps[within])])


def nearest_segment(
    starts_px: np.ndarray, ends_px: np.ndarray, depths_angstrom: np.ndarray, x_px: float, y_px: float,
    reach_px: float = BOND_REACH_PX,
) -> int:  # fmt: skip
    """Return which projected stick is under the pointer, the one in front of several; -1 where none is.

    Parameters
    ----------
    starts_px, ends_px : (K, 2) float
    depths_angstrom : (K,) float
    x_px, y_px : float
        Pointer.
    reach_px : float
    """
    pointer = np.array([x_px, y_px])
    way = ends_px - starts_px
    share = np.einsum("ij,ij->i", pointer - starts_px, way) / np.maximum(np.einsum("ij,ij->i", way, way), 1e-9)
    gaps = np.linalg.norm(starts_px + np.clip(share, 0.0, 1.0)[:, None] * way - pointer, axis=1)
    within = np.flatnonzero(gaps <= reach_px)
    return -1 if len(within) == 0 else int(within[np.argmin(depths_angstrom[within])])


def point_in_plane(
    eye_angstrom: np.ndarray, direction: np.ndarray, point_angstrom: np.ndarray, normal: np.ndarray
) -> np.ndarray:
    """Return where a ray meets the plane through a point (3,) across a normal (3,); the point itself where it doesn't.

    Parameters
    ----------
    eye_angstrom, direction : (3,) float
        Ray; `direction` is a unit vector.
    """
    slope = float(direction @ normal)
    along = float((point_angstrom - eye_angstrom) @ normal)
    if abs(slope) < 1e-9 or along / slope <= 0.0:
        return np.array(point_angstrom)
    return eye_angstrom + (along / slope) * direction


def point_on_sphere(
    eye_angstrom: np.ndarray,
    direction: np.ndarray,
    centre_angstrom: np.ndarray,
    radius_angstrom: float,
    far_side: bool = False,
) -> np.ndarray:
    """Return the direction from a sphere's centre to where a ray meets it.

    Parameters
    ----------
    eye_angstrom, direction : (3,) float
        Ray; `direction` is a unit vector.
    centre_angstrom : (3,) float
    radius_angstrom : float
    far_side : bool
        Take the second intersection: a tip held on the far half stays there.

    Returns
    -------
    (3,) float
        Unit vector. Where the ray misses the sphere, the point of its outline that is nearest to the ray.
    """
    relative = np.asarray(eye_angstrom, float) - centre_angstrom
    b = relative @ direction
    c = relative @ relative - radius_angstrom**2
    discriminant = b * b - c
    if discriminant < 0 or c <= 0:
        outward = relative - b * direction
        return _on_outline(outward, relative, radius_angstrom)
    t = -b + np.sqrt(discriminant) * (1.0 if far_side else -1.0)
    hit = relative + t * direction
    return hit / np.linalg.norm(hit)


def _on_outline(outward: np.ndarray, eye: np.ndarray, radius: float) -> np.ndarray:
    """Return the outline's unit vector in the plane of the eye and the nearest point of a ray that misses."""
    distance = np.linalg.norm(eye)
    towards_eye = eye / distance
    across = outward - (outward @ towards_eye) * towards_eye
    length = np.linalg.norm(across)
    if length < 1e-12:
        return towards_eye
    # In perspective the outline is where tangents from the eye touch: nearer to the eye than the equator.
    cosine = min(radius / distance, 1.0)
    return cosine * towards_eye + np.sqrt(1 - cosine**2) * across / length


def arrow_drag(
    eye_angstrom: np.ndarray,
    direction: np.ndarray,
    centre_angstrom: np.ndarray,
    radius_angstrom: float,
    tip_sign: int,
    far_side: bool,
) -> np.ndarray:
    """Return the arrow's direction when one of its tips is held under the pointer.

    Parameters
    ----------
    eye_angstrom, direction : (3,) float
        Ray through the pointer.
    centre_angstrom, radius_angstrom
        Sphere over which the tips run.
    tip_sign : int
        +1 for the tip at +n̂, -1 for the tip at -n̂.
    far_side : bool
        Whether that tip is on the half of the sphere that the viewer doesn't face.

    Returns
    -------
    (3,) float
        Unit vector n̂, continuous with the one before: its sign never jumps during a drag.
    """
    return tip_sign * point_on_sphere(eye_angstrom, direction, centre_angstrom, radius_angstrom, far_side)


def is_on_far_side(
    eye_angstrom: np.ndarray, centre_angstrom: np.ndarray, radius_angstrom: float, v: np.ndarray
) -> bool:
    """Tell whether a point of a sphere is beyond its outline as seen from the eye."""
    towards_eye = np.asarray(eye_angstrom, float) - centre_angstrom
    return bool(np.dot(v, towards_eye) < radius_angstrom)
