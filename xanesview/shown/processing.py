"""Processed curves of what is shown: steps of references and of the prediction, each done once a change."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.processing.outcome import Outcome, outcome_of
from xanesview.domain.processing.step_lists import moved_along
from xanesview.domain.processing.steps.step import Step
from xanesview.domain.session import ReferenceCurve, Session
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.shown.reference_labels import told_apart

if TYPE_CHECKING:
    from xanesview.domain.processing.expected_shift import ExpectedShift
    from xanesview.networks.card import Card
    from xanesview.shown.shown import Shown
    from xanesview.shown.tensors import Look


PROCESSED = " · processed"
"""Behind a name in a step: the curve after its own steps, not as it was measured."""


class ProcessedCurves:
    """The latest results: a turn of the arrow, or a change of another curve, does no step again."""

    _KEPT = 64

    def __init__(self) -> None:
        self._known: OrderedDict[tuple, tuple[object, Outcome]] = OrderedDict()

    def outcomes(self, references: Sequence[ReferenceCurve]) -> list[Outcome | None]:
        """Return what steps make of each reference that is a spectrum, None for tensors.

        Curves that steps name are the raw data of the other references, or, with `PROCESSED` behind the name, what
        their own steps make of them.
        """
        names = told_apart(references)
        named = dict(zip(names, references, strict=True))
        found: dict[str, Outcome] = {}
        return [
            None if one.spectrum is None else self._of(name, one, named, found, ())
            for name, one in zip(names, references, strict=True)
        ]

    def _of(
        self,
        name: str,
        reference: ReferenceCurve,
        named: Mapping[str, ReferenceCurve],
        found: dict[str, Outcome],
        asked: tuple[str, ...],
    ) -> Outcome:
        """The outcome of a reference; `found` are those of others so far, `asked` those that wait for it."""
        if name in found and named[name] is reference:
            return found[name]
        others: dict[str, Spectrum] = {}
        wanted = sorted({other for step in reference.steps if step.on for other in step.curves_named()})
        raw = {label: one.spectrum for label, one in named.items() if one.spectrum is not None} if wanted else {}
        for other in wanted:
            own = other.removesuffix(PROCESSED)
            if other in raw:
                others[other] = raw[other]
            elif own != other and own in raw:
                if own in (*asked, name):
                    words = f"It waits for “{own}”, whose own steps wait for it."
                    return _waiting(reference, other, words, "Name the curve as it was measured.")
                outcome = self._of(own, named[own], named, found, (*asked, name))
                if outcome.failed is not None:
                    words = f"“{own}” can't be processed itself: {outcome.problem}"
                    return _waiting(reference, other, words, outcome.hint)
                others[other] = outcome.spectrum
        result = self._outcome(reference.spectrum, reference.steps, others)
        if not asked and named[name] is reference:
            found[name] = result
        return result

    def _outcome(self, spectrum: Spectrum, steps: tuple[Step, ...], others: Mapping[str, Spectrum]) -> Outcome:
        key = (id(spectrum), steps, tuple((name, id(one)) for name, one in others.items()))
        if key not in self._known:
            curves = {name: (one.energy_ev, one.intensity) for name, one in others.items()}
            try:
                found = outcome_of(spectrum, steps, curves)
            except XanesviewError as error:  # too few points for any step
                found = Outcome(spectrum, (), None, (), 0, error.message, error.hint)
            self._known[key] = ((spectrum, others), found)
            while len(self._known) > self._KEPT:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return self._known[key][1]


def _waiting(reference: ReferenceCurve, name: str, problem: str, hint: str) -> Outcome:
    """The outcome of a curve of which a step names one that can't be had: the curve as it was measured."""
    place = next(at for at, step in enumerate(reference.steps) if step.on and name in step.curves_named())
    return Outcome(reference.spectrum, (), None, (), place, problem, hint)


def raw_curves(references: Sequence[ReferenceCurve]) -> dict[str, Spectrum]:
    """Return the raw data that steps can name, by the names that stand in lists."""
    names = told_apart(references)
    return {name: one.spectrum for name, one in zip(names, references, strict=True) if one.spectrum is not None}


def nameable(references: Sequence[ReferenceCurve], own: str) -> list[str]:
    """Return what steps of a curve can name: the other curves as measured, then, where they have steps, after them."""
    names = told_apart(references)
    others = [(name, one) for name, one in zip(names, references, strict=True) if one.spectrum is not None]
    others = [(name, one) for name, one in others if name != own]
    return [name for name, _ in others] + [f"{name}{PROCESSED}" for name, one in others if one.steps]


def edge_of(card: Card | None) -> str:
    """Return under which name a session keeps the steps of a network's predictions; empty without a network."""
    return "" if card is None else card.label


def kept_steps(session: Session, card: Card | None) -> tuple[Step, ...]:
    """Return the steps of the predictions of this network's edge, as the session keeps them."""
    return session.prediction_steps.get(edge_of(card), ()) if session.prediction_steps else ()


def to_shown_ev(look: Look | None) -> float:
    """Return what is added to an energy of the session to find it on the axis shown: 0, or −E0."""
    if look is None or look.axis == "absolute" or look.unprocessed.e0_ev is None:
        return 0.0
    return -look.unprocessed.e0_ev


def shown_steps(session: Session, card: Card | None, look: Look | None) -> tuple[Step, ...]:
    """Return the steps of the prediction with their energies on the axis shown."""
    return moved_along(kept_steps(session, card), to_shown_ev(look))


def shown_window_ev(shown: Shown) -> tuple[float, float] | None:
    """Return the energies that count in scores and fits, on the axis shown; None for all.

    A window that lies beside the prediction was chosen at another edge and counts there alone.
    """
    window, whole = shown.session.window_ev, whole_range_ev(shown)
    if window is None:
        return None
    by = to_shown_ev(shown.look)
    low, high = window[0] + by, window[1] + by
    return None if whole is not None and (high <= whole[0] or low >= whole[1]) else (low, high)


def expected_shift(shown: Shown, as_computed: bool = False) -> ExpectedShift | None:
    """Return which shift of the current prediction its network's calibration explains; None where nobody knows.

    Of the prediction as it is drawn, or as computed. Sites that were computed come from no network.
    """
    is_known = shown.card is not None and not shown.computed_sites & set(shown.sites)
    return shown.card.expected_shift(shown.measured is not None and not as_computed) if is_known else None


def whole_range_ev(shown: Shown) -> tuple[float, float] | None:
    """Return the energies of the prediction, on the axis shown."""
    if shown.look is None:
        return None
    energy = shown.look.summed.energy_ev
    return float(energy[0]), float(energy[-1])


def unprocessed(shown: Shown) -> Shown:
    """Return the same with predictions as they are before their steps."""
    if shown.look is None or shown.look.display is None:
        return shown
    answer = None if shown.answer is None else shown.answer.unprocessed
    return shown.replace(look=shown.look.unprocessed, answer=answer)


def isotropic_before_steps(shown: Shown) -> Spectrum | None:
    """Return the isotropic average before any step of the prediction, on the axis shown."""
    if shown.look is None:
        return None
    look = shown.look.unprocessed
    unit = look.summed.unit
    return Spectrum(look.summed.energy_ev, np.asarray(look.isotropic), unit, "isotropic average", axis=look.axis)
