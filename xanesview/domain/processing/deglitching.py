"""Glitches: single points (or a few) that no instrument and no solid gives, found by what their neighbours say."""

from __future__ import annotations

import numpy as np

_LOCAL = 51
"""Points over which the usual deviation is taken."""
_MOST_PASSES = 20
_OF_RISE = 0.75
"""Least share of a glitch's height that must be its deviation; a real line rises over several points."""


def glitches(energy_ev: np.ndarray, intensity: np.ndarray, threshold: float = 8.0, widest: int = 1) -> np.ndarray:
    """Return which points (E,) are glitches.

    Each point is compared with two neighbours on either side. It is a glitch where it lies outside of their range,
    deviates from the cubic through them by more than `threshold` times the median deviation round it, and by more than
    three quarters of what it stands off from the nearest of them: so a sharp line, whose neighbours rise with it, is
    none. Glitches of several points are compared with the neighbours outside. Of several beside one another the largest
    is taken first.

    Parameters
    ----------
    energy_ev : (E,) array, eV, strictly ascending
    intensity : (E,) array
    threshold : times the median deviation
    widest : points that a glitch may have, 1 to 5
    """
    energy, values = np.asarray(energy_ev, dtype=np.float64), np.asarray(intensity, dtype=np.float64)
    index = np.arange(len(energy))
    for n_points in range(1, widest + 1):
        if len(index) < n_points + 8:
            break
        usual = np.empty(len(energy))
        usual[index] = _usual(energy[index], values[index])
        start = np.arange(2, len(index) - n_points - 1)
        for _ in range(_MOST_PASSES):
            found = _found(energy[index], values[index], usual[index], start, threshold, n_points)
            if not len(found):
                break
            kept = np.ones(len(index), dtype=bool)
            kept[found] = False
            place = np.cumsum(kept)[found]  # where the gaps are among the points that are left
            index = index[kept]
            near = np.unique(place[:, None] + np.arange(-n_points - 4, n_points + 4))
            start = near[(near >= 2) & (near < len(index) - n_points - 1)]
    bad = np.ones(len(energy), dtype=bool)
    bad[index] = False
    return bad


def _found(
    energy: np.ndarray, values: np.ndarray, usual: np.ndarray, start: np.ndarray, threshold: float, n_points: int
) -> np.ndarray:
    """Return the points of glitches of a number of points that begin at some of the points `start`."""
    around = (start - 2, start - 1, start + n_points, start + n_points + 1)
    nodes, beside = [energy[i] for i in around], [values[i] for i in around]
    lowest, highest = np.minimum.reduce(beside), np.maximum.reduce(beside)
    first = values[start]
    outside = (first > highest) | (first < lowest)
    for k in range(1, n_points):
        outside &= np.where(first > highest, values[start + k] > highest, values[start + k] < lowest)
    start, nodes, beside = start[outside], [x[outside] for x in nodes], [y[outside] for y in beside]
    side = np.where(values[start] > highest[outside], 1.0, -1.0)
    deviation, wrong = np.full(len(start), np.inf), np.ones(len(start), dtype=bool)
    floor = 1e-12 * max(float(np.abs(values).max()), np.finfo(float).tiny)
    for k in range(n_points):
        y = values[start + k]
        off, noise = _from_cubic(energy[start + k], y, nodes, beside)
        off *= side
        height = np.maximum(np.abs(y - beside[1]), np.abs(y - beside[2]))
        wrong &= (off > _OF_RISE * height) & (off > threshold * usual[start + k] * noise + floor)
        deviation = np.minimum(deviation, off / noise)
    start, deviation = start[wrong], deviation[wrong]
    largest = np.ones(len(start), dtype=bool)
    for apart in range(1, n_points + 2):  # of those so near to one another the larger one
        near = np.flatnonzero(np.isin(start + apart, start))
        other = np.searchsorted(start, start[near] + apart)
        smaller = deviation[near] < deviation[other]
        largest[near[smaller]] = False
        largest[other[~smaller]] = False
    return (start[largest][:, None] + np.arange(n_points)).ravel()


def _usual(energy: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the local median deviation (E,) of single points from their neighbours: medians of blocks, joined."""
    inner = np.arange(2, len(energy) - 2)
    around = (inner - 2, inner - 1, inner + 1, inner + 2)
    off, noise = _from_cubic(energy[inner], values[inner], [energy[i] for i in around], [values[i] for i in around])
    deviation = np.abs(off) / noise
    n_blocks = max(len(deviation) // _LOCAL, 1)
    size = len(deviation) // n_blocks
    medians = np.median(deviation[: n_blocks * size].reshape(n_blocks, size), axis=1)
    return np.interp(np.arange(len(energy)), 2 + (np.arange(n_blocks) + 0.5) * size, medians)


def _from_cubic(
    x: np.ndarray, y: np.ndarray, nodes: list[np.ndarray], values: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Return how far points are from the cubic through four others, and how much noise of 1 makes of that."""
    off, variance = y.copy(), np.ones_like(y)
    for i in range(4):
        weight = np.ones_like(x)
        for j in range(4):
            if j != i:
                weight *= (x - nodes[j]) / (nodes[i] - nodes[j])
        off -= weight * values[i]
        variance += weight * weight
    return off, np.sqrt(variance)
