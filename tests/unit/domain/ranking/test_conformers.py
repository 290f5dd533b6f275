"""Conformers as one candidate: weights by energies, means of spectra."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.ranking.candidate import Candidate
from xanesview.domain.ranking.conformers import averaged, boltzmann_shares
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError

ENERGY = np.linspace(280.0, 300.0, 101)


def candidate(name: str, place: float, e0: float | None = 290.0, band: bool = True) -> Candidate:
    curve = np.exp(-0.5 * (ENERGY - place) ** 2)
    one = Spectrum(ENERGY, curve, "1", name, "predicted", 0.8, band=0.1 * curve if band else None)
    return Candidate(name, (one, one.scaled(2.0)), e0, {"formula": "C2H6"})


def test_shares_depend_on_differences_of_energies_only_and_have_the_known_limits():
    shares = boltzmann_shares([0.0, 0.05, 0.2], 300.0)
    assert shares.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(shares, boltzmann_shares([-500.0, -499.95, -499.8], 300.0))
    # 1 kcal/mol at 298.15 K: a factor of 5.41
    two = boltzmann_shares([0.0, 0.0433641], 298.15)
    assert two[0] / two[1] == pytest.approx(5.41, abs=0.01)
    np.testing.assert_allclose(boltzmann_shares([0.0, 0.05, 0.2], 1e7), 1.0 / 3.0, atol=1e-4)
    np.testing.assert_allclose(boltzmann_shares([0.3, 0.0], 5.0), [0.0, 1.0], atol=1e-12)


@pytest.mark.parametrize("temperature", [0.0, -3.0, np.nan, np.inf])
def test_a_temperature_that_is_none_is_refused(temperature):
    with pytest.raises(XanesviewError, match="temperature"):
        boltzmann_shares([0.0], temperature)


def test_the_mean_of_equal_ones_is_each_of_them_and_weights_add_up():
    one, two = candidate("a", 285.0), candidate("b", 289.0, e0=291.0)
    same = averaged("m", [one, one], [0.3, 0.7])
    np.testing.assert_allclose(same.spectra[1].intensity, one.spectra[1].intensity)
    np.testing.assert_allclose(same.spectra[1].band, one.spectra[1].band)
    mixed = averaged("m", [one, two], [0.25, 0.75])
    np.testing.assert_allclose(
        mixed.spectra[0].intensity, 0.25 * one.spectra[0].intensity + 0.75 * two.spectra[0].intensity
    )
    assert mixed.e0_ev == pytest.approx(290.75)
    assert mixed.facts["shares"] == "a 25.0 %, b 75.0 %"
    assert averaged("m", [one, candidate("c", 287.0, e0=None, band=False)], [1, 1]).e0_ev is None


def test_what_has_other_numbers_of_spectra_is_no_mean():
    one = candidate("a", 285.0)
    with pytest.raises(XanesviewError, match="can't be averaged"):
        averaged("m", [one, Candidate("b", one.spectra[:1])], [0.5, 0.5])
    with pytest.raises(XanesviewError, match="can't be averaged"):
        averaged("m", [], [])
