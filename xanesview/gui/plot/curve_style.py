"""How each curve of a plot looks, by its role."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xanesview.gui.appearance.palette import Colours
    from xanesview.shown.curve import Curve

POINTS_LIMIT = 160
"""A measured spectrum with more points than this is drawn as a line: as points it would be a smear."""


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
    given = [curve.colour or (None if curve.order is None else scheme.curve(curve.order)) for curve in curves]
    taken = set(filter(None, given))
    free = [colour for colour in scheme.curves if colour not in taken] or list(scheme.curves)
    result = []
    used = frozen = 0
    for curve, own in zip(curves, given, strict=True):
        style = _ROLE_STYLES[curve.role]
        if own:
            colour = own
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
