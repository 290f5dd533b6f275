"""Momentum transfer in electron energy loss: from the geometry of an ELNES measurement to its weight tensor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from xanesview.domain.geometry.directions import frame
from xanesview.domain.geometry.glyph import Disc, Glyph, MainArrow
from xanesview.domain.geometry.polarisation import BeamAlone
from xanesview.domain.geometry.transfer_moments import transfer_moments
from xanesview.domain.geometry.weight_tensor import WeightTensor
from xanesview.errors import XanesviewError

ELECTRON_REST_ENERGY_EV = 510998.95
WIDEST_ANGLE_MRAD = 1000.0
"""Of apertures and detectors; microscopes have some tens, and the angles are small ones in the formulas."""
NARROWEST_ANGLE_MRAD = 1e-9
"""Far below any microscope's; squares of much smaller angles are no numbers any more."""
K_EDGE_EV = {"B": 188.0, "C": 285.0, "N": 400.0, "O": 532.0, "F": 685.0, "Fe": 7112.0, "Cu": 8979.0}
"""About the energy of K edges, by element; θ_E is in proportion to it."""


def lorentz_factor(beam_energy_kev: float) -> float:
    """Return γ = 1 + E0/mc² of the beam electrons."""
    if not 1e-6 <= beam_energy_kev <= 1e9:  # also refuses NaN
        raise XanesviewError("The beam energy must be a positive number of keV.", "Microscopes have 30 to 300 keV.")
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
class ElectronEnergyLoss(BeamAlone):
    """Electron energy loss (ELNES) along a beam k̂, with a round aperture on the axis or beside it.

    W ∝ ∫ q̂q̂ᵀ/(θ² + θ_E²) over all pairs of directions in the convergence and the collection cone. The relativistic
    form replaces q_z by q_z(1 − v²/c²) and the squared momentum q² of the propagator by q² − (E/ħc)² (Jouffrey,
    Schattschneider and Hébert, Ultramicroscopy 102 (2004) 61): W ∝ ∫ vvᵀ/(θ² + θ_E²/γ²)², v = (θ, θ_E/γ²).

    Parameters
    ----------
    energy_loss_ev, beam_energy_kev : float
    collection_semi_angle_mrad, convergence_semi_angle_mrad : float
        Semi-angles; a convergence of 0 is a parallel beam.
    relativistic : bool
    detector_offset_mrad : float
        By how much the middle of the aperture is off the axis; W is then uniaxial about the beam no more.
    detector_azimuth_deg : float
        Where to, about the beam, from x projected across it (`directions.frame` of the beam).
    """

    name = "elnes"
    title = "ELNES"
    tooltip = "Energy loss of electrons that travel along the arrow"
    symbol = "k"
    energy_title = "Energy loss (eV)"
    quantity = "Loss intensity"
    uses = (
        "direction", "energy_loss_ev", "beam_energy_kev", "collection_semi_angle_mrad", "convergence_semi_angle_mrad",
        "relativistic", "detector_offset_mrad", "detector_azimuth_deg",
    )

    energy_loss_ev: float = 285.0  # carbon's K edge in the commonest microscope
    beam_energy_kev: float = 200.0
    collection_semi_angle_mrad: float = 5.0
    convergence_semi_angle_mrad: float = 0.0
    relativistic: bool = True
    detector_offset_mrad: float = 0.0
    detector_azimuth_deg: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "relativistic", bool(self.relativistic))
        for name in self.uses[1:]:
            if name != "relativistic":
                object.__setattr__(self, name, float(getattr(self, name)))
        for angle, what in (
            (self.collection_semi_angle_mrad, "collection semi-angle"),
            (self.convergence_semi_angle_mrad, "convergence semi-angle"),
            (self.detector_offset_mrad, "detector's offset"),
        ):
            if angle > WIDEST_ANGLE_MRAD:
                raise XanesviewError(f"The {what} must be at most {WIDEST_ANGLE_MRAD:,.0f} mrad, not {angle:g}.")
            if 0.0 < angle < NARROWEST_ANGLE_MRAD:
                least = f"at least {NARROWEST_ANGLE_MRAD:g} mrad"
                zero = "" if angle is self.collection_semi_angle_mrad else ", or zero"
                raise XanesviewError(f"The {what} must be {least}{zero}, not {angle:g}.")
        if not (np.isfinite(self.collection_semi_angle_mrad) and self.collection_semi_angle_mrad > 0.0):
            raise XanesviewError("The collection semi-angle must be a positive number of mrad.")
        if not (np.isfinite(self.convergence_semi_angle_mrad) and self.convergence_semi_angle_mrad >= 0.0):
            raise XanesviewError("The convergence semi-angle must not be negative.")
        if not (np.isfinite(self.detector_offset_mrad) and self.detector_offset_mrad >= 0.0):
            raise XanesviewError("The detector's offset must not be negative.", "Its azimuth says where it is.")
        if not np.isfinite(self.detector_azimuth_deg):
            raise XanesviewError("The detector's azimuth must be a finite number of degrees.")
        characteristic_angle_mrad(self.energy_loss_ev, self.beam_energy_kev)  # refuses impossible energies

    def for_element(self, element: str) -> Self:
        """Return the measurement at the K edge of an element; as it is where that is not known here."""
        return replace(self, energy_loss_ev=K_EDGE_EV.get(element, self.energy_loss_ev))

    @cached_property
    def _moments(self) -> np.ndarray:
        """W in the frame of the beam: the detector's side, across it, along the beam."""
        return transfer_moments(
            characteristic_angle_mrad(self.energy_loss_ev, self.beam_energy_kev, self.relativistic),
            lorentz_factor(self.beam_energy_kev) if self.relativistic else 1.0,
            self.collection_semi_angle_mrad,
            self.convergence_semi_angle_mrad,
            self.detector_offset_mrad,
        )

    @property
    def parallel_share(self) -> float:
        """k̂ᵀWk̂, the share of the momentum transfer along the beam; the rest lies across it."""
        return float(self._moments[2, 2])

    @property
    def anisotropy(self) -> float:
        """(3w∥ − 1)/2, w∥ the parallel share: 1 along the beam only, 0 at the magic angle, −½ across it only.

        Of a sample that is uniaxial about the beam it is by how much I differs from the isotropic spectrum, in units
        of σ∥ − (σ∥ + 2σ⊥)/3.
        """
        return (3.0 * self.parallel_share - 1.0) / 2.0

    def matrix(self) -> np.ndarray:
        """Return W; uniaxial about the beam where the detector is on the axis."""
        e1, e2, k = frame(self.direction)
        if self.detector_offset_mrad == 0.0:
            kk = np.outer(k, k)
            return self.parallel_share * kk + (1.0 - self.parallel_share) / 2.0 * (np.eye(3) - kk)
        azimuth = np.deg2rad(self.detector_azimuth_deg)
        side = np.cos(azimuth) * e1 + np.sin(azimuth) * e2
        axes = np.stack([side, np.cross(k, side), k])
        return axes.T @ self._moments @ axes

    @property
    def short_label(self) -> str:
        """The collection semi-angle, as "β = 5 mrad"."""
        return self.settings_words()["collection"]

    def settings_words(self) -> dict[str, str]:
        """Return beam, energies, apertures and average in a word or two each."""
        return {
            "direction": f"{self.symbol} = {self._vector_text()}", "energy": f"{self.beam_energy_kev:g} keV",
            "loss": f"loss {self.energy_loss_ev:g} eV", "collection": f"β = {self.collection_semi_angle_mrad:.3g} mrad",
            "convergence": f"α = {self.convergence_semi_angle_mrad:.3g} mrad",
            "offset": f"{self.detector_offset_mrad:.3g} mrad off the axis",
            "side": f"detector at {self.detector_azimuth_deg:.3g}°", "average": self._average_word,
            "relativity": "relativistic" if self.relativistic else "not relativistic",
        }  # fmt: skip

    def describe(self) -> str:
        """Return beam and aperture in words."""
        aperture = f"{self.beam_energy_kev:g} keV, β = {self.collection_semi_angle_mrad:g} mrad"
        if self.convergence_semi_angle_mrad:
            aperture += f", α = {self.convergence_semi_angle_mrad:g} mrad"
        if self.detector_offset_mrad:
            aperture += f", {self.detector_offset_mrad:g} mrad off the axis"
        return f"ELNES, {self.symbol} = {self._vector_text()}, {aperture}{self._average_text()}"

    def glyph(self) -> Glyph:
        """Return an arrow along the beam and a disc across it, as large as momentum is transferred across the beam."""
        return Disc(self.direction, (1.0 - self.parallel_share) * Disc.radius), MainArrow(self.direction)


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


