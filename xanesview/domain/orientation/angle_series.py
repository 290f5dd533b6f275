"""Spectra over one angle of an experiment, and what a tensor says of the dichroism and the axes of a peak."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.geometry.directions import parse_angle_deg, unit
from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.geometry.weight_tensor import WeightTensor, from_voigt
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.limits import check_count

MOST_ANGLES = 721
"""Of one series: half a degree over a full turn."""
_SERIES_HINT = "Write from:to:step, such as 20:90:10, or single ones, such as 20,55,90."


@dataclass(frozen=True, eq=False)
class AngleSeries:
    """Spectra of one sample over one angle, on one grid.

    Attributes
    ----------
    name : str
        Of the angle, such as "θ" or "grazing angle".
    unit : str
        "°" or "mrad".
    angles : (A,) float
        In that unit.
    geometries : tuple of Geometry
        The experiment at each angle.
    spectra : tuple of Spectrum
        One an angle.
    """

    name: str
    unit: str
    angles: np.ndarray
    geometries: tuple[Geometry, ...]
    spectra: tuple[Spectrum, ...]

    @property
    def energy_ev(self) -> np.ndarray:
        """The common grid (E,), eV."""
        return self.spectra[0].energy_ev

    @property
    def intensities(self) -> np.ndarray:
        """Intensities (A, E)."""
        return np.stack([spectrum.intensity for spectrum in self.spectra])

    def at(self, energy_ev: float) -> np.ndarray:
        """Return the intensities (A,) at an energy, interpolated linearly: what a polar plot shows."""
        return np.array([np.interp(energy_ev, self.energy_ev, row) for row in self.intensities])


def colour_range(angles: Sequence[float] | np.ndarray) -> tuple[float, float]:
    """Return the two angles at the ends of a scale of colours: 0 and 90 where all lie between.

    So the same colour is the same angle in each picture of a film.
    """
    low, high = float(np.min(angles)), float(np.max(angles))
    if low >= 0.0 and high <= 90.0:
        return 0.0, 90.0
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def parse_series(text: str) -> np.ndarray | None:
    """Return the numbers (A,) of “20:90:10” (the end included) or “20,55,90”, None for a single number.

    Raises
    ------
    XanesviewError
        If it can't be understood, or asks for too many.
    """
    cleaned = text.strip().replace("−", "-")
    if ":" in cleaned:
        words = cleaned.split(":")
        if len(words) != 3:
            raise XanesviewError(f"“{text}” is no series of angles.", _SERIES_HINT)
        low, high, step = (parse_angle_deg(word) for word in words)
        if abs(step) < 1e-9 or (high - low) / step < 0:
            raise XanesviewError(f"No step of {step:g} leads from {low:g} to {high:g}.", _SERIES_HINT)
        count = int(np.floor((high - low) / step + 1e-9)) + 1
        check_count(count, MOST_ANGLES, "angles", "Take larger steps.")
        return low + step * np.arange(count)
    words = [word for word in re.split(r"[,;\s]+", cleaned) if word]
    if len(words) < 2:
        return None
    check_count(len(words), MOST_ANGLES, "angles", "Give fewer.")
    return np.array([parse_angle_deg(word) for word in words])


def ends_before(text: str) -> str:
    """Return a sentence where a series such as “20:95:20” stops before the end that was typed; else an empty text."""
    words = text.split(":")
    if len(words) != 3:
        return ""
    last, end = float(parse_series(text)[-1]), parse_angle_deg(words[1])
    short = abs(end - last) > 1e-6 * max(abs(end), 1.0)
    return f"The series ends at {last:g}, the last step before {end:g}.".replace("-", "−") if short else ""


@dataclass(frozen=True, eq=False)
class Dichroism:
    """Spectra along and across a surface normal, of sites that are disordered about it: (S, E) or (E,)."""

    parallel: np.ndarray
    perpendicular: np.ndarray

    @property
    def difference(self) -> np.ndarray:
        """I∥ − I⊥: positive where the field along the normal is absorbed more."""
        return self.parallel - self.perpendicular


def dichroism(tensor: AbsorptionTensor, normal: Sequence[float] | np.ndarray | None = None) -> Dichroism:
    """Return I∥ = nᵀσn and I⊥ = (Tr σ − I∥)/2 of each site (S, E); n (3,) of any length is z by default."""
    n = unit((0.0, 0.0, 1.0) if normal is None else normal)
    parallel = tensor.contract(WeightTensor(np.outer(n, n)))
    return Dichroism(parallel, (3.0 * tensor.isotropic() - parallel) / 2.0)


@dataclass(frozen=True, eq=False)
class PeakAnisotropy:
    """Principal axes of the absorption of a peak.

    Attributes
    ----------
    values : (3,) float
        Intensities along the axes, the unique axis first: the one that differs most from the mean.
    axes : (3, 3) float
        Unit vectors, one a column.
    """

    values: np.ndarray
    axes: np.ndarray

    @property
    def isotropic(self) -> float:
        """Mean over all directions."""
        return float(self.values.mean())

    @property
    def anisotropy(self) -> float:
        """(λ∥ − λ⊥)/(λ∥ + 2λ⊥) of the unique axis and the mean of the others.

        1 for a vector orbital (σ* along a bond, π*), −½ for a plane orbital, 0 for an isotropic peak.
        """
        along, across = float(self.values[0]), float(self.values[1:].mean())
        total = along + 2.0 * across
        return (along - across) / total if total else 0.0

    @property
    def asymmetry(self) -> float:
        """By how much the other two axes differ, |λ₂ − λ₃|/|λ∥ − mean|, 0 to 1; 0 for a uniaxial peak."""
        away = abs(float(self.values[0]) - self.isotropic)
        return abs(float(self.values[1] - self.values[2])) / away if away else 0.0


def peak_anisotropy(
    tensor: AbsorptionTensor, low_ev: float, high_ev: float, site_index: int = 0
) -> PeakAnisotropy:
    """Return the principal axes of what one site absorbs between two energies.

    Parameters
    ----------
    tensor : such as `AbsorptionTensor.summed` of some sites
    low_ev, high_ev : window, eV; the integral over it is taken, at a single energy the value there
    site_index : row of the tensor

    Raises
    ------
    XanesviewError
        If the window lies outside the tensor's energies.
    """
    energy = tensor.energy_ev
    low, high = sorted((float(low_ev), float(high_ev)))
    if not (low >= energy[0] - 1e-9 and high <= energy[-1] + 1e-9):
        raise XanesviewError(
            f"The spectra reach from {energy[0]:g} to {energy[-1]:g} eV, not from {low:g} to {high:g} eV.",
            "Choose a window inside.",
        )
    grid = np.unique([low, *energy[(energy > low) & (energy < high)], high])
    rows = np.array([np.interp(grid, energy, row) for row in tensor.components[site_index]])
    whole = rows[:, 0] if len(grid) == 1 else np.trapezoid(rows, grid, axis=1)
    values, vectors = np.linalg.eigh(from_voigt(whole))
    unique = int(np.argmax(np.abs(values - values.mean())))
    order = [unique, *(k for k in (2, 1, 0) if k != unique)]
    return PeakAnisotropy(values[order], vectors[:, order])


def tells_angle(name: str, angle_deg: float) -> bool:
    """Tell whether a name has an angle in it, as “20°”, “20deg” or “20_degrees”; one that a user gave may have none."""
    return bool(re.search(rf"(?<![\d.]){angle_deg:g}[\s_]?(?:°|deg)", name, re.IGNORECASE))
