"""What is done to a measured curve at first, so that it means something beside a prediction at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xanesview.domain.comparison import on_common_grid, pearson
from xanesview.domain.processing.applied import applied, processed
from xanesview.domain.processing.deglitching import glitches
from xanesview.domain.processing.normalisation import default_ranges, edge_lines
from xanesview.domain.processing.steps.edge_energy import EdgeEnergy
from xanesview.domain.processing.steps.edge_step import EdgeStep
from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
from xanesview.domain.processing.steps.step import Points, Step, clean_points
from xanesview.domain.processing.stored_edge import StoredEdge
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError

_LEAST_BEFORE_EV = 3.0
_LEAST_BEHIND_EV = 12.0
_MOST_SCATTER = 0.15
"""Of the levels before and behind the edge, as a share of the step."""
_MOST_APART_EV, _MOST_APART_SHARE = 8.0, 2e-3
"""Between the edges of two curves of one edge; chemical shifts grow with the energy."""
_SAME_LEVEL = 0.005
_WIDEST_GLITCH = 5
_BAD_SHARE = 0.08
"""Of the points of a level that may lie anywhere: a burst of the beam, say."""
NORMALISED = "normalised to its edge step"
"""How the statement of a curve with an edge step of its own begins, as long as it has met no prediction of its edge."""
NO_COMMON = "as measured: it has no energies in common with the prediction"


@dataclass(frozen=True)
class FirstSteps:
    """Steps for a measured curve and for the prediction beside it, and what to say of them on the curve.

    Attributes
    ----------
    measured, prediction : tuple[Step, ...]
        The prediction's are empty where it stays as it is.
    statement : str
        One line.
    """

    measured: tuple[Step, ...]
    prediction: tuple[Step, ...]
    statement: str


@dataclass(frozen=True)
class _OwnEdge:
    """The edge step that a measured curve has by itself: its steps, the curve after them, and where that is."""

    steps: tuple[Step, ...]
    spectrum: Spectrum
    e0_ev: float
    range_ev: tuple[float, float]
    source: str = ""

    @property
    def words(self) -> str:
        return f"{self.range_ev[0]:.0f} to {self.range_ev[1]:.0f} eV behind E0{self.source}"


def first_steps(measured: Spectrum, prediction: Spectrum | None, *, may_normalise: bool = True) -> FirstSteps:
    """Return what brings a new measured curve and a prediction onto one scale.

    A curve that reaches far enough over an edge and is level on both sides is normalised to its edge step, by the
    ranges that its file keeps, else by those that suit its own data: whatever prediction stands beside it. The
    prediction of the same edge is normalised, too, where it is level behind it, and has the curve's level there; else
    the curve is scaled to it behind its edge step. A curve without an edge step is scaled by least squares with an
    offset where the two overlap; where that makes no sense either, it stays as it is, and the statement says why.
    Never raises.

    Parameters
    ----------
    measured : Spectrum
    prediction : Spectrum or None
        Of which nothing is known yet without one.
    may_normalise : bool
        Whether the prediction may be normalised; else the measured curve is scaled to it as it is.
    """
    try:
        own = _own_edge(measured)
    except XanesviewError as error:
        return FirstSteps((), (), f"as measured: {error.message}")
    if own is not None:
        return _normalised(own, prediction, may_normalise)
    if prediction is None:
        return FirstSteps((), (), "as measured: its range shows no edge step")
    if measured.axis != prediction.axis:
        return FirstSteps((), (), "as measured: its energies and those of the prediction count from different origins")
    return _scaled(measured, prediction)


def own_range(points: Points) -> tuple[float, float]:
    """Return the usual range behind the edge of a curve, eV from E0."""
    ranges = default_ranges(points.energy_ev, points.facts["e0_ev"])
    return ranges.post_low_ev, ranges.post_high_ev


def _own_edge(measured: Spectrum) -> _OwnEdge | None:
    """Return the edge step of a curve, or None where it shows none.

    Raises
    ------
    XanesviewError
        If there are no points to speak of.
    """
    stored = StoredEdge.of(measured.provenance)
    steps = () if stored is None else stored.steps()
    if steps:
        try:
            points = applied(steps[:1], clean_points(measured.energy_ev, measured.intensity))
            range_ev = steps[1].post_low_ev, min(steps[1].post_high_ev, points.energy_ev[-1] - stored.e0_ev)
            if _is_level(points, range_ev, degree=stored.degree):
                return _OwnEdge(steps, processed(measured, steps), stored.e0_ev, range_ev, ", as its file has it")
        except XanesviewError:  # settings of another spectrum; the data have their own
            pass
    points = _edge(measured)
    if points is None or not _is_level(points, range_ev := own_range(points)):
        return None
    steps = EdgeEnergy(), _edge_step(points, range_ev)
    try:
        return _OwnEdge(steps, processed(measured, steps), points.facts["e0_ev"], range_ev)
    except XanesviewError:
        return None


def _edge_step(points: Points, range_ev: tuple[float, float]) -> EdgeStep:
    low, high = (round(one, 2) for one in range_ev)
    ranges = default_ranges(points.energy_ev, points.facts["e0_ev"], post_low_ev=low, post_high_ev=high)
    return EdgeStep(post_low_ev=low, post_high_ev=high, degree=ranges.degree)


def _normalised(own: _OwnEdge, prediction: Spectrum | None, may_normalise: bool) -> FirstSteps:
    """Return the steps of a curve with an edge step, and those of a prediction of the same edge."""
    alone = FirstSteps(own.steps, (), f"{NORMALISED}, {own.words}")
    if prediction is None or own.spectrum.axis != prediction.axis:
        return alone
    try:
        on_common_grid(own.spectrum, prediction)
    except XanesviewError:
        return alone
    try:
        other = _edge(prediction)
    except XanesviewError:
        other = None
    most_apart = _MOST_APART_EV + _MOST_APART_SHARE * abs(own.e0_ev)
    if other is not None and abs(other.facts["e0_ev"] - own.e0_ev) > most_apart:
        return alone
    steps = _of_prediction(own, prediction, other) if may_normalise and other is not None else ()
    if steps:
        return FirstSteps(own.steps, steps, f"measured and predicted normalised to their edge steps, {own.words}")
    scaled = _scaled(own.spectrum, prediction)
    how = scaled.statement.partition(" (no edge step")[0]
    return FirstSteps((*own.steps, *scaled.measured), (), f"to its edge step, {own.words}, then {how}")


def _of_prediction(own: _OwnEdge, prediction: Spectrum, points: Points) -> tuple[Step, ...]:
    """Return the steps of a prediction beside a normalised curve; empty where it is not level behind its edge.

    Its range is that of the curve as far as it reaches, else its own; it comes to the curve's level there.
    """
    usual = own_range(points)
    shared = own.range_ev[0], min(own.range_ev[1], usual[1])
    ranges = [shared] if shared[1] - shared[0] >= 0.5 * _LEAST_BEHIND_EV else []
    range_ev = next((one for one in (*ranges, usual) if _is_level(points, one)), None)
    if range_ev is None:
        return ()
    steps = EdgeEnergy(), _edge_step(points, range_ev)
    try:
        predicted = processed(prediction, steps)
    except XanesviewError:
        return ()
    levels = [_level(own.spectrum, own.e0_ev, range_ev), _level(predicted, points.facts["e0_ev"], range_ev)]
    factor = levels[0] / levels[1] if None not in levels and min(levels) > 0.0 else 1.0
    return steps if abs(factor - 1.0) < _SAME_LEVEL else (*steps, ScaleAndOffset(round(factor, 4)))


def _level(spectrum: Spectrum, e0_ev: float, range_ev: tuple[float, float]) -> float | None:
    """Return the mean of a curve over a range behind its edge; None where it does not reach over it."""
    low, high = e0_ev + range_ev[0], e0_ev + range_ev[1]
    if spectrum.energy_ev[0] > low or spectrum.energy_ev[-1] < high - 0.1 * (high - low):
        return None
    grid = np.linspace(low, min(high, float(spectrum.energy_ev[-1])), 200)
    return float(np.nanmean(spectrum.interpolated(grid).intensity))


def _edge(spectrum: Spectrum) -> Points | None:
    """Return the points with E0, or None where they don't reach far enough on both sides of it.

    Raises
    ------
    XanesviewError
        If there are no points to speak of.
    """
    points = clean_points(spectrum.energy_ev, spectrum.intensity)
    try:
        points = EdgeEnergy().changed(points, {})
    except XanesviewError:
        return None
    before = points.facts["e0_ev"] - points.energy_ev[0]
    behind = points.energy_ev[-1] - points.facts["e0_ev"]
    return points if before >= _LEAST_BEFORE_EV and behind >= _LEAST_BEHIND_EV else None


def _is_level(points: Points, range_ev: tuple[float, float], degree: int | None = None) -> bool:
    """Tell whether the curve lies near its two lines before and behind the edge, compared with the step.

    Glitches don't count: a scan with one has the edge of the others.
    """
    e0 = points.facts["e0_ev"]
    points = points.only(~glitches(points.energy_ev, points.intensity, widest=_WIDEST_GLITCH))
    try:
        ranges = default_ranges(points.energy_ev, e0, post_low_ev=range_ev[0], post_high_ev=range_ev[1], degree=degree)
        lines = edge_lines(points.energy_ev, points.intensity, e0, ranges)
    except XanesviewError:
        return False
    before = points.within(ranges.pre_low_ev, ranges.pre_high_ev, e0)
    behind = points.within(ranges.post_low_ev, ranges.post_high_ev, e0)
    if before.sum() < 3 or behind.sum() < 3:
        return False
    scatter = [
        _scatter((points.intensity - line)[inside]) for line, inside in ((lines.pre, before), (lines.post, behind))
    ]
    return max(scatter) <= _MOST_SCATTER * lines.step


def _scatter(rest: np.ndarray) -> float:
    """Return the root mean square of what is left, without its largest share: a few bad points are no structure."""
    kept = np.sort(np.abs(rest))[: int(np.ceil((1.0 - _BAD_SHARE) * len(rest)))]
    return float(np.sqrt(np.mean(kept**2)))


def _scaled(measured: Spectrum, prediction: Spectrum) -> FirstSteps:
    """Return a scale and an offset for the measured curve by least squares."""
    try:
        energy, values, predicted = on_common_grid(measured, prediction)
    except XanesviewError:
        return FirstSteps((), (), NO_COMMON)
    weight = np.sqrt(np.maximum(np.gradient(energy), 0.0))
    design = np.stack([values, np.ones_like(values)], axis=1) * weight[:, None]
    (scale, offset), *_ = np.linalg.lstsq(design, predicted * weight, rcond=None)
    if not (scale > 0.0 and pearson(values, predicted) > 0.2):
        height, level = float(np.ptp(predicted)), float(predicted.min())
        span = float(np.ptp(values))
        if not span > 0.0:
            return FirstSteps((), (), "as measured: it is constant beside the prediction")
        scale, offset = height / span, level - float(values.min()) * height / span
        how = "between its lowest and highest point, since it is unlike the prediction here"
    else:
        how = "with an offset by least squares"
    try:
        step = ScaleAndOffset(float(f"{scale:.6g}"), float(f"{offset:.6g}"))
    except XanesviewError:
        return FirstSteps((), (), "as measured: no usable factor brings it to the prediction")
    return FirstSteps(
        (step,),
        (),
        f"scaled to the prediction {how}, {energy[0]:.1f} to {energy[-1]:.1f} eV (no edge step in this range)",
    )
