"""Angles of measured spectra: of names, headers, titles of columns, and series that the program wrote."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.io.spectra.angle_spectra import (
    angle_in_header,
    angle_in_name,
    angles_of_columns,
    degree_in_header,
    read_angle_spectra,
)
from xanesview.io.spectra.curves import write_curves

ENERGY = np.linspace(280.0, 300.0, 21)


@pytest.mark.parametrize(
    ("name", "angle"),
    [("film_55deg", 55.0), ("film_55_deg", 55.0), ("theta20", 20.0), ("th_20.5", 20.5), ("film-54p7deg", 54.7),
     ("P3HT 20°", 20.0), ("film_55", None), ("depth_20", None), ("y6_20deg_55deg", None), ("film_2024_03_05", None)],
)  # fmt: skip
def test_angles_of_names(name, angle):
    assert angle_in_name(name) == angle


@pytest.mark.parametrize(
    ("line", "angle"),
    [("# angle: 55", 55.0), ("# Sample.theta: 20", 20.0), ("# Theta (deg) = 40.5", 40.5), ("# angle_deg: 70", 70.0),
     ("# angle of incidence: 30", None), ("# date 2020", None)],
)  # fmt: skip
def test_angles_of_headers(line, angle):
    assert angle_in_header([line]) == angle


@pytest.mark.parametrize(
    ("line", "degree"),
    [("# Degree of polarisation: 0.95", 0.95), ("# degree of linear polarization (P) = 0,9", 0.9),
     ("# polarisation_degree 95 %", 0.95), ("# Degree of polarisation: 95", None), ("# polarisation: 30", None),
     ("# degree of polarisation: 0.9.1", None), ("# P 0.95", None)],
)  # fmt: skip
def test_degrees_of_polarisation_of_headers(line, degree):
    assert degree_in_header([line]) == degree


def test_lines_that_tell_two_degrees_tell_none():
    lines = ["# degree of polarisation: 0.95", "# degree of polarisation: 0.9"]
    assert degree_in_header(lines) is None
    assert degree_in_header(lines[:1] * 2) == 0.95


def test_a_series_that_the_program_wrote_tells_its_degree(tmp_path):
    curves = [
        Spectrum(ENERGY, ENERGY, label=f"grazing angle = {angle}°", provenance={"degree": "0.9", "angle": f"{angle} °"})
        for angle in (20, 90)
    ]
    write_curves(tmp_path / "series.csv", curves)
    assert [one.degree for one in read_angle_spectra([tmp_path / "series.csv"])] == [0.9, 0.9]


def test_numbers_that_count_columns_are_no_angles():
    assert angles_of_columns(["20", "55", "90"]) == [20.0, 55.0, 90.0]
    assert angles_of_columns(["1", "2", "3", "4"]) is None
    assert angles_of_columns(["0", "1"]) is None
    assert angles_of_columns(["20 deg", "I0"]) is None


@pytest.mark.parametrize("head", ["energy_ev,20,55,90", "# source: x\n# energy,20deg,55deg,90deg"])
def test_a_table_of_a_column_an_angle(tmp_path, head):
    path = tmp_path / "film.csv"
    rows = "\n".join(f"{e:g},{e - 280:g},{e - 270:g},{e - 260:g}" for e in ENERGY)
    path.write_text(f"{head}\n{rows}\n")
    found = read_angle_spectra([path])
    assert [one.angle_deg for one in found] == [20.0, 55.0, 90.0]
    assert {one.source for one in found} == {"columns"}
    np.testing.assert_allclose(found[1].spectrum.intensity, ENERGY - 270.0)
    given = read_angle_spectra([path], [10, 20, 30])
    assert [(one.angle_deg, one.source) for one in given] == [(10.0, "given"), (20.0, "given"), (30.0, "given")]


def test_columns_without_angles_are_asked_about(tmp_path):
    path = tmp_path / "film.csv"
    path.write_text("energy_ev,1,2,3\n" + "\n".join(f"{e:g},1,2,3" for e in ENERGY))
    with pytest.raises(XanesviewError, match="no angles as their titles"):
        read_angle_spectra([path])
    assert len(read_angle_spectra([path], [20, 55, 90])) == 3
    with pytest.raises(XanesviewError, match="3 spectra need as many angles"):
        read_angle_spectra([path], [20, 55])


def test_files_by_name_and_by_header(tmp_path):
    np.savetxt(tmp_path / "film_20deg.dat", np.column_stack([ENERGY, ENERGY]))
    np.savetxt(tmp_path / "other.dat", np.column_stack([ENERGY, ENERGY]), header="angle: 70")
    found = read_angle_spectra([tmp_path / "film_20deg.dat", tmp_path / "other.dat"])
    assert [(one.angle_deg, one.source) for one in found] == [(20.0, "name"), (70.0, "header")]
    np.savetxt(tmp_path / "third.dat", np.column_stack([ENERGY, ENERGY]))
    with pytest.raises(XanesviewError, match="neither in its name nor in its header"):
        read_angle_spectra([tmp_path / "third.dat"])


def test_a_series_that_the_program_wrote(tmp_path):
    spectra = [Spectrum(ENERGY, ENERGY * k, label=f"θ = {a}°", provenance={"angle": f"{a} °"})
               for k, a in ((1, 20), (2, 90))]  # fmt: skip
    for ending in ("csv", "h5"):
        path = tmp_path / f"series.{ending}"
        write_curves(path, [*spectra, Spectrum(ENERGY, ENERGY, label="I∥ − I⊥")])
        found = read_angle_spectra([path])
        assert [one.angle_deg for one in found] == [20.0, 90.0]
