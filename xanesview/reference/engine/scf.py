"""Restricted Kohn–Sham with a fractional core hole: orbitals are found self-consistently, accelerated by DIIS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xanesview.reference.engine.exchange_correlation import density, potential_matrix, potential_weights
from xanesview.reference.engine.grid import Block

HARTREE_EV = 27.211386245988
ERROR_TOLERANCE = 3e-4  # largest element of FDS − SDF; with the extrapolated Fock matrix lines are within 0.004 eV
SKETCH_TOLERANCE = 2e-2  # at which the grid is looked at
MAX_CYCLES = 60
DEPENDENT = 1e-7  # eigenvalues of the overlap below this are dropped
ON_ABSORBER = 0.8  # Mulliken population that makes an orbital the absorber's core


@dataclass(frozen=True, eq=False)
class Quadrature:
    """Grid blocks, their points' weights (P,) together, and matrices integrated there."""

    blocks: list[Block]
    weights: np.ndarray

    @classmethod
    def of(cls, blocks: list[Block]) -> Quadrature:
        """Return the quadrature of some blocks."""
        return cls(blocks, np.concatenate([b.weights for b in blocks]))


@dataclass(frozen=True, eq=False)
class Problem:
    """What a self-consistent calculation needs.

    ``overlap``, ``hamiltonian`` (n, n) hartree, ``coulomb`` with ``fit(dm)`` and ``potential(fit)``, ``grid``,
    ``sketch`` a coarse grid that is enough between steps (None: the grid itself), ``n_occupied`` orbitals, ``hole``
    electrons missing in the core orbital, ``absorber`` (n,) bool functions of the absorber (None without a hole).
    """

    overlap: np.ndarray
    hamiltonian: np.ndarray
    coulomb: object
    grid: Quadrature
    sketch: Quadrature | None
    n_occupied: int
    hole: float = 0.0
    absorber: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Solution:
    """Orbitals ``occupied`` (n, n_occ) scaled by the root of their occupation and what belongs to them.

    ``fock`` (n, n) of this density, ``correction`` (n, n) to the Fock matrix extrapolated to self-consistency,
    ``coulomb`` (n, n), ``fit`` (naux,), ``xc_weights`` (4, P), ``electrons`` integrated on the grid.
    """

    occupied: np.ndarray
    fock: np.ndarray
    correction: np.ndarray
    coulomb: np.ndarray
    fit: np.ndarray
    xc_weights: np.ndarray
    electrons: float
    gap: float
    converged: bool
    cycles: int


class Diis:
    """Pulay's extrapolation of Fock matrices (Chem. Phys. Lett. 73, 393, 1980).

    ``overlap`` (n, n) and ``basis`` (n, k) orthonormal columns in which the errors FDS − SDF are measured.
    """

    def __init__(self, overlap: np.ndarray, basis: np.ndarray, size: int = 8):
        self._overlap, self._basis, self._size = overlap, basis, size
        self._focks: list[np.ndarray] = []
        self._errors: list[np.ndarray] = []
        self._occupied: list[np.ndarray] = []

    def error(self, fock: np.ndarray, occupied: np.ndarray) -> np.ndarray:
        """Return FDS − SDF in the orthonormal basis."""
        half = (self._basis.T @ (fock @ occupied)) @ ((occupied.T @ self._overlap) @ self._basis)
        return half - half.T

    def add(self, fock: np.ndarray, occupied: np.ndarray) -> float:
        """Remember a Fock matrix and the orbitals (n, any) it belongs to; return its largest error."""
        error = self.error(fock, occupied)
        for kept, new in ((self._focks, fock), (self._errors, error), (self._occupied, occupied)):
            kept.append(new)
            del kept[: -self._size]
        return float(np.abs(error).max())

    def shift(self, change: np.ndarray) -> float:
        """Add a matrix to all remembered Fock matrices; return the largest error of the last."""
        self._focks = [fock + change for fock in self._focks]
        self._errors = [e + self.error(change, o) for e, o in zip(self._errors, self._occupied)]
        return float(np.abs(self._errors[-1]).max())

    def extrapolated(self) -> np.ndarray:
        """Return the combination of Fock matrices with the smallest error."""
        m = len(self._focks)
        b = -np.ones((m + 1, m + 1))
        b[m, m] = 0
        b[:m, :m] = [[np.vdot(x, y) for y in self._errors] for x in self._errors]
        rhs = np.zeros(m + 1)
        rhs[m] = -1
        weights = np.linalg.lstsq(b, rhs, rcond=1e-14)[0][:m]
        return sum(w * f for w, f in zip(weights, self._focks))


