"""Cubic splines through a few hundred points on numpy alone: scipy.interpolate takes longer to load than all the rest.

Not-a-knot, as scipy's `CubicSpline` by default: the third derivative is continuous at the second and at the last but
one point. C. de Boor, A Practical Guide to Splines (Springer, 1978), chapter IV.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

#: Fewest points that `refined` takes.
FEWEST = 4


def slope_matrix(energy: np.ndarray) -> np.ndarray:
    """Return the matrix (N, N) that gives the spline's slopes at its points from its values there.

    Parameters
    ----------
    energy : (N,) ascending, N ≥ 3; through three points goes a parabola
    """
    n, step = len(energy), np.diff(np.asarray(energy, dtype=np.float64))
    if n == 3:  # the two conditions at the ends would be one and the same
        rise = np.diff(np.eye(3), axis=0) / step[:, None]
        middle = (step[1] * rise[0] + step[0] * rise[1]) / step.sum()
        return np.stack([2.0 * rise[0] - middle, middle, 2.0 * rise[1] - middle])
    rows = np.arange(1, n - 1)
    before, after = step[:-1], step[1:]
    left, right = np.zeros((n, n)), np.zeros((n, n))
    left[rows, rows - 1], left[rows, rows], left[rows, rows + 1] = after, 2.0 * (before + after), before
    # 3 (h₂ m₁ + h₁ m₂) with the divided differences m of the values
    right[rows, rows - 1] = -3.0 * after / before
    right[rows, rows + 1] = 3.0 * before / after
    right[rows, rows] = 3.0 * (after / before - before / after)
    for edge, inner, third, first, second in ((0, 1, 2, step[0], step[1]), (-1, -2, -3, step[-1], step[-2])):
        sign = 1.0 if edge == 0 else -1.0
        both = first + second
        left[edge, edge], left[edge, inner] = second, both
        near, far = (first + 2.0 * both) * second / both / first, first * first / both / second
        right[edge, edge] = -sign * near
        right[edge, inner] = sign * (near - far)
        right[edge, third] = sign * far
    return np.linalg.solve(left, right)


def refined(values: np.ndarray, parts: int) -> np.ndarray:
    """Return the spline through values on an even grid, on one that is finer.

    Parameters
    ----------
    values : (..., N) float, N ≥ 4
    parts : int
        Steps of the fine grid in a step of the coarse one.

    Returns
    -------
    (..., parts · (N − 1) + 1) float
        Every so-many-th is one of the values.
    """
    slopes = values @ _even_slopes(values.shape[-1]).T
    t = np.arange(parts) / parts
    fine = (
        values[..., :-1, None] * ((1 + 2 * t) * (1 - t) ** 2)
        + values[..., 1:, None] * (t * t * (3 - 2 * t))
        + slopes[..., :-1, None] * (t * (1 - t) ** 2)
        + slopes[..., 1:, None] * (t * t * (t - 1))
    )
    return np.concatenate([fine.reshape(*values.shape[:-1], -1), values[..., -1:]], axis=-1)


@lru_cache(maxsize=8)
def _even_slopes(n: int) -> np.ndarray:
    return slope_matrix(np.arange(n, dtype=np.float64))
