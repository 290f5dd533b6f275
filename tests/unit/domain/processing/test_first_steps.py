"""A new measured curve means something beside the prediction at once, and says what was done."""

from __future__ import annotations

import numpy as np
import pytest

from tests.synthetic_scans import SCANS, energies, intensities
from xanesview.domain.processing.applied import processed
from xanesview.domain.processing.first_steps import first_steps
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
    assert first.statement == "normalised to its edge step"
    assert processed(measured, first.measured).intensity[-50:].mean() == pytest.approx(1.0, abs=0.02)


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
        (Spectrum(ENERGY + 500.0, near_edge()), "no energies in common"),
        (Spectrum(ENERGY[:80], np.ones(80)), "constant"),
        (Spectrum(ENERGY, np.full(401, np.nan)), "usable point"),
        (Spectrum(ENERGY - 290.0, near_edge(), axis="relative"), "different origins"),
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
