"""Which part of the plane the spectrum plot shows: fitted to the curves, kept under gestures and by the user's zoom."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

from xanesview.gui.plot.lower_panel import LowerPanel
from xanesview.gui.plot.ranges import PREDICTED, energy_range, intensity_range, of_one_edge, predicted_extent
from xanesview.shown.curve import Curve

#: Curves that have not changed for so long have come to rest, ms.
SETTLE_MS = 300
#: Of the height that any direction may need: curves at rest that take less than this get an axis of their own.
_MUCH_LESS = 0.75


class AxisFitting(QObject):
    """Chooses the axes of a plot and of the panel below.

    While the light turns, the axis of intensities holds all that any direction can give and stands still; once the
    curves have come to rest it is that of what is seen, where it would else be much too tall.

    Parameters
    ----------
    plot, lower
        Both have the same energies.
    curves
        Gives the curves as shown now.

    Attributes
    ----------
    is_zoomed : bool
        Whether the user has chosen what to see.
    bound : float or None
        How high the current curve can rise in any direction, where that is known.
    """

    def __init__(
        self, plot: pg.PlotItem, lower: LowerPanel, curves: Callable[[], Sequence[Curve]], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._plot, self._lower, self._curves = plot, lower, curves
        self._also: tuple[float, float] | None = None
        self._home: tuple[float, float] | None = None  # energies of the last prediction: the edge looked at
        self.is_zoomed = False
        self.bound: float | None = None
        self._floor = 0.0
        self._fitted: tuple[float, float] | None = None
        self._any: tuple[float, float, bool] | None = None  # what is seen in any direction of the light
        self._is_for_any = False  # whether the axis holds what any direction can give
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._settled)

    def set_bound(self, bound: float | None, floor: float) -> None:
        """Fix how high and low the current curve can go in any direction; None fits the axis to the curves."""
        if bound is not None and not (np.isfinite(bound) and bound > 0):
            bound = None
        floor = min(0.0, floor) if np.isfinite(floor) else 0.0
        if (bound, floor) != (self.bound, self._floor):
            self.bound, self._floor = bound, floor
            self.fit()

    def show_also(self, energies: tuple[float, float] | None) -> None:
        """Show these energies, too, eV, or (None) those of the curves only."""
        if energies != self._also:
            grown = self._also is not None and energies is not None
            self._also = energies
            if not (grown and _is_gesture()):  # what is dragged must not move the axis under the pointer
                self.fit()

    def reset(self) -> None:
        """Show everything again."""
        self.is_zoomed = False
        self._fitted = None
        self.fit()

    def fit(self) -> None:
        """Choose the axes from the curves, unless the user has zoomed."""
        self._home = predicted_extent(self._curves()) or self._home
        if self.is_zoomed:
            return
        self._fit_energies()
        self.fit_intensities()

    def move(self, by_ev: float) -> None:
        """Energies are counted from another zero, eV: the edge looked at moves along."""
        if self._home is not None:
            self._home = self._home[0] + by_ev, self._home[1] + by_ev

    def _fit_energies(self) -> None:
        energies = energy_range(self._curves(), self._home)
        if energies is not None and self._also is not None:
            room = 0.02 * (energies[1] - energies[0])
            energies = min(energies[0], self._also[0] - room), max(energies[1], self._also[1] + room)
        if energies is not None:
            self._plot.getViewBox().setXRange(*energies, padding=0)

    def follow_numbers(self, *, turned: bool) -> None:
        """The same curves have new numbers; after a turn of the light alone (`turned`) the bound holds as before."""
        if self.bound is None:
            self._settle.start()  # nothing says how high the curve rises in other directions: fitted when it rests
        elif turned:
            if not self.is_zoomed:
                if not self._is_for_any and self._any is not None:  # known since the curves came to rest
                    self._set_intensities(*self._any)
                self._settle.start()
            if self._lower.kind:
                self._lower.fit(self._fitted[1] if self._fitted else 1.0, only_grow=True)
        elif _is_gesture():
            self.fit_intensities()  # a reference may have been scaled; the bound keeps the rest from moving it
        else:
            self.fit()  # of another structure, too, whose absorption may begin elsewhere

    def fit_intensities(self) -> None:
        """Choose the axis of intensities; while a mouse button is down it only grows."""
        if self.is_zoomed:
            return
        before = self._fitted
        if before is not None and _is_gesture() and not self._seen():
            self._settle.start()  # as between two frames: of what comes next nothing is known, and 0 to 1 is no guess
            return
        low, high, for_any = self._at_rest()
        if before is not None and _is_gesture():
            for_any = for_any or self._is_for_any
            low, high = min(low, before[0]), max(high, before[1])
            self._settle.start()
        self._lower.fit(high, only_grow=before is not None and _is_gesture())
        self._set_intensities(low, high, for_any)

    def _at_rest(self) -> tuple[float, float, bool]:
        """The range of what is seen now, unless that of any direction is about the same."""
        any_low, any_high = intensity_range(self._seen(), self.bound, self._floor)
        widest = self._any = any_low, any_high, True
        if self.bound is None:
            return widest
        low, high = intensity_range(self._seen(), None)
        return (low, high, False) if high - low < _MUCH_LESS * (any_high - any_low) else widest

    def _seen(self) -> list[Curve]:
        """Visible curves; without a prediction, as for the energies, those of one edge."""
        seen = [curve for curve in self._curves() if curve.visible]
        if any(curve.role in PREDICTED for curve in seen):
            return seen
        return of_one_edge([curve for curve in seen if curve.energy_ev.size > 1], self._home)

    def _set_intensities(self, low: float, high: float, for_any: bool) -> None:
        self._is_for_any = for_any
        if (low, high) != self._fitted:
            self._fitted = low, high
            self._plot.getViewBox().setYRange(low, high, padding=0)

    def _settled(self) -> None:
        if _is_gesture():
            self._settle.start()
        else:
            self.fit_intensities()


def _is_gesture() -> bool:
    return QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
