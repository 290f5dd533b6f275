"""What is done to a new measured curve, and to the prediction beside it, so that they mean something together at once.

It is done when the curve comes (or the prediction, where that comes later) and when the user asks for it again, never
while the arrow turns: a scale found by least squares is that of the direction shown then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from xanesview.domain.processing.first_steps import NO_COMMON, NORMALISED, FirstSteps, first_steps
from xanesview.domain.processing.step_lists import (
    last_of,
    moved_along,
    normalises,
    told_normalised,
    without_fit,
    without_shape,
)
from xanesview.domain.processing.steps.edge_step import EdgeStep
from xanesview.shown.display_map import display_map
from xanesview.shown.overlay_changes import with_reference
from xanesview.shown.processing import edge_of, isotropic_before_steps, kept_steps, to_shown_ev, unprocessed
from xanesview.shown.spectra import current_spectrum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xanesview.domain.processing.steps.step import Step
    from xanesview.domain.session import ReferenceCurve, Session
    from xanesview.domain.spectrum import Spectrum
    from xanesview.shown.shown import Shown


def overlaid(shown: Shown, reference: ReferenceCurve) -> Session:
    """Return the session with one more reference, which a measured one brings to the prediction's scale at once."""
    session = with_reference(shown.session, reference)
    return first_processed(shown, session, len(session.references) - 1)


def first_processed(shown: Shown, session: Session, index: int) -> Session:
    """Return the session with the first steps of a reference, and those of the prediction where it has none to suit.

    What normalises the reference is of its own spectrum, whatever prediction is shown. Curves that were scaled by
    themselves to the prediction as it was are scaled again where that changes; tensors and curves that users have
    processed stay as they are. Beside a series of angles the prediction stays as it is: one
    factor holds for the whole series, and what was fitted to it for this measure of the prediction.

    Parameters
    ----------
    shown : Shown
        What is shown; its overlays play no part.
    session : Session
        That of `shown`, with the reference.
    """
    reference = session.references[index]
    if reference.spectrum is None:
        return session
    at = _Beside(shown, session)
    found = at.first(reference.spectrum)
    session = at.with_first(session, index, found)
    if not found.prediction or at.has_edge_step:
        return session
    session = _with_prediction_steps(shown, session, (*found.prediction, *at.own_steps))
    again = _Beside(shown, session)
    for place, one in enumerate(session.references):
        if place != index and one.spectrum is not None and one.statement and not normalises(one.steps):
            session = again.with_first(session, place, again.first(one.spectrum))
    return session


def beside_normalised(shown: Shown, session: Session, spectra: Sequence[Spectrum]) -> Session:
    """Return the session with the prediction normalised to its edge step where curves of a file that come to it were.

    Else the axis would hold edge steps beside intensities a hundred times smaller. A measured one decides, where there
    is one.
    """
    at = _Beside(shown, session)
    if at.has_edge_step or shown.look is None:
        return session
    normalised = [one for one in spectra if told_normalised(one.provenance)]
    for one in sorted(normalised, key=lambda one: one.kind != "measured"):
        if found := at.first(one).prediction:
            return _with_prediction_steps(shown, session, (*found, *at.own_steps))
    return session


def _with_prediction_steps(shown: Shown, session: Session, steps: tuple[Step, ...]) -> Session:
    """Return the session with steps of the prediction that count on the axis shown."""
    kept = {**session.prediction_steps, edge_of(shown.card): moved_along(steps, -to_shown_ev(shown.look))}
    return session.replace(prediction_steps=kept)


def met(shown: Shown) -> Session:
    """Return the session in which measured curves that had no prediction of their edge beside them have met this one.

    A curve that was normalised alone keeps its steps: the prediction is brought to it, or, where that can't be
    normalised, the curve to the prediction behind its edge step.
    """
    session = shown.session
    for place in alone(shown):
        session = first_processed(shown, session, place)
    return session


def alone(shown: Shown) -> tuple[int, ...]:
    """Return the places of measured curves that have their first steps, but have met no prediction of their edge.

    Only of those that are drawn, and reach over energies of the prediction shown.
    """
    found = [
        place for place, one in enumerate(shown.session.references)
        if one.spectrum is not None and not one.series and one.statement.startswith((NORMALISED, NO_COMMON))
        and one.is_seen_with(shown.structure)
    ]  # fmt: skip
    mean = isotropic_before_steps(shown) if found else None
    if mean is None:
        return ()
    e0 = shown.look.unprocessed.e0_ev
    return tuple(place for place in found if _reaches(shown.session.references[place].spectrum, mean, e0))


def reaching(shown: Shown) -> tuple[int, ...]:
    """Return the places of measured curves that are drawn and reach over energies of the prediction shown."""
    mean = isotropic_before_steps(shown)
    if mean is None:
        return ()
    e0 = shown.look.unprocessed.e0_ev
    return tuple(
        place for place, one in enumerate(shown.session.references)
        if one.spectrum is not None and one.is_seen_with(shown.structure) and _reaches(one.spectrum, mean, e0)
    )  # fmt: skip


