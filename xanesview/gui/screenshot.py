"""Renders the real window once and closes it, for documentation and checks."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from xanesview.errors import XanesviewError
from xanesview.gui.appearance.picture_file import save_picture
from xanesview.gui.main_window import MainWindow
from xanesview.gui.window.picture import window_picture

#: Time for fonts, chips and the 3D view to settle after the spectrum stands, ms.
SETTLE_MS = 700


class Screenshot(QObject):
    """Waits for the 3D view and the first spectrum, writes the picture, closes the window.

    Attributes
    ----------
    problem, hint
        Why there is no picture; empty when there is one.
    """

    def __init__(self, window: MainWindow, path: Path, patience_s: float) -> None:
        super().__init__(window)
        self.window = window
        self.path = Path(path)
        self.problem = ""
        self.hint = ""
        self._settling = False
        self._view_ready = False
        window.view_ready.connect(self._note_view)
        window.saving.taken_up.connect(lambda _view: QTimer.singleShot(0, self, self._look_for_structure))
        window.workspace.prediction_changed.connect(self._check)
        window.workspace.busy_changed.connect(self._check)
        window.workspace.relaxation.changed.connect(self._check)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(round(1000 * patience_s))
        self._patience.timeout.connect(self._lose_patience)
        self._patience.start()

    def _note_view(self) -> None:
        self._view_ready = True
        self._check()

    def _look_for_structure(self) -> None:
        """A session has been shown: of one that is so damaged that it holds no structure nothing more comes."""
        if self.window.workspace.structure is None:
            hint = "Start the window without --screenshot."
            self.give_up("The session holds no structure to take a picture of.", hint)

    def _check(self) -> None:
        workspace = self.window.workspace
        settled = workspace.structure is not None and not workspace.is_busy and not workspace.relaxation.is_busy
        if settled and self._view_ready and not self._settling:
            self._settling = True
            QTimer.singleShot(SETTLE_MS, self, self._shoot)

    def _shoot(self, patient: bool = True) -> None:
        workspace = self.window.workspace
        if patient and (workspace.is_busy or workspace.relaxation.is_busy):
            self._settling = False
            return
        self._patience.stop()
        try:
            QApplication.processEvents()
            save_picture(window_picture(self.window), self.path)
        except XanesviewError as error:
            self.problem, self.hint = error.message, error.hint
        self.window.close()

    def give_up(self, problem: str, hint: str) -> None:
        """End without a picture."""
        self._patience.stop()
        self.problem, self.hint = problem, hint
        self.window.close()

    def _lose_patience(self) -> None:
        if self.window.workspace.relaxation.is_busy:  # on a busy computer; the picture says that it goes on
            self._shoot(patient=False)
            return
        self.give_up(
            "There was no spectrum to take a picture of in time.",
            "Start the window without --screenshot and read its message.",
        )
