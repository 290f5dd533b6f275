"""How long the arrow takes to its curve beside a measured spectrum of a million points, and beside 200 overlays.

Run under a display, for the slowest case with LIBGL_ALWAYS_SOFTWARE=1: ``python tests/benchmarks/bench_overlays.py``.
Each move of the mouse is timed until the plot has painted the new numbers, and until the 3D frame is there, too.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from tests.benchmarks.profile_drag import opened_window, send

MOVES, WARMING = 60, 8
WANTED_MS = 30.0


def add(window, application: QApplication, count: int, points: int) -> None:
    """Lay so many measured spectra with so many points over the prediction."""
    from xanesview.domain.session import ReferenceCurve
    from xanesview.domain.spectrum import Spectrum
    from xanesview.shown.spectra import current_spectrum

    current = current_spectrum(window.workspace.shown)
    energy = np.linspace(current.energy_ev[0], current.energy_ev[-1], points)
    intensity = np.interp(energy, current.energy_ev, current.intensity)
    noise = 0.02 * intensity.max() * np.random.default_rng(0).standard_normal(points)
    for k in range(count):
        measured = Spectrum(energy, intensity * (0.5 + 0.004 * k) + noise, kind="measured", label=f"measured {k}")
        window.workspace.add_reference(ReferenceCurve(spectrum=measured, label=f"measured {k}"))
    until = time.monotonic() + 5
    while time.monotonic() < until:
        application.processEvents()


def dragged_ms(window, application: QApplication) -> tuple[np.ndarray, np.ndarray, float]:
    """Return ms of each move to the painted curve, and to the 3D frame, and the processor's ms a move."""
    view, painted = window.view, []
    window.plot.painted.connect(lambda: painted.append(time.perf_counter()))

    start = np.asarray(view.tips_px()[0])
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    send(view, QEvent.Type.MouseButtonPress, start, left, left)
    curve, frame, used = [], [], time.process_time()
    for step in range(1, MOVES + 1):
        at = start + 90 * np.array([np.sin(step / 12), 1 - np.cos(step / 12)])
        painted.clear()
        began = time.perf_counter()
        send(view, QEvent.Type.MouseMove, at, none, left)
        while not painted and time.perf_counter() - began < 2.0:
            application.processEvents()
        curve.append(1e3 * ((painted or [time.perf_counter()])[0] - began))
        application.processEvents()
        frame.append(1e3 * (time.perf_counter() - began))
    send(view, QEvent.Type.MouseButtonRelease, at, left, none)
    used = 1e3 * (time.process_time() - used) / MOVES
    return np.array(curve[WARMING:]), np.array(frame[WARMING:]), used


def main() -> int:
    """Print a line for each load; fail where the arrow takes longer than is wanted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--overlays", type=int, default=200)
    parser.add_argument("--points", type=int, default=1_000_000)
    asked = parser.parse_args()
    from xanesview.gui.app import prepare_environment

    prepare_environment()
    application = QApplication.instance() or QApplication(sys.argv[:1])
    late = False
    for name, count, points in (
        ("benzene alone", 0, 0),
        (f"a measured spectrum of {asked.points:,} points", 1, asked.points),
        (f"{asked.overlays} overlays of 251 points", asked.overlays, 251),
    ):
        window = opened_window(application)
        if count:
            add(window, application, count, points)
        curve, frame, used = dragged_ms(window, application)
        median, p95 = np.percentile(curve, [50, 95])
        late = late or median > WANTED_MS
        print(
            f"{name}: mouse to curve {median:.1f} ms median, {p95:.1f} p95; with the 3D frame "
            f"{np.median(frame):.1f} ms; {used:.0f} ms of processor a move",
            flush=True,
        )
        window.saving.asks = False
        window.close()
        application.processEvents()
    return int(late)


if __name__ == "__main__":
    sys.exit(main())
