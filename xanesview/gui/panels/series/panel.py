"""The Series panel: spectra over an angle as curves, map, dichroism and polar plot, and the axes of a peak."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from xanesview.domain.orientation.angle_series import colour_range
from xanesview.domain.orientation.varied import varied_of
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.choice import Choice
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.theme import icon, small_font
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.flow_layout import FlowLayout
from xanesview.gui.panels.panel import Panel
from xanesview.gui.panels.series.contents import FROM_NORMAL, axes_text, measured_curves, polar_at, remarks
from xanesview.gui.panels.typed_field import TypedField
from xanesview.gui.plot.angle_picture import CURVES, DIFFERENCE, MAP, AngleCurves, AnglePicture
from xanesview.gui.plot.header import Elided
from xanesview.gui.plot.polar_plot import PolarPlot
from xanesview.shown import names
from xanesview.shown.angles import WholeTurn, anisotropy_shown, dichroism_shown, predicted_series

if TYPE_CHECKING:
    from xanesview.domain.orientation.angle_series import AngleSeries
    from xanesview.domain.orientation.varied import Varied
    from xanesview.shown.angles import MeasuredSeries

POLAR = "polar"
_PARTS = (
    (CURVES, "Curves", "Curves coloured by the angle; measured series dotted in the same colours"),
    (MAP, "Map", "Intensity over energy and angle"),
    (DIFFERENCE, "I∥ − I⊥", "Dichroism: the field along the normal less across it"),
    (POLAR, "Polar", "Intensity against the angle at the energy under the pointer, else at the newest pinned one"),
)
_ANGLES_TIP = "Angles as from:to:step, such as 0:90:10, or a list, such as 20,55,90"

_LEAST_PICTURE_PX = 150


class SeriesPanel(Panel):
    """Draws the series that is set, at the present geometry; computes only while it is seen."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self.setObjectName("series")
        self.study = self.workspace.angles
        self.series: AngleSeries | None = None
        self.measured: MeasuredSeries | None = None
        self._turn: WholeTurn | None = None
        self._seen = False
        self._make_controls()
        self._arrange()
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.refresh)
        workspace = self.workspace
        for signal in (
            workspace.structure_changed, workspace.selection_changed, workspace.geometry_changed,
            workspace.prediction_changed, workspace.references_changed, workspace.network_changed,
            workspace.angles_changed, workspace.broadening_changed, workspace.drawing_changed,
        ):  # fmt: skip
            signal.connect(self._later.start)
        workspace.cursor.changed.connect(self._follow_cursor)
        self.study.watched_changed.connect(self._tell_peak)
        self.refresh()

    # ---- building ----

    def _make_controls(self) -> None:
        self.varied = Choice(objectName="series-varied", toolTip="Which angle the series goes over")
        self.varied.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.varied.activated.connect(self._choose)
        self.angles = TypedField(objectName="series-angles")
        self.angles.setAccessibleName("Angles of the series")
        self.angles.setFixedWidth(84)
        self.angles.editingFinished.connect(self._angles_typed)
        self.angles.returnPressed.connect(self._angles_entered)
        self.as_measured = QToolButton(text="As measured", objectName="series-measured")
        self.as_measured.setToolTip("Take the angles of the measured series")
        self.as_measured.clicked.connect(self._take_measured)
        self.parts: dict[str, QToolButton] = {}
        self._choice = QButtonGroup(self)
        for key, word, tip in _PARTS:
            button = QToolButton(text=word, checkable=True, toolTip=plain(tip), objectName=f"series-{key}")
            button.clicked.connect(lambda _checked=False, k=key: self.show_part(k))
            self._choice.addButton(button)
            self.parts[key] = button
        self.parts[CURVES].setChecked(True)
        self.peak = QToolButton(text="Peak", checkable=True, objectName="series-peak")
        self.peak.setToolTip("Tell the axes of a peak in a window that is dragged on the spectrum, not at one energy")
        self.peak.toggled.connect(lambda on: self.study.watch("series", on and self._seen))
        self.peak.toggled.connect(self._tell_peak)
        self.export = QToolButton(objectName="series-export")
        self.export.setIcon(icon("export", self))
        self.export.setAccessibleName("Export the series")
        self.export.setToolTip("Save the series: numbers (CSV, HDF5) or a figure (SVG, PDF, PNG)")
        self.export.clicked.connect(self.study.export_wanted)
        self.picture, self.polar = AnglePicture(), PolarPlot()
        self.picture.pointed.connect(self.workspace.cursor.point)
        self._empty = Label(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter, objectName="series-empty")
        self._empty.setProperty("muted", True)
        self.note = Elided(objectName="series-note")
        self.note.setProperty("muted", True)
        self.note.setFont(small_font())
        self.note.setMinimumWidth(60)

    def _arrange(self) -> None:
        head = QWidget()
        row = FlowLayout(head)
        for widget in (
            self.varied, self.angles, self.as_measured, *self.parts.values(), self.peak, self.export
        ):  # fmt: skip
            row.addWidget(widget)
        self._stack = QStackedWidget()
        # as high as there is room: what it would like must not make the panel scroll, but what can be read
        self._stack.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._stack.setMinimumHeight(_LEAST_PICTURE_PX)
        for page in (self.picture, self.polar, self._empty):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, SPACING // 2, SPACING, SPACING // 2)
        column.setSpacing(SPACING // 2)
        column.addWidget(head)
        column.addWidget(self._stack, 1)
        column.addWidget(self.note)

    # ---- following ----

    def set_seen(self, seen: bool) -> None:
        """Draw when the panel is seen."""
        self._seen = seen
        self.study.watch("series", seen and self.peak.isChecked())
        self.workspace.cursor.watch("series", seen)
        if seen:
            self.refresh()

    def apply_theme(self) -> None:
        """Take the colours of the palette now in force."""
        self.picture.apply_theme()
        self.polar.update()
        self.export.setIcon(icon("export", self))

    def stop(self) -> None:
        """The window closes."""
        self._later.stop()

    @property
    def part(self) -> str:
        """What is shown: curves, map, dichroism or polar."""
        return next(key for key, button in self.parts.items() if button.isChecked())

    def refresh(self) -> None:
        """Draw the series anew, or say why there is none."""
        self._later.stop()
        if not self._seen:
            return
        shown, varied = self.workspace.shown, self.study.varied
        self.measured = self.study.measured
        self._fill_controls(varied)
        problem = self._problem(varied)
        self.series = None
        if not problem:
            try:
                self.series = predicted_series(shown, varied, self.study.angles)
            except XanesviewError as error:  # an angle that this experiment can't have
                problem = f"{error.message}\n{error.hint}".strip()
        if self.series is None:
            self._turn = None
            self._empty.setText(problem)
            self._stack.setCurrentWidget(self._empty)
            self._write_note()
            return
        self._turn = WholeTurn.of(shown, varied)
        difference = dichroism_shown(shown) if shown.session.geometry.name != "elnes" else None
        self.picture.set_data(AngleCurves(
            self.series.energy_ev, self.series.angles, self.series.intensities, self._ends(),
            f"{self.series.name} ({self.series.unit})", names.energy_title(shown),
            f"{shown.session.geometry.quantity} ({self.series.spectra[0].unit})", self._measured_curves(),
            None if difference is None else difference.intensity,
        ))  # fmt: skip
        self._show_part()

    def _problem(self, varied: Varied | None) -> str:
        shown = self.workspace.shown
        if shown.structure is None:
            return "Spectra over an angle appear here.\nOpen a structure and pick an atom."
        if shown.look is None:
            return "There is no prediction of the picked sites yet."
        if shown.gives == "isotropic":
            return "This network is isotropic: every angle gives the same curve."
        if varied is None:
            word = type(shown.session.geometry).title.lower()
            return f"With the light “{word}” no angle changes the curve.\nChoose linear light under the 3D view."
        return ""

    def _ends(self) -> tuple[float, float]:
        measured = () if not self._measured_fits() else self.measured.angles_deg
        return colour_range(np.concatenate([self.series.angles, measured]))

    def _measured_fits(self) -> bool:
        """Whether the measured angles are those that the series goes over."""
        return self.measured is not None and self.study.varied.key in FROM_NORMAL

    def _measured_curves(self) -> list[tuple[float, np.ndarray, np.ndarray]]:
        return measured_curves(self.measured if self._measured_fits() else None)

    def _fill_controls(self, varied: Varied | None) -> None:
        offered = varied_of(self.workspace.geometry)
        with QSignalBlocker(self.varied):
            if [self.varied.itemData(k) for k in range(self.varied.count())] != [one.key for one in offered]:
                self.varied.clear()
                for one in offered:
                    self.varied.addItem(one.name, one.key)
            self.varied.setCurrentIndex(-1 if varied is None else self.varied.findData(varied.key))
        for widget in (self.varied, self.angles, self.export, *self.parts.values()):
            widget.setEnabled(varied is not None)
        electrons = self.workspace.geometry.name == "elnes"
        self.parts[DIFFERENCE].setEnabled(varied is not None and not electrons)
        if electrons and self.part == DIFFERENCE:
            self.parts[CURVES].setChecked(True)
        self.as_measured.setVisible(self._measured_fits() if varied is not None else False)
        if not (self.angles.hasFocus() and self.angles.isModified()):
            self.angles.setText(self.study.study.angles)
            self._mark("")

    # ---- what is shown of it ----

    def show_part(self, part: str) -> None:
        """Show curves, map, dichroism or polar plot."""
        self.parts[part].setChecked(True)
        self.refresh()

    def _show_part(self) -> None:
        part = self.part
        if part == POLAR:
            self._stack.setCurrentWidget(self.polar)
        else:
            self.picture.set_part(part)
            self._stack.setCurrentWidget(self.picture)
        self._follow_cursor()

    @property
    def energy_ev(self) -> float | None:
        """The energy that is looked at: the cursor's, else that of the highest point."""
        if self.series is None:
            return None
        cursor, energy = self.workspace.cursor.energy_ev, self.series.energy_ev
        if cursor is None:
            return float(energy[int(np.argmax(self.workspace.shown.look.isotropic))])
        return float(np.clip(cursor, energy[0], energy[-1]))

    def _follow_cursor(self) -> None:
        if not self._seen or self.series is None:
            return
        energy = self.energy_ev
        self.picture.set_cursor_ev(energy)
        if self.part == POLAR:
            self._draw_polar(energy)
        self._tell_peak()

    def _draw_polar(self, energy_ev: float) -> None:
        varied, ends = self.study.varied, self._ends()
        if self._turn is None:
            self.polar.set_polar(None)
            self._empty.setText(f"A {varied.name} is no direction, so it has no polar plot.")
            self._stack.setCurrentWidget(self._empty)
            return
        shown, measured = self.workspace.shown, self._measured_curves()
        self.polar.set_polar(polar_at(shown, varied, self._turn, self.series, measured, ends, energy_ev))

    def _tell_peak(self) -> None:
        """Write principal axes and anisotropy at the cursor or in the window of the peak."""
        if self.series is not None and self._seen:
            self._write_note()

    def _write_note(self) -> None:
        text = "" if self.series is None else self._axes_text()
        self.note.setToolTip(plain(text.replace("; ", "\n")))
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def text(self) -> str:
        """Return the note in full."""
        return "" if self.series is None else self._axes_text()

    def _axes_text(self) -> str:
        window = self.study.window_ev if self.peak.isChecked() else None
        low, high = (self.energy_ev, self.energy_ev) if window is None else window
        found = anisotropy_shown(self.workspace.shown, low, high)
        if found is None:
            return "The window of the peak lies outside the prediction."
        words = [f"{low:.2f} eV" if low == high else f"{low:.2f}–{high:.2f} eV", axes_text(found)]
        step = self.picture.drawn().step if self.part == CURVES else 1
        words = [*remarks(self.workspace.shown, self.study.varied, step), *words]  # first: an end may be cut off
        return "; ".join(words).replace("-", "−")

    # ---- from the user ----

    def _choose(self, _row: int) -> None:
        self.study.change("choose an angle", varied=self.varied.currentData())

    def _angles_typed(self) -> None:
        if not self.angles.isModified():
            return
        try:
            self.study.change("choose angles", angles=self.angles.text().strip().replace("−", "-"))
        except XanesviewError as error:
            self._mark(f"{error.message} {error.hint}".strip())
            return
        self.angles.setModified(False)
        self.refresh()

    def _angles_entered(self) -> None:
        self._angles_typed()
        if not self.angles.property("invalid"):
            self.give_keyboard_back()

    def _take_measured(self) -> None:
        self.angles.setModified(False)
        unique = np.unique(self.measured.angles_deg)
        self.study.change("take the measured angles", angles=",".join(f"{angle:g}" for angle in unique))

    def _mark(self, problem: str) -> None:
        self.angles.mark(problem, _ANGLES_TIP)
