"""E0 of a curve, as headers of files tell it."""

from __future__ import annotations

import pytest

from xanesview.io.spectra.axis_header import mean_e0_ev


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ({}, None),
        ({"e0_ev": ""}, None),
        ({"e0_ev": "290.5"}, 290.5),
        ({"e0_ev": "290 291 295"}, 292.0),
        ({"e0_ev": "290 291", "mean_e0_ev": "290.2"}, 290.2),
        ({"e0_ev": "twelve"}, None),
        ({"e0_ev": "nan 3"}, None),
    ],
)
def test_the_mean_of_the_sites_or_what_is_told_of_the_sum(header, expected):
    assert mean_e0_ev(header) == expected
