"""What frozen curves are called."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.geometry.beam import PolarisedBeam
from xanesview.domain.geometry.directions import from_angles_deg
from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.geometry.momentum_transfer import ElectronEnergyLoss
from xanesview.domain.geometry.polarisation import LinearPolarisation, PartialPolarisation, Powder, Unpolarised
from xanesview.domain.session import Session
from xanesview.domain.spectrum import Spectrum
from xanesview.shown.frozen_labels import frozen_labels
from xanesview.shown.shown import Shown

NAMES = {"a": "tensor", "b": "XANE(3)"}


def frozen(geometry: Geometry, **facts: str) -> Spectrum:
    told = {"structure": "benzene", "structure_hash": "", "network": "a", "sites": "", "drawn_as": "computed"}
    told |= {"polarisation": f"{geometry.name}: {geometry.describe()}", **geometry.header(), **facts}
    return Spectrum(np.arange(3.0), np.arange(3.0), label="a long name", kind="frozen", provenance=told)


def at(theta: float, phi: float = 0.0) -> LinearPolarisation:
    return LinearPolarisation(from_angles_deg(theta, phi))


def labels(*spectra: Spectrum) -> list[str]:
    return frozen_labels(Shown(Session(network="a")), spectra, NAMES)


def test_only_the_tilt_or_only_the_azimuth_is_told_where_only_that_varies() -> None:
    assert labels(frozen(at(20)), frozen(at(54.7)), frozen(at(90))) == ["θ = 20°", "θ = 54.7°", "θ = 90°"]
    assert labels(frozen(at(90, 0)), frozen(at(90, -45))) == ["φ = 0°", "φ = −45°"]
    assert labels(frozen(at(0)), frozen(at(60, 30)), frozen(at(90, 30))) == ["θ = 0°", "θ = 60°", "θ = 90°"]


def test_where_both_angles_or_kinds_vary_the_whole_is_told() -> None:
    assert labels(frozen(at(90, 0)), frozen(at(60, 30)))[0] == "ε = (1.00, 0.00, 0.00)"
    both = labels(frozen(Powder()), frozen(at(20)))
    assert both[0] == "powder"
    assert both[1].startswith("ε = ")
    degrees = labels(frozen(PartialPolarisation(degree=0.8)), frozen(PartialPolarisation(degree=0.9)))
    assert degrees[0].endswith("P = 0.80")


def test_a_beam_is_told_by_its_angle_too() -> None:
    told = labels(frozen(Unpolarised(from_angles_deg(10, 0))), frozen(Unpolarised(from_angles_deg(80, 0))))
    assert told == ["θ = 10°", "θ = 80°"]


def test_beams_and_microscopes_are_told_by_what_varies() -> None:
    beams = [PolarisedBeam.at_grazing(angle, 30.0) for angle in (20.0, 55.0)]
    now = Shown(Session(network="a", geometry=beams[1]))
    assert frozen_labels(now, [frozen(one) for one in beams], NAMES) == ["grazing 20°", "grazing 55°"]
    assert frozen_labels(now, [frozen(beams[0])], NAMES) == ["grazing 20°"]
    fields = [beams[1], PolarisedBeam.at_grazing(55.0, 30.0, 90.0)]
    assert frozen_labels(now, [frozen(one) for one in fields], NAMES) == ["p", "s"]
    narrow, wide = (ElectronEnergyLoss((0, 0, 1), collection_semi_angle_mrad=beta) for beta in (1.0, 5.0))
    here = Shown(Session(network="a", geometry=narrow))
    assert frozen_labels(here, [frozen(wide)], NAMES) == ["β = 5 mrad"]
    assert frozen_labels(here, [frozen(narrow)], NAMES) == ["β = 1 mrad"]


def test_only_the_network_is_told_where_only_that_varies() -> None:
    assert labels(frozen(at(20)), frozen(at(20), network="b")) == ["tensor", "XANE(3)"]
    assert labels(frozen(at(20)), frozen(at(40), network="b")) == ["tensor · θ = 20°", "XANE(3) · θ = 40°"]


def test_structures_and_the_way_of_drawing_are_told() -> None:
    told = labels(frozen(at(20), structure_hash="x", structure="ice"), frozen(at(20), drawn_as="measured: …"))
    assert told == ["ice", "benzene · as measured"], "of several structures each is told"


@pytest.mark.parametrize("facts", [{}, {"polarisation": "linear: along the c axis"}])
def test_curves_of_elsewhere_with_few_facts_have_a_name(facts: dict) -> None:
    bare = Spectrum(np.arange(3.0), np.arange(3.0), label="curve", kind="frozen", provenance=facts)
    assert labels(bare)[0]


def test_two_that_nothing_tells_apart_are_numbered() -> None:
    told = labels(frozen(at(20)), frozen(at(20)))
    assert len(set(told)) == 2
    assert told[0].endswith("(1)")
