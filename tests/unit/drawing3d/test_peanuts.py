"""Anisotropy of sites as surfaces: their points, normals and colours, and in pictures and scene files."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.unit.drawing3d.conftest import count_near
from xanesview.domain.geometry.weight_tensor import from_voigt
from xanesview.drawing3d.drawing import Drawing
from xanesview.drawing3d.gltf import gltf_document
from xanesview.drawing3d.meshes import pieces
from xanesview.drawing3d.peanuts import (
    LARGEST_ANGSTROM,
    Peanuts,
    PeanutShapes,
    angstrom_per_unit,
    largest_intensity,
    peanut_triangles,
)
from xanesview.drawing3d.sphere import icosphere

BLUE, RED = "#006db3", "#c0271d"
PI = np.array([0.0, 0.0, 2.0, 0.0, 0.0, 0.0])
PLANE = np.array([1.0, 1.0, 0.0, 0.0, 0.0, 0.0])
MIXED = np.array([1.0, -0.6, 0.4, 0.2, -0.3, 0.1])


def peanuts(*components: np.ndarray, scale: float = 0.5) -> Peanuts:
    n = len(components)
    return Peanuts(tuple(range(n)), np.array(components), scale, (BLUE,) * n, RED, "n̂ᵀσn̂ at 285.00 eV")


@pytest.mark.parametrize("level", [0, 1, 3])
def test_the_sphere_is_closed_even_and_turned_outwards(level):
    directions, faces = icosphere(level)
    assert directions.shape == (10 * 4**level + 2, 3)
    assert len(faces) == 20 * 4**level
    np.testing.assert_allclose(np.linalg.norm(directions, axis=1), 1.0)
    sides = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    assert (np.unique(sides, axis=0, return_counts=True)[1] == 2).all()
    corners = directions[faces]
    outwards = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert (np.einsum("fi,fi->f", outwards, corners.mean(axis=1)) > 0.0).all()


def test_each_point_stands_at_the_intensity_along_its_direction():
    positions = np.array([[1.0, 2.0, 3.0], [-1.0, 0.0, 0.5]])
    shapes = PeanutShapes.of(peanuts(PI, MIXED), positions)
    points = shapes.points.reshape(2, -1, 3)
    for centre, own, components in zip(positions, points, (PI, MIXED), strict=True):
        away = own - centre
        size = np.linalg.norm(away, axis=1)
        there = size > 0.01
        n = away[there] / size[there, None]
        expected = 0.5 * np.abs(np.einsum("vi,ij,vj->v", n, from_voigt(components), n))
        np.testing.assert_allclose(size[there], expected, atol=2e-5)


@pytest.mark.parametrize("components", [PI, PLANE, MIXED])
def test_normals_are_those_of_the_facets(components):
    one = peanuts(components, scale=1.0)
    shapes = PeanutShapes.of(one, np.zeros((1, 3)))
    corners = shapes.points[peanut_triangles(1, one.level)].astype(float)
    facets = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(facets, axis=1)
    large = area > 0.3 * np.median(area)
    facets = facets[large] / area[large, None]
    mean = shapes.normals[peanut_triangles(1, one.level)][large].mean(axis=1)
    cosine = np.einsum("fi,fi->f", facets, mean / np.linalg.norm(mean, axis=1, keepdims=True))
    assert np.quantile(cosine, 0.05) > 0.97


def test_negative_intensities_have_the_other_colour():
    shapes = PeanutShapes.of(peanuts(MIXED), np.zeros((1, 3)))
    directions, _ = icosphere(peanuts(MIXED).level)
    values = np.einsum("vi,ij,vj->v", directions, from_voigt(MIXED), directions)
    is_red = (shapes.colours == [int(RED[k : k + 2], 16) for k in (1, 3, 5)]).all(axis=1)
    clear = np.abs(values) > 1e-5
    np.testing.assert_array_equal(is_red[clear], values[clear] < 0.0)
    assert 0 < is_red.sum() < len(is_red)


def test_the_largest_intensity_of_all_energies_has_the_largest_size_and_weak_ones_grow_by_their_root():
    rows = np.array([[PI, MIXED], [0.04 * PI, 0.02 * MIXED]])
    largest = largest_intensity(rows)
    assert largest == pytest.approx(2.0)
    assert angstrom_per_unit(rows[0], largest) * 2.0 == pytest.approx(LARGEST_ANGSTROM)
    assert angstrom_per_unit(rows[1], largest) * 0.08 == pytest.approx(0.2 * LARGEST_ANGSTROM)
    assert angstrom_per_unit(np.zeros((1, 6)), largest) == 0.0


def test_one_topology_serves_all_sites():
    triangles = peanut_triangles(3, 1)
    directions, faces = icosphere(1)
    np.testing.assert_array_equal(triangles[: len(faces)], faces)
    assert triangles.max() == 3 * len(directions) - 1


def test_where_nothing_is_absorbed_there_is_a_point_with_finite_normals():
    shapes = PeanutShapes.of(peanuts(np.zeros(6)), np.ones((1, 3)))
    np.testing.assert_allclose(shapes.points, 1.0)
    np.testing.assert_allclose(np.linalg.norm(shapes.normals, axis=1), 1.0, atol=1e-6)


def test_many_sites_are_drawn_with_fewer_facets():
    few, many = peanuts(PI), peanuts(*[PI] * 400)
    assert many.level < few.level
    assert replace(few, coarse=True).level < few.level


def test_a_scene_file_has_a_mesh_for_each_sign(drawing: Drawing):
    shown = replace(drawing, peanuts=peanuts(PI, MIXED))
    names = [piece.name for piece in pieces(shown) if piece.group == "anisotropy"]
    assert names == ["anisotropy of C0", "anisotropy of C1", "anisotropy of C1, negative"]
    document, _ = gltf_document(shown)
    assert "anisotropy" in [node.get("name") for node in document["nodes"]]


def test_a_picture_shows_them(drawing: Drawing):
    from xanesview.drawing3d.pictures import picture

    without, shown = (np.asarray(picture(one)) for one in (drawing, replace(drawing, peanuts=peanuts(PI, -PI))))
    for colour in (BLUE, RED):
        assert count_near(shown, colour, 110) > count_near(without, colour, 110) + 200
