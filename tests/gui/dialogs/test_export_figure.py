"""The export dialog: its preview, its choices, and the file it writes."""

from __future__ import annotations

import struct
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

import xanesview
from tests.gui.acting import NONE, mouse
from xanesview.cli.main import main
from xanesview.domain.spectrum import Spectrum
from xanesview.gui.appearance.picture_file import rgba_of
from xanesview.gui.dialogs.export_figure import ExportFigureDialog
from xanesview.io.figures import figure_file
from xanesview.io.figures.additions import inset_box
from xanesview.io.figures.template import Template, write_template
from xanesview.io.spectra.curve_table import write_csv

ENERGY = np.linspace(280.0, 310.0, 61)


@pytest.fixture
def dialog(qtbot) -> ExportFigureDialog:
    spectra = [
        Spectrum(ENERGY, np.exp(-((ENERGY - 285) ** 2)), unit="Mb", label="current", provenance={"network": "tensor"}),
        Spectrum(ENERGY, 0.5 * np.exp(-((ENERGY - 292) ** 2)), unit="Mb", label="isotropic average"),
        Spectrum(ENERGY, 0.3 + 0 * ENERGY, label="beamline", kind="measured"),
    ]
    widget = ExportFigureDialog(spectra, "sum of 6 C")
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
    wait_drawn(qtbot, widget)
    return widget


def wait_drawn(qtbot, widget: ExportFigureDialog) -> None:
    qtbot.waitUntil(lambda: not widget.is_drawing, timeout=60_000)


def test_the_preview_is_white_and_follows_the_size(qtbot, dialog: ExportFigureDialog) -> None:
    assert dialog._image.pixelColor(1, 1).name() == "#ffffff"
    before = dialog._image.width() / dialog._image.height()
    dialog.controls.height_mm.setValue(40)
    qtbot.waitUntil(lambda: dialog._image.width() / dialog._image.height() > 1.2 * before, timeout=60_000)
    wait_drawn(qtbot, dialog)
    assert "85 × 40 mm; as PNG 1003 × 472 pixels" in dialog.problem.text()


def test_what_is_chosen_is_in_the_file(qtbot, dialog: ExportFigureDialog, tmp_path: Path, monkeypatch) -> None:
    dialog.controls.curves.item(2).setCheckState(Qt.CheckState.Unchecked)
    dialog.controls.title.setText("benzene")
    target = tmp_path / "figure"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), "SVG drawing (*.svg)"))
    with qtbot.waitSignal(dialog.saved, timeout=60_000):
        dialog.save_button.click()
    assert dialog.isVisible(), "it stays, for the next format"
    assert str(target) in dialog.problem.text()
    assert dialog.folder_button.isVisible()
    text = (tmp_path / "figure.svg").read_text(encoding="utf-8")
    assert "beamline" not in text
    assert "benzene" in text
    assert "network: tensor" in text
    assert ET.fromstring(text).get("width").endswith("pt")


def test_a_change_is_said_to_be_drawn_before_the_preview_follows(qtbot, dialog: ExportFigureDialog) -> None:
    wait_drawn(qtbot, dialog)
    qtbot.waitUntil(lambda: not dialog.busy.is_running)
    dialog.controls.title.setText("")
    dialog.controls.title.setFocus()
    begin = time.perf_counter()
    QTest.keyClicks(dialog.controls.title, "Film")
    assert dialog.is_drawing
    qtbot.waitUntil(lambda: dialog.busy.is_running or not dialog.is_drawing, timeout=2_000)
    assert time.perf_counter() - begin < 0.6, "a busy sign, or the preview itself"
    wait_drawn(qtbot, dialog)
    qtbot.waitUntil(lambda: not dialog.busy.is_running)


def test_png_has_the_chosen_resolution(dialog: ExportFigureDialog, tmp_path: Path) -> None:
    dialog.controls.width_mm.setValue(50.8)
    dialog.controls.height_mm.setValue(25.4)
    dialog.controls.dpi.setValue(100)
    assert dialog.save(tmp_path / "figure.png")
    assert struct.unpack(">II", (tmp_path / "figure.png").read_bytes()[16:24]) == (200, 100)


def test_trouble_is_told_in_the_dialog(qtbot, dialog: ExportFigureDialog, tmp_path: Path) -> None:
    assert not dialog.save(tmp_path / "missing" / "figure.svg")
    assert "missing" in dialog.problem.text()
    for row in range(3):
        dialog.controls.curves.item(row).setCheckState(Qt.CheckState.Unchecked)
    wait_drawn(qtbot, dialog)
    assert "no curve" in dialog.problem.text()
    assert not dialog.save_button.isEnabled()
    dialog.controls.curves.item(0).setCheckState(Qt.CheckState.Checked)
    wait_drawn(qtbot, dialog)
    assert dialog.save_button.isEnabled()


