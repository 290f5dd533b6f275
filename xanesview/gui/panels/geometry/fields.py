"""Numbers and words in rows, as all parts of this panel have them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QToolButton, QWidget

from xanesview.gui.appearance.typed_numbers import parse_number
from xanesview.gui.panels.quiet import QuietNumber


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


def is_being_typed(field: QLineEdit) -> bool:
    """Whether what stands in a field is the user's: not taken yet, or marked as what can't be."""
    return field.hasFocus() and (field.isModified() or bool(field.property("invalid")))
