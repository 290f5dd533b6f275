"""Fits of predictions: what was put in comes out, and the errors are what they say."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.comparison import weighted_r_factor
from xanesview.domain.processing.applied import apply, processed
from xanesview.domain.processing.fit_model import Shape, model
from xanesview.domain.processing.fit_of_measured import of_measured
from xanesview.domain.processing.fitted_prediction import FitChoices
from xanesview.domain.processing.prediction_fit import fit_prediction, fit_series
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError

ENERGY = np.linspace(280.0, 320.0, 401)
MEASURED = np.linspace(281.5, 317.5, 181)
E0 = 290.0
TRUTH = {
    "shift_ev": 0.37, "scale": 1.8, "fwhm_ev": 0.6, "growth_ev_per_ev": 0.0, "step_height": 0.3, "step_width_ev": 6.0,
    "offset_1": 0.2, "offset_2": -0.1, "offset_3": 0.05,
}  # fmt: skip


def lines(*strengths: float) -> Spectrum:
    """A prediction of four lines of the widths that C K edges have."""
    found = np.zeros_like(ENERGY)
    for strength, at, fwhm in zip(strengths, (285.0, 288.5, 293.0, 300.0), (0.8, 1.0, 3.0, 6.0)):
        found += strength * np.exp(-0.5 * ((ENERGY - at) / (fwhm / 2.3548)) ** 2)
    return Spectrum(ENERGY, found, label="prediction")


PREDICTION = lines(1.0, 0.6, 0.5, 0.4)
ANGLES = (PREDICTION, lines(0.5, 0.6, 0.8, 0.5), lines(0.1, 0.7, 1.0, 0.6))


def measured(k: int = 0, sigma: float = 0.0, seed: int = 0, band: bool = False, **changes: float) -> Spectrum:
    """What the model says of the truth, with noise."""
    shape = Shape.of(ENERGY, ANGLES[k].intensity)
    clean = model({**TRUTH, **changes}, k, shape, MEASURED, E0)
    noise = np.random.default_rng(seed).normal(0.0, sigma, len(MEASURED)) if sigma else 0.0
    errors = np.full(len(MEASURED), sigma) if band else None
    return Spectrum(MEASURED, clean + noise, label=f"measured {k + 1}", kind="measured", band=errors)


@pytest.mark.parametrize("shift", [-3.7, 0.0, 0.37, 4.2])
@pytest.mark.parametrize("scale", [0.01, 50.0])
def test_what_was_put_in_comes_out(shift, scale):
    one = measured(shift_ev=shift, scale=scale, offset_1=0.2 * scale)
    fit = fit_prediction(one, PREDICTION, FitChoices(e0_ev=E0))
    for name, value in {**TRUTH, "shift_ev": shift, "scale": scale, "offset_1": 0.2 * scale}.items():
        if name not in ("offset_2", "offset_3"):
            assert fit[name].value == pytest.approx(value, rel=2e-3, abs=1e-3), name
    assert np.abs(fit.curves[0].residual.intensity).max() < 1e-3 * scale
    assert fit.curves[0].scores.pearson > 0.99999


@pytest.mark.slow
def test_errors_cover_the_truth_as_often_as_they_say():
    """Of 200 draws, one standard deviation holds the truth in 60 to 76 % (68 % within 2.4 standard errors)."""
    names = ("shift_ev", "scale", "fwhm_ev", "step_height", "offset_1")
    held = dict.fromkeys(names, 0)
    asked = FitChoices(e0_ev=E0, largest_shift_ev=0.8)
    for seed in range(200):
        fit = fit_prediction(measured(sigma=0.02, seed=seed, band=seed % 2 == 0), PREDICTION, asked)
        for name in names:
            held[name] += abs(fit[name].value - TRUTH[name]) < fit[name].error
    assert all(120 <= n <= 152 for n in held.values()), held


def test_a_series_shares_what_is_shared():
    curves = [measured(k, 0.02, seed=k) for k in range(3)]
    fit = fit_series(curves, ANGLES, FitChoices(e0_ev=E0))
    alone = fit_prediction(curves[0], ANGLES[0], FitChoices(e0_ev=E0))
    for name in ("shift_ev", "scale", "fwhm_ev", "step_height", "offset_1", "offset_2", "offset_3"):
        assert abs(fit[name].value - TRUTH[name]) < 4.0 * fit[name].error, name
    assert fit["scale"].error < alone["scale"].error
    assert fit["shift_ev"].error < alone["shift_ev"].error
    assert len(fit.curves) == 3
    assert fit.n_points == 3 * len(MEASURED)
    assert fit["offset_2"].label == "Offset 2"


def test_a_growing_width_and_the_step_s_own_are_fitted_when_asked():
    one = measured(sigma=0.003, growth_ev_per_ev=0.1, step_width_ev=3.0)
    fit = fit_prediction(one, PREDICTION, FitChoices(e0_ev=E0, growth=True, step_width=True))
    assert fit["growth_ev_per_ev"].value == pytest.approx(0.1, abs=4.0 * fit["growth_ev_per_ev"].error)
    assert fit["step_width_ev"].value == pytest.approx(3.0, abs=4.0 * fit["step_width_ev"].error)


def test_correlations_are_those_of_the_values():
    fit = fit_prediction(measured(sigma=0.02), PREDICTION, FitChoices(e0_ev=E0))
    assert fit.correlations.shape == (5, 5)
    np.testing.assert_allclose(np.diag(fit.correlations), 1.0)
    np.testing.assert_allclose(fit.correlations, fit.correlations.T)
    i, j = fit.names.index("step_height"), fit.names.index("offset_1")
    assert fit.correlations[i, j] < 0.0, "a higher step asks for a lower offset"


def test_the_steps_do_what_the_fit_says():
    fit = fit_prediction(measured(sigma=0.01), PREDICTION, FitChoices(e0_ev=E0))
    onto = processed(PREDICTION, fit.steps_for_prediction()).interpolated(MEASURED).intensity
    np.testing.assert_allclose(onto, fit.curves[0].fitted.intensity, atol=0.01)  # lines between the points
    moved = apply(fit.steps_for_measured(), MEASURED, measured(sigma=0.01).intensity)
    shaped = processed(PREDICTION, fit.shape_steps()).interpolated(moved[0]).intensity
    residual = fit.curves[0].residual.intensity / fit["scale"].value
    np.testing.assert_allclose(moved[1] - shaped, residual, atol=0.01)
    assert [step.kind for step in fit.steps_for_prediction()] == [
        "gaussian", "arctangent_step", "scale", "energy_shift",
    ]  # fmt: skip


def test_a_value_at_its_bound_is_held_there_and_said():
    one = measured(sigma=0.01, fwhm_ev=0.0, step_height=0.0)
    fit = fit_prediction(one, PREDICTION, FitChoices(e0_ev=E0))
    assert fit["step_height"].value < 4.0 * (fit["step_height"].error or 0.01)
    held = [value for value in fit.values if value.note.startswith("at its bound")]
    for value in held:
        assert value.value == 0.0
        assert value.error is None
        assert value.name not in fit.names
    assert fit["shift_ev"].value == pytest.approx(TRUTH["shift_ev"], abs=4.0 * fit["shift_ev"].error)


def test_less_is_fitted_when_asked():
    asked = FitChoices(e0_ev=E0, offset=False, width=False, step=False)
    fit = fit_prediction(measured(fwhm_ev=0.0, step_height=0.0, offset_1=0.0), PREDICTION, asked)
    assert fit.names == ("shift_ev", "scale")
    assert fit["scale"].value == pytest.approx(1.8, rel=1e-4)
    assert fit["offset_1"].value == 0.0
    assert fit["offset_1"].note == "not fitted"


def test_errors_are_raised_where_the_model_is_wrong():
    one = measured(sigma=0.002, band=True)
    bent = one.replace(intensity=one.intensity + 0.1 * np.sin(MEASURED))
    good, bad = (fit_prediction(each, PREDICTION, FitChoices(e0_ev=E0)) for each in (one, bent))
    assert good.error_factor == pytest.approx(1.0, abs=0.35)
    assert bad.error_factor > 10.0
    assert bad["scale"].error > 10.0 * good["scale"].error
    assert "more than noise" in bad.notices[0]


def test_a_window_is_kept_to():
    one = measured(sigma=0.01)
    spoiled = one.replace(intensity=one.intensity + 5.0 * (MEASURED > 305.0))
    fit = fit_prediction(spoiled, PREDICTION, FitChoices(e0_ev=E0, window_ev=(282.0, 304.0)))
    assert fit["shift_ev"].value == pytest.approx(TRUTH["shift_ev"], abs=0.02)
    assert fit.curves[0].measured.energy_ev[-1] <= 304.0


def test_a_million_points_are_averaged_first():
    energy = np.linspace(281.5, 317.5, 1_000_000)
    one = measured()
    dense = np.interp(energy, MEASURED, one.intensity) + np.random.default_rng(0).normal(0.0, 0.1, len(energy))
    fit = fit_prediction(Spectrum(energy, dense, kind="measured"), PREDICTION, FitChoices(e0_ev=E0))
    assert fit.n_points <= 20_001
    assert fit["shift_ev"].value == pytest.approx(TRUTH["shift_ev"], abs=0.01)


@pytest.mark.parametrize(
    ("one", "prediction", "words"),
    [
        (Spectrum(MEASURED + 100.0, np.ones(181), kind="measured"), PREDICTION, "too few energies in common"),
        (Spectrum(MEASURED, -measured().intensity, kind="measured"), PREDICTION, "No positive factor"),
        (Spectrum(MEASURED[:5], measured().intensity[:5]), PREDICTION, "5 points can't tell 5 values"),
    ],
)
def test_what_can_not_be_fitted_is_told(one, prediction, words):
    with pytest.raises(XanesviewError, match=words):
        fit_prediction(one, prediction, FitChoices(e0_ev=E0))


def test_one_prediction_a_curve_is_asked_for():
    with pytest.raises(XanesviewError, match="2 measured curves can't be fitted with 1 prediction"):
        fit_series((measured(), measured(1)), (PREDICTION,))


def test_the_weighted_r_factor_does_not_hear_noisy_points():
    one = measured(sigma=0.01, band=True)
    fit = fit_prediction(one, PREDICTION, FitChoices(e0_ev=E0)).curves[0]
    noisy = MEASURED > 300.0
    off = one.replace(intensity=one.intensity + 0.5 * noisy, band=np.where(noisy, 1.0, 0.01))
    assert weighted_r_factor(off, fit.fitted) < 0.1 * weighted_r_factor(off.replace(band=None), fit.fitted)


def test_a_series_on_one_scale_has_one_offset():
    level = {f"offset_{k}": 0.2 for k in (1, 2, 3)}
    curves = [measured(k, 0.02, seed=k, **level) for k in range(3)]
    fit = fit_series(curves, ANGLES, FitChoices(e0_ev=E0, shared_offset=True))
    assert fit["offset_1"].value == fit["offset_2"].value == fit["offset_3"].value
    assert abs(fit["offset_1"].value - 0.2) < 4.0 * fit["offset_1"].error
    assert fit["offset_1"].error < fit_series(curves, ANGLES, FitChoices(e0_ev=E0))["offset_1"].error
    assert fit["offset_1"].note == "one for all curves"
    assert "offset_2" not in fit.names
    for k in range(3):
        assert fit.steps_for_measured(k) == fit.steps_for_measured(0)


def test_every_value_has_its_unit():
    counts = measured().replace(unit="counts")
    fit = fit_prediction(counts, PREDICTION.replace(unit="edge steps"), FitChoices(e0_ev=E0))
    told = of_measured(fit)
    units = {name: (fit[name].unit, told[name].unit) for name in ("shift_ev", "scale", "offset_1", "step_height")}
    assert units == {
        "shift_ev": ("eV", "eV"), "scale": ("counts per edge steps", "edge steps per counts"),
        "offset_1": ("counts", "edge steps"), "step_height": ("edge steps", "edge steps"),
    }  # fmt: skip
