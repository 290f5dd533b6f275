"""Tilts of the measured series, and the orientation of the whole prediction in the film: both beside the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from xanesview.domain.geometry.average import AzimuthalDisorder, OrderParameter
from xanesview.domain.geometry.beam import PolarisedBeam
from xanesview.domain.geometry.directions import from_angles_deg, to_angles_deg
from xanesview.domain.geometry.polarisation import LinearPolarisation
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.gui.background.latest_work import LatestWork
from xanesview.shown.processing import expected_shift, shown_window_ev
from xanesview.shown.series_changes import tilt_spectra
from xanesview.shown.tensors import look_at

if TYPE_CHECKING:
    from xanesview.domain.geometry.geometry import Geometry
    from xanesview.domain.orientation.measured_tilt import MeasuredTilt
    from xanesview.domain.orientation.orientation_fit import OrientationFit
    from xanesview.domain.spectrum import Spectrum
    from xanesview.domain.structure import Structure
    from xanesview.gui.session.angle_studying import AngleStudying
    from xanesview.shown.angles import MeasuredSeries
    from xanesview.shown.shown import Shown
    from xanesview.shown.tensors import Look

#: Kind of the notice that an orientation is to be doubted; it goes with the orientation.
UNEXPLAINED = "orientation-unexplained"
TURN_STEP = "turn molecule to the fitted orientation"
_ALL = 0.9995  # an order parameter from which on all molecules stand alike


@dataclass(frozen=True, eq=False)
class FittedOrientation:
    """An orientation with what it is of: the structure, and all that was fitted, as `OrientationInputs`."""

    fit: OrientationFit
    structure: Structure
    asked: OrientationInputs


@dataclass(frozen=True, eq=False)
class OrientationInputs:
    """All that an orientation depends on; a result is of exactly these."""

    structure: Structure
    look: Look  # as computed: shift, width and edge step are fitted
    spectra: list[Spectrum]
    angles_deg: np.ndarray
    window_ev: tuple[float, float] | None
    degree: float
    order: float | None

    @classmethod
    def of(cls, shown: Shown, measured: MeasuredSeries | None) -> OrientationInputs | None:
        """Return what would be fitted now; None where there is nothing to fit."""
        if measured is None or shown.look is None or shown.prediction is None:
            return None
        look = look_at(shown.prediction.tensor, shown.sites, shown.weights(), shown.axis)
        study = shown.session.angles
        return cls(
            shown.structure, look, tilt_spectra(shown, measured), measured.angles_deg, shown_window_ev(shown),
            study.degree, study.order,
        )  # fmt: skip

    @property
    def step_ev(self) -> float:
        """Where the edge step is."""
        return 0.0 if self.look.axis == "relative" else self.look.e0_ev

    def is_same(self, other: OrientationInputs | None) -> bool:
        """Tell whether a fit of the other would be the same fit, number by number.

        A shift of all spectra together is fitted anyway: when the series is fitted afterwards, they move by it.
        """
        return (
            other is not None
            and self.structure is other.structure
            and self._settings() == other._settings()
            and _same_arrays(self._arrays(), other._arrays())
        )

    def _settings(self) -> tuple:
        return self.look.axis, self.step_ev, self.window_ev, self.degree, self.order

    def _arrays(self) -> list[np.ndarray]:
        summed = self.look.summed
        first = self.spectra[0].energy_ev[0]
        curves = [array for one in self.spectra for array in ((one.energy_ev - first).round(6), one.intensity)]
        return [self.angles_deg, summed.energy_ev, summed.components, *curves]


class TiltFitting(QObject):
    """Fits the tilt anew when what it depends on changes, while somebody looks; the orientation when asked.

    Parameters
    ----------
    shown
        Gives what is shown now.
    angles
        What is set, and the measured series.
    set_geometry
        Takes another experiment, a gesture (or None) and the name of the undo step.
    """

    changed = Signal()  # a tilt or an orientation has come, gone or failed
    told = Signal(object)  # a Notice

    def __init__(
        self,
        shown: Callable[[], Shown],
        angles: AngleStudying,
        set_geometry: Callable[..., None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._shown, self._angles, self._set_geometry = shown, angles, set_geometry
        self.tilt: MeasuredTilt | None = None
        self.series: MeasuredSeries | None = None  # that the tilt is of
        self.problem = ""
        self.orientation: FittedOrientation | None = None
        self._asked: tuple | None = None
        self._tilts = LatestWork("tilt", "The tilt could not be fitted", self)
        self._tilts.done.connect(self._take_tilt)
        self._tilts.failed.connect(self._take_problem)
        self._orientations = LatestWork("orientation", "The orientation could not be fitted", self)
        self._orientations.done.connect(self._take_orientation)
        self._orientations.failed.connect(self._tell_failed)
        self._orientations.busy_changed.connect(lambda _busy: self.changed.emit())
        self._is_watched = False
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.refresh)

    @property
    def is_busy(self) -> bool:
        """Whether an orientation is being fitted."""
        return self._orientations.is_busy

    def shutdown(self) -> None:
        """The window closes."""
        self._later.stop()
        self._tilts.shutdown()
        self._orientations.shutdown()

    # ---- the tilt ----

    def set_watched(self, watched: bool) -> None:
        """Say whether somebody looks at the tilt."""
        self._is_watched = watched
        if watched:
            self.refresh()

    def follow(self) -> None:
        """Something may have changed: look at it once the events at hand are over."""
        if self._is_watched:
            self._later.start()

    def refresh(self) -> None:
        """Fit the tilt to what is set and loaded now, or say why there is none."""
        self._later.stop()
        shown, measured = self._shown(), self._angles.measured
        if self.orientation is not None and not self.orientation.asked.is_same(OrientationInputs.of(shown, measured)):
            self.orientation = None
            self.changed.emit()
        window, study = self._angles.window_ev, self._angles.study
        if measured is None or window is None:
            self._asked = None
            self._tilts.forget()
            self._set_tilt(None, None, "")
            return
        spectra = tilt_spectra(shown, measured)
        asked = (measured.places, tuple(measured.angles_deg), window, study.measure, study.background, study.orbital,
                 study.degree, [(one.energy_ev, one.intensity) for one in spectra])  # fmt: skip
        if self._asked is not None and _same(self._asked, asked):
            return
        self._asked, self._pending = asked, measured

        def fitted(_cancelled: Callable[[], bool]) -> MeasuredTilt:
            from xanesview.domain.orientation.measured_tilt import measured_tilt

            return measured_tilt(
                spectra, measured.angles_deg, window, orbital=study.orbital, degree=study.degree,
                measure=study.measure, background=study.background,
            )  # fmt: skip

        self._tilts.ask(fitted)

    def _take_tilt(self, found: MeasuredTilt) -> None:
        self._set_tilt(found, self._pending, "")

    def _take_problem(self, message: str, hint: str) -> None:
        self._set_tilt(None, self._pending, f"{message} {hint}".strip())

    def _set_tilt(self, tilt: MeasuredTilt | None, series: MeasuredSeries | None, problem: str) -> None:
        self.tilt, self.series, self.problem = tilt, series, problem
        self.changed.emit()

    # ---- the whole prediction ----

    def fit_orientation(self) -> None:
        """Fit the orientation of the predicted tensor in the film to the whole series."""
        asked = OrientationInputs.of(self._shown(), self._angles.measured)
        if asked is None:
            self._tell_failed("There is nothing to fit yet.", "Load spectra of several angles, and pick sites.")
            return

        def fitted(cancelled: Callable[[], bool]) -> FittedOrientation:
            from xanesview.domain.geometry.frames import molecule_axis
            from xanesview.domain.orientation.orientation_fit import fit_orientation

            fit = fit_orientation(
                asked.look.summed, asked.spectra, asked.angles_deg, degree=asked.degree,
                axis=molecule_axis(asked.structure), window_ev=asked.window_ev, order=asked.order,
                step_ev=asked.step_ev, cancelled=cancelled,
            )  # fmt: skip
            return FittedOrientation(fit, asked.structure, asked)

        self.orientation = None
        self._orientations.ask(fitted)
        self.changed.emit()

    def cancel(self) -> None:
        """Give up the orientation that is being fitted."""
        self._orientations.forget()

    def forget_orientation(self) -> None:
        """Show no orientation any more."""
        self.orientation = None
        self.changed.emit()

    @property
    def is_turned(self) -> bool:
        """Whether the molecule stands on the surface as fitted."""
        if self.orientation is None:
            return False
        fit, geometry = self.orientation.fit, self._shown().session.geometry
        normal = None if geometry.normal is None else np.asarray(geometry.normal)
        return normal is not None and bool(np.allclose(normal, fit.normal, atol=1e-6)) and (
            geometry.average == film_of(fit.order)
        )

    @property
    def standing_deg(self) -> float | None:
        """The tilt at which the molecule stands in a film: of the surface normal from its axis, degrees.

        None where the sample is no film about a normal that was chosen, or the structure has no axis.
        """
        shown = self._shown()
        geometry, structure = shown.session.geometry, shown.structure
        is_film = isinstance(geometry.average, (AzimuthalDisorder, OrderParameter))
        if structure is None or geometry.normal is None or not is_film:
            return None
        from xanesview.domain.geometry.frames import molecule_axis

        try:
            tilt, _ = to_angles_deg(geometry.normal, molecule_axis(structure))
        except XanesviewError:  # its atoms lie on one line
            return None
        return min(tilt, 180.0 - tilt)

    def turn_to_best(self) -> None:
        """Stand the molecule on the surface as fitted: its normal into the geometry, and a film about it as sample.

        θ and φ, or the angles of a beam, stay; what else has changed is told.
        """
        if self.orientation is None:
            return
        fit = self.orientation.fit
        before = self._shown().session.geometry
        normal = tuple(float(x) for x in fit.normal)
        turned = standing(before, normal, fit.degree).with_average(film_of(fit.order))
        self._set_geometry(turned, None, TURN_STEP)
        told = [f"surface normal at {fit.tilt_deg:.1f}° from the molecule's axis"]
        if turned.average != before.average:
            told.append(f"sample: {turned.average.title.lower()}")
        if type(turned) is not type(before):
            told.append(f"experiment: {turned.title.lower()}")
        self.told.emit(Notice("curves", f"The molecule stands as fitted; {', '.join(told)}.", "Undo takes it back."))

    def _take_orientation(self, found: FittedOrientation) -> None:
        if found.asked.is_same(OrientationInputs.of(self._shown(), self._angles.measured)):
            self.orientation = found
            self.changed.emit()
            self._tell_doubts(found.fit)
        else:
            self._tell_failed("What was fitted has changed while the fit ran, so it is not shown.", "Fit again.")

    def _tell_doubts(self, fit: OrientationFit) -> None:
        """Say that a fit leaves much unexplained, or that its shift is none that the network's calibration explains."""
        from xanesview.domain.processing.undetermined import much_left

        expected = expected_shift(self._shown(), as_computed=True)
        beyond = "" if expected is None else expected.beyond(fit.shift_ev)
        if told := " ".join(filter(None, (much_left(fit.share_left), beyond))):
            hint = "Do molecule, edge and angles fit the curves? Compare the orientations of other structures."
            self.told.emit(Notice(UNEXPLAINED, told, hint))

    def _tell_failed(self, message: str, hint: str) -> None:
        if message:
            self.told.emit(Notice("reference", message, hint))
        self.changed.emit()


