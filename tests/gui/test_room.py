"""Room on small screens, the axis after gestures, and what is said while files are dragged over the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.acting import LEFT

NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def files(tmp_path: Path) -> QMimeData:
    (tmp_path / "water.xyz").write_text("3\n\nO 0 0 0\nH 0.76 0.58 0\nH -0.76 0.58 0\n")
    (tmp_path / "nexafs.csv").write_text("energy_eV,intensity\n" + "".join(f"{280 + k},{k}\n" for k in range(20)))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("water.xyz", "nexafs.csv")])
    return data


def enter(window, data: QMimeData) -> None:
    event = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, LEFT, NONE)
    QApplication.sendEvent(window, event)
    assert event.isAccepted()


def test_files_dragged_over_the_window_are_told_what_a_drop_does(benzene_window, files):
    window, hint = benzene_window, benzene_window.drop_hint
    enter(window, files)
    assert hint.isVisible()
    assert hint.text() == "Drop to open water.xyz\nDrop to overlay nexafs.csv"
    assert window.frameGeometry().contains(hint.geometry().center())
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not hint.isVisible()


def test_the_hint_goes_with_the_drop(benzene_window, files, qtbot):
    enter(benzene_window, files)
    drop = QDropEvent(QPoint(50, 50), Qt.DropAction.CopyAction, files, LEFT, NONE)
    QApplication.sendEvent(benzene_window, drop)
    assert not benzene_window.drop_hint.isVisible()
    qtbot.waitUntil(lambda: benzene_window.workspace.structure.n_atoms == 3, timeout=5000)


def test_the_axis_of_intensities_shrinks_after_a_gesture_and_never_under_it(benzene_window, qtbot):
    window = benzene_window
    window.resolution.open_strip()
    slider = window.resolution.slider
    _, (_, high) = window.plot.view_range()
    start = QPoint(slider.floor_px(), slider.height() // 2)
    QTest.mousePress(slider, LEFT, pos=start)
    for k in range(1, 6):
        QTest.mouseMove(slider, start + QPoint(20 * k, 0))
    qtbot.wait(50)
    assert window.workspace.session.broadening_fwhm_ev > 1.0
    assert window.plot.view_range()[1][1] == high, "nothing jumps while the button is down"
    QTest.mouseRelease(slider, LEFT, pos=start + QPoint(100, 0))
    qtbot.waitUntil(lambda: window.plot.view_range()[1][1] < 0.9 * high, timeout=3000)


#: 1366 × 768 at a scale of 1.25, 1680 × 1050 at a scale of 2, less a title bar.
@pytest.mark.parametrize("size", [(1092, 582), (840, 493)])
def test_the_window_fits_small_and_scaled_screens_with_panels_seen(benzene_window, qtbot, size):
    window = benzene_window
    for title in ("Curves", "References", "Library", "Start", "Why", "Quality"):  # the widest and highest ones
        window.tabs.show(title)
        QApplication.processEvents()
    window.tabs.show("Sites")
    window.resize(*size)
    qtbot.waitUntil(lambda: window.size().toTuple() == size)
    least = window.minimumSizeHint()
    assert least.width() <= size[0]
    assert least.height() <= size[1]
    assert window.view.height() > 150
    assert window.plot._view.height() >= 120


def test_the_chart_of_why_keeps_a_usable_height_in_a_low_tab(benzene_window, qtbot):
    window = benzene_window
    window.tabs.show("Why")
    window.resize(840, 493)
    QApplication.processEvents()
    assert window.tabs["Why"].plot.minimumHeight() >= 120
