"""Structures that take longer than a moment: the window lives on, the newest request wins, the wait can be given up."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel, QToolButton

from tests.gui.acting import LEFT, LIVELY_MS, current, longest_pause_ms, shown
from xanesview.errors import XanesviewError
from xanesview.gui.actions.opening import BUILDING
from xanesview.gui.background import structure_reading
from xanesview.gui.screenshot import Screenshot
from xanesview.io.structures import registry

METHANE = "5\nmethane\nC 0 0 0\nH .63 .63 .63\nH -.63 -.63 .63\nH -.63 .63 -.63\nH .63 -.63 -.63\n"
BUILD, READ = registry.structure_from_smiles, registry.read_structure
PATIENT = {"timeout": 20_000}


@pytest.fixture
def slow(window, monkeypatch):
    """The window with SMILES and files that take as long as the gate is shut, and no patience."""
    gate = threading.Event()

    def held(read):
        def wait_and_read(*arguments):
            assert threading.current_thread() is not threading.main_thread()
            assert gate.wait(60)
            return read(*arguments)

        return wait_and_read

    window.opening.open_example("benzene")
    monkeypatch.setattr(registry, "structure_from_smiles", held(BUILD))
    monkeypatch.setattr(registry, "read_structure", held(READ))
    for reading in (window.opening.reading, window.opening.asked):
        reading.patience_s = 0.0
    yield gate
    gate.set()


def formula(window) -> str:
    return window.workspace.structure.formula


def cancel_button(window) -> QToolButton:
    return window.structure_messages.findChild(QToolButton, "message-give-up")


def wait_for_bar(window, qtbot) -> None:
    qtbot.waitUntil(window.structure_messages.isVisible, **PATIENT)


def test_the_window_lives_on_while_a_molecule_is_built(slow, window, qtbot):
    beats = []
    timer = QTimer(window, interval=10)
    timer.timeout.connect(lambda: beats.append(1))
    timer.start()
    assert window.opening.open_smiles("CCO")
    assert formula(window) == "C6H6", "the old structure stays until the new one is there"
    bar = window.structure_messages
    wait_for_bar(window, qtbot)
    assert bar.notice == BUILDING
    assert bar.severity == "info"
    assert cancel_button(window).isVisible()
    assert not bar._close.isVisible()
    qtbot.waitUntil(lambda: len(beats) > 20, **PATIENT)
    assert formula(window) == "C6H6"
    slow.set()
    qtbot.waitUntil(lambda: formula(window) == "C2H6O", **PATIENT)
    timer.stop()
    assert not bar.isVisible()
    qtbot.waitUntil(lambda: bool(shown(window, "current")), **PATIENT)


def test_cancel_leaves_what_was_there_and_what_was_said_of_it(slow, window, qtbot):
    qtbot.waitUntil(lambda: bool(shown(window, "current")), **PATIENT)
    from xanesview.domain.structure import Notice

    window.show_notice(Notice("structure", "Hydrogens are missing.", "Add them."))
    before = current(window)
    window.opening.open_smiles("CCO")
    qtbot.waitUntil(cancel_button(window).isVisible, **PATIENT)
    qtbot.mouseClick(cancel_button(window), LEFT)
    assert window.structure_messages.text() == "Hydrogens are missing. Add them."
    assert not cancel_button(window).isVisible()
    assert not window.opening.reading.is_busy
    slow.set()
    window.opening.asked.begin(lambda: BUILD("C"), lambda _result: None)
    qtbot.waitUntil(lambda: not window.opening.asked.is_busy, **PATIENT)
    assert formula(window) == "C6H6"
    np.testing.assert_allclose(current(window), before)


def test_another_message_does_not_take_the_way_out(slow, window, qtbot):
    from xanesview.domain.structure import Notice

    window.opening.open_smiles("CCO")
    wait_for_bar(window, qtbot)
    window.show_notice(Notice("absorber", "That is a hydrogen.", "Pick a carbon."))
    bar = window.structure_messages
    assert bar.text().startswith("That is a hydrogen.")
    qtbot.mouseClick(bar._close, LEFT)
    assert bar.notice == BUILDING
    assert cancel_button(window).isVisible()


def test_the_newest_request_wins(slow, window, qtbot, tmp_path):
    path = tmp_path / "methane.xyz"
    path.write_text(METHANE)
    window.opening.open_smiles("CCO")
    window.opening.open_smiles("CC=O")
    window.opening.open_file(path)
    qtbot.waitUntil(lambda: "methane.xyz" in window.structure_messages.text(), **PATIENT)
    slow.set()
    qtbot.waitUntil(lambda: formula(window) == "CH4", **PATIENT)
    assert window.settings.recent_files() == [path.resolve()]
    assert window.workspace.undo_stack.count() == 2, "benzene and methane, nothing between"
    assert not window.structure_messages.isVisible()


def test_reads_that_hang_keep_no_other_waiting(window, qtbot, tmp_path, monkeypatch):
    gate, begun = threading.Event(), []

    def hanging(path):
        if path.name == "methane.xyz":
            return READ(path)
        begun.append(path.name)
        assert gate.wait(60)
        raise XanesviewError("The share is gone.")

    monkeypatch.setattr(structure_reading, "HUNG_S", 0.5)
    monkeypatch.setattr(registry, "read_structure", hanging)
    window.opening.reading.patience_s = 0.0
    (tmp_path / "methane.xyz").write_text(METHANE)
    names = [f"share{k}.xyz" for k in range(5)]
    try:
        for k, name in enumerate(names):
            window.opening.open_file(tmp_path / name)
            qtbot.waitUntil(lambda k=k: len(begun) == k + 1, **PATIENT)
        window.opening.open_file(tmp_path / "methane.xyz")
        qtbot.waitUntil(lambda: window.workspace.structure is not None, **PATIENT)
        assert formula(window) == "CH4"
        assert begun == names
    finally:
        gate.set()
    qtbot.wait(50)
    assert formula(window) == "CH4", "nothing comes late of what was given up"


def test_what_is_shown_meanwhile_wins_too(slow, window, qtbot):
    window.opening.open_smiles("CCO")
    wait_for_bar(window, qtbot)
    window.opening.show_structure(BUILD("C"))
    assert not window.structure_messages.isVisible()
    slow.set()
    window.opening.open_smiles("CC")
    qtbot.waitUntil(lambda: formula(window) == "C2H6", **PATIENT)
    assert window.workspace.undo_stack.count() == 3, "ethanol never came"


def test_what_fails_late_is_the_same_one_sentence(slow, window, qtbot, tmp_path):
    refused = []
    window.opening.refused.connect(lambda *words: refused.append(words))
    slow.set()
    for begin, words in (
        (lambda: window.opening.open_smiles("C1CC("), "is not a SMILES string."),
        (lambda: window.opening.open_file(tmp_path / "nowhere.xyz"), "nowhere.xyz"),
    ):
        refused.clear()
        begin()
        qtbot.waitUntil(lambda: bool(refused), **PATIENT)
        bar = window.structure_messages
        assert words in bar.notice.message
        assert bar.notice.hint
        assert bar.severity == "error"
        assert not cancel_button(window).isVisible()
        assert (bar.notice.message, bar.notice.hint) == refused[0]
    assert window.settings.recent_files() == []
    assert formula(window) == "C6H6"


def test_a_bug_in_a_reader_reaches_the_exception_hook(slow, window, qtbot, monkeypatch):
    begun = threading.Event()

    def broken(_smiles):
        begun.wait(10.0)
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(registry, "structure_from_smiles", broken)
    with qtbot.captureExceptions() as caught:
        window.opening.open_smiles("CCO")
        begun.set()
        qtbot.waitUntil(lambda: bool(caught), **PATIENT)
    assert caught[0][0] is ZeroDivisionError
    assert not window.opening.reading.is_busy
    assert not window.structure_messages.isVisible()


def test_a_spectrum_dropped_with_a_slow_structure_is_scaled_to_that_structure(slow, window, qtbot, tmp_path):
    qtbot.waitUntil(lambda: bool(shown(window, "current")), **PATIENT)
    structure, spectrum = tmp_path / "methane.xyz", tmp_path / "gas.dat"
    structure.write_text(METHANE)
    spectrum.write_text("\n".join(f"{282 + k / 4} {100 + k}" for k in range(60)))
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in (structure, spectrum)])
    keys = Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(200, 200), Qt.DropAction.CopyAction, mime, LEFT, keys, QEvent.Type.Drop))
    wait_for_bar(window, qtbot)
    assert window.workspace.session.references == (), "it waits for the structure it was dropped with"
    slow.set()
    qtbot.waitUntil(lambda: bool(window.workspace.session.references), **PATIENT)
    assert formula(window) == "CH4"


def test_closing_while_a_molecule_is_built_is_safe(slow, window, qtbot):
    window.opening.open_smiles("CCO")
    wait_for_bar(window, qtbot)
    window.close()
    slow.set()
    assert not window.opening.reading.is_busy
    assert not window.opening.reading.begin(lambda: BUILD("C"), lambda _result: None), "nothing begins any more"
    window.opening.open_smiles("C")
    assert not window.opening._later.isActive()
    assert formula(window) == "C6H6"


def test_the_dialog_stays_while_it_builds_and_can_be_left(slow, window, qtbot):
    from xanesview.gui.dialogs.smiles import SmilesDialog

    window.named_actions["new_smiles"].trigger()
    dialog = window.findChild(SmilesDialog)
    qtbot.keyClicks(dialog.field, "CC")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.problem.text().startswith("Building")
    assert not dialog.build_button.isEnabled()
    qtbot.keyClicks(dialog.field, "O")
    assert dialog.build_button.isEnabled(), "typing on gives it up"
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    slow.set()
    qtbot.waitUntil(lambda: formula(window) == "C2H6O", **PATIENT)
    qtbot.waitUntil(lambda: window.findChild(SmilesDialog) is None, **PATIENT)


def test_leaving_the_dialog_gives_its_molecule_up(slow, window, qtbot):
    from xanesview.gui.dialogs.smiles import SmilesDialog

    window.named_actions["new_smiles"].trigger()
    dialog = window.findChild(SmilesDialog)
    qtbot.keyClicks(dialog.field, "CC=O")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert not window.opening.asked.is_busy
    assert formula(window) == "C6H6"


def test_a_screenshot_of_what_cannot_be_built_is_given_up_late(slow, window, qtbot, tmp_path, monkeypatch):
    from xanesview.gui.app import Launch
    from xanesview.gui.first_opening import FirstOpening

    monkeypatch.setattr(registry, "read_structure", READ)  # the start page draws the examples meanwhile
    shooting = Screenshot(window, tmp_path / "picture.png", 60.0)
    FirstOpening(window, Launch(smiles="C1CC(", screenshot=tmp_path / "picture.png"), shooting).follow()
    assert shooting.problem == ""
    slow.set()
    qtbot.waitUntil(lambda: bool(shooting.problem), **PATIENT)
    assert "is not a SMILES string" in shooting.problem
    assert not window.isVisible()


def test_a_hundred_carbons_leave_the_window_alive(window, qtbot):
    """Holds if RDKit lets go of the interpreter: else not one beat would come while it works."""
    window.opening.reading.patience_s = 0.0
    seen = []
    timer = QTimer(window, interval=10)
    timer.timeout.connect(lambda: seen.append(window.workspace.structure is None))
    timer.start()
    window.opening.open_smiles("C" * 40)
    qtbot.waitUntil(lambda: window.workspace.structure is not None, timeout=120_000)
    timer.stop()
    assert sum(seen) > 10
    with pytest.raises(XanesviewError):
        BUILD("C" * 121)


@pytest.mark.parametrize("what", ["smiles", "file"])
def test_stop_gives_up_what_is_read_or_built_too(slow, window, qtbot, tmp_path, what):
    (tmp_path / "methane.xyz").write_text(METHANE)
    if what == "smiles":
        window.opening.open_smiles("CCO")
    else:
        window.opening.open_file(tmp_path / "methane.xyz")
    qtbot.waitUntil(cancel_button(window).isVisible, **PATIENT)
    assert longest_pause_ms(window, qtbot) < LIVELY_MS
    window.named_actions["cancel"].trigger()
    assert not cancel_button(window).isVisible()
    assert not window.opening.reading.is_busy
    assert formula(window) == "C6H6"


def test_stop_ends_a_prediction_while_the_window_stays_responsive(window, qtbot, networks):
    networks.gate.clear()
    window.opening.open_example("benzene")
    qtbot.waitUntil(lambda: bool(networks.asked), **PATIENT)
    assert longest_pause_ms(window, qtbot) < LIVELY_MS
    window.named_actions["cancel"].trigger()
    assert not window.workspace.is_busy
    networks.gate.set()
    window.opening.open_example("pyridine")
    qtbot.waitUntil(lambda: bool(shown(window, "current")), **PATIENT)


def test_which_file_is_read_is_said_once_where_it_can_be_given_up(window, qtbot, monkeypatch, tmp_path):
    gate = threading.Event()
    monkeypatch.setattr(registry, "read_structure", lambda path: (gate.wait(60), READ(path))[1])
    window.opening.reading.patience_s = 0.0
    path = tmp_path / "big.xyz"
    path.write_text(METHANE)
    window.opening.open_paths([path])
    try:
        wait_for_bar(window, qtbot)
        seen = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
        assert [text for text in seen if "big.xyz" in text] == ["Reading big.xyz…"]
        assert window.status.state.text() not in ("", "ready")
    finally:
        gate.set()
    qtbot.waitUntil(lambda: window.workspace.structure is not None, **PATIENT)
    qtbot.waitUntil(lambda: window.status.state.text() == "ready", **PATIENT)


def test_a_session_without_a_structure_keeps_no_screenshot_waiting(window, qtbot, tmp_path):
    shooting = Screenshot(window, tmp_path / "picture.png", patience_s=60.0)
    window.saving.taken_up.emit({})
    qtbot.waitUntil(lambda: shooting.problem != "", timeout=5_000)
    assert "no structure" in shooting.problem
    qtbot.waitUntil(lambda: not window.isVisible(), **PATIENT)
