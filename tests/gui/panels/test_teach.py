"""The teach panel as a user has it: the set grows, a copy learns with live curves, and goes on the shelf."""

from __future__ import annotations

import json
import os
import shutil

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from tests.gui.fake_networks import FakeNetworks
from tests.library_blocks import record, write
from tests.process_tree import is_alive
from tests.teaching_files import QUICK, SMILES, computed, molecule, tiny_network
from xanesview.gui.panels.teach.table import ERROR, MARK
from xanesview.gui.session import teaching as teaching_module
from xanesview.networks.card import find_bundle, read_bundle_info
from xanesview.paths import data_dir

LEFT = Qt.MouseButton.LeftButton


class Shelf(FakeNetworks):
    """The analytic networks, and those of the user's own folder."""

    def bundles(self):
        folder = data_dir() / "networks"
        return [*super().bundles(), *(read_bundle_info(one) for one in sorted(folder.glob("*")))]

    def card(self, name: str):
        return super().card(name) if name in self._cards else read_bundle_info(find_bundle(name)).card


@pytest.fixture
def networks() -> Shelf:
    tiny_network(data_dir() / "networks")
    return Shelf()


@pytest.fixture
def window(window):
    window.workspace.teaching.choices = dict(QUICK)
    return window


def fill(window, smiles=SMILES[:4]) -> None:
    """As the engine does when it has computed molecules."""
    for one in smiles:
        window.workspace.computation.computed.emit(molecule(one), "C", computed(molecule(one)))


def shown_panel(window):
    window.tabs.show("Teach")
    return window.tabs["Teach"]


def click_mark(panel, row: int) -> str:
    place = panel.table.visualItemRect(panel.table.item(row, MARK)).center()
    QTest.mouseClick(panel.table.viewport(), LEFT, pos=place)
    return panel.table.item(row, MARK).text()


def looked(qtbot, window) -> None:
    qtbot.waitUntil(lambda: not window.workspace.teaching.is_looking, timeout=90_000)


def begin(qtbot, window, panel, epochs: int) -> None:
    panel.epochs.setValue(epochs)
    QTest.mouseClick(panel.teach_button, LEFT)
    assert window.workspace.teaching.is_busy


def test_what_is_computed_teaches_a_copy_that_goes_on_the_shelf(qtbot, window):
    pytest.importorskip("lightning")
    panel = shown_panel(window)
    assert "collected here" in panel.empty.text()
    assert not panel.teach_button.isEnabled()
    fill(window)
    assert [panel.table.item(row, MARK).text() for row in range(4)].count("kept apart") == 1
    looked(qtbot, window)
    assert all(float(panel.table.item(row, ERROR).text()) > 0 for row in range(4))
    begin(qtbot, window, panel, 2)
    (job,) = [one for one in window.workspace.jobs._jobs if one.is_running]
    assert job.name == "Teach a copy of tiny_c_k"
    assert window.statusBar().jobs.text() == "1 job", "it is under way from its start"
    assert panel.stop_button.isVisible()
    assert not panel.teach_button.isVisible()
    assert "how long is known after its first steps" in panel.told.text()
    qtbot.waitUntil(lambda: len(panel.result.plot.lines()) > 0, timeout=120_000)
    qtbot.waitUntil(lambda: "left" in panel.told.text() or not window.workspace.teaching.is_busy, timeout=120_000)
    qtbot.waitUntil(lambda: not window.workspace.teaching.is_busy, timeout=120_000)
    assert job.state == "done", job.sentence
    assert panel.result.table.rowCount() == 2
    assert_uncut(panel.result.table)
    assert window.workspace.teaching.is_measured, "the next estimate knows this computer"
    assert "kept apart the error changed by" in panel.told.text()
    QTest.mouseClick(panel.shelf_button, LEFT)
    copy = read_bundle_info(data_dir() / "networks" / "tiny_c_k_taught")
    assert copy.problem is None
    assert copy.card.raw["taught"]["from"].startswith("tiny_c_k")
    assert sorted(one.name for one in copy.path.iterdir()) == ["card.json", "weights.safetensors"]
    assert panel.network.findData("tiny_c_k_taught") >= 0
    assert panel.teach_button.isVisible()
    assert panel.name.text() == "tiny_c_k_taught_2", "the next copy needs another name"
    assert panel.teach_button.isEnabled()


def assert_uncut(table) -> None:
    """Numbers stand in full, however narrow the window is."""
    metrics = table.fontMetrics()
    for row in range(table.rowCount()):
        for column in (1, 2):
            text = table.item(row, column).text()
            assert float(text) > 0.0
            assert table.columnWidth(column) >= metrics.horizontalAdvance(text) + 6, text
        assert table.visualItemRect(table.item(row, 2)).right() <= table.viewport().width()
        assert table.item(row, 0).text() in table.item(row, 0).toolTip()


