"""From one kind of experiment to another and back: the beam and the field stay what they were."""

from __future__ import annotations

import json

import numpy as np
import pytest

from xanesview.domain.geometry.beam import PolarisedBeam
from xanesview.domain.geometry.kinds import KINDS, geometry_from_dict
from xanesview.domain.geometry.momentum_transfer import ElectronEnergyLoss
from xanesview.domain.geometry.polarisation import LinearPolarisation, PartialPolarisation, Powder, Unpolarised

BEAM = PolarisedBeam.at_grazing(30.0, 20.0, 90.0, degree=0.8)


@pytest.mark.parametrize("kind", [Unpolarised, ElectronEnergyLoss])
def test_kinds_along_the_beam_take_the_beam_and_not_the_field(kind):
    other = kind.like(BEAM)
    assert other.direction == BEAM.beam
    k = np.asarray(BEAM.beam)
    np.testing.assert_allclose(other.weight().matrix @ k, kind(BEAM.beam).weight().matrix @ k, atol=1e-12)


@pytest.mark.parametrize("names", [(a, b) for a in KINDS for b in KINDS])
def test_whatever_lies_between_the_way_back_leads_to_the_same_light(names):
    way = BEAM
    for name in names:
        way = KINDS[name].like(way)
        if name != "beam":
            way = geometry_from_dict(json.loads(json.dumps(way.to_dict())))  # as a session file has it
    back = PolarisedBeam.like(way)
    assert back.direction == pytest.approx(BEAM.direction, abs=1e-12)
    assert back.beam == pytest.approx(BEAM.beam, abs=1e-12)
    assert LinearPolarisation.like(way).direction == pytest.approx(BEAM.direction, abs=1e-12)


def test_what_is_turned_in_between_turns_the_rest_as_the_beam_has_it():
    steeper = PolarisedBeam.at_grazing(50.0, 20.0, 90.0, degree=0.8)
    assert PolarisedBeam.like(Unpolarised.like(BEAM).with_direction(steeper.beam)).polarisation_deg == pytest.approx(90)
    p_light = PolarisedBeam.at_grazing(30.0)
    back = PolarisedBeam.like(LinearPolarisation.like(p_light).with_direction((0.5, 0.0, np.sqrt(0.75))))
    assert back.polarisation_deg == pytest.approx(0.0, abs=1e-9)
    assert abs(np.dot(back.beam, back.direction)) < 1e-12


def test_without_a_beam_set_the_arrow_stays():
    field = (0.0, 0.6, 0.8)
    assert Unpolarised.like(LinearPolarisation(field)).direction == field
    assert LinearPolarisation.like(Powder.like(Unpolarised.like(PartialPolarisation(field)))).direction == field
    beam = PolarisedBeam.like(Unpolarised(field))
    assert beam.grazing_deg > 0.0  # from above: unpolarised light does not tell a beam from its opposite
    assert abs(np.dot(beam.beam, field)) == pytest.approx(1.0)
    assert beam.polarisation_deg == pytest.approx(0.0, abs=1e-9)


def test_files_name_what_is_kept_only_where_something_is():
    assert "kept" not in LinearPolarisation().to_dict()
    assert Unpolarised.like(BEAM).to_dict()["kept"] == list(BEAM.direction)
    assert Unpolarised.like(BEAM) == Unpolarised(BEAM.beam, degree=0.8)
