"""Directions: frames, angles and what a user may type."""

from __future__ import annotations

import numpy as np
import pytest
from ase.build import graphene, molecule

from xanesview.domain.geometry.directions import (
    frame,
    from_angles_deg,
    named_directions,
    parse_angle_deg,
    parse_direction,
    snap,
    to_angles_deg,
    unit,
)
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError

NORMALS = [None, (0, 0, 1), (1, 0, 0), (0, -1, 0), (1, 2, 3), (0, 0, -1), (1, 1e-9, 0)]


@pytest.mark.parametrize("bad", [(0, 0, 0), (1, np.nan, 0), (np.inf, 0, 0), (1, 2), ((1, 2, 3),)])
def test_what_points_nowhere_is_refused(bad):
    with pytest.raises(XanesviewError) as caught:
        unit(bad)
    assert caught.value.hint


def test_length_does_not_matter():
    for length in (1e-200, 1e-3, 1.0, 1e200):
        np.testing.assert_allclose(unit(np.array([1.0, 2.0, 2.0]) * length), [1 / 3, 2 / 3, 2 / 3])


@pytest.mark.parametrize("normal", NORMALS)
def test_frame_is_right_handed_and_stands_on_the_normal(normal):
    axes = frame(normal)
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(axes) == pytest.approx(1.0)
    np.testing.assert_allclose(axes[2], (0, 0, 1) if normal is None else unit(normal))
    if normal is not None and abs(unit(normal)[0]) > 0.999:
        assert axes[0][1] > 0.99  # x is parallel to the normal: y takes its place
    else:
        assert axes[0][0] > 0.0


@pytest.mark.parametrize("normal", NORMALS)
def test_angles_there_and_back(normal):
    rng = np.random.default_rng(7)
    for v in rng.normal(size=(50, 3)):
        theta, phi = to_angles_deg(v, normal)
        assert 0.0 <= theta <= 180.0
        assert -180.0 <= phi <= 180.0
        np.testing.assert_allclose(from_angles_deg(theta, phi, normal), unit(v), atol=1e-12)
        assert np.cos(np.deg2rad(theta)) == pytest.approx(unit(v) @ frame(normal)[2])


def test_angles_of_the_axes():
    assert to_angles_deg((0, 0, 2)) == (0.0, 0.0)
    assert to_angles_deg((0, 0, -1)) == (180.0, 0.0)
    assert to_angles_deg((0, 1, 0)) == (90.0, 90.0)
    np.testing.assert_array_equal(from_angles_deg(90, 0), [1, 0, 0])
    np.testing.assert_array_equal(from_angles_deg(90, 90), [0, 1, 0])
    with pytest.raises(XanesviewError):
        from_angles_deg(np.nan, 0)


@pytest.mark.parametrize("normal", NORMALS)
def test_snapping_gives_multiples_and_stays_near(normal):
    rng = np.random.default_rng(8)
    for v in rng.normal(size=(50, 3)):
        snapped = snap(v, 15.0, normal)
        theta, phi = to_angles_deg(snapped, normal)
        assert theta / 15.0 == pytest.approx(round(theta / 15.0), abs=1e-9)
        assert phi / 15.0 == pytest.approx(round(phi / 15.0), abs=1e-9)
        assert snapped @ unit(v) > np.cos(np.deg2rad(11.0))
        np.testing.assert_allclose(snap(snapped, 15.0, normal), snapped, atol=1e-12)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.5,0.5,0.7", (0.5, 0.5, 0.7)),
        ("1 0 0", (1, 0, 0)),
        ("-1,0,0", (-1, 0, 0)),
        ("[1, 2, 3]", (1, 2, 3)),
        ("(1; 2; 3)", (1, 2, 3)),
        ("0,5 0,5 0,7", (0.5, 0.5, 0.7)),
        ("0,5; 0,5; 0,7", (0.5, 0.5, 0.7)),
        ("1e-3 0 −1e-3", (1, 0, -1)),
        ("1 ,2 ,3", (1, 2, 3)),
        ("z", (0, 0, 1)),
        ("-Y", (0, -1, 0)),
    ],
)
def test_typed_directions(text, expected):
    np.testing.assert_allclose(parse_direction(text), unit(expected))


@pytest.mark.parametrize("text", ["", "1,2", "1 2 3 4", "a b c", "0 0 0", "nan 0 1", "w"])
def test_typed_nonsense_gets_a_hint(text):
    with pytest.raises(XanesviewError) as caught:
        parse_direction(text)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "value"), [("45", 45), ("45°", 45), (" 45 deg ", 45), ("54,7", 54.7), ("−30°", -30), ("1e1 degrees", 10)]
)
def test_typed_angles(text, value):
    assert parse_angle_deg(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "x", "45 rad", "nan", "inf", "4 5"])
def test_typed_angles_that_are_none(text):
    with pytest.raises(XanesviewError):
        parse_angle_deg(text)


def test_named_directions():
    atoms = molecule("C6H6")
    benzene = Structure(atoms.numbers, atoms.positions)
    assert set(named_directions(benzene)) == {"x", "y", "z"}
    sheet = graphene(vacuum=8.0)
    named = named_directions(Structure(sheet.numbers, sheet.positions, sheet.cell.array, sheet.pbc))
    assert set(named) == {"x", "y", "z", "a", "b", "normal", "in-plane"}
    np.testing.assert_allclose(named["b"], unit(sheet.cell.array[1]))
    assert named["normal"] @ named["in-plane"] == pytest.approx(0.0)
    assert all(np.linalg.norm(v) == pytest.approx(1.0) for v in named.values())
