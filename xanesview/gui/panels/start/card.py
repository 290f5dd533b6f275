"""The start page: examples as pictures, recent files, a field for a SMILES or a name."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QIcon, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListView,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
)

from xanesview.errors import XanesviewError
from xanesview.gui.appearance.palette import RADIUS, SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.structure_picture import structure_picture
from xanesview.gui.appearance.theme import colours, icon, small_font
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.panel import Panel
from xanesview.gui.panels.start.tips import TipRow
from xanesview.io.structures.registry import FORMATS_IN_WORDS
from xanesview.texts import tr

PICTURE = QSize(84, 52)
LEAST_CELL_PX = 270
CELL_HEIGHT_PX = 70
LINE = Qt.ItemDataRole.UserRole + 1


class _Cell(QStyledItemDelegate):
    """A picture, beside it the name and one line on what there is to see."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw one example."""
        scheme = colours(option.widget)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cell = option.rect.adjusted(2, 2, -2, -2)
        if option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(scheme.hover))
            painter.drawRoundedRect(cell, RADIUS, RADIUS)
        picture = QRect(cell.left() + 4, cell.center().y() - PICTURE.height() // 2, PICTURE.width(), PICTURE.height())
        index.data(Qt.ItemDataRole.DecorationRole).paint(painter, picture)
        words = _words_of(option.rect)
        font = _bold(option.font)
        painter.setFont(font)
        painter.setPen(QColor(scheme.text))
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, index.data())
        painter.setFont(small_font())
        painter.setPen(QColor(scheme.muted))
        below = words.adjusted(0, QFontMetrics(font).height() + 1, 0, 0)
        painter.drawText(below, Qt.TextFlag.TextWordWrap, index.data(LINE))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """All cells are alike."""
        return option.widget.gridSize()


class _Shelf(QListWidget):
    """Cells in as many columns as there is room for, as high as the longest of their texts asks for."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among the columns."""
        self.share_width()
        super().resizeEvent(event)

    def share_width(self) -> None:
        """Give all cells the size that the room and their texts ask for."""
        width = self.viewport().width() - 2
        cell_px = width // max(1, width // LEAST_CELL_PX)
        room_px = _words_of(QRect(0, 0, cell_px, CELL_HEIGHT_PX)).width()
        metrics = QFontMetrics(small_font())
        lines_px = [
            metrics.boundingRect(QRect(0, 0, room_px, 10_000), Qt.TextFlag.TextWordWrap, self.item(row).data(LINE))
            for row in range(self.count())
        ]
        text_px = max((box.height() for box in lines_px), default=0)
        around_px = CELL_HEIGHT_PX - _words_of(QRect(0, 0, cell_px, CELL_HEIGHT_PX)).height()
        needed_px = text_px + QFontMetrics(_bold(self.font())).height() + 1 + around_px
        self.setGridSize(QSize(cell_px, max(CELL_HEIGHT_PX, needed_px)))


def _words_of(cell: QRect) -> QRect:
    """Return where the words of a cell stand: beside its picture."""
    return cell.adjusted(2, 2, -2, -2).adjusted(PICTURE.width() + 2 * SPACING, SPACING - 2, -4, -2)


def _bold(font: QFont) -> QFont:
    heavy = QFont(font)
    heavy.setWeight(QFont.Weight.DemiBold)
    return heavy


