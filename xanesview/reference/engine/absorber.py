"""One site: half a core hole on the absorber, made self-consistent, then its transitions in an augmented basis.

The basis is that of the molecule without the absorber's functions, then the absorber's all-electron ones, then (in the
last step only) diffuse ones.
"""

from __future__ import annotations

import numpy as np
import scipy.linalg

from xanesview.domain.counts import counted
from xanesview.errors import Cancelled, XanesviewError
from xanesview.reference.engine import basis
from xanesview.reference.engine.coulomb import SiteCoulomb
from xanesview.reference.engine.diffuse import (
    DiffuseIntegrals,
    PrimitivesAt,
    augmented_states,
    grid_blocks,
    transitions,
)
from xanesview.reference.engine.diffuse_set import DIFFUSE
from xanesview.reference.engine.fitted_potential import PointSet
from xanesview.reference.engine.grid import SKETCH_ABSORBER_POINTS, Block, join_orbitals, orbitals_at
from xanesview.reference.engine.pyscf_access import df
from xanesview.reference.engine.scf import Problem, Quadrature, Solution, solve
from xanesview.reference.engine.valence import ValenceSystem

HOLE = 0.5
SCREENING = 0.5  # electrons put into the absorber's p shell at the start: what the half hole will draw to it
CORE_SCREENING = 0.3  # of the nuclear charge, by the other 1s electron
NEGLIGIBLE_TERM = 1e-8  # of a function in a core potential; a tight one reaches no other core
ELECTRON_TOLERANCE = 2e-2  # moves lines by 0.02 eV


