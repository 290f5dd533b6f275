"""Fitted values in words."""

from __future__ import annotations

import pytest

from xanesview.domain.processing.fitted_prediction import FittedValue


@pytest.mark.parametrize(
    ("value", "error", "digits", "told"),
    [
        (0.0199903, 4.2e-6, 1, "0.019990 ± 0.000004"),
        (1.23456, 0.0123, 2, "1.235 ± 0.012"),
        (-12345.6, 321.0, 2, "−12346 ± 321"),
        (3e-12, 2e-13, 1, "3e−12 ± 2e−13"),
        (0.25, None, 2, "0.25"),
    ],
)
def test_a_value_is_told_to_the_place_of_its_error(value, error, digits, told):
    assert FittedValue("scale", "Factor", "", value, error).told(digits) == told
