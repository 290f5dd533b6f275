"""``xanesview series``: spectra over an angle."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from tests.unit.cli.conftest import ENERGY_EV, expected_components
from xanesview.cli.main import main
from xanesview.domain.geometry.beam import PolarisedBeam
from xanesview.domain.geometry.kinds import geometry_from_header
from xanesview.domain.geometry.momentum_transfer import ElectronEnergyLoss
from xanesview.domain.geometry.polarisation import LinearPolarisation
from xanesview.io.examples import find_example
from xanesview.io.figures.spec import FigureSpec
from xanesview.io.figures.template import Template, write_template
from xanesview.io.spectra.curves import exported_curves

pytestmark = pytest.mark.usefixtures("formula")

ACETONITRILE = str(find_example("acetonitrile").path)
SUM = expected_components(0) + expected_components(1)


def at(theta_deg: float, phi_deg: float = 0.0) -> np.ndarray:
    t, p = np.deg2rad([theta_deg, phi_deg])
    return LinearPolarisation((np.sin(t) * np.cos(p), np.sin(t) * np.sin(p), np.cos(t))).weight().voigt @ SUM


def series(folder: Path, *words: str, file: str = ACETONITRILE, ending: str = "csv") -> list:
    out = folder / f"out.{ending}"
    assert main(["series", file, *words, "--out", str(out)]) == 0
    return exported_curves(out)


@pytest.mark.parametrize("ending", ["csv", "h5"])
def test_a_series_over_theta_with_its_dichroism(tmp_path, ending):
    curves = series(tmp_path, "--theta", "20:90:35", "--phi", "30", ending=ending)
    assert [curve.label for curve in curves] == ["θ = 20°", "θ = 55°", "θ = 90°", "I∥ − I⊥"]
    for curve, theta in zip(curves, (20.0, 55.0, 90.0)):
        np.testing.assert_allclose(curve.energy_ev, ENERGY_EV)
        np.testing.assert_allclose(curve.intensity, at(theta, 30.0), atol=1e-9)
        assert curve.provenance["angle"] == f"{theta:g} °"
        kept = geometry_from_header(curve.provenance).weight()
        np.testing.assert_allclose(kept.voigt @ SUM, curve.intensity, atol=1e-6)
    np.testing.assert_allclose(curves[-1].intensity, SUM[2] - (SUM[0] + SUM[1]) / 2.0, atol=1e-9)


def test_a_series_over_phi_lies_in_the_surface(tmp_path):
    curves = series(tmp_path, "--phi", "0:90:45")
    for curve, phi in zip(curves, (0.0, 45.0, 90.0)):
        np.testing.assert_allclose(curve.intensity, at(90.0, phi), atol=1e-9)


def test_a_series_over_the_angle_of_a_beam(tmp_path):
    curves = series(tmp_path, "--grazing", "20,70", "--degree", "0.9", "--field", "s")
    for curve, grazing in zip(curves, (20.0, 70.0)):
        weight = PolarisedBeam.at_grazing(grazing, 0.0, 90.0, 0.9).weight()
        np.testing.assert_allclose(curve.intensity, weight.voigt @ SUM, atol=1e-9)


def test_a_series_over_collection_angles_has_no_dichroism(tmp_path):
    curves = series(tmp_path, "--experiment", "elnes", "--beam", "0,0,1", "--collection", "1:3:1")
    assert [curve.label for curve in curves] == [f"collection semi-angle = {k} mrad" for k in (1, 2, 3)]
    weight = ElectronEnergyLoss((0, 0, 1), collection_semi_angle_mrad=2.0).weight()
    np.testing.assert_allclose(curves[1].intensity, weight.voigt @ SUM, atol=1e-9)


def test_a_series_of_tensors_that_were_predicted_before(tmp_path):
    tensors = tmp_path / "tensors.h5"
    assert main(["predict", ACETONITRILE, "--tensor", "--quiet", "--out", str(tensors)]) == 0
    curves = series(tmp_path, "--theta", "20:90:35", file=str(tensors))
    np.testing.assert_allclose(curves[1].intensity, at(55.0), atol=1e-9)
    assert curves[-1].label == "I∥ − I⊥"


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_a_figure_of_the_series(tmp_path, ending):
    out = tmp_path / f"out.{ending}"
    assert main(["series", ACETONITRILE, "--theta", "20:90:10", "--out", str(out), "--dpi", "60"]) == 0
    assert out.stat().st_size > 5000
    if ending == "svg":
        text = out.read_text(encoding="utf-8")
        assert text.count('id="angle-') == 8
        assert 'id="dichroism"' in text
        assert "θ (°)" in text
        assert "mathdefault" not in re.sub("<!--.*?-->", "", text)


def test_a_figure_takes_a_preset_a_template_and_single_settings(tmp_path, capsys):
    template, out = tmp_path / "ours.json", tmp_path / "out.svg"
    write_template(template, Template("Ours", FigureSpec(width_mm=120.0, height_mm=150.0, font_pt=6.0, line_pt=3.0)))
    words = ["series", ACETONITRILE, "--theta", "20:90:35", "--out", str(out)]
    look = ["--template", str(template), "--set", "panel_letter=(b)", "--set", "energy_title=E / eV"]
    assert main([*words, *look, "--set", "legend=inside"]) == 0
    text = out.read_text(encoding="utf-8")
    assert 'width="340.' in text, "120 mm in points"
    assert 'height="425.' in text
    assert {"(b)", "E / eV"} <= set(re.findall(r">([^<>]+)</text>", text))
    assert "stroke-width: 1.8" in text, "a series has six tenths of the width of a single curve"
    assert "no legend" in capsys.readouterr().err
    assert main([*words, "--preset", "double"]) == 0
    text = out.read_text(encoding="utf-8")
    assert 'width="481.' in text, "170 mm"
    assert 'height="357.' in text, "as high as its parts need, not as a single plot"
    assert main([*words, "--preset", "triple"]) == 2
    assert main([*words, "--set", "moon=1"]) == 2


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--out", "a.csv"], "No option gives a series"),
        (["--theta", "20", "--out", "a.csv"], "No option gives a series"),
        (["--theta", "20:90:10", "--phi", "0:90:10", "--out", "a.csv"], "--theta and --phi give a series"),
        (["--theta", "20:90", "--out", "a.csv"], "no series"),
        (["--theta", "20:90:10", "--out", "a.txt"], "neither numbers nor a figure"),
        (["--grazing", "20:95:5", "--field", "x", "--out", "a.csv"], "no angle"),
        (["--theta", "20:90:10", "--parts", "pie", "--out", "a.svg"], "no parts"),
    ],
)
def test_what_is_no_series_is_told(capsys, words, part):
    assert main(["series", ACETONITRILE, *words]) == 2
    assert part in capsys.readouterr().err


@pytest.mark.parametrize("how", ["series", "predict"])
def test_figures_of_electrons_have_the_energy_loss_on_their_axis(tmp_path, how):
    out, words = tmp_path / "out.svg", ["--experiment", "elnes", "--beam", "0,0,1", "--collection"]
    if how == "series":
        assert main(["series", ACETONITRILE, *words, "1:5:2", "--out", str(out)]) == 0
    else:
        assert main(["predict", ACETONITRILE, *words, "2", "--out", str(tmp_path / "loss.csv")]) == 0
        assert "experiment: elnes" in (tmp_path / "loss.csv").read_text().replace(" = ", ": ")
        assert main(["plot", str(tmp_path / "loss.csv"), "--out", str(out)]) == 0
    drawn = out.read_text()
    assert "Energy loss (eV)" in drawn
    assert "Photon energy" not in drawn


def test_a_series_that_stops_before_its_end_says_so(tmp_path, capsys):
    assert len(series(tmp_path, "--theta", "20:95:20")) == 5  # and the dichroism
    assert "notice: The series ends at 80, the last step before 95." in capsys.readouterr().err
    series(tmp_path, "--phi", "20:80:20", ending="h5")
    assert "ends at" not in capsys.readouterr().err
