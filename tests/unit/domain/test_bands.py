"""Factors of bands: one site or many, one direction or the average, two levels, and what they are told as."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.bands import BandScales, anisotropy, effective_number
from xanesview.domain.geometry.polarisation import Unpolarised, linear, powder

SCALES = BandScales((1.0, 2.5), (0.8, 2.0), (1.5, 4.0), (1.2, 3.0))


def tensor(n_sites: int = 4, scales: BandScales = SCALES) -> AbsorptionTensor:
    rng = np.random.default_rng(0)
    members = rng.normal(size=(5, n_sites, 6, 7))
    return AbsorptionTensor(
        np.arange(7.0), members.mean(0), np.arange(n_sites), "arb. u.", "C K", 1.0, members=members, bands=scales
    )


def test_factors_go_from_one_site_to_many_with_one_over_n():
    assert SCALES.factor(powder()) == pytest.approx(1.0)
    assert SCALES.factor(powder(), 2.0) == pytest.approx(1.25)
    assert SCALES.factor(powder(), 1e9, 0.95) == pytest.approx(4.0)
    assert SCALES.factor(linear([0.0, 3.0, 4.0]), 4.0) == pytest.approx(1.2 - 0.4 / 4)
    assert SCALES.factor(linear([1, 0, 0]), level=0.95) == pytest.approx(2.0)


def test_experiments_between_a_direction_and_the_average_lie_between():
    unpolarised = Unpolarised((0.0, 0.0, 1.0)).weight()
    assert anisotropy(unpolarised) == pytest.approx(0.25)  # W = (1 − kk)/2
    assert 0.8 < SCALES.factor(unpolarised) < 1.0


@pytest.mark.parametrize(("weights", "n"), [([1, 1, 1], 3.0), ([2, 0, 0], 1.0), ([2, 1], 1.8), ([], 1), ([1, -1], 1)])
def test_effective_number_of_sites(weights, n):
    assert effective_number(np.array(weights, float)) == pytest.approx(n)


def test_what_is_drawn_gets_its_own_factor_however_it_was_summed():
    sigma, weight = tensor(), linear([1, 0, 0])
    spread = sigma.members[:, :, 0]  # xx is what light along x sees
    np.testing.assert_allclose(sigma.band(weight), 0.8 * spread.std(0))
    total = spread.sum(1).std(0)
    np.testing.assert_allclose(sigma.band(weight, {}), (1.2 - 0.4 / 4) * total)
    np.testing.assert_allclose(sigma.summed().band(weight, level=0.95)[0], (3.0 - 1.0 / 4) * total)
    assert sigma.summed({0: 1.0, 1: 0.0, 2: 0.0, 3: 0.0}).n_summed == 1.0
    assert sigma.select([2, 3]).summed().summed().n_summed == 2.0


def test_the_card_gives_them_back_and_words_say_what_they_promise():
    assert BandScales.from_dict(SCALES.as_dict()) == SCALES
    told = SCALES.words(linear([1, 0, 0]), 3.0)
    assert "68 %" in told
    assert "one direction, sum worth 3 sites" in told
    assert "95 %" in told
    assert SCALES.words(powder()).startswith("holds 68 % of computed intensities (isotropic average, one site); 2.5 ×")
    assert "spread" in BandScales().words(powder())