def standing(before: Geometry, normal: tuple[float, float, float], degree: float) -> Geometry:
    """Return an experiment on the surface of another normal (3,), its angles as before.

    A powder has none and becomes linear light, and linear light of a degree below 1 a beam, which can have it.
    """
    if "direction" in before.uses and not isinstance(before, LinearPolarisation):
        return before.with_normal(normal)
    old = before if "direction" in before.uses else LinearPolarisation(normal=before.normal)
    theta, phi = to_angles_deg(old.direction, old.normal)
    if degree < 1.0:
        return PolarisedBeam.at_grazing(min(theta, 180.0 - theta), phi, degree=degree, normal=normal)
    return LinearPolarisation(from_angles_deg(theta, phi, normal), normal=normal)


def film_of(order: float) -> AzimuthalDisorder | OrderParameter:
    """Return the sample whose molecules stand about the normal with an order parameter."""
    return AzimuthalDisorder() if order >= _ALL else OrderParameter(order)


def _same(one: Sequence, other: Sequence) -> bool:
    *settings, spectra = one
    *others, theirs = other
    return settings == others and _same_arrays([a for one in spectra for a in one], [a for one in theirs for a in one])


def _same_arrays(mine: Sequence[np.ndarray], theirs: Sequence[np.ndarray]) -> bool:
    return len(mine) == len(theirs) and all(
        a.shape == b.shape and np.array_equal(a, b, equal_nan=True) for a, b in zip(mine, theirs, strict=True)
    )
