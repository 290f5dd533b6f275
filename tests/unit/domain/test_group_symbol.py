"""Symbols of point groups, space groups and layers."""

from __future__ import annotations

import numpy as np
import pytest
from ase.build import bulk, molecule
from scipy.spatial.transform import Rotation

from tests.unit.domain.test_symmetry import of_ase, sheet_without_third_vector
from xanesview.domain.group_symbol import schoenflies, symmetry_symbol


@pytest.mark.parametrize(
    ("name", "symbol"),
    [("C6H6", "D6h"), ("CH4", "Td"), ("NH3", "C3v"), ("C2H6", "D3d"), ("C4H4S", "C2v"), ("C2H4", "D2h"),
     ("CO2", "D∞h"), ("HCN", "C∞v"), ("N2", "D∞h"), ("H2O2", "C2"), ("CH3CHO", "Cs"), ("C3H4_D2d", "D2d"),
     ("BF3", "D3h"), ("C60", "Ih")],
)  # fmt: skip
def test_molecules(name, symbol):
    assert symmetry_symbol(of_ase(molecule(name), seed=4), 0.05) == symbol


def closed(*generators: np.ndarray) -> list[np.ndarray]:
    """All products of generators."""
    found = [np.eye(3)]
    for one in found:
        for generator in generators:
            new = one @ generator
            if not any(np.abs(new - other).max() < 1e-6 for other in found):
                found.append(new)
    return found


def turn(axis, n: int) -> np.ndarray:
    return Rotation.from_rotvec(2 * np.pi / n * np.array(axis) / np.linalg.norm(axis)).as_matrix()


Z, X, D = (0, 0, 1), (1, 0, 0), (1, 1, 1)
ACROSS, UPRIGHT = np.diag([1.0, 1.0, -1.0]), np.diag([1.0, -1.0, 1.0])


@pytest.mark.parametrize(
    ("generators", "symbol"),
    [((), "C1"), ((-np.eye(3),), "Ci"), ((ACROSS,), "Cs"), ((turn(Z, 5),), "C5"), ((turn(Z, 3), ACROSS), "C3h"),
     ((turn(Z, 4), UPRIGHT), "C4v"), ((turn(Z, 2), ACROSS), "C2h"), ((turn(Z, 4) @ ACROSS,), "S4"),
     ((turn(Z, 6) @ ACROSS,), "S6"), ((turn(Z, 2), turn(X, 2)), "D2"), ((turn(Z, 4), turn(X, 2), ACROSS), "D4h"),
     ((turn(Z, 4) @ ACROSS, turn(X, 2)), "D2d"), ((turn(Z, 2), turn(D, 3)), "T"), ((turn(Z, 4), turn(D, 3)), "O"),
     ((turn(Z, 2), turn(D, 3), -np.eye(3)), "Th"), ((turn(Z, 4), turn(D, 3), -np.eye(3)), "Oh")],
)  # fmt: skip
def test_groups_of_operations(generators, symbol):
    r = Rotation.random(random_state=1).as_matrix()
    assert schoenflies([r @ one @ r.T for one in closed(*generators)]) == symbol


def test_crystals_and_layers():
    assert symmetry_symbol(of_ase(bulk("NaCl", "rocksalt", 5.6, cubic=True))) == "Fm-3m (225)"
    assert symmetry_symbol(of_ase(sheet_without_third_vector())) == "p6/mmm (layer group 80)"


def test_a_distorted_molecule_has_the_symmetry_of_its_tolerance():
    atoms = molecule("C6H6")
    atoms.positions[0] *= 1.0 + 0.03
    assert symmetry_symbol(of_ase(atoms), 0.2) == "D6h"
    assert symmetry_symbol(of_ase(atoms), 0.005) == "C2v"
