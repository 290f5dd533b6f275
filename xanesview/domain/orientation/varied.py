"""What a series of spectra may go over: an angle of an experiment, and the experiment at each of its values."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xanesview.domain.geometry.beam import PolarisedBeam
from xanesview.domain.geometry.directions import from_angles_deg, to_angles_deg
from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.geometry.momentum_transfer import ElectronEnergyLoss

_ON_AXIS = 1e-6  # sine of the angle from the normal below which a direction has no azimuth


@dataclass(frozen=True)
class Varied:
    """An angle that a series goes over.

    Attributes
    ----------
    key : str
        As the option of the command line is called.
    name, unit : str
        Such as "θ" and "°".
    at : callable
        From a geometry and a value to the geometry there.
    turn : (float, float) or None
        Values of a whole turn, or of all there is of it, for a polar plot; None for what is no direction.
    """

    key: str
    name: str
    unit: str
    at: Callable[[Geometry, float], Geometry]
    turn: tuple[float, float] | None = None


def _theta(geometry: Geometry, value: float) -> Geometry:
    _, phi = to_angles_deg(geometry.direction, geometry.normal)
    return geometry.with_direction(from_angles_deg(value, phi, geometry.normal))


def _phi(geometry: Geometry, value: float) -> Geometry:
    return geometry.with_direction(from_angles_deg(polar_deg(geometry), value, geometry.normal))


def polar_deg(geometry: Geometry) -> float:
    """Return θ at which a series over φ goes: that of the direction, 90 where it lies along the normal.

    About the normal there is nothing to see but in the surface.
    """
    theta, _ = to_angles_deg(geometry.direction, geometry.normal)
    return float(theta) if np.sin(np.deg2rad(theta)) > _ON_AXIS else 90.0


def _field(name: str) -> Callable[[Geometry, float], Geometry]:
    return lambda geometry, value: dataclasses.replace(geometry, **{name: float(value)})


def _laboratory(name: str) -> Callable[[Geometry, float], Geometry]:
    return lambda geometry, value: geometry.with_angles(**{name: float(value)})


THETA, PHI = Varied("theta", "θ", "°", _theta, (0.0, 360.0)), Varied("phi", "φ", "°", _phi, (0.0, 360.0))
_BEAM = (
    Varied("grazing", "grazing angle", "°", _laboratory("grazing_deg"), (-90.0, 90.0)),
    Varied("azimuth", "azimuth", "°", _laboratory("azimuth_deg"), (0.0, 360.0)),
    Varied("field", "field, from p", "°", _laboratory("polarisation_deg"), (0.0, 360.0)),
)
_ELECTRONS = (
    Varied("collection", "collection semi-angle", "mrad", _field("collection_semi_angle_mrad")),
    Varied("convergence", "convergence semi-angle", "mrad", _field("convergence_semi_angle_mrad")),
    Varied("detector_offset", "detector offset", "mrad", _field("detector_offset_mrad")),
)


def varied_of(geometry: Geometry) -> tuple[Varied, ...]:
    """Return what a series may go over in an experiment, the usual one first; nothing for a powder."""
    if "direction" not in geometry.uses:
        return ()
    if isinstance(geometry, PolarisedBeam):
        return _BEAM
    if isinstance(geometry, ElectronEnergyLoss):
        return THETA, PHI, *_ELECTRONS
    return THETA, PHI


def chosen(geometry: Geometry, key: str) -> Varied | None:
    """Return the angle of this key, else what stands for it in this experiment; None where nothing varies."""
    offered = {one.key: one for one in varied_of(geometry)}
    like = {"theta": "grazing", "phi": "azimuth", "grazing": "theta", "azimuth": "phi"}
    found = offered.get(key) or offered.get(like.get(key, ""))
    return found or next(iter(offered.values()), None)


def at_field_angle(geometry: Geometry, theta_deg: float) -> Geometry:
    """Return the experiment with its field at an angle from the surface normal, as films are measured.

    Of a beam that is the grazing angle of p-polarised light.
    """
    if isinstance(geometry, PolarisedBeam):
        return geometry.with_angles(grazing_deg=theta_deg, polarisation_deg=0.0)
    return _theta(geometry, theta_deg)
