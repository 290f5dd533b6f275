"""What the sites of a molecule share: it with core potentials on all heavy atoms, before an absorber is chosen.

Integrals between these atoms, their grids and orbitals, and a ground state to start from are made once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.reference.engine import basis
from xanesview.reference.engine.core_potentials import CorePotentials
from xanesview.reference.engine.coulomb import SharedIntegrals
from xanesview.reference.engine.exchange_correlation import density
from xanesview.reference.engine.fitted_potential import FittedPotential, PointSet, model_shells
from xanesview.reference.engine.grid import (
    ABSORBER_POINTS,
    FINER_HEAVY_POINTS,
    FINER_HYDROGEN_POINTS,
    HEAVY_POINTS,
    HYDROGEN_POINTS,
    SKETCH_HEAVY_POINTS,
    SKETCH_HYDROGEN_POINTS,
    Block,
    atom_points,
    blocks_of,
)
from xanesview.reference.engine.pyscf_access import df, lib
from xanesview.reference.engine.scf import Problem, Quadrature, Solution, solve

GROUND_ERROR_TOLERANCE = 2e-2  # only a start
MISSING_ELECTRONS = 5e-3  # on the grid, above which a finer one is taken


@dataclass(frozen=True, eq=False)
class AtomGrid:
    """One atom's grid: its blocks, and what the fitted potential needs at their points."""

    blocks: list[Block]
    points: PointSet


class ValenceSystem:
    """The molecule that all sites have in common.

    Attributes
    ----------
    overlap, hamiltonian (n, n), position (3, n, n) one-electron matrices, atomic units
    orbital_atom : (n,) atom of each orbital
    atoms : grid of each atom
    sketch : blocks of each atom's coarse grid
    ground_state : valence orbitals to start from
    missing_electrons : that the standard grid loses
    """

    def __init__(
        self, symbols: Sequence[str], positions_angstrom: np.ndarray, charge: int, cancelled: Callable[[], bool]
    ):
        self.symbols, self.cancelled = list(symbols), cancelled
        self.molecule = molecule = basis.valence_molecule(self.symbols, positions_angstrom, charge)
        self.positions = molecule.atom_coords()
        self.orbital_atom = np.repeat(np.arange(molecule.natm), np.diff(molecule.aoslice_by_atom()[:, 2:]).ravel())
        self.cores = CorePotentials(molecule)
        self.core_terms = self.cores.terms(molecule)
        self.overlap = molecule.intor_symmetric("int1e_ovlp")
        self.position = molecule.intor_symmetric("int1e_r")
        bare = molecule.intor_symmetric("int1e_kin") + molecule.intor_symmetric("int1e_nuc")
        self.hamiltonian = bare + self.core_terms.T @ (self.core_terms * self.cores.weights[:, None])
        fitting = basis.fitting_molecule(molecule, self.symbols)
        self.integrals = SharedIntegrals(molecule, fitting)
        self.potential = FittedPotential(molecule, fitting, self.symbols)
        self.model = df.addons.make_auxmol(molecule, {s: model_shells(s) for s in set(self.symbols)})
        self._model_integrals = df.incore.aux_e2(molecule, self.model, "int3c2e", aosym="s2ij")
        self.sketch = self._blocks(SKETCH_HEAVY_POINTS, SKETCH_HYDROGEN_POINTS)
        self.ground_state = self._ground_state()
        blocks = self._blocks(HEAVY_POINTS, HYDROGEN_POINTS)
        self.missing_electrons = self._missing_electrons(blocks)
        if self.missing_electrons > MISSING_ELECTRONS:  # many saturated carbons
            blocks = self._blocks(FINER_HEAVY_POINTS, FINER_HYDROGEN_POINTS)
        self.atoms = [self._grid(of_atom) for of_atom in blocks]

    def _blocks(self, heavy: tuple[int, int], hydrogen: tuple[int, int]) -> list[list[Block]]:
        shape = {i: hydrogen if s == "H" else heavy for i, s in enumerate(self.symbols)}
        found = atom_points(self.molecule, list(shape), shape)
        return [blocks_of(self.molecule, *found[i]) for i in shape]

    def _missing_electrons(self, blocks: list[list[Block]]) -> float:
        grid = Quadrature.of([b for of_atom in blocks for b in of_atom])
        electrons = np.dot(density(grid.blocks, self.ground_state.occupied)[0], grid.weights)
        return abs(float(electrons) - self.molecule.nelectron)

    def _grid(self, blocks: list[Block]) -> AtomGrid:
        return AtomGrid(blocks, self.potential.points(np.concatenate([b.points for b in blocks])))

    def fine_blocks(self, atom: int, shape: tuple[int, int]) -> list[Block]:
        """Return blocks of an atom that is the absorber."""
        return blocks_of(self.molecule, *atom_points(self.molecule, [atom], {atom: shape})[atom])

    def fine_grid(self, atom: int) -> AtomGrid:
        """Return the grid of an atom that is the absorber."""
        return self._grid(self.fine_blocks(atom, ABSORBER_POINTS))

    def model_matrix(self, coefficients: np.ndarray) -> np.ndarray:
        """Return the potential (n, n) of Gaussian multipoles on the atoms, hartree."""
        return lib.unpack_tril(self._model_integrals @ coefficients)

    def hamiltonian_without(self, atom: int) -> np.ndarray:
        """Return the core Hamiltonian with the atom's full nucleus in place of its core potential."""
        with self.molecule.with_rinv_at_nucleus(atom):
            found = self.hamiltonian - basis.CORE_ELECTRONS * self.molecule.intor_symmetric("int1e_rinv")
        mine = self.cores.atom == atom
        terms = self.core_terms[mine]
        return found - terms.T @ (terms * self.cores.weights[mine, None])

    def _ground_state(self) -> Solution:
        """Return the valence ground state that sites start from, loosely converged."""
        grid = Quadrature.of([b for of_atom in self.sketch for b in of_atom])
        n_occupied = self.molecule.nelectron // 2
        problem = Problem(self.overlap, self.hamiltonian, self.integrals, grid, None, n_occupied)
        return solve(
            problem,
            basis.atomic_orbitals(self.molecule),
            tolerance=GROUND_ERROR_TOLERANCE,
            cancelled=self.cancelled,
        )
