"""Series of angles and tilts in the window: what is set about them, and the changes that a user makes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from xanesview.domain.counts import counted
from xanesview.domain.orientation.angle_series import parse_series
from xanesview.domain.orientation.first_peak import first_peak_window_ev
from xanesview.domain.orientation.varied import Varied, chosen
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.gui.session.watched import Watched
from xanesview.io.spectra.angle_spectra import told_degrees
from xanesview.shown.angles import MeasuredSeries, measured_series
from xanesview.shown.processing import to_shown_ev, whole_range_ev
from xanesview.shown.series_changes import with_series

if TYPE_CHECKING:
    from xanesview.domain.orientation.study import AngleStudy
    from xanesview.domain.spectrum import Spectrum
    from xanesview.io.spectra.angle_spectra import AngledSpectrum
    from xanesview.shown.shown import Shown

_SHARE = 0.05  # of the energies in view that a window takes at first
_LEAST_EV = 0.2
_SOURCES = {
    "name": "their names", "header": "their headers", "columns": "the titles of the columns",
    "given": "the numbers typed",
}  # fmt: skip


class AngleStudying(Watched):
    """Reads and changes the session's `AngleStudy` and the angles of measured curves; each change is one undo step.

    While it is watched, the window of the resonance stands on the plot.

    Parameters
    ----------
    shown
        Gives what is shown now.
    change
        Takes another session as one undo step, with its text.
    bring_together
        Gets measured curves that the prediction, where it is still to come, has to be compared with.
    """

    told = Signal(object)  # a Notice
    chosen_changed = Signal()  # another measured series is looked at
    export_wanted = Signal()  # the predicted series is to be written

    def __init__(
        self,
        shown: Callable[[], Shown],
        change: Callable[..., None],
        bring_together: Callable[[Sequence[Spectrum]], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._shown, self._push, self._bring_together = shown, change, bring_together
        self._chosen: str | None = None

    @property
    def study(self) -> AngleStudy:
        """What is set."""
        return self._shown().session.angles

    @property
    def varied(self) -> Varied | None:
        """What the predicted series goes over, None where nothing varies."""
        return chosen(self._shown().session.geometry, self.study.varied)

    @property
    def angles(self) -> np.ndarray:
        """Values of the predicted series, (A,)."""
        return parse_series(self.study.angles)

    @property
    def measured(self) -> MeasuredSeries | None:
        """The measured series that is shown: the one chosen, else the last one."""
        return measured_series(self._shown(), self._chosen)

    @property
    def chosen(self) -> str | None:
        """The name of the series that was chosen, None for the last one."""
        return self._chosen

    def choose_series(self, name: str | None) -> None:
        """Look at another of several measured series, until one is loaded; no step of undo, as nothing changes."""
        if name != self._chosen:
            self._chosen = name
            self.chosen_changed.emit()

    def change(self, text: str, gesture: int | None = None, **values: Any) -> None:
        """Change settings, by their names.

        Raises
        ------
        XanesviewError
            If they can't be so.
        """
        session = self._shown().session
        after = session.angles.replace(**values)
        if after != session.angles:
            self._push(session.replace(angles=after), text, gesture)

    # ---- the window of the resonance ----

    @property
    def window_ev(self) -> tuple[float, float] | None:
        """The window on the axis shown: as chosen, else about the first strong peak of the measured series.

        Without one it is about the highest peak of the prediction below its E0, before the prediction's steps: the
        width and edge step of a fit could make another one higher.
        """
        shown, window = self._shown(), self.study.window_ev
        if window is not None:
            by = to_shown_ev(shown.look)
            return window[0] + by, window[1] + by
        measured = self.measured
        if measured is not None:
            return first_peak_window_ev(measured.spectra)
        if whole_range_ev(shown) is None:
            return None
        bare, e0 = shown.look.unprocessed, shown.look.e0_ev
        moved = 0.0 if e0 is None or bare.e0_ev is None else e0 - bare.e0_ev
        return _about_peak(bare.summed.energy_ev + moved, bare.isotropic, shown.ip_ev)

    def set_window(self, window_ev: tuple[float, float], gesture: int | None = None) -> None:
        """Choose the window, on the axis shown."""
        by = to_shown_ev(self._shown().look)
        low, high = (round(end - by, 3) for end in sorted(window_ev))
        if high - low < _LEAST_EV:
            raise XanesviewError(f"A window of {high - low:.2f} eV is too narrow for a peak.", "Drag its ends apart.")
        self.change("choose the window of a peak", gesture, window_ev=(low, high))

    # ---- measured series ----

    def add_series(self, name: str, spectra: Sequence[AngledSpectrum], source: str = "") -> None:
        """Lay spectra of several angles over the prediction as one series, and say which angles and which degree of
        polarisation they have."""
        degrees = told_degrees(spectra)
        degree = degrees[0] if len(degrees) == 1 else None
        self._push(with_series(self._shown(), name, spectra, source, degree), f"load {name}")
        self._bring_together([one.spectrum for one in spectra])
        self.choose_series(None)
        angles = ", ".join(f"{one.angle_deg:g}°" for one in spectra)
        told = _SOURCES.get(spectra[0].source, "what was given")
        self.told.emit(Notice(
            "curves",
            f"{name}: {counted(len(spectra), 'spectrum', 'spectra')} as one series, at {angles}, by {told}."
            f"{self._degree_words(degrees)}",
            "Angles of the field from the surface normal (grazing angles). Fit series, under Processing, brings the "
            "prediction at each angle and its curve together; Tilt changes the angles and fits the tilt.",
        ))  # fmt: skip

    def _degree_words(self, degrees: Sequence[float]) -> str:
        """Say which degree of polarisation is taken for a series, where its files tell one or another one was set."""
        if len(degrees) == 1:
            return f" The degree of polarisation is P = {degrees[0]:g}, by their headers."
        if degrees:
            told = ", ".join(f"{one:g}" for one in degrees)
            return f" Their headers tell several degrees of polarisation ({told}): P stays {self.study.degree:g}."
        return "" if self.study.degree == 1.0 else f" P stays {self.study.degree:g}, as it was set before."

    def set_angle(self, place: int, angle_deg: float, gesture: int | None = None) -> None:
        """Say at which angle of the field from the normal, degrees, a reference was measured."""
        if not 0.0 <= angle_deg <= 180.0:
            raise XanesviewError(f"An angle of {angle_deg:g}° does not exist.", "Between 0 and 180°.")
        session = self._shown().session
        if session.references[place].angle_deg == angle_deg:
            return
        references = list(session.references)
        references[place] = references[place].replace(angle_deg=float(angle_deg))
        self._push(session.replace(references=tuple(references)), "change angle", gesture)

    def turn_angles_over(self) -> None:
        """Take the angles of the series shown as counted from the normal instead of the surface, or back: 90° − θ."""
        measured = self.measured
        if measured is None:
            return
        session = self._shown().session
        references = list(session.references)
        for place in measured.places:
            angle = references[place].angle_deg
            references[place] = references[place].replace(angle_deg=abs(90.0 - angle))
        self._push(session.replace(references=tuple(references)), "count angles from the other side")


def _about_peak(energy: np.ndarray, intensity: np.ndarray, e0_ev: float | None) -> tuple[float, float]:
    """Energies about the highest peak below E0, where there is one, else about the highest point.

    Where the intensity rises up to E0 there is only the foot of a line beyond it.
    """
    n_below = int((energy < (energy[-1] if e0_ev is None else e0_ev)).sum())
    highest = int(np.argmax(intensity))
    if n_below >= 3 and (peak := int(np.argmax(intensity[:n_below]))) < n_below - 1:
        highest = peak
    at = float(energy[highest])
    half = 0.5 * _SHARE * float(energy[-1] - energy[0])
    low, high = max(at - half, float(energy[0])), min(at + half, float(energy[-1]))
    return round(low, 2), round(high, 2)
