"""The panel Geometry: beam, surface and sample of the experiment, drawn and as numbers."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QToolButton, QVBoxLayout, QWidget

from xanesview.domain.geometry.beam import PolarisedBeam
from xanesview.domain.geometry.directions import named_directions
from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.geometry.momentum_transfer import ElectronEnergyLoss
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.flow_row import FlowRow, together
from xanesview.gui.panels.geometry.beam_form import BeamForm
from xanesview.gui.panels.geometry.electron_form import ElectronForm
from xanesview.gui.panels.geometry.frames_table import FramesTable
from xanesview.gui.panels.geometry.normal_choice import NormalChoice
from xanesview.gui.panels.geometry.picture import BeamPicture, Marks
from xanesview.gui.panels.geometry.sample_form import AverageForm
from xanesview.gui.panels.panel import Panel
from xanesview.shown.chips import isotropic_reason

_WIDE_PX, _DRAWN_PX = 616, 292
_FOLLOW_MS = 30  # while an arrow is dragged: the curve comes first


class ExperimentPanel(Panel):
    """Picture of the beam on the surface, its angles, normal, averages, and the directions in all frames."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self.setObjectName("experiment")
        workspace = self.workspace
        self._seen = False
        self._gesture: int | None = None
        self._later = QTimer(self, singleShot=True, interval=_FOLLOW_MS)
        self._later.timeout.connect(self.refresh)
        self._told = Label(wordWrap=True)
        self._told.setProperty("muted", True)
        self.picture = BeamPicture()
        self.picture.turned.connect(self._picture_turned)
        self.beam = BeamForm(context)
        self.beam.counting_changed.connect(self.refresh)
        self.electrons = ElectronForm(context)
        self._no_beam = Label(wordWrap=True)
        self._no_beam.setProperty("muted", True)
        self.use_beam = QToolButton(text="Set a beam", objectName="use-beam")
        self.use_beam.setToolTip("The arrow stays where it is; a field alone is taken as p-polarised light")
        self.use_beam.clicked.connect(lambda: workspace.set_geometry(PolarisedBeam.like(workspace.geometry)))
        self._offer = FlowRow(together(self._no_beam, self.use_beam))
        self.normal = NormalChoice(context)
        self.average = AverageForm(context)
        self.frames = FramesTable()
        self.frames.layout().setAlignment(Qt.AlignmentFlag.AlignTop)
        self._forms = QWidget()
        column = QVBoxLayout(self._forms)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING // 2)
        for part in (self._told, self.beam, self.electrons, self._offer, self.normal, self.average):
            column.addWidget(part)
        self._drawn = QWidget()
        column = QVBoxLayout(self._drawn)
        column.setContentsMargins(0, 0, 0, 0)
        for part in (self.picture, self.electrons.bar, self.electrons.plot):
            column.addWidget(part)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, SPACING)
        self._grid.setSpacing(SPACING)
        self._is_wide: bool | None = None
        self._arrange()
        for field in (*self.beam.numbers, *self.electrons.fields.values()):
            field.entered.connect(self.give_keyboard_back)
        for form in (self.normal, self.average):
            form.entered.connect(self.give_keyboard_back)
        for signal in (workspace.geometry_changed, workspace.structure_changed, workspace.network_changed):
            signal.connect(self._follow)
        workspace.drawing_changed.connect(self._follow)
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the numbers beside the drawing, or below it."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        wide = self.width() >= _WIDE_PX
        if wide == self._is_wide:
            return
        self._is_wide, grid = wide, self._grid
        for part in (self._drawn, self._forms, self.frames):
            grid.removeWidget(part)
        grid.addWidget(self._drawn, 0, 0)
        grid.addWidget(self._forms, *((0, 1, 2, 1) if wide else (1, 0)))
        grid.addWidget(self.frames, *((1, 0) if wide else (2, 0)))
        grid.setColumnStretch(0, 0 if wide else 1)
        grid.setColumnStretch(1, 1 if wide else 0)
        for row in range(4):
            grid.setRowStretch(row, 1 if row == (1 if wide else 3) else 0)
        self.frames.set_names_shown(not wide)
        self._drawn.setMaximumWidth(_DRAWN_PX if wide else 16777215)

    # ---- from the workspace ----

    def set_seen(self, seen: bool) -> None:
        """Follow the experiment while the panel is in front."""
        self._seen = seen
        if seen:
            self.refresh()

    def apply_theme(self) -> None:
        """Draw the picture in other colours."""
        for part in (self.picture, self.electrons.bar, self.electrons.plot):
            part.update()

    def stop(self) -> None:
        """Follow no more."""
        self._later.stop()
        self.electrons.plot.stop()

    def _follow(self) -> None:
        if self._seen and not self._later.isActive():
            self._later.start()

    def refresh(self) -> None:
        """Show the experiment."""
        workspace = self.workspace
        geometry, structure, reason = workspace.geometry, workspace.structure, isotropic_reason(workspace.shown)
        self._told.setText(reason or "")
        self._told.setVisible(reason is not None)
        has_beam = isinstance(geometry, PolarisedBeam)
        has_electrons = isinstance(geometry, ElectronEnergyLoss)
        self._drawn.setVisible(has_beam or has_electrons)
        self.picture.setVisible(has_beam)
        for part in (self.electrons, self.electrons.bar, self.electrons.plot):
            part.setVisible(has_electrons)
        self.beam.setVisible(has_beam)
        self._offer.setVisible(not has_beam and not has_electrons)
        if has_beam:
            self.picture.show_beam(geometry, self._marks(), reason is not None, self._from_normal)
            self.beam.refresh(geometry)
        elif has_electrons:
            self.electrons.refresh(geometry)
        else:
            self._no_beam.setText(_without_beam(geometry))
        self.normal.refresh(geometry, structure)
        self.average.refresh(geometry)
        self.frames.refresh(geometry, structure)

    def told(self) -> str:
        """Why the experiment changes no spectrum; empty where it does."""
        return self._told.text()

    @property
    def _from_normal(self) -> bool:
        return self.context.settings.angle_from_normal

    def _marks(self) -> Marks:
        structure = self.workspace.structure
        if structure is None:
            return Marks()
        wanted = "abc" if structure.is_periodic else "xyz"
        named = named_directions(structure)
        return Marks(tuple((name, tuple(named[name].tolist())) for name in wanted if name in named))

    # ---- from the user ----

    def _picture_turned(self, geometry: PolarisedBeam, phase: str) -> None:
        if phase == "begin":
            self._gesture = self.workspace.begin_gesture()
        elif phase == "move":
            self.workspace.set_geometry(geometry, self._gesture, "turn beam")
            grey = isotropic_reason(self.workspace.shown) is not None
            self.picture.show_beam(geometry, self._marks(), grey, self._from_normal)
        elif phase == "cancel":
            self.workspace.take_back(self._gesture)


def _without_beam(geometry: Geometry) -> str:
    if not geometry.uses:
        return "A powder looks the same from everywhere."
    return f"“{geometry.title}” is set by its arrow alone, without a beam on the surface."
