"""Second moments of the momentum transfer over the cones of convergence and collection."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import pairwise

import numpy as np


@lru_cache(maxsize=512)
def transfer_moments(
    theta_e_mrad: float, gamma: float, collection_mrad: float, convergence_mrad: float, offset_mrad: float = 0.0
) -> np.ndarray:
    """Return ∫ vvᵀ/(θ² + θ_E²/γ²)² with trace 1, (3, 3), v to the detector's side, across it and along the beam.

    The angle θ between an incident and a collected direction is distributed as two discs of the semi-angles overlap
    at the distance of θ from the detector's middle.

    Parameters
    ----------
    theta_e_mrad : characteristic angle θ_E
    gamma : Lorentz factor; 1 without relativity
    collection_mrad, convergence_mrad : semi-angles
    offset_mrad : of the detector's middle from the axis
    """
    inner, outer = abs(collection_mrad - convergence_mrad), collection_mrad + convergence_mrad
    # θ = θ_E sinh(u): even steps in u are fine near θ_E and logarithmic far beyond it. The integrand has kinks where
    # the two cones begin to leave one another.
    limits = {0.0, *(abs(offset_mrad - r) for r in (inner, outer)), *(offset_mrad + r for r in (inner, outer))}
    total = np.zeros((3, 3))
    nodes, weights = _quadrature(100)
    for low, high in pairwise(sorted(limits)):
        u_low, u_high = np.arcsinh(low / theta_e_mrad), np.arcsinh(high / theta_e_mrad)
        u = u_low + (u_high - u_low) * (nodes + 1.0) / 2.0
        theta = theta_e_mrad * np.sinh(u)
        measure = weights * (u_high - u_low) / 2.0 * theta_e_mrad * np.cosh(u) * theta
        measure = measure / (theta**2 + (theta_e_mrad / gamma) ** 2) ** 2
        whole, first, second = _circles(theta, collection_mrad, convergence_mrad, offset_mrad)
        along = theta_e_mrad / gamma**2
        # Electrons that are deflected to the detector's side have given off momentum to the other one.
        total[0, 0] += np.sum(measure * theta**2 * second)
        total[1, 1] += np.sum(measure * theta**2 * (whole - second))
        total[2, 2] += np.sum(measure * along**2 * whole)
        total[0, 2] -= np.sum(measure * along * theta * first)
    total[2, 0] = total[0, 2]
    total /= np.trace(total)
    total.setflags(write=False)  # kept for those who turn the beam and change nothing else
    return total


def _circles(
    theta: np.ndarray, collection: float, convergence: float, offset: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means of 1, cos φ and cos² φ times the overlap over circles (T,) about the axis, φ from the detector's side."""
    if offset == 0.0:
        overlap = _overlap(theta, collection, convergence)
        return overlap, np.zeros_like(theta), overlap / 2.0
    inner, outer = abs(collection - convergence), collection + convergence
    nodes, weights = _quadrature(40)
    means = np.zeros((3, len(theta)))
    # Half the arcs of a circle: wholly inside, and where the cones overlap in part.
    arcs = [np.zeros(len(theta)), _half_arc(theta, inner, offset), _half_arc(theta, outer, offset)]
    for begin, end in pairwise(arcs):
        phi = begin[:, None] + (end - begin)[:, None] * (nodes + 1.0) / 2.0
        distance = np.sqrt(np.maximum(theta[:, None] ** 2 + offset**2 - 2.0 * theta[:, None] * offset * np.cos(phi), 0))
        share = weights * (end - begin)[:, None] / 2.0 / np.pi * _overlap(distance, collection, convergence)
        means += np.stack([share.sum(1), (share * np.cos(phi)).sum(1), (share * np.cos(phi) ** 2).sum(1)])
    return tuple(means)


def _half_arc(theta: np.ndarray, radius: float, offset: float) -> np.ndarray:
    """Half the arc, radians, of circles (T,) about the axis that lies within a disc beside it."""
    cosine = (theta**2 + offset**2 - radius**2) / (2.0 * np.maximum(theta, np.finfo(float).tiny) * offset)
    return np.arccos(np.clip(cosine, -1.0, 1.0))


@cache
def _quadrature(n: int) -> tuple[np.ndarray, np.ndarray]:
    return np.polynomial.legendre.leggauss(n)


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
