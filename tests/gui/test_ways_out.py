"""Overlaying a reference and exporting: what the files hold is what the window shows."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QToolButton

from tests.full_disk import contents, full_disk
from tests.gui.fake_networks import ENERGY_EV, site_tensor
from xanesview.domain.geometry.kinds import geometry_from_header
from xanesview.domain.geometry.polarisation import PartialPolarisation
from xanesview.domain.processing.step_lists import with_shift
from xanesview.gui.appearance.palette import DARK, LIGHT
from xanesview.gui.appearance.theme import apply_theme


def shown(window, role: str):
    return [curve for curve in window.plot.curves() if curve.role == role]


@pytest.fixture
def measured_file(tmp_path: Path) -> Path:
    path = tmp_path / "nexafs.csv"
    intensity = 7.5 * site_tensor(0)[2] + 0.02
    rows = "\n".join(f"{e:.4f},{i:.6f}" for e, i in zip(ENERGY_EV, intensity, strict=True))
    path.write_text(f"energy_eV,intensity\n{rows}\n")
    return path


def test_a_measured_spectrum_is_overlaid_scaled_and_says_so(benzene_window, qtbot, measured_file):
    window = benzene_window
    window.opening.open_paths([measured_file])
    qtbot.waitUntil(lambda: len(shown(window, "measured")) == 1)
    reference = window.workspace.session.references[0]
    assert reference.statement.startswith("scaled to the prediction")
    curve = shown(window, "measured")[0]
    current = shown(window, "current")[0]
    assert curve.intensity.max() == pytest.approx(current.intensity.max(), rel=0.15)
    assert "scaled" in curve.label
    window.workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: not shown(window, "measured"))


def test_a_computed_reference_follows_the_arrow(benzene_window, qtbot):
    window = benzene_window
    qtbot.mouseClick(window.references.bundled_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(shown(window, "computed")) == 1)
    before = shown(window, "computed")[0].intensity.copy()
    window.directions.x()
    after = shown(window, "computed")[0].intensity
    assert np.abs(after - before).max() > 0.2 * before.max(), "π* of benzene dies with the field in the plane"


def test_data_file_holds_the_numbers_of_the_curves(benzene_window, qtbot, tmp_path, monkeypatch):
    window = benzene_window
    window.workspace.pick((0, 3))
    window.workspace.curves.freeze()
    qtbot.waitUntil(lambda: len(shown(window, "frozen")) == 1)
    path = tmp_path / "curves.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    window.named_actions["export_data"].trigger()
    text = path.read_text(encoding="utf-8").splitlines()
    header = [line for line in text if line.startswith("#")]
    assert any("benzene" in line.lower() for line in header)
    assert any("fake" in line for line in header)
    rows = list(csv.reader(line for line in text if not line.startswith("#")))
    table = np.array([[float(x) if x else np.nan for x in row] for row in rows[1:]])
    expected = 2 * shown(window, "current")[0].intensity  # drawn per atom, written as the sum
    rows_of_curve = table[: len(expected)].T
    columns = [column for column in rows_of_curve if np.allclose(column, expected, rtol=1e-6, atol=1e-9)]
    assert columns, f"the current curve stands in one of {rows[0]}"
    assert np.allclose(table[:, 0][: len(ENERGY_EV)], ENERGY_EV)


def test_an_exported_curve_tells_its_experiment_to_the_last_digit(benzene_window, qtbot):
    window = benzene_window
    set_to = PartialPolarisation((0.1234567, -0.7, 0.2), 0.87654, (0.0, 0.6, 0.8))
    window.workspace.set_geometry(set_to)
    facts = next(s.provenance for s in window.exporting.spectra() if s.kind == "predicted")
    assert facts["polarisation"].startswith("partial: ε = (")
    np.testing.assert_allclose(geometry_from_header(facts).weight().matrix, set_to.weight().matrix, atol=1e-9)


def test_the_header_tells_what_was_done_to_a_reference(benzene_window, qtbot, measured_file):
    window = benzene_window
    window.opening.open_paths([measured_file])
    qtbot.mouseClick(window.references.bundled_button, Qt.MouseButton.LeftButton)
    window.workspace.pick((0, 3))
    reference = window.workspace.session.references[0]
    steps = with_shift(reference.steps, 0.25)
    window.workspace.replace_reference(0, reference.replace(steps=steps))
    measured, computed = (s.provenance for s in window.exporting.spectra() if s.kind in ("measured", "computed"))
    assert measured["source"] == str(measured_file)
    assert [measured["step 1"], measured["step 2"]] == [step.describe() for step in steps]
    assert measured["processed shift_ev"] == "0.25"
    assert measured["multiplied_by"] == "2", "it was scaled to the mean of two"
    assert (computed["sites"], computed["polarisation"]) == ("0 3", "linear: ε = (0.00, 0.00, 1.00)")


def test_a_folder_that_cannot_be_written_is_told(benzene_window, tmp_path, monkeypatch):
    window = benzene_window
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "such" / "a.csv"), ""))
    window.named_actions["export_data"].trigger()
    assert window.plot_messages.isVisible()
    assert window.plot_messages.notice.hint


@pytest.mark.parametrize(("action", "ending"), [("export_data", "h5"), ("export_data", "csv"), ("export_view", "png")])
def test_a_disk_that_fills_up_leaves_the_old_file_and_is_told(benzene_window, action, ending, tmp_path, monkeypatch):
    window = benzene_window
    path = tmp_path / f"old.{ending}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    window.named_actions[action].trigger()
    before = contents(tmp_path)
    assert window.plot_messages.notice.kind == "saved"
    with full_disk(len(before[path.name]) // 2):
        window.named_actions[action].trigger()
    assert contents(tmp_path) == before
    assert window.plot_messages.isVisible()
    assert "File too large" in window.plot_messages.notice.message
    assert window.plot_messages.notice.hint


def test_a_figure_that_finds_no_room_keeps_the_old_one_and_the_dialog_says_why(benzene_window, tmp_path):
    from xanesview.gui.dialogs.export_figure import ExportFigureDialog

    dialog = ExportFigureDialog(benzene_window.exporting.spectra(), parent=benzene_window)
    assert dialog.save(tmp_path / "figure.pdf")
    before = contents(tmp_path)
    with full_disk(1000):
        assert not dialog.save(tmp_path / "figure.pdf")
    assert contents(tmp_path) == before
    assert "cannot be written" in dialog.problem.text()


def test_a_theme_needs_no_room_on_the_disk(qapp, xanesview_home):
    before = contents(xanesview_home)
    with full_disk(10):
        apply_theme(qapp, "dark")
    assert contents(xanesview_home) == before


def test_picture_of_the_view_is_a_png_that_shows_the_arrow(benzene_window, tmp_path, monkeypatch):
    path = tmp_path / "view.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    benzene_window.named_actions["export_view"].trigger()
    image = QImage(str(path))
    assert image.width() >= benzene_window.view.width()
    colours = {image.pixelColor(image.width() // 2, y).name() for y in range(0, image.height(), 3)}
    assert len(colours) > 20


def test_scene_of_the_view_holds_the_structure_the_arrow_and_the_picked_sites(benzene_window, tmp_path, monkeypatch):
    window, path = benzene_window, tmp_path / "view"
    filters = []

    def choose(*words):
        filters.append(words[-1])
        return str(path), "glTF scene as text (*.gltf)"

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    window.named_actions["export_view"].trigger()
    document = json.loads((tmp_path / "view.gltf").read_text(encoding="utf-8"))
    nodes = {node["name"]: node for node in document["nodes"]}
    assert [nodes[f"C{k}"]["translation"] for k in range(6)] == pytest.approx(
        window.workspace.structure.positions_angstrom[:6]
    )
    picked = window.workspace.session.picked
    assert {f"ring of C{k}" for k in picked} == {name for name in nodes if name.startswith("ring")}
    assert {"shaft", "head", "tail"} <= nodes.keys()
    assert nodes["view"]["matrix"][12:15] == pytest.approx(window.view.camera.position_angstrom)
    assert all(ending in filters[0] for ending in ("*.png", "*.jpg", "*.glb", "*.gltf", "*.html"))


def test_page_of_the_view_wears_the_window_s_colours(benzene_window, tmp_path, monkeypatch):
    path = tmp_path / "view.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    benzene_window.named_actions["export_view"].trigger()
    text = path.read_text(encoding="utf-8")
    assert LIGHT.background_top in text or DARK.background_top in text
    assert "Benzene" in text


def test_an_ending_the_view_cannot_be_written_as_is_told(benzene_window, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "view.stl"), ""))
    benzene_window.named_actions["export_view"].trigger()
    assert "view.stl" in benzene_window.plot_messages.notice.message
    assert list(tmp_path.iterdir()) == []


def test_figure_goes_to_the_clipboard(benzene_window):
    benzene_window.named_actions["copy_figure"].trigger()
    image = QGuiApplication.clipboard().image()
    assert image.width() > 300
    assert not image.isNull()
    QGuiApplication.clipboard().clear()


def test_figure_dialog_opens_with_the_visible_curves(benzene_window):
    from xanesview.gui.dialogs.export_figure import ExportFigureDialog

    benzene_window.named_actions["export_figure"].trigger()
    dialog = benzene_window.findChild(ExportFigureDialog)
    assert dialog is not None
    assert dialog.isVisible()
    dialog.reject()


def test_nothing_to_export_is_said(window):
    window.named_actions["export_data"].trigger()
    assert window.plot_messages.notice.message == "There is no curve to save yet."


def test_a_picture_of_the_3d_view_tells_what_it_shows(benzene_window, tmp_path) -> None:
    path = tmp_path / "view.png"
    benzene_window.exporting.write_scene(path)
    told = Image.open(path).text
    structure = benzene_window.workspace.structure
    assert told["structure_hash"] == structure.content_hash
    assert told["network"] == benzene_window.workspace.session.network
    assert told["weight_tensor"] == benzene_window.workspace.geometry.weight().text()
    assert {"Title", "Software", "shift_ev", "added_fwhm_ev", "intensity_unit", "energy_unit"} <= set(told)


@pytest.mark.parametrize(("action", "name"), [("export_data", "a.csv"), ("export_view", "a.png")])
def test_what_was_saved_is_said_with_a_way_to_its_folder(benzene_window, qtbot, action, name, tmp_path, monkeypatch):
    from xanesview.gui.appearance import folders

    opened = []
    monkeypatch.setattr(folders.QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / name), ""))
    benzene_window.named_actions[action].trigger()
    bar = benzene_window.plot_messages
    assert bar.text() == f"Saved to {tmp_path / name}."
    assert bar.severity == "info"
    qtbot.mouseClick(bar.findChild(QToolButton, "message-folder"), Qt.MouseButton.LeftButton)
    assert opened == [str(tmp_path)]
    bar._leave.start(0)
    qtbot.waitUntil(lambda: not bar.isVisible())


def test_a_copy_is_said_too(benzene_window):
    benzene_window.named_actions["copy_figure"].trigger()
    assert benzene_window.plot_messages.text() == "The figure is on the clipboard."
    assert not benzene_window.plot_messages.findChild(QToolButton, "message-folder").isVisible()
    QGuiApplication.clipboard().clear()


def test_a_figure_saved_in_the_dialog_is_said_in_the_window_and_the_dialog_stays(benzene_window, tmp_path):
    from xanesview.gui.dialogs.export_figure import ExportFigureDialog

    benzene_window.named_actions["export_figure"].trigger()
    dialog = benzene_window.findChild(ExportFigureDialog)
    assert dialog.save(tmp_path / "a.svg")
    assert dialog.isVisible()
    assert str(tmp_path / "a.svg") in benzene_window.plot_messages.text()
    assert QGuiApplication.overrideCursor() is None
    dialog.reject()


def test_figures_are_prepared_when_the_export_menu_opens(benzene_window):
    preparing = benzene_window.exporting.preparing
    assert not preparing.has_begun
    menu = benzene_window.toolbar.export.menu()
    menu.aboutToShow.emit()
    assert preparing.has_begun
    preparing.wait()
    assert "matplotlib" in sys.modules
