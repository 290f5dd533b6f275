"""The title of the window, and actions whose words or use depend on what was done or is open."""

from __future__ import annotations

from collections.abc import Mapping

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from xanesview.gui.actions.saving import Saving
from xanesview.gui.session.workspace import Workspace
from xanesview.texts import told, tr


class InStep(QObject):
    """Keeps them in step with the workspace and with the file that the work belongs to."""

    def __init__(self, workspace: Workspace, saving: Saving, actions: Mapping[str, QAction], window: QWidget) -> None:
        super().__init__(window)
        self._workspace, self._saving, self._actions, self._window = workspace, saving, actions, window
        workspace.structure_changed.connect(self.name_window)
        saving.changed.connect(self.name_window)
        workspace.undo_stack.indexChanged.connect(self.follow_undo)
        workspace.structures_changed.connect(self.follow_structures)
        self.follow_undo()
        self.follow_structures()

    def name_window(self) -> None:
        """Write file and structure into the title, with a star where something is not saved."""
        if not shiboken6.isValid(self._workspace.undo_stack):  # it tells of its own end, too
            return
        structure = self._workspace.structure
        shown = "" if structure is None else structure.name or structure.formula
        file = "" if self._saving.path is None else self._saving.path.name
        name = " – ".join(filter(None, (file, shown)))
        mark = "*" if self._saving.is_dirty else ""
        title = f"{mark}{name} – xanesview" if name else "xanesview"
        if title != self._window.windowTitle():
            self._window.setWindowTitle(title)

    def follow_undo(self) -> None:
        """Say in the Edit menu what would be undone and redone."""
        stack = self._workspace.undo_stack
        if not shiboken6.isValid(stack):
            return
        for name, word, can, text in (
            ("undo", "Undo", stack.canUndo(), stack.undoText()),
            ("redo", "Redo", stack.canRedo(), stack.redoText()),
        ):
            self._actions[name].setEnabled(can)
            self._actions[name].setText(f"&{tr(word)} {told(text).replace('&', '&&')}".strip())

    def follow_structures(self) -> None:
        """Offer what needs several structures, or a crystal, where there are."""
        for name in ("next_structure", "previous_structure", "close_structure"):
            self._actions[name].setEnabled(bool(self._workspace.session.kept))
        structure = self._workspace.structure
        self._actions["new_adsorbate"].setEnabled(structure is not None and structure.surface_normal is not None)
        self._actions["all_frames"].setEnabled(structure is not None and structure.n_frames > 1)
        self._actions["new_surface"].setEnabled(structure is not None and bool(structure.pbc.all()))
