"""The row above the 3D view while atoms are moved: what is edited, its coordinates and element, what can be done."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QLineEdit, QToolButton, QVBoxLayout, QWidget

from xanesview.domain.editing.adsorbate_atoms import adsorbate_atoms
from xanesview.domain.structure import Structure, bonds
from xanesview.errors import XanesviewError
from xanesview.gui.actions.action_making import WHY_NOT
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.typed_numbers import parse_number
from xanesview.gui.panels.flow_row import FlowRow, together
from xanesview.gui.panels.number_field import NumberField
from xanesview.gui.session.workspace import Workspace
from xanesview.shown.names import site_name
from xanesview.texts import tr

NOTHING = "Click or drag an atom"
_FIELD_PX, _SYMBOL_PX = 74, 40
_FARTHEST_ANGSTROM = 1e5


class EditRow(QWidget):
    """Shown while atoms are moved; writes through `workspace.editing`."""

    entered = Signal()  # what was typed is taken: the keyboard is free for other things

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("edit-row")
        self._workspace, self._editing = workspace, workspace.editing
        self._actions: Mapping[str, QAction] = {}
        self._of_relaxing = ""
        self.atom = Label(NOTHING, objectName="edit-atom")
        self.atom.setProperty("heading", True)
        self.atom.setMinimumWidth(self.atom.sizeHint().width())
        self.coordinates = [self._coordinate(axis, name) for axis, name in enumerate("xyz")]
        self.element = self._symbol("edit-element", "Element", "Another element for this atom, such as N")
        self.element.returnPressed.connect(self._exchange)
        self.added = self._symbol("edit-added", "Element to add", "Element of the atom that Add puts there")
        self.added.setText("H")
        self.added.returnPressed.connect(self.add)
        self.bond = QComboBox(objectName="edit-bond")
        self.bond.setAccessibleName("Bond to turn about")
        self.bond.setMinimumContentsLength(8)
        self.bond.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.bond.setToolTip(plain("The smaller group of this bond turns about it"))
        self.angle = NumberField("edit-angle", parse_number, lambda value: f"{value:g}°", 0.0, (-360.0, 360.0))
        self.angle.setAccessibleName("Turn by")
        self.angle.set_tip("By how many degrees the group turns, then Enter")
        self.angle.setFixedWidth(56)
        self.angle.edited.connect(self._turn)
        for field in (*self.coordinates, self.angle):
            field.entered.connect(self.entered)
        self.add_button, self.delete_button, self.relax_button, self.done_button = (
            QToolButton(text=text, objectName=f"edit-{text.lower()}") for text in ("Add", "Delete", "Relax", "Done")
        )
        self.done_button.setToolTip(plain("Let the mouse pick sites again (Esc)"))
        self.done_button.clicked.connect(lambda: self._editing.set_active(False))
        self._arrange()
        self._editing.active_changed.connect(self.refresh)
        self._editing.chosen_changed.connect(self.refresh)
        self._editing.moved.connect(self._show_coordinates)
        workspace.structure_changed.connect(self.refresh)
        self.refresh()

    def follow(self, actions: Mapping[str, QAction]) -> None:
        """Take the actions whose use depends on what is edited, and let the buttons do them."""
        self._actions, self._of_relaxing = actions, actions["relax"].toolTip()
        for button, name in (
            (self.add_button, "add_atom"), (self.delete_button, "delete_atom"), (self.relax_button, "relax"),
        ):  # fmt: skip
            button.clicked.connect(actions[name].trigger)
            button.setToolTip(plain(actions[name].toolTip()))
        self.refresh()

    def add(self) -> None:
        """Add an atom of the element that is typed beside the button."""
        self._editing.add(self.added.text() or "H")

    def _arrange(self) -> None:
        x, y, z = self.coordinates
        place = together("x", x, "y", y, "z", z, "Å")
        turn = together("Turn about", self.bond, "by", self.angle)
        added = together(self.add_button, self.added)
        rest = together(self.delete_button, self.relax_button, self.done_button)
        self._of_atom = (place, together("Element", self.element), turn)
        self._of_atom[1].setObjectName("edit-of-element")
        self._turning = turn
        self.angle.set_value(0.0)
        self.pieces = FlowRow(together(self.atom), *self._of_atom, added, rest)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACING, SPACING // 2, 2 * SPACING, SPACING // 2)
        column.addWidget(self.pieces)

    def _coordinate(self, axis: int, name: str) -> NumberField:
        field = NumberField(
            f"edit-{name}", parse_number, lambda value: f"{value:z.3f}", 0.01,
            (-_FARTHEST_ANGSTROM, _FARTHEST_ANGSTROM), self._workspace.begin_gesture,
        )  # fmt: skip
        field.setAccessibleName(tr("{name} of the atom, Å").format(name=name))
        field.set_tip("Where the atom is, Å; the wheel moves it by 0.01 Å, with Shift by 0.001 Å")
        field.setFixedWidth(_FIELD_PX)
        field.edited.connect(lambda value, gesture: self._place(axis, value, gesture))
        return field

    def _symbol(self, name: str, told: str, tip: str) -> QLineEdit:
        field = QLineEdit(objectName=name, maxLength=2)
        field.setAccessibleName(tr(told))
        field.setToolTip(plain(tip))
        field.setFixedWidth(_SYMBOL_PX)
        return field

    # ---- what is shown ----

    def refresh(self) -> None:
        """Show the atom that is edited, and what can be done with it."""
        structure, atom = self._workspace.structure, self._editing.chosen
        active = self._editing.is_active and structure is not None
        has_atom = active and atom >= 0
        for name, can in (
            ("add_atom", has_atom), ("delete_atom", has_atom), ("edit_atoms", structure is not None),
        ):  # fmt: skip
            if name in self._actions:
                self._actions[name].setEnabled(can)
        if self._actions:
            with QSignalBlocker(self._actions["edit_atoms"]):
                self._actions["edit_atoms"].setChecked(self._editing.is_active)
            self._offer_relaxing()
        self.setVisible(active)
        if not active:
            return
        self.atom.setText(site_name(structure, atom) if has_atom else tr(NOTHING))
        for piece in self._of_atom:  # the row stays as high as it is: the view must not move under a drag
            piece.setEnabled(has_atom)
        if has_atom:
            self._show_coordinates()
            self.element.setText(structure.symbols[atom])
            self._list_bonds()
        for button, name in (
            (self.add_button, "add_atom"), (self.delete_button, "delete_atom"), (self.relax_button, "relax"),
        ):  # fmt: skip
            button.setEnabled(name in self._actions and self._actions[name].isEnabled())
        self.pieces.ask_for_lines()

    def _offer_relaxing(self) -> None:
        action, why_not = self._actions["relax"], tr(_why_not_relaxed(self._workspace.structure))
        action.setEnabled(not why_not)
        action.setProperty(WHY_NOT, why_not)
        for one in (action, self.relax_button):
            one.setToolTip(plain(why_not or self._of_relaxing))

    def _show_coordinates(self) -> None:
        structure, atom = self._workspace.structure, self._editing.chosen
        if structure is None or not 0 <= atom < structure.n_atoms:
            return
        for field, value in zip(self.coordinates, structure.positions_angstrom[atom].tolist(), strict=True):
            field.set_value(value)

    def _list_bonds(self) -> None:
        structure, atom = self._workspace.structure, self._editing.chosen
        i, j, shift = bonds(structure)
        ways = [(b, tuple(s)) for a, b, s in zip(i.tolist(), j.tolist(), shift.tolist()) if a == atom]
        ways += [(a, tuple(-n for n in s)) for a, b, s in zip(i.tolist(), j.tolist(), shift.tolist()) if b == atom]
        before = self.bond.currentData()
        with QSignalBlocker(self.bond):
            self.bond.clear()
            for other, step in ways:
                self.bond.addItem(f"{site_name(structure, atom)}–{site_name(structure, other)}", (atom, other, step))
            self.bond.setCurrentIndex(max(0, next((k for k, w in enumerate(ways) if (atom, *w) == before), 0)))
        self._turning.setEnabled(bool(ways))

    # ---- what is typed ----

    def _place(self, axis: int, value: float, gesture: int | None) -> None:
        structure, atom = self._workspace.structure, self._editing.chosen
        if structure is None or atom < 0:
            return
        position = np.array(structure.positions_angstrom[atom])
        position[axis] = value
        self._editing.place(atom, position, gesture)
        self._show_coordinates()  # as it was, where that can't be

    def _exchange(self) -> None:
        atom = self._editing.chosen
        if atom >= 0:
            self._editing.exchange(atom, self.element.text())
            self.refresh()
            self.entered.emit()

    def _turn(self, angle_deg: float, gesture: int | None) -> None:
        chosen = self.bond.currentData()
        if chosen is not None and gesture is None and angle_deg:
            self._editing.turn(*chosen, angle_deg)
            self.angle.set_value(0.0)


def _why_not_relaxed(structure: Structure | None) -> str:
    """Why a structure can't be relaxed, empty where it can; of a slab the molecules on it are."""
    if structure is None or structure.n_atoms < 2:
        return "Only molecules are relaxed"
    if structure.is_periodic:
        try:
            adsorbate_atoms(structure)
        except XanesviewError as error:
            return error.message
    return ""
