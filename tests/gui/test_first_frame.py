"""The picture of the session before stands where the window will, and goes when the window shows the same."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QByteArray, QRect
from PySide6.QtGui import QImage

from xanesview.gui import app
from xanesview.gui.launch import Launch
from xanesview.gui.settings import Settings
from xanesview.gui.window import first_frame
from xanesview.gui.window.first_frame import FirstFrame, FrameKeeper, KeptFrame, frame_file


@pytest.fixture
def kept(qtbot, benzene_window, tmp_path, monkeypatch):
    """The file of a picture that the window has kept."""
    monkeypatch.setattr(first_frame, "REST_MS", 0)
    path = tmp_path / "first_frame" / "kept.png"
    keeper = FrameKeeper(benzene_window, path, lambda: first_frame._is_untouched(benzene_window))
    benzene_window.view_ready.emit()
    qtbot.waitUntil(path.is_file, timeout=10_000)
    keeper.deleteLater()
    return path


def test_the_picture_is_the_windows_and_stands_at_its_place(kept, benzene_window):
    frame = KeptFrame.read(kept, benzene_window.geometry())
    assert frame.geometry() == benzene_window.geometry()
    drawn, here = QImage(str(kept)), benzene_window.grab().toImage()
    assert drawn.size() == here.size()
    plot = benzene_window.plot
    corner = plot.mapTo(benzene_window, plot.rect().center())
    assert drawn.pixelColor(corner) == here.pixelColor(corner)


def test_it_stands_before_the_window_until_that_is_complete(qtbot, kept, benzene_window):
    frame = KeptFrame.read(kept, benzene_window.geometry())
    complete = []
    frame.show()
    qtbot.waitUntil(lambda: frame.is_painted)
    frame.stay_before(benzene_window, lambda: bool(complete))
    benzene_window.plot.painted.emit()
    qtbot.wait(20)
    assert frame.isVisible()
    benzene_window.move(benzene_window.pos().x() + 30, benzene_window.pos().y() + 20)
    qtbot.waitUntil(lambda: frame.pos() == benzene_window.mapToGlobal(benzene_window.rect().topLeft()))
    complete.append(True)
    benzene_window.plot.painted.emit()
    qtbot.waitUntil(lambda: not frame.isVisible())


def test_patience_ends(qtbot, kept, benzene_window, monkeypatch):
    monkeypatch.setattr(first_frame, "PATIENCE_MS", 30)
    frame = KeptFrame.read(kept, benzene_window.geometry())
    frame.show()
    frame.stay_before(benzene_window, lambda: False)
    qtbot.waitUntil(lambda: not frame.isVisible())


def test_nothing_is_kept_of_a_window_that_was_used(qtbot, benzene_window, tmp_path, monkeypatch):
    monkeypatch.setattr(first_frame, "REST_MS", 0)
    path = tmp_path / "first_frame" / "kept.png"
    benzene_window.workspace.curves.freeze()
    FrameKeeper(benzene_window, path, lambda: first_frame._is_untouched(benzene_window))
    benzene_window.view_ready.emit()
    qtbot.wait(100)
    assert not path.exists()


def test_another_theme_layout_or_network_has_another_picture(qapp):
    settings = Settings(fresh=True)
    first = frame_file(settings, ["benzene", "network"])
    assert frame_file(settings, ["benzene", "network"]) == first
    others = {frame_file(settings, ["benzene", "other network"])}
    settings.theme = "dark"
    others.add(frame_file(settings, ["benzene", "network"]))
    settings.set_layout("desk", QByteArray(b"somewhere else"))
    others.add(frame_file(settings, ["benzene", "network"]))
    assert len(others) == 3
    assert first not in others


@pytest.mark.parametrize("content", [b"", b"no picture"])
def test_what_is_no_picture_is_not_shown(qapp, tmp_path, content):
    path = tmp_path / "kept.png"
    path.write_bytes(content)
    assert KeptFrame.read(path, QRect(0, 0, 80, 60)) is None
    assert KeptFrame.read(tmp_path / "none.png", QRect(0, 0, 80, 60)) is None


def test_a_window_beyond_the_screens_has_no_picture(kept):
    assert KeptFrame.read(kept, QRect(-5000, 0, 80, 60)) is None
    assert KeptFrame.read(kept, QRect()) is None


def test_a_first_start_has_no_picture_and_keeps_one(qtbot, qapp, benzene_window, monkeypatch, xanesview_home):
    monkeypatch.setattr(first_frame, "REST_MS", 0)
    settings = Settings(fresh=True)
    settings.set_layout("window", benzene_window.saveGeometry())
    frame = FirstFrame(settings, ["benzene"])
    frame.follow(benzene_window)
    benzene_window.view_ready.emit()
    qtbot.waitUntil(lambda: bool(list(xanesview_home.rglob("first_frame/*.png"))), timeout=10_000)
    second = FirstFrame(settings, ["benzene"])
    shown = [w for w in qapp.topLevelWidgets() if isinstance(w, KeptFrame) and w.isVisible()]
    assert [w.size() for w in shown] == [benzene_window.size()]
    second.follow(benzene_window)
    benzene_window.plot.painted.emit()
    qtbot.waitUntil(lambda: not [w for w in qapp.topLevelWidgets() if isinstance(w, KeptFrame) and w.isVisible()])


def test_no_picture_of_the_example_stands_before_another_structure(qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr(Settings, "seen", lambda _self, _name: True)
    for launch in (Launch(files=(tmp_path / "work.xanesview",)), Launch(smiles="CO")):
        assert app._first_frame(launch, "c_k_edge_tensor") is None
    assert app._first_frame(Launch(), "c_k_edge_tensor") is not None
