"""A file of several columns, or scans, that the user says is one film at several angles."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox

from tests.gui.acting import LEFT
from xanesview.cli.main import main
from xanesview.gui.dialogs.column_import import ColumnImportDialog
from xanesview.io.figures.angle_ramp import angle_colour
from xanesview.io.spectra.spectrum_file import sniff

ENERGY = np.arange(282.0, 312.0, 0.2)
THETAS = (20.0, 40.0, 55.0, 70.0, 90.0)
ROWS = np.array([1.0 + c * np.exp(-((ENERGY - 285.0) ** 2)) for c in np.cos(np.deg2rad(THETAS)) ** 2])


def written(path: Path, head: str = "") -> Path:
    rows = "\n".join(" ".join(f"{value:.6f}" for value in row) for row in np.column_stack([ENERGY, ROWS.T]))
    path.write_text(f"{head}{rows}\n", encoding="utf-8")
    return path


def opened(qtbot, path: Path) -> ColumnImportDialog:
    dialog = ColumnImportDialog(sniff(path))
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    return dialog


def tick(dialog: ColumnImportDialog) -> None:
    QTest.mouseClick(dialog.angles.tick, LEFT, pos=QPoint(8, dialog.angles.tick.height() // 2))


def ok(dialog: ColumnImportDialog):
    return dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)


@pytest.mark.parametrize("head", ["", "energy scan1 scan2 scan3 scan4 scan5\n"], ids=["no header", "no angles in it"])
def test_columns_become_one_series_at_the_angles_typed(benzene_window, qtbot, tmp_path, head) -> None:
    window = benzene_window
    window.references.load_file(written(tmp_path / "film.dat", head))
    dialog = window.findChild(ColumnImportDialog)
    qtbot.waitUntil(dialog.isVisible)
    tick(dialog)
    assert dialog.problem.text() == (
        "Type the angles of the beam for 5 spectra (grazing, from the surface; p-polarised light), such as "
        "20, 40, 55, 70, 90: 0 of 5."
    )
    assert not ok(dialog).isEnabled()
    qtbot.waitUntil(lambda: dialog.angles.field.isEnabled())
    QTest.keyClicks(dialog.angles.field, "20, 40, 55, 70")
    assert dialog.problem.text().endswith("4 of 5.")
    QTest.keyClicks(dialog.angles.field, " 90")
    assert ok(dialog).isEnabled()
    colours = [curve.colour for curve in dialog.plot.curves()]
    assert colours == [angle_colour(theta / 90.0, dark=False) for theta in THETAS]
    assert dialog.table.horizontalHeaderItem(3).text().endswith("\n55°")
    QTest.mouseClick(ok(dialog), LEFT)
    references = window.workspace.session.references
    assert tuple(one.angle_deg for one in references) == THETAS
    assert {one.series for one in references} == {"film"}
    np.testing.assert_allclose(references[2].spectrum.intensity, ROWS[2], atol=1e-5)
    assert "by the numbers typed" in window.plot_messages.text()
    assert tuple(window.workspace.angles.measured.angles_deg) == THETAS
    window.workspace.undo_stack.undo()
    assert window.workspace.session.references == ()


def test_a_column_is_left_out_by_its_heading_and_angles_may_be_in_any_order(qtbot, tmp_path) -> None:
    dialog = opened(qtbot, written(tmp_path / "film.dat"))
    tick(dialog)
    QTest.keyClicks(dialog.angles.field, "90 70 55 40 20")
    assert [one.angle_deg for one in dialog.series] == [20.0, 40.0, 55.0, 70.0, 90.0]
    np.testing.assert_allclose(dialog.series[0].spectrum.intensity, ROWS[4], atol=1e-5)
    header = dialog.table.horizontalHeader()
    at = header.sectionViewportPosition(2) + header.sectionSize(2) // 2
    QTest.mouseClick(header.viewport(), LEFT, pos=QPoint(at, header.height() // 2))
    assert "5 angles are typed for 4 spectra" in dialog.problem.text()
    assert not ok(dialog).isEnabled()
    dialog.angles.field.clear()
    QTest.keyClicks(dialog.angles.field, "20:80:20")
    assert [one.angle_deg for one in dialog.series] == [20.0, 40.0, 60.0, 80.0]
    np.testing.assert_allclose(dialog.series[1].spectrum.intensity, ROWS[2], atol=1e-5)
    tick(dialog)
    assert dialog.series is None
    assert len(dialog.plot.curves()) == 1, "one curve again, of the column chosen"


def test_angles_of_incidence_are_taken_as_such(qtbot, tmp_path) -> None:
    dialog = opened(qtbot, written(tmp_path / "film.dat"))
    tick(dialog)
    QTest.keyClicks(dialog.angles.field, "70 50 35 20 0")
    QTest.keyClick(dialog.angles.counted, Qt.Key.Key_Down)
    assert [one.angle_deg for one in dialog.series] == list(THETAS)
    np.testing.assert_allclose(dialog.series[0].spectrum.intensity, ROWS[0], atol=1e-5)


@pytest.mark.parametrize(
    ("typed", "told"), [("20 40 55 70 x", "x"), ("20 40 55 70 200", "An angle of 200° does not exist")]
)
def test_what_is_no_angle_is_told_and_cannot_be_taken(qtbot, tmp_path, typed, told) -> None:
    dialog = opened(qtbot, written(tmp_path / "film.dat"))
    tick(dialog)
    QTest.keyClicks(dialog.angles.field, typed)
    assert told in dialog.problem.text()
    assert not ok(dialog).isEnabled()
    QTest.keyClick(dialog.angles.field, Qt.Key.Key_Return)
    assert dialog.isVisible()


def test_each_column_is_divided_by_the_flux(qtbot, tmp_path) -> None:
    path = tmp_path / "film.dat"
    flux = 2.0 + 0.01 * np.arange(ENERGY.size)
    numbers = np.column_stack([ENERGY, flux, *(row * flux for row in ROWS[:2])])
    path.write_text("energy I0 a b\n" + "\n".join(" ".join(f"{v:.6f}" for v in row) for row in numbers) + "\n")
    dialog = opened(qtbot, path)
    dialog.flux.setCurrentText("I0")
    tick(dialog)
    QTest.keyClicks(dialog.angles.field, "20 90")
    np.testing.assert_allclose([one.spectrum.intensity for one in dialog.series], ROWS[:2], atol=1e-5)


def test_all_scans_of_a_file_are_a_series_too(qtbot, tmp_path) -> None:
    rows = ["\n".join(f"{e:.3f} {y:.6f}" for e, y in zip(ENERGY, row, strict=True)) for row in ROWS[:3]]
    path = tmp_path / "scans.spec"
    blocks = [f"#S {k} ascan en\n#N 2\n#L Energy  TEY\n{text}\n" for k, text in enumerate(rows, start=1)]
    path.write_text("#F scans\n\n" + "\n".join(blocks))
    dialog = opened(qtbot, path)
    dialog.scan.setCurrentIndex(dialog.scan.count() - 1)
    tick(dialog)
    QTest.keyClicks(dialog.angles.field, "20 55 90")
    assert [one.angle_deg for one in dialog.series] == [20.0, 55.0, 90.0]
    np.testing.assert_allclose(dialog.series[2].spectrum.intensity, ROWS[2], atol=1e-5)


def test_the_command_line_takes_the_same_columns_with_the_angles_given(tmp_path, capsys) -> None:
    path = written(tmp_path / "film.dat", "energy a b c d e\n")
    line = ["fit-tilt", str(path), "--window", "283.5:286.5", "--background", "line"]
    assert main(line) == 1
    assert "--angles" in capsys.readouterr().err
    assert main([*line, "--angles", "20, 40, 55, 70, 90"]) == 0
    assert "angles from given" in capsys.readouterr().out
    assert main([*line, "--angles", "20, 40, 55, 70, 200"]) == 1
    assert "An angle of 200° does not exist" in capsys.readouterr().err
