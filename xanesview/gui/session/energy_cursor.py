"""The energy that is looked at: where the pointer is on the plot, else the newest pinned one, else the last."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from xanesview.gui.session.watched import Watched


class EnergyCursor(Watched):
    """What follows one energy (a polar plot, the anisotropy of sites) hears of it here, and watches it.

    While it is watched the plot marks it.

    Attributes
    ----------
    energy_ev : float or None
        On the axis shown; None until there was one.
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.energy_ev: float | None = None
        self._pins: list[float] = []

    def point(self, energy_ev: float | None) -> None:
        """The pointer is at an energy, eV, or (None) has left the plot: the newest pinned energy holds then."""
        if energy_ev is None and self._pins:
            energy_ev = self._pins[-1]
        if energy_ev is not None and energy_ev != self.energy_ev:
            self.energy_ev = float(energy_ev)
            self.changed.emit()

    def pin(self, energy_ev: float) -> None:
        """An energy was pinned."""
        self._pins.append(energy_ev)
        self.point(energy_ev)

    def unpin(self, energy_ev: float) -> None:
        """A pinned energy was removed."""
        if energy_ev in self._pins:
            self._pins.remove(energy_ev)

    def move(self, by_ev: float) -> None:
        """Energies are counted from another zero."""
        self._pins = [pin + by_ev for pin in self._pins]
        if self.energy_ev is not None:
            self.energy_ev += by_ev
            self.changed.emit()
