"""Numbers, sliders, buttons and keys that turn the polarisation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QUndoStack, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton

from tests.gui.acting import LEFT, NONE, current, drag, shown
from tests.gui.fake_networks import site_tensor
from tests.gui.view3d.conftest import count_near, pixels
from xanesview.domain.geometry.directions import to_angles_deg
from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.geometry.glyph import Ball, Disc, Glyph, MainArrow
from xanesview.domain.geometry.kinds import KINDS
from xanesview.domain.geometry.polarisation import LinearPolarisation, PartialPolarisation
from xanesview.gui.appearance.theme import colours


@pytest.mark.parametrize(
    ("text", "theta"), [("45", 45.0), ("30°", 30.0), ("12,5", 12.5), ("0.5,0.5,0.7", 45.29), ("1 0 0", 90.0)]
)
def test_angle_field_takes_what_people_type(benzene_window, qtbot, text, theta):
    window, field = benzene_window, benzene_window.geometry_panel.theta
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    direction = np.array(window.workspace.geometry.direction)
    assert np.degrees(np.arccos(abs(direction[2]))) == pytest.approx(theta, abs=0.02)
    assert field.text() == f"{theta:.1f}°"


def test_nonsense_in_a_field_is_marked_and_changes_nothing(benzene_window, qtbot):
    window, field = benzene_window, benzene_window.geometry_panel.theta
    before = window.workspace.geometry
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "steep")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.property("invalid") is True
    assert "steep" in field.toolTip()
    assert window.workspace.geometry == before
    field.selectAll()
    qtbot.keyClicks(field, "20")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert not field.property("invalid")


def wheel(widget, notches: int, keys=Qt.KeyboardModifier.NoModifier) -> None:
    place = QPointF(widget.rect().center())
    event = QWheelEvent(
        place,
        widget.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120 * notches),
        NONE,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_wheel_steps_a_degree_and_with_shift_a_tenth_as_one_undo_step(benzene_window):
    window, panel = benzene_window, benzene_window.geometry_panel
    stack: QUndoStack = window.workspace.undo_stack
    steps = stack.count()
    for _ in range(3):
        wheel(panel.theta, 1)
    wheel(panel.theta, 1, Qt.KeyboardModifier.ShiftModifier)
    assert panel.theta.text() == "3.1°"
    assert stack.count() == steps + 1


def test_slider_field_vector_and_arrow_follow_each_other(benzene_window, qtbot):
    window, panel = benzene_window, benzene_window.geometry_panel
    panel.theta_slider.setValue(600)
    assert panel.theta.text() == "60.0°"
    assert panel.vector.text() == "0.866, 0.000, 0.500"
    panel.vector.setFocus()
    panel.vector.selectAll()
    qtbot.keyClicks(panel.vector, "0, 3, 3")
    qtbot.keyClick(panel.vector, Qt.Key.Key_Return)
    assert panel.theta.text() == "45.0°"
    assert panel.phi.text() == "90.0°"
    np.testing.assert_allclose(window.workspace.geometry.direction, [0, 0.70711, 0.70711], atol=1e-4)


def test_minus_signs_are_typographic_and_typed_hyphens_are_read(benzene_window, qtbot):
    window, panel = benzene_window, benzene_window.geometry_panel
    for minus in ("-", "−"):
        window.workspace.set_geometry(window.workspace.geometry.with_direction((0.0, 0.0, 1.0)))
        for field, text in ((panel.vector, f"3, {minus}4, 0"), (panel.phi, f"{minus}30")):
            field.setFocus()
            field.selectAll()
            field.insert(text)
            qtbot.keyClick(field, Qt.Key.Key_Return)
        assert panel.phi.text() == "−30.0°"
        assert panel.vector.text() == "0.866, −0.500, 0.000"
        assert "−0.50" in window.plot.header.title.text()
        assert "-" not in window.plot.header.title.text()


def test_modes_change_the_curve_and_show_their_fields(benzene_window, qtbot):
    window, panel = benzene_window, benzene_window.geometry_panel
    assert not panel.degree.isVisible()
    qtbot.mouseClick(panel.mode_buttons["partial"], LEFT)
    assert panel.degree.isVisible()
    assert window.workspace.geometry.degree == 0.9  # at 1 the button would seem to do nothing
    panel.degree.setFocus()
    panel.degree.selectAll()
    qtbot.keyClicks(panel.degree, "0.5")
    qtbot.keyClick(panel.degree, Qt.Key.Key_Return)
    assert window.workspace.geometry.degree == 0.5
    qtbot.mouseClick(panel.mode_buttons["powder"], LEFT)
    assert not panel.theta.isEnabled()
    np.testing.assert_allclose(current(window), shown(window, "isotropic")[0].intensity, atol=1e-9)


@dataclass(frozen=True)
class Circling(Geometry):
    """Light whose field circles about the arrow, for the share P; the rest is isotropic."""

    name = "circling"
    title = "Circling"
    tooltip = "A field that circles about the arrow"
    symbol = "c"
    uses = ("direction", "degree")
    snap_step_deg = 30.0

    def matrix(self) -> np.ndarray:
        circle = (np.eye(3) - np.outer(self.direction, self.direction)) / 2.0
        return self.degree * circle + (1.0 - self.degree) / 3.0 * np.eye(3)

    def describe(self) -> str:
        return f"circling about {self._vector_text()}"

    def glyph(self) -> Glyph:
        return Disc(self.direction, 0.9), Ball(0.2), MainArrow(self.direction)


@pytest.fixture
def circling(monkeypatch):
    """A kind of experiment that nobody but its class and the list of kinds knows."""
    monkeypatch.setitem(KINDS, Circling.name, Circling)
    return Circling


def test_a_new_kind_of_experiment_needs_its_class_and_a_line_in_the_list(circling, benzene_window, qtbot):
    window, panel = benzene_window, benzene_window.geometry_panel
    button = panel.mode_buttons["circling"]
    assert (button.text(), button.toolTip()) == ("Circling", "A field that circles about the arrow")
    assert list(panel.mode_buttons) == [*KINDS]
    before = pixels(window.view.image())
    qtbot.mouseClick(button, LEFT)
    assert button.isChecked()
    assert panel.degree.isVisible()
    assert panel.theta.isEnabled()
    assert panel._vector_label.text() == "c"
    (curve,) = shown(window, "current")
    assert curve.label == "circling"
    assert "circling about (0.00, 0.00, 1.00)" in curve.tooltip
    drawn = pixels(window.view.image())
    accent = colours(window.view).accent
    assert count_near(drawn, accent, 150) > count_near(before, accent, 150) + 300, "a ball and a disc have come"
    panel.theta_slider.setValue(900)
    window.workspace.set_geometry(window.workspace.geometry.with_degree(0.4))
    along_x = sum(0.4 / 2 * (m[1] + m[2]) + 0.6 / 3 * (m[0] + m[1] + m[2]) for m in map(site_tensor, range(6)))
    np.testing.assert_allclose(current(window), along_x / window.workspace.shown.divisor, atol=1e-9)
    start = window.view.tips_px()[0]
    drag(window.view, start, start + np.outer(range(1, 8), [-12, -9]), Qt.KeyboardModifier.ShiftModifier)
    theta, phi = to_angles_deg(window.workspace.geometry.direction)
    assert theta / 30 == pytest.approx(round(theta / 30), abs=1e-6)
    assert phi / 30 == pytest.approx(round(phi / 30), abs=1e-6)
    qtbot.mouseClick(panel.mode_buttons["linear"], LEFT)
    assert not button.isChecked()
    assert window.workspace.geometry == LinearPolarisation(window.workspace.geometry.direction, 0.4)


def test_where_the_buttons_find_no_room_a_menu_has_all_kinds(benzene_window, qtbot):
    window, panel = benzene_window, benzene_window.geometry_panel
    assert panel.mode_buttons["beam"].isVisible()
    window.resize(840, 600)
    qtbot.waitUntil(lambda: not panel.mode_buttons["beam"].isVisible())
    choice = panel.findChild(QToolButton, "mode-choice")
    assert (choice.isVisible(), choice.text()) == (True, "Linear")
    actions = {action.text(): action for action in choice.menu().actions()}
    assert list(actions) == [kind.title for kind in KINDS.values()]
    actions["Beam"].trigger()
    assert window.workspace.geometry.name == "beam"
    assert choice.text() == "Beam"


def test_a_kind_without_a_button_leaves_all_of_them_up(benzene_window, qtbot):
    window, panel = benzene_window, benzene_window.geometry_panel
    window.workspace.set_geometry(Circling.like(window.workspace.geometry))
    assert not any(button.isChecked() for button in panel.mode_buttons.values())
    assert "circling about (0.00, 0.00, 1.00)" in shown(window, "current")[0].tooltip
    qtbot.mouseClick(panel.mode_buttons["powder"], LEFT)
    assert [name for name, button in panel.mode_buttons.items() if button.isChecked()] == ["powder"]


def test_every_drag_of_partial_light_is_a_step_of_its_own(benzene_window, qtbot):
    window, view, panel = benzene_window, benzene_window.view, benzene_window.geometry_panel
    qtbot.mouseClick(panel.mode_buttons["partial"], LEFT)
    stack, places = window.workspace.undo_stack, []
    for step in ([12, 9], [-8, 11]):
        places.append((stack.count(), window.workspace.geometry))
        start = view.tips_px()[0]
        drag(view, start, start + np.outer(range(1, 9), step))
    assert stack.count() == places[0][0] + 2
    for _, geometry in reversed(places):
        stack.undo()
        assert window.workspace.geometry == geometry
    assert isinstance(window.workspace.geometry, PartialPolarisation)
    stack.undo()
    assert isinstance(window.workspace.geometry, LinearPolarisation)


def test_keys_set_directions_and_freeze(benzene_window, qtbot):
    window = benzene_window
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_X, Qt.KeyboardModifier.ShiftModifier)
    np.testing.assert_allclose(window.workspace.geometry.direction, [1, 0, 0])
    QTest.keyClick(window, Qt.Key.Key_N)
    assert abs(window.workspace.geometry.direction[2]) == pytest.approx(1, abs=1e-3)
    kept = current(window)
    QTest.keyClick(window, Qt.Key.Key_C)
    QTest.keyClick(window, Qt.Key.Key_I)
    qtbot.waitUntil(lambda: len(shown(window, "frozen")) == 1)
    np.testing.assert_allclose(shown(window, "frozen")[0].intensity, kept)
    assert not np.allclose(current(window), kept)


def test_difference_panel_by_key(benzene_window):
    window = benzene_window
    QTest.keyClick(window, Qt.Key.Key_D)
    assert window.plot.difference_visible
    assert window.named_actions["difference"].isChecked()
    difference = shown(window, "difference")[0].intensity
    np.testing.assert_allclose(difference, current(window) - shown(window, "isotropic")[0].intensity)


def test_cell_directions_are_offered_for_a_crystal_only(benzene_window, qtbot):
    window = benzene_window
    assert not window.named_actions["dir_a"].isVisible()
    window.opening.open_example("benzene_film")
    assert window.named_actions["dir_a"].isVisible()
    window.named_actions["dir_a"].trigger()
    cell = window.workspace.structure.cell_angstrom[0]
    np.testing.assert_allclose(window.workspace.geometry.direction, cell / np.linalg.norm(cell), atol=1e-9)


def test_the_menu_at_an_atom_sets_the_arrow_along_a_bond(benzene_window):
    window = benzene_window
    menu = window.view_pane.link.menu_for(0)
    texts = [action.text() for action in menu.actions()]
    bond = next(action for action in menu.actions() if action.text().startswith("Arrow along C1–H"))
    assert any("π direction of C1" in text for text in texts)
    bond.trigger()
    hydrogen = int(window.workspace.structure.sites_of("H")[0])
    positions = window.workspace.structure.positions_angstrom
    bond_vector = positions[hydrogen] - positions[0]
    assert abs(np.dot(window.workspace.geometry.direction, bond_vector / np.linalg.norm(bond_vector))) > 0.4
    menu.deleteLater()


def test_escape_takes_back_what_was_typed_and_leaves_the_picks_alone(benzene_window, qtbot):
    window, field = benzene_window, benzene_window.geometry_panel.theta
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "77")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "0.0°"
    assert len(window.workspace.session.picked) == 6
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert len(window.workspace.session.picked) == 6
    qtbot.keyClick(field, Qt.Key.Key_Escape, Qt.KeyboardModifier.ShiftModifier)
    assert window.workspace.session.picked == (), "Shift+Escape clears them"


@pytest.mark.parametrize("width", [1400, 1024])
def test_no_sign_of_the_direction_is_cut_off(benzene_window, qtbot, width):
    window, field = benzene_window, benzene_window.geometry_panel.vector
    window.resize(width, 700)
    window.workspace.set_geometry(window.workspace.geometry.with_direction((-0.385, -0.143, -0.912)))
    qtbot.waitUntil(lambda: field.text().startswith("−0.38"))
    qtbot.waitUntil(lambda: field.fontMetrics().horizontalAdvance(field.text()) <= field.width() - 14)
