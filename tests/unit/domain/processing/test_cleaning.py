"""Smoothing, derivatives, glitches, merging, alignment, and the normalisations that need no edge."""

from __future__ import annotations

import numpy as np
import pytest

from tests.synthetic_scans import SCANS, energies, intensities
from xanesview.domain.processing.applied import apply
from xanesview.domain.processing.deglitching import glitches
from xanesview.domain.processing.merging import merged
from xanesview.domain.processing.smoothing import SHAPES, derivative, smoothed
from xanesview.domain.processing.steps.alignment import Alignment
from xanesview.domain.processing.steps.area import Area
from xanesview.domain.processing.steps.at_energy import AtEnergy
from xanesview.domain.processing.steps.deglitch import Deglitch
from xanesview.domain.processing.steps.derivative import Derivative
from xanesview.domain.processing.steps.double_normalisation import DoubleNormalisation
from xanesview.domain.processing.steps.energy_calibration import EnergyCalibration
from xanesview.domain.processing.steps.i0_division import I0Division
from xanesview.domain.processing.steps.maximum import Maximum
from xanesview.domain.processing.steps.merge import Merge
from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
from xanesview.domain.processing.steps.smoothing import Smoothing
from xanesview.domain.processing.steps.subtraction import Subtraction
from xanesview.errors import XanesviewError

EVEN = np.linspace(280.0, 320.0, 401)
UNEVEN = np.unique(np.concatenate([np.arange(280.0, 300.0, 0.1), np.arange(300.0, 320.1, 0.5)]))
LINES = np.exp(-0.5 * ((EVEN - 285.0) / 0.5) ** 2) + 0.5 / (1.0 + np.exp(290.0 - EVEN))


@pytest.mark.parametrize("energy", [EVEN, UNEVEN], ids=["even", "uneven"])
@pytest.mark.parametrize("shape", SHAPES)
def test_smoothing_leaves_a_straight_line_and_calms_noise(energy, shape):
    line = 3.0 + 0.2 * (energy - 290.0)
    inner = (energy > 284.0) & (energy < 316.0)
    np.testing.assert_allclose(smoothed(energy, line, 1.5, shape)[inner], line[inner], atol=1e-6)
    noise = np.random.default_rng(3).normal(size=len(energy))
    assert smoothed(energy, noise, 1.5, shape)[:190].std() < 0.7 * noise[:190].std()


def test_savitzky_golay_keeps_a_parabola_whatever_the_window():
    energy = np.linspace(280.0, 320.0, 4001)
    parabola = (energy - 300.0) ** 2
    for window in (0.5, 5.0):  # summed, and by Fourier transform
        np.testing.assert_allclose(smoothed(energy, parabola, window), parabola, atol=1e-7)
    with pytest.raises(XanesviewError, match="too few for a polynomial"):
        smoothed(energy, parabola, 0.01)
    with pytest.raises(XanesviewError, match="wider than the data"):
        smoothed(energy, parabola, 100.0)


@pytest.mark.parametrize("energy", [EVEN, UNEVEN], ids=["even", "uneven"])
def test_derivatives_of_a_parabola(energy):
    np.testing.assert_allclose(derivative(energy, (energy - 290.0) ** 2), 2.0 * (energy - 290.0), atol=1e-8)
    second = apply((Derivative(order=2),), energy, (energy - 290.0) ** 2)
    np.testing.assert_allclose(second[1][2:-2], 2.0, atol=1e-6)
    assert second[2]["unit"] == "per eV²"


@pytest.mark.parametrize("scan", SCANS, ids=lambda scan: scan.name)
def test_glitches_are_found_and_nothing_else(scan):
    energy, mu = energies(scan), intensities(scan)
    assert not glitches(energy, mu).any()
    assert not glitches(energy, intensities(scan._replace(noise=0.0)), widest=3).any()
    mu[[60, 200]] += 0.3 * scan.step
    mu[[230, 231]] -= 0.3 * scan.step
    assert np.flatnonzero(glitches(energy, mu)).tolist() == [60, 200]
    assert np.flatnonzero(glitches(energy, mu, widest=2)).tolist() == [60, 200, 230, 231]


