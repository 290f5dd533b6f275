"""Orientations of whole molecules: known tilts come back from spectra of films with noise."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.geometry.average import OrderParameter
from xanesview.domain.geometry.directions import from_angles_deg
from xanesview.domain.geometry.polarisation import PartialPolarisation
from xanesview.domain.orientation.film_model import half_sphere
from xanesview.domain.orientation.orientation_fit import LEVELS, OrientationFit, fit_orientation
from xanesview.domain.processing.broadening import gaussian
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError

ENERGY = np.arange(280.0, 305.01, 0.1)
ANGLES = (20.0, 55.0, 90.0)
MEASURED = np.arange(283.0, 298.0, 0.15)


def lines(*of: tuple[float, float, tuple]) -> AbsorptionTensor:
    """A flat molecule in the plane xy: lines (energy, width, intensities along x, y, z)."""
    components = np.zeros((1, 6, len(ENERGY)))
    for centre, width, along in of:
        components[0, :3] += np.array(along)[:, None] * np.exp(-0.5 * ((ENERGY - centre) / width) ** 2)
    return AbsorptionTensor(ENERGY, components, [-1], "u", "C K", 0.8)


MOLECULE = lines((285.2, 0.4, (0, 0, 1.0)), (288.5, 0.6, (0.1, 0.5, 0.05)), (293.0, 1.5, (0.5, 0.1, 0.05)),
                 (298.0, 3.0, (0.2, 0.4, 0.1)))  # fmt: skip


def film(tilt: float, azimuth: float, noise: float, order: float = 1.0, seed: int = 0, degree: float = 0.9) -> list:
    """Spectra of a film, moved by 0.3 eV, broadened by 0.5 eV, times 3, with a step and noise."""
    rng, n = np.random.default_rng(seed), from_angles_deg(tilt, azimuth)
    rows = []
    for theta in ANGLES:
        field = from_angles_deg(theta, 10.0, n)
        weight = PartialPolarisation(field, degree, tuple(n), OrderParameter(order)).weight()
        row = np.interp(MEASURED - 0.3, ENERGY, gaussian(ENERGY, MOLECULE.contract(weight)[0], 0.5))
        rows.append(3.0 * row + 0.3 * (0.5 + np.arctan(MEASURED - 0.3 - 291.0) / np.pi))
    largest = max(row.max() for row in rows)
    noisy = [row + noise * largest * rng.normal(size=len(row)) for row in rows]
    return [Spectrum(MEASURED, row, label=f"{theta:g}°", kind="measured") for row, theta in zip(noisy, ANGLES)]


@lru_cache
def fitted(tilt: float, azimuth: float, order: float | None = 1.0) -> OrientationFit:
    spectra = film(tilt, azimuth, 0.01, 1.0 if order else 0.8)
    return fit_orientation(MOLECULE, spectra, ANGLES, degree=0.9, order=order, step_ev=291.0)


@pytest.mark.parametrize(("tilt", "azimuth"), [(35.0, 25.0), (62.0, 70.0)])
def test_known_orientations_come_back_within_two_degrees(tilt, azimuth):
    fit = fitted(tilt, azimuth)
    assert fit.tilt_deg == pytest.approx(tilt, abs=2.0)
    assert abs(fit.tilt_deg - tilt) < 3.0 * fit.tilt_error_deg
    assert 0.0 < fit.tilt_error_deg < 1.5
    # x and y are mirror axes of the molecule
    mirrored = abs((fit.azimuth_deg + 90.0) % 180.0 - 90.0)
    assert mirrored == pytest.approx(azimuth, abs=max(8.0, 3.0 * fit.azimuth_error_deg))
    assert fit.shift_ev == pytest.approx(0.3, abs=0.03)
    assert fit.fwhm_ev == pytest.approx(0.5, abs=0.1)
    assert fit.scale == pytest.approx(3.0, rel=0.03)
    assert fit.step_height == pytest.approx(0.3, abs=0.1)
    assert fit.r_factor < 0.01


def test_a_shift_at_the_end_of_what_was_tried_is_told():
    assert not fitted(35.0, 25.0).is_shift_at_end
    near = fit_orientation(MOLECULE, film(35.0, 25.0, 0.01), ANGLES, degree=0.9, step_ev=291.0, largest_shift_ev=0.2)
    assert near.is_shift_at_end
    assert near.shift_ev == pytest.approx(0.2, abs=1e-2)


def test_another_molecule_leaves_much_unexplained_and_the_right_one_little():
    right = fitted(35.0, 25.0)
    assert right.share_left < 0.02
    assert not right.leaves_much
    other = lines((286.6, 0.4, (0, 0, 1.0)), (290.4, 0.4, (0.5, 0.1, 0.1)), (291.9, 0.4, (0.3, 0.3, 0.3)))
    fit = fit_orientation(other, film(35.0, 25.0, 0.01), ANGLES, degree=0.9, step_ev=291.0)
    assert 0.35 < fit.share_left < 1.0


def test_a_fit_that_begins_at_the_end_of_the_shifts_tried_is_done():
    far = [one.replace(energy_ev=one.energy_ev + 2.8) for one in film(35.0, 25.0, 0.01)]
    assert fit_orientation(MOLECULE, far, ANGLES, degree=0.9, step_ev=291.0).is_shift_at_end


def test_a_molecule_that_lies_flat_has_a_tilt_that_reaches_zero():
    fit = fit_orientation(MOLECULE, film(0.0, 0.0, 0.01), ANGLES, degree=0.9, step_ev=291.0)
    assert fit.tilt_deg < 8.0  # near 0 a tilt shows by its square
    assert fit.tilt_range_deg[0] < 5.0
    assert np.isfinite(fit.tilt_error_deg)


def test_the_azimuth_of_a_molecule_alike_all_round_is_open():
    ring = lines((285.2, 0.4, (0, 0, 1.0)), (293.0, 1.5, (0.5, 0.5, 0.05)), (298.0, 3.0, (0.3, 0.3, 0.1)))
    fit = fit_orientation(ring, film(35.0, 25.0, 0.01), ANGLES, degree=0.9, step_ev=291.0)
    assert np.isnan(fit.azimuth_error_deg)
    assert fit.azimuth_text() == "open"


def test_an_error_of_the_azimuth_is_never_none():
    fit = fitted(35.0, 25.0)
    assert 0.0 < fit.azimuth_error_deg < 60.0
    assert replace(fit, azimuth_deg=25.2, azimuth_error_deg=0.2).azimuth_text() == "25 ± <1°"
    assert replace(fit, azimuth_deg=25.2, azimuth_error_deg=3.4).azimuth_text() == "25 ± 3°"


def test_the_tilts_that_are_left_are_told_as_finely_as_they_lie():
    fit = fitted(35.0, 25.0)
    assert replace(fit, tilt_range_deg=(34.93, 35.41)).tilt_range_text() == "34.9 to 35.5°", "never narrower than found"
    assert replace(fit, tilt_range_deg=(21.3, 48.8)).tilt_range_text() == "21 to 49°"
    assert replace(fit, tilt_range_deg=(0.0, 90.0)).tilt_range_text() == "0 to 90°"


def test_a_free_order_parameter_leaves_more_tilts_open():
    fit = fitted(35.0, 25.0, None)
    assert fit.is_order_free
    assert fit.tilt_range_deg[0] - 1.0 <= 35.0 <= fit.tilt_range_deg[1] + 1.0
    assert np.ptp(fit.tilt_range_deg) > np.ptp(fitted(35.0, 25.0).tilt_range_deg)


def test_the_region_on_the_sphere_is_around_the_best_normal():
    fit = fitted(35.0, 25.0)
    assert fit.rise(fit.normal[None])[0] == pytest.approx(0.0, abs=1e-6)
    sphere = half_sphere(3000)
    rise = fit.rise(sphere)
    np.testing.assert_allclose(fit.rise(-sphere), rise, atol=1e-6 * rise.max())
    inside = sphere[rise <= LEVELS[0.95]]
    tilts = np.rad2deg(np.arccos(np.abs(inside[:, 2])))
    assert len(inside) < 60
    assert (np.abs(tilts - 35.0) < 4.0).all()


def test_the_molecule_turns_to_its_orientation():
    fit = fitted(62.0, 70.0)
    r = fit.rotation
    np.testing.assert_allclose(r @ r.T, np.eye(3), atol=1e-12)
    assert abs((r @ fit.normal)[2]) == pytest.approx(1.0)
    assert np.rad2deg(np.arccos(abs((r @ fit.axis)[2]))) == pytest.approx(fit.tilt_deg, abs=1e-6)


def test_fitted_curves_lie_on_the_measured_ones():
    spectra, fit = film(35.0, 25.0, 0.01), fitted(35.0, 25.0)
    for spectrum, curve in zip(spectra, fit.fitted):
        inside = np.interp(curve.energy_ev, spectrum.energy_ev, spectrum.intensity)
        assert np.abs(curve.intensity - inside).max() < 0.05 * inside.max()


@pytest.mark.parametrize("level", [1.0, -0.4])
def test_a_level_that_all_spectra_share_is_no_tilt(level):
    bare = fitted(35.0, 25.0)
    moved = [one.replace(intensity=one.intensity + level) for one in film(35.0, 25.0, 0.01)]
    fit = fit_orientation(MOLECULE, moved, ANGLES, degree=0.9, step_ev=291.0)
    assert fit.level == pytest.approx(bare.level + level, abs=1e-6)
    assert fit.tilt_deg == pytest.approx(bare.tilt_deg, abs=0.02)
    assert fit.tilt_error_deg == pytest.approx(bare.tilt_error_deg, rel=0.05)
    for curve, one in zip(fit.fitted, moved):
        np.testing.assert_allclose(curve.intensity, one.intensity, atol=0.3)


def test_what_tells_no_orientation_is_told():
    spectra = film(35.0, 25.0, 0.01)
    isotropic = lines((285.2, 0.5, (1, 1, 1)))
    with pytest.raises(XanesviewError, match="same along every direction"):
        fit_orientation(isotropic, spectra, ANGLES)
    with pytest.raises(XanesviewError, match="two different angles"):
        fit_orientation(MOLECULE, spectra, (20.0, 20.0, 20.0))
    with pytest.raises(XanesviewError, match="too few points"):
        fit_orientation(MOLECULE, spectra, ANGLES, window_ev=(310.0, 320.0))
    with pytest.raises(XanesviewError, match="order of"):
        fit_orientation(MOLECULE, spectra, ANGLES, order=0.0)
