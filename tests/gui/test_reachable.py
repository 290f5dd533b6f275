"""Keys reach everything, screen readers are told what it is, and nothing of VTK listens to keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QHeaderView,
    QLabel,
    QMenu,
    QScrollBar,
    QTabBar,
    QTabWidget,
    QToolBar,
    QWidget,
)

from xanesview.domain.processing.prediction_fit import fit_series
from xanesview.domain.spectrum import Spectrum
from xanesview.gui.appearance.spoken_names import controls, spoken
from xanesview.gui.dialogs.column_import import ColumnImportDialog
from xanesview.gui.dialogs.fit_details import FitDetails
from xanesview.gui.dialogs.surface import SurfaceDialog
from xanesview.gui.dialogs.unsaved import UnsavedDialog
from xanesview.gui.session.curve_fitting import FitReport
from xanesview.io.spectra.spectrum_file import sniff
from xanesview.shown.curve import Subject


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


def nameless(root: QWidget) -> list[str]:
    """Widgets that take the keyboard or paint something of their own, and say nothing of themselves."""
    found = []
    for widget in [root, *root.findChildren(QWidget)]:
        above = [widget.parentWidget()]
        above.append(above[0].parentWidget() if above[0] is not None else None)
        of_qt = widget.objectName().startswith("qt_") or isinstance(widget, QLabel | QScrollBar | QHeaderView | QMenu)
        part = isinstance(above[0], QAbstractScrollArea) and above[0].viewport() is widget
        part = part or any(isinstance(one, QAbstractSpinBox | QComboBox | QTabBar | QAbstractItemView) for one in above)
        paints = any("paintEvent" in kind.__dict__ for kind in type(widget).__mro__ if "xanesview" in kind.__module__)
        hidden = isinstance(widget, QAbstractButton) and not widget.isVisible()  # it gets its words when it is shown
        whole = isinstance(widget, QTabWidget | QDockWidget) or (widget.isWindow() and widget.windowTitle())
        if of_qt or part or hidden or whole or not (paints or widget.focusPolicy() != Qt.FocusPolicy.NoFocus):
            continue
        if not spoken(widget) and not (paints and any(one is not None and spoken(one) for one in above)):
            found.append(told(widget))
    return found


def test_every_widget_of_the_window_and_of_each_panel_says_what_it_is(opened):
    assert nameless(opened) == []


@pytest.mark.parametrize(
    "action", ["settings", "guide", "shortcuts", "about", "palette", "new_smiles", "jobs", "export_figure"]
)
def test_every_widget_of_a_dialog_says_what_it_is(benzene_window, qtbot, action):
    window = benzene_window
    before = QApplication.topLevelWidgets()
    window.named_actions[action].trigger()
    shown = [
        one for one in QApplication.topLevelWidgets()
        if one not in before and one.isVisible() and one.objectName() != "qtooltip_label"
    ]  # fmt: skip
    assert len(shown) == 1
    assert nameless(shown[0]) == []
    shown[0].close()


def test_dialogs_that_ask_of_a_file_a_crystal_or_a_fit_are_named_too(window, qtbot, tmp_path):
    energy = np.linspace(280.0, 320.0, 201)
    lines = sum(np.exp(-(((energy - at) / 1.2) ** 2)) for at in (285.0, 288.5, 294.0)) + (energy > 290.0)
    curve = Spectrum(energy, lines, kind="measured", label="measured")
    noise = np.random.default_rng(1).normal(0.0, 0.02, energy.size)
    path = tmp_path / "columns.dat"
    np.savetxt(path, np.column_stack([energy, curve.intensity, curve.intensity]))
    fit = fit_series([curve.replace(intensity=1.3 * lines + noise)], [curve])
    report = FitReport(Subject("reference", 0), "measured", fit, (), ())
    window.opening.open_example("cu2o")
    dialogs = [
        ColumnImportDialog(sniff(path), window), FitDetails(report, window),
        UnsavedDialog("work", lambda: None, lambda: None, window),
        SurfaceDialog(window, window.opening.asked, window.workspace.structure),
    ]  # fmt: skip
    for dialog in dialogs:
        dialog.show()
        assert nameless(dialog) == []
        dialog.close()


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
