"""Many windows after one another, and large structures."""

from __future__ import annotations

import gc
import os
import time

import numpy as np
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from xanesview.domain.structure import Structure
from xanesview.gui.main_window import MainWindow
from xanesview.gui.settings import Settings


def resident_mb() -> float:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def open_and_close(qtbot, networks) -> None:
    window = MainWindow(networks=networks, settings=Settings(fresh=True), network="fake")
    window.resize(900, 640)
    with qtbot.waitExposed(window):
        window.show()
    window.make_view()
    window.opening.open_example("benzene")
    qtbot.waitUntil(lambda: bool(window.plot.curves()))
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="reads Linux's own account of memory")
def test_forty_windows_leak_less_than_a_hundred_megabytes(qtbot, networks):
    open_and_close(qtbot, networks)
    before = resident_mb()
    for _ in range(40):
        open_and_close(qtbot, networks)
    grown = resident_mb() - before
    print(f"\n40 windows opened and closed: {grown:.0f} MB more (limit 100 MB)")
    assert grown < 100


def slab(n_atoms: int) -> Structure:
    """A block of a loose carbon lattice with hydrogens, as large as asked for."""
    side = int(np.ceil(n_atoms ** (1 / 3)))
    grid = np.stack(np.meshgrid(*[np.arange(side)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)[:n_atoms]
    numbers = np.where(grid.sum(axis=1) % 2, 1, 6)
    return Structure(numbers=numbers, positions_angstrom=1.5 * grid.astype(float), name="block")


@pytest.mark.slow
def test_five_thousand_atoms_load_orbit_and_predict(window, qtbot, networks):
    began = time.perf_counter()
    window.opening.show_structure(slab(5000))
    qtbot.waitUntil(lambda: bool(window.plot.curves()), timeout=20_000)
    first = time.perf_counter() - began
    counts = []
    window.workspace.progress_changed.connect(lambda done, wanted: counts.append((done, wanted)))
    qtbot.waitUntil(lambda: not window.workspace.is_busy, timeout=60_000)
    assert len(window.workspace.shown.predicted_sites) == 2500
    assert [done for done, _ in counts] == sorted(done for done, _ in counts)
    assert counts[-1] == (2500, 2500)
    turn = window.view.camera.rotation.copy()
    window.looking.x()
    QApplication.processEvents()
    assert not np.allclose(window.view.camera.rotation, turn)
    window.sites.pick_all()
    qtbot.waitUntil(lambda: window.workspace.shown.look.summed is not None)
    print(f"\n5000 atoms: first spectrum after {first:.1f} s")
