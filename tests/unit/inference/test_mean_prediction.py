"""Means over geometries: weights, energies counted from E0, what can't be averaged."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.errors import XanesviewError
from xanesview.inference.loaded_network import Prediction
from xanesview.inference.mean_prediction import mean_prediction

ENERGY = np.linspace(-10.0, 30.0, 401)


def prediction(place: float, ip: float | None = None, axis: str = "absolute", sites=(0, 2)) -> Prediction:
    peak = np.exp(-0.5 * (ENERGY - place) ** 2)
    components = np.tile(peak, (len(sites), 6, 1)) * np.arange(1, 7)[:, None]
    tensor = AbsorptionTensor(
        ENERGY, components, np.array(sites), "1", "C K", 0.5, None if ip is None else np.full(len(sites), ip), axis=axis
    )
    return Prediction(tensor, (), 0.1, "CPU", "test")


def test_the_mean_of_equal_ones_is_each_of_them():
    one = prediction(3.0)
    assert mean_prediction([one, one, one]).tensor.components == pytest.approx(one.tensor.components)
    assert mean_prediction([one]).tensor.components == pytest.approx(one.tensor.components)


def test_shares_weigh_and_only_their_ratio_counts():
    one, two = prediction(3.0), prediction(7.0)
    expected = 0.25 * one.tensor.components + 0.75 * two.tensor.components
    for shares in ([0.25, 0.75], [1.0, 3.0]):
        assert mean_prediction([one, two], shares).tensor.components == pytest.approx(expected)
    assert mean_prediction([one, two]).elapsed_s == pytest.approx(0.2)


def test_what_counts_from_its_own_e0_is_brought_to_the_first():
    one = prediction(3.0, 290.0, "relative")
    two = prediction(2.0, 291.0, "relative")  # the same place on the absolute axis
    mean = mean_prediction([one, two]).tensor
    assert mean.components == pytest.approx(one.tensor.components, abs=2e-3)
    assert mean.ip_ev.tolist() == [290.0, 290.0]


def test_members_are_averaged_one_by_one():
    one = prediction(3.0)
    with_members = [
        dataclasses.replace(p, tensor=dataclasses.replace(p.tensor, members=np.stack([p.tensor.components] * 2)))
        for p in (one, prediction(5.0))
    ]
    mean = mean_prediction(with_members).tensor
    assert mean.members[1] == pytest.approx(mean.components)


@pytest.mark.parametrize("shares", [[1.0], [0.0, 0.0], [-1.0, 2.0], [np.nan, 1.0]])
def test_what_are_no_shares_is_refused(shares):
    with pytest.raises(XanesviewError):
        mean_prediction([prediction(3.0), prediction(5.0)], shares)


def test_other_sites_have_no_mean():
    with pytest.raises(XanesviewError, match="same sites"):
        mean_prediction([prediction(3.0), prediction(5.0, sites=(0, 1))])
