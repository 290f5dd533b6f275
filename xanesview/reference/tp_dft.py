"""Transition-potential DFT: K-edge transitions of molecules from first principles, with half a core hole.

Triguero, Pettersson, Ågren, Phys. Rev. B 58, 8097 (1998). Everything that does not know the absorber (integrals between
atoms with core potentials, grids, orbitals on them, a ground state to start from) is made once for all sites.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xanesview.domain.structure import SYMBOLS
from xanesview.errors import Cancelled, XanesviewError
from xanesview.reference import basis
from xanesview.reference.core_potentials import CorePotentials
from xanesview.reference.coulomb import SharedIntegrals, SiteCoulomb
from xanesview.reference.diffuse import (
    HARTREE_EV,
    DiffuseIntegrals,
    augmented_states,
    grid_blocks,
    transitions,
)
from xanesview.reference.fitted_potential import FittedPotential, PointSet, model_shells
from xanesview.reference.grid import (
    ABSORBER_POINTS,
    HEAVY_POINTS,
    HYDROGEN_POINTS,
    Block,
    atom_points,
    blocks_of,
    join_orbitals,
    orbitals_at,
)
from xanesview.reference.pyscf_access import df, dft
from xanesview.reference.scf import Problem, Solution, solve

HOLE = 0.5
WINDOW_EV = 40.0
ELECTRON_TOLERANCE = 5e-3


@dataclass(frozen=True, eq=False)
class SiteSticks:
    """Transitions from the 1s of one atom.

    ``energy_ev`` (T,) and ``ip_ev`` on the calculation's scale (no offset), ``dipole_bohr`` (T, 3).
    """

    atom: int
    energy_ev: np.ndarray
    dipole_bohr: np.ndarray
    ip_ev: float
    gap_ev: float
    cycles: int


@dataclass(frozen=True, eq=False)
class _Shell:
    """One atom's grid: its blocks and what the fitted potential needs at their points."""

    blocks: list[Block]
    points: PointSet


class TransitionPotential:
    """K-edge calculations on the atoms of one closed-shell molecule.

    Parameters
    ----------
    symbols : element of each atom
    positions_angstrom : (N, 3)
    charge : total charge
    cancelled : asked between steps

    Raises
    ------
    XanesviewError
        for an element without a basis here, or an odd number of electrons.
    """

    def __init__(
        self,
        symbols: Sequence[str],
        positions_angstrom: np.ndarray,
        charge: int = 0,
        cancelled: Callable[[], bool] = lambda: False,
    ):
        self.symbols, self._cancelled = list(symbols), cancelled
        check_computable(self.symbols, charge)
        self.molecule = basis.valence_molecule(self.symbols, positions_angstrom, charge)
        self.positions = self.molecule.atom_coords()
        fitting = basis.fitting_molecule(self.molecule, self.symbols)
        self._model = df.addons.make_auxmol(self.molecule, {s: model_shells(s) for s in set(self.symbols)})
        self._overlap = self.molecule.intor_symmetric("int1e_ovlp")
        self._cores = CorePotentials(self.molecule)
        self._core_terms = self._cores.terms(self.molecule)
        self._hamiltonian = (
            self.molecule.intor_symmetric("int1e_kin")
            + self.molecule.intor_symmetric("int1e_nuc")
            + self._core_terms.T @ (self._core_terms * self._cores.weights[:, None])
        )
        self._position = self.molecule.intor_symmetric("int1e_r")
        self._integrals = SharedIntegrals(self.molecule, fitting)
        self._potential = FittedPotential(self.molecule, fitting, self.symbols)
        n = self.molecule.nao
        lower = df.incore.aux_e2(self.molecule, self._model, "int3c2e", aosym="s2ij")
        self._model_integrals, self._lower = lower, np.tril_indices(n)
        self._orbital_atom = np.repeat(np.arange(self.molecule.natm), np.diff(self.molecule.aoslice_by_atom()[:, 2:]).ravel())
        self._shells = self._make_shells()
        self._ground: Solution | None = None

    def _make_shells(self) -> dict[int, _Shell]:
        shape = {i: HYDROGEN_POINTS if s == "H" else HEAVY_POINTS for i, s in enumerate(self.symbols)}
        found = atom_points(self.molecule, list(shape), shape)
        return {i: self._shell(*found[i]) for i in shape}

    def _shell(self, points: np.ndarray, weights: np.ndarray) -> _Shell:
        blocks = blocks_of(self.molecule, points, weights)
        everything = np.concatenate([b.points for b in blocks])
        return _Shell(blocks, self._potential.points(everything))

    def ground_state(self) -> Solution:
        """Return the valence ground state (core potentials everywhere) that sites start from."""
        if self._ground is None:
            blocks = [b for shell in self._shells.values() for b in shell.blocks]
            problem = Problem(
                self._overlap,
                self._hamiltonian,
                self._integrals,
                blocks,
                np.concatenate([b.weights for b in blocks]),
                self.molecule.nelectron // 2,
            )
            dm = dft.RKS(self.molecule).get_init_guess(key="minao")
            e, u = np.linalg.eigh(np.asarray(dm))
            kept = e > 1e-10
            self._ground = solve(
                problem, u[:, kept] * np.sqrt(e[kept]), energy_tolerance=1e-3, error_tolerance=2e-2,
                cancelled=self._cancelled,
            )
        return self._ground

    def site(self, atom: int, window_ev: float = WINDOW_EV) -> SiteSticks:
        """Compute the transitions of one atom.

        Raises
        ------
        XanesviewError
            when the calculation does not converge.
        """
        return _Site(self, atom).sticks(window_ev)


