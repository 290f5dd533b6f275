"""Calculated transitions (sticks) broadened to an absorption tensor with native, energy-dependent widths."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from xanesview.limits import LARGEST_MATRIX, check_bytes

HARTREE_EV = 27.211386245988
SIGMA_TO_FWHM = 2.0 * np.sqrt(2.0 * np.log(2.0))


@dataclass(frozen=True)
class StickWidths:
    """How broad sticks are drawn: Gaussians of a constant width, then of one that grows with the energy.

    The usual treatment of a continuum discretised by a finite basis (StoBe practice). All full widths at half maximum.

    Attributes
    ----------
    fwhm_ev : float
        Width up to ``start_ev`` from the ionisation potential.
    continuum_fwhm_ev : float
        Width from ``start_ev`` + ``ramp_ev`` on; linear in between.
    """

    fwhm_ev: float = 0.75
    continuum_fwhm_ev: float = 8.0
    ramp_ev: float = 13.0
    start_ev: float = -1.0

    def of(self, stick_energy_ev: np.ndarray, ip_ev: float) -> np.ndarray:
        """Return the width (T,) of sticks at energies (T,), with the ionisation potential on the same scale, eV."""
        grown = np.clip((np.asarray(stick_energy_ev) - ip_ev - self.start_ev) / self.ramp_ev, 0.0, 1.0)
        return self.fwhm_ev + grown * (self.continuum_fwhm_ev - self.fwhm_ev)

    def as_dict(self) -> dict[str, float]:
        """Return plain values for cards and recipes."""
        return asdict(self)

    def __str__(self) -> str:
        where = "the ionisation potential"
        if self.start_ev:
            where = f"{abs(self.start_ev):g} eV {'below' if self.start_ev < 0 else 'above'} {where}"
        return (
            f"Gaussian of FWHM {self.fwhm_ev:.3g} eV up to {where}; FWHM grows to {self.continuum_fwhm_ev:g} eV over "
            f"the next {self.ramp_ev:g} eV"
        )


NATIVE_WIDTHS = StickWidths()
"""What computed spectra are drawn with, and new networks trained on.

Chosen on 47 measured C, N and O K-edges of 22 molecules (electron loss, two films): lines are 0.6–0.9 eV wide, but
broaden already just below the ionisation potential, and the continuum has no structure finer than about half its
distance from the edge. The rms deviation is 8 to 30 % below that of `FORMER_WIDTHS`, and what can't be brought to
`MEASURE_WIDTHS` is 0.0025 of the mean square.
"""
MEASURE_WIDTHS = StickWidths(0.5 * SIGMA_TO_FWHM, 8.0, 10.0, 0.0)
"""What networks are measured at; sharper ones are broadened to it first."""
FORMER_WIDTHS = StickWidths(0.5 * SIGMA_TO_FWHM, 4.0, 15.0, 0.0)
"""What networks were trained on and measured at until November 2026."""


def stick_tensor(
    energy_ev: np.ndarray,
    stick_energy_ev: np.ndarray,
    dipole_bohr: np.ndarray,
    ip_ev: float,
    energy_offset_ev: float = 0.0,
    widths: StickWidths = NATIVE_WIDTHS,
) -> np.ndarray:
    """Return σ_ij(E) = Σ_f ω_f d_f,i d_f,j g(E − ω_f − offset), ω in hartree before the offset.

    Parameters
    ----------
    energy_ev : (E,) array, grid on the scale of experiment, eV
    stick_energy_ev : (T,) array, transition energies on the calculation's scale, eV
    dipole_bohr : (T, 3) array, transition dipoles, bohr
    ip_ev : ionisation potential on the calculation's scale, eV
    energy_offset_ev : added to the sticks (and the ionisation potential) to reach the scale of experiment, eV
    widths : widths of the sticks

    Returns
    -------
    (6, E) array in hartree bohr²/eV, order xx, yy, zz, yz, xz, xy
    """
    sticks = np.asarray(stick_energy_ev, float)
    d = np.asarray(dipole_bohr, float)
    sigma = widths.of(sticks, ip_ev) / SIGMA_TO_FWHM
    x = (np.asarray(energy_ev)[:, None] - sticks - energy_offset_ev) / sigma
    shape = np.exp(-0.5 * x * x) / (np.sqrt(2.0 * np.pi) * sigma)
    products = np.stack(
        [d[:, 0] ** 2, d[:, 1] ** 2, d[:, 2] ** 2, d[:, 1] * d[:, 2], d[:, 0] * d[:, 2], d[:, 0] * d[:, 1]]
    )
    return products * (sticks / HARTREE_EV) @ shape.T


def rebroadened(
    energy_ev: np.ndarray, curves: np.ndarray, ip_ev: float, widths: StickWidths, wanted: StickWidths
) -> np.ndarray:
    """Return curves that were drawn with some widths as if they had been drawn with others, where these are broader.

    Every point becomes the average over a Gaussian of the width that is lacking there, √(wanted² − widths²).

    Parameters
    ----------
    energy_ev : (E,) even grid, eV
    curves : (..., E)
    ip_ev : ionisation potential on the same scale, eV

    Returns
    -------
    (..., E); beyond its ends a curve goes on with its edge values
    """
    step = float(np.mean(np.diff(energy_ev)))
    beyond = round(1.5 * wanted.continuum_fwhm_ev / step)
    n = len(energy_ev)
    check_bytes(8 * n * (n + 2 * beyond), LARGEST_MATRIX, "Drawing it broader", "Take a coarser grid of energies.")
    points = energy_ev[0] + step * np.arange(-beyond, n + beyond)
    lacking = np.maximum(wanted.of(energy_ev, ip_ev) ** 2 - widths.of(energy_ev, ip_ev) ** 2, 0.0)
    sigma = np.maximum(np.sqrt(lacking) / SIGMA_TO_FWHM, 0.1 * step)
    weights = np.exp(-0.5 * ((energy_ev - points[:, None]) / sigma) ** 2)
    edges = [np.repeat(curves[..., end], beyond, -1) for end in (slice(0, 1), slice(-1, None))]
    return np.concatenate([edges[0], curves, edges[1]], axis=-1) @ (weights / weights.sum(0))
