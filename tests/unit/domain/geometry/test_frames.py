"""Frames: laboratory axes, lattice planes and directions, normals of atoms, and what may be typed for one."""

from __future__ import annotations

import numpy as np
import pytest
from ase.build import bulk, fcc111, molecule

from xanesview.domain.geometry.beam import PolarisedBeam
from xanesview.domain.geometry.directions import unit
from xanesview.domain.geometry.frames import (
    in_crystal_axes,
    laboratory_axes,
    lattice_direction,
    normal_of_atoms,
    parse_normal,
    plane_normal,
)
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError


def of_ase(atoms) -> Structure:
    return Structure(atoms.numbers, atoms.positions, atoms.cell.array, atoms.pbc)


SKEWED = Structure([29], [[0, 0, 0]], [[3.0, 0, 0], [1.0, 2.5, 0], [0.5, -0.7, 4.0]], [True] * 3)
BENZENE = of_ase(molecule("C6H6"))


def test_the_axes_of_the_laboratory_are_those_of_the_fields():
    for normal in (None, (1.0, -2.0, 2.0)):
        for grazing in (20.0, 90.0):
            beam = PolarisedBeam.at_grazing(grazing, 0.0, normal=normal)
            s, p, k = laboratory_axes(beam.beam, normal)
            assert np.linalg.det(np.stack([s, p, k])) == pytest.approx(1.0)
            np.testing.assert_allclose(k, beam.beam, atol=1e-12)
            np.testing.assert_allclose(np.abs(p @ beam.direction), 1.0, atol=1e-12)
            np.testing.assert_allclose(np.abs(s @ beam.weaker), 1.0, atol=1e-12)


def test_along_the_normal_the_field_is_p_as_everywhere_in_the_laboratory():
    for normal in (None, (1.0, -2.0, 2.0)):
        for azimuth in (0.0, 35.0, 200.0):
            beam = PolarisedBeam.at_grazing(90.0, azimuth, normal=normal)
            assert beam.polarisation_deg == pytest.approx(0.0, abs=1e-6)
            axes = laboratory_axes(beam.beam, normal, beam.direction)
            np.testing.assert_allclose(axes @ beam.direction, (0.0, 1.0, 0.0), atol=1e-9)
            np.testing.assert_allclose(axes @ beam.beam, (0.0, 0.0, 1.0), atol=1e-9)
            np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-9)


def test_a_plane_is_across_all_directions_in_it():
    for hkl, uvw in [((1, 0, 0), (0, 1, 0)), ((1, 1, 0), (1, -1, 0)), ((1, -2, 3), (2, 1, 0))]:
        assert np.dot(hkl, uvw) == 0
        assert plane_normal(SKEWED, hkl) @ lattice_direction(SKEWED, uvw) == pytest.approx(0.0, abs=1e-12)


def test_crystal_axes_and_back():
    direction = unit((0.3, -0.2, 0.9))
    np.testing.assert_allclose(lattice_direction(SKEWED, in_crystal_axes(SKEWED, direction)), direction, atol=1e-12)


def test_the_plane_of_a_slab_is_its_surface():
    slab = of_ase(fcc111("Al", (2, 2, 3), vacuum=6.0))
    np.testing.assert_allclose(plane_normal(slab, (0, 0, 1)), slab.surface_normal, atol=1e-12)
    top = np.flatnonzero(slab.positions_angstrom[:, 2] > slab.positions_angstrom[:, 2].max() - 0.1)
    np.testing.assert_allclose(normal_of_atoms(slab, top), slab.surface_normal, atol=1e-9)


def test_the_normal_of_a_ring_points_along_z():
    np.testing.assert_allclose(np.abs(normal_of_atoms(BENZENE, range(6))), (0, 0, 1), atol=1e-9)
    turned = BENZENE.rotated(np.array([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]]))
    np.testing.assert_allclose(normal_of_atoms(turned, [0, 1, 2]), (1, 0, 0), atol=1e-9)


@pytest.mark.parametrize(
    ("text", "structure", "normal"),
    [
        ("0,0,2", None, (0, 0, 1)),
        ("-x", None, (-1, 0, 0)),
        ("hkl:1,1,0", of_ase(bulk("Cu", cubic=True)), (2**-0.5, 2**-0.5, 0)),
        ("HKL: (0 −1 0)", of_ase(bulk("Cu", cubic=True)), (0, -1, 0)),
        ("atoms:0,1,2", BENZENE, (0, 0, 1)),
        ("atoms:0,1,2", None, (0, 0, 1)),
    ],
)
def test_normals_as_typed(text, structure, normal):
    np.testing.assert_allclose(parse_normal(text, structure), normal, atol=1e-9)


@pytest.mark.parametrize(
    ("text", "structure"),
    [("hkl:1,1", None), ("hkl:1,1,0", BENZENE), ("hkl:0,0,0", SKEWED), ("atoms:0,1", None), ("atoms:0,1,99", BENZENE),
     ("plane:1,2,3", None), ("up", None), ("0,0,0", None), ("hkl:a,b,c", SKEWED)],
)  # fmt: skip
def test_normals_that_there_are_not(text, structure):
    with pytest.raises(XanesviewError):
        parse_normal(text, structure)


def test_atoms_on_a_line_span_no_plane():
    line = Structure([6, 6, 6], [[0, 0, 0], [1.2, 0, 0], [2.4, 0, 0]])
    with pytest.raises(XanesviewError, match="one line"):
        normal_of_atoms(line, [0, 1, 2])


def test_four_indices_of_a_hexagonal_cell_are_those_of_three():
    cell = np.array([[4.0, 0.0, 0.0], [-2.0, 2.0 * np.sqrt(3.0), 0.0], [0.0, 0.0, 13.0]])
    oxide = Structure(np.array([26, 8]), np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 2.0]]), cell, (True, True, True))
    np.testing.assert_allclose(parse_normal("hkl:1,0,-1,2", oxide), plane_normal(oxide, (1, 0, 2)))
    np.testing.assert_allclose(parse_normal("hkl:0,0,0,1", oxide), [0.0, 0.0, 1.0], atol=1e-12)
    with pytest.raises(XanesviewError, match="add up to zero"):
        parse_normal("hkl:1,0,1,2", oxide)
    cubic = Structure(np.array([26]), np.zeros((1, 3)), 4.0 * np.eye(3), (True, True, True))
    with pytest.raises(XanesviewError, match="hexagonal cells"):
        parse_normal("hkl:1,0,-1,2", cubic)
