"""The quality panel in the real window: errors ranked, exemplars shown and opened, damaged and missing files told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.fake_networks import ENERGY_EV, card, site_tensor
from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.quality import RANKINGS, Exemplar, Quality
from xanesview.domain.structure import Structure
from xanesview.gui.appearance.theme import apply_theme
from xanesview.io.spectra.quality_file import save_quality
from xanesview.io.structures.embedding import structure_from_smiles

LEFT = Qt.MouseButton.LeftButton
SCALE = 0.5
SLAB = Structure(
    numbers=np.array([6, 6, 8, 8]), positions_angstrom=np.array([[0, 0, 8.0], [1.4, 0, 8], [0, 0, 9.2], [1.4, 0, 9.2]]),
    cell_angstrom=np.diag([2.8, 2.8, 20.0]), pbc=np.array([True, True, False]), name="slab",
)  # fmt: skip


def made_up(polarised: bool = True) -> Quality:
    """Twenty-one sites; the exemplars are formaldehyde, acetone, ethanol and, as the worst, a slab."""
    molecules = [structure_from_smiles(smiles) for smiles in ("C=O", "CC(=O)C", "CCO")]
    named = [m.replace(name=name) for m, name in zip(molecules, ("formaldehyde", "acetone", "ethanol"), strict=True)]
    structures, rows = [*named, SLAB], (0, 10, 19, 20)
    names, atoms = ["other"] * 21, np.zeros(21, int)
    exemplars = []
    for structure, row in zip(structures, rows, strict=True):
        atom = int(structure.sites_of("C")[-1])
        names[row], atoms[row] = structure.name, atom
        tensor = AbsorptionTensor(ENERGY_EV, 0.9 * site_tensor(atom)[None], np.array([atom]), "Mb/eV", "C K", 0.6)
        direction = np.array([0.0, 0.6, 0.8]) if polarised else None
        predicted = site_tensor(atom)[:3].mean(0)
        exemplars.append(Exemplar(row, structure, atom, direction, predicted, tensor))
    errors = 10.0 ** np.linspace(-3, 0, 21)
    return Quality(
        network="fake", split="test", data=("data.h5",), polarised=polarised, scale=SCALE, names=tuple(names),
        smiles=("",) * 21, atoms=atoms,
        errors={"spectrum": errors, "gradient": errors[::-1].copy(), "curvature": 5.0 * errors},
        exemplars=tuple(exemplars),
    )  # fmt: skip


@pytest.fixture
def bundle(tmp_path: Path, networks) -> Path:
    """The folder of the fake network, whose card tells two measures."""
    folder = tmp_path / "fake"
    folder.mkdir()
    metrics = {"test": {"n_sites": 21, "mse_mean": 0.1234, "share_below_0.1": 0.667}, "val": {"mse_mean": 0.09}}
    networks._cards["fake"] = replace(card(), path=folder, metrics=metrics)
    return folder


@pytest.fixture
def panel(qtbot, bundle, window):
    """The panel in front, with quality of the fake network."""
    save_quality(bundle / "quality.h5", made_up())
    return raised(qtbot, window)


def raised(qtbot, window):
    window.docks["Quality"].show()
    window.docks["Quality"].raise_()
    qtbot.waitUntil(lambda: window.tabs.places["Quality"].panel is not None, timeout=5000)
    shown = window.tabs.places["Quality"].panel
    qtbot.waitUntil(shown.isVisible, timeout=5000)
    QApplication.processEvents()
    return shown


def predicted(qtbot, window, name: str) -> None:
    workspace = window.workspace
    qtbot.waitUntil(
        lambda: (
            workspace.structure is not None
            and workspace.structure.name == name
            and workspace.shown.prediction is not None
            and not workspace.is_busy
        ),
        timeout=10000,
    )


def click_place(panel, place: int, double: bool = False) -> None:
    at = panel.curve.place_px(place).toPoint()
    target = panel.curve.childAt(at)
    inside = target.mapFrom(panel.curve, at)
    (QTest.mouseDClick if double else QTest.mouseClick)(target, LEFT, pos=inside)
    QApplication.processEvents()


def choose(panel, ranking: str) -> None:
    panel.ranking.setFocus()
    while panel.ranking.currentText() != ranking:
        before = panel.ranking.currentText()
        QTest.keyClick(panel.ranking, Qt.Key.Key_Down)
        assert panel.ranking.currentText() != before


def test_median_comes_first_and_a_click_shows_another_site(panel) -> None:
    assert panel.told.toolTip().startswith("Median: MSE 0.032 · C3 of acetone")
    click_place(panel, 20)
    assert panel.told.toolTip().startswith("Worst: MSE 1.000 · C2 of slab")
    reference, shown = panel.overlay.curves()
    exemplar = made_up().exemplars[-1]
    assert shown.intensity == pytest.approx(exemplar.predicted / SCALE, rel=1e-5)
    assert reference.intensity == pytest.approx(exemplar.reference_curve() / SCALE, rel=1e-5)


def test_a_click_beside_the_marks_takes_the_nearest(panel) -> None:
    middle = (panel.curve.place_px(0) + panel.curve.place_px(3)) / 2
    target = panel.curve.childAt(middle.toPoint())
    QTest.mouseClick(target, LEFT, pos=target.mapFrom(panel.curve, middle.toPoint() + QPoint(0, -20)))
    assert panel.told.toolTip().startswith("Best")


def test_rankings_put_other_sites_last(panel) -> None:
    choose(panel, "gradient")
    click_place(panel, 20)
    assert "Worst: MSE 1.000 (1/eV²) · C1 of formaldehyde" in panel.told.toolTip()
    choose(panel, "curvature")
    click_place(panel, 20)
    assert "Worst: MSE 5.000 (1/eV⁴) · C2 of slab" in panel.told.toolTip()


def test_keys_step_through_the_sites_and_open_them(qtbot, panel, window) -> None:
    panel.curve.setFocus()
    QTest.keyClick(panel.curve, Qt.Key.Key_Left)
    assert panel.told.toolTip().startswith("Best")
    for _ in range(2):
        QTest.keyClick(panel.curve, Qt.Key.Key_Right)
    assert "ethanol" in panel.told.toolTip()
    QTest.keyClick(panel.curve, Qt.Key.Key_Return)
    predicted(qtbot, window, "ethanol")


@pytest.mark.parametrize(("place", "name", "atom"), [(10, "acetone", None), (20, "slab", 1)])
def test_double_click_opens_the_structure_with_site_direction_and_reference(
    qtbot, panel, window, place: int, name: str, atom: int | None
) -> None:
    click_place(panel, place, double=True)
    predicted(qtbot, window, name)
    workspace = window.workspace
    exemplar = next(e for e in made_up().exemplars if e.structure.name == name)
    assert workspace.session.picked == (exemplar.atom if atom is None else atom,)
    assert workspace.geometry.direction == pytest.approx((0.0, 0.6, 0.8), abs=1e-6)
    (overlaid,) = [c for c in window.plot.curves() if c.role == "computed"]
    assert overlaid.label == "reference"
    assert overlaid.intensity == pytest.approx(exemplar.reference_curve(), rel=1e-5, abs=1e-9)


def test_the_button_opens_once_and_undo_takes_all_back(qtbot, panel, window) -> None:
    before = window.workspace.structure
    for _ in range(2):
        QTest.mouseClick(panel.open_button, LEFT)
        predicted(qtbot, window, "acetone")
    assert len(window.workspace.session.references) == 1
    while window.workspace.undo_stack.canUndo() and window.workspace.structure is not before:
        window.named_actions["undo"].trigger()
    assert window.workspace.structure is before
    assert window.workspace.session.references == ()


def test_an_isotropic_network_leaves_the_direction_alone(qtbot, bundle, window) -> None:
    save_quality(bundle / "quality.h5", made_up(polarised=False))
    panel = raised(qtbot, window)
    window.workspace.set_geometry(window.workspace.geometry.with_direction((1.0, 0.0, 0.0)))
    QTest.mouseClick(panel.open_button, LEFT)
    predicted(qtbot, window, "acetone")
    assert "isotropic" in panel.told.toolTip()


def test_noise_pictures_and_measures(panel, qtbot) -> None:
    QTest.mouseClick(panel.findChild(object, "quality-noise"), LEFT)
    assert [p.caption for p in panel.pictures] == ["MSE 0.01", "MSE 0.1", "MSE 1", "median here: 0.032"]
    picture = panel.pictures[2].grab().toImage()
    assert len({picture.pixel(x, y) for x in range(picture.width()) for y in range(0, picture.height(), 3)}) > 3
    QTest.mouseClick(panel.findChild(object, "quality-measures"), LEFT)
    table = panel.measures
    rows = {table.item(r, 0).text(): [table.item(r, c).text() for c in (1, 2)] for r in range(table.rowCount())}
    assert rows["Polarised MSE, mean"] == ["0.09", "0.123"]
    assert rows["Polarised MSE below 0.1 (%)"] == ["–", "66.7"]
    assert not panel.ranking.isVisible()


def test_without_a_file_the_first_step_is_told(qtbot, bundle, window) -> None:
    panel = raised(qtbot, window)
    assert "comes without test results" in panel.empty.text()
    QTest.mouseClick(panel.copy_button, LEFT)
    assert QGuiApplication.clipboard().text() == f"xanesview evaluate {bundle} --data FILE.h5 --split test --quality"
    assert panel.measures_below.rowCount() == 3


def test_a_damaged_file_is_told_and_another_network_shown(qtbot, bundle, window) -> None:
    (bundle / "quality.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(200))
    panel = raised(qtbot, window)
    assert "quality.h5 is damaged" in panel.empty.text()
    assert not panel.open_button.isVisible()
    window.workspace.set_network("isotropic")
    assert "Analytic C K comes without test results" in panel.empty.text()
    save_quality(bundle / "quality.h5", made_up())
    window.workspace.set_network("fake")
    assert panel.told.toolTip().startswith("Median")


def test_colours_follow_the_theme(panel, qapp) -> None:
    light = panel.curve.grab().toImage()
    apply_theme(qapp, "dark")
    panel.apply_theme()
    QApplication.processEvents()
    dark = panel.curve.grab().toImage()
    assert dark != light
    assert all(ranking in RANKINGS for ranking in (panel.ranking.itemText(i) for i in range(3)))
