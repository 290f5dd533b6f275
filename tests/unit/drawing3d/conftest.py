"""Structures and drawings of them, small enough to draw in a moment."""

from __future__ import annotations

import numpy as np
import pytest
from ase.build import molecule

from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.geometry.polarisation import LinearPolarisation
from xanesview.domain.structure import Structure
from xanesview.drawing3d.drawing import Drawing, drawing_of
from xanesview.gui.appearance.palette import LIGHT

SIZE = (320, 240)


@pytest.fixture(scope="session")
def benzene() -> Structure:
    atoms = molecule("C6H6")
    return Structure(
        numbers=atoms.numbers, positions_angstrom=atoms.positions, cell_angstrom=np.zeros((3, 3)), pbc=[False] * 3,
        name="Benzene",
    )  # fmt: skip


@pytest.fixture(scope="session")
def rutile_slab() -> Structure:
    """Two layers of titanium and oxygen, with a surface normal along z."""
    positions = [[0, 0, 5], [1.4, 1.4, 5], [0, 0, 7.2], [1.9, 0, 6.1], [0, 1.9, 6.1], [1.4, 1.4, 7.2]]
    return Structure(
        numbers=[22, 8, 22, 8, 8, 8], positions_angstrom=positions, cell_angstrom=np.diag([3.8, 3.8, 20.0]),
        pbc=[True, True, False], name="Slab",
    )  # fmt: skip


@pytest.fixture(scope="session")
def slanted() -> Geometry:
    return LinearPolarisation((0.36, 0.48, 0.8))


@pytest.fixture
def drawing(benzene: Structure, slanted: Geometry) -> Drawing:
    """Benzene with a slanted arrow, its first carbon ringed."""
    return drawing_of(benzene, LIGHT, SIZE, geometry=slanted, rings={0: LIGHT.curves[0]})


def count_near(picture: np.ndarray, colour: str, tolerance: int = 60) -> int:
    """Count pixels of (height, width, 3 or 4) whose colour is near ``#rrggbb``."""
    rgb = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)])
    return int((np.abs(picture[..., :3].astype(int) - rgb).sum(axis=-1) < tolerance).sum())
