"""Choosing a network, and further ones to compare it with: names with a line below that says what each is for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QCheckBox,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from xanesview.gui.appearance.choice import Choice
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.theme import colours, small_font
from xanesview.shown.network_list import NetworkEntry
from xanesview.texts import told as in_language
from xanesview.texts import tr

LINE = Qt.ItemDataRole.UserRole + 1
_MOST_PX = 560


class NetworkChoice(Choice):
    """A choice whose long text ends in an ellipsis instead of being cut; its list has two lines an entry."""

    opening = Signal()  # of the list: what takes time to say can be said now

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(TwoLines(self))
        self.setMaxVisibleItems(12)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click the keys are still those of the window

    def set_entries(self, entries: Sequence[NetworkEntry], chosen: str) -> None:
        """List networks; those with a problem can be read about, not chosen."""
        self.clear()
        current = ""
        for entry in entries:
            self.addItem(tr(entry.short or entry.title), None if entry.problem else entry.name)
            row = self.count() - 1
            self.setItemData(row, in_language(entry.line), LINE)
            told = entry.problem or f"{entry.title}\n{entry.line}\n{entry.notice}".rstrip()
            current = told if entry.name == chosen and not entry.problem else current
            self.setItemData(row, plain(told), Qt.ItemDataRole.ToolTipRole)
            self.model().item(row).setEnabled(not entry.problem)
        self.setCurrentIndex(self.findData(chosen))
        self.setToolTip(plain(f"Network that predicts the spectrum\n{current}".strip()))

    def showPopup(self) -> None:
        """Open the list, wide enough to read."""
        self.opening.emit()
        delegate = self.itemDelegate()
        option = QStyleOptionViewItem()
        option.font = self.font()
        widths = [delegate.sizeHint(option, self.model().index(row, 0)).width() for row in range(self.count())]
        self.view().setMinimumWidth(min(max([self.width(), *widths]) + 3 * SPACING, _MOST_PX))
        super().showPopup()


class TwoLines(QStyledItemDelegate):
    """A name, and in small letters below what is to be said of it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Room for both lines."""
        title, line = index.data() or "", index.data(LINE) or ""
        small = QFontMetrics(small_font())
        width = max(option.fontMetrics.horizontalAdvance(title), small.horizontalAdvance(line))
        return QSize(width + 2 * SPACING, option.fontMetrics.height() + (small.height() if line else 0) + SPACING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw the row's ground as the style does, then the two lines."""
        own = QStyleOptionViewItem(option)
        self.initStyleOption(own, index)
        title, line = own.text, index.data(LINE) or ""
        own.text = ""
        style = own.widget.style() if own.widget is not None else self.parent().style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, own, painter, own.widget)
        scheme = colours(option.palette)
        enabled = bool(index.flags() & Qt.ItemFlag.ItemIsEnabled)
        room = option.rect.adjusted(SPACING, SPACING // 2, -SPACING, -SPACING // 2)
        painter.save()
        for text, font, colour, top in (
            (title, option.font, scheme.text if enabled else scheme.muted, room.top()),
            (line, small_font(), scheme.muted if enabled else scheme.error, room.top() + option.fontMetrics.height()),
        ):
            metrics = QFontMetrics(font)
            painter.setFont(font)
            painter.setPen(QColor(colour))
            place = QRect(room.left(), top, room.width(), metrics.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
                             metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width()))  # fmt: skip
        painter.restore()


class CompareMenu(QMenu):
    """Networks to overlay, to be ticked one after the other: the menu stays open."""

    chosen = Signal(list)

    def __init__(self) -> None:
        super().__init__()
        self.boxes: dict[str, QCheckBox] = {}

    def set_entries(self, entries: Sequence[NetworkEntry], current: str, compared: Sequence[str]) -> None:
        """List the networks beside the current one."""
        self.clear()
        self.boxes = {}
        place = QWidget()
        column = QVBoxLayout(place)
        column.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, SPACING)
        column.setSpacing(2)
        heading = Label("Overlay the predictions of")
        heading.setProperty("muted", True)
        column.addWidget(heading)
        for entry in entries:
            if entry.problem or entry.name == current:
                continue
            box = QCheckBox(tr(entry.title), objectName=f"compare-{entry.name}")
            box.setChecked(entry.name in compared)
            box.toggled.connect(self._toggled)
            note = Label(entry.line)
            note.setFont(small_font())
            note.setProperty("muted", True)
            note.setContentsMargins(22, 0, 0, SPACING // 2)
            column.addWidget(box)
            column.addWidget(note)
            self.boxes[entry.name] = box
        if not self.boxes:
            column.addWidget(Label("There is no other network for this edge."))
        action = QWidgetAction(self)
        action.setDefaultWidget(place)
        self.addAction(action)

    def follow(self, compared: Sequence[str]) -> None:
        """Tick what is compared now (undo may have changed it) while the menu is open."""
        for name, box in self.boxes.items():
            with QSignalBlocker(box):
                box.setChecked(name in compared)

    def _toggled(self) -> None:
        self.chosen.emit([name for name, box in self.boxes.items() if box.isChecked()])
