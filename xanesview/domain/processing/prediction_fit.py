"""Predictions fitted to measured spectra: shift, scale, offset, width and edge step, with their errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from xanesview.domain.comparison import scores, weighted_r_factor
from xanesview.domain.counts import counted
from xanesview.domain.processing.binning import binned
from xanesview.domain.processing.edge import find_e0
from xanesview.domain.processing.fit_model import Measured, Shape, Start, coarse_start, model, overlap
from xanesview.domain.processing.fitted_prediction import FitChoices, FittedCurve, FittedValue, PredictionFit
from xanesview.domain.processing.steps.step import clean_points
from xanesview.domain.processing.undetermined import AT_END_EV
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import Cancelled, XanesviewError

LABELS = {
    "shift_ev": ("Shift of the prediction", "eV"),
    "scale": ("Scale", ""),
    "fwhm_ev": ("Added Gaussian width", "eV"),
    "growth_ev_per_ev": ("Growth of the width", "eV per eV"),
    "step_height": ("Height of the edge step", ""),
    "step_width_ev": ("Width of the edge step", "eV"),
}
_MOST_POINTS = 20_000
_SCAN_STEP_EV = 0.1
_AT_BOUND = 1e-3
_MOST_TRIES = 400
"""Of one round; a value that creeps to its bound is looked at then."""
_MOST_ROUNDS = 6
_FIRST = "offset_1"
_BOUNDED_BELOW = ("fwhm_ev", "growth_ev_per_ev", "step_height")


def fit_prediction(measured: Spectrum, prediction: Spectrum, choices: FitChoices | None = None) -> PredictionFit:
    """Fit one prediction to one measured spectrum; see `fit_series`."""
    return fit_series((measured,), (prediction,), choices)


def fit_series(
    measured: Sequence[Spectrum], predictions: Sequence[Spectrum], choices: FitChoices | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> PredictionFit:  # fmt: skip
    """Fit predictions to measured spectra together, such as those of several angles.

    scale · [G(w) ∗ prediction + h·(½ + arctan(2 (E − E0)/b)/π)](E − shift) + offset: shift, scale, width and step are
    shared, each curve has its own offset unless that is to be shared, too. A measured band is taken as standard
    errors; without one they follow from the residuals. Where neighbouring residuals are alike, since the model
    leaves more than noise, errors are raised by the square root of their correlation length, and of the reduced χ²
    where errors that were given don't explain it.
    Values that end at a bound are held there, and the rest is fitted anew.

    Parameters
    ----------
    measured, predictions : as many of one as of the other, one prediction a measured curve
    choices : FitChoices, optional
    cancelled : callable
        Asked at each trial; once it is true, `Cancelled` is raised.

    Raises
    ------
    Cancelled
        If it was.
    XanesviewError
        If they don't overlap enough, or the data can't tell the values apart.
    """
    asked = FitChoices() if choices is None else choices
    if not measured or len(measured) != len(predictions):
        raise XanesviewError(
            f"{counted(len(measured), 'measured curve')} can't be fitted with "
            f"{counted(len(predictions), 'prediction')}.",
            "Give one prediction a measured curve.",
        )
    shapes = [_shape(one) for one in predictions]
    curves, errors_known = _measured(measured, asked)
    e0 = find_e0(shapes[0].energy_ev, shapes[0].intensity) if asked.e0_ev is None else asked.e0_ev
    n = max(round(asked.largest_shift_ev / _SCAN_STEP_EV), 1)
    start = coarse_start(
        curves, shapes, e0, np.linspace(-asked.largest_shift_ev, asked.largest_shift_ev, 2 * n + 1),
        _start_widths(asked), asked.step_width_ev, asked.step, asked.offset,
    )  # fmt: skip
    fixed: dict[str, float] = {}
    values = _start_values(start, shapes, asked)
    for _ in range(_MOST_ROUNDS):
        used = [one.where(overlap(one, shape, values["shift_ev"])) for one, shape in zip(curves, shapes)]
        minimised = _minimised(used, shapes, e0, values, asked, fixed, errors_known, cancelled)
        before, values = values, minimised.params.valuesdict()
        at_bound = _at_bound(minimised, used)
        fixed.update(at_bound)
        moved = abs(values["shift_ev"] - before["shift_ev"])
        if not at_bound and minimised.success and moved < 2.0 * _SCAN_STEP_EV:
            break
    units = measured[0].unit, predictions[0].unit
    return _result(measured, used, shapes, e0, minimised, asked, fixed, errors_known, units)


def _start_values(start: Start, shapes: Sequence[Shape], asked: FitChoices) -> dict[str, float]:
    """Return the values that the fit begins with, off their bounds."""
    least = 0.01 * float(np.ptp(shapes[0].intensity))
    return {
        "shift_ev": start.shift_ev,
        "scale": start.scale,
        "fwhm_ev": max(start.fwhm_ev, 0.05 * asked.largest_fwhm_ev) if asked.width else 0.0,
        "growth_ev_per_ev": 0.05 if asked.growth else 0.0,
        "step_height": max(start.step_height, least) if asked.step else 0.0,
        "step_width_ev": asked.step_width_ev,
        **{f"offset_{k}": offset for k, offset in enumerate(start.offsets, start=1)},
    }


def _start_widths(asked: FitChoices) -> tuple[float, ...]:
    return tuple(width for width in (0.2, 0.6, 1.5) if width < asked.largest_fwhm_ev) if asked.width else (0.0,)


def _shape(prediction: Spectrum) -> Shape:
    points = clean_points(prediction.energy_ev, prediction.intensity)
    return Shape.of(points.energy_ev, points.intensity)


def _measured(measured: Sequence[Spectrum], asked: FitChoices) -> tuple[list[Measured], bool]:
    """Return the curves in the window, and whether all of them bring their errors; dense ones are averaged in cells."""
    curves, known = [], True
    for one in measured:
        points = clean_points(one.energy_ev, one.intensity, one.band)
        if asked.window_ev is not None:
            points = points.only(points.within(*sorted(asked.window_ev)))
        energy, intensity, sigma = points.energy_ev, points.intensity, points.band
        if sigma is None or not (sigma > 0.0).all():
            sigma, known = np.ones_like(intensity), False
        if len(energy) > _MOST_POINTS:
            cell = float(np.ptp(energy)) / _MOST_POINTS
            variance = binned(energy, sigma**2, cell)[1]
            energy, intensity, count = binned(energy, intensity, cell)
            sigma = np.sqrt(variance / count)
        curves.append(Measured(energy, intensity, sigma))
    return curves, known


def _minimised(
    used: Sequence[Measured], shapes: Sequence[Shape], e0_ev: float, start: Mapping[str, float], asked: FitChoices,
    fixed: Mapping[str, float], errors_known: bool, cancelled: Callable[[], bool],
):  # fmt: skip
    """Return lmfit's result."""
    from lmfit import Minimizer, Parameters  # takes seconds to load

    most = asked.largest_shift_ev + 1.0
    limits = {
        "shift_ev": (-most, most, True),
        "scale": (0.0, np.inf, True),
        "fwhm_ev": (0.0, asked.largest_fwhm_ev, asked.width),
        "growth_ev_per_ev": (0.0, 2.0, asked.growth),
        "step_height": (0.0, np.inf, asked.step),
        "step_width_ev": (0.1, 50.0, asked.step_width),
    }
    parameters = Parameters()
    for name, value in start.items():
        low, high, vary = limits.get(name, (-np.inf, np.inf, asked.offset))
        parameters.add(name, value, min=low, max=high, vary=vary)
    for name, value in fixed.items():
        parameters[name].set(value=value, vary=False)
    for name in _following(parameters, asked):
        parameters[name].set(expr=_FIRST)

    def residual(values) -> np.ndarray:
        if cancelled():
            raise Cancelled
        plain = values.valuesdict()
        return np.concatenate([
            (model(plain, k, shape, one.energy_ev, e0_ev) - one.intensity) / one.sigma
            for k, (one, shape) in enumerate(zip(used, shapes))
        ])  # fmt: skip

    n_varied = sum(one.vary for one in parameters.values())
    n_points = sum(len(one.energy_ev) for one in used)
    if n_points <= n_varied:
        raise XanesviewError(
            f"{counted(n_points, 'point')} can't tell {counted(n_varied, 'value')}.", "Widen the window, or fit less."
        )
    return Minimizer(residual, parameters, scale_covar=not errors_known, max_nfev=_MOST_TRIES).leastsq()


