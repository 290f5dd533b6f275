"""Spectra over an angle: curves coloured by it, a map of angle and energy, or their dichroism, beside a scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.appearance.theme import colours, small_font
from xanesview.gui.plot.axes import colour_axes, make_plot, title_axis
from xanesview.gui.plot.curve_layer import CurveLayer
from xanesview.gui.plot.curve_style import CurveStyle
from xanesview.io.figures.angle_ramp import angle_colour, intensity_colours
from xanesview.shown.curve import Curve
from xanesview.texts import tr

CURVES, MAP, DIFFERENCE = "curves", "map", "dichroism"
MOST_CURVES = 91
"""Of more angles every so many is drawn as a curve; the map has them all."""
_MAP_ROWS = 256
_BAR_PX, _LEFT_PX, _STRIPE_PX = 58, 6, 12
_WIDE_PX, _HIGH_PX = 180, 84


@dataclass(frozen=True, eq=False)
class AngleCurves:
    """What is drawn.

    Attributes
    ----------
    energy_ev : (E,) float
    angles : (A,) float
    intensities : (A, E) float
    ends : (float, float)
        Angles at the ends of the colours.
    angle_title, energy_titles, intensity_title
        Of the axes.
    measured : sequence of (angle, energies, intensities)
    difference : (E,) float or None
    steps : bool
        Whether the map has a stripe for each row and nothing between: what is drawn are things apart, not an angle.
    """

    energy_ev: np.ndarray
    angles: np.ndarray
    intensities: np.ndarray
    ends: tuple[float, float]
    angle_title: str
    energy_titles: tuple[str, ...]
    intensity_title: str
    measured: Sequence[tuple[float, np.ndarray, np.ndarray]] = ()
    difference: np.ndarray | None = None
    steps: bool = False

    @property
    def step(self) -> int:
        """Every how many angles a curve is drawn."""
        return -(-len(self.angles) // MOST_CURVES)

    def share(self, angle: float) -> float:
        """Return the place of an angle on the scale of colours, 0 to 1."""
        low, high = self.ends
        return (angle - low) / (high - low)


class AnglePicture(QWidget):
    """Draws `AngleCurves` in one of three ways; tells the energy under the pointer."""

    pointed = Signal(object)  # energy, eV; None when the pointer has gone

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(_WIDE_PX, _HIGH_PX)
        self.part = CURVES
        self._data: AngleCurves | None = None
        self._curves: list[tuple[Curve, CurveStyle]] = []
        self._is_zoomed = False
        self._view = pg.GraphicsView(background=None)
        self._view.setAccessibleName("Spectra over the angle")
        self._view.setFrameShape(self._view.Shape.NoFrame)
        self._plot = make_plot()
        self._view.setCentralItem(self._plot)
        box = self._plot.getViewBox()
        self._layer = CurveLayer()
        self._image = pg.ImageItem(axisOrder="row-major")
        self._image.setLookupTable(intensity_colours())
        self._image.setZValue(-10)
        self._cursor = pg.InfiniteLine(0.0, 90)
        self._cursor.hide()
        for item in (self._image, self._layer, self._cursor):
            box.addItem(item, ignoreBounds=True)
        self.bar = ScaleBar(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._view, 1)
        row.addWidget(self.bar)
        box.zoomed.connect(lambda: setattr(self, "_is_zoomed", True))
        self._view.scene().sigMouseMoved.connect(self._moved)
        self._view.scene().sigMouseClicked.connect(self._clicked)
        self.apply_theme()

    # ---- what is shown ----

    def set_data(self, data: AngleCurves | None) -> None:
        """Show a series; None shows nothing."""
        self._data = data
        self._draw()

    def set_part(self, part: str) -> None:
        """Show curves, the map or the dichroism."""
        if part != self.part:
            self.part, self._is_zoomed = part, False
            self._draw()

    def set_cursor_ev(self, energy_ev: float | None) -> None:
        """Mark the energy that is looked at."""
        self._cursor.setVisible(energy_ev is not None)
        if energy_ev is not None:
            self._cursor.setValue(energy_ev)

    def drawn(self) -> AngleCurves | None:
        """Return what is shown."""
        return self._data

    def drawn_curves(self) -> list[tuple[Curve, CurveStyle]]:
        """Return the curves as they are drawn, with their styles."""
        return list(self._curves)

    def apply_theme(self) -> None:
        """Take the colours of the palette now in force."""
        scheme = colours(self)
        self._view.resetCachedContent()
        colour_axes(self._plot, scheme)
        line = QPen(QColor(scheme.faint), 1.0)
        line.setCosmetic(True)
        self._cursor.setPen(line)
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "bar"):
            self.apply_theme()

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the pointer has gone."""
        super().leaveEvent(event)
        self.pointed.emit(None)

    # ---- drawing ----

    def _draw(self) -> None:
        data, scheme = self._data, colours(self)
        self._view.setVisible(data is not None)
        self.bar.setVisible(data is not None and self.part != DIFFERENCE)
        if data is None:
            return
        self._image.setVisible(self.part == MAP)
        self._layer.setVisible(self.part != MAP)
        self._layer.zero_line = scheme.border if self.part == DIFFERENCE else None
        if self.part == MAP:
            bounds = self._draw_map(data)
        else:
            bounds = self._draw_curves(data, scheme.dark, scheme.text)
        self._write_titles(data)
        if not self._is_zoomed:
            self._plot.setXRange(float(data.energy_ev[0]), float(data.energy_ev[-1]), padding=0.0)
            self._plot.setYRange(*bounds, padding=0.0)
        self._view.viewport().update()

    def _draw_curves(self, data: AngleCurves, dark: bool, ink: str) -> tuple[float, float]:
        curves, styles = [], []
        if self.part == DIFFERENCE:
            if data.difference is not None:
                curves.append(Curve("difference", data.energy_ev, data.difference, "I∥ − I⊥", "difference"))
                styles.append(CurveStyle(ink, 1.6))
        else:
            for k in range(0, len(data.angles), data.step):
                curves.append(Curve(f"angle-{k}", data.energy_ev, data.intensities[k], "", "current"))
                styles.append(CurveStyle(angle_colour(data.share(data.angles[k]), dark), 1.4, depth=1))
            for k, (angle, energy, intensity) in enumerate(data.measured):
                curves.append(Curve(f"measured-{k}", energy, intensity, "", "measured"))
                styles.append(CurveStyle(angle_colour(data.share(angle), dark), 1.3, dash=(1.2, 2.0), depth=2))
            self.bar.show_angles(data.ends, data.angle_title)
        self._curves = list(zip(curves, styles, strict=True))
        self._layer.set_curves(curves, styles)
        inside = [
            one.intensity[(one.energy_ev >= data.energy_ev[0]) & (one.energy_ev <= data.energy_ev[-1])]
            for one in curves
        ]
        values = np.concatenate([np.zeros(1), *inside])
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        room = 0.06 * ((high - low) or 1.0)
        return (low - room if low < 0.0 else 0.0), high + room

    def _draw_map(self, data: AngleCurves) -> tuple[float, float]:
        order = np.argsort(data.angles)
        angles, rows = data.angles[order], data.intensities[order]
        low, high = float(angles[0]), float(angles[-1])
        if data.steps or high == low:
            room = 0.5 * (high - low) / max(len(angles) - 1, 1) or 0.5
            low, high = low - room, high + room
        even_ev = np.linspace(data.energy_ev[0], data.energy_ev[-1], len(data.energy_ev))
        rows = np.array([np.interp(even_ev, data.energy_ev, row) for row in rows])
        wanted = np.linspace(low, high, _MAP_ROWS)
        after = np.clip(np.searchsorted(angles, wanted), 1, max(len(angles) - 1, 1))
        if data.steps:
            rows = rows[np.abs(wanted[:, None] - angles[None]).argmin(axis=1)]
        elif len(angles) > 1:
            gap = np.maximum(angles[after] - angles[after - 1], 1e-9)
            share = np.clip((wanted - angles[after - 1]) / gap, 0.0, 1.0)[:, None]
            rows = (1.0 - share) * rows[after - 1] + share * rows[after]
        least, most = min(0.0, float(np.nanmin(rows))), float(np.nanmax(rows)) or 1.0
        self._image.setImage(rows, autoLevels=False, levels=(least, most))
        self._image.setRect(QRectF(float(even_ev[0]), low, float(even_ev[-1] - even_ev[0]), high - low))
        self.bar.show_intensities((least, most), data.intensity_title)
        return low, high

    def _write_titles(self, data: AngleCurves) -> None:
        scheme = colours(self)
        short = data.intensity_title.partition(" (")[0]
        left = {
            CURVES: (data.intensity_title, short), MAP: (data.angle_title,), DIFFERENCE: ("I∥ − I⊥",),
        }[self.part]  # fmt: skip
        title_axis(self._plot.getAxis("bottom"), scheme, *data.energy_titles)
        title_axis(self._plot.getAxis("left"), scheme, *left)

    # ---- the pointer ----

    def _moved(self, at: QPointF) -> None:
        box = self._plot.getViewBox()
        if self._data is not None and box.sceneBoundingRect().contains(at):
            self.pointed.emit(float(box.mapSceneToView(at).x()))

    def _clicked(self, event: object) -> None:
        if event.double():
            self._is_zoomed = False
            self._draw()


