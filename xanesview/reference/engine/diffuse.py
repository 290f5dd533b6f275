"""The last step of a site: one diagonalisation with diffuse functions added on the absorber.

Matrix elements with diffuse functions are needed once. Their kinetic, nuclear and core-potential parts are analytic (or
quadratures around one core), the potential of Gaussian multipoles on the atoms too; the rest of the Coulomb potential
is integrated on the same grid as exchange and correlation. The grid's error is known exactly between the orbitals of
the converged calculation (D = analytic − numerical), and is removed from the part of a diffuse function that these can
describe: with T = S⁻¹S_nd the blocks get D T and Tᵀ D T. The step from the last Fock matrix to the extrapolated one
goes the same way. (Some combinations of near-dependent functions have a norm of 1e-6; blocks of different origin would
give them energies of keV.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg

from xanesview.reference.engine.exchange_correlation import weighted
from xanesview.reference.engine.fitted_potential import solid_harmonics
from xanesview.reference.engine.grid import DENORMAL, Block
from xanesview.reference.engine.scf import HARTREE_EV, Solution, core_orbital, orthogonaliser

DEPENDENT = 1e-6


@dataclass(frozen=True, eq=False)
class DiffuseIntegrals:
    """One-electron matrices of the diffuse functions (rows, m) with the site's basis and themselves (columns, n + m).

    ``overlap``, ``hamiltonian`` hartree, with the potential of the multipole model; ``model`` (n, n) the model's in the
    site's basis.
    """

    overlap: np.ndarray
    hamiltonian: np.ndarray
    model: np.ndarray


class PrimitivesAt:
    """Primitive Gaussians that share a centre, on points: a radial factor times a solid harmonic each.

    Parameters
    ----------
    molecule : shells of one primitive each at one place, of rising degree
    """

    def __init__(self, molecule):
        self.nao = molecule.nao
        self._centre = molecule.atom_coord(0)
        shells = range(molecule.nbas)
        self._degrees = np.array([molecule.bas_angular(i) for i in shells])
        self._exponents = np.array([molecule.bas_exp(i)[0] for i in shells])
        self._norms = np.array([molecule._libcint_ctr_coeff(i)[0, 0] for i in shells], np.float32)
        self._harmonics = solid_harmonics(int(self._degrees.max()))

    def __call__(self, points: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return values φ and w₀φ + w·∇φ, each (P, nao) in single precision, of points (P, 3) and weights (4, P).

        With φ = S exp(−a r²), ∇φ = (∇S − 2a r S) exp(−a r²).
        """
        there = points - self._centre
        atom, norms = self._harmonics
        s = (atom.eval_gto("GTOval_sph_deriv1", there) / norms).astype(np.float32)
        tangential = np.einsum("xpm,xp->pm", s, w)
        along = np.einsum("px,xp->p", there, w[1:]).astype(np.float32)[:, None] * s[0]
        distance2 = np.einsum("px,px->p", there, there)[:, None]
        radial = self._norms * np.exp(-(distance2 * self._exponents).astype(np.float32))
        radial[radial < DENORMAL] = 0
        values = np.empty((len(points), self.nao), np.float32)
        derived = np.empty_like(values)
        begin = 0
        for l in np.unique(self._degrees):
            mine, m = self._degrees == l, slice(l * l, (l + 1) ** 2)
            end = begin + int(mine.sum()) * (2 * l + 1)
            r = radial[:, mine, None]
            slope = (r[:, :, 0] * (2 * self._exponents[mine]).astype(np.float32))[:, :, None]
            values[:, begin:end] = (r * s[0, :, None, m]).reshape(len(points), -1)
            derived[:, begin:end] = (r * tangential[:, None, m] - slope * along[:, None, m]).reshape(len(points), -1)
            begin = end
        return values, derived


def grid_blocks(
    blocks: list[Block], xc_weights: np.ndarray, residual: np.ndarray, diffuse: PrimitivesAt, n: int
) -> tuple[np.ndarray, np.ndarray]:
    """Integrate exchange-correlation and the residual Coulomb potential.

    Parameters
    ----------
    xc_weights : (4, P) from `potential_weights`
    residual : (P,) potential, hartree
    diffuse : gives the diffuse functions at points
    n : size of the site's basis

    Returns
    -------
    (m, n + m) both potentials between diffuse functions and all; (n, n) the residual potential between the others
    """
    m = diffuse.nao
    rows = np.zeros((m, n + m))
    numerical = np.zeros((n, n))
    begin = 0
    for block in blocks:
        end = begin + len(block.weights)
        w = xc_weights[:, begin:end].astype(np.float32)
        v = (residual[begin:end] * block.weights).astype(np.float32)
        begin = end
        near = block.orbitals
        numerical.reshape(-1)[block.square(n)] += (near[0].T @ (near[0] * v[:, None])).ravel()
        w[0] += 0.5 * v
        g, half_g = diffuse(block.points, w)
        rows[:, block.columns] += g.T @ weighted(near, w) + half_g.T @ near[0]
        corner = g.T @ half_g
        rows[:, n:] += corner + corner.T
    return rows, numerical


def augmented_states(
    found: Solution,
    overlap: np.ndarray,
    integrals: DiffuseIntegrals,
    rows: np.ndarray,
    numerical: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Diagonalise in the augmented basis.

    Returns
    -------
    energies (k,) hartree, orbitals (n + m, k), overlap (n + m, n + m)
    """
    n, m = len(overlap), len(rows)
    defect = found.coulomb - integrals.model - numerical + found.correction
    describe = scipy.linalg.cho_solve(scipy.linalg.cho_factor(overlap), integrals.overlap[:, :n].T)
    big = np.empty((n + m, n + m))
    s_big = np.empty_like(big)
    side = integrals.hamiltonian + rows
    side[:, :n] += describe.T @ defect
    side[:, n:] += describe.T @ defect @ describe
    big[:n, :n], big[n:] = found.fock + found.correction, side
    s_big[:n, :n], s_big[n:] = overlap, integrals.overlap
    big[:n, n:], s_big[:n, n:] = big[n:, :n].T, s_big[n:, :n].T
    x = orthogonaliser(s_big, DEPENDENT)
    eps, c = np.linalg.eigh(x.T @ big @ x)
    return eps, x @ c, s_big


def transitions(
    eps: np.ndarray,
    orbitals: np.ndarray,
    overlap: np.ndarray,
    position: np.ndarray,
    absorber: np.ndarray,
    n_occupied: int,
    window_ev: float,
) -> tuple[np.ndarray, np.ndarray, float] | None:
    """Return energies (T,) eV, dipoles (T, 3) bohr and the ionisation potential in eV; None without a core orbital.

    ``position`` (3, n + m, n + m) matrices of r from the absorber, bohr; ``absorber`` (n + m,) bool.
    """
    core = core_orbital(orbitals[:, :n_occupied], overlap, absorber)
    if core is None:
        return None
    dipole = np.stack([(r @ orbitals[:, core]) @ orbitals[:, n_occupied:] for r in position], 1)
    omega = (eps[n_occupied:] - eps[core]) * HARTREE_EV
    kept = omega < omega[0] + window_ev
    return omega[kept], dipole[kept], float(-eps[core] * HARTREE_EV)
