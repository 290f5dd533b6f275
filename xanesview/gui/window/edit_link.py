"""Between what edits the structure and the 3D view: the mode, atoms dragged, groups turned, what is said meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from xanesview.domain.editing import atoms as edits
from xanesview.domain.editing.bond_turn import TurningGroup, smaller_group, turned
from xanesview.domain.structure import CONTACT_FACTOR, COVALENT_RADII_ANGSTROM, Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.gui.session.workspace import Workspace
from xanesview.shown.names import site_name
from xanesview.texts import tr

MODE = "drag atoms · Shift: along a bond · drag a bond: turn about it · Esc ends"


class EditLink(QObject):
    """Carries the view's gestures to `workspace.editing`, and shows there what is edited.

    Atoms that would come to lie on top of others stop where they were last.
    """

    def __init__(self, workspace: Workspace, view: QWidget) -> None:
        super().__init__(view)
        self._workspace, self._view = workspace, view
        self._editing = workspace.editing
        self._start: Structure | None = None
        self._group: TurningGroup | None = None
        self._sign = 1.0
        view.atom_dragged.connect(self._drag)
        view.bond_turned.connect(self._turn)
        view.background_clicked.connect(lambda: self._editing.choose(-1))
        self._editing.active_changed.connect(self.show_mode)
        self._editing.chosen_changed.connect(view.set_chosen)
        self._editing.moved.connect(lambda: view.move_atoms(workspace.structure))
        self.show_mode()

    def show_mode(self) -> None:
        """Let the view edit, or not."""
        self._view.set_edits(self._editing.is_active, tr(MODE))

    def _drag(self, atom: int, displacement: np.ndarray, phase: str) -> None:
        if phase == "begin":
            self._editing.choose(atom)
            self._begin(f"move {site_name(self._workspace.structure, atom)}")
        elif phase == "move":
            self._show(lambda: edits.moved(self._start, [atom], displacement), lambda one: self._tell_atom(one, atom))
        else:
            self._finish(phase)

    def _turn(self, bond: tuple, angle_deg: float, phase: str) -> None:
        if phase == "begin":
            self._group = None
            structure = self._workspace.structure
            try:
                self._group = smaller_group(structure, *bond)
                # it is turned as if held at the first atom of the bond that the view has named
                self._sign = 1.0 if self._group.fixed == bond[0] else -1.0
                self._begin(f"turn about {site_name(structure, bond[0])}–{site_name(structure, bond[1])}")
            except XanesviewError as error:
                self._editing.told.emit(Notice("edit", error.message, error.hint))
        elif self._group is not None and phase == "move":
            group, angle = self._group, self._sign * angle_deg
            self._show(lambda: turned(self._start, group, angle), lambda one: self._tell_turn(one, group, angle_deg))
        elif self._group is not None:
            self._finish(phase)

    def _begin(self, text: str) -> None:
        self._start = self._workspace.structure
        self._editing.begin(text)

    def _show(self, change: Callable[[], Structure], tell: Callable[[Structure], None]) -> None:
        if not self._editing.is_dragging:
            return
        try:
            after = change()
        except XanesviewError as error:
            self._view.set_drag_words(error.message.rstrip("."), warns=True)
            return
        self._editing.drag_to(after)
        tell(after)

    def _finish(self, phase: str) -> None:
        (self._editing.end if phase == "end" else self._editing.cancel)()
        self._start = self._group = None

    def _tell_atom(self, structure: Structure, atom: int) -> None:
        """Say beside the atom how far its nearest neighbour is, and whether that is closer than any bond."""
        other, distance = edits.nearest(structure, atom)
        if other < 0:
            self._view.set_drag_words(site_name(structure, atom))
            return
        radii = COVALENT_RADII_ANGSTROM[structure.numbers]
        close = distance < CONTACT_FACTOR * (radii[atom] + radii[other])
        words = f"{site_name(structure, atom)}–{site_name(structure, other)} {distance:.2f} Å"
        self._view.set_drag_words(f"{words}, closer than any bond" if close else words, warns=close)

    def _tell_turn(self, structure: Structure, group: TurningGroup, angle_deg: float) -> None:
        close = edits.contacts_of(structure, group.atoms)
        words = f"{angle_deg:+.0f}°".replace("-", "\N{MINUS SIGN}")
        self._view.set_drag_words(f"{words}, atoms closer than any bond" if close else words, warns=bool(close))
