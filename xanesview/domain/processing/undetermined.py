"""What a fitted prediction leaves open: values at the end of what was searched, or that the data can't tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.processing.prediction_fit import FitChoices
from xanesview.domain.processing.steps.arctangent_step import arctangent
from xanesview.errors import XanesviewError

if TYPE_CHECKING:
    from xanesview.domain.processing.prediction_fit import FittedCurve, PredictionFit

_SAME = 0.999  # a correlation beyond which two values are one
_AT_END_EV = 1e-3
_GOOD, _POOR = 0.02, 0.05  # R-factors
_STRUCTURED = 0.5
_MOST_SCALE_ERROR = 1.0 / 3.0  # of the scale
_MOST_STEP = 0.9
_MOST_R = 0.5
_MOST_LEFT = 0.4  # of a curve's variance, in structure: an R-factor is small wherever a curve stands on an offset
_SHARE = 0.1  # of the prediction's height, below which it does not matter how sure an edge step is


def undetermined(fit: PredictionFit, choices: FitChoices | None = None) -> tuple[str, ...]:
    """Return why the values of a fit are not to be taken as found, a clause each; empty where they are.

    A shift at or beyond what was searched, a factor or an edge step with an error larger than itself, and two values
    with a correlation of ±1 are such. An edge step whose error is small beside the curve is none: that is a small
    step, well known.
    """
    reasons = _shift_at_end(fit, choices)
    scale, step = fit["scale"], fit["step_height"]
    if scale.error is not None and not scale.error < abs(scale.value):
        reasons.append("the error of the factor is larger than the factor")
    if step.error is not None and not step.error < max(abs(step.value), _SHARE * _height(fit)):
        reasons.append("the error of the edge step is larger than the step")
    labels = {one.name: one.label for one in fit.values}
    for i, j in zip(*np.nonzero(np.tril(np.abs(fit.correlations) > _SAME, -1)), strict=True):
        reasons.append(f"{labels[fit.names[j]].lower()} and {labels[fit.names[i]].lower()} can't be told apart")
    return tuple(reasons)


def taken(fit: PredictionFit, choices: FitChoices | None = None) -> PredictionFit:
    """Return a fit that may be taken over.

    Raises
    ------
    XanesviewError
        If its values mean nothing, see `refusals`.
    """
    if reasons := refusals(fit, choices):
        raise XanesviewError(
            f"The fit is not taken over: {'; '.join(reasons)}.", "Does the molecule, or the polarisation, fit?"
        )
    return fit


def refusals(fit: PredictionFit, choices: FitChoices | None = None) -> tuple[str, ...]:
    """Return why a fit is not to be taken over at all, a clause each; empty of one that may be, and be it a poor one.

    The scale has an error of more than a third, the shift is at the end of what was searched, the edge step makes
    nearly all of the fitted curve, or what is left of a curve is most of it: an R-factor above 50 %, or more than
    0.4 of its variance where that is no noise (curves of the right molecule leave below 0.2).
    """
    reasons = _shift_at_end(fit, choices)
    scale = fit["scale"]
    if scale.error is not None and not scale.error <= _MOST_SCALE_ERROR * abs(scale.value):
        reasons.append(f"the scale, {scale.value:.3g}, has an error of {scale.error:.2g}")
    if (share := step_share(fit)) > _MOST_STEP:
        reasons.append(f"the edge step makes {100 * share:.0f} % of the fitted curve, the prediction next to nothing")
    worst = max(fit.curves, key=_left)
    if (r := max(one.scores.r_factor for one in fit.curves)) > _MOST_R:
        reasons.append(f"the R-factor is {100 * r:.0f} %")
    elif (left := _left(worst)) > _MOST_LEFT:
        several = f" of {worst.measured.label}" if len(fit.curves) > 1 else ""
        reasons.append(f"{100 * left:.0f} % of the variance{several} is left, with structure")
    return tuple(reasons)


def step_share(fit: PredictionFit) -> float:
    """Return how much of the fitted curves is the edge step, 0 to 1, by the standard deviations of both parts."""
    value = {one.name: one.value for one in fit.values}
    steps, rest = 0.0, 0.0
    for one in fit.curves:
        at = one.fitted.energy_ev - value["shift_ev"]
        step = value["scale"] * value["step_height"] * arctangent(at, fit.e0_ev, value["step_width_ev"])
        steps += float(np.var(step))
        rest += float(np.var(one.fitted.intensity - step))
    both = np.sqrt(steps) + np.sqrt(rest)
    return float(np.sqrt(steps) / both) if both > 0.0 else 0.0


def _shift_at_end(fit: PredictionFit, choices: FitChoices | None) -> list[str]:
    most = (FitChoices() if choices is None else choices).largest_shift_ev
    shift = fit["shift_ev"].value
    if abs(shift) < most - _AT_END_EV:
        return []
    return [f"the shift of {shift:+.2f} eV is at the end of the {most:g} eV searched".replace("-", "−")]


def _left(one: FittedCurve) -> float:
    """Share of a measured curve's variance that its fit leaves; 0 where that is noise."""
    rest, whole = np.asarray(one.residual.intensity), float(np.var(one.measured.intensity))
    return float(np.mean(rest**2)) / whole if whole > 0.0 and _goes_on(rest) > _STRUCTURED else 0.0


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
