"""``xanesview convert``, and what info and plot say of measured files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests import measured_files as made
from tests.measured_files import ENERGY, MU, written
from xanesview.cli.main import main
from xanesview.domain.spectrum import Spectrum
from xanesview.io.spectra.curves import write_curves
from xanesview.io.spectra.measurement_file import read_measurement


@pytest.mark.parametrize("source", ["columns.dat", "packed.prj", "kek.dat", "bliss.h5", "iso.spec", "sheet.xlsx"])
@pytest.mark.parametrize("ending", [".csv", ".xdi", ".h5", ".prj"])
def test_what_is_written_reads_back_as_the_same_spectrum(tmp_path: Path, source: str, ending: str, capsys) -> None:
    path = written(tmp_path, source, made.files()[source])
    target = tmp_path / f"out{ending}"
    assert main(["convert", str(path), "--out", str(target)]) == 0
    before, after = read_measurement(path).scans[0], read_measurement(target).scans[0]
    np.testing.assert_allclose(after.energy_ev, before.energy_ev, rtol=1e-12)
    np.testing.assert_allclose(after.signals[0].values, before.signals[0].values, rtol=1e-12)


def test_a_table_has_energies_first_and_one_named_column_a_signal(tmp_path: Path) -> None:
    path = written(tmp_path, "columns.dat", made.files()["columns.dat"])
    main(["convert", str(path), "--out", str(tmp_path / "out.csv")])
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    names = next(line for line in lines if not line.startswith("#"))
    assert names == "energy_ev,µ (transmission),I0,It"
    assert "# signal µ (transmission): ln(I0/It) (transmission)" in lines
    main(["convert", str(path), "--out", str(tmp_path / "one.csv"), "--signal", "$3/$2"])
    lines = (tmp_path / "one.csv").read_text(encoding="utf-8").splitlines()
    assert next(line for line in lines if not line.startswith("#")) == "energy_ev,$3/$2"


def test_groups_of_a_project_go_where_several_fit_else_one_or_a_file_each(tmp_path: Path, capsys) -> None:
    path = written(tmp_path, "p.prj", made.athena())
    main(["convert", str(path), "--out", str(tmp_path / "all.prj")])
    again = read_measurement(tmp_path / "all.prj")
    assert [scan.label for scan in again.scans] == ["foil", "it's oxide"]
    assert again.scans[1].settings["bkg_e0"] == "7112.0"
    assert "--scan N" not in capsys.readouterr().err
    main(["convert", str(path), "--out", str(tmp_path / "first.csv")])
    assert "--scan N" in capsys.readouterr().err
    assert main(["convert", str(path), "--out", str(tmp_path / "second.csv"), "--scan", "2"]) == 0
    np.testing.assert_allclose(read_measurement(tmp_path / "second.csv").scans[0].energy_ev, ENERGY + 1)
    main(["convert", str(path), "--out", str(tmp_path / "each.csv"), "--scan", "all"])
    assert (tmp_path / "each_1.csv").is_file()
    assert (tmp_path / "each_2.csv").is_file()


def test_curves_of_this_program_are_converted_too(tmp_path: Path) -> None:
    write_curves(tmp_path / "curves.csv", [Spectrum(ENERGY, MU, label="mine", kind="measured")])
    assert main(["convert", str(tmp_path / "curves.csv"), "--out", str(tmp_path / "out.xdi")]) == 0
    np.testing.assert_allclose(read_measurement(tmp_path / "out.xdi").scans[0].signals[0].values, MU)


def test_another_ending_a_structure_or_the_file_itself_is_refused(tmp_path: Path, capsys) -> None:
    path = written(tmp_path, "columns.dat", made.files()["columns.dat"])
    assert main(["convert", str(path), "--out", str(tmp_path / "out.docx")]) == 1
    assert "not written as “.docx”" in capsys.readouterr().err
    structure = written(tmp_path, "co.xyz", "2\n\nC 0 0 0\nO 0 0 1.13\n")
    assert main(["convert", str(structure), "--out", str(tmp_path / "out.csv")]) == 1
    assert "is a structure" in capsys.readouterr().err
    own = written(tmp_path, "own.csv", made.files()["columns.dat"])
    assert main(["convert", str(own), "--out", str(own)]) != 0


def test_info_and_plot_say_what_was_taken_and_which_option_decides_it(tmp_path: Path, capsys) -> None:
    text = "# energy Io It If\n" + made.rows(ENERGY, made.I0, made.IT, made.I0 * MU)
    path = written(tmp_path, "x.dat", text)
    assert main(["info", str(path)]) == 0
    told = capsys.readouterr()
    assert "7100.00 to 7129.50 eV, 60 points" in told.out
    assert "µ (transmission) = ln(Io/It)" in told.out
    assert "--signal" in told.err
    assert main(["plot", str(path), "--out", str(tmp_path / "x.svg")]) == 0
    assert "ln(Io/It) was taken" in capsys.readouterr().err
    assert main(["plot", str(path), "--out", str(tmp_path / "x.svg"), "--signal", "If/Io"]) == 0
    assert "was taken" not in capsys.readouterr().err
    chi = written(tmp_path, "x.chi", "# sample\n" + made.rows(np.linspace(0.3, 14, 60), MU))
    assert main(["plot", str(chi), "--out", str(tmp_path / "x.svg")]) == 1
    assert "--energy COLUMN --unit eV" in capsys.readouterr().err


def test_curves_of_an_export_on_energies_of_their_own_are_told_of(tmp_path: Path, capsys) -> None:
    path = tmp_path / "export.csv"
    own = Spectrum(ENERGY, MU, label="mine", kind="measured")
    write_curves(path, [own, Spectrum(ENERGY + 0.3, MU, label="other", kind="measured")])
    assert main(["convert", str(path), "--out", str(tmp_path / "one.xdi")]) == 0
    told = capsys.readouterr().err
    assert "left out: “other”" in told
    assert "--scan all" in told
    assert main(["convert", str(path), "--out", str(tmp_path / "each.xdi"), "--scan", "all"]) == 0
    assert "left out" not in capsys.readouterr().err
    assert (tmp_path / "each_2.xdi").exists()


@pytest.mark.parametrize("ending", [".prj", ".xdi", ".h5"])
def test_energies_from_e0_become_absolute_where_the_format_knows_no_other(tmp_path: Path, ending: str, capsys) -> None:
    path, out = tmp_path / "slab.csv", tmp_path / f"slab{ending}"
    predict = ["predict", "example:hematite_001", "--sites", "0", "--theta", "20", "--out", str(path), "--quiet"]
    assert main(predict) == 0
    assert main(["convert", str(path), "--out", str(out)]) == 0
    assert "which was added" in capsys.readouterr().err
    scan = read_measurement(out).scans[0]
    assert 7080 < scan.energy_ev[0] < 7100 < 7200 < scan.energy_ev[-1] < 7230
    if ending != ".prj":
        assert scan.facts["network"] == "fe_k_edge_tensor"
        assert "network_hash" in scan.facts


def test_energies_from_an_unknown_e0_are_refused_where_the_format_knows_no_other(tmp_path: Path, capsys) -> None:
    path = tmp_path / "relative.csv"
    write_curves(path, [Spectrum(ENERGY - 7112.0, MU, label="mine", axis="relative")])
    assert main(["convert", str(path), "--out", str(tmp_path / "x.prj")]) == 1
    assert "count from an E0 that its file doesn't tell" in capsys.readouterr().err
    assert main(["convert", str(path), "--out", str(tmp_path / "x.csv")]) == 0


@pytest.mark.parametrize("options", [[], ["--signal", "$3/$2"]])
def test_a_file_of_intensities_that_are_no_numbers_is_refused(tmp_path: Path, capsys, options: list[str]) -> None:
    rows = [f"{energy:.3f} nan inf" for energy in ENERGY]
    path = written(tmp_path, "a.dat", "# energy I0 It\n" + "\n".join(rows) + "\n")
    assert main(["convert", str(path), "--out", str(tmp_path / "a.csv"), *options]) == 1
    assert "holds 0 usable points" in capsys.readouterr().err
    assert not (tmp_path / "a.csv").exists()
