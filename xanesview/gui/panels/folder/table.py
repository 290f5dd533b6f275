"""The table of many structures: small pictures that are drawn once each, small spectra, rows that open and draw."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QPixmap, QPolygonF, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.structure_picture import structure_picture
from xanesview.gui.appearance.theme import colours
from xanesview.gui.panels.column_widths import WholeHeadings
from xanesview.gui.panels.folder.model import (
    FORMULA,
    MISFIT,
    NAME,
    PLACE,
    RANKED,
    SCALE,
    SHIFT,
    SITES,
    SPARK,
    SPECTRUM,
    STEP,
    WARNINGS,
    WIDTH,
    FolderModel,
)
from xanesview.texts import tr

PICTURE = QSize(48, 32)
ROW_PX = 36
_DRAW_EVERY_MS = 10
#: A picture of more atoms would take the window's time, and show none of them.
_MOST_ATOMS = 600
_WIDTHS = {
    PLACE: 42, FORMULA: 84, SITES: 52, SPECTRUM: 96, MISFIT: 98, SHIFT: 84, WIDTH: 90, SCALE: 70, STEP: 64,
    WARNINGS: 116,
}  # fmt: skip
_LEAST_NAME_PX = 168
#: What goes first where there is no room for all.
_LESS = (STEP, FORMULA, WIDTH, SCALE, SITES, SHIFT, SPECTRUM, WARNINGS)


class FolderTable(QTableView):
    """Shows the model; tells by its number in the list which structure is to be opened, and which lie on the plot."""

    opened = Signal(int)  # a row of the list
    chosen = Signal(object)  # rows of the list that are selected, from top to bottom

    def __init__(self, model: FolderModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("folder-table")
        self.setAccessibleName(tr("Structures of the folder"))
        self.rows = model
        self.setModel(model)
        self._pictures: dict[int, QPixmap] = {}
        self._draw_timer = QTimer(self, interval=_DRAW_EVERY_MS)
        self._draw_timer.timeout.connect(self._draw_next)
        self._arrange()
        self.setItemDelegateForColumn(NAME, _Name(self._pictures, self))
        self.setItemDelegateForColumn(SPECTRUM, _Spectrum(self))
        model.modelAboutToBeReset.connect(self._keep_selection)
        model.modelReset.connect(self._take_selection)
        model.candidates.reset.connect(self._pictures.clear)
        for signal in (model.modelReset, model.dataChanged, model.layoutChanged):
            signal.connect(self.draw)
        self.verticalScrollBar().valueChanged.connect(self.draw)
        self.selectionModel().selectionChanged.connect(self._tell_chosen)
        self._kept: list[int] = []

    def _arrange(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(28)
        header.setHighlightSections(False)
        WholeHeadings(self, _WIDTHS)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        self.setSortingEnabled(True)
        self.sortByColumn(NAME, Qt.SortOrder.AscendingOrder)

    def sizeHint(self) -> QSize:
        """Ask for little: what is more scrolls in the table, and the panel's controls stay in sight above it."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def show_ranked(self, ranked: bool) -> None:
        """Show the columns of a ranking, or hide them; the columns that matter least go where there is no room."""
        room = self.viewport().width() - _LEAST_NAME_PX
        hidden = set() if ranked else {*RANKED, PLACE}
        for column in _LESS:
            if sum(self._needed_px(one) for one in _WIDTHS if one not in hidden) <= room:
                break
            hidden.add(column)
        for column in _WIDTHS:
            self.setColumnHidden(column, column in hidden)

    def _needed_px(self, column: int) -> int:
        return max(_WIDTHS[column], self.horizontalHeader().sectionSizeHint(column))

    def select_rows(self, rows: list[int]) -> None:
        """Select rows of the list, and bring the first into sight."""
        chosen = self.selectionModel()
        chosen.clearSelection()
        how = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for row in rows:
            chosen.select(self.rows.index(self.rows.place_of(row), NAME), how)
        if rows:
            self.scrollTo(self.rows.index(self.rows.place_of(rows[0]), NAME))

    def selected_rows(self) -> list[int]:
        """Return the selected rows of the list from top to bottom."""
        return [self.rows.number(place) for place in sorted(i.row() for i in self.selectionModel().selectedRows(NAME))]

    def _keep_selection(self) -> None:
        self._kept = self.selected_rows()

    def _take_selection(self) -> None:
        """Select again what was: mixtures that come or go change no row before them."""
        kept = [row for row in self._kept if row < self.rows.rowCount()]
        if kept and self.rows.candidates.rows:
            self.select_rows(kept)
        else:
            self._tell_chosen()

    def _tell_chosen(self, *_what: object) -> None:
        self.chosen.emit(self.selected_rows())

    # ---- opening ----

    def mouseDoubleClickEvent(self, event) -> None:
        """Open the structure of a row."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid():
            self.opened.emit(self.rows.number(index.row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the structure of the current row; Escape lets go of the selection."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.rows.number(self.currentIndex().row()))
        elif event.key() == Qt.Key.Key_Escape and self.selected_rows():
            self.clearSelection()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep Escape for the selection: without one it is the window's."""
        escape = event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape
        if escape and self.selected_rows():
            event.accept()
            return True
        return super().event(event)

    # ---- small pictures ----

    def draw(self, *_what: object) -> None:
        """Begin to draw what is in sight and not drawn yet."""
        self._draw_timer.start()

    def redraw(self) -> None:
        """Draw anew in other colours."""
        self._pictures.clear()
        self.draw()
        self.viewport().update()

    def stop(self) -> None:
        """Draw no more; the window closes."""
        self._draw_timer.stop()
        self.rows.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw what has come into sight."""
        super().resizeEvent(event)
        self.draw()

    def changeEvent(self, event: QEvent) -> None:
        """Draw in other colours when the palette changes."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_pictures"):
            self.redraw()
        super().changeEvent(event)

    def _draw_next(self) -> None:
        row = self._undrawn() if self.isVisible() else None
        if row is None:
            self._draw_timer.stop()
            return
        structure = self.rows.row(row).found.structure
        if structure.n_atoms > _MOST_ATOMS:
            self._pictures[row] = QPixmap()
        else:
            scheme = colours(self)
            self._pictures[row] = structure_picture(structure, PICTURE, self.devicePixelRatioF(), scheme.faint)
        self.viewport().update()

    def _undrawn(self) -> int | None:
        top, bottom = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        if top < 0:
            return None
        last = self.rows.rowCount() - 1 if bottom < 0 else bottom
        for place in range(top, last + 1):
            row = self.rows.number(place)
            one = self.rows.row(row)
            if row not in self._pictures and one is not None and one.found is not None:
                return row
        return None


