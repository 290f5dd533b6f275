"""What the views show: pictures, modes, rings, hints, themes; how much they draw, and that they let go."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.view3d.conftest import count_near, on_screen, pixels, slab
from xanesview.domain.geometry.glyph import Disc, Glyph, MainArrow, SideArrow
from xanesview.domain.geometry.kinds import offered
from xanesview.domain.geometry.polarisation import LinearPolarisation, Powder
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.theme import apply_theme, colours
from xanesview.gui.view3d.interaction import InteractiveView
from xanesview.gui.view3d.view import StructureView, create_view


def test_atoms_are_drawn_where_they_are_picked(view: InteractiveView) -> None:
    picture = pixels(view.image())[..., :3].astype(int)
    ratio = view.devicePixelRatioF()
    for atom, (x, y) in enumerate(view.atoms_px()):
        if view.atom_at(x, y) != atom or view.tip_at(x, y) >= 0:
            continue
        red, green, blue = picture[round(y * ratio), round(x * ratio)]
        if atom < 6:
            assert max(red, green, blue) < 190, f"carbon {atom} is {red, green, blue}"
        else:
            assert min(red, green, blue) > 190, f"hydrogen {atom} is {red, green, blue}"


def test_each_mode_looks_different_and_powder_cannot_be_held(view: InteractiveView) -> None:
    pictures = []
    assert list(offered()) == ["linear", "partial", "unpolarised", "powder"]
    for mode, kind in offered().items():
        view.set_geometry(kind((0.36, 0.48, 0.8), 0.7 if mode == "partial" else 1.0))
        pictures.append(pixels(view.image()))
        assert count_near(pictures[-1], colours(view).accent, 150) > 50, mode
        assert len(view.tips_px()) == (0 if mode == "powder" else 2)
    for k, one in enumerate(pictures):
        for other in pictures[k + 1 :]:
            assert (one != other).any(axis=-1).sum() > 200


@dataclass(frozen=True)
class CrossedFields(LinearPolarisation):
    """Two side arrows and two discs beside the main arrow: more than any shipped kind has."""

    name = "crossed"

    def glyph(self) -> Glyph:
        sides = SideArrow((1.0, 0.0, 0.0), 0.9), SideArrow((0.0, 1.0, 0.0), 0.5)
        return Disc((0.0, 0.0, 1.0), 0.7), Disc((1.0, 0.0, 0.0), 0.3), *sides, MainArrow(self.direction)


def test_every_part_of_a_glyph_is_drawn_and_goes_again(view: InteractiveView) -> None:
    view.look_along("z")
    view.set_geometry(Powder())
    bare = pixels(view.image()).astype(int)
    view.set_geometry(CrossedFields((0.0, 0.0, 1.0)))
    drawn = pixels(view.image()).astype(int)
    heads = [(0.9, 0.0, 0.0), (-0.9, 0.0, 0.0), (0.0, 0.5, 0.0), (0.0, -0.5, 0.0)]
    in_the_disc = [(0.45, 0.45, 0.0), (-0.45, -0.45, 0.0)]
    for share in heads + in_the_disc:
        place = view.arrow.origin_angstrom + view.arrow.half_length_angstrom * np.array(share)
        x, y = np.round(view.camera.project(place)[0] * view.devicePixelRatioF()).astype(int)
        redder = [int(picture[y, x, 0] - picture[y, x, 1]) for picture in (drawn, bare)]
        assert redder[0] > redder[1] + 15, share
    view.set_geometry(Powder())
    assert np.array_equal(pixels(view.image()), bare)


def test_the_arrow_shines_through_atoms(view: InteractiveView) -> None:
    # Along y the far half of the arrow is behind the ring's front carbon.
    view.look_along("y")
    view.set_origin(np.array([0.0, 0.0, 0.0]))
    view.set_geometry(Powder())
    without = pixels(view.image()).astype(int)
    view.set_geometry(LinearPolarisation((1.0, 0.0, 0.0)))
    with_arrow = pixels(view.image()).astype(int)
    atom = next(a for a in range(6) if view.atom_at(*view.atoms_px()[a]) == a and abs(view.atoms_px()[a][0] - 260) > 60)
    x, y = np.round(view.atoms_px()[atom]).astype(int)
    window = (slice(y - 6, y + 7), slice(x - 3, x + 4))
    pinker = (with_arrow[window][..., 0] - without[window][..., 0]).max()
    assert pinker > 15


def test_picked_atoms_wear_the_colour_of_their_curve(view: InteractiveView) -> None:
    assert count_near(pixels(view.image()), "#009e73") == 0
    view.set_picked({0: "#009e73", 3: "#e09500"})
    picture = pixels(view.image())
    assert count_near(picture, "#009e73") > 60
    assert count_near(picture, "#e09500") > 60
    faintly = count_near(picture, colours(view).faint, 70)
    view.set_marked({0, 1, 2, 3})
    assert not np.array_equal(pixels(view.image()), picture)
    view.set_picked({})
    assert count_near(pixels(view.image()), "#009e73") == 0
    assert faintly >= 0


def test_atoms_painted_in_colours_of_their_own_and_back(view: InteractiveView, benzene: Structure) -> None:
    view.set_geometry(Powder())
    before = pixels(view.image())
    assert count_near(before, "#2060e0", 70) == 0
    view.set_atom_colours({0: "#2060e0", 6: "#e02020"})
    painted = pixels(view.image())
    assert count_near(painted, "#2060e0", 70) > 100
    x, y = np.round(view.atoms_px()[0] * view.devicePixelRatioF()).astype(int)
    red, _, blue = painted[y, x, :3].astype(int)
    assert blue > red + 60
    view.set_atom_colours(None)
    assert np.array_equal(pixels(view.image()), before)
    view.set_atom_colours({0: "#2060e0"})
    view.set_structure(benzene)  # another structure has its elements' colours
    assert count_near(pixels(view.image()), "#2060e0", 70) == 0
    view.set_structure(None)
    view.set_atom_colours({0: "#2060e0"})  # nothing to paint, nothing breaks


def test_the_arrow_goes_through_the_middle_of_the_picked_atoms(view: InteractiveView, benzene: Structure) -> None:
    assert view.arrow.origin_angstrom == pytest.approx(benzene.centre_angstrom)
    view.set_picked({0: "#009e73", 1: "#e09500"})
    assert view.arrow.origin_angstrom == pytest.approx(benzene.positions_angstrom[:2].mean(axis=0))
    view.set_origin((1.0, 0.0, 0.5))
    assert view.arrow.origin_angstrom == pytest.approx([1.0, 0.0, 0.5])


def test_the_hint_stands_beside_the_arrow_until_it_is_taken_away(view: InteractiveView, qtbot: QtBot) -> None:
    plain = on_screen(view)
    view.set_hint_visible(True)
    qtbot.waitUntil(lambda: np.abs(on_screen(view).astype(int) - plain).sum(axis=-1).max() > 200)
    changed = np.argwhere(np.abs(on_screen(view).astype(int) - plain).sum(axis=-1) > 200)[:, ::-1]
    assert np.hypot(*(changed - view.tips_px()[0]).T).min() < 60
    assert count_near(pixels(view.image()), colours(view).accent, 150) > 0  # pictures leave it out
    view.set_hint_visible(False)


def test_pictures_are_saved_finer_and_without_ground(view: InteractiveView, tmp_path: Path) -> None:
    view.screenshot(tmp_path / "view.png", transparent=True, scale=2)
    saved = QImage(str(tmp_path / "view.png"))
    ratio = view.devicePixelRatioF()
    assert (saved.width(), saved.height()) == (round(2 * ratio * view.width()), round(2 * ratio * view.height()))
    alpha = pixels(saved)[..., 3]
    assert alpha[5, 5] == 0
    x, y = np.round(2 * ratio * view.atoms_px()[0]).astype(int)
    assert alpha[y, x] == 255
    view.screenshot(tmp_path / "opaque.png")
    assert pixels(QImage(str(tmp_path / "opaque.png")))[..., 3].min() == 255
    with pytest.raises(XanesviewError, match="could not be saved"):
        view.screenshot(tmp_path / "no such folder" / "view.png")


def test_the_screen_keeps_its_picture_while_another_is_made(gl_view: StructureView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: gl_view._canvas.is_at_rest)
    before = on_screen(gl_view)
    gl_view.image(transparent=True, scale=3)
    corner = gl_view.mapToGlobal(QPoint(0, 0))
    place = (corner.x(), corner.y(), gl_view.width(), gl_view.height())
    at_once = pixels(gl_view.screen().grabWindow(0, *place).toImage())[..., :3]
    assert np.array_equal(at_once, before)
    qtbot.waitUntil(lambda: gl_view._canvas.is_at_rest)
    assert np.abs(on_screen(gl_view).astype(int) - before).max() <= 2


def test_the_ground_follows_the_theme(view: InteractiveView, qapp: QApplication) -> None:
    light = pixels(view.image())[5, 5, :3].mean()
    apply_theme(qapp, "dark")
    dark = pixels(view.image())[5, 5, :3].mean()
    assert light > 200 > 90 > dark


def test_a_view_without_a_structure_is_empty_and_calm(view: InteractiveView) -> None:
    view.set_structure(None)
    QApplication.processEvents()
    assert view.atom_at(100, 100) == -1
    assert view.tip_at(100, 100) == -1
    assert count_near(pixels(view.image()), colours(view).accent, 150) == 0
    view.fit()
    view.look_along("z")


def test_looking_along_no_direction_is_refused(view: InteractiveView) -> None:
    with pytest.raises(XanesviewError):
        view.look_along((0.0, 0.0, 0.0))


def test_axes_views_look_along_the_axis(view: InteractiveView, benzene: Structure) -> None:
    view.look_along("z")
    spread = np.ptp(view.atoms_px()[:6], axis=0)
    assert spread[0] > 100
    assert spread[1] > 100
    view.look_along("x")
    assert np.ptp(view.atoms_px()[:6], axis=0)[1] < 5


def test_many_changes_before_a_frame_are_drawn_once(gl_view: StructureView, qtbot: QtBot) -> None:
    frames: list[int] = []
    canvas = gl_view._canvas
    qtbot.waitUntil(lambda: canvas.is_at_rest)
    drawn = canvas._before_frame
    canvas._before_frame = lambda: (frames.append(1), drawn())
    for k in range(10):
        gl_view.set_geometry(LinearPolarisation((np.sin(k), 0.0, np.cos(k))))
        gl_view.set_picked({k % 6: "#009e73"})
    assert frames == []
    qtbot.waitUntil(lambda: len(frames) > 0)
    QApplication.processEvents()
    assert len(frames) == 1


def test_five_thousand_atoms_load_and_turn(view: InteractiveView, qtbot: QtBot) -> None:
    view.set_structure(slab(25, 25, 8))
    view.set_picked(dict.fromkeys(range(0, 5000, 7), "#009e73"))
    before = on_screen(view)
    view.camera.orbit(40, 10)
    view._refresh(moving=True)
    qtbot.waitUntil(lambda: not np.array_equal(on_screen(view), before), timeout=20_000)
    assert (view.atoms_px() >= -60).all()
    atom = view.atom_at(view.width() / 2, view.height() / 2)
    assert atom >= 0


def test_closing_twice_does_no_harm_and_a_closed_view_stays_quiet(view: InteractiveView) -> None:
    view.close_view()
    view.set_geometry(LinearPolarisation((1.0, 0.0, 0.0)))
    view.resize(300, 300)
    QApplication.processEvents()
    view.close_view()


@pytest.mark.slow
def test_forty_views_leave_little_behind(qtbot: QtBot, benzene: Structure) -> None:
    def resident_mb() -> float:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    sizes = []
    for _ in range(40):
        one = StructureView()
        one.resize(400, 300)
        one.show()
        qtbot.waitExposed(one)
        one.set_structure(benzene)
        QApplication.processEvents()
        one.close_view()
        one.close()
        one.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()
        sizes.append(resident_mb())
    print("40 views, MB:", [round(size) for size in sizes])
    assert sizes[-1] - sizes[0] < 100


_PROBE = """
import sys
from PySide6.QtWidgets import QApplication
import numpy as np
app = QApplication([])
from xanesview.domain.structure import Structure
from xanesview.gui.view3d.view import create_view
view, notice = create_view()
view.resize(320, 240)
view.show()
view.set_structure(Structure(numbers=[6, 8], positions_angstrom=[[0, 0, 0], [0, 0, 1.13]],
                             cell_angstrom=np.zeros((3, 3)), pbc=[False] * 3))
