"""A fit of predictions to measured spectra: what may be asked of it, and what comes of it.

Apart from `prediction_fit`, which does it: sessions keep fits, and whoever shows one need not load what fits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from xanesview.domain.comparison import Scores, Window
from xanesview.domain.processing.as_measured import STEP_WIDTH_EV
from xanesview.domain.processing.expected_shift import ExpectedShift
from xanesview.domain.processing.steps.arctangent_step import ArctangentStep
from xanesview.domain.processing.steps.energy_shift import EnergyShift
from xanesview.domain.processing.steps.gaussian_broadening import GaussianBroadening
from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
from xanesview.domain.processing.steps.step import Step
from xanesview.domain.spectrum import Spectrum


@dataclass(frozen=True)
class FitChoices:
    """What is fitted, and how far it may go.

    Attributes
    ----------
    window_ev : (low, high) or None
        Measured energies that count.
    largest_shift_ev, largest_fwhm_ev : float
    offset, width, growth, step, step_width : bool
        Which of them are fitted; shift and scale always are.
    shared_offset : bool
        Whether several curves have one offset: each its own would take part of what angles differ by.
    e0_ev : float or None
        Where the step is and the width begins to grow, on the prediction's scale; E0 of the first prediction where it
        is not known, such as from its ionisation potentials.
    step_width_ev : float
        Of the step where its width is not fitted, and where that begins.
    expected : ExpectedShift or None
        Which shift the prediction's network explains; a notice tells of one beyond it.
    """

    window_ev: Window | None = None
    largest_shift_ev: float = 5.0
    largest_fwhm_ev: float = 5.0
    offset: bool = True
    shared_offset: bool = False
    width: bool = True
    growth: bool = False
    step: bool = True
    step_width: bool = False
    e0_ev: float | None = None
    step_width_ev: float = STEP_WIDTH_EV
    expected: ExpectedShift | None = None


@dataclass(frozen=True)
class FittedValue:
    """One fitted value: `error` is one standard deviation, None where it was not fitted or lies at its bound."""

    name: str
    label: str
    unit: str
    value: float
    error: float | None
    note: str = ""

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        note = f" ({self.note})" if self.note else ""
        return f"{self.label}: {self.told()}{unit}{note}"

    def told(self, digits: int = 2) -> str:
        """Return the value with its error, both to the place that the error's last digit has."""
        if self.error is None or not self.error > 0.0 or not math.isfinite(self.error):
            return f"{self.value:.5g}".replace("-", "−")
        place = digits - 1 - math.floor(math.log10(self.error))
        if not -1 <= place <= 8:
            return f"{self.value:.5g} ± {self.error:.{digits}g}".replace("-", "−")
        decimals = max(place, 0)
        return f"{self.value:.{decimals}f} ± {self.error:.{decimals}f}".replace("-", "−")


@dataclass(frozen=True, eq=False)
class FittedCurve:
    """One measured curve and what the fit makes of its prediction.

    Attributes
    ----------
    measured : Spectrum
        Its points in the fit.
    fitted, residual : Spectrum
        On the same energies; residual = measured − fitted.
    scores : Scores
    weighted_r_factor : float
    """

    measured: Spectrum
    fitted: Spectrum
    residual: Spectrum
    scores: Scores
    weighted_r_factor: float


@dataclass(frozen=True, eq=False)
class PredictionFit:
    """The result of a fit.

    Attributes
    ----------
    values : tuple[FittedValue, ...]
    names : tuple[str, ...]
        Those that have errors, in the order of the correlations.
    correlations : (P, P) float
    curves : tuple[FittedCurve, ...]
    e0_ev : float
        Where the step is, on the prediction's scale.
    reduced_chi_square : float
        Of errors that were given; about 1 where model and errors are right. The residual variance without.
    error_factor : float
        By how much errors were raised since the fit leaves more than noise; 1 where it doesn't.
    n_points : int
    notices : tuple[str, ...]
        What is to be known before the errors are believed, a sentence each.
    """

    values: tuple[FittedValue, ...]
    names: tuple[str, ...]
    correlations: np.ndarray
    curves: tuple[FittedCurve, ...]
    e0_ev: float
    reduced_chi_square: float
    error_factor: float
    n_points: int
    notices: tuple[str, ...]

    def __getitem__(self, name: str) -> FittedValue:
        return next(one for one in self.values if one.name == name)

    def shape_steps(self) -> tuple[Step, ...]:
        """Return the steps that give the prediction its width and its edge step, on its own energies and scale."""
        value = {one.name: one.value for one in self.values}
        steps: list[Step] = []
        if value["fwhm_ev"] or value["growth_ev_per_ev"]:
            start = self.e0_ev if value["growth_ev_per_ev"] else None
            steps.append(GaussianBroadening(value["fwhm_ev"], value["growth_ev_per_ev"], start))
        if value["step_height"]:
            steps.append(ArctangentStep(value["step_height"], value["step_width_ev"], self.e0_ev))
        return tuple(steps)

    def steps_for_prediction(self, curve: int = 0) -> tuple[Step, ...]:
        """Return the steps that bring the prediction onto a measured curve, by number from 0."""
        return (
            *self.shape_steps(),
            ScaleAndOffset(self["scale"].value, self[f"offset_{curve + 1}"].value),
            EnergyShift(self["shift_ev"].value),
        )

    def steps_for_measured(self, curve: int = 0) -> tuple[Step, ...]:
        """Return the steps that bring a measured curve onto the prediction, which takes `shape_steps`."""
        scale, offset = self["scale"].value, self[f"offset_{curve + 1}"].value
        return EnergyShift(0.0 - self["shift_ev"].value), ScaleAndOffset(1.0 / scale, 0.0 - offset / scale)  # not −0
