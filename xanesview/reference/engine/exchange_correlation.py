"""PBE exchange and correlation on blocks of grid points (Perdew, Burke, Ernzerhof, Phys. Rev. Lett. 77, 3865, 1996)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xanesview.reference.engine.grid import Block
from xanesview.reference.engine.pyscf_access import dft

FUNCTIONAL = "pbe"


def density(blocks: Sequence[Block], occupied: np.ndarray) -> np.ndarray:
    """Return density and gradient (4, P) of orbitals scaled by the root of their occupation, (n, n_occ)."""
    occupied = occupied.astype(np.float32)
    parts = []
    for block in blocks:
        values = block.orbitals @ occupied[block.columns]
        rho = np.einsum("pi,xpi->xp", values[0], values)
        rho[1:] *= 2
        parts.append(rho)
    return np.concatenate(parts, axis=1).astype(float)


def potential_weights(rho: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return weights (4, P) for value and gradient of an orbital product's half."""
    vxc = dft.libxc.eval_xc(FUNCTIONAL, rho, deriv=1)[1]
    w = np.empty_like(rho)
    w[0] = 0.5 * weights * vxc[0]
    w[1:] = 2 * weights * vxc[1] * rho[1:]
    return w


def potential_matrix(blocks: Sequence[Block], w: np.ndarray, n: int) -> np.ndarray:
    """Return the potential's matrix (n, n) in hartree."""
    w = w.astype(np.float32)
    v = np.zeros((n, n))
    begin = 0
    for block in blocks:
        end = begin + len(block.weights)
        half = block.orbitals[0].T @ weighted(block.orbitals, w[:, begin:end])
        v.reshape(-1)[block.square(n)] += half.ravel()
        begin = end
    return v + v.T


def weighted(orbitals: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return Σ_x w_x φ_x, (P, K), of values and gradients (4, P, K)."""
    return np.einsum("xpi,xp->pi", orbitals, w)
