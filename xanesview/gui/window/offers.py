"""A bar that offers something, with buttons; it waits until it is answered, and what comes meanwhile waits, too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from xanesview.domain.structure import Notice
from xanesview.gui.session.workspace import Workspace
from xanesview.gui.window.messages import MessageBar
from xanesview.texts import tr

KIND = "offer"
SESSION = "session"
"""What is offered about the session that is shown."""


class Choice(NamedTuple):
    """A button: its text, what it is for, and what it does; the offer goes with it."""

    text: str
    tooltip: str
    act: Callable[[], object]


class OfferBar(MessageBar):
    """One offer at a time, in the order in which they came."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Offers")
        self._waiting: list[tuple[str, str, tuple[Choice, ...], str]] = []
        self._about = ""
        self._buttons: list[QToolButton] = []
        self.closed.connect(self._next)

    def offer(self, sentence: str, hint: str, choices: Sequence[Choice], about: str = "") -> None:
        """Offer something, at once or after what is offered now; ``about``: what `withdraw` names it by."""
        self._waiting.append((sentence, hint, tuple(choices), about))
        if self.notice is None:
            self._next()

    def withdraw(self, about: str) -> None:
        """Take back what is offered about something that isn't there any more."""
        self._waiting = [one for one in self._waiting if one[3] != about]
        if self.notice is not None and self._about == about:
            self.clear()

    def _next(self) -> None:
        for button in self._buttons:  # out of sight at once: one that is deleted later would stand beside the next ones
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = []
        if not self._waiting:
            return
        sentence, hint, choices, self._about = self._waiting.pop(0)
        for choice in choices:
            button = QToolButton(text=tr(choice.text), toolTip=tr(choice.tooltip))
            button.setObjectName(f"offer-{choice.text.lower().replace(' ', '-')}")
            button.clicked.connect(lambda _checked=False, act=choice.act: self._take(act))
            self._row.insertWidget(self._row.count() - 1, button, 0, Qt.AlignmentFlag.AlignTop)
            self._buttons.append(button)
        self.show_notice(Notice(KIND, sentence, hint))

    def _take(self, act: Callable[[], object]) -> None:
        self.clear()
        act()


def offer_new_prediction(offers: OfferBar, workspace: Workspace, notice: Notice) -> None:
    """Offer to predict what a file has kept of another network by the one of its name that is here."""
    choices = (
        Choice("Predict anew", "Ask the network that is here", workspace.predict_anew),
        Choice("Keep them", "Go on with the curves of the file", lambda: None),
    )
    offers.offer(notice.message, notice.hint, choices, SESSION)
