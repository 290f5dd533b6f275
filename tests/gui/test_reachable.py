"""Keys reach everything, screen readers are told what it is, and nothing of VTK listens to keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QTabBar, QToolBar

from xanesview.gui.appearance.spoken_names import controls, spoken
from xanesview.gui.dialogs.settings import SettingsDialog


@pytest.fixture
def opened(benzene_window):
    """The window with every panel made."""
    for title in benzene_window.docks:
        assert benzene_window.tabs[title] is not None
    QApplication.processEvents()
    return benzene_window


def told(widget) -> str:
    return f"{type(widget).__name__} “{widget.objectName()}” in {type(widget.parentWidget()).__name__}"


def test_every_control_has_a_name_and_is_reached_by_keys(opened):
    listed = list(controls(opened))
    assert len(listed) > 150
    # a button that says nothing yet gets its words before it is shown
    silent = [one for one in listed if not spoken(one)]
    nameless = [told(one) for one in silent if one.isVisible() or not isinstance(one, QAbstractButton)]
    assert nameless == []
    # buttons of the toolbar are actions with a key; a table of fields is entered by its fields
    apart = (QToolBar, QTabBar)
    deaf = [
        told(one) for one in listed
        if one.focusPolicy() == Qt.FocusPolicy.NoFocus
        and not isinstance(one.parentWidget(), apart) and not isinstance(one, QAbstractItemView)
    ]  # fmt: skip
    assert deaf == []


def test_tab_goes_round_through_the_light_and_the_front_panel(benzene_window):
    window = benzene_window
    window.tabs.show("Sites")
    window.geometry_panel.theta.setFocus()
    met = set()
    for _ in range(150):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        met.add(QApplication.focusWidget())
    assert {window.geometry_panel.phi, window.geometry_panel.vector} <= met
    assert any(window.docks["Sites"].isAncestorOf(one) for one in met)
    assert any(isinstance(one, QTabBar) for one in met), "the tabs of the panels"


def test_the_list_of_settings_is_named_too(benzene_window, qtbot):
    benzene_window.named_actions["settings"].trigger()
    dialog = benzene_window.findChild(SettingsDialog)
    qtbot.waitUntil(dialog.isVisible)
    assert [told(one) for one in controls(dialog) if not spoken(one)] == []
    dialog.reject()


def test_no_key_of_vtk_does_anything_of_its_own(benzene_window, qtbot):
    """w and s are wire frame and surface there, e and q end the program, 3 is stereo, p picks, f flies, r resets."""
    window = benzene_window
    window.view.setFocus()
    before, camera = window.workspace.session, window.view.camera.rotation.copy()
    for key in "sqSQuj":
        QTest.keyClicks(window.view, key)
        QApplication.processEvents()
    assert window.workspace.session == before
    assert (window.view.camera.rotation == camera).all()
    done = {"w": "space_curves", "e": "relative_axis", "3": "look_z", "p": "anisotropy", "f": "fit", "r": "reset_zoom"}
    ran = []
    for name in done.values():
        window.named_actions[name].triggered.connect(lambda _on=False, name=name: ran.append(name))
    for key in done:
        QTest.keyClicks(window.view, key)
        QApplication.processEvents()
    assert ran == list(done.values()), "the keys of the window, and those only"
    assert window.isVisible()
    canvas = window.view.findChild(type(window.view), options=Qt.FindChildOption.FindDirectChildrenOnly)
    assert canvas is None
    render_window = getattr(getattr(window.view, "_canvas", None), "window_vtk", None)
    if render_window is not None:
        assert render_window.GetInteractor() is None, "there is nothing of VTK that could hear a key"
        assert not render_window.GetStereoRender()
