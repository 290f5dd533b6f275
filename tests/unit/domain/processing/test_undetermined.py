"""Fits that the data leave open are told from those that they settle."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from xanesview.domain.processing.fitted_prediction import FitChoices, PredictionFit
from xanesview.domain.processing.prediction_fit import fit_prediction
from xanesview.domain.processing.undetermined import (
    MUCH_LEFT,
    doubts,
    meaningless,
    missed,
    much_left,
    poorness,
    share_left,
    undetermined,
    unexplained,
)
from xanesview.domain.spectrum import Spectrum
from xanesview.gui.dialogs.fit_details import poor_head

ENERGY = np.arange(280.0, 320.0, 0.1)


def prediction() -> Spectrum:
    peaks = sum(h * np.exp(-0.5 * ((ENERGY - c) / w) ** 2) for c, w, h in ((285, 0.5, 2), (289, 0.8, 1), (296, 3, 1)))
    return Spectrum(ENERGY, peaks + (0.5 + np.arctan(ENERGY - 290.0) / np.pi), label="predicted")


def measured(shift_ev: float, noise: float = 0.01) -> Spectrum:
    rows = 3.0 * np.interp(ENERGY - shift_ev, ENERGY, prediction().intensity)
    return Spectrum(ENERGY, rows + noise * np.random.default_rng(3).normal(size=len(ENERGY)), label="film")


def fitted(shift_ev: float = 0.4, **choices) -> PredictionFit:
    return fit_prediction(measured(shift_ev), prediction(), FitChoices(**choices))


def changed(fit: PredictionFit, name: str, **values) -> PredictionFit:
    of = tuple(dataclasses.replace(one, **values) if one.name == name else one for one in fit.values)
    return dataclasses.replace(fit, values=of)


def test_a_fit_that_the_data_settle_leaves_nothing_open():
    assert undetermined(fitted()) == ()


def test_a_shift_at_the_end_of_what_was_searched_is_open():
    choices = FitChoices(largest_shift_ev=1.0)
    (told,) = undetermined(fitted(1.6, largest_shift_ev=1.0), choices)
    assert told.startswith("the shift of 1.6")
    assert "at the end of what was searched" in told
    assert "the shift of 6.00 eV" in undetermined(changed(fitted(), "shift_ev", value=-6.0))[0]


@pytest.mark.parametrize(("name", "word"), [("scale", "factor"), ("step_height", "edge step")])
def test_an_error_larger_than_the_value_is_open(name, word):
    fit = fitted()
    (told,) = undetermined(changed(fit, name, error=2.0 * abs(fit[name].value) + 5.0))
    assert f"the error of the {word}" in told


def test_a_small_step_with_a_small_error_is_known():
    assert undetermined(changed(fitted(), "step_height", value=1e-5, error=1e-3)) == ()


def test_two_values_that_are_one_are_open():
    fit = fitted()
    size = len(fit.names)
    correlations = np.eye(size)
    correlations[0, 1] = correlations[1, 0] = -0.9999
    (told,) = undetermined(dataclasses.replace(fit, correlations=correlations))
    assert "can't be told apart" in told


def test_a_width_at_the_end_of_what_was_tried_is_open_and_means_something():
    fit = fitted()
    wide = changed(fit, "fwhm_ev", value=5.0)
    assert undetermined(wide) == ("the added width is at the end of the 5 eV tried",)
    assert meaningless(wide) == ()
    assert undetermined(wide, FitChoices(largest_fwhm_ev=9.0)) == ()


def test_a_fit_of_the_right_curve_means_something_however_noisy():
    for noise in (0.01, 1.0, 6.0):
        fit = fit_prediction(measured(0.4, noise), prediction())
        assert meaningless(fit) == (), noise
    assert share_left(fitted()) < 0.01


def test_a_curve_of_something_else_means_nothing():
    peaks = sum(np.exp(-0.5 * ((ENERGY - at) / 0.4) ** 2) for at in (283.0, 286.5, 292.0, 299.0, 306.0))
    for offset, choices in ((0.0, FitChoices(width=False)), (30.0, FitChoices(step=False))):
        fit = fit_prediction(Spectrum(ENERGY, offset + peaks, label="film"), prediction(), choices)
        assert share_left(fit) > 0.8
        assert meaningless(fit, choices)
        assert doubts(fit, choices).startswith("The fit means nothing: ")


def test_an_edge_alone_says_nothing_of_the_prediction():
    edge = 2.0 * (0.5 + np.arctan(2.0 * (ENERGY - 295.0) / 6.0) / np.pi)
    ripple = 0.02 * np.sin(0.9 * ENERGY)
    fit = fit_prediction(Spectrum(ENERGY, edge + ripple, label="film"), prediction(), FitChoices(e0_ev=295.0))
    assert any("an edge step describes the curve nearly as well" in one for one in meaningless(fit))


def test_what_another_molecule_leaves_unexplained_is_told():
    further = sum(h * np.exp(-0.5 * ((ENERGY - at) / 0.5) ** 2) for at, h in ((287.2, 1.5), (291.0, 1.0), (299.0, 1.5)))
    fit = fit_prediction(Spectrum(ENERGY, 20.0 + prediction().intensity + further, label="film"), prediction())
    assert MUCH_LEFT < share_left(fit) < 0.8
    assert missed(fit) == "", "so high a level hides it in the R-factor"
    told = f"{100 * share_left(fit):.0f} % of what an edge step leaves without the prediction."
    assert poorness(fit) == unexplained(fit) == f"The fit leaves much unexplained: {told}"
    assert poor_head(fit) == f"Poor fit, {100 * share_left(fit):.0f} % unexplained: "
    assert "a flat line leaves" in much_left(0.5, "a flat line")


def test_noise_and_the_right_molecule_are_explained():
    for noise in (0.01, 1.0, 6.0):
        assert unexplained(fit_prediction(measured(0.4, noise), prediction())) == ""
