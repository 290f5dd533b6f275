"""Weights of a sum as shares, and what the sum is called."""

from __future__ import annotations

import pytest

from xanesview.errors import XanesviewError
from xanesview.shown.weighted_sum import shares_of, sum_name


def test_only_ratios_of_weights_matter():
    assert shares_of([7.0, 3.0]) == pytest.approx([0.7, 0.3])


@pytest.mark.parametrize("weights", [[0.0, 0.0], [1.0, -0.5], [1.0, float("nan")]])
def test_weights_that_give_no_shares_are_refused(weights):
    with pytest.raises(XanesviewError, match="add up to nothing"):
        shares_of(weights)


def test_a_name_has_the_largest_parts_in_their_order_and_no_empty_ones():
    assert sum_name(["phenol", "water", "benzene"], [0.7, 0.0, 0.3]) == "0.7 phenol + 0.3 benzene"
    names = [f"c{k}" for k in range(6)]
    told = sum_name(names, [0.05, 0.3, 0.25, 0.02, 0.2, 0.18])
    assert told == "0.3 c1 + 0.25 c2 + 0.2 c4 + 0.18 c5 + 2 more"
