"""The list of the library panel: headings, the user's references as curves, and molecules as drawings."""

from __future__ import annotations

import json

from PySide6.QtCore import QEvent, QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from xanesview.gui.appearance.molecule_drawing import molecule_drawing
from xanesview.gui.appearance.theme import colours
from xanesview.gui.panels.library.row import CURVE, EDGE, LINE, PICTURE, REMARK, SMILES, SUBJECT, Row
from xanesview.texts import told

MIME = "application/x-xanesview-library-rows"
_DRAW_EVERY_MS = 10


class LibraryList(QListWidget):
    """Rows are laid over by a double click, Enter or a drag; drawings are made one by one when they come into sight."""

    laid = Signal(object)  # subjects of rows that are to be laid over the prediction
    removed = Signal()  # Delete was pressed

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("library-list")
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setItemDelegate(Row(self))
        self._drawings: dict[str, QPixmap] = {}
        self._draw_timer = QTimer(self, interval=_DRAW_EVERY_MS)
        self._draw_timer.timeout.connect(self._draw_next)
        self.verticalScrollBar().valueChanged.connect(self.draw)
        self.itemDoubleClicked.connect(self._double_clicked)

    def add_heading(self, text: str) -> None:
        """Add a line that can't be chosen."""
        item = QListWidgetItem(told(text), self)
        item.setFlags(Qt.ItemFlag.NoItemFlags)

    def add_molecule(self, title: str, line: str, edge: str, remark: str, smiles: str, subject: object) -> None:
        """Add a molecule; ``subject`` is what laying the row over hands on."""
        item = self._add(title, line, edge, remark, subject)
        item.setData(SMILES, smiles)
        if smiles in self._drawings:
            item.setIcon(QIcon(self._drawings[smiles]))

    def add_curve(self, title: str, line: str, edge: str, remark: str, heights: bytes, subject: object) -> None:
        """Add one of the user's references, with the heights of its curve."""
        self._add(title, line, edge, remark, subject).setData(CURVE, heights)

    def _add(self, title: str, line: str, edge: str, remark: str, subject: object) -> QListWidgetItem:
        item = QListWidgetItem(title, self)
        for role, value in ((LINE, line), (EDGE, edge), (REMARK, remark), (SUBJECT, subject)):
            item.setData(role, value)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsDragEnabled)
        return item

    # ---- choosing ----

    def chosen(self) -> list[object]:
        """Return the subjects of the selected rows, from the top."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return [subject for row in rows if (subject := self.item(row).data(SUBJECT)) is not None]

    def subjects(self, rows: list[int]) -> list[object]:
        """Return the subjects of some rows; what stands there no more is left out."""
        items = [self.item(row) for row in rows]
        return [item.data(SUBJECT) for item in items if item is not None and item.data(SUBJECT) is not None]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter lays all selected rows over; Delete asks to take them away."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen():
            self.laid.emit(self.chosen())
        elif event.key() == Qt.Key.Key_Delete and self.chosen():
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def _double_clicked(self, item: QListWidgetItem) -> None:
        if item.data(SUBJECT) is not None:
            self.laid.emit([item.data(SUBJECT)])

    def mimeTypes(self) -> list[str]:
        """What a drag carries."""
        return [MIME]

    def mimeData(self, items) -> QMimeData:
        """The rows that are dragged: they are of this list, and of this window."""
        data = QMimeData()
        rows = sorted(self.row(item) for item in items)
        data.setData(MIME, json.dumps({"list": id(self), "rows": rows}).encode())
        return data

    def dropped(self, data: QMimeData) -> list[object]:
        """Return the subjects of rows that were dragged from this list; none of what comes from elsewhere."""
        try:
            told = json.loads(bytes(data.data(MIME).data()) or b"{}")
        except ValueError:
            return []
        return self.subjects(told["rows"]) if told.get("list") == id(self) else []

    # ---- drawings ----

    def draw(self) -> None:
        """Begin to draw what is in sight and not drawn yet."""
        self._draw_timer.start()

    def redraw(self) -> None:
        """Draw anew in other colours."""
        self._drawings.clear()
        for row in range(self.count()):
            self.item(row).setIcon(QIcon())
        self.draw()

    def stop(self) -> None:
        """Draw no more; the window closes."""
        self._draw_timer.stop()

    def resizeEvent(self, event) -> None:
        """Draw what has come into sight."""
        super().resizeEvent(event)
        self.draw()

    def viewportEvent(self, event: QEvent) -> bool:
        """Draw in other colours when the palette changes."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_drawings"):
            self.redraw()
        return super().viewportEvent(event)

    def _draw_next(self) -> None:
        item = next(iter(self._undrawn()), None) if self.isVisible() else None
        if item is None:
            self._draw_timer.stop()
            return
        smiles = item.data(SMILES)
        if smiles not in self._drawings:
            self._drawings[smiles] = molecule_drawing(smiles, PICTURE, self.devicePixelRatioF(), colours(self))
        item.setIcon(QIcon(self._drawings[smiles]))

    def _undrawn(self):
        shown = self.viewport().rect()
        for row in range(self.count()):
            item = self.item(row)
            if item.data(SMILES) and item.icon().isNull() and self.visualItemRect(item).intersects(shown):
                if item.data(SMILES) in self._drawings and self._drawings[item.data(SMILES)].isNull():
                    continue  # can't be drawn
                yield item
