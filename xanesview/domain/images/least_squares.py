"""Least squares with amounts that can't be negative, for many spectra of one and the same design at once.

The exact solution: it is the ordinary one of that set of columns, out of all sets, whose amounts are not negative and
which leaves least. With few columns all sets are tried, each for all spectra by one product of matrices. The problem is
first turned into one of as many numbers as there are columns (QR), without loss. Lawson and Hanson, Solving Least
Squares Problems (1974), chapter 23, prove that such a set exists; Van Benthem and Keenan, J. Chemometrics 18 (2004)
441, share sets between spectra likewise.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from xanesview.limits import check_count

MOST_COLUMNS = 12
"""Whose amount can't be negative: 4,095 sets."""
_SAME = 1e-9
"""Columns whose part of their own is less than this share of them count as the sum of others."""


@dataclass(frozen=True, eq=False)
class _Set:
    """The solution of one set of columns, linear in the data: amounts = map @ data + constant."""

    map: np.ndarray
    constant: np.ndarray
    bounded: np.ndarray


@dataclass(frozen=True, eq=False)
class Solution:
    """Amounts of many spectra.

    Attributes
    ----------
    amounts : (N, K + F) float
        Free ones last.
    which : (N,) int
        Which set of columns each is made of.
    """

    amounts: np.ndarray
    which: np.ndarray


class NonNegativeFit:
    """Solves min |A x − b|² for many b, some of x being at least zero.

    Parameters
    ----------
    columns : (E, K) float
        Columns whose amounts are at least zero.
    free : (E, F) float, optional
        Columns of any amount, such as an offset.
    sum_to_one : (K,) bool, optional
        Columns whose amounts together are one.

    Raises
    ------
    XanesviewError
        If there are too many columns.
    """

    def __init__(
        self, columns: np.ndarray, free: np.ndarray | None = None, sum_to_one: np.ndarray | None = None
    ) -> None:
        n = columns.shape[1]
        check_count(n, MOST_COLUMNS, "components", "Choose fewer of them.")
        free = np.zeros((len(columns), 0)) if free is None else free
        whole = np.concatenate([columns, free], axis=1).astype(np.float64)
        size = np.linalg.norm(whole, axis=0)
        self._size = np.where(size > 0, size, 1.0)
        self._q, self._r = np.linalg.qr(whole / self._size)
        self._one = None if sum_to_one is None else np.concatenate([sum_to_one, np.zeros(free.shape[1], bool)])
        self._sets = [
            found
            for k in range(n + 1)
            for chosen in itertools.combinations(range(n), k)
            if (found := self._solved((*chosen, *range(n, whole.shape[1])), len(chosen))) is not None
        ]

    def solve(self, spectra: np.ndarray) -> np.ndarray:
        """Return the amounts (N, K + F) of spectra (N, E), free ones last."""
        return self.solution(spectra).amounts

    def covariances(self, which: np.ndarray) -> np.ndarray:
        """Return the covariances (N, K + F, K + F) of amounts where each point has a variance of one.

        They are those of the ordinary solution of a spectrum's own set of columns; others have none.
        """
        size = self._size[:, None] * self._size
        return np.stack([one.map @ one.map.T / size for one in self._sets])[which]

    def solution(self, spectra: np.ndarray) -> Solution:
        """Return the amounts of spectra (N, E), and of which columns each is made."""
        data = spectra.astype(np.float64, copy=False) @ self._q
        best = np.zeros((len(data), self._r.shape[1]))
        least, which = np.full(len(data), np.inf), np.zeros(len(data), int)
        for number, one in enumerate(self._sets):
            amounts = data @ one.map.T + one.constant
            left = data - amounts @ self._r.T
            rest = np.einsum("nk,nk->n", left, left)
            better = (rest < least) & (amounts[:, one.bounded] >= 0.0).all(axis=1)
            best[better], least[better], which[better] = amounts[better], rest[better], number
        return Solution(best / self._size, which)

    def _solved(self, chosen: tuple[int, ...], n_bounded: int) -> _Set | None:
        """Return the solution of one set of columns; None where it has none of its own."""
        n = self._r.shape[1]
        bounded = np.array(chosen[:n_bounded], int)
        columns = self._r[:, chosen]
        start, ways = np.zeros(len(chosen)), np.eye(len(chosen))
        if self._one is not None:  # amounts are start + ways @ t, whose sum is one for every t
            together = np.where(self._one[list(chosen)], 1.0 / self._size[list(chosen)], 0.0)
            if not together.any():
                return None
            start = together / (together @ together)
            ways = np.linalg.svd(together[None])[2][1:].T
        reduced = columns @ ways
        if reduced.shape[1]:
            singular = np.linalg.svd(reduced, compute_uv=False)
            if singular[-1] < _SAME:
                return None
        solve = ways @ np.linalg.pinv(reduced) if reduced.shape[1] else np.zeros((len(chosen), len(self._r)))
        whole, constant = np.zeros((n, len(self._r))), np.zeros(n)
        whole[list(chosen)] = solve
        constant[list(chosen)] = start - solve @ (columns @ start)
        return _Set(whole, constant, bounded)
