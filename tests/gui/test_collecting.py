"""Widgets that wait for Python's collector end in the window's thread, whatever other threads allocate."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from xanesview.gui.background.collecting import Collecting


class Circle:
    """Holds itself, and tells in which thread it ended."""

    def __init__(self, ended: list[str]) -> None:
        self.me = self
        weakref.finalize(self, lambda: ended.append(threading.current_thread().name))


@pytest.fixture
def collecting(qapp):
    gc.collect()
    one = Collecting()
    yield one
    one.deleteLater()


def allocate(number: int = 200_000) -> None:
    kept = [[index] for index in range(number)]
    del kept


def test_nothing_is_collected_while_torch_is_imported(collecting, monkeypatch):
    from xanesview.networks import torch_access

    ended: list[str] = []
    Circle(ended)
    allocate_here = [[index] for index in range(5000)]
    torch_access._loading.set()
    try:
        collecting.collect()
        assert not ended
    finally:
        torch_access._loading.clear()
    collecting.collect()
    assert ended
    del allocate_here


def test_a_worker_that_allocates_collects_nothing_and_the_window_does(qtbot, collecting):
    ended: list[str] = []
    Circle(ended)
    worker = threading.Thread(target=allocate, name="worker")
    worker.start()
    worker.join()
    assert ended == []
    kept = [[index] for index in range(2000)]
    qtbot.waitUntil(lambda: ended == ["MainThread"], timeout=5000)
    assert len(kept) == 2000


def test_old_objects_wait_while_a_mouse_button_is_down(qtbot, collecting, monkeypatch):
    asked: list[int] = []
    monkeypatch.setattr(gc, "get_count", lambda: (1, 1, 1000))
    monkeypatch.setattr(gc, "collect", lambda generation=2: asked.append(generation))
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    collecting.collect()
    assert asked == []
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    collecting.collect()
    assert asked == [2]


def test_python_collects_again_when_the_window_is_over(qtbot, collecting):
    assert not gc.isenabled()
    collecting.stop()
    assert gc.isenabled()
    gc.disable()  # as the other tests have it
