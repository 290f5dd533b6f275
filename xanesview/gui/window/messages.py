"""The bar above a pane that says what happened and what to do about it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from xanesview.domain.structure import Notice
from xanesview.gui.actions.opening import WORKING
from xanesview.gui.appearance.folders import show_in_folder
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label
from xanesview.gui.appearance.theme import colours, icon
from xanesview.texts import tr

#: Kind of the notice that a file was written.
SAVED = "saved"
#: Kinds of notice that answer what the user has just done; they lie over the pane, and go by themselves.
PASSING = (
    SAVED, "absorber", "direction", "sites", "freeze", "export", "library", "reference-left", "curves", "guide",
    "network-changed", "relaxed", "folder", "loaded", "conformers-found", "closed",
)  # fmt: skip
PASSING_MS = 12_000
#: Kinds of notice that answer something harmless, like a click on an atom that can't be predicted.
REMARKS = (
    WORKING, SAVED, "absorber", "direction", "sites", "freeze", "export", "library", "reference-left",
    "network-changed", "guide", "relaxation", "relaxed", "curves", "loaded", "offer", "folder", "spectrum-assumed",
    "spectrum-scans", "energies-shifted", "conformers-found", "closed",
)  # fmt: skip
#: Kinds of notice that tell of something done or assumed, not of something that failed.
WARNINGS = (
    "not-kept", "structure", "outside-domain", "device", "opengl",
    "spectrum-gaps", "spectrum-order", "spectrum-duplicates", "spectrum-points", "reference-elsewhere", "session",
    "autosave", "fit-undetermined", "orientation-unexplained", "mean", "conformers", "library-damaged", "library-row",
)  # fmt: skip
#: Kinds of notice that tell of the last step, with a button that takes it back.
UNDOABLE = ("fit-undetermined", "closed")
#: Kinds of notice that send the user to what a fit leaves, with a button that shows it below the plot.
OF_RESIDUAL = ("fit-undetermined",)


def copy_report(details: str = "") -> None:
    """Put what is to be known of this machine on the clipboard, with what went wrong."""
    from xanesview.gui.bug_report import bug_report

    QGuiApplication.clipboard().setText("\n".join(filter(None, (bug_report(), details))))


class MessageBar(QFrame):
    """One message at a time: a sentence, a hint, details folded; hidden when there is nothing to say.

    A message stays until the user closes it or something newer takes its place; `clear` with its kind takes it away
    when its cause is gone. While work goes on, its notice comes back whenever another message is closed, and what it
    covered comes back when the work ends.
    """

    closed = Signal()
    given_up = Signal()
    undo_wanted = Signal()
    residual_wanted = Signal()
    show_wanted = Signal(float, float)  # energies to be brought into view, eV

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messages")
        self.setAccessibleName("Messages")
        self.notice: Notice | None = None
        self._work: Notice | None = None
        self._covered: tuple[Notice, str] | None = None
        self._picture = Label()
        self._sentence = Label()
        self._sentence.setObjectName("message-sentence")
        self._hint = Label()
        self._hint.setObjectName("message-hint")
        self._hint.setProperty("muted", True)
        for label in (self._sentence, self._hint):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._more = QToolButton(text="Details", checkable=True, toolTip="Show what the program knows about this")
        self._more.toggled.connect(self._show_details)
        self._report = QToolButton(text="Copy report")
        self._report.setToolTip("Copy these details with versions, display and folders, for whoever mends the program")
        self._report.setObjectName("message-report")
        self._report.clicked.connect(lambda: copy_report(self.details()))
        self._close = QToolButton(toolTip="Close this message", autoRaise=True)
        self._close.setObjectName("message-close")
        self._close.clicked.connect(self.clear)
        self._give_up = QToolButton(text="Cancel", toolTip="Give it up; what is shown stays")
        self._give_up.setObjectName("message-give-up")
        self._give_up.clicked.connect(self.given_up)
        self._undo = QToolButton(text="Undo", toolTip="Take back what this tells of")
        self._undo.setObjectName("message-undo")
        self._undo.clicked.connect(self.undo_wanted)
        self._residual = QToolButton(text="Show residual", toolTip="Show below the plot what the fit leaves (Shift+D)")
        self._residual.setObjectName("message-residual")
        self._residual.clicked.connect(self.residual_wanted)
        self._has_residual = False
        self._show_it = QToolButton(text="Show it", toolTip="Bring its energies into view; a double click goes back")
        self._show_it.setObjectName("message-show")
        self._show_it.clicked.connect(lambda: self.show_wanted.emit(*self.notice.shows_ev))
        self._folder = QToolButton(text="Show in folder", toolTip="Open the folder that the file is in")
        self._folder.setObjectName("message-folder")
        self._folder.clicked.connect(lambda: show_in_folder(self._path))
        self._path: Path | None = None
        self._leave = QTimer(self, singleShot=True, interval=PASSING_MS)
        self._leave.timeout.connect(self._pass)
        self._details = QPlainTextEdit(readOnly=True)
        self._details.setAccessibleName(tr("Details"))
        self._details.setMaximumHeight(140)
        self._arrange()
        self.hide()

    def _arrange(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._sentence)
        words.addWidget(self._hint)
        self._row = row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self._more, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._report, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._residual, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._undo, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._show_it, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._folder, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._give_up, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACING, SPACING, SPACING, SPACING)
        column.setSpacing(SPACING)
        column.addLayout(row)
        column.addWidget(self._details)

    def show_notice(self, notice: Notice, details: str = "") -> None:
        """Show a notice in place of the one before."""
        self.notice = notice
        self._sentence.setText(notice.message)
        self._hint.setText(notice.hint)
        self._hint.setVisible(bool(notice.hint))
        self._details.setPlainText(details)
        for button in (self._more, self._report):
            button.setVisible(bool(details))
        self._more.setChecked(False)
        self._details.hide()
        self._folder.hide()
        self._show_it.setVisible(notice.shows_ev is not None)
        self.set_undoable(True)
        self.set_residual_shown(self._has_residual)
        self._leave.start() if notice.kind in PASSING else self._leave.stop()
        self._give_up.setVisible(notice.kind == WORKING)
        self._close.setVisible(notice.kind != WORKING)
        self.refresh_icons()
        self.show()

    def show_saved(self, what: str, path: Path | None) -> None:
        """Say that a file was written, with a way to its folder, or that something is on the clipboard; for a while."""
        self.show_notice(Notice(SAVED, what))
        self._path = path
        self._folder.setVisible(path is not None)

    def set_undoable(self, last: bool) -> None:
        """Offer to take back what a notice tells of, while that is the last step of the history."""
        self._undo.setVisible(last and self.notice is not None and self.notice.kind in UNDOABLE)

    def set_residual_shown(self, shown: bool) -> None:
        """Offer to show what a fit leaves where a notice tells of it, and it isn't shown already."""
        self._has_residual = shown
        self._residual.setVisible(not shown and self.notice is not None and self.notice.kind in OF_RESIDUAL)

    def _pass(self) -> None:
        """Go, unless the pointer is here: somebody reads it, or is about to click."""
        if self.underMouse():
            self._leave.start()
        elif self.notice is not None and self.notice.kind in PASSING:
            self.clear()

    def show_work(self, notice: Notice | None) -> None:
        """Tell of work that goes on, with a button to give it up; None when it is over."""
        was, self._work = self._work, notice
        if notice is not None:
            if was is None:
                self._covered = None if self.notice is None else (self.notice, self.details())
            self.show_notice(notice)
        elif self.notice is not None and self.notice.kind == WORKING:
            covered, self._covered = self._covered, None
            self.clear() if covered is None else self.show_notice(*covered)

    def clear(self, kind: str | None = None) -> None:
        """Close the message, or only if it is of this kind."""
        if isinstance(kind, str) and (self.notice is None or self.notice.kind != kind):
            return
        if self._work is not None:
            self._covered = None
            self.show_notice(self._work)
            return
        self.notice = None
        self.hide()
        self.closed.emit()

    def text(self) -> str:
        """Sentence and hint as shown, empty when there is nothing."""
        return "" if self.notice is None else f"{self.notice.message} {self.notice.hint}".strip()

    def details(self) -> str:
        """What is folded behind "Details"."""
        return self._details.toPlainText()

    @property
    def severity(self) -> str:
        """ "info", "warning" or "error", by the kind of the notice."""
        kind = "" if self.notice is None else self.notice.kind
        return "info" if kind in REMARKS else "warning" if kind in WARNINGS else "error"

    def refresh_icons(self) -> None:
        """Draw the icons in the colours of the palette."""
        self._picture.setPixmap(icon(self.severity).pixmap(18, 18))
        self._close.setIcon(icon("close"))

    def _show_details(self, shown: bool) -> None:
        self._details.setVisible(shown)

    def paintEvent(self, event) -> None:
        """A quiet ground with a coloured edge: slate for a remark, amber for what was assumed, red for what failed."""
        scheme = colours(self)
        edge = {"info": scheme.control, "warning": scheme.warning, "error": scheme.error}[self.severity]
        painter = QPainter(self)
        # no round corners: what lies below is VTK's, and could not shine through
        painter.fillRect(self.rect(), QColor(scheme.raised))
        painter.setPen(QColor(scheme.border))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.fillRect(0, 0, 4, self.height(), QColor(edge))
        painter.end()
        super().paintEvent(event)
