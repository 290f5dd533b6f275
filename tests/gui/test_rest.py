"""While the arrow is dragged, background work that can wait does."""

from __future__ import annotations

import threading
import time

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from xanesview.gui.background import rest


def waiting(given_up=lambda: False) -> threading.Thread:
    thread = threading.Thread(target=rest.wait_for_rest, args=(given_up,))
    thread.start()
    return thread


def test_work_waits_until_nothing_is_dragged() -> None:
    rest.note_move()
    began = time.monotonic()
    thread = waiting()
    for _ in range(5):
        time.sleep(0.1)
        rest.note_move()
    assert thread.is_alive()
    thread.join(5.0)
    assert time.monotonic() - began >= 0.5 + rest.STILL_S


def test_nobody_waits_for_what_was_given_up() -> None:
    rest.note_move()
    thread = waiting(given_up=lambda: True)
    thread.join(5.0)
    assert not thread.is_alive()


def test_a_drag_of_the_arrow_is_noted(benzene_window, qtbot, monkeypatch) -> None:
    noted = []
    monkeypatch.setattr("xanesview.gui.window.view_link.note_move", lambda: noted.append(1))
    view = benzene_window.view
    tip = QPoint(*(int(x) for x in view.tips_px()[0]))
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=tip)
    QTest.mouseMove(view, tip + QPoint(20, 15))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=tip + QPoint(20, 15))
    qtbot.waitUntil(lambda: len(noted) >= 2)
