"""What the mouse does in both 3D views, and the signals by which they tell of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip

from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.view3d.base_view import Gesture
from xanesview.gui.view3d.picking import CLICK_REACH_PX, arrow_drag, is_on_far_side
from xanesview.gui.view3d.placing_view import PlacingView

_ADDING = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier

_OF_ATOMS = ("atom", "bond")


class InteractiveView(PlacingView):
    """A view of a structure with the polarisation arrow; a subclass draws it.

    Signals
    -------
    direction_dragged(object, str)
        Unit vector (3,) of the arrow, and the phase of the drag: ``"begin"``, ``"move"``, ``"end"``, or ``"cancel"``
        where it is to be as before the drag.
    beam_dragged(object, str)
        The same of the beam, by the unit vector (3,) along which it goes.
    atom_clicked(int, bool)
        Atom, and whether it shall be added to those picked (Shift or Ctrl).
    background_clicked()
    atom_hovered(int)
        Atom under the pointer, -1 where there is none.
    context_requested(int, QPoint)
        Atom (-1: background) and the global place for a menu.
    """

    direction_dragged = Signal(object, str)
    beam_dragged = Signal(object, str)
    atom_clicked = Signal(int, bool)
    background_clicked = Signal()
    atom_hovered = Signal(int)
    context_requested = Signal(int, QPoint)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a tip, or begin to orbit or pan."""
        if self._gesture is not None:
            return
        place, button = event.position(), event.button()
        if button == Qt.MouseButton.LeftButton:
            tip = self.tip_at(place.x(), place.y())
            if tip >= 0:
                self._gesture = self._take_tip(tip, place)
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
            elif (held := self._take_molecule(place, button) or self._take_atoms(place)) is not None:
                self._gesture = held
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
            else:
                panning = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
                self._gesture = Gesture("pan" if panning else "orbit", button, place, place)
        elif button in (Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton):
            spun = self._take_molecule(place, button) if button == Qt.MouseButton.RightButton else None
            self._gesture = spun or Gesture("pan", button, place, place)
        if self._gesture is not None:
            self._gesture.camera = replace(self.camera)
        self._refresh(moving=True)
        event.accept()

    def _take_tip(self, tip: int, place: QPointF) -> Gesture:
        arrow = self.arrow
        outward = -arrow.beam if tip == 2 else (1 - 2 * tip) * arrow.direction
        at = self.handle_px(tip)
        far = is_on_far_side(
            self.camera.position_angstrom, arrow.origin_angstrom, arrow.half_length_angstrom, outward
        )
        grip = QPointF(place.x() - at[0], place.y() - at[1])
        sphere = (arrow.origin_angstrom, arrow.half_length_angstrom)
        return Gesture("tip", Qt.MouseButton.LeftButton, place, place, False, tip, far, grip, *sphere)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what is held; without a button say what is under the pointer."""
        place = event.position()
        gesture = self._gesture
        if gesture is None:
            self._hover(place, event.globalPosition().toPoint())
            return
        began = False
        if not gesture.moved:
            way = place - gesture.pressed
            # A held tip follows at once; elsewhere a trembling click must not turn the scene.
            reach = 0.0 if gesture.kind == "tip" else CLICK_REACH_PX
            if np.hypot(way.x(), way.y()) <= reach:
                return
            gesture.moved = began = True
        step = place - gesture.last
        gesture.last = place
        if gesture.kind == "tip":
            if began:
                self._tell_drag(gesture, "begin")
            self._drag_tip(gesture, place, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif gesture.kind in _OF_ATOMS:
            snapping = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if began:
                self._drag_atoms(gesture, place, snapping, "begin")
            self._drag_atoms(gesture, place, snapping)
        elif gesture.kind == "molecule":
            self._drag_molecule(gesture, place, event.modifiers(), began)
        elif gesture.kind == "orbit":
            self.camera.orbit(step.x(), step.y())
        else:
            self.camera.pan(step.x(), step.y())
        self._refresh(moving=True)

    def _drag_tip(self, gesture: Gesture, place: QPointF, snapping: bool) -> None:
        target = place - gesture.grip
        eye, ray = self.camera.ray(target.x(), target.y())
        sign = 1 - 2 * (gesture.tip == 1)
        direction = arrow_drag(eye, ray, gesture.centre_angstrom, gesture.radius_angstrom, sign, gesture.far_side)
        self._snapping = snapping
        if snapping:
            direction = self._geometry.snapped(direction, self._angle_normal())
        if gesture.tip == 2:
            self._geometry = self._geometry.with_beam(-direction)
            self.beam_dragged.emit(-direction, "move")
            return
        self._geometry = self._geometry.with_direction(tuple(float(c) for c in direction))
        self.direction_dragged.emit(direction, "move")

    def _tell_drag(self, gesture: Gesture, phase: str) -> None:
        signal, name = (self.beam_dragged, "beam") if gesture.tip == 2 else (self.direction_dragged, "direction")
        signal.emit(np.asarray(getattr(self._geometry, name), float), phase)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag, or take a press that did not move as a click."""
        gesture = self._gesture
        if gesture is None or event.button() != gesture.button:
            return
        self._gesture = None
        self._snapping = False
        place = event.position()
        if gesture.kind == "tip":
            if gesture.moved:
                self._tell_drag(gesture, "end")
        elif gesture.kind in _OF_ATOMS and gesture.moved:
            self._tell_edit(gesture, "end")
        elif gesture.kind == "molecule" and gesture.moved:
            self._end_molecule("end")
        elif not gesture.moved:
            self._click(gesture, event)
        self._hover(place, event.globalPosition().toPoint())
        self._refresh()

    def give_up_gesture(self) -> bool:
        """Put the arrow or the camera back to where they were when the button went down; False where none is down."""
        gesture = self._gesture
        if gesture is None:
            return False
        self._gesture = None
        self._snapping = False
        if gesture.moved and gesture.kind == "tip":
            self._tell_drag(gesture, "cancel")
        elif gesture.moved and gesture.kind in _OF_ATOMS:
            self._tell_edit(gesture, "cancel")
        elif gesture.moved and gesture.kind == "molecule":
            self._end_molecule("cancel")
        elif gesture.moved and gesture.camera is not None:
            camera, before = self.camera, gesture.camera
            camera.target_angstrom, camera.rotation = before.target_angstrom, before.rotation
            camera.distance_angstrom = before.distance_angstrom
        self.unsetCursor()
        self._refresh()
        return True

    def _click(self, gesture: Gesture, event: QMouseEvent) -> None:
        atom = self.atom_at(gesture.pressed.x(), gesture.pressed.y())
        if gesture.button == Qt.MouseButton.RightButton:
            self.context_requested.emit(atom, event.globalPosition().toPoint())
        elif gesture.button == Qt.MouseButton.LeftButton and self.is_placing and not event.modifiers() & _ADDING:
            self._click_surface(gesture.pressed)
        elif gesture.button == Qt.MouseButton.LeftButton and atom >= 0:
            self.atom_clicked.emit(atom, bool(event.modifiers() & _ADDING))
        elif gesture.button == Qt.MouseButton.LeftButton:
            self.background_clicked.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Centre the atom under the pointer; on a tip, or to add a site, it is a press like any other."""
        place = event.position()
        plain = event.button() == Qt.MouseButton.LeftButton and not event.modifiers() & _ADDING
        if not plain or self.tip_at(place.x(), place.y()) >= 0:
            self.mousePressEvent(event)
            return
        atom = self.atom_at(place.x(), place.y())
        if atom >= 0:
            self.centre_on(atom)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom: one notch is about an eighth."""
        self.camera.zoom(1.125 ** (event.angleDelta().y() / 120.0))
        self._refresh(moving=True)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Answer the menu key; the mouse's menu comes with the release, since the right button also pans."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.context_requested.emit(self._hovered_atom, self.mapToGlobal(self.rect().center()))
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer any more."""
        self._set_hover(-1, -1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what filled the view filling it."""
        self.camera.resize(self.width(), self.height())
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        if event.type() == QEvent.Type.PaletteChange:
            self.apply_theme()
        super().changeEvent(event)

    def _hover(self, place: QPointF, global_place: QPoint) -> None:
        tip = self.tip_at(place.x(), place.y())
        inside = QRectF(self.rect()).contains(place)
        atom = self.atom_at(place.x(), place.y()) if tip < 0 and inside else -1
        self._set_hover(atom, tip, place if self.edits and atom < 0 and tip < 0 and inside else None)
        if tip >= 0 and self._isotropic_reason is not None:
            QToolTip.showText(global_place, plain(self._isotropic_reason), self)

    def _set_hover(self, atom: int, tip: int, place: QPointF | None = None) -> None:
        bond = None if place is None else self.bond_at(place.x(), place.y())
        if self._gesture is None:
            held = atom >= self._placed_from if self.is_placing else self.edits
            if tip >= 0 or (atom >= 0 and held) or bond is not None:
                self.setCursor(Qt.CursorShape.OpenHandCursor)
            elif atom >= 0:
                self.setCursor(Qt.CursorShape.PointingHandCursor)
            else:
                self.unsetCursor()
        if (atom, tip, bond) == (self._hovered_atom, self._hovered_tip, self._hovered_bond):
            return
        self._hovered_bond = bond
        changed = atom != self._hovered_atom
        self._hovered_atom, self._hovered_tip = atom, tip
        if changed:
            self._hover_changed()
            self.atom_hovered.emit(atom)
        self._refresh()