def check_computable(symbols: Sequence[str], charge: int) -> None:
    """Raise XanesviewError for a molecule that the engine cannot compute."""
    foreign = sorted(set(symbols) - set(basis.ELEMENTS))
    if foreign:
        raise XanesviewError(
            f"The first-principles engine has no basis for {', '.join(foreign)}.",
            f"It computes molecules of {', '.join(basis.ELEMENTS)}.",
        )
    electrons = sum(SYMBOLS.index(s) for s in symbols) - charge
    if electrons % 2:
        raise XanesviewError(
            f"The molecule has {electrons} electrons, an odd number: an open shell.",
            "Only closed-shell molecules can be computed; check hydrogens and charge.",
        )
    needed, there = memory_needed_gib(symbols), memory_available_gib()
    if needed > there:
        raise XanesviewError(
            f"The molecule needs about {needed:.1f} GiB of memory, and {there:.1f} GiB are free.",
            "Compute fewer molecules at a time, or a smaller part of this one.",
        )


def memory_needed_gib(symbols: Sequence[str]) -> float:
    """Return the memory of a calculation: three-centre integrals (made, then packed) and orbitals on the grid."""
    hydrogen = sum(s == "H" for s in symbols)
    heavy = len(symbols) - hydrogen
    orbitals, fitting, points = 13 * heavy + 5 * hydrogen + 40, 50 * heavy + 12 * hydrogen, 1300 * heavy + 450 * hydrogen
    return (fitting * orbitals**2 / 2 * 8 * 2.2 + 3 * points * orbitals * 16) / 2**30 + 0.3


