"""References in the real window: loaded, scaled, shifted, scored, removed, undone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton

from xanesview.domain.session import ReferenceCurve
from xanesview.domain.spectrum import Spectrum
from xanesview.gui.dialogs.column_import import ColumnImportDialog
from xanesview.gui.panels.references.table import COSINE, FIT, LABEL, PEARSON, REMOVE, SCALE, SHIFT, SHOWN
from xanesview.io.examples import find_example
from xanesview.shown.curve import Subject
from xanesview.shown.spectra import current_spectrum, exported_spectra


@pytest.fixture
def window(benzene_window, qtbot):
    benzene_window.docks["References"].show()
    benzene_window.docks["References"].raise_()
    qtbot.waitUntil(benzene_window.references.isVisible, timeout=2000)
    return benzene_window


@pytest.fixture
def measured(window, tmp_path: Path) -> Path:
    """Write the prediction as a beamline would: in counts, on a grid of its own."""
    predicted = current_spectrum(window.workspace.shown)
    grid = np.linspace(281.0, 305.0, 97)
    counts = 1000.0 * np.interp(grid, predicted.energy_ev, predicted.intensity)
    path = tmp_path / "film_20deg.dat"
    path.write_text("\n".join(f"{e:.4f}\t{c:.3f}" for e, c in zip(grid, counts, strict=True)), encoding="utf-8")
    return path


def shown(window) -> dict:
    return {curve.key: curve for curve in window.plot.curves()}


def text(window, column: int, row: int = 0) -> str:
    return window.references.table.item(row, column).text()


def tick(window, row: int = 0) -> None:
    table = window.references.table
    box = table.visualItemRect(table.item(row, SHOWN))
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(box.left() + 14, box.center().y()))


def test_an_empty_panel_offers_the_first_step(window) -> None:
    panel = window.references
    assert panel._stack.currentIndex() == 1
    assert "Load a file" in panel._empty_text.text()
    assert panel.load_button.isVisible(), "where it will be: no other button may come in its place"
    assert panel.bundled_button.isVisible() == (panel.bundled() is not None)


def test_no_button_moves_when_another_comes(qtbot, window, measured: Path) -> None:
    panel = window.references
    fixed = (panel.load_button, panel.bundled_button)
    qtbot.waitUntil(lambda: fixed[1].x() > fixed[0].geometry().right())
    before = [one.pos() for one in fixed]
    for text, visible in (("Compute 6 sites, about 2 min", True), ("", False), ("Computing…", True)):
        panel.compute_button.setText(text)
        panel.compute_button.setVisible(visible)
        QApplication.processEvents()
        assert [one.pos() for one in fixed] == before
    window.references.load_file(measured)
    QApplication.processEvents()
    assert [one.pos() for one in fixed] == before
    row = panel._head
    assert row.itemAt(row.count() - 1).widget() is panel.compute_button, "what comes and goes stands last"


def test_the_first_overlay_is_scaled_to_the_prediction_and_says_so(qtbot, window, measured: Path) -> None:
    window.references.load_file(measured)
    qtbot.waitUntil(lambda: "reference-0" in shown(window), timeout=2000)
    predicted, overlay = current_spectrum(window.workspace.shown), shown(window)["reference-0"]
    at = np.interp(overlay.energy_ev, predicted.energy_ev, predicted.intensity)
    np.testing.assert_allclose(overlay.intensity, at, atol=0.02 * predicted.intensity.max())
    assert overlay.role == "measured"
    assert any("scaled to the prediction" in label.text() for label in window.references.findChildren(QLabel))
    qtbot.waitUntil(lambda: text(window, COSINE) != "", timeout=2000)
    assert float(text(window, COSINE)) > 0.999
    assert float(text(window, PEARSON)) > 0.999


def test_shift_and_scale_move_the_curve_and_undo(qtbot, window, measured: Path) -> None:
    window.references.load_file(measured)
    table = window.references.table
    qtbot.waitUntil(lambda: "reference-0" in shown(window), timeout=2000)
    before = shown(window)["reference-0"]
    field = table.cellWidget(0, SHIFT)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "0,75 eV")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown(window)["reference-0"].energy_ev[0] != before.energy_ev[0], timeout=2000)
    np.testing.assert_allclose(shown(window)["reference-0"].energy_ev, before.energy_ev + 0.75)
    assert field.text() == "+0.75"
    scale = table.cellWidget(0, SCALE)
    scale.setFocus()
    scale.selectAll()
    QTest.keyClicks(scale, "0.002")
    QTest.keyClick(scale, Qt.Key.Key_Return)
    reference = window.workspace.session.references[0]
    assert (reference.scale, reference.statement) == (0.002, "")
    assert window.references._note.text() == ""
    assert window.workspace.undo_stack.undoText() == "scale reference"
    for _ in range(2):
        window.workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: shown(window)["reference-0"].energy_ev[0] == before.energy_ev[0], timeout=2000)


def test_the_fields_of_a_row_say_whose_they_are(qtbot, window, measured: Path) -> None:
    window.references.load_file(measured)
    qtbot.waitUntil(lambda: "reference-0" in shown(window), timeout=2000)
    table = window.references.table
    for column, name in ((SHIFT, "Shift / eV"), (SCALE, "Scale")):
        assert table.cellWidget(0, column).accessibleName() == f"{name}: {text(window, LABEL)}"


def test_words_for_numbers_are_refused_in_the_field(window, measured: Path) -> None:
    window.references.load_file(measured)
    field = window.references.table.cellWidget(0, SHIFT)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "a lot")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.property("invalid")
    assert "not a number" in field.toolTip()
    assert window.workspace.session.references[0].shift_ev == 0.0


def test_hide_rename_and_remove(qtbot, window, measured: Path) -> None:
    window.references.load_file(measured)
    table = window.references.table
    qtbot.waitUntil(lambda: "reference-0" in shown(window), timeout=2000)
    tick(window)
    assert not window.workspace.session.references[0].visible
    qtbot.waitUntil(lambda: not shown(window)["reference-0"].visible, timeout=2000)
    tick(window)
    assert window.workspace.session.references[0].visible
    table.item(0, LABEL).setText("HOPG, 20°")
    qtbot.waitUntil(lambda: shown(window)["reference-0"].label.startswith("HOPG, 20°"), timeout=2000)
    QTest.mouseClick(table.cellWidget(0, REMOVE), Qt.MouseButton.LeftButton)
    assert window.workspace.session.references == ()
    qtbot.waitUntil(lambda: "reference-0" not in shown(window), timeout=2000)
    assert window.references._stack.currentIndex() == 1


def test_bundled_tensor_follows_the_arrow(qtbot, window) -> None:
    panel = window.references
    assert panel.bundled() is not None
    QTest.mouseClick(panel.bundled_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "reference-0" in shown(window), timeout=2000)
    along_z = shown(window)["reference-0"]
    assert along_z.role == "computed"
    window.workspace.set_geometry(window.workspace.geometry.with_direction((1.0, 0.0, 0.0)))
    qtbot.waitUntil(lambda: not np.allclose(shown(window)["reference-0"].intensity, along_z.intensity), timeout=2000)
    tensor = window.workspace.session.references[0].tensor
    np.testing.assert_allclose(
        shown(window)["reference-0"].intensity, tensor.summed().components[0, 0] / 6, rtol=1e-6, atol=1e-9
    )


def test_a_reference_of_other_sites_says_so(qtbot, window) -> None:
    workspace = window.workspace
    whole = workspace.shown.prediction.tensor
    workspace.add_reference(ReferenceCurve(tensor=whole.select([2]), label="one site"))
    workspace.pick([0])
    qtbot.waitUntil(lambda: "one site · other site: 1" in [c.label for c in shown(window).values()], timeout=2000)
    workspace.pick([2])
    qtbot.waitUntil(lambda: "one site" in [c.label for c in shown(window).values()], timeout=2000)


def test_the_bundled_tensor_is_offered_once_and_leaves_with_the_example(qtbot, window, measured: Path) -> None:
    panel = window.references
    QTest.mouseClick(panel.bundled_button, Qt.MouseButton.LeftButton)
    assert panel.bundled_button.isVisible()
    assert not panel.bundled_button.isEnabled(), "it stays: another would come under the pointer"
    panel.load_file(measured)
    window.opening.open_example("styrene")
    assert [reference.label for reference in window.workspace.session.references] == ["film_20deg"]
    assert "belongs to Benzene" in window.plot_messages.text()
    assert window.plot_messages.severity == "info"
    assert panel.bundled_button.isVisible()
    qtbot.waitUntil(lambda: bool(window.workspace.shown.sites), timeout=5000)
    QTest.mouseClick(panel.bundled_button, Qt.MouseButton.LeftButton)
    assert "belongs to Benzene" in window.plot_messages.text()
    window.opening.open_example("pyridine")
    assert "belongs to Styrene" in window.plot_messages.text()


def test_a_narrow_table_needs_no_scroll_bar(qtbot, window, measured: Path) -> None:
    window.references.load_file(measured)
    table = window.references.table
    for width, pearson in ((1400, True), (1024, False)):
        window.resize(width, 668)
        window._layout.share_width()
        qtbot.waitUntil(lambda pearson=pearson: table.isColumnHidden(PEARSON) != pearson, timeout=2000)
        qtbot.waitUntil(lambda: table.horizontalScrollBar().maximum() == 0, timeout=2000)
        assert table.columnWidth(LABEL) > 70
        table.cellWidget(0, SCALE).set_value(0.001941)
        field = table.cellWidget(0, SCALE)
        assert field.fontMetrics().horizontalAdvance("0.001941") <= field.width() - 2 * 7 - 2
        assert window.width() == width


def test_a_spectrum_of_another_edge_is_told_of_and_not_drawn(qtbot, window, tmp_path: Path) -> None:
    before = window.plot.view_range()
    path = tmp_path / "iron.dat"
    path.write_text("\n".join(f"{7100 + k} {k / 10}" for k in range(100)), encoding="utf-8")
    window.references.load_file(path)
    qtbot.waitUntil(lambda: "iron lies at 7100 to 7199 eV, outside the prediction" in window.plot_messages.text())
    assert "reference-0" not in shown(window)
    assert not window.plot_messages.findChild(QToolButton, "message-show").isVisible()
    assert window.plot_messages.severity == "warning"
    assert window.plot.view_range() == before
    window.workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: "iron" not in window.plot_messages.text(), timeout=2000)


def test_a_spectrum_beside_the_prediction_can_be_looked_at(qtbot, window, tmp_path: Path) -> None:
    path = tmp_path / "moved.dat"
    path.write_text("\n".join(f"{340 + k} {k / 10}" for k in range(50)), encoding="utf-8")
    window.references.load_file(path)
    qtbot.waitUntil(lambda: "reference-0" in shown(window), timeout=2000)
    assert "so it is not in view" in window.plot_messages.text()
    button = window.plot_messages.findChild(QToolButton, "message-show")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    low, high = window.plot.view_range()[0]
    assert low < 340 < 389 < high


def test_doubtful_columns_are_asked_about(qtbot, window, tmp_path: Path) -> None:
    path = tmp_path / "raw.dat"
    path.write_text("\n".join(f"{280 + k} {k % 7} {k % 5} {k % 3}" for k in range(30)), encoding="utf-8")
    window.references.load_file(path)
    dialog = window.findChild(ColumnImportDialog)
    assert dialog.isVisible()
    dialog.intensity.setCurrentIndex(2)
    with qtbot.waitSignal(window.workspace.references_changed, timeout=2000):
        dialog.accept()
    np.testing.assert_allclose(window.workspace.session.references[0].spectrum.intensity, np.arange(30) % 5)


@pytest.mark.parametrize("ending", [".csv", ".h5"])
def test_curves_of_a_saved_table_come_back_in_their_colours_and_hidden_ones_hidden(
    window, measured: Path, tmp_path: Path, ending: str
) -> None:
    workspace, table = window.workspace, tmp_path / f"all{ending}"
    window.references.load_file(measured)
    workspace.curves.freeze()
    workspace.curves.set_look([Subject("reference", 0)], colour="#b46000")
    workspace.curves.rename(Subject("frozen", 0), "kept")
    workspace.curves.set_visible([Subject("frozen", 0)], False)
    window.exporting.write_data(table, hidden=True)
    window.references.load_file(table)
    first, again = workspace.session.references
    assert (again.look.colour, again.visible) == ("#b46000", True)
    assert [one.visible for one in workspace.session.frozen if one.look.name == "kept"] == [False, False]
    assert {one.visible for one in workspace.session.frozen if one.look.name != "kept"} == {True}
    assert {one.look.colour for one in workspace.session.frozen} == {""}
    workspace.curves.set_look([Subject("reference", 1)], colour="")
    told = [one.provenance for one in exported_spectra(workspace.shown, hidden=True) if one.kind == "measured"]
    assert [one.get("drawn_in_colour") for one in told] == [first.look.colour, None], "as they look now"


@pytest.mark.parametrize("content", [b"", b"\0\1\2" * 100, b"words only\n"])
def test_a_broken_file_ends_in_one_sentence(qtbot, window, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.dat"
    path.write_bytes(content)
    with qtbot.waitSignal(window.workspace.message, timeout=1000) as caught:
        window.references.load_file(path)
    assert caught.args[0].message
    assert caught.args[0].hint
    assert window.workspace.session.references == ()


def test_an_overlay_loaded_before_the_prediction_is_scaled_when_it_comes(qtbot, window, networks) -> None:
    workspace, grid = window.workspace, np.linspace(282.0, 300.0, 60)
    networks.gate.clear()
    window.opening.open_example("naphthalene")
    qtbot.waitUntil(lambda: workspace.shown.prediction is None, timeout=2000)
    counts = Spectrum(grid, 500 * np.exp(-((grid - 285) ** 2)), label="early", kind="measured")
    window.references.add(counts)
    assert not workspace.session.references[0].steps
    networks.gate.set()
    qtbot.waitUntil(lambda: bool(workspace.session.references[0].steps), timeout=5000)
    assert workspace.session.references[0].scale < 0.1


def test_a_curve_scaled_to_another_structure_says_so_until_it_is_fitted_again(window, measured, qtbot) -> None:
    window.references.load_file(measured)
    window.opening.open_example("pyridine")
    qtbot.waitUntil(lambda: window.workspace.shown.prediction is not None, timeout=5000)
    assert "still scaled to Benzene" in window.references._note.text()
    tip = window.references.table.cellWidget(0, SCALE).toolTip()
    assert tip.startswith("Scaled to the prediction of Benzene (sum of all 6 C · ε = (0.00, 0.00, 1.00), fake)")
    qtbot.waitUntil(lambda: any("scaled to Benzene" in curve.label for curve in window.plot.curves()), timeout=5000)
    qtbot.mouseClick(window.references.table.cellWidget(0, FIT), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "fitted to the prediction" in window.references._note.text(), timeout=30_000)
    qtbot.waitUntil(lambda: not any("Benzene" in curve.label for curve in window.plot.curves()), timeout=5000)


def test_the_tensor_of_another_molecule_says_whose_it_is(window, qtbot) -> None:
    window.opening.open_example("styrene")
    own, other = (find_example(name).references[0] for name in ("styrene", "benzene"))
    window.references.load_file(own)
    assert window.references._note.text() == ""
    window.references.load_file(other)
    assert "was computed for benzene" in window.plot_messages.text()
    assert "computed for benzene" in window.references._note.text()
    qtbot.waitUntil(lambda: any("benzene" in curve.label for curve in window.plot.curves()), timeout=5000)


def test_an_export_of_another_training_says_that_the_network_has_changed(window, tmp_path: Path) -> None:
    path, told = tmp_path / "old.csv", []
    header = "# network: c_k_edge_tensor\n# network_version: 2026-01-01\n# network_hash: 0123456789ab\n"
    rows = "\n".join(f"{energy},{0.1 + 0.01 * energy}" for energy in range(280, 300))
    path.write_text(f"{header}energy_ev,sum\n{rows}\n", encoding="utf-8")
    window.workspace.message.connect(told.append)
    window.references.load_file(path)
    (notice,) = [one for one in told if one.kind == "reference-network"]
    assert notice.message.startswith("old: It was made with another c_k_edge_tensor (2026-01-01, weights 0123456789ab)")
