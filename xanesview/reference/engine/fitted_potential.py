"""The potential of a fitted density at points in space, without integrals.

A fitting function is a solid harmonic times Gaussians, and so is its potential times Boys functions:
∫ S_lm(r') exp(−a r'²) / |r − r'| dr' = S_lm(r) (2π/a) F_l(a r²), which follows from applying S_lm(∇) to the l = 0 case
(Hobson's theorem). All functions of one centre with the same l, m add up to one radial function, tabulated and
interpolated. A model with one Gaussian multipole of each low degree on each atom, equal to the atom's fitted multipole,
is taken out of the potential: its matrix elements are cheap, and what remains vanishes outside the atoms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import scipy.sparse
import scipy.special

from xanesview.reference.engine.basis import fitting_shells
from xanesview.reference.engine.pyscf_access import gto

NODES = 420
FINEST_BOHR = 0.01
FARTHEST_BOHR = 80.0
MODEL_EXPONENT = 1.0  # bohr^-2
MODEL_DEGREE = {"H": 1}
MODEL_DEGREE_HEAVY = 1
STEP = np.arcsinh(FARTHEST_BOHR / FINEST_BOHR) / NODES


def boys(l: int, x: np.ndarray) -> np.ndarray:
    """Return F_l(x) = ∫₀¹ t^(2l) exp(−x t²) dt."""
    x = np.maximum(x, 1e-12)
    a = l + 0.5
    return np.where(x < 1e-6, 1 / (2 * l + 1), 0.5 * scipy.special.gamma(a) * scipy.special.gammainc(a, x) / x**a)


@dataclass(frozen=True, eq=False)
class ElementTables:
    """Radial potentials of an element's shells: ``degrees`` (n,), ``radial`` (nodes, n), ``moment`` (n,) multipoles."""

    degrees: tuple[int, ...]
    radial: np.ndarray
    moment: np.ndarray


def model_shells(symbol: str) -> list:
    """Return the shells of the multipole model of an element."""
    return [[l, [MODEL_EXPONENT, 1.0]] for l in range(MODEL_DEGREE.get(symbol, MODEL_DEGREE_HEAVY) + 1)]


@cache
def element_tables(symbol: str, model: bool = False) -> ElementTables:
    """Return the tables of an element's fitting shells (or model shells) on the nodes −1, 0, 1, … of the mesh."""
    shells = model_shells(symbol) if model else fitting_shells(symbol)
    atom = gto.M(atom=[("X-" + symbol, (0.0, 0.0, 0.0))], basis={"X-" + symbol: shells}, verbose=0)
    r = FINEST_BOHR * np.sinh(STEP * np.arange(-1, NODES + 3))
    degrees, radial, moment = [], [], []
    for shell in range(atom.nbas):
        l, exponents, c = atom.bas_angular(shell), atom.bas_exp(shell), atom._libcint_ctr_coeff(shell)[:, 0]
        degrees.append(l)
        radial.append(sum(k * 2 * np.pi / a * boys(l, a * r * r) for a, k in zip(exponents, c)))
        moment.append(float(np.sum(c / exponents ** (l + 1.5))))  # ∫ r^(2l+2) exp(−a r²) dr but for a factor of l
    return ElementTables(tuple(degrees), np.array(radial).T, np.array(moment))


@dataclass(frozen=True, eq=False)
class PointSet:
    """Points with what the potential of every atom needs there; depends on the geometry only."""

    interpolation: list[scipy.sparse.csr_matrix]
    harmonics: list[np.ndarray]


