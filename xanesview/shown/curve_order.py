"""The order of names in a figure: curves of a series of angles together, by angle, before those of single sites."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xanesview.shown.curve_looks import look_of
from xanesview.shown.fitted_series import AT, angles_of_fit, is_at_angle

if TYPE_CHECKING:
    from xanesview.shown.curve import Curve
    from xanesview.shown.shown import Shown


def angle_of(shown: Shown, curve: Curve) -> float | None:
    """Return the angle, degrees, of a curve of a series: measured, a prediction that it was fitted with, or frozen."""
    if is_at_angle(curve.subject):
        return float(str(curve.subject.which).removeprefix(AT))
    if curve.subject is not None and curve.subject.kind == "frozen":
        return shown.frozen[curve.subject.which].angle_deg
    if curve.subject is None or curve.subject.kind != "reference":
        return None
    return shown.references[curve.subject.which].reference.angle_deg


def names_by_angle(shown: Shown, curves: Sequence[Curve]) -> dict[str, str]:
    """Return short names, by the key of the curve, for the measured curves of one series: “20°”.

    Beside each other, as in a figure, they need no more; what they are of stands in the title. Empty for several
    series; a name that the user gave stays.
    """
    placed = [curve for curve in curves if curve.subject is not None and curve.subject.kind == "reference"]
    angles = {curve.key: angle_of(shown, curve) for curve in placed}
    series = {
        shown.references[curve.subject.which].reference.series for curve in placed if angles[curve.key] is not None
    }
    told = [angle for angle in angles.values() if angle is not None]
    if len(series) != 1 or len(told) < 2 or len(set(told)) < len(told):
        return {}
    named = {curve.key for curve in placed if look_of(shown.session, curve.subject).name}
    return {key: f"{angle:g}°" for key, angle in angles.items() if angle is not None and key not in named}


def order_of_angles(shown: Shown, curves: Sequence[Curve]) -> list[int]:
    """Return the places of curves in the order of their names.

    Those of a series come together where the first of them was, by angle, measured before predicted; those of single
    sites go behind them: a list with little room ends with what is told elsewhere. As they are where there is no
    series, or the user has put the curves in an order.
    """
    is_frozen = [curve.subject is not None and curve.subject.kind == "frozen" for curve in curves]  # by hand
    angles = [None if kept else angle_of(shown, curve) for curve, kept in zip(curves, is_frozen, strict=True)]
    if all(angle is None for angle in angles) or any(
        look_of(shown.session, curve.subject).place is not None for curve in curves
    ):
        return list(range(len(curves)))
    fitted = {angle: placed.reference.series for angle, placed in angles_of_fit(shown)}
    series = [
        shown.references[curve.subject.which].reference.series
        if curve.subject.kind == "reference" else fitted.get(angle, "")
        for curve, angle in zip(curves, angles, strict=True)
    ]  # fmt: skip
    met = {name: number for number, name in reversed(list(enumerate(series)))}
    first = next(at for at, angle in enumerate(angles) if angle is not None)

    def rank(at: int) -> tuple:
        if angles[at] is not None:
            return 1, met[series[at]], angles[at], at
        return (3 if curves[at].role == "site" else 0 if at < first else 2), 0, 0.0, at

    return sorted(range(len(curves)), key=rank)