@pytest.mark.parametrize("step_ev", [0.05, 0.1, 0.15])
def test_sharp_lines_are_no_glitches(step_ev):
    energy = np.arange(280.0, 300.0, step_ev)
    lines = sum(np.exp(-0.5 * ((energy - at) / 0.15) ** 2) for at in (285.0, 286.3, 288.0))
    noise = np.random.default_rng(0).normal(0.0, 1e-3, len(energy))
    assert not glitches(energy, lines).any()
    assert not glitches(energy, lines + noise).any()


def test_points_are_left_out_by_hand():
    energy, _, facts = apply((Deglitch(automatic=False, energies_ev=(285.0, 300.04)),), EVEN, LINES)
    assert set(EVEN.round(3)) - set(energy.round(3)) == {285.0, 300.0}
    assert facts["glitches"] == 2
    assert "285.00, 300.00 eV" in facts["lines"][0]
    with pytest.raises(XanesviewError, match="no point at 500 eV"):
        apply((Deglitch(automatic=False, energies_ev=(500.0,)),), EVEN, LINES)


def test_merging_gives_mean_and_spread_and_names_the_outlier():
    rng = np.random.default_rng(5)
    scans = {f"scan {k}": (EVEN, LINES + rng.normal(0.0, 0.01, len(EVEN))) for k in range(8)}
    found = merged(scans)
    assert found.outliers == ()
    assert found.spread.mean() == pytest.approx(0.01, rel=0.05)
    np.testing.assert_allclose(found.mean, np.mean([y for _, y in scans.values()], axis=0), atol=1e-12)
    scans["scan 3"] = (EVEN, 1.3 * LINES)
    assert merged(scans).outliers == ("scan 3",)
    assert merged(scans, leave_out=True).n_scans == 7
    step = Merge(tuple(name for name in scans if name != "scan 0"), leave_out_outliers=True)
    _, mean, facts = apply((step,), *scans["scan 0"], scans)
    np.testing.assert_allclose(mean, merged(scans, leave_out=True).mean)
    assert "outliers, left out: scan 3" in facts["lines"][0]


def test_merging_takes_only_energies_that_all_scans_have():
    found = merged({"a": (EVEN, LINES), "b": (EVEN[50:300] + 0.05, LINES[50:300])})
    assert found.energy_ev[0] == pytest.approx(EVEN[51])
    assert found.outliers == (), "of two nobody can say which one is"
    with pytest.raises(XanesviewError, match="no energies in common"):
        merged({"a": (EVEN, LINES), "b": (EVEN + 100.0, LINES)})


@pytest.mark.parametrize("shift", [-2.34, 0.0, 0.07, 3.3])
def test_alignment_finds_the_shift_whatever_the_scale(shift):
    scan = SCANS[0]
    rng = np.random.default_rng(2)
    energy, mu = energies(scan), intensities(scan)
    curves = {"foil": (energy, mu)}
    moved = 2.0 + 0.3 * intensities(scan, seed=8) + rng.normal(0.0, 1e-4, len(energy))
    _, _, facts = apply((Alignment("foil", 7090.0, 7140.0),), energy + shift, moved, curves)
    assert facts["shift_ev"] == pytest.approx(-shift, abs=0.02)


def test_calibration_puts_e0_where_it_belongs():
    scan = SCANS[0]
    facts = apply((EnergyCalibration(true_ev=7112.0),), energies(scan) + 1.7, intensities(scan))[2]
    assert facts["e0_ev"] == pytest.approx(7112.0)
    assert facts["shift_ev"] == pytest.approx(-1.7, abs=0.2)
    by_hand = apply((EnergyCalibration(true_ev=285.0, found_ev=284.6),), EVEN, LINES)
    np.testing.assert_allclose(by_hand[0], EVEN + 0.4)


