"""Sessions and the curves they hold."""

from __future__ import annotations

import dataclasses

import pytest

from xanesview.domain.processing.steps.energy_shift import EnergyShift
from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
from xanesview.domain.session import FrozenCurve, ReferenceCurve, Session
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError


def test_an_empty_session_and_its_changes():
    session = Session()
    assert session.structure is None
    assert session.weight_of(3) == 1.0
    changed = session.replace(picked=(1, 2), site_weights={2: 0.5}, frozen=(FrozenCurve(Spectrum([1.0], [2.0])),))
    assert (changed.weight_of(1), changed.weight_of(2)) == (1.0, 0.5)
    assert session.picked == ()
    with pytest.raises(dataclasses.FrozenInstanceError):
        session.network = "other"


def test_a_reference_keeps_its_raw_data_and_tells_shift_and_scale_of_its_steps():
    raw = Spectrum([1.0, 2.0, 3.0], [3.0, 4.0, 5.0], kind="measured")
    steps = (EnergyShift(0.5), ScaleAndOffset(2.0, -1.0), EnergyShift(0.25, on=False), EnergyShift(-0.1))
    reference = ReferenceCurve(raw, steps=steps, statement="scaled")
    assert reference.spectrum is raw
    assert reference.shift_ev == pytest.approx(0.4)
    assert reference.scale == 2.0
    changed = reference.with_steps(())
    assert (changed.steps, changed.statement, changed.shift_ev, changed.scale) == ((), "", 0.0, 1.0)


def test_a_reference_is_one_thing():
    with pytest.raises(XanesviewError):
        ReferenceCurve()
