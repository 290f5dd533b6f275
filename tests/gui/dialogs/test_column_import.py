"""The import dialog: what it shows of a file, and what choices make of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QDialogButtonBox

from xanesview.gui.appearance.palette import LIGHT
from xanesview.gui.dialogs.column_import import MOST_CURVES, ColumnImportDialog
from xanesview.io.spectra.spectrum_file import sniff

ENERGY = np.linspace(280.0, 300.0, 41)
SIGNAL = 5.0 * np.exp(-((ENERGY - 285.0) ** 2)) + 1.0


@pytest.fixture
def dialog(qtbot, tmp_path: Path) -> ColumnImportDialog:
    rows = (
        f"{k};{e / 1000:.6f};{2 + 0.01 * k:.4f};{s:.5f}" for k, (e, s) in enumerate(zip(ENERGY, SIGNAL, strict=True))
    )
    path = tmp_path / "beamtime.csv"
    path.write_text("pt;E;I0;TEY\n" + "\n".join(rows).replace(".", ","), encoding="utf-8")
    preview = sniff(path)
    assert not preview.confident
    widget = ColumnImportDialog(preview)
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def tint(dialog: ColumnImportDialog, column: int) -> str:
    brush = dialog.table.item(0, column).background()
    return brush.color().name() if brush.color().alpha() else ""


def ok(dialog: ColumnImportDialog):
    return dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)


def test_the_guess_is_shown_in_colour_and_drawn(dialog: ColumnImportDialog) -> None:
    assert (dialog.delimiter.currentText(), dialog.decimal.currentData()) == ("Semicolon", ",")
    assert (dialog.energy.currentText(), dialog.intensity.currentText(), dialog.unit.currentText()) == (
        "E",
        "TEY",
        "keV",
    )
    assert [tint(dialog, column) for column in range(4)] == ["", LIGHT.curves[0], LIGHT.curves[1], LIGHT.curves[2]]
    assert dialog.signal.currentText() == "TEY/I0"
    drawn = dialog.plot.curves()[0]
    np.testing.assert_allclose(drawn.energy_ev, ENERGY, atol=1e-6)
    np.testing.assert_allclose(drawn.intensity, SIGNAL / (2 + 0.01 * np.arange(41)), atol=1e-4)
    assert "41 points, 280.00 to 300.00 eV" in dialog.plot.header.title.text()


def test_choices_redraw_at_once_and_are_what_is_taken(qtbot, dialog: ColumnImportDialog) -> None:
    dialog.flux.setCurrentText("I0")
    expected = SIGNAL / (2 + 0.01 * np.arange(41))
    np.testing.assert_allclose(dialog.plot.curves()[0].intensity, expected, atol=1e-4)
    assert tint(dialog, 2) == LIGHT.curves[1]
    dialog.transmission.setChecked(True)
    np.testing.assert_allclose(dialog.plot.curves()[0].intensity, -np.log(expected), atol=1e-4)
    dialog.transmission.setChecked(False)
    dialog.name.setText("film, 55°")
    with qtbot.waitSignal(dialog.accepted, timeout=1000):
        ok(dialog).click()
    np.testing.assert_allclose(dialog.spectrum.intensity, expected, atol=1e-4)
    assert dialog.spectrum.label == "film, 55°"


def test_a_choice_that_gives_nothing_is_explained_and_cannot_be_taken(dialog: ColumnImportDialog) -> None:
    dialog.intensity.setCurrentIndex(dialog.energy.currentIndex())
    assert "same column" in dialog.problem.text()
    assert not ok(dialog).isEnabled()
    assert dialog.plot.curves() == []
    dialog.intensity.setCurrentText("TEY")
    assert ok(dialog).isEnabled()
    assert dialog.problem.text() == ""


def test_another_delimiter_that_does_not_fit_is_told(dialog: ColumnImportDialog) -> None:
    dialog.delimiter.setCurrentIndex(dialog.delimiter.findData("\t"))
    assert "delimiter" in dialog.problem.text()
    assert not ok(dialog).isEnabled()
    dialog.delimiter.setCurrentIndex(dialog.delimiter.findData(";"))
    assert ok(dialog).isEnabled()


def test_a_signal_is_chosen_by_name_and_a_column_takes_its_place(dialog: ColumnImportDialog) -> None:
    dialog.signal.setCurrentText("TEY")
    np.testing.assert_allclose(dialog.plot.curves()[0].intensity, SIGNAL, atol=1e-4)
    dialog.flux.setCurrentText("no")
    assert dialog.signal.currentData() is None
    np.testing.assert_allclose(dialog.plot.curves()[0].intensity, SIGNAL, atol=1e-4)


def test_a_scan_is_chosen_of_several(qtbot, tmp_path: Path) -> None:
    rows = "\n".join(f"{e} {s}" for e, s in zip(ENERGY, SIGNAL, strict=True))
    shifted = "\n".join(f"{e + 120} {s}" for e, s in zip(ENERGY, SIGNAL, strict=True))
    path = tmp_path / "scans.spec"
    head = "ascan en\n#N 2\n#L Energy  TEY\n"
    path.write_text(f"#F scans\n\n#S 1 {head}{rows}\n\n#S 2 {head}{shifted}\n")
    widget = ColumnImportDialog(sniff(path))
    qtbot.addWidget(widget)
    assert widget.plot.curves()[0].energy_ev[0] == 280.0
    widget.scan.setCurrentIndex(1)
    assert widget.plot.curves()[0].energy_ev[0] == 400.0


def many_scans(path: Path, n: int) -> Path:
    rows = "".join(f"{e:.2f} {s:.4f}\n" for e, s in zip(ENERGY, SIGNAL, strict=True))
    path.write_text("#F a\n\n" + "".join(f"#S {k + 1} ascan\n#N 2\n#L Energy  TEY\n{rows}\n" for k in range(n)))
    return path


def test_a_file_of_many_scans_is_read_once_and_gives_no_more_curves_than_can_be_told_apart(
    qtbot, tmp_path: Path, monkeypatch
) -> None:
    """Each scan used to read the whole file anew: minutes, in which the window stood still."""
    from xanesview.io.spectra import spec

    read, times = spec.read_spec, []
    monkeypatch.setattr(spec, "read_spec", lambda *given: times.append(1) or read(*given))
    path = many_scans(tmp_path / "a.spec", MOST_CURVES + 20)
    dialog = ColumnImportDialog(sniff(path))
    qtbot.addWidget(dialog)
    last = dialog.scan.count() - 1
    assert dialog.scan.itemText(last) == f"The first {MOST_CURVES} of {MOST_CURVES + 20} scans, each as a curve"
    dialog.scan.setCurrentIndex(last)
    dialog.accept()
    assert len(dialog.spectra()) == MOST_CURVES
    assert len(times) == 1
    many_scans(path, 2)
    assert len(sniff(path).scans) == 2, "a file that has changed is read again"


def test_of_very_many_columns_the_first_are_shown_and_all_can_be_chosen(qtbot, tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    names = ["energy", *(f"s{k}" for k in range(300))]
    rows = [",".join(names), *(",".join([f"{e}", *[f"{e % 3}"] * 300]) for e in ENERGY)]
    path.write_text("\n".join(rows))
    dialog = ColumnImportDialog(sniff(path))
    qtbot.addWidget(dialog)
    assert dialog.table.columnCount() == 60
    assert dialog.table.toolTip() == "The first 60 of 301 columns; the choices name them all."
    dialog.intensity.setCurrentText("s299")
    assert ok(dialog).isEnabled()
    assert dialog.choices().intensity_column == 300


def test_it_fits_half_of_a_laptops_screen(dialog: ColumnImportDialog) -> None:
    """1680 × 1050 at a scale of 2 leaves 840 × 525 less what title bar and panels take."""
    assert dialog.minimumSizeHint().height() <= 470
    assert dialog.minimumSizeHint().width() <= 800


def test_a_curve_is_called_as_its_file_calls_the_chosen_scan_until_it_is_renamed(qtbot, tmp_path: Path) -> None:
    path = tmp_path / "film.csv"
    rows = [f"{e:.2f},{s:.4f},{e + 0.1:.2f},{2 * s:.4f}" for e, s in zip(ENERGY, SIGNAL, strict=True)]
    path.write_text("Energy,fresh,Energy,aged\n" + "\n".join(rows), encoding="utf-8")
    dialog = ColumnImportDialog(sniff(path))
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    assert dialog.name.text() == "fresh"
    dialog.scan.setCurrentIndex(1)
    ((spectrum, _),) = dialog.spectra()
    assert spectrum.label == "aged"
    assert spectrum.intensity.max() == pytest.approx(2 * SIGNAL.max(), abs=1e-3)
    dialog.scan.setCurrentIndex(2)
    assert [one.label for one, _ in dialog.spectra()] == ["film · fresh", "film · aged"]
    dialog.name.setFocus()
    dialog.name.selectAll()
    qtbot.keyClicks(dialog.name, "mine")
    dialog.scan.setCurrentIndex(0)
    assert dialog.name.text() == "mine"