class ScaleBar(QWidget):
    """The scale of colours beside a picture: its stripe, the numbers at its ends and between, its title."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Scale of colours"))
        self.setFixedWidth(_BAR_PX)
        self._ends, self._title, self._of_angles = (0.0, 1.0), "", True

    def show_angles(self, ends: tuple[float, float], title: str) -> None:
        """Show the colours of angles."""
        self._ends, self._title, self._of_angles = ends, title, True
        self._tell()

    def show_intensities(self, ends: tuple[float, float], title: str) -> None:
        """Show the colours of a map."""
        self._ends, self._title, self._of_angles = ends, title, False
        self._tell()

    def text(self) -> str:
        """Return what it says."""
        return f"{self._title}: {' to '.join(self.numbers(2))}"

    def numbers(self, n: int) -> list[str]:
        """Return the numbers at the stripe from its lower to its upper end, as many as asked for."""
        low, high = self._ends
        return [scale_number(low + k / (n - 1) * (high - low), high - low) for k in range(n)]

    def _tell(self) -> None:
        metrics = QFontMetricsF(small_font())
        widest = max(metrics.horizontalAdvance(f"{text}°") for text in self.numbers(3))
        self.setFixedWidth(max(_BAR_PX, math.ceil(_LEFT_PX + _STRIPE_PX + 6 + widest)))
        self.setToolTip(plain(self.text()))
        self.setAccessibleName(self.text())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw stripe and numbers."""
        scheme = colours(self)
        painter = QPainter(self)
        painter.setFont(small_font())
        height = painter.fontMetrics().height()
        stripe = QRectF(_LEFT_PX, 6.0 + height / 2, _STRIPE_PX, max(self.height() - 30.0 - height, 10.0))
        fill = QLinearGradient(stripe.bottomLeft(), stripe.topLeft())
        table = intensity_colours(11)
        for k in range(11):
            colour = QColor(angle_colour(k / 10, scheme.dark)) if self._of_angles else QColor(*map(int, table[k]))
            fill.setColorAt(k / 10, colour)
        painter.fillRect(stripe, fill)
        painter.setPen(QColor(scheme.muted))
        n = 3 if stripe.height() > 4 * height else 2
        for k, text in enumerate(self.numbers(n)):
            y = stripe.bottom() - k / (n - 1) * stripe.height()
            box = QRectF(stripe.right() + 4, y - height / 2, self.width() - stripe.right() - 4, height)
            unit = "°" if "(°)" in self._title and self._of_angles else ""
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text + unit)
        painter.end()


def scale_number(value: float, span: float) -> str:
    """Return a number of a scale with the decimals that its span needs (a hundredth of it), whole ones without."""
    if float(value).is_integer() and abs(value) < 1e5:
        text = f"{value:.0f}"
    elif 1e-2 <= span < 1e5:
        decimals = max(0, 2 - math.floor(math.log10(span)))
        text = f"{round(value, decimals) + 0.0:.{decimals}f}"
    else:
        mantissa, exponent = f"{value:.1e}".split("e")
        text = f"{mantissa}e{int(exponent)}"
    return text.replace("-", "−")
