"""Laying one set of points over another: the best rotation (Kabsch, Acta Cryst. A32 (1976) 922)."""

from __future__ import annotations

import numpy as np


def kabsch(x: np.ndarray, y: np.ndarray, sign: float = 1.0) -> np.ndarray:
    """Return the orthogonal matrix R (3, 3) of determinant ±1 that brings R (x − x̄) nearest to y − ȳ; x, y (K, 3)."""
    return _rotation((x - x.mean(axis=0)).T @ (y - y.mean(axis=0)), sign)


def superposed(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the points x (K, 3), turned and moved but not mirrored, so that they lie nearest to y (K, 3).

    Parameters
    ----------
    x, y : (K, 3) float
    weights : (K,) float
        How much each point's squared distance counts; atoms are weighed by their mass, so that a turned methyl group
        turns nothing else.
    """
    share = np.asarray(weights, dtype=float) / np.sum(weights)
    centre, onto = share @ x, share @ y
    rotation = _rotation(((x - centre) * share[:, None]).T @ (y - onto), 1.0)
    return (x - centre) @ rotation.T + onto


def rms(x: np.ndarray, y: np.ndarray) -> float:
    """Return the root mean square distance of points x and y (K, 3)."""
    return float(np.sqrt(np.mean(np.sum((x - y) ** 2, axis=1))))


def _rotation(correlation: np.ndarray, sign: float) -> np.ndarray:
    u, _, vt = np.linalg.svd(correlation)
    determinant = np.linalg.det(vt.T @ u.T)
    return vt.T @ np.diag([1.0, 1.0, sign * np.sign(determinant)]) @ u.T
