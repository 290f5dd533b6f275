"""The arrow's length and glyphs, and the shapes of a structure."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.geometry.beam import PolarisedBeam
from xanesview.domain.geometry.glyph import SideArrow
from xanesview.domain.geometry.polarisation import LinearPolarisation, PartialPolarisation, Powder
from xanesview.domain.structure import Structure
from xanesview.drawing3d.arrow import Arrow, clear_radius_angstrom, frame_along, half_length_angstrom
from xanesview.drawing3d.camera import OrbitCamera, standard_rotation
from xanesview.drawing3d.framing import ArrowRoom, arrow_in_view, arrow_origin, fit_camera
from xanesview.drawing3d.shapes import StructureShapes


def test_round_a_molecule_the_tips_stand_clear_of_the_atoms() -> None:
    positions = np.array([[0, 0, 0], [2.5, 0, 0], [-2.5, 0, 0]])
    clear = clear_radius_angstrom(positions, np.full(3, 0.3), np.zeros(3))
    assert clear > 2.5 + 0.3
    assert half_length_angstrom(clear, visible_angstrom=10.0) == clear


@pytest.mark.parametrize("clear_angstrom", [3.0, 8.0, 60.0])
@pytest.mark.parametrize("visible_angstrom", [3.0, 12.0, 70.0])
def test_the_arrow_is_never_longer_than_the_view(clear_angstrom: float, visible_angstrom: float) -> None:
    half = half_length_angstrom(clear_angstrom, visible_angstrom)
    assert half < 0.5 * visible_angstrom
    if clear_angstrom > 11:
        assert 2 * half <= 0.5 * visible_angstrom


def slab_shapes(tall: float = 16.0) -> StructureShapes:
    grid = np.array([[x, y, z] for x in (0.0, 5.0, 10.0) for y in (0.0, 5.0, 10.0) for z in np.arange(0.0, tall, 2.0)])
    return StructureShapes.of(Structure([26] * len(grid), grid, np.diag([15.0, 15.0, 40.0]), [True, True, False]))


@pytest.mark.parametrize("direction", [(0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (0.34, 0.0, 0.94), (0.6, 0.64, 0.48)])
@pytest.mark.parametrize("grazing", [None, 20.0, 90.0])
def test_arrow_and_beam_reach_out_of_a_slab_of_which_many_sites_are_picked(direction, grazing) -> None:
    shapes = slab_shapes()
    camera = OrbitCamera(width=760.0, height=690.0)
    camera.rotation = standard_rotation(shapes.positions_angstrom, np.array([0.0, 0.0, 1.0]))
    origin = arrow_origin(shapes, range(shapes.structure.n_atoms))
    fit_camera(camera, shapes, origin)
    geometry = LinearPolarisation(direction) if grazing is None else PolarisedBeam.at_grazing(grazing, 40.0)
    arrow = arrow_in_view(camera, geometry, origin, ArrowRoom.of(shapes, origin))
    low, high = shapes.positions_angstrom.min(axis=0), shapes.positions_angstrom.max(axis=0)
    for end in arrow.handles_angstrom():
        assert ((end < low - 0.3) | (end > high + 0.3)).any(), "an end stands outside of the box about the atoms"
    assert 2 * arrow.half_length_angstrom < 0.93 * camera.visible_angstrom


def test_the_length_has_no_jumps_as_an_arrow_is_turned() -> None:
    shapes = slab_shapes()
    room = ArrowRoom.of(shapes, shapes.positions_angstrom[3])
    turn = np.linspace(0.0, np.pi, 721)
    lengths = [room.out_of(np.array([np.sin(t), 0.0, np.cos(t)])) for t in turn]
    assert np.abs(np.diff(lengths)).max() < 0.4


def test_partial_polarisation_has_a_second_shorter_arrow_across() -> None:
    direction = (0.0, 0.6, 0.8)
    (across,) = (shape for shape in PartialPolarisation(direction, 0.75).glyph() if isinstance(shape, SideArrow))
    assert across.length == pytest.approx(1 / 3)
    assert np.dot(across.direction, direction) == pytest.approx(0, abs=1e-9)
    assert PartialPolarisation(direction, 1.0).glyph() == LinearPolarisation(direction).glyph()


def test_powder_has_nothing_to_take_hold_of() -> None:
    assert Arrow(Powder().glyph(), np.zeros(3), 3.0).tips_angstrom().shape == (0, 3)
    tips = Arrow(LinearPolarisation((1.0, 0, 0)).glyph(), np.ones(3), 2.0).tips_angstrom()
    assert tips == pytest.approx(np.array([[3, 1, 1], [-1, 1, 1]]))


@pytest.mark.parametrize("v", [(0, 0, 1), (0, 0, -1), (1, 0, 0), (0.6, 0, 0.8)])
def test_the_frame_along_a_direction_is_a_rotation(v: tuple[float, float, float]) -> None:
    frame = frame_along(np.array(v, float))
    assert frame @ frame.T == pytest.approx(np.eye(3))
    assert np.linalg.det(frame) == pytest.approx(1)
    assert frame[:, 2] == pytest.approx(v)


def test_no_stick_crosses_the_cell_and_each_begins_at_its_atom() -> None:
    cell = np.diag([8.0, 8.0, 8.0])
    structure = Structure(
        numbers=[6, 8, 6, 6],
        positions_angstrom=[[0.5, 4, 4], [7.3, 4, 4], [4, 4, 4], [4, 4, 5.4]],
        cell_angstrom=cell,
        pbc=[True] * 3,
    )
    shapes = StructureShapes.of(structure, whole=False)
    start, end, atom = shapes.sticks
    assert np.linalg.norm(end - start, axis=1).max() < 2.0
    assert start == pytest.approx(structure.positions_angstrom[atom])
    # The bond through the face: a stub from either end, each out of the cell; the C-C bond: one whole stick.
    stubs = {int(a): e for a, e in zip(atom, end, strict=True) if a in (0, 1)}
    assert stubs[0][0] == pytest.approx(-0.1)
    assert stubs[1][0] == pytest.approx(7.9)
    assert len(atom) == 3
    assert shapes.cell_edges.shape == (12, 2, 3)


def test_a_slab_has_a_normal_line_and_a_molecule_has_no_cell() -> None:
    slab = Structure(
        numbers=[29], positions_angstrom=[[0, 0, 1.0]], cell_angstrom=np.diag([2.5, 2.5, 20]), pbc=[1, 1, 0]
    )
    line = StructureShapes.of(slab).normal_line
    assert (line[1] - line[0])[2] > 3
    assert line[0][2] > 1.0
    molecule = Structure(numbers=[6], positions_angstrom=[[0, 0, 0]], cell_angstrom=np.zeros((3, 3)), pbc=[0, 0, 0])
    shapes = StructureShapes.of(molecule)
    assert shapes.normal_line is None
    assert shapes.cell_edges.shape == (0, 2, 3)
    assert len(shapes.sticks[0]) == 0
