"""The arrow of a slab's first view: its upper tip, which is to be dragged, lies in the view with its whole head."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.geometry.polarisation import LinearPolarisation
from xanesview.drawing3d.camera import OrbitCamera, standard_rotation
from xanesview.drawing3d.framing import ArrowRoom, arrow_in_view, arrow_origin, fit_camera
from xanesview.drawing3d.shapes import StructureShapes
from xanesview.io.examples import load_example

HEAD_PX = 8.0


@pytest.mark.parametrize("name", ["hematite_001", "magnetite_001", "rutile_110", "anatase_101", "cuo_111", "zno_1010"])
@pytest.mark.parametrize("size", [(767, 667), (640, 420)])
@pytest.mark.parametrize("picked", ["opened with", "upper half"])
def test_the_upper_tip_can_be_seen_and_held(name: str, size: tuple[int, int], picked: str) -> None:
    structure = load_example(name)
    shapes = StructureShapes.of(structure, True)
    camera = OrbitCamera(width=float(size[0]), height=float(size[1]))
    camera.rotation = standard_rotation(shapes.positions_angstrom, structure.surface_normal)
    fit_camera(camera, shapes, arrow_origin(shapes, ()))  # sites are picked in a view that stands already
    height = shapes.positions_angstrom[:, 2]
    upper = np.flatnonzero(height > np.median(height)).tolist()
    metals = np.flatnonzero(structure.numbers > 20).tolist()
    origin = arrow_origin(shapes, metals if picked == "opened with" else upper)
    arrow = arrow_in_view(camera, LinearPolarisation((0.0, 0.0, 1.0)), origin, ArrowRoom.of(shapes, origin))
    places, _ = camera.project(arrow.tips_angstrom())
    x, y = min(places.tolist(), key=lambda place: place[1])
    assert HEAD_PX <= x <= size[0] - HEAD_PX
    assert y >= HEAD_PX
