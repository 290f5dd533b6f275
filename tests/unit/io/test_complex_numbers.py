"""HDF5 files of complex numbers: refused in one sentence, whichever reader meets them."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from xanesview.cli.main import main
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.io.images.registry import read_image
from xanesview.io.spectra.curve_file import read_curves_h5, write_curves_h5
from xanesview.io.spectra.interpretation import Answers
from xanesview.io.spectra.measurement_file import read_measurement

ENERGY = np.linspace(280.0, 310.0, 50)


def _plot(path: Path, values: np.ndarray, kind: str = "NXdata") -> Path:
    with h5py.File(path, "w") as file:
        entry = file.create_group("entry")
        entry.attrs["NX_class"] = "NXentry"
        data = entry.create_group("data")
        data.attrs.update(NX_class=kind, signal="mu", axes=[*"yx"[: values.ndim - 1], "energy"])
        data["energy"], data["mu"] = ENERGY, values
        data["energy"].attrs["units"] = "eV"
    return path


@pytest.mark.parametrize("kind", ["NXdata", "NXcollection"])
@pytest.mark.parametrize("shape", [(50,), (3, 50), (4, 5, 50)])
def test_complex_spectra_of_nexus_are_refused(tmp_path, shape, kind):
    path = _plot(tmp_path / "a.nxs", np.full(shape, 2j), kind)
    with pytest.raises(XanesviewError, match=r"mu of .* holds complex numbers"):
        read_measurement(path, Answers())


@pytest.mark.parametrize("signal", [None, "entry/data/mu"])
def test_complex_images_are_refused(tmp_path, signal):
    from xanesview.io.images.nexus_stack import read_stacks

    path = _plot(tmp_path / "a.nxs", np.full((4, 5, 50), 2j))
    with pytest.raises(XanesviewError, match="complex numbers"):
        read_stacks(path, signal)


def test_complex_signals_of_hyperspy_are_refused(tmp_path):
    path = tmp_path / "a.hspy"
    with h5py.File(path, "w") as file:
        file.attrs.update(file_format="HyperSpy", file_format_version="3.0")
        one = file.create_group("Experiments/map")
        one["data"] = np.full((4, 5, 50), 2j)
    with pytest.raises(XanesviewError, match="complex numbers"):
        read_image(path)


def test_complex_curves_are_refused(tmp_path):
    path = tmp_path / "a.h5"
    write_curves_h5(path, [Spectrum(ENERGY, np.ones(50), "1", "a")])
    with h5py.File(path, "r+") as file:
        curve = next(iter(file["curve"].values()))
        del curve["intensity"]
        curve["intensity"] = np.full(50, 2j)
    with pytest.raises(XanesviewError, match="complex numbers"):
        read_curves_h5(path)


def test_a_complex_column_that_is_not_asked_for_does_no_harm(tmp_path):
    path = _plot(tmp_path / "a.nxs", np.full(50, 2.0))
    with h5py.File(path, "r+") as file:
        file["entry/data/phase"] = np.full(50, 2j)
    assert read_measurement(path, Answers()).scans


def test_the_command_line_writes_no_spectrum_of_zeros(tmp_path, capsys):
    path = _plot(tmp_path / "a.nxs", np.full(50, 2j))
    assert main(["convert", str(path), "--out", str(tmp_path / "a.csv")]) != 0
    assert "complex" in capsys.readouterr().err
    assert not (tmp_path / "a.csv").exists()
