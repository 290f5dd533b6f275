"""Files that are given together: which of them are one sample at several angles."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.film_files import ENERGY_EV, THETAS_DEG, write_spectra, write_table
from xanesview.io.spectra.angle_files import angled, files_of_angles
from xanesview.io.spectra.angle_spectra import without_angle

SPECTRA = np.array([np.exp(-((ENERGY_EV - 285.0) ** 2)) * (1.0 + k) for k in range(len(THETAS_DEG))])


def plain(folder: Path, name: str, header: str = "") -> Path:
    path = folder / name
    path.write_text(header + "".join(f"{e:.2f} {y:.4f}\n" for e, y in zip(ENERGY_EV, SPECTRA[0], strict=True)))
    return path


def test_names_that_differ_in_an_angle_alone_are_one_series_by_ascending_angle(tmp_path):
    paths = write_spectra(tmp_path, SPECTRA)
    found = files_of_angles(paths[::-1])
    assert found.others == ()
    ((name, spectra),) = found.series
    assert name == "film"
    assert tuple(one.angle_deg for one in spectra) == THETAS_DEG
    np.testing.assert_allclose([one.spectrum.intensity.max() for one in spectra], [1, 2, 3, 4, 5], rtol=1e-3)


def test_two_samples_are_two_series_and_what_has_no_angle_stays_alone(tmp_path):
    paths = [*write_spectra(tmp_path, SPECTRA, name="p3ht"), *write_spectra(tmp_path, SPECTRA, name="y6")]
    alone, once = plain(tmp_path, "reference.dat"), plain(tmp_path, "other_20deg.dat")
    found = files_of_angles([*paths, alone, once])
    assert [name for name, _ in found.series] == ["p3ht", "y6"]
    assert found.others == (alone, once)


def test_angles_in_headers_make_a_series_of_a_folder(tmp_path):
    paths = [plain(tmp_path, f"scan{k}.dat", f"# angle: {angle}\n") for k, angle in ((1, 20), (2, 70))]
    ((name, spectra),) = files_of_angles(paths).series
    assert name == tmp_path.name
    assert [one.source for one in spectra] == ["header", "header"]


def test_a_table_of_a_column_an_angle_has_them_in_its_titles(tmp_path):
    spectra = angled([write_table(tmp_path / "film.csv", SPECTRA)])
    assert tuple(one.angle_deg for one in spectra) == THETAS_DEG
    assert {one.source for one in spectra} == {"columns"}
    assert angled([plain(tmp_path, "plain.dat")]) is None
    assert angled([tmp_path / "missing.dat"]) is None


@pytest.mark.parametrize(
    ("name", "without"),
    [("film_55deg", "film"), ("theta=20_film", "film"), ("Y6 20 deg C K", "Y6_C K"), ("film", "film")],
)
def test_a_name_without_its_angle(name, without):
    assert without_angle(name) == without


def test_scans_of_one_file_that_are_called_by_their_angles_are_a_series(tmp_path):
    path = tmp_path / "film.h5"
    with h5py.File(path, "w") as file:
        entry = file.create_group("entry")
        entry.attrs["NX_class"] = "NXentry"
        data = entry.create_group("e1")
        data.attrs.update(NX_class="NXdata", signal="mu", axes=["angle", "energy"])
        for name, values, unit in (("angle", THETAS_DEG, "deg"), ("energy", ENERGY_EV, "eV"), ("mu", SPECTRA, "")):
            data[name] = np.asarray(values, float)
            data[name].attrs["units"] = unit
    found = angled([path])
    assert tuple(one.angle_deg for one in found) == THETAS_DEG
    np.testing.assert_allclose(found[1].spectrum.intensity, SPECTRA[1])
