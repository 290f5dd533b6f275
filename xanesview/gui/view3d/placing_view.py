"""A molecule under the mouse: slid over a surface, lifted, turned about its normal; marks where it can stand."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtWidgets import QWidget

from xanesview.gui.view3d.base_view import Gesture
from xanesview.gui.view3d.editing_view import DEG_PER_PX, EditingView
from xanesview.gui.view3d.picking import point_in_plane

SLIDE, LIFT, SPIN = "slide", "lift", "spin"
#: Seen from the side the surface is a line: a drag along the line of sight must not run away.
_LEAST_SLOPE = 0.25
_MARK_REACH_PX = 60.0


class PlacingView(EditingView):
    """A view in which a molecule is put on a surface.

    Signals
    -------
    molecule_dragged(str, object, str)
        ``"slide"`` with a vector (3,) along the surface, Å; ``"lift"`` with a length along the normal, Å; ``"spin"``
        with degrees about the normal, right-handed seen from outside; and the phase as of ``direction_dragged``. What
        is told counts from the last ``"begin"``.
    surface_clicked(int, int)
        The mark nearest to a click, and the atom that was clicked; -1 without.
    """

    molecule_dragged = Signal(str, object, str)
    surface_clicked = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._placed_from = -1
        self._normal = np.array([0.0, 0.0, 1.0])
        self._sites = np.zeros((0, 3))
        self._site = -1
        self._last_drag: tuple = ()

    @property
    def is_placing(self) -> bool:
        """Whether the mouse puts a molecule on a surface."""
        return self._placed_from >= 0

    def set_placing(self, first_atom: int, words: str = "") -> None:
        """Let the mouse move the molecule that begins with an atom, or turn the scene again with -1."""
        self._placed_from = first_atom
        self._mode_words = words if first_atom >= 0 else ""
        self._refresh()

    def shown_radii_angstrom(self, count: int) -> np.ndarray:
        """Return how large the first atoms (count,) are drawn, Å."""
        return np.zeros(count) if self._shapes is None else self._shapes.radii_angstrom[:count]

    def set_sites(self, places_angstrom: np.ndarray, chosen: int, normal: np.ndarray) -> None:
        """Mark places (K, 3) where the molecule can stand, one of them as that where it does; -1 for none."""
        self._sites, self._site = np.asarray(places_angstrom, float).reshape(-1, 3), chosen
        self._normal = np.asarray(normal, float)
        self._site_marks_changed()
        self._refresh()

    def _take_molecule(self, place: QPointF, button: Qt.MouseButton) -> Gesture | None:
        """Return the gesture that begins with a press on the molecule, else None."""
        if not self.is_placing or self._shapes is None:
            return None
        atom = self.atom_at(place.x(), place.y())
        if atom < self._placed_from:
            return None
        held = Gesture("molecule", button, place, place)
        held.atom, held.structure = atom, self._shapes.structure
        self._grip(held, place)
        return held

    def _grip(self, held: Gesture, place: QPointF) -> None:
        """Let what follows count from here."""
        held.start_angstrom = self._shapes.positions_angstrom[held.atom].copy()
        at = self.camera.project(held.start_angstrom)[0]
        held.pressed, held.grip = place, QPointF(place.x() - at[0], place.y() - at[1])

    def _drag_molecule(
        self, gesture: Gesture, place: QPointF, keys: Qt.KeyboardModifier, began: bool = False
    ) -> None:
        kind = self._kind(gesture, keys)
        if began or not self._last_drag:
            self.molecule_dragged.emit(kind, None, "begin")
        elif kind != self._last_drag[0]:  # another key: what was done stays, and the next counts from here
            self._grip(gesture, place)
            self.molecule_dragged.emit(kind, None, "begin")
        how = {SLIDE: self._slide, LIFT: self._lift, SPIN: self._spin}[kind]
        self._last_drag = (kind, how(gesture, place))
        self.molecule_dragged.emit(*self._last_drag, "move")

    def _end_molecule(self, phase: str) -> None:
        last, self._last_drag = self._last_drag, ()
        if last:
            self.molecule_dragged.emit(*last, phase)
        self.set_drag_words("")

    @staticmethod
    def _kind(gesture: Gesture, keys: Qt.KeyboardModifier) -> str:
        if gesture.button == Qt.MouseButton.RightButton or keys & Qt.KeyboardModifier.ControlModifier:
            return SPIN
        return LIFT if keys & Qt.KeyboardModifier.ShiftModifier else SLIDE

    def _scale(self, gesture: Gesture) -> float:
        """Return Å per pixel where the molecule is held."""
        return float(self.camera.project(gesture.start_angstrom)[1] / self.camera.focal_px)

    def _slide(self, gesture: Gesture, place: QPointF) -> np.ndarray:
        """Return how far along the surface the pointer has come; what is held stays under it."""
        normal, target = self._normal, place - gesture.grip
        eye, ray = self.camera.ray(target.x(), target.y())
        if abs(float(ray @ normal)) >= _LEAST_SLOPE:
            return point_in_plane(eye, ray, gesture.start_angstrom, normal) - gesture.start_angstrom
        way, scale = place - gesture.pressed, self._scale(gesture)
        right, back = self.camera.rotation[0], self.camera.rotation[2]
        right = right - (right @ normal) * normal
        back = back - (back @ normal) * normal
        back = back / np.linalg.norm(back)
        return scale * (way.x() * right / max(float(np.linalg.norm(right)), 0.3) + way.y() / _LEAST_SLOPE * back)

    def _lift(self, gesture: Gesture, place: QPointF) -> float:
        upright = float(self.camera.rotation[1] @ self._normal)
        sign = -1.0 if upright < -1e-6 else 1.0
        return sign * self._scale(gesture) * (gesture.pressed.y() - place.y()) / max(abs(upright), 0.3)

    def _spin(self, gesture: Gesture, place: QPointF) -> float:
        return DEG_PER_PX * (place.x() - gesture.pressed.x())

    def _click_surface(self, place: QPointF) -> None:
        """Tell which mark a click means; one on an atom, and one between atoms."""
        mark = -1
        if len(self._sites):
            at = self.camera.project(self._sites)[0]
            gaps = np.hypot(at[:, 0] - place.x(), at[:, 1] - place.y())
            mark = int(np.argmin(gaps))
            mark = mark if gaps[mark] <= _MARK_REACH_PX else -1
        self.surface_clicked.emit(mark, self.atom_at(place.x(), place.y()))
