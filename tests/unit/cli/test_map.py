"""``xanesview map``: images and series taken apart into curves of files, predictions and the library."""

import h5py
import numpy as np
import pytest

import xanesview
from tests.spectrum_images import (
    ENERGY_EV,
    FIRST,
    SECOND,
    cube,
    shares,
    write_hyperspy,
    write_nexus_image,
    write_nexus_series,
)
from xanesview.cli.main import main
from xanesview.io.examples import find_example


@pytest.fixture
def components(tmp_path):
    paths = [tmp_path / f"{name}.dat" for name in ("first", "second")]
    for path, curve in zip(paths, (FIRST, SECOND), strict=True):
        np.savetxt(path, np.column_stack([ENERGY_EV, curve]), header="energy mu")
    return [str(path) for path in paths]


def maps_of(path):
    with h5py.File(path) as file:
        return {name: one[()] for name, one in file["entry/maps"].items()}


@pytest.mark.parametrize("write", [write_nexus_image, write_hyperspy])
def test_an_image_of_two_components(tmp_path, components, capsys, write):
    image = write(tmp_path / "image.h5", cube(noise=0.002))
    out = tmp_path / "maps.h5"
    words = ["map", str(image), "--components", *components, "--keep-scale", "--out", str(out)]
    assert main([*words, "--out", str(tmp_path / "maps.csv"), "--out", str(tmp_path / "maps.tif")]) == 0
    np.testing.assert_allclose(maps_of(out)["fraction_1"], shares((4, 5)), atol=0.01)
    told = capsys.readouterr().out
    assert "4 × 5 pixels, 120 energies from 280.00 to 309.75 eV" in told
    assert "first" in told
    assert (tmp_path / "maps.tif").exists()


def test_a_series_gives_fractions_over_time(tmp_path, components):
    series = write_nexus_series(tmp_path / "series.h5")
    out = tmp_path / "curves.csv"
    words = ["map", str(series), "--components", *components, "--keep-scale", "--no-offset", "--out", str(out)]
    assert main([*words, "--out", str(tmp_path / "curves.png")]) == 0
    rows = [line.split(",") for line in out.read_text().splitlines() if not line.startswith("#")]
    assert rows[0][:2] == ["time (s)", "first"]
    np.testing.assert_allclose([float(row[1]) for row in rows[1:]], shares((9,)), atol=1e-4)
    assert main([*words[:-1], str(tmp_path / "curves.tif")]) == 2


def test_predictions_at_a_direction_are_components(tmp_path):
    structure = xanesview.read(find_example("benzene_film").path)
    predicted = xanesview.predict(structure)
    both = [predicted.spectrum(theta=theta) for theta in (20, 90)]
    energy = both[0].energy_ev[::2]
    share = shares((3, 4))[..., None]
    values = share * both[0].intensity[::2] + (1.0 - share) * both[1].intensity[::2]
    image = write_nexus_image(tmp_path / "film.h5", values, energy=energy)
    files = []
    for theta in ("20", "90"):
        path = tmp_path / f"at_{theta}.csv"
        name = str(find_example("benzene_film").path)
        assert main(["predict", name, "--theta", theta, "--out", str(path)]) == 0
        files.append(str(path))
    out = tmp_path / "maps.h5"
    words = ["map", str(image), "--components", *files, "--keep-scale", "--out", str(out)]
    assert main(words) == 0
    np.testing.assert_allclose(maps_of(out)["fraction_1"], share[..., 0], atol=1e-3)


def test_structures_are_predicted_and_the_library_asked(tmp_path, capsys):
    image = write_nexus_image(tmp_path / "image.h5")
    out = tmp_path / "maps.h5"
    words = ["map", str(image), "--components", str(find_example("toluene").path), "--library", "benzene", "pyridine"]
    options = ["--as", "measured", "--largest-shift", "1", "--step", "--e0", "290", "--sum-to-one"]
    assert main([*words, *options, "--out", str(out)]) == 0
    found = maps_of(out)
    assert {"fraction_1", "fraction_3", "amount_3", "step", "offset", "residual", "r_factor"} <= set(found)
    np.testing.assert_allclose(sum(found[f"amount_{k}"] for k in (1, 2, 3)), 1.0, atol=1e-6)
    assert "Components moved by" in capsys.readouterr().out


def test_info_tells_what_an_image_holds(tmp_path, capsys):
    assert main(["info", str(write_hyperspy(tmp_path / "map.hspy"))]) == 0
    told = capsys.readouterr().out
    assert told.startswith("map.hspy: core loss, 4 × 5 pixels, 9.6 kB in memory")
    assert "280.00 to 309.75 eV, 120 points" in told
    assert "x (nm)        0 to 0.4" in told


def test_what_cannot_be_done_is_told(tmp_path, components, capsys):
    image = str(write_nexus_image(tmp_path / "image.h5"))
    out = ["--out", str(tmp_path / "maps.h5")]
    for words, code, told in (
        (["map", image, *out], 2, "Nothing is to be mapped"),
        (["map", image, "--properties", "--out", str(tmp_path / "a.gif")], 2, "can't be written as “.gif”"),
        (["map", image, "--components", *components, "--e0", "290", *out], 2, "--e0 belongs to --step"),
        (["map", image, "--library", "unobtainium", *out], 1, "The library has no C K spectrum of “unobtainium”"),
        (["map", components[0], "--components", *components, *out], 1, "is no HDF5 file"),
        (["map", image, "--components", image, *out], 1, "holds an image or a series, not one spectrum"),
        (["map", image, "--components", *components, "--unit", "bananas", *out], 1, "in “bananas” are not understood"),
        (["map", image, "--components", *components, "--range", "400,500", *out], 1, "0 energies in common"),
    ):
        assert main(words) == code, words
        said = capsys.readouterr().err
        assert said.startswith("error: ")
        assert told in said
    assert not (tmp_path / "maps.h5").exists()
