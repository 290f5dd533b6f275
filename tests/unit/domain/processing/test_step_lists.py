"""Lists of steps as a whole."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.processing.applied import apply
from xanesview.domain.processing.step_lists import (
    in_larger_units,
    in_short,
    moved_along,
    times,
    total_shift_ev,
    with_scale,
    with_shift,
    without_fit,
    without_shape,
)
from xanesview.domain.processing.steps.arctangent_step import ArctangentStep
from xanesview.domain.processing.steps.area import Area
from xanesview.domain.processing.steps.edge_energy import EdgeEnergy
from xanesview.domain.processing.steps.edge_step import EdgeStep
from xanesview.domain.processing.steps.energy_shift import EnergyShift
from xanesview.domain.processing.steps.gaussian_broadening import GaussianBroadening
from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
from xanesview.domain.processing.steps.smoothing import Smoothing

ENERGY_EV = np.linspace(280.0, 320.0, 401)
CURVE = 0.5 + np.arctan((ENERGY_EV - 290.0) / 0.5) / np.pi + np.exp(-((ENERGY_EV - 291.0) ** 2))
EDGE = (EdgeEnergy("given", 290.0), EdgeStep(post_low_ev=10.0, post_high_ev=25.0, degree=0))


@pytest.mark.parametrize("steps", [(), (Smoothing(),), (EnergyShift(0.2), ScaleAndOffset(2.0)), EDGE])
def test_a_total_shift_is_the_one_asked_for(steps):
    for shift in (0.75, -0.3, 0.0):
        steps = with_shift(steps, shift)
        assert total_shift_ev(steps) == pytest.approx(shift)
    assert sum(isinstance(step, EnergyShift) for step in steps) == 1


def test_a_shift_comes_before_the_scale_at_the_end():
    assert with_shift((ScaleAndOffset(2.0),), 0.5) == (EnergyShift(0.5), ScaleAndOffset(2.0))


def test_a_scale_changes_the_last_one_and_keeps_its_offset():
    steps = (ScaleAndOffset(2.0), Smoothing(), ScaleAndOffset(3.0, 0.1))
    assert with_scale(steps, 4.0) == (*steps[:2], ScaleAndOffset(4.0, 0.1))
    assert with_scale((), 4.0) == (ScaleAndOffset(4.0),)


@pytest.mark.parametrize("steps", [(), (ScaleAndOffset(2.0, 0.3),), (ScaleAndOffset(2.0), Smoothing()), EDGE])
def test_times_multiplies_the_result(steps):
    _, once, _ = apply(steps, ENERGY_EV, CURVE)
    _, thrice, _ = apply(times(steps, 3.0), ENERGY_EV, CURVE)
    np.testing.assert_allclose(thrice, 3.0 * once, atol=1e-12)


@pytest.mark.parametrize(
    ("steps", "factor"),
    [((ScaleAndOffset(2.0, 0.3), ArctangentStep(0.2, 3.0, 290.0)), 7.0), (EDGE, 1.0), ((Area(),), 1.0)],
)
def test_a_prediction_in_larger_units_is_drawn_larger_unless_it_is_normalised(steps, factor):
    _, small, _ = apply(steps, ENERGY_EV, CURVE)
    _, large, _ = apply(in_larger_units(steps, 7.0), ENERGY_EV, 7.0 * CURVE)
    np.testing.assert_allclose(large, factor * small, atol=1e-9)


def test_steps_move_along_with_the_energies():
    steps = (*EDGE, Area(285.0, 310.0), ArctangentStep(0.1, 3.0, 290.0))
    _, there, _ = apply(steps, ENERGY_EV, CURVE)
    _, moved, _ = apply(moved_along(steps, -290.0), ENERGY_EV - 290.0, CURVE)
    np.testing.assert_allclose(moved, there, atol=1e-9)


def test_what_a_fit_finds_anew_is_left_out():
    assert without_fit((*EDGE, EnergyShift(1.0), ScaleAndOffset(2.0))) == EDGE
    assert without_fit((EnergyShift(1.0), *EDGE)) == (EnergyShift(1.0), *EDGE)
    assert without_shape((*EDGE, GaussianBroadening(0.4), ArctangentStep(0.1))) == EDGE


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ((), ""),
        ((ScaleAndOffset(1.0),), ""),
        ((ScaleAndOffset(0.1),), "scaled"),
        (EDGE, "edge step"),
        ((*EDGE, EnergyShift(-0.35)), "−0.35 eV · edge step"),
        ((*EDGE, EnergyShift(0.3), ScaleAndOffset(2.0)), "+0.30 eV · 3 steps"),
        ((Smoothing(on=False),), ""),
    ],
)
def test_a_few_words_say_what_is_done(steps, words):
    assert in_short(steps) == words
