"""How many frames a second the anisotropy of 20 sites keeps while the energy that is looked at moves.

Run under a display, for the slowest case with LIBGL_ALWAYS_SOFTWARE=1: ``python tests/benchmarks/bench_peanuts.py``.
Each step is what a move of the pointer over the plot makes: the surfaces, one frame on the screen.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time

import numpy as np
from PySide6.QtWidgets import QApplication

from tests.benchmarks.application import prepared_application
from tests.gui.fake_networks import FakeNetworks

WANTED_PER_S = 25.0
PENTACENE = "c1ccc2cc3cc4cc5ccccc5cc4cc3cc2c1"


def opened_window(application: QApplication, n_sites: int):
    """The window on pentacene with so many carbons picked and predicted by an analytic network."""
    from xanesview.gui.main_window import MainWindow
    from xanesview.gui.session import geometry_relaxation
    from xanesview.gui.settings import Settings
    from xanesview.io.structures.registry import structure_from_smiles

    geometry_relaxation.AUTOMATIC = False
    window = MainWindow(networks=FakeNetworks(), settings=Settings(fresh=True), network="fake")
    window.resize(1400, 860)
    window.show()
    application.processEvents()
    window.make_view()
    structure = structure_from_smiles(PENTACENE)
    carbons = [int(atom) for atom in structure.sites_of("C")][:n_sites]
    window.workspace.open_structure(structure, carbons)
    until = time.monotonic() + 60
    while len(window.workspace.shown.sites) < n_sites and time.monotonic() < until:
        application.processEvents()
    return window


def measure(window, application: QApplication, steps: int = 200) -> tuple[list[float], list[float]]:
    """Move over the peaks and back; return seconds from each move to the frame, and those without the drawing."""
    window.named_actions["anisotropy"].setChecked(True)
    for _ in range(30):
        application.processEvents()
    whole, own = [], []
    energies = 289.0 + 6.0 * np.sin(np.linspace(0.0, 4.0 * np.pi, steps))
    for energy in energies:
        began = time.perf_counter()
        window.plot.pointed.emit(float(energy))
        own.append(time.perf_counter() - began)
        application.processEvents()
        whole.append(time.perf_counter() - began)
    return whole[10:], own[10:]


def main() -> int:
    """Print frames a second; fail below what is wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=20)
    options = parser.parse_args()
    application = prepared_application()
    window = opened_window(application, options.sites)
    before = time.process_time()
    whole, own = measure(window, application)
    used = (time.process_time() - before) / len(whole)
    rate = 1.0 / statistics.median(whole)
    print(
        f"{options.sites} sites: {rate:.0f} frames a second (median; slowest tenth {1 / np.quantile(whole, 0.9):.0f}), "
        f"{1e3 * statistics.median(own):.1f} ms of a move before its frame, {1e3 * used:.0f} ms of processor a move"
    )
    window.close()
    application.processEvents()
    return 0 if rate > WANTED_PER_S else 1


if __name__ == "__main__":
    sys.exit(main())
