"""What is wrong in a file is told of the file, by its name."""

from __future__ import annotations

import argparse
from pathlib import Path

import h5py
import numpy as np
import pytest

from xanesview.cli.arguments import parsed
from xanesview.cli.file_curves import curves_of
from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.io.spectra.checks import check_ascending, native_width_ev
from xanesview.io.spectra.curve_file import read_curves_h5, write_curves_h5
from xanesview.io.spectra.curve_table import read_curves_csv, write_csv
from xanesview.io.spectra.tables import read_prediction_csv, write_prediction_csv, write_prediction_h5
from xanesview.io.spectra.tensor_file import read_tensor

ENERGY = np.linspace(280.0, 300.0, 21)
WIDTHS = ["nan", "1e400", "-3", "²", "1e20"]


def plotted(*words: str) -> argparse.Namespace:
    return parsed(["plot", "file", "--out", "a.svg", *words])


def tensor() -> AbsorptionTensor:
    return AbsorptionTensor(ENERGY, np.ones((1, 6, len(ENERGY))), np.array([3]), "Mb", "C K", 0.75)


def curve() -> Spectrum:
    return Spectrum(ENERGY, np.ones(len(ENERGY)), label="a", native_fwhm_ev=0.75)


def changed(path: Path, former: str, latter: str) -> Path:
    text = path.read_text(encoding="utf-8")
    assert former in text
    path.write_text(text.replace(former, latter, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("words", [(), ("--fwhm", "2"), ("--as", "measured")], ids=" ".join)
def test_a_width_that_is_none_is_told_of_the_table(tmp_path: Path, width: str, words: tuple[str, ...]) -> None:
    path = tmp_path / "a.csv"
    write_prediction_csv(path, tensor(), {"native_fwhm_ev": width})
    with pytest.raises(XanesviewError, match=f"a.csv says .* “{width}”") as told:
        curves_of(path, plotted(*words))
    assert told.value.hint


@pytest.mark.parametrize("width", WIDTHS)
def test_a_width_that_is_none_is_told_of_exported_curves(tmp_path: Path, width: str) -> None:
    path = tmp_path / "a.csv"
    write_csv(path, [curve()])
    with pytest.raises(XanesviewError, match=f"a.csv says .* “{width}”"):
        read_curves_csv(changed(path, "native_fwhm_ev: 0.75", f"native_fwhm_ev: {width}"))


@pytest.mark.parametrize("width", [np.nan, np.inf, -3.0, 1e20, "²"])
def test_a_width_that_is_none_is_told_of_hdf5_files(tmp_path: Path, width: object) -> None:
    write_prediction_h5(tmp_path / "tensor.h5", tensor(), {})
    write_curves_h5(tmp_path / "curves.h5", [curve()])
    for name, place, read in (("tensor.h5", "/", read_tensor), ("curves.h5", "curve/0001", read_curves_h5)):
        with h5py.File(tmp_path / name, "r+") as file:
            file[place].attrs["native_fwhm_ev"] = width
        with pytest.raises(XanesviewError, match=f"{name} says"):
            read(tmp_path / name)


def test_widths_that_are_some_are_read(tmp_path: Path) -> None:
    assert native_width_ev(None, "a") == 0.0
    assert native_width_ev(0, "a") == 0.0
    path = tmp_path / "a.csv"
    write_prediction_csv(path, tensor(), {"native_fwhm_ev": "0.75"})
    assert read_prediction_csv(path).native_fwhm_ev == 0.75
    assert curves_of(path, plotted())[0].native_fwhm_ev == 0.75


@pytest.mark.parametrize("words", [(), ("--fwhm", "2")], ids=" ".join)
def test_energies_that_do_not_ascend_are_told_with_their_row(tmp_path: Path, words: tuple[str, ...]) -> None:
    path = tmp_path / "a.csv"
    write_prediction_csv(path, tensor(), {})
    changed(path, "\n283,", "\n281.5,")
    with pytest.raises(XanesviewError, match=r"a.csv do not ascend: row 4 has 281.5 eV after 282 eV"):
        curves_of(path, plotted(*words))


def test_one_energy_and_rising_ones_ascend() -> None:
    check_ascending(np.array([280.0]), "a")
    check_ascending(ENERGY, "a")
    with pytest.raises(XanesviewError, match="row 2"):
        check_ascending(np.array([280.0, 280.0]), "a")


def test_what_a_file_of_tensors_lacks_is_told_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "falling.h5"
    write_prediction_h5(path, tensor(), {})
    with h5py.File(path, "r+") as file:
        file["energy_ev"][:] = ENERGY[::-1]
    with pytest.raises(XanesviewError, match=r"falling.h5.*ascend"):
        read_tensor(path)


def test_what_exported_curves_lack_is_told_with_their_name(tmp_path: Path) -> None:
    path = tmp_path / "curves.h5"
    write_curves_h5(path, [curve()])
    with h5py.File(path, "r+") as file:
        file["curve/0001/energy_ev"][0] = np.nan
    with pytest.raises(XanesviewError, match=r"curves.h5.*finite"):
        read_curves_h5(path)


@pytest.mark.parametrize(
    "text", ["<html>\n<body>\n", "280(1),2024-01-01\n281(1),2024-01-02\n", "when,where\nnow,here\n"]
)
def test_a_table_of_something_else_need_not_be_a_prediction(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(XanesviewError, match="holds no two columns of numbers") as told:
        curves_of(path, plotted())
    assert "energy_ev" not in told.value.hint


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("site/atom", [3, -1], "holds -1, which is no atom"),
        ("site/atom", [3, 10**12], "holds 1000000000000, which is no atom"),
        ("site/atom", [3, 3], "holds 3 twice"),
        ("site/ip_ev", [290.0, np.nan], "site/ip_ev holds no energy"),
        ("site/ip_ev", [290.0, 1e300], "site/ip_ev holds no energy"),
    ],
)
def test_sites_and_energies_that_cannot_be_are_told_of_the_file(tmp_path: Path, name, values, words) -> None:
    path = tmp_path / "a.h5"
    ip_ev = np.array([290.0, 291.0])
    two = AbsorptionTensor(ENERGY, np.ones((2, 6, len(ENERGY))), np.array([3, 4]), "Mb", "C K", 0.75, ip_ev)
    write_prediction_h5(path, two, {})
    with h5py.File(path, "r+") as file:
        file[name][...] = values
    with pytest.raises(XanesviewError, match=f"a.h5 .*{words}"):
        read_tensor(path)


def test_a_sum_alone_and_energies_that_are_not_known_are_written_and_read(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    one = AbsorptionTensor(ENERGY, np.ones((1, 6, len(ENERGY))), np.array([-1]), "Mb", "C K", 0.75, np.array([np.nan]))
    write_prediction_h5(path, one, {})
    assert read_tensor(path).tensor.sites.tolist() == [-1]
    assert read_tensor(path).tensor.ip_ev is None
