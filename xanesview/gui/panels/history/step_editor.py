"""Below the list of the history: the fields of what a step of processing or a fit did, to be changed in place."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from xanesview.domain.session import Session
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.panels.processing.step_form import StepForm
from xanesview.gui.session.commands import SessionCommand
from xanesview.gui.session.curve_processing import error_sentence
from xanesview.gui.session.past_steps import PastStep, fitted_curve, made_steps, refit_after
from xanesview.gui.session.workspace import Workspace
from xanesview.shown.curve import Subject
from xanesview.shown.processing import edge_of, nameable
from xanesview.texts import tr

#: What was fitted is fitted again once the numbers before it have rested for so long, ms.
_REST_MS = 400


class StepEditor(QFrame):
    """Fields of the steps that one step of the history made; a change is made at the end of the list."""

    closed = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("history-editor")
        self._workspace = workspace
        self._command: SessionCommand | None = None
        self._refit: int | None = None
        self._gesture: int | None = None  # of the change that a fit follows from
        self._is_at_end = False  # something was changed here since the past was looked at
        self.forms: list[tuple[PastStep, StepForm]] = []
        self._headings: list[Label] = []
        self.title = Label(wordWrap=True)
        self.problem = Label(wordWrap=True)
        self.problem.setProperty("problem", True)
        self.fit_again = QToolButton(text=tr("Fit again"), objectName="history-fit-again")
        self.fit_again.setToolTip(plain("Fit the current prediction to this curve again"))
        self.fit_again.clicked.connect(self._fit)
        self._close = QToolButton(text=tr("Done"), objectName="history-editor-close")
        self._close.setToolTip(plain("Show the list alone"))
        self._close.clicked.connect(self.close_editor)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.fit_again)
        head.addWidget(self._close)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, SPACING, 0, 0)
        self._column.addLayout(head)
        self._column.addWidget(self.problem)
        self._later = QTimer(self, singleShot=True, interval=_REST_MS)
        self._later.timeout.connect(self._fit)
        self.hide()

    def can_edit(self, command: SessionCommand | None) -> bool:
        """Whether a step of the history did something that is still there to be changed."""
        return command is not None and bool(self._steps(command) or self._fitted(command) is not None)

    def edit(self, command: SessionCommand, name: str) -> None:
        """Show the fields of what a step of the history did."""
        self._command, self._is_at_end = command, False
        self.title.setText(tr("Change “{name}”; what follows is computed again").format(name=name))
        self._make_forms()
        self.show()
        if self.forms and (fields := list(self.forms[0][1].fields.values())):
            fields[0].setFocus()

    def look_back(self) -> None:
        """A step of the past is looked at: what is changed next goes to the end of the list again."""
        self._is_at_end = False

    def refresh(self) -> None:
        """Show the values as they are now."""
        if self._command is None:
            return
        steps = self._steps(self._command)
        if [(one.subject, one.place, type(one.step)) for one in steps] != [
            (one.subject, one.place, type(one.step)) for one, _ in self.forms
        ]:
            self._make_forms()
            return
        self.forms = [(now, form) for now, (_, form) in zip(steps, self.forms, strict=True)]
        self._show_values()

    def close_editor(self) -> None:
        """Show the list alone."""
        self._command = None
        self._make_forms()
        self.hide()
        self.closed.emit()

    def _steps(self, command: SessionCommand) -> list[PastStep]:
        workspace = self._workspace
        # of the end of the list, which a change goes to, not of the past that may be looked at
        return made_steps(command.before, command.after, self._newest(), edge_of(workspace.shown.card))

    def _fitted(self, command: SessionCommand) -> int | None:
        return fitted_curve(command.before, command.after, self._newest())

    def _newest(self) -> Session:
        """The session at the end of the list: also while the window goes there, and still shows the past."""
        stack, session = self._workspace.undo_stack, self._workspace.session
        if self._is_at_end:
            return session
        commands = (stack.command(place) for place in reversed(range(stack.count())))
        return next((one.after for one in commands if isinstance(one, SessionCommand)), session)

    def _make_forms(self) -> None:
        for widget in (*self._headings, *(form for _, form in self.forms)):
            widget.deleteLater()
        self.forms, self._headings = [], []
        for one in () if self._command is None else self._steps(self._command):
            form = StepForm(one.step, self._workspace.begin_gesture)
            curve = one.label or tr("Prediction")
            form.setAccessibleName(f"{tr(one.step.title)}: {curve}")
            for field in form.fields.values():  # the same fields stand there for each curve
                if field.accessibleName():
                    field.setAccessibleName(f"{tr(field.accessibleName())}: {curve}")
            form.edited.connect(partial(self._take, len(self.forms)))
            heading = Label(form.accessibleName())
            heading.setProperty("heading", True)
            for widget in (heading, form):
                self._column.insertWidget(self._column.count() - 1, widget)
            self._headings.append(heading)
            self.forms.append((one, form))
        self.fit_again.setVisible(self._command is not None and self._fitted(self._command) is not None)
        self._show_values()

    def _show_values(self) -> None:
        references = self._workspace.session.references
        for one, form in self.forms:
            form.show_step(one.step, {}, nameable(references, one.label))
        self.problem.setText(self._why_not_done())

    def _take(self, at: int, values: dict[str, Any], gesture: int | None) -> None:
        """Change a step at the end of the list; what the steps after it made is done anew by that."""
        one, form = self.forms[at]
        workspace = self._workspace
        self._go_to_end()
        self._gesture = gesture = workspace.begin_gesture() if gesture is None else gesture
        structure = workspace.structure
        follows = refit_after(
            one, workspace.session, "" if structure is None else structure.content_hash, edge_of(workspace.shown.card)
        )
        self._refit = self._refit if follows is None else follows
        try:
            workspace.processing.choose(one.subject, one.place)
            workspace.processing.edit(one.place, gesture, **values)
        except XanesviewError as error:
            self.problem.setText(error_sentence(error))
            form.refuse(values, error_sentence(error))
            return
        self.refresh()
        if self.problem.text():
            self._later.stop()  # nothing follows from a step that can't be done
        elif self._refit is not None:
            self._later.start()

    def _why_not_done(self) -> str:
        """Why a step of the curves whose fields are shown can't be done with the values it has; empty where all can."""
        workspace = self._workspace
        if self._newest() is not workspace.session:
            return ""
        for subject in dict.fromkeys(one.subject for one, _ in self.forms):
            outcome = workspace.processing.outcome_of(subject)
            if outcome is not None and outcome.failed is not None:
                title = workspace.processing.steps_of(subject)[outcome.failed].title
                return f"{title} not done: {outcome.problem} {outcome.hint}".strip()
        return ""

    def _go_to_end(self) -> None:
        if not self._is_at_end:
            self._workspace.go_to(self._workspace.undo_stack.count())
            self._is_at_end = True

    def _fit(self) -> None:
        workspace = self._workspace
        place, self._refit = self._refit, None
        gesture, self._gesture = self._gesture, None
        if place is None and self._command is not None:
            self._go_to_end()
            place = self._fitted(self._command)
        if place is not None:
            workspace.processing.choose(Subject("reference", place))
            workspace.fitting.fit(place, gesture)
