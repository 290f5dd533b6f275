"""What is fitted to measured spectra: a prediction moved, broadened, with an edge step, scaled and offset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.processing.broadening import gaussian
from xanesview.domain.processing.steps.arctangent_step import arctangent
from xanesview.domain.processing.variable_broadening import broadened, growing_fwhm_ev
from xanesview.errors import XanesviewError

if TYPE_CHECKING:
    from scipy.interpolate import CubicSpline

_NARROWEST_EV = 1e-3
_MOST_POINTS = 6_000


@dataclass(frozen=True, eq=False)
class Shape:
    """A prediction on an even grid, ready to be broadened often.

    Attributes
    ----------
    energy_ev, intensity : (E,) float
        Even, fine enough for curves between the points.
    """

    energy_ev: np.ndarray
    intensity: np.ndarray
    _last: dict = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, energy_ev: np.ndarray, intensity: np.ndarray) -> Shape:
        """Return a prediction, strictly ascending and finite, on an even grid."""
        steps = np.diff(energy_ev)
        span = float(energy_ev[-1] - energy_ev[0])
        if np.ptp(steps) <= 1e-6 * steps.mean() and len(energy_ev) <= _MOST_POINTS:
            return cls(energy_ev, intensity)
        n = int(np.clip(np.ceil(span / float(np.quantile(steps, 0.1))) + 1, 8, _MOST_POINTS))
        even = np.linspace(energy_ev[0], energy_ev[-1], n)
        return cls(even, np.interp(even, energy_ev, intensity))

    def broadened(self, fwhm_ev: float, growth: float, from_ev: float) -> np.ndarray:
        """Return the intensity (E,) with a Gaussian width that may grow above an energy."""
        if growth > 0.0:
            width = growing_fwhm_ev(self.energy_ev, fwhm_ev, growth, from_ev)
            return broadened(self.energy_ev, self.intensity, width, "gaussian")
        if fwhm_ev < _NARROWEST_EV:
            return self.intensity
        return gaussian(self.energy_ev, self.intensity, fwhm_ev)

    def spline(self, fwhm_ev: float, growth: float, from_ev: float) -> CubicSpline:
        """Return the broadened intensity as a cubic spline; the last one is kept, since most values don't change it."""
        from scipy.interpolate import CubicSpline

        key = (fwhm_ev, growth, from_ev)
        if self._last.get("key") != key:
            curve = self.broadened(fwhm_ev, growth, from_ev)
            self._last.update(key=key, spline=CubicSpline(self.energy_ev, curve))
        return self._last["spline"]


@dataclass(frozen=True, eq=False)
class Measured:
    """One measured curve in the fit.

    Attributes
    ----------
    energy_ev, intensity : (M,) float
    sigma : (M,) float
        Standard errors, relative to each other where they are not known.
    """

    energy_ev: np.ndarray
    intensity: np.ndarray
    sigma: np.ndarray

    def where(self, kept: np.ndarray) -> Measured:
        """Return some of the points."""
        return Measured(self.energy_ev[kept], self.intensity[kept], self.sigma[kept])


def model(values: Mapping[str, float], k: int, shape: Shape, energy_ev: np.ndarray, e0_ev: float) -> np.ndarray:
    """Return what the fit says of curve `k` at some energies (M,).

    scale · [G(w) ∗ prediction + h·(½ + arctan(2 (E − E0)/b)/π)](E − shift) + offset, beyond the prediction's ends with
    its edge values.
    """
    at = energy_ev - values["shift_ev"]
    spline = shape.spline(values["fwhm_ev"], values["growth_ev_per_ev"], e0_ev)
    curve = spline(np.clip(at, shape.energy_ev[0], shape.energy_ev[-1]))
    step = values["step_height"] * arctangent(at, e0_ev, values["step_width_ev"])
    return values["scale"] * (curve + step) + values[f"offset_{k + 1}"]


@dataclass(frozen=True)
class Start:
    """Where the fit begins: the best of a coarse scan. `score` is the share of the variance that is left."""

    shift_ev: float
    fwhm_ev: float
    scale: float
    step_height: float
    offsets: tuple[float, ...]
    score: float


