"""A fit is told of one curve with one sign everywhere, and says when it is of another prediction than is shown."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PySide6.QtTest import QTest

from tests.gui.acting import LEFT
from xanesview.domain.session import ReferenceCurve
from xanesview.domain.spectrum import Spectrum
from xanesview.gui.dialogs.fit_details import CONVENTION
from xanesview.shown.spectra import current_spectrum

PATIENT = {"timeout": 60_000}


@pytest.fixture
def fitted(benzene_window, qtbot):
    window = benzene_window
    window.tabs.show("Processing")
    predicted = current_spectrum(window.workspace.shown)
    grid = np.linspace(281.0, 319.0, 301)
    counts = 3.0 * np.interp(grid - 0.4, predicted.energy_ev, predicted.intensity) + 0.5
    window.workspace.processing.overlay(ReferenceCurve(Spectrum(grid, counts, kind="measured"), label="film"))
    qtbot.waitUntil(window.tabs["Processing"].fit_button.isEnabled, **PATIENT)
    QTest.mouseClick(window.tabs["Processing"].fit_button, LEFT)
    qtbot.waitUntil(lambda: window.workspace.undo_stack.undoText() == "fit film", **PATIENT)
    qtbot.waitUntil(lambda: "shifted" in window.tabs["Processing"].words.text(), **PATIENT)
    return window


def numbers(text: str) -> list[float]:
    return [float(one) for one in re.findall(r"[-+]?\d+\.\d+", text.replace("−", "-"))]


def test_words_table_and_step_tell_one_shift(fitted, qtbot) -> None:
    panel, reference = fitted.tabs["Processing"], fitted.workspace.session.references[0]
    assert reference.shift_ev == pytest.approx(-0.4, abs=0.03)
    assert numbers(panel.words.text())[0] == pytest.approx(reference.shift_ev, abs=0.006)
    panel._show_details()
    details = panel._details
    rows = {details.values.item(row, 0).text(): details.values.item(row, 1).text()
            for row in range(details.values.rowCount())}  # fmt: skip
    assert numbers(rows["Shift of the measured curve"])[0] == pytest.approx(reference.shift_ev, abs=0.001)
    assert numbers(rows["Factor of the measured curve"])[0] == pytest.approx(reference.scale, rel=0.01)
    assert CONVENTION in details.text()
    assert CONVENTION in details.words.text()
    details.close()
    fitted.tabs.show("References")
    field = fitted.references.table.cellWidget(0, 2)
    assert numbers(field.text())[0] == pytest.approx(reference.shift_ev, abs=0.006)


def test_a_turned_arrow_makes_it_out_of_date_and_back(fitted, qtbot) -> None:
    panel = fitted.tabs["Processing"]
    assert not panel.words.text().startswith("Out of date")
    fitted.directions.x()
    qtbot.waitUntil(lambda: panel.words.text().startswith("Out of date"), **PATIENT)
    assert "Fit again" in panel.words.toolTip()
    fitted.tabs.show("References")
    qtbot.waitUntil(lambda: "fit again" in fitted.references._note.text(), **PATIENT)
    fitted.tabs.show("Processing")
    fitted.workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: panel.words.text().startswith("measured curve shifted"), **PATIENT)


def test_the_mark_stands_at_the_plot_and_lives_through_a_session_file(fitted, qtbot, tmp_path) -> None:
    def marks():
        return [chip for chip in fitted.plot._chips.chips if chip.text == "fit out of date"]

    assert not marks()
    fitted.directions.x()
    qtbot.waitUntil(lambda: bool(marks()), **PATIENT)
    assert marks()[0].severity == "warning"
    assert "film" in marks()[0].detail
    path = tmp_path / "old.xanesview"
    fitted.saving.write(path)
    fitted.workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: not marks(), **PATIENT)
    fitted.workspace.set_site_weight(fitted.workspace.session.picked[0], 3.0)
    qtbot.waitUntil(lambda: bool(marks()), **PATIENT)
    fitted.workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: not marks(), **PATIENT)
    fitted.opening.open_paths([path])
    qtbot.waitUntil(lambda: bool(marks()), **PATIENT)
    fitted.tabs.show("Processing")
    qtbot.waitUntil(lambda: "ut of date" in fitted.tabs["Processing"].words.text(), **PATIENT)


def test_a_poor_fit_is_told_in_a_sentence_where_its_values_stand(benzene_window, qtbot) -> None:
    window = benzene_window
    window.tabs.show("Processing")
    predicted = current_spectrum(window.workspace.shown)
    grid = np.linspace(281.0, 319.0, 301)
    counts = np.interp(grid, predicted.energy_ev, predicted.intensity)
    counts = counts + 0.7 * counts.max() * np.exp(-0.5 * ((grid - 310.0) / 1.5) ** 2)
    window.workspace.processing.overlay(ReferenceCurve(Spectrum(grid, counts, kind="measured"), label="film"))
    qtbot.waitUntil(window.tabs["Processing"].fit_button.isEnabled, **PATIENT)
    QTest.mouseClick(window.tabs["Processing"].fit_button, LEFT)
    qtbot.waitUntil(lambda: window.tabs["Processing"].words.text().startswith("Poor fit, R = "), **PATIENT)
    assert "most at " in window.tabs["Processing"].words.toolTip()
    qtbot.waitUntil(lambda: "he fit is poor: R-factor" in window.plot_messages.text(), **PATIENT)


def test_details_follow_a_new_fit_and_close_when_it_is_undone(fitted, qtbot) -> None:
    panel, workspace = fitted.tabs["Processing"], fitted.workspace
    QTest.mouseClick(panel.details_button, LEFT)
    details, first = panel._details, workspace.fitting.report
    closed = []
    details.finished.connect(closed.append)
    assert details._report is first
    QTest.mouseClick(panel.fit_button, LEFT)
    qtbot.waitUntil(lambda: workspace.fitting.report is not first, **PATIENT)
    qtbot.waitUntil(lambda: details._report is workspace.fitting.report, **PATIENT)
    assert not closed
    workspace.undo_stack.undo()
    workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: bool(closed), **PATIENT)
    assert panel._details is None
