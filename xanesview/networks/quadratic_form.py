"""How far a directional network is from I(n̂) = n̂ᵀ σ n̂, and the tensor that comes nearest. Numpy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xanesview.domain.site_spectra import quadratic_design
from xanesview.errors import XanesviewError


@dataclass(frozen=True, eq=False)
class FittedTensor:
    """The best quadratic form through spectra of several directions.

    components (S, 6, E) in the order xx, yy, zz, yz, xz, xy; residual (S,): rms of what the form misses over the rms of
    the anisotropy (spectra minus their mean over the directions), per site; 0 where a site has no anisotropy.
    """

    components: np.ndarray
    residual: np.ndarray


def spread_directions(n: int = 16) -> np.ndarray:
    """Return n unit vectors (n, 3) spread evenly over a hemisphere (opposite directions give the same spectrum)."""
    k = np.arange(n) + 0.5
    z, angle = k / n, np.pi * (1.0 + 5.0**0.5) * k
    radius = np.sqrt(1.0 - z**2)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), z], axis=1)


def fitted_tensor(directions: np.ndarray, spectra: np.ndarray) -> FittedTensor:
    """Fit six components a site and energy by least squares.

    Parameters
    ----------
    directions : (D, 3), of any length but zero; at least six that determine a quadratic form
    spectra : (D, S, E)

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
    components = np.linalg.lstsq(design, values.reshape(count, -1), rcond=None)[0]
    missed = values - (design @ components).reshape(values.shape)
    anisotropy = np.sqrt(np.mean((values - values.mean(axis=0)) ** 2, axis=(0, 2)))
    scale = np.abs(values).max(initial=0.0)
    known = anisotropy > 1e-6 * scale
    rms = np.sqrt(np.mean(missed**2, axis=(0, 2)))
    residual = np.divide(rms, anisotropy, out=np.zeros(sites), where=known)
    return FittedTensor(components.reshape(6, sites, energies).transpose(1, 0, 2), residual)
