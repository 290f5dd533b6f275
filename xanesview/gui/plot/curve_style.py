"""How each curve of a plot looks, by its role."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from xanesview.io.figures.angle_ramp import angle_colour
from xanesview.io.figures.curve_looks import MARKS, line_in_turn, mark_in_turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xanesview.gui.appearance.palette import Colours
    from xanesview.shown.curve import Curve

POINTS_LIMIT = 160
"""A measured spectrum with more points than this is drawn as a line: as points it would be a smear."""

MARKERS = tuple(MARKS)
"""What points are drawn as: measured curves differ by it, too."""

DASHES: dict[str, tuple[float, ...]] = {
    "solid": (),
    "dashed": (4.5, 2.5),
    "dotted": (1.2, 2.2),
    "dash-dotted": (6.0, 2.5, 1.2, 2.5),
}
"""Pattern of each line a user can choose, in widths of the line."""

_FRONT = 10  # deeper than no role's own


@dataclass(frozen=True)
class CurveStyle:
    """How one curve is drawn (widths in device-independent pixels)."""

    colour: str
    width_px: float
    dash: tuple[float, ...] = ()
    points: bool = False
    depth: int = 0
    marker: str = MARKERS[0]


def styles_of(curves: Sequence[Curve], scheme: Colours) -> list[CurveStyle]:
    """Return the style of each curve.

    Accent, 2 px and on top for the current curve; thin grey for the isotropic average; thin and coloured for sites;
    long dashes for other networks, points (or a solid dark line) for measured, dashes for computed, dash-dotted for
    frozen curves, so that the kinds of overlay differ without colour, too. Each kind has a family of colours of its
    own; where more curves come than it has, the next round has another line (or another mark of the points). Measured
    curves differ in lightness, too, whatever colours an eye can tell, and by their line or mark from one to the next.
    """
    result = []
    met: Counter[str] = Counter()
    for curve in curves:
        style, role = _ROLE_STYLES[curve.role], curve.role
        fixed = {"current": scheme.accent, "isotropic": scheme.faint, "difference": scheme.control}.get(role)
        dash, marker = style.dash, MARKERS[0]
        if fixed is None:
            family = scheme.family(role)
            order = met[role] if curve.order is None else curve.order
            met[role] += 1
            fixed = family[order % len(family)]
            dash, marker = line_in_turn(role, order), mark_in_turn(role, order)
        if curve.angle_share is not None:
            fixed = angle_colour(curve.angle_share, scheme.dark)
            # the prediction beside its measured curve
            dash = {"compared": DASHES["dashed"], "frozen": line_in_turn("frozen", 0)}.get(role, style.dash)
        points = role == "measured" and curve.energy_ev.size <= POINTS_LIMIT
        if curve.line:
            points, dash = curve.line == "points", DASHES.get(curve.line, ())
        result.append(
            replace(
                style,
                colour=curve.colour or fixed,
                dash=dash,
                points=points,
                depth=_FRONT + curve.front if curve.front else style.depth,
                marker=marker,
            )
        )
    return result


_ROLE_STYLES = {
    "isotropic": CurveStyle("", 1.2, depth=0),
    "frozen": CurveStyle("", 1.3, depth=1),
    "site": CurveStyle("", 1.2, depth=2),
    "compared": CurveStyle("", 1.7, depth=2),
    "measured": CurveStyle("", 1.4, depth=3),
    "computed": CurveStyle("", 1.5, depth=3),
    "difference": CurveStyle("", 1.4, depth=4),
    "current": CurveStyle("", 2.0, depth=5),
}
