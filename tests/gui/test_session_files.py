"""Work that is saved, closed and opened again is the same, and nothing is lost unasked."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QToolButton

from tests.changed_sessions import changed, said_in
from tests.full_disk import full_disk
from tests.gui.acting import current, drag, shown
from tests.gui.fake_networks import FakeNetworks
from xanesview.domain.session import ReferenceCurve
from xanesview.domain.spectrum import Spectrum
from xanesview.gui.dialogs import changed_file
from xanesview.gui.main_window import MainWindow
from xanesview.gui.settings import Settings
from xanesview.io.session_file.session_file import read_session_file, write_session_file
from xanesview.networks.card import Card

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the save dialog saves to."""
    wanted = tmp_path / "work.xanesview"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(wanted), ""))
    return wanted


@pytest.fixture
def another(qtbot):
    """Makes further windows, as other starts of the program would."""
    made = []

    def make(networks=None) -> MainWindow:
        window = MainWindow(networks=networks or FakeNetworks(), settings=Settings(fresh=True), network="fake")
        window.resize(1400, 860)
        with qtbot.waitExposed(window):
            window.show()
        window.make_view()
        made.append(window)
        return window

    yield make
    for window in made:
        window.saving.asks = False
        window.close()
        window.deleteLater()


def key(window, key, modifiers=CTRL) -> None:
    QTest.keyClick(window, key, modifiers)
    QApplication.processEvents()


def measured(name: str = "run 12") -> ReferenceCurve:
    energy = np.linspace(280.0, 310.0, 61)
    spectrum = Spectrum(energy, np.exp(-((energy - 290.0) ** 2)) + 0.2, label=name, kind="measured")
    return ReferenceCurve(spectrum=spectrum, label=name)


def busy_work(window, qtbot) -> None:
    """Do a bit of everything, with mouse and keys where there are some."""
    work = window.workspace
    tip = window.view.tips_px()[0]
    drag(window.view, tip, np.add(tip, [(10.0, 8.0), (25.0, 30.0)]))
    work.pick([0, 1])
    work.set_site_weight(1, 0.5)
    key(window, Qt.Key.Key_C, Qt.KeyboardModifier.NoModifier)
    work.processing.overlay(measured())
    work.set_network("isotropic")
    work.set_network("fake")
    work.set_compared(["isotropic"])
    window.opening.open_example("formaldehyde")
    qtbot.waitUntil(lambda: bool(shown(window, "current")), timeout=5000)
    work.show_tab(0)
    work.set_broadening(0.9)
    qtbot.waitUntil(lambda: bool(shown(window, "compared")) and bool(shown(window, "current")), timeout=5000)
    window.tabs.show("Curves")
    window.plot.pin(285.0)
    window.plot.set_view_range((282.0, 299.0), (0.0, 1.5))
    window.view.look_along("x")
    QApplication.processEvents()


def numbers(window) -> dict[str, tuple[np.ndarray, np.ndarray, str]]:
    return {one.key: (one.energy_ev, one.intensity, one.label) for one in window.plot.curves()}


def save(window, qtbot) -> None:
    with qtbot.waitSignal(window.saving.saved, timeout=5000):
        key(window, Qt.Key.Key_S)


def test_what_is_saved_and_opened_in_another_window_shows_the_same_curves(benzene_window, qtbot, path, another) -> None:
    window = benzene_window
    busy_work(window, qtbot)
    before, session = numbers(window), window.workspace.session
    save(window, qtbot)
    assert window.windowTitle() == "work.xanesview – Benzene – xanesview"
    assert path.stat().st_size > 1000

    networks = FakeNetworks()
    networks.gate.clear()  # nothing is predicted: all comes from the file
    other = another(networks)
    assert other.opening.open_paths([path])
    QApplication.processEvents()
    after = numbers(other)
    networks.gate.set()
    assert list(after) == list(before)
    for name, (energy, intensity, label) in before.items():
        np.testing.assert_array_equal(after[name][0], energy)
        np.testing.assert_array_equal(after[name][1], intensity)
        assert after[name][2] == label
    again = other.workspace.session
    assert [one.name for one in again.structures] == [one.name for one in session.structures]
    assert (again.picked, dict(again.site_weights), again.geometry) == (
        session.picked, dict(session.site_weights), session.geometry
    )  # fmt: skip
    assert again.references[0].steps == session.references[0].steps
    assert other.windowTitle() == window.windowTitle()
    assert other.plot.pins() == [285.0]
    assert other.plot.view_range()[0] == pytest.approx((282.0, 299.0))
    np.testing.assert_allclose(other.view.camera.rotation, window.view.camera.rotation, atol=1e-9)
    assert other.docks["Curves"].widget().isVisible()
    ours, theirs = window.workspace.undo_stack, other.workspace.undo_stack
    assert (theirs.count(), theirs.index()) == (ours.count(), ours.index())
    assert theirs.undoText() == ours.undoText(), "undo goes on where it was"
    assert theirs.isClean()


