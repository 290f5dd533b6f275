"""Calculated transitions (sticks) broadened to an absorption tensor with native, energy-dependent widths."""

from __future__ import annotations

import numpy as np

HARTREE_EV = 27.211386245988
SIGMA_TO_FWHM = 2.0 * np.sqrt(2.0 * np.log(2.0))
NATIVE_SIGMA_EV = 0.5
CONTINUUM_FWHM_EV = 4.0
CONTINUUM_RAMP_EV = 15.0


def native_fwhm_ev(stick_energy_ev: np.ndarray, ip_ev: float, sigma_ev: float = NATIVE_SIGMA_EV) -> np.ndarray:
    """Return the full width at half maximum of each stick.

    Constant up to the ionisation potential, then linear up to 4 eV over the next 15 eV: the usual treatment of a
    continuum discretised by a finite basis (StoBe practice).

    Parameters
    ----------
    stick_energy_ev : (T,) array, eV
    ip_ev : ionisation potential on the same scale, eV
    sigma_ev : Gaussian standard deviation below the ionisation potential, eV

    Returns
    -------
    (T,) array, eV
    """
    low = sigma_ev * SIGMA_TO_FWHM
    ramp = np.clip((np.asarray(stick_energy_ev) - ip_ev) / CONTINUUM_RAMP_EV, 0.0, 1.0)
    return low + ramp * (CONTINUUM_FWHM_EV - low)


def stick_tensor(
    energy_ev: np.ndarray,
    stick_energy_ev: np.ndarray,
    dipole_bohr: np.ndarray,
    ip_ev: float,
    energy_offset_ev: float = 0.0,
    sigma_ev: float = NATIVE_SIGMA_EV,
) -> np.ndarray:
    """Return σ_ij(E) = Σ_f ω_f d_f,i d_f,j g(E − ω_f − offset), ω in hartree before the offset.

    Parameters
    ----------
    energy_ev : (E,) array, grid on the scale of experiment, eV
    stick_energy_ev : (T,) array, transition energies on the calculation's scale, eV
    dipole_bohr : (T, 3) array, transition dipoles, bohr
    ip_ev : ionisation potential on the calculation's scale, eV
    energy_offset_ev : added to the sticks (and the ionisation potential) to reach the scale of experiment, eV
    sigma_ev : native Gaussian standard deviation below the ionisation potential, eV

    Returns
    -------
    (6, E) array in hartree bohr²/eV, order xx, yy, zz, yz, xz, xy
    """
    sticks = np.asarray(stick_energy_ev, float)
    d = np.asarray(dipole_bohr, float)
    sigma = native_fwhm_ev(sticks, ip_ev, sigma_ev) / SIGMA_TO_FWHM
    x = (np.asarray(energy_ev)[:, None] - sticks - energy_offset_ev) / sigma
    shape = np.exp(-0.5 * x * x) / (np.sqrt(2.0 * np.pi) * sigma)
    products = np.stack(
        [d[:, 0] ** 2, d[:, 1] ** 2, d[:, 2] ** 2, d[:, 1] * d[:, 2], d[:, 0] * d[:, 2], d[:, 0] * d[:, 1]]
    )
    return products * (sticks / HARTREE_EV) @ shape.T
