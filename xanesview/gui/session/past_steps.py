"""Steps of processing that a step of the history made, found again in the present, where they are edited.

What is done to a curve is kept as a list and done anew whenever a part of it changes. A step of the past is therefore
edited where it stands now: what followed it stays, and is computed with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.domain.processing.step_lists import without_fit, without_shape
from xanesview.domain.processing.steps.step import Step
from xanesview.domain.session import ReferenceCurve, Session
from xanesview.shown.curve import Subject
from xanesview.shown.fitted_curve import FITTED, is_fitted

_PREDICTION = Subject("prediction")
MOST = 6
"""How many steps of one step of the history are offered: a recipe may bring many."""


@dataclass(frozen=True)
class PastStep:
    """A step as it stands now.

    Attributes
    ----------
    subject : Subject
        The curve.
    label : str
        What the curve is called; empty for the prediction.
    place : int
        In the list of its steps.
    step : Step
    """

    subject: Subject
    label: str
    place: int
    step: Step


def made_steps(before: Session, after: Session, now: Session, edge: str) -> list[PastStep]:
    """Return the steps that a step of the history made or changed, as they stand now; those gone since are left out.

    Parameters
    ----------
    before, after : Session
        On either side of the step of the history.
    now : Session
    edge : str
        Of the predictions that are shown now.
    """
    found: list[PastStep] = []
    if before.references is not after.references:
        for at, one in enumerate(after.references):
            former = _place_of(one, at, before.references)
            new = _new(() if former is None else before.references[former].steps, one.steps)
            place = _place_of(one, at, now.references) if new else None
            if place is not None:
                own = now.references[place]
                subject = Subject("reference", place)
                found += [PastStep(subject, own.label, k, own.steps[k]) for k in _again(new, one.steps, own.steps)]
    own_steps = now.prediction_steps.get(edge, ())
    predicted = after.prediction_steps.get(edge, ())
    new = _new(before.prediction_steps.get(edge, ()), predicted)
    found += [PastStep(_PREDICTION, "", k, own_steps[k]) for k in _again(new, predicted, own_steps)]
    return found[:MOST]


def fitted_curve(before: Session, after: Session, now: Session) -> int | None:
    """Return the place of the reference that a step of the history fitted the prediction to; None where it was none."""
    for at, one in enumerate(after.references):
        if FITTED in one.statement:
            former = _place_of(one, at, before.references)
            if former is None or before.references[former].statement != one.statement:
                return _place_of(one, at, now.references)
    return None


def refit_after(one: PastStep, now: Session, structure_hash: str, edge: str) -> int | None:
    """Return the place of the curve whose fit follows from a step, so that it is to be fitted again; None without one.

    A fit comes after the steps of its curve and after those of the prediction, whose last ones it made itself. Of
    several curves fitted to the same structure it is the last one.
    """
    if one.subject.kind == "reference":
        reference = now.references[one.subject.which]
        follows = FITTED in reference.statement and one.place < len(without_fit(reference.steps))
        return one.subject.which if follows else None
    if one.place >= len(without_shape(now.prediction_steps.get(edge, ()))):
        return None
    fitted = [k for k, own in enumerate(now.references) if is_fitted(own) and own.scaled_to[0] == structure_hash]
    return fitted[-1] if fitted else None


def _place_of(one: ReferenceCurve, at: int, among: Sequence[ReferenceCurve]) -> int | None:
    """Return where a curve that stands at a place of one session stands in another; None where it is not there.

    Its points stay whatever is set for it. Within one run they are the same array; sessions of a file have each its
    own, so that curves are told by the numbers then, and of curves with the same numbers by their place.
    """
    shared = [k for k, other in enumerate(among) if _points(other) is _points(one)]
    alike = shared or [k for k, other in enumerate(among) if _has_points_of(other, one)]
    return min(alike, key=lambda k: (among[k].label != one.label, abs(k - at)), default=None)


def _has_points_of(one: ReferenceCurve, other: ReferenceCurve) -> bool:
    """Whether two curves have the same numbers, on the same energies where they are spectra."""
    if (one.spectrum is None) != (other.spectrum is None) or not _same(_points(one), _points(other)):
        return False
    return one.spectrum is None or _same(one.spectrum.energy_ev, other.spectrum.energy_ev)


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and np.array_equal(one, other, equal_nan=True)


def _points(reference: ReferenceCurve) -> np.ndarray:
    """What stays of a curve whatever is set for it: its points, in a file, too."""
    return reference.tensor.components if reference.spectrum is None else reference.spectrum.intensity


def _new(before: Sequence[Step], after: Sequence[Step]) -> list[int]:
    """Return the places of steps that were not there before."""
    left = list(before)
    new = []
    for place, step in enumerate(after):
        if step in left:
            left.remove(step)
        else:
            new.append(place)
    return new


def _again(places: Sequence[int], then: Sequence[Step], now: Sequence[Step]) -> list[int]:
    """Return where steps of a list stand in a later one: the same step, else the one of its kind at its rank."""
    found = []
    for place in places:
        step = then[place]
        if step in now:
            found.append(now.index(step))
            continue
        rank = sum(type(one) is type(step) for one in then[:place])
        alike = [k for k, one in enumerate(now) if type(one) is type(step)]
        if rank < len(alike):
            found.append(alike[rank])
    return sorted(set(found))