def memory_available_gib() -> float:
    """Return the memory that is free for new work; infinity where the system does not tell."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) / 2**20
    except OSError:
        pass
    return float("inf")


class _Site:
    """One absorber: the molecule's functions without the absorber's, then its all-electron ones, then diffuse ones."""

    def __init__(self, system: TransitionPotential, atom: int):
        self.system, self.atom = system, atom
        molecule, symbol = system.molecule, system.symbols[atom]
        position = system.positions[atom]
        own = basis.functions_at(symbol, position, basis.all_electron_shells(symbol))
        self.diffuse = basis.functions_at(symbol, position, basis.DIFFUSE)
        self.own = own
        self.joint = molecule + own + self.diffuse
        self.base, self.n_own, self.n_diffuse = molecule.nao, own.nao, self.diffuse.nao
        self.others = np.flatnonzero(system._orbital_atom != atom)
        self.n = len(self.others) + self.n_own
        self.first, self.middle, self.last = molecule.nbas, molecule.nbas + own.nbas, self.joint.nbas
        self.rows = np.concatenate([self.others, np.arange(self.base, self.base + self.n_own + self.n_diffuse)])
        self.absorber = np.arange(self.n) >= len(self.others)
        self._one_electron()

    def _new_rows(self, name: str, comp: int | None = None) -> np.ndarray:
        return self.joint.intor(name, comp=comp, shls_slice=(self.first, self.last, 0, self.last))[..., self.rows]

    def _full(self, molecule_part: np.ndarray, new_rows: np.ndarray) -> np.ndarray:
        """Join a matrix of the molecule with rows of the new functions (own + diffuse, everything)."""
        m = len(self.others)
        full = np.empty((len(self.rows),) * 2)
        full[:m, :m] = molecule_part[self.others[:, None], self.others]
        full[m:] = new_rows
        full[:m, m:] = new_rows[:, :m].T
        return full

    def _one_electron(self) -> None:
        """Overlap and core Hamiltonian of all functions: the absorber's potential is that of its nucleus."""
        system = self.system
        cores = system._cores
        self.overlap = self._full(system._overlap, self._new_rows("int1e_ovlp"))
        attraction = self._new_rows("int1e_nuc")
        with self.joint.with_rinv_at_nucleus(self.atom):
            attraction -= basis.CORE_ELECTRONS * self._new_rows("int1e_rinv")
        with system.molecule.with_rinv_at_nucleus(self.atom):
            bare = system._hamiltonian - basis.CORE_ELECTRONS * system.molecule.intor_symmetric("int1e_rinv")
        mine = cores.atom == self.atom
        own_terms = system._core_terms[mine]
        bare -= own_terms.T @ (own_terms * cores.weights[mine, None])
        new_terms = np.concatenate([cores.terms(self.own), cores.terms(self.diffuse)], axis=1)[~mine]
        new_terms *= cores.weights[~mine, None]
        old_terms = system._core_terms[~mine][:, self.others]
        plain = np.concatenate([old_terms, new_terms / cores.weights[~mine, None]], axis=1)
        attraction += new_terms.T @ plain
        self.kinetic_rows = self._new_rows("int1e_kin")
        self.hamiltonian = self._full(bare, attraction + self.kinetic_rows)

    def _blocks(self) -> tuple[list[Block], list[PointSet]]:
        """Return the grid with the absorber's own finer points and its all-electron orbitals."""
        system = self.system
        fine = system._shell(*atom_points(system.molecule, [self.atom], {self.atom: ABSORBER_POINTS})[self.atom])
        kept = system._orbital_atom != self.atom
        position = np.cumsum(kept) - 1
        blocks, points = [], []
        for i in range(len(system.symbols)):
            shell = fine if i == self.atom else system._shells[i]
            points.append(shell.points)
            for block in shell.blocks:
                extra = orbitals_at(self.own, block.points)
                blocks.append(join_orbitals(block, kept, position, extra, len(self.others)))
        return blocks, points

    def _start(self) -> np.ndarray:
        """Return starting orbitals: the valence ground state in this basis, and a hydrogen-like core with half a hole."""
        system, n = self.system, self.n
        s = self.overlap[:n, :n]
        lower = slice(len(self.others), n)
        core = np.zeros(n)
        charge = system.molecule.atom_charge(self.atom) + basis.CORE_ELECTRONS - 0.3
        with self.own.with_rinv_origin(system.positions[self.atom]):
            h = self.own.intor_symmetric("int1e_kin") - charge * self.own.intor_symmetric("int1e_rinv")
        core[lower] = scipy_lowest(h, s[lower, lower])
        cross = np.concatenate(
            [
                system._overlap[self.others],
                self.joint.intor("int1e_ovlp", shls_slice=(self.first, self.middle, 0, self.first)),
            ]
        )
        valence = np.linalg.solve(s, cross @ system.ground_state().occupied)
        valence -= np.outer(core, core @ s @ valence)
        e, u = np.linalg.eigh(valence.T @ s @ valence)
        valence = np.sqrt(2) * valence @ (u / np.sqrt(e)) @ u.T
        return np.concatenate([np.sqrt(2 - HOLE) * core[:, None], valence], axis=1)

    def sticks(self, window_ev: float) -> SiteSticks:
        """Solve and return the transitions."""
        system, n = self.system, self.n
        blocks, points = self._blocks()
        n_occupied = (system.molecule.nelectron + basis.CORE_ELECTRONS) // 2
        problem = Problem(
            self.overlap[:n, :n],
            self.hamiltonian[:n, :n],
            SiteCoulomb(system._integrals, self.others, self.joint, self.first, self.middle),
            blocks,
            np.concatenate([b.weights for b in blocks]),
            n_occupied,
            HOLE,
            self.absorber,
        )
        found = solve(problem, self._start(), cancelled=system._cancelled)
        if system._cancelled():
            raise Cancelled
        label = f"{system.symbols[self.atom]} atom {self.atom}"
        if not found.converged:
            raise XanesviewError(
                f"The calculation for {label} did not converge in {found.cycles} cycles.",
                "Relax the geometry, or check the charge.",
            )
        missing = abs(found.electrons - (2 * n_occupied - HOLE))
        if missing > ELECTRON_TOLERANCE:
            raise XanesviewError(
                f"The grid around {label} misses {missing:.3f} electrons.", "Check the geometry for atoms too close."
            )
        states = self._augmented(found, blocks, points, n_occupied, window_ev)
        if states is None:
            raise XanesviewError(f"No core orbital was found on {label}.", "Check the geometry.")
        energy, dipole, ip = states
        return SiteSticks(self.atom, energy, dipole, ip, found.gap * HARTREE_EV, found.cycles)

    def _augmented(self, found: Solution, blocks, points, n_occupied: int, window_ev: float):
        system, n = self.system, self.n
        residual = np.concatenate([system._potential.residual(found.fit, p) for p in points])
        rows, numerical = grid_blocks(blocks, found.xc_weights, residual, self.diffuse, n)
        model = self._multipole_model(system._potential.model(found.fit))
        integrals = DiffuseIntegrals(self.overlap[n:], self.hamiltonian[n:] + model[n:], model[:n, :n])
        eps, orbitals, s = augmented_states(
            found.fock, found.coulomb, self.overlap[:n, :n], integrals, rows, numerical
        )
        new = self._new_rows("int1e_r", 3)
        origin = system.positions[self.atom]
        position = [self._full(system._position[k], new[k]) - origin[k] * s for k in range(3)]
        on_absorber = np.arange(len(s)) >= len(self.others)
        return transitions(eps, orbitals, s, position, on_absorber, n_occupied, window_ev)

    def _multipole_model(self, coefficients: np.ndarray) -> np.ndarray:
        """Return the potential of the atoms' Gaussian multipoles between all functions, hartree."""
        system = self.system
        base = np.zeros((self.base, self.base))
        base[system._lower] = system._model_integrals @ coefficients
        base.T[system._lower] = base[system._lower]
        new = df.incore.aux_e2(
            self.joint, system._model, "int3c2e", shls_slice=(self.first, self.last, 0, self.last, 0, system._model.nbas)
        )
        return self._full(base, (new @ coefficients)[:, self.rows])


def scipy_lowest(h: np.ndarray, s: np.ndarray) -> np.ndarray:
    """Return the lowest generalised eigenvector."""
    import scipy.linalg

    return scipy.linalg.eigh(h, s, subset_by_index=[0, 0])[1][:, 0]
