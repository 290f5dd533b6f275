"""Momentum transfer in electron energy loss: from the geometry of an ELNES measurement to its weight tensor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise

import numpy as np

from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.geometry.glyph import Disc, Glyph, MainArrow
from xanesview.domain.geometry.weight_tensor import WeightTensor
from xanesview.errors import XanesviewError

ELECTRON_REST_ENERGY_EV = 510998.95


def lorentz_factor(beam_energy_kev: float) -> float:
    """Return γ = 1 + E0/mc² of the beam electrons."""
    if not (np.isfinite(beam_energy_kev) and beam_energy_kev > 0.0):
        raise XanesviewError("The beam energy must be a positive number of keV.")
    return 1.0 + 1e3 * beam_energy_kev / ELECTRON_REST_ENERGY_EV


def characteristic_angle_mrad(energy_loss_ev: float, beam_energy_kev: float, relativistic: bool = True) -> float:
    """Return the characteristic angle θ_E of inelastic scattering in mrad.

    θ_E = E/(γ m v²), and E/(2 E0) without relativity (Egerton, Electron Energy-Loss Spectroscopy, ch. 3).
    """
    if not (np.isfinite(energy_loss_ev) and energy_loss_ev > 0.0):
        raise XanesviewError("The energy loss must be a positive number of eV.")
    gamma = lorentz_factor(beam_energy_kev)
    beam_ev = 1e3 * beam_energy_kev
    twice_kinetic_ev = beam_ev * (gamma + 1.0) / gamma if relativistic else 2.0 * beam_ev  # γ m v² = E0 (γ + 1)/γ
    return 1e3 * energy_loss_ev / twice_kinetic_ev


@dataclass(frozen=True)
class ElectronEnergyLoss(Geometry):
    """Electron energy loss (ELNES) along a beam k̂, with an aperture on the axis.

    W ∝ ∫ q̂q̂ᵀ/(θ² + θ_E²) over all pairs of directions in the convergence and the collection cone. The relativistic
    form replaces q_z by q_z(1 − v²/c²) and the squared momentum q² of the propagator by q² − (E/ħc)² (Jouffrey,
    Schattschneider and Hébert, Ultramicroscopy 102 (2004) 61): W ∝ ∫ vvᵀ/(θ² + θ_E²/γ²)², v = (θ, θ_E/γ²).

    Parameters
    ----------
    energy_loss_ev, beam_energy_kev : float
    collection_semi_angle_mrad, convergence_semi_angle_mrad : float
        Semi-angles; a convergence of 0 is a parallel beam.
    relativistic : bool
    """

    name = "elnes"
    title = "ELNES"
    tooltip = "Energy loss of electrons that travel along the arrow"
    symbol = "k"
    uses = (
        "direction", "energy_loss_ev", "beam_energy_kev", "collection_semi_angle_mrad", "convergence_semi_angle_mrad",
        "relativistic",
    )

    energy_loss_ev: float = 285.0  # carbon's K edge in the commonest microscope
    beam_energy_kev: float = 200.0
    collection_semi_angle_mrad: float = 5.0
    convergence_semi_angle_mrad: float = 0.0
    relativistic: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in self.uses[1:-1]:
            object.__setattr__(self, name, float(getattr(self, name)))
        object.__setattr__(self, "relativistic", bool(self.relativistic))
        if not (np.isfinite(self.collection_semi_angle_mrad) and self.collection_semi_angle_mrad > 0.0):
            raise XanesviewError("The collection semi-angle must be a positive number of mrad.")
        if not (np.isfinite(self.convergence_semi_angle_mrad) and self.convergence_semi_angle_mrad >= 0.0):
            raise XanesviewError("The convergence semi-angle must not be negative.")
        characteristic_angle_mrad(self.energy_loss_ev, self.beam_energy_kev)  # refuses impossible energies

    @cached_property
    def _share_along(self) -> float:
        """k̂ᵀWk̂, the share of the momentum transfer along the beam."""
        collection, convergence = self.collection_semi_angle_mrad, self.convergence_semi_angle_mrad
        theta_e = characteristic_angle_mrad(self.energy_loss_ev, self.beam_energy_kev, self.relativistic)
        gamma = lorentz_factor(self.beam_energy_kev) if self.relativistic else 1.0
        # θ = θ_E sinh(u): even steps in u are fine near θ_E and logarithmic far beyond it. The integrand has a kink
        # where the two cones begin to leave one another.
        limits = sorted({0.0, abs(collection - convergence), collection + convergence})
        along = across = 0.0
        nodes, weights = _quadrature()
        for low, high in pairwise(limits):
            u_low, u_high = np.arcsinh(low / theta_e), np.arcsinh(high / theta_e)
            u = u_low + (u_high - u_low) * (nodes + 1.0) / 2.0
            theta = theta_e * np.sinh(u)
            measure = weights * (u_high - u_low) / 2.0 * theta_e * np.cosh(u) * theta
            measure = measure * _overlap(theta, collection, convergence) / (theta**2 + (theta_e / gamma) ** 2) ** 2
            along += float(np.sum(measure * (theta_e / gamma**2) ** 2))
            across += float(np.sum(measure * theta**2)) / 2.0
        return along / (along + 2.0 * across)

    def matrix(self) -> np.ndarray:
        """Return W, uniaxial about the beam."""
        kk = np.outer(self.direction, self.direction)
        return self._share_along * kk + (1.0 - self._share_along) / 2.0 * (np.eye(3) - kk)

    def describe(self) -> str:
        """Return beam and aperture in words."""
        aperture = f"{self.beam_energy_kev:g} keV, β = {self.collection_semi_angle_mrad:g} mrad"
        return f"ELNES, {self.symbol} = {self._vector_text()}, {aperture}"

    def glyph(self) -> Glyph:
        """Return an arrow along the beam and a disc across it, as large as momentum is transferred across the beam."""
        across = 1.0 - self._share_along
        return Disc(self.direction, across * Disc.radius), MainArrow(self.direction)


def elnes(
    beam: Sequence[float] | np.ndarray,
    energy_loss_ev: float,
    beam_energy_kev: float,
    collection_semi_angle_mrad: float,
    convergence_semi_angle_mrad: float = 0.0,
    relativistic: bool = True,
) -> WeightTensor:
    """Return the weight of an ELNES measurement along `beam` (3,), of any length; the rest as `ElectronEnergyLoss`."""
    return ElectronEnergyLoss(
        beam,
        energy_loss_ev=energy_loss_ev,
        beam_energy_kev=beam_energy_kev,
        collection_semi_angle_mrad=collection_semi_angle_mrad,
        convergence_semi_angle_mrad=convergence_semi_angle_mrad,
        relativistic=relativistic,
    ).weight()


@cache
def _quadrature() -> tuple[np.ndarray, np.ndarray]:
    return np.polynomial.legendre.leggauss(100)


def _overlap(distance: np.ndarray, first: float, second: float) -> np.ndarray:
    """Area that two discs of given radii share at a distance of their centres, over the area of the smaller one."""
    small, large = sorted((first, second))
    if small == 0.0:
        return (distance <= large).astype(np.float64)
    d = np.clip(distance, np.finfo(float).tiny, None)
    cos_small = np.clip((d**2 + small**2 - large**2) / (2.0 * d * small), -1.0, 1.0)
    cos_large = np.clip((d**2 + large**2 - small**2) / (2.0 * d * large), -1.0, 1.0)
    angle_small, angle_large = np.arccos(cos_small), np.arccos(cos_large)
    area = small**2 * (angle_small - cos_small * np.sin(angle_small))
    area += large**2 * (angle_large - cos_large * np.sin(angle_large))
    return area / (np.pi * small**2)
