"""The Properties tab in the real window: what is read, what is grey, what is outside, what can't be read."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import QMargins, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from tests.gui.acting import LIVELY_MS, longest_pause_ms
from xanesview.domain.session import ReferenceCurve
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.theme import colours
from xanesview.gui.panels.properties import panel as module
from xanesview.gui.panels.properties.table import ERROR, PROPERTY, R2, UNIT, VALUE
from xanesview.inference.property_reader import PropertyReading, PropertyValue


class FakeReader:
    """Says how high the mean is where it counts; the dipole moment can't be read without the composition."""

    def __init__(self) -> None:
        self.asked: list[tuple[Spectrum, str, object]] = []
        self.threads: set[str] = set()
        self.reasons: tuple[str, ...] = ()
        self.error: XanesviewError | None = None
        self.gate = threading.Event()
        self.gate.set()

    def read(self, spectrum: Spectrum, kind: str, numbers=None) -> PropertyReading:
        """Answer like a bundle does."""
        self.gate.wait(10)
        self.asked.append((spectrum, kind, numbers))
        self.threads.add(threading.current_thread().name)
        if self.error is not None:
            raise self.error
        gap = PropertyValue("gap_ev", "HOMO–LUMO gap", "eV", 5.4321, 0.88, 0.8)
        dipole = PropertyValue(
            "dipole_moment_debye", "dipole moment", "D", -0.004, 1.1, 0.0 if numbers is None else 0.6
        )
        words = "93 predicted test spectra"
        return PropertyReading(
            kind, (gap, dipole), self.reasons, 284.03, 0.9 if spectrum.kind == "measured" else 0.0, words
        )


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> FakeReader:
    """Put a reader in place of the networks."""
    fake = FakeReader()
    monkeypatch.setattr(module, "_load_reader", lambda: fake)
    return fake


def opened(window, qtbot):
    """Bring the tab to the front, as a click on it does, and return its panel."""
    dock = window.docks["Properties"]
    dock.show()
    dock.raise_()
    qtbot.waitUntil(lambda: dock.widget().panel is not None and dock.widget().panel.isVisible(), timeout=3000)
    return dock.widget().panel


@pytest.fixture
def panel(reader: FakeReader, benzene_window, qtbot):
    """The tab in front, benzene read once."""
    found = opened(benzene_window, qtbot)
    qtbot.waitUntil(lambda: found.table.rowCount() == 2, timeout=5000)
    return found


def row(panel, number: int) -> list[str]:
    return [panel.table.item(number, column).text() for column in (PROPERTY, VALUE, ERROR, UNIT, R2)]


def chips(panel) -> list[str]:
    return [chip.text for chip in panel.chips.chips]


def measured() -> ReferenceCurve:
    energy = np.linspace(280.0, 310.0, 121)
    curve = np.exp(-0.5 * ((energy - 285.0) / 0.5) ** 2) + 0.4 / (1 + np.exp(289.0 - energy))
    return ReferenceCurve(spectrum=Spectrum(energy, 1e4 * curve, label="film", kind="measured"), label="film")


def test_values_stand_with_their_errors(panel, monkeypatch) -> None:
    assert row(panel, 0) == ["HOMO–LUMO gap", "5.43", "± 0.88", "eV", "0.80"]
    assert row(panel, 1) == ["dipole moment", "0.0", "± 1.1", "D", "0.60"]
    assert "Threshold 284.0 eV" in panel.note.text()
    assert "93 predicted test spectra" in panel.note.text()
    monkeypatch.setattr(panel, "width", lambda: 220)  # narrower than the table lets it become here
    panel.resize(panel.size().grownBy(QMargins(0, 0, 1, 0)))
    assert panel.note.text().endswith("…"), "what has no room ends in an ellipsis"
    assert "93 predicted test spectra" in panel.note.toolTip()


