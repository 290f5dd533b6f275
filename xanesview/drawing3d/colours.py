"""Which colours of the palette a scene uses, and how ``#rrggbb`` becomes numbers."""

from __future__ import annotations

from typing import Protocol


class SceneColours(Protocol):
    """The part of a palette that a scene needs, each ``#rrggbb``.

    Attributes
    ----------
    accent : str
        The arrow.
    text, muted, faint : str
        What is outlined, the surface normal and the axes, the cell's edges.
    background_top, background_bottom : str
        Gradient behind the scene.
    dark : bool
        Whether the background is darker than what stands on it.
    """

    accent: str
    text: str
    muted: str
    faint: str
    background_top: str
    background_bottom: str
    dark: bool


def rgb_bytes(colour: str) -> tuple[int, int, int]:
    """Return red, green, blue from 0 to 255 of ``#rrggbb``."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def rgb(colour: str) -> tuple[float, float, float]:
    """Return red, green, blue from 0 to 1 of ``#rrggbb``."""
    red, green, blue = rgb_bytes(colour)
    return red / 255, green / 255, blue / 255


def haze_rgb(colours: SceneColours) -> tuple[float, float, float]:
    """Return the colour that distant atoms fade towards, red, green, blue from 0 to 1: the middle of the background."""
    top, bottom = rgb(colours.background_top), rgb(colours.background_bottom)
    return tuple(0.5 * (a + b) for a, b in zip(top, bottom, strict=True))


def rim_shade(colours: SceneColours) -> float:
    """Return the share of its brightness that a ball keeps at its rim: more on a dark ground, where it would vanish."""
    return 0.74 if colours.dark else 0.58
