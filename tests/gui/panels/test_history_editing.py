"""A step of processing or a fit is edited from the history: what followed stays and is computed again."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from tests.gui.acting import LEFT
from xanesview.domain.processing.steps.crop import Crop
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
    qtbot.waitUntil(lambda: work.undo_stack.undoText() == "fit film" and work.undo_stack.count() > 6, **PATIENT)
    steps = work.session.references[0].steps
    assert steps[0].high_ev == 316.0
    assert isinstance(steps[-2], EnergyShift)
    assert work.fitting.report is not None


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
