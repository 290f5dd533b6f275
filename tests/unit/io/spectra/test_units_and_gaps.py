"""Units that files tell, rows without numbers, and counts that files don't keep: converted, or told of."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from xanesview.cli.main import main
from xanesview.domain.measurement import Measurement
from xanesview.errors import XanesviewError
from xanesview.io.spectra.energy_units import ANGSTROM_PER_UNIT, EV_PER_UNIT, known_unit, to_ev
from xanesview.io.spectra.interpretation import Answers
from xanesview.io.spectra.measurement_file import read_measurement

ENERGY = np.linspace(280.0, 305.0, 101)
MU = 1.0 / (1.0 + np.exp(285.0 - ENERGY))


def said(found: Measurement) -> str:
    """Everything that a user is told of a file."""
    scan = found.scans[0]
    notices = (*found.notices, *scan.notices_of())
    return " ".join([*(one.message for one in found.questions), *(one.message for one in notices)])


def columns(path: Path, cells: list[str], head: str = "# energy mu\n", tail: str = "") -> Path:
    path.write_text(head + "".join(f"{e:.3f} {cell}\n" for e, cell in zip(ENERGY, cells)) + tail)
    return path


@pytest.mark.parametrize(
    "word", ["nan", "#DIV/0!", "*****", "#####", "N/A", "None", "OVER", "text", "", "1e999", "sat 2"]
)
def test_rows_without_a_number_amid_others_are_counted(tmp_path, word):
    cells = [word if 40 <= k < 60 else f"{mu:.6f}" for k, mu in enumerate(MU)]
    found = read_measurement(columns(tmp_path / "a.dat", cells))
    assert found.scans[0].spectrum().energy_ev.size == 81
    assert "20 rows without a" in said(found)


def test_underscores_make_no_number(tmp_path):
    cells = ["0.5_1" if k == 40 else f"{mu:.6f}" for k, mu in enumerate(MU)]
    assert "1 row without a number" in said(read_measurement(columns(tmp_path / "a.dat", cells)))


@pytest.mark.parametrize("last", [True, False])
def test_rows_that_failed_at_an_end_are_counted(tmp_path, last):
    cells = [f"{mu:.6f}" for mu in MU]
    cells[-3:] = ["OVER"] * 3 if last else cells[-3:]
    cells[:3] = cells[:3] if last else ["OVER"] * 3
    assert "3 rows without a number" in said(read_measurement(columns(tmp_path / "a.dat", cells)))


def test_last_row_that_is_cut_short_is_counted(tmp_path):
    cells = [f"{mu:.6f}" for mu in MU[:-1]] + [""]
    assert "1 row without a number" in said(read_measurement(columns(tmp_path / "a.dat", cells)))


def test_lines_above_and_below_the_numbers_are_no_rows(tmp_path):
    head = "Sample 3 of 5\nmeasured at 285 eV\nenergy mu\n"
    cells = [f"{mu:.6f}" for mu in MU]
    path = columns(tmp_path / "a.dat", cells, head, "101 points\nend of the scan\n")
    assert "left out" not in said(read_measurement(path))


def test_exponent_of_three_digits_is_read(tmp_path):
    cells = ["1.2-105" if k < 3 else f"{mu:.6f}" for k, mu in enumerate(MU)]
    found = read_measurement(columns(tmp_path / "a.dat", cells))
    assert found.scans[0].signals[0].values[0] == pytest.approx(1.2e-105)
    assert "left out" not in said(found)


@pytest.mark.parametrize(
    ("kind", "unit"),
    [
        (kind, unit)
        for kind in ("nexus", "xdi", "emsa", "header")
        for unit in (*EV_PER_UNIT, *(() if kind == "emsa" else ANGSTROM_PER_UNIT))  # the axis of EMSA is even
    ],
)
def test_energies_in_any_known_unit_become_ev(tmp_path, kind, unit):
    one = to_ev(np.ones(1), unit)[0]
    axis = one / ENERGY[::-1] if unit in ("nm", "Å") else ENERGY / one
    mu = MU[::-1] if unit in ("nm", "Å") else MU
    path = written(tmp_path, kind, unit, axis, mu)
    found = read_measurement(path)
    np.testing.assert_allclose(found.scans[0].energy_ev, ENERGY, rtol=1e-6)
    assert "unit" not in said(found)


def written(folder: Path, kind: str, unit: str, axis: np.ndarray, mu: np.ndarray) -> Path:
    rows = "".join(f"{e:.12g} {m:.6f}\n" for e, m in zip(axis, mu))
    if kind == "xdi":
        path, text = folder / "a.xdi", f"# XDI/1.0 x\n# Column.1: energy {unit}\n# Column.2: mutrans\n#---\n{rows}"
    elif kind == "header":
        path, text = folder / "a.dat", f"Energy ({unit})\tmu\n" + rows.replace(" ", "\t")
    elif kind == "emsa":
        values = "".join(f"{m:.6f}\n" for m in mu)
        text = (
            f"#FORMAT : EMSA/MAS Spectral Data File\n#NPOINTS : {len(mu)}\n#XUNITS : {unit}\n#DATATYPE : Y\n"
            f"#XPERCHAN : {axis[1] - axis[0]:.15g}\n#OFFSET : {axis[0]:.15g}\n#SPECTRUM : x\n{values}#ENDOFDATA :\n"
        )
        path = folder / "a.msa"
    else:
        path = folder / "a.nxs"
        with h5py.File(path, "w") as f:
            entry = f.create_group("entry")
            entry.attrs["NX_class"] = "NXentry"
            data = entry.create_group("data")
            data.attrs.update(NX_class="NXdata", signal="mu", axes="energy")
            data["mu"] = mu
            data["energy"] = axis
            data["energy"].attrs["units"] = unit
        return path
    path.write_text(text)
    return path


@pytest.mark.parametrize("kind", ["nexus", "xdi", "emsa"])
@pytest.mark.parametrize("unit", ["bananas", "mev"])
def test_unknown_unit_is_asked(tmp_path, kind, unit):
    path = written(tmp_path, kind, unit, ENERGY, MU)
    assert f"“{unit}”, which is no known unit" in said(read_measurement(path))
    told = read_measurement(path, Answers(unit="Ry"))
    assert "known unit" not in said(told)
    np.testing.assert_allclose(told.scans[0].energy_ev, to_ev(ENERGY, "Ry"))


def test_milli_and_mega_are_told_apart():
    assert [known_unit(word) for word in ("meV", "MeV", "KEV", "EV", "mEV")] == ["meV", "MeV", "keV", "eV", ""]


@pytest.mark.parametrize(("n_points", "taken"), [(200, 101), (50, 50), (101, 101)])
def test_emsa_that_holds_other_than_it_announces_says_so(tmp_path, n_points, taken):
    path = written(tmp_path, "emsa", "eV", ENERGY, MU)
    path.write_text(path.read_text().replace("#NPOINTS : 101", f"#NPOINTS : {n_points}"))
    found = read_measurement(path)
    assert found.scans[0].energy_ev.size == taken
    assert (f"announces {n_points} points but holds 101" in said(found)) == (n_points != 101)


def project(shift: str = "0", n: int = 2) -> str:
    x, y = (",".join(f"'{value:.5f}'" for value in values) for values in (ENERGY, MU))
    group = f"@args = ('label','g','is_xmu','1','bkg_eshift','{shift}');\n@x = ({x});\n@y = ({y});\n[record]\n\n"
    return "# Athena project file -- Demeter version 0.9.26\n\n" + "".join(
        f"$old_group = 'g{k}';\n{group}" for k in range(n)
    )


def test_project_that_is_cut_off_says_so(tmp_path):
    path = tmp_path / "a.prj"
    text = project()
    path.write_text(text)
    assert "ends amid" not in said(read_measurement(path))
    path.write_text(text[: len(text) * 4 // 5])
    assert "ends amid a group" in said(read_measurement(path))
    path.write_text(text[: len(text) * 2 // 5])
    with pytest.raises(XanesviewError, match="ends amid its first group"):
        read_measurement(path)


@pytest.mark.parametrize("shift", ["1e999", "abc", "nan"])
def test_shift_of_a_group_that_is_no_number_is_told(tmp_path, shift):
    path = tmp_path / "a.prj"
    path.write_text(project(shift, 1))
    assert "is no number; none was added" in said(read_measurement(path))


def test_a_shift_names_its_group_and_many_become_one_line(tmp_path, capsys):
    path = tmp_path / "a.prj"
    path.write_text(project("4.911", 3))
    assert main(["convert", str(path), "--out", str(tmp_path / "one.csv"), "--scan", "2"]) == 0
    assert "Athena's shift of “g”, 4.911 eV, is part of its energies." in capsys.readouterr().err
    assert main(["convert", str(path), "--out", str(tmp_path / "all.prj"), "--scan", "all"]) == 0
    told = capsys.readouterr().err
    assert told.count("Athena's shift") == 1
    assert "part of the energies of 3 scans" in told


@pytest.mark.parametrize("name", ["energy", "mono_energy", "Energy (eV)"])
def test_energies_that_stand_still_are_told_as_such(tmp_path, name):
    path = tmp_path / "still.xdi"
    rows = "\n".join(f"{6199.7715 + 1e-5 * (k % 2)}  {75.2 + 1e-6 * k}  {10 + k}  {5 + k}" for k in range(40))
    path.write_text(f"# XDI/1.0\n# Column.1: {name}\n# Column.2: bragg\n# Column.3: i0\n# Column.4: i1\n#---\n{rows}\n")
    with pytest.raises(XanesviewError, match=r"6199\.77.* eV throughout"):
        read_measurement(path)


def test_columns_are_chosen_by_number_as_well_as_by_name(tmp_path, capsys):
    path, out = tmp_path / "a.dat", tmp_path / "a.csv"
    np.savetxt(path, np.column_stack([ENERGY, MU, 2 * MU]), header="energy one two")
    for signal in ("3", "two", "$3"):
        assert main(["convert", str(path), "--energy", "1", "--signal", signal, "--out", str(out)]) == 0
        np.testing.assert_allclose(read_measurement(out).scans[0].signals[0].values, 2 * MU)
    assert main(["convert", str(path), "--signal", "1", "--out", str(out)]) == 1
    assert "holds the energies" in capsys.readouterr().err
    assert main(["convert", str(path), "--signal", "4", "--out", str(out)]) == 1
    assert "There is no column “4”" in capsys.readouterr().err
