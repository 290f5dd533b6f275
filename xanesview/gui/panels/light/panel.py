"""The strip under the 3D view: what the light is, as numbers."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QMenu, QSlider, QToolButton, QWidget

from xanesview.domain.geometry.directions import from_angles_deg, parse_angle_deg, parse_direction, to_angles_deg
from xanesview.domain.geometry.geometry import Geometry, direction_text, parse_degree
from xanesview.domain.geometry.kinds import KINDS
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.number_field import NumberField
from xanesview.gui.panels.panel import Panel
from xanesview.gui.panels.typed_field import TypedField
from xanesview.texts import tr

_FIELD_FRAME_PX = 18  # padding, border and cursor of a field
_VECTOR_ROOM_PX = 190  # margins, a direction with two decimals and signs, and its name
_REMEMBERED = 500  # directions
TENTHS = 10  # slider steps a degree


class GeometryPanel(Panel):
    """Kind of experiment, angles θ and φ, the vector itself, degree of polarisation; follows the arrow and leads it."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self.setObjectName("geometry")
        workspace = self.workspace
        self._angles = (0.0, 0.0)
        self._shown_angles: OrderedDict[tuple, tuple[float, float]] = OrderedDict()
        self._given: tuple[float, float] | None = None  # angles that were typed or slid, not yet shown
        self._structure: Structure | None = None
        self._slider_gesture: int | None = None
        self._slider_given_up = False
        self._angles_pressed = self._angles
        self._modes = QButtonGroup(self)
        self.mode_buttons: dict[str, QToolButton] = {}
        self._mode_row = QWidget()
        self._mode_choice = QToolButton(objectName="mode-choice", toolTip="The kind of experiment")
        self.theta, self.theta_slider = self._angle("theta", (0, 180), "θ: angle from the surface normal, else from z")
        self.phi, self.phi_slider = self._angle("phi", (-180, 180), "φ: angle around that axis, counted from x")
        self.vector = TypedField(objectName="vector")
        self.vector.setToolTip("Direction as x, y, z; any length, for instance 0.5, 0.5, 0.7")
        self.vector.editingFinished.connect(self._vector_typed)
        self.vector.returnPressed.connect(self._vector_entered)
        self.degree = NumberField(
            "degree", parse_degree, lambda p: f"{p:.2f}", 0.1, (0.0, 1.0), workspace.begin_gesture, parent=self
        )
        self.degree.set_tip("Degree of linear polarisation P, 0 to 1; wheel 0.1, with Shift 0.01")
        self.degree.edited.connect(self._degree_edited)
        self.degree.entered.connect(self.give_keyboard_back)
        self._vector_label = Label("ε")
        self._degree_label = Label("P")
        self._arrange()
        workspace.geometry_changed.connect(self.refresh)
        workspace.structure_changed.connect(self.refresh)
        workspace.network_changed.connect(self.refresh)
        self.refresh()

    def _angle(self, name: str, limits: tuple[int, int], tip: str) -> tuple[NumberField, QSlider]:
        field = NumberField(
            name,
            parse_angle_deg,
            lambda value: f"{round(value, 1) + 0.0:.1f}°".replace("-", "\N{MINUS SIGN}"),  # never −0.0°
            1.0,
            tuple(map(float, limits)),
            self.workspace.begin_gesture,
            parse_direction,
            self,
        )
        field.set_tip(f"{tip}. Wheel 1°, with Shift 0.1°")
        field.setFixedWidth(72)
        field.edited.connect(lambda _value, gesture: self._angles_edited(gesture))
        field.direction_edited.connect(self._set_direction)
        field.entered.connect(self.give_keyboard_back)
        slider = QSlider(Qt.Orientation.Horizontal, objectName=f"{name}-slider")
        slider.setRange(limits[0] * TENTHS, limits[1] * TENTHS)
        slider.setSingleStep(TENTHS)
        slider.setPageStep(15 * TENTHS)
        slider.setToolTip(plain(tip))
        slider.setMinimumWidth(48)
        slider.sliderPressed.connect(self._slider_pressed)
        slider.sliderReleased.connect(self._slider_released)
        slider.valueChanged.connect(lambda value: self._slider_moved(field, value))
        return field, slider

    def _arrange(self) -> None:
        modes, row = QHBoxLayout(), QHBoxLayout(self._mode_row)
        modes.setSpacing(2)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        self._mode_row.setMinimumWidth(1)  # where the buttons find no room, a menu takes their place
        choice = QMenu(self._mode_choice)
        self._mode_choice.setMenu(choice)
        self._mode_choice.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        for name, kind in KINDS.items():
            button = QToolButton(text=kind.title, checkable=True, toolTip=kind.tooltip)
            button.setProperty("narrow", True)
            button.setObjectName(f"mode-{name}")
            button.clicked.connect(lambda _checked=False, k=kind: self._set_kind(k))
            self._modes.addButton(button)
            self.mode_buttons[name] = button
            row.addWidget(button)
            action = choice.addAction(tr(kind.title))
            action.setToolTip(plain(kind.tooltip))
            action.triggered.connect(lambda _checked=False, k=kind: self._set_kind(k))
        modes.addWidget(self._mode_row)
        modes.addWidget(self._mode_choice)
        modes.addStretch()  # what the field of the direction leaves
        self.vector.setMinimumWidth(96)
        self.vector.setMaximumWidth(190)
        self.degree.setFixedWidth(56)
        for widget in (self._vector_label, self.vector):
            modes.addWidget(widget)
            modes.addSpacing(4)
        modes.addWidget(self._degree_label)
        modes.addWidget(self.degree)
        modes.setStretchFactor(self.vector, 1)  # a direction with signs wants more than a line's usual width
        angles = QGridLayout()
        angles.setHorizontalSpacing(SPACING)
        for column, (sign, slider, field) in enumerate(
            (("θ", self.theta_slider, self.theta), ("φ", self.phi_slider, self.phi))
        ):
            label = Label(sign, toolTip=slider.toolTip())
            label.setBuddy(field)
            angles.addWidget(label, 0, 4 * column)
            angles.addWidget(slider, 0, 4 * column + 1)
            angles.addWidget(field, 0, 4 * column + 2)
            if column == 0:
                angles.setColumnMinimumWidth(3, SPACING)
        angles.setColumnStretch(1, 1)
        angles.setColumnStretch(5, 1)
        grid = QGridLayout(self)
        grid.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, SPACING)
        grid.setVerticalSpacing(SPACING)
        grid.addLayout(modes, 0, 0)
        grid.addLayout(angles, 1, 0)

    # ---- from the workspace ----

    def refresh(self) -> None:
        """Show what the workspace says."""
        geometry = self.workspace.geometry
        self._angles = self._angles_of(geometry)
        self._modes.setExclusive(geometry.name in self.mode_buttons)  # of a kind without a button none is down
        for name, button in self.mode_buttons.items():
            button.setChecked(name == geometry.name)
        self._mode_choice.setText(tr(geometry.title))
        for widget in (self.theta, self.phi, self.theta_slider, self.phi_slider, self.vector):
            widget.setEnabled("direction" in geometry.uses)
        for widget in (self._degree_label, self.degree):
            widget.setVisible("degree" in geometry.uses)
        self._vector_label.setText(geometry.symbol)
        for field, slider, angle in (
            (self.theta, self.theta_slider, self._angles[0]),
            (self.phi, self.phi_slider, self._angles[1]),
        ):
            field.set_value(angle)
            with QSignalBlocker(slider):
                slider.setValue(round(angle * TENTHS))
        self.degree.set_value(geometry.degree)
        if not (self.vector.hasFocus() and self.vector.isModified()):
            self.vector.setText(self._vector_text(geometry.direction))
            self._mark_vector("")

    def _vector_text(self, direction: Sequence[float]) -> str:
        """The direction with as many decimals as the field has room for, so that no sign is cut off."""
        text = ""
        for decimals in (3, 2, 1):
            text = direction_text(direction, decimals)
            if self.vector.fontMetrics().horizontalAdvance(text) <= self.vector.width() - _FIELD_FRAME_PX:
                break
        return text

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write the direction as long as there is room."""
        super().resizeEvent(event)
        cramped = self._mode_row.sizeHint().width() + _VECTOR_ROOM_PX > event.size().width()
        self._mode_row.setVisible(not cramped)
        self._mode_choice.setVisible(cramped)
        self.layout().activate()
        if not (self.vector.hasFocus() and self.vector.isModified()):
            self.vector.setText(self._vector_text(self.workspace.geometry.direction))

    def _angles_of(self, geometry: Geometry) -> tuple[float, float]:
        """θ and φ in degrees; on the axis, where φ has no meaning, the one before is kept.

        That of a direction that comes back (a drag that is given up, undo, another structure's tab) is the one that it
        had; a structure that comes begins at 0.
        """
        structure, given = self.workspace.structure, self._given
        normal = geometry.normal if geometry.normal is None else tuple(map(float, geometry.normal))
        key = ("" if structure is None else structure.content_hash, tuple(map(float, geometry.direction)), normal)
        comes, self._structure, self._given = structure is not self._structure, structure, None
        if given is not None and not np.allclose(from_angles_deg(*given, normal=normal), geometry.direction, atol=1e-9):
            given = None  # of a change that changed nothing
        before = self._shown_angles.get(key) if given is None else given
        angles = before or self._new_angles(geometry, 0.0 if comes else self._angles[1])
        self._shown_angles[key] = angles
        self._shown_angles.move_to_end(key)
        while len(self._shown_angles) > _REMEMBERED:
            self._shown_angles.popitem(last=False)
        return angles

    def _new_angles(self, geometry: Geometry, phi_on_axis: float) -> tuple[float, float]:
        direction = np.asarray(geometry.direction)
        before = (self._angles[0], phi_on_axis) if np.sin(np.radians(self._angles[0])) < 1e-6 else self._angles
        if np.allclose(from_angles_deg(*before, normal=geometry.normal), direction, atol=1e-9):
            return before
        theta, phi = to_angles_deg(direction, normal=geometry.normal)
        if np.sin(np.radians(theta)) < 1e-6:
            phi = phi_on_axis
        return float(theta), float(phi)

    # ---- from the user ----

    def _set_kind(self, kind: type[Geometry]) -> None:
        if type(self.workspace.geometry) is not kind:
            card = self.workspace.shown.card
            geometry = kind.like(self.workspace.geometry)
            self.workspace.set_geometry(geometry if card is None else geometry.for_element(card.element))

    def _set_direction(self, direction: object, gesture: int | None = None) -> None:
        self.workspace.set_geometry(self.workspace.geometry.with_direction(direction), gesture)

    def _angles_edited(self, gesture: int | None) -> None:
        self._angles = self._given = (self.theta.value, self.phi.value)
        self._set_direction(from_angles_deg(*self._angles, normal=self.workspace.geometry.normal), gesture)

    def _degree_edited(self, value: float, gesture: int | None) -> None:
        self.workspace.set_geometry(self.workspace.geometry.with_degree(value), gesture)

    def _slider_pressed(self) -> None:
        self._slider_gesture = self.workspace.begin_gesture()
        self._angles_pressed = self._angles

    def _slider_released(self) -> None:
        self._slider_gesture = None
        self._slider_given_up = False

    def give_up_gesture(self) -> bool:
        """Put a held slider back to where it was when it was pressed; False where none is held."""
        if self._slider_gesture is None:
            return False
        self._angles = self._angles_pressed  # on the axis the direction does not tell φ
        self.workspace.take_back(self._slider_gesture)
        self._slider_gesture = None
        self._slider_given_up = True
        self._given = self._angles_pressed
        self.refresh()
        return True

    def _slider_moved(self, field: NumberField, value: int) -> None:
        if self._slider_given_up:  # the button is still down, and the pointer goes on
            self.refresh()
            return
        field.set_value(value / TENTHS)
        self._angles_edited(self._slider_gesture)

    def _vector_typed(self) -> None:
        if not self.vector.isModified():
            return
        self.vector.setModified(False)
        try:
            direction = parse_direction(self.vector.text())
        except XanesviewError as error:
            self._mark_vector(f"{error.message} {error.hint}".strip())
            return
        self._set_direction(direction)
        self.refresh()

    def _vector_entered(self) -> None:
        self._vector_typed()
        if not self.vector.property("invalid"):
            self.give_keyboard_back()

    def _mark_vector(self, problem: str) -> None:
        self.vector.mark(problem, "Direction as x, y, z; any length, for instance 0.5, 0.5, 0.7")
