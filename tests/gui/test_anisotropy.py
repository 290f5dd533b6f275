"""Anisotropy of the picked sites in the real window: a key, the pointer on the plot, other sites, pictures."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.fake_networks import ENERGY_EV, PI_EV, SIGMA_EV, site_tensor
from xanesview.drawing3d.peanuts import LARGEST_ANGSTROM
from xanesview.gui.appearance.palette import DARK, LIGHT
from xanesview.gui.view3d.flat_view import FlatView


@pytest.fixture
def peanut_window(benzene_window, qtbot):
    benzene_window.view.setFocus()
    QTest.keyClick(benzene_window.view, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: benzene_window.view._peanuts is not None)
    return benzene_window


def expected(energy_ev: float, sites) -> np.ndarray:
    return np.array([[np.interp(energy_ev, ENERGY_EV, row) for row in site_tensor(site)] for site in sites])


def point_at(window, qtbot, energy_ev: float) -> None:
    box = window.plot._plot.getViewBox()
    _, (low, high) = window.plot.view_range()
    at = window.plot._view.mapFromScene(box.mapViewToScene(QPointF(energy_ev, 0.5 * (low + high))))

    def is_there() -> bool:
        # again, as hands do: on a busy machine the real pointer's leaving comes late, and takes the crosshair away
        for place in (at + QPoint(9, 0), at):
            QTest.mouseMove(window.plot._view.viewport(), place)
            QApplication.processEvents()
        return abs((window.workspace.cursor.energy_ev or 0.0) - energy_ev) < 0.2

    qtbot.waitUntil(is_there)


def test_a_key_shows_and_hides_the_anisotropy(peanut_window):
    window = peanut_window
    assert window.named_actions["anisotropy"].isChecked()
    assert window.view._peanuts.sites == window.workspace.shown.sites
    QTest.keyClick(window.view, Qt.Key.Key_P)
    assert window.view._peanuts is None


def test_it_follows_the_pointer_on_the_spectrum(peanut_window, qtbot):
    window = peanut_window
    for energy in (PI_EV, SIGMA_EV):
        point_at(window, qtbot, energy)
        shown = window.view._peanuts
        there = window.workspace.cursor.energy_ev
        np.testing.assert_allclose(shown.components, expected(there, shown.sites), atol=1e-9)
        assert f"{there:.2f} eV" in shown.words
    xx, _, zz = shown.components[0][:3]
    assert xx > 5.0 * zz, "σ* lies in the plane"


def test_the_size_tells_strong_peaks_from_weak_ones(peanut_window, qtbot):
    window, sizes = peanut_window, []
    for energy in (PI_EV, SIGMA_EV):
        point_at(window, qtbot, energy)
        shown = window.view._peanuts
        sizes.append(shown.angstrom_per_unit * shown.components[:, :3].max())
    assert sizes[0] == pytest.approx(LARGEST_ANGSTROM, rel=0.03)  # the π* peak is 1 high
    assert sizes[1] == pytest.approx(LARGEST_ANGSTROM * 0.8**0.5, rel=0.05)  # σ* is 0.8 high


def test_the_energy_is_marked_on_the_spectrum_while_the_pointer_is_elsewhere(peanut_window, qtbot):
    window = peanut_window
    point_at(window, qtbot, PI_EV)
    window.plot._view.left.emit()
    assert window.plot._marks.looked_ev == pytest.approx(PI_EV, abs=0.2)
    window.named_actions["anisotropy"].setChecked(False)
    assert window.plot._marks.looked_ev is None


def test_only_points_change_while_the_energy_moves(peanut_window, qtbot):
    window = peanut_window
    point_at(window, qtbot, PI_EV)
    window.view.repaint()
    QApplication.processEvents()
    actors = window.view._scene._peanuts
    data, held = actors._data, actors._held[0]
    before = held.copy()
    point_at(window, qtbot, PI_EV + 0.6)
    qtbot.waitUntil(lambda: actors._held[0] is not held or not np.array_equal(held, before))
    if actors._held[0] is held:  # a slow machine draws with fewer facets meanwhile, or with all of them again at rest
        assert actors._data is data


def test_it_has_the_colours_of_the_curves_and_follows_the_picks(peanut_window, qtbot):
    window = peanut_window
    window.workspace.pick((2, 4))
    qtbot.waitUntil(lambda: window.view._peanuts is not None and window.view._peanuts.sites == (2, 4))
    assert window.view._peanuts.colours == (LIGHT.curve(0), LIGHT.curve(1))
    assert window.view._peanuts.negative == LIGHT.error
    window.set_theme("dark")
    assert window.view._peanuts.colours == (DARK.curve(0), DARK.curve(1))


def test_another_structure_is_shown_with_its_own(peanut_window, qtbot):
    window = peanut_window
    window.opening.open_example("thiophene")
    qtbot.waitUntil(
        lambda: bool(window.workspace.shown.sites) and window.view._peanuts is not None
        and window.view._peanuts.sites == window.workspace.shown.sites and window.view.structure.n_atoms == 9
    )  # fmt: skip


def test_saved_views_show_it_and_say_at_which_energy(peanut_window, tmp_path, qtbot):
    window = peanut_window
    point_at(window, qtbot, PI_EV)
    drawing = window.view.drawing()
    assert drawing.peanuts is window.view._peanuts
    assert "eV" in drawing.facts["anisotropy"]
    window.exporting.write_scene(tmp_path / "view.glb")
    assert b"anisotropy of C0" in (tmp_path / "view.glb").read_bytes()


def test_the_flat_view_draws_it_with_facets(benzene_window, qtbot):
    window = benzene_window
    flat = FlatView()
    qtbot.addWidget(flat)
    flat.resize(420, 320)
    flat.set_structure(window.workspace.structure)
    flat.set_geometry(window.workspace.geometry)
    without = flat.image()
    window.named_actions["anisotropy"].setChecked(True)
    flat.set_peanuts(window.view._peanuts)
    shown = flat.image()
    assert shown != without
    colour = window.view._peanuts.colours[0]
    rgb = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)])

    def near(image) -> int:
        image = image.convertToFormat(image.Format.Format_RGB888)
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
        pixels = rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)
        return int((np.abs(pixels - rgb).sum(axis=-1) < 90).sum())

    assert near(shown) > near(without) + 100


def test_other_sites_while_the_energy_comes_to_rest_raise_nothing(peanut_window, qtbot):
    """What is drawn in full when the pointer rests may be of sites that are picked no more."""
    window = peanut_window
    point_at(window, qtbot, PI_EV)
    window.anisotropy._rest.start(0)
    window.workspace.pick([window.workspace.shown.sites[-1]])
    qtbot.wait(50)  # an exception in a slot fails the test
    assert window.view._peanuts.sites == window.workspace.shown.sites
