"""How far a directional network is from I(n̂) = n̂ᵀ σ n̂, and the tensor that comes nearest. Numpy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xanesview.domain.geometry.weight_tensor import WeightTensor
from xanesview.domain.site_spectra import quadratic_design
from xanesview.errors import XanesviewError

_ALIKE = 1e-6  # eigenvalues of a weight of trace 1 that count as equal, or as zero
_GOLDEN = (1.0 + 5.0**0.5) / 2.0
_ICOSAHEDRON = np.array(
    [[0, 1, _GOLDEN], [0, 1, -_GOLDEN], [1, _GOLDEN, 0], [1, -_GOLDEN, 0], [_GOLDEN, 0, 1], [-_GOLDEN, 0, 1]]
) / np.hypot(1.0, _GOLDEN)


def _fit_directions() -> tuple[np.ndarray, np.ndarray]:
    """Return Lebedev's rule of degree 11, fifty points, one of each opposite two."""
    edges = [[1, 1, 0], [1, -1, 0], [1, 0, 1], [1, 0, -1], [0, 1, 1], [0, 1, -1]]
    corners = [[1, 1, 1], [1, 1, -1], [1, -1, 1], [-1, 1, 1]]
    between = [np.roll([3, s, t], k) for k in range(3) for s in (1, -1) for t in (1, -1)]
    points = np.concatenate([np.eye(3), edges, corners, between])
    weights = np.repeat([8 / 315, 128 / 2835, 27 / 640, 14641 / 362880], [3, 6, 4, 12])
    return points / np.linalg.norm(points, axis=1, keepdims=True), weights


FIT_DIRECTIONS, FIT_WEIGHTS = _fit_directions()
"""Directions (25, 3) and their shares (25,) to fit a tensor to: a fit by them is the projection on quadratic forms, the
same in every frame, of spectra whose departure from one ends with l = 8; what lies beyond is small."""


@dataclass(frozen=True, eq=False)
class FittedTensor:
    """The best quadratic form through spectra of several directions.

    components (S, 6, E) in the order xx, yy, zz, yz, xz, xy; residual (S,): rms of what the form misses over the rms of
    the anisotropy (spectra minus their mean over the directions), per site; 0 where a site has no anisotropy.
    """

    components: np.ndarray
    residual: np.ndarray


def directions_of(weight: WeightTensor) -> tuple[np.ndarray, np.ndarray]:
    """Return directions (K, 3) and shares (K,) whose weighted sum of spectra is an experiment's, W = Σ share n̂n̂ᵀ.

    They are the eigenvectors of W with its eigenvalues. In a plane of equal eigenvalues, where eigenvectors are
    arbitrary, three directions 60° apart stand for two, and for a powder the six axes of an icosahedron for three:
    exact for a quadratic form, and for a network that is nearly one the choice of axes doesn't show.
    """
    values, vectors = np.linalg.eigh(weight.matrix)
    lowest, middle, largest = values
    if largest - lowest < _ALIKE:
        return _ICOSAHEDRON, np.full(6, 1.0 / 6.0)
    if middle - lowest < _ALIKE and middle > _ALIKE:
        plane, single = vectors[:, :2], 2
    elif largest - middle < _ALIKE:
        plane, single = vectors[:, 1:], 0
    else:
        kept = values > _ALIKE
        return vectors[:, kept].T, values[kept]
    angle = np.pi / 3.0 * np.arange(3)
    around = np.cos(angle)[:, None] * plane[:, 0] + np.sin(angle)[:, None] * plane[:, 1]
    directions = np.concatenate([around, vectors[:, [single]].T])
    shares = np.append(np.full(3, 2.0 * middle / 3.0), values[single])
    return directions[shares > _ALIKE], shares[shares > _ALIKE]


def fitted_tensor(directions: np.ndarray, spectra: np.ndarray, weights: np.ndarray | None = None) -> FittedTensor:
    """Fit six components a site and energy by least squares.

    Parameters
    ----------
    directions : (D, 3), of any length but zero; at least six that determine a quadratic form
    spectra : (D, S, E)
    weights : (D,) share of each direction, above zero; alike where None

    Raises
    ------
    XanesviewError
        when the directions do not determine the six components.
    """
    n = np.asarray(directions, float)
    n = n / np.linalg.norm(n, axis=1, keepdims=True)
    design = quadratic_design(n)
    if np.linalg.matrix_rank(design, tol=1e-6) < 6:
        raise XanesviewError("These directions do not determine a tensor.", "Give six or more that are spread out.")
    values = np.asarray(spectra, float)
    count, sites, energies = values.shape
    shares = np.full(count, 1.0 / count) if weights is None else np.asarray(weights, float) / np.sum(weights)
    root = np.sqrt(shares)[:, None]
    components = np.linalg.lstsq(root * design, root * values.reshape(count, -1), rcond=None)[0]
    missed = values - (design @ components).reshape(values.shape)
    anisotropy = _rms(values - np.tensordot(shares, values, 1), shares)
    scale = np.abs(values).max(initial=0.0)
    known = anisotropy > 1e-6 * scale
    residual = np.divide(_rms(missed, shares), anisotropy, out=np.zeros(sites), where=known)
    return FittedTensor(components.reshape(6, sites, energies).transpose(1, 0, 2), residual)


def _rms(values: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return root mean squares (S,) of values (D, S, E) over weighted directions and energies."""
    return np.sqrt(np.tensordot(shares, (values**2).mean(axis=2), 1))
