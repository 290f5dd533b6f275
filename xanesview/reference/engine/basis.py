"""Basis sets and core potentials of the transition-potential engine, and the molecules built with them.

The absorber is all-electron (uncontracted def2-TZVP: s, p and one d), every other heavy atom has a ccECP core potential
with the cc-pVDZ set made for it (contractions shortened), so that the core hole stays where it is put (StoBe practice);
hydrogen def2-SVP. The Coulomb potential is fitted in def2-universal-jfit. Diffuse functions for Rydberg states and the
near continuum are added on the absorber once, after convergence (double-basis technique: Triguero, Pettersson, Ågren,
Phys. Rev. B 58, 8097, 1998).
"""

from __future__ import annotations

from functools import cache

import numpy as np

from xanesview.reference.engine.contractions import SHORT_CONTRACTIONS
from xanesview.reference.engine.pyscf_access import df, gto

CORE_ELECTRONS = 2  # what the potential of a C, N, O or F atom replaces
FITTING_BASIS = "def2-universal-jfit"


@cache
def all_electron_shells(symbol: str) -> list:
    """Return the absorber's primitives: def2-TZVP uncontracted, s, p and the tighter d."""
    full = gto.uncontract(gto.basis.load("def2-tzvp", symbol))
    return [b for b in full if b[0] < 2] + [b for b in full if b[0] == 2][:1]


@cache
def valence_shells(symbol: str) -> list:
    """Return the shells of an atom that is not the absorber."""
    if symbol == "H":
        return gto.basis.load("def2-svp", symbol)
    shells = gto.basis.load("ccecp-cc-pvdz", symbol)
    return [_shortened(symbol, shell) if len(shell) > 2 else shell for shell in shells]


def _shortened(symbol: str, shell: list) -> list:
    short = SHORT_CONTRACTIONS.get((symbol, shell[0]))
    return shell if short is None else [shell[0], *map(list, short)]


@cache
def core_potential(symbol: str) -> list:
    """Return the ccECP core potential in PySCF's form."""
    return gto.basis.load_ecp("ccecp", symbol)


@cache
def fitting_shells(symbol: str) -> list:
    """Return the auxiliary shells of an element."""
    return gto.basis.load(FITTING_BASIS, symbol)


def valence_molecule(symbols: list[str], positions_angstrom: np.ndarray, charge: int = 0):
    """Return the molecule with core potentials on all heavy atoms; atoms are labelled by element and index."""
    present = sorted(set(symbols))
    atoms = [(f"{s}{i}", tuple(map(float, xyz))) for i, (s, xyz) in enumerate(zip(symbols, positions_angstrom))]
    return gto.M(
        atom=atoms,
        basis={s: valence_shells(s) for s in present},
        ecp={s: core_potential(s) for s in present if s != "H"},
        unit="A",
        charge=charge,
        spin=None,
        verbose=0,
    )


def atomic_orbitals(molecule, only: int | None = None) -> np.ndarray:
    """Return the occupied orbitals of neutral atoms (or of one), scaled by the root of their occupation, (n, n_occ).

    The first contracted s and p of each atom's set are its valence orbitals; p electrons are spread over the three.
    """
    columns = []
    for atom in range(molecule.natm) if only is None else (only,):
        begin = molecule.aoslice_by_atom()[atom, 2]
        electrons = float(molecule.atom_charge(atom))
        p_electrons = max(0.0, electrons - 2.0)
        seen = set()
        for shell in molecule.atom_shell_ids(atom):
            l, n = molecule.bas_angular(shell), molecule.bas_nctr(shell)
            share = electrons - p_electrons if l == 0 else p_electrons / 3
            if l < 2 and l not in seen and share > 0:
                for m in range(2 * l + 1):
                    column = np.zeros(molecule.nao)
                    column[begin + m] = np.sqrt(share)
                    columns.append(column)
            seen.add(l)
            begin += n * (2 * l + 1)
    return np.array(columns).T


def fitting_molecule(molecule, symbols: list[str]):
    """Return the auxiliary basis of a molecule."""
    return df.addons.make_auxmol(molecule, {s: fitting_shells(s) for s in set(symbols)})


def functions_at(symbol: str, position_bohr: np.ndarray, shells: list):
    """Return shells at a place without a nucleus (a ghost atom)."""
    tag = "X-" + symbol
    return gto.M(atom=[(tag, tuple(map(float, position_bohr)))], basis={tag: shells}, unit="B", spin=None, verbose=0)
