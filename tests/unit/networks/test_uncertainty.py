"""Bands hold the truth as often as they say, on data they were not calibrated on."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.errors import XanesviewError
from xanesview.networks.uncertainty import BandCalibration, bootstrap_rows, spread


def errors(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Errors three times as large as an ensemble's spread says, with heavier tails than a Gaussian."""
    rng = np.random.default_rng(seed)
    width = rng.uniform(0.01, 0.2, size=(300, 40))
    return 3.0 * width * rng.standard_t(5, size=width.shape), width


def test_calibrated_bands_cover_what_they_say_on_other_data():
    calibration = BandCalibration.fit(*errors(1))
    covered = calibration.coverage(*errors(2))
    assert covered[0.68] == pytest.approx(0.68, abs=0.015)
    assert covered[0.95] == pytest.approx(0.95, abs=0.01)
    assert calibration.factors[0] == pytest.approx(3.0, rel=0.25)
    error, width = errors(2)
    assert np.mean(np.abs(error) <= width) < 0.35  # uncalibrated, the band promised 68 %
    assert BandCalibration.from_dict(calibration.as_dict()) == calibration


def test_members_that_agree_by_chance_still_have_a_band():
    calibration = BandCalibration.fit(*errors(1))
    assert calibration.floor > 0
    assert calibration.half_width(np.zeros(3), 0.95).min() > 0
    wide, narrow = calibration.half_width(np.array([0.2, 0.01]))
    assert wide > narrow


def test_the_spread_is_that_of_the_population():
    assert spread(np.array([[1.0], [3.0]])).tolist() == [1.0]


def test_bootstrap_draws_whole_molecules():
    groups = np.array([3, 3, 3, 7, 7, 1, 9, 9])
    rows = bootstrap_rows(groups, seed=0)
    assert np.array_equal(rows, bootstrap_rows(groups, seed=0))
    assert not np.array_equal(rows, bootstrap_rows(groups, seed=1))
    counts = np.bincount(rows, minlength=len(groups))
    for label in np.unique(groups):
        assert len(set(counts[groups == label])) == 1
    drawn = [counts[groups == label][0] for label in np.unique(groups)]
    assert sum(drawn) == 4


def test_no_spread_is_no_ground_for_bands():
    with pytest.raises(XanesviewError, match="no spread"):
        BandCalibration.fit(np.ones(5), np.zeros(5))
