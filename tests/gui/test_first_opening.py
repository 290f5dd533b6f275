"""What the window shows first: content in its first frame, and what it is doing where that takes longer."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel

from xanesview.gui import first_opening
from xanesview.gui.app import Launch, _seen_before
from xanesview.gui.appearance.theme import apply_theme, colours
from xanesview.gui.first_opening import FirstOpening
from xanesview.gui.main_window import MainWindow
from xanesview.gui.panels.folder.model import NAME
from xanesview.gui.settings import Settings
from xanesview.io.examples import find_example
from xanesview.io.session_file import session_file

SESSION = Path(__file__).parents[1] / "data" / "session" / "version_0_1_0.xanesview"


@pytest.fixture
def unseen(qtbot, networks):
    """A window that is not on the screen yet."""
    window = MainWindow(networks=networks, settings=Settings(fresh=True), network="fake")
    yield window
    window.saving.asks = False
    window.close()
    window.deleteLater()


def first_curves(window, qtbot) -> list:
    """What the plot has when it paints for the first time."""
    found = []
    window.plot.painted.connect(lambda: found.append(list(window.plot.curves())))
    with qtbot.waitExposed(window):
        window.show()
    qtbot.waitUntil(lambda: bool(found))
    return found[0]


def coloured(picture, colour: str) -> int:
    """How many pixels of a picture are very near a colour."""
    wanted = QColor(colour)
    near = 0
    for y in range(0, picture.height(), 2):
        for x in range(0, picture.width(), 2):
            pixel = picture.pixelColor(x, y)
            away = abs(pixel.red() - wanted.red()) + abs(pixel.green() - wanted.green())
            near += away + abs(pixel.blue() - wanted.blue()) < 12
    return near


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_example_is_drawn_in_the_first_frame_and_the_view_shows_it_from_the_same_side(unseen, qtbot, qapp, theme):
    apply_theme(qapp, theme)
    unseen.opening.open_example("benzene")
    with qtbot.waitExposed(unseen):
        unseen.show()
    assert unseen.view is None, "the 3D view takes longer than the first frame may wait"
    ground = unseen.view_pane.ground
    still = ground.grab().toImage()
    assert coloured(still, colours(ground).accent) > 100, "the arrow"
    unseen.make_view()
    seen = unseen.view.image()
    ratio = still.width() / seen.width()
    for place in unseen.view.atoms_px()[:6]:
        x, y = (place * ratio).astype(int)
        inside = still.pixelColor(int(x), int(y)), seen.pixelColor(int(place[0]), int(place[1]))
        assert abs(inside[0].lightness() - inside[1].lightness()) < 60, "an atom stands where it will stand"


def test_a_session_stands_in_the_first_frame(unseen, qtbot) -> None:
    first = FirstOpening(unseen, Launch(files=(SESSION,)), None)
    first.open()
    assert "pyridine" in unseen.windowTitle().lower()
    assert any(curve.role == "current" for curve in first_curves(unseen, qtbot))


@pytest.mark.parametrize("files", [(SESSION,), ()])
def test_the_very_first_start_shows_the_start_page_but_not_over_the_tab_of_a_session(unseen, qtbot, files) -> None:
    first = FirstOpening(unseen, Launch(files=files), None)
    first.open()
    unseen.tabs.show("History")
    assert not unseen.settings.seen("start")
    with qtbot.waitExposed(unseen):
        unseen.show()
    first.follow()
    qtbot.waitUntil(lambda: unseen.view is not None, timeout=20_000)
    QApplication.processEvents()
    in_front = [name for name in ("Start", "History") if not unseen.docks[name].visibleRegion().isEmpty()]
    assert in_front == (["History"] if files else ["Start"])
    assert unseen.settings.seen("start") is not bool(files), "it comes with the first start without a session"


def test_a_session_that_is_read_slowly_is_told_of_from_the_first_frame(unseen, qtbot, monkeypatch) -> None:
    ready, read = threading.Event(), session_file.read_with_digest
    monkeypatch.setattr(session_file, "read_with_digest", lambda path: (ready.wait(20), read(path))[1])
    monkeypatch.setattr(first_opening, "PATIENCE_S", 0.01)
    first = FirstOpening(unseen, Launch(files=(SESSION,)), None)
    first.open()
    with qtbot.waitExposed(unseen):
        unseen.show()
    said = {label.text() for label in unseen.findChildren(QLabel) if label.isVisible()}
    assert {"reading version_0_1_0.xanesview…", "Reading version_0_1_0.xanesview…"} <= said
    assert "ready" not in said
    ready.set()
    qtbot.waitUntil(lambda: bool(unseen.plot.curves()))
    assert unseen.status.state.text() == "ready"


@pytest.mark.parametrize(
    ("names", "shown", "said"),
    [
        (("toluene",), "Toluene", "candidates holds one structure: toluene is shown."),
        (("cut", "pyridine", "toluene"), "Pyridine", "pyridine is shown, the first of 3 structures in candidates."),
    ],
)
def test_a_folder_is_listed_and_its_first_structure_shown(unseen, qtbot, tmp_path, names, shown, said) -> None:
    folder = tmp_path / "candidates"
    folder.mkdir()
    for name in names:
        path = folder / f"{name}.extxyz"
        path.write_text("5\n\nC 0 0\n") if name == "cut" else shutil.copy(find_example(name).path, path)
    first = FirstOpening(unseen, Launch(files=(folder,)), None)
    first.open()
    with qtbot.waitExposed(unseen):
        unseen.show()
    first.follow()
    qtbot.waitUntil(lambda: unseen.workspace.structure is not None, timeout=10_000)
    assert unseen.workspace.structure.name == shown
    qtbot.waitUntil(lambda: unseen.structure_messages.isVisible())
    assert unseen.structure_messages.notice.message == said
    assert unseen.structure_messages.severity == "info"
    assert not unseen.docks["Folder"].visibleRegion().isEmpty()
    qtbot.waitUntil(lambda: not unseen.workspace.candidates.is_busy, timeout=10_000)
    assert len(unseen.workspace.candidates.rows) == len(names)
    unseen.resize(800, 600)
    table = unseen.tabs["Folder"].table

    def row_is_seen() -> bool:
        row = table.visualRect(table.rows.index(0, NAME))
        return not row.isEmpty() and table.viewport().visibleRegion().boundingRect().contains(row)

    qtbot.waitUntil(row_is_seen)


def test_a_session_waits_for_no_package_of_training(networks) -> None:
    assert _seen_before(Launch(files=(SESSION,)), networks, "fake")
    assert not _seen_before(Launch(files=(Path("new.xyz"),)), networks, "fake")
