"""Maps as files: other programs open them as NXdata, tables and pictures of numbers."""

import csv

import h5py
import numpy as np
import pytest
from PIL import Image

from tests.spectrum_images import ENERGY_EV, FIRST, SECOND, cube, shares
from xanesview.domain.images.combination import combine
from xanesview.domain.images.spectrum_image import PixelAxis, SpectrumImage
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.io.images.maps_file import write_maps


def made(shape=(4, 5)):
    axes = {(4, 5): (PixelAxis("y", "µm", np.arange(4.0)), PixelAxis("x", "µm", 0.5 * np.arange(5.0)))}
    known = {"axes": axes[shape]} if shape in axes else {"axes": (PixelAxis("time", "s", 10.0 * np.arange(shape[0])),)}
    image = SpectrumImage.of_array(ENERGY_EV, cube(shape), **known)
    return combine(image, [Spectrum(ENERGY_EV, FIRST, label="first, “odd”"), Spectrum(ENERGY_EV, SECOND, label="b")])


def test_hdf5_is_an_nxdata_that_other_programs_open(tmp_path):
    maps = made()
    write_maps(tmp_path / "maps.h5", maps, "grains")
    with h5py.File(tmp_path / "maps.h5") as file:
        entry = file[file.attrs["default"]]
        plot = entry[entry.attrs["default"]]
        assert plot.attrs["NX_class"] == "NXdata"
        signal = plot[plot.attrs["signal"]]
        np.testing.assert_array_equal(signal[()], maps["fraction_1"].values)
        assert signal.attrs["long_name"] == "first, “odd”"
        for name, axis, n in zip(plot.attrs["axes"], maps.axes, signal.shape, strict=True):
            np.testing.assert_array_equal(plot[name][()], axis.values)
            assert plot[name].shape == (n,)
            assert plot[name].attrs["units"] == "µm"
        for name in plot.attrs["auxiliary_signals"]:
            assert plot[name].shape == signal.shape
        assert entry["process/facts"].attrs["component_2"] == "b"


def test_csv_has_a_line_a_pixel(tmp_path):
    maps = made()
    write_maps(tmp_path / "maps.csv", maps)
    lines = [line for line in (tmp_path / "maps.csv").read_text().splitlines() if not line.startswith("#")]
    rows = list(csv.reader(lines))
    assert rows[0][:3] == ["y (µm)", "x (µm)", "first, “odd”"]
    values = np.array(rows[1:], float)
    assert len(values) == 20
    np.testing.assert_allclose(values[:, 1].reshape(4, 5)[2], maps.axes[1].values)
    np.testing.assert_allclose(values[:, 2].reshape(4, 5), shares((4, 5)) * FIRST.mean() / (
        shares((4, 5)) * FIRST.mean() + (1 - shares((4, 5))) * SECOND.mean()), rtol=1e-5)  # fmt: skip


def test_tiff_has_a_page_a_map(tmp_path):
    maps = made()
    write_maps(tmp_path / "maps.tif", maps)
    with Image.open(tmp_path / "maps.tif") as picture:
        assert picture.n_frames == len(maps.maps)
        for number, one in enumerate(maps.maps):
            picture.seek(number)
            np.testing.assert_allclose(np.asarray(picture), one.values, rtol=1e-6, atol=1e-12)
            assert picture.tag_v2[270].startswith(one.title[:5])


@pytest.mark.parametrize("shape", [(4, 5), (7,)])
@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_figures(tmp_path, shape, ending):
    write_maps(tmp_path / f"maps.{ending}", made(shape), "$grains$")
    assert (tmp_path / f"maps.{ending}").stat().st_size > 3000


def test_a_series_is_no_picture_and_other_endings_are_refused(tmp_path):
    with pytest.raises(XanesviewError, match="A series has curves"):
        write_maps(tmp_path / "maps.tif", made((7,)))
    with pytest.raises(XanesviewError, match=r"can't be written as “\.gif”"):
        write_maps(tmp_path / "maps.gif", made())
