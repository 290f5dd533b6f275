"""What is done to a measured curve at first, so that it means something beside a prediction at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xanesview.domain.comparison import on_common_grid, pearson
from xanesview.domain.processing.normalisation import default_ranges, edge_lines
from xanesview.domain.processing.steps.edge_energy import EdgeEnergy
from xanesview.domain.processing.steps.edge_step import EdgeStep
from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
from xanesview.domain.processing.steps.step import Points, Step, clean_points
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError

_LEAST_BEFORE_EV = 3.0
_LEAST_BEHIND_EV = 12.0
_MOST_SCATTER = 0.15
"""Of the levels before and behind the edge, as a share of the step."""
_MOST_APART_EV, _MOST_APART_SHARE = 8.0, 2e-3
"""Between the edges of two curves of one edge; chemical shifts grow with the energy."""


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


def first_steps(measured: Spectrum, prediction: Spectrum | None, *, may_normalise: bool = True) -> FirstSteps:
    """Return what brings a new measured curve and a prediction onto one scale.

    Both are normalised to their edge steps, with the same ranges behind their edges, where both reach far enough over
    the same edge and are level there. Else the measured curve is scaled by least squares with an offset where they
    overlap; where that makes no sense either, it stays as it is, and the statement says why. Never raises.

    Parameters
    ----------
    measured : Spectrum
    prediction : Spectrum or None
        Of which nothing is known yet without one; then the measured curve's own edge step is taken if it has one.
    may_normalise : bool
        Whether the prediction may be normalised; else the measured curve is scaled to it as it is.
    """
    try:
        own = _edge(measured)
    except XanesviewError as error:
        return FirstSteps((), (), f"as measured: {error.message}")
    if prediction is None:
        if own is None or not _is_level(own, own_range(own)):
            return FirstSteps((), (), "as measured: its range shows no edge step")
        return FirstSteps((EdgeStep(),), (), "normalised to its edge step")
    if measured.axis != prediction.axis:
        return FirstSteps((), (), "as measured: its energies and those of the prediction count from different origins")
    both = _both_edges(own, prediction) if may_normalise else None
    return both if both is not None else _scaled(measured, prediction)


def own_range(points: Points) -> tuple[float, float]:
    """Return the usual range behind the edge of a curve, eV from E0."""
    ranges = default_ranges(points.energy_ev, points.facts["e0_ev"])
    return ranges.post_low_ev, ranges.post_high_ev


def _both_edges(own: Points | None, prediction: Spectrum) -> FirstSteps | None:
    """Return both to their edge steps, or None where one of them shows none."""
    try:
        other = _edge(prediction)
    except XanesviewError:
        return None
    if own is None or other is None:
        return None
    e0 = own.facts["e0_ev"], other.facts["e0_ev"]
    if abs(e0[0] - e0[1]) > _MOST_APART_EV + _MOST_APART_SHARE * abs(e0[0]):
        return None
    high = min(own_range(own)[1], own_range(other)[1])
    low = max(own_range(own)[0], own_range(other)[0]) if high > 100.0 else 0.5 * high
    if not high - low >= 0.5 * _LEAST_BEHIND_EV:
        return None
    low, high = round(low, 2), round(high, 2)
    if not (_is_level(own, (low, high)) and _is_level(other, (low, high))):
        return None
    steps = []
    for points in (own, other):
        degree = default_ranges(points.energy_ev, points.facts["e0_ev"], post_low_ev=low, post_high_ev=high).degree
        step = EdgeStep(post_low_ev=low, post_high_ev=high, degree=degree)
        steps.append((EdgeEnergy(), step))
    return FirstSteps(
        steps[0], steps[1],
        f"measured and predicted normalised to their edge steps, {low:.3g} to {high:.3g} eV behind E0",
    )  # fmt: skip


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


def _is_level(points: Points, range_ev: tuple[float, float]) -> bool:
    """Tell whether the curve lies near its two lines before and behind the edge, compared with the step."""
    e0 = points.facts["e0_ev"]
    try:
        ranges = default_ranges(points.energy_ev, e0, post_low_ev=range_ev[0], post_high_ev=range_ev[1])
        lines = edge_lines(points.energy_ev, points.intensity, e0, ranges)
    except XanesviewError:
        return False
    before = points.within(ranges.pre_low_ev, ranges.pre_high_ev, e0)
    behind = points.within(ranges.post_low_ev, ranges.post_high_ev, e0)
    if before.sum() < 3 or behind.sum() < 3:
        return False
    scatter = [
        np.std((points.intensity - line)[inside]) for line, inside in ((lines.pre, before), (lines.post, behind))
    ]
    return max(scatter) <= _MOST_SCATTER * lines.step


def _scaled(measured: Spectrum, prediction: Spectrum) -> FirstSteps:
    """Return a scale and an offset for the measured curve by least squares."""
    try:
        energy, values, predicted = on_common_grid(measured, prediction)
    except XanesviewError:
        return FirstSteps((), (), "as measured: it has no energies in common with the prediction")
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
