"""Which message tells of which pane, and when it goes."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from xanesview.domain.structure import Notice
from xanesview.gui.actions.opening import WORKING, Opening
from xanesview.gui.session.workspace import Workspace
from xanesview.gui.window.messages import PASSING, SAVED, MessageBar

#: Notices of these kinds concern the structure; all others the plot. Both stand over the 3D view, one below the other.
STRUCTURE_KINDS = (
    "open", "opengl", "structure", "absorber", "sites", "direction", "relaxation", "session", "save", "contact", "edit",
    "folder", "conformers", "conformers-found", "closed",
)  # fmt: skip
#: Of these, what is past as soon as atoms are elsewhere.
EDIT_KINDS = ("contact", "edit")
#: Notices of these kinds concern one structure's curves and go with it.
PAST_WITH_STRUCTURE = (
    "prediction", "reference", "reference-left", "reference-elsewhere", "compute", "network-changed", "relaxed",
)  # fmt: skip
#: Notices of these kinds tell what was done by itself: what the user is to see comes first.
YIELDING = ("relaxed",)
#: Notices of these kinds take the place of remarks, not of what failed beside them.
AFTER_ERRORS = ("loaded",)
#: Notices of these kinds stay when the step before them is undone: what they tell of is still so.
KEPT_ON_UNDO = (
    WORKING, SAVED, "not-kept", "opengl", "device", "error", "autosave", "save", "session", "export", "guide", "open",
    "network", "prediction", "relaxed", "folder",
)  # fmt: skip


class Notices(QObject):
    """Says what happened, with what else concerns that pane, and takes it away when its cause is gone.

    Attributes
    ----------
    structure, plot : MessageBar
        Of the 3D view and of the plot.
    """

    def __init__(self, workspace: Workspace, opening: Opening) -> None:
        super().__init__(opening)
        self.structure, self.plot = MessageBar(), MessageBar()
        self._workspace = workspace
        self._n_references = 0
        workspace.message.connect(self.show)
        workspace.prediction_changed.connect(lambda: self.plot.clear("prediction"))
        workspace.network_changed.connect(lambda: self.plot.clear("network-changed"))
        workspace.selection_changed.connect(lambda: self.structure.clear("absorber"))
        workspace.structure_changed.connect(self._forget_edit)
        workspace.references_changed.connect(self._follow_references)
        workspace.selection_changed.connect(self._forget_frozen)
        workspace.frozen_changed.connect(self._forget_frozen)
        for bar in (self.structure, self.plot):
            bar.undo_wanted.connect(workspace.undo_stack.undo)
        self._told_at: dict[MessageBar, int] = {}  # steps that the history had when each bar said what it says
        self._later = QTimer(self, singleShot=True, interval=0)  # a step is counted when it is done
        self._later.timeout.connect(self._count_steps)
        workspace.undo_stack.indexChanged.connect(self._follow_undo)
        self._follows_turns = False  # only while a notice waits for one: a drag need not ask
        workspace.relaxation.arrived.connect(self._follow_geometry)
        workspace.tilts.changed.connect(self._follow_orientation)
        opening.replacing.connect(self._forget_structure)
        opening.working.connect(self.structure.show_work)
        self.structure.given_up.connect(opening.cancel)
        opening.reading_spectrum.connect(self.plot.show_work)
        self.plot.given_up.connect(opening.spectra.cancel)

    def show(self, notice: Notice, details: str = "") -> None:
        """Say something with what else concerns that pane."""
        bar = self.structure if notice.kind in STRUCTURE_KINDS else self.plot
        if notice.kind in YIELDING and bar.notice is not None and bar.notice.kind not in PASSING:
            return
        if notice.kind in AFTER_ERRORS and bar.notice is not None and bar.severity == "error":
            return
        bar.show_notice(notice, details)
        self._told_at.pop(bar, None)
        self._later.start()
        if notice.kind == "freeze" and not self._follows_turns:
            self._follows_turns = True
            self._workspace.geometry_changed.connect(self._forget_frozen)

    def _count_steps(self) -> None:
        for bar in (self.structure, self.plot):
            self._told_at.setdefault(bar, self._workspace.undo_stack.index())

    def _follow_undo(self, step: int) -> None:
        """What was told of a step goes with it."""
        for bar, told_at in tuple(self._told_at.items()):
            if step < told_at and bar.notice is not None and bar.notice.kind not in KEPT_ON_UNDO:
                bar.clear()
            bar.set_undoable(step == told_at)

    def _forget_frozen(self) -> None:
        """Another curve: what was said of freezing the last one is past."""
        self.plot.clear("freeze")
        if self._follows_turns:
            self._follows_turns = False
            self._workspace.geometry_changed.disconnect(self._forget_frozen)

    def _forget_edit(self) -> None:
        """Atoms are elsewhere: what was said of where they were, or could not be, is past."""
        for kind in EDIT_KINDS:
            self.structure.clear(kind)

    def refresh_icons(self) -> None:
        """Draw the icons in the colours of the palette."""
        for bar in (self.structure, self.plot):
            bar.refresh_icons()

    def _follow_references(self) -> None:
        """Where references differ, what was said of a fit is past; where one has gone, that it lies elsewhere."""
        self.plot.clear("fit-undetermined")  # undone, or steps have been changed
        self.plot.clear("mean")  # its outliers are left out, or its scans are others
        before, self._n_references = self._n_references, len(self._workspace.session.references)
        if self._n_references < before:
            self.plot.clear("reference-elsewhere")

    def _follow_orientation(self) -> None:
        """No orientation any more: what was said of it is past."""
        if self._workspace.tilts.orientation is None:
            self.plot.clear("orientation-unexplained")

    def _follow_geometry(self) -> None:
        """A better geometry: what was said of the force field is past."""
        if not self._workspace.structure.notices:
            self.structure.clear("structure")

    def _forget_structure(self) -> None:
        """Another structure: what was said about the last one is past."""
        self.structure.clear()
        for kind in PAST_WITH_STRUCTURE:
            self.plot.clear(kind)
