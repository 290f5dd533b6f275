"""Pictures drawn without a window: what is on them, pixel by pixel."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from vtkmodules.vtkIOLegacy import vtkPolyDataReader

from tests.unit.drawing3d.conftest import SIZE, count_near
from xanesview.domain.geometry.polarisation import LinearPolarisation, Unpolarised
from xanesview.domain.structure import Structure
from xanesview.drawing3d.drawing import Drawing, drawing_of
from xanesview.drawing3d.pictures import picture, write_jpeg, write_png
from xanesview.drawing3d.stage import Stage
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.palette import DARK, LIGHT
from xanesview.io.examples import load_example


def pixels(drawing: Drawing, transparent: bool = False) -> np.ndarray:
    return np.asarray(picture(drawing, transparent))


def test_atoms_arrow_and_ring_have_their_colours_and_stand_where_the_camera_says(drawing: Drawing) -> None:
    seen = pixels(drawing)
    assert seen.shape == (SIZE[1], SIZE[0], 4)
    assert count_near(seen, LIGHT.accent, 90) > 200
    assert count_near(seen, LIGHT.curves[0]) > 60
    places, depths = drawing.camera.project(drawing.shapes.positions_angstrom)
    for atom in np.argsort(depths)[:3]:  # the nearest are hidden by nothing
        x, y = np.round(places[atom]).astype(int)
        red, green, blue = seen[y, x, :3].astype(int)
        carbon = drawing.shapes.structure.numbers[atom] == 6
        assert (max(red, green, blue) < 190) == carbon, (atom, red, green, blue)


def test_nothing_of_the_structure_is_cut_off(drawing: Drawing) -> None:
    alpha = pixels(drawing, transparent=True)[..., 3]
    rows, columns = np.nonzero(alpha[: int(0.8 * SIZE[1])])  # below stand the axes
    assert rows.min() > 3
    assert columns.min() > 3
    assert columns.max() < SIZE[0] - 4
    assert np.ptp(rows) > 0.4 * SIZE[1]


@pytest.mark.parametrize("direction", [(0.0, 0.0, 1.0), (1.0, 0.0, 0.0)])
def test_a_slab_is_whole_with_its_cell_and_the_heads_of_its_arrow_stand_clear(direction) -> None:
    slab = load_example("magnetite_001")
    seen = pixels(drawing_of(slab, LIGHT, SIZE, geometry=LinearPolarisation(direction)), transparent=True)
    rows, columns = np.nonzero(seen[..., 3])
    assert rows.min() > 3
    assert rows.max() < SIZE[1] - 4
    assert columns.max() < SIZE[0] - 4
    drawn = drawing_of(slab, LIGHT, SIZE, geometry=LinearPolarisation(direction))
    for tip in drawn.camera.project(drawn.arrow.tips_angstrom())[0].round().astype(int):
        around = seen[tip[1] - 3 : tip[1] + 4, tip[0] - 3 : tip[0] + 4]
        assert count_near(around, LIGHT.accent, 120) >= 6, "no atom hides it"
    corners = drawn.camera.project(drawn.shapes.cell_edges.reshape(-1, 3))[0]
    assert corners.min() > 5
    assert (corners < np.array(SIZE) - 5).all()


def test_a_transparent_picture_keeps_its_colours_and_smooth_edges(drawing: Drawing) -> None:
    seen, opaque = pixels(drawing, transparent=True), pixels(drawing)
    alpha = seen[..., 3]
    assert alpha[2, 2] == 0
    assert alpha.max() == 255
    assert ((alpha > 20) & (alpha < 235)).sum() > 100  # edges, not steps
    whole = alpha == 255
    assert np.abs(seen[whole].astype(int) - opaque[whole]).max() <= 2
    assert opaque[..., 3].min() == 255
    # Half covered pixels have the colour of what covers them, not darkened by the missing ground.
    edge = (alpha > 100) & (alpha < 200) & (np.abs(seen[..., 0].astype(int) - 207) < 30) & (seen[..., 1] < 90)
    assert edge.sum() > 10


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_the_ground_is_the_palette_s_gradient(benzene: Structure, colours) -> None:
    seen = pixels(drawing_of(benzene, colours, SIZE))
    for row, colour in ((0, colours.background_top), (-1, colours.background_bottom)):
        expected = [int(colour[k : k + 2], 16) for k in (1, 3, 5)]
        assert np.abs(seen[row, SIZE[0] // 2, :3].astype(int) - expected).max() <= 3
    assert count_near(seen, colours.accent, 90) == 0  # no arrow without a polarisation


def test_the_arrow_shines_through_atoms(benzene: Structure) -> None:
    along = drawing_of(
        benzene, LIGHT, SIZE, look=np.array([0.0, 1.0, 0.0]), geometry=LinearPolarisation((1.0, 0.0, 0.0))
    )
    with Stage(*SIZE) as stage:
        before = stage.picture(replace(along, arrow=None)).astype(int)
        after = stage.picture(along).astype(int)
    places, depths = along.camera.project(along.shapes.positions_angstrom)
    nearest = int(np.argmin(depths))
    x, y = np.round(places[nearest]).astype(int)
    around = (slice(y - 4, y + 5), slice(x - 4, x + 5))
    assert (before[around][..., 1] - after[around][..., 1]).max() > 15  # a white hydrogen turns pink


def test_one_stage_draws_many_drawings_each_as_if_it_were_the_first(
    benzene: Structure, rutile_slab: Structure, drawing: Drawing
) -> None:
    slab = drawing_of(rutile_slab, DARK, SIZE, geometry=Unpolarised((0.0, 0.6, 0.8)))
    with Stage(*SIZE) as stage:
        first = stage.picture(drawing)
        other = stage.picture(slab)
        clear = stage.picture(slab, transparent=True)
        again = stage.picture(drawing)
    assert np.array_equal(first, again)
    assert count_near(other, DARK.accent, 90) > 100
    assert count_near(other, "#a9b1bd", 90) > 50  # titanium
    assert clear[0, 0, 3] == 0


def test_a_window_that_is_lost_is_made_anew(benzene: Structure, drawing: Drawing, capfd) -> None:
    bare = drawing_of(benzene, DARK, SIZE)
    with Stage(*SIZE) as stage:
        first, other = stage.picture(drawing), stage.picture(bare)
        stage._plotter.close()  # as pyvista does where the driver refuses to make its window the current one
        assert np.array_equal(stage.picture(drawing), first)
        stage._plotter.close()
        assert np.array_equal(stage.picture(bare), other)
    assert capfd.readouterr().err == ""


def test_what_vtk_complains_of_while_it_draws_is_not_on_the_terminal(drawing: Drawing, capfd) -> None:
    with Stage(*SIZE) as stage:
        stage._plotter.renderer.AddObserver("StartEvent", lambda _renderer, _event: vtkPolyDataReader().Update())
        stage.picture(drawing)
    assert capfd.readouterr().err == ""
    vtkPolyDataReader().Update()
    assert "vtkPolyDataReader" in capfd.readouterr().err, "elsewhere it may complain"


def test_windows_that_are_always_lost_end_in_a_sentence(drawing: Drawing, monkeypatch, capfd) -> None:
    opened = Stage._open

    def lost(stage: Stage) -> None:
        opened(stage)
        stage._plotter.close()

    monkeypatch.setattr(Stage, "_open", lost)
    with Stage(*SIZE) as stage, pytest.raises(XanesviewError, match="again and again"):
        stage.picture(drawing)
    assert capfd.readouterr().err == ""


def test_axes_stand_in_the_corner_and_n_beside_the_normal_unless_it_points_at_the_viewer(
    rutile_slab: Structure,
) -> None:
    upright = drawing_of(rutile_slab, LIGHT, SIZE)
    with Stage(*SIZE) as stage:
        bare = Image.fromarray(stage.picture(upright))
    seen = np.asarray(picture(upright))
    changed = np.argwhere((seen != np.asarray(bare)).any(axis=-1))
    corner = (changed[:, 0] > 0.7 * SIZE[1]) & (changed[:, 1] < 0.3 * SIZE[0])
    assert corner.sum() > 40
    end = upright.camera.project(upright.shapes.normal_line[1])[0]
    assert np.hypot(*(changed[~corner][:, ::-1] - end).T).max() < 30
    assert (~corner).sum() > 5


def test_files_have_the_size_asked_for_and_say_what_they_show(drawing: Drawing, tmp_path: Path) -> None:
    write_png(drawing, tmp_path / "benzene.png", transparent=True)
    with Image.open(tmp_path / "benzene.png") as saved:
        assert (saved.size, saved.mode) == (SIZE, "RGBA")
        assert saved.info["Title"] == "Benzene"
        assert saved.info["Description"] == "Benzene, C6H6, ε = (0.36, 0.48, 0.80)"
        assert saved.info["Software"].startswith("xanesview ")
    write_jpeg(drawing, tmp_path / "benzene.jpg")
    with Image.open(tmp_path / "benzene.jpg") as saved:
        assert (saved.size, saved.mode) == (SIZE, "RGB")
        assert count_near(np.asarray(saved), LIGHT.accent, 90) > 150