def _following(names: Iterable[str], asked: FitChoices) -> tuple[str, ...]:
    """Return which values are that of the first curve."""
    is_shared = asked.offset and asked.shared_offset
    return tuple(name for name in names if is_shared and name.startswith("offset_") and name != _FIRST)


def _at_bound(minimised, used: Sequence[Measured]) -> dict[str, float]:
    """Return the values that ended at zero, or so near that the data can't tell them from it."""
    found = {}
    for name in _BOUNDED_BELOW:
        one = minimised.params[name]
        size = float(np.ptp(used[0].intensity)) / minimised.params["scale"].value if name == "step_height" else 1.0
        unsure = one.stderr is None or not one.stderr < 50.0 * max(abs(one.value), 1e-12)
        limit = 1e-6 if not unsure else 0.05 if name == "fwhm_ev" else _AT_BOUND
        if one.vary and one.value < limit * size:
            found[name] = 0.0
    return found


def _result(
    measured: Sequence[Spectrum], used: Sequence[Measured], shapes: Sequence[Shape], e0_ev: float, minimised,
    asked: FitChoices, fixed: dict[str, float], errors_known: bool, units: tuple[str, str],
) -> PredictionFit:  # fmt: skip
    """Return the fit; `units` are those of the measured curve and of the prediction."""
    plain = minimised.params.valuesdict()
    curves, residuals = [], []
    for k, (one, shape, whole) in enumerate(zip(used, shapes, measured)):
        fitted = model(plain, k, shape, one.energy_ev, e0_ev)
        residuals.append((one.intensity - fitted) / one.sigma)
        curves.append(_fitted_curve(whole, one, fitted, errors_known))
    factor = np.sqrt(_correlation_length(residuals) * (_excess(minimised) if errors_known else 1.0))
    names = tuple(minimised.var_names) if minimised.covar is not None else ()
    if not names:
        raise XanesviewError(
            "The data can't tell the fitted values apart, so that they have no errors.",
            "Fit less: without the edge step or the offset, or widen the window.",
        )
    errors = dict(zip(names, factor * np.sqrt(np.diag(minimised.covar))))
    correlations = minimised.covar / np.sqrt(np.outer(np.diag(minimised.covar), np.diag(minimised.covar)))
    values, following = [], _following(plain, asked)
    several = len(used) > 1 and not following
    of_unit = {"step_height": units[1], "scale": f"{units[0]} per {units[1]}" if units[0] != units[1] else ""}
    for name, value in plain.items():
        label, unit = LABELS.get(name, (f"Offset {name.rpartition('_')[2]}" if several else "Offset", units[0]))
        unit = of_unit.get(name, unit)
        note = "at its bound, held there" if name in fixed else "" if name in errors else "not fitted"
        if following and name == _FIRST:
            note = "one for all curves"
        error = errors.get(name)
        if name == "fwhm_ev" and error is not None and value >= asked.largest_fwhm_ev - AT_END_EV:
            note, error = "at the end of what was tried", None
        values.append(FittedValue(name, label, unit, float(value), error, note))
    notices = _notices(values, names, correlations, factor, minimised, asked)
    return PredictionFit(
        values=tuple(values), names=names, correlations=correlations, curves=tuple(curves), e0_ev=float(e0_ev),
        reduced_chi_square=float(minimised.redchi), error_factor=float(factor),
        n_points=sum(len(one.energy_ev) for one in used), notices=notices,
    )  # fmt: skip