def orthogonaliser(overlap: np.ndarray, threshold: float = DEPENDENT) -> np.ndarray:
    """Return the columns X with XᵀSX = 1 (canonical orthogonalisation)."""
    e, u = np.linalg.eigh(overlap)
    return u[:, e > threshold] / np.sqrt(e[e > threshold])


def core_orbital(orbitals: np.ndarray, overlap: np.ndarray, absorber: np.ndarray) -> int | None:
    """Return the index of the lowest orbital that sits on the absorber (Mulliken), None when there is none."""
    population = np.einsum("ui,ui->i", orbitals[absorber], overlap[absorber] @ orbitals)
    found = np.flatnonzero(population > ON_ABSORBER)
    return int(found[0]) if len(found) else None


def solve(
    problem: Problem,
    occupied: np.ndarray,
    *,
    tolerance: float | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Solution:
    """Iterate to self-consistency from orbitals scaled by the root of their occupation (n, any).

    Steps in between see exchange and correlation on the sketch; what the grid gives more is added as it was when last
    looked at. Only the grid decides on convergence. The result is returned also when it did not converge;
    ``Solution.converged`` tells.
    """
    tolerance = ERROR_TOLERANCE if tolerance is None else tolerance
    h, n = problem.hamiltonian, len(problem.overlap)
    x = orthogonaliser(problem.overlap)
    diis, gap, converged = Diis(problem.overlap, x), np.nan, False
    wanted, correction = SKETCH_TOLERANCE, np.zeros((n, n))
    for cycle in range(1, MAX_CYCLES + 1):
        fit = problem.coulomb.fit(occupied @ occupied.T)
        j = problem.coulomb.potential(fit)
        last = cycle == MAX_CYCLES or cancelled()
        v, w, rho = exchange_correlation(problem.sketch or problem.grid, occupied, n)
        error = diis.add(h + j + v + correction, occupied)
        looked = problem.sketch is None
        if problem.sketch and (error < wanted or last):
            sketched = v
            v, w, rho = exchange_correlation(problem.grid, occupied, n)
            error = diis.shift(v - sketched - correction)
            correction, wanted, looked = v - sketched, tolerance, True
        converged = looked and error < tolerance
        if converged or last:
            break
        eps, c = np.linalg.eigh(x.T @ diis.extrapolated() @ x)
        occupied, gap = occupy(problem, x @ c, eps)
    fock = h + j + v
    ahead = diis.extrapolated() - fock if converged else np.zeros((n, n))  # nearer to the limit than the last one
    electrons = float(np.dot(rho, problem.grid.weights))
    return Solution(occupied, fock, ahead, j, fit, w, electrons, gap, converged, cycle)


def exchange_correlation(grid: Quadrature, occupied: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the potential's matrix (n, n) hartree, the weights (4, P) behind it and the density (P,)."""
    rho = density(grid.blocks, occupied)
    w = potential_weights(rho, grid.weights)
    return potential_matrix(grid.blocks, w, n), w, rho[0]


def occupy(problem: Problem, orbitals: np.ndarray, eps: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the occupied orbitals scaled by the root of their occupation, and the gap in hartree."""
    n = problem.n_occupied
    occupation = np.full(n, 2.0)
    if problem.hole:
        core = core_orbital(orbitals[:, :n], problem.overlap, problem.absorber)
        occupation[0 if core is None else core] -= problem.hole
    gap = float(eps[n] - eps[n - 1]) if len(eps) > n else np.inf
    return orbitals[:, :n] * np.sqrt(occupation), gap
