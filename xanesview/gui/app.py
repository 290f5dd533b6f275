"""Starts the window: display, OpenGL format, exception hook, first structure, and the way out."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.gui.display_check import check_display
from xanesview.gui.launch import Launch
from xanesview.gui.logs import write_log
from xanesview.gui.session.step_failed import StepFailed
from xanesview.limits import check_address_space
from xanesview.processes import ENDING, do_not_wait, exit_code, leave
from xanesview.texts import language

if TYPE_CHECKING:
    from xanesview.gui.window.first_frame import FirstFrame

log = logging.getLogger(__name__)

#: How long `--screenshot` waits for the first spectrum, s.
PATIENCE_S = 120.0
REST_MS = 500
#: When what figures are drawn with is loaded beside the window: after whatever the user sees first, ms.
PREPARE_MS = 3000
TICK_MS = 200


_SHADER_ROOM = 20_000_000  # bytes


def prepare_environment() -> None:
    """Settings that must stand before Qt, VTK and the plot library are imported."""
    os.environ.setdefault("QT_API", "pyside6")
    os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")
    if os.environ.get("WAYLAND_DISPLAY") and os.environ.get("DISPLAY"):
        # VTK draws into X windows only; under Wayland it needs XWayland, which DISPLAY says is there
        os.environ.setdefault("QT_QPA_PLATFORM", "xcb")
    if not _has_room_for_shaders():
        os.environ.setdefault("MESA_SHADER_CACHE_DISABLE", "true")


def _has_room_for_shaders() -> bool:
    """Whether Mesa can keep compiled shaders: it maps its file into memory, and a full disk ends the program then."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    try:
        while not folder.exists():
            folder = folder.parent
        return shutil.disk_usage(folder).free > _SHADER_ROOM
    except (OSError, RuntimeError):
        return False


def run(launch: Launch) -> int:
    """Open the window and run until it is closed; returns the exit code.

    Raises
    ------
    XanesviewError
        If there is no display.
    """
    check_display()
    check_address_space()
    prepare_environment()
    log_path = write_log()
    app = make_application(launch)

    from xanesview.gui.background.collecting import Collecting
    from xanesview.gui.background.ending import wait_for_threads
    from xanesview.gui.background.live_prediction import LivePrediction
    from xanesview.inference.shelf import InstalledNetworks, default_network

    collecting = Collecting()
    networks = InstalledNetworks()
    network = launch.network or default_network(networks)
    live = LivePrediction(networks.load)
    seen = _seen_before(launch, networks, network)
    frame = _first_frame(launch, network) if seen else None
    if not seen:
        live.warm_up(network)  # torch takes seconds to load; it does so beside the window's own modules
    try:
        return _run_window(app, launch, networks, network, live, seen, log_path, frame)
    finally:
        sys.excepthook = sys.__excepthook__
        live.shutdown()
        if not wait_for_threads():  # a thread that still runs when Python ends would abort the process
            do_not_wait()
        else:
            collecting.stop()


def _run_window(
    app, launch: Launch, networks, network: str, live, seen: bool, log_path: Path, frame: FirstFrame | None
) -> int:
    from PySide6.QtCore import QTimer

    from xanesview.gui.first_opening import FirstOpening
    from xanesview.gui.main_window import MainWindow
    from xanesview.gui.screenshot import Screenshot
    from xanesview.gui.settings import Settings
    from xanesview.gui.window.first_paint import FirstPaint

    settings = Settings(fresh=launch.fresh or launch.screenshot is not None)
    window = MainWindow(networks, settings, network, live)
    window.preferences.theme_of_run = launch.theme
    install_exception_hook(window, log_path)
    over = close_when_asked(window)
    if not (launch.fresh or launch.screenshot is not None):
        window.keep_work()
    window.opening.force_field = launch.relax != "none"
    window.workspace.relaxation.on = launch.relax == "gfn2"
    if launch.size is not None:
        window.resize(*launch.size)
    shooting = None if launch.screenshot is None else Screenshot(window, launch.screenshot, PATIENCE_S)
    if frame is not None:
        frame.follow(window)
    first = FirstOpening(window, launch, shooting)
    if shooting is None:  # the first frame has content then; a picture's window tells what is wrong, and needs it shown
        first.open()
    FirstPaint(window, first.follow)
    if seen and shooting is None:  # nothing waits for torch: load it when the window has come to rest
        window.view_ready.connect(lambda: QTimer.singleShot(REST_MS, window, lambda: live.warm_up(network)))
    if shooting is None:
        window.view_ready.connect(lambda: QTimer.singleShot(PREPARE_MS, window, window.exporting.preparing.begin))
    window.show()
    app.exec()
    code = over()
    window.deleteLater()
    if shooting is not None and shooting.problem:
        raise XanesviewError(shooting.problem, shooting.hint)
    return code


