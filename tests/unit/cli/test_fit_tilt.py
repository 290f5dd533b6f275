"""``xanesview fit-tilt``: angles, windows, closed forms, and the whole tensor."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from tests.unit.cli.conftest import ENERGY_EV, expected_components
from xanesview.cli.main import main
from xanesview.domain.geometry.average import AzimuthalDisorder
from xanesview.domain.geometry.dichroism import plane_orbital_intensity, vector_orbital_intensity
from xanesview.domain.geometry.directions import from_angles_deg
from xanesview.domain.geometry.polarisation import LinearPolarisation
from xanesview.io.examples import find_example

ANGLES = (20, 40, 55, 70, 90)
ENERGY = np.arange(280.0, 292.0, 0.1)


def written(folder: Path, orbital=vector_orbital_intensity, tilt: float = 35.0, degree: float = 0.9) -> list[str]:
    """Files film_20deg.dat … with 1 % noise."""
    rng, names = np.random.default_rng(9), []
    for angle in ANGLES:
        row = orbital(angle, tilt, degree) * np.exp(-0.5 * ((ENERGY - 285.2) / 0.4) ** 2)
        names.append(str(folder / f"film_{angle}deg.dat"))
        np.savetxt(names[-1], np.column_stack([ENERGY, row + 0.005 * rng.normal(size=len(ENERGY))]))
    return names


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[float, float]:
    """The tilt and its error in the last line."""
    assert main(["fit-tilt", *words]) == 0
    found = re.fullmatch(r"tilt ([\d.]+) ± ([\d.]+)°", capsys.readouterr().out.splitlines()[-1])
    return float(found.group(1)), float(found.group(2))


@pytest.mark.parametrize(
    ("orbital", "form"), [("vector", vector_orbital_intensity), ("plane", plane_orbital_intensity)]
)
@pytest.mark.parametrize("measure", ["area", "height", "fit"])
def test_tilts_of_both_orbitals_by_every_measure(tmp_path, capsys, orbital, form, measure):
    window = "282:290" if measure == "fit" else "284:286.4"
    words = ["--window", window, "--orbital", orbital, "--degree", "0.9", "--measure", measure]
    tilt, error = told(capsys, *written(tmp_path, form), *words)
    assert tilt == pytest.approx(35.0, abs=2.0)
    assert 0.0 < error < 3.0


def test_intensities_that_no_tilt_gives_are_no_tilt(tmp_path, capsys):
    names = written(tmp_path, lambda angle, _tilt, _degree: np.sin(np.radians(angle)) ** 2)
    assert main(["fit-tilt", *names, "--window", "284:286.4", "--degree", "0.5"]) == 1
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("tilt not determined (no tilt gives such intensities; nearest 90")


def test_angles_as_given_and_from_the_normal(tmp_path, capsys):
    names = written(tmp_path)
    plain = [str(Path(name).rename(tmp_path / f"run{k}.dat")) for k, name in enumerate(names)]
    window = ["--window", "284:286.4", "--degree", "0,9"]
    given = told(capsys, *plain, *window, "--angles", "20,40,55,70,90")
    assert told(capsys, *plain, *window, "--angles", "70,50,35,20,0", "--from-normal") == given
    assert given[0] == pytest.approx(35.0, abs=1.0)
    assert main(["fit-tilt", *plain, *window]) == 1
    assert "--angles" in capsys.readouterr().err


def test_two_angles_have_the_error_of_their_noise(tmp_path, capsys):
    names = written(tmp_path)
    tilt, error = told(capsys, names[0], names[-1], "--window", "284:286.4", "--degree", "0.9")
    assert abs(tilt - 35.0) < 5.0 * error
    assert main(["fit-tilt", names[0], names[-1], "--window", "284:286.4"]) == 0
    assert "no scatter" in capsys.readouterr().err


def test_the_tour_s_film_has_its_tilt_with_the_degree_that_its_files_tell(capsys):
    folder = find_example("benzene").path.parent / "spectra"
    names = [str(folder / f"benzene_film_{angle}deg.dat") for angle in (20, 40, 60, 90)]
    tilt, error = told(capsys, *names, "--window", "284:286.7")
    assert abs(tilt - 35.0) < 2.0 * error
    assert main(["fit-tilt", *names, "--window", "284:286.7"]) == 0
    assert "P = 0.95 (by the files' headers)" in capsys.readouterr().out
    assert main(["fit-tilt", *names, "--window", "284:286.7", "--degree", "1"]) == 0
    told_then = capsys.readouterr()
    assert "P = 1:" in told_then.out
    assert "headers tell P = 0.95; 1 is taken" in told_then.err


def test_files_that_tell_several_degrees_are_asked_about(tmp_path, capsys):
    names = written(tmp_path)
    for name, degree in zip(names, (0.8, 0.9, 0.9, 0.9, 0.9)):
        path = Path(name)
        path.write_text(f"# degree of polarisation: {degree}\n{path.read_text()}")
    assert main(["fit-tilt", *names, "--window", "284:286.4"]) == 1
    assert "0.8 and 0.9" in capsys.readouterr().err
    assert main(["fit-tilt", *names, "--window", "284:286.4", "--degree", "0.9"]) == 0


def test_a_figure_against_the_squared_cosine(tmp_path, capsys):
    out = tmp_path / "tilt.svg"
    told(capsys, *written(tmp_path), "--window", "284:286.4", "--out", str(out))
    text = out.read_text(encoding="utf-8")
    assert "cos² θ" in text
    assert 'id="fitted"' in text


@pytest.mark.usefixtures("formula")
def test_the_whole_tensor_gives_the_tilt_of_the_molecule(tmp_path, capsys):
    structure = str(find_example("benzene").path)
    sigma = sum(expected_components(atom) for atom in range(6))
    normal = from_angles_deg(40.0, 60.0)
    names = []
    for angle in ANGLES:
        field = LinearPolarisation(from_angles_deg(angle, 0.0, normal), normal=tuple(normal))
        row = field.with_average(AzimuthalDisorder()).weight().voigt @ sigma
        names.append(str(tmp_path / f"film_{angle}deg.dat"))
        rng = np.random.default_rng(angle)
        np.savetxt(names[-1], np.column_stack([ENERGY_EV, row + 0.01 * row.max() * rng.normal(size=len(row))]))
    out = tmp_path / "whole.png"
    words = ["--window", "284:287", "--structure", structure, "--axis", "0,0,1", "--range", "282:292"]
    tilt, error = told(capsys, *names, *words, "--out", str(out))
    # the formula has one shape in all components, so that azimuths stand for tilts: the error says so
    assert abs(tilt - 40.0) < 3.0 * error
    assert out.stat().st_size > 5000


@pytest.mark.usefixtures("formula")
def test_a_molecule_that_explains_little_of_the_film_is_told_of(tmp_path, capsys):
    names = []
    for angle in ANGLES:
        lines = [np.exp(-0.5 * ((ENERGY_EV - at) / 0.4) ** 2) for at in (285.2, 288.0, 291.5)]
        share = np.cos(np.radians(angle)) ** 2
        names.append(str(tmp_path / f"film_{angle}deg.dat"))
        np.savetxt(names[-1], np.column_stack([ENERGY_EV, share * lines[0] + lines[1] + (1.0 - share) * lines[2]]))
    structure = str(find_example("benzene").path)
    assert main(["fit-tilt", *names, "--window", "284:286.5", "--structure", structure, "--range", "282:295"]) == 0
    printed = capsys.readouterr()
    assert re.search(r"\d\d % unexplained$", printed.out, re.MULTILINE)
    assert "The fit leaves much unexplained: " in printed.err
    assert "Do molecule, edge and angles fit the spectra?" in printed.err


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--window", "284"], "no range"),
        (["--window", "284:286", "--degree", "2"], "does not exist"),
        (["--window", "284:286", "--order", "2"], "no order parameter"),
        (["--window", "284:286", "--angles", "20"], "two different angles"),
        (["--window", "284:286", "--out", "a.csv"], "no figure"),
    ],
)
def test_wrong_usage_is_told(tmp_path, capsys, words, part):
    assert main(["fit-tilt", *written(tmp_path), *words]) == 2
    assert part in capsys.readouterr().err
