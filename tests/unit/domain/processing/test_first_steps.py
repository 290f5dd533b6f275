"""A new measured curve means something beside the prediction at once, and says what was done."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.synthetic_scans import SCANS, energies, intensities
from xanesview.domain.processing.applied import processed
from xanesview.domain.processing.first_steps import first_steps
from xanesview.domain.processing.merging import merged
from xanesview.domain.processing.stored_edge import KEY, StoredEdge
from xanesview.domain.spectrum import Spectrum

ENERGY = np.linspace(280.0, 320.0, 401)


def near_edge(energy: np.ndarray = ENERGY, shift_ev: float = 0.0) -> np.ndarray:
    """A π* line, an edge at 290 eV and its level."""
    x = energy - shift_ev
    return 1.5 * np.exp(-0.5 * ((x - 285.3) / 0.4) ** 2) + 0.5 * (1.0 + np.tanh((x - 290.0) / 1.5))


@pytest.mark.parametrize(("factor", "offset", "slope"), [(0.009, 0.0, 0.0), (5e4, 1e4, -50.0)])
def test_two_near_edge_curves_come_to_their_edge_steps(factor, offset, slope):
    raw = factor * near_edge(shift_ev=0.3) + offset + slope * (ENERGY - 280.0)
    measured, prediction = Spectrum(ENERGY, raw, kind="measured"), Spectrum(ENERGY[:300], 0.02 * near_edge()[:300])
    first = first_steps(measured, prediction)
    assert first.statement.startswith("measured and predicted normalised to their edge steps")
    curves = processed(measured, first.measured), processed(prediction, first.prediction)
    for curve in curves:
        assert curve.intensity[ENERGY[: len(curve)] > 300.0].mean() == pytest.approx(1.0, abs=0.06)
    assert curves[0].intensity.max() == pytest.approx(curves[1].intensity.max(), rel=0.1)


def test_a_long_scan_alone_comes_to_its_edge_step():
    scan = SCANS[0]
    measured = Spectrum(energies(scan), intensities(scan), kind="measured")
    first = first_steps(measured, None)
    assert first.statement.startswith("normalised to its edge step")
    assert processed(measured, first.measured).intensity[-50:].mean() == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("beside", [None, Spectrum(ENERGY, near_edge()), Spectrum(ENERGY[:300], near_edge()[:300])])
@pytest.mark.parametrize("may_normalise", [True, False])
def test_the_edge_step_of_a_curve_is_its_own_whatever_stands_beside_it(beside, may_normalise):
    scan = Spectrum(ENERGY, 3e4 * near_edge(shift_ev=0.2) + 10.0, kind="measured")
    alone = first_steps(scan, None).measured
    found = first_steps(scan, beside, may_normalise=may_normalise)
    assert found.measured[: len(alone)] == alone
    assert all(step.kind == "scale" for step in found.measured[len(alone) :])


def test_the_prediction_has_the_level_of_the_curve_where_both_reach():
    rising = near_edge() * (1.0 + 0.02 * np.maximum(ENERGY - 290.0, 0.0))  # its level over all of it is not that here
    measured, prediction = Spectrum(ENERGY, 500.0 * rising), Spectrum(ENERGY[:240], near_edge()[:240])
    first = first_steps(measured, prediction)
    curve, other = processed(measured, first.measured), processed(prediction, first.prediction)
    there = (ENERGY[:240] > 298.0) & (ENERGY[:240] < 303.0)
    assert other.intensity[there].mean() == pytest.approx(curve.intensity[:240][there].mean(), rel=0.03)


def test_ranges_of_the_file_come_before_ranges_of_the_data():
    scan = SCANS[0]
    stored = StoredEdge(scan.e0_ev, -100.0, -30.0, 120.0, 5000.0, degree=2)
    measured = Spectrum(energies(scan), intensities(scan), provenance={KEY: stored.as_text()})
    first = first_steps(measured, None)
    assert StoredEdge.of(measured.provenance) == stored
    assert first.measured == stored.steps()
    assert "as its file has it" in first.statement
    elsewhere = replace(stored, e0_ev=20.0)
    again = first_steps(measured.replace(provenance={KEY: elsewhere.as_text()}), None)
    assert again.measured == first_steps(measured.replace(provenance={}), None).measured


def test_a_glitch_makes_no_other_curve_of_a_scan():
    clean = np.random.default_rng(3).normal(near_edge(), 0.002)
    glitched = clean.copy()
    glitched[300] += 5.0
    found = [first_steps(Spectrum(ENERGY, one, kind="measured"), None).measured for one in (clean, glitched)]
    assert found[0] == found[1] != ()


def test_a_foil_and_an_oxide_are_of_one_edge():
    foil, oxide = SCANS[0], SCANS[0]._replace(e0_ev=7124.0, step=0.3, white_line=1.0)
    curves = [Spectrum(energies(one), intensities(one), kind="measured") for one in (foil, oxide)]
    assert "edge steps" in first_steps(*curves).statement


def test_a_range_without_an_edge_step_is_scaled_by_least_squares():
    measured = Spectrum(ENERGY[:80], 300.0 * near_edge()[:80] + 40.0, kind="measured")  # ends behind the π*
    first = first_steps(measured, Spectrum(ENERGY, 0.02 * near_edge()))
    assert "by least squares" in first.statement
    assert first.prediction == ()
    curve = processed(measured, first.measured)
    np.testing.assert_allclose(curve.intensity, 0.02 * near_edge()[:80], atol=1e-4)


@pytest.mark.parametrize(
    ("measured", "words"),
    [
        (Spectrum(ENERGY[:80] + 500.0, near_edge()[:80]), "no energies in common"),
        (Spectrum(ENERGY[:80], np.ones(80)), "constant"),
        (Spectrum(ENERGY, np.full(401, np.nan)), "usable point"),
        (Spectrum(ENERGY[:80] - 290.0, near_edge()[:80], axis="relative"), "different origins"),
    ],
)
def test_what_makes_no_sense_stays_as_it_is_and_says_so(measured, words):
    first = first_steps(measured, Spectrum(ENERGY, 0.02 * near_edge()))
    assert first.measured == ()
    assert first.statement.startswith("as measured: ")
    assert words in first.statement


def test_what_is_unlike_the_prediction_is_not_turned_upside_down():
    measured = Spectrum(ENERGY[:80], 10.0 - near_edge()[:80], kind="measured")
    first = first_steps(measured, Spectrum(ENERGY, near_edge()))
    assert "unlike the prediction" in first.statement
    assert first.measured[0].scale > 0.0


def test_a_burst_of_several_points_makes_no_other_curve_of_a_scan_and_is_found_in_the_mean():
    chance, scans = np.random.default_rng(4), {}
    for k in range(5):
        counts = 1000.0 * (1.0 + 0.1 * k) * chance.normal(near_edge(), 0.004) + 60.0
        if k == 2:
            counts[330:337] += 400.0
        scan = Spectrum(ENERGY, counts, kind="measured")
        first = first_steps(scan, Spectrum(ENERGY, 0.02 * near_edge()))
        assert [step.kind for step in first.measured] == ["e0", "edge_step"]
        after = processed(scan, first.measured)
        scans[f"scan{k + 1}"] = after.energy_ev, after.intensity
    assert merged(scans).outliers == ("scan3",)
