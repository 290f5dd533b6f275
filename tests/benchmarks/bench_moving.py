"""What a move of a dragged atom costs the window, and how often its spectrum follows; benzene and a slab of 300 atoms.

Run under a display: ``python tests/benchmarks/bench_moving.py``. Events come every 16 ms, as from a mouse.
"""

from __future__ import annotations

import argparse
import statistics
import time

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from tests.benchmarks.profile_drag import opened_window, send
from xanesview.domain.structure import Structure

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


def slab() -> Structure:
    """Return a slab of 300 atoms that the C K-edge networks predict: six sheets of graphene."""
    from ase.build import graphene

    sheet = graphene(size=(5, 5, 1), vacuum=0.0)
    layers = [sheet.positions + np.array([0.0, 0.0, 3.4 * k]) for k in range(6)]
    cell = np.array(sheet.cell)
    cell[2] = 0.0, 0.0, 3.4 * 5 + 14.0
    return Structure(
        np.full(300, 6), np.vstack(layers), cell, np.array([True, True, False]), name="graphite slab"
    )  # fmt: skip


def wait(application: QApplication, until, most_s: float = 60.0) -> None:
    """Serve events until something holds."""
    end = time.monotonic() + most_s
    while not until() and time.monotonic() < end:
        application.processEvents()
        time.sleep(0.002)


def measure(window, application: QApplication, atom: int, moves: int = 90) -> dict[str, float]:
    """Drag an atom in a circle; ms of the window's thread a move (median and worst), answers a second."""
    view, answers = window.view, []
    window.workspace.editing.set_active(True)
    window.workspace.editing.predicted.connect(lambda: answers.append(time.perf_counter()))
    start = view.atoms_px()[atom]
    send(view, QEvent.Type.MouseButtonPress, start, LEFT, LEFT)
    costs, began = [], time.perf_counter()
    for k in range(moves):
        due = began + 0.016 * (k + 1)
        turn = 0.07 * (k + 1)
        place = start + 26.0 * np.array([np.sin(turn), 1.0 - np.cos(turn)])
        at = time.thread_time()
        send(view, QEvent.Type.MouseMove, place, NONE, LEFT)
        application.processEvents()
        costs.append(1000.0 * (time.thread_time() - at))
        while time.perf_counter() < due:
            application.processEvents()
            time.sleep(0.001)
    took = time.perf_counter() - began
    at = time.thread_time()
    send(view, QEvent.Type.MouseButtonRelease, place, LEFT, NONE)
    application.processEvents()
    end_ms = 1000.0 * (time.thread_time() - at)
    return {
        "median_ms": statistics.median(costs), "p95_ms": float(np.quantile(costs, 0.95)), "worst_ms": max(costs),
        "answers_per_s": len(answers) / took, "release_ms": end_ms, "moves_per_s": moves / took,
    }  # fmt: skip


def main() -> None:
    """Print a line a structure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=0, help="pick so many sites of the slab instead of all")
    arguments = parser.parse_args()
    application = QApplication.instance() or QApplication([])
    window = opened_window(application)
    view = window.view

    def told(name: str, atom: int) -> None:
        measure(window, application, atom, 5)
        wait(application, lambda: not window.workspace.is_busy)
        found = measure(window, application, atom)
        print(name, {key: round(value, 1) for key, value in found.items()}, flush=True)
        wait(application, lambda: not window.workspace.is_busy)

    told("benzene, a carbon", 0)
    told("benzene, a hydrogen", 6)
    window.workspace.editing.set_active(False)
    window.workspace.open_structure(slab(), tuple(range(250, 250 + arguments.sites)) if arguments.sites else ())
    wait(application, lambda: not window.workspace.is_busy and window.plot.curves())
    atom = next(k for k in range(299, 0, -1) if view.atom_at(*view.atoms_px()[k]) == k)
    told("slab of 300", atom)
    window.workspace.editing.set_active(False)
    window.saving.asks = False
    window.close()


if __name__ == "__main__":
    main()
