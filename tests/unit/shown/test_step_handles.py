"""What of a step can be dragged on the plot."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.processing.outcome import outcome_of
from xanesview.domain.processing.steps.area import Area
from xanesview.domain.processing.steps.at_energy import AtEnergy
from xanesview.domain.processing.steps.edge_energy import EdgeEnergy
from xanesview.domain.processing.steps.edge_step import EdgeStep
from xanesview.domain.processing.steps.energy_shift import EnergyShift
from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
from xanesview.domain.spectrum import Spectrum
from xanesview.shown.step_handles import handles

ENERGY_EV = np.linspace(7000.0, 7400.0, 801)
CURVE = Spectrum(ENERGY_EV, 0.2 + 0.5 + np.arctan((ENERGY_EV - 7112.0) / 1.0) / np.pi, kind="measured")


def of(steps, place):
    return handles(steps, place, outcome_of(CURVE, steps))


def test_an_edge_step_has_two_ranges_from_e0_and_e0_that_a_step_before_gives():
    steps = (EdgeEnergy("given", 7112.5), EdgeStep(pre_low_ev=-80.0, pre_high_ev=-30.0))
    before, behind, e0 = of(steps, 1)
    assert (before.label, before.names, before.origin_ev) == ("pre-edge", ("pre_low_ev", "pre_high_ev"), 7112.5)
    assert before.values_ev == (7032.5, 7082.5)
    assert behind.values_ev[0] > 7112.5, "found from the data"
    assert (e0.values_ev, e0.place, e0.is_movable) == ((7112.5,), 0, True)
    moved = before.parameters((7022.5, 7072.504))
    assert moved == {"pre_low_ev": -90.0, "pre_high_ev": -40.0}
    assert not of((EdgeStep(),), 0)[2].is_movable, "nothing gives it"


@pytest.mark.parametrize(
    ("step", "values"),
    [(Area(7050.0, None), (7050.0, 7400.0)), (AtEnergy(7200.0), (7200.0,)), (EdgeEnergy("given", 7113.0), (7113.0,))],
)
def test_windows_and_energies(step, values):
    (handle,) = of((EnergyShift(0.0), step), 1)
    assert handle.values_ev == values


def test_what_is_off_or_was_not_come_to_has_none():
    assert of((ScaleAndOffset(2.0),), 0) == ()
    assert of((Area(on=False),), 0) == ()
    assert of((AtEnergy(8000.0), Area()), 1) == ()