@dataclass(frozen=True, eq=False)
class CollectionSeries:
    """How momentum transfer along and across the beam mix over collection semi-angles.

    Attributes
    ----------
    collection_semi_angle_mrad : (A,) float
    parallel : (A,) float
        Share of the momentum transfer along the beam, k̂ᵀWk̂; the rest is `perpendicular`.
    anisotropy : (A,) float
        (3w∥ − 1)/2, zero at the magic angle.
    magic_angle_mrad : float or None
        Where it is zero; None where it is nowhere.
    """

    collection_semi_angle_mrad: np.ndarray
    parallel: np.ndarray
    magic_angle_mrad: float | None

    @property
    def perpendicular(self) -> np.ndarray:
        """Share of the momentum transfer across the beam, (A,)."""
        return 1.0 - self.parallel

    @property
    def anisotropy(self) -> np.ndarray:
        """(3w∥ − 1)/2, (A,)."""
        return (3.0 * self.parallel - 1.0) / 2.0


def collection_series(
    experiment: ElectronEnergyLoss, collection_semi_angles_mrad: Sequence[float] | np.ndarray | None = None
) -> CollectionSeries:
    """Return how the mixing of an ELNES measurement changes with its collection semi-angle.

    Parameters
    ----------
    experiment : with all else that stays as it is
    collection_semi_angles_mrad : (A,); by default 120 from 0.1 to 30 θ_E, and up to the experiment's own at least
    """
    if collection_semi_angles_mrad is None:
        theta_e = characteristic_angle_mrad(
            experiment.energy_loss_ev, experiment.beam_energy_kev, experiment.relativistic
        )
        most = max(30.0 * theta_e, 1.2 * experiment.collection_semi_angle_mrad)
        collection_semi_angles_mrad = np.geomspace(0.1 * theta_e, most, 120)
    angles = np.asarray(collection_semi_angles_mrad, dtype=np.float64)
    parallel = [replace(experiment, collection_semi_angle_mrad=angle).parallel_share for angle in angles.tolist()]
    try:
        magic = magic_collection_angle_mrad(experiment)
    except XanesviewError:  # a wide convergence or a detector off the axis leaves none
        magic = None
    return CollectionSeries(angles, np.array(parallel), magic)