class FittedPotential:
    """Potentials of densities fitted on one molecule.

    Parameters
    ----------
    molecule, fitting : the molecule and its fitting basis
    symbols : element of each atom
    """

    def __init__(self, molecule, fitting, symbols: list[str]):
        self.symbols = symbols
        self.positions = molecule.atom_coords()
        self.slices = fitting.aoslice_by_atom()[:, 2:]
        self._harmonics = {s: solid_harmonics(max(element_tables(s).degrees)) for s in set(symbols)}

    def points(self, coordinates: np.ndarray) -> PointSet:
        """Prepare points (P, 3), bohr."""
        interpolation, harmonics = [], []
        for symbol, centre in zip(self.symbols, self.positions):
            there = coordinates - centre
            interpolation.append(_interpolation(np.sqrt(np.einsum("pi,pi->p", there, there))))
            molecule, norms = self._harmonics[symbol]
            harmonics.append((molecule.eval_gto("GTOval_sph", there) / norms).astype(np.float32))
        return PointSet(interpolation, harmonics)

    def model(self, fit: np.ndarray) -> np.ndarray:
        """Return the coefficients of the multipole model's functions, atom after atom."""
        return np.concatenate([_model_of(s, fit[a:b]) for s, (a, b) in zip(self.symbols, self.slices)])

    def residual(self, fit: np.ndarray, sets: Sequence[PointSet]) -> np.ndarray:
        """Return the potential less that of the multipole model at all points of the sets, (P,) hartree."""
        total = [np.zeros(points.interpolation[0].shape[0], np.float32) for points in sets]
        for k, (symbol, (a, b)) in enumerate(zip(self.symbols, self.slices)):
            table = _atom_table(element_tables(symbol), fit[a:b])
            model = _atom_table(element_tables(symbol, True), _model_of(symbol, fit[a:b]))
            table[:, : model.shape[1]] -= model
            table = table.astype(np.float32)
            for values, points in zip(total, sets):
                values += np.einsum("pi,pi->p", points.interpolation[k] @ table, points.harmonics[k])
        return np.concatenate(total).astype(float)


def _atom_table(tables: ElementTables, fit: np.ndarray) -> np.ndarray:
    """Return the radial factor (nodes, harmonics) of one atom's potential."""
    found = np.zeros((len(tables.radial), (max(tables.degrees) + 1) ** 2))
    begin = 0
    for shell, l in enumerate(tables.degrees):
        found[:, l * l : (l + 1) ** 2] += np.outer(tables.radial[:, shell], fit[begin : begin + 2 * l + 1])
        begin += 2 * l + 1
    return found


def _model_of(symbol: str, fit: np.ndarray) -> np.ndarray:
    """Return the model's coefficients with the same multipoles as one atom's fitted density."""
    tables, model = element_tables(symbol), element_tables(symbol, True)
    found = np.zeros(sum(2 * l + 1 for l in model.degrees))
    begin = 0
    for l, moment in zip(tables.degrees, tables.moment):
        if l <= max(model.degrees):
            found[l * l : (l + 1) ** 2] += moment * fit[begin : begin + 2 * l + 1] / model.moment[l]
        begin += 2 * l + 1
    return found


def solid_harmonics(degree: int):
    """Return functions that are solid harmonics up to the degree, and their norms."""
    exponent = 1e-10  # of a vanishing Gaussian; PySCF takes the gradients of smaller ones for zero
    atom = gto.M(
        atom=[("X-H", (0.0, 0.0, 0.0))], basis={"X-H": [[l, [exponent, 1.0]] for l in range(degree + 1)]}, verbose=0
    )
    norms = [np.full(2 * l + 1, atom._libcint_ctr_coeff(l)[0, 0]) for l in range(degree + 1)]
    return atom, np.concatenate(norms)


def _interpolation(r: np.ndarray) -> scipy.sparse.csr_matrix:
    """Return the matrix (P, nodes) of cubic interpolation on the radial mesh."""
    u = np.arcsinh(np.minimum(r, FARTHEST_BOHR) / FINEST_BOHR) / STEP
    k = np.minimum(u.astype(int), NODES)
    t = u - k
    w = np.stack(
        [
            -t * (t - 1) * (t - 2) / 6,
            (t + 1) * (t - 1) * (t - 2) / 2,
            -(t + 1) * t * (t - 2) / 2,
            (t + 1) * t * (t - 1) / 6,
        ],
        1,
    )
    columns = (k[:, None] + np.arange(4)).ravel().astype(np.int32)
    pointer = np.arange(0, 4 * len(r) + 1, 4, dtype=np.int32)
    return scipy.sparse.csr_matrix((w.astype(np.float32).ravel(), columns, pointer), shape=(len(r), NODES + 4))