app.processEvents()
view.screenshot(sys.argv[1])
print(type(view).__name__, "|", notice and notice.message)
view.close_view()
"""


def _probe(tmp_path: Path, **environment: str) -> tuple[str, np.ndarray]:
    target = tmp_path / "view.png"
    result = subprocess.run(
        [sys.executable, "-c", _PROBE, str(target)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return result.stdout, pixels(QImage(str(target)))


@pytest.mark.parametrize(
    "environment",
    [{"QT_QPA_PLATFORM": "offscreen"}, {"QT_QPA_PLATFORM": "xcb", "QT_XCB_GL_INTEGRATION": "none"}],
    ids=["no window system", "no OpenGL"],
)
def test_without_opengl_the_flat_view_is_there_and_says_so(tmp_path: Path, environment: dict[str, str]) -> None:
    said, picture = _probe(tmp_path, **environment)
    assert said.startswith("FlatView | The structure is drawn flat: ")
    assert count_near(picture, "#dd4b43", 120) > 100  # the oxygen


def test_with_opengl_it_is_used(qtbot: QtBot) -> None:
    view, notice = create_view()
    qtbot.addWidget(view)
    assert isinstance(view, StructureView)
    assert notice is None
    view.close_view()


_RATIO = """
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
import numpy as np
from ase.build import molecule
app = QApplication([])
from xanesview.gui.appearance.theme import apply_theme, colours
apply_theme(app, "light")
from tests.gui.view3d.conftest import Mouse, pixels, structure_of
from xanesview.domain.geometry.polarisation import LinearPolarisation
from xanesview.gui.view3d.view import StructureView
view = StructureView()
view.resize(400, 320)
view.show()
QTest.qWaitForWindowExposed(view)
view.set_structure(structure_of(molecule("C6H6")))
view.set_geometry(LinearPolarisation((0.36, 0.48, 0.8)))
ratio = view.devicePixelRatioF()
picture = pixels(view.image())[..., :3].astype(int)
assert picture.shape[:2] == (round(320 * ratio), round(400 * ratio)), picture.shape
for tip in view.tips_px():
    x, y = np.round(tip * ratio).astype(int)
    spot = picture[y - 2:y + 3, x - 2:x + 3].reshape(-1, 3)
    assert ((spot[:, 0] - spot[:, 1]) > 60).any(), spot