def _reaches(measured: Spectrum, prediction: Spectrum, e0_ev: float | None) -> bool:
    """Whether a curve has energies in common with a prediction."""
    by = 0.0
    if measured.axis != prediction.axis:
        if e0_ev is None:
            return False
        by = e0_ev if measured.axis == "absolute" else -e0_ev
    return measured.energy_ev[0] <= prediction.energy_ev[-1] + by and measured.energy_ev[-1] >= (
        prediction.energy_ev[0] + by
    )


def prediction_first_steps(shown: Shown, session: Session) -> tuple[Step, ...]:
    """Return the first steps of the prediction that suit the references of a session, on the session's energies."""
    at = _Beside(shown, session)
    for one in session.references:
        if one.spectrum is None or not one.is_seen_with(session.structure):
            continue
        if (found := at.first(one.spectrum)).prediction:
            return moved_along(found.prediction, -to_shown_ev(shown.look))
    return ()


@dataclass(frozen=True)
class _Beside:
    """The prediction that measured curves come beside."""

    shown: Shown
    session: Session

    @property
    def own_steps(self) -> tuple[Step, ...]:
        """Its steps, on the axis shown."""
        return moved_along(kept_steps(self.session, self.shown.card), to_shown_ev(self.shown.look))

    @property
    def has_edge_step(self) -> bool:
        """Whether it is normalised to its edge step already."""
        return last_of(self.own_steps, EdgeStep) is not None

    @property
    def _stays(self) -> bool:
        """Whether curves stand beside it that would be lost were it normalised."""
        return not self.has_edge_step and any(one.series for one in self.session.references)

    def first(self, measured: Spectrum) -> FirstSteps:
        """Return the first steps: to its edge step where it has one, else by least squares to what is drawn now."""
        mean, drawn = isotropic_before_steps(self.shown), self._drawn()
        if mean is None or drawn is None:
            return first_steps(measured, None)
        axis = self.shown.axis
        e0 = self.shown.look.unprocessed.e0_ev
        if measured.axis != axis and e0 is not None:  # steps count on the curve's own axis
            by = e0 if measured.axis == "absolute" else -e0
            mean, drawn = (replace(one.shifted(by), axis=measured.axis) for one in (mean, drawn))
        found = first_steps(measured, mean, may_normalise=not self._stays)
        if found.prediction:
            return replace(found, prediction=moved_along(found.prediction, _back(measured.axis, axis, e0)))
        if self.has_edge_step and normalises(found.measured):  # both are, however this prediction would be by itself
            return first_steps(measured, None)
        return first_steps(measured, drawn, may_normalise=False)

    def with_first(self, session: Session, index: int, found: FirstSteps) -> Session:
        """Return the session with these steps of a reference, and to what it was brought."""
        structure = self.shown.structure
        scaled_to = ("", "", "")
        is_scaled = found.measured and not normalises(found.measured[-1:])  # to an edge step it is of no structure
        if self.shown.look is not None and structure is not None and is_scaled:
            curve = f"{self._drawn().label}, {self.session.network}"
            scaled_to = (structure.content_hash, structure.name or structure.formula, curve)
        changes = {"steps": found.measured, "statement": found.statement, "scaled_to": scaled_to}
        references = list(session.references)
        references[index] = references[index].replace(**changes)
        return session.replace(references=tuple(references))

    def _drawn(self) -> Spectrum | None:
        """The current curve with the steps of the session, which may not be those of `shown`."""
        plain = unprocessed(self.shown)
        current = current_spectrum(plain)
        if current is None or not self.own_steps:
            return current
        return display_map(isotropic_before_steps(self.shown), self.own_steps).spectrum(current)


def _back(axis: str, shown_axis: str, e0_ev: float | None) -> float:
    """Return what is added to energies of a curve's axis to find them on the axis shown."""
    if axis == shown_axis or e0_ev is None:
        return 0.0
    return -e0_ev if shown_axis == "relative" else e0_ev


def without_fit_steps(shown: Shown, index: int) -> tuple[Spectrum, Spectrum] | None:
    """Return a measured curve and the current prediction on the axis shown, without the steps that a fit finds anew.

    None where the curve can't be had on this axis, or there is no prediction.
    """
    session = shown.session
    reference = session.references[index]
    current, mean = current_spectrum(unprocessed(shown)), isotropic_before_steps(shown)
    outcome = shown.references[index].outcome
    if current is None or outcome is None:
        return None
    bare = reference.spectrum
    steps = without_fit(reference.steps)
    if steps and outcome.after is not None:
        at = min(len(steps), len(outcome.before) - 1)
        points = outcome.after if len(steps) >= len(outcome.before) else outcome.before[at]
        unit = points.facts.get("unit", bare.unit)
        bare = bare.replace(energy_ev=points.energy_ev, intensity=points.intensity, band=points.band, unit=unit)
    if bare.axis != shown.axis:
        if shown.look.e0_ev is None:
            return None
        bare = bare.on_axis(shown.axis, shown.look.unprocessed.e0_ev)
    shape = without_shape(shown.steps)
    return bare, display_map(mean, shape).spectrum(current) if shape else current
