"""Spectra of single sites as others computed them: a tensor's worth of directions, x, y and z only, or an average."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError

KINDS = ("tensor", "diagonal", "directional", "isotropic")
"""What may be known of a site: σ itself; xx, yy and zz only; some directions; the average over all directions."""


@dataclass(frozen=True, eq=False)
class SiteSpectra:
    """The spectra of one absorbing atom.

    Parameters
    ----------
    atom : int
        Index in the structure.
    energy_ev : (E,) float, eV
        Strictly ascending.
    directions : (D, 3) float
        Polarisation of each spectrum in the frame of the structure; made unit vectors. D may be 0.
    spectra : (D, E) float
    isotropic : (E,) float or None
        Average over all directions, where it was computed.
    multiplicity : int
        How many atoms this site stands for.
    e0_ev : float
        The edge on the scale of `energy_ev`, where who computed it tells it; else NaN.

    Raises
    ------
    XanesviewError
        If there is no spectrum, or numbers are missing, not finite or out of order.
    """

    atom: int
    energy_ev: np.ndarray
    directions: np.ndarray = field(default_factory=lambda: np.zeros((0, 3)))
    spectra: np.ndarray | None = None
    isotropic: np.ndarray | None = None
    multiplicity: int = 1
    e0_ev: float = np.nan

    def __post_init__(self) -> None:
        energy = np.array(self.energy_ev, float)
        if energy.ndim != 1 or len(energy) < 2 or not np.isfinite(energy).all() or (np.diff(energy) <= 0).any():
            raise XanesviewError("The energies of a spectrum must ascend and be two at least.", "Leave it out.")
        directions = np.array(self.directions, float).reshape(-1, 3)
        spectra = np.zeros((0, len(energy))) if self.spectra is None else np.array(self.spectra, float)
        if spectra.shape != (len(directions), len(energy)):
            raise XanesviewError(
                f"{len(directions)} directions and {len(energy)} energies need as many values, not {spectra.shape}.",
                "Leave this spectrum out.",
            )
        length = np.linalg.norm(directions, axis=1, keepdims=True)
        if not np.isfinite(length).all() or (length < 1e-9).any():
            raise XanesviewError("A polarisation has no direction.", "Give three numbers that are not all zero.")
        isotropic = None if self.isotropic is None else np.array(self.isotropic, float)
        if isotropic is not None and isotropic.shape != energy.shape:
            raise XanesviewError("The average spectrum and its energies differ in length.", "Leave this spectrum out.")
        if isotropic is None and not len(directions):
            raise XanesviewError(f"Atom {self.atom} has no spectrum.", "Leave it out.")
        if not np.isfinite(spectra).all() or (isotropic is not None and not np.isfinite(isotropic).all()):
            raise XanesviewError(
                f"The spectrum of atom {self.atom} holds values that are not finite numbers.",
                "The calculation has failed; leave it out or repeat it.",
            )
        values = {"energy_ev": energy, "directions": directions / length, "spectra": spectra, "isotropic": isotropic}
        for key, value in values.items():
            if value is not None:
                value.setflags(write=False)
            object.__setattr__(self, key, value)

    @property
    def kind(self) -> str:
        """What is known, one of KINDS; the best that the directions allow."""
        if len(self.directions) and np.linalg.matrix_rank(quadratic_design(self.directions), tol=1e-6) == 6:
            return "tensor"
        if self._axes() is not None:
            return "diagonal"
        return "isotropic" if self.isotropic is not None else "directional"

    def average(self) -> np.ndarray | None:
        """Return the isotropic spectrum (E,) as computed or, of x, y and z, their mean; None where it is unknown.

        Of a tensor it follows from the tensor, which is not fitted here.
        """
        if self.isotropic is not None:
            return self.isotropic
        axes = self._axes()
        return None if axes is None else self.spectra[axes].mean(axis=0)

    def resampled(self, energy_ev: np.ndarray, outside: float = np.nan) -> SiteSpectra:
        """Return the site on another grid by linear interpolation.

        Parameters
        ----------
        energy_ev : (E',), eV
        outside : float
            Value beyond the ends; where it is NaN, a grid that reaches further is an error.

        Raises
        ------
        XanesviewError
            If the grid reaches further than the spectrum, and nothing is said about what lies there.
        """
        if np.isnan(outside) and not self.covers(energy_ev):
            raise XanesviewError(
                f"The spectrum of atom {self.atom} reaches from {self.energy_ev[0]:.1f} to {self.energy_ev[-1]:.1f} "
                f"eV, not from {energy_ev[0]:.1f} to {energy_ev[-1]:.1f} eV.",
                "Choose a smaller range with --energy.",
            )

        def one(values: np.ndarray) -> np.ndarray:
            return np.interp(energy_ev, self.energy_ev, values, left=outside, right=outside)

        spectra = np.array([one(row) for row in self.spectra]).reshape(len(self.spectra), len(energy_ev))
        isotropic = None if self.isotropic is None else one(self.isotropic)
        return SiteSpectra(self.atom, energy_ev, self.directions, spectra, isotropic, self.multiplicity, self.e0_ev)

    def covers(self, energy_ev: np.ndarray) -> bool:
        """Tell whether the spectrum reaches over a whole grid (E',), eV."""
        return bool(self.energy_ev[0] <= energy_ev[0] + 1e-6 and self.energy_ev[-1] >= energy_ev[-1] - 1e-6)

    def _axes(self) -> list[int] | None:
        """Return the rows of x, y and z, or None where one of them is missing."""
        rows = []
        for axis in np.eye(3):
            found = np.flatnonzero(np.abs(self.directions @ axis) > 1.0 - 1e-6)
            if not len(found):
                return None
            rows.append(int(found[0]))
        return rows


@dataclass(frozen=True, eq=False)
class StructureSpectra:
    """A structure with the sites that have a spectrum; copies and variants of one thing share a ``parent``."""

    structure: Structure
    sites: tuple[SiteSpectra, ...]
    parent: str = ""


def quadratic_design(directions: np.ndarray) -> np.ndarray:
    """Return the matrix (D, 6) that takes xx, yy, zz, yz, xz, xy to I(n̂) = n̂ᵀ σ n̂ for unit vectors (D, 3)."""
    x, y, z = np.asarray(directions, float).T
    return np.stack([x * x, y * y, z * z, 2 * y * z, 2 * x * z, 2 * x * y], axis=1)
