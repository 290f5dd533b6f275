"""Scores, scale and shift of a prediction against a reference."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from xanesview.domain.comparison import best_scale, cosine, on_common_grid, pearson, rmse, scores, spearman
from xanesview.domain.processing.alignment import fit_shift
from xanesview.domain.processing.broadening import stick_spectrum
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError


def spectrum(step_ev: float = 0.25, low: float = 280.0, high: float = 305.0) -> Spectrum:
    energy = np.arange(low, high + step_ev / 2, step_ev)
    return Spectrum(energy, stick_spectrum(energy, [285.0, 288.3, 295.0], [1.0, 0.7, 3.0], [1.2, 1.2, 5.0]))


def test_measures_of_arrays():
    a = np.array([1.0, 2.0, 4.0, 3.0])
    assert cosine(a, 3.0 * a) == pytest.approx(1.0)
    assert cosine([1.0, 0.0], [0.0, 1.0]) == 0.0
    assert pearson(a, 5.0 - 2.0 * a) == pytest.approx(-1.0)
    assert pearson(a, np.ones(4)) == 0.0
    assert spearman(a, np.exp(a)) == pytest.approx(1.0)
    some = np.random.default_rng(3).integers(0, 9, (2, 60)).astype(float)  # with many that are equal
    assert spearman(*some) == pytest.approx(spearmanr(*some).statistic)
    assert rmse(a, a + 2.0) == pytest.approx(2.0)


def test_a_spectrum_against_itself_is_perfect():
    result = scores(spectrum(), spectrum())
    assert (result.cosine, result.pearson, result.spearman, result.scale) == pytest.approx((1.0, 1.0, 1.0, 1.0))
    assert (result.rmse, result.r_factor, result.peak_position_error_ev) == pytest.approx((0.0, 0.0, 0.0), abs=1e-12)
    assert result.window_ev == (280.0, 305.0)
    assert result.n_points == 101


def test_the_scale_brings_the_reference_to_the_prediction():
    reference, predicted = spectrum().scaled(40.0), spectrum()
    assert best_scale(reference, predicted) == pytest.approx(1.0 / 40.0)
    assert scores(reference, predicted).rmse == pytest.approx(0.0, abs=1e-12)
    assert scores(reference, predicted).peak_intensity_error_percent == pytest.approx(0.0, abs=1e-9)


def test_no_other_scale_fits_better():
    rng = np.random.default_rng(4)
    predicted = spectrum()
    reference = predicted.replace(intensity=0.3 * predicted.intensity + 0.02 * rng.random(len(predicted)))
    best = best_scale(reference, predicted)
    misses = [rmse(f * reference.intensity, predicted.intensity) for f in (0.97 * best, best, 1.03 * best)]
    assert misses[1] < min(misses[0], misses[2])


def test_the_scale_does_not_depend_on_where_the_reference_has_many_points():
    dense = np.concatenate([np.linspace(280, 286, 400), np.linspace(286.5, 305, 38)])
    predicted = spectrum()
    changed = predicted.replace(intensity=predicted.intensity * np.where(predicted.energy_ev < 286.2, 2.0, 1.0))
    even, uneven = best_scale(spectrum(0.05), changed), best_scale(spectrum(0.02).interpolated(dense), changed)
    assert uneven == pytest.approx(even, rel=0.02)


def test_a_reference_upside_down_is_not_scaled():
    with pytest.raises(XanesviewError, match="factor") as caught:
        best_scale(spectrum().scaled(-1.0), spectrum())
    assert caught.value.hint


def test_shift_is_found_also_between_grid_points_and_against_another_scale():
    predicted = spectrum()
    for shift in (-2.37, -0.4, 0.0, 1.13):
        reference = spectrum(0.1, 278.0, 308.0).scaled(7.0).shifted(shift)
        assert fit_shift(reference, predicted) == pytest.approx(-shift, abs=0.03)
        assert fit_shift(reference, predicted, window_ev=(282.0, 300.0)) == pytest.approx(-shift, abs=0.03)


def test_peak_errors_are_in_ev_and_percent():
    energy = np.linspace(280.0, 300.0, 201)
    reference = Spectrum(energy, stick_spectrum(energy, [290.0], [1.0], 2.0))
    predicted = Spectrum(energy, stick_spectrum(energy, [290.8], [1.0], 2.0))
    result = scores(reference, predicted)
    assert result.peak_position_error_ev == pytest.approx(0.8)
    height = result.scale * reference.peak()[1]
    expected = 100.0 * abs(height - predicted.peak()[1]) / height
    assert result.peak_intensity_error_percent == pytest.approx(expected)
    assert result.cosine < 1.0


def test_only_the_window_and_the_common_range_count():
    predicted = spectrum()
    odd = predicted.replace(intensity=np.where(predicted.energy_ev > 300.0, 9.0, predicted.intensity))
    assert scores(odd, predicted, (281.0, 299.0)).r_factor == pytest.approx(0.0, abs=1e-12)
    assert scores(odd, predicted).r_factor > 0.1
    energy, _, _ = on_common_grid(spectrum(0.1, 284.0, 320.0), predicted)
    assert energy[0] >= 284.0
    assert energy[-1] <= 305.0
    assert np.diff(energy).max() == pytest.approx(0.1)


def test_spectra_that_do_not_meet_are_told_so():
    far = spectrum().shifted(300.0)
    for compare in (scores, best_scale, fit_shift):
        with pytest.raises(XanesviewError, match="in common") as caught:
            compare(far, spectrum())
        assert "580.0" in caught.value.hint
    with pytest.raises(XanesviewError, match="overlap too little"):
        fit_shift(spectrum().shifted(20.0), spectrum(), largest_ev=2.0)
