"""The anisotropy of the picked sites in the 3D view, following the energy that is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction

from xanesview.gui.appearance.busy_cursor import busy_cursor
from xanesview.gui.appearance.site_colours import site_colours
from xanesview.gui.appearance.theme import colours
from xanesview.gui.session.workspace import Workspace
from xanesview.shown.anisotropy import SiteTensors

if TYPE_CHECKING:
    from xanesview.drawing3d.peanuts import Peanuts
    from xanesview.gui.view3d.base_view import BaseView

#: A frame that takes longer, s, is drawn with fewer facets while the energy moves, for so long after that, ms.
_SLOW_FRAME_S, _REST_MS = 0.025, 180


class Anisotropy(QObject):
    """Draws peanuts about the picked sites while it is switched on.

    Parameters
    ----------
    view
        Gives the 3D view, or None until it is there.
    """

    def __init__(self, workspace: Workspace, view: Callable[[], BaseView | None]) -> None:
        super().__init__(workspace)
        self._workspace, self._view = workspace, view
        self._action: QAction | None = None
        self.is_on = False
        self._tensors: SiteTensors | None = None
        self._largest = 0.0
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.refresh)
        for signal in (
            workspace.structure_changed, workspace.selection_changed, workspace.prediction_changed,
            workspace.network_changed, workspace.looks_changed, workspace.broadening_changed,
            workspace.drawing_changed,
        ):  # fmt: skip
            signal.connect(self._schedule)
        workspace.cursor.changed.connect(self._follow)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._settle)

    def follow(self, actions: Mapping[str, QAction]) -> None:
        """Take the action whose tick is to be kept."""
        self._action = actions["anisotropy"]

    @busy_cursor()
    def set_visible(self, visible: bool) -> None:
        """Show or hide the anisotropy."""
        self.is_on = visible
        self._workspace.cursor.watch("anisotropy", visible)
        self.refresh()

    @property
    def energy_ev(self) -> float | None:
        """The energy that is drawn, on the axis shown: the cursor's, else where the sites absorb most."""
        if self._tensors is None:
            return None
        cursor = self._workspace.cursor.energy_ev
        return self._tensors.highest_ev() if cursor is None else cursor

    def refresh(self) -> None:
        """Draw what is shown now, anew."""
        self._later.stop()
        self._rest.stop()
        view = self._view()
        if view is None:
            return
        shown = self._workspace.shown
        found = SiteTensors.of(shown) if self.is_on else None
        if found is not None and (self._tensors is None or found.look is not self._tensors.look):
            from xanesview.drawing3d.peanuts import largest_intensity

            self._largest = largest_intensity(found.rows)
        self._tensors = found
        self._show(moving=False)

    def _schedule(self) -> None:
        if self.is_on:
            self._later.start()

    def _follow(self) -> None:
        """The energy has moved: only the surfaces' points change."""
        if self._tensors is not None and not self._later.isActive():
            self._show(moving=True)

    def _settle(self) -> None:
        """The energy has come to rest; where sites or structure have changed since, `refresh` draws what there is."""
        if not self._later.isActive():
            self._show(moving=False)

    def _show(self, moving: bool) -> None:
        view = self._view()
        if view is None:
            return
        slow = moving and getattr(view, "frame_cost_s", _SLOW_FRAME_S) >= _SLOW_FRAME_S
        if slow:
            self._rest.start()  # drawn in full again when the energy has come to rest
        view.set_peanuts(None if self._tensors is None else self._drawn(coarse=slow), moving)

    def _drawn(self, coarse: bool) -> Peanuts:
        from xanesview.drawing3d.peanuts import Peanuts, angstrom_per_unit

        tensors, energy = self._tensors, self.energy_ev
        components = tensors.at(energy)
        own = site_colours(self._workspace.session)
        scheme = colours(self._view())
        return Peanuts(
            tensors.sites, components, angstrom_per_unit(components, self._largest),
            tuple(own[site] for site in tensors.sites), scheme.error, f"n̂ᵀσn̂ at {energy:.2f} eV", coarse,
        )  # fmt: skip
