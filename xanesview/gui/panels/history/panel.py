"""The list of what was done; a click goes back to a step, or forward again."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QBrush, QColor, QFont
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QToolButton, QVBoxLayout, QWidget

from xanesview.domain.counts import counted
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.theme import colours
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.history.step_editor import StepEditor
from xanesview.gui.panels.panel import Panel
from xanesview.gui.session.commands import SessionCommand
from xanesview.texts import told, tr

_BEGINNING = "Beginning"
_SAVED = " · saved"
#: Rows of the list that stay in sight above the fields of a step.
_ROWS_BESIDE, _NO_LIMIT = 4, 16_777_215


class HistoryPanel(Panel):
    """One row a step, the first for what was before all of them; what is undone stands below the present, paler."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._stack = self.workspace.undo_stack
        self._seen = False
        self._known: tuple[object, ...] | None = None
        self.list = QListWidget(self)
        self.list.setObjectName("history")
        self.list.setAccessibleName("History")
        self.list.setUniformItemSizes(True)
        self.list.setToolTip("Click a step to see the work as it was then; later ones stay until something new is done")
        self.list.currentRowChanged.connect(self._go)
        hint = Label("A drag is one step. The camera and the part of the plot that is seen are no steps.")
        hint.setProperty("muted", True)
        hint.setWordWrap(True)
        self.editor = StepEditor(self.workspace)
        self.edit_button = QToolButton(text=tr("Edit step"), objectName="edit-past-step")
        self.edit_button.setToolTip(plain("Change what this step of processing or fit did (Enter); what follows stays"))
        self.edit_button.clicked.connect(self.edit_step)
        self.list.itemActivated.connect(lambda _item: self.edit_step())  # Enter, or a double click
        self._foot = QWidget(self)
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.addWidget(hint, 1)
        foot.addWidget(self.edit_button, 0, Qt.AlignmentFlag.AlignTop)
        self.editor.closed.connect(lambda: self._make_room(False))
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        column.addWidget(self.list, 1)
        column.addWidget(self.editor)
        column.addWidget(self._foot)
        self._stack.indexChanged.connect(self.refresh)
        self._stack.cleanChanged.connect(self.refresh)

    def set_seen(self, seen: bool) -> None:
        """Follow while the list is seen only."""
        self._seen = seen
        if seen:
            self.refresh()

    def apply_theme(self) -> None:
        """Take the colours of the palette."""
        self._known = None
        self.refresh()

    def refresh(self) -> None:
        """Show the steps as they are now; during a drag there is nothing to do."""
        stack = self._stack
        if not self._seen or not shiboken6.isValid(stack):  # it tells of its own end, too
            return
        last = stack.count() and stack.text(stack.count() - 1)
        state = (stack.count(), stack.index(), stack.cleanIndex(), last, stack.index() and stack.undoText())
        if state == self._known:
            return
        self._known = state
        with QSignalBlocker(self.list):
            while self.list.count() > stack.count() + 1:
                self.list.takeItem(self.list.count() - 1)
            while self.list.count() < stack.count() + 1:
                self.list.addItem(QListWidgetItem())
            for row in range(self.list.count()):
                self._fill(row)
            self.list.setCurrentRow(stack.index())
        self.list.scrollToItem(self.list.item(stack.index()))
        self.edit_button.setEnabled(self.editor.can_edit(self._command(stack.index())))
        self.editor.refresh()

    def edit_step(self) -> None:
        """Show the fields of what the step chosen did, where it was a step of processing or a fit."""
        row = self.list.currentRow()
        command = self._command(row)
        if self.editor.can_edit(command):
            self._make_room(True)
            self.editor.edit(command, self._stack.text(row - 1))

    def _make_room(self, editing: bool) -> None:
        """Let the fields of a step have the room that the list can spare."""
        self._foot.setVisible(not editing)
        self.list.setMaximumHeight(_ROWS_BESIDE * self.list.sizeHintForRow(0) if editing else _NO_LIMIT)
        self.list.scrollToItem(self.list.currentItem())

    def _command(self, row: int) -> SessionCommand | None:
        command = self._stack.command(row - 1) if row > 0 else None
        return command if isinstance(command, SessionCommand) else None

    def texts(self) -> list[str]:
        """What the rows say."""
        return [self.list.item(row).text() for row in range(self.list.count())]

    def _fill(self, row: int) -> None:
        stack, item, scheme = self._stack, self.list.item(row), colours(self)
        english = stack.text(row - 1) if row else _beginning(self.workspace.left_out_steps)
        text = told(english)
        if text == english:  # which begins with a verb; another language may begin with a name, such as a SMILES
            text = text[:1].upper() + text[1:]
        text += tr(_SAVED) if row == stack.cleanIndex() and row else ""
        item.setText(text)
        item.setToolTip(plain(text))
        font = QFont(self.list.font())
        font.setBold(row == stack.index())
        item.setFont(font)
        item.setForeground(QBrush(QColor(scheme.muted if row > stack.index() else scheme.text)))
        spoken = tr("{step}, undone").format(step=text) if row > stack.index() else text
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)

    def _go(self, row: int) -> None:
        if row >= 0:
            self.editor.look_back()
            self.workspace.go_to(row)


def _beginning(left_out: int) -> str:
    """What stands above all steps."""
    return f"{_BEGINNING} · {counted(left_out, 'step')} before it not kept in the file" if left_out else _BEGINNING
