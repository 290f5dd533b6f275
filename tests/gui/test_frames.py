"""A trajectory opens with a row that says which frame is shown, and lets another one be chosen."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.gui.acting import LEFT, shown
from xanesview.domain.geometry.polarisation import Powder


@pytest.fixture
def trajectory(window, qtbot, tmp_path):
    """The window with four frames of CO, each 0.1 Å longer; XYZ opens at the last."""
    path = tmp_path / "stretching.xyz"
    path.write_text("".join(f"2\nframe\nC 0 0 0\nO 0 0 {1.1 + 0.1 * k}\n" for k in range(4)))
    window.opening.open_file(path)
    qtbot.waitUntil(lambda: bool(window.plot.curves()))
    return window


def bond_angstrom(window) -> float:
    return float(np.ptp(window.workspace.structure.positions_angstrom[:, 2]))


def test_a_single_structure_has_no_row(benzene_window):
    assert not benzene_window.frame_row.isVisible()


def test_the_row_says_which_frame_of_how_many(trajectory):
    row = trajectory.frame_row
    assert row.isVisible()
    assert (row.number.value(), row.number.maximum(), row._count.text()) == (4, 4, "of 4")
    notice = trajectory.structure_messages.notice
    assert notice is None or "structures" not in notice.message, "the row says it"


def test_another_frame_by_key_and_by_slider_takes_the_place_of_the_one_shown(trajectory, qtbot):
    window, row = trajectory, trajectory.frame_row
    window.workspace.set_geometry(window.workspace.geometry.with_direction((0.6, 0.0, 0.8)))
    geometry, picked = window.workspace.geometry, window.workspace.session.picked
    qtbot.mouseClick(row.number.lineEdit(), LEFT)
    qtbot.keyClick(row.number.lineEdit(), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(row.number.lineEdit(), "2")
    qtbot.keyClick(row.number.lineEdit(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.workspace.structure.frame == 1)
    assert bond_angstrom(window) == pytest.approx(1.2)
    assert len(window.workspace.session.structures) == 1
    assert (window.workspace.geometry, window.workspace.session.picked) == (geometry, picked)
    row.slider.setFocus()
    qtbot.keyClick(row.slider, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: window.workspace.structure.frame == 0)
    assert row.number.value() == 1
    qtbot.waitUntil(lambda: bool(window.workspace.shown.sites))
    window.workspace.undo_stack.undo()
    assert window.workspace.structure.frame == 1
    assert row.slider.value() == 2


def test_a_file_that_has_gone_says_so_and_the_row_shows_what_is_shown(trajectory, qtbot):
    from pathlib import Path

    window, row = trajectory, trajectory.frame_row
    Path(window.workspace.structure.source).unlink()
    row.number.setValue(1)
    qtbot.waitUntil(lambda: window.structure_messages.notice is not None)
    assert row.number.value() == 4
    assert window.workspace.structure.frame == 3


CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def test_all_frames_become_a_map_and_their_mean_a_curve_in_one_step(trajectory, qtbot, networks):
    from xanesview.gui.dialogs.frames import FramesDialog

    window, steps, asked = trajectory, trajectory.workspace.undo_stack.count(), len(networks.asked)
    qtbot.mouseClick(window.frame_row.all_button, LEFT)
    dialog = window.findChild(FramesDialog)
    qtbot.waitUntil(lambda: dialog.draw_button.isEnabled())
    assert len(networks.asked) == asked + 4
    drawn = dialog.picture.drawn()
    assert drawn.angles.tolist() == [1.0, 2.0, 3.0, 4.0]
    assert dialog.problem.text().startswith("4 frames; they differ by")
    assert window.workspace.undo_stack.count() == steps, "a map changes nothing"
    qtbot.mouseClick(dialog.draw_button, LEFT)
    (frozen,) = window.workspace.session.frozen
    assert frozen.look.name == "mean of 4 frames"
    assert frozen.spectrum.intensity == pytest.approx(drawn.intensities.mean(axis=0))
    assert frozen.spectrum.band == pytest.approx(drawn.intensities.std(axis=0, ddof=1))
    dialog.reject()
    window.workspace.undo_stack.undo()
    assert window.workspace.session.frozen == ()


def test_frames_of_other_atoms_are_told_and_a_single_structure_has_none(window, qtbot, tmp_path):
    from xanesview.gui.dialogs.frames import FramesDialog

    path = tmp_path / "two.xyz"
    path.write_text("2\nframe\nN 0 0 0\nO 0 0 1.1\n2\nframe\nC 0 0 0\nO 0 0 1.1\n")
    window.opening.open_file(path)
    qtbot.waitUntil(lambda: bool(window.plot.curves()))
    qtbot.keyClick(window, Qt.Key.Key_M, CTRL_ALT)
    dialog = window.findChild(FramesDialog)
    qtbot.waitUntil(lambda: "other atoms" in dialog.problem.text())
    assert not dialog.draw_button.isEnabled()
    dialog.reject()
    window.opening.open_example("benzene")
    assert not window.named_actions["all_frames"].isEnabled()


def test_a_drag_of_the_slider_is_one_step(trajectory, qtbot):
    row, work = trajectory.frame_row, trajectory.workspace
    first, steps = work.structure.frame, work.undo_stack.count()
    row.slider.setSliderDown(True)
    for frame in [one for one in range(work.structure.n_frames) if one != first][:2]:
        row.slider.setValue(frame + 1)
        qtbot.waitUntil(lambda at=frame: work.structure.frame == at, timeout=5000)
    row.slider.setSliderDown(False)
    assert work.undo_stack.count() == steps + 1
    assert work.undo_stack.undoText() == f"show frame {work.structure.frame + 1}", "the one it came to"
    work.undo_stack.undo()
    assert work.structure.frame == first


@pytest.mark.parametrize("per_atom", [True, False])
def test_the_map_of_frames_is_in_the_measure_of_the_plot(window, qtbot, tmp_path, per_atom):
    from xanesview.gui.dialogs.frames import FramesDialog

    path = tmp_path / "two.xyz"
    path.write_text("".join(f"3\nframe\nC 0 0 0\nC 0 0 {1.2 + 0.1 * k}\nO 0 0 3\n" for k in range(2)))
    window.opening.open_file(path)
    qtbot.waitUntil(lambda: len(window.workspace.shown.sites) > 0)
    work = window.workspace
    work.pick(work.shown.absorbers)
    work.set_per_atom(per_atom)
    qtbot.waitUntil(lambda: len(work.shown.sites) == 2)
    qtbot.keyClick(window, Qt.Key.Key_M, CTRL_ALT)
    dialog = window.findChild(FramesDialog)
    qtbot.waitUntil(lambda: dialog.draw_button.isEnabled())
    now = next(curve for curve in window.plot.curves() if curve.role == "current")
    highest = dialog.picture.drawn().intensities[work.structure.frame].max()
    assert highest == pytest.approx(now.intensity.max(), rel=1e-5)
    dialog.reject()


def test_the_axis_stays_with_the_curve_while_the_slider_is_held(trajectory, qtbot, networks):
    """Between two frames there is no curve, and of none the axis would be 0 to 1, twice as high as this powder's."""
    window, slider = trajectory, trajectory.frame_row.slider
    window.workspace.set_geometry(Powder())
    settle = window.plot._fitting._settle
    qtbot.waitUntil(lambda: not settle.isActive() and bool(window.plot.curves()), timeout=20_000)
    before, tops = window.plot.view_range()[1][1], []
    assert before < 0.8
    middle = slider.height() // 2
    QTest.mousePress(slider, LEFT, pos=QPoint(slider.width() - 8, middle))
    for frame in (2, 1, 0):
        networks.gate.clear()
        QTest.mouseMove(slider, QPoint(8 + frame * (slider.width() - 16) // 3, middle))
        qtbot.waitUntil(lambda frame=frame: window.workspace.structure.frame == frame and not window.plot.curves())
        tops.append(window.plot.view_range()[1][1])
        networks.gate.set()
        qtbot.waitUntil(lambda: bool(shown(window, "current")))
        tops.append(window.plot.view_range()[1][1])
    QTest.mouseRelease(slider, LEFT, pos=QPoint(8, middle))
    assert max(tops) < 1.2 * before
    qtbot.waitUntil(lambda: not settle.isActive() and not window.workspace.is_busy, timeout=20_000)
    assert window.plot.view_range()[1][1] < 1.2 * shown(window, "current")[0].intensity.max()
