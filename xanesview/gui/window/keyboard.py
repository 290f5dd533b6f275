"""Where the keyboard is: with the view, where letters are keys, unless the user has put it elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

_TYPED_INTO = (QLineEdit, QAbstractSpinBox, QPlainTextEdit, QTextEdit)


class Keyboard(QObject):
    """Gives the keyboard to the 3D view at the start, after a click on a tab, and where Qt would put it into a field.

    When what has the keyboard is hidden, as with another tab in front, Qt hands it on to whatever comes next: a field
    that nobody has clicked would swallow the letters that are keys.

    Parameters
    ----------
    window
        Whose keyboard it is.
    view
        Gives what stands in the place of the view now.
    """

    def __init__(self, window: QWidget, view: Callable[[], QWidget]) -> None:
        super().__init__(window)
        self._window, self._view = window, view
        self._has_chosen = False  # whether the user has put it into a field
        QApplication.instance().focusChanged.connect(self._follow)

    def give_to_view(self, *_told: object) -> None:
        """Let letters be keys again; a panel that floats keeps the keyboard of its own window."""
        focused = self._window.focusWidget()
        if focused is None or focused.window() is self._window:
            self._view().setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self, hidden: QWidget) -> None:
        """Something is out of sight now; a field in it would go on taking letters.

        While a dialog is in front nothing has the keyboard, but the window knows what gets it back.
        """
        focused = QApplication.focusWidget() or self._window.focusWidget()
        if focused is not None and hidden.isAncestorOf(focused):
            self.give_to_view()

    def watch(self, *rows: QWidget) -> None:
        """Take the keyboard from rows that come and go, where they go while they have it or are to get it back."""
        for row in rows:
            row.installEventFilter(self)

    def eventFilter(self, row: QObject, event: QEvent) -> bool:
        """See a row go."""
        if event.type() == QEvent.Type.Hide and row.isHidden():  # by itself, not with the window
            self.leave(row)
        return False

    def _follow(self, before: QWidget | None, now: QWidget | None) -> None:
        if not isinstance(now, _TYPED_INTO) or now.window() is not self._window:
            return
        if QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._has_chosen = True
            return
        # A desktop that makes the window the active one gives the keyboard to the first that takes it.
        by_the_desktop = before is None and not self._has_chosen
        handed_on = before is not None and shiboken6.isValid(before) and not before.isVisible()
        if handed_on or by_the_desktop:
            QTimer.singleShot(0, self, lambda: self._take_from(now))
        elif before is not None:
            self._has_chosen = True  # by the key Tab, or a key of its own

    def _take_from(self, field: QWidget) -> None:
        if shiboken6.isValid(field) and field.hasFocus():
            self.give_to_view()