@pytest.mark.parametrize("width", [900, 1590])
def test_the_numbers_of_the_tests_are_never_cut(qtbot, window, width):
    tests = {"before": 0.04602, "after": 0.0000123}
    folder = data_dir() / "taught" / "tiny_c_k_taught"
    shutil.copytree(data_dir() / "networks" / "tiny_c_k", folder)
    card = json.loads((folder / "card.json").read_text())
    of = {"own": {"molecules": 1, "sites": 2, **tests}, "known": {"molecules": 60, "sites": 300, **tests}}
    card["taught"] = {"tests": of}
    (folder / "card.json").write_text(json.dumps(card))
    window.resize(width, 900)
    panel = shown_panel(window)
    qtbot.waitUntil(lambda: panel.result.table.rowCount() == 2)
    qtbot.wait(50)
    assert panel.result.table.item(0, 1).text() == "0.046"
    assert panel.result.table.item(0, 2).text() == "1.23e-05"
    assert_uncut(panel.result.table)


def test_the_panel_says_what_teaches_and_what_is_tested_in_numbers(window):
    window.workspace.teaching.look_problem = "not here"
    fill(window, SMILES[:2])
    panel = shown_panel(window)
    for row, wanted in ((0, "teaches"), (1, "kept apart")):
        while panel.table.item(row, MARK).text() != wanted:
            click_mark(panel, row)
    said = panel.told.text()
    assert "To learn from: 1 molecule. Kept apart for the test: 1." in said
    assert "on a free processor" in said, "it was not measured yet"
    assert "nothing" not in said, "one is kept apart, so there is a test"
    while panel.table.item(1, MARK).text() != "left out":
        click_mark(panel, 1)
    assert "Kept apart for the test: none." in panel.told.text()
    assert "nothing tells how the copy does on new ones" in panel.told.text()


def learning(qtbot, window):
    """Begin a long teaching; return the panel and the number of the process that learns."""
    pytest.importorskip("lightning")
    window.workspace.teaching.look_problem = "not here"
    fill(window)
    panel = shown_panel(window)
    begin(qtbot, window, panel, 200)
    teaching = window.workspace.teaching
    qtbot.waitUntil(lambda: teaching._process.process_id > 0)
    process = teaching._process.process_id
    return panel, process


def test_stop_leaves_no_process_and_no_copy(qtbot, window):
    panel, process = learning(qtbot, window)
    teaching = window.workspace.teaching
    QTest.mouseClick(panel.stop_button, LEFT)
    assert not teaching.is_busy
    qtbot.waitUntil(lambda: not is_alive(process))
    assert panel.teach_button.isEnabled()
    assert not list((data_dir() / "taught").glob("*"))
    assert len(teaching.content().entries) == 4


def test_a_window_that_closes_takes_the_process_along(qtbot, window):
    _, process = learning(qtbot, window)
    window.saving.asks = False
    window.close()
    qtbot.waitUntil(lambda: not is_alive(process))
    assert not list((data_dir() / "taught").glob("*"))


def test_a_teaching_that_fails_is_told_and_nothing_is_lost(qtbot, window):
    pytest.importorskip("lightning")
    window.workspace.teaching.look_problem = "not here"
    fill(window)
    panel = shown_panel(window)
    told = []
    window.workspace.message.connect(told.append)
    weights = data_dir() / "networks" / "tiny_c_k" / "weights.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[: len(whole) // 2])
    begin(qtbot, window, panel, 1)
    qtbot.waitUntil(lambda: not window.workspace.teaching.is_busy, timeout=120_000)
    assert [notice.kind for notice in told] == ["teach"]
    assert "weights" in told[0].message
    assert "as they were" in told[0].hint
    assert panel.teach_button.isVisible()
    assert len(window.workspace.teaching.content().entries) == 4


def test_a_click_turns_a_molecule_from_teaching_to_apart_to_out_and_it_stays(window):
    window.workspace.teaching.look_problem = "not here"
    fill(window, SMILES[:2])
    panel = shown_panel(window)
    assert panel.table.item(0, MARK).text() == "teaches"
    assert click_mark(panel, 0) == "kept apart"
    assert click_mark(panel, 0) == "left out"
    panel.table.setCurrentCell(0, 0)
    panel.table.setFocus()
    QTest.keyClick(panel.table, Qt.Key.Key_Space)
    assert panel.table.item(0, MARK).text() == "teaches"
    click_mark(panel, 1)
    panel.refresh()
    assert panel.table.item(1, MARK).text() == "kept apart"
    click_mark(panel, 0)
    assert not panel.teach_button.isEnabled()
    assert "No molecule of the C K edge is marked to teach" in panel.told.text()


