"""Series of angles of what is shown, predicted and measured: numbers for pictures, and for files as they are summed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.orientation.angle_series import AngleSeries, dichroism, peak_anisotropy
from xanesview.domain.orientation.varied import Varied
from xanesview.shown.curve_facts import with_provenance
from xanesview.shown.spectra import drawn_unit, in_sum, spectrum_of

if TYPE_CHECKING:
    from xanesview.domain.orientation.angle_series import PeakAnisotropy
    from xanesview.domain.spectrum import Spectrum
    from xanesview.shown.shown import Shown

_TURN_STEP_DEG = 3.0


def predicted_series(shown: Shown, varied: Varied, angles: np.ndarray) -> AngleSeries | None:
    """Return the sum of the sites over a series, as it is drawn; None where there is none.

    Of a network that takes the direction as an input it is the tensor fitted to it.
    """
    if shown.look is None:
        return None
    geometry, look = shown.session.geometry, shown.look
    geometries = tuple(varied.at(geometry, float(angle)) for angle in angles)
    unit = drawn_unit(shown, look.summed.unit)
    spectra = tuple(
        spectrum_of(look.summed, look.total(one.weight()), angle_label(varied, angle)).replace(unit=unit)
        for one, angle in zip(geometries, angles, strict=True)
    )
    return AngleSeries(varied.name, varied.unit, np.asarray(angles, dtype=np.float64), geometries, spectra)


def angle_label(varied: Varied, angle: float) -> str:
    """Return such as "θ = 20°"."""
    return f"{varied.name} = {angle:g}{'' if varied.unit == '°' else ' '}{varied.unit}"


def dichroism_shown(shown: Shown) -> Spectrum | None:
    """Return I∥ − I⊥ about the normal, as it is drawn."""
    if shown.look is None:
        return None
    summed = shown.look.summed
    difference = dichroism(summed, surface_normal(shown)).difference[0]
    return spectrum_of(summed, difference, "I∥ − I⊥").replace(unit=drawn_unit(shown, summed.unit))


def surface_normal(shown: Shown) -> Sequence[float] | np.ndarray | None:
    """Return what θ counts from (3,): the normal of the geometry, else of the slab; None for z."""
    if shown.session.geometry.normal is not None:
        return shown.session.geometry.normal
    return None if shown.structure is None else shown.structure.surface_normal


def anisotropy_shown(shown: Shown, low_ev: float, high_ev: float) -> PeakAnisotropy | None:
    """Return principal axes and anisotropy between two energies; None without a prediction or outside of it."""
    if shown.look is None:
        return None
    energy = shown.look.summed.energy_ev
    low, high = np.clip([low_ev, high_ev], energy[0], energy[-1])
    if high_ev < energy[0] or low_ev > energy[-1]:
        return None
    return peak_anisotropy(shown.look.summed, low, high)


@dataclass(frozen=True, eq=False)
class WholeTurn:
    """Weights over all values of an angle: what a polar plot needs of the experiment, whatever the energy.

    Attributes
    ----------
    angles : (K,) float
    weights : (K, 6) float
    """

    angles: np.ndarray
    weights: np.ndarray

    @classmethod
    def of(cls, shown: Shown, varied: Varied) -> WholeTurn | None:
        """Return it for what is shown; None for what is no direction."""
        if varied.turn is None:
            return None
        low, high = varied.turn
        angles = np.linspace(low, high, round((high - low) / _TURN_STEP_DEG) + 1)
        geometry = shown.session.geometry
        weights = [varied.at(geometry, float(angle)).weight().voigt for angle in angles]
        if high - low == 180.0:  # beam and field reversed weigh alike, so that half a turn has the other half in it
            angles, weights = np.concatenate([angles, angles[1:] + 180.0]), [*weights, *weights[1:]]
        return cls(angles, np.array(weights))

    def at(self, shown: Shown, energy_ev: float) -> np.ndarray:
        """Return the intensities (K,) at an energy, interpolated linearly."""
        summed = shown.look.summed
        sigma = [np.interp(energy_ev, summed.energy_ev, row) for row in summed.components[0]]
        return self.weights @ np.array(sigma)


def exported_series(
    shown: Shown, varied: Varied, angles: np.ndarray
) -> tuple[AngleSeries, Spectrum | None, dict[str, str]] | None:
    """Return the series for a file, its dichroism (none of electrons) and the facts of all: sums over the sites.

    None where there is no prediction.
    """
    drawn = predicted_series(shown, varied, angles)
    if drawn is None:
        return None
    look = shown.look
    spectra = tuple(
        in_sum(
            shown,
            spectrum_of(look.summed, one.intensity, one.label, look.band(geometry.weight())),
            shown.sites,
        )
        for one, geometry in zip(drawn.spectra, drawn.geometries, strict=True)
    )
    series = AngleSeries(drawn.name, drawn.unit, drawn.angles, drawn.geometries, spectra)
    difference = None
    if shown.session.geometry.name != "elnes":
        values = dichroism(look.summed, surface_normal(shown)).difference[0]
        difference = in_sum(shown, spectrum_of(look.summed, values, "I∥ − I⊥"), shown.sites)
    facts = dict(with_provenance(shown, spectra[0]).provenance)
    for name in ("polarisation", "weight_tensor", *shown.session.geometry.header()):
        facts.pop(name, None)  # each spectrum has its own
    return series, difference, facts


# ---- measured ----


@dataclass(frozen=True, eq=False)
class MeasuredSeries:
    """Measured spectra of one sample at several angles, by ascending angle.

    Attributes
    ----------
    name : str
    places : tuple of int
        Among the references of the session.
    angles_deg : (A,) float
        Of the field from the surface normal.
    spectra : tuple of Spectrum
        As they are drawn.
    """

    name: str
    places: tuple[int, ...]
    angles_deg: np.ndarray
    spectra: tuple[Spectrum, ...]


def measured_series(shown: Shown, name: str | None = None) -> MeasuredSeries | None:
    """Return a series of measured spectra, of the curves that are visible; None without one.

    The one of this name where it is drawn, else the last one.
    """
    placed = [
        (place, one.reference.angle_deg, one)
        for place, one in enumerate(shown.references)
        if one.reference.angle_deg is not None and one.spectrum is not None and one.reference.visible
    ]
    if not placed:
        return None
    if name not in {one.reference.series for _, _, one in placed}:
        name = placed[-1][2].reference.series
    own = sorted((one for one in placed if one[2].reference.series == name), key=lambda one: one[1])
    return MeasuredSeries(
        name, tuple(place for place, _, _ in own), np.array([angle for _, angle, _ in own]),
        tuple(one.spectrum.replace(label=one.label) for _, _, one in own),
    )  # fmt: skip
