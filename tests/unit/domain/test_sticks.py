"""Sticks become spectra: widths grow with the energy, areas stay, and broader spectra follow from sharper ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xanesview.domain.sticks import (
    FORMER_WIDTHS,
    HARTREE_EV,
    MEASURE_WIDTHS,
    NATIVE_WIDTHS,
    StickWidths,
    rebroadened,
    stick_tensor,
)

DATA = Path(__file__).parents[2] / "data" / "reference"
GRID = np.arange(260.0, 330.0, 0.1)
IP_EV = 290.0


def isotropic(widths: StickWidths, sticks: np.ndarray, grid: np.ndarray = GRID) -> np.ndarray:
    dipole = np.tile([0.1, 0.0, 0.0], (len(sticks), 1))
    return stick_tensor(grid, sticks, dipole, IP_EV, 0.0, widths)[:3].mean(0)


def fwhm_ev(curve: np.ndarray) -> float:
    above = GRID[curve > curve.max() / 2]
    return float(above[-1] - above[0])


@pytest.mark.parametrize(
    ("place", "expected"), [(280.0, 0.75), (289.0, 0.75), (290.0, 0.75 + 7.25 / 13), (295.5, 4.375), (310.0, 8.0)]
)
def test_lines_are_as_wide_as_their_place_wants(place, expected):
    assert NATIVE_WIDTHS.of(np.array([place]), IP_EV)[0] == pytest.approx(expected)
    assert fwhm_ev(isotropic(NATIVE_WIDTHS, np.array([place]))) == pytest.approx(expected, abs=0.2)


@pytest.mark.parametrize("widths", [NATIVE_WIDTHS, MEASURE_WIDTHS, FORMER_WIDTHS])
def test_the_area_is_the_strength_whatever_the_width(widths):
    curve = isotropic(widths, np.array([285.0, 299.0]))
    assert curve.sum() * 0.1 == pytest.approx((285.0 + 299.0) / HARTREE_EV * 0.01 / 3, rel=1e-3)


def test_widths_say_what_they_are():
    assert str(NATIVE_WIDTHS) == (
        "Gaussian of FWHM 0.75 eV up to 1 eV below the ionisation potential; FWHM grows to 8 eV over the next 13 eV"
    )
    assert "1.18 eV up to the ionisation potential; FWHM grows to 4 eV" in str(FORMER_WIDTHS)
    assert StickWidths(**MEASURE_WIDTHS.as_dict()) == MEASURE_WIDTHS


def test_broader_spectra_follow_from_sharper_ones():
    """The carbon of formaldehyde: what is left is far below the errors of networks, 0.04 of the mean square."""
    with np.load(DATA / "formaldehyde.npz") as stored:
        n, ip = stored["ptr"][1], float(stored["ip"][0])
        sticks, dipole = stored["energy"][:n], stored["dipole"][:n]
    grid = np.arange(280.0, 305.0, 0.1)
    wanted, native = (
        stick_tensor(grid, sticks, dipole, ip, -6.77, widths)[:3].mean(0) for widths in (MEASURE_WIDTHS, NATIVE_WIDTHS)
    )
    found = rebroadened(grid, native, ip - 6.77, NATIVE_WIDTHS, MEASURE_WIDTHS)
    before, after = (((curve - wanted) ** 2).mean() / wanted.mean() ** 2 for curve in (native, found))
    assert before > 0.1
    assert after < 0.01


def test_nothing_is_made_sharper():
    curves = np.stack([isotropic(MEASURE_WIDTHS, np.array([285.0])), isotropic(MEASURE_WIDTHS, np.array([300.0]))])
    sharp = StickWidths(0.5, 2.0, 10.0, 0.0)
    assert rebroadened(GRID, curves, IP_EV, MEASURE_WIDTHS, sharp) == pytest.approx(curves, abs=1e-9)