picked = []
view.atom_clicked.connect(lambda atom, add: picked.append(atom))
mouse = Mouse(view)
for atom in range(12):
    if view.atom_at(*view.atoms_px()[atom]) == atom and view.tip_at(*view.atoms_px()[atom]) < 0:
        mouse.click(np.round(view.atoms_px()[atom] * ratio) / ratio)
        assert picked[-1] == atom
start = view.tips_px()[0]
mouse.press(start)
for step in range(1, 9):
    pointer = np.round((start + (3 * step, 4 * step)) * ratio) / ratio
    mouse.move(pointer)
    assert np.hypot(*(view.tips_px()[0] - pointer)) < 1.0
mouse.release(pointer)
print("ratio", ratio, "picked", len(picked))
view.close_view()
"""


@pytest.mark.parametrize("ratio", ["1", "1.25", "2"])
def test_drawing_picking_and_dragging_agree_at_every_screen_resolution(ratio: str) -> None:
    root = Path(__file__).parents[3]
    environment = {**os.environ, "QT_SCALE_FACTOR": ratio, "PYTHONPATH": str(root)}
    result = subprocess.run([sys.executable, "-c", _RATIO], env=environment, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr[-1500:]
    assert f"ratio {float(ratio)}" in result.stdout


def test_a_lone_ring_is_not_left_out_where_its_centre_is_out_of_a_tile(gl_view: StructureView) -> None:
    assert gl_view._canvas.scene.GetCullers().GetNumberOfItems() == 0
