"""The user's own molecules, the network's error on each, and whether it teaches or is kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from xanesview.gui.appearance.plain_text import plain
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.training.teaching.own_set import OwnEntry

NAME, SITES, ERROR, MARK = range(4)
_TITLES = ("Molecule", "Sites", "Error", "Use")
_TIPS = (
    "Computed here, or imported from a data file",
    "How many of its atoms have a computed spectrum",
    "Mean square error of the network's spectra over all directions",
    "Click to change: teaches, kept apart for the test, left out",
)
_WIDTHS = {SITES: 52, MARK: 104}
_KEY = Qt.ItemDataRole.UserRole
WORDS = {"train": "teaches", "apart": "kept apart", "out": "left out"}


class OwnTable(QTableWidget):
    """One row a molecule; a click on its use, or the space bar, changes that."""

    turned = Signal(object)  # key of the molecule whose mark is to change

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_TITLES), parent)
        self.setObjectName("teach-table")
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(23)
        self.setHorizontalHeaderLabels([tr(one) for one in _TITLES])
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in _WIDTHS.items():
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            self.setColumnWidth(column, width)
        header.setSectionResizeMode(ERROR, QHeaderView.ResizeMode.ResizeToContents)  # a number is never cut
        header.setMinimumSectionSize(48)
        for column, tip in enumerate(_TIPS):
            item = self.horizontalHeaderItem(column)
            item.setToolTip(plain(tip))
            item.setTextAlignment(_alignment(column))
        self.cellClicked.connect(self._click)

    def show_entries(
        self, entries: Sequence[OwnEntry], marks: Mapping[str, str], errors: Mapping[str, float], learnt: frozenset[str]
    ) -> None:
        """Fill the table; the selected row stays."""
        chosen = self.currentRow()
        self.setRowCount(len(entries))
        for row, entry in enumerate(entries):
            error = errors.get(entry.key)
            known = entry.key in learnt
            texts = (
                f"{entry.name} · {entry.formula}" if entry.name != entry.formula else entry.formula,
                str(entry.n_sites),
                "…" if error is None else f"{error:.3g}",
                tr(WORDS[marks.get(entry.key, "out")]),
            )
            tip = tr("The network has learnt this molecule already.") if known else entry.smiles
            for column, text in enumerate(texts):
                item = QTableWidgetItem(f"{text} *" if known and column == NAME else text)
                item.setTextAlignment(_alignment(column))
                item.setData(_KEY, entry.key)
                item.setToolTip(plain(tip))
                self.setItem(row, column, item)
        if 0 <= chosen < self.rowCount():
            self.setCurrentCell(chosen, NAME)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The space bar changes the use of the selected molecule."""
        if event.key() == Qt.Key.Key_Space and self.currentRow() >= 0:
            self._click(self.currentRow(), MARK)
            return
        super().keyPressEvent(event)

    def _click(self, row: int, column: int) -> None:
        if column == MARK:
            self.turned.emit(self.item(row, MARK).data(_KEY))


def _alignment(column: int) -> Qt.AlignmentFlag:
    left = Qt.AlignmentFlag.AlignLeft if column in (NAME, MARK) else Qt.AlignmentFlag.AlignRight
    return left | Qt.AlignmentFlag.AlignVCenter
