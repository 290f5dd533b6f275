"""How the structure is seen: all of it, or along an axis; molecules whole, or cut at the cell's faces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSignalBlocker
from PySide6.QtGui import QAction

from xanesview.domain.molecules import whole_molecule_shifts
from xanesview.gui.session.workspace import Workspace
from xanesview.gui.settings import Settings

if TYPE_CHECKING:
    from xanesview.gui.view3d.base_view import BaseView


class Looking(QObject):
    """Turns the 3D view, which may not be there yet, and keeps the tick of its menu entry in step.

    Parameters
    ----------
    view
        Gives the 3D view as it is now.
    """

    def __init__(self, workspace: Workspace, settings: Settings, view: Callable[[], BaseView | None]) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._settings = settings
        self._view = view
        workspace.structure_changed.connect(self.refresh)

    def follow(self, actions: Mapping[str, QAction]) -> None:
        """Take the action whose tick is to be kept."""
        self._whole = actions["whole_molecules"]
        self.refresh()

    def fit(self) -> None:
        """Show the whole structure."""
        view = self._view()
        if view is not None:
            view.fit()

    def x(self) -> None:
        """Look along x."""
        self._along("x")

    def y(self) -> None:
        """Look along y."""
        self._along("y")

    def z(self) -> None:
        """Look along z."""
        self._along("z")

    def set_whole_molecules(self, whole: bool) -> None:
        """Draw molecules whole that the cell's faces cut, or as the file has them; the next window does the same."""
        self._settings.whole_molecules = whole
        view = self._view()
        if view is not None:
            view.set_whole_molecules(whole)

    def refresh(self) -> None:
        """Offer whole molecules where some are cut."""
        structure = self._workspace.structure
        with QSignalBlocker(self._whole):
            self._whole.setChecked(self._settings.whole_molecules)
        self._whole.setEnabled(structure is not None and whole_molecule_shifts(structure) is not None)

    def _along(self, axis: str) -> None:
        view = self._view()
        if view is not None:
            view.look_along(axis)
