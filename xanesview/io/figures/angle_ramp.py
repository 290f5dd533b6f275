"""Colours that stand for angles and for intensities of maps, without Qt: steps that the colour-blind can tell apart."""

from __future__ import annotations

import numpy as np

_VIRIDIS = (
    "#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c", "#22a884", "#44bf70", "#7ad151", "#bddf26",
    "#fde725",
)  # fmt: skip
_MAGMA = (
    "#000004", "#140e36", "#3b0f70", "#641a80", "#8c2981", "#b73779", "#de4968", "#f7705c", "#fe9f6d", "#fecf92",
    "#fcfdbf",
)  # fmt: skip
#: On a dark ground, where violet to teal of viridis look alike: lighter, and further from hue to hue.
_ON_DARK = ("#8438dc", "#5a5cf4", "#2d8cf4", "#14b4d6", "#3fd39a", "#9be45c", "#e8ee4c", "#fffac8")
_USED = 0.86
"""Share of viridis that a light ground uses: its end would vanish there."""


def angle_colour(share: float, dark: bool) -> str:
    """Return the colour ``#rrggbb`` of an angle by its place on the scale, 0 to 1; beyond it that of the end."""
    share = min(max(float(share), 0.0), 1.0)
    red, green, blue = _mixed(*((_ON_DARK, np.array([share])) if dark else (_VIRIDIS, np.array([_USED * share]))))[0]
    return f"#{red:02x}{green:02x}{blue:02x}"


def intensity_colours(n: int = 256) -> np.ndarray:
    """Return the colours (n, 3) uint8 of a map, from the least intensity to the largest."""
    return _mixed(_MAGMA, np.linspace(0.0, 1.0, n))


def _mixed(steps: tuple[str, ...], shares: np.ndarray) -> np.ndarray:
    known = np.array([[int(step[k : k + 2], 16) for k in (1, 3, 5)] for step in steps], dtype=np.float64)
    places = np.linspace(0.0, 1.0, len(known))
    return np.rint(np.stack([np.interp(shares, places, column) for column in known.T], axis=-1)).astype(np.uint8)
