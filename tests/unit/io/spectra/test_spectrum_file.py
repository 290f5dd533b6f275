"""Column files as beamlines, programs and spreadsheets write them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xanesview.errors import XanesviewError
from xanesview.io.spectra.spectrum_file import read_spectrum, read_spectrum_with_notices, sniff

ENERGY = np.round(np.linspace(280.0, 300.0, 41), 3)
INTENSITY = np.round(np.exp(-((ENERGY - 285.1) ** 2)) + 0.4 * (ENERGY > 290), 5)


def write(folder: Path, text: str, name: str = "spectrum.dat", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def table(delimiter: str = "\t", decimal: str = ".", scale: float = 1.0, extra: str = "") -> str:
    rows = (f"{e * scale:.6f}{delimiter}{i:.5f}{extra}" for e, i in zip(ENERGY, INTENSITY, strict=True))
    return "\n".join(row.replace(".", decimal) for row in rows) + "\n"


@pytest.mark.parametrize(
    ("delimiter", "decimal"),
    [("\t", "."), (";", "."), (",", "."), (" ", "."), ("   ", "."), (", ", "."), ("\t", ","), (";", ","), ("  ", ",")],
)
def test_delimiter_and_decimal_mark_are_found(tmp_path: Path, delimiter: str, decimal: str) -> None:
    path = write(tmp_path, table(delimiter, decimal))
    preview = sniff(path)
    assert preview.confident
    assert preview.decimal == decimal
    assert preview.n_rows == ENERGY.size
    spectrum = read_spectrum(path, preview)
    np.testing.assert_allclose(spectrum.energy_ev, ENERGY, atol=1e-9)
    np.testing.assert_allclose(spectrum.intensity, INTENSITY, atol=1e-9)
    assert spectrum.kind == "measured"
    assert spectrum.label == "spectrum"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_encodings_of_measuring_computers(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, "# Probe für µ-XAS\r\n" + table().replace("\n", "\r\n"), encoding=encoding)
    assert read_spectrum(path).energy_ev.size == ENERGY.size


def test_kev_is_told_by_the_numbers_and_by_the_header(tmp_path: Path) -> None:
    assert sniff(write(tmp_path, table(scale=1e-3))).energy_unit == "keV"
    np.testing.assert_allclose(read_spectrum(tmp_path / "spectrum.dat").energy_ev, ENERGY, atol=1e-6)
    headed = write(tmp_path, "energy_keV,absorption\n" + table(",", scale=1e-3), "headed.csv")
    assert sniff(headed).energy_unit == "keV"
    iron = write(tmp_path, "\n".join(f"{7.0 + 0.01 * k:.3f} {k}" for k in range(50)), "iron.dat")
    assert read_spectrum(iron).energy_ev[0] == pytest.approx(7000.0)


def test_relative_energies_stay_ev_but_are_asked_about(tmp_path: Path) -> None:
    path = write(tmp_path, "\n".join(f"{k - 20} {k * k}" for k in range(60)))
    assert sniff(path).energy_unit == "eV"
    assert not sniff(path).confident


def test_header_names_choose_the_columns(tmp_path: Path) -> None:
    rows = "\n".join(f"{k} {e} 1000 {i * 1000:.4f} {i}" for k, (e, i) in enumerate(zip(ENERGY, INTENSITY, strict=True)))
    path = write(tmp_path, "# point energy/eV I0 TEY norm_mu\n" + rows)
    preview = sniff(path)
    assert preview.columns == ("point", "energy/eV", "I0", "TEY", "norm_mu")
    assert (preview.energy_column, preview.intensity_column) == (1, 4)
    assert preview.confident
    divided = read_spectrum(path, preview, intensity_column=3, i0_column=2)
    np.testing.assert_allclose(divided.intensity, INTENSITY, atol=1e-4)
    assert divided.provenance["intensity column"] == "TEY/I0"


def test_unnamed_columns_are_asked_about(tmp_path: Path) -> None:
    preview = sniff(write(tmp_path, table(extra="\t1.0\t2.0")))
    assert preview.columns == ("column 1", "column 2", "column 3", "column 4")
    assert not preview.confident


def test_xdi_header_and_transmission(tmp_path: Path) -> None:
    rows = "\n".join(f"{e} 1000.0 {1000 * np.exp(-i)}" for e, i in zip(ENERGY, INTENSITY, strict=True))
    head = (
        "# XDI/1.0 GSE/1.0\n# Column.1: energy eV\n# Column.2: i0\n# Column.3: itrans\n# Element.symbol: C\n"
        "# Element.edge: K\n# Sample.name: polystyrene film\n# ///\n# a comment\n#------\n# energy i0 itrans\n"
    )
    path = write(tmp_path, head + rows, "ps.xdi")
    preview = sniff(path)
    assert preview.columns == ("energy", "i0", "itrans")
    spectrum = read_spectrum(path, preview, intensity_column=2, i0_column=1, transmission=True)
    np.testing.assert_allclose(spectrum.intensity, INTENSITY, atol=1e-9)
    assert spectrum.label == "polystyrene film"
    assert spectrum.provenance["element.symbol"] == "C"
    assert spectrum.provenance["intensity column"] == "ln(i0/itrans)"


def test_falling_energies_are_turned_round_with_a_notice(tmp_path: Path) -> None:
    path = write(tmp_path, "\n".join(reversed(table().splitlines())))
    spectrum, notices = read_spectrum_with_notices(path)
    np.testing.assert_allclose(spectrum.energy_ev, ENERGY)
    np.testing.assert_allclose(spectrum.intensity, INTENSITY)
    assert [notice.kind for notice in notices] == ["spectrum-order"]
    assert "turned round" in spectrum.provenance["notice"]


def test_repeated_energies_are_averaged_with_a_notice(tmp_path: Path) -> None:
    spectrum, notices = read_spectrum_with_notices(write(tmp_path, "285 1\n285 3\n286 5\n287 6\n288 7\n"))
    np.testing.assert_allclose(spectrum.energy_ev, [285, 286, 287, 288])
    np.testing.assert_allclose(spectrum.intensity, [2, 5, 6, 7])
    assert [notice.kind for notice in notices] == ["spectrum-duplicates"]


def test_rows_without_numbers_are_left_out_with_a_notice(tmp_path: Path) -> None:
    text = "e,mu\n285,1\n286,NaN\n287,\n288,inf\n289,2\n290,3\n"
    spectrum, notices = read_spectrum_with_notices(write(tmp_path, text))
    np.testing.assert_allclose(spectrum.energy_ev, [285, 289, 290])
    assert "3 rows" in notices[0].message


def test_a_remark_among_the_numbers_does_no_harm(tmp_path: Path) -> None:
    lines = table().splitlines()
    path = write(tmp_path, "\n".join([*lines[:10], "# beam lost", "", "refill", *lines[10:]]))
    assert read_spectrum(path).energy_ev.size == ENERGY.size


def test_fortran_exponents(tmp_path: Path) -> None:
    assert read_spectrum(write(tmp_path, "2.85D+02 1.0D-01\n2.86D+02 2.0D-01\n2.87D+02 3D-1\n")).intensity[1] == 0.2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"  \n\n",
        bytes(range(256)) * 40,
        b"\x89PNG\r\n\x1a\n" + bytes(400),
        b"only words here\nand here\n",
        b"285.0\n286.0\n287.0\n",
        b"NaN NaN\nNaN NaN\nNaN NaN\n",
        b"285 1\n286 2\n",
        b"285 1\n285 2\n285 3\n285 4\n",
    ],
    ids=["empty", "blank", "binary", "picture", "words", "one column", "only NaN", "two points", "one energy"],
)
def test_files_that_are_no_spectrum_end_in_one_sentence_and_a_hint(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "no.dat"
    path.write_bytes(data)
    with pytest.raises(XanesviewError) as caught:
        read_spectrum(path, energy_column=0, intensity_column=1)
    assert caught.value.message.endswith(".")
    assert "\n" not in caught.value.message
    assert caught.value.hint


def test_folder_missing_and_huge_files(tmp_path: Path) -> None:
    huge = tmp_path / "huge.dat"
    with huge.open("wb") as file:
        file.truncate(3_000_000_000)
    for path in (tmp_path, tmp_path / "missing.dat", huge):
        with pytest.raises(XanesviewError) as caught:
            sniff(path)
        assert caught.value.hint


def test_a_long_scan_is_read_whole(tmp_path: Path) -> None:
    path = write(tmp_path, "\n".join(f"{280 + k * 1e-4:.4f} {k % 97}" for k in range(100_000)))
    spectrum = read_spectrum(path)
    assert spectrum.energy_ev.size == 100_000
    assert spectrum.intensity[98] == 1.0


def test_wrong_choices_are_told(tmp_path: Path) -> None:
    path = write(tmp_path, table())
    for choice in ({"energy_column": 5}, {"intensity_column": 0}, {"energy_unit": "furlongs"}, {"delimiter": ";"}):
        with pytest.raises(XanesviewError):
            read_spectrum(path, **choice)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["280 nan", "281 1", "282 inf", "283 nan"], "1 usable point.*in 3 rows there is no number that can be used"),
        (["280 1e300", "281 -1e300", "282 1e300"], "3 rows there is no number that can be used.* one beyond 1e30"),
        (["280 nan", "281 nan", "282 inf"], "0 usable points.*in 3 rows there is no number that can be used"),
        (["280 1", "280 2", "280 3"], "only 1 different energy."),
        (["280 1", "280 2", "281 3", "281 4"], "only 2 different energies."),
    ],
)
def test_points_that_are_too_few_are_counted_and_explained(tmp_path: Path, rows: list[str], told: str) -> None:
    path = tmp_path / "few.dat"
    path.write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(XanesviewError, match=told):
        read_spectrum(path, energy_column=0, intensity_column=1)


def test_one_repeated_energy_was_averaged(tmp_path: Path) -> None:
    path = tmp_path / "twice.dat"
    path.write_text("280 1\n281 2\n281 4\n282 5\n", encoding="utf-8")
    assert read_spectrum(path).provenance["notice"] == "1 repeated energy was averaged."
