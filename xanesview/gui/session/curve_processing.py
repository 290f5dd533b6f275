"""What the user does with the steps of a curve: add, switch, edit, order, copy, reset; each one undo step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from xanesview.domain.processing.step_lists import ENERGIES
from xanesview.domain.processing.steps.edge_energy import METHODS, EdgeEnergy
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.busy_cursor import busy_cursor
from xanesview.gui.session.first_meetings import FirstMeetings
from xanesview.gui.session.overlaying_many import OverlayingMany
from xanesview.shown import first_processing
from xanesview.shown.curve import Subject
from xanesview.shown.display_map import check_for_prediction
from xanesview.shown.processing import edge_of, kept_steps, shown_window_ev, to_shown_ev, whole_range_ev
from xanesview.shown.scan_changes import mean_notice, with_column, with_mean
from xanesview.shown.step_handles import Handle, found_values, guides, handles

if TYPE_CHECKING:
    import numpy as np

    from xanesview.domain.processing.outcome import Outcome
    from xanesview.domain.processing.steps.step import Step
    from xanesview.domain.session import ReferenceCurve, Session
    from xanesview.domain.spectrum import Spectrum
    from xanesview.shown.shown import Shown

PREDICTION = Subject("prediction")
_INSIDE = 0.04
"""Share of the range that a new window leaves out at either end, so that both ends are seen."""


class CurveProcessing(QObject):
    """Changes of processing steps, and which curve and step are looked at.

    Parameters
    ----------
    shown
        Gives what is shown now.
    change
        Takes another session as one undo step, with its text and gesture.
    amend
        Takes another session as what the last step came to, or with its text as one of its own.
    """

    chosen_changed = Signal()  # another curve or step is looked at
    told = Signal(object)  # a Notice

    def __init__(
        self,
        shown: Callable[[], Shown],
        change: Callable[..., None],
        amend: Callable[[Session, str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._shown, self._push = shown, change
        self._subject, self._step = PREDICTION, None
        self._edge = ""
        self.is_watched = False
        self._known: tuple[ReferenceCurve, ...] = ()
        self._amend = amend
        self._meetings = FirstMeetings(shown, self._follow_on, self)
        self.many = OverlayingMany(shown, change, self)

    # ---- what is looked at ----

    @property
    def subject(self) -> Subject:
        """The curve whose steps are looked at."""
        return self._subject

    @property
    def step(self) -> int | None:
        """The step that is looked at, by its place, or None."""
        return self._step if self._step is not None and self._step < len(self.steps) else None

    def set_watched(self, watched: bool) -> None:
        """Say whether the list of steps is seen: else no step's ranges stand on the plot."""
        if watched != self.is_watched:
            self.is_watched = watched
            self.chosen_changed.emit()

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of that curve, in their order."""
        return self.steps_of(self._subject)

    @property
    def outcome(self) -> Outcome | None:
        """What these steps came to, None while there is nothing to do them to."""
        return self.outcome_of(self._subject)

    def outcome_of(self, subject: Subject) -> Outcome | None:
        """Return what the steps of a curve came to, None while there is nothing to do them to."""
        shown = self._shown()
        if subject == PREDICTION:
            display = None if shown.look is None else shown.look.display
            return None if display is None else display.outcome
        return shown.references[subject.which].outcome

    def steps_of(self, subject: Subject) -> tuple[Step, ...]:
        """Return the steps of a curve."""
        shown = self._shown()
        if subject == PREDICTION:
            return kept_steps(shown.session, shown.card)
        return shown.session.references[subject.which].steps

    def choose(self, subject: Subject, step: int | None = None) -> None:
        """Look at a curve, and at one of its steps."""
        if (subject, step) != (self._subject, self._step):
            self._subject, self._step = subject, step
            self.chosen_changed.emit()

    def follow(self) -> None:
        """References or the prediction have changed: look at what is there; do what waits for the prediction."""
        references = self._shown().session.references
        sources = [one.spectrum or one.tensor for one in self._known]
        added = [at for at, one in enumerate(references) if not any((one.spectrum or one.tensor) is s for s in sources)]
        moved = None
        if self._subject != PREDICTION and self._subject.which < len(self._known):
            source = sources[self._subject.which]
            moved = next((at for at, one in enumerate(references) if (one.spectrum or one.tensor) is source), None)
        self._known = references
        measured = [at for at in added if references[at].spectrum is not None and references[at].visible]
        if measured:
            self.choose(Subject("reference", measured[-1]))
        elif self._subject != PREDICTION and moved != self._subject.which:
            last = Subject("reference", len(references) - 1) if references else PREDICTION
            there = last if moved is None else Subject("reference", moved)
            self.choose(there, None if moved is None else self._step)
        self._leave_other_edge()
        self._meetings.follow()

    def _leave_other_edge(self) -> None:
        """Once the prediction of another edge stands, look at a curve of that edge rather than at one of the last."""
        shown = self._shown()
        if shown.look is None or (edge := edge_of(shown.card)) == self._edge:
            return
        was, self._edge = self._edge, edge
        if was and self._subject != PREDICTION:
            places = first_processing.reaching(shown)
            if self._subject.which not in places:
                self.choose(Subject("reference", places[-1]) if places else PREDICTION)

    # ---- steps ----

    def set_steps(
        self, subject: Subject, steps: Sequence[Step], text: str, gesture: int | None = None
    ) -> None:
        """Give a curve other steps."""
        self._change(self.with_steps(self._shown().session, subject, tuple(steps)), text, gesture)

    def add(self, kind: type[Step]) -> None:
        """Add a step behind the one looked at, else at the end, and look at it."""
        place = len(self.steps) if self.step is None else self.step + 1
        steps = (*self.steps[:place], kind(), *self.steps[place:])
        self.set_steps(self._subject, steps, f"add step {kind.title.lower()}")
        self.choose(self._subject, place)

    def edit(self, place: int, gesture: int | None = None, **values: Any) -> None:
        """Change parameters of a step.

        Raises
        ------
        XanesviewError
            If they can't be.
        """
        step = self.steps[place]
        if isinstance(step, EdgeEnergy):
            values = self._with_given_e0(place, values)
        step = step.replace(**values)
        self._replace(place, (step,), f"change {step.title.lower()}", gesture)

    def _with_given_e0(self, place: int, values: dict[str, Any]) -> dict[str, Any]:
        """An energy that is typed is given by hand, and one that is to be given is at first the one found."""
        e0 = values.get("e0_ev", self.steps[place].e0_ev)
        if "e0_ev" in values and "method" not in values:
            return {**values, "method": METHODS[2] if e0 is not None else METHODS[0]}
        outcome = self.outcome
        if values.get("method") == METHODS[2] and e0 is None and outcome is not None and outcome.after is not None:
            return {**values, "e0_ev": round(float(outcome.after.facts.get("e0_ev", outcome.after.energy_ev[0])), 3)}
        return values

    def switch(self, place: int, on: bool) -> None:
        """Switch a step on or off."""
        step = self.steps[place].replace(on=on)
        self._replace(place, (step,), f"switch {step.title.lower()} {'on' if on else 'off'}")

    def remove(self, place: int) -> None:
        """Take a step away."""
        title = self.steps[place].title.lower()
        if self._step == place:
            self.choose(self._subject)
        self._replace(place, (), f"remove step {title}")

    def move(self, place: int, by: int) -> None:
        """Move a step up (−1) or down (1) in the list."""
        steps, there = list(self.steps), place + by
        if not 0 <= there < len(steps):
            return
        steps.insert(there, steps.pop(place))
        self.set_steps(self._subject, steps, f"move step {steps[there].title.lower()}")
        self.choose(self._subject, there)

    def copy_to(self, subjects: Sequence[Subject]) -> None:
        """Give other curves the same steps instead of theirs."""
        session, steps = self._shown().session, self.steps
        for subject in subjects:
            session = self.with_steps(session, subject, steps)
        self._change(session, "copy steps")

    def load(self, steps: Sequence[Step]) -> None:
        """Take the steps of a recipe.

        Raises
        ------
        XanesviewError
            If the curve is the prediction and a step is not for it.
        """
        if self._subject == PREDICTION:
            check_for_prediction(steps)
        self.set_steps(self._subject, steps, "load recipe")

    def reset(self, subject: Subject | None = None) -> None:
        """Do what is done to a new curve: first steps, found for what is shown now."""
        subject = self._subject if subject is None else subject
        shown = self._shown()
        if subject == PREDICTION:
            first = first_processing.prediction_first_steps(shown, shown.session)
            self.set_steps(subject, first, "reset steps")
        elif shown.session.references[subject.which].spectrum is None:
            self.set_steps(subject, (), "reset steps")
        else:
            self._change(first_processing.first_processed(shown, shown.session, subject.which), "reset steps")

    @busy_cursor()  # a million points are drawn, compared and scaled
    def overlay(self, reference: ReferenceCurve) -> ReferenceCurve:
        """Lay a measured curve over the prediction with its first steps; return it with them."""
        shown = self._shown()
        self._push(first_processing.overlaid(shown, reference), "add reference")
        self.bring_together([reference.spectrum])
        return self._shown().session.references[-1]

    def overlay_all(
        self, references: Sequence[ReferenceCurve], then: Callable[[list[ReferenceCurve]], None]
    ) -> None:
        """Lay many measured curves over the prediction with their first steps: one undo step, one drawing.

        They come a moment later; `then` is called with them.
        """

        def laid(found: list[ReferenceCurve]) -> None:
            self.bring_together([one.spectrum for one in found])
            then(found)

        self.many.begin(references, laid)

    def bring_together(self, spectra: Sequence[Spectrum]) -> None:
        """Bring measured curves to the prediction once there is one, where they came before it."""
        self._meetings.wait_for(spectra)

    def name_column(self, place: int, parameter: str, spectrum: Spectrum, source: str) -> None:
        """Let a step name a column of its curve's file, which becomes a hidden reference; one undo step."""
        session, name = with_column(self._shown().session, spectrum, source)
        steps = list(self.steps)
        steps[place] = steps[place].replace(**{parameter: name})
        self._change(self.with_steps(session, self._subject, tuple(steps)), f"change {steps[place].title.lower()}")

    def mean(self, indices: Sequence[int]) -> None:
        """Add the mean of measured references with its spread, as their steps make them; outliers are told."""
        self._push(with_mean(self._shown().session, indices), "add mean")
        shown = self._shown()
        self.choose(Subject("reference", len(shown.references) - 1), 0)
        notice = mean_notice(shown.session, indices, shown.references[-1].outcome)
        if notice is not None:
            self.told.emit(notice)

    # ---- on the plot ----

    def guides(self) -> list[tuple[str, np.ndarray, np.ndarray]]:
        """Return what the step that is looked at stands on: name, energies on the plot, intensities, (E,) each."""
        outcome = self.outcome
        if self.step is None or not self.is_watched or outcome is None:
            return []
        found = guides(self.steps if self._subject != PREDICTION else self._shown().steps, self.step, outcome)
        by = self._on_plot_ev(outcome)
        return [(name, energy + by, values) for name, energy, values in found]

    def handles(self) -> list[tuple[Handle, tuple[float, ...]]]:
        """Return what of the step that is looked at can be dragged, and where it stands on the plot, eV."""
        outcome = self.outcome
        if self.step is None or not self.is_watched or outcome is None:
            return []
        found = handles(self.steps if self._subject != PREDICTION else self._shown().steps, self.step, outcome)
        by = self._on_plot_ev(outcome)
        return [(one, tuple(value + by for value in one.values_ev)) for one in found]

    def found(self, place: int) -> dict[str, float]:
        """Return what a step took for parameters that are left to the data, as its fields show them."""
        outcome, subject = self.outcome, self._subject
        if outcome is None or place >= len(outcome.before):
            return {}
        if subject != PREDICTION:
            return found_values(self.steps[place], outcome.before[place])
        shown = self._shown()
        by = to_shown_ev(shown.look)
        found = found_values(shown.steps[place], outcome.before[place])
        return {name: value - by if name in ENERGIES else value for name, value in found.items()}

    def drag(self, handle: Handle, values_ev: Sequence[float], gesture: int) -> None:
        """Take a range or a line to other energies of the plot.

        Raises
        ------
        XanesviewError
            If it can't stand there.
        """
        by = self._on_plot_ev(self.outcome)
        if self._subject == PREDICTION and not handle.origin_ev:
            by += to_shown_ev(self._shown().look)
        self.edit(handle.place, gesture, **handle.parameters([value - by for value in values_ev]))

    def _on_plot_ev(self, outcome: Outcome) -> float:
        """What is added to energies before the step that is looked at to find them on the plot."""
        by = outcome.shift_after(self.step or 0)
        if self._subject == PREDICTION:
            return by
        shown = self._shown()
        own = shown.references[self._subject.which]
        axis = shown.axis if own.reference.spectrum is None else own.reference.spectrum.axis
        if axis != shown.axis and shown.look is not None and shown.look.e0_ev is not None:
            by += shown.look.e0_ev if shown.axis == "absolute" else -shown.look.e0_ev
        return by

    def set_window(self, window_ev: tuple[float, float] | None, gesture: int | None = None) -> None:
        """Choose the energies that count in scores and fits, on the axis shown; None for all."""
        shown = self._shown()
        if window_ev is not None:
            by = to_shown_ev(shown.look)
            window_ev = (min(window_ev) - by, max(window_ev) - by)
        if window_ev != shown.session.window_ev:
            text = "choose window" if window_ev is not None else "compare all energies"
            self._push(shown.session.replace(window_ev=window_ev), text, gesture)

    def set_window_visible(self, visible: bool) -> None:
        """Compare in a window that is seen and dragged, at first a little narrower than the prediction, or anywhere."""
        shown = self._shown()
        if visible == (shown_window_ev(shown) is not None):
            return
        whole = whole_range_ev(shown)
        if not visible or whole is None:
            self.set_window(None)
            return
        room = _INSIDE * (whole[1] - whole[0])
        self.set_window((round(whole[0] + room, 2), round(whole[1] - room, 2)))

    # ---- one session after the other ----

    def _replace(self, place: int, new: tuple[Step, ...], text: str, gesture: int | None = None) -> None:
        steps = (*self.steps[:place], *new, *self.steps[place + 1 :])
        self.set_steps(self._subject, steps, text, gesture)

    def with_steps(self, session: Session, subject: Subject, steps: tuple[Step, ...]) -> Session:
        """Return a session with other steps of a curve."""
        if subject == PREDICTION:
            kept = {**session.prediction_steps, edge_of(self._shown().card): steps}
            return session.replace(prediction_steps={edge: some for edge, some in kept.items() if some})
        references = list(session.references)
        references[subject.which] = references[subject.which].with_steps(steps)
        return session.replace(references=tuple(references))

    def _change(self, after: Session, text: str, gesture: int | None = None) -> None:
        if self._differs(after):
            self._push(after, text, gesture)

    def _follow_on(self, after: Session, text: str) -> None:
        """What follows by itself from a step of the user's is no step of its own."""
        if self._differs(after):
            self._amend(after, text)

    def _differs(self, after: Session) -> bool:
        before = self._shown().session
        return before.references != after.references or before.prediction_steps != after.prediction_steps


def error_sentence(error: XanesviewError) -> str:
    """Return an error as one line."""
    return f"{error.message} {error.hint}".strip()
