"""Session files: save, save as, open; which file the work belongs to, and what would be lost.

Writing is done beside the window. Nothing is asked at the start; at the end, and before another session takes the place
of this one, whoever has made something is asked whether to save it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from xanesview.domain.counts import counted
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.gui.actions.opening import Opening
from xanesview.gui.appearance.busy_cursor import busy_cursor
from xanesview.gui.background.session_writing import SessionWriting
from xanesview.gui.session.changes import same_but_for_order
from xanesview.gui.session.commands import SessionCommand
from xanesview.gui.session.workspace import Workspace
from xanesview.gui.settings import Settings
from xanesview.io.session_file.on_disk import ChangedOnDiskError
from xanesview.io.session_mark import ENDING, FILTER
from xanesview.shown.opened_session import shown_again

if TYPE_CHECKING:
    from xanesview.domain.session import Session
    from xanesview.domain.work import Work
    from xanesview.gui.session.whole_work import Gathered

log = logging.getLogger(__name__)


class Saving(QObject):
    """Keeps the work in a file.

    Parameters
    ----------
    view_state
        Gives what the window shows beside the session.

    Attributes
    ----------
    path : Path or None
        The file that the work belongs to.
    asks : bool
        Whether to ask before something is lost.
    """

    saved = Signal(str, object)  # what was done, and the Path of the file
    changed = Signal()  # the file, or whether there is something to be saved
    offered = Signal(object)  # a Notice: the curves of the file can be predicted anew
    taken_up = Signal(object)  # what the window is to show beside a session that was opened

    def __init__(
        self,
        workspace: Workspace,
        settings: Settings,
        opening: Opening,
        window: QWidget,
        view_state: Callable[[], Mapping[str, Any]],
    ) -> None:
        super().__init__(window)
        self.workspace, self.settings, self.opening = workspace, settings, opening
        self._window, self._view_state = window, view_state
        self.path: Path | None = None
        self.asks = False
        self._opened: Work | None = None
        self._clean: Session | None = None  # as it is in the file
        self._clean_refine = False
        self._clean_made = 0
        self._made_by: WeakKeyDictionary[Gathered, int] = WeakKeyDictionary()  # how many sites it holds
        self._afterwards: Callable[[], None] | None = None
        self.writing = SessionWriting(self)
        self.writing.written.connect(self._written)
        self.writing.failed.connect(self._not_written)
        opening.session_named.connect(self.open)
        workspace.undo_stack.cleanChanged.connect(lambda _clean: self.changed.emit())
        for signal in (  # those that tell of what is worth keeping: a turn of the arrow need not ask
            workspace.references_changed, workspace.frozen_changed, workspace.looks_changed,
            workspace.drawing_changed, workspace.selection_changed,
        ):  # fmt: skip
            signal.connect(self.changed)
        workspace.computation.arrived.connect(self.changed)
        workspace.undo_stack.indexChanged.connect(lambda _step: self.changed.emit())  # the first move of a turn, too

    # ---- what there is ----

    @property
    def is_dirty(self) -> bool:
        """Whether something would be lost: any change of a saved session; else what the user has brought or made.

        Which of its structures is shown is no change of a session; sites that were computed for it are.
        """
        if self.has_computed:
            return True
        return not self.workspace.undo_stack.isClean() and (self._is_changed() or bool(self.closed_work))

    @property
    def closed_work(self) -> tuple[str, ...]:
        """Names of structures that hold what their user has made, and were closed since the work was saved last."""
        from xanesview.domain.work import closed_work

        stack = self.workspace.undo_stack
        steps = (stack.command(place) for place in range(max(stack.cleanIndex(), 0), stack.index()))
        changes = (step for step in steps if isinstance(step, SessionCommand))
        gone = [one for step in changes for one in closed_work(step.before, step.after)]
        left = {one.content_hash for one in self.workspace.session.structures}
        return tuple(dict.fromkeys(one.name or one.formula for one in gone if one.content_hash not in left))

    @property
    def has_computed(self) -> bool:
        """Whether sites were computed that the file does not hold."""
        return self.workspace.computation.made > self._clean_made

    def _is_changed(self) -> bool:
        from xanesview.domain.work import is_worth_keeping

        session = self.workspace.session
        if self.path is None:
            return is_worth_keeping(session)
        if self._clean is None or self.workspace.computation.refine != self._clean_refine:
            return True
        if session.place != self._clean.place:
            session, _ = shown_again(session, self.workspace.networks, self._clean.place)
        return not same_but_for_order(self._clean, session)

    def _note_clean(self, made: int | None = None) -> None:
        self._clean_made = self.workspace.computation.made if made is None else made
        self._clean, self._clean_refine = self.workspace.session, self.workspace.computation.refine

    @property
    def name(self) -> str:
        """What the work is called: its file, else its structure."""
        structure = self.workspace.structure
        if self.path is not None:
            return self.path.name
        return "" if structure is None else structure.name or structure.formula

    def gather(self) -> Gathered:
        """Return the work as it is now."""
        from xanesview.gui.session.whole_work import gather

        origin = "" if self.path is None else str(self.path.absolute())
        digest = "" if self.path is None else self.writing.known.get(self.path, "")
        gathered = gather(self.workspace, self._view_state(), self._opened, origin, digest)
        self._made_by[gathered] = self.workspace.computation.made
        return gathered

    # ---- saving ----

    def save(self) -> None:
        """Write the work to its file; ask for one where it has none, or where another window has written into it."""
        if self.path is None:
            self.save_as()
        else:
            self.writing.write(self.path, self.gather(), known_only=True)

    def save_as(self) -> None:
        """Ask for a name, then write the work."""
        start = self.path or Path(self.settings.folder or ".") / f"{(self.name or 'work').replace('/', '-')}{ENDING}"
        name, _ = QFileDialog.getSaveFileName(self._window, "Save session", str(start), FILTER)
        if not name:
            self._afterwards = None
            return
        path = Path(name)
        if path.suffix.lower() != ENDING:
            path = path.with_name(path.name + ENDING)
            if path.exists() and path != self.path:  # the dialog has asked for the other name only
                self._not_written(path, XanesviewError(f"There is a file {path} already.", "Choose it in the list."))
                return
        self.write(path)

    def write(self, path: Path) -> None:
        """Write the work to a file, whatever it holds, to which it belongs from then on."""
        self.writing.write(path, self.gather())

    def _written(self, path: Path, gathered: Gathered) -> None:
        self.path = path
        self.settings.folder = str(path.resolve().parent)
        self.settings.add_recent_file(path)
        if gathered.work.session is self.workspace.session:
            self._note_clean(self._made_by.get(gathered))
            self.workspace.undo_stack.setClean()
        self.changed.emit()
        self.opening.remembered.emit()
        self.saved.emit(f"Saved to {path}.{_steps_left_out(gathered.work)}", path)
        self._go_on()

    def _not_written(self, path: Path, error: XanesviewError) -> None:
        if isinstance(error, ChangedOnDiskError):
            from xanesview.gui.dialogs.changed_file import ChangedFileDialog

            def overwrite() -> None:  # what was seen; what was written since is asked of again
                self.writing.known[path] = error.digest
                self.writing.write(path, self.gather(), known_only=bool(error.digest))

            ChangedFileDialog(error, self.save_as, overwrite, self._stay, self._window).open()
            return
        self._stay()
        log.warning("%s was not saved: %s", path, error.message)
        if path == self.path:  # the file may hold it no more: closing the window asks
            self._clean = None
            self.workspace.undo_stack.resetClean()
            self.changed.emit()
        self.workspace.message.emit(Notice("save", error.message, error.hint))

    def _stay(self) -> None:
        """Nothing follows: what was to come after saving must not lose what isn't saved."""
        self._afterwards = None

    # ---- opening ----

    def open(
        self, path: Path, then: Callable[[], object] = lambda: None, failed: Callable[[], object] = lambda: None
    ) -> None:
        """Read a session file and show it in the place of all that is open, once nothing is lost by that.

        Parameters
        ----------
        then, failed
            Called when it is shown, or can't be read, which is told already.
        """
        from xanesview.io.session_file.session_file import read_with_digest

        def show(read: tuple[Work, str]) -> None:
            self.take_up(read[0], path, read[1])
            then()

        self.when_safe(lambda: self.opening.read_beside(path, lambda: read_with_digest(path), show, failed))

    @busy_cursor()
    def take_up(self, work: Work, path: Path | None, digest: str = "") -> None:
        """Show the work of a file, which it belongs to from then on; `digest` is that of what was read."""
        from xanesview.gui.session.whole_work import take_up
        from xanesview.shown.kept_session import ANOTHER

        self.opening.cancel()
        self.opening.replacing.emit()
        self.path, self._opened = path, work
        if path is not None:
            self.writing.known[path] = digest
        notices = take_up(self.workspace, work)
        self._note_clean()
        if path is not None:
            self.settings.folder = str(path.resolve().parent)
            self.settings.add_recent_file(path)
            self.opening.remembered.emit()
        self.taken_up.emit(work.view)
        self.changed.emit()
        told = [notice for notice in notices if notice.kind != ANOTHER]
        if told:  # a bar shows one message at a time: all that has to be said in one
            message, hint = (" ".join(filter(None, parts)) for parts in zip(*((n.message, n.hint) for n in told)))
            self.workspace.message.emit(replace(told[0], message=message, hint=hint))
        for notice in notices:
            if notice.kind == ANOTHER:
                self.offered.emit(notice)

    def recover(self, work: Work) -> None:
        """Show work that was not saved; it belongs to the file that it was opened from, and is not saved yet."""
        origin = Path(work.origin) if work.origin else None
        self.take_up(work, origin, work.origin_digest)
        self._clean = None
        self.workspace.undo_stack.resetClean()
        self.changed.emit()

    # ---- nothing is lost unasked ----

    def when_safe(self, then: Callable[[], object]) -> None:
        """Go on, at once where nothing would be lost; else once the user has saved or wants to lose it."""
        if not (self.asks and self.is_dirty):
            then()
            return
        if self.writing.is_busy:  # saved just now: what is to be asked shows when that is done
            self._afterwards = lambda: self.when_safe(then)
            return
        from xanesview.gui.dialogs.unsaved import UnsavedDialog

        closed = self.closed_work
        UnsavedDialog(self.name, lambda: self._save_then(then), then, self._window, closed).open()

    def _save_then(self, then: Callable[[], object]) -> None:
        self._afterwards = then
        self.save()

    def _go_on(self) -> None:
        then, self._afterwards = self._afterwards, None
        if then is not None:
            then()

    def shutdown(self) -> None:
        """Wait for what is being written."""
        self.writing.finish()


def _steps_left_out(work: Work) -> str:
    """What is to be said of steps that the file has no room for; empty where all of them can still be undone."""
    from xanesview.io.session_file.history import bounded

    cut = bounded(work.history, work.session).left_out - work.history.left_out
    return "" if not cut else f" Its history begins after the {counted(cut, 'oldest step')}: no more fit in."
