"""What a fitted prediction leaves open: values that the data can't tell, and fits that mean nothing at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.processing.fitted_prediction import FitChoices
from xanesview.domain.processing.steps.arctangent_step import arctangent

if TYPE_CHECKING:
    from xanesview.domain.processing.fitted_prediction import FittedCurve, PredictionFit

_SAME = 0.999  # a correlation beyond which two values are one
AT_END_EV = 1e-3
_GOOD, _POOR = 0.02, 0.05  # R-factors
_STRUCTURED = 0.5
_SHARE = 0.1  # of the prediction's height, below which it does not matter how sure an edge step is
_NOTHING_ADDED = 0.8  # of what an edge step alone leaves; those of the right molecule leave 0.06 to 0.36 of it
MUCH_LEFT = 0.35
"""Share of what an edge step leaves alone from which on a fit explains too little for its molecule.

Of 50 measured spectra fitted with the prediction of their own molecule or oxide 46 leave less, and the other four have
R-factors of 9 to 18 %; of 755 fitted with another molecule's 55 % leave more. A computed film of benzene at four angles
with 1 % of noise leaves 0.01 by benzene, 0.03 to 0.15 by toluene, pyridine, phenol or styrene, whose spectra are alike,
0.31 to 0.50 by acetone, 0.45 to 0.58 by thiophene and 0.54 to 0.79 by CCl4.
"""
_NOT_FITTED = "not fitted"


def undetermined(fit: PredictionFit, choices: FitChoices | None = None) -> tuple[str, ...]:
    """Return why the values of a fit are not to be taken as found, a clause each; empty where they are.

    A shift or a width at the end of what was tried, a factor or an edge step with an error larger than itself, and two
    values with a correlation of ±1 are such. An edge step whose error is small beside the curve is none: that is a
    small step, well known.
    """
    most_ev = (FitChoices() if choices is None else choices).largest_fwhm_ev
    reasons, step, width = _runaways(fit, choices), fit["step_height"], fit["fwhm_ev"]
    if width.note != _NOT_FITTED and width.value >= most_ev - AT_END_EV:
        reasons.append(f"the added width is at the end of the {most_ev:g} eV tried")
    if step.error is not None and not step.error < max(abs(step.value), _SHARE * _height(fit)):
        reasons.append("the error of the edge step is larger than the step")
    labels = {one.name: one.label for one in fit.values}
    for i, j in zip(*np.nonzero(np.tril(np.abs(fit.correlations) > _SAME, -1)), strict=True):
        reasons.append(f"{labels[fit.names[j]].lower()} and {labels[fit.names[i]].lower()} can't be told apart")
    return tuple(reasons)


def meaningless(fit: PredictionFit, choices: FitChoices | None = None) -> tuple[str, ...]:
    """Return why a fit says nothing of its curves, a clause each; empty where it does, and be it a poor one.

    Its shift is at the end of what was tried, its factor may as well be zero, or nearly as much of the curves is left
    as without the prediction: by an edge step and an offset alone, or by a flat line where no step was fitted. What is
    left of noise has no structure, and is no reason.
    """
    reasons = _runaways(fit, choices)
    if _has_structure(fit) and share_left(fit) > _NOTHING_ADDED:
        curves = "curve" if len(fit.curves) == 1 else "curves"
        reasons.append(f"{_alone(fit)} describes the {curves} nearly as well without the prediction")
    return tuple(reasons)


def doubts(fit: PredictionFit, choices: FitChoices | None = None) -> str:
    """Return in one sentence why values of a fit are not to be believed; empty where they are."""
    if reasons := meaningless(fit, choices):
        return f"The fit means nothing: {'; '.join(reasons)}."
    if reasons := undetermined(fit, choices):
        return f"The fit is not determined: {'; '.join(reasons)}."
    return ""


def share_left(fit: PredictionFit) -> float:
    """Return how much a fit leaves of what an edge step and an offset leave alone, in squares: 0 of a perfect one."""
    left = sum(float(np.sum(np.asarray(one.residual.intensity) ** 2)) for one in fit.curves)
    without = sum(_left_without(one, fit) for one in fit.curves)
    return left / without if without > 0.0 else 1.0


def _left_without(one: FittedCurve, fit: PredictionFit) -> float:
    energy, curve = np.asarray(one.measured.energy_ev), np.asarray(one.measured.intensity)
    columns = [np.ones_like(energy)]
    if fit["step_height"].note != _NOT_FITTED:
        columns.append(arctangent(energy, fit.e0_ev + fit["shift_ev"].value, fit["step_width_ev"].value))
    design = np.stack(columns, axis=1)
    rest = curve - design @ np.linalg.lstsq(design, curve, rcond=None)[0]
    return float(rest @ rest)


def _runaways(fit: PredictionFit, choices: FitChoices | None) -> list[str]:
    """Why shift and factor are not to be taken as found."""
    most = (FitChoices() if choices is None else choices).largest_shift_ev
    reasons, shift, scale = [], fit["shift_ev"], fit["scale"]
    if abs(shift.value) >= most - AT_END_EV:
        # without its sign, which is another one for whoever moves the measured curve
        found = abs(shift.value)
        within = f"the {most:g} eV searched" if found <= most + AT_END_EV else "what was searched"
        reasons.append(f"the shift of {found:.2f} eV is at the end of {within}")
    if scale.error is not None and not scale.error < abs(scale.value):
        reasons.append("the error of the factor is larger than the factor")
    return reasons


def unexplained(fit: PredictionFit) -> str:
    """Return in one sentence how much of the curves a fit leaves unexplained; empty where that is little, or noise.

    A fit that leaves nearly all of it is `meaningless`, which says so already.
    """
    share = share_left(fit)
    return much_left(share, _alone(fit)) if share <= _NOTHING_ADDED and _has_structure(fit) else ""


def much_left(share: float, alone: str = "an edge step") -> str:
    """Return that much is left unexplained, of a share as `share_left` gives it; empty below `MUCH_LEFT`."""
    if share <= MUCH_LEFT:
        return ""
    return f"The fit leaves much unexplained: {100 * share:.0f} % of what {alone} leaves without the prediction."


def poorness(fit: PredictionFit) -> str:
    """Return in one or two sentences how a fit misses the curves; empty where it describes them.

    It does where the R-factor Σ(measured − fitted)²/Σ measured² of each is below 2 %, or below 5 % with what is left
    scattered like noise, and where little is `unexplained`.
    """
    return " ".join(filter(None, (missed(fit), unexplained(fit))))


def missed(fit: PredictionFit) -> str:
    """Return in one sentence that the R-factor of a curve is high; empty where none is, as `poorness` has it."""
    worst = max(fit.curves, key=lambda one: one.scores.r_factor)
    r, rest = worst.scores.r_factor, np.asarray(worst.residual.intensity)
    structured = _goes_on(rest) > _STRUCTURED
    if not (r > _POOR or (r > _GOOD and structured)):
        return ""
    at = float(worst.residual.energy_ev[int(np.argmax(np.abs(rest)))])
    left = "what is left has structure" if structured else "what is left is large"
    several = f" for {worst.measured.label}" if len(fit.curves) > 1 else ""
    return f"The fit is poor{several}: R-factor {100 * r:.2g} %, {left}, most at {at:.1f} eV."


def _has_structure(fit: PredictionFit) -> bool:
    return any(_goes_on(np.asarray(one.residual.intensity)) > _STRUCTURED for one in fit.curves)


def _alone(fit: PredictionFit) -> str:
    return "a flat line" if fit["step_height"].note == _NOT_FITTED else "an edge step"


def _goes_on(rest: np.ndarray) -> float:
    """How far neighbouring residuals go together: 0 of noise, near 1 of a smooth curve."""
    square = float(rest @ rest)
    return float(rest[:-1] @ rest[1:]) / square if len(rest) > 2 and square > 0.0 else 0.0


def _height(fit: PredictionFit) -> float:
    """Height of the fitted curves, in the prediction's unit."""
    scale = fit["scale"].value
    return max(float(np.ptp(one.fitted.intensity)) for one in fit.curves) / scale if scale > 0.0 else 0.0
