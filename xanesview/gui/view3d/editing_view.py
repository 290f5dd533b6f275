"""Atoms under the mouse: dragged in the plane of the screen or along a bond, groups turned about a bond."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtWidgets import QWidget

from xanesview.domain.editing.atoms import bond_axis
from xanesview.domain.structure import Structure
from xanesview.gui.view3d.base_view import BaseView, Gesture
from xanesview.gui.view3d.picking import nearest_segment, point_in_plane

#: So many degrees a group turns for each pixel that the pointer moves across its bond.
DEG_PER_PX = 0.6
#: With Shift a group stops at multiples of this, degrees.
SNAP_DEG = 15.0
_LEAST_IN_PLANE = 0.12  # of a bond that points at the viewer: a drag along it must not run away
_LEAST_BOND_PX = 14.0

Bond = tuple[int, int, tuple[int, int, int]]
"""From an atom to the image of another one moved by so many cell vectors."""


class EditingView(BaseView):
    """A view whose atoms can be taken hold of while it edits.

    Signals
    -------
    atom_dragged(int, object, str)
        Atom, by which vector (3,) in Å it is away from where it was taken, and the phase of the drag as of
        ``direction_dragged``.
    bond_turned(object, float, str)
        Bond (i, j, shift), by how many degrees its group is turned, right-handed seen from i to j, and the phase.
    """

    atom_dragged = Signal(int, object, str)
    bond_turned = Signal(object, float, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edits = False
        self._hovered_bond: Bond | None = None
        self._last_edit: tuple = ()

    @property
    def edits(self) -> bool:
        """Whether the mouse takes hold of atoms."""
        return self._edits

    def set_edits(self, edits: bool, words: str = "") -> None:
        """Let the mouse take hold of atoms, or turn the scene again; words at the top say that it does."""
        self._edits = edits
        self._mode_words = words if edits else ""
        self._hovered_bond = None
        self.set_chosen(-1)
        self._refresh()

    def move_atoms(self, structure: Structure) -> None:
        """Show the same atoms elsewhere, as while they are dragged: camera, rings and the arrow's length stay."""
        if self._shapes is None or self._shapes.structure.n_atoms != structure.n_atoms:
            return
        self._shapes = self._shapes.elsewhere(structure)
        self._atoms_moved()
        self._sites_changed()
        self._hover_changed()
        self._refresh(moving=True)

    def bond_at(self, x_px: float, y_px: float) -> Bond | None:
        """Return the bond under a place of the widget, or None; sticks of single bonds between drawn atoms count."""
        if self._shapes is None:
            return None
        start, end, _ = self._shapes.sticks
        if not len(start):
            return None
        (starts, near), (ends, far) = self.camera.project(start), self.camera.project(end)
        which = nearest_segment(starts, ends, 0.5 * (near + far), x_px, y_px)
        return None if which < 0 else self._bond_of(0.5 * (start[which] + end[which]))

    def _bond_of(self, middle: np.ndarray) -> Bond:
        """Return the bond whose line passes nearest to a point (3,) of a stick."""
        i, j, shift = self._shapes.bonds
        positions, cell = self._shapes.positions_angstrom, self._shapes.structure.cell_angstrom
        one, two = positions[i], positions[j] + shift @ cell
        way = two - one
        share = np.clip(np.einsum("ij,ij->i", middle - one, way) / np.einsum("ij,ij->i", way, way), 0.0, 1.0)
        back = positions[j] - (positions[i] - shift @ cell)
        other = positions[i] - shift @ cell
        share_back = np.clip(np.einsum("ij,ij->i", middle - other, back) / np.einsum("ij,ij->i", back, back), 0, 1)
        gaps = np.minimum(
            np.linalg.norm(one + share[:, None] * way - middle, axis=1),
            np.linalg.norm(other + share_back[:, None] * back - middle, axis=1),
        )
        k = int(np.argmin(gaps))
        own = shift[k]
        if self._shapes.moved is not None:  # of the structure, not of the drawing
            own = own - self._shapes.moved[i[k]] + self._shapes.moved[j[k]]
        return int(i[k]), int(j[k]), tuple(int(n) for n in own)

    def _take_atoms(self, place: QPointF) -> Gesture | None:
        """Return the gesture that begins with a press on an atom or a bond while the view edits, else None."""
        if not self._edits or self._shapes is None:
            return None
        held = Gesture("atom", Qt.MouseButton.LeftButton, place, place)
        held.structure = self._shapes.structure
        held.atom = self.atom_at(place.x(), place.y())
        if held.atom >= 0:
            held.start_angstrom = self._shapes.positions_angstrom[held.atom].copy()
            at = self.camera.project(held.start_angstrom)[0]
            held.grip = QPointF(place.x() - at[0], place.y() - at[1])
            return held
        held.bond = self.bond_at(place.x(), place.y())
        return None if held.bond is None else replace(held, kind="bond")

    def _drag_atoms(self, gesture: Gesture, place: QPointF, snapping: bool, phase: str = "move") -> None:
        if gesture.kind == "atom":
            self._last_edit = (gesture.atom, self._displacement(gesture, place, snapping))
        else:
            self._last_edit = (gesture.bond, self._angle_deg(gesture, place, snapping))
        self._tell_edit(gesture, phase)

    def _tell_edit(self, gesture: Gesture, phase: str) -> None:
        (self.atom_dragged if gesture.kind == "atom" else self.bond_turned).emit(*self._last_edit, phase)
        if phase in ("end", "cancel"):
            self.set_drag_words("")

    def _displacement(self, gesture: Gesture, place: QPointF, along_bond: bool) -> np.ndarray:
        target = place - gesture.grip
        eye, ray = self.camera.ray(target.x(), target.y())
        back = self.camera.rotation[2]
        away = point_in_plane(eye, ray, gesture.start_angstrom, back) - gesture.start_angstrom
        axis = bond_axis(gesture.structure, gesture.atom, away) if along_bond else None
        if axis is None:
            return away
        in_plane = 1.0 - float(axis @ back) ** 2
        return float(away @ axis) / max(in_plane, _LEAST_IN_PLANE) * axis

    def _angle_deg(self, gesture: Gesture, place: QPointF, snapping: bool) -> float:
        """Return the turn by how far the pointer is across the bond, as if it rolled under a finger on its near side.

        Of a bond that points at the viewer the pointer goes round.
        """
        i, j, shift = gesture.bond
        structure = gesture.structure
        ends = np.array([
            structure.positions_angstrom[i], structure.positions_angstrom[j] + np.array(shift) @ structure.cell_angstrom
        ])  # fmt: skip
        (one, two), (near, far) = self.camera.project(ends)
        along = two - one
        way = np.array([place.x() - gesture.pressed.x(), place.y() - gesture.pressed.y()])
        length = float(np.linalg.norm(along))
        if length < _LEAST_BOND_PX:
            middle = 0.5 * (one + two)
            turns = [np.arctan2(*(np.array([p.x(), p.y()]) - middle)) for p in (gesture.pressed, place)]
            angle = float(np.degrees(turns[1] - turns[0])) * (1.0 if far < near else -1.0)
            angle = (angle + 180.0) % 360.0 - 180.0
        else:
            # Seen from the bond's first atom to its second, with screen y downwards.
            angle = DEG_PER_PX * float(along[0] * way[1] - along[1] * way[0]) / length
        return SNAP_DEG * round(angle / SNAP_DEG) if snapping else angle
