"""A fit told of the measured curve: the steps that are taken over have the same numbers and signs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from xanesview.domain.processing.fit_of_measured import of_measured
from xanesview.domain.processing.fitted_prediction import FitChoices
from xanesview.domain.processing.prediction_fit import fit_prediction, fit_series
from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
from xanesview.domain.spectrum import Spectrum

ENERGY = np.linspace(280.0, 310.0, 301)


def made(shift_ev: float, scale: float, offset: float, noise: float, seed: int = 3):
    shape = np.exp(-0.5 * ((ENERGY - 286.0) / 0.8) ** 2) + 0.5 * (1 + np.tanh((ENERGY - 292.0) / 1.5))
    prediction = Spectrum(ENERGY, shape)
    counts = scale * np.interp(ENERGY - shift_ev, ENERGY, shape) + offset
    counts += noise * np.random.default_rng(seed).normal(size=ENERGY.size)
    return Spectrum(ENERGY, counts, kind="measured"), prediction


def test_values_are_those_of_the_steps() -> None:
    fit = fit_prediction(*made(0.4, 3.0, 0.5, 0.01), FitChoices(width=False, step=False))
    told, (shift, scale) = of_measured(fit), fit.steps_for_measured()
    assert told["shift_ev"].value == pytest.approx(shift.shift_ev) == pytest.approx(-0.4, abs=0.02)
    assert told["scale"].value == pytest.approx(scale.scale) == pytest.approx(1 / 3, rel=0.02)
    assert told["offset_1"].value == pytest.approx(scale.offset) == pytest.approx(-0.5 / 3, rel=0.05)
    assert "measured" in told["shift_ev"].label


def test_errors_are_those_of_the_scatter() -> None:
    """Errors by derivatives are the spread over noisy measurements."""
    found, errors = [], []
    for seed in range(30):
        fit = fit_prediction(*made(0.4, 3.0, 0.5, 0.05, seed), FitChoices(width=False, step=False))
        told = of_measured(fit)
        found.append([told[name].value for name in ("shift_ev", "scale", "offset_1")])
        errors.append([told[name].error for name in ("shift_ev", "scale", "offset_1")])
    np.testing.assert_allclose(np.mean(errors, axis=0), np.std(found, axis=0, ddof=1), rtol=0.5)
    k, m = (told.names.index(name) for name in ("scale", "offset_1"))
    assert told.correlations[k, m] == pytest.approx(np.corrcoef(np.transpose(found))[1, 2], abs=0.3)


def test_an_offset_that_a_series_shares_is_told_once():
    first, prediction = made(0.4, 3.0, 0.5, 0.01)
    second, _ = made(0.4, 3.0, 0.5, 0.01, seed=4)
    choices = FitChoices(width=False, step=False)
    for shared, names in ((True, ["offset_1"]), (False, ["offset_1", "offset_2"])):
        fit = fit_series([first, second], [prediction] * 2, replace(choices, shared_offset=shared))
        told = of_measured(fit)
        assert [one.name for one in told.values if one.name.startswith("offset")] == names
        assert told["offset_1"].value == pytest.approx(-0.5 / 3, rel=0.05)


def test_steps_without_an_offset_hold_no_negative_zero():
    found = fit_prediction(*made(0.4, 3.0, 0.0, 0.01), FitChoices(offset=False, width=False, step=False))
    offset = found.steps_for_measured()[1].offset
    assert str(offset) == "0.0"
    assert str(ScaleAndOffset(1.0, -0.0).to_dict().get("offset", 0.0)) == "0.0"
