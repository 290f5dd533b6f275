"""Measured spectra of several angles as one series of a session, and what of them a tilt is read from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.comparison import on_common_grid
from xanesview.domain.processing.step_lists import without_fit
from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
from xanesview.domain.session import ReferenceCurve
from xanesview.errors import XanesviewError
from xanesview.shown.overlay_changes import with_reference
from xanesview.shown.processing import shown_window_ev
from xanesview.shown.residuals import prediction_at

if TYPE_CHECKING:
    from xanesview.domain.session import Session
    from xanesview.domain.spectrum import Spectrum
    from xanesview.io.spectra.angle_spectra import AngledSpectrum
    from xanesview.shown.angles import MeasuredSeries
    from xanesview.shown.shown import Shown

AS_MEASURED = "as measured; one of a series of angles"
SCALED = "one factor and one offset for the whole series of angles"


def with_series(
    shown: Shown, name: str, spectra: Sequence[AngledSpectrum], source: str = "", degree: float | None = None
) -> Session:
    """Return the session with a series of measured spectra, brought to the prediction together.

    One factor and one offset for all of them: each by itself would lose what the angles say. A window that was chosen
    on the series before goes with it; a degree of polarisation that is given takes the place of what was set.
    """
    study = shown.session.angles
    study = study.replace(window_ev=None, degree=study.degree if degree is None else degree)
    session = shown.session.replace(angles=study)
    taken = {one.series for one in session.references}
    own = next(text for k in range(len(taken) + 1) if (text := name if not k else f"{name} ({k + 1})") not in taken)
    for one in spectra:
        session = with_reference(session, ReferenceCurve(
            spectrum=one.spectrum, label=one.spectrum.label, source=source, statement=AS_MEASURED,
            angle_deg=float(one.angle_deg), series=own,
        ))  # fmt: skip
    return scaled_series(shown, session, own)


def scaled_series(shown: Shown, session: Session, series: str) -> Session:
    """Return the session with a series brought to the prediction, where there is one; curves with steps of their own
    keep these."""
    own = [k for k, one in enumerate(session.references) if one.series == series and one.spectrum is not None]
    own = [k for k in own if not session.references[k].steps]
    common = _common_scale(shown, [session.references[k] for k in own]) if own else None
    if common is None:
        return session
    steps = (ScaleAndOffset(*(float(f"{value:.6g}") for value in common)),)
    references = list(session.references)
    for k in own:
        references[k] = references[k].replace(steps=steps, statement=SCALED)
    return session.replace(references=tuple(references))


def _common_scale(shown: Shown, curves: Sequence[ReferenceCurve]) -> tuple[float, float] | None:
    """The least squares factor and offset from all curves at once, each to the prediction along its own angle.

    In the window that the scores count in, where there is one. None without a positive factor. The offset is what a
    background that was not taken off, or a difference of two scales, leaves in all of them.
    """
    measured, there, weights = [], [], []
    for curve in curves:
        predicted = prediction_at(shown, curve)
        if predicted is None or curve.spectrum.axis != predicted.axis:
            return None
        try:
            energy, values, wanted = on_common_grid(curve.spectrum, predicted, shown_window_ev(shown))
        except XanesviewError:
            return None
        measured.append(values)
        there.append(wanted)
        weights.append(np.maximum(np.gradient(energy), 0.0))
    values, wanted, weight = np.concatenate(measured), np.concatenate(there), np.concatenate(weights)
    mean, mean_wanted = np.average(values, weights=weight), np.average(wanted, weights=weight)
    centred = weight * (values - mean)
    spread = float(centred @ (values - mean))
    factor = float(centred @ wanted) / spread if spread > 0.0 else 0.0
    return (factor, float(mean_wanted - factor * mean)) if factor > 0.0 else None


def tilt_spectra(shown: Shown, measured: MeasuredSeries) -> list[Spectrum]:
    """Return the spectra that a tilt is measured on: with their steps and shifts, in their own units.

    Scales and offsets at the end of their steps bring them to the prediction, each to its own; they are left out.
    """
    found = []
    for place, drawn in zip(measured.places, measured.spectra, strict=True):
        reference, outcome = shown.references[place].reference, shown.references[place].outcome
        kept = without_fit(reference.steps)
        spectrum = reference.spectrum
        if outcome is not None and outcome.after is not None and outcome.before:
            points = outcome.after if len(kept) >= len(outcome.before) else outcome.before[len(kept)]
            spectrum = spectrum.replace(energy_ev=points.energy_ev, intensity=points.intensity, band=points.band)
            spectrum = spectrum.shifted(outcome.shift_after(len(kept)))
        if spectrum.axis != drawn.axis and shown.look is not None and shown.look.unprocessed.e0_ev is not None:
            spectrum = spectrum.on_axis(drawn.axis, shown.look.unprocessed.e0_ev)
        found.append(spectrum.replace(label=drawn.label))
    return found
