"""Tilts of orbitals: recovered from both closed forms, with errors that hold what they say."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.geometry.dichroism import dichroic_ratio, vector_tilt_deg
from xanesview.domain.orientation.peak_intensity import peak_intensities
from xanesview.domain.orientation.tilt_fit import OPEN_DEG, ORBITALS, fit_tilt, tilt_text
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError

ANGLES = np.array([20.0, 40.0, 55.0, 70.0, 90.0])
ENERGY = np.arange(282.0, 290.0, 0.1)
PEAK = np.exp(-0.5 * ((ENERGY - 285.2) / 0.35) ** 2)


@pytest.mark.parametrize("orbital", ORBITALS)
@pytest.mark.parametrize("degree", [1.0, 0.85])
def test_tilts_without_noise_come_back(orbital, degree):
    for tilt in (0.0, 20.0, 54.7, 80.0, 90.0):
        fit = fit_tilt(ANGLES, ORBITALS[orbital](ANGLES, tilt, degree, 3.0), orbital, degree)
        assert fit.tilt_deg == pytest.approx(tilt, abs=1e-4)
        assert fit.amplitude == pytest.approx(3.0)
        assert fit.error_deg < 0.01
        theta = np.linspace(0.0, 90.0, 5)
        np.testing.assert_allclose(fit.curve(theta), ORBITALS[orbital](theta, tilt, degree, 3.0), atol=1e-9)


def test_two_angles_agree_with_the_dichroic_ratio():
    values = ORBITALS["vector"](np.array([0.0, 90.0]), 40.0, 0.9)
    fit = fit_tilt([0.0, 90.0], values, "vector", 0.9)
    assert fit.tilt_deg == pytest.approx(vector_tilt_deg(float(dichroic_ratio(values[1], values[0])), 0.9))
    assert fit.ratio == pytest.approx(float(dichroic_ratio(values[1], values[0])))
    assert np.isnan(fit.error_deg)
    assert "unknown" in fit.text()
    assert fit_tilt([0.0, 90.0], values, "vector", 0.9, [0.01, 0.01]).error_deg > 0.1


def test_intensity_is_a_straight_line_over_the_squared_cosine():
    fit = fit_tilt(ANGLES, ORBITALS["plane"](ANGLES, 33.0, 0.9), "plane", 0.9)
    theta = np.rad2deg(np.arccos(np.sqrt(np.linspace(0.0, 1.0, 6))))
    np.testing.assert_allclose(np.diff(fit.curve(theta), 2), 0.0, atol=1e-12)


@pytest.mark.parametrize("orbital", ORBITALS)
@pytest.mark.parametrize("tilt", [35.0, 65.0])
@pytest.mark.parametrize("known", [False, True])
def test_stated_errors_cover_what_they_say(orbital, tilt, known):
    rng = np.random.default_rng(3)
    exact = ORBITALS[orbital](ANGLES, tilt, 0.9)
    noise = 0.01 * exact.max()
    fits = [
        fit_tilt(ANGLES, exact + noise * rng.normal(size=5), orbital, 0.9, np.full(5, noise) if known else None)
        for _ in range(1000)
    ]
    away = np.array([fit.tilt_deg - tilt for fit in fits])
    assert np.sqrt(np.mean(away**2)) < 1.0
    assert np.abs(away).max() < 3.0
    covered = np.mean(np.abs(away) <= [fit.error_deg for fit in fits])
    assert 0.60 <= covered <= 0.76


@pytest.mark.parametrize("how", ["area", "height", "fit"])
def test_spectra_with_noise_give_the_tilt_within_two_degrees(how):
    rng = np.random.default_rng(4)
    for tilt in (30.0, 60.0):
        exact = ORBITALS["vector"](ANGLES, tilt, 0.9)[:, None] * PEAK
        if how == "fit":
            exact = exact + 0.3 * (0.5 + np.arctan(2.0 * (ENERGY - 287.5)) / np.pi) + 0.1
        noisy = exact + 0.01 * exact.max() * rng.normal(size=exact.shape)
        spectra = [Spectrum(ENERGY, row, label=f"{angle:g}") for angle, row in zip(ANGLES, noisy)]
        window = (283.0, 289.5) if how == "fit" else (284.0, 286.4)
        peaks = peak_intensities(spectra, *window, how)
        assert fit_tilt(ANGLES, peaks.values, "vector", 0.9).tilt_deg == pytest.approx(tilt, abs=2.0)
        if how == "fit":
            assert peaks.centre_ev == pytest.approx(285.2, abs=0.05)
            assert peaks.fwhm_ev == pytest.approx(0.35 * 2.3548, abs=0.08)
        if how == "height":
            assert peaks.centre_ev == pytest.approx(285.2, abs=0.11)


def test_the_noise_of_an_area_is_that_of_repeated_spectra():
    rng = np.random.default_rng(5)
    found = [peak_intensities([Spectrum(ENERGY, PEAK + 0.02 * rng.normal(size=len(ENERGY)))], 284.0, 286.5)
             for _ in range(100)]  # fmt: skip
    spread = np.std([one.values[0] for one in found])
    assert np.mean([one.errors[0] for one in found]) == pytest.approx(spread, rel=0.3)
    assert np.mean([one.values[0] for one in found]) == pytest.approx(0.35 * np.sqrt(2 * np.pi), rel=0.02)


def test_intensities_that_no_tilt_gives_are_told():
    fit = fit_tilt(ANGLES, np.cos(np.deg2rad(ANGLES)) ** 2 - 0.1, "vector")
    assert fit.is_beyond
    assert fit.tilt_deg == 0.0


@pytest.mark.parametrize(
    ("theta", "intensity", "part"),
    [([20.0], [1.0], "two different angles"), ([20.0, 20.0], [1.0, 1.1], "two different angles"),
     ([20.0, 90.0], [1.0], "as many angles"), ([20.0, 90.0], [1.0, np.nan], "finite"),
     ([20.0, 90.0], [-1.0, -2.0], "positive amplitude")],
)  # fmt: skip
def test_what_is_no_series_of_intensities_is_told(theta, intensity, part):
    with pytest.raises(XanesviewError, match=part):
        fit_tilt(theta, intensity)
    with pytest.raises(XanesviewError, match="no orbital"):
        fit_tilt(ANGLES, ANGLES, "round")


def test_windows_without_points_are_told():
    with pytest.raises(XanesviewError, match="too few points"):
        peak_intensities([Spectrum(ENERGY, PEAK, label="film")], 289.0, 295.0)
    with pytest.raises(XanesviewError, match="no measure"):
        peak_intensities([Spectrum(ENERGY, PEAK)], 284.0, 286.0, "weight")


def test_the_error_of_a_tilt_at_the_end_reaches_into_the_tilts_there_are():
    """Where noise brings cos² below 0 the tilt is 90°, and the error is not that of a tilt known to a hair."""
    theta = np.array([20.0, 55.0, 90.0])
    lying = ORBITALS["plane"](theta, 90.0, 0.9)
    noise = np.array([0.01, -0.02, 0.0])
    beyond = next(
        fit for sign in (1.0, -1.0) if (fit := fit_tilt(theta, lying + sign * noise, "plane", 0.9)).squared_cosine < 0.0
    )
    assert beyond.tilt_deg == 90.0
    assert not beyond.is_impossible
    assert beyond.error_deg == pytest.approx(np.degrees(np.arcsin(np.sqrt(beyond.squared_cosine_error))), rel=1e-6)


def test_unpolarised_to_the_last_is_told_as_what_leaves_no_tilt():
    theta = [20.0, 35.0, 50.0, 65.0, 80.0, 90.0]
    with pytest.raises(XanesviewError, match="With P = 0 the field lies in the surface at every angle"):
        fit_tilt(theta, np.ones(6), degree=0.0)


def test_a_tilt_of_which_nothing_is_known_is_called_not_determined():
    assert tilt_text(34.6, 34.6) == "not determined (34.6 ± 34.6°: an error of 20° or more)"
    assert tilt_text(34.6, 19.9) == "34.6 ± 19.9°"
    directions = np.random.default_rng(1).normal(size=(100_000, 3))
    tilts = np.rad2deg(np.arccos(np.abs(directions[:, 2]) / np.linalg.norm(directions, axis=1)))
    assert OPEN_DEG < tilts.std() < OPEN_DEG + 2.5  # beyond it an error says no more than no measurement
