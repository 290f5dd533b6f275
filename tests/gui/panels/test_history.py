"""The history lists what was done in words, and a click goes back and forth."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import xanesview.gui.session.workspace as workspace_module
from tests.gui.acting import current, drag, shown
from tests.gui.fake_networks import ENERGY_EV, site_tensor
from xanesview.domain.geometry.polarisation import Powder
from xanesview.domain.spectrum import Spectrum

NO_KEY = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def history(benzene_window):
    benzene_window.tabs.show("History")
    QApplication.processEvents()
    return benzene_window.tabs["History"]


def click(history, row: int) -> None:
    area = history.list.visualItemRect(history.list.item(row))
    QTest.mouseClick(history.list.viewport(), Qt.MouseButton.LeftButton, NO_KEY, area.center())
    QApplication.processEvents()


def test_every_step_is_one_row_in_words(benzene_window, history) -> None:
    window, work = benzene_window, benzene_window.workspace
    tip = window.view.tips_px()[0]
    drag(window.view, tip, np.add(tip, [(5.0, 5.0), (15.0, 20.0), (25.0, 30.0)]))
    work.pick([0, 1])
    work.set_site_weight(1, 0.5)
    work.set_network("isotropic")
    work.set_geometry(Powder())
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QApplication.processEvents()
    assert history.texts() == [
        "Beginning", "Open Benzene", "Turn polarisation", "Pick sum of C1, C2", "Weigh C2 0.5",
        "Choose network isotropic", "Choose Powder",
    ]  # fmt: skip
    assert history.list.currentRow() == 5


def test_a_click_goes_back_and_forth_and_the_curves_follow(benzene_window, history, qtbot) -> None:
    window, work = benzene_window, benzene_window.workspace
    before = current(window).copy()
    work.pick([0, 1, 2])
    work.curves.freeze()
    work.pick([3])
    QApplication.processEvents()
    after = current(window).copy()
    emitted = []
    work.selection_changed.connect(lambda: emitted.append(1))
    click(history, 1)
    qtbot.waitUntil(lambda: not shown(window, "frozen"))
    np.testing.assert_array_equal(current(window), before)
    assert len(emitted) == 1, "what lies between is passed over"
    assert "Freeze curve" in history.texts()
    click(history, 4)
    qtbot.waitUntil(lambda: bool(shown(window, "frozen")))
    np.testing.assert_array_equal(current(window), after)
    QTest.keyClick(history.list, Qt.Key.Key_Up)
    QApplication.processEvents()
    assert work.undo_stack.index() == 3


def test_a_new_change_after_going_back_takes_the_place_of_what_followed(benzene_window, history) -> None:
    work = benzene_window.workspace
    work.pick([0, 1])
    work.pick([2])
    click(history, 1)
    work.curves.freeze()
    QApplication.processEvents()
    assert history.texts() == ["Beginning", "Open Benzene", "Freeze curve"]


def test_what_is_saved_is_marked(benzene_window, history, qtbot, tmp_path) -> None:
    window = benzene_window
    window.workspace.curves.freeze()
    with qtbot.waitSignal(window.saving.saved, timeout=5000):
        window.saving.write(tmp_path / "a.xanesview")
    assert history.texts()[-1] == "Freeze curve · saved"
    window.workspace.pick([2])
    click(history, 1)
    assert window.windowTitle().startswith("*")
    click(history, 2)
    assert not window.windowTitle().startswith("*"), "there it is as it was saved"


def test_no_other_way_leads_to_the_session_than_through_the_history() -> None:
    """The session is set by showing one: by steps, files, and a better geometry of the same atoms; and while atoms are
    held, whose drag ends in one step."""
    tree = ast.parse(Path(workspace_module.__file__).read_text(encoding="utf-8"))
    setters, callers = set(), set()
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for node in ast.walk(function):
            targets = node.targets if isinstance(node, ast.Assign) else []
            names = [t for target in targets for t in (target.elts if isinstance(target, ast.Tuple) else [target])]
            if any(isinstance(t, ast.Attribute) and t.attr == "_session" for t in names):
                setters.add(function.name)
            if isinstance(node, ast.Attribute) and node.attr == "_show":
                callers.add(function.name)
    assert setters == {"__init__", "_put", "_show"}
    assert callers == {"_change", "_amend", "go_to", "begin_anew", "_take_geometry"}


def test_what_follows_by_itself_from_opening_is_no_step_of_its_own(benzene_window, history, qtbot) -> None:
    """A measured curve is brought to the scale of the prediction that it meets."""
    workspace = benzene_window.workspace
    spectrum = Spectrum(ENERGY_EV, 700.0 * site_tensor(0)[2] + 0.1, label="film", kind="measured")
    benzene_window.references.add(spectrum)
    qtbot.wait(50)
    steps = workspace.undo_stack.count()
    benzene_window.opening.open_example("naphthalene")
    qtbot.waitUntil(lambda: workspace.structure.formula == "C10H8" and workspace.shown.look is not None, timeout=30_000)
    qtbot.wait(100)
    assert workspace.undo_stack.count() == steps + 1
    assert workspace.undo_stack.undoText().startswith("open ")
    after = workspace.session
    workspace.undo_stack.undo()
    workspace.undo_stack.redo()
    assert workspace.session.references == after.references
