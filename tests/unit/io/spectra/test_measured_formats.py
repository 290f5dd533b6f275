"""Every format of measurements: the energies and the absorption that were written are those that are read."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests import measured_files as made
from tests.measured_files import ENERGY, I0, IT, MU, rows, written
from xanesview.errors import XanesviewError
from xanesview.io.recognition import kind_of_file
from xanesview.io.spectra.interpretation import Answers
from xanesview.io.spectra.measurement_file import read_measurement
from xanesview.io.spectra.registry import MEASURED, measured_format
from xanesview.io.spectra.spectrum_file import sniff

FORMATS = {
    "columns.dat": "Columns of numbers", "scan.xdi": "XAS Data Interchange", "plain.prj": "Athena project",
    "packed.prj": "Athena project", "json.prj": "Athena project", "session.larix": "Larix session",
    "scans.spec": "SPEC",
    "xy.msa": "EMSA/MSA", "y.msa": "EMSA/MSA", "kek.dat": "9809 of Photon Factory and SPring-8",
    "ssrl.dat": "SSRL data collector", "sxr.asc": "mda2ascii", "dubble.dat": "SRS and DUBBLE",
    "lytle.dat": "Lytle's database", "fdmnes.txt": "FDMNES output", "new_conv.txt": "FDMNES output",
    "xmu.dat": "FEFF output", "eels.dat": "FEFF output", "iso.spec": "Quanty output", "sheet.xlsx": "Excel workbook",
    "nxxas_new.h5": "NeXus and HDF5", "nxxas_old.h5": "NeXus and HDF5", "nxdata.h5": "NeXus and HDF5",
    "bliss.h5": "NeXus and HDF5", "soleil.h5": "NeXus and HDF5",
}  # fmt: skip
SHIFTED = {"packed.prj": 2.0, "sxr.asc": -6600.0}
MADE_OF = {
    "columns.dat": "ln(I0/It)", "scan.xdi": "ln(i0/itrans)", "kek.dat": "ln(I0/I)", "ssrl.dat": "ln(I0/I1)",
    "lytle.dat": "ln(I0/It)", "nxxas_old.h5": "ln(incoming_beam/absorbed_beam)", "bliss.h5": "ln(I0/It)",
    "soleil.h5": "ln(I0/It)", "sxr.asc": '"Sample Drain"/"I0 Chamber"', "scans.spec": 'ln("I0 beam"/It)',
}  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("called", ["usual", "data.txt"])
def test_energies_and_absorption_come_out_of_every_format_whatever_the_file_is_called(tmp_path, name, called) -> None:
    path = written(tmp_path, name if called == "usual" else called, made.files()[name])
    assert kind_of_file(path) == "spectrum"
    assert measured_format(path).name == FORMATS[name]
    scan = read_measurement(path).scans[0]
    n = len(scan.energy_ev)
    expected = ENERGY[:n] + SHIFTED.get(name, 0.0)
    np.testing.assert_allclose(scan.energy_ev, expected, atol=5e-3)
    if name != "dubble.dat":
        np.testing.assert_allclose(scan.signals[0].values, MU, atol=2e-4)
        assert n == 60
    assert scan.signals[0].formula == MADE_OF.get(name, scan.signals[0].formula)
    assert scan.spectrum().provenance["intensity column"] == scan.signals[0].formula


def test_a_format_is_a_line_in_the_registry_with_all_its_functions() -> None:
    for fmt in MEASURED:
        assert fmt.sniff or fmt.recognise
        for role in ("sniff", "read", "recognise"):
            assert not getattr(fmt, role) or callable(fmt.function(role))


@pytest.mark.parametrize(
    "filling", ["\n", " \n", "\t", "#\n", "1\n", "a ", "1 2\n", "_", "'", "&\n", "!\n", "\n;", "# "]
)
def test_no_format_takes_long_to_recognise(filling) -> None:
    import time

    text = (filling * 20_000)[:20_000]
    for fmt in MEASURED:
        begun = time.process_time()
        if fmt.sniff:
            fmt.is_content(text)
        assert time.process_time() - begun < 0.5, fmt.name


# ---- Athena and Larix ----


def test_every_group_of_a_project_keeps_its_settings_and_chi_is_left_out_with_a_notice(tmp_path) -> None:
    found = read_measurement(written(tmp_path, "p.prj", gzip.compress(made.athena(2.5).encode())))
    assert [scan.label for scan in found.scans] == ["foil", "it's oxide"]
    scan = found.scans[0]
    assert scan.settings["bkg_e0"] == "7112.0"
    assert scan.settings["titles"] == "one; two"
    assert scan.facts["element.symbol"] == "Fe"
    assert scan.facts["sample.name"] == "rust"
    assert [channel.name for channel in scan.channels] == ["mu", "i0"]
    messages = " ".join(notice.message for notice in scan.notices)
    assert "shift of “foil”, 2.5 eV" in messages
    assert "1 group without energies was left out" in messages
    assert "holds 2 scans" in found.questions[0].message


def test_perl_is_never_run(tmp_path, monkeypatch) -> None:
    import os
    import subprocess

    def forbidden(*_, **__):
        raise AssertionError("something was run")

    for module, name in ((os, "system"), (subprocess, "Popen"), (os, "popen")):
        monkeypatch.setattr(module, name, forbidden)
    evil = "@journal = system('touch /tmp/x');\n@x = (`id`);\n$old_group = eval { 1 };\n%h = (do 'x');"
    found = read_measurement(written(tmp_path, "p.prj", made.athena(extra=evil)))
    assert len(found.scans) == 2


def test_a_project_of_nothing_but_chi_or_cut_off_is_told(tmp_path) -> None:
    only_chi = made.athena().replace("'is_chi','0'", "'is_chi','1'")
    with pytest.raises(XanesviewError, match="3 groups, none of them over energies"):
        read_measurement(written(tmp_path, "p.prj", only_chi))
    packed = gzip.compress(made.athena().encode())
    with pytest.raises(XanesviewError, match="damaged or cut off"):
        read_measurement(written(tmp_path, "cut.prj", packed[: len(packed) // 2]))


# ---- text formats ----


def test_kek_falls_back_to_the_angles_asked_for_and_knows_fluorescence(tmp_path) -> None:
    found = read_measurement(written(tmp_path, "k.dat", made.kek("3", read_back=False)))
    assert found.scans[0].energy_from.startswith("Angle(c)")
    assert found.scans[0].signals[0].formula == "If/I0"
    np.testing.assert_allclose(found.scans[0].energy_ev, ENERGY, atol=2e-3)


def test_kek_counts_that_touch_are_cut_by_their_width(tmp_path) -> None:
    text = made.kek()
    assert all(len(line.split()) == 3 for line in text.split("\n")[10:12])
    found = read_measurement(written(tmp_path, "k.dat", text))
    assert len(found.scans[0].energy_ev) == 60
    assert [channel.name for channel in found.scans[0].channels] == ["Angle(c)", "time/s", "I0", "I"]


def test_a_binary_file_of_ssrl_is_refused_with_the_way_out(tmp_path) -> None:
    path = written(tmp_path, "b.dat", b"SSRL - EXAFS Data Collector 1.1\n\0" + bytes(900))
    with pytest.raises(XanesviewError, match="binary file of SSRL") as caught:
        read_measurement(path)
    assert "ASCII" in caught.value.hint


@pytest.mark.parametrize("header", ["old", "2022"])
def test_fdmnes_counts_from_the_edge_that_its_header_tells(tmp_path, header) -> None:
    found = read_measurement(written(tmp_path, "x.txt", made.fdmnes(header)))
    assert found.is_sure
    assert found.scans[0].energy_from == "Energy (eV) + 7112 eV"
    assert found.scans[0].kind == "computed"


def test_a_convolution_without_an_edge_asks_the_file_before_it_else_stays_relative(tmp_path) -> None:
    conv = written(tmp_path, "x_conv.txt", made.fdmnes("none"))
    alone = read_measurement(conv)
    assert alone.scans[0].axis == "relative"
    assert "edge" in alone.questions[0].message
    written(tmp_path, "x.txt", made.fdmnes("old"))
    np.testing.assert_allclose(read_measurement(conv).scans[0].energy_ev, ENERGY)


def test_spec_offers_scans_over_energies_only(tmp_path) -> None:
    found = read_measurement(written(tmp_path, "s.spec", made.spec()))
    assert len(found.scans) == 1
    two = made.spec().replace(
        "#S 2", made.spec().split("\n\n", 1)[1].split("#S 2")[0].replace("#S 1", "#S 3") + "\n#S 2"
    )
    found = read_measurement(written(tmp_path, "s.spec", two))
    assert len(found.scans) == 2
    assert found.questions[0].about == "scan"
    chosen = read_measurement(tmp_path / "s.spec", Answers(scan="2"))
    assert chosen.scans[0].label.startswith("3 ")
    with pytest.raises(XanesviewError, match="has no scan “7”"):
        read_measurement(tmp_path / "s.spec", Answers(scan="7"))


# ---- HDF5 and XLSX ----


def test_a_stack_of_spectra_becomes_scans_and_bliss_entries_keep_their_order(tmp_path) -> None:
    stack = read_measurement(written(tmp_path, "s.h5", made.nexus("nxxas_new")))
    assert len(stack.scans) == 2
    np.testing.assert_allclose(stack.scans[1].signals[0].values, 2 * MU)
    assert stack.scans[0].facts["element.symbol"] == "Fe"
    bliss = read_measurement(written(tmp_path, "b.h5", made.nexus("bliss")))
    assert [scan.label.split()[0] for scan in bliss.scans] == ["2.1", "10.1"]


def test_an_unknown_tree_is_picked_from_by_paths(tmp_path) -> None:
    path = written(tmp_path, "t.h5", made.nexus("tree"))
    found = read_measurement(path, Answers(energy="/a/b/positions", signal="/a/b/counts"))
    np.testing.assert_allclose(found.scans[0].energy_ev, ENERGY)
    np.testing.assert_allclose(found.scans[0].signals[0].values, MU)
    with pytest.raises(XanesviewError, match="has no column /a/nowhere") as caught:
        read_measurement(path, Answers(energy="/a/nowhere"))
    assert "/a/b/positions" in caught.value.hint


def test_links_to_other_files_and_declared_sizes_are_not_believed(tmp_path) -> None:
    path = tmp_path / "bad.h5"
    with h5py.File(path, "w") as file:
        file["energy"] = ENERGY
        file["mu"] = MU
        file["elsewhere"] = h5py.ExternalLink("/etc/passwd", "/x")
        file["loop"] = h5py.SoftLink("/loop")
        file.create_dataset("bomb", (60, 10**9), "f8", chunks=(1, 1000), compression="gzip")
        file["again"] = file["/"]
    found = read_measurement(path)
    np.testing.assert_allclose(found.scans[0].signals[0].values, MU)


def test_a_workbook_that_defines_entities_or_unpacks_to_too_much_is_refused(tmp_path, monkeypatch) -> None:
    from xanesview.io.spectra import xlsx

    def workbook(sheet: str) -> Path:
        path = tmp_path / "w.xlsx"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", "<workbook/>")
            archive.writestr("xl/worksheets/sheet1.xml", sheet)
        return path

    with pytest.raises(XanesviewError, match="defines entities"):
        read_measurement(workbook('<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'))
    monkeypatch.setattr(xlsx, "_MOST_UNPACKED", 1000)
    with pytest.raises(XanesviewError, match="unpacks to more"):
        read_measurement(workbook("<worksheet>" + " " * 5000 + "</worksheet>"))


# ---- columns of many beamlines ----


@pytest.mark.parametrize(
    ("head", "columns", "formula"),
    [
        ("# energy Io It If", (ENERGY, I0, IT, I0 * MU), "ln(Io/It)"),
        ("# Energy(eV)  Time  I0  I1  I2", (ENERGY, np.ones(60), I0, IT, IT / 2), "ln(I0/I1)"),
        ("Photon Energy\tRing current\tI0\tTEY", (ENERGY - 6800, np.ones(60) * 300, I0, I0 * MU), "TEY/I0"),
        ("# Mono Energy, Izero, TEY", (ENERGY - 6800, I0, I0 * MU), "TEY/Izero"),
        ("#  energy_eV  norm  nbkg  flat  nder", (ENERGY, MU, MU, MU, MU), "norm"),
        ("#  energy  xmu  bkg  pre_edge  post_edge", (ENERGY, MU, MU, 0 * MU, MU), "xmu"),
        ("# qexafs_energy I0 It Iref lnI0It lnItIref", (ENERGY, I0, IT, IT, MU, 0 * MU), "lnI0It"),
        ("; P1 = {Energy} --> A:E.VAL\n; D1 = {I0}  --> a\n; D2 = {I1}  --> b\n;  P1 D1 D2", (ENERGY, I0, IT),
         "ln(I0/I1)"),
        ("# 1: Energy (eV)\n# 2: i0\n# 3: itrans\n# -----", (ENERGY, I0, IT), "ln(i0/itrans)"),
        ('"Energy" "I0" "Itrans"', (ENERGY, I0, IT), "ln(I0/Itrans)"),
        ("# Energy  Delta  Beta", (ENERGY, MU / 2, MU), "Beta"),
    ],
)  # fmt: skip
def test_the_names_of_columns_say_what_the_absorption_is_made_of(tmp_path, head, columns, formula) -> None:
    joint = "\t" if "\t" in head else ", " if "Izero" in head else "  "
    path = written(tmp_path, "x.dat", head + "\n" + rows(*columns, joint=joint))
    scan = read_measurement(path).scans[0]
    assert scan.signals[0].formula == formula
    np.testing.assert_allclose(scan.energy_ev, columns[0])
    np.testing.assert_allclose(scan.signals[0].values, MU, atol=1e-4)


def test_detector_elements_are_added_up(tmp_path) -> None:
    text = "# energy I0 Ge_1 Ge_2 Ge_3 Ge_4\n" + rows(ENERGY, I0, *[I0 * MU / 4 for _ in range(4)])
    found = read_measurement(written(tmp_path, "x.dat", text))
    assert found.is_sure is False
    assert found.scans[0].signals[0].formula == "(Ge_1+Ge_2+Ge_3+Ge_4)/I0"
    np.testing.assert_allclose(found.scans[0].signals[0].values, MU, atol=1e-4)


def test_angles_become_energies_by_the_crystal_of_the_file_or_of_the_command_line(tmp_path) -> None:
    path = written(tmp_path, "a.dat", "# Mono.d_spacing: 3.13551\n# angle/deg mu\n" + rows(made.ANGLE, MU))
    np.testing.assert_allclose(read_measurement(path).scans[0].energy_ev, ENERGY, atol=1e-3)
    silent = written(tmp_path, "s.dat", "# bragg mu\n" + rows(made.ANGLE, MU))
    assert any("no crystal" in question.message for question in read_measurement(silent).questions)
    for answers in (Answers(unit="degrees", d_spacing_angstrom=made.D_111), Answers(unit="Si(111)")):
        told = read_measurement(silent, answers)
        np.testing.assert_allclose(told.scans[0].energy_ev, ENERGY, rtol=1e-4)
        assert told.is_sure


def test_chi_of_k_has_no_energies_until_they_are_said(tmp_path) -> None:
    k = np.linspace(0.3, 14.0, 80)
    path = written(tmp_path, "x.chi", "# sample; removed 8800 to 8900 eV, order 1\n" + rows(k, np.sin(k)))
    with pytest.raises(XanesviewError, match="does not tell its energies") as caught:
        read_measurement(path)
    assert "--energy" in caught.value.hint
    assert not sniff(path).confident
    assert sniff(path).columns == ("column 1", "column 2")
    asked = read_measurement(path, Answers(energy="1", unit="keV"))
    assert asked.scans[0].energy_ev[0] == pytest.approx(300.0)


@pytest.mark.parametrize("joint", ["\t", "  ", ";"])
def test_dates_times_and_words_among_the_columns_are_passed_over(tmp_path, joint) -> None:
    lines = [
        joint.join(["2024-05-01", f"13:00:{k:02}", f"{e}", f"{y}", "OK"]) for k, (e, y) in enumerate(zip(ENERGY, MU))
    ]
    path = written(tmp_path, "d.txt", joint.join(["Date", "Time", "Energy", "TEY", "Status"]) + "\n" + "\n".join(lines))
    scan = read_measurement(path).scans[0]
    np.testing.assert_allclose(scan.energy_ev, ENERGY)
    assert scan.signals[0].formula == "TEY"


def test_angle_resolved_columns_are_offered_by_their_angles(tmp_path) -> None:
    text = "energy 20 40 55 70 90\n" + rows(ENERGY - 6800, *[MU * k for k in range(1, 6)])
    found = read_measurement(written(tmp_path, "a.dat", text))
    assert [signal.name for signal in found.scans[0].signals] == ["20", "40", "55", "70", "90"]
    assert not found.is_sure
    chosen = read_measurement(tmp_path / "a.dat", Answers(signal="55"))
    np.testing.assert_allclose(chosen.scans[0].signals[0].values, 3 * MU)


def test_a_million_rows_are_read_in_seconds(tmp_path) -> None:
    import time

    n = 1_000_000
    table = np.column_stack([7000 + np.arange(n) * 1e-3, np.ones(n), np.ones(n) * 2])
    np.savetxt(tmp_path / "m.dat", table, fmt="%.4f", header="energy i0 itrans")
    begun = time.process_time()
    scan = read_measurement(tmp_path / "m.dat").scans[0]
    assert len(scan.energy_ev) == n
    assert time.process_time() - begun < 20.0  # some three seconds on a free machine
