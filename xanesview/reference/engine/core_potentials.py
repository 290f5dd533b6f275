"""Matrix elements of core potentials by quadrature on a sphere around each core.

A core potential ends within a few bohr of its nucleus, so it needs neither the molecular grid nor its partition:
V = V_local(r) + Σ_lm |lm⟩ V_l(r) ⟨lm|. Agrees with analytic integrals within 1e-6 hartree and is many times faster.
"""

from __future__ import annotations

import numpy as np

from xanesview.errors import XanesviewError
from xanesview.reference.engine.pyscf_access import gen_grid

N_RADIAL = 24
N_ANGULAR = 50
NEGLIGIBLE_EXPONENT = 28.0  # exp(-28) = 7e-13


def real_harmonics(l: int, n: np.ndarray) -> np.ndarray:
    """Return the real spherical harmonics of degree l, (angles, 2l+1), at unit vectors n (angles, 3)."""
    x, y, z = n.T
    if l == 0:
        return np.full((len(n), 1), np.sqrt(1 / (4 * np.pi)))
    if l == 1:
        return np.sqrt(3 / (4 * np.pi)) * np.stack([x, y, z], 1)
    if l == 2:
        d = [x * y, y * z, (3 * z * z - 1) / np.sqrt(12), x * z, (x * x - y * y) / 2]
        return np.sqrt(15 / (4 * np.pi)) * np.stack(d, 1)
    raise XanesviewError(f"No core potential with l = {l} is known here.", "Leave that element out.")


class CorePotentials:
    """All core potentials of a molecule as sums of rank-one terms: V = Σ_r w_r |p_r⟩⟨p_r|.

    Attributes
    ----------
    weights : (R,) strengths of the terms, hartree
    atom : (R,) atom each term belongs to
    """

    def __init__(self, molecule):
        angular = gen_grid.MakeAngularGrid(N_ANGULAR)
        directions, angle_weights = angular[:, :3], 4 * np.pi * angular[:, 3]
        x, w = np.polynomial.legendre.leggauss(N_RADIAL)
        x, w = (x + 1) / 2, w / 2
        points, self._projectors, weights, atoms = [], [], [], []
        self._angles = directions, angle_weights
        for atom in range(molecule.natm):
            label = molecule.atom_pure_symbol(atom)
            if label not in molecule._ecp:
                continue
            channels = molecule._ecp[label][1]
            smallest = min(e for _, powers in channels for terms in powers for e, _ in terms)
            reach = np.sqrt(NEGLIGIBLE_EXPONENT / smallest)
            r, wr = reach * x**2, reach * 2 * x * w  # denser at the nucleus
            points.append((r[:, None, None] * directions).reshape(-1, 3) + molecule.atom_coord(atom))
            kinds = []
            for l, powers in channels:
                terms = ((c * r ** (n - 2.0) * np.exp(-e * r * r)) for n, ec in enumerate(powers) for e, c in ec)
                radial = sum(terms, 0 * r) * wr * r * r
                strength = np.outer(radial, angle_weights).ravel() if l < 0 else np.repeat(radial, 2 * l + 1)
                kinds.append(l)
                weights.append(strength)
                atoms.append(np.full(len(strength), atom))
            self._projectors.append(kinds)
        self._points = np.concatenate(points) if points else np.zeros((0, 3))
        self.weights = np.concatenate(weights) if weights else np.zeros(0)
        self.atom = np.concatenate(atoms) if atoms else np.zeros(0, int)

    def terms(self, basis) -> np.ndarray:
        """Return ⟨p_r|μ⟩ for the functions of ``basis``, (R, n)."""
        if not len(self._points):
            return np.zeros((0, basis.nao))
        ao = basis.eval_gto("GTOval_sph", self._points)
        directions, angle_weights = self._angles
        per_atom = N_RADIAL * N_ANGULAR
        rows = []
        for k, kinds in enumerate(self._projectors):
            here = ao[k * per_atom : (k + 1) * per_atom]
            for l in kinds:
                if l < 0:
                    rows.append(here)
                    continue
                y = (real_harmonics(l, directions) * angle_weights[:, None]).T
                rows.append((y @ here.reshape(N_RADIAL, N_ANGULAR, -1)).reshape(-1, ao.shape[1]))
        return np.concatenate(rows)
