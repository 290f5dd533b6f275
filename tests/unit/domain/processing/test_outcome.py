"""Steps applied as far as they can be."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.processing.applied import processed
from xanesview.domain.processing.outcome import outcome_of
from xanesview.domain.processing.steps.at_energy import AtEnergy
from xanesview.domain.processing.steps.crop import Crop
from xanesview.domain.processing.steps.energy_shift import EnergyShift
from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
from xanesview.domain.processing.steps.subtraction import Subtraction
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError

RAW = Spectrum(np.linspace(280.0, 300.0, 41), np.linspace(1.0, 3.0, 41), kind="measured", provenance={"beamline": "B"})


def test_all_steps_give_the_same_as_all_at_once():
    steps = (EnergyShift(0.5), ScaleAndOffset(2.0, 1.0), Crop(285.0, None, on=False))
    found, wanted = outcome_of(RAW, steps), processed(RAW, steps)
    np.testing.assert_array_equal(found.spectrum.intensity, wanted.intensity)
    np.testing.assert_array_equal(found.spectrum.energy_ev, wanted.energy_ev)
    assert found.spectrum.provenance == wanted.provenance
    assert (found.failed, found.problem, len(found.before)) == (None, "", 3)
    assert found.shift_after(0) == 0.5
    assert found.shift_after(1) == 0.0


def test_a_step_that_cannot_be_done_leaves_the_curve_before_it():
    steps = (ScaleAndOffset(2.0), AtEnergy(7000.0), ScaleAndOffset(3.0))
    found = outcome_of(RAW, steps)
    assert found.failed == 1
    assert found.problem == "7000 eV is outside of the data."
    np.testing.assert_allclose(found.spectrum.intensity, 2.0 * RAW.intensity)
    assert found.lines == ("× 2",)
    assert found.spectrum.provenance["step 1"] == "× 2"


def test_curves_are_named():
    steps = (Subtraction("dark", 0.5),)
    dark = (RAW.energy_ev, np.ones(41))
    np.testing.assert_allclose(outcome_of(RAW, steps, {"dark": dark}).spectrum.intensity, RAW.intensity - 0.5)
    assert "“dark” is not there" in outcome_of(RAW, steps).problem


def test_without_steps_nothing_is_touched_and_too_few_points_are_told():
    two = Spectrum([1.0, 2.0], [1.0, np.nan], kind="measured")
    assert outcome_of(two, ()).spectrum is two
    with pytest.raises(XanesviewError):
        outcome_of(two, (ScaleAndOffset(2.0),))
