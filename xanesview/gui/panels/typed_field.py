"""A field for something typed: what can't be is marked, with the reason beside it; what is not to be typed looks so."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QAbstractSlider, QComboBox, QLineEdit, QWidget

from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.theme import restyle

_WIDEST_PX, _GAP_PX = 300, 2
_FURTHEST_PX = 36  # from its field: the row below that, no further
_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_USED = (QLineEdit, QAbstractButton, QComboBox, QAbstractSlider)
_MOVING = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show)


class TypedField(QLineEdit):
    """A line to type into.

    A field that is switched off, or read only, keeps what is typed at it to itself: the letters would else be keys of
    the window. So it takes the keyboard all the same, and `isEnabled` tells what `setEnabled` was last told.
    """

    _reason: Reason | None = None  # made with the first problem; events come before a constructor is through

    def setEnabled(self, enabled: bool) -> None:
        """Let something be typed, or only show it."""
        if self.isReadOnly() == enabled:
            self.setReadOnly(not enabled)

    def isEnabled(self) -> bool:
        """Whether something can be typed."""
        return super().isEnabled() and not self.isReadOnly()

    @property
    def reason(self) -> str:
        """Why what stands in the field can't be, as written beside it; empty where it can."""
        return "" if self._reason is None or self._reason.isHidden() else self._reason.text()

    def mark(self, problem: str, tip: str) -> None:
        """Mark a text that can't be, and say why beside it and in place of the usual tooltip; unmark it for ""."""
        restyle(self, "invalid", bool(problem))
        self.setToolTip(plain(problem or tip))
        if problem and self._reason is None:
            self._reason = Reason(self)
        if self._reason is not None:
            self._reason.say(problem)

    def event(self, event: QEvent) -> bool:
        """Keep letters and digits for itself where nothing can be typed, before they are keys of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and self._swallows(event):
            event.accept()
            return True
        if self._reason is not None and event.type() in _MOVING:
            self._reason.follow()
        elif self._reason is not None and event.type() == QEvent.Type.Hide:
            self._reason.hide()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do nothing with what is typed where nothing can be."""
        if self._swallows(event):
            event.accept()
        else:
            super().keyPressEvent(event)

    def _swallows(self, event: QKeyEvent) -> bool:
        typed = event.text().isprintable() and event.text() != ""
        erases = event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)
        return self.isReadOnly() and (typed or erases) and not event.modifiers() & _COMMANDS


class Reason(Label):
    """A small line below a field that says why its text can't be; it lies above what stands there, and follows."""

    def __init__(self, field: QLineEdit) -> None:
        super().__init__(wordWrap=True, objectName="reason")
        self._field = field
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)  # what it lies upon can be used
        self.setAutoFillBackground(True)
        self.hide()

    def say(self, problem: str) -> None:
        """Show a reason, or hide for ""."""
        self.setText(problem)
        if problem:
            self._place()
        else:
            self.hide()

    def follow(self) -> None:
        """Go where the field has gone, and hide with it."""
        if self.text():
            self._place()

    def _place(self) -> None:
        path = [self._field]
        while not (path[-1].isWindow() or path[-1].parentWidget() is None or _is_scrolled(path[-1])):
            path.append(path[-1].parentWidget())
        ground, field = path[-1], self._field
        if self.parentWidget() is not ground:
            self.setParent(ground)
        if ground is field or not field.isVisibleTo(ground):
            self.hide()
            return
        seen = ground.rect()
        if not ground.isWindow() and ground.parentWidget() is not None:
            seen &= ground.parentWidget().rect().translated(-ground.pos())
        first, last = seen.left() + _GAP_PX, seen.right() - _GAP_PX  # of what is scrolled, the part in view
        widest = min(_WIDEST_PX, last - first)
        self.setMaximumWidth(16777215)
        self.setWordWrap(False)
        self.setFixedWidth(max(min(self.sizeHint().width(), widest), 1))
        self.setWordWrap(True)
        self.setFixedHeight(self.heightForWidth(self.width()))
        self.move(self._best_corner(ground, seen, first, last))
        self.show()
        self.raise_()

    def _best_corner(self, ground: QWidget, seen: QRect, first: int, last: int) -> QPoint:
        """Return where the reason covers least of what can be used, and of such places the one nearest to the field."""
        at = QRect(self._field.mapTo(ground, QPoint(0, 0)), self._field.size())
        others = [
            QRect(one.mapTo(ground, QPoint(0, 0)), one.size())
            for one in ground.findChildren(QWidget)
            if isinstance(one, _USED) and one is not self._field and one.isVisibleTo(ground)
        ]
        heights = [at.bottom() + 1 + _GAP_PX, at.top() - _GAP_PX - self.height()]
        below = at.bottom(), at.bottom() + _FURTHEST_PX
        heights += [one.bottom() + 1 + _GAP_PX for one in others if below[0] <= one.bottom() <= below[1]]
        lefts = {max(min(left, last - self.width()), first) for left in (at.left(), at.right() + 1 - self.width())}
        places = [
            QRect(QPoint(left, top), self.size())
            for top in heights for left in lefts
            if top >= max(seen.top(), 0) and top + self.height() <= seen.bottom() + 1
        ]  # fmt: skip
        if not places:
            return QPoint(max(min(at.left(), last - self.width()), first), max(heights[0], 0))

        def cost(place: QRect) -> tuple[int, int, int]:
            common = [place & one for one in (*others, at)]
            covered = sum(one.width() * one.height() for one in common if not one.isEmpty())
            return covered, abs(place.top() - heights[0]), abs(place.left() - at.left())

        return min(places, key=cost).topLeft()


def _is_scrolled(widget: QWidget) -> bool:
    """Whether a widget is what a scroll area moves."""
    area = widget.parentWidget().parentWidget()
    return isinstance(area, QAbstractScrollArea) and area.viewport() is widget.parentWidget()
