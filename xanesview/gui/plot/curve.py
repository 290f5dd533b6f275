"""What a plot shows: curves with their role, chips that carry what must not be overlooked, and how each role looks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xanesview.gui.appearance.theme import Colours

ROLES = ("current", "isotropic", "site", "compared", "measured", "computed", "frozen", "difference")

POINTS_LIMIT = 160
"""A measured spectrum with more points than this is drawn as a line: as points it would be a smear."""


@dataclass(frozen=True, eq=False)
class Curve:
    """One curve of the spectrum plot.

    Attributes
    ----------
    key : str
        Identity: the same key in the next call is the same curve with new numbers.
    energy_ev, intensity : (E,) array
        Points, energies ascending; NaN breaks the line.
    label : str
        What stands beside the curve.
    role : str
        One of `ROLES`; decides how the curve is drawn.
    colour : str or None
        ``#rrggbb``; by default the role's own colour, or the next one of the colour-blind-safe set.
    band : (E,) array or None
        Half width of the band around the curve, in units of the intensity.
    visible : bool
    tooltip : str
    """

    key: str
    energy_ev: np.ndarray = field(repr=False)
    intensity: np.ndarray = field(repr=False)
    label: str
    role: str
    colour: str | None = None
    band: np.ndarray | None = field(default=None, repr=False)
    visible: bool = True
    tooltip: str = ""

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"curve role {self.role!r}: one of {', '.join(ROLES)}")
        if np.shape(self.energy_ev) != np.shape(self.intensity) or np.ndim(self.energy_ev) != 1:
            raise ValueError(
                f"curve {self.key!r}: energies {np.shape(self.energy_ev)} and intensities "
                f"{np.shape(self.intensity)} must be two equal rows"
            )


@dataclass(frozen=True)
class Chip:
    """A short notice on top of the plot; a click opens its explanation.

    Attributes
    ----------
    text : str
        A few words, e.g. "outside training: S–S bond".
    detail : str
        One or two sentences.
    severity : str
        ``"note"``, ``"warning"`` or ``"error"``.
    """

    text: str
    detail: str = ""
    severity: str = "note"


@dataclass(frozen=True)
class CurveStyle:
    """How one curve is drawn (widths in device-independent pixels)."""

    colour: str
    width_px: float
    dash: tuple[float, ...] = ()
    points: bool = False
    depth: int = 0


def styles_of(curves: Sequence[Curve], scheme: Colours) -> list[CurveStyle]:
    """Return the style of each curve; sites and overlays without a colour take the next free one of the set.

    Accent, 2 px and on top for the current curve; thin grey for the isotropic average; thin and coloured for sites, a
    little thicker for other networks; points (or a solid dark line) for measured, dashed for computed, dash-dotted for
    frozen curves, so that the three kinds of overlay differ without colour, too. Frozen curves take colours from the
    end of the set, so that another reference leaves theirs alone.
    """
    taken = {curve.colour for curve in curves if curve.colour}
    free = [colour for colour in scheme.curves if colour not in taken] or list(scheme.curves)
    result = []
    used = frozen = 0
    for curve in curves:
        style = _ROLE_STYLES[curve.role]
        if curve.colour:
            colour = curve.colour
        elif curve.role == "frozen":
            frozen += 1
            colour = free[-frozen % len(free)]
        elif curve.role in ("site", "compared", "computed"):
            colour = free[used % len(free)]
            used += 1
        else:
            colour = {
                "current": scheme.accent,
                "isotropic": scheme.faint,
                "measured": scheme.measured,
                "difference": scheme.control,
            }[curve.role]
        points = curve.role == "measured" and curve.energy_ev.size <= POINTS_LIMIT
        result.append(replace(style, colour=colour, points=points))
    return result


_ROLE_STYLES = {
    "isotropic": CurveStyle("", 1.2, depth=0),
    "frozen": CurveStyle("", 1.3, dash=(6.0, 2.5, 1.2, 2.5), depth=1),
    "site": CurveStyle("", 1.2, depth=2),
    "compared": CurveStyle("", 1.7, depth=2),
    "measured": CurveStyle("", 1.4, depth=3),
    "computed": CurveStyle("", 1.5, dash=(4.5, 2.5), depth=3),
    "difference": CurveStyle("", 1.4, depth=4),
    "current": CurveStyle("", 2.0, depth=5),
}