def test_a_camera_of_a_file_that_is_opened_before_the_view_is_there(benzene_window, qtbot, path, another) -> None:
    benzene_window.view.look_along("y")
    save(benzene_window, qtbot)
    window = MainWindow(networks=FakeNetworks(), settings=Settings(fresh=True), network="fake")
    window.opening.open_paths([path])
    with qtbot.waitExposed(window):
        window.show()
    window.make_view()
    np.testing.assert_allclose(window.view.camera.rotation, benzene_window.view.camera.rotation, atol=1e-9)
    window.close()
    window.deleteLater()


def test_the_title_tells_of_changes_and_saving_again_takes_the_mark_away(benzene_window, qtbot, path) -> None:
    window = benzene_window
    assert window.windowTitle() == "Benzene – xanesview", "a structure that was only opened is no work to be lost"
    key(window, Qt.Key.Key_C, Qt.KeyboardModifier.NoModifier)
    assert window.windowTitle() == "*Benzene – xanesview"
    save(window, qtbot)
    assert window.windowTitle() == "work.xanesview – Benzene – xanesview"
    key(window, Qt.Key.Key_X, SHIFT)
    assert window.windowTitle().startswith("*work.xanesview")
    key(window, Qt.Key.Key_Z)
    assert not window.windowTitle().startswith("*"), "undone, it is as it was saved"
    assert path in window.settings.recent_files()


def test_closing_asks_and_saves_and_closes(benzene_window, qtbot, path) -> None:
    window = benzene_window
    window.saving.asks = True
    key(window, Qt.Key.Key_C, Qt.KeyboardModifier.NoModifier)
    key(window, Qt.Key.Key_Q)
    box = window.findChild(QMessageBox, "unsaved")
    assert window.isVisible()
    assert box.isVisible()
    assert "Benzene" in box.text()
    QTest.keyClick(box, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert window.isVisible(), "Escape stays"
    assert not path.exists()
    window.close()
    (box,) = (one for one in window.findChildren(QMessageBox, "unsaved") if one.isVisible())
    QTest.mouseClick(box.button(QMessageBox.StandardButton.Save), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=5000)
    assert len(read_session_file(path).session.frozen) == 1


def test_closing_without_saving(benzene_window, qtbot, path) -> None:
    window = benzene_window
    window.saving.asks = True
    key(window, Qt.Key.Key_C, Qt.KeyboardModifier.NoModifier)
    window.close()
    box = window.findChild(QMessageBox, "unsaved")
    QTest.mouseClick(box.button(QMessageBox.StandardButton.Discard), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=5000)
    assert not path.exists()


def test_a_window_that_was_only_looked_at_closes_unasked(benzene_window) -> None:
    window = benzene_window
    window.saving.asks = True
    tip = window.view.tips_px()[0]
    drag(window.view, tip, [np.add(tip, (25.0, 30.0))])
    window.close()
    assert not window.isVisible()


def test_a_session_that_is_dropped_takes_the_place_of_unsaved_work_once_that_is_saved(
    benzene_window, qtbot, path, tmp_path
) -> None:
    window = benzene_window
    stored = tmp_path / "other.xanesview"
    write_session_file(stored, window.saving.gather().work.replace(networks=()))
    window.saving.asks = True
    key(window, Qt.Key.Key_C, Qt.KeyboardModifier.NoModifier)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(stored))])
    window.dropEvent(
        QDropEvent(QPoint(300, 300).toPointF(), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
                   Qt.KeyboardModifier.NoModifier)
    )  # fmt: skip
    qtbot.waitUntil(lambda: window.findChild(QMessageBox, "unsaved") is not None, timeout=5000)
    box = window.findChild(QMessageBox, "unsaved")
    QTest.mouseClick(box.button(QMessageBox.StandardButton.Save), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.saving.path == stored, timeout=5000)
    assert path.exists()
    assert window.workspace.session.frozen == ()


def test_a_full_disk_says_one_sentence_and_leaves_the_old_file(benzene_window, qtbot, path) -> None:
    window = benzene_window
    save(window, qtbot)
    before = path.read_bytes()
    key(window, Qt.Key.Key_C, Qt.KeyboardModifier.NoModifier)
    with full_disk(200):
        key(window, Qt.Key.Key_S)
        qtbot.waitUntil(lambda: window.structure_messages.isVisible(), timeout=5000)
    assert str(path) in window.structure_messages.text()
    assert path.read_bytes() == before
    assert window.windowTitle().startswith("*")


