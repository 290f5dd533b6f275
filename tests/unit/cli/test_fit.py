"""fit: what was put in is printed with its error, and curves, steps and values are written."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from tests.unit.domain.processing.test_prediction_fit import ANGLES, ENERGY, MEASURED, TRUTH, measured
from xanesview.cli.main import main
from xanesview.domain.processing.applied import processed
from xanesview.domain.spectrum import Spectrum
from xanesview.io.examples import find_example
from xanesview.io.recipe_file import read_recipe
from xanesview.io.spectra.curves import exported_curves, write_curves

BENZENE = str(find_example("benzene").path)


@pytest.fixture
def files(tmp_path):
    """Three measured angles as columns, their predictions as curves."""
    for k in range(3):
        np.savetxt(tmp_path / f"measured_{k}.dat", np.column_stack([MEASURED, measured(k, 0.01, seed=k).intensity]))
    write_curves(tmp_path / "predicted.csv", [one.replace(label=f"angle {k}") for k, one in enumerate(ANGLES)])
    write_curves(tmp_path / "one.csv", ANGLES[:1])
    return tmp_path


def value_of(out: str, label: str) -> tuple[float, float]:
    found = re.search(rf"^{label}: (\S+) ± (\S+)", out, re.MULTILINE)
    return float(found[1].replace("−", "-")), float(found[2].replace("−", "-"))


def test_a_shift_that_the_calibration_of_the_network_does_not_explain_is_told(files, capsys):
    moved = ANGLES[0].replace(energy_ev=ANGLES[0].energy_ev + 2.0, kind="predicted")
    for name, facts in (("told.csv", {"network": "c_k_edge_tensor", "drawn_as": "measured"}), ("unknown.csv", {})):
        write_curves(files / name, [moved.replace(provenance=facts)])
        line = ["fit", str(files / "measured_0.dat"), "--against", str(files / name), "--json", str(files / "fit.json")]
        assert main(line) == 0
        told = "eV away from where the network's calibration puts them, which is good to 0.7 eV"
        assert (told in capsys.readouterr().err) == (name == "told.csv")
        notices = json.loads((files / "fit.json").read_text(encoding="utf-8"))["notices"]
        assert any("oxidation state" in one for one in notices) == (name == "told.csv")


def test_one_curve_is_fitted_and_everything_is_written(files, capsys):
    line = ["fit", str(files / "measured_0.dat"), "--against", str(files / "one.csv"), "--e0", "290"]
    writes = ["--out", str(files / "fit.csv"), "--steps", str(files / "fit.toml"), "--json", str(files / "fit.json")]
    assert main([*line, *writes]) == 0
    out = capsys.readouterr().out
    for label, name in (("Shift of the prediction", "shift_ev"), ("Scale", "scale"), ("Offset", "offset_1"),
                        ("Added Gaussian width", "fwhm_ev"), ("Height of the edge step", "step_height")):  # fmt: skip
        value, error = value_of(out, label)
        assert abs(value - TRUTH[name]) < 4.0 * error, label
    assert "Correlations" in out
    assert "R-factor" in out
    told = json.loads((files / "fit.json").read_text(encoding="utf-8"))
    assert told["values"]["scale"]["value"] == pytest.approx(1.8, abs=0.05)
    assert np.shape(told["correlations"]["matrix"]) == (5, 5)
    assert told["scores"][0]["pearson"] > 0.99
    was, fitted, residual = exported_curves(files / "fit.csv")
    np.testing.assert_allclose(was.intensity - fitted.intensity, residual.intensity, atol=1e-12)
    assert fitted.provenance["fit scale"].startswith("Scale: 1.8")
    assert fitted.provenance["fit step 1"].startswith("broadened with a Gaussian")
    steps = read_recipe(files / "fit.toml")
    onto = processed(Spectrum(ENERGY, ANGLES[0].intensity), steps).interpolated(fitted.energy_ev)
    np.testing.assert_allclose(onto.intensity, fitted.intensity, atol=0.01)


def test_a_series_is_fitted_together(files, capsys):
    names = [str(files / f"measured_{k}.dat") for k in range(3)]
    assert main(["fit", *names, "--against", str(files / "predicted.csv"), "--e0", "290", "--range", "282,316"]) == 0
    out = capsys.readouterr().out
    assert value_of(out, "Shift of the prediction")[0] == pytest.approx(0.37, abs=0.02)
    assert value_of(out, "As the window tells it: shift of the measured curve")[0] == pytest.approx(-0.37, abs=0.02)
    for k in (1, 2, 3):
        value, error = value_of(out, f"Offset {k}")
        assert abs(value - TRUTH[f"offset_{k}"]) < 4.0 * error
    assert out.count("R-factor") == 3


def test_a_structure_is_predicted_at_each_angle(files, formula, capsys):
    for k, theta in enumerate((20, 90)):
        predicted = ["predict", BENZENE, "--theta", str(theta), "--sites", "all", "--out", str(files / "p.csv")]
        assert main([*predicted, "--quiet"]) == 0
        rows = np.loadtxt(files / "p.csv", delimiter=",", comments="#", skiprows=0, converters=_number)
        rows = rows[np.isfinite(rows).all(axis=1)]
        np.savetxt(files / f"film_{k}.dat", np.column_stack([rows[:, 0] + 0.5, 3.0 * rows[:, 1:7].sum(axis=1)]))
    capsys.readouterr()
    line = ["fit", str(files / "film_0.dat"), str(files / "film_1.dat"), BENZENE, "--no-step", "--no-width"]
    assert main([*line, "--theta", "20,90", "--out", str(files / "fit.h5")]) == 0
    out = capsys.readouterr().out
    assert value_of(out, "Shift of the prediction")[0] == pytest.approx(0.5, abs=0.01)
    assert value_of(out, "Scale")[0] == pytest.approx(3.0, rel=0.01)
    assert len(exported_curves(files / "fit.h5")) == 6


def test_a_series_of_angles_in_one_file_is_fitted_whatever_the_order_of_its_columns(files, formula, capsys):
    columns = {}
    for theta in (90, 20, 55):
        predicted = ["predict", BENZENE, "--theta", str(theta), "--sites", "all", "--out", str(files / "p.csv")]
        assert main([*predicted, "--quiet"]) == 0
        rows = np.loadtxt(files / "p.csv", delimiter=",", comments="#", skiprows=0, converters=_number)
        rows = rows[np.isfinite(rows).all(axis=1)]
        columns[theta] = 3.0 * rows[:, 1:7].sum(axis=1)
    table = np.column_stack([rows[:, 0] + 0.5, *columns.values()])
    np.savetxt(files / "film.txt", table, header="energy_eV " + " ".join(f"theta_{one}" for one in columns))
    np.savetxt(files / "plain.txt", table[:, [0, 2, 3, 1]], header="energy a b c")
    for name, options in (("film.txt", []), ("film.txt", ["--scan", "all"]), ("plain.txt", [])):
        capsys.readouterr()
        line = ["fit", str(files / name), BENZENE, "--theta", "20,55,90", "--no-step", "--no-width", *options]
        assert main(line) == 0
        told = capsys.readouterr()
        assert value_of(told.out, "Shift of the prediction")[0] == pytest.approx(0.5, abs=0.01)
        assert value_of(told.out, "Scale")[0] == pytest.approx(3.0, rel=0.01)
        assert told.out.count("cosine 1.0000") == 3, "each beside the prediction at its angle"
        assert "was taken as the absorption" not in told.err
        assert "all its columns are curves: " in told.err
    assert main(["fit", str(files / "film.txt"), BENZENE, "--theta", "20,55"]) == 2
    assert "3 measured curves need as many angles, not 2" in capsys.readouterr().err


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan


def test_wrong_lines_are_told(files, formula, capsys):
    one, two, curve = (str(files / name) for name in ("measured_0.dat", "measured_1.dat", "one.csv"))
    for line, words in (
        ([one], "nothing to fit"),
        ([one, two], "is no structure"),
        ([one, two, BENZENE, "--theta", "20,55,90"], "2 measured curves need as many angles, not 3"),
        ([one, two, "--against", str(files / "predicted.csv")], "can't be fitted with 3 predictions"),
        ([one, "--against", curve, "--network", "c_k_edge_tensor"], "--against excludes"),
        ([one, "--against", curve, "--range", "300,280"], "is empty"),
        ([one, "--against", curve, "--largest-shift", "0"], "--largest-shift is “0”"),
    ):
        assert main(["fit", *line]) == 2, line
        assert words in capsys.readouterr().err
    assert main(["fit", one, "--against", curve, "--out", one]) == 2
    assert "not written over" in capsys.readouterr().err
    assert main(["fit", one, "--against", curve, "--range", "300,301"]) == 1


def test_a_recipe_comes_before_the_fit(files, capsys):
    (files / "recipe.toml").write_text('[[steps]]\nkind = "scale"\nscale = 10\n', encoding="utf-8")
    line = ["fit", str(files / "measured_0.dat"), "--against", str(files / "one.csv"), "--e0", "290"]
    assert main([*line, "--recipe", str(files / "recipe.toml")]) == 0
    assert value_of(capsys.readouterr().out, "Scale")[0] == pytest.approx(18.0, rel=0.02)


def test_a_fit_that_means_nothing_is_printed_but_written_only_on_demand(files, capsys):
    np.savetxt(files / "else.dat", np.column_stack([MEASURED, 5.0 + np.sin(1.3 * MEASURED)]))
    line = ["fit", str(files / "else.dat"), "--against", str(files / "one.csv"), "--e0", "290"]
    writes = ["--out", str(files / "none.csv"), "--json", str(files / "none.json")]
    assert main([*line, *writes]) == 1
    told = capsys.readouterr()
    assert "error: The fit means nothing: " in told.err
    assert "--anyway writes it all the same" in told.err
    assert "R-factor" in told.out, "what was found is to be seen"
    assert not list(files.glob("none.*"))
    assert main(line) == 1
    assert "--anyway" not in capsys.readouterr().err
    assert main([*line, *writes, "--anyway"]) == 0
    assert "notice: The fit means nothing: " in capsys.readouterr().err
    assert (files / "none.csv").exists()
    assert "The fit means nothing" in json.loads((files / "none.json").read_text(encoding="utf-8"))["doubts"]


def test_an_example_is_named_where_a_structure_is(files, tmp_path, capsys):
    film = str(find_example("benzene").path.parent / "spectra" / "benzene_film_20deg.dat")
    assert main(["fit", film, "example:benzene", "--theta", "20"]) == 0
    by_name = capsys.readouterr().out
    assert main(["fit", film, BENZENE, "--theta", "20"]) == 0
    assert capsys.readouterr().out == by_name
    figure = tmp_path / "x.svg"
    assert main(["plot", "example:benzene", film, "--theta", "20", "--out", str(figure)]) == 0
    assert "Benzene" in figure.read_text(encoding="utf-8")
    assert main(["plot", "example:benzol", "--out", str(figure)]) == 1
    assert "There is no example “benzol”" in capsys.readouterr().err
