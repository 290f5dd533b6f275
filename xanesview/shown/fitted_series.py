"""The predictions that a measured series of angles was fitted with: one at each of its angles, drawn beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from xanesview.domain.orientation.varied import at_field_angle
from xanesview.shown.curve import Curve, Subject
from xanesview.shown.fitted_curve import is_fitted_series

if TYPE_CHECKING:
    from xanesview.domain.geometry.geometry import Geometry
    from xanesview.shown.shown import Shown, ShownReference

AT = "at "
"""How `Subject.which` of such a prediction begins; its angle in degrees follows."""


def angles_of_fit(shown: Shown) -> Iterator[tuple[float, ShownReference]]:
    """Yield the angles of the measured curves of a fitted series that are seen, each once."""
    if shown.drawn is None or shown.structure is None or shown.gives == "isotropic":
        return
    met: set[float] = set()
    for placed in shown.references:
        reference = placed.reference
        if placed.is_placed and reference.is_seen_with(shown.structure) and is_fitted_series(shown, reference):
            angle = float(reference.angle_deg)
            if angle not in met:
                met.add(angle)
                yield angle, placed


def at_angle(shown: Shown, subject: Subject) -> Geometry:
    """Return the experiment of the prediction at an angle of a series."""
    return at_field_angle(shown.session.geometry, float(str(subject.which).removeprefix(AT)))


def is_at_angle(subject: Subject | None) -> bool:
    """Whether a curve is the prediction at an angle of a series."""
    return subject is not None and subject.kind == "prediction" and str(subject.which).startswith(AT)


def series_curves(shown: Shown) -> list[Curve]:
    """Return the prediction at each angle of a fitted series, dashed in the colour of its measured curve."""
    found = []
    for angle, placed in angles_of_fit(shown):
        geometry = at_field_angle(shown.session.geometry, angle)
        weight, look = geometry.weight(), shown.drawn
        found.append(
            Curve(
                f"at-{angle:g}", look.summed.energy_ev, look.total(weight), f"{angle:g}° predicted", "compared",
                tooltip=f"Prediction at {angle:g}°, as it was fitted to {placed.label}: {geometry.describe()}",
                subject=Subject("prediction", f"{AT}{angle!r}"), angle_share=placed.angle_share, band=None,
            )
        )  # fmt: skip
    return found
