"""Layers of a slab, and how electrons that escape weigh them."""

from __future__ import annotations

import numpy as np
import pytest
from ase.build import fcc111, molecule

from tests.unit.domain.test_symmetry import of_ase
from xanesview.domain.layers import LAYER_NAMES, slab_layers
from xanesview.errors import XanesviewError

SPACING = 4.05 / np.sqrt(3.0)


def slab(n: int):
    return fcc111("Al", (2, 2, n), vacuum=6.0)


def test_layers_from_the_surface_to_the_underside():
    structure = of_ase(slab(6))
    found = slab_layers(structure, range(24))
    assert found.n_layers == 6
    np.testing.assert_allclose(found.depth_angstrom, SPACING * (5 - np.arange(24) // 4), atol=1e-6)
    names = [found.names[i] for i in range(20, -1, -4)]
    assert names == ["surface", "subsurface", "bulk-like", "bulk-like", "underside", "underside"]
    assert found.chosen(["surface"]).tolist() == [20, 21, 22, 23]
    assert found.chosen(["surface", "bulk-like"]).tolist() == [*range(8, 16), *range(20, 24)]
    assert found.chosen(["6", "1"]).tolist() == [0, 1, 2, 3, 20, 21, 22, 23]
    assert set(found.names) == set(LAYER_NAMES)


def test_the_normal_turns_the_slab_over():
    structure = of_ase(slab(3))
    below = slab_layers(structure, range(12), -structure.surface_normal)
    assert below.chosen(["surface"]).tolist() == [0, 1, 2, 3]


def test_a_thin_slab_is_surface_first():
    assert slab_layers(of_ase(slab(2)), range(8)).names == ("subsurface",) * 4 + ("surface",) * 4


def test_a_slab_that_the_cell_cuts_in_two_is_one_slab():
    atoms = slab(4)
    whole = slab_layers(of_ase(atoms), range(16))
    atoms.positions[:, 2] += 9.0
    atoms.pbc = True
    atoms.wrap()
    cut = slab_layers(of_ase(atoms), range(16))
    np.testing.assert_allclose(cut.depth_angstrom, whole.depth_angstrom, atol=1e-5)


def test_depth_counts_from_the_topmost_atom_of_any_element():
    atoms = slab(3)
    atoms.numbers[8:] = 8
    found = slab_layers(of_ase(atoms), range(8))
    assert found.names[4:] == ("surface",) * 4
    assert found.depth_angstrom[4:] == pytest.approx(SPACING)


def test_escaping_electrons_weigh_layers_by_depth():
    found = slab_layers(of_ase(slab(4)), range(16))
    weights = found.escape_weights(10.0)
    assert weights[12:] == pytest.approx(1.0)
    assert weights[0] == pytest.approx(np.exp(-3 * SPACING / 10.0))
    assert found.escape_weights(10.0, 30.0)[0] == pytest.approx(np.exp(-3 * SPACING / 5.0))
    assert found.escape_weights(1e9) == pytest.approx(1.0)
    for depth, angle in ((0.0, 90.0), (np.nan, 90.0), (10.0, 0.0), (10.0, 91.0)):
        with pytest.raises(XanesviewError):
            found.escape_weights(depth, angle)


def test_what_has_no_layers_is_told():
    benzene = of_ase(molecule("C6H6"))
    with pytest.raises(XanesviewError, match="slab"):
        slab_layers(benzene, range(6))
    assert slab_layers(benzene, range(6), (0, 0, 1)).n_layers == 1
    with pytest.raises(XanesviewError, match="no layer"):
        slab_layers(of_ase(slab(3)), range(12)).chosen(["basement"])
    with pytest.raises(XanesviewError, match="No site"):
        slab_layers(of_ase(slab(3)), range(12)).chosen(["bulk-like"])
