"""What an edge brings into the window of a resonance is taken off before a tilt is read from it."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.geometry.dichroism import vector_orbital_intensity
from xanesview.domain.orientation.measured_tilt import measured_tilt
from xanesview.domain.orientation.peak_intensity import peak_intensities
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError

ANGLES = np.array([20.0, 40.0, 55.0, 70.0, 90.0])
ENERGY = np.arange(275.0, 315.0, 0.1)
WINDOW = (284.0, 286.4)
TILT = 35.0


def film(edge_width: float = 1.0, level: float = 0.02, noise: float = 0.0, seed: int = 0, energy=ENERGY) -> list:
    """Spectra of a vector orbital at 285.2 eV before an edge of its own height at 290 eV."""
    peak = np.exp(-0.5 * ((energy - 285.2) / 0.35) ** 2)
    edge = 0.5 + np.arctan(2.0 * (energy - 290.0) / edge_width) / np.pi
    rows = vector_orbital_intensity(ANGLES, TILT, 1.0)[:, None] * peak + edge + level
    rows = rows + noise * np.random.default_rng(seed).normal(size=rows.shape)
    return [Spectrum(energy, row, label=f"{angle:g}") for angle, row in zip(ANGLES, rows)]


@pytest.mark.parametrize("measure", ["area", "height"])
@pytest.mark.parametrize("edge_width", [0.6, 1.0, 2.0, 4.0])
def test_an_edge_above_the_window_moves_no_tilt(measure, edge_width):
    found = measured_tilt(film(edge_width), ANGLES, WINDOW, measure=measure)
    assert found.fit.tilt_deg == pytest.approx(TILT, abs=0.1)
    assert "step (at 290.0 eV" in found.peaks.background
    bare = measured_tilt(film(edge_width), ANGLES, WINDOW, measure=measure, background="none")
    assert bare.fit.tilt_deg > TILT + 1.0
    assert bare.peaks.background == "no background taken off"


def test_a_line_through_what_lies_beside_a_narrow_window_does_nearly_the_same():
    found = measured_tilt(film(), ANGLES, (284.4, 286.0), background="line")
    assert found.fit.tilt_deg == pytest.approx(TILT, abs=0.5)
    assert found.peaks.background == "a line through 283.60–284.40 and 286.00–286.80 eV taken off"


def test_stated_errors_cover_what_they_say_with_the_background_taken_off():
    away, stated = [], []
    for seed in range(200):
        fit = measured_tilt(film(noise=0.02, seed=seed), ANGLES, WINDOW).fit
        away.append(abs(fit.tilt_deg - TILT))
        stated.append(fit.error_deg)
    assert 0.60 <= np.mean(np.array(away) <= stated) <= 0.76


@pytest.mark.parametrize("background", ["step", "line"])
def test_the_noise_of_a_background_is_in_the_errors(background):
    one = [peak_intensities(film(noise=0.02, seed=k)[:1], *WINDOW, "area", background) for k in range(100)]
    spread = np.std([found.values[0] for found in one])
    assert np.mean([found.errors[0] for found in one]) == pytest.approx(spread, rel=0.3)


def test_what_is_done_where_spectra_end_early_is_told():
    short = film(energy=np.arange(282.0, 288.0, 0.1))
    assert "too early for a step" in peak_intensities(short, *WINDOW).background
    from_the_window_on = film(energy=np.arange(284.0, 288.0, 0.1))
    found = peak_intensities(from_the_window_on, *WINDOW)
    assert "the level just above the window" in found.background
    with pytest.raises(XanesviewError, match="beside the window"):
        peak_intensities(film(energy=np.arange(284.0, 286.45, 0.1)), *WINDOW)


def test_no_line_is_drawn_through_a_peak_beside_a_higher_one():
    rows = [Spectrum(one.energy_ev, one.intensity + 4.0 * np.exp(-0.5 * ((ENERGY - 287.0) / 0.4) ** 2))
            for one in film()]  # fmt: skip
    found = peak_intensities(rows, *WINDOW, "area", "line")
    assert "would cut the peak" in found.background
    assert (found.values > 0.0).all()


def test_no_edge_goes_down():
    falling = [one.replace(intensity=1.0 - one.intensity) for one in film()]
    assert "no step above" in peak_intensities(falling, *WINDOW).background
    with pytest.raises(XanesviewError, match="no background"):
        peak_intensities(film(), *WINDOW, "area", "parabola")


def test_a_window_on_the_edge_itself_takes_off_the_level_before_the_edge():
    edge = 0.5 + np.arctan(2.0 * (ENERGY - 284.0) / 0.4) / np.pi
    peak = np.exp(-0.5 * ((ENERGY - 290.0) / 1.5) ** 2)
    rows = vector_orbital_intensity(ANGLES, TILT, 1.0)[:, None] * peak + edge + 0.5
    found = peak_intensities([Spectrum(ENERGY, row) for row in rows], 286.0, 294.0)
    np.testing.assert_allclose(found.values, np.trapezoid((rows - 0.5)[:, (ENERGY > 285.9) & (ENERGY < 294.1)], dx=0.1),
                               rtol=0.12)  # fmt: skip
