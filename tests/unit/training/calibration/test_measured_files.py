"""A folder of measured spectra: what is read of it, and what its files lack."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.io.structures.registry import read_structure
from xanesview.paths import resource
from xanesview.training.calibration.measured_files import WINDOWS_EV, in_edge_steps, measured_files, unpredicted_files

HEAD = "file,smiles,element,state,angles\n"


def make_folder(folder: Path, index: str) -> Path:
    (folder / "index.csv").write_text(HEAD + index)
    for name in ("ethene_C.csv", "film.csv", "film2.csv"):
        (folder / name).write_text("energy,intensity\n284,0\n285,1\n286,0.2\n287,0.4\n")
    return folder


def test_files_with_a_molecule_or_a_crystal_are_used(tmp_path):
    rows = 'ethene_C.csv,C=C,C,"gas, electron loss, 0.7 eV",\nfilm.csv,,C,film,20 55\nhematite_Fe2O3.xdi,,Fe,powder,\n'
    files = measured_files(make_folder(tmp_path, rows + "x.csv,C,Cl,gas,\n"))
    assert [file.name for file in files] == ["ethene_C", "hematite_Fe2O3"]
    reasons = {file.name: file.why_not for file in unpredicted_files(tmp_path)}
    assert list(reasons) == ["film", "x"]
    assert "no SMILES string" in reasons["film"]
    assert reasons["x"] == "spectra of Cl are not compared"
    assert files[0].resolution_ev == 0.7
    assert files[0].structure().formula == "C2H4"
    assert files[0].spectrum().native_fwhm_ev == 0.7
    assert files[1].structure().formula == "Fe12O18"
    assert [file.name for file in measured_files(tmp_path, "Fe")] == ["hematite_Fe2O3"]


def test_a_structure_beside_the_spectrum_is_that_of_its_sample(tmp_path):
    (tmp_path / "film.xyz").write_text("2\n\nC 0 0 0\nO 0 0 1.13\n")
    (file,) = measured_files(make_folder(tmp_path, "film.csv,,C,film,\nfilm2.csv,,C,film,\n"))
    assert file.structure().formula == "CO"


@pytest.mark.parametrize(
    ("name", "formula", "neighbours"),
    [("hematite_Fe2O3", "Fe12O18", {6}), ("magnetite_Fe3O4", "Fe24O32", {4, 6}), ("wustite_FeO", "Fe4O4", {6})],
)
def test_the_oxides_have_the_iron_oxygen_bonds_of_the_minerals(name, formula, neighbours):
    structure = read_structure(resource("crystals", f"{name}.cif"))
    assert structure.formula == formula
    shifts = np.array([[i, j, k] for i in (-1, 0, 1) for j in (-1, 0, 1) for k in (-1, 0, 1)]) @ structure.cell_angstrom
    oxygen = structure.positions_angstrom[structure.sites_of("O")]
    counts = set()
    for iron in structure.positions_angstrom[structure.sites_of("Fe")]:
        distance = np.linalg.norm(oxygen[:, None] + shifts - iron, axis=-1).ravel()
        near = distance[distance < 2.4]
        counts.add(len(near))
        assert 1.85 < near.mean() < 2.2
    assert counts == neighbours


def test_what_is_wrong_with_a_folder_is_told(tmp_path):
    with pytest.raises(XanesviewError, match="no index"):
        measured_files(tmp_path)
    (tmp_path / "index.csv").write_text("file,smiles\na.csv,C\n")
    with pytest.raises(XanesviewError, match="no column element"):
        measured_files(tmp_path)


def test_transmission_becomes_edge_steps(tmp_path):
    energy = np.arange(6950.0, 7700.0, 1.0)
    step = 0.5 + np.arctan((energy - 7125.0) / 2.0) / np.pi
    mu = 0.8 - 2e-4 * (energy - 7000.0) + 1.7 * step
    lines = "\n".join(f"{e:.3f} {1e6:.6f} {1e6 * np.exp(-m):.6f}" for e, m in zip(energy, mu, strict=True))
    head = "# XDI/1.0\n# Column.1: energy eV\n# Column.2: i0\n# Column.3: itrans\n# ///\n# energy i0 itrans\n"
    (tmp_path / "hematite_Fe2O3.xdi").write_text(f"{head}{lines}\n")
    (tmp_path / "index.csv").write_text(HEAD + "hematite_Fe2O3.xdi,,Fe,powder,\n")
    (file,) = measured_files(tmp_path)
    spectrum = file.spectrum()
    inside = (energy > 7100) & (energy < 7180)
    np.testing.assert_allclose(spectrum.intensity[inside], step[inside], atol=0.03)
    assert spectrum.unit == "edge step"


def test_an_edge_at_the_end_of_a_scan_is_told():
    energy = np.linspace(7100.0, 7150.0, 101)
    spectrum = Spectrum(energy, np.arctan(energy - 7125.0), label="short", kind="measured")
    with pytest.raises(XanesviewError, match="too few points"):
        in_edge_steps(spectrum, WINDOWS_EV["Fe"])


def test_an_index_that_is_no_file_is_told_of(tmp_path):
    os.mkfifo(tmp_path / "index.csv")
    with pytest.raises(XanesviewError, match=r"index.csv is a pipe"):
        measured_files(tmp_path)


def test_a_short_row_lacks_what_it_does_not_say(tmp_path):
    (file,) = measured_files(make_folder(tmp_path, "ethene_C.csv,C=C,C\n"))
    assert file.resolution_ev == 0.0


def test_a_scan_beside_the_edge_is_told():
    energy = np.linspace(6000.0, 6100.0, 101)
    with pytest.raises(XanesviewError, match=r"short has 0 points at its edge"):
        in_edge_steps(Spectrum(energy, energy, label="short", kind="measured"), WINDOWS_EV["Fe"])


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("".join(f"{e},{e % 3}\n" for e in range(700, 720)), "has 0 points from 283 to 300 eV"),
        ("284,1\n310,2\n311,4\n", "has 1 point from 283 to 300 eV"),
        ("".join(f"{e},5\n" for e in range(280, 310)), "is no absorption .* flat"),
        ("".join(f"{e},{-1 - e % 3}\n" for e in range(280, 310)), "is no absorption .* below zero"),
    ],
)
def test_what_can_not_be_laid_over_a_prediction_is_named(table, told, tmp_path):
    (file,) = measured_files(make_folder(tmp_path, "ethene_C.csv,C=C,C,gas,\n"))
    file.path.write_text("energy,intensity\n" + table)
    with pytest.raises(XanesviewError, match=f"ethene_C.*{told}"):
        file.spectrum()
