"""The window's first picture from the session before, shown while the window is being built.

Loading Qt's and VTK's libraries and drawing the first structure takes about a second, in which nothing could be seen.
The picture is one of the bundled example only, and is kept for the very settings, network and screen that it shows.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImageReader, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from xanesview.errors import XanesviewError
from xanesview.gui.appearance.picture_file import save_picture
from xanesview.gui.settings import Settings
from xanesview.gui.window.picture import window_picture
from xanesview.paths import cache_dir
from xanesview.version import __version__

log = logging.getLogger(__name__)

#: A picture is taken when nothing has happened for so long, ms.
REST_MS = 2500
#: The window shows itself, finished or not, after so long, ms.
PATIENCE_MS = 4000
_FIRST_PAINTING_S = 0.2
_FRESH_S = 86_400.0
_MOST_FILES = 8
_LARGEST_BYTES = 8_000_000


class FirstFrame:
    """Shows the kept picture at once, if there is one, and sees to it that there is one the next time.

    Parameters
    ----------
    settings : as the window will read them
    facts : what else the window's looks depend on: example, network, size
    """

    def __init__(self, settings: Settings, facts: Sequence[object]) -> None:
        self._place = window_place(settings)
        self._path = frame_file(settings, [*facts, self._place.size().toTuple()])
        self._picture = KeptFrame.read(self._path, self._place)
        if self._picture is not None:
            self._picture.show()
            end = time.monotonic() + _FIRST_PAINTING_S
            while not self._picture.is_painted and time.monotonic() < end:
                QGuiApplication.processEvents()

    def follow(self, window: QWidget) -> None:
        """Stand in front of the window until it shows the same, and take its picture when it has come to rest."""
        if self._picture is not None:
            self._picture.stay_before(window, lambda: _is_complete(window))
        FrameKeeper(window, self._path, lambda: _is_untouched(window) and window.size() == self._place.size())


def window_place(settings: Settings) -> QRect:
    """Return where the window will stand; empty where nothing is known of it."""
    probe = QWidget()
    geometry = settings.layout("window")
    return QRect(probe.geometry()) if geometry is not None and probe.restoreGeometry(geometry) else QRect()


def _is_complete(window: QWidget) -> bool:
    return window.view is not None and any(curve.role == "current" for curve in window.plot.curves())


def _is_untouched(window: QWidget) -> bool:
    workspace = window.workspace
    busy = workspace.is_busy or workspace.relaxation.is_busy
    opened_only = workspace.undo_stack.count() <= 1 and not workspace.session.kept
    return _is_complete(window) and opened_only and not busy


def frame_file(settings: Settings, facts: Sequence[object]) -> Path:
    """Return where the picture for some settings and facts is kept."""
    screen = QGuiApplication.primaryScreen()
    known = [
        __version__, *facts, settings.theme, settings.as_measured, settings.per_atom, settings.seen("drag"),
        settings.value("language"),
        screen.geometry().getRect(), screen.devicePixelRatio(), QGuiApplication.font().key(),
        QGuiApplication.palette().window().color().name(),
    ]  # fmt: skip
    layouts = [bytes(settings.layout(name) or b"") for name in ("splitter", "desk")]
    digest = hashlib.sha256(repr((known, layouts)).encode())
    return cache_dir() / "first_frame" / f"{digest.hexdigest()[:24]}.png"


class KeptFrame(QWidget):
    """A kept picture at the place where the window will stand; nothing in it can be clicked, and it closes by itself.

    Attributes
    ----------
    is_painted : bool
        Whether it has reached the screen.
    """

    def __init__(self, picture: QPixmap, place: QRect) -> None:
        kind = Qt.WindowType.SplashScreen | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        super().__init__(None, kind)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setWindowTitle("xanesview")
        self.setCursor(Qt.CursorShape.BusyCursor)
        self.setGeometry(place)
        self._picture = picture
        self._window: QWidget | None = None
        self.is_painted = False
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self.close)

    @classmethod
    def read(cls, path: Path, place: QRect) -> KeptFrame | None:
        """Return the picture of a file for a place on the screen, or None where there is none that can be shown."""
        try:
            if not path.is_file() or path.stat().st_size > _LARGEST_BYTES:
                return None
        except OSError:
            return None
        image = QImageReader(str(path), b"png").read()
        screen = QGuiApplication.primaryScreen()
        if image.isNull() or not screen.virtualGeometry().contains(place):
            return None
        picture = QPixmap.fromImage(image)
        picture.setDevicePixelRatio(screen.devicePixelRatio())
        return cls(picture, place)

    def stay_before(self, window: QWidget, finished: Callable[[], bool]) -> None:
        """Stay in front of a window until its 3D view and a spectrum stand there, or patience ends.

        Parameters
        ----------
        window : the main window
        finished : whether it shows all that the picture shows; asked after each painting
        """
        self._window = window
        window.installEventFilter(self)
        window.plot.painted.connect(lambda: QTimer.singleShot(0, self, lambda: self._look(finished)))
        window.view_ready.connect(lambda: QTimer.singleShot(0, self, lambda: self._look(finished)))
        self._patience.start(PATIENCE_MS)

    def _look(self, finished: Callable[[], bool]) -> None:
        if finished():
            self.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window to where the desktop puts it, and go with it."""
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show) and self._window.isVisible():
            self.setGeometry(QRect(self._window.mapToGlobal(self._window.rect().topLeft()), self._window.size()))
        elif event.type() in (QEvent.Type.Close, QEvent.Type.Hide):
            self.close()
        return False

    def closeEvent(self, event: QEvent) -> None:
        """Follow the window no longer."""
        self._patience.stop()
        if self._window is not None:
            self._window.removeEventFilter(self)
        super().closeEvent(event)

    def paintEvent(self, _event: QEvent) -> None:
        """Draw the picture over the whole place."""
        painter = QPainter(self)
        painter.drawPixmap(self.rect(), self._picture)
        painter.end()
        self.is_painted = True


class FrameKeeper(QObject):
    """Takes the picture for the next time, once a day, when the window has come to rest and nobody has touched it.

    Parameters
    ----------
    window : the main window
    path : where the picture goes, see `frame_file`
    untouched : whether the window still shows what it opened with
    """

    def __init__(self, window: QWidget, path: Path, untouched: Callable[[], bool]) -> None:
        super().__init__(window)
        self._window, self._path, self._untouched = window, path, untouched
        window.view_ready.connect(lambda: QTimer.singleShot(REST_MS, self, self._keep))

    def _keep(self) -> None:
        pressed = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        in_use = pressed or QApplication.activePopupWidget() is not None or QApplication.activeModalWidget() is not None
        if in_use or not self._untouched() or self._is_fresh():
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._forget_old()
            save_picture(window_picture(self._window), self._path)
        except (XanesviewError, OSError) as error:  # the next start shows its window a second later
            log.warning("the first picture could not be kept: %s", error)

    def _is_fresh(self) -> bool:
        try:
            return time.time() - self._path.stat().st_mtime < _FRESH_S
        except OSError:
            return False

    def _forget_old(self) -> None:
        files = sorted(self._path.parent.glob("*.png"), key=lambda path: path.stat().st_mtime)
        for path in files[: max(0, len(files) - _MOST_FILES + 1)]:
            path.unlink(missing_ok=True)