def coarse_start(
    measured: Sequence[Measured],
    shapes: Sequence[Shape],
    e0_ev: float,
    shifts_ev: np.ndarray,
    widths_ev: Sequence[float],
    step_width_ev: float,
    with_step: bool,
    with_offset: bool,
) -> Start:
    """Return the best start of all shifts and widths; scale, step and offsets follow by linear least squares.

    Shifts that leave less than half of the shorter curve to compare don't count.

    Raises
    ------
    XanesviewError
        If none brings enough of the curves together, or all of them upside down.
    """
    best: Start | None = None
    enough = False
    for fwhm in widths_ev:
        curves = [shape.broadened(fwhm, 0.0, e0_ev) for shape in shapes]
        for shift in shifts_ev:
            found = _linear(
                measured, shapes, curves, e0_ev, float(shift), float(fwhm), step_width_ev, with_step, with_offset
            )
            enough |= found is not None
            if found is not None and found.scale > 0.0 and (best is None or found.score < best.score):
                best = found
    if best is None:
        if enough:
            raise XanesviewError(
                "No positive factor brings the prediction to the measured curve.",
                "Check its intensity column, or subtract its background first.",
            )
        raise XanesviewError(
            "The measured curve and the prediction have too few energies in common.",
            f"The prediction reaches from {shapes[0].energy_ev[0]:.1f} to {shapes[0].energy_ev[-1]:.1f} eV, the "
            f"measured curve from {measured[0].energy_ev[0]:.1f} to {measured[0].energy_ev[-1]:.1f} eV.",
        )
    return best


def overlap(measured: Measured, shape: Shape, shift_ev: float) -> np.ndarray:
    """Return which measured points (M,) a shifted prediction reaches."""
    return (measured.energy_ev >= shape.energy_ev[0] + shift_ev) & (
        measured.energy_ev <= shape.energy_ev[-1] + shift_ev
    )


def _linear(
    measured: Sequence[Measured], shapes: Sequence[Shape], curves: Sequence[np.ndarray], e0_ev: float, shift_ev: float,
    fwhm_ev: float, step_width_ev: float, with_step: bool, with_offset: bool,
) -> Start | None:  # fmt: skip
    """Return the best scale, step and offsets at one shift and width; None where too little overlaps."""
    columns, targets, spread = [], [], 0.0
    n_curves = len(measured)
    for k, (one, shape, curve) in enumerate(zip(measured, shapes, curves)):
        inside = overlap(one, shape, shift_ev)
        span = np.ptp(one.energy_ev[inside]) if inside.sum() >= 4 else 0.0
        if span < 0.5 * min(np.ptp(one.energy_ev), np.ptp(shape.energy_ev)):
            return None
        used = one.where(inside)
        at = used.energy_ev - shift_ev
        weight = 1.0 / used.sigma
        rows = [np.interp(at, shape.energy_ev, curve)]
        if with_step:
            rows.append(arctangent(at, e0_ev, step_width_ev))
        rows += [np.full(len(at), float(j == k and with_offset)) for j in range(n_curves)]
        columns.append(np.stack(rows, axis=1) * weight[:, None])
        targets.append(used.intensity * weight)
        mean = np.average(used.intensity, weights=weight**2) if with_offset else 0.0
        spread += float(np.sum(((used.intensity - mean) * weight) ** 2))
    design, target = np.concatenate(columns), np.concatenate(targets)
    names = design.shape[1]
    kept = np.ones(names, dtype=bool)
    for _ in range(2):
        solution = np.zeros(names)
        solution[kept] = np.linalg.lstsq(design[:, kept], target, rcond=None)[0]
        if not with_step or solution[1] >= 0.0:
            break
        kept[1] = False  # a step that falls is none
    rest = float(np.sum((design @ solution - target) ** 2))
    scale = float(solution[0])
    height = float(solution[1]) / scale if with_step and scale > 0.0 else 0.0
    score = rest / max(spread, np.finfo(float).tiny)
    return Start(shift_ev, fwhm_ev, scale, height, tuple(solution[-n_curves:].tolist()), score)
