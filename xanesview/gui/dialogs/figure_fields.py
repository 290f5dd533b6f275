"""Fields that the pages of the export dialog are made of: ranges, breaks, sizes, choices."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QFormLayout, QHBoxLayout, QLineEdit, QWidget

from xanesview.errors import XanesviewError
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.typed_numbers import parse_number
from xanesview.texts import tr

Pair = tuple[float, float]

_NUMBER = r"[-−+]?\d+(?:[.,]\d+)?"
_PART = re.compile(rf"\s*({_NUMBER})\s*(?:to|–|—|:|\.\.|-)\s*({_NUMBER})\s*")


def bound(name: str) -> QLineEdit:
    """Return a field for one end of a range."""
    field = QLineEdit(objectName=name.replace(" ", "-"))
    field.setAccessibleName(name)
    field.setToolTip(plain(f"{name.capitalize()} in the figure; empty: as the curves ask for"))
    return field


def range_of(fields: Sequence[QLineEdit], what: str) -> Pair | None:
    """Return a range that is typed, None where nothing is; what is empty beside a number is what the field shows.

    Raises
    ------
    XanesviewError
        Where it is none.
    """
    texts = [field.text().strip() for field in fields]
    if not any(texts):
        return None
    low, high = (parse_number(text or field.placeholderText()) for text, field in zip(texts, fields, strict=True))
    if not low < high:
        raise XanesviewError(f"The {what} from {low:g} to {high:g} are no range.", "Write the lower number first.")
    return low, high


def breaks_field(what: str) -> QLineEdit:
    """Return a field for the parts of an axis that are left out."""
    field = QLineEdit(objectName=f"{what}-breaks", placeholderText="none")
    field.setAccessibleName(f"{what} left out")
    field.setToolTip(plain(f"Parts of the axis that are left out, LOW to HIGH; several with “;” ({what})"))
    return field


def propose_breaks(field: QLineEdit, ends: Pair) -> None:
    """Say in an empty field how a part is written, with numbers of its axis."""
    low, high = ends
    first, last = (low + share * (high - low) for share in (0.6, 0.8))
    part = f"{first:.4g} to {last:.4g}"
    field.setPlaceholderText(tr("none, or {part}").format(part=part.replace("-", "−")))


def breaks_of(field: QLineEdit) -> tuple[Pair, ...]:
    """Return the parts that are typed.

    Raises
    ------
    XanesviewError
        Where they can't be read.
    """
    found = []
    for part in filter(str.strip, field.text().split(";")):
        told = _PART.fullmatch(part)
        if told is None:
            raise XanesviewError(f"“{part.strip()}” is no part of an axis.", "Write it as in 295 to 310.")
        found.append((parse_number(told[1]), parse_number(told[2])))
    return tuple(found)


def breaks_text(breaks: Sequence[Pair]) -> str:
    """Return parts of an axis as they are typed."""
    return "; ".join(f"{low:g} to {high:g}" for low, high in breaks)


def number_text(value: float | None) -> str:
    """Return a number as it is typed; nothing for none."""
    return "" if value is None else f"{value:.6g}"


def choice(name: str, entries: Sequence[tuple[str, object]], tip: str) -> QComboBox:
    """Return a list to choose from: words and what they mean."""
    box = QComboBox(objectName=name)
    for words, value in entries:
        box.addItem(words, value)
    box.setToolTip(plain(tip))
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(8)
    return box


def spin(value: float, least: float, most: float, step: float, suffix: str, tip: str) -> QDoubleSpinBox:
    """Return a field for a length with its unit."""
    field = QDoubleSpinBox(minimum=least, maximum=most, singleStep=step, decimals=1, value=value, suffix=f" {suffix}")
    field.lineEdit().setTextMargins(SPACING // 2, 0, 0, 0)  # the style sheet's padding does not reach it
    field.setToolTip(plain(tip))
    field.setAccessibleName(tip)
    return field


def side_by_side(*widgets: QWidget) -> QWidget:
    """Return fields in one row."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACING)
    for widget in widgets:
        row.addWidget(widget, 0 if isinstance(widget, (Label, QCheckBox)) else 1)
    return holder


def form(*rows: tuple[str, QWidget]) -> QWidget:
    """Return a page of named rows."""
    page = QWidget()
    layout = QFormLayout(page)
    layout.setContentsMargins(0, SPACING, 0, 0)
    layout.setSpacing(SPACING)
    for words, widget in rows:
        layout.addRow(words, widget)
    return page
