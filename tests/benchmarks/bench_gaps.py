"""How long the window stands still while it is worked with: ``python tests/benchmarks/bench_gaps.py [--of NAME]``.

On a molecule, slabs of 300 and 5,000 atoms and a spectrum of a million points it does what a user does and writes down
the longest stand-still of each action, and what held the window where that was longer than 200 ms.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))
REST_S, PATIENCE_S = 0.3, 20.0
Action = tuple[str, Callable[[], object]]


def slab(n_atoms: int, path: Path) -> Path:
    """Write a slab of diamond with about so many atoms."""
    from ase.build import bulk
    from ase.io import write

    across = max(2, round((n_atoms / 8 / 3) ** 0.5))
    atoms = bulk("C", "diamond", a=3.567, cubic=True).repeat((across, across, 3))
    atoms.center(vacuum=10.0, axis=2)
    write(path, atoms)
    return path


def spectrum(n_points: int, path: Path) -> Path:
    """Write a spectrum with so many points."""
    energy = np.linspace(280.0, 320.0, n_points)
    intensity = np.exp(-((energy - 285.0) ** 2)) + (energy > 290.0) + 0.01 * np.sin(40.0 * energy)
    np.savetxt(path, np.column_stack([energy, intensity]), fmt="%.6f")
    return path


class Session:
    """The real window with the networks that come with the program, and what a user does with it."""

    def __init__(self, folder: Path) -> None:
        from xanesview.gui import app as app_module

        app_module.prepare_environment()
        self.app = app_module.make_application(app_module.Launch(fresh=True, theme="light"))
        from PySide6.QtTest import QTest

        from tests.benchmarks.gap_recorder import GapRecorder
        from xanesview.gui.background.collecting import Collecting
        from xanesview.gui.main_window import MainWindow
        from xanesview.gui.settings import Settings

        self.wait, self.folder = QTest.qWait, folder
        self.collecting = Collecting()
        self.window = MainWindow(settings=Settings(fresh=True))
        self.window.resize(1400, 860)
        self.window.show()
        QTest.qWaitForWindowExposed(self.window)
        self.window.make_view()
        self.window.saving.asks = False
        self.settle()
        self.recorder = GapRecorder(self.window)

    @property
    def is_busy(self) -> bool:
        """Whether something is still read, predicted or drawn."""
        window = self.window
        opening = window.opening
        working = window.workspace.is_busy or window.saving.writing.is_busy or window.workspace.jobs.running
        return bool(working or opening.reading.is_busy or opening.spectra.is_busy or opening.asked.is_busy)

    def settle(self) -> None:
        """Let it do what it was asked for."""
        until = time.monotonic() + PATIENCE_S
        self.wait(round(1000 * REST_S))
        while self.is_busy and time.monotonic() < until:
            self.wait(50)
        self.wait(round(1000 * REST_S))

    def forget(self) -> None:
        """What stood still until now was the benchmark's own work."""
        self.wait(100)
        self.recorder.take()

    # ---- what a user does ----

    def trigger(self, name: str) -> Callable[[], object]:
        """An action of the menus."""
        return lambda: self.window.named_actions[name].trigger()

    def drag(self) -> None:
        """Turn the arrow by its tip."""
        from PySide6.QtCore import QEvent

        from tests.gui.acting import LEFT, NONE, mouse

        view = self.window.view
        start = view.tips_px()[0]
        mouse(view, QEvent.Type.MouseButtonPress, start)
        for step in range(1, 25):
            at = start + 60 * np.array([np.sin(step / 8), 1 - np.cos(step / 8)])
            mouse(view, QEvent.Type.MouseMove, at, NONE, LEFT)
            self.wait(10)
        mouse(view, QEvent.Type.MouseButtonRelease, at, LEFT, NONE)

    def orbit(self) -> None:
        """Turn the camera."""
        from PySide6.QtCore import QEvent

        from tests.gui.acting import LEFT, NONE, mouse

        view = self.window.view
        start = np.array([12.0, view.height() - 12.0])
        mouse(view, QEvent.Type.MouseButtonPress, start)
        for step in range(1, 15):
            mouse(view, QEvent.Type.MouseMove, start + np.array([8, -4]) * step, NONE, LEFT)
            self.wait(10)
        mouse(view, QEvent.Type.MouseButtonRelease, start + np.array([120, -60]), LEFT, NONE)

    def export(self, name: str, write: Callable[[Path], object]) -> Callable[[], object]:
        """A way out, to a file whose name has been chosen."""
        return lambda: write(self.folder / name)

    def figure(self) -> None:
        """The dialog of a figure, its file, and its end."""
        from PySide6.QtCore import Qt

        from xanesview.gui.dialogs.export_figure import ExportFigureDialog

        self.window.exporting.figure()
        dialog = self.window.findChild(ExportFigureDialog)
        while dialog.is_drawing:
            self.wait(20)
        dialog.save(self.folder / "figure.pdf")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.reject()

    def dialog(self, name: str) -> Callable[[], None]:
        """Open a dialog of an action, and close it."""

        def shown() -> None:
            self.window.named_actions[name].trigger()
            self.wait(300)
            for widget in self.app.topLevelWidgets():
                if widget is not self.window and widget.isVisible():
                    widget.close()

        return shown

    def search(self) -> None:
        """A molecule in the library."""
        library = self.window.tabs["Library"]
        self.window.tabs.show("Library")
        self.wait(100)
        library.field.setText("benzene")
        self.wait(800)

    def actions(self, opened: Action) -> Iterator[Action]:
        """All in the order in which it is done."""
        window, exporting = self.window, self.window.exporting
        yield opened
        yield "pick all", self.trigger("pick_all")
        yield "stop predicting", self.trigger("cancel")
        yield "drag the arrow", self.drag
        yield "turn the view", self.orbit
        yield "undo, redo", lambda: (self.trigger("undo")(), self.wait(50), self.trigger("redo")())
        yield "anisotropy on, off", lambda: (self.trigger("anisotropy")(), self.wait(500), self.trigger("anisotropy")())
        for title in window.docks:
            yield f"panel {title}", lambda title=title: window.tabs.show(title)
        yield "library search", self.search
        yield "dark", lambda: window.set_theme("dark")
        yield "light", lambda: window.set_theme("light")
        yield "font 13 pt", lambda: window.preferences.set("font_size", 13.0)
        yield "font 10 pt", lambda: window.preferences.set("font_size", 10.0)
        yield "figure to a file", self.figure
        yield "copy figure", exporting.copy
        yield "data CSV", self.export("data.csv", exporting.write_data)
        yield "data HDF5", self.export("data.h5", exporting.write_data)
        for ending in ("png", "gltf", "html"):
            yield f"3D view {ending}", self.export(f"view.{ending}", exporting.write_scene)
        yield "save session", lambda: window.saving.writing.write(self.folder / "s.xanesview", window.saving.gather())
        for name in ("settings", "guide", "shortcuts", "about", "palette", "new_smiles", "jobs"):
            yield f"dialog {name}", self.dialog(name)
        yield "open session", lambda: window.opening.open_paths([self.folder / "s.xanesview"])
        yield "close structure", self.trigger("close_structure")


