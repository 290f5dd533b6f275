"""Chips on top of the plot: what must not be overlooked, in a few words that open an explanation."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QLayout, QLayoutItem, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from xanesview.gui.appearance.palette import RADIUS, SPACING, Colours
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.theme import colours, small_font
from xanesview.shown.curve import Chip


class FlowLayout(QLayout):
    """Places widgets in rows and begins a new row where the width ends."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(SPACING // 2)

    def addItem(self, item: QLayoutItem) -> None:
        """Take an item."""
        self._items.append(item)

    def count(self) -> int:
        """Return the number of items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Return an item."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Take an item out."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        """Say that fewer pixels of width need more of height."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all rows."""
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        """Place the items."""
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        """Ask for one row."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """Return the size of the largest item."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _place(self, rect: QRect, *, move: bool) -> int:
        x, y, row = rect.x(), rect.y(), 0
        for item in self._items:
            if item.isEmpty():  # hidden
                continue
            hint = item.sizeHint()
            if x > rect.x() and x + hint.width() > rect.right() + 1:
                x, y, row = rect.x(), y + row + self.spacing(), 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), QSize(min(hint.width(), rect.width()), hint.height())))
            x += hint.width() + self.spacing()
            row = max(row, hint.height())
        return y + row - rect.y()


class ChipRow(QWidget):
    """A row of chips; without chips it takes no room."""

    clicked = Signal(int)
    control_wanted = Signal(str)  # `Chip.opens`

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips: tuple[Chip, ...] = ()
        self._buttons: list[QPushButton] = []
        self._flow = FlowLayout(self)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.hide()

    @property
    def chips(self) -> tuple[Chip, ...]:
        """The chips shown now."""
        return self._chips

    def set_chips(self, chips: Sequence[Chip]) -> None:
        """Replace the chips; the same ones again change nothing."""
        if tuple(chips) == self._chips:
            return
        self._chips = tuple(chips)
        while self._buttons:
            button = self._buttons.pop()
            self._flow.removeWidget(button)
            button.hide()
            button.deleteLater()
        for index, chip in enumerate(self._chips):
            button = QPushButton(chip.text, self)
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setFont(small_font())
            button.setToolTip(plain(chip.detail or chip.text))
            button.setAccessibleName(f"{chip.severity}: {chip.text}")
            button.clicked.connect(lambda _checked=False, number=index: self._open(number))
            self._flow.addWidget(button)
            self._buttons.append(button)
            button.show()
        self.apply_theme()
        self.setVisible(bool(self._chips))

    def below(self, control: str) -> QPoint:
        """Return the place on the screen under the chip that opens a control, where a menu of it is to appear."""
        button = next((b for b, chip in zip(self._buttons, self._chips, strict=True) if chip.opens == control), self)
        return button.mapToGlobal(QPoint(0, button.height() + SPACING // 2))

    def apply_theme(self) -> None:
        """Colour the chips by severity."""
        scheme = colours(self)
        for button, chip in zip(self._buttons, self._chips, strict=True):
            button.setStyleSheet(_chip_style(severity_colour(chip.severity, scheme), scheme))

    def _open(self, index: int) -> None:
        self.clicked.emit(index)
        if index >= len(self._chips):
            return
        if self._chips[index].opens:
            self.control_wanted.emit(self._chips[index].opens)
            return
        if not self._chips[index].detail:
            return
        explanation = Explanation(self._chips[index], self)
        explanation.open_below(self._buttons[index])


class Explanation(QFrame):
    """A small card under a chip; a click elsewhere or Escape closes it."""

    def __init__(self, chip: Chip, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        scheme = colours(parent)
        self.setObjectName("explanation")
        self.setStyleSheet(f"#explanation {{ background: {scheme.raised}; border: 1px solid {scheme.border}; }}")
        title = Label(chip.text, self)
        title.setProperty("heading", True)
        title.setWordWrap(True)
        body = Label(chip.detail, self)
        body.setWordWrap(True)
        body.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING * 2, SPACING, SPACING * 2, SPACING)
        column.setSpacing(SPACING // 2)
        column.addWidget(title)
        column.addWidget(body)
        self.setFixedWidth(320)

    def open_below(self, chip: QWidget) -> None:
        """Show the card under a chip, within the screen."""
        self.adjustSize()
        at = chip.mapToGlobal(QPoint(0, chip.height() + SPACING // 2))
        screen = chip.screen().availableGeometry()
        at.setX(max(screen.left(), min(at.x(), screen.right() - self.width())))
        self.move(at)
        self.show()


def severity_colour(severity: str, scheme: Colours) -> str:
    """Return the colour of a severity."""
    return {"warning": scheme.warning, "error": scheme.error}.get(severity, scheme.control)


def _chip_style(colour: str, scheme: Colours) -> str:
    shade = QColor(colour)
    red, green, blue, _ = shade.getRgb()
    return (
        f"QPushButton {{ background: rgba({red},{green},{blue},28); color: {scheme.text}; padding: 2px 8px;"
        f" border: 1px solid rgba({red},{green},{blue},110); border-radius: {RADIUS}px; }}"
        f"QPushButton:hover {{ background: rgba({red},{green},{blue},56); }}"
        f"QPushButton:focus {{ border-color: {colour}; }}"
    )
