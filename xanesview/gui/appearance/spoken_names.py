"""What a screen reader says of controls that show no words: the label beside them, else their tip or their name."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QTextEdit,
    QWidget,
)

from xanesview.texts import tr

KINDS = (
    QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit,
    QTabBar, QTextEdit,
)  # fmt: skip

_WHOLE = (QAbstractSpinBox, QComboBox, QLineEdit, QTabBar)


def controls(root: QWidget) -> Iterator[QWidget]:
    """Give the controls below a widget that a user can reach; parts of a control, which it speaks for, are left out."""
    for widget in root.findChildren(QWidget):
        own = widget.objectName().startswith("qt_") or isinstance(widget, QScrollBar | QHeaderView) or _is_part(widget)
        if isinstance(widget, KINDS) and not own:
            yield widget


def _is_part(widget: QWidget) -> bool:
    """Whether it belongs to a larger control: the list of a choice, the cross of a tab, the field of a spin box."""
    above = widget.parentWidget()
    further = None if above is None else above.parentWidget()
    return isinstance(above, _WHOLE) or isinstance(further, QComboBox)


def spoken(widget: QWidget) -> str:
    """Return what a screen reader says of a control; empty where it would say its kind only."""
    if widget.accessibleName():
        return widget.accessibleName()
    words = widget.text() if isinstance(widget, QAbstractButton) else ""
    return words if any(letter.isalnum() for letter in words) else ""


def name_controls(root: QWidget) -> None:
    """Give each control without words and without a name the words of its label, its tip or its empty field.

    Lists let Tab go on, so that no key is caught in one; arrows move inside them.
    """
    labels = {label.buddy(): label.text() for label in root.findChildren(QLabel) if label.buddy() is not None}
    for widget in controls(root):
        if isinstance(widget, QAbstractItemView):
            widget.setTabKeyNavigation(False)
        if spoken(widget):
            continue
        tip = QTextDocumentFragment.fromHtml(widget.toolTip()).toPlainText() if "<" in widget.toolTip() else ""
        tip = (tip or widget.toolTip()).split("\n")[0]
        empty = widget.placeholderText() if isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit) else ""
        own = widget.objectName().replace("-", " ").capitalize()
        widget.setAccessibleName((labels.get(widget) or tip or empty or tr(own)).replace("&", ""))
