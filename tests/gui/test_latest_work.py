"""The thread for the newest question, at the moment at which its window goes."""

from __future__ import annotations

import threading

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QObject

from xanesview.errors import Cancelled
from xanesview.gui.background.latest_work import LatestWork

PATIENCE_S = 10.0


def ended(work: LatestWork) -> threading.Thread:
    thread = work._thread
    thread.join(PATIENCE_S)
    return thread


def test_answers_come_while_owners_are_destroyed_one_after_the_other(qapp):
    for _ in range(200):
        owner = QObject()
        works = [LatestWork(f"work-{k}", "It failed", owner) for k in range(2)]
        for work in works:
            work.ask(lambda _cancelled: 1)
        owner.deleteLater()
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        for work in works:
            assert not ended(work).is_alive()


@pytest.mark.parametrize("asked_to_end", [True, False])
def test_nothing_is_told_of_an_owner_that_has_gone(qapp, asked_to_end):
    class Owner(QObject):
        pass

    owner = Owner()
    work = LatestWork("work", "It failed", owner)
    go, raised = threading.Event(), []

    def told(_cancelled):
        go.wait(PATIENCE_S)
        try:
            work.tell(lambda: owner.objectNameChanged.emit("late"))
        except Cancelled:
            raised.append(True)
            raise

    work.ask(told)
    if asked_to_end:
        work.shutdown()
    shiboken6.delete(owner)
    go.set()
    assert not ended(work).is_alive()
    assert raised == [True]


def test_what_the_thread_tells_arrives_in_the_windows_thread(qtbot):
    owner = QObject()
    work = LatestWork("work", "It failed", owner)
    heard = []
    owner.objectNameChanged.connect(lambda name: heard.append((name, threading.current_thread())))
    work.done.connect(lambda answer: heard.append((answer, threading.current_thread())))
    work.ask(lambda _cancelled: work.tell(lambda: owner.objectNameChanged.emit("half")) or "all")
    qtbot.waitUntil(lambda: len(heard) == 2, timeout=10_000)
    work.shutdown()
    ended(work)
    assert [name for name, _ in heard] == ["half", "all"]
    assert heard[1][1] is threading.main_thread()
