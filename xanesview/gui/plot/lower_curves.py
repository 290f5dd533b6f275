"""What the panel below a spectrum plot shows, without Qt: what lies between curves, and what its axis is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xanesview.gui.plot.ranges import difference_curve
from xanesview.shown.curve import Curve

if TYPE_CHECKING:
    from xanesview.gui.plot.curve_style import CurveStyle

DIFFERENCE, RESIDUALS = "difference", "residuals"
TITLES = {DIFFERENCE: ("− isotropic",), RESIDUALS: ("reference − current", "residual")}
"""Titles of its intensities, the longest first."""


def differences(curves: Sequence[Curve]) -> list[Curve]:
    """Return the difference to the isotropic curve, as a list of one, or of none where it isn't known."""
    given = [curve for curve in curves if curve.role == "difference"]
    if not given and (pair := difference_curve(curves)) is not None:
        given = [Curve("difference", pair[0], pair[1], "", "difference")]
    return given


def residuals_of(
    residuals: Sequence[Curve], curves: Sequence[Curve], styles: Sequence[CurveStyle]
) -> tuple[list[Curve], list[CurveStyle]]:
    """Return what is left of those references that are drawn above, in their looks."""
    look = {f"residual-{curve.key}": style for curve, style in zip(curves, styles, strict=True)}
    shown = [curve for curve in residuals if curve.key in look]
    return shown, [look[curve.key] for curve in shown]