class _Name(QStyledItemDelegate):
    """A small picture, and the name beside it."""

    def __init__(self, pictures: dict[int, QPixmap], table: FolderTable) -> None:
        super().__init__(table)
        self._pictures, self._table = pictures, table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw both, as the style draws a cell."""
        _ground(painter, option, index)
        row = self._table.rows.number(index.row())
        picture, cell = self._pictures.get(row), option.rect
        left = SPACING
        if picture is not None and not picture.isNull():
            at = QRect(cell.left() + 4, cell.center().y() - PICTURE.height() // 2, PICTURE.width(), PICTURE.height())
            painter.drawPixmap(at.topLeft(), picture)
        if self._table.rows.row(row) is not None:
            left = PICTURE.width() + 2 * SPACING
        painter.save()
        painter.setPen(QColor(colours(option.widget).text))
        place = cell.adjusted(left, 0, -4, 0)
        text = option.fontMetrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()


class _Spectrum(QStyledItemDelegate):
    """A spectrum as a line without axes."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw the line over the whole cell."""
        _ground(painter, option, index)
        heights = index.data(SPARK)
        if heights is None:
            return
        place = QRectF(option.rect).adjusted(6, 5, -6, -5)
        step = place.width() / (len(heights) - 1)
        line = QPolygonF(
            [QPointF(place.left() + k * step, place.bottom() - h * place.height()) for k, h in enumerate(heights)]
        )
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours(option.widget).muted), 1.2))
        painter.drawPolyline(line)
        painter.restore()


def _ground(painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
    """Draw what lies below a cell: selection, focus, nothing else."""
    own = QStyleOptionViewItem(option)
    own.text = ""
    style = option.widget.style()
    style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, own, painter, option.widget)
