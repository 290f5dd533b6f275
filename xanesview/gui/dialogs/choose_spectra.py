"""Which of a folder's spectra are drawn, where it holds more than a plot does: all of them, found by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from xanesview.domain.counts import counted
from xanesview.gui.appearance.plain_text import Label
from xanesview.texts import tr

_CHECKED, _UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked
_PATH = Qt.ItemDataRole.UserRole


class ChooseSpectraDialog(QDialog):
    """A list of files with ticks and a field that finds them; the first ones that there is room for are ticked.

    Parameters
    ----------
    name
        Of the folder.
    paths
        Its spectra.
    room
        How many of them the plot holds.
    """

    def __init__(self, parent: QWidget | None, name: str, paths: Sequence[Path], room: int) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Spectra of {name}").format(name=name))
        self.setMinimumSize(420, 360)
        self._room = room
        self._model = QStandardItemModel(self)
        for number, path in enumerate(paths):
            item = QStandardItem(path.name)
            item.setData(path, _PATH)
            item.setEditable(False)
            item.setCheckable(True)
            item.setCheckState(_CHECKED if number < room else _UNCHECKED)
            self._model.appendRow(item)
        self._found = QSortFilterProxyModel(self)
        self._found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._found.setSourceModel(self._model)
        self.search = QLineEdit(objectName="choose-search", clearButtonEnabled=True)
        self.search.setPlaceholderText(tr("Part of a name"))
        self.search.textChanged.connect(self._find)
        self.list = QListView(objectName="choose-list")
        self.list.setUniformItemSizes(True)
        self.list.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.list.setModel(self._found)
        self.list.activated.connect(self._turn)
        self.tick = QPushButton(tr("Tick these"), objectName="choose-tick", autoDefault=False)
        self.tick.clicked.connect(lambda: self._set_found(_CHECKED))
        self.untick = QPushButton(tr("Untick these"), objectName="choose-untick", autoDefault=False)
        self.untick.clicked.connect(lambda: self._set_found(_UNCHECKED))
        self.told = Label(objectName="choose-told", wordWrap=True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.draw = self.buttons.addButton(tr("Draw"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.draw.setDefault(True)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self.search, 1)
        row.addWidget(self.tick)
        row.addWidget(self.untick)
        column = QVBoxLayout(self)
        column.addLayout(row)
        column.addWidget(self.list, 1)
        column.addWidget(self.told)
        column.addWidget(self.buttons)
        self._model.itemChanged.connect(self._tell)
        self._tell()

    def chosen(self) -> list[Path]:
        """Return the files that are ticked, in the order of the list."""
        items = (self._model.item(row) for row in range(self._model.rowCount()))
        return [item.data(_PATH) for item in items if item.checkState() == _CHECKED]

    def _find(self, text: str) -> None:
        self._found.setFilterFixedString(text.strip())

    def _turn(self, index: QModelIndex) -> None:
        """Return or a double click turns the tick of a row."""
        item = self._model.itemFromIndex(self._found.mapToSource(index))
        item.setCheckState(_UNCHECKED if item.checkState() == _CHECKED else _CHECKED)

    def _set_found(self, state: Qt.CheckState) -> None:
        self._model.blockSignals(True)
        for row in range(self._found.rowCount()):
            self._model.itemFromIndex(self._found.mapToSource(self._found.index(row, 0))).setCheckState(state)
        self._model.blockSignals(False)
        self.list.viewport().update()
        self._tell()

    def _tell(self) -> None:
        count = len(self.chosen())
        words = tr("{n} of {spectra} ticked; the plot holds {room}.").format(
            n=count, spectra=counted(self._model.rowCount(), tr("spectrum"), tr("spectra")), room=self._room
        )
        self.told.setText(words)
        self.draw.setEnabled(0 < count <= self._room)