def test_other_normalisations_do_what_they_say():
    area = apply((Area(282.03, 310.0),), EVEN, LINES)[1]
    inside = np.linspace(282.03, 310.0, 20001)
    assert np.interp(inside, EVEN, area).mean() == pytest.approx(1.0, abs=1e-4)
    assert apply((Maximum(),), EVEN, LINES)[1].max() == pytest.approx(1.0)
    between = apply((Maximum(from_minimum=True),), EVEN, 3.0 + LINES)[1]
    assert (between.min(), between.max()) == (pytest.approx(0.0, abs=1e-12), pytest.approx(1.0))
    assert np.interp(300.0, EVEN, apply((AtEnergy(300.0),), EVEN, LINES)[1]) == pytest.approx(1.0)
    level = apply((AtEnergy(305.0, width_ev=2.0),), EVEN, LINES)[1]
    assert level[(EVEN >= 304.0) & (EVEN <= 306.0)].mean() == pytest.approx(1.0)
    for step in (Area(), Maximum(), AtEnergy(300.0)):
        with pytest.raises(XanesviewError, match="not above zero"):
            apply((step,), EVEN, -1.0 - LINES)


def test_fluxes_fall_out():
    flux, clean_flux = 5.0 + 0.1 * (EVEN - 280.0), 7.0 - 0.05 * (EVEN - 280.0)
    dip = 1.0 - 0.4 * np.exp(-0.5 * ((EVEN - 285.0) / 1.0) ** 2)  # carbon on the mirrors, after the monitor
    curves = {
        "I0": (EVEN, flux), "clean": (EVEN, 0.3 * clean_flux * dip), "clean I0": (EVEN, clean_flux),
        "substrate": (EVEN[::2], 0.2 * np.ones(201)),
    }  # fmt: skip
    np.testing.assert_allclose(apply((I0Division("I0"),), EVEN, LINES * flux, curves)[1], LINES)
    transmitted = flux * np.exp(-LINES)
    np.testing.assert_allclose(apply((I0Division("I0", "transmission"),), EVEN, transmitted, curves)[1], LINES)
    double = DoubleNormalisation("clean", "I0", "clean I0")
    np.testing.assert_allclose(apply((double,), EVEN, LINES * flux * dip, curves)[1], LINES / 0.3)
    np.testing.assert_allclose(
        apply((Subtraction("substrate", 0.5),), EVEN, LINES, curves)[1], LINES - 0.1, atol=1e-12
    )
    with pytest.raises(XanesviewError, match="has no points"):
        apply((Subtraction("far"),), EVEN, LINES, {"far": (EVEN + 500.0, LINES)})


def test_smoothing_without_a_window_takes_seven_points():
    noise = np.random.default_rng(3).normal(size=len(EVEN))
    automatic = apply((Smoothing(),), EVEN, noise)
    np.testing.assert_allclose(automatic[1], apply((Smoothing(width_ev=0.72),), EVEN, noise)[1])
    np.testing.assert_allclose(apply((ScaleAndOffset(2.0), ScaleAndOffset(0.5)), EVEN, noise)[1], noise)


def edge_scans(seed: int, *, alike: bool) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Five noisy scans of one edge, as they were counted: each on a scale of its own unless all are alike."""
    energy, chance = np.linspace(7100.0, 7200.0, 401), np.random.default_rng(seed)
    edge = 0.5 + np.arctan(energy - 7120.0) / np.pi
    scales = np.ones(5) if alike else chance.uniform(0.5, 2.0, 5)
    return {f"scan{k}": (energy, scale * (edge + chance.normal(0.0, 0.003, 401))) for k, scale in enumerate(scales, 1)}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("alike", [True, False])
def test_a_scan_with_a_glitch_is_unlike_the_others_in_its_shape(seed, alike):
    scans = edge_scans(seed, alike=alike)
    assert merged(scans).outliers == ()
    values = scans["scan4"][1]
    values[250:253] += 0.3 * np.ptp(values)
    assert merged(scans).outliers == ("scan4",)
    np.testing.assert_allclose(
        merged(scans, leave_out=True).mean, np.mean([y for name, (_, y) in scans.items() if name != "scan4"], axis=0)
    )


def test_a_step_in_one_scan_is_found_though_its_scale_could_hide_it():
    scans = edge_scans(1, alike=False)
    scans["scan2"][1][300:] *= 0.9  # the beam was refilled
    assert merged(scans).outliers == ("scan2",)
