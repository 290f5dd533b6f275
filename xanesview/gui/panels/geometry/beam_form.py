"""Angles of the beam as a laboratory has them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from xanesview.domain.geometry.beam import PolarisedBeam, parse_beam_angle_deg
from xanesview.domain.geometry.directions import parse_angle_deg
from xanesview.domain.geometry.geometry import parse_degree
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.flow_row import FlowRow, together
from xanesview.gui.panels.geometry.fields import check_one, choices, number, shown_number

_FIELD_TIP = "Angle of the field about the beam, from p (0°) towards s (90°). Wheel 1°, with Shift 0.1°"
_NO_FIELD_TIP = "The beam goes along the normal: s and p are one, and the azimuth turns the field."


class BeamForm(QWidget):
    """Grazing angle (or the one from the normal), azimuth, s, p or an angle between, degree of polarisation."""

    counting_changed = Signal()  # from the surface, or from its normal

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._workspace, self._settings = context.workspace, context.settings
        begin = self._workspace.begin_gesture
        angle = {"parse": parse_angle_deg, "show": lambda value: shown_number(value, 1, "°"), "width": 68}
        self.height_angle = number(
            "beam-angle", "Angle of the beam, 0 to 90°. Wheel 1°, with Shift 0.1°", begin, limits=(0.0, 90.0),
            **angle | {"parse": lambda text: parse_beam_angle_deg(text, self._settings.angle_from_normal)},
        )  # fmt: skip
        self.height_angle.edited.connect(self._height_edited)
        box, self.counted_from = choices(
            (
                ("from-surface", "surface", "Grazing angle, Stöhr's θ: 90° is normal incidence"),
                ("from-normal", "normal", "Angle of incidence: 0° is normal incidence"),
            ),
            self._count_from,
        )
        self.azimuth = number(
            "beam-azimuth", "Azimuth of the beam along the surface, from x projected into it. Wheel 1°, Shift 0.1°",
            begin, limits=(-360.0, 360.0), **angle,
        )  # fmt: skip
        self.azimuth.edited.connect(lambda value, gesture: self._turn(gesture, azimuth_deg=value))
        field_box, self.fields = choices(
            (
                ("field-p", "p", "Field in the plane of incidence"),
                ("field-s", "s", "Field in the surface, across the beam"),
            ),
            lambda name: self._turn(None, polarisation_deg=0.0 if name == "field-p" else 90.0),
        )
        self.field_angle = number("beam-field", _FIELD_TIP, begin, limits=(-90.0, 90.0), **angle)
        self.field_angle.edited.connect(lambda value, gesture: self._turn(gesture, polarisation_deg=value))
        self.degree = number(
            "beam-degree", "Degree of polarisation P: share of the intensity along the field; 0.5 is unpolarised",
            begin, limits=(0.0, 1.0), step=0.1, parse=parse_degree, show=lambda p: f"{p:.2f}", width=52,
        )  # fmt: skip
        self.degree.edited.connect(self._degree_edited)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(
            FlowRow(
                together("Beam", self.height_angle, "from", box),
                together("azimuth", self.azimuth),
                together("Field", field_box, self.field_angle, "from p"),
                together("P", self.degree),
            )
        )
        self.degenerate = Label(_NO_FIELD_TIP, wordWrap=True, objectName="beam-degenerate")
        self.from_below = Label(wordWrap=True, objectName="beam-from-below")
        for label in (self.degenerate, self.from_below):
            label.setProperty("muted", True)
            label.setProperty("small", True)
            column.addWidget(label)
        self.numbers = (self.height_angle, self.azimuth, self.field_angle, self.degree)
        self._show_counting()

    def refresh(self, geometry: PolarisedBeam) -> None:
        """Show the angles of a beam."""
        from_normal = self._settings.angle_from_normal
        self.height_angle.set_value(geometry.incidence_deg if from_normal else geometry.grazing_deg)
        self.azimuth.set_value(geometry.azimuth_deg)
        angle, at_normal = geometry.polarisation_deg, geometry.is_normal_incidence
        self.field_angle.set_value(angle)
        check_one(self.fields, "field-p" if abs(angle) < 0.05 else "field-s" if abs(angle) > 89.95 else "")
        for widget in (self.field_angle, *self.fields.values()):
            widget.setEnabled(not at_normal)
        self.degenerate.setVisible(at_normal)
        self.from_below.setText(geometry.from_below)
        self.from_below.setVisible(bool(geometry.from_below))
        self.field_angle.setToolTip(plain(_NO_FIELD_TIP if at_normal else _FIELD_TIP))
        self.degree.set_value(geometry.degree)

    def _count_from(self, name: str) -> None:
        self._settings.angle_from_normal = name == "from-normal"
        self._show_counting()
        self.counting_changed.emit()
        self._workspace.drawing_changed.emit()  # titles and labels count as the panel does

    def _show_counting(self) -> None:
        check_one(self.counted_from, "from-normal" if self._settings.angle_from_normal else "from-surface")

    def _height_edited(self, value: float, gesture: int | None) -> None:
        grazing = 90.0 - value if self._settings.angle_from_normal else value
        self._turn(gesture, grazing_deg=grazing)

    def _turn(self, gesture: int | None, **angles: float) -> None:
        geometry = self._workspace.geometry
        if isinstance(geometry, PolarisedBeam):
            self._workspace.set_geometry(geometry.with_angles(**angles), gesture, "turn beam")

    def _degree_edited(self, value: float, gesture: int | None) -> None:
        self._workspace.set_geometry(self._workspace.geometry.with_degree(value), gesture)
