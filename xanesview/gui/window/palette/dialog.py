"""The palette on the screen: a field and a list below it, without a mouse."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label
from xanesview.gui.appearance.theme import colours, small_font
from xanesview.gui.window.palette.entries import PaletteEntry
from xanesview.gui.window.palette.matching import score
from xanesview.texts import tr

_ENTRY = Qt.ItemDataRole.UserRole + 1
_WIDTH_PX, _ROWS = 640, 9
_MOVES = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


class CommandPalette(QDialog):
    """Runs one of some entries; what was run before stands first.

    Parameters
    ----------
    listed : sequence of PaletteEntry
    used : list of str
        Keys of what was run, the newest first; the one that is run is put at its head.
    """

    def __init__(self, listed: Sequence[PaletteEntry], used: list[str], parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.FramelessWindowHint)
        self.setObjectName("command-palette")
        self.setWindowTitle(tr("Command palette"))
        self._listed, self._used = list(listed), used
        places = {key: place for place, key in enumerate(used)}
        self._listed.sort(key=lambda one: places.get(one.key, len(places)))  # stable: the table's order otherwise
        self.field = QLineEdit(self, objectName="command", clearButtonEnabled=True)
        self.field.setPlaceholderText(tr("Type a few letters of a command, panel, example or network"))
        self.field.setAccessibleName(tr("Command"))
        self.list = QListWidget(self, objectName="commands")
        self.list.setAccessibleName(tr("Commands"))
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the field keeps the keyboard and moves in the list
        self.list.setItemDelegate(_Row(self.list))
        self.hint = Label()
        self.hint.setFont(small_font())
        self.hint.setProperty("muted", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        for widget in (self.field, self.list, self.hint):
            column.addWidget(widget)
        self.field.textChanged.connect(self.search)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(lambda _item: self.run())
        self.list.currentRowChanged.connect(lambda _row: self._explain())
        self.search("")

    def search(self, typed: str) -> None:
        """List what fits, the best first; what can't be done now comes after what can of the same worth."""
        worth = [(score(typed, f"{one.title} {one.where}", one.told), one) for one in self._listed]
        found = [pair for pair in worth if pair[0] > 0]
        if typed.strip():
            found.sort(key=lambda pair: (-pair[0], bool(pair[1].obstacle)))
        self.list.clear()
        for _, entry in found:
            item = QListWidgetItem(entry.title)
            item.setData(_ENTRY, entry)
            parts = (entry.title, entry.where, entry.shortcut, entry.obstacle)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(filter(None, parts)))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._explain()

    @property
    def current(self) -> PaletteEntry | None:
        """The entry that Enter would run."""
        item = self.list.currentItem()
        return None if item is None else item.data(_ENTRY)

    def titles(self) -> list[str]:
        """What the rows say."""
        return [self.list.item(row).text() for row in range(self.list.count())]

    def run(self) -> None:
        """Run the entry chosen and close; what can't be done now says why and leaves the list open."""
        entry = self.current
        if entry is None or entry.obstacle:
            self._explain()
            return
        self._used[:] = [entry.key, *(key for key in self._used if key != entry.key)][:_ROWS]
        self.accept()
        QTimer.singleShot(0, self.parent(), entry.run)  # the window has the keyboard again by then

    def _explain(self) -> None:
        entry = self.current
        if entry is None:
            self.hint.setText(tr("Nothing fits; fewer letters find more"))
        else:
            self.hint.setText(entry.obstacle or tr("Enter runs it, Escape closes, ↑ and ↓ choose"))

    # ---- on the screen ----

    def showEvent(self, event) -> None:
        """Stand at the top of the window, in its middle."""
        ground = self.parentWidget()
        rows = min(_ROWS, max(self.list.count(), 1))
        self.list.setFixedHeight(rows * self.list.sizeHintForRow(0) + 2 * self.list.frameWidth())
        self.setFixedWidth(min(_WIDTH_PX, ground.width() - 4 * SPACING))
        self.adjustSize()
        self.move(ground.mapToGlobal(ground.rect().topLeft()).x() + (ground.width() - self.width()) // 2,
                  ground.mapToGlobal(ground.rect().topLeft()).y() + 6 * SPACING)  # fmt: skip
        super().showEvent(event)
        self.field.setFocus()

    def paintEvent(self, event) -> None:
        """Draw a hairline about it: there is no frame of the window system."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(QColor(colours(self).faint))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def done(self, result: int) -> None:
        """Close, and give the keyboard back to the window."""
        super().done(result)
        self.parentWidget().activateWindow()

    def changeEvent(self, event: QEvent) -> None:
        """Close when another window is turned to."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isVisible() and not self.isActiveWindow():
            self.reject()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list and run from the field."""
        if watched is self.field and event.type() == QEvent.Type.KeyPress:
            return self._take_key(event)
        return False

    def _take_key(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.run()
            return True
        if event.key() not in _MOVES:
            return False
        step = 1 if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) else _ROWS - 1
        step *= -1 if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_PageUp) else 1
        row, last = self.list.currentRow() + step, self.list.count() - 1
        if abs(step) == 1:
            row %= max(last + 1, 1)  # round and round
        self.list.setCurrentRow(min(max(row, 0), last))
        return True


class _Row(QStyledItemDelegate):
    """Title and key, below in small letters where it is from and what it does, or why it can't be done now."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex) -> QSize:
        """Room for two lines."""
        return QSize(_WIDTH_PX // 2, option.fontMetrics.height() + QFontMetrics(small_font()).height() + SPACING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw the row's ground as the style does, then its texts."""
        own = QStyleOptionViewItem(option)
        self.initStyleOption(own, index)
        own.text = ""
        own.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, own, painter, own.widget)
        entry, scheme = index.data(_ENTRY), colours(option.palette)
        room = option.rect.adjusted(SPACING, SPACING // 2, -SPACING, -SPACING // 2)
        height = option.fontMetrics.height()
        upper = QRect(room.left(), room.top(), room.width(), height)
        lower = QRect(room.left(), room.top() + height, room.width(), room.height() - height)
        told = " · ".join(filter(None, (entry.where, entry.obstacle or entry.told)))
        small = small_font()
        key_width = QFontMetrics(small).horizontalAdvance(entry.shortcut) + SPACING if entry.shortcut else 0
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        title_colour = scheme.faint if entry.obstacle else scheme.text
        painter.save()
        for text, font, colour, place, side in (
            (entry.title, option.font, title_colour, upper.adjusted(0, 0, -key_width, 0), left),
            (entry.shortcut, small, scheme.muted, upper, right),
            (told, small, scheme.warning if entry.obstacle else scheme.muted, lower, left),
        ):
            painter.setFont(font)
            painter.setPen(QColor(colour))
            shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()
