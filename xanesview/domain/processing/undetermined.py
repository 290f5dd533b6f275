"""What a fitted prediction leaves open: values at the end of what was searched, or that the data can't tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.processing.fitted_prediction import FitChoices

if TYPE_CHECKING:
    from xanesview.domain.processing.fitted_prediction import PredictionFit

_SAME = 0.999  # a correlation beyond which two values are one
_AT_END_EV = 1e-3
_GOOD, _POOR = 0.02, 0.05  # R-factors
_STRUCTURED = 0.5
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


def poorness(fit: PredictionFit) -> str:
    """Return in one sentence how a fit misses the curves; empty where it describes them.

    It does where the R-factor Σ(measured − fitted)²/Σ measured² of each is below 2 %, or below 5 % with what is left
    scattered like noise.
    """
    worst = max(fit.curves, key=lambda one: one.scores.r_factor)
    r, rest = worst.scores.r_factor, np.asarray(worst.residual.intensity)
    structured = _goes_on(rest) > _STRUCTURED
    if not (r > _POOR or (r > _GOOD and structured)):
        return ""
    at = float(worst.residual.energy_ev[int(np.argmax(np.abs(rest)))])
    left = "what is left has structure" if structured else "what is left is large"
    several = f" for {worst.measured.label}" if len(fit.curves) > 1 else ""
    return f"The fit is poor{several}: R-factor {100 * r:.2g} %, {left}, most at {at:.1f} eV."


def _goes_on(rest: np.ndarray) -> float:
    """How far neighbouring residuals go together: 0 of noise, near 1 of a smooth curve."""
    square = float(rest @ rest)
    return float(rest[:-1] @ rest[1:]) / square if len(rest) > 2 and square > 0.0 else 0.0


def _height(fit: PredictionFit) -> float:
    """Height of the fitted curves, in the prediction's unit."""
    scale = fit["scale"].value
    return max(float(np.ptp(one.fitted.intensity)) for one in fit.curves) / scale if scale > 0.0 else 0.0