def test_a_file_that_cannot_be_read_is_told_of_and_what_is_shown_stays(benzene_window, qtbot, tmp_path) -> None:
    bad = tmp_path / "bad.xanesview"
    bad.write_bytes(b"PK\x03\x04 nothing")
    benzene_window.opening.open_file(bad)
    qtbot.waitUntil(lambda: benzene_window.structure_messages.isVisible(), timeout=5000)
    assert "bad.xanesview" in benzene_window.structure_messages.text()
    assert benzene_window.workspace.structure.name == "Benzene"
    assert benzene_window.saving.path is None


class WithoutFake(FakeNetworks):
    """The network that the file was made with is not there."""

    def __init__(self) -> None:
        super().__init__()
        self._cards["another"] = self._cards.pop("fake")


def test_without_its_network_a_session_shows_what_was_kept_and_says_so(benzene_window, qtbot, path, another) -> None:
    before = current(benzene_window)
    save(benzene_window, qtbot)
    other = another(WithoutFake())
    other.opening.open_paths([path])
    qtbot.waitUntil(lambda: bool(shown(other, "current")), timeout=5000)
    np.testing.assert_array_equal(current(other), before)
    assert "“fake”" in other.structure_messages.text()
    assert other.workspace.shown.card is None
    other.saving.write(path)
    qtbot.waitUntil(lambda: not other.saving.writing.is_busy, timeout=5000)
    assert [one.name for one in read_session_file(path).networks] == ["fake"]
    assert len(read_session_file(path).predictions) == 1, "it is still there for whoever has the network"


