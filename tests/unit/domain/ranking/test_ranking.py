"""Candidates in the order of their fit: what was moved, scaled and mixed is found again; what is alike is said so."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from xanesview.domain.processing.steps.arctangent_step import arctangent
from xanesview.domain.ranking.candidate import Candidate
from xanesview.domain.ranking.ranking import RankChoices, rank
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import Cancelled, XanesviewError

ENERGY = np.arange(280.0, 306.0, 0.05)


def lines(*places: float) -> np.ndarray:
    """Return a spectrum of lines (E,), the first ones sharp, over a slow rise."""
    curve = 0.3 / (1.0 + np.exp(-(ENERGY - 291.0)))
    for k, place in enumerate(places):
        curve = curve + np.exp(-0.5 * ((ENERGY - place) / (0.4 + 0.3 * k)) ** 2)
    return curve


def candidate(name: str, *curves: np.ndarray, band: float = 0.02) -> Candidate:
    spectra = tuple(
        Spectrum(ENERGY, curve, "1", name, "predicted", 0.8, band=np.full_like(curve, band)) for curve in curves
    )
    return Candidate(name, spectra, 291.0)


def measured(curve: np.ndarray, noise: float = 0.005, label: str = "measured") -> Spectrum:
    chance = np.random.default_rng(3)
    return Spectrum(ENERGY, curve + noise * chance.standard_normal(len(ENERGY)), "arb. u.", label, "measured")


CANDIDATES = [
    candidate("a", lines(285.0, 288.0)),
    candidate("b", lines(285.0, 289.0)),
    candidate("c", lines(286.5, 288.2)),
    candidate("d", lines(288.5, 293.0)),
]


def moved(curve: np.ndarray, shift: float) -> np.ndarray:
    return np.interp(ENERGY - shift, ENERGY, curve)


def test_the_right_one_is_first_with_its_shift_scale_step_and_offset():
    right = lines(286.5, 288.2)
    asked = 7.0 * (moved(right, 0.4) + 0.2 * arctangent(ENERGY - 0.4, 291.0, 6.0)) + 2.0
    found = rank([measured(asked, 0.02)], CANDIDATES)
    best = found.ranked[0]
    assert [one.name for one in found.tied()] == ["c"]
    assert best.misfit < 0.02
    assert best.shift_ev == pytest.approx(0.4, abs=0.051)
    assert best.scale == pytest.approx(7.0, rel=0.03)
    assert best.step_height * best.scale == pytest.approx(1.4, rel=0.1)
    assert best.offsets[0] == pytest.approx(2.0, abs=0.1)
    here = found.measured[0].interpolated(best.fitted[0].energy_ev).intensity
    assert best.fitted[0].intensity == pytest.approx(here, abs=0.15)
    assert found.ranked[1].misfit > 0.2
    assert "fits best, and better than the others" in found.verdict()


def test_neither_scale_nor_order_nor_an_offset_changes_the_order():
    curve = lines(285.1, 288.4)
    plain = rank([measured(curve, 0.0)], CANDIDATES)
    other = rank([measured(1e-4 * curve - 3.0, 0.0)], CANDIDATES[::-1])
    assert [one.name for one in plain.ranked] == [one.name for one in other.ranked]
    assert [one.misfit for one in plain.ranked] == pytest.approx([one.misfit for one in other.ranked], abs=1e-6)


def test_what_the_band_cannot_tell_apart_is_tied_and_said():
    near = candidate("near", lines(285.0, 288.02), band=0.05)
    found = rank([measured(lines(285.0, 288.0))], [*CANDIDATES, near])
    assert {one.name for one in found.tied()} == {"a", "near"}
    assert "can't be told from it" in found.verdict()


def test_a_wide_band_ties_more():
    asked = [measured(lines(285.0, 288.3))]
    sharp = rank(asked, [dataclasses.replace(one, spectra=tuple(s.replace(band=None) for s in one.spectra))
                         for one in CANDIDATES])  # fmt: skip
    wide = rank(asked, [candidate(one.name, one.spectra[0].intensity, band=0.4) for one in CANDIDATES])
    assert len(wide.tied()) >= len(sharp.tied())
    assert wide.ranked[0].error > 2 * sharp.ranked[0].error


@pytest.mark.parametrize("share", [0.25, 0.6])
def test_a_mixture_of_two_is_found_with_its_fractions(share):
    curve = share * lines(285.0, 288.0) + (1 - share) * lines(288.5, 293.0)
    found = rank([measured(curve)], CANDIDATES, RankChoices(most_mixed=3))
    best = found.mixtures[0]
    fractions = {one.name: part for one, part in zip(best.candidates, best.fractions)}
    assert fractions == pytest.approx({"a": share, "d": 1 - share}, abs=0.02)
    assert len(found.mixtures) == 1, "a third part fits noise"
    assert best.misfit < found.ranked[0].misfit
    assert "A mixture fits better" in found.verdict()


def test_a_pure_substance_is_no_mixture():
    assert rank([measured(lines(285.0, 288.0))], CANDIDATES, RankChoices(most_mixed=3)).mixtures == ()


def test_curves_of_several_angles_are_fitted_with_one_shift_and_scale():
    flat, upright = lines(285.0, 292.0), lines(288.0, 293.0)
    right, swapped = candidate("right", flat, upright), candidate("swapped", upright, flat)
    asked = [measured(3 * moved(flat, 0.2)), measured(3 * moved(upright, 0.2) + 1.0)]
    found = rank(asked, [swapped, right])
    assert [one.name for one in found.ranked] == ["right", "swapped"]
    assert found.ranked[0].shift_ev == pytest.approx(0.2, abs=0.051)
    assert found.ranked[0].offsets == pytest.approx((0.0, 1.0), abs=0.1)
    with pytest.raises(XanesviewError, match="2 spectra for 3 measured curves"):
        rank([*asked, asked[0]], [right])


def test_a_shift_that_ends_at_its_limit_is_told():
    (one,) = rank([measured(moved(lines(285.0, 288.0), 1.5))], CANDIDATES[:1]).ranked
    assert one.at_limit
    (one,) = rank([measured(moved(lines(285.0, 288.0), 0.5))], CANDIDATES[:1]).ranked
    assert not one.at_limit


def test_what_cannot_be_compared_is_left_out_with_its_reason_and_none_at_all_is_an_error():
    far = Candidate("far", (Spectrum(ENERGY + 100.0, lines(285.0), "1"),), 391.0)
    found = rank([measured(lines(285.0, 288.0))], [far, CANDIDATES[0]])
    assert [name for name, _ in found.left_out] == ["far"]
    with pytest.raises(XanesviewError, match="None of 1 candidate can be compared"):
        rank([measured(lines(285.0, 288.0))], [far])
    with pytest.raises(XanesviewError, match="points in the range"):
        rank([measured(lines(285.0, 288.0))], CANDIDATES, RankChoices(window_ev=(200.0, 210.0)))


def test_none_that_fits_is_called_the_answer():
    chance = np.random.default_rng(0)
    noise = np.interp(ENERGY, np.linspace(280, 306, 40), chance.standard_normal(40))
    assert "None fits well" in rank([measured(noise)], CANDIDATES).verdict()


def test_it_can_be_cancelled():
    with pytest.raises(Cancelled):
        rank([measured(lines(285.0))], CANDIDATES, cancelled=lambda: True)


def of_fifty() -> list[Candidate]:
    """Thirty that look like half of a mixture, and one of its parts that looks like nothing of it alone."""
    chance = np.random.default_rng(5)
    near = [
        candidate(f"near {k}", lines(285.0 + d, 288.0 + e))
        for k, (d, e) in enumerate(chance.uniform(0.4, 0.8, (48, 2)))
    ]
    return [*near, candidate("a", lines(285.0, 288.0)), candidate("plain", lines(299.0))]


def test_a_part_that_fits_badly_alone_is_found_in_a_mixture():
    curve = 0.6 * lines(285.0, 288.0) + 0.4 * lines(299.0)
    found = rank([measured(curve)], of_fifty(), RankChoices(most_mixed=2))
    alone = [one.name for one in found.ranked].index("plain")
    assert alone > 30, "its place alone says nothing of its part in a mixture"
    best = found.mixtures[0]
    assert {one.name: part for one, part in zip(best.candidates, best.fractions)} == pytest.approx(
        {"a": 0.6, "plain": 0.4}, abs=0.02
    )


def test_a_third_part_that_fits_badly_alone_is_found():
    curve = 0.4 * lines(285.0, 288.0) + 0.3 * lines(299.0) + 0.3 * lines(291.5, 295.0)
    third = candidate("third", lines(291.5, 295.0))
    found = rank([measured(curve, 0.001)], [*of_fifty(), third], RankChoices(most_mixed=3))
    assert {one.name for one in found.mixtures[0].candidates} == {"a", "plain", "third"}
    assert len(found.mixtures[-1].candidates) == 2, "the best of two is told, too"


def test_mixtures_that_cannot_be_told_from_the_best_are_marked_counted_and_said():
    curve = 0.5 * lines(285.0, 288.0) + 0.5 * lines(288.5, 293.0)
    twins = [candidate(f"twin {k}", lines(288.5 + 0.002 * k, 293.0)) for k in range(1, 15)]
    found = rank([measured(curve)], [*CANDIDATES, *twins], RankChoices(most_mixed=2))
    best, *others = found.mixtures
    assert best.is_tied
    assert all((one.is_tied and one.candidates[0].name == "a") or one.candidates[1].name == "a" for one in others)
    assert len(others) == 9
    assert found.more_mixtures >= 5
    assert f"{others[0].name} and {8 + found.more_mixtures} others can't be told from it." in found.verdict()
    apart = rank([measured(curve)], CANDIDATES, RankChoices(most_mixed=2))
    assert [one.is_tied for one in apart.mixtures] == [True]
    assert apart.verdict().endswith(f"A mixture fits better: {apart.mixtures[0].name}.")


def test_neither_without_step_nor_with_several_curves_are_mixtures_lost():
    first, other = candidate("first", lines(285.0), lines(288.0)), candidate("other", lines(290.0), lines(286.0))
    asked = [measured(0.5 * lines(285.0) + 0.5 * lines(290.0)), measured(0.5 * lines(288.0) + 0.5 * lines(286.0) + 1.0)]
    found = rank(asked, [first, other], RankChoices(step=False, width=False, most_mixed=2))
    assert found.mixtures[0].fractions == pytest.approx((0.5, 0.5), abs=0.02)


def test_a_flat_line_is_no_spectrum_of_anything():
    with pytest.raises(XanesviewError, match="flat line"):
        rank([measured(np.ones_like(ENERGY), 0.0)], CANDIDATES)
