"""For notebooks and scripts, as part of `xanesview.api`: spectra over angles, and what they tell of films."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.geometry.polarisation import LinearPolarisation, Powder
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.shown.spectra import spectrum_of

if TYPE_CHECKING:
    from xanesview.domain.geometry.average import Average
    from xanesview.domain.orientation.angle_series import AngleSeries, PeakAnisotropy
    from xanesview.domain.orientation.orientation_fit import OrientationFit
    from xanesview.domain.orientation.tilt_fit import TiltFit
    from xanesview.domain.structure import Structure
    from xanesview.inference.loaded_network import Predictor
    from xanesview.io.spectra.angle_spectra import AngledSpectrum
    from xanesview.shown.tensors import Look

Polarisation = Geometry | Sequence[float] | None


class OverAngles:
    """What a prediction says over angles; `xanesview.api.Predicted` is one."""

    structure: Structure
    predictor: Predictor
    look: Callable[..., Look]

    def series(
        self,
        geometries: Sequence[Polarisation],
        angles: Sequence[float] | np.ndarray | None = None,
        name: str = "θ",
        unit: str = "°",
        **how: object,
    ) -> AngleSeries:
        """Return the spectra of the sum of the sites over a series of experiments.

        Parameters
        ----------
        geometries : one a spectrum, as for `spectrum`
        angles : (A,), what they differ in; 0, 1, 2 … by default
        name, unit : of that angle
        **how : as for `look`
        """
        from xanesview.domain.orientation.angle_series import AngleSeries

        asked = tuple(geometry_of(one) for one in geometries)
        places = np.arange(len(asked), dtype=np.float64) if angles is None else np.asarray(angles, dtype=np.float64)
        itself = self.predictor.card.gives == "directional"
        found = None if itself else self.look(None, **how)
        spectra = []
        for place, geometry in zip(places, asked, strict=True):
            look = self.look(geometry, **how) if found is None else found
            weight = geometry.weight()
            label = f"{name} = {place:g}{'' if unit == '°' else ' '}{unit}"
            spectra.append(spectrum_of(look.summed, look.total(weight), label, look.band(weight)))
        return AngleSeries(name, unit, places, asked, tuple(spectra))

    def theta_series(
        self,
        thetas_deg: Sequence[float] | np.ndarray,
        phi_deg: float = 0.0,
        *,
        degree: float = 1.0,
        average: str | Average | None = None,
        normal: Sequence[float] | None = None,
        **how: object,
    ) -> AngleSeries:
        """Return the spectra over θ, the angle of the field of p-polarised light from the normal: the grazing angle.

        Parameters
        ----------
        thetas_deg : (A,), degrees
        phi_deg : azimuth of the beam along the surface, degrees
        degree : P
        average : what the sample averages over, such as "film"; a single crystal by default
        normal : (3,), by default that of the slab, else z
        **how : as for `look`

        Examples
        --------
        >>> predicted = xanesview.open("benzene.xyz").predict()
        >>> series = predicted.theta_series([0, 30, 60, 90], average="film")
        >>> [spectrum.label for spectrum in series.spectra]
        ['θ = 0°', 'θ = 30°', 'θ = 60°', 'θ = 90°']
        >>> heights = [spectrum.intensity.max() for spectrum in series.spectra[:3]]
        >>> heights == sorted(heights, reverse=True)  # cos² of the angle from the ring's normal
        True
        """
        return self.series(
            [self._beam(theta, phi_deg, degree, average, normal) for theta in thetas_deg], thetas_deg, "θ", **how
        )

    def phi_series(
        self,
        phis_deg: Sequence[float] | np.ndarray,
        theta_deg: float = 90.0,
        *,
        degree: float = 1.0,
        average: str | Average | None = None,
        normal: Sequence[float] | None = None,
        **how: object,
    ) -> AngleSeries:
        """Return the spectra over φ, the azimuth, at normal incidence (θ = 90°) by default; see `theta_series`."""
        return self.series(
            [self._beam(theta_deg, phi, degree, average, normal) for phi in phis_deg], phis_deg, "φ", **how
        )

    def dichroism(self, normal: Sequence[float] | None = None, **how: object) -> Spectrum:
        """Return I∥ − I⊥ of the sum of the sites, along the surface normal (the slab's, else z) less across it.

        Examples
        --------
        >>> difference = xanesview.open("benzene.xyz").predict().dichroism()
        >>> energy_ev, height = difference.peak()
        >>> print(f"{energy_ev:.1f} eV", height > 0)  # π* stands along the normal
        285.1 eV True
        """
        from xanesview.domain.orientation.angle_series import dichroism

        found = self.look(None, **how).summed
        up = self.structure.surface_normal if normal is None else normal
        return spectrum_of(found, dichroism(found, up).difference[0], "I∥ − I⊥")

    def peak_anisotropy(self, low_ev: float, high_ev: float, **how: object) -> PeakAnisotropy:
        """Return principal axes and anisotropy of what the sites absorb between two energies, eV.

        Examples
        --------
        >>> found = xanesview.open("benzene.xyz").predict().peak_anisotropy(284.0, 286.5)
        >>> print(np.abs(found.axes[:, 0]).round(3))  # the strongest axis of π*
        [0. 0. 1.]
        """
        from xanesview.domain.orientation.angle_series import peak_anisotropy

        return peak_anisotropy(self.look(None, **how).summed, low_ev, high_ev)

    def _beam(
        self, theta_deg: float, phi_deg: float, degree: float, average: object, normal: Sequence[float] | None
    ) -> Geometry:
        from xanesview.domain.geometry.average import parse_average
        from xanesview.domain.geometry.beam import PolarisedBeam

        up = self.structure.surface_normal if normal is None else normal
        sample = parse_average(average) if isinstance(average, str) else average
        return PolarisedBeam.at_grazing(theta_deg, phi_deg, degree=degree, normal=up).with_average(sample)


def angle_spectra(
    paths: Sequence[str | Path], angles_deg: Sequence[float] | None = None
) -> list[AngledSpectrum]:
    """Return measured spectra with the angle of each, degrees, from column titles, file names or headers, and P where
    headers tell it (`degree`).

    Parameters
    ----------
    paths : files of one spectrum each, or of a column an angle
    angles_deg : one a spectrum, where they are given

    Raises
    ------
    XanesviewError
        If a file can't be read, or an angle can't be told.

    Examples
    --------
    >>> for angle in (20, 90):
    ...     spectrum = xanesview.open("benzene.xyz").predict().spectrum(theta=angle)
    ...     np.savetxt(f"film_{angle}deg.dat", np.column_stack([spectrum.energy_ev, spectrum.intensity]))
    >>> [one.angle_deg for one in xanesview.angle_spectra(["film_20deg.dat", "film_90deg.dat"])]
    [20.0, 90.0]
    """
    from xanesview.io.spectra.angle_spectra import read_angle_spectra

    return read_angle_spectra(paths, angles_deg)


def fit_tilt(
    spectra: Sequence[Spectrum],
    theta_deg: Sequence[float] | np.ndarray,
    window_ev: tuple[float, float],
    *,
    orbital: str = "vector",
    degree: float = 1.0,
    measure: str = "area",
    background: str = "step",
) -> TiltFit:
    """Fit the tilt of an orbital in a film that is disordered about its normal.

    Parameters
    ----------
    spectra : (A) of the film, normalised alike
    theta_deg : (A,) angles of the field from the surface normal: grazing angles of p-polarised light
    window_ev : energies of the resonance, eV
    orbital : "vector" (π*, σ* along a bond) or "plane"
    degree : P
    measure : "area" in the window, "height" at the peak, or "fit", a Gaussian beside an arctangent step
    background : taken off an area or a height first: a level and an arctangent "step" fitted outside the window, a
        "line" through what lies beside it, or "none"

    Raises
    ------
    XanesviewError
        For fewer than two different angles, or a window without a peak.

    Examples
    --------
    >>> series = xanesview.open("benzene.xyz").predict().theta_series([20, 40, 60, 80], average="film")
    >>> fit = xanesview.fit_tilt(series.spectra, series.angles, (284.0, 286.5))
    >>> print(f"{fit.tilt_deg:.0f}° from the surface normal")  # π* of molecules that lie flat
    0° from the surface normal
    """
    from xanesview.domain.orientation.measured_tilt import measured_tilt

    return measured_tilt(
        spectra, theta_deg, window_ev, orbital=orbital, degree=degree, measure=measure, background=background
    ).fit


def fit_orientation(
    predicted: OverAngles,
    spectra: Sequence[Spectrum],
    theta_deg: Sequence[float] | np.ndarray,
    *,
    degree: float = 1.0,
    axis: Sequence[float] | str | None = None,
    window_ev: tuple[float, float] | None = None,
    order: float | None = 1.0,
    sites: Sequence[int] | None = None,
) -> OrientationFit:
    """Fit the orientation of a predicted molecule in a film to all its spectra at once.

    Parameters
    ----------
    predicted : of the molecule, by a network that gives tensors
    spectra, theta_deg, degree : as for `fit_tilt`
    axis : of the molecule (3,), from which the tilt counts, or "atoms:0,3,5"; by default that of the plane through its
        heavy atoms, or the normal of a slab
    window_ev : energies to fit; by default all that are shared
    order : order parameter ⟨P₂⟩ of the molecules, None to fit it
    sites : atom indices; all that were predicted by default

    Raises
    ------
    XanesviewError
        If the prediction is isotropic, or nothing fits.

    Examples
    --------
    >>> predicted = xanesview.open("benzene.xyz").predict()
    >>> series = predicted.theta_series([20, 40, 60, 80], average="film")
    >>> fit = xanesview.fit_orientation(predicted, series.spectra, series.angles)
    >>> print(f"{abs(fit.tilt_deg):.0f}°")
    0°
    """
    from xanesview.domain.geometry.frames import molecule_axis, parse_normal
    from xanesview.domain.orientation import orientation_fit

    look = predicted.look(None, sites=sites, axis="absolute")
    structure = predicted.structure
    own = parse_normal(axis, structure) if isinstance(axis, str) else axis
    return orientation_fit.fit_orientation(
        look.summed, spectra, theta_deg, degree=degree, axis=molecule_axis(structure) if own is None else own,
        window_ev=window_ev, order=order, step_ev=look.e0_ev,
    )  # fmt: skip


def geometry_of(polarisation: Polarisation) -> Geometry:
    """Return the experiment of what stands for one: a direction is linear light, None a powder.

    Raises
    ------
    XanesviewError
        If it stands for none.
    """
    if polarisation is None:
        return Powder()
    if isinstance(polarisation, Geometry):
        return polarisation
    try:
        return LinearPolarisation(polarisation)
    except (TypeError, ValueError):
        raise XanesviewError(
            f"{polarisation!r:.60} is no polarisation.", "Give a direction such as (0, 0, 1), a geometry, or None."
        ) from None


def degrees(value: object, name: str) -> float:
    """Return an angle as a number of degrees; raise XanesviewError where it is none."""
    try:
        return float(value)
    except (TypeError, ValueError):
        raise XanesviewError(f"{name} = {value!r:.60} is no angle.", "Give a number of degrees.") from None
