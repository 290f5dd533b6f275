"""Coulomb potential by density fitting; three-centre integrals between unchanged atoms are shared by all sites."""

from __future__ import annotations

import numpy as np
import scipy.linalg

from xanesview.reference.engine.pyscf_access import df

NEGLIGIBLE_INTEGRAL = 1e-8


class SharedIntegrals:
    """Integrals (μν|P) of the molecule without an absorber, and the fit's metric.

    ``pairs`` (Q,) flat indices of the orbital pairs μ ≥ ν that count, ``integrals`` (naux, Q).
    """

    def __init__(self, molecule, fitting):
        self.molecule, self.fitting = molecule, fitting
        full = df.incore.aux_e2(molecule, fitting, "int3c2e", aosym="s2ij").T
        lower = np.tril_indices(molecule.nao)
        counts = np.abs(full).max(axis=0) > NEGLIGIBLE_INTEGRAL
        self.integrals = full if counts.all() else np.ascontiguousarray(full[:, counts])
        i, j = lower[0][counts], lower[1][counts]
        self.pairs = i * molecule.nao + j
        self.mirrored = j * molecule.nao + i
        self.twice = np.where(i == j, 1.0, 2.0)
        self.metric = scipy.linalg.cho_factor(fitting.intor("int2c2e"))

    def charges(self, dm: np.ndarray) -> np.ndarray:
        """Return (naux,) overlaps of the density with the fitting functions in the Coulomb metric."""
        return self.integrals @ (dm.ravel()[self.pairs] * self.twice)

    def coefficients(self, charges: np.ndarray) -> np.ndarray:
        """Return the coefficients (naux,) that reproduce these overlaps."""
        return scipy.linalg.cho_solve(self.metric, charges)

    def fit(self, dm: np.ndarray) -> np.ndarray:
        """Return the fitted density's coefficients (naux,) for a density matrix of the molecule."""
        return self.coefficients(self.charges(dm))

    def potential(self, fit: np.ndarray) -> np.ndarray:
        """Return the matrix (n, n) of the fitted density's potential, hartree."""
        n = self.molecule.nao
        j = np.zeros(n * n)
        values = fit @ self.integrals
        j[self.pairs] = values
        j[self.mirrored] = values
        return j.reshape(n, n)


class SiteCoulomb:
    """Coulomb matrices in a site's basis: the molecule's orbitals without the absorber's, then its all-electron ones.

    Parameters
    ----------
    shared : SharedIntegrals
    others : (n_others,) indices of the molecule's orbitals that stay
    joint : the molecule with the absorber's functions appended
    first, last : shells of the absorber's all-electron functions in ``joint``
    """

    def __init__(self, shared: SharedIntegrals, others: np.ndarray, joint, first: int, last: int):
        self.shared, self.others = shared, others
        block = df.incore.aux_e2(
            joint, shared.fitting, "int3c2e", shls_slice=(first, last, 0, last, 0, shared.fitting.nbas)
        )
        self.own, columns, naux = block.shape
        base = shared.molecule.nao
        self.wide = np.concatenate([others, np.arange(base, columns)])  # where the site's orbitals are among all
        self.columns = columns
        self.integrals = block.transpose(2, 1, 0).reshape(naux, -1)  # a view

    def fit(self, dm: np.ndarray) -> np.ndarray:
        """Return the fitted density's coefficients (naux,) for a density matrix in the site's basis."""
        m, base = len(self.others), self.shared.molecule.nao
        old = np.zeros((base, base))
        old[self.others[:, None], self.others] = dm[:m, :m]
        rows = np.zeros((self.columns, self.own))
        rows[self.wide] = dm[:, m:]
        rows[:base] *= 2
        return self.shared.coefficients(self.shared.charges(old) + self.integrals @ rows.ravel())

    def potential(self, fit: np.ndarray) -> np.ndarray:
        """Return the Coulomb matrix (n, n) in the site's basis, hartree."""
        m = len(self.others)
        j = np.empty((m + self.own,) * 2)
        j[:m, :m] = self.shared.potential(fit)[self.others[:, None], self.others]
        j[:, m:] = (fit @ self.integrals).reshape(-1, self.own)[self.wide]
        j[m:, :m] = j[:m, m:].T
        return j