class Absorber:
    """The calculation for one atom of a molecule."""

    def __init__(self, system: ValenceSystem, atom: int):
        self.system, self.atom = system, atom
        molecule, symbol = system.molecule, system.symbols[atom]
        self.own = basis.functions_at(symbol, system.positions[atom], basis.all_electron_shells(symbol))
        self.diffuse = basis.functions_at(symbol, system.positions[atom], DIFFUSE)
        self.joint = molecule + self.own + self.diffuse
        self.first, self.middle = molecule.nbas, molecule.nbas + self.own.nbas
        self.others = np.flatnonzero(system.orbital_atom != atom)
        self.rows = np.concatenate([self.others, np.arange(molecule.nao, self.joint.nao)])
        self.n = len(self.others) + self.own.nao
        self.n_occupied = (molecule.nelectron + basis.CORE_ELECTRONS) // 2
        self.is_own = np.arange(len(self.rows)) >= len(self.others)
        self.overlap = self._full(system.overlap, self._new_rows("int1e_ovlp"))
        self.hamiltonian = self._hamiltonian()

    @property
    def label(self) -> str:
        """What errors call the site."""
        return f"{self.system.symbols[self.atom]} atom {self.atom}"

    def _new_rows(self, name: str, comp: int | None = None) -> np.ndarray:
        """Return integrals of the new functions (own, then diffuse) with all."""
        first, last = self.first, self.joint.nbas
        old = self.joint.intor(name, comp=comp, shls_slice=(first, last, 0, first))
        new = self.joint.intor(name, comp=comp, hermi=1, shls_slice=(first, last, first, last))
        return np.concatenate([old[..., self.others], new], axis=-1)

    def _full(self, molecule_part: np.ndarray, new_rows: np.ndarray) -> np.ndarray:
        """Join a matrix of the molecule with the rows of the new functions."""
        m = len(self.others)
        full = np.empty((len(self.rows),) * 2)
        full[:m, :m] = molecule_part[self.others[:, None], self.others]
        full[m:] = new_rows
        full[:m, m:] = new_rows[:, :m].T
        return full

    def _hamiltonian(self) -> np.ndarray:
        """Return the core Hamiltonian: the absorber has its whole nucleus, the others their core potentials."""
        system, cores = self.system, self.system.cores
        new = self._new_rows("int1e_kin") + self._new_rows("int1e_nuc")
        with self.joint.with_rinv_at_nucleus(self.atom):
            new -= basis.CORE_ELECTRONS * self._new_rows("int1e_rinv")
        own = np.concatenate([cores.terms(self.own), cores.terms(self.diffuse)], axis=1)
        m = len(self.others)
        for atom in np.unique(cores.atom[cores.atom != self.atom]):
            terms = cores.atom == atom
            reach = np.flatnonzero(np.abs(own[terms]).max(axis=0) > NEGLIGIBLE_TERM)
            here = own[terms][:, reach]
            half = (here * cores.weights[terms, None]).T
            new[reach, :m] += half @ system.core_terms[terms][:, self.others]
            new[reach[:, None], m + reach] += half @ here
        return self._full(system.hamiltonian_without(self.atom), new)

    def _grid(self) -> tuple[list[Block], list[PointSet]]:
        """Return the grid with the absorber's own finer points."""
        system = self.system
        atoms = [system.fine_grid(i) if i == self.atom else grid for i, grid in enumerate(system.atoms)]
        return self._joined([grid.blocks for grid in atoms]), [grid.points for grid in atoms]

    def _sketch(self) -> list[Block]:
        """Return the coarse grid."""
        blocks = list(self.system.sketch)
        blocks[self.atom] = self.system.fine_blocks(self.atom, SKETCH_ABSORBER_POINTS)
        return self._joined(blocks)

    def _joined(self, atoms: list[list[Block]]) -> list[Block]:
        """Return the blocks of all atoms with the absorber's all-electron orbitals in place of its valence ones."""
        kept = self.system.orbital_atom != self.atom
        position = np.cumsum(kept) - 1
        return [
            join_orbitals(block, kept, position, orbitals_at(self.own, block.points), len(self.others))
            for blocks in atoms
            for block in blocks
        ]

    def _start(self) -> np.ndarray:
        """Return starting orbitals scaled by the root of their occupation.

        The valence ground state in this basis, a hydrogen-like core with half a hole, and screening charge.
        """
        system, n = self.system, self.n
        s = self.overlap[:n, :n]
        nucleus = system.molecule.atom_charge(self.atom) + basis.CORE_ELECTRONS
        with self.own.with_rinv_origin(system.positions[self.atom]):
            h = self.own.intor_symmetric("int1e_kin")
            h -= (nucleus - CORE_SCREENING) * self.own.intor_symmetric("int1e_rinv")
        core = np.zeros(n)
        m = len(self.others)
        core[m:] = scipy.linalg.eigh(h, s[m:, m:], subset_by_index=[0, 0])[1][:, 0]
        own = self.joint.intor("int1e_ovlp", shls_slice=(self.first, self.middle, 0, self.first))
        projection = np.linalg.solve(s, np.concatenate([system.overlap[self.others], own]))

        def in_this_basis(orbitals: np.ndarray) -> np.ndarray:
            found = projection @ orbitals
            return found - np.outer(core, core @ s @ found)

        valence = in_this_basis(system.ground_state.occupied)
        e, u = np.linalg.eigh(valence.T @ s @ valence)
        valence = np.sqrt(2) * valence @ (u / np.sqrt(e)) @ u.T
        free = basis.atomic_orbitals(system.molecule, self.atom)[:, 1:]
        free = in_this_basis(free)
        free *= np.sqrt(SCREENING / free.shape[1] / np.einsum("ui,uv,vi->i", free, s, free))
        return np.concatenate([np.sqrt(2 - HOLE) * core[:, None], valence, free], axis=1)

    def transitions(self, window_ev: float) -> tuple[np.ndarray, np.ndarray, float, Solution]:
        """Return energies (T,) eV, dipoles (T, 3) bohr, the ionisation potential in eV and the solution behind them.

        Raises
        ------
        XanesviewError
            when the calculation does not converge, or the grid misses electrons.
        Cancelled
            when the caller asked for it.
        """
        system, n = self.system, self.n
        blocks, points = self._grid()
        coulomb = SiteCoulomb(system.integrals, self.others, self.joint, self.first, self.middle)
        problem = Problem(
            self.overlap[:n, :n],
            self.hamiltonian[:n, :n],
            coulomb,
            Quadrature.of(blocks),
            Quadrature.of(self._sketch()),
            self.n_occupied,
            HOLE,
            self.is_own[:n],
        )
        found = solve(problem, self._start(), cancelled=system.cancelled)
        if system.cancelled():
            raise Cancelled
        self._check(found)
        states = self._augmented(found, blocks, points, window_ev)
        if states is None:
            raise XanesviewError(f"No core orbital was found on {self.label}.", "Check the geometry.")
        return (*states, found)

    def _check(self, found: Solution) -> None:
        if not found.converged:
            raise XanesviewError(
                f"The calculation for {self.label} did not converge in {counted(found.cycles, 'cycle')}.",
                "Relax the geometry, or check hydrogens and charge.",
            )
        missing = abs(found.electrons - (2 * self.n_occupied - HOLE))
        if missing > ELECTRON_TOLERANCE:
            raise XanesviewError(
                f"The integration grid around {self.label} is wrong by {missing:.3f} electrons.",
                "Check the geometry for atoms too close to one another.",
            )

    def _augmented(
        self, found: Solution, blocks: list[Block], points: list[PointSet], window_ev: float
    ) -> tuple[np.ndarray, np.ndarray, float] | None:
        system, n = self.system, self.n
        residual = system.potential.residual(found.fit, points)
        rows, numerical = grid_blocks(blocks, found.xc_weights, residual, PrimitivesAt(self.diffuse), n)
        model = self._multipole_model(system.potential.model(found.fit))
        integrals = DiffuseIntegrals(self.overlap[n:], self.hamiltonian[n:] + model[n:], model[:n, :n])
        eps, orbitals, s = augmented_states(found, self.overlap[:n, :n], integrals, rows, numerical)
        new = self._new_rows("int1e_r", 3)
        origin = system.positions[self.atom]
        position = np.array([self._full(system.position[k], new[k]) - origin[k] * s for k in range(3)])
        return transitions(eps, orbitals, s, position, self.is_own, self.n_occupied, window_ev)

    def _multipole_model(self, coefficients: np.ndarray) -> np.ndarray:
        """Return the potential of the atoms' Gaussian multipoles between all functions, hartree."""
        model, first, last = self.system.model, self.first, self.joint.nbas
        shells = (first, last, 0, last, 0, model.nbas)
        packed = df.incore.aux_e2(self.joint, model, "int3c2e", aosym="s2ij", shls_slice=shells) @ coefficients
        n_old, n_all = self.system.molecule.nao, self.joint.nao
        square = np.zeros((n_all, n_all))
        square[np.tril_indices(n_all)] = np.concatenate([np.zeros(n_old * (n_old + 1) // 2), packed])
        new = square[n_old:]
        new[:, n_old:] += np.tril(new[:, n_old:], -1).T
        return self._full(self.system.model_matrix(coefficients), new[:, self.rows])