def test_copy_puts_the_whole_picture_and_its_drawing_on_the_clipboard(dialog: ExportFigureDialog) -> None:
    dialog.copy_button.click()
    assert QGuiApplication.clipboard().image().width() == dialog.spec().size_px[0]
    drawing = bytes(QGuiApplication.clipboard().mimeData().data("image/svg+xml").data()).decode()
    assert "beamline" in drawing
    assert "network: tensor" in drawing


def test_the_preview_is_the_file(qtbot, dialog: ExportFigureDialog, tmp_path: Path) -> None:
    dialog.controls.letter.setText("(b)")
    wait_drawn(qtbot, dialog)
    assert dialog.save(tmp_path / "a.png")
    shown = dialog._image.convertToFormat(QImage.Format.Format_Grayscale8)
    saved = QImage(str(tmp_path / "a.png")).convertToFormat(QImage.Format.Format_Grayscale8)
    saved = saved.scaled(shown.size(), mode=Qt.TransformationMode.SmoothTransformation)
    pixels = [rgba_of(one)[..., 0].astype(float) for one in (shown, saved)]
    assert np.abs(pixels[0] - pixels[1]).mean() < 4.0, "of 255: the same ticks, names and places"


def test_a_preset_is_chosen_and_a_template_kept_and_chosen_again(qtbot, dialog: ExportFigureDialog, tmp_path) -> None:
    controls, row = dialog.controls, dialog.templates
    choose(qtbot, row.choice, "Two columns, 170 mm")
    assert controls.width_mm.value() == 170.0
    controls.legend.setCurrentIndex(controls.legend.findData("right"))
    qtbot.keyClicks(controls.energy_breaks, "295 to 299; 300-302,5")
    controls.box.click()
    row.keep("Mine")
    assert "Mine" in dialog.problem.text()
    kept = controls.own_spec()
    assert kept.energy_breaks == ((295.0, 299.0), (300.0, 302.5))
    choose(qtbot, row.choice, "Slide, 250 mm")
    controls.energy_breaks.clear()
    assert controls.own_spec() != kept
    choose(qtbot, row.choice, "Mine")
    assert controls.own_spec() == kept
    row.pass_on(tmp_path / "for_you.json")
    choose(qtbot, row.choice, "Slide, 250 mm")
    row.delete_action.trigger()
    assert row.choice.findText("Mine") >= 0, "a preset is not deleted"
    choose(qtbot, row.choice, "Mine")
    row.delete_action.trigger()
    assert row.choice.findText("Mine") < 0
    row.take(tmp_path / "for_you.json")
    assert controls.own_spec() == kept
    (tmp_path / "bad.json").write_text("{}", encoding="utf-8")
    row.take(tmp_path / "bad.json")
    assert "no template" in dialog.problem.text()


def choose(qtbot, box, words: str) -> None:
    """Choose an entry of a list with the keyboard, as a user does."""
    box.setFocus()
    while box.currentText() != words:
        before = box.currentIndex()
        qtbot.keyClick(box, Qt.Key.Key_Down if box.findText(words) > before else Qt.Key.Key_Up)
        assert box.currentIndex() != before
    box.activated.emit(box.currentIndex())


def test_a_break_that_can_not_be_read_is_told(qtbot, dialog: ExportFigureDialog) -> None:
    dialog.controls.energy_breaks.setText("somewhere")
    wait_drawn(qtbot, dialog)
    assert "no part of an axis" in dialog.problem.text()


def test_the_inset_is_asked_for_once_and_only_when_it_is_wanted(qtbot) -> None:
    asked = []

    def scene() -> np.ndarray:
        asked.append(True)
        return np.full((30, 40, 4), 90, np.uint8)

    curve = Spectrum(ENERGY, np.exp(-((ENERGY - 285) ** 2)), label="current")
    widget = ExportFigureDialog([curve], scene=scene)
    qtbot.addWidget(widget)
    widget.show()
    wait_drawn(qtbot, widget)
    assert not asked
    widget.controls.tabs.setCurrentIndex(3)
    widget.controls.inset.click()
    wait_drawn(qtbot, widget)
    widget.controls.share.setValue(40)
    wait_drawn(qtbot, widget)
    assert asked == [True]
    assert widget.spec().inset
    widget.reject()


