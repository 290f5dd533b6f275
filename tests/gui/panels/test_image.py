"""The Image panel in the real window: images and series opened, pixels looked at, taken apart, saved."""

from __future__ import annotations

import csv

import h5py
import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from tests.gui.acting import NONE, click, drag, mouse
from tests.gui.fake_networks import ENERGY_EV
from tests.spectrum_images import shares, write_hyperspy, write_nexus_image, write_nexus_series
from xanesview import api
from xanesview.domain.images import combination
from xanesview.gui.session.jobs import STOPPED
from xanesview.io.examples import find_example

LEFT = Qt.MouseButton.LeftButton


def other() -> np.ndarray:
    """A spectrum that no structure of the window has."""
    return np.exp(-0.5 * ((ENERGY_EV - 288.0) / 0.6) ** 2) + 0.5 * np.exp(-0.5 * ((ENERGY_EV - 297.0) / 2.5) ** 2)


@pytest.fixture
def prepared(benzene_window, tmp_path):
    """The window as computed, per atom, and what it draws of benzene now."""
    window = benzene_window
    window.workspace.set_as_measured(False)
    QApplication.processEvents()
    return window


def mixture(window, share: np.ndarray) -> np.ndarray:
    current = next(one for one in window.plot.curves() if one.role == "current")
    assert np.array_equal(current.energy_ev, ENERGY_EV)
    return share[..., None] * current.intensity + (1.0 - share[..., None]) * other()


@pytest.fixture
def reference(prepared, tmp_path):
    """The other spectrum as a file, and over the prediction."""
    path = tmp_path / "other.dat"
    np.savetxt(path, np.column_stack([ENERGY_EV, other()]))
    prepared.opening.open_paths([path])
    QApplication.processEvents()
    return path


@pytest.fixture
def panel(prepared, tmp_path, qtbot):
    """The panel with an image of benzene as it is drawn, and something else."""
    path = write_nexus_image(tmp_path / "grains.h5", mixture(prepared, shares((5, 8))), energy=ENERGY_EV)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    prepared.dropEvent(QDropEvent(
        QPointF(300, 300), Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier
    ))  # fmt: skip
    found = prepared.tabs["Image"]
    qtbot.waitUntil(lambda: found.images.image is not None and not found.images.is_busy, timeout=20_000)
    QApplication.processEvents()
    return found


def on_plot(window, key: str):
    QApplication.processEvents()
    return next((one for one in window.plot.curves() if one.key == key), None)


def press_fit(panel, qtbot) -> None:
    before = panel.images.maps
    QTest.mouseClick(panel.fit_button, LEFT)
    qtbot.waitUntil(lambda: panel.images.maps is not before and not panel.images.is_busy, timeout=20_000)
    QApplication.processEvents()


def choose_map(panel, key: str) -> None:
    which = panel.pictures.which
    which.setFocus()
    while which.currentData() != key:
        row = which.currentIndex()
        QTest.keyClick(which, Qt.Key.Key_Down if which.findData(key) > row else Qt.Key.Key_Up)
        assert which.currentIndex() != row
    panel.pictures._show_map()


def tick(panel, row: int) -> None:
    panel.components.setCurrentRow(row)
    panel.components.setFocus()
    QTest.keyClick(panel.components, Qt.Key.Key_Space)


def test_a_dropped_image_is_shown_with_a_pixel_on_the_plot(prepared, panel):
    window = prepared
    assert panel.isVisible()
    assert window.workspace.structure.name == "Benzene"
    values = mixture(window, shares((5, 8)))
    np.testing.assert_allclose(panel.pictures.picture.values(), values.mean(axis=-1), rtol=1e-4)
    pixel = on_plot(window, "image-pixel")
    assert pixel.role == "measured"
    assert pixel.label == "sample_x 12 um, sample_y 11 um"
    factor = pixel.intensity[50] / values[2, 4, 50]
    np.testing.assert_allclose(pixel.intensity, factor * values[2, 4], rtol=1e-4)
    assert "5 × 8 pixels, 201 × eV" in panel.told.text()


