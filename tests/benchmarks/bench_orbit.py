"""How many frames a second a large structure keeps while it is turned, and while its arrow is.

Run under a display, for the slowest case with LIBGL_ALWAYS_SOFTWARE=1: ``python tests/benchmarks/bench_orbit.py
[--molecules 1667]``: benzenes on a grid, 12 atoms each. Each step is what a move of the mouse makes: events, one frame.
The first figure is of frames that are drawn finely, as they are while nothing moves.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from tests.benchmarks.application import prepared_application
from tests.benchmarks.bench_large import grid_of_benzenes
from tests.gui.acting import NONE, mouse
from tests.gui.fake_networks import FakeNetworks

STEPS = 40
WANTED_PER_S = 20.0


def opened_window(application: QApplication, molecules: int):
    """The window on so many benzenes, one carbon picked, predicted by an analytic network."""
    from xanesview.gui.main_window import MainWindow
    from xanesview.gui.settings import Settings

    window = MainWindow(networks=FakeNetworks(), settings=Settings(fresh=True), network="fake")
    window.resize(1400, 860)
    window.show()
    application.processEvents()
    window.make_view()
    window.workspace.open_structure(grid_of_benzenes(molecules, 0.0), [0])
    until = time.monotonic() + 60
    while window.workspace.is_busy and time.monotonic() < until:
        application.processEvents()
    return window


def dragged_s(view, application: QApplication, start: tuple[float, float]) -> float:
    """Return the median time from a move of the mouse to the frame, s."""
    mouse(view, QEvent.Type.MouseButtonPress, start)
    times = []
    for k in range(STEPS):
        began = time.perf_counter()
        at = (start[0] + 5 * k, start[1] + 2 * k)
        mouse(view, QEvent.Type.MouseMove, at, NONE, Qt.MouseButton.LeftButton)
        application.processEvents()
        times.append(time.perf_counter() - began)
    mouse(view, QEvent.Type.MouseButtonRelease, at)
    return statistics.median(times[5:])


def main() -> int:
    """Print frames a second; fail below what is wanted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--molecules", type=int, default=1667)
    options = parser.parse_args()
    application = prepared_application()
    window = opened_window(application, options.molecules)
    view = window.view
    for _ in range(10):
        view.update()
        application.processEvents()
    fine = view.frame_cost_s
    orbit = dragged_s(view, application, (60.0, 60.0))
    arrow = dragged_s(view, application, tuple(view.tips_px()[0]))
    window.saving.asks = False
    window.close()
    print(
        f"{12 * options.molecules} atoms: fine frame {1000 * fine:.0f} ms; turned {1 / orbit:.0f} frames a second, "
        f"{fine / orbit:.1f} times as many as fine ones; arrow {1 / arrow:.0f}"
    )
    return 0 if orbit <= 1.0 / WANTED_PER_S else 1


if __name__ == "__main__":
    sys.exit(main())
