"""The interface for scripts gives what the window and the command line give, and loads nothing before it must."""

from __future__ import annotations

import numpy as np
import pytest

import xanesview
from xanesview import predicted as predicted_by
from xanesview.cli.main import main
from xanesview.domain.geometry.polarisation import Unpolarised
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.io.examples import find_example
from xanesview.io.spectra.tables import read_prediction_csv


@pytest.fixture(scope="module", autouse=True)
def nothing_kept():
    """Networks that other tests have put under the names of shipped ones are not kept loaded."""
    predicted_by.kept_predictor.cache_clear()


@pytest.fixture(scope="module")
def predicted():
    return xanesview.predict(xanesview.read(find_example("thiophene").path))


def test_the_same_numbers_as_the_command_line(predicted, tmp_path):
    out = tmp_path / "linear.csv"
    words = ["predict", str(find_example("thiophene").path), "--polarisation", "0.6,0,0.8", "--out", str(out)]
    assert main(words) == 0
    table = read_prediction_csv(out)
    spectrum = predicted.spectrum((0.6, 0.0, 0.8))
    np.testing.assert_allclose(spectrum.energy_ev, table.energy_ev, rtol=1e-9)
    np.testing.assert_allclose(spectrum.intensity, table.columns["sum"], rtol=1e-8, atol=1e-12)
    for site, one in predicted.site_spectra((0.6, 0.0, 0.8)).items():
        np.testing.assert_allclose(one.intensity, table.columns[f"site_{site}"], rtol=1e-8, atol=1e-12)


def test_a_powder_is_the_mean_of_x_y_and_z(predicted):
    mean = np.mean([predicted.spectrum(axis).intensity for axis in np.eye(3)], axis=0)
    np.testing.assert_allclose(predicted.spectrum().intensity, mean, atol=1e-12)
    unpolarised = Unpolarised((0, 0, 1))
    both = [predicted.spectrum(axis).intensity for axis in np.eye(3)[:2]]
    np.testing.assert_allclose(predicted.spectrum(unpolarised).intensity, np.mean(both, axis=0), atol=1e-12)


def test_weights_and_widths(predicted):
    sites = predicted.tensor.sites.tolist()
    own = predicted.site_spectra((1, 0, 0))
    doubled = predicted.spectrum((1, 0, 0), site_weights={sites[0]: 2.0})
    expected = sum(one.intensity for one in own.values()) + own[sites[0]].intensity
    np.testing.assert_allclose(doubled.intensity, expected, atol=1e-12)
    wide = predicted.spectrum((1, 0, 0), fwhm_ev=2.5)
    assert wide.native_fwhm_ev == 2.5
    assert wide.intensity.max() < predicted.spectrum((1, 0, 0)).intensity.max()
    with pytest.raises(XanesviewError, match="below the prediction's own"):
        predicted.spectrum(fwhm_ev=0.1)


def test_the_shelf_names_the_networks():
    assert "c_k_edge_tensor" in xanesview.networks_on_shelf()
    with pytest.raises(AttributeError):
        xanesview.nothing_of_this_name  # noqa: B018


def test_a_file_is_opened_predicted_and_asked_in_one_line(predicted):
    opened = xanesview.open(find_example("thiophene").path)
    spectrum = opened.predict("C K").spectrum(theta=30.0, phi=90.0)
    same = predicted.spectrum((0.0, 0.5, np.sqrt(0.75)))
    np.testing.assert_allclose(spectrum.intensity, same.intensity, rtol=1e-9)


def test_the_edge_chooses_the_network_and_its_atoms():
    from xanesview.domain.structure import Structure

    water = xanesview.Opened(Structure([8, 1, 1], [[0, 0, 0], [0.76, 0, 0.59], [-0.76, 0, 0.59]]))
    for edge in (None, "O K"):
        assert water.predict(edge).predictor.card.name == "o_k_edge_tensor"
    with pytest.raises(XanesviewError, match="no network for the edge"):
        water.predict("Xe K")
    with pytest.raises(XanesviewError, match="exclude"):
        water.predict().spectrum((0, 0, 1), theta=20)
    with pytest.raises(XanesviewError, match="phi alone"):
        water.predict().spectrum(phi=20)


def test_names_can_be_completed_and_a_spectrum_says_what_it_is_in_a_line() -> None:
    assert {"open", "predict", "from_smiles", "to_pandas"} <= set(dir(xanesview))
    told = repr(Spectrum(np.arange(280.0, 290.0), np.zeros(10), unit="Mb", label="a film", kind="measured"))
    assert told == "<Spectrum a film: measured, 10 points, 280.0 to 289.0 eV, in Mb>"


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda one: xanesview.predict("molecule.xyz"), "is no structure"),
        (lambda one: xanesview.open(find_example("formaldehyde").path).predict(sites="all"), "are no sites"),
        (lambda one: one.spectrum(sites=[]), "No site was chosen"),
        (lambda one: one.spectrum(theta="x"), "theta = 'x' is no angle"),
        (lambda one: one.spectrum(theta=3, phi="north"), "phi = 'north' is no angle"),
        (lambda one: one.spectrum("up"), "'up' is no polarisation"),
        (lambda one: xanesview.plot(one, "a.pdf"), "holds no spectra"),
    ],
)
def test_what_a_script_gets_wrong_is_told_with_a_hint(ask, words) -> None:
    predicted = xanesview.predict(xanesview.open(find_example("formaldehyde").path))
    with pytest.raises(XanesviewError, match=words) as told:
        ask(predicted)
    assert told.value.hint


def test_one_spectrum_is_a_figure(tmp_path) -> None:
    spectrum = xanesview.open(find_example("formaldehyde").path).predict().spectrum(theta=30)
    assert xanesview.plot(spectrum, tmp_path / "one.svg").is_file()