def test_the_inset_is_dragged_to_its_place_which_a_template_and_every_other_way_keep(qtbot, tmp_path, monkeypatch):
    curve = Spectrum(ENERGY, np.exp(-((ENERGY - 285) ** 2)), label="current")
    picture = np.full((30, 40, 4), 90, np.uint8)
    widget = ExportFigureDialog([curve], scene=lambda: picture)
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
    widget.controls.inset.click()
    wait_drawn(qtbot, widget)
    paper = widget.paper
    inset, plot = paper.inset_rect(), paper._rect(paper._boxes[0])
    start = inset.center().toPoint()
    to = QPoint(round(plot.left() + 0.4 * plot.width()), round(plot.top() + 0.6 * plot.height()))
    qtbot.mousePress(paper, Qt.MouseButton.LeftButton, pos=start)
    mouse(paper, QEvent.Type.MouseMove, (to.x(), to.y()), NONE)
    qtbot.mouseRelease(paper, Qt.MouseButton.LeftButton, pos=to)
    wait_drawn(qtbot, widget)
    spec = widget.controls.own_spec()
    assert spec.inset_place == "free"
    left, foot = inset.left() + to.x() - start.x(), inset.bottom() + to.y() - start.y()
    wanted = ((left - plot.left()) / plot.width(), (plot.bottom() - foot) / plot.height())
    assert (spec.inset_x, spec.inset_y) == pytest.approx(wanted, abs=2e-3), "it stands where it was left"
    # the same from a template, the command line and a script
    target = tmp_path / "ours.json"
    write_template(target, Template("Ours", spec))
    boxes = []
    monkeypatch.setattr(figure_file, "save_figure", lambda figure, *_, **__: boxes.append(inset_box(figure.axes[0])))
    xanesview.plot([curve], tmp_path / "a.svg", template=target, scene=picture)
    at = {"inset_x": spec.inset_x, "inset_y": spec.inset_y}
    xanesview.plot([curve], tmp_path / "b.svg", scene=picture, **at)
    write_csv(tmp_path / "curve.csv", [curve])
    Image.fromarray(picture).save(tmp_path / "view.png")
    words = ["plot", str(tmp_path / "curve.csv"), "--inset", str(tmp_path / "view.png"), "--out"]
    assert main([*words, str(tmp_path / "c.svg"), "--template", str(target)]) == 0
    assert len(boxes) == 3
    for plot_box, box in boxes:
        inside = (box[:2] - plot_box[:2]) / plot_box[2:]
        np.testing.assert_allclose(inside, (spec.inset_x, spec.inset_y), atol=1e-3)
    widget.reject()


def test_escape_puts_an_inset_back_that_is_being_dragged(qtbot) -> None:
    curve = Spectrum(ENERGY, np.exp(-((ENERGY - 285) ** 2)), label="current")
    widget = ExportFigureDialog([curve], scene=lambda: np.full((30, 40, 4), 90, np.uint8))
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
    widget.controls.inset.click()
    wait_drawn(qtbot, widget)
    paper, before = widget.paper, widget.controls.own_spec()
    start = paper.inset_rect().center()
    qtbot.mousePress(paper, Qt.MouseButton.LeftButton, pos=start.toPoint())
    mouse(paper, QEvent.Type.MouseMove, (start.x() - 40, start.y() + 20), NONE)
    QTest.keyClick(paper, Qt.Key.Key_Escape)
    qtbot.mouseRelease(paper, Qt.MouseButton.LeftButton, pos=start.toPoint())
    assert widget.isVisible(), "Escape is the drag's first"
    assert widget.controls.own_spec() == before
    widget.reject()


def test_what_curves_do_not_have_can_not_be_asked_for(dialog: ExportFigureDialog) -> None:
    controls = dialog.controls
    for box in (controls.sticks, controls.colour_bar, controls.below, controls.inset):
        assert not box.isEnabled()


def test_ranges_titles_and_names_can_be_changed(qtbot, dialog: ExportFigureDialog, tmp_path: Path) -> None:
    controls = dialog.controls
    assert controls.energies[0].placeholderText() == "280", "what the figure has by itself"
    assert controls.intensity_title.placeholderText() == "Absorption (Mb)"
    for field, text in (
        (controls.energies[0], "283"), (controls.energies[1], "290,5"), (controls.intensities[1], "2"),
        (controls.energy_title, "E (eV)"), (controls.intensity_title, "mu"), (controls.title, "current"),
    ):  # fmt: skip
        field.setFocus()
        field.setText(text) if field is controls.title else qtbot.keyClicks(field, text)
    controls.curves.item(2).setText("beamline 9")
    spec = dialog.spec()
    assert spec.energies_ev == (283.0, 290.5)
    assert spec.intensities[1] == 2.0
    assert dialog.save(tmp_path / "a.svg")
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    for words in ("E (eV)", "mu", "beamline 9"):
        assert words in text
    assert "Photon energy" not in text
    assert text.count(">current<") == 2, "the title is there although a curve has the same name"


def test_a_range_that_is_none_is_told(qtbot, dialog: ExportFigureDialog) -> None:
    for field, text in zip(dialog.controls.energies, ("300", "290"), strict=True):
        field.setText(text)
    qtbot.waitUntil(lambda: "no range" in dialog.problem.text(), timeout=60_000)
    dialog.controls.energies[1].setText("310")
    qtbot.waitUntil(lambda: "pixels" in dialog.problem.text(), timeout=60_000)


def test_it_fits_a_small_screen(dialog: ExportFigureDialog) -> None:
    least = dialog.minimumSizeHint()
    assert least.width() <= 1000
    assert least.height() <= 640
