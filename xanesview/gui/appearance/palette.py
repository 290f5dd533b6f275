"""The colours of the window, light and dark, and its two measures; without Qt, so that whatever draws can use them.

The accent colour belongs to the polarisation arrow and to the curve of the current direction, and to nothing else:
the two are the same thing seen twice. Selections, focus and hover are therefore a quiet slate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SPACING = 8
"""The one spacing unit, in device-independent pixels; margins are multiples of it."""

RADIUS = 6
"""The one corner radius, in device-independent pixels."""


@dataclass(frozen=True)
class Colours:
    """Every colour the window uses, as ``#rrggbb``.

    Attributes
    ----------
    accent : str
        The arrow and the current curve; nothing else.
    text, muted, faint : str
        Text, secondary text, and what is there only when looked for.
    window, surface, raised, border : str
        Ground of the window, of plots and tables, of controls; hairlines.
    background_top, background_bottom : str
        Gradient of the 3D view.
    grid : str
        Plot grid and sketch lines.
    control, hover, selection : str
        Filled parts of sliders and ticks; pointer over a control; selected rows.
    measured : str
        Measured references: the most solid line after the accent.
    curves : tuple[str, ...]
        Colour-blind-safe set for sites and overlays: the hues of Okabe and Ito, their lightness spread so that the
        first six and the accent stay apart in red-, green- and blue-blind vision, too.
    overlays : mapping of role to tuple[str, ...]
        Families of the other kinds of curves; no colour is in two of them, all stay apart for the eye, and all have
        a contrast of 3 or more against the ground of a plot.
    warning, error, good : str
        Severity of notices.
    """

    accent: str
    text: str
    muted: str
    faint: str
    window: str
    surface: str
    raised: str
    border: str
    background_top: str
    background_bottom: str
    grid: str
    control: str
    hover: str
    selection: str
    measured: str
    curves: tuple[str, ...]
    overlays: Mapping[str, tuple[str, ...]] = field(hash=False)
    warning: str
    error: str
    good: str
    dark: bool

    def curve(self, index: int) -> str:
        """Return the colour of the curve with this running number; the set repeats."""
        return self.curves[index % len(self.curves)]

    def family(self, role: str) -> tuple[str, ...]:
        """Return the colours that curves of a role take in turn."""
        return self.overlays.get(role, self.curves)


# fmt: off
LIGHT = Colours(
    accent="#cf246c",
    text="#1d232b",
    muted="#5d6875",
    faint="#98a2ae",
    window="#f3f5f7",
    surface="#ffffff",
    raised="#fcfdfe",
    border="#d5dae0",
    background_top="#fbfcfd",
    background_bottom="#dfe5eb",
    grid="#e6eaee",
    control="#47607a",
    hover="#e8edf2",
    selection="#d7e2ed",
    measured="#1d232b",
    curves=("#006db3", "#cc8400", "#0b5230", "#855c10", "#009ca8", "#5b2fc9", "#7f9a2a", "#5d6875", "#30003c",
            "#c078cc"),
    overlays={
        "measured": ("#1d232b", "#cc603c", "#0064f0", "#d269e1", "#a000a4", "#642814"),
        "compared": ("#003090", "#dc1c14", "#00a860", "#fc48bc", "#901800", "#6c84f0"),
        "computed": ("#006000", "#0c3060", "#04a800", "#485400", "#b4789c", "#8490cc"),
        "frozen": ("#680054", "#888058", "#a500ff", "#5a7800", "#a89000", "#603c3c", "#cc8454", "#300018"),
    },
    warning="#a86400",
    error="#c0271d",
    good="#1f7a4d",
    dark=False,
)

DARK = Colours(
    accent="#f4457f",
    text="#e6eaee",
    muted="#9aa6b2",
    faint="#66717d",
    window="#1b1f24",
    surface="#14171b",
    raised="#252a31",
    border="#343b44",
    background_top="#2b323a",
    background_bottom="#14171b",
    grid="#262c33",
    control="#8aa6c2",
    hover="#2e353d",
    selection="#2f4358",
    measured="#f2f4f6",
    curves=("#5d9adb", "#f0dc28", "#4fe08c", "#ca8420", "#c4e4ee", "#8f66ff", "#2f9a8f", "#98a2ae", "#507814",
            "#fca8fc"),
    overlays={
        "measured": ("#ffffb4", "#e03c00", "#f028f0", "#00f028", "#90b07c", "#1868b0"),
        "compared": ("#0060cc", "#fca8a8", "#fcc888", "#b43ca0", "#846c3c", "#009054"),
        "computed": ("#9c9c0c", "#a890fc", "#b0403c", "#78549c", "#e4ccfc", "#905454"),
        "frozen": ("#00b496", "#fc8454", "#a51ec3", "#30e8fc", "#00e0c0", "#ccb49c", "#486c48", "#ccf0cc"),
    },
    warning="#f0b45a",
    error="#ff7a6e",
    good="#5fcf95",
    dark=True,
)
# fmt: on
