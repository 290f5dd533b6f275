"""The current prediction fitted to a measured curve: beside the window, then taken over as steps in one undo step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from xanesview.domain.processing.step_lists import moved_along, without_fit, without_shape
from xanesview.domain.structure import Notice
from xanesview.gui.background.prediction_fitting import PredictionFitting
from xanesview.gui.session.curve_processing import PREDICTION, CurveProcessing
from xanesview.shown import first_processing
from xanesview.shown.curve import Subject
from xanesview.shown.fitted_curve import FITTED, current_curve
from xanesview.shown.processing import kept_steps, shown_window_ev, to_shown_ev, unprocessed
from xanesview.shown.spectra import current_spectrum

if TYPE_CHECKING:
    from xanesview.domain.processing.prediction_fit import PredictionFit
    from xanesview.domain.processing.steps.step import Step
    from xanesview.domain.session import Session
    from xanesview.domain.spectrum import Spectrum
    from xanesview.shown.shown import Shown


@dataclass(frozen=True, eq=False)
class FitReport:
    """A fit that was taken over: of which curve, in which steps, and what it found."""

    subject: Subject
    label: str
    fit: PredictionFit
    steps: tuple[Step, ...]
    prediction_steps: tuple[Step, ...]
    prediction: Spectrum  # before its steps, as it was then


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
        self._asked: tuple[Subject, Session] | None = None
        self.report: FitReport | None = None
        self._thread = PredictionFitting(self)
        self._thread.fitted.connect(self._take_fit)
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

    def shutdown(self) -> None:
        """The window closes."""
        self._thread.shutdown()

    def fit(self, index: int | None = None) -> None:
        """Fit the current prediction to a measured curve, by default the one looked at, else the last one."""
        shown = self._shown()
        index = self._fittable() if index is None else index
        prediction = current_spectrum(shown)
        if index is None or prediction is None:
            self._tell("There is nothing to fit yet.", "Load a measured spectrum and pick a site first.")
            return
        from xanesview.domain.processing.prediction_fit import FitChoices

        bare = first_processing.without_fit_steps(shown, index)
        if bare is None:
            self._tell("This curve can't be shown on the energy axis.", "Change the axis, or choose another curve.")
            return
        measured, prediction = bare
        self._asked = (Subject("reference", index), shown.session)
        self.report = None
        self._thread.fit([measured], [prediction], FitChoices(shown_window_ev(shown), e0_ev=shown.ip_ev))
        self.changed.emit()

    def _fittable(self) -> int | None:
        references, looked_at = self._shown().session.references, self._processing.subject
        if looked_at.kind == "reference" and references[looked_at.which].spectrum is not None:
            return looked_at.which
        found = [at for at, one in enumerate(references) if one.spectrum is not None and one.visible]
        return found[-1] if found else None

    def _take_fit(self, fit: PredictionFit) -> None:
        shown, (subject, asked) = self._shown(), self._asked
        session = shown.session
        same = all(
            (now := getattr(session, name)) is (then := getattr(asked, name)) or now == then
            for name in ("structure", "references", "prediction_steps", "network", "picked", "axis", "geometry")
        )
        if not same or current_spectrum(shown) is None:
            self._tell("The curves have changed while the fit ran, so it was not taken over.", "Fit again.")
            self.changed.emit()
            return
        reference = session.references[subject.which]
        steps = (*without_fit(reference.steps), *rounded(fit.steps_for_measured()))
        shape = moved_along(rounded(fit.shape_steps()), -to_shown_ev(shown.look))
        predicted = (*without_shape(kept_steps(session, shown.card)), *shape)
        after = self._processing.with_steps(self._processing.with_steps(session, subject, steps), PREDICTION, predicted)
        statement = f"{FITTED}, R = {100 * fit.curves[0].weighted_r_factor:.2g} %"
        structure = shown.structure
        curve = current_curve(shown)
        references = list(after.references)
        references[subject.which] = references[subject.which].replace(
            statement=statement, scaled_to=(structure.content_hash, structure.name or structure.formula, curve)
        )
        bare = current_spectrum(unprocessed(shown))
        self.report = FitReport(subject, reference.label, fit, steps, predicted, bare)
        self._push(after.replace(references=tuple(references)), f"fit {reference.label or 'curve'}")
        self.changed.emit()

    def current_report(self) -> FitReport | None:
        """Return the last fit, as long as the curve looked at has the steps that it gave."""
        report = self.report
        if report is None or report.subject != self._processing.subject or report.steps != self._processing.steps:
            return None
        return report if report.prediction_steps == self._processing.steps_of(PREDICTION) else None

    @property
    def is_stale(self) -> bool:
        """Whether the prediction is no longer the one that the last fit was of: refined, turned, of other sites."""
        now = current_spectrum(unprocessed(self._shown()))
        then = None if self.report is None else self.report.prediction
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
