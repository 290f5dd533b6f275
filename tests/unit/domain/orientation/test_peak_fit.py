"""A Gaussian beside an arctangent step finds the tilt that spectra were made with, wherever the step stands."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.geometry.dichroism import vector_orbital_intensity
from xanesview.domain.orientation.measured_tilt import measured_tilt
from xanesview.domain.orientation.peak_intensity import STEP_WIDTH_EV, peak_intensities
from xanesview.domain.orientation.tilt_fit import fit_tilt
from xanesview.domain.spectrum import Spectrum

THETAS_DEG = np.array([20.0, 40.0, 55.0, 90.0])
TILT_DEG, DEGREE, WINDOW_EV = 35.0, 0.9, (283.5, 287.5)
ENERGY_EV = np.arange(280.0, 300.0, 0.1)
HEIGHTS = vector_orbital_intensity(THETAS_DEG, TILT_DEG, DEGREE)


def film(step_ev: float, step_height: float = 0.5, noise: float = 0.0, seed: int = 0) -> list[Spectrum]:
    """Spectra of a peak at 285 eV, 0.8 eV wide, beside a step."""
    rng = np.random.default_rng(seed)
    peak = np.exp(-4.0 * np.log(2.0) * ((ENERGY_EV - 285.0) / 0.8) ** 2)
    step = step_height * (0.5 + np.arctan(2.0 * (ENERGY_EV - step_ev) / STEP_WIDTH_EV) / np.pi)
    rows = HEIGHTS[:, None] * peak + step + noise * rng.standard_normal((len(HEIGHTS), len(ENERGY_EV)))
    return [Spectrum(ENERGY_EV, row) for row in rows]


def tilt(spectra: list[Spectrum]):
    return measured_tilt(spectra, THETAS_DEG, WINDOW_EV, degree=DEGREE, measure="fit")


@pytest.mark.parametrize("step_ev", [286.6, 290.0])
def test_without_noise_nothing_is_lost_to_the_step(step_ev):
    found = tilt(film(step_ev))
    areas = HEIGHTS * 0.8 * np.sqrt(np.pi / np.log(2.0)) / 2.0
    np.testing.assert_allclose(found.peaks.values, areas, rtol=2e-3)
    assert found.fit.tilt_deg == pytest.approx(TILT_DEG, abs=0.03)


def test_noise_makes_no_step_under_the_peak():
    found = [tilt(film(290.0, noise=0.0055, seed=seed)).fit for seed in range(6)]
    assert abs(np.mean([one.tilt_deg for one in found]) - TILT_DEG) < 0.25
    assert all(0.05 < one.error_deg < 0.8 for one in found)


def test_areas_move_together_as_the_fits_of_many_noises_do():
    peaks = [peak_intensities(film(290.0, noise=0.01, seed=seed), *WINDOW_EV, "fit") for seed in range(20)]
    scatter = np.cov(np.array([one.values for one in peaks]).T)
    stated = np.mean([np.diag(one.errors**2) + one.common @ one.common.T for one in peaks], axis=0)
    ratio = np.diag(scatter).sum() / np.diag(stated).sum()
    assert 0.4 < ratio < 2.2, "twenty draws tell a variance to a third"


def test_what_moves_all_together_widens_the_error_unless_it_is_a_factor():
    alone = fit_tilt(THETAS_DEG, HEIGHTS, degree=DEGREE, error=np.full(4, 0.01))
    level = fit_tilt(THETAS_DEG, HEIGHTS, degree=DEGREE, error=np.full(4, 0.01), common=np.full((4, 1), 0.05))
    factor = fit_tilt(THETAS_DEG, HEIGHTS, degree=DEGREE, error=np.full(4, 0.01), common=0.05 * HEIGHTS[:, None])
    assert level.error_deg > 2.0 * alone.error_deg
    assert factor.error_deg == pytest.approx(alone.error_deg, rel=1e-6)
