"""How well a curve meets a measured spectrum, on curves whose differences are known."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.spectrum import Spectrum
from xanesview.training.calibration.agreement import agreement, line_error, lines_ev, medians

ENERGY = np.linspace(280.0, 305.0, 501)


def spectrum(at_ev: float, width_ev: float = 0.5, scale: float = 1.0, second: float = 0.4) -> Spectrum:
    lines = np.exp(-0.5 * ((ENERGY - at_ev) / width_ev) ** 2)
    lines += second * np.exp(-0.5 * ((ENERGY - at_ev - 2.0) / width_ev) ** 2)
    return Spectrum(ENERGY, scale * (lines + 0.5 / (1.0 + np.exp(-(ENERGY - 292.0)))), native_fwhm_ev=1.18)


def test_a_moved_curve_is_told_by_its_shift_and_its_line():
    row = agreement("x", "C", spectrum(285.3), spectrum(285.0, scale=7.0), 290.0, 1.18)
    assert row.shift_ev == pytest.approx(0.3, abs=0.1)  # the continuum does not move
    assert row.line_ev == pytest.approx(285.3, abs=0.01)
    assert row.error_ev == pytest.approx(-0.3, abs=0.01)
    assert row.r < row.r_shifted


def test_the_same_curve_in_another_unit_agrees():
    row = agreement("x", "C", spectrum(285.3), spectrum(285.3, scale=0.01), 290.0, 1.18)
    assert row.r == pytest.approx(1.0)
    assert row.rms == pytest.approx(0.0, abs=1e-9)


def test_what_as_measured_adds_to_the_width_stays_in_the_comparison():
    sharp, wide = spectrum(285.3), spectrum(285.3, 0.9).replace(native_fwhm_ev=2.1)
    row = agreement("x", "C", sharp, wide, 290.0, 1.18)
    np.testing.assert_array_equal(row.measured.intensity, sharp.intensity)
    assert row.r < 0.99


def test_lines_are_sorted_by_height_and_faint_ones_are_no_match():
    energies, heights = lines_ev(spectrum(285.0), 283.0, 290.0)
    np.testing.assert_allclose(energies, [285.0, 287.0], atol=0.02)
    assert heights[0] > heights[1]
    assert np.isnan(line_error(spectrum(285.0), spectrum(289.0), 283.0, 290.0)[1])


def test_medians_leave_out_lines_that_were_not_found():
    rows = [agreement("x", "C", spectrum(285.0), spectrum(at), 290.0, 1.18) for at in (285.1, 285.3, 289.0)]
    told = medians(rows)
    assert told["n_files"] == 3
    assert told["median_line_error_ev"] == pytest.approx(0.2, abs=0.01)