def test_a_data_file_that_is_dropped_is_in_the_set(window, tmp_path):
    window.workspace.teaching.look_problem = "not here"
    panel = shown_panel(window)
    file = write(tmp_path / "block.h5", [record(molecule(one), name=one, smiles=one) for one in SMILES[:3]])
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    actions = Qt.DropAction.MoveAction
    drop = QDropEvent(QPointF(20, 20), actions, data, LEFT, Qt.KeyboardModifier.NoModifier)
    panel.dropEvent(drop)
    assert not drop.isAccepted(), "whoever hears “moved” may remove the file"
    assert panel.table.rowCount() == 3
    told = []
    window.workspace.message.connect(told.append)
    (tmp_path / "odd.h5").write_bytes(b"nothing")
    window.workspace.teaching.add_files([tmp_path / "odd.h5"])
    assert "odd.h5" in told[0].message
    assert panel.table.rowCount() == 3


def test_of_forty_damaged_files_a_few_are_named_and_the_others_counted(window, tmp_path):
    fill(window)
    for k in range(40):
        (window.workspace.teaching.own.folder / f"C_{k:032}.npz").write_bytes(b"nothing")
        (tmp_path / f"odd{k}.h5").write_bytes(b"nothing")
    panel = shown_panel(window)
    panel.refresh()
    assert len(panel.told.text()) < 700
    assert "37 more can't be read." in panel.told.text()
    assert f"C_{39:032}.npz" in panel.told.toolTip()
    told = []
    window.workspace.message.connect(told.append)
    window.workspace.teaching.add_files([tmp_path / f"odd{k}.h5" for k in range(40)])
    assert len(told) == 1
    assert "odd2.h5" in told[0].message
    assert "odd3.h5" not in told[0].message
    assert "37 more can't be read." in told[0].message


def test_without_lightning_the_panel_says_what_to_install(window, monkeypatch):
    monkeypatch.setattr(teaching_module, "NEEDED", "no_such_package_at_all")
    window.workspace.teaching.look_problem = "not here"
    fill(window, SMILES[:2])
    panel = shown_panel(window)
    assert not panel.teach_button.isEnabled()
    assert 'pip install "xanesview[train]"' in panel.told.text()


def test_the_name_of_a_copy_must_be_free(window):
    window.workspace.teaching.look_problem = "not here"
    fill(window, SMILES[:2])
    panel = shown_panel(window)
    assert panel.name.text() == "tiny_c_k_taught"
    panel.name.setFocus()
    panel.name.selectAll()
    QTest.keyClicks(panel.name, "tiny_c_k")
    assert not panel.teach_button.isEnabled()
    assert "There is a network of this name." in panel.told.text()
    QTest.keyClicks(panel.name, "2")
    assert panel.teach_button.isEnabled()
    assert os.path.isdir(data_dir() / "own_spectra")


def test_a_window_that_is_closed_while_a_copy_learns_asks(window, monkeypatch) -> None:
    """Whoever closes it by habit would lose minutes of learning without a word."""
    asked = []

    def question(_parent, _title, said, *_buttons):
        asked.append(said)
        return answers.pop()

    answers = [QMessageBox.StandardButton.Close, QMessageBox.StandardButton.Cancel]
    monkeypatch.setattr(QMessageBox, "question", staticmethod(question))
    monkeypatch.setattr(type(window.workspace.teaching), "is_busy", property(lambda _self: bool(answers)))
    window.saving.asks = True
    assert not window.close()
    assert window.isVisible()
    assert window.close()
    assert len(asked) == 2
    assert "the copy is lost" in asked[0]


def test_it_asks_so_after_it_has_asked_of_the_session(window, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(
        QMessageBox, "question",
        staticmethod(lambda *words: (asked.append(words[2]), QMessageBox.StandardButton.Cancel)[1]),
    )  # fmt: skip
    monkeypatch.setattr(type(window.workspace.teaching), "is_busy", property(lambda _self: not asked))
    monkeypatch.setattr(type(window.saving), "is_dirty", property(lambda _self: True))
    monkeypatch.setattr(window.saving, "when_safe", lambda then: then())  # the user wants to lose the session
    window.saving.asks = True
    assert not window.close()
    assert window.isVisible()
    assert len(asked) == 1
    window.saving.asks = False