def test_the_isotropic_mean_of_the_molecule_is_read(panel, reader, benzene_window) -> None:
    spectrum, kind, numbers = reader.asked[-1]
    tensor = benzene_window.workspace.shown.prediction.tensor
    np.testing.assert_allclose(spectrum.intensity, tensor.isotropic().mean(axis=0))
    assert kind == "molecule"
    assert sorted(numbers.tolist()) == [1] * 6 + [6] * 6
    assert "isotropic average" in chips(panel)
    assert all("MainThread" not in name for name in reader.threads)


def test_what_can_t_be_read_is_grey_and_says_why(panel, reader, qtbot) -> None:
    QTest.mouseClick(panel.known, Qt.MouseButton.LeftButton, pos=panel.known.rect().center() / 4)
    qtbot.waitUntil(lambda: row(panel, 1)[-1] == "0.00", timeout=5000)
    assert reader.asked[-1][2] is None
    item = panel.table.item(1, VALUE)
    assert item.foreground().color() == QColor(colours(panel).faint)
    assert not item.flags() & Qt.ItemFlag.ItemIsEnabled
    assert "R² 0.00" in item.toolTip()
    assert "Don't use" in item.toolTip()
    assert panel.table.item(0, VALUE).flags() & Qt.ItemFlag.ItemIsEnabled
    assert "Grey: R² < 0.5, don't use (1)" in panel.note.text()


def test_turning_the_arrow_reads_nothing_anew(panel, reader, benzene_window, qtbot) -> None:
    before = len(reader.asked)
    workspace = benzene_window.workspace
    workspace.set_geometry(workspace.geometry.with_direction((1.0, 0.0, 0.0)))
    qtbot.wait(200)
    assert len(reader.asked) == before


def test_one_picked_site_can_be_read(panel, reader, benzene_window, qtbot) -> None:
    assert panel.part.itemText(0) == "whole molecule"
    assert panel.part.itemText(2) == "C2"
    panel.part.setCurrentIndex(2)
    qtbot.waitUntil(lambda: reader.asked[-1][1] == "site", timeout=5000)
    tensor = benzene_window.workspace.shown.prediction.tensor
    site = [k for k, z in enumerate(benzene_window.workspace.structure.numbers) if z == 6][1]
    np.testing.assert_allclose(reader.asked[-1][0].intensity, tensor.select([site]).isotropic()[0])


def test_a_measured_reference_can_be_read(panel, reader, benzene_window, qtbot) -> None:
    benzene_window.workspace.add_reference(measured())
    qtbot.waitUntil(lambda: panel.source.count() == 2, timeout=5000)
    assert panel.source.currentIndex() == 0
    panel.source.setCurrentIndex(1)
    qtbot.waitUntil(lambda: reader.asked[-1][0].kind == "measured", timeout=5000)
    qtbot.waitUntil(lambda: "broadened by 0.9 eV" in chips(panel), timeout=5000)
    hint = next(chip for chip in panel.chips.chips if chip.text == "isotropic?")
    assert "oriented sample would mislead" in hint.detail
    benzene_window.workspace.remove_reference(0)
    qtbot.waitUntil(lambda: panel.source.count() == 1 and reader.asked[-1][0].kind == "predicted", timeout=5000)


def test_outside_the_training_domain_is_told(panel, reader, qtbot) -> None:
    reader.reasons = ("40 C atoms; at most 22 in the training data",)
    panel.part.setCurrentIndex(1)
    qtbot.waitUntil(lambda: any(text.startswith("outside training: 40 C atoms") for text in chips(panel)), timeout=5000)
    chip = next(chip for chip in panel.chips.chips if chip.severity == "warning")
    assert "may be wrong by more than their errors" in chip.detail