class StartCard(Panel):
    """First steps. The pictures are drawn one by one when there is nothing else to do."""

    tour_wanted = Signal()

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self.setObjectName("start")
        self.opening = context.opening
        self._undrawn: list[QListWidgetItem] = []
        self.examples = _Shelf(objectName="examples")
        self.examples.setViewMode(QListView.ViewMode.IconMode)
        self.examples.setResizeMode(QListView.ResizeMode.Adjust)
        self.examples.setMovement(QListView.Movement.Static)
        self.examples.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.examples.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.examples.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        # as high as there is room for: what a list would like must not make the panel scroll beside it
        self.examples.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.examples.setMinimumHeight(CELL_HEIGHT_PX)
        self.examples.setMouseTracking(True)
        self.examples.setIconSize(PICTURE)
        self.examples.setItemDelegate(_Cell(self.examples))
        self.examples.itemClicked.connect(self._choose)
        self.examples.itemActivated.connect(self._choose)
        self.smiles = QLineEdit(placeholderText="Type a SMILES or a name, then Enter", objectName="start-smiles")
        self.smiles.setClearButtonEnabled(True)
        self.smiles.returnPressed.connect(self._take_smiles)
        self.recent = QHBoxLayout()
        self.recent.setSpacing(2)
        self._draw_timer = QTimer(self)
        self._draw_timer.setInterval(15)
        self._draw_timer.timeout.connect(self._draw_next)
        self._arrange()
        self.opening.remembered.connect(self.refresh_recent)
        self.refresh_recent()

    def _arrange(self) -> None:
        open_button = QToolButton(text="Open a file…", toolTip=f"{FORMATS_IN_WORDS} (Ctrl+O)")
        open_button.setIcon(icon("open"))
        open_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        open_button.clicked.connect(self.opening.ask_file)
        self._open_button = open_button
        self.tour = QToolButton(text="Take the tour", objectName="start-tour")
        self.tour.setToolTip("Turn the field, keep a curve and fit the tilt of a film, step by step (Ctrl+Alt+G)")
        self.tour.clicked.connect(self.tour_wanted)
        head = QHBoxLayout()
        head.addWidget(open_button)
        head.addWidget(self.smiles, 1)
        head.addWidget(self.tour)
        self._recent_heading = Label("Recent")
        self._recent_heading.setProperty("muted", True)
        self._recent_heading.setContentsMargins(SPACING, 0, 0, 0)
        recent = QHBoxLayout()
        recent.setSpacing(2)
        recent.addWidget(self._recent_heading)
        recent.addLayout(self.recent)
        recent.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, SPACING, SPACING, 0)
        column.setSpacing(SPACING // 2)
        column.addLayout(head)
        column.addLayout(recent)
        self.tips = TipRow()
        column.addWidget(self.tips)
        column.addWidget(self.examples, 1)

    def fill(self) -> None:
        """List the examples; called once the window stands."""
        from xanesview.io.examples import examples

        if self.examples.count():
            return
        for example in examples():
            item = QListWidgetItem(tr(example.title))
            item.setToolTip(plain(f"{tr(example.title)}: {tr(example.line)}"))
            item.setData(LINE, tr(example.line))
            item.setData(Qt.ItemDataRole.UserRole, example.name)
            item.setIcon(QIcon())
            self.examples.addItem(item)
            self._undrawn.append(item)
        self.examples.share_width()
        self._draw_timer.start()

    def apply_theme(self) -> None:
        """Draw the pictures anew after a change of theme."""
        self._open_button.setIcon(icon("open"))
        self._undrawn = [self.examples.item(row) for row in range(self.examples.count())]
        if self._undrawn:
            self._draw_timer.start()

    def refresh_recent(self) -> None:
        """List the recent files."""
        while self.recent.count():
            self.recent.takeAt(0).widget().deleteLater()
        files = self.context.settings.recent_files()[:3]
        self._recent_heading.setVisible(bool(files))
        for path in files:
            button = QToolButton(text=path.name, toolTip=plain(str(path)))
            button.clicked.connect(lambda _checked=False, p=path: self.opening.open_file(p))
            self.recent.addWidget(button)

    def stop(self) -> None:
        """Draw no more; the window closes."""
        self._draw_timer.stop()

    def _draw_next(self) -> None:
        from xanesview.io.examples import load_example

        if not self._undrawn:
            self._draw_timer.stop()
            return
        if not self.isVisible():
            return
        item = self._undrawn.pop(0)
        try:
            structure = load_example(item.data(Qt.ItemDataRole.UserRole))
        except XanesviewError as error:
            item.setToolTip(plain(f"{error.message} {error.hint}".strip()))
            return
        item.setIcon(QIcon(structure_picture(structure, PICTURE, self.devicePixelRatioF(), colours(self).faint)))

    def _choose(self, item: QListWidgetItem) -> None:
        self.opening.open_example(item.data(Qt.ItemDataRole.UserRole))

    def _take_smiles(self) -> None:
        if self.smiles.text().strip():
            self.opening.open_smiles(self.smiles.text().strip())
