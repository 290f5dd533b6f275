"""The tour: each step is done by hand, seen to be done, and leaves the session as its user has it."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QToolButton

from xanesview.domain.geometry.beam import PolarisedBeam
from xanesview.gui.window.tour.steps import STEPS
from xanesview.gui.window.tour.tour import SEEN
from xanesview.paths import resource

#: How the film of the tour lies (packaging/example_film.py).
MADE_WITH_DEG = 35.0


@pytest.fixture
def tour(qtbot, benzene_window):
    benzene_window.named_actions["tour"].trigger()
    tour = benzene_window.help.tour
    qtbot.waitUntil(tour.bar.isVisible)
    return tour


def press(button) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def is_done(tour) -> bool:
    return tour.bar.tick.text() == "✓"


def test_a_newcomer_comes_to_a_fitted_tilt(qtbot, benzene_window, tour):
    window, bar = benzene_window, tour.bar
    assert bar.title.text() == STEPS[0].title
    assert not is_done(tour)
    QTest.keyClick(window, Qt.Key.Key_X, Qt.KeyboardModifier.ShiftModifier)
    assert is_done(tour)
    press(bar.next)
    assert not is_done(tour)
    window.workspace.pick([0])
    assert is_done(tour)
    press(bar.next)
    QTest.keyClick(window, Qt.Key.Key_C)
    assert is_done(tour)
    press(bar.next)
    assert not is_done(tour)
    press(bar.act)
    qtbot.waitUntil(lambda: is_done(tour), timeout=20_000)
    assert len(window.workspace.session.references) == 4
    press(bar.next)
    press(bar.act)
    qtbot.waitUntil(lambda: is_done(tour), timeout=20_000)
    fit = window.workspace.tilts.tilt.fit
    assert fit.tilt_deg == pytest.approx(MADE_WITH_DEG, abs=2.0 * fit.error_deg)
    degree = window.docks["Tilt"].findChild(QLineEdit, "tilt-degree")
    assert degree.text() == "P 0.95", "the files tell it, and the panel shows it"
    assert len(window.workspace.session.picked) == 6, "a film shows all atoms, whatever was picked before"
    for _ in range(3):  # the orientation, the turn, the fit of the series
        press(bar.next)
        press(bar.act)
        qtbot.waitUntil(lambda: is_done(tour), timeout=30_000)
    whole = window.workspace.tilts.orientation.fit  # it is still to be read once the series is fitted
    assert whole.tilt_deg == pytest.approx(MADE_WITH_DEG, abs=2.0 * whole.tilt_error_deg)
    assert window.workspace.tilts.is_turned
    press(bar.next)
    assert bar.next.text() == "Finish"
    press(bar.next)
    assert not bar.isVisible()
    assert window.settings.seen(SEEN)
    assert len(window.workspace.session.references) == 4


def test_it_can_be_left_and_taken_again(qtbot, benzene_window, tour):
    press(tour.bar.next)
    assert tour.bar.back.isEnabled()
    press(tour.bar.back)
    assert tour.bar.title.text() == STEPS[0].title
    assert not tour.bar.back.isEnabled()
    press(tour.bar.end)
    assert not tour.bar.isVisible()
    assert not any(strip.isVisible() for strip in tour.outline.strips)
    benzene_window.tabs.show("Start")
    press(benzene_window.start.findChild(QToolButton, "start-tour"))
    qtbot.waitUntil(tour.bar.isVisible)
    assert tour.bar.number.text() == f"1 of {len(STEPS)}"


def test_the_outline_stands_around_what_the_step_is_about(qtbot, benzene_window, tour):
    for step in STEPS:
        wanted = step.place(benzene_window)
        if wanted.isVisible():
            qtbot.waitUntil(lambda: all(strip.isVisible() for strip in tour.outline.strips))
            qtbot.waitUntil(lambda wanted=wanted: _around(tour) == _place(wanted, benzene_window))
        press(tour.bar.next)


def _around(tour) -> QRect:
    rect = QRect()
    for strip in tour.outline.strips:
        rect = rect.united(strip.geometry())
    return rect


def _place(widget, window) -> QRect:
    return QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())


@pytest.mark.parametrize("width", [1024, 1400])
def test_every_text_has_room_in_both_languages(qtbot, benzene_window, tour, width):
    benzene_window.resize(width, 700)
    german = json.loads(resource("translations", "de.json").read_text(encoding="utf-8"))
    for number, step in enumerate(STEPS):
        for told in (step.text, german[step.text]):
            button = max(step.button, german.get(step.button, ""), key=len)
            tour.bar.show_step(german[step.title], told, button, number, len(STEPS))
            qtbot.wait(20)
            text = tour.bar.text
            assert text.heightForWidth(text.width()) <= text.height(), told


def test_taken_again_it_changes_nothing_of_the_film(qtbot, benzene_window, tour):
    window, workspace = benzene_window, benzene_window.workspace
    STEPS[3].act(window)  # the film
    qtbot.waitUntil(lambda: workspace.angles.measured is not None, timeout=20_000)
    press(tour.bar.end)
    workspace.set_geometry(PolarisedBeam.at_grazing(30.0))
    workspace.pick([0, 2, 4])
    session = workspace.session
    window.opening.open_example("pyridine")
    qtbot.waitUntil(lambda: workspace.structure.name == "Pyridine", timeout=10_000)
    QTest.keyClick(window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: tour.bar.isVisible() and workspace.structure.name == "Benzene", timeout=10_000)
    assert (workspace.session.geometry, workspace.session.picked) == (session.geometry, session.picked)
    assert len(workspace.session.references) == 4
    assert [one.name for one in workspace.session.structures] == ["Benzene", "Pyridine"]


def test_another_structure_makes_room_for_the_example(qtbot, window):
    window.opening.open_example("pyridine")
    qtbot.waitUntil(lambda: window.workspace.structure.name == "Pyridine", timeout=10_000)
    window.help.show_tour()
    qtbot.waitUntil(lambda: window.workspace.structure.name == "Benzene", timeout=10_000)
    assert len(window.workspace.session.structures) == 2
