"""How momentum along and across the electron beam mix: a bar, and the anisotropy over collection angles."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from xanesview.domain.geometry.momentum_transfer import (
    ElectronEnergyLoss,
    characteristic_angle_mrad,
    magic_collection_angle_mrad,
)
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.appearance.theme import colours, small_font
from xanesview.gui.panels.geometry.held import Held
from xanesview.texts import tr

_POINTS = 40
_BUDGET_S = 0.008  # of one turn of events; a detector beside the axis takes some milliseconds an angle
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 12, 8, 30
_HEIGHT_PX = 132


def round_ticks(end: float) -> list[float]:
    """Return three to six round numbers from 0 to an end, such as 0, 2, 4, 6."""
    power = 10.0 ** np.floor(np.log10(end))
    step = next(step for step in (0.2 * power, 0.5 * power, power, 2.0 * power) if end / step < 5.5)
    return [float(f"{k * step:.6g}") for k in range(int(end / step + 1e-9) + 1)]


class MixingBar(QWidget):
    """Shares of the momentum transfer along and across the beam; a mark at a third, where a powder is seen."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Shares along and across the beam"))
        self._parallel = 1.0 / 3.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(22)

    def show_share(self, parallel: float) -> None:
        """Show the share along the beam, 0 to 1."""
        self._parallel = parallel
        text = f"Momentum transfer: {100 * parallel:.0f} % along the beam, {100 - 100 * parallel:.0f} % across it"
        self.setToolTip(plain(f"{text}. The mark is a third, as of a powder: the magic angle"))
        self.setAccessibleName(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the two parts with their shares."""
        scheme, painter = colours(self), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small_font())
        rect = QRectF(self.rect()).adjusted(0.5, 1.5, -0.5, -1.5)
        at = rect.left() + self._parallel * rect.width()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(scheme.border))
        painter.drawRoundedRect(rect, 4, 4)
        along = QColor(scheme.control)
        along.setAlphaF(0.45)
        painter.setBrush(along)
        painter.drawRoundedRect(QRectF(rect.left(), rect.top(), at - rect.left(), rect.height()), 4, 4)
        third = rect.left() + rect.width() / 3.0
        painter.setPen(QPen(QColor(scheme.text), 1.2, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(third, rect.top() - 1), QPointF(third, rect.bottom() + 1))
        painter.setPen(QColor(scheme.text))
        for text, side in (
            (f" q∥ {100 * self._parallel:.0f} %", Qt.AlignmentFlag.AlignLeft),
            (f"q⊥ {100 - 100 * self._parallel:.0f} % ", Qt.AlignmentFlag.AlignRight),
        ):
            painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()


class CollectionPlot(Held):
    """Anisotropy (3w∥ − 1)/2 over the collection semi-angle, with the magic angle and the present one.

    The curve is computed in slices, a few angles a turn of events.

    Signals
    -------
    dragged(float, str)
        Collection semi-angle, mrad, that a drag leads to, and its phase: ``"begin"``, ``"move"``, ``"end"`` or
        ``"cancel"``.
    """

    dragged = Signal(float, str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("How much of the spectrum along the beam is collected, by angle"))
        self.setObjectName("collection-plot")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT_PX)
        self.setToolTip("Drag sideways to change the collection semi-angle β")
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self._experiment = ElectronEnergyLoss()
        self._shape: tuple[object, ...] = ()
        self.angles_mrad = np.zeros(0)
        self.anisotropy = np.zeros(0)
        self.magic_mrad: float | None = None
        self.no_magic = ""
        self._is_held = False
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._compute_more)

    def sizeHint(self) -> QSize:
        """As high as it is, and as wide as there is room."""
        return QSize(280, _HEIGHT_PX)

    @property
    def is_complete(self) -> bool:
        """Whether the whole curve is computed."""
        return bool(len(self.angles_mrad)) and not np.isnan(self.anisotropy).any()

    def show_experiment(self, experiment: ElectronEnergyLoss) -> None:
        """Mark another experiment; the curve is made anew where more than collection angle and direction differ."""
        self._experiment = experiment
        shape = (
            experiment.energy_loss_ev, experiment.beam_energy_kev, experiment.convergence_semi_angle_mrad,
            experiment.detector_offset_mrad, experiment.relativistic,
        )  # fmt: skip
        beyond = not len(self.angles_mrad) or experiment.collection_semi_angle_mrad > self.angles_mrad[-1]
        if shape != self._shape or (beyond and not self._is_held):
            self._shape = shape
            self._begin_curve()
        self.update()

    def stop(self) -> None:
        """Compute no more."""
        self._later.stop()

    def _begin_curve(self) -> None:
        experiment = self._experiment
        try:
            self.magic_mrad, self.no_magic = magic_collection_angle_mrad(experiment), ""
        except XanesviewError as error:
            self.magic_mrad, self.no_magic = None, f"{error.message} {error.hint}".strip()
        theta_e = characteristic_angle_mrad(
            experiment.energy_loss_ev, experiment.beam_energy_kev, experiment.relativistic
        )
        wide = (8.0 * theta_e, 1.3 * experiment.collection_semi_angle_mrad, 2.0 * (self.magic_mrad or 0.0))
        most = float(f"{max(wide):.1g}")
        most = most if most >= max(wide) else most + 10.0 ** np.floor(np.log10(most))
        self.angles_mrad = np.linspace(0.0, most, _POINTS + 1)[1:] ** 2 / most  # denser where the curve is steep
        self.anisotropy = np.full(_POINTS, np.nan)
        self._later.start()

    def _compute_more(self) -> None:
        until = time.perf_counter() + _BUDGET_S
        for k in np.flatnonzero(np.isnan(self.anisotropy)):
            one = replace(self._experiment, collection_semi_angle_mrad=float(self.angles_mrad[k]))
            self.anisotropy[k] = one.anisotropy
            if time.perf_counter() > until:
                break
        self.update()
        if not self.is_complete:
            self._later.start()

    # ---- dragging ----

    def angle_px(self, angle_mrad: float) -> float:
        """Return where a collection angle stands, in pixels from the left."""
        return _LEFT + angle_mrad / self.angles_mrad[-1] * (self.width() - _LEFT - _RIGHT)

    def _angle_at(self, x_px: float) -> float:
        share = (x_px - _LEFT) / max(self.width() - _LEFT - _RIGHT, 1)
        step = self.angles_mrad[-1] / 200.0
        return max(round(share * self.angles_mrad[-1] / step) * step, step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the present angle."""
        if event.button() == Qt.MouseButton.LeftButton and self.isEnabled():
            self._is_held = True
            self.dragged.emit(self._experiment.collection_semi_angle_mrad, "begin")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move it."""
        if self._is_held:
            share = min(event.position().x(), self.width() - _RIGHT)
            self.dragged.emit(self._angle_at(share), "move")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let it go."""
        if self._is_held and event.button() == Qt.MouseButton.LeftButton:
            self._is_held = False
            self.dragged.emit(self._experiment.collection_semi_angle_mrad, "end")

    @property
    def is_held(self) -> bool:
        """Whether the present angle is dragged."""
        return self._is_held

    def give_up(self) -> None:
        """Put the angle back to where it was."""
        self._is_held = False
        self.dragged.emit(self._experiment.collection_semi_angle_mrad, "cancel")

    # ---- drawing ----

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw axes, curve, magic angle and present angle."""
        if not len(self.angles_mrad):
            return
        scheme, painter = colours(self), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small_font())
        area = QRectF(_LEFT, _TOP, self.width() - _LEFT - _RIGHT, self.height() - _TOP - _BOTTOM)
        painter.fillRect(area, QColor(scheme.surface))
        self._draw_axes(painter, area, QColor(scheme.grid), QColor(scheme.muted))
        known = ~np.isnan(self.anisotropy)
        values = zip(self.angles_mrad[known].tolist(), self.anisotropy[known].tolist(), strict=True)
        painter.setPen(QPen(QColor(scheme.text), 1.6))
        painter.drawPolyline(QPolygonF([QPointF(self.angle_px(a), self._y(area, v)) for a, v in values]))
        if self.magic_mrad is not None and self.magic_mrad <= self.angles_mrad[-1]:
            x = self.angle_px(self.magic_mrad)
            painter.setPen(QPen(QColor(scheme.muted), 1.2, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.drawText(QPointF(x + 5, area.top() + 12), f"magic {self.magic_mrad:.3g} mrad")
        own = QPointF(
            self.angle_px(self._experiment.collection_semi_angle_mrad), self._y(area, self._experiment.anisotropy)
        )
        painter.setPen(QPen(QColor(scheme.accent), 1.4))
        painter.drawLine(QPointF(own.x(), area.top()), QPointF(own.x(), area.bottom()))
        painter.setBrush(QColor(scheme.accent))
        painter.drawEllipse(own, 4.0, 4.0)
        painter.end()

    @staticmethod
    def _y(area: QRectF, anisotropy: float) -> float:
        return area.bottom() - (anisotropy + 0.5) / 1.5 * area.height()

    def _draw_axes(self, painter: QPainter, area: QRectF, grid: QColor, text: QColor) -> None:
        for value, name in ((1.0, "1"), (0.0, "0"), (-0.5, "\N{MINUS SIGN}½")):
            y = self._y(area, value)
            painter.setPen(QPen(text if value == 0.0 else grid, 1.0))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(text)
            box = QRectF(0, y - 8, _LEFT - 5, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name)
        for value in round_ticks(float(self.angles_mrad[-1])):
            x = self.angle_px(value)
            painter.drawText(QRectF(x - 20, area.bottom() + 1, 40, 14), Qt.AlignmentFlag.AlignHCenter, f"{value:.3g}")
        title = QRectF(area.left(), area.bottom() + 14, area.width(), 15)
        painter.drawText(title, Qt.AlignmentFlag.AlignHCenter, "anisotropy over β (mrad)")