def test_the_pixel_under_the_pointer_and_a_rectangle_are_drawn(prepared, panel):
    picture, values = panel.pictures.picture, mixture(prepared, shares((5, 8)))

    def place(row: int, column: int) -> QPoint:
        return picture.target.mapFrom(picture, picture.centre_of(row, column).toPoint())

    def shape_of(curve) -> np.ndarray:
        return curve.intensity / np.linalg.norm(curve.intensity)

    def wanted(one: np.ndarray) -> np.ndarray:
        return one / np.linalg.norm(one)

    start, end = place(1, 2), place(3, 5)
    mouse(picture.target, QEvent.Type.MouseMove, (start.x(), start.y()), NONE, NONE)
    np.testing.assert_allclose(shape_of(on_plot(prepared, "image-pixel")), wanted(values[1, 2]), atol=1e-4)
    QTest.mouseMove(panel.told)
    QApplication.sendEvent(picture, QEvent(QEvent.Type.Leave))
    np.testing.assert_allclose(shape_of(on_plot(prepared, "image-pixel")), wanted(values[2, 4]), atol=1e-4)
    steps = [(start.x() + (end.x() - start.x()) * k / 6, start.y() + (end.y() - start.y()) * k / 6) for k in range(7)]
    drag(picture.target, steps[0], steps[1:])
    QApplication.sendEvent(picture, QEvent(QEvent.Type.Leave))
    assert panel.images.pixels.chosen == (1, 4, 2, 6)
    np.testing.assert_allclose(
        shape_of(on_plot(prepared, "image-pixel")), wanted(values[1:4, 2:6].mean(axis=(0, 1))), atol=1e-4
    )
    at = place(4, 7)
    click(picture.target, (at.x(), at.y()))
    QApplication.sendEvent(picture, QEvent(QEvent.Type.Leave))
    assert panel.images.pixels.chosen == (4, 5, 7, 8)
    picture.setFocus()
    QTest.keyClick(picture, Qt.Key.Key_Left)
    QTest.keyClick(picture, Qt.Key.Key_Down)
    QTest.keyClick(picture, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert panel.images.pixels.chosen == (4, 5, 6, 7)


def test_the_picture_of_one_energy_or_of_a_range(prepared, panel):
    values = mixture(prepared, shares((5, 8)))
    panel.energy.setFocus()
    QTest.keyClicks(panel.energy, "285")
    QTest.keyClick(panel.energy, Qt.Key.Key_Return)
    np.testing.assert_allclose(panel.pictures.picture.values(), values[..., 25], rtol=1e-4)
    panel.energy.selectAll()
    QTest.keyClicks(panel.energy, "285-287")
    QTest.keyClick(panel.energy, Qt.Key.Key_Return)
    np.testing.assert_allclose(panel.pictures.picture.values(), values[..., 25:35].mean(axis=-1), rtol=1e-4)
    panel.energy.selectAll()
    QTest.keyClicks(panel.energy, "blue")
    QTest.keyClick(panel.energy, Qt.Key.Key_Return)
    assert panel.energy.property("invalid")


def test_a_fit_gives_maps_of_the_curves_of_the_plot(prepared, reference, panel, qtbot):
    window = prepared
    names = [panel.components.item(row).text() for row in range(panel.components.count())]
    assert names[0].startswith("Benzene, ")
    assert names[-1] == "other"
    panel.options.form.boxes["area"].click()
    press_fit(panel, qtbot)
    share = shares((5, 8))
    scale = on_plot(window, "reference-0").intensity.max() / other().max()
    raw = np.stack([share, (1.0 - share) / scale])
    np.testing.assert_allclose(panel.pictures.map.values(), (raw / raw.sum(axis=0))[0], atol=2e-3)
    assert panel.pictures.map.bar.text().startswith("Benzene, ")
    together = on_plot(window, "image-sum")
    np.testing.assert_allclose(together.intensity, on_plot(window, "image-pixel").intensity, atol=5e-3)
    choose_map(panel, "r_factor")
    assert panel.pictures.map.values().max() < 1e-4
    assert "R-factor, mean" in panel.told.text()
    tick(panel, len(names) - 1)
    press_fit(panel, qtbot)
    assert [one.key for one in panel.images.maps.of_kind("fraction")] == ["fraction_1"]
    assert panel.pictures.shown_key() == "r_factor"
    assert panel.pictures.map.values().max() > 0.01


@pytest.mark.parametrize("ending", ["h5", "csv", "png", "tif"])
def test_maps_are_saved(prepared, reference, panel, tmp_path, monkeypatch, qtbot, ending):
    press_fit(panel, qtbot)
    path = tmp_path / f"maps.{ending}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    said = []
    prepared.workspace.message.connect(said.append)
    QTest.mouseClick(panel.save_button, LEFT)
    qtbot.waitUntil(lambda: any("Saved to" in one.message for one in said), timeout=30_000)
    if ending == "h5":
        with h5py.File(path) as file:
            plot = file["entry/maps"]
            np.testing.assert_array_equal(plot[plot.attrs["signal"]][()], panel.images.maps["fraction_1"].values)
    elif ending == "csv":
        lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
        assert len(list(csv.reader(lines))) == 41
    else:
        assert path.stat().st_size > 500


def test_a_series_has_curves_over_its_time(prepared, reference, tmp_path, qtbot):
    window = prepared
    share = np.linspace(0.0, 1.0, 12)
    path = write_nexus_series(tmp_path / "heating.h5", mixture(window, share), ENERGY_EV)
    window.opening.open_paths([path])
    panel = window.tabs["Image"]
    qtbot.waitUntil(lambda: panel.images.image is not None and not panel.images.is_busy, timeout=20_000)
    assert not panel.energy.isVisible()
    assert panel.pictures.picture.values().shape == (12, 201)
    press_fit(panel, qtbot)
    drawn = panel.pictures.curves.maps()
    assert panel.pictures.curves.isVisible()
    assert [one.title for one in drawn][-1] == "other"
    assert (np.diff(drawn[0].values) > 0.0).all()
    np.testing.assert_allclose(drawn[0].values + drawn[1].values, 1.0)
    assert on_plot(window, "image-pixel").label == "time 180 s"
    panel.pictures.picture.setFocus()
    QTest.keyClick(panel.pictures.picture, Qt.Key.Key_Up)
    assert on_plot(window, "image-pixel").label == "time 210 s"


def test_one_of_several_images_of_a_file_is_chosen(prepared, tmp_path, qtbot):
    path = write_hyperspy(tmp_path / "two.hspy", name="first")
    with h5py.File(path, "a") as file:
        file.copy("Experiments/first", "Experiments/second")
        file["Experiments/second/data"][...] += 1.0
    prepared.opening.open_paths([path])
    panel = prepared.tabs["Image"]
    qtbot.waitUntil(lambda: panel.images.image is not None and not panel.images.is_busy, timeout=20_000)
    first = panel.pictures.picture.values()
    assert panel.dataset.isVisible()
    assert panel.dataset.currentText() == "/Experiments/first/data"
    panel.dataset.setFocus()
    QTest.keyClick(panel.dataset, Qt.Key.Key_Down)
    panel.dataset.activated.emit(panel.dataset.currentIndex())
    qtbot.waitUntil(lambda: panel.images.image.facts["dataset"] == "/Experiments/second/data", timeout=20_000)
    np.testing.assert_allclose(panel.pictures.picture.values(), first + 1.0, rtol=1e-6)
    assert panel.dataset.count() == 2


def test_a_kept_spectrum_is_a_measured_reference_that_can_be_undone(prepared, panel):
    QTest.mouseClick(panel.keep_button, LEFT)
    (kept,) = prepared.workspace.session.references
    assert kept.label == "grains, sample_x 12 um, sample_y 11 um"
    assert not kept.is_computed
    prepared.workspace.undo_stack.undo()
    assert not prepared.workspace.session.references


def test_what_runs_stands_in_the_list_of_jobs_and_can_be_stopped(prepared, reference, panel, monkeypatch, qtbot):
    big = write_nexus_image(
        panel.images.path.with_name("big.h5"), mixture(prepared, shares((80, 90))), energy=ENERGY_EV
    )
    prepared.opening.open_paths([big])
    qtbot.waitUntil(lambda: panel.images.image.shape == (80, 90) and not panel.images.is_busy, timeout=20_000)
    monkeypatch.setattr(combination, "_AT_ONCE", 1)  # as long as a large image takes
    jobs = prepared.workspace.jobs
    QTest.mouseClick(panel.fit_button, LEFT)
    qtbot.waitUntil(lambda: any(job.name == "Take grains apart" and job.share for job in jobs.running), timeout=20_000)
    assert panel.stop_button.isVisible()
    QTest.mouseClick(panel.stop_button, LEFT)
    qtbot.waitUntil(lambda: not panel.images.is_busy)
    assert next(job for job in jobs.jobs if job.name == "Take grains apart").state == STOPPED
    assert panel.images.maps is None
    assert not panel.stop_button.isVisible()


def test_what_is_no_image_is_refused_and_the_one_shown_stays(prepared, panel, tmp_path, monkeypatch, qtbot):
    said = []
    prepared.workspace.message.connect(said.append)
    path = tmp_path / "cut.h5"
    path.write_bytes(panel.images.path.read_bytes()[:2000])
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    QTest.mouseClick(panel.open_button, LEFT)
    qtbot.waitUntil(lambda: bool(said))
    assert "cut.h5 cannot be read as HDF5" in said[0].message
    assert panel.images.image.shape == (5, 8)
    assert "cannot be read" in panel.told.text()


def test_properties_of_pixels_pale_where_they_are_unlike_training(prepared, tmp_path, qtbot):
    found = [api.predict(api.read(find_example(name).path)).spectrum() for name in ("toluene", "pyridine")]
    energy = found[0].energy_ev
    strange = np.exp(-(((energy - 286.0) % 4.0) ** 2)) * (energy > 284.0)
    first, second = (one.intensity / one.intensity.max() for one in found)
    values = np.stack([first, second, first, strange]).reshape(2, 2, -1)
    with h5py.File(write_hyperspy(tmp_path / "four.hspy", values), "a") as file:
        axis = file["Experiments/__unnamed__/axis-2"].attrs
        axis["offset"], axis["scale"] = energy[0], energy[1] - energy[0]
    prepared.opening.open_paths([tmp_path / "four.hspy"])
    panel = prepared.tabs["Image"]
    qtbot.waitUntil(lambda: panel.images.image is not None and not panel.images.is_busy, timeout=20_000)
    QTest.mouseClick(panel.properties_button, LEFT)
    qtbot.waitUntil(lambda: panel.images.maps is not None, timeout=60_000)
    assert panel.pictures.shown_key().startswith("property_")
    np.testing.assert_array_equal(panel.pictures.map.veiled(), [[False, False], [False, True]])
    assert "1 of 4 pixels is outside the training domain" in panel.told.text()


def test_an_empty_panel_says_what_it_is_for(benzene_window, tmp_path, monkeypatch, qtbot):
    benzene_window.tabs.show("Image")
    panel = benzene_window.tabs["Image"]
    assert "point at a pixel" in panel._empty_text.text()
    path = write_nexus_image(tmp_path / "image.h5")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    QTest.mouseClick(panel.first_button, LEFT)
    qtbot.waitUntil(lambda: panel.images.image is not None, timeout=20_000)
