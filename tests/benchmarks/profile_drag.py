"""Which way a mouse move takes through the program: calls and files from the event to the layer that draws them.

Run under a display: ``python tests/benchmarks/profile_drag.py``; with ``--files`` every file and its calls. Counts are
exact and the same on every machine; the time beside them is of an unprofiled move.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

import xanesview

PACKAGE = Path(xanesview.__file__).parent
WIDTH_EV = 2.0


class Trace:
    """Counts calls of the package's own functions in this thread until the curves' layer has its new numbers."""

    def __init__(self) -> None:
        self.calls: Counter[tuple[str, str]] = Counter()
        self.until_drawn: int | None = None

    def __enter__(self) -> Trace:
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_error: object) -> None:
        sys.setprofile(None)

    def _note(self, frame, event: str, _argument: object) -> None:
        if event != "call" or not frame.f_code.co_filename.startswith(str(PACKAGE)):
            return
        if self.until_drawn is not None:
            return
        name = str(Path(frame.f_code.co_filename).relative_to(PACKAGE))
        self.calls[name, frame.f_code.co_name] += 1
        if frame.f_code.co_name == "set_curves" and name == "gui/plot/curve_layer.py":
            self.until_drawn = sum(self.calls.values())

    @property
    def files(self) -> Counter[str]:
        """Calls a file."""
        total: Counter[str] = Counter()
        for (name, _function), count in self.calls.items():
            total[name] += count
        return total


def send(view, kind: QEvent.Type, at: np.ndarray, button, held) -> None:
    """Send a mouse event to a widget at a place in its own pixels."""
    place = QPointF(*map(float, at))
    where = QPointF(view.mapToGlobal(place.toPoint()))
    QApplication.sendEvent(view, QMouseEvent(kind, place, where, button, held, Qt.KeyboardModifier.NoModifier))


def opened_window(application: QApplication):
    """The window on benzene with all six sites and the sum, predicted."""
    from xanesview.gui.main_window import MainWindow
    from xanesview.gui.settings import Settings

    window = MainWindow(settings=Settings(fresh=True))
    window.resize(1400, 860)
    window.show()
    application.processEvents()
    window.make_view()
    window.opening.open_example("benzene")
    until = time.monotonic() + 60
    while not window.plot.curves() and time.monotonic() < until:
        application.processEvents()
    for _ in range(20):
        application.processEvents()
    return window


def measure(window, application: QApplication) -> tuple[Trace, float]:
    """Drag the arrow; return the trace of one move in the middle and the median time of an unprofiled one, ms."""
    view = window.view
    start = view.tips_px()[0]
    send(view, QEvent.Type.MouseButtonPress, start, Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton)
    times, trace = [], Trace()
    for step in range(1, 41):
        at = start + 90 * np.array([np.sin(step / 12), 1 - np.cos(step / 12)])
        if step == 20:
            with trace:
                send(view, QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton)
        else:
            began = time.perf_counter()
            send(view, QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton)
            times.append(1e3 * (time.perf_counter() - began))
        application.processEvents()
    send(view, QEvent.Type.MouseButtonRelease, at, Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton)
    application.processEvents()
    return trace, statistics.median(times[5:])


def tell(name: str, trace: Trace, milliseconds: float, files: bool) -> None:
    """Print one row, and below it the files if wanted."""
    total, places = sum(trace.calls.values()), trace.files
    cards = sum(count for (_file, function), count in trace.calls.items() if function == "card")
    print(
        f"{name}: {total} calls in {len(places)} files from mouse move to the layer of curves, {milliseconds:.1f} ms a "
        f"move; cards asked for {cards} times"
    )
    if files:
        for place, count in places.most_common():
            print(f"  {count:4d} {place}")


def main() -> int:
    """Profile a drag at the native width and at a larger one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", action="store_true", help="print every file and its calls")
    options = parser.parse_args()
    os.environ.setdefault("QT_API", "pyside6")
    from xanesview.gui.app import prepare_environment

    prepare_environment()
    application = QApplication.instance() or QApplication(sys.argv[:1])
    window = opened_window(application)
    tell("native width", *measure(window, application), options.files)
    window.workspace.set_broadening(WIDTH_EV)
    for _ in range(20):
        application.processEvents()
    tell(f"{WIDTH_EV:g} eV", *measure(window, application), files=False)
    window.close()
    application.processEvents()
    return 0


if __name__ == "__main__":
    sys.exit(main())
