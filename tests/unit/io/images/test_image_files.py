"""Images and series of HDF5, NeXus and HyperSpy, in any order of their axes; what is no image is refused."""

import h5py
import numpy as np
import pytest

from tests.spectrum_images import (
    ENERGY_EV,
    cube,
    write_hyperspy,
    write_nexus_image,
    write_nexus_series,
)
from xanesview.errors import XanesviewError
from xanesview.io.images.registry import is_image_file, read_image
from xanesview.io.recognition import kind_of_file


@pytest.mark.parametrize("energy_first", [True, False])
@pytest.mark.parametrize("unit", ["eV", "keV"])
def test_an_image_is_read_in_either_order_of_axes(tmp_path, energy_first, unit):
    path = write_nexus_image(tmp_path / "image.h5", energy_first=energy_first, unit=unit)
    image = read_image(path)
    np.testing.assert_allclose(image.energy_ev, ENERGY_EV)
    np.testing.assert_allclose(image.read(0, 4), cube())
    np.testing.assert_allclose(image.read(2, 3)[0], cube()[2])
    assert (image.shape, image.label) == ((4, 5), "grains")
    assert [axis.label for axis in image.axes] == ["sample_y (um)", "sample_x (um)"]
    assert image.axes[1].ends == (9.75, 12.25)
    assert kind_of_file(path) == "image"


