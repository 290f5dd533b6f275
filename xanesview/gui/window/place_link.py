"""Between a molecule that is put on a surface and the 3D view: marks of sites, clicks on them, the molecule dragged."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from xanesview.domain.editing.surface_sites import TOP, SurfaceSite, nearest_site
from xanesview.errors import XanesviewError
from xanesview.gui.session.workspace import Workspace
from xanesview.gui.view3d.placing_view import LIFT, SPIN
from xanesview.shown.surface_words import stand_words
from xanesview.texts import tr

MODE = "click a site · drag the molecule · Shift: height · Ctrl or right button: turn · Esc takes it away"
#: A mark on top of an atom stands so much above its ball, Å.
_ABOVE_ANGSTROM = 0.1


class PlaceLink(QObject):
    """Carries the view's gestures to `workspace.placing`, and shows there where the molecule can stand."""

    def __init__(self, workspace: Workspace, view: QWidget) -> None:
        super().__init__(view)
        self._workspace, self._view = workspace, view
        self._placing = workspace.placing
        self._marked: list[SurfaceSite] = []
        view.molecule_dragged.connect(self._drag)
        view.surface_clicked.connect(self._click)
        self._placing.active_changed.connect(self._show_mode)
        self._placing.changed.connect(self.show_sites)
        if self._placing.is_active:
            self._show_mode(True)

    def show_sites(self) -> None:
        """Mark the sites of the face on which the molecule stands, and that where it does."""
        stand, slab = self._placing.stand, self._placing.slab
        if stand is None:
            self._view.set_sites(np.zeros((0, 3)), -1, (0.0, 0.0, 1.0))
            return
        normal = stand.site.normal
        self._marked = list(self._placing.sites(self._is_lower(normal)))
        chosen = -1
        if not stand.beside.any():
            chosen = next((k for k, one in enumerate(self._marked) if _is_same(one, stand.site)), -1)
            if chosen >= 0:
                self._marked[chosen] = stand.site  # an image of it
        lifted = self._view.shown_radii_angstrom(slab.n_atoms) + _ABOVE_ANGSTROM
        places = [s.place_angstrom + (lifted[s.atoms[0]] * normal if s.kind == TOP else 0.0) for s in self._marked]
        self._view.set_sites(np.array(places), chosen, normal)

    def _is_lower(self, normal: np.ndarray) -> bool:
        return bool(normal @ self._placing.slab.surface_normal < 0.0)

    def _show_mode(self, active: bool) -> None:
        self._view.set_placing(self._placing.slab.n_atoms if active else -1, tr(MODE))
        self.show_sites()

    def _click(self, mark: int, atom: int) -> None:
        """A click on an atom means the top of it, one elsewhere the mark beside it; on the other face, that face's."""
        placing, slab = self._placing, self._placing.slab
        if slab is None or atom >= slab.n_atoms:
            return
        if atom >= 0:
            facing = bool(self._view.camera.rotation[2] @ slab.surface_normal < 0.0)
            faces = [placing.sites(facing)]
            if facing != self._is_lower(placing.stand.site.normal):
                mark = -1
            top = next((s for sites in faces for s in sites if s.kind == TOP and s.atoms == (atom,)), None)
            if top is None and mark < 0:
                top, _ = nearest_site(faces[0], slab, slab.positions_angstrom[atom])
            if top is not None:
                placing.choose(top)
                return
        if mark >= 0:
            placing.choose(self._marked[mark])

    def _drag(self, kind: str, value: object, phase: str) -> None:
        placing = self._placing
        if not placing.is_active:  # the molecule was taken away under the hand, as by undo
            return
        if phase == "begin":
            placing.hold()
        elif phase != "move":
            placing.let_go(cancelled=phase == "cancel")
        else:
            try:
                placing.drag(kind, value)
            except XanesviewError as error:
                self._view.set_drag_words(error.message.rstrip("."), warns=True)
                return
            words, presses = self._words(kind), placing.pressed is not None
            if presses:
                words = tr("{words}, closer than any bond").format(words=words)
            self._view.set_drag_words(words, warns=presses)

    def _words(self, kind: str) -> str:
        stand = self._placing.stand
        if kind == LIFT:
            return f"{stand.height_angstrom:.2f} Å"
        if kind == SPIN:
            return f"{stand.turn_deg:+.0f}°".replace("-", "\N{MINUS SIGN}")
        return stand_words(self._placing.slab, stand.site, stand.beside)


def _is_same(one: SurfaceSite, other: SurfaceSite) -> bool:
    """Whether two sites are images of each other."""
    if (one.kind, one.atoms) != (other.kind, other.atoms):
        return False
    return np.array_equal(one.shifts - one.shifts[0], other.shifts - other.shifts[0])
