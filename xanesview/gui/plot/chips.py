"""Chips on top of the plot: what must not be overlooked, in a few words that open an explanation."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QFrame, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from xanesview.gui.appearance.palette import RADIUS, SPACING, Colours
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.theme import colours, small_font
from xanesview.shown.curve import Chip
from xanesview.texts import told, tr


class ChipRow(QWidget):
    """One line of chips; those that find no room are behind a last one, "+2". Without chips it takes no room.

    Parameters
    ----------
    parent : QWidget or None
    keeps_line : bool
        Take the room of a line without chips too, so that nothing moves when one comes or goes.
    """

    clicked = Signal(int)
    control_wanted = Signal(str)  # `Chip.opens`

    def __init__(self, parent: QWidget | None = None, *, keeps_line: bool = False) -> None:
        super().__init__(parent)
        self._chips: tuple[Chip, ...] = ()
        self._buttons: list[QPushButton] = []
        self._more = self._button("+9")
        self._more.setObjectName("more-chips")
        self._more.clicked.connect(self._list_more)
        self._soon = QTimer(self, singleShot=True, interval=0)  # once the style is that of the new letters
        self._soon.timeout.connect(self._take_letters)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setRetainSizeWhenHidden(keeps_line)
        self.setSizePolicy(policy)
        self.apply_theme()
        self.hide()

    @property
    def chips(self) -> tuple[Chip, ...]:
        """The chips shown now, those behind the last one too."""
        return self._chips

    def sizeHint(self) -> QSize:
        """Ask for one line."""
        return QSize(0, self._more.sizeHint().height())

    minimumSizeHint = sizeHint

    def set_chips(self, chips: Sequence[Chip]) -> None:
        """Replace the chips; the same ones again change nothing."""
        if tuple(chips) == self._chips:
            return
        self._chips = tuple(chips)
        while self._buttons:
            button = self._buttons.pop()
            button.hide()
            button.deleteLater()
        for index, chip in enumerate(self._chips):
            button = self._button(told(chip.text))
            button.setToolTip(plain(chip.detail or chip.text))
            button.setAccessibleName(f"{tr(chip.severity)}: {told(chip.text)}")
            button.clicked.connect(lambda _checked=False, number=index: self._open(number))
            self._buttons.append(button)
        self.apply_theme()
        self.setVisible(bool(self._chips))
        self._arrange()

    def _button(self, text: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setFont(small_font())
        button.hide()
        return button

    # ---- one line ----

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many chips as there is room for."""
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Take as much room as letters of another size ask for."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._soon.start()

    def _take_letters(self) -> None:
        self.updateGeometry()
        self._arrange()

    def _arrange(self) -> None:
        shown, gap = self._that_fit(), SPACING // 2
        left = len(self._chips) - len(shown)
        x = 0
        for index, button in enumerate(self._buttons):
            button.setVisible(index in shown)
            if index in shown:
                hint = button.sizeHint()
                width = min(hint.width(), max(0, self.width() - x - (self._more_px(left) if left else 0)))
                button.setText(_cut(button, told(self._chips[index].text), width))
                button.setGeometry(x, 0, width, hint.height())
                x += width + gap
        self._more.setVisible(left > 0)
        if left:
            kinds = [chip.severity for index, chip in enumerate(self._chips) if index not in shown]
            worst = next((kind for kind in ("error", "warning") if kind in kinds), "note")
            self._more.setText(f"+{left}")
            self._more.setToolTip(plain("\n".join(told(self._chips[i].text) for i in self._hidden())))
            self._more.setAccessibleName(told(f"{worst}: {left} more"))
            scheme = colours(self)
            self._more.setStyleSheet(_chip_style(severity_colour(worst, scheme), scheme))
            self._more.setGeometry(x, 0, self._more_px(left) - gap, self._more.sizeHint().height())

    def _more_px(self, left: int) -> int:
        self._more.setText(f"+{left}")
        return self._more.sizeHint().width() + SPACING // 2

    def _that_fit(self) -> list[int]:
        """Places of the chips that find room, in their order; what warns comes before what only tells."""
        widths = []
        for button, chip in zip(self._buttons, self._chips, strict=True):
            button.setText(told(chip.text))
            widths.append(button.sizeHint().width() + SPACING // 2)
        if sum(widths) - SPACING // 2 <= self.width():
            return list(range(len(widths)))
        room = self.width() - self._more_px(len(widths))
        rank = {"error": 0, "warning": 1}
        shown: list[int] = []
        for index in sorted(range(len(widths)), key=lambda k: rank.get(self._chips[k].severity, 2)):
            if widths[index] <= room or not shown:
                shown.append(index)
                room -= widths[index]
        return sorted(shown)

    def _hidden(self) -> list[int]:
        return [index for index, button in enumerate(self._buttons) if button.isHidden()]

    def _list_more(self) -> None:
        """List the chips that found no room; each does what it would do in the line."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for index in self._hidden():
            action = menu.addAction(told(self._chips[index].text).replace("&", "&&"))
            action.triggered.connect(lambda _checked=False, number=index: self._open(number))
        menu.popup(self._more.mapToGlobal(QPoint(0, self._more.height() + SPACING // 2)))

    # ---- what a click does ----

    def below(self, control: str) -> QPoint:
        """Return the place on the screen under the chip that opens a control, where a menu of it is to appear."""
        wanted = (index for index, chip in enumerate(self._chips) if chip.opens == control)
        anchor = self._anchor(next(wanted, -1))
        return anchor.mapToGlobal(QPoint(0, anchor.height() + SPACING // 2))

    def _anchor(self, index: int) -> QWidget:
        if not 0 <= index < len(self._buttons):
            return self
        return self._more if self._buttons[index].isHidden() else self._buttons[index]

    def apply_theme(self) -> None:
        """Colour the chips by severity."""
        scheme = colours(self)
        for button, chip in zip(self._buttons, self._chips, strict=True):
            button.setStyleSheet(_chip_style(severity_colour(chip.severity, scheme), scheme))
        self._more.setStyleSheet(_chip_style(scheme.control, scheme))
        self._arrange()

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
        explanation.open_below(self._anchor(index))


def _cut(button: QPushButton, text: str, width: int) -> str:
    """Return a chip's text for a width: whole, else with fewer facts; only what can't be said shorter is cut off."""
    if button.sizeHint().width() <= width:
        return text
    frame = button.sizeHint().width() - button.fontMetrics().horizontalAdvance(button.text())
    facts = text.split(" · ")
    shorter = [f"{' · '.join(facts[:kept])} · …" for kept in range(len(facts) - 1, 0, -1)]
    for words in (*shorter, facts[0].partition(": ")[0]):
        if button.fontMetrics().horizontalAdvance(words) <= width - frame:
            return words
    return button.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, max(0, width - frame))


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
