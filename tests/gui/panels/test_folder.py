"""The Folder panel in the real window: many structures predicted, sorted, compared, drawn, opened, exported."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from tests.film_files import ENERGY_EV as FILM_EV
from tests.film_files import THETAS_DEG, write_spectra
from tests.gui.fake_networks import ENERGY_EV, FakeNetworks, FakePredictor, site_tensor
from xanesview import api
from xanesview.cli.main import main
from xanesview.errors import XanesviewError
from xanesview.gui.panels.folder import table as table_module
from xanesview.gui.panels.folder.model import FORMULA, MISFIT, NAME, PLACE, SITES, SPARK, SPECTRUM, WARNINGS
from xanesview.gui.session import jobs as jobs_module
from xanesview.gui.session.jobs import DONE, STOPPED
from xanesview.io.examples import find_example

LEFT = Qt.MouseButton.LeftButton
NAMES = ("benzene", "formaldehyde", "naphthalene", "pyridine", "thiophene", "toluene")
SHIFT_EV, FACTOR = 0.2, 30.0


def own_line(n_atoms: int) -> np.ndarray:
    """Spectrum (E,) that tells structures apart: a line that moves with the number of atoms."""
    return 0.4 * np.exp(-0.5 * ((ENERGY_EV - 286.0 - 0.3 * n_atoms) / 0.5) ** 2)


def mean_of(atoms: range, n_atoms: int) -> np.ndarray:
    """The average over directions (E,) of some carbons of a structure."""
    return np.mean([site_tensor(atom)[:3].mean(axis=0) for atom in atoms], axis=0) + own_line(n_atoms)


TOLUENE = mean_of(range(7), 15)


class TellingPredictor(FakePredictor):
    """Gives each structure a line of its own."""

    def predict(self, structure, sites, **how):
        """Answer as the other, and a line in all directions."""
        found = super().predict(structure, sites, **how)
        components, members = np.array(found.tensor.components), np.array(found.tensor.members)
        components[:, :3] += own_line(structure.n_atoms)
        members[:, :, :3] += own_line(structure.n_atoms)
        return replace(found, tensor=replace(found.tensor, components=components, members=members))


class TellingNetworks(FakeNetworks):
    """The same networks, which tell structures apart."""

    def load(self, name: str) -> TellingPredictor:
        """A predictor by name."""
        return TellingPredictor(self.card(name), self)


@pytest.fixture
def networks() -> TellingNetworks:
    """Of the window."""
    return TellingNetworks()


@pytest.fixture
def folder(tmp_path):
    """Six molecules, a file that is cut off, and one that is no structure."""
    place = tmp_path / "candidates"
    place.mkdir()
    for name in NAMES:
        shutil.copy(find_example(name).path, place / f"{name}.extxyz")
    (place / "cut.xyz").write_text("5\n\nC 0 0\n")
    (place / "notes.txt").write_text("by hand\n")
    return place


@pytest.fixture
def measured(tmp_path):
    """A file as if toluene, whose carbons are its first seven atoms, had been measured: moved, scaled, with noise."""
    values = TOLUENE
    noise = 0.02 * values.max() * np.random.default_rng(2).standard_normal(len(ENERGY_EV))
    path = tmp_path / "unknown.dat"
    np.savetxt(path, np.column_stack([ENERGY_EV + SHIFT_EV, FACTOR * (values + noise) + 4.0]))
    return path


@pytest.fixture
def panel(benzene_window, folder, qtbot):
    """The panel in front with the folder predicted."""
    benzene_window.opening.open_paths([folder])
    found = benzene_window.tabs["Folder"]
    qtbot.waitUntil(lambda: bool(found.candidates.rows) and not found.candidates.is_busy, timeout=20_000)
    return found


@pytest.fixture
def compared(panel, measured, benzene_window, qtbot):
    """The panel with the order of the measured curve."""
    benzene_window.opening.open_paths([measured])
    qtbot.waitUntil(lambda: panel.ranking.ranking is not None, timeout=30_000)
    benzene_window.tabs.show("Folder")
    return panel


def column(panel, which: int) -> list[str]:
    model = panel.table.rows
    return [model.index(place, which).data() for place in range(model.rowCount())]


def click_heading(panel, which: int) -> None:
    header = panel.table.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(which) + 8, header.height() // 2)
    QTest.mouseClick(header.viewport(), LEFT, pos=at)


def double_click(panel, place: int) -> None:
    table = panel.table
    at = table.visualRect(table.rows.index(place, NAME)).center()
    QTest.mouseClick(table.viewport(), LEFT, pos=at)
    QTest.mouseDClick(table.viewport(), LEFT, pos=at)


def candidates_on_plot(window) -> list:
    QApplication.processEvents()
    return [curve for curve in window.plot.curves() if curve.key.startswith("candidate")]


def test_an_empty_panel_says_what_it_is_for_and_opens_a_folder(benzene_window, folder, monkeypatch, qtbot):
    benzene_window.tabs.show("Folder")
    panel = benzene_window.tabs["Folder"]
    assert "order in which they fit" in panel._empty_text.text()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    QTest.mouseClick(panel.first_button, LEFT)
    qtbot.waitUntil(lambda: len(panel.candidates.rows) == len(NAMES) + 1)
    qtbot.waitUntil(lambda: not panel.candidates.is_busy, timeout=20_000)


def test_a_dropped_folder_is_predicted_as_a_table_with_reasons_for_what_is_missing(benzene_window, folder, qtbot):
    window, data = benzene_window, QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    window.dropEvent(QDropEvent(
        QPointF(300, 300), Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier
    ))  # fmt: skip
    qtbot.waitUntil(lambda: window.workspace.candidates.done == len(NAMES) + 1, timeout=20_000)
    panel = window.tabs["Folder"]
    assert panel.isVisible()
    assert column(panel, NAME) == sorted((*NAMES, "cut"))
    at = column(panel, NAME).index("toluene")
    assert (column(panel, FORMULA)[at], column(panel, SITES)[at]) == ("C7H8", "7")
    assert "cut.xyz" in column(panel, WARNINGS)[column(panel, NAME).index("cut")]
    spark = panel.table.rows.index(at, SPECTRUM).data(SPARK)
    drawn = np.interp(np.linspace(280.0, 320.0, len(spark)), ENERGY_EV, TOLUENE)
    np.testing.assert_allclose(spark, drawn / drawn.max(), atol=1e-6)
    assert "1 can't be predicted" in panel.told.toolTip()
    assert window.workspace.structure.name == "Benzene", "what is shown stays"


def test_more_files_than_anybody_wants_tabs_of_become_a_table(benzene_window, folder, qtbot):
    window = benzene_window
    many = []
    for number in range(24):
        many.append(folder / f"copy{number}.extxyz")
        shutil.copy(folder / "formaldehyde.extxyz", many[-1])
    window.opening.open_paths(many)
    qtbot.waitUntil(lambda: window.workspace.candidates.done == 24, timeout=20_000)
    assert len(window.workspace.session.structures) == 1
    names = column(window.tabs["Folder"], NAME)
    assert names.index("copy9") < names.index("copy10"), "numbers count as numbers"


def test_a_batch_stands_among_the_jobs_and_is_stopped_there_with_what_it_has(
    benzene_window, folder, networks, qtbot, monkeypatch
):
    monkeypatch.setattr(jobs_module, "MOMENT_MS", 0)
    window = benzene_window
    networks.gate.clear()
    window.opening.open_paths([folder])
    qtbot.waitUntil(lambda: len(window.workspace.candidates.rows) == len(NAMES) + 1)
    job = next(job for job in window.workspace.jobs.jobs if job.name == "Predict the structures of candidates")
    panel = window.tabs["Folder"]
    qtbot.waitUntil(panel.stop_button.isVisible)
    assert column(panel, WARNINGS)[0] == "waiting"
    job.stop()
    qtbot.waitUntil(lambda: job.state == STOPPED)
    networks.gate.set()
    assert not window.workspace.candidates.is_busy
    assert not panel.stop_button.isVisible()
    assert len(panel.candidates.rows) == len(NAMES) + 1


def test_the_window_goes_first_while_a_batch_runs(benzene_window, folder, networks, qtbot):
    window = benzene_window
    networks.gate.clear()
    window.opening.open_paths([folder])
    qtbot.waitUntil(lambda: len(window.workspace.candidates.rows) > 0)
    window.opening.open_example("thiophene")
    networks.gate.set()
    qtbot.waitUntil(lambda: window.workspace.shown.prediction is not None, timeout=20_000)
    qtbot.waitUntil(lambda: not window.workspace.candidates.is_busy, timeout=20_000)
    assert sum(row.found is not None for row in window.workspace.candidates.rows) == len(NAMES)


def test_a_click_on_a_heading_sorts_and_what_is_unknown_stays_at_the_end(panel):
    click_heading(panel, SITES)
    assert column(panel, SITES)[:-1] == sorted(column(panel, SITES)[:-1], key=int)
    click_heading(panel, SITES)
    sites = [int(text) for text in column(panel, SITES)[:-1]]
    assert sites == sorted(sites, reverse=True)
    assert column(panel, NAME)[-1] == "cut"


def test_small_pictures_are_drawn_once_each(panel, qtbot, monkeypatch):
    qtbot.waitUntil(lambda: not panel.table._draw_timer.isActive())
    assert panel.table._pictures, "those in sight"
    monkeypatch.setattr(table_module, "structure_picture", lambda *_: pytest.fail("drawn again"))
    click_heading(panel, NAME)
    click_heading(panel, NAME)
    shown = set(panel.table._pictures)
    panel.table.viewport().repaint()
    assert shown <= set(panel.table._pictures)


def test_selected_rows_lie_on_the_plot_as_high_as_what_is_drawn_beside(panel, benzene_window, qtbot):
    place = column(panel, NAME).index("toluene")
    at = panel.table.visualRect(panel.table.rows.index(place, NAME)).center()
    QTest.mouseClick(panel.table.viewport(), LEFT, pos=at)
    (curve,) = candidates_on_plot(benzene_window)
    assert curve.label == "toluene"
    np.testing.assert_allclose(curve.intensity, TOLUENE, atol=1e-6)
    benzene_window.workspace.set_per_atom(False)
    (curve,) = candidates_on_plot(benzene_window)
    n = benzene_window.workspace.shown.n_atoms
    np.testing.assert_allclose(curve.intensity, n * TOLUENE, atol=1e-6)
    QTest.keyClick(panel.table, Qt.Key.Key_Escape)
    assert candidates_on_plot(benzene_window) == []


def test_a_kept_curve_stays_in_one_step_that_undoes(panel, benzene_window):
    panel.table.select_rows([panel.table.rows.number(k) for k in range(2)])
    assert len(candidates_on_plot(benzene_window)) == 2 - (column(panel, NAME)[1] == "cut")
    steps = benzene_window.workspace.undo_stack.count()
    QTest.mouseClick(panel.keep_button, LEFT)
    assert candidates_on_plot(benzene_window) == []
    assert [one.spectrum.label for one in benzene_window.workspace.session.frozen] == ["benzene"]
    assert benzene_window.workspace.undo_stack.count() == steps + 1
    benzene_window.workspace.undo_stack.undo()
    assert not benzene_window.workspace.session.frozen


def test_a_double_click_opens_the_structure(panel, benzene_window, qtbot):
    place = column(panel, NAME).index("pyridine")
    double_click(panel, place)
    qtbot.waitUntil(lambda: benzene_window.workspace.structure.formula == "C5H5N")
    assert len(panel.candidates.rows) == len(NAMES) + 1, "the table stays"
    assert panel.isVisible()


def test_a_measured_curve_puts_them_in_order_and_says_what_can_be_told(compared, benzene_window):
    assert column(compared, NAME)[0] == "toluene"
    assert column(compared, PLACE)[0] == "1"
    first = compared.ranking.ranking.ranked[0]
    assert first.shift_ev == pytest.approx(SHIFT_EV, abs=0.051)
    assert first.scale == pytest.approx(FACTOR, rel=0.05)
    assert compared.told.text() == compared.ranking.ranking.verdict()
    assert compared.told.text().startswith("toluene fits best")
    tied = [text for text in column(compared, PLACE) if text.startswith("≈")]
    assert len(tied) == len(compared.ranking.ranking.tied()) - 1
    assert f"{100 * first.misfit:.1f} ± {100 * first.error:.1f}" == column(compared, MISFIT)[0]
    assert column(compared, MISFIT)[-1] == "", "what can't be predicted has none"


@pytest.mark.parametrize("width", [1100, 1600])
def test_names_have_room_beside_the_columns_of_a_ranking(compared, benzene_window, qtbot, width) -> None:
    benzene_window.resize(width, 800)
    qtbot.wait(50)
    table = compared.table
    assert table.columnWidth(NAME) >= 160
    needed = sum(table.columnWidth(column) for column in range(table.model().columnCount()))
    assert needed <= table.viewport().width() + 1


def test_it_is_the_order_that_the_command_line_writes(compared, folder, measured, tmp_path, monkeypatch, capsys):
    networks = TellingNetworks()
    monkeypatch.setattr(api, "predictor_of", lambda *_: networks.load("fake"))
    listed = tmp_path / "list.json"
    assert main(["rank", str(measured), str(folder), "--out", str(listed)]) == 0
    lines = json.loads(listed.read_text())
    table = tmp_path / "window.csv"
    compared.export(table)
    rows = [row for row in csv.DictReader(table.open()) if row["misfit"]]
    assert [row["name"] for row in rows] == [line["name"] for line in lines["ranked"]]
    for row, line in zip(rows, lines["ranked"], strict=True):
        for field in ("misfit", "error", "shift_ev", "added_fwhm_ev", "scale", "edge_step"):
            assert float(row[field]) == pytest.approx(line[field], rel=1e-6), field
        assert row["tied_with_best"] == str(line["tied_with_best"])
        assert row["structure_hash"] == line["structure_hash"]
    assert compared.told.text() == lines["verdict"]


def test_a_series_of_angles_is_compared_as_a_whole_with_the_light_of_each(
    panel, folder, benzene_window, qtbot, tmp_path, monkeypatch
):
    weights = [np.array([np.sin(t) ** 2, 0.0, np.cos(t) ** 2]) for t in np.deg2rad(THETAS_DEG)]
    mean = np.mean([site_tensor(atom)[:3] for atom in range(7)], axis=0) + own_line(15)
    rows = np.array([np.interp(FILM_EV, ENERGY_EV, 3.0 * w @ mean) for w in weights])
    paths = write_spectra(tmp_path, rows)
    benzene_window.opening.open_paths(paths)
    qtbot.waitUntil(lambda: panel.ranking.ranking is not None, timeout=30_000)
    benzene_window.tabs.show("Folder")
    assert panel.ranking.thetas_deg == tuple(sorted(THETAS_DEG))
    assert "angles" in panel.against.currentText()
    assert panel.thetas.text() == "θ 20, 40, 55, 70, 90"
    first = panel.ranking.ranking.ranked[0]
    assert (first.name, len(first.fitted)) == ("toluene", len(THETAS_DEG))
    QTest.mouseClick(panel.best_button, LEFT)
    own = [curve for curve in candidates_on_plot(benzene_window) if curve.label == "toluene"]
    assert len(own) == len(THETAS_DEG)
    assert all(curve.angle_share is not None for curve in own)
    networks, listed = TellingNetworks(), tmp_path / "list.json"
    monkeypatch.setattr(api, "predictor_of", lambda *_: networks.load("fake"))
    angles = ",".join(f"{theta:g}" for theta in THETAS_DEG)
    files = [str(path) for path in paths]
    assert main(["rank", *files, str(folder), "--theta", angles, "--out", str(listed)]) == 0
    lines = {line["name"]: line for line in json.loads(listed.read_text())["ranked"]}
    for one in panel.ranking.ranking.ranked:
        assert one.misfit == pytest.approx(lines[one.name]["misfit"], abs=2e-5)
        assert one.shift_ev == pytest.approx(lines[one.name]["shift_ev"], abs=1e-3)


def test_the_best_are_laid_over_the_measured_curve_as_it_is_drawn(compared, benzene_window):
    QTest.mouseClick(compared.best_button, LEFT)
    curves = candidates_on_plot(benzene_window)
    assert curves[0].label == "toluene"
    assert len(curves) >= 3
    drawn = benzene_window.workspace.shown.references[0].spectrum
    at = np.interp(curves[0].energy_ev, drawn.energy_ev, drawn.intensity)
    left = np.sum((curves[0].intensity - at) ** 2) / np.sum((at - at.mean()) ** 2)
    assert np.sqrt(left) == pytest.approx(compared.ranking.ranking.ranked[0].misfit, rel=0.2)


def test_curves_laid_over_a_measured_one_are_kept_as_references(compared, benzene_window):
    workspace = benzene_window.workspace
    compared.table.select_rows([compared.table.rows.number(0)])
    (drawn,) = candidates_on_plot(benzene_window)
    QTest.mouseClick(compared.keep_button, LEFT)
    kept = workspace.session.references[-1]
    assert kept.label == "toluene"
    np.testing.assert_allclose(kept.spectrum.intensity, drawn.intensity)
    assert compared.ranking.target.places == (0,), "a curve that was kept is not what is compared with"
    workspace.undo_stack.undo()
    assert len(workspace.session.references) == 1


def test_a_range_and_mixtures_are_chosen_and_compared_anew(compared, qtbot):
    before, form = compared.ranking.ranking, compared.options.form
    compared.options.menu().popup(compared.mapToGlobal(QPoint(0, 0)))
    form.range.setFocus()
    QTest.keyClicks(form.range, "283-300")
    QTest.keyClick(form.range, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: compared.ranking.ranking not in (before, None), timeout=30_000)
    energy = compared.ranking.ranking.measured[0].energy_ev
    assert (energy[0] >= 283.0, energy[-1] <= 300.0) == (True, True)
    form.range.setFocus()
    form.range.clear()
    QTest.keyClicks(form.range, "300-283")
    QTest.keyClick(form.range, Qt.Key.Key_Tab)
    assert form.range.property("invalid")
    compared.options.menu().close()


def test_a_mixture_has_a_row_of_its_own_with_its_fractions(panel, tmp_path, benzene_window, qtbot):
    path, other = tmp_path / "mixed.dat", mean_of(range(1), 4)  # of formaldehyde
    np.savetxt(path, np.column_stack([ENERGY_EV, 20.0 * (0.7 * TOLUENE + 0.3 * other)]))
    benzene_window.opening.open_paths([path])
    qtbot.waitUntil(lambda: panel.ranking.ranking is not None, timeout=30_000)
    benzene_window.tabs.show("Folder")
    choice = panel.options.form.mixtures
    panel.options.menu().popup(panel.mapToGlobal(QPoint(0, 0)))
    QTest.keyClick(choice, Qt.Key.Key_Down)
    choice.activated.emit(choice.currentIndex())
    panel.options.menu().close()
    assert panel.ranking.settings.most_mixed == 2
    qtbot.waitUntil(lambda: panel.table.rows.rowCount() == len(NAMES) + 2, timeout=30_000)
    (mixture,) = panel.ranking.ranking.mixtures
    assert column(panel, NAME)[0] == mixture.name
    assert [one.name for one in mixture.candidates] == ["toluene", "formaldehyde"]
    assert mixture.fractions[0] == pytest.approx(0.7, abs=0.05)
    QTest.mouseClick(panel.best_button, LEFT)
    assert candidates_on_plot(benzene_window)[0].label == mixture.name
    double_click(panel, 0)
    assert benzene_window.workspace.structure.name == "Benzene", "a mixture is no structure"


def test_a_mixture_that_cannot_be_told_from_the_best_is_marked(folder, request, tmp_path, qtbot):
    shutil.copy(find_example("formaldehyde").path, folder / "twin.extxyz")
    panel, window = request.getfixturevalue("panel"), request.getfixturevalue("benzene_window")
    panel.ranking.change(most_mixed=2)
    path = tmp_path / "mixed.dat"
    np.savetxt(path, np.column_stack([ENERGY_EV, 20.0 * (0.7 * TOLUENE + 0.3 * mean_of(range(1), 4))]))
    window.opening.open_paths([path])
    qtbot.waitUntil(lambda: panel.ranking.ranking is not None, timeout=30_000)
    names, places = column(panel, NAME), column(panel, PLACE)
    marked = {name: place for name, place in zip(names, places, strict=True) if "+" in place}
    assert list(marked.values()) == ["+", "≈ +"]
    assert {"formaldehyde", "twin"} == {name.split()[-1] for name in marked}
    assert "A mixture fits better: " in panel.told.text()
    assert "can't be told from it." in panel.told.text()
    assert "can't be told" in panel.table.rows.index(places.index("≈ +"), NAME).data(Qt.ItemDataRole.ToolTipRole)


def test_an_angle_is_typed_and_a_wrong_one_marked(compared, qtbot):
    before, field = compared.ranking.ranking, compared.thetas
    field.setFocus()
    QTest.keyClicks(field, "20, 90")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.property("invalid"), "one curve, two angles"
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "0°")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: compared.ranking.ranking not in (before, None), timeout=30_000)
    (spectrum,) = compared.ranking.ranking.ranked[0].candidates[0].spectra
    assert spectrum.intensity[np.argmin(np.abs(spectrum.energy_ev - 285.2))] > 0.9, "along z stands π* alone"


def test_without_a_curve_to_compare_with_the_order_goes(compared, benzene_window, qtbot):
    benzene_window.workspace.remove_reference(0)
    qtbot.waitUntil(lambda: compared.ranking.ranking is None)
    assert not compared.best_button.isVisible()
    assert "Ctrl+L" in compared.told.text()
    benzene_window.workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: compared.ranking.ranking is not None, timeout=30_000)


def test_comparing_is_a_job_that_ends_with_the_verdict(panel, measured, benzene_window, qtbot, monkeypatch):
    monkeypatch.setattr(jobs_module, "MOMENT_MS", 0)
    benzene_window.opening.open_paths([measured])
    qtbot.waitUntil(lambda: panel.ranking.ranking is not None, timeout=30_000)
    job = next(job for job in benzene_window.workspace.jobs.jobs if job.name.startswith("Compare 6 structures"))
    assert (job.state, job.sentence) == (DONE, panel.told.text())


def test_a_comparison_that_fails_says_so_outside_the_panel_too(panel, measured, benzene_window, qtbot, monkeypatch):
    def refused(*_arguments, **_choices):
        raise XanesviewError("Nothing can be compared.", "Choose another range.")

    monkeypatch.setattr("xanesview.domain.ranking.ranking.rank", refused)
    told = []
    benzene_window.workspace.message.connect(told.append)
    benzene_window.opening.open_paths([measured])
    qtbot.waitUntil(lambda: any(notice.kind == "ranking" for notice in told), timeout=30_000)
    assert panel.ranking.problem == "Nothing can be compared. Choose another range."


def test_a_table_of_one_network_is_predicted_anew_with_that_of_the_window(panel, benzene_window, qtbot):
    assert not panel.anew_button.isVisible()
    benzene_window.workspace.set_network("isotropic")
    assert panel.anew_button.text() == "Predict with isotropic"
    QTest.mouseClick(panel.anew_button, LEFT)
    qtbot.waitUntil(
        lambda: panel.candidates.network == "isotropic" and not panel.candidates.is_busy, timeout=20_000
    )
    assert panel.candidates.done == len(NAMES) + 1
    assert not panel.anew_button.isVisible()


def test_all_frames_of_the_file_that_is_shown_are_offered(benzene_window, tmp_path, qtbot):
    frames = tmp_path / "path.xyz"
    block = "3\nframe\nC 0 0 {z}\nO 0 0 1.2\nH 0.9 0 -0.5\n"
    frames.write_text("".join(block.format(z=0.02 * k) for k in range(5)))
    benzene_window.opening.open_paths([frames])
    benzene_window.tabs.show("Folder")
    panel = benzene_window.tabs["Folder"]
    qtbot.waitUntil(panel.frames_button.isVisible)
    assert panel.frames_button.text() == "All 5 of path.xyz"
    QTest.mouseClick(panel.frames_button, LEFT)
    qtbot.waitUntil(lambda: panel.candidates.done == 5, timeout=20_000)
    assert column(panel, NAME) == [f"path {k}" for k in range(1, 6)]


def test_a_folder_without_structures_is_told(benzene_window, tmp_path, qtbot):
    empty = tmp_path / "empty"
    empty.mkdir()
    benzene_window.opening.open_paths([empty])
    qtbot.waitUntil(lambda: "no structure in" in benzene_window.plot_messages.text())
    assert not benzene_window.workspace.candidates.is_busy


def test_closing_the_window_amid_a_batch_leaves_nothing_behind(benzene_window, folder, networks, qtbot):
    networks.gate.clear()
    benzene_window.opening.open_paths([folder])
    qtbot.waitUntil(lambda: len(benzene_window.workspace.candidates.rows) > 0)
    benzene_window.close()
    networks.gate.set()
