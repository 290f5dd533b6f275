"""The button by which files and folders come into the user's library, with the folders that are watched."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton

from xanesview.io.spectra.registry import SPECTRUM_FILTERS
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.gui.session.own_references import OwnReferences
    from xanesview.gui.settings import Settings


class AddButton(QToolButton):
    """Asks for files or a folder; lists the watched folders, to be looked through or watched no more."""

    def __init__(self, own: OwnReferences, settings: Settings) -> None:
        super().__init__(text="Add", objectName="library-add")
        self._own, self._settings = own, settings
        self.setToolTip("Add files, or folders to be watched, to your library; or drop them here")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.entries = QMenu()  # a child would hang on an inner window
        self.setMenu(self.entries)
        self.entries.aboutToShow.connect(self._fill)
        self._folders: list[Path] = []
        self._fill()

    def show_folders(self, folders: list[Path]) -> None:
        """These are watched now."""
        self._folders = folders

    def _fill(self) -> None:
        self.entries.clear()
        self.entries.addAction(tr("Add files…"), self.ask_files)
        self.entries.addAction(tr("Add folder…"), self.ask_folder)
        if self._folders:
            self.entries.addSeparator()
            self.entries.addAction(tr("Look through the folders now"), self._own.look_through)
        for folder in self._folders:
            below = self.entries.addMenu(str(folder).replace("&", "&&"))
            below.addAction(tr("Watch it no more"), partial(self._own.unwatch, folder))

    def ask_files(self) -> None:
        """Let the user choose files of spectra."""
        names, _ = QFileDialog.getOpenFileNames(
            self.window(), tr("Add to the library"), self._settings.folder, f"{SPECTRUM_FILTERS};;All files (*)"
        )
        if names:
            self._own.add([Path(name) for name in names])

    def ask_folder(self) -> None:
        """Let the user choose a folder that is watched from then on."""
        name = QFileDialog.getExistingDirectory(self.window(), tr("Add to the library"), self._settings.folder)
        if name:
            self._own.add([Path(name)])