def test_a_prediction_that_is_outside_is_told_too(reader, networks, benzene_window, qtbot) -> None:
    networks.outside = ["the networks disagree"]
    benzene_window.workspace.set_network("isotropic")
    qtbot.waitUntil(lambda: benzene_window.workspace.shown.predicted_sites >= {0, 1, 2, 3, 4, 5}, timeout=5000)
    panel = opened(benzene_window, qtbot)
    qtbot.waitUntil(lambda: any(chip.severity == "warning" for chip in panel.chips.chips), timeout=5000)
    assert "itself outside training at 6 of 6 sites: the networks disagree" in panel.chips.chips[0].detail


def test_a_refusal_stands_in_place_of_the_table(panel, reader, qtbot) -> None:
    reader.error = XanesviewError("The spectrum ends 8.0 eV above its threshold; 15.9 eV are needed.", "Reach further.")
    panel.part.setCurrentIndex(1)
    qtbot.waitUntil(panel.empty.isVisible, timeout=5000)
    assert panel.empty.text() == "The spectrum ends 8.0 eV above its threshold; 15.9 eV are needed.\nReach further."
    reader.error = None
    panel.part.setCurrentIndex(0)
    qtbot.waitUntil(panel.table.isVisible, timeout=5000)


def test_another_edge_is_refused(panel, benzene_window, qtbot) -> None:
    benzene_window.workspace.set_network("nitrogen")
    qtbot.waitUntil(panel.empty.isVisible, timeout=5000)
    assert "Properties are read from C K-edge spectra" in panel.empty.text()


def test_without_a_structure_it_says_what_to_do(reader, window, qtbot) -> None:
    panel = opened(window, qtbot)
    qtbot.waitUntil(panel.empty.isVisible, timeout=5000)
    assert "Open a molecule" in panel.empty.text()
    assert not panel.known.isEnabled()
    assert not reader.asked


def test_the_newest_question_wins(panel, reader, qtbot) -> None:
    reader.gate.clear()
    asked = len(reader.asked)
    panel.part.setCurrentIndex(1)
    qtbot.waitUntil(lambda: panel._readings.is_busy, timeout=5000)
    for index in (2, 3, 0):
        panel.part.setCurrentIndex(index)
        panel.refresh()
    assert len(reader.asked) == asked
    reader.gate.set()
    qtbot.waitUntil(lambda: not panel._readings.is_busy, timeout=5000)
    assert len(reader.asked) <= asked + 2
    assert reader.asked[-1][1] == "molecule"


def test_stop_gives_the_reading_up_and_the_window_stays_responsive(reader, benzene_window, qtbot) -> None:
    reader.gate.clear()
    found = opened(benzene_window, qtbot)
    qtbot.waitUntil(lambda: found._readings.is_busy)
    assert longest_pause_ms(benzene_window, qtbot) < LIVELY_MS
    benzene_window.named_actions["cancel"].trigger()
    assert found.empty.text().startswith("Stopped.")
    reader.gate.set()
    qtbot.waitUntil(lambda: not found._readings.is_busy)
    assert found.table.rowCount() == 0
    benzene_window.docks["Properties"].hide()
    qtbot.waitUntil(lambda: not found.isVisible())
    opened(benzene_window, qtbot)
    qtbot.waitUntil(lambda: found.table.rowCount() == 2, timeout=5000)


def test_a_structure_without_carbon_is_not_what_a_measured_spectrum_is_of(
    panel, reader, benzene_window, qtbot, tmp_path
) -> None:
    water = tmp_path / "water.xyz"
    water.write_text("3\n\nO 0 0 0.12\nH 0 0.76 -0.48\nH 0 -0.76 -0.48\n")
    benzene_window.opening.open_file(water)
    benzene_window.workspace.add_reference(measured())
    qtbot.waitUntil(lambda: panel.source.count() == 2, timeout=5000)
    panel.source.setCurrentIndex(1)
    qtbot.waitUntil(lambda: "structure without carbon" in chips(panel), timeout=5000)
    assert reader.asked[-1][2] is None
    assert not panel.known.isEnabled()
    assert "has no carbon" in panel.known.toolTip()
