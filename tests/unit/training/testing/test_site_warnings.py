"""What warnings need is found on data, and how right they are is measured."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from tests.unit.training.absorption_tensor.test_training import write_data
from xanesview.inference.domain_check import SiteVerdict
from xanesview.training.data.dataset import read_datasets
from xanesview.training.data.measured_window import measure_grid
from xanesview.training.testing.site_warnings import WARNED_PERCENT, bonded_counts, fit_grade, warning_measures


@dataclass
class Known:
    """A comparison of which only errors and verdicts are asked for."""

    mse: np.ndarray
    verdicts: list[SiteVerdict] = field(default_factory=list)

    def site_errors(self) -> dict[str, np.ndarray]:
        return {"spectrum": self.mse}


def test_sets_of_bonded_elements_are_counted_by_molecule_not_by_copy(tmp_path):
    structures = read_datasets([write_data(tmp_path / "data.h5")], measure_grid()).structures
    counts = bonded_counts(structures)
    assert set(counts) >= {"C: H H O", "O: C", "H: C"}
    assert counts["C: H H O"] == len({m.parent for m in structures})


def test_the_expected_error_is_found_again_and_the_limit_leaves_the_asked_share():
    rng = np.random.default_rng(0)
    spread, distance = rng.lognormal(size=2000), rng.lognormal(size=2000)
    mse = 0.05 * spread**1.4 * rng.lognormal(sigma=0.3, size=2000)
    outside = rng.random(2000) < 0.03
    grade = fit_grade({"spread": spread, "distance": distance}, mse, outside)
    assert grade.slopes["spread"] == pytest.approx(1.4, abs=0.05)
    assert grade.slopes["distance"] < 0.05
    assert grade.usual_mse == pytest.approx(0.05 * np.median(spread) ** 1.4, rel=0.1)
    warned = outside | (grade.ratios({"spread": spread, "distance": distance}) > grade.limit)
    assert 100 * warned.mean() == pytest.approx(WARNED_PERCENT, abs=0.5)
    assert mse[warned].mean() > 2.0 * mse[~warned].mean()


def test_a_single_network_s_features_grade_alone_and_too_few_sites_grade_nothing():
    features = np.linspace(1.0, 3.0, 50)
    assert fit_grade({"features": features}, features**2, np.zeros(50, bool)).slopes["features"] == pytest.approx(2.0)
    assert fit_grade({"features": features[:5]}, features[:5], np.zeros(5, bool)) is None
    assert fit_grade({"features": np.ones(50)}, features, np.zeros(50, bool)) is None
    assert fit_grade({"features": features}, 1.0 / features, np.zeros(50, bool)) is None  # a wrong promise


def test_measures_of_warnings_are_the_shares_put_in():
    mse = np.r_[np.full(90, 1.0), np.full(6, 4.0), np.full(4, 10.0)]
    verdicts = [SiteVerdict(i, True, expected=1.0 + 0.01 * i) for i in range(90)]
    verdicts += [SiteVerdict(i, i > 94, (), i > 94, expected=2.0 + 0.01 * i) for i in range(90, 100)]
    found = warning_measures(Known(mse, verdicts))
    assert found["uncertain_percent"] == pytest.approx(5.0)
    assert found["warned_error_ratio"] == pytest.approx(6.4)
    assert found["warned_share_of_worst"] == pytest.approx(1.0)
    assert 0.4 < found["expected_error_rank_correlation"] <= 1.0
    none = warning_measures(Known(mse, [SiteVerdict(i, True) for i in range(100)]))
    assert none == {"uncertain_percent": 0.0}
