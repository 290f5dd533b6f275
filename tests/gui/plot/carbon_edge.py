"""A plausible analytic C K-edge tensor, so that the plot's tests need no network: π* out of plane, σ* in plane."""

from __future__ import annotations

import numpy as np

from xanesview.shown.curve import Curve

ENERGY_EV = np.linspace(280.0, 310.0, 241)


def _peak(centre_ev: float, fwhm_ev: float, height: float) -> np.ndarray:
    return height * np.exp(-4 * np.log(2) * ((ENERGY_EV - centre_ev) / fwhm_ev) ** 2)


def _step(edge_ev: float, height: float) -> np.ndarray:
    return height * (0.5 + np.arctan((ENERGY_EV - edge_ev) / 0.7) / np.pi)


def tensor(shift_ev: float = 0.0) -> np.ndarray:
    """Return σ_ij(E) of one aromatic site in a plane normal to z, (3, 3, E)."""
    out = _peak(285.1 + shift_ev, 0.9, 2.6) + _peak(288.9 + shift_ev, 1.2, 0.8) + _step(290.8 + shift_ev, 0.45)
    inside = (
        _peak(287.3 + shift_ev, 1.0, 0.35)
        + _peak(293.4 + shift_ev, 2.8, 1.15)
        + _peak(300.2 + shift_ev, 5.5, 0.55)
        + _step(290.8 + shift_ev, 0.5)
    )
    result = np.zeros((3, 3, ENERGY_EV.size))
    result[0, 0], result[1, 1], result[2, 2] = 0.92 * inside, 1.08 * inside, out
    return result


def intensity(direction: np.ndarray, shift_ev: float = 0.0) -> np.ndarray:
    """Return n̂ᵀ σ n̂, (E,)."""
    unit = np.asarray(direction, float) / np.linalg.norm(direction)
    return np.einsum("i,ije,j->e", unit, tensor(shift_ev), unit)


def isotropic(shift_ev: float = 0.0) -> np.ndarray:
    """Return the average over directions, (E,)."""
    return np.einsum("iie->e", tensor(shift_ev)) / 3


def bound() -> float:
    """Return what no direction exceeds."""
    return float(np.linalg.eigvalsh(np.moveaxis(tensor(), -1, 0)).max())


def measured(n_points: int = 120, noise: float = 0.02) -> tuple[np.ndarray, np.ndarray]:
    """Return a spectrum as a beamline would give it: other grid, a little noise."""
    grid = np.linspace(281.3, 308.0, n_points)
    random = np.random.default_rng(7)
    return grid, np.interp(grid, ENERGY_EV, intensity([0.3, 0, 1], 0.15)) + noise * random.normal(size=n_points)


def curves(
    direction: tuple[float, float, float] = (0.0, 0.5, 0.87), n_sites: int = 0, overlays: bool = True
) -> list[Curve]:
    """Return what the window would show: current, isotropic, sites, a measured, a computed, a frozen curve."""
    now = intensity(np.array(direction))
    result = [
        Curve("current", ENERGY_EV, now, "this direction", "current", band=0.03 + 0.06 * now),
        Curve("isotropic", ENERGY_EV, isotropic(), "isotropic", "isotropic"),
    ]
    for site in range(n_sites):
        shifted = intensity(np.array(direction), 0.35 * (site - n_sites / 2)) * (0.55 + 0.05 * site)
        result.append(
            Curve(f"site-{site}", ENERGY_EV, shifted, f"C{site + 1}", "site", tooltip=f"C{site + 1}: 2 C 1 H")
        )
    if overlays:
        result.append(Curve("measured", *measured(), "HOPG, 45°", "measured"))
        result.append(Curve("computed", ENERGY_EV, intensity(np.array(direction), -0.2) * 0.94, "TP-DFT", "computed"))
        result.append(Curve("frozen", ENERGY_EV, intensity(np.array([1.0, 0, 0.1])), "ε ∥ x", "frozen"))
    return result
