"""While a network is read for the first time the window says so, before anything else can keep it from painting."""

from __future__ import annotations

import threading

from PySide6.QtCore import QEvent, QObject

from xanesview.gui.window.status import OPENING


class Painted(QObject):
    """Takes down the words that a label was painted with."""

    def __init__(self, label) -> None:
        super().__init__(label)
        self.words: list[str] = []
        self._label = label
        label.installEventFilter(self)

    def eventFilter(self, watched, event) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.words.append(self._label.text())
        return False


def test_opening_is_painted_before_the_network_is_read(window, networks, qtbot, monkeypatch) -> None:
    painted, begun, go_on = Painted(window.status.state), [], threading.Event()
    load = networks.load

    def slow(name: str):
        begun.append(list(painted.words))
        go_on.wait(10)
        return load(name)

    monkeypatch.setattr(window.workspace.live._worker, "_load", slow)
    window.opening.open_example("benzene")
    qtbot.waitUntil(lambda: bool(begun), timeout=30_000)
    assert OPENING in begun[0]
    assert window.status.state.text() == OPENING
    qtbot.waitUntil(lambda: window.plot._busy.is_running, timeout=30_000)
    assert "Opening" in window.plot._empty.text()
    go_on.set()
    qtbot.waitUntil(lambda: bool(window.plot.curves()), timeout=30_000)
    assert window.status.state.text() != OPENING
    painted.words.clear()
    window.opening.open_example("naphthalene")
    qtbot.waitUntil(lambda: window.workspace.shown.prediction is not None, timeout=30_000)
    assert OPENING not in painted.words, "the network is there"
