"""Spectra: order, shift, scale, window, grid and peak."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError


def line(**changes) -> Spectrum:
    fields = {"energy_ev": [1.0, 2.0, 3.0, 4.0], "intensity": [0.0, 3.0, 1.0, 2.0], **changes}
    return Spectrum(**fields)


def test_points_are_sorted_by_energy_with_their_band():
    spectrum = Spectrum([3.0, 1.0, 2.0], [30.0, 10.0, 20.0], band=[3.0, 1.0, 2.0])
    assert spectrum.energy_ev.tolist() == [1.0, 2.0, 3.0]
    assert spectrum.intensity.tolist() == [10.0, 20.0, 30.0]
    assert spectrum.band.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    "changes",
    [
        {"energy_ev": [], "intensity": []},
        {"intensity": [1.0]},
        {"band": [1.0]},
        {"energy_ev": [1.0, 2.0, np.nan, 4.0]},
        {"kind": "guessed"},
    ],
)
def test_what_is_no_spectrum_is_refused(changes):
    with pytest.raises(XanesviewError):
        line(**changes)


def test_shift_and_scale_leave_the_original_alone():
    spectrum = line(band=[1.0, 1.0, 1.0, 1.0], unit="1/eV", label="a", provenance={"source": "b"})
    moved = spectrum.shifted(0.5).scaled(-2.0)
    assert moved.energy_ev.tolist() == [1.5, 2.5, 3.5, 4.5]
    assert moved.intensity.tolist() == [0.0, -6.0, -2.0, -4.0]
    assert moved.band.tolist() == [2.0] * 4
    assert (moved.unit, moved.label, moved.provenance) == ("1/eV", "a", {"source": "b"})
    assert spectrum.energy_ev.tolist() == [1.0, 2.0, 3.0, 4.0]


def test_a_window_includes_its_ends_and_says_when_it_is_empty():
    assert line().windowed(2.0, 3.0).intensity.tolist() == [3.0, 1.0]
    with pytest.raises(XanesviewError, match="no point") as caught:
        line().windowed(10.0, 20.0)
    assert "1 to 4 eV" in caught.value.hint


def test_nothing_is_invented_outside_the_range():
    values = line(band=[1.0, 2.0, 1.0, 2.0]).interpolated(np.array([0.5, 1.5, 4.0, 4.5]))
    np.testing.assert_array_equal(values.intensity, [np.nan, 1.5, 2.0, np.nan])
    np.testing.assert_array_equal(values.band, [np.nan, 1.5, 2.0, np.nan])


def test_the_peak_is_the_highest_point_with_a_value():
    assert line().peak() == (2.0, 3.0)
    assert line(intensity=[np.nan, 1.0, np.nan, 0.5]).peak() == (2.0, 1.0)
    with pytest.raises(XanesviewError):
        line(intensity=[np.nan] * 4).peak()


def test_a_spectrum_can_not_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        line().intensity[0] = 1.0
