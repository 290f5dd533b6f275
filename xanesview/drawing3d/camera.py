"""The camera of the 3D view: a turntable without poles, in numpy, shared by the OpenGL and the flat view.

Both views project with this class, so what is drawn and what is picked can't disagree. Lengths in the scene are Å,
lengths on the screen device-independent pixels with the origin at the upper left, y downwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

VIEW_ANGLE_DEG = 22.0
"""Vertical opening angle: enough perspective to read depth, too little to distort a molecule."""

_STANDARD_BACK = (0.42, -0.80, 0.43)
"""Towards the viewer in the standard view: from the front right, a little from above, z upwards."""


def rotation_looking_from(back: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Return the rotation of a camera that stands in one direction with another one upwards.

    Parameters
    ----------
    back : (3,) float
        From the scene towards the camera.
    up : (3,) float
        What shall point upwards on the screen; anything where it is parallel to `back`.

    Returns
    -------
    (3, 3) float
        Rows right, up and back in scene coordinates: ``rotation @ v`` is v as the camera sees it.
    """
    back = np.asarray(back, float) / np.linalg.norm(back)
    right = np.cross(up, back)
    if np.linalg.norm(right) < 1e-6 * max(np.linalg.norm(up), 1e-300):
        right = np.cross((0.0, 1.0, 0.0) if abs(back[1]) < 0.9 else (0.0, 0.0, -1.0), back)
    right /= np.linalg.norm(right)
    return np.array([right, np.cross(back, right), back])


def _about(axis: int, angle: float) -> np.ndarray:
    """Return the rotation matrix about a camera axis (0 right, 1 up, 2 back) by an angle in radians."""
    cosine, sine = np.cos(angle), np.sin(angle)
    i, j = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.eye(3)
    matrix[i, i] = matrix[j, j] = cosine
    matrix[i, j], matrix[j, i] = -sine, sine
    return matrix


