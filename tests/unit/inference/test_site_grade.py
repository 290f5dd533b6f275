"""The error to be expected of a site, and how unusual a network's features of it are."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from xanesview.errors import XanesviewError
from xanesview.inference.feature_distance import MEAN, WHITENING, FeatureDistance
from xanesview.inference.site_grade import SiteGrade

GRADE = SiteGrade({"spread": 0.1, "distance": 0.5}, {"spread": 1.5, "distance": 0.5}, 0.04, 2.0)


def test_usual_measures_mean_the_usual_error():
    measures = {"spread": np.array([0.1, 0.4]), "distance": np.array([0.5, 0.5])}
    assert GRADE.ratios(measures).tolist() == pytest.approx([1.0, 8.0])
    assert GRADE.reason(measures, 1) == "the networks disagree; error expected 8.0 × the usual"
    assert SiteGrade.from_dict(GRADE.as_dict()) == GRADE


def test_the_reason_is_what_raises_the_error_most_and_members_that_agree_are_no_infinity():
    measures = {"spread": np.array([0.1, 0.0]), "distance": np.array([8.0, 0.5])}
    assert GRADE.reason(measures, 0).startswith("its surroundings are far from those of the training data")
    assert np.isfinite(GRADE.ratios(measures)).all()


def test_a_measure_that_a_prediction_lacks_raises_nothing():
    assert GRADE.ratios({"distance": np.array([0.5])}).tolist() == pytest.approx([1.0])


def test_features_of_training_sites_have_unit_covariance_and_others_are_far():
    rng = np.random.default_rng(0)
    mixing = rng.normal(size=(8, 8)) * np.logspace(0, 2, 8)
    features = rng.normal(size=(4000, 8)) @ mixing
    features[:, 3] = 7.0  # never varies
    learnt = FeatureDistance.fit(features)
    assert np.median(learnt.distance(features)) == pytest.approx(np.sqrt(7.0), rel=0.1)
    assert learnt.distance(features.mean(0)[None] + 10.0 * features.std(0)).min() > 5.0
    kept = {name: torch.from_numpy(values) for name, values in learnt.as_arrays().items()}
    again = FeatureDistance.of_weights("tiny", kept)
    np.testing.assert_array_equal(again.distance(features), learnt.distance(features))
    assert FeatureDistance.of_weights("tiny", {}) is None


@pytest.mark.parametrize("broken", [{MEAN: torch.zeros(3)}, {MEAN: torch.zeros(3), WHITENING: torch.zeros(3, 2)}])
def test_features_that_do_not_fit_each_other_are_told(broken):
    with pytest.raises(XanesviewError, match="do not belong together"):
        FeatureDistance.of_weights("tiny", broken)
