"""Buttons in one row; those that find no room stand in a menu at its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import plain
from xanesview.texts import tr


class OverflowRow(QWidget):
    """Holds buttons; the last ones first go into the menu.

    A second row of buttons takes from a low panel what its table needs.

    Parameters
    ----------
    buttons : sequence of QToolButton
        From the left; their menus, and whether they can be pressed, hold in the menu as well.
    """

    def __init__(self, buttons: Sequence[QToolButton]) -> None:
        super().__init__()
        self._buttons = list(buttons)
        self.more = QToolButton(text=tr("More"), objectName="more-buttons")
        self.more.setToolTip(plain(tr("What finds no room in this row")))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self.more)
        self._menu.aboutToShow.connect(self._fill)
        self.more.setMenu(self._menu)
        for one in (*self._buttons, self.more):
            one.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def hidden_buttons(self) -> list[QToolButton]:
        """Those that stand in the menu."""
        return [one for one in self._buttons if one.isHidden()]

    def sizeHint(self) -> QSize:
        """Ask for all buttons in one row."""
        sizes = [one.sizeHint() for one in self._buttons]
        gaps = self._gap_px() * max(len(sizes) - 1, 0)
        return QSize(sum(size.width() for size in sizes) + gaps, max(size.height() for size in sizes))

    def minimumSizeHint(self) -> QSize:
        """Ask for the menu alone."""
        return QSize(self.more.sizeHint().width(), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the width."""
        super().resizeEvent(event)
        self._place()

    def showEvent(self, event: QShowEvent) -> None:
        """Words may be others since: of another language or size."""
        super().showEvent(event)
        self._place()

    def _gap_px(self) -> int:
        return SPACING // 2

    def _place(self) -> None:
        widths, gap = [one.sizeHint().width() for one in self._buttons], self._gap_px()
        room, all_px = self.width(), sum(widths) + gap * (len(widths) - 1)
        if all_px > room:
            room -= self.more.sizeHint().width() + gap
        left, height = 0, self.height()
        fits = True
        for one, width in zip(self._buttons, widths, strict=True):
            fits = fits and left + width <= room
            one.setVisible(fits)
            if fits:
                one.setGeometry(left, 0, width, height)
                left += width + gap
        self.more.setVisible(not fits)
        if not fits:
            self.more.setGeometry(left, 0, self.more.sizeHint().width(), height)

    def _fill(self) -> None:
        self._menu.clear()
        for one in self.hidden_buttons:
            self._menu.addAction(self._action(one))

    def _action(self, button: QToolButton) -> QAction:
        action = QAction(button.text(), self._menu)
        action.setEnabled(button.isEnabled())
        if button.menu() is not None:
            action.setMenu(button.menu())
        else:
            press: Callable[[], None] = button.click
            action.triggered.connect(lambda _checked=False: press())
        return action