def magic_collection_angle_mrad(experiment: ElectronEnergyLoss) -> float:
    """Return the collection semi-angle at which a spectrum does not depend on the tilt of a uniaxial sample, mrad.

    Momentum along and across the beam has the weights of a powder there, k̂ᵀWk̂ = 1/3: for a parallel beam 3.975 θ_E
    without relativity, 2.25, 1.46 and 1.04 θ_E at 100, 200 and 300 kV (285 eV).

    Raises
    ------
    XanesviewError
        If there is none: with a wide convergence all angles see more across the beam, and with the detector off the
        axis the weight is never that of a powder.
    """
    if experiment.detector_offset_mrad:
        raise XanesviewError(
            "With the detector off the axis no collection angle is magic.", "Set the detector's offset to 0."
        )

    def excess(angle_mrad: float) -> float:
        return replace(experiment, collection_semi_angle_mrad=angle_mrad).parallel_share - 1.0 / 3.0

    theta_e = characteristic_angle_mrad(experiment.energy_loss_ev, experiment.beam_energy_kev, experiment.relativistic)
    low, high = 1e-4 * theta_e, min(10.0 * theta_e, WIDEST_ANGLE_MRAD)
    if excess(low) <= 0.0:
        raise XanesviewError(
            "There is no magic collection angle: every aperture sees more momentum across the beam than along it.",
            "Make the convergence semi-angle smaller.",
        )
    while excess(high) > 0.0:
        if high >= WIDEST_ANGLE_MRAD:
            raise XanesviewError(
                f"There is no magic collection angle up to {WIDEST_ANGLE_MRAD:,.0f} mrad.", "Take a faster beam."
            )
        high = min(2.0 * high, WIDEST_ANGLE_MRAD)
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if excess(middle) > 0.0 else (low, middle)
        if high - low < 1e-9 * high:
            break
    return (low + high) / 2.0
