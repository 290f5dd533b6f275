"""Small pictures of two curves: predicted over reference with axes, and known noise on a spectrum without."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.appearance.theme import colours, small_font
from xanesview.gui.plot.axes import NumberAxis, colour_axes, make_still_plot, title_axis
from xanesview.gui.plot.curve_layer import CurveLayer
from xanesview.gui.plot.curve_style import CurveStyle
from xanesview.gui.plot.pointer import PlotView
from xanesview.shown.curve import Curve
from xanesview.texts import told, tr

_AXIS_WIDTH_PX = 40
_REFERENCE_DASH = (4.5, 2.5)
_ROOM = 0.08  # of the height above and below the curves


class Overlay(QWidget):
    """A predicted curve over its reference; a double click asks to open what it belongs to."""

    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("overlay")
        self._curves: list[Curve] = []
        self._titles: tuple[str, ...] = ("Energy (eV)",)
        self._view = PlotView(self)
        self._view.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        left = NumberAxis("left")
        left.setTickDensity(1.2)
        self._plot = make_still_plot(left, _AXIS_WIDTH_PX, right_margin_px=14)
        self._layer = CurveLayer()
        self._plot.addItem(self._layer)
        self._view.addItem(self._plot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._view)
        self.apply_theme()

    def set_curves(
        self, energy_ev: np.ndarray, predicted: np.ndarray, reference: np.ndarray, titles: tuple[str, ...]
    ) -> None:
        """Show a prediction and its reference (E,); titles of the energy axis in falling length."""
        self._curves = [
            Curve("reference", energy_ev, reference, "reference", "computed"),
            Curve("predicted", energy_ev, predicted, "predicted", "site"),
        ]
        self._titles = titles
        low, high = min(0.0, reference.min(), predicted.min()), max(reference.max(), predicted.max())
        room = _ROOM * (high - low or 1.0)
        self._plot.getViewBox().setRange(
            xRange=(float(energy_ev[0]), float(energy_ev[-1])), yRange=(low - room, high + room), padding=0
        )
        self._show()

    def curves(self) -> list[Curve]:
        """Return the curves that are shown, the reference first."""
        return list(self._curves)

    def apply_theme(self) -> None:
        """Follow the palette."""
        self._view.resetCachedContent()
        colour_axes(self._plot, colours(self))
        self._show()

    def _show(self) -> None:
        scheme = colours(self)
        styles = [CurveStyle(scheme.measured, 1.2, _REFERENCE_DASH), CurveStyle(scheme.curve(0), 1.8, depth=1)]
        self._layer.set_curves(self._curves, styles[: len(self._curves)])
        title_axis(self._plot.getAxis("bottom"), scheme, *self._titles)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask to open what the curves belong to."""
        self.opened.emit()


class NoisePicture(QWidget):
    """A spectrum and the same with noise, as a picture with a caption below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Spectrum with noise"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(64, 72)
        self.caption = ""
        self._curve, self._noisy = np.zeros(0), np.zeros(0)

    def sizeHint(self) -> QSize:
        """As wide as four beside each other want to be."""
        return QSize(150, 140)

    def set_curves(self, curve: np.ndarray, noisy: np.ndarray, caption: str) -> None:
        """Show a spectrum (E,) and a noisy one on the same even grid."""
        self._curve, self._noisy, self.caption = np.asarray(curve), np.asarray(noisy), told(caption)
        self.setAccessibleName(self.caption)
        self.setToolTip(plain(told("White noise of this mean square error on a reference spectrum (the smooth line)")))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw both curves and the caption."""
        if not len(self._curve):
            return
        scheme = colours(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setFont(small_font())
        text_height = painter.fontMetrics().height() + 4
        height = self.height() - text_height
        both = np.concatenate([self._curve, self._noisy])
        low, span = float(both.min()), float(np.ptp(both)) or 1.0
        for values, colour, width in ((self._noisy, scheme.curve(1), 1.0), (self._curve, scheme.measured, 1.4)):
            x = np.linspace(4, self.width() - 4, len(values))
            y = 4 + (height - 8) * (1.0 - (values - low) / span)
            painter.setPen(QPen(QColor(colour), width))
            painter.drawPolyline(QPolygonF([QPointF(a, b) for a, b in zip(x, y, strict=True)]))
        painter.setPen(QPen(QColor(scheme.border), 1.0))
        painter.drawLine(4, height - 1, self.width() - 4, height - 1)
        painter.setPen(QColor(scheme.muted))
        caption = painter.fontMetrics().elidedText(self.caption, Qt.TextElideMode.ElideRight, self.width())
        place = self.rect().adjusted(0, height, 0, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, caption)
        painter.end()
