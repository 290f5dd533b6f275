"""What is written: names as they are listed without what was done, the curves that are drawn, and others when asked."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox

from tests.gui.fake_networks import ENERGY_EV, site_tensor
from xanesview.domain.geometry.directions import from_angles_deg
from xanesview.domain.spectrum import Spectrum
from xanesview.gui.appearance.theme import colours
from xanesview.gui.plot.curve_style import styles_of
from xanesview.io.figures.additions import names_beside_bar
from xanesview.io.figures.curve_looks import with_roles
from xanesview.io.spectra.curves import exported_curves
from xanesview.shown.curve import Subject
from xanesview.shown.read_curves import as_overlays

THETAS = [9.0 * k for k in range(11)]


def freeze_at(window, *thetas: float) -> None:
    for theta in thetas:
        geometry = window.workspace.geometry
        window.workspace.set_geometry(geometry.with_direction(from_angles_deg(theta, 0.0, geometry.normal)))
        window.workspace.curves.freeze()


def curves_of(window, role: str) -> list:
    return [curve for curve in window.workspace.curves.listed() if curve.role == role]


def test_names_of_a_file_are_those_of_the_list_and_come_back(benzene_window, tmp_path) -> None:
    window = benzene_window
    freeze_at(window, 0.0, 20.0, 55.0)
    window.references.add(Spectrum(ENERGY_EV, 7.5 * site_tensor(0)[2], label="beamline", kind="measured"))
    assert [curve.label for curve in curves_of(window, "measured")] == ["beamline · scaled"]
    window.exporting.write_data(tmp_path / "a.csv")
    written = [one.label for one in exported_curves(tmp_path / "a.csv")]
    assert {"θ = 0°", "θ = 20°", "θ = 55°", "beamline"} <= set(written)
    window.opening.open_paths([tmp_path / "a.csv"])
    names = [one.name for one in window.workspace.curves.listed()]
    assert {"θ = 55°", "θ = 55° · from a.csv", "isotropic average · from a.csv"} <= set(names)
    figure = [one.spectrum.label for one in window.exporting.screen_figure().curves]
    for listed in (names, figure):
        assert len(set(listed)) == len(listed), "a curve and its copy from a file are told apart"


def test_named_curves_of_an_older_export_come_back_under_their_names(benzene_window, tmp_path) -> None:
    window = benzene_window
    freeze_at(window, 0.0, 20.0, 55.0)
    window.workspace.curves.rename(Subject("frozen", 1), "dry film")
    window.exporting.write_data(tmp_path / "a.csv")
    older = (tmp_path / "a.csv").read_text()
    facts = [line for line in older.splitlines() if "dry film" in line]
    assert facts
    for kind, names in (("frozen", ("dry film", "wet film")), ("measured", ("dry film", "wet film"))):
        spectra = [
            Spectrum(ENERGY_EV, site_tensor(0)[2], label=name, kind=kind,
                     provenance={"angle": f"{angle} °", "series": "film"} if kind == "measured" else
                     {"angle": f"{angle} °"})
            for name, angle in zip(names, (20, 55), strict=True)
        ]  # fmt: skip
        references, frozen = as_overlays(spectra, "older.csv")
        window.workspace.curves.add_all(references, frozen, "load curves")
    figure = [one for one in window.exporting.screen_figure().curves if "film" in one.spectrum.label]
    labels = sorted(one.spectrum.label.partition(" · from")[0] for one in figure)
    assert [label.split(" (")[0] for label in labels].count("wet film") == 2, labels
    assert {one.angle_deg for one in figure if one.role == "frozen"} == {None}


def test_curves_that_differ_by_an_angle_have_its_colours_in_plot_list_and_figure(benzene_window) -> None:
    window = benzene_window
    freeze_at(window, *THETAS)
    frozen = curves_of(window, "frozen")
    shades = [style.colour for style in styles_of(frozen, colours())]
    assert len(set(shades)) == len(THETAS), "no colour twice"
    shares = [curve.angle_share for curve in frozen]
    np.testing.assert_allclose(shares, np.array(THETAS) / 90.0, atol=2e-3)
    figure = [one for one in window.exporting.screen_figure().curves if one.role == "frozen"]
    np.testing.assert_allclose([one.angle_deg for one in figure], THETAS, atol=0.06)


def test_a_renamed_curve_keeps_its_colour_and_its_place_in_the_bar(benzene_window, tmp_path) -> None:
    window = benzene_window
    freeze_at(window, *THETAS)
    before = [style.colour for style in styles_of(curves_of(window, "frozen"), colours())]
    window.workspace.curves.rename(Subject("frozen", 2), "dry film")
    named = curves_of(window, "frozen")
    assert named[2].label == "dry film"
    assert [style.colour for style in styles_of(named, colours())] == before
    window.exporting.write_data(tmp_path / "a.csv")
    for figure in (window.exporting.screen_figure().curves, with_roles(exported_curves(tmp_path / "a.csv"))):
        frozen = [one for one in figure if one.role == "frozen"]
        np.testing.assert_allclose([one.angle_deg for one in frozen], THETAS, atol=0.06)
        told = names_beside_bar(figure)
        (own,) = [one for one in told if one.spectrum.label == "dry film"]
        assert own.colour == frozen[2].colour
        assert not any("θ" in one.spectrum.label for one in told if one.role == "frozen")


def test_hidden_curves_are_written_when_they_are_asked_for(benzene_window, qtbot, tmp_path) -> None:
    window = benzene_window
    freeze_at(window, 20.0, 40.0)
    window.workspace.curves.set_visible([Subject("frozen", 1)], False)
    window.settings.folder = str(tmp_path)

    def answer(name: str, wanted: bool) -> None:
        dialog = QApplication.activeModalWidget()
        box = dialog.findChild(QCheckBox, "hidden-curves")
        assert not box.isChecked()
        assert "1 curve " in box.text()
        if wanted:
            QTest.keyClick(box, Qt.Key.Key_Space)
        dialog.selectFile(name)
        dialog.accept()

    for name, wanted in (("drawn.csv", False), ("all.csv", True)):
        QTimer.singleShot(0, lambda name=name, wanted=wanted: answer(name, wanted))
        window.exporting.data()
    qtbot.waitUntil(lambda: (tmp_path / "all.csv").exists())
    found = {
        name: [one.label for one in exported_curves(tmp_path / name) if one.kind == "frozen"]
        for name in ("drawn.csv", "all.csv")
    }
    assert found == {"drawn.csv": ["θ = 20°"], "all.csv": ["θ = 20°", "θ = 40° · frozen"]}
    names = [one.label for one in exported_curves(tmp_path / "all.csv")]
    assert len(set(names)) == len(names), "the current one is at 40°, too, and a name is that of one curve"


def test_a_figure_says_that_its_sites_are_weighted(benzene_window) -> None:
    window = benzene_window
    assert "weighted" not in window.exporting.screen_figure().title
    window.sites.pick_all()
    window.workspace.set_site_weights({window.workspace.session.picked[0]: 0.5})
    assert "weighted: C1 × 0.5" in window.exporting.screen_figure().title
