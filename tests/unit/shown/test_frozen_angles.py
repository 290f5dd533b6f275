"""Frozen curves that differ by one angle: their angles, and none where more differs."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.geometry.beam import PolarisedBeam
from xanesview.domain.geometry.directions import from_angles_deg
from xanesview.domain.geometry.polarisation import LinearPolarisation
from xanesview.domain.session import FrozenCurve
from xanesview.domain.spectrum import Spectrum
from xanesview.shown.frozen_angles import frozen_angles


def frozen(geometry, **facts) -> FrozenCurve:
    told = {"network": "a", "structure_hash": "1", "sites": "0 1", **geometry.header(), **facts}
    return FrozenCurve(Spectrum(np.arange(3.0), np.arange(3.0), kind="frozen", provenance=told))


def along(theta, phi=0.0):
    return LinearPolarisation(direction=tuple(from_angles_deg(theta, phi)))


@pytest.mark.parametrize("phi", [0.0, 40.0])
def test_curves_that_differ_by_the_tilt_have_it_as_their_angle(phi):
    thetas = [0.0, 20.0, 55.0, 90.0]
    assert frozen_angles([frozen(along(theta, phi)) for theta in thetas]) == pytest.approx(thetas)


def test_curves_that_differ_by_the_azimuth_have_it():
    assert frozen_angles([frozen(along(90.0, phi)) for phi in (0.0, 30.0, 75.0)]) == pytest.approx([0, 30, 75])


def test_beams_have_the_one_of_their_angles_that_varies():
    beams = [PolarisedBeam.at_grazing(grazing, 10.0, 0.0) for grazing in (20.0, 55.0, 90.0)]
    assert frozen_angles(list(map(frozen, beams[:2]))) == pytest.approx([20.0, 55.0])


def test_curves_that_differ_by_more_have_none():
    two_angles = [frozen(along(20.0, 0.0)), frozen(along(40.0, 30.0)), frozen(along(60.0, 60.0))]
    assert frozen_angles(two_angles) == [None] * 3
    networks = [frozen(along(20.0)), frozen(along(40.0), network="b")]
    assert frozen_angles(networks) == [None, None]


def test_another_curve_beside_a_series_has_none_and_two_series_have_none():
    series = [frozen(along(theta)) for theta in (20.0, 40.0)]
    assert frozen_angles([*series, frozen(along(30.0), sites="4")]) == pytest.approx([20.0, 40.0, None], nan_ok=True)
    other = [frozen(along(theta), sites="4") for theta in (20.0, 40.0)]
    assert frozen_angles([*series, *other]) == [None] * 4


def test_curves_of_files_without_a_geometry_have_none():
    bare = FrozenCurve(Spectrum(np.arange(3.0), np.arange(3.0), kind="frozen"))
    assert frozen_angles([bare, bare]) == [None, None]
