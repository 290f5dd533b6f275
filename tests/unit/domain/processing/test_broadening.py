"""Broadening: widths, area, ends, and the native width that nobody gets below."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import voigt_profile

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.geometry.polarisation import linear
from xanesview.domain.processing.broadening import (
    SIGMA_TO_FWHM,
    additional_fwhm_ev,
    broaden_tensor_to,
    broaden_to,
    gaussian,
    lorentzian,
    stick_spectrum,
)
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError

ENERGY = np.linspace(270.0, 320.0, 501)


def peak(fwhm_ev: float, energy_ev: np.ndarray = ENERGY, at_ev: float = 292.3) -> np.ndarray:
    return stick_spectrum(energy_ev, [at_ev], [1.0], fwhm_ev)


def test_gaussian_widths_add_in_squares():
    for extra in (0.05, 0.3, 1.0, 3.0):
        expected = peak(np.hypot(1.2, extra))
        np.testing.assert_allclose(gaussian(ENERGY, peak(1.2), extra), expected, atol=2e-3 * expected.max())


def test_small_widths_are_right_on_a_coarse_grid():
    coarse = np.linspace(280.0, 305.0, 101)
    for extra in (0.1, 0.25, 0.5):
        expected = peak(np.hypot(1.18, extra), coarse)
        error = np.abs(gaussian(coarse, peak(1.18, coarse), extra) - expected).max()
        change = np.abs(peak(1.18, coarse) - expected).max()
        assert error < 0.1 * change + 1e-9


def test_lorentzian_makes_a_voigt_profile():
    energy = np.linspace(0.0, 400.0, 8001)
    expected = voigt_profile(energy - 200.0, 1.0 / SIGMA_TO_FWHM, 0.15)
    broadened = lorentzian(energy, stick_spectrum(energy, [200.0], [1.0], 1.0), 0.3)
    np.testing.assert_allclose(broadened, expected, atol=1e-3 * expected.max())


@pytest.mark.parametrize("fwhm_ev", [0.02, 0.2, 1.0, 4.0])
def test_area_is_conserved(fwhm_ev):
    assert np.trapezoid(gaussian(ENERGY, peak(1.0), fwhm_ev), ENERGY) == pytest.approx(1.0, abs=1e-6)


def test_lorentzian_conserves_area_but_for_the_tails_beyond_the_grid():
    energy = np.linspace(-1000.0, 1000.0, 20001)
    broadened = lorentzian(energy, stick_spectrum(energy, [0.0], [1.0], 1.0), 1.0)
    assert np.trapezoid(broadened, energy) == pytest.approx(1.0 - 1.0 / (np.pi * 1000.0), abs=1e-5)


@pytest.mark.parametrize("broaden", [gaussian, lorentzian])
def test_ends_go_on_with_their_own_value(broaden):
    np.testing.assert_allclose(broaden(ENERGY, np.full(501, 3.0), 2.0), 3.0, rtol=1e-12)
    step = np.where(ENERGY > 295.0, 1.0, 0.0)
    broadened = broaden(ENERGY, step, 1.0)
    assert broadened[-1] == pytest.approx(1.0, abs=0.02)
    assert broadened[0] == pytest.approx(0.0, abs=0.02)
    assert (np.diff(broadened) > -1e-12).all()


def test_uneven_grids_and_many_rows():
    uneven = np.concatenate([np.linspace(270, 285, 60), np.linspace(285.1, 300, 160), np.linspace(301, 320, 30)])
    expected = peak(np.hypot(1.2, 1.0), uneven)
    np.testing.assert_allclose(gaussian(uneven, peak(1.2, uneven), 1.0), expected, atol=5e-3 * expected.max())
    rows = np.random.default_rng(0).random((2, 3, 501))
    together = gaussian(ENERGY, rows, 0.7)
    np.testing.assert_allclose(together[1, 2], gaussian(ENERGY, rows[1, 2], 0.7), atol=1e-12)


def test_a_width_of_zero_changes_nothing_and_nonsense_is_refused():
    np.testing.assert_array_equal(gaussian(ENERGY, peak(1.0), 0.0), peak(1.0))
    for width in (-1.0, np.nan, np.inf):
        with pytest.raises(XanesviewError, match="width"):
            gaussian(ENERGY, peak(1.0), width)
    with pytest.raises(XanesviewError, match="ascend"):
        gaussian(ENERGY[::-1], peak(1.0), 1.0)


def test_nobody_gets_below_the_native_width():
    spectrum = Spectrum(ENERGY, peak(1.18), native_fwhm_ev=1.1774)
    with pytest.raises(XanesviewError, match=r"1\.00 eV is below the native width of 1\.18 eV") as caught:
        broaden_to(spectrum, 1.0)
    assert "1.18 eV" in caught.value.hint
    assert broaden_to(spectrum, 1.1774) is spectrum
    assert additional_fwhm_ev(3.0, 5.0) == pytest.approx(4.0)


def test_broadening_to_a_total_width_becomes_the_native_width():
    spectrum = Spectrum(ENERGY, peak(1.0), native_fwhm_ev=1.0, band=0.1 * peak(1.0), provenance={"network": "a"})
    broad = broaden_to(spectrum, 2.0)
    np.testing.assert_allclose(broad.intensity, peak(2.0), atol=2e-3 * peak(2.0).max())
    np.testing.assert_allclose(broad.band, 0.1 * broad.intensity, atol=1e-9)
    assert broad.native_fwhm_ev == 2.0
    assert broad.provenance == {"network": "a", "broadening": "Gaussian, total FWHM 2 eV"}
    with pytest.raises(XanesviewError, match="native"):
        broaden_to(broad, 1.5)
    np.testing.assert_allclose(broaden_to(broad, 3.0).intensity, broaden_to(spectrum, 3.0).intensity, atol=1e-3)


def test_missing_intensities_are_not_smeared():
    with pytest.raises(XanesviewError, match="missing"):
        broaden_to(Spectrum([1.0, 2.0, 3.0], [1.0, np.nan, 2.0]), 1.0)


def test_a_broadened_tensor_gives_broadened_spectra():
    components = np.random.default_rng(3).random((2, 6, 501))
    tensor = AbsorptionTensor(ENERGY, components, [0, 1], "u", "C K", 1.0, members=np.stack([components] * 2))
    broad, weight = broaden_tensor_to(tensor, 1.7), linear((1, 2, 3))
    expected = [broaden_to(Spectrum(ENERGY, row, native_fwhm_ev=1.0), 1.7).intensity for row in tensor.contract(weight)]
    np.testing.assert_allclose(broad.contract(weight), expected, atol=1e-12)
    np.testing.assert_allclose(broad.members[1], broad.components, atol=1e-12)
    assert broad.native_fwhm_ev == 1.7
    assert broaden_tensor_to(tensor, 1.0) is tensor
    with pytest.raises(XanesviewError, match="native"):
        broaden_tensor_to(tensor, 0.9)


def test_sticks_have_the_areas_and_widths_asked_for():
    energy = np.linspace(250.0, 350.0, 20001)
    lines = stick_spectrum(energy, [290.0, 310.0], [2.0, 3.0], [1.0, 4.0])
    assert np.trapezoid(lines, energy) == pytest.approx(5.0)
    for shape in ("gaussian", "lorentzian"):
        single = stick_spectrum(energy, [300.0], [1.0], 2.0, shape)
        above = energy[single > single.max() / 2.0]
        assert np.ptp(above) == pytest.approx(2.0, abs=0.02)
    with pytest.raises(XanesviewError, match="shape"):
        stick_spectrum(energy, [300.0], [1.0], 2.0, "box")
    with pytest.raises(XanesviewError, match="width"):
        stick_spectrum(energy, [300.0], [1.0], 0.0)