def subjects(session: Session, folder: Path) -> dict[str, Callable[[], Iterator[Action]]]:
    """What is worked on, by name."""
    opening = session.window.opening
    million = folder / "million.txt"

    def measured() -> Iterator[Action]:
        opening.open_example("benzene")
        session.settle()
        spectrum(1_000_000, million)
        session.forget()
        yield from session.actions(("open", lambda: opening.open_paths([million])))

    def cut(n_atoms: int, path: Path) -> Iterator[Action]:
        slab(n_atoms, path)
        session.forget()
        yield from session.actions(("open", lambda: opening.open_paths([path])))

    return {
        "molecule": lambda: session.actions(("open", lambda: opening.open_example("benzene"))),
        "slab300": lambda: cut(300, folder / "slab300.cif"),
        "slab5000": lambda: cut(5000, folder / "slab5000.cif"),
        "million": measured,
    }


def main() -> int:
    """Print one line an action, and what held the window."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--of", nargs="*", default=["molecule", "slab300", "slab5000", "million"])
    wanted = asked.parse_args().of
    with tempfile.TemporaryDirectory() as folder:
        session = Session(Path(folder))
        for name in wanted:
            print(f"\n{name}", flush=True)
            for title, act in subjects(session, Path(folder))[name]():
                try:
                    act()
                except Exception as error:  # noqa: BLE001  the other actions are still of interest
                    print(f"  {title}: {type(error).__name__}: {error}", flush=True)
                session.settle()
                tell(title, *session.recorder.take())
        session.recorder.stop()
        session.window.close()
    return 0


def tell(title: str, longest_ms: float, cpu_ms: float, gaps: list) -> None:
    """Print an action's longest untold stand-still, the longest computing in one, and each that was too long.

    On a busy machine a stand-still is mostly waiting for a processor; what the window itself computes stays the same.
    """
    print(f"  {title:22} {longest_ms:6.0f} ms, computing {cpu_ms:4.0f} ms", flush=True)
    for gap in gaps:
        told = "busy pointer" if gap.is_told else "UNTOLD"
        print(f"      {gap.milliseconds:6.0f} ms ({gap.cpu_ms:.0f} ms computing), {told}", flush=True)
        if not gap.is_told:
            print("\n".join(f"          {place}" for place in gap.places), flush=True)


if __name__ == "__main__":
    sys.exit(main())
