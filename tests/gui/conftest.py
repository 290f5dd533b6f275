"""Windows for tests, and detectors for what a test leaves behind."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QThread, QTimer
from PySide6.QtGui import QSurfaceFormat
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.fake_networks import FakeNetworks
from xanesview import texts
from xanesview.gui import app as app_module
from xanesview.gui.appearance.theme import TEXT_SIZE_PT, apply_theme, set_text_size
from xanesview.gui.background import structure_reading
from xanesview.gui.background.collecting import Collecting
from xanesview.gui.session import geometry_relaxation

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests below this folder; without a display they can't run, since Qt would abort."""
    no_display = sys.platform.startswith("linux") and not os.environ.get("DISPLAY")
    for item in items:
        if HERE in Path(item.path).parents:
            item.add_marker(pytest.mark.gui)
            if no_display:
                item.add_marker(pytest.mark.skip(reason="no display; run under xvfb-run"))


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """Choose the OpenGL format before the application makes its first window, as the program does."""
    app_module.prepare_environment()
    surface = QSurfaceFormat()
    surface.setVersion(3, 2)
    surface.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    QSurfaceFormat.setDefaultFormat(surface)
    return QApplication


@pytest.fixture(scope="session", autouse=True)
def collected_in_the_windows_thread(qapp: QApplication):
    """Widgets of former tests end in this thread, as in the program: in a worker's they can end it all."""
    gc.collect()
    gc.freeze()
    collecting = Collecting(qapp)
    yield
    collecting.stop()


@pytest.fixture(autouse=True)
def nothing_left_behind(qapp: QApplication):
    """Fail a test that leaves a running thread, a running timer without owner, or a top-level widget."""
    texts.speak("en", {})
    set_text_size(TEXT_SIZE_PT)
    apply_theme(qapp, "light")
    before = set(map(id, qapp.topLevelWidgets()))
    yield
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.processEvents()
    threads = [t for t in _alive(QThread) if t.isRunning()]
    timers = [t for t in _alive(QTimer) if t.isActive() and t.parent() is None]
    widgets = [w for w in qapp.topLevelWidgets() if id(w) not in before and w.isVisible()]
    for thread in threads:
        thread.requestInterruption()
        thread.quit()
        thread.wait(2000)
    for timer in timers:
        timer.stop()
    for widget in widgets:
        widget.close()
    assert not threads, f"threads left running: {threads}"
    assert not timers, f"timers left running: {timers}"
    assert not widgets, f"windows left open: {widgets}"


def _alive(kind: type) -> list:
    # the wrappers alone: all objects would hold tuples that another thread is still making, which ends it in an error
    return [thing for thing in shiboken6.getAllValidWrappers() if isinstance(thing, kind)]


@pytest.fixture(scope="session", autouse=True)
def patient_waiting():
    """Wait longer than pytest-qt's five seconds for what has to come: others may have the processor for so long."""
    with pytest.MonkeyPatch.context() as patch:
        for wait in (QtBot.waitUntil, QtBot.waitSignal):
            patch.setitem(wait.__kwdefaults__, "timeout", 20_000)
        yield


@pytest.fixture(autouse=True)
def patient_opening(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is opened is there when the call returns, however busy the machine is."""
    monkeypatch.setattr(structure_reading, "PATIENCE_S", 60.0)


@pytest.fixture(autouse=True)
def geometries_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Molecules from SMILES keep their geometry, unless a test is about that."""
    monkeypatch.setattr(geometry_relaxation, "AUTOMATIC", False)


@pytest.fixture
def networks() -> FakeNetworks:
    """Analytic networks."""
    return FakeNetworks()


@pytest.fixture
def window(qtbot, networks: FakeNetworks):
    """The real window with analytic networks and settings of its own, on the screen, with its 3D view."""
    from xanesview.gui.main_window import MainWindow
    from xanesview.gui.settings import Settings

    win = MainWindow(networks=networks, settings=Settings(fresh=True), network="fake")
    win.resize(1400, 860)
    with qtbot.waitExposed(win):
        win.show()
    win.make_view()
    win.activateWindow()  # keys go to the active window only
    qtbot.waitUntil(win.isActiveWindow)
    yield win
    networks.gate.set()
    networks.step.set()
    win.saving.asks = False
    win.close()
    win.deleteLater()


@pytest.fixture
def benzene_window(qtbot, window):
    """The window with benzene predicted."""
    window.opening.open_example("benzene")
    qtbot.waitUntil(
        lambda: window.workspace.shown.prediction is not None and bool(window.plot.curves()), timeout=20_000
    )
    return window
