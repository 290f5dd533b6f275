"""What references are set against: the current curve, or the prediction at their angle; and what is left of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.orientation.varied import at_field_angle
from xanesview.shown.curve import Curve
from xanesview.shown.fitted_series import is_at_angle
from xanesview.shown.spectra import current_spectrum

if TYPE_CHECKING:
    from xanesview.domain.session import ReferenceCurve
    from xanesview.domain.spectrum import Spectrum
    from xanesview.shown.shown import Shown, ShownReference


def residual_curves(curves: Sequence[Curve]) -> list[Curve]:
    """Return reference − current of each visible reference, at its own energies where the current curve reaches.

    Parameters
    ----------
    curves : as drawn, see `curves.curves`
    """
    current = next((curve for curve in curves if curve.role == "current"), None)
    if current is None or current.energy_ev.size < 2:
        return []
    # a curve of a fitted series of angles is set against the prediction at its own angle
    own = {one.angle_share: one for one in curves if is_at_angle(one.subject)}
    found = []
    for curve in curves:
        if not curve.visible or curve.subject is None or curve.subject.kind != "reference":
            continue
        predicted = current if curve.angle_share is None else own.get(curve.angle_share, current)
        low, high = predicted.energy_ev[0], predicted.energy_ev[-1]
        first, last = np.searchsorted(curve.energy_ev, [low, high], side="left")
        there = slice(int(first), int(min(last + 1, curve.energy_ev.size)))
        energy = curve.energy_ev[there]
        energy = energy[energy <= high]
        if energy.size < 2:
            continue
        there = slice(int(first), int(first) + energy.size)
        rest = curve.intensity[there] - np.interp(energy, predicted.energy_ev, predicted.intensity)
        found.append(
            replace(
                curve, key=f"residual-{curve.key}", energy_ev=energy, intensity=rest, offset=0.0,
                band=None if curve.band is None else curve.band[there], label="",
            )
        )  # fmt: skip
    return found


def prediction_beside(shown: Shown, placed: ShownReference) -> Spectrum | None:
    """Return the prediction that a measured curve is compared with: the current one, of a series that at its angle.

    None without one.
    """
    return prediction_at(shown, placed.reference) if placed.reference.series else current_spectrum(shown)


def prediction_at(shown: Shown, reference: ReferenceCurve) -> Spectrum | None:
    """Return the prediction at the angle of a measured curve, as drawn; the current one where it has none."""
    current = current_spectrum(shown)
    if current is None or shown.gives == "isotropic" or reference.angle_deg is None:
        return current
    geometry = at_field_angle(shown.session.geometry, float(reference.angle_deg))
    return current.replace(intensity=shown.drawn.total(geometry.weight()), band=None)
