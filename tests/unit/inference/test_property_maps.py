"""Property maps: each pixel has what the network reads from its spectrum alone; strange pixels are told."""

import numpy as np
import pytest

import xanesview
from xanesview.domain.images.spectrum_image import SpectrumImage
from xanesview.domain.processing.broadening import gaussian
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import Cancelled, XanesviewError
from xanesview.inference.property_maps import property_maps
from xanesview.inference.property_reader import load_property_reader
from xanesview.io.examples import find_example

NAMES = ("toluene", "pyridine", "styrene", "phenylalanine")


@pytest.fixture(scope="module")
def reader():
    return load_property_reader()


@pytest.fixture(scope="module")
def image():
    """Return an image of 2 × 2 predicted spectra, and one row of pixels without an edge."""
    found = [xanesview.predict(xanesview.read(find_example(name).path)).spectrum() for name in NAMES]
    energy = found[0].energy_ev
    flat = np.zeros((2, len(energy)))
    flat[1] = 1.0
    return SpectrumImage.of_array(energy, np.concatenate([[one.intensity for one in found], flat]).reshape(3, 2, -1))


def test_pixels_have_what_is_read_from_their_spectra_alone(image, reader):
    maps = property_maps(image, reader)
    extra = float(maps.facts["reader_broadening_ev"])
    keys = [one.key for one in maps.of_kind("property")]
    assert keys
    for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
        values = image.read(row, row + 1)[0, column]
        wide = gaussian(image.energy_ev, values, extra) if extra else values
        spectrum = Spectrum(image.energy_ev, wide, kind="computed")
        alone = reader.read(spectrum)
        for value in alone.values:
            if value.usable:
                assert maps[f"property_{value.key}"].values[row, column] == pytest.approx(value.value, abs=1e-3)
        assert (maps["distance"].values[row, column] <= 1.0) == alone.inside
    assert np.isnan(maps["distance"].values[2]).all()
    assert "2 pixels have no edge that properties can be read from." in maps.notices


def test_a_fitted_offset_is_taken_away_first(image, reader):
    raised = SpectrumImage.of_array(image.energy_ev, image.read(0, 2) + 0.4)
    plain = property_maps(SpectrumImage.of_array(image.energy_ev, image.read(0, 2)), reader)
    again = property_maps(raised, reader, background=np.full((2, 2), 0.4))
    for one in plain.of_kind("property"):
        np.testing.assert_allclose(again[one.key].values, one.values, atol=1e-3)


def test_unlike_spectra_are_outside_training(image, reader):
    lines = np.exp(-(((image.energy_ev - 286.0) % 4.0) ** 2)) * (image.energy_ev > 284.0)
    values = np.concatenate([image.read(0, 1), np.stack([lines, lines])[None]])
    maps = property_maps(SpectrumImage.of_array(image.energy_ev, values), reader)
    assert (maps["distance"].values[1] > 1.0).all()
    assert any("outside the training domain of the properties" in notice for notice in maps.notices)


def test_images_of_other_edges_are_refused_and_it_is_cancelled(image, reader):
    moved = SpectrumImage.of_array(image.energy_ev + 250.0, image.read(0, 3))
    with pytest.raises(XanesviewError, match="properties are read from C K-edge spectra"):
        property_maps(moved, reader)
    with pytest.raises(Cancelled):
        property_maps(image, reader, cancelled=lambda: True)