def _fitted_curve(whole: Spectrum, one: Measured, fitted: np.ndarray, errors_known: bool) -> FittedCurve:
    base = Spectrum(
        one.energy_ev, one.intensity, whole.unit, whole.label, "measured", band=one.sigma if errors_known else None,
        provenance=whole.provenance, axis=whole.axis,
    )  # fmt: skip
    curve = base.replace(intensity=fitted, band=None, label=f"{whole.label}, fitted", kind="predicted")
    rest = base.replace(intensity=one.intensity - fitted, band=None, label=f"{whole.label}, residual")
    return FittedCurve(base, curve, rest, scores(base, curve), weighted_r_factor(base, curve))


def _excess(minimised) -> float:
    """Return the reduced χ² where it is beyond what errors that were given allow, else 1."""
    most = 1.0 + 3.0 * np.sqrt(2.0 / minimised.nfree)
    return float(minimised.redchi) if minimised.redchi > most else 1.0


def _correlation_length(residuals: Sequence[np.ndarray]) -> float:
    """Return 1 + 2 Σ ρ_k of the residuals in the order of their energies, to the first ρ that noise could have."""
    n = sum(len(one) for one in residuals)
    power = sum(float(np.sum(one**2)) for one in residuals)
    length, shortest = 1.0, min(len(one) for one in residuals)
    for lag in range(1, max(shortest // 4, 1)):
        rho = sum(float(np.sum(one[lag:] * one[:-lag])) for one in residuals) / max(power, np.finfo(float).tiny)
        if rho < 2.0 / np.sqrt(n):
            break
        length += 2.0 * rho
    return length


def _notices(values, names, correlations, factor: float, minimised, asked: FitChoices) -> tuple[str, ...]:
    told = []
    if factor > 1.05:
        told.append(
            f"The fit leaves more than noise, so errors are {factor:.1f} times as large as those of independent points."
        )
    label = {one.name: one.label.lower() for one in values}
    for i in range(len(names)):
        for j in range(i):
            if abs(correlations[i, j]) > 0.95:
                told.append(
                    f"{label[names[j]].capitalize()} and {label[names[i]]} are hard to tell apart (correlation "
                    f"{correlations[i, j]:+.2f})."
                )
    shift = next(one.value for one in values if one.name == "shift_ev")
    if abs(shift) > asked.largest_shift_ev:
        told.append(f"The shift is beyond the {asked.largest_shift_ev:g} eV that were searched; search further.")
    if asked.expected is not None and (beyond := asked.expected.beyond(shift)):
        told.insert(0, beyond)
    if not minimised.success:
        told.append("The fit had not settled when it ended; its values are not the best.")
    return tuple(told)
