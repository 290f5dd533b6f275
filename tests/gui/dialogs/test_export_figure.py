"""The export dialog: its preview, its choices, and the file it writes."""

from __future__ import annotations

import struct
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from xanesview.domain.spectrum import Spectrum
from xanesview.gui.dialogs.export_figure import ExportFigureDialog

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
    return widget


def test_the_preview_is_white_and_follows_the_size(qtbot, dialog: ExportFigureDialog) -> None:
    assert dialog._image.pixelColor(1, 1).name() == "#ffffff"
    before = dialog._image.width() / dialog._image.height()
    dialog.controls.height_mm.setValue(40)
    qtbot.waitUntil(lambda: dialog._image.width() / dialog._image.height() > 1.2 * before, timeout=5000)
    assert "85 × 40 mm; as PNG 1003 × 472 pixels" in dialog.problem.text()


def test_what_is_chosen_is_in_the_file(qtbot, dialog: ExportFigureDialog, tmp_path: Path, monkeypatch) -> None:
    dialog.controls.curves.item(2).setCheckState(Qt.CheckState.Unchecked)
    dialog.controls.title.setText("benzene")
    target = tmp_path / "figure"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), "SVG drawing (*.svg)"))
    with qtbot.waitSignal(dialog.saved, timeout=5000):
        dialog.save_button.click()
    assert dialog.isVisible(), "it stays, for the next format"
    assert str(target) in dialog.problem.text()
    assert dialog.folder_button.isVisible()
    text = (tmp_path / "figure.svg").read_text(encoding="utf-8")
    assert "beamline" not in text
    assert "benzene" in text
    assert "network: tensor" in text
    assert ET.fromstring(text).get("width").endswith("pt")


def test_png_has_the_chosen_resolution(dialog: ExportFigureDialog, tmp_path: Path) -> None:
    dialog.controls.width_mm.setValue(50.8)
    dialog.controls.height_mm.setValue(25.4)
    dialog.controls.dpi.setValue(100)
    assert dialog.save(tmp_path / "figure.png")
    assert struct.unpack(">II", (tmp_path / "figure.png").read_bytes()[16:24]) == (200, 100)


def test_trouble_is_told_in_the_dialog(dialog: ExportFigureDialog, tmp_path: Path) -> None:
    assert not dialog.save(tmp_path / "missing" / "figure.svg")
    assert "missing" in dialog.problem.text()
    for row in range(3):
        dialog.controls.curves.item(row).setCheckState(Qt.CheckState.Unchecked)
    dialog.redraw()
    assert "no curve" in dialog.problem.text()
    assert not dialog.save_button.isEnabled()
    dialog.controls.curves.item(0).setCheckState(Qt.CheckState.Checked)
    dialog.redraw()
    assert dialog.save_button.isEnabled()


def test_copy_puts_the_whole_picture_on_the_clipboard(dialog: ExportFigureDialog) -> None:
    dialog.copy_button.click()
    assert QGuiApplication.clipboard().image().width() == dialog.spec().size_px[0]


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
    qtbot.waitUntil(lambda: "no range" in dialog.problem.text(), timeout=5000)
    dialog.controls.energies[1].setText("310")
    qtbot.waitUntil(lambda: "pixels" in dialog.problem.text(), timeout=5000)


def test_it_fits_a_small_screen(dialog: ExportFigureDialog) -> None:
    least = dialog.minimumSizeHint()
    assert least.width() <= 1000
    assert least.height() <= 640