def _first_frame(launch: Launch, network: str) -> FirstFrame | None:
    """Show the picture of the session before where this one will look the same; None where nothing is kept."""
    from xanesview.gui.settings import Settings

    settings = Settings(fresh=launch.fresh)
    if launch.fresh or launch.screenshot is not None or not settings.seen("start"):
        return None
    if launch.files or launch.smiles is not None:
        return None  # the picture is the example's
    from xanesview.gui.window.first_frame import FirstFrame
    from xanesview.networks.card import bundle_identity, find_bundle

    facts = [launch.shown_example, launch.theme, launch.size, bundle_identity(find_bundle(network))]
    return FirstFrame(settings, facts)


def _seen_before(launch: Launch, networks, network: str) -> bool:
    """Whether the first spectrum is known, from an earlier session or from the file of one."""
    if launch.files:
        from xanesview.io.session_mark import is_session_file

        return any(is_session_file(path) for path in launch.files)
    if launch.smiles is not None:
        return False
    from xanesview.io.examples import load_example

    try:
        structure = load_example(launch.shown_example)
    except XanesviewError:  # told again, and in the window, when it is opened
        return False
    return networks.recall(structure.content_hash, network) is not None


def report() -> str:
    """Return what a report of a bug needs without a window: of display and OpenGL what there is of them."""
    from xanesview.gui.bug_report import bug_report

    try:
        check_display()
    except XanesviewError as error:
        return f"{bug_report(load=True)}{'display:':<12}{error.message}\n"
    prepare_environment()
    from PySide6.QtGui import QGuiApplication

    app = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
    told = bug_report(load=True)
    del app
    return told


def make_application(launch: Launch):
    """The QApplication with the surface format, name and theme; the format must precede the first window."""
    from PySide6.QtGui import QSurfaceFormat
    from PySide6.QtWidgets import QApplication

    surface = QSurfaceFormat()
    surface.setVersion(3, 2)
    surface.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    surface.setDepthBufferSize(24)
    surface.setSwapInterval(0)
    QSurfaceFormat.setDefaultFormat(surface)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    app.setApplicationName("xanesview")
    app.setApplicationDisplayName("xanesview")
    app.setDesktopFileName("xanesview")
    from xanesview.gui.appearance.theme import apply_theme, icon, set_text_size
    from xanesview.gui.settings import Settings

    settings = Settings(fresh=launch.fresh or launch.screenshot is not None)
    if settings.value("language") != language():
        from xanesview.gui.appearance.translations import install_words_of_qt, speak

        speak(settings.value("language"))
        install_words_of_qt(app)
    set_text_size(settings.value("font_size"))
    mode = launch.theme or ("light" if launch.screenshot is not None else settings.theme)
    apply_theme(app, mode)
    app.setWindowIcon(icon("app"))
    # the worker's Python must not hold the interpreter for long while the window wants to draw
    sys.setswitchinterval(5e-4)
    return app


def install_exception_hook(window, log_path: Path) -> None:
    """Whatever nobody expected becomes one sentence with details; the program goes on."""

    def hook(kind, error, trace) -> None:
        if issubclass(kind, KeyboardInterrupt):
            window.close_at_once()
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        if isinstance(error, XanesviewError):
            window.show_notice(Notice("error", error.message, error.hint))
            return
        log.error("unexpected error\n%s", details)
        sys.stderr.write(details)
        message = f"Something unexpected happened ({kind.__name__}: {error}); the last step may not have worked."
        if isinstance(error, StepFailed):
            message = str(error)
        window.show_notice(Notice("error", message, f"You can go on. The log is {log_path}."), details)

    sys.excepthook = hook


def _ending() -> list[int]:
    """Return the signals at which the window closes; `nohup` has the one of a closed terminal ignored."""
    return [n for n in ENDING if n in (signal.SIGINT, signal.SIGTERM) or signal.getsignal(n) != signal.SIG_IGN]


def close_when_asked(window) -> Callable[[], int]:
    """Let Ctrl+C in the terminal, or the system, close the window.

    Returns
    -------
    callable
        To be called once the window is closed; gives the exit code that is due if it was asked to close, else 0.
    """
    from PySide6.QtCore import QTimer

    asked: list[int] = []

    def end() -> None:
        window.keep_for_next_start()
        leave(exit_code(asked[0]))  # to take down what a full window holds would last longer than was promised

    def close_soon(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        # from the event loop: here any line of ours may be half done
        QTimer.singleShot(0, window, end)

    former = {number: signal.signal(number, close_soon) for number in _ending()}
    ticker = QTimer(window)
    ticker.setInterval(TICK_MS)
    ticker.timeout.connect(lambda: None)  # Python runs its handlers only when it runs at all
    ticker.start()

    def over() -> int:
        ticker.stop()
        for number, handler in former.items():
            signal.signal(number, handler)
        return exit_code(asked[0]) if asked else 0

    return over
