"""Symmetry tests for any network that yields tensors a site; subclass and say how to evaluate."""

from __future__ import annotations

import numpy as np
import pytest

TOLERANCE = {"float32": 2e-4, "float64": 1e-9}


def rotation(seed: int) -> np.ndarray:
    """Return a seeded random proper rotation."""
    q, r = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))
    return q * np.linalg.det(q)


def rotated_tensor(components: np.ndarray, r: np.ndarray) -> np.ndarray:
    """Return R σ Rᵀ for components (S, 6, E)."""
    xx, yy, zz, yz, xz, xy = np.moveaxis(components, 1, 0)
    m = np.stack([np.stack([xx, xy, xz], -1), np.stack([xy, yy, yz], -1), np.stack([xz, yz, zz], -1)], -2)
    m = r @ m @ r.T
    return np.stack([m[..., 0, 0], m[..., 1, 1], m[..., 2, 2], m[..., 1, 2], m[..., 0, 2], m[..., 0, 1]], 1)


class TensorSymmetryTests:
    """Rotation, inversion, translation, order of atoms, supercell, smoothness; on outputs that are not flat."""

    def evaluate(self, dtype, numbers, positions, sites, cell=None, pbc=None) -> np.ndarray:
        """Return components (S, 6, E) in units of the mean intensity."""
        raise NotImplementedError

    def structures(self):
        """Return (numbers, positions, sites, cell, pbc) of a molecule and of a periodic cell."""
        rng = np.random.default_rng(3)
        numbers = np.array([6, 6, 8, 7, 6, 1, 1, 1, 1, 1, 1, 1])
        positions = np.fromstring(
            """
            0 0 0  1.52 0 0.1  2.1 1.05 0.2  2.2 -1.15 0  3.65 -1.2 0.1  -0.4 1 0.1  -0.4 -0.5 0.9  -0.4 -0.5 -0.9
            1.7 -2 -0.1  4 -0.2 0.3  4 -1.8 0.9  4 -1.6 -0.9
            """,
            sep=" ",
        ).reshape(-1, 3)
        positions = positions + 0.03 * rng.normal(size=positions.shape)
        cell = np.array([[7.1, 0.3, 0.0], [0.0, 6.8, 0.4], [0.2, 0.0, 6.5]])
        return [
            (numbers, positions, np.array([0, 1, 4]), np.zeros((3, 3)), np.zeros(3, bool)),
            (numbers, positions, np.array([0, 1, 4]), cell, np.ones(3, bool)),
        ]

    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    def test_output_depends_on_energy_and_direction(self, dtype):
        for numbers, x, sites, cell, pbc in self.structures():
            values = self.evaluate(dtype, numbers, x, sites, cell, pbc)
            assert values.std(axis=2).max() > 0.2
            assert np.abs(values[:, 0] - values[:, 2]).max() > 0.2
            assert np.abs(values[0] - values[1]).max() > 0.2

    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    @pytest.mark.parametrize("improper", [1.0, -1.0])
    def test_rotated_structure_gives_rotated_tensor(self, dtype, improper):
        for numbers, x, sites, cell, pbc in self.structures():
            r = rotation(5) * improper
            there = self.evaluate(dtype, numbers, x @ r.T, sites, cell @ r.T, pbc)
            here = rotated_tensor(self.evaluate(dtype, numbers, x, sites, cell, pbc), r)
            assert np.abs(there - here).max() < TOLERANCE[dtype]

    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    def test_translation_and_order_of_atoms_change_nothing(self, dtype):
        for numbers, x, sites, cell, pbc in self.structures():
            here = self.evaluate(dtype, numbers, x, sites, cell, pbc)
            moved = self.evaluate(dtype, numbers, x + np.array([3.1, -7.7, 0.4]), sites, cell, pbc)
            order = np.random.default_rng(1).permutation(len(numbers))
            place = np.argsort(order)
            shuffled = self.evaluate(dtype, numbers[order], x[order], place[sites], cell, pbc)
            assert np.abs(moved - here).max() < TOLERANCE[dtype]
            assert np.abs(shuffled - here).max() < TOLERANCE[dtype]

    def test_supercell_and_wrapped_atoms_agree(self):
        numbers, x, sites, cell, pbc = self.structures()[1]
        here = self.evaluate("float64", numbers, x, sites, cell, pbc)
        double = self.evaluate(
            "float64", np.tile(numbers, 2), np.concatenate([x, x + cell[0]]), sites, cell * [[2], [1], [1]], pbc
        )
        wrapped = self.evaluate("float64", numbers, x + np.rint(x[:, :1] % 3) * cell[1], sites, cell, pbc)
        assert np.abs(double - here).max() < 1e-9
        assert np.abs(wrapped - here).max() < 1e-9

    def test_an_atom_crossing_a_cutoff_makes_no_step(self):
        numbers, x, sites, cell, pbc = self.structures()[0]
        numbers = np.append(numbers, 8)
        direction = np.array([0.3, 0.5, 0.8]) / np.linalg.norm([0.3, 0.5, 0.8])
        for cutoff in self.cutoffs():
            near, far = (
                self.evaluate("float64", numbers, np.vstack([x, x[0] - direction * (cutoff + d)]), sites, cell, pbc)
                for d in (-1e-4, 1e-4)
            )
            assert np.abs(near - far).max() < 1e-5

    def cutoffs(self):
        """Return the radii in Å where edges end."""
        raise NotImplementedError
