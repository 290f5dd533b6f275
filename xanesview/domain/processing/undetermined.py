"""What a fitted prediction leaves open: values at the end of what was searched, or that the data can't tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.processing.prediction_fit import FitChoices

if TYPE_CHECKING:
    from xanesview.domain.processing.prediction_fit import PredictionFit

_SAME = 0.999  # a correlation beyond which two values are one
_AT_END_EV = 1e-3
_SHARE = 0.1  # of the prediction's height, below which it does not matter how sure an edge step is


def undetermined(fit: PredictionFit, choices: FitChoices | None = None) -> tuple[str, ...]:
    """Return why the values of a fit are not to be taken as found, a clause each; empty where they are.

    A shift at or beyond what was searched, a factor or an edge step with an error larger than itself, and two values
    with a correlation of ±1 are such. An edge step whose error is small beside the curve is none: that is a small
    step, well known.
    """
    asked = FitChoices() if choices is None else choices
    reasons = []
    shift, scale, step = fit["shift_ev"], fit["scale"], fit["step_height"]
    if abs(shift.value) >= asked.largest_shift_ev - _AT_END_EV:
        words = f"the shift of {shift.value:+.2f} eV is at the end of the {asked.largest_shift_ev:g} eV searched"
        reasons.append(words.replace("-", "−"))
    if scale.error is not None and not scale.error < abs(scale.value):
        reasons.append("the error of the factor is larger than the factor")
    if step.error is not None and not step.error < max(abs(step.value), _SHARE * _height(fit)):
        reasons.append("the error of the edge step is larger than the step")
    labels = {one.name: one.label for one in fit.values}
    for i, j in zip(*np.nonzero(np.tril(np.abs(fit.correlations) > _SAME, -1)), strict=True):
        reasons.append(f"{labels[fit.names[j]].lower()} and {labels[fit.names[i]].lower()} can't be told apart")
    return tuple(reasons)


def _height(fit: PredictionFit) -> float:
    """Height of the fitted curves, in the prediction's unit."""
    scale = fit["scale"].value
    return max(float(np.ptp(one.fitted.intensity)) for one in fit.curves) / scale if scale > 0.0 else 0.0
