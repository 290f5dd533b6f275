"""Restricted Kohn–Sham with a fractional core hole: orbitals are found self-consistently, accelerated by DIIS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xanesview.reference.exchange_correlation import density, potential_matrix, potential_weights
from xanesview.reference.grid import Block

HARTREE_EV = 27.211386245988
ENERGY_TOLERANCE = 1e-5  # hartree; with the extrapolated Fock matrix lines are within 0.004 eV of the limit
ERROR_TOLERANCE = 5e-4  # largest element of the orbital gradient
MAX_CYCLES = 60
DEPENDENT = 1e-7  # eigenvalues of the overlap below this are dropped
ON_ABSORBER = 0.8  # Mulliken population that makes an orbital the absorber's core


@dataclass(frozen=True, eq=False)
class Problem:
    """What a self-consistent calculation needs.

    ``overlap``, ``hamiltonian`` (n, n) hartree, ``coulomb`` with ``fit(dm)`` and ``potential(fit)``, ``blocks`` grid,
    ``weights`` (P,), ``n_occupied`` orbitals, ``hole`` electrons missing in the core orbital, ``absorber`` (n,) bool
    functions of the absorber (None without a hole).
    """

    overlap: np.ndarray
    hamiltonian: np.ndarray
    coulomb: object
    blocks: list[Block]
    weights: np.ndarray
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
    energy: float
    gap: float
    converged: bool
    cycles: int


class Diis:
    """Pulay's extrapolation of Fock matrices (Chem. Phys. Lett. 73, 393, 1980)."""

    def __init__(self, size: int = 8):
        self.focks: list[np.ndarray] = []
        self.errors: list[np.ndarray] = []
        self.size = size

    def __call__(self, fock: np.ndarray, error: np.ndarray) -> np.ndarray:
        """Return the extrapolated Fock matrix."""
        self.focks = [*self.focks, fock][-self.size :]
        self.errors = [*self.errors, error][-self.size :]
        m = len(self.focks)
        b = -np.ones((m + 1, m + 1))
        b[m, m] = 0
        b[:m, :m] = [[np.vdot(x, y) for y in self.errors] for x in self.errors]
        rhs = np.zeros(m + 1)
        rhs[m] = -1
        weights = np.linalg.lstsq(b, rhs, rcond=1e-14)[0][:m]
        return sum(w * f for w, f in zip(weights, self.focks))


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
    energy_tolerance: float = ENERGY_TOLERANCE,
    error_tolerance: float = ERROR_TOLERANCE,
    cancelled: Callable[[], bool] = lambda: False,
) -> Solution:
    """Iterate to self-consistency from orbitals scaled by the root of their occupation (n, any).

    The result is returned also when it did not converge; ``Solution.converged`` tells.
    """
    s, h, n = problem.overlap, problem.hamiltonian, len(problem.overlap)
    x = orthogonaliser(s)
    diis, last, gap, converged = Diis(), 0.0, np.nan, False
    for cycle in range(1, MAX_CYCLES + 1):
        dm = occupied @ occupied.T
        fit = problem.coulomb.fit(dm)
        j = problem.coulomb.potential(fit)
        rho = density(problem.blocks, occupied)
        w, exc = potential_weights(rho, problem.weights)
        fock = h + j + potential_matrix(problem.blocks, w, n)
        better = fock
        energy = float(np.vdot(h, dm) + 0.5 * np.vdot(j, dm) + exc)
        half = x.T @ ((fock @ occupied) @ (occupied.T @ s)) @ x
        error = half - half.T
        if cycle > 1 and abs(energy - last) < energy_tolerance and np.abs(error).max() < error_tolerance:
            better = diis(fock, error)  # nearer to the limit than the last one, whose density still moves
            converged = True
            break
        if cycle == MAX_CYCLES or cancelled():
            break
        last = energy
        eps, c = np.linalg.eigh(x.T @ diis(fock, error) @ x)
        c = x @ c
        occupied, gap = occupy(problem, c, eps)
    electrons = float(np.dot(rho[0], problem.weights))
    return Solution(occupied, fock, better - fock, j, fit, w, electrons, energy, gap, converged, cycle)


def occupy(problem: Problem, orbitals: np.ndarray, eps: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the occupied orbitals scaled by the root of their occupation, and the gap in hartree."""
    n = problem.n_occupied
    occupation = np.full(n, 2.0)
    if problem.hole:
        core = core_orbital(orbitals[:, :n], problem.overlap, problem.absorber)
        occupation[0 if core is None else core] -= problem.hole
    gap = float(eps[n] - eps[n - 1]) if len(eps) > n else np.inf
    return orbitals[:, :n] * np.sqrt(occupation), gap
