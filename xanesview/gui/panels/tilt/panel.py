"""The Tilt panel: a measured series, the tilt of an orbital, and the orientation of the whole prediction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from xanesview.domain.counts import percent
from xanesview.domain.geometry.dichroism import DICHROIC_RATIO_CONVENTION
from xanesview.domain.geometry.geometry import parse_degree
from xanesview.domain.orientation.angle_series import colour_range
from xanesview.domain.orientation.peak_background import BACKGROUNDS
from xanesview.domain.orientation.peak_intensity import MEASURES
from xanesview.domain.processing.undetermined import share_left
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.choice import Choice
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.theme import colours, small_font
from xanesview.gui.dialogs.fit_details import fit_summary, poor_head
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.flow_row import FlowRow
from xanesview.gui.panels.number_field import NumberField
from xanesview.gui.panels.panel import Panel
from xanesview.gui.panels.tilt.steps import TiltSteps
from xanesview.gui.panels.tilt.table import AngleTable
from xanesview.gui.panels.tilt.told import Told
from xanesview.gui.plot.overlays import BusyLine
from xanesview.gui.plot.tilt_plot import TiltPlot
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.domain.orientation.orientation_fit import OrientationFit

EMPTY_TEXT = (
    "How orbitals and molecules are tilted in a film, from spectra at several angles.\n"
    "Drop them on the window together (film_20deg.dat, film_55deg.dat …), or a table of a column an angle."
)
_BODY_PX, _AT_REST_MS = 96, 150
_LINES = 2  # that are kept for what is told of the tilt, before it is there
_MEASURE_WORDS = {"area": "Area", "height": "Height", "fit": "Peak fit"}
_BACKGROUND_WORDS = {"step": "less step", "line": "less line", "none": "as it is"}
_BACKGROUND_TIP = "What is taken off the area or height first: what an edge brings into the window passes for a tilt"
_ORBITALS = {"vector": "Vector", "plane": "Plane"}
_ORBITAL_TIP = "Vector: π*, or σ* along a bond; its tilt is that of the vector. Plane: σ* of a ring, that of its normal"
_ORDER_TIP = "Order parameter S = ⟨P₂⟩ of the molecules: 1, all alike, or fitted with the orientation"


class TiltPanel(Panel):
    """While it is seen, the window of the resonance stands on the plot and the tilt follows it."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self.setObjectName("tilt")
        self.angles, self.fitting = self.workspace.angles, self.workspace.tilts
        self._sphere_of: object = None
        self._seen = False
        self._make_controls()
        self._arrange()
        workspace = self.workspace
        for signal in (
            workspace.references_changed, workspace.angles_changed, workspace.prediction_changed,
            workspace.structure_changed, workspace.network_changed, self.fitting.changed, workspace.fitting.changed,
        ):  # fmt: skip
            signal.connect(self.refresh)
        self._turned_later = QTimer(self, singleShot=True, interval=_AT_REST_MS)  # not at each move of the arrow
        self._turned_later.timeout.connect(self._show_orientation)
        workspace.geometry_changed.connect(self._turned_later.start)
        self.refresh()

    # ---- building ----

    def _make_controls(self) -> None:
        self.table = AngleTable(self.workspace.begin_gesture, self)
        self.table.changed.connect(self._set_angle)
        self.table.entered.connect(self.give_keyboard_back)
        self.measure = _choice("tilt-measure", _MEASURE_WORDS, "How the resonance is measured in the window")
        for k, key in enumerate(_MEASURE_WORDS):
            self.measure.setItemData(k, tr(MEASURES[key]), Qt.ItemDataRole.ToolTipRole)
        self.measure.activated.connect(lambda _k: self._change("measure", self.measure.currentData()))
        self.background = _choice("tilt-background", _BACKGROUND_WORDS, _BACKGROUND_TIP)
        for k, key in enumerate(_BACKGROUND_WORDS):
            self.background.setItemData(k, tr(BACKGROUNDS[key].capitalize()), Qt.ItemDataRole.ToolTipRole)
        self.background.activated.connect(lambda _k: self._change("background", self.background.currentData()))
        self.orbital = _choice("tilt-orbital", _ORBITALS, _ORBITAL_TIP)
        self.orbital.activated.connect(lambda _k: self._change("orbital", self.orbital.currentData()))
        self.degree = NumberField(
            "tilt-degree", parse_degree, lambda p: f"P {p:.2f}", 0.05, (0.0, 1.0), self.workspace.begin_gesture,
        )  # fmt: skip
        self.degree.set_tip("Degree of polarisation P of the measurement; wheel 0.05, with Shift 0.005")
        self.degree.setFixedWidth(62)
        self.degree.edited.connect(lambda value, gesture: self._change("degree", value, gesture))
        self.degree.entered.connect(self.give_keyboard_back)
        self.turn_over = QToolButton(text="90° − θ", objectName="tilt-turn-over")
        self.turn_over.setToolTip("The angles count from the other side: take 90° − θ for all of them")
        self.turn_over.clicked.connect(self.angles.turn_angles_over)
        self.order = _choice("tilt-order", {1.0: "S = 1", None: "S free"}, _ORDER_TIP)
        self.order.activated.connect(lambda _k: self._change("order", self.order.currentData()))
        self.steps = TiltSteps(self.order)
        self.whole, self.turn, self.fit_series = self.steps.whole, self.steps.turn, self.steps.fit_series
        self.whole.clicked.connect(self._whole_clicked)
        self.turn.clicked.connect(self._turn_clicked)
        self.fit_series.clicked.connect(lambda: self.workspace.fitting.fit_series(self.angles.chosen))
        self.steps.figure.clicked.connect(lambda: self.context.make_figure())
        self.plot = TiltPlot()
        self._busy = BusyLine(self)
        self.result = Label(objectName="tilt-result")
        self.result.setProperty("heading", True)
        self.details = Told(_LINES, objectName="tilt-details")
        self.orientation = Told(objectName="tilt-orientation")
        self.series_fit = Told(objectName="tilt-series-fit")
        for label in (self.details, self.orientation, self.series_fit):
            label.setProperty("muted", True)
            label.setFont(small_font())
        at_top = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop  # further down it would be out of sight
        self._empty = Label(EMPTY_TEXT, wordWrap=True, alignment=at_top, objectName="tilt-empty")
        self._empty.setProperty("muted", True)
        self._problem = Label(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter, objectName="tilt-problem")
        self._problem.setProperty("muted", True)

    def _arrange(self) -> None:
        head = FlowRow(self.measure, self.background, self.orbital, self.degree, self.turn_over)
        self._picture = QStackedWidget()
        self._picture.addWidget(self.plot)
        self._picture.addWidget(self._problem)
        body = QWidget()
        body.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        body.setMinimumHeight(_BODY_PX)  # what is told stands above it, and is seen first where there is little room
        beside = QHBoxLayout(body)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(SPACING)
        beside.addWidget(self.table, 1)
        beside.addWidget(self._picture, 1)
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        told = QWidget()
        line = QHBoxLayout(told)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.result)
        line.addWidget(self.details, 1)
        # the steps first: what is told changes its height, and no button may go from under the pointer
        for widget, stretch in ((head, 0), (self.steps, 0), (self._busy, 0), (told, 0), (self.orientation, 0),
                                (self.series_fit, 0), (body, 1)):  # fmt: skip
            column.addWidget(widget, stretch)
        self._stack = QStackedWidget()
        self._stack.addWidget(shown)
        self._stack.addWidget(self._empty)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACING, SPACING // 2, SPACING, SPACING // 2)
        outer.addWidget(self._stack)

    # ---- following ----

    def set_seen(self, seen: bool) -> None:
        """Show the window of the resonance and follow it, or no longer."""
        self.angles.watch("tilt", seen and self.angles.measured is not None)
        self._seen = seen
        self.fitting.set_watched(seen)
        self.refresh()

    def apply_theme(self) -> None:
        """Take the colours of the palette now in force."""
        self.plot.apply_theme()
        self._sphere_of = None
        self._show_sphere()

    def refresh(self) -> None:
        """Show series, settings and results."""
        measured, study = self.angles.measured, self.angles.study
        self.angles.watch("tilt", self._seen and measured is not None)
        self._stack.setCurrentIndex(1 if measured is None else 0)
        self._show_sphere()
        self._show_orientation()
        self._show_series_fit()
        if measured is None:
            return
        self.table.show_series(measured.places, measured.angles_deg, [one.label for one in measured.spectra])
        self.background.setVisible(study.measure != "fit")
        for box, value in (
            (self.measure, study.measure), (self.background, study.background), (self.orbital, study.orbital)
        ):  # fmt: skip
            with QSignalBlocker(box):
                box.setCurrentIndex(box.findData(value))
        with QSignalBlocker(self.order):
            self.order.setCurrentIndex(1 if study.order is None else 0)
        self.degree.set_value(study.degree)
        self._show_tilt()

    def _show_tilt(self) -> None:
        found, series = self.fitting.tilt, self.fitting.series
        if found is None:
            self.table.show_intensities(None, None)
            self._problem.setText(self.fitting.problem)
            self._picture.setCurrentWidget(self._problem)
            self._tell("no tilt" if self.fitting.problem else "tilt …")
            self._say(self.details, "")
            return
        fit, peaks = found.fit, found.peaks
        low, high = colour_range(fit.theta_deg)
        area = "" if peaks.how == "height" else " × eV"
        self.plot.set_fit(fit, (fit.theta_deg - low) / (high - low), f"{series.spectra[0].unit}{area}")
        self._picture.setCurrentWidget(self.plot)
        self.table.show_intensities(peaks.values, fit.curve(fit.theta_deg))
        self._tell(f"tilt {fit.text()}   R {fit.ratio:+.3f}".replace("-", "−"))
        words = [f"of this peak alone: {fit.orbital} orbital, {peaks.window_ev[0]:.2f} to {peaks.window_ev[1]:.2f} eV"]
        if peaks.centre_ev is not None:
            words.append(f"at {peaks.centre_ev:.2f} eV")
        if peaks.fwhm_ev is not None:
            words.append(f"FWHM {peaks.fwhm_ev:.2f} eV")
        words.append(peaks.background)
        if len(fit.theta_deg) == 2:
            words.append("two angles: the error is that of the noise alone")
        if fit.is_beyond:
            words.append(f"no tilt gives such intensities (cos² = {fit.squared_cosine:.2f}); the nearest is given")
        self._say(self.details, ", ".join(words).replace("-", "−"))

    def _show_orientation(self) -> None:
        busy, found = self.fitting.is_busy, self.fitting.orientation
        stands_deg = self.fitting.standing_deg if found is None else None
        is_turned = self.fitting.is_turned if stands_deg is None else True
        self._busy.set_busy(busy)
        self.steps.show_state(
            has_prediction=self.workspace.shown.look is not None, is_busy=busy, is_found=found is not None,
            is_turned=is_turned, is_fitted=self._series_held and not self.workspace.fitting.is_stale,
            is_fitting=self.workspace.fitting.is_busy,
        )  # fmt: skip
        text = "" if found is None else orientation_text(found.fit)
        if found is not None and is_turned:
            text += "; the molecule stands at this tilt"
        elif stands_deg is not None:
            text = f"as set in Geometry, the molecule stands at a tilt of {stands_deg:.1f}°"
        self._say(self.orientation, "Fitting the orientation…" if busy else text)

    @property
    def _series_held(self) -> bool:
        """Whether the last fit was one of a series, and the curves still have its steps."""
        report, references = self.workspace.fitting.report, self.workspace.session.references
        held = report is not None and len(report.fit.curves) > 1 and report.subject.which < len(references)
        return held and references[report.subject.which].steps[-len(report.steps) :] == report.steps

    def _show_series_fit(self) -> None:
        """Say what *Fit series* found, as long as the curves have its steps."""
        fitting = self.workspace.fitting
        report = fitting.report
        if not self._series_held:
            self._say(self.series_fit, "")
            return
        head = "out of date, fit again: " if fitting.is_stale else in_a_sentence(poor_head(report.fit))
        worst = max(one.scores.r_factor for one in report.fit.curves)
        quality = f" (R at most {100 * worst:.2g} %, {100 * share_left(report.fit):.0f} % unexplained)"
        quality = "" if head else quality
        self._say(self.series_fit, f"series of {len(report.fit.curves)}{quality}: {head}{fit_summary(report.fit)}")

    def _tell(self, text: str) -> None:
        self.result.setText(text)
        self.result.setVisible(bool(text))
        self.result.setToolTip(plain(DICHROIC_RATIO_CONVENTION))

    def _say(self, label: Label, text: str) -> None:
        label.setVisible(bool(text) or label is self.details)  # whose lines are kept
        label.setToolTip(plain(text))
        label.setText(text)

    def _show_sphere(self) -> None:
        """Show in the 3D view where the normal may point, while the orientation is of what is shown there."""
        view, found = self.context.view(), self.fitting.orientation
        if view is None or (self._seen and found is self._sphere_of and found is not None):
            return
        if found is None or not self._seen or found.structure is not view.structure:
            view.set_confidence(None)
            self._sphere_of = None
            return
        from xanesview.domain.orientation.orientation_fit import LEVELS
        from xanesview.drawing3d.confidence import ConfidenceSphere

        fit, self._sphere_of = found.fit, found
        view.set_confidence(ConfidenceSphere.of(fit.rise, fit.normal, LEVELS, colours(self).control))

    # ---- from the user ----

    def _change(self, name: str, value: object, gesture: int | None = None) -> None:
        try:
            self.angles.change(f"choose {name}", gesture, **{name: value})
        except XanesviewError:  # fields refuse what can't be before it comes here
            self.refresh()

    def _set_angle(self, place: int, angle_deg: float, gesture: int | None) -> None:
        self.angles.set_angle(place, angle_deg, gesture)

    def _whole_clicked(self) -> None:
        if self.fitting.is_busy:
            self.fitting.cancel()
        else:
            self.fitting.fit_orientation()

    def _turn_clicked(self) -> None:
        found, view = self.fitting.orientation, self.context.view()
        self.fitting.turn_to_best()
        if found is not None and view is not None and view.structure is found.structure:
            view.stand_on(found.fit.normal, found.fit.axis)


def orientation_text(fit: OrientationFit) -> str:
    """Return an orientation in words."""
    order = f", order {fit.order:.2f} (fitted)" if fit.is_order_free else ""
    much = f"much unexplained ({100 * fit.share_left:.0f} %), " if fit.leaves_much else ""
    return (
        f"{much}whole prediction: tilt {fit.text()} ({fit.tilt_range_text()} within two errors), "
        f"azimuth {fit.azimuth_text()}{order}, "
        f"prediction shifted {fit.shift_ev:+.2f} eV{' (the most tried: not to be trusted)' * fit.is_shift_at_end}, "
        f"width added {fit.fwhm_ev:.2f} eV{' (the most tried: not to be trusted)' * fit.is_width_at_end}, "
        f"R {percent(fit.r_factor)}"
    ).replace("-", "−")


def in_a_sentence(head: str) -> str:
    """Return words that began a sentence as they stand within one."""
    return head[:1].lower() + head[1:]


def _choice(name: str, words: dict, tip: str) -> QComboBox:
    box = Choice(objectName=name, toolTip=plain(tip))
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    box.setMinimumContentsLength(max(map(len, words.values())) + 1)  # measured by an X: signs can be wider than hinted
    for key, word in words.items():
        box.addItem(word, key)
    return box