@dataclass
class OrbitCamera:
    """A perspective camera that circles a target.

    Attributes
    ----------
    target_angstrom : (3,) float
        The point in the middle of the view.
    rotation : (3, 3) float
        Rows right, up, back (towards the viewer).
    distance_angstrom : float
        From the eye to the target.
    width, height : float
        Size of the view in device-independent pixels.
    """

    target_angstrom: np.ndarray = field(default_factory=lambda: np.zeros(3))
    rotation: np.ndarray = field(default_factory=lambda: rotation_looking_from(_STANDARD_BACK, (0, 0, 1)))
    distance_angstrom: float = 30.0
    width: float = 640.0
    height: float = 480.0

    @property
    def position_angstrom(self) -> np.ndarray:
        """Where the eye is, (3,)."""
        return self.target_angstrom + self.distance_angstrom * self.rotation[2]

    @property
    def focal_px(self) -> float:
        """Pixels between the eye and the image plane."""
        return 0.5 * self.height / np.tan(np.radians(0.5 * VIEW_ANGLE_DEG))

    @property
    def visible_angstrom(self) -> float:
        """Length of the view's shorter side in the plane of the target."""
        return min(self.width, self.height) * self.distance_angstrom / self.focal_px

    def resize(self, width: float, height: float) -> None:
        """Follow the view's size; what filled its shorter side before still does."""
        width, height = max(width, 1.0), max(height, 1.0)
        before = min(self.width, self.height) / self.height
        after = min(width, height) / height
        self.distance_angstrom *= before / after
        self.width, self.height = width, height

    def see(self, visible_angstrom: float) -> None:
        """Go where so much fills the shorter side of the view."""
        self.distance_angstrom = visible_angstrom * self.focal_px / min(self.width, self.height)

    def to_camera(self, points_angstrom: np.ndarray) -> np.ndarray:
        """Return points (..., 3) relative to the eye: right, up, and depth (positive in front)."""
        seen = (np.asarray(points_angstrom, float) - self.target_angstrom) @ self.rotation.T
        seen[..., 2] = self.distance_angstrom - seen[..., 2]
        return seen

    def project(self, points_angstrom: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Project points on the screen.

        Parameters
        ----------
        points_angstrom : (..., 3) float

        Returns
        -------
        xy_px : (..., 2) float
        depth_angstrom : (...) float
            Distance from the eye along the line of sight; points behind the eye have a tiny positive one.
        """
        seen = self.to_camera(points_angstrom)
        depth = np.maximum(seen[..., 2], 1e-3)
        scale = self.focal_px / depth
        x = 0.5 * self.width + scale * seen[..., 0]
        y = 0.5 * self.height - scale * seen[..., 1]
        return np.stack([x, y], axis=-1), depth

    def ray(self, x_px: float, y_px: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the eye (3,) and the unit direction (3,) of the line of sight through a pixel."""
        seen = np.array([x_px - 0.5 * self.width, 0.5 * self.height - y_px, -self.focal_px])
        direction = seen @ self.rotation
        return self.position_angstrom, direction / np.linalg.norm(direction)

    def orbit(self, dx_px: float, dy_px: float) -> None:
        """Turn the scene with the pointer: the view's shorter side makes half a turn."""
        per_px = np.pi / min(self.width, self.height)
        turned = _about(0, dy_px * per_px) @ _about(1, dx_px * per_px) @ self.rotation
        # Thousands of small turns add up rounding errors; keep it a rotation.
        u, _, vt = np.linalg.svd(turned)
        self.rotation = u @ vt

    def pan(self, dx_px: float, dy_px: float) -> None:
        """Move the scene with the pointer, exactly in the plane of the target."""
        per_px = self.distance_angstrom / self.focal_px
        self.target_angstrom = self.target_angstrom - per_px * (dx_px * self.rotation[0] - dy_px * self.rotation[1])

    def zoom(self, factor: float) -> None:
        """Make everything larger by a factor, within what can still be drawn."""
        self.distance_angstrom = float(np.clip(self.distance_angstrom / factor, 2.0, 20_000.0))

    def look_along(self, direction: np.ndarray, up: np.ndarray | None = None) -> None:
        """Look along a direction: the camera stands on its positive side and looks back at the target."""
        direction = np.asarray(direction, float)
        if up is None:
            along_z = abs(direction[2]) > 0.999 * np.linalg.norm(direction)
            up = np.array([0.0, 1.0, 0.0] if along_z else [0.0, 0.0, 1.0])
        self.rotation = rotation_looking_from(direction, up)

    def fit(self, points_angstrom: np.ndarray, radii_angstrom: np.ndarray, margin: float = 0.06) -> None:
        """Centre the spheres and choose the smallest distance from which all are seen whole.

        Parameters
        ----------
        points_angstrom : (N, 3) float
        radii_angstrom : (N,) float
        margin : float
            Share of the view that stays free on every side.
        """
        seen = np.asarray(points_angstrom, float) @ self.rotation.T
        radii = np.asarray(radii_angstrom, float)
        low, high = (seen - radii[:, None]).min(axis=0), (seen + radii[:, None]).max(axis=0)
        middle = 0.5 * (low + high)
        self.target_angstrom = middle @ self.rotation
        self.distance_angstrom = float(max(self._distances(seen - middle, radii, margin).max(), 2.0))

    def sees(self, points_angstrom: np.ndarray, radii_angstrom: np.ndarray) -> np.ndarray:
        """Tell of each of the spheres (N, 3) and (N,) whether it is seen whole."""
        seen = (np.asarray(points_angstrom, float) - self.target_angstrom) @ self.rotation.T
        return self._distances(seen, np.asarray(radii_angstrom, float), 0.0) <= self.distance_angstrom

    def step_back(self, points_angstrom: np.ndarray, radii_angstrom: np.ndarray, margin: float = 0.03) -> None:
        """Go as much farther away as it takes to see the spheres (N, 3) and (N,) whole, looking at the same point."""
        seen = (np.asarray(points_angstrom, float) - self.target_angstrom) @ self.rotation.T
        needed = self._distances(seen, np.asarray(radii_angstrom, float), margin)
        self.distance_angstrom = float(max([self.distance_angstrom, *needed]))

    def _distances(self, offset: np.ndarray, radii: np.ndarray, margin: float) -> np.ndarray:
        """From how far (N,) spheres at an offset (N, 3) from the target, in the camera's axes, are seen whole."""
        tangents = (1.0 - 2.0 * margin) * 0.5 * np.array([self.width, self.height]) / self.focal_px
        # A sphere's rim towards the edge of the view is met by a slanted ray, hence the secant.
        needed = offset[:, 2:] + (np.abs(offset[:, :2]) + radii[:, None] * np.sqrt(1 + tangents**2)) / tangents
        return needed.max(axis=1)


def standard_rotation(positions_angstrom: np.ndarray, normal: np.ndarray | None) -> np.ndarray:
    """Choose a first view that shows a structure's shape.

    A slab stands with its normal upwards, seen from a little above. A flat molecule is never seen edge-on or flat
    from above: z stays upwards and the azimuth is the one whose line of sight makes about 55° with its normal.

    Parameters
    ----------
    positions_angstrom : (N, 3) float
    normal : (3,) float or None
        Surface normal of a slab.

    Returns
    -------
    (3, 3) float
        Rows right, up, back.
    """
    if normal is not None:
        normal = np.asarray(normal, float)
        helper = np.array([1.0, 0, 0]) if abs(normal[0]) < 0.9 else np.array([0, 1.0, 0])
        e1 = helper - (helper @ normal) * normal
        e1 /= np.linalg.norm(e1)
        front = 0.46 * e1 - 0.89 * np.cross(normal, e1)
        return rotation_looking_from(0.96 * front + 0.28 * normal, normal)
    standard = np.array(_STANDARD_BACK)
    offsets = np.asarray(positions_angstrom, float)
    offsets = offsets - offsets.mean(axis=0)
    _, widths, axes = np.linalg.svd(offsets, full_matrices=False)
    if len(offsets) < 3 or widths[2] > 0.35 * widths[1] or widths[1] < 1e-3:
        return rotation_looking_from(standard, (0, 0, 1))
    flat = axes[2]
    azimuths = np.radians(np.arange(0, 181, 15) * np.array([[1], [-1]])).T.ravel()
    turned = np.stack(
        [
            np.cos(azimuths) * standard[0] - np.sin(azimuths) * standard[1],
            np.sin(azimuths) * standard[0] + np.cos(azimuths) * standard[1],
            np.full_like(azimuths, standard[2]),
        ],
        axis=-1,
    )
    miss = np.abs(np.abs(turned @ flat) - 0.57)
    # Many azimuths may do; the one nearest to the standard view is least surprising.
    return rotation_looking_from(turned[np.argmin(np.maximum(miss, 0.15) + 1e-3 * np.abs(azimuths))], (0, 0, 1))
