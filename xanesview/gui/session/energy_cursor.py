"""The energy that is looked at: where the pointer is on the plot, else the newest pinned one, else the last."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class EnergyCursor(QObject):
    """What follows one energy (a polar plot, the anisotropy of sites) hears of it here.

    Attributes
    ----------
    energy_ev : float or None
        On the axis shown; None until there was one.
    """

    changed = Signal()
    watched_changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.energy_ev: float | None = None
        self._pins: list[float] = []
        self._watchers: set[str] = set()

    @property
    def is_watched(self) -> bool:
        """Whether something follows the energy, so that it is marked on the plot."""
        return bool(self._watchers)

    def watch(self, who: str, watched: bool) -> None:
        """Say whether something follows the energy."""
        before = self.is_watched
        (self._watchers.add if watched else self._watchers.discard)(who)
        if self.is_watched != before:
            self.watched_changed.emit()

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
