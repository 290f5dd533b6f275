"""What lies over the plot's picture: the hairline of a running prediction and the text of an empty plot."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label
from xanesview.gui.appearance.theme import colours, small_font
from xanesview.texts import tr

BUSY_AFTER_MS = 150
"""A prediction that takes longer than this shows; shorter ones would only flicker."""

_FRAME_MS = 40
_LAP_MS = 1400


class BusyLine(QWidget):
    """A hairline that runs along the top while a prediction takes longer than `BUSY_AFTER_MS`."""

    shown_changed = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Busy"))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedHeight(2)
        self._delay = QTimer(self, singleShot=True, interval=BUSY_AFTER_MS)
        self._frames = QTimer(self, interval=_FRAME_MS)
        self._clock = QElapsedTimer()
        self._delay.timeout.connect(self._begin)
        self._frames.timeout.connect(self.update)
        self._running = False

    @property
    def is_running(self) -> bool:
        """Whether the line shows."""
        return self._running

    def set_busy(self, busy: bool) -> None:
        """Begin to wait for `BUSY_AFTER_MS`, or end."""
        if busy:
            if not self._running and not self._delay.isActive():
                self._delay.start()
            return
        self._delay.stop()
        self._frames.stop()
        if self._running:
            self._running = False
            self.shown_changed.emit(False)
            self.update()

    def _begin(self) -> None:
        self._running = True
        self._clock.start()
        self._frames.start()
        self.shown_changed.emit(True)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a soft piece of line at its present place."""
        if not self._running:
            return
        painter = QPainter(self)
        length = 0.28 * self.width()
        phase = (self._clock.elapsed() % _LAP_MS) / _LAP_MS
        left = phase * (self.width() + length) - length
        colour = QColor(colours(self).control)
        clear = QColor(colour)
        clear.setAlpha(0)
        shade = QLinearGradient(left, 0.0, left + length, 0.0)
        shade.setColorAt(0.0, clear)
        shade.setColorAt(0.5, colour)
        shade.setColorAt(1.0, clear)
        painter.fillRect(QRectF(left, 0.0, length, self.height()), shade)
        painter.end()


class EmptyText(Label):
    """Says over an empty plot what it is for and what to do first, with a button where one click does it.

    Below the button may stand ways of doing it, of which one is chosen.
    """

    clicked = Signal()
    chosen = Signal(str)  # the name of a way

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self.setMargin(4 * SPACING)
        self.setProperty("muted", True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._button = QPushButton(self, objectName="empty-button")
        self._button.clicked.connect(self.clicked)
        self._button.hide()
        self._choices: list[QPushButton] = []
        self._offered: tuple[tuple[str, str, bool], ...] = ()
        parent.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as what lies below."""
        if watched is self.parent() and event.type() == QEvent.Type.Resize:
            self.setGeometry(self.parentWidget().rect())
        return super().eventFilter(watched, event)

    def set_button(self, text: str, choices: Sequence[tuple[str, str, bool]] = ()) -> None:
        """Offer a first step below the text; an empty text takes the button away.

        Parameters
        ----------
        text : on the button
        choices : name, words, and whether it is chosen, of the ways of doing it
        """
        self._button.setText(text)
        self._offer(tuple(choices) if text else ())
        self._button.setVisible(bool(text))
        # without a button the mouse belongs to what lies below
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not text)
        self._place_button()

    def _offer(self, choices: tuple[tuple[str, str, bool], ...]) -> None:
        if choices == self._offered:
            return
        self._offered = choices
        for button in self._choices:
            button.hide()
            button.deleteLater()  # it may be the one that was clicked
        self._choices = []
        for name, words, is_chosen in choices:
            button = QPushButton(words, self, checkable=True, flat=not is_chosen, objectName=f"way-{name}")
            button.setChecked(is_chosen)
            button.setFont(small_font())
            button.clicked.connect(partial(self._choose, name))
            button.show()
            self._choices.append(button)

    def _choose(self, name: str) -> None:
        for button, (_, _, is_chosen) in zip(self._choices, self._offered, strict=True):
            button.setChecked(is_chosen)  # what is chosen is told with what is offered next
        self.chosen.emit(name)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button below the text."""
        super().resizeEvent(event)
        self._place_button()

    def _place_button(self) -> None:
        self._button.resize(self._button.sizeHint())
        middle = self.rect().center()
        self._button.move(middle.x() - self._button.width() // 2, middle.y() + 2 * self.fontMetrics().height())
        sizes = [button.sizeHint() for button in self._choices]
        left = middle.x() - (sum(size.width() for size in sizes) + SPACING * (len(sizes) - 1)) // 2
        top = self._button.geometry().bottom() + SPACING
        for button, size in zip(self._choices, sizes, strict=True):
            button.setGeometry(left, top, size.width(), size.height())
            left += size.width() + SPACING
