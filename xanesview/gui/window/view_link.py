"""Between the workspace and the 3D view: what is shown there, and what the mouse does there."""

from __future__ import annotations

from dataclasses import replace
from weakref import WeakKeyDictionary

import numpy as np
from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QMenu, QWidget

from xanesview.domain.editing.atoms import is_edited
from xanesview.domain.first_view import bonded_neighbours, normal_direction, pi_direction
from xanesview.domain.structure import Structure
from xanesview.drawing3d.camera import OrbitCamera
from xanesview.gui.actions.directions import Directions
from xanesview.gui.appearance.site_colours import site_colours
from xanesview.gui.background.rest import note_move
from xanesview.gui.session.workspace import Workspace
from xanesview.gui.window.edit_link import EditLink
from xanesview.gui.window.place_link import PlaceLink
from xanesview.shown.chips import isotropic_reason
from xanesview.shown.names import site_name


class ViewLink(QObject):
    """Keeps a structure view in step with the workspace and carries its gestures back.

    Parameters
    ----------
    view
        A `StructureView`, or the flat one where there is no OpenGL.
    """

    arrow_dragged = Signal()  # the user has dragged the arrow: the first-use hint has done its work

    def __init__(self, workspace: Workspace, view: QWidget, directions: Directions) -> None:
        super().__init__(view)
        self.workspace = workspace
        self.view = view
        self.directions = directions
        self._gesture: int | None = None
        self._left: WeakKeyDictionary[Structure, OrbitCamera] = WeakKeyDictionary()  # from where each was seen last
        view.direction_dragged.connect(self._drag)
        view.beam_dragged.connect(self._drag_beam)
        view.atom_clicked.connect(self._click)
        view.context_requested.connect(self._show_menu)
        workspace.structure_changed.connect(self.show_structure)
        workspace.selection_changed.connect(self.show_picks)
        workspace.looks_changed.connect(self.show_picks)
        workspace.prediction_changed.connect(self.show_predicted)
        workspace.geometry_changed.connect(self.show_geometry)
        workspace.network_changed.connect(self.show_geometry)
        workspace.drawing_changed.connect(self.show_geometry)
        workspace.prediction_changed.connect(self.show_geometry)
        EditLink(workspace, view)
        PlaceLink(workspace, view)
        self.show_structure()
        self.show_picks()
        self.show_predicted()
        self.show_geometry()

    # ---- to the view ----

    def show_structure(self) -> None:
        """Show the structure of the workspace; the same atoms in another geometry are seen from the same side.

        One that was shown before is seen as it was left.
        """
        before, after = self.view.structure, self.workspace.structure
        if before is not None:
            self._left[before] = replace(self.view.camera)
        best = self.workspace.relaxation.best
        moved = before is not None and after is not None and (best(before) is after or best(after) is before)
        moved = moved or _is_edit(before, after)
        if before is not None and after is not None and after.n_frames > 1:
            moved = moved or (before.source, before.symbols) == (after.source, after.symbols)
        is_open = any(one is before for one in self.workspace.session.structures)  # then another tab is shown
        left = self._left.get(after) if after is not None and (is_open or not moved) else None
        self.view.set_structure(after, keep_camera=moved or left is not None)
        if left is not None:
            self.view.look_from(left.target_angstrom, left.rotation, left.visible_angstrom)
        self.view.set_chosen(self.workspace.editing.chosen)

    def show_picks(self) -> None:
        """Ring the picked sites in the colours of their curves."""
        self.view.set_picked(site_colours(self.workspace.session))

    def show_predicted(self) -> None:
        """Mark the sites whose spectrum is known."""
        self.view.set_marked(set(self.workspace.shown.predicted_sites))

    def show_geometry(self) -> None:
        """Show the polarisation."""
        self.view.set_geometry(self.workspace.geometry, isotropic_reason(self.workspace.shown))

    # ---- from the mouse ----

    def _drag_beam(self, beam: object, phase: str) -> None:
        self._drag(beam, phase, "with_beam")

    def _drag(self, direction: object, phase: str, turn: str = "with_direction") -> None:
        note_move()
        if phase == "begin" or self._gesture is None:
            self._gesture = self.workspace.begin_gesture()
        if phase == "cancel":
            self.workspace.take_back(self._gesture)
            self._gesture = None
            return
        vector = tuple(float(x) for x in np.asarray(direction))
        if phase != "begin":
            self.workspace.set_geometry(getattr(self.workspace.geometry, turn)(vector), self._gesture)
        if phase == "end":
            self._gesture = None
            self.arrow_dragged.emit()

    def _click(self, atom: int, add: bool) -> None:
        if self.workspace.editing.is_active and not add:
            self.workspace.editing.choose(atom)
        elif add:
            self.workspace.toggle_pick(atom)
        else:
            self.workspace.pick((atom,))

    def _show_menu(self, atom: int, position: QPoint) -> None:
        menu = self.menu_for(atom)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(position)

    def menu_for(self, atom: int) -> QMenu:
        """What can be done with an atom: the arrow along its bonds, its π direction, the normal."""
        structure = self.workspace.structure
        menu = QMenu(self.view.window())  # the view lies in windows of its own, on which no menu may hang
        if structure is None:
            return menu
        if atom >= 0:
            name = site_name(structure, atom)
            menu.addSection(name)
            if atom in self.workspace.shown.absorbers:
                menu.addAction(f"Pick {name} alone").triggered.connect(lambda: self.workspace.pick((atom,)))
                word = "Leave out" if atom in self.workspace.session.picked else "Add"
                menu.addAction(f"{word} {name}").triggered.connect(lambda: self.workspace.toggle_pick(atom))
                menu.addSeparator()
            for neighbour, vector in bonded_neighbours(structure, [atom])[atom]:
                action = menu.addAction(f"Arrow along {name}–{site_name(structure, neighbour)}")
                action.triggered.connect(lambda _checked=False, v=vector: self.directions.set_vector(v))
            pi = pi_direction(structure, atom)
            if pi is not None:
                menu.addAction(f"Arrow along the π direction of {name}").triggered.connect(
                    lambda: self.directions.set_vector(pi)
                )
        normal = normal_direction(structure, self.workspace.session.picked)
        menu.addAction("Arrow along the normal").triggered.connect(lambda: self.directions.set_vector(normal))
        return menu


def _is_edit(before: Structure | None, after: Structure | None) -> bool:
    """Whether one is the other edited by hand or relaxed, so that both are seen from the same side."""
    if before is None or after is None or not (before.name in after.name or after.name in before.name):
        return False
    kin = is_edited(before) or is_edited(after) or before.symbols == after.symbols
    return kin and np.array_equal(before.cell_angstrom, after.cell_angstrom)
