"""Sessions and the curves they hold."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.geometry.polarisation import linear
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


def test_a_measured_reference_is_drawn_shifted_and_scaled():
    reference = ReferenceCurve(Spectrum([1.0, 2.0], [3.0, 4.0], kind="measured"), shift_ev=0.5, scale=2.0)
    drawn = reference.drawn(linear((0, 0, 1)))
    assert drawn.energy_ev.tolist() == [1.5, 2.5]
    assert drawn.intensity.tolist() == [6.0, 8.0]
    assert drawn.kind == "measured"


def test_a_computed_reference_follows_the_polarisation():
    components = np.zeros((2, 6, 3))
    components[0, 0] = 1.0  # site 0 absorbs along x
    components[1, 2] = 5.0  # site 1 along z
    tensor = AbsorptionTensor([1.0, 2.0, 3.0], components, [0, 4], "u", "C K", 1.2)
    reference = ReferenceCurve(tensor=tensor, label="TP-DFT", scale=2.0)
    assert reference.drawn(linear((1, 0, 0))).intensity.tolist() == [2.0] * 3
    along_z = reference.drawn(linear((0, 0, 1)))
    assert along_z.intensity.tolist() == [10.0] * 3
    assert (along_z.kind, along_z.label, along_z.unit, along_z.native_fwhm_ev) == ("computed", "TP-DFT", "u", 1.2)


def test_a_reference_is_one_thing():
    with pytest.raises(XanesviewError):
        ReferenceCurve()
