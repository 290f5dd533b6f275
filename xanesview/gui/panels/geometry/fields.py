"""Numbers and words in rows, as all parts of this panel have them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QSizePolicy, QToolButton, QWidget

from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.typed_numbers import parse_number
from xanesview.gui.panels.quiet import QuietNumber
from xanesview.gui.plot.chips import FlowLayout

_LINE_PX = 31  # pieces of one height stand on one line


class FlowRow(QWidget):
    """Pieces side by side, in as many lines as the width needs."""

    def __init__(self, *pieces: QWidget) -> None:
        super().__init__()
        self._flow = FlowLayout(self)
        self._flow.setSpacing(SPACING)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        for piece in pieces:
            self._flow.addWidget(piece)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for all lines: a panel that is scrolled would else press them together."""
        super().resizeEvent(event)
        self.ask_for_lines()

    def ask_for_lines(self) -> None:
        """Ask for the height that the pieces shown now need."""
        self.setMinimumHeight(self._flow.heightForWidth(self.width()))


def shown_number(value: float, decimals: int, unit: str = "") -> str:
    """Return a number as fields show it: rounded, zero without a sign, U+2212 for minus."""
    return f"{round(value, decimals) + 0.0:.{decimals}f}{unit}".replace("-", "\N{MINUS SIGN}")


def short_number(value: float) -> str:
    """Return a number in five digits at most, as short as it can be written."""
    return f"{value:.5g}".replace("-", "\N{MINUS SIGN}")


def number(
    name: str,
    tip: str,
    begin_gesture: Callable[[], int],
    *,
    limits: tuple[float, float],
    step: float = 1.0,
    parse: Callable[[str], float] = parse_number,
    show: Callable[[float], str] = short_number,
    width: int = 64,
) -> QuietNumber:
    """Return a field for a number."""
    field = QuietNumber(name, parse, show, step, limits, begin_gesture)
    field.set_tip(tip)
    field.setAccessibleName(tip.partition(":")[0])
    field.setFixedWidth(width)
    return field


def choices(
    names: Iterable[tuple[str, str, str]], chosen: Callable[[str], None]
) -> tuple[QWidget, dict[str, QToolButton]]:
    """Return buttons of which one is down, side by side; each is given by its name, text and tooltip."""
    box, buttons = QWidget(), {}
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    group = QButtonGroup(box)
    for name, text, tip in names:
        button = QToolButton(text=text, toolTip=tip, checkable=True, objectName=name)
        button.setProperty("narrow", True)
        button.clicked.connect(lambda _checked=False, name=name: chosen(name))
        group.addButton(button)
        row.addWidget(button)
        buttons[name] = button
    return box, buttons


def check_one(buttons: dict[str, QToolButton], name: str) -> None:
    """Put one of some exclusive buttons down, or none."""
    group = next(iter(buttons.values())).group()
    group.setExclusive(name in buttons)
    for each, button in buttons.items():
        button.setChecked(each == name)


def together(*parts: QWidget | str) -> QWidget:
    """Return fields and the words between them as one piece of a row, which is not broken."""
    box = QWidget()
    box.setMinimumHeight(_LINE_PX)
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACING // 2)
    for part in parts:
        row.addWidget(word(part) if isinstance(part, str) else part)
    return box


def word(text: str) -> Label:
    """Return a quiet word."""
    label = Label(text)
    label.setProperty("muted", True)
    return label


def is_being_typed(field: QLineEdit) -> bool:
    """Whether what stands in a field is the user's: not taken yet, or marked as what can't be."""
    return field.hasFocus() and (field.isModified() or bool(field.property("invalid")))


def mark(field: QLineEdit, problem: str, tip: str) -> None:
    """Mark a field whose text can't be, and say why in place of its usual tooltip."""
    field.setProperty("invalid", bool(problem))
    field.style().unpolish(field)
    field.style().polish(field)
    field.setToolTip(plain(problem or tip))
