"""What a window opens first, and what it need not wait for: the 3D view, the start page, work that was left."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from xanesview.domain.structure import Notice
from xanesview.gui.logs import left_crash
from xanesview.io.session_mark import is_session_file
from xanesview.io.text_file import is_folder
from xanesview.paths import not_kept

if TYPE_CHECKING:
    from xanesview.gui.launch import Launch
    from xanesview.gui.main_window import MainWindow
    from xanesview.gui.screenshot import Screenshot

log = logging.getLogger(__name__)

#: The window waits so long for what it is to show first, before it shows itself, s.
PATIENCE_S = 0.4
#: When work that was left is looked for: after whatever the user sees first, ms.
RECOVERY_MS = 500


class FirstOpening:
    """Opens what the command line names, so that the first frame has content, and does the rest after that frame.

    Parameters
    ----------
    window
        Not yet on the screen.
    launch
        What the command line asks for.
    shooting
        Takes a picture of the window, where that is wanted.
    """

    def __init__(self, window: MainWindow, launch: Launch, shooting: Screenshot | None) -> None:
        self._window, self._launch, self._shooting = window, launch, shooting
        self._opened: bool | None = None

    def open(self) -> bool:
        """Open it; what can't be shown at once is told of in the window, and follows. False where it can't be read."""
        opening, launch = self._window.opening, self._launch
        usual, opening.reading.patience_s = opening.reading.patience_s, PATIENCE_S
        try:
            if launch.files:
                self._opened = opening.open_paths(list(launch.files))
            elif launch.smiles is not None:
                self._opened = opening.open_smiles(launch.smiles)
            else:
                self._opened = opening.open_example(launch.shown_example)
        finally:
            opening.reading.patience_s = usual
        return self._opened

    def follow(self) -> None:
        """The window has been painted: make what it could do without."""
        log.info("window shown")
        window, shooting = self._window, self._shooting
        if not window.isVisible():  # closed at its first frame
            return
        if shooting is not None:
            window.opening.refused.connect(shooting.give_up)
        if self._opened is None and not self.open() and shooting is not None:
            return  # told already, and the window closes
        tell_what_is_not_kept(window)
        if window.autosave is not None:
            QTimer.singleShot(RECOVERY_MS, window, lambda: _offer_left_work(window))
        QTimer.singleShot(0, window, lambda: _make_view(window))
        if window.settings.seen("start") or shooting is not None or self._brings_a_tab():
            QTimer.singleShot(0, window, window.start.fill)
        else:  # the very first start: examples to begin with
            window.settings.set_seen("start")
            QTimer.singleShot(0, window, window.show_start)

    def _brings_a_tab(self) -> bool:
        """Whether work of a file, or a folder, is opened, which brings its own tab to the front."""
        return any(is_folder(path) or is_session_file(path) for path in self._launch.files)


def _offer_left_work(window: MainWindow) -> None:
    from xanesview.gui.window.recovery import offer_crash_report, offer_left_work

    if not window.isVisible():
        return
    offer_left_work(window.offers, window.saving)
    if (crash := left_crash()) is not None:
        offer_crash_report(window.offers, crash)


def tell_what_is_not_kept(window: MainWindow) -> None:
    """Say once, now or as soon as it shows, that settings, caches or logs can't be written; all else goes on."""

    def look() -> None:
        window.settings.write()
        if (error := not_kept()) is not None:
            window.workspace.prediction_changed.disconnect(look)
            work = "" if window.autosave is None else " Work isn't kept by itself there either: save it now and then."
            window.show_notice(Notice("not-kept", error.message, error.hint + work))

    window.workspace.prediction_changed.connect(look)
    look()


def _make_view(window: MainWindow) -> None:
    """Make the 3D view, unless Ctrl+C has closed the window meanwhile: nobody would close the view then."""
    if window.isVisible():
        window.make_view()
