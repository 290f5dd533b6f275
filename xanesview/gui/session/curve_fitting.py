"""The current prediction fitted to a measured curve: beside the window, then taken over as steps in one undo step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from xanesview.domain.counts import percent
from xanesview.domain.orientation.varied import at_field_angle
from xanesview.domain.processing.expected_shift import beyond_calibration
from xanesview.domain.processing.step_lists import last_of, moved_along, without_fit, without_shape
from xanesview.domain.processing.steps.edge_step import EdgeStep
from xanesview.domain.structure import Notice
from xanesview.gui.background.prediction_fitting import PredictionFitting
from xanesview.gui.session.curve_processing import PREDICTION, CurveProcessing
from xanesview.shown import first_processing
from xanesview.shown.angles import measured_series
from xanesview.shown.curve import Subject
from xanesview.shown.fitted_curve import current_curve, fit_statement, is_stale, series_curve
from xanesview.shown.processing import expected_shift, kept_steps, shown_window_ev, to_shown_ev, unprocessed
from xanesview.shown.spectra import current_spectrum

if TYPE_CHECKING:
    from xanesview.domain.processing.fitted_prediction import PredictionFit
    from xanesview.domain.processing.steps.step import Step
    from xanesview.domain.session import Session
    from xanesview.domain.spectrum import Spectrum
    from xanesview.domain.work import KeptFit
    from xanesview.shown.shown import Shown


#: Kind of the notice that values of a fit are open; it goes with the curves it was of.
UNDETERMINED = "fit-undetermined"
RESIDUAL_HINT = "Look at the residual (Shift+D), or fit a narrower range."
NO_OFFSET = "No offset was fitted: the edge step puts the measured curve at 0 before the edge."
EDGE_HINT = "Undo (Ctrl+Z), and compare the edges before the fit, or check the energies with a standard."
_MOST_TAKEN = 30  # fits whose results undo brings back
UNEXPLAINED_HINT = "Do molecule, tilt and polarisation fit the curves? Look at the residual (Shift+D)."


@dataclass(frozen=True, eq=False)
class FitReport:
    """A fit that was taken over: of which curve, in which steps, and what it found."""

    subject: Subject
    label: str
    fit: PredictionFit
    steps: tuple[Step, ...]
    prediction_steps: tuple[Step, ...]
    prediction: Spectrum | None = None  # before its steps, as it was then; None of a fit from a session file


class CurveFitting(QObject):
    """Fits, and what the last fit found.

    Parameters
    ----------
    shown
        Gives what is shown now.
    change
        Takes another session as one undo step, with its text.
    processing
        Which curve is looked at, and how steps are kept.
    """

    changed = Signal()  # a fit has begun, ended or failed
    told = Signal(object)  # a Notice

    def __init__(
        self, shown: Callable[[], Shown], change: Callable[..., None], processing: CurveProcessing, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._shown, self._push, self._processing = shown, change, processing
        self._asked: tuple[tuple[int, ...], Session] | None = None
        self._gesture: int | None = None
        self._taken: list[tuple[FitReport, ...]] = []  # those of each fit, the last one at the end
        self._thread = PredictionFitting(self)
        self._thread.done.connect(self._take_fit)
        self._thread.failed.connect(self._tell_failed)
        self._thread.busy_changed.connect(lambda _busy: self.changed.emit())

    @property
    def is_busy(self) -> bool:
        """Whether a fit is awaited."""
        return self._thread.is_busy

    @property
    def can_fit(self) -> bool:
        """Whether there is a measured curve and a prediction."""
        return self._fittable() is not None and self._shown().look is not None

    def cancel(self) -> None:
        """Give up the fit that runs; it ends at its next trial."""
        self._thread.forget()

    def shutdown(self) -> None:
        """The window closes."""
        self._thread.shutdown()

    def fit(self, index: int | None = None, gesture: int | None = None) -> None:
        """Fit the current prediction to a measured curve, by default the one looked at, else the last one.

        With the gesture of a change that it follows from, it is one undo step with that.
        """
        shown = self._shown()
        index = self._fittable() if index is None else index
        prediction = current_spectrum(shown)
        if index is not None and prediction is None and shown.session.picked:
            self._tell("The prediction is not there yet.", "Fit again when its curve is drawn.")
            return
        if index is None or prediction is None:
            self._tell("There is nothing to fit yet.", "Load a measured spectrum and pick a site first.")
            return
        bare = first_processing.without_fit_steps(shown, index)
        if bare is None:
            self._tell("This curve can't be shown on the energy axis.", "Change the axis, or choose another curve.")
            return
        self._begin((index,), [bare[0]], [bare[1]], gesture)

    def fit_series(self, name: str | None = None) -> None:
        """Fit the prediction at each angle of a measured series to its curves together: one shift, scale and width.

        Of the series of this name, else of the last one.
        The predictions are those of the present geometry with the field at each angle from the normal.
        """
        shown = self._shown()
        measured = measured_series(shown, name)
        if measured is None or len(measured.places) < 2 or shown.look is None:
            self._tell("There is no series to fit yet.", "Load spectra of several angles, and pick a site.")
            return
        pairs = []
        for place, angle in zip(measured.places, measured.angles_deg, strict=True):
            at = shown.turned(shown.session.replace(geometry=at_field_angle(shown.session.geometry, float(angle))))
            pairs.append(first_processing.without_fit_steps(at.replace(answer=None), place))
        if None in pairs:
            self._tell("A curve can't be shown on the energy axis.", "Change the axis, or hide that curve.")
            return
        self._begin(measured.places, [one for one, _ in pairs], [other for _, other in pairs])

    def _begin(
        self,
        places: tuple[int, ...],
        measured: list[Spectrum],
        predictions: list[Spectrum],
        gesture: int | None = None,
    ) -> None:
        from xanesview.domain.processing.fitted_prediction import FitChoices

        shown = self._shown()
        self._asked, self._gesture = (places, shown.session), gesture
        # a prediction that is normalised to its edge step has one already: a further one would undo that
        normalised = last_of(kept_steps(shown.session, shown.card), EdgeStep) is not None
        are_placed = all(shown.session.references[place].spectrum.axis == "absolute" for place in places)
        # where a measured curve is normalised its edge step puts it at 0 before the edge; one of a series would lose
        # by an offset of its own what the angles say
        at_zero = self._are_at_zero(places, shown.session)
        choices = FitChoices(
            shown_window_ev(shown), e0_ev=shown.ip_ev, step=not normalised, offset=not at_zero, shared_offset=True,
            expected=expected_shift(shown) if are_placed else None,
        )  # fmt: skip
        self._thread.fit(measured, predictions, choices)
        self.changed.emit()

    @staticmethod
    def _are_at_zero(places: Sequence[int], session: Session) -> bool:
        """Whether all of the curves are normalised to their edge steps before a fit scales them."""
        return all(last_of(without_fit(session.references[one].steps), EdgeStep) is not None for one in places)

    def _fittable(self) -> int | None:
        references, looked_at = self._shown().session.references, self._processing.subject
        if looked_at.kind == "reference" and references[looked_at.which].spectrum is not None:
            return looked_at.which
        beside = self._shown().structure
        found = [at for at, one in enumerate(references) if one.spectrum is not None and one.is_seen_with(beside)]
        return found[-1] if found else None

    def _take_fit(self, fit: PredictionFit) -> None:
        from xanesview.domain.processing.undetermined import meaningless

        shown, (places, asked) = self._shown(), self._asked
        session = shown.session
        if self._are_at_zero(places, session):
            fit = replace(fit, notices=(*fit.notices, NO_OFFSET))
        same = all(
            (now := getattr(session, name)) is (then := getattr(asked, name)) or now == then
            for name in ("structure", "references", "prediction_steps", "network", "picked", "axis", "geometry")
        )
        if not same or current_spectrum(shown) is None:
            self._tell("The curves have changed while the fit ran, so it was not taken over.", "Fit again.")
            self.changed.emit()
            return
        shape = moved_along(rounded(fit.shape_steps()), -to_shown_ev(shown.look))
        predicted = (*without_shape(kept_steps(session, shown.card)), *shape)
        after, reports, structure = session, [], shown.structure
        curve = series_curve(shown) if len(places) > 1 else current_curve(shown)
        bare, reasons = current_spectrum(unprocessed(shown)), meaningless(fit)
        for number, place in enumerate(places):
            subject, reference = Subject("reference", place), session.references[place]
            steps = (*without_fit(reference.steps), *rounded(fit.steps_for_measured(number)))
            after = self._processing.with_steps(after, subject, steps)
            # a series is of angles of its own: no turn of the arrow makes its fit stale
            together = f"with {len(places) - 1} others " if len(places) > 1 else ""
            r_factor = fit.curves[number].weighted_r_factor
            references = list(after.references)
            references[place] = references[place].replace(
                statement=fit_statement(percent(r_factor), together, reasons),
                scaled_to=(structure.content_hash, structure.name or structure.formula, curve),
            )
            after = after.replace(references=tuple(references))
            reports.append(FitReport(subject, reference.label, fit, steps, predicted, None if together else bare))
        self._keep(tuple(reports))
        name = reports[0].label if len(places) == 1 else session.references[places[0]].series
        fitted = self._processing.with_steps(after, PREDICTION, predicted)
        self._push(fitted, f"fit {name or 'curve'}", self._gesture)
        self._tell_open(fit)
        self.changed.emit()

    def _tell_open(self, fit: PredictionFit) -> None:
        from xanesview.domain.processing.undetermined import doubts, meaningless, poorness, unexplained

        doubt, poor, beyond = doubts(fit), poorness(fit), beyond_calibration(fit.notices)
        hint = "Undo (Ctrl+Z), or fit a narrower range." if doubt else RESIDUAL_HINT
        if meaningless(fit):
            hint = "Undo it (Ctrl+Z): do molecule, edge and polarisation fit the curve?"
        elif unexplained(fit):
            hint = UNEXPLAINED_HINT
        if beyond and not doubt:
            hint = EDGE_HINT
        if told := " ".join(filter(None, (doubt, beyond, poor))):
            self.told.emit(Notice(UNDETERMINED, told, hint))

    @property
    def reports(self) -> tuple[FitReport, ...]:
        """Those of the fit whose steps the curves have, as undo and redo bring them back; else of the last one."""
        holding = (one for one in reversed(self._taken) if self.holds(one[0]))
        return next(holding, self._taken[-1] if self._taken else ())

    @property
    def report(self) -> FitReport | None:
        """The first of `reports`, None without a fit."""
        return next(iter(self.reports), None)

    def current_report(self) -> FitReport | None:
        """Return the last fit, as long as the curve looked at has the steps that it gave."""
        own = (one for one in self.reports if one.subject == self._processing.subject)
        report = next(own, None)
        return report if report is not None and self.holds(report) else None

    def holds(self, report: FitReport) -> bool:
        """Whether its curve and the prediction still have the steps that a fit gave."""
        steps_of, which = self._processing.steps_of, report.subject.which
        return (
            which < len(self._shown().session.references)
            and steps_of(report.subject) == report.steps
            and steps_of(PREDICTION) == report.prediction_steps
        )

    def take_back(self, subject: Subject, kept: KeptFit) -> None:
        """Know the last fit of a session file."""
        report = FitReport(subject, kept.label, kept.fit, kept.steps, kept.prediction_steps, kept.prediction)
        self._keep((report,))
        self.changed.emit()

    def forget(self) -> None:
        """Know of no fit any more."""
        self._taken.clear()

    def _keep(self, reports: tuple[FitReport, ...]) -> None:
        self._taken.append(reports)
        del self._taken[:-_MOST_TAKEN]

    @property
    def is_stale(self) -> bool:
        """Whether the prediction is no longer the one that the last fit was of: refined, turned, of other sites."""
        shown, report = self._shown(), self.report
        at = None if report is None else report.subject.which
        if at is not None and at < len(shown.session.references) and is_stale(shown, shown.session.references[at]):
            return True
        now = current_spectrum(unprocessed(shown))
        then = None if report is None else report.prediction
        return then is not None and (
            now is None
            or now.axis != then.axis
            or now.intensity.shape != then.intensity.shape
            or not np.allclose(now.intensity, then.intensity, rtol=1e-6, atol=1e-12)
        )

    def _tell_failed(self, message: str, hint: str) -> None:
        self._tell(message, hint)
        self.changed.emit()

    def _tell(self, message: str, hint: str) -> None:
        self.told.emit(Notice("reference", message, hint))


def rounded(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return steps whose numbers have as many digits as anybody wants to read."""
    return tuple(
        step.replace(**{
            name: float(f"{value:.6g}") if name not in ("at_ev", "from_ev") else round(value, 3)
            for name in step.parameters()
            if isinstance(value := getattr(step, name), float)
        })
        for step in steps
    )  # fmt: skip
