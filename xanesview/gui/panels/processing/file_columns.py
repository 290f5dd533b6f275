"""Columns of the file a curve was read from, to be named by a step: the flux of the same scan, a second detector."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QWidget

from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.gui.panels.context import PanelContext
from xanesview.io.spectra.spectrum_file import ColumnPreview, read_spectrum, sniff


class FileColumns:
    """Offers the columns of a file in a menu; the chosen one becomes a hidden reference that the step names."""

    def __init__(self, context: PanelContext, panel: QWidget) -> None:
        self._context, self._panel = context, panel
        self.menu: QMenu | None = None

    def ask(self, path: Path | None, place: int, parameter: str) -> None:
        """Let the user choose a column for a parameter of the step at a place; read beside the window."""
        if path is not None:
            self._read(path, lambda: sniff(path), lambda preview: self._offer(preview, place, parameter))

    def _offer(self, preview: ColumnPreview, place: int, parameter: str) -> None:
        self.menu = menu = QMenu(self._panel)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for column, name in enumerate(preview.columns):
            if column != preview.energy_column:
                action = menu.addAction(name)
                action.triggered.connect(
                    lambda _checked=False, column=column: self._load(preview, column, place, parameter)
                )
        menu.popup(QCursor.pos())

    def _load(self, preview: ColumnPreview, column: int, place: int, parameter: str) -> None:
        label = f"{preview.path.stem}: {preview.columns[column]}"
        self._read(
            preview.path,
            lambda: read_spectrum(preview.path, preview, intensity_column=column, label=label),
            lambda spectrum: self._name(spectrum, preview.path, place, parameter),
        )

    def _name(self, spectrum: Spectrum, path: Path, place: int, parameter: str) -> None:
        self._context.workspace.processing.name_column(place, parameter, spectrum, str(path))

    def _read(self, path: Path, work: Callable[[], object], then: Callable[[object], None]) -> None:
        def take(result: Callable[[], object]) -> None:
            try:
                then(result())
            except XanesviewError as error:
                self._context.workspace.message.emit(Notice("reference", error.message, error.hint))

        self._context.opening.spectra.begin(path.name, work, take)