def test_another_network_of_the_same_name_changes_nothing_until_a_further_site_is_picked(
    benzene_window, qtbot, path, another, monkeypatch
) -> None:
    monkeypatch.setattr(Card, "weights_hash", property(lambda self: "one"))
    before = current(benzene_window)
    save(benzene_window, qtbot)
    monkeypatch.setattr(Card, "weights_hash", property(lambda self: "two"))
    networks = FakeNetworks()
    other = another(networks)
    other.opening.open_paths([path])
    qtbot.waitUntil(lambda: bool(shown(other, "current")), timeout=5000)
    np.testing.assert_array_equal(current(other), before)
    assert "another “fake” than the one here" in other.offers.text()
    assert networks.asked == []
    QTest.mouseClick(other.offers.findChild(QToolButton, "offer-predict-anew"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(networks.asked), timeout=5000)
    assert not other.offers.isVisible()


def test_what_is_offered_of_a_session_goes_with_it(benzene_window, qtbot, path, another, monkeypatch) -> None:
    monkeypatch.setattr(Card, "weights_hash", property(lambda self: "one"))
    save(benzene_window, qtbot)
    monkeypatch.setattr(Card, "weights_hash", property(lambda self: "two"))
    other = another(FakeNetworks())
    other.opening.open_paths([path])
    qtbot.waitUntil(lambda: "another “fake”" in other.offers.text(), timeout=5000)
    save(benzene_window, qtbot)
    other.opening.open_paths([path])
    qtbot.waitUntil(lambda: not other.offers.isVisible(), timeout=5000)


def test_a_session_with_a_large_slab_is_written_beside_the_window(benzene_window, qtbot, path) -> None:
    """What is gathered in the window's own thread is next to nothing: no array is copied."""
    window = benzene_window
    for k in range(20):
        window.workspace.add_reference(measured(f"run {k}"))
    gathered = window.saving.gather()
    tensor = window.workspace.shown.prediction.tensor
    assert gathered.work.predictions[0].tensor is tensor
    assert gathered.work.session is window.workspace.session
    save(window, qtbot)
    assert len(read_session_file(path).session.references) == 20


def test_saving_twice_in_a_row_leaves_the_last(benzene_window, qtbot, path) -> None:
    window = benzene_window
    save(window, qtbot)
    window.saving.save()
    window.workspace.curves.freeze()
    window.saving.save()
    qtbot.waitUntil(lambda: not window.saving.writing.is_busy, timeout=5000)
    assert len(read_session_file(path).session.frozen) == 1
    assert not window.saving.is_dirty


def test_the_keys_are_those_of_every_program(window) -> None:
    assert window.named_actions["save"].shortcut() == QKeySequence("Ctrl+S")
    assert window.named_actions["save_as"].shortcut() == QKeySequence("Ctrl+Shift+S")


def test_a_name_without_an_ending_gets_it(benzene_window, qtbot, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    with qtbot.waitSignal(benzene_window.saving.saved, timeout=5000):
        key(benzene_window, Qt.Key.Key_S, CTRL | SHIFT)
    assert (tmp_path / "mine.xanesview").exists()


def test_a_fit_is_kept(benzene_window, qtbot, path, another) -> None:
    window = benzene_window
    window.workspace.processing.overlay(measured())
    window.workspace.fitting.fit(0)
    qtbot.waitUntil(lambda: window.workspace.fitting.report is not None, timeout=20_000)
    save(window, qtbot)
    other = another()
    other.opening.open_paths([path])
    QApplication.processEvents()
    before, after = window.workspace.fitting.report, other.workspace.fitting.current_report()
    assert after is not None
    assert [dataclasses.astuple(one) for one in after.fit.values] == [dataclasses.astuple(v) for v in before.fit.values]


@pytest.mark.parametrize("part", ["references", "structure"])
def test_what_is_whole_of_a_damaged_file_is_shown_and_the_rest_told_of(benzene_window, qtbot, path, part) -> None:
    window = benzene_window
    window.workspace.add_reference(measured("whole"))
    gone = measured("gone")
    window.workspace.add_reference(gone.replace(spectrum=Spectrum(gone.spectrum.energy_ev, gone.spectrum.intensity * 2,
                                                                  label="gone", kind="measured")))  # fmt: skip
    save(window, qtbot)
    session = said_in(path.read_bytes())["session"]
    value = session["references"][1]["spectrum"]["intensity"] if part == "references" else session[part]["numbers"]
    path.write_bytes(changed(path.read_bytes(), lambda data: data[:-1] + b"\x55", f"arrays/{value['$array']}.npy",
                             rename=False))  # fmt: skip
    window.opening.open_file(path)
    qtbot.waitUntil(lambda: "damaged" in window.structure_messages.text(), timeout=5000)
    left = [one.label for one in window.workspace.session.references]
    assert left == (["whole"] if part == "references" else ["whole", "gone"])
    assert (window.workspace.structure is None) == (part == "structure")
    QApplication.processEvents()


def test_every_name_that_was_asked_for_is_written(benzene_window, qtbot, tmp_path) -> None:
    """Two saves under other names while the first one still goes on, as on a slow disk."""
    window = benzene_window
    names = [tmp_path / f"{name}.xanesview" for name in ("first", "second", "third")]
    for path in names:
        window.saving.write(path)
    qtbot.waitUntil(lambda: not window.saving.writing.is_busy and all(path.is_file() for path in names))
    assert window.saving.path == names[-1]


def test_work_that_its_file_could_not_take_is_unsaved(window, qtbot, tmp_path) -> None:
    """Somebody has taken the file away, and put a folder in its place."""
    window.saving.write(tmp_path / "work.xanesview")
    qtbot.waitUntil(lambda: window.saving.path is not None and not window.saving.is_dirty, timeout=5000)
    (tmp_path / "work.xanesview").unlink()
    (tmp_path / "work.xanesview").mkdir()
    with qtbot.waitSignal(window.workspace.message, timeout=5000) as told:
        window.saving.save()
    assert "folder" in told.args[0].message
    assert window.saving.is_dirty


def test_atoms_moved_without_a_picked_site_are_asked_for(benzene_window, qtbot) -> None:
    workspace = benzene_window.workspace
    benzene_window.saving.asks = True
    workspace.pick([])
    assert not benzene_window.saving.is_dirty
    workspace.editing.place(11, workspace.structure.positions_angstrom[11] + [0.0, 0.0, 0.4])
    assert benzene_window.saving.is_dirty
    benzene_window.saving.asks = False


def test_what_another_window_saved_while_it_is_asked_is_not_overwritten(window, qtbot, tmp_path, monkeypatch) -> None:
    path, answers = tmp_path / "work.xanesview", []
    monkeypatch.setattr(changed_file.ChangedFileDialog, "open", lambda self: answers.append(self))
    window.saving.write(path)
    qtbot.waitUntil(lambda: window.saving.path == path, timeout=5000)
    work = read_session_file(path)
    for place in (1, 2):  # the other window saves, is seen, and saves once more while the question stands
        write_session_file(path, work.replace(view={"pins_ev": [float(place)]}))
        if place == 1:
            window.saving.save()
            qtbot.waitUntil(lambda: len(answers) == 1, timeout=5000)
    answers[0].overwrite.click()
    qtbot.waitUntil(lambda: len(answers) == 2, timeout=5000)
    assert read_session_file(path).view == {"pins_ev": [2.0]}
    answers[1].overwrite.click()
    qtbot.waitUntil(lambda: read_session_file(path).view.get("pins_ev") == [], timeout=5000)
