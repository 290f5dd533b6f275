"""Bands are calibrated for what is drawn: of an ensemble of known statistics they hold on other data what they say."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.bands import BandScales
from xanesview.training.testing.drawn_bands import BandRatios

N_MEMBERS, N_ENERGIES = 6, 30


def structure(rng: np.random.Generator, shared: float, polarised: bool = True) -> BandRatios:
    """Return the ratios of a structure of one to seven sites whose errors share a part, three times the members'
    spread in isotropic spectra and twice along directions."""
    n = int(rng.integers(1, 8))
    shape = (n, 3, N_ENERGIES)
    truth = rng.normal(size=shape)
    error = (1.0 - shared) ** 0.5 * rng.normal(size=shape) + shared**0.5 * rng.normal(size=(1, *shape[1:]))
    error *= np.array([3.0, 2.0, 2.0])[:, None]
    members = rng.normal(size=(N_MEMBERS, *shape))  # they share nothing, so that sums err more than they differ
    members -= members.mean(0)
    return BandRatios.of_structure(members + truth + error, truth, np.ones(n), polarised)


def sample(seed: int, shared: float) -> BandRatios:
    rng = np.random.default_rng(seed)
    return BandRatios.joined([structure(rng, shared) for _ in range(400)])


@pytest.mark.parametrize("shared", [0.0, 0.4])
def test_bands_hold_what_they_say_on_other_data(shared):
    scales = sample(0, shared).fitted()
    found = sample(1, shared).coverage(scales)
    assert len(found) == 8
    for key, value in found.items():
        assert value == pytest.approx(95.0 if "95" in key else 68.0, abs=2.5 if "sum" in key else 1.0), key


def test_factors_are_the_statistics_put_in():
    scales = sample(0, 0.4).fitted()
    assert scales.site_isotropic[0] / scales.site_direction[0] == pytest.approx(1.5, rel=0.03)
    assert scales.sum_isotropic[0] > 1.2 * scales.site_isotropic[0]
    independent = sample(0, 0.0).fitted()
    assert independent.sum_isotropic[0] == pytest.approx(independent.site_isotropic[0], rel=0.04)


def test_one_factor_for_all_would_not_hold_sums():
    found = sample(1, 0.4).coverage(BandScales(*[sample(0, 0.4).fitted().site_isotropic] * 4))
    assert found["band_sum_holds_percent"] < 62.0  # where 68 is meant
    assert found["band_direction_holds_percent"] > 75.0


def test_without_polarised_references_and_sums_the_simpler_factor_stands():
    rng = np.random.default_rng(0)
    isotropic = BandRatios.joined([structure(rng, 0.4, polarised=False) for _ in range(50)])
    scales = isotropic.fitted()
    assert scales.site_direction == scales.site_isotropic
    assert scales.sum_direction == scales.sum_isotropic != scales.site_isotropic
    assert set(isotropic.coverage(scales)) == {
        "band_holds_percent", "band_95_holds_percent", "band_sum_holds_percent", "band_sum_95_holds_percent",
    }  # fmt: skip


def test_energies_at_which_all_members_are_zero_make_no_factor_infinite():
    rng = np.random.default_rng(0)
    members = rng.normal(size=(N_MEMBERS, 1, 1, N_ENERGIES))
    members[..., : N_ENERGIES // 3] = 0.0
    truth = np.zeros((1, 1, N_ENERGIES))
    truth[..., : N_ENERGIES // 3] = 1e-5
    found = BandRatios.of_structure(members, truth, np.ones(1), polarised=False).fitted()
    assert max(found.site_isotropic) < 10.0
