"""A step of processing or a fit is edited from the history: what followed stays and is computed again."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from tests.gui.acting import LEFT
from xanesview.domain.processing.steps.crop import Crop
from xanesview.domain.processing.steps.edge_energy import EdgeEnergy
from xanesview.domain.processing.steps.edge_step import EdgeStep
from xanesview.domain.processing.steps.energy_shift import EnergyShift
from xanesview.domain.session import ReferenceCurve
from xanesview.domain.spectrum import Spectrum
from xanesview.gui.session.past_steps import made_steps
from xanesview.shown.curve import Subject
from xanesview.shown.spectra import current_spectrum

PATIENT = {"timeout": 30_000}


@pytest.fixture
def measured(benzene_window, qtbot):
    """A measured curve with a step that was added, and further work after it; the history in front."""
    window, work = benzene_window, benzene_window.workspace
    predicted = current_spectrum(work.shown)
    grid = np.linspace(281.0, 319.0, 301)
    counts = 3.0 * np.interp(grid - 0.4, predicted.energy_ev, predicted.intensity) + 0.5
    work.processing.overlay(ReferenceCurve(Spectrum(grid, counts, kind="measured"), label="film"))
    subject = Subject("reference", 0)
    work.processing.set_steps(subject, (*work.processing.steps_of(subject), EnergyShift(0.5)), "add step energy shift")
    work.pick([0, 1])
    window.tabs.show("History")
    QApplication.processEvents()
    return window


def row_of(panel, text: str) -> int:
    return panel.texts().index(text)


def choose(panel, row: int) -> None:
    area = panel.list.visualItemRect(panel.list.item(row))
    QTest.mouseClick(panel.list.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, area.center())
    QApplication.processEvents()


def test_a_past_step_is_changed_and_what_followed_stays(measured):
    work, panel = measured.workspace, measured.tabs["History"]
    choose(panel, row_of(panel, "Add step energy shift"))
    assert work.session.picked != (0, 1), "the past is shown"
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert panel.editor.isVisible()
    field = panel.editor.forms[0][1].fields["shift_ev"]
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "0.9")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert work.session.references[0].steps[-1] == EnergyShift(0.9)
    assert work.session.picked == (0, 1), "what followed is there"
    assert panel.texts()[-3:] == ["Add step energy shift", "Pick sum of C1, C2", "Change energy shift"]
    assert panel.editor.isVisible(), "the next number can be typed"
    work.undo_stack.undo()
    assert work.session.references[0].steps[-1] == EnergyShift(0.5), "the change is a step like any other"
    QApplication.processEvents()
    assert panel.editor.forms[0][1].fields["shift_ev"].text() == "0.5"


def test_what_is_no_processing_cannot_be_edited(measured):
    panel = measured.tabs["History"]
    choose(panel, row_of(panel, "Pick sum of C1, C2"))
    assert not panel.edit_button.isEnabled()
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    assert not panel.editor.isVisible()


def test_a_fit_follows_a_step_before_it_that_is_changed(measured, qtbot):
    work, panel = measured.workspace, measured.tabs["History"]
    work.processing.set_steps(Subject("reference", 0), (Crop(282.0, 318.0),), "add step crop")
    work.fitting.fit(0)
    qtbot.waitUntil(lambda: work.undo_stack.undoText() == "fit film", **PATIENT)
    QApplication.processEvents()
    choose(panel, row_of(panel, "Add step crop"))
    qtbot.mouseClick(panel.edit_button, LEFT)
    field = panel.editor.forms[0][1].fields["high_ev"]
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "316")
    QTest.keyClick(field, Qt.Key.Key_Return)
    first = work.fitting.report
    qtbot.waitUntil(lambda: work.fitting.report is not first and not work.fitting.is_busy, **PATIENT)
    steps = work.session.references[0].steps
    assert steps[0].high_ev == 316.0
    assert isinstance(steps[-2], EnergyShift)
    assert work.fitting.report is not None


def test_undo_brings_back_a_fit_with_its_errors_and_a_file_holds_no_other(measured, qtbot):
    """A change in the history and the fit that follows from it are one step."""
    window, panel = measured, measured.tabs["History"]
    work = window.workspace
    work.processing.set_steps(Subject("reference", 0), (Crop(282.0, 318.0),), "add step crop")
    work.fitting.fit(0)
    qtbot.waitUntil(lambda: work.undo_stack.undoText() == "fit film", **PATIENT)
    first, before = work.fitting.report, work.undo_stack.index()
    QApplication.processEvents()
    choose(panel, row_of(panel, "Add step crop"))
    qtbot.mouseClick(panel.edit_button, LEFT)
    field = panel.editor.forms[0][1].fields["high_ev"]
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "300")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: work.fitting.report is not first and not work.fitting.is_busy, **PATIENT)
    assert work.undo_stack.index() == before + 1
    work.undo_stack.undo()
    assert work.fitting.report is first
    assert work.fitting.holds(first)
    assert window.saving.gather().work.fit.fit is first.fit
    work.undo_stack.undo()
    assert window.saving.gather().work.fit is None, "a fit that was taken back is not that of the file"
    work.undo_stack.redo()
    assert window.saving.gather().work.fit.fit is first.fit


def test_a_fit_is_done_again_from_its_row(measured, qtbot):
    work, panel = measured.workspace, measured.tabs["History"]
    work.fitting.fit(0)
    qtbot.waitUntil(lambda: work.undo_stack.undoText() == "fit film", **PATIENT)
    work.pick([0, 1, 2])
    QApplication.processEvents()
    choose(panel, row_of(panel, "Fit film"))
    qtbot.mouseClick(panel.edit_button, LEFT)
    names = [form.accessibleName() for _, form in panel.editor.forms]
    assert len(set(names)) == len(names) > 1
    assert {name.rpartition(": ")[2] for name in names} <= {"film", "Prediction"}
    assert set(names) <= {label.text() for label in panel.editor.findChildren(QLabel)}, "they can be seen, too"
    count = work.undo_stack.count()
    qtbot.mouseClick(panel.editor.fit_again, LEFT)
    qtbot.waitUntil(lambda: work.undo_stack.count() == count + 1, **PATIENT)
    assert work.undo_stack.undoText() == "fit film"
    assert work.session.picked == (0, 1, 2)


def test_a_step_that_was_taken_away_since_is_not_offered(measured):
    work = measured.workspace
    stack = work.undo_stack
    command = next(stack.command(k) for k in range(stack.count()) if stack.text(k) == "add step energy shift")
    assert len(made_steps(command.before, command.after, work.session, "C K")) == 1
    work.remove_reference(0)
    assert made_steps(command.before, command.after, work.session, "C K") == []


def reopened(window, path, qtbot):
    """The window with its work saved, and opened from the file."""
    window.saving.write(path)
    qtbot.waitUntil(lambda: path.exists() and not window.saving.writing.is_busy, **PATIENT)
    before = window.workspace.session
    assert window.opening.open_paths([path])
    work = window.workspace
    qtbot.waitUntil(lambda: work.session is not before and work.shown.look is not None, **PATIENT)
    QApplication.processEvents()


def made_by(panel, text: str) -> list[tuple[str, str]]:
    """Which curves and steps the fields are of, once a row is opened with Enter."""
    choose(panel, row_of(panel, text))
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    QApplication.processEvents()
    return [(one.subject.kind, one.step.title) for one, _ in panel.editor.forms]


def test_past_steps_are_the_same_once_the_session_is_opened_from_a_file(measured, qtbot, tmp_path):
    work, panel = measured.workspace, measured.tabs["History"]
    work.processing.overlay(work.session.references[0].replace(label="twin"))
    work.fitting.fit(0)
    qtbot.waitUntil(lambda: work.undo_stack.undoText() == "fit film", **PATIENT)
    QApplication.processEvents()
    rows = ("Add reference", "Add step energy shift", "Fit film")
    live = [made_by(panel, row) for row in rows]
    assert ("reference", EnergyShift.title) in live[1]
    work.go_to(work.undo_stack.count())
    reopened(measured, tmp_path / "work.xanesview", qtbot)
    assert panel.edit_button.isEnabled(), "the last row is that of a fit"
    rows = [next(text for text in panel.texts() if text.startswith(row)) for row in rows]
    assert [made_by(panel, row) for row in rows] == live
    choose(panel, row_of(panel, rows[1]))
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    assert panel.editor.forms[0][0].subject == Subject("reference", 0), "not its twin"


def type_into(panel, at: int, name: str, text: str) -> None:
    """Type into a field of the editor."""
    field = panel.editor.forms[at][1].fields[name]
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    QApplication.processEvents()


def test_a_fit_follows_a_step_of_the_prediction_and_a_step_that_cannot_be_done_is_told(measured, qtbot):
    work, panel = measured.workspace, measured.tabs["History"]
    work.processing.set_steps(Subject("prediction"), (EdgeEnergy(), EdgeStep()), "add step edge step")
    work.fitting.fit(0)
    qtbot.waitUntil(lambda: work.undo_stack.undoText() == "fit film", **PATIENT)
    QApplication.processEvents()
    fitted = work.session.prediction_steps
    made_by(panel, "Add step edge step")
    at = next(k for k, (one, _) in enumerate(panel.editor.forms) if isinstance(one.step, EdgeStep))
    assert panel.editor.forms[at][0].subject == Subject("prediction")
    type_into(panel, at, "pre_low_ev", "2")
    assert panel.editor.problem.isVisible()
    assert panel.editor.problem.text().startswith("Edge step not done: ")
    QTest.qWait(600)
    assert work.undo_stack.undoText() == "change edge step", "nothing is fitted to a curve that is not processed"
    work.undo_stack.undo()
    QApplication.processEvents()
    assert panel.editor.problem.text() == ""
    assert work.session.prediction_steps == fitted
    first = work.fitting.report
    type_into(panel, at, "post_high_ev", "12")
    assert panel.editor.problem.text() == ""
    qtbot.waitUntil(lambda: work.fitting.report is not first and not work.fitting.is_busy, **PATIENT)
    assert next(s for s in work.session.prediction_steps["C K"] if isinstance(s, EdgeStep)).post_high_ev == 12.0


def test_the_last_step_can_be_edited_when_one_comes_back_to_it_from_the_past(measured, qtbot):
    work, panel = measured.workspace, measured.tabs["History"]
    work.fitting.fit(0)
    qtbot.waitUntil(lambda: work.undo_stack.undoText() == "fit film", **PATIENT)
    QApplication.processEvents()
    assert panel.edit_button.isEnabled()
    choose(panel, 0)
    assert not panel.edit_button.isEnabled()
    choose(panel, panel.list.count() - 1)
    assert panel.edit_button.isEnabled()
    qtbot.mouseClick(panel.edit_button, LEFT)
    assert panel.editor.isVisible()