def test_packed_chunks_are_read_as_they_lie(tmp_path):
    path = write_nexus_image(tmp_path / "image.nxs", chunks=(1, 2, 5))
    image = read_image(path)
    assert image.rows_at_once == 2
    assert list(image.blocks(image.n_bytes * 3 // 4)) == [(0, 2), (2, 4)]
    np.testing.assert_allclose(image.loaded().read(0, 4), cube(), rtol=1e-6)


def test_a_series_over_time(tmp_path):
    path = write_nexus_series(tmp_path / "series.h5")
    image = read_image(path)
    assert image.is_series
    assert image.axes[0].label == "time (s)"
    np.testing.assert_allclose(image.axes[0].values[:3], [0.0, 30.0, 60.0])
    np.testing.assert_allclose(image.read(0, 9), cube((9,)))
    assert kind_of_file(path) == "image"


@pytest.mark.parametrize("array_axis", [False, True])
def test_files_of_hyperspy(tmp_path, array_axis):
    path = write_hyperspy(tmp_path / "map.hspy", array_axis=array_axis)
    image = read_image(path)
    np.testing.assert_allclose(image.energy_ev, ENERGY_EV)
    np.testing.assert_allclose(image.read(0, 4), cube())
    assert image.label == "core loss"
    assert [axis.label for axis in image.axes] == ["y (nm)", "x (nm)"]
    assert kind_of_file(path) == "image"


def test_a_series_of_hyperspy_without_a_unit_of_energy(tmp_path):
    image = read_image(write_hyperspy(tmp_path / "series.hspy", cube((6,)), units="_None_"))
    np.testing.assert_allclose(image.energy_ev, ENERGY_EV)
    assert image.shape == (6,)


def test_one_of_several_signals_is_chosen_by_name(tmp_path):
    path = write_hyperspy(tmp_path / "two.hspy", name="first")
    with h5py.File(path, "a") as file:
        file.copy("Experiments/first", "Experiments/second")
        file["Experiments/second/data"][...] += 1.0
    assert "second" in read_image(path).notices[0].message
    np.testing.assert_allclose(read_image(path, signal="second").read(0, 4), cube() + 1.0)
    with pytest.raises(XanesviewError, match="no signal “third”"):
        read_image(path, signal="third")


def test_plain_hdf5_with_energies_beside_the_numbers(tmp_path):
    path = tmp_path / "plain.h5"
    with h5py.File(path, "w") as file:
        file["stack/spectra"], file["stack/energy"] = np.moveaxis(cube(), -1, 1), ENERGY_EV
        file["elsewhere/eV"] = ENERGY_EV
    np.testing.assert_allclose(read_image(path).read(0, 4), cube())
    asked = read_image(path, signal="/stack/spectra", energy="/elsewhere/eV")
    np.testing.assert_allclose(asked.read(1, 2)[0], cube()[1])
    with pytest.raises(XanesviewError, match=r"/stack/energy in plain\.h5 is no image or series") as refused:
        read_image(path, signal="/stack/energy")
    assert "/stack/spectra" in refused.value.hint


def test_falling_and_repeated_energies_are_put_in_order(tmp_path):
    values, energy = cube()[..., ::-1], ENERGY_EV[::-1].copy()
    energy[3] = energy[2]
    image = read_image(write_nexus_image(tmp_path / "falling.h5", values, energy=energy))
    assert (np.diff(image.energy_ev) > 0.0).all()
    assert len(image.energy_ev) == len(ENERGY_EV) - 1
    at = int(np.flatnonzero(image.energy_ev == energy[2])[0])
    np.testing.assert_allclose(image.read(0, 4)[..., at], values[..., 2:4].mean(axis=-1))
    assert {one.kind for one in image.notices} == {"spectrum-order", "spectrum-duplicates"}


def test_a_detector_beside_the_columns_of_a_scan_is_no_image(tmp_path):
    path = tmp_path / "scan.h5"
    with h5py.File(path, "w") as file:
        group = file.create_group("1.1/measurement")
        group["energy"], group["i0"], group["mu"] = ENERGY_EV, np.ones_like(ENERGY_EV), ENERGY_EV - 279.0
        group["mca"] = np.ones((len(ENERGY_EV), 2048))
    assert not is_image_file(path)
    assert kind_of_file(path) == "spectrum"


def test_a_few_spectra_over_angles_stay_scans(tmp_path):
    path = write_nexus_series(tmp_path / "angles.h5")
    with h5py.File(path, "a") as file:
        file["entry/data"].move("time", "angle")
        file["entry/data/angle"].attrs["units"] = "deg"
        file["entry/data"].attrs["axes"] = ["angle", "energy"]
    assert kind_of_file(path) == "spectrum"
    assert read_image(path).axes[0].name == "angle"


def test_numbers_in_other_files_are_not_followed(tmp_path):
    inner = write_nexus_image(tmp_path / "inner.h5")
    outer = tmp_path / "outer.h5"
    layout = h5py.VirtualLayout(shape=(len(ENERGY_EV), 4, 5), dtype="f8")
    layout[...] = h5py.VirtualSource(inner, "entry1/counter0/data", shape=layout.shape)
    with h5py.File(outer, "w") as file:
        plot = file.create_group("data")
        plot.attrs.update({"NX_class": "NXdata", "signal": "data", "axes": ["energy", "y", "x"]})
        plot.create_virtual_dataset("data", layout)
        plot["energy"] = ENERGY_EV
    with pytest.raises(XanesviewError, match="lies in other files"):
        read_image(outer)
    linked = tmp_path / "linked.h5"
    with h5py.File(linked, "w") as file:
        file["entry1"] = h5py.ExternalLink("inner.h5", "/entry1")
    with pytest.raises(XanesviewError, match=r"entry1 of linked\.h5 lies in other files"):
        read_image(linked)


def test_a_small_file_that_declares_much_is_refused(tmp_path):
    path = tmp_path / "trap.h5"
    with h5py.File(path, "w") as file:
        plot = file.create_group("data")
        plot.attrs.update({"NX_class": "NXdata", "signal": "data", "axes": ["energy", "y", "x"]})
        plot.create_dataset("data", shape=(len(ENERGY_EV), 3000, 3000), chunks=(1, 100, 100), dtype="f8")
        plot["energy"] = ENERGY_EV
    with pytest.raises(XanesviewError, match=r"declares .* but holds far fewer"):
        read_image(path)


def test_a_file_cut_off_is_told_in_one_sentence(tmp_path):
    path = write_nexus_image(tmp_path / "cut.h5", cube((20, 20)))
    image = read_image(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(XanesviewError, match=r"cut\.h5 cannot be read as HDF5"):
        image.read(0, 4)
    path.write_text("energy mu\n1 2\n")
    with pytest.raises(XanesviewError, match="is no HDF5 file"):
        read_image(path)


def test_axes_of_formulas_are_refused_and_absurd_numbers_are_none(tmp_path):
    values = cube()
    values[1, 1, 7] = 1e35
    path = write_hyperspy(tmp_path / "odd.hspy", values)
    assert np.isnan(read_image(path).read(1, 2)[0, 1, 7])
    with h5py.File(path, "a") as file:
        file["Experiments/__unnamed__/axis-2"].attrs["_type"] = "FunctionalDataAxis"
    with pytest.raises(XanesviewError, match="is a formula"):
        read_image(path)


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ((1, 1, 1), "is no image or series: its shape is 1 × 1 × 1"),
        ((0, 5, 100), "is empty: its shape is 0 × 5 × 100"),
        ((5, 100, 0), "is empty: its shape is 5 × 100 × 0"), ((), "its shape is a single value"),
        ((100,), "its shape is 100"), ((2, 2, 2, 100), "its shape is 2 × 2 × 2 × 100"),
        ((1, 1, 100), "its shape is 1 × 1 × 100"),
    ],
)  # fmt: skip
def test_a_dataset_of_another_shape_is_named_with_it(tmp_path, shape, said):
    with h5py.File(tmp_path / "odd.h5", "w") as file:
        file["data"] = np.ones(shape)
        file["energy"] = np.linspace(280.0, 310.0, 100)
        file["energy"].attrs["units"] = "eV"
    with pytest.raises(XanesviewError, match=f"/data in odd.h5.* {said}") as refused:
        read_image(tmp_path / "odd.h5", "/data", "/energy")
    assert "two or three dimensions, one of them energies" in refused.value.hint
    with pytest.raises(XanesviewError, match="holds no image or series") as refused:
        read_image(tmp_path / "odd.h5")
    assert f"/data ({said.split('shape is ')[1]})" in refused.value.hint
