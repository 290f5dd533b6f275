"""Series of angles, dichroism, and the principal axes of a peak."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from xanesview.domain.absorption import AbsorptionTensor, to_voigt
from xanesview.domain.geometry.average import AzimuthalDisorder
from xanesview.domain.geometry.directions import unit
from xanesview.domain.geometry.polarisation import LinearPolarisation
from xanesview.domain.orientation.angle_series import dichroism, parse_series, peak_anisotropy
from xanesview.errors import XanesviewError

ENERGY = np.linspace(280.0, 290.0, 101)
N = unit((1.0, -2.0, 2.0))


def tensor(matrix: np.ndarray) -> AbsorptionTensor:
    peak = np.exp(-(((ENERGY - 285.0) / 0.6) ** 2))
    return AbsorptionTensor(ENERGY, to_voigt(matrix)[None, :, None] * peak, [0], "u", "C K", 1.0)


@pytest.mark.parametrize(
    ("text", "values"),
    [("20:90:10", np.arange(20, 91, 10)), ("0:1:0.25", [0, 0.25, 0.5, 0.75, 1]), ("90:20:-35", [90, 55, 20]),
     ("20:85:10", [20, 30, 40, 50, 60, 70, 80]), ("20,55,90", [20, 55, 90]), ("20° 55°", [20, 55]), ("30", None),
     ("−10:10:10", [-10, 0, 10])],
)  # fmt: skip
def test_series_as_typed(text, values):
    found = parse_series(text)
    assert found is None if values is None else found == pytest.approx(np.array(values, float))


@pytest.mark.parametrize("text", ["20:90", "20:90:0", "20:90:-5", "a:b:c", "0:360:0.0001", "20,x"])
def test_series_that_can_not_be(text):
    with pytest.raises(XanesviewError):
        parse_series(text)


def test_dichroism_is_the_difference_of_two_linear_spectra_of_a_film():
    sigma = tensor(np.diag([1.0, 2.0, 4.0]) + 0.1)
    found = dichroism(sigma, 3.0 * N)
    across = np.cross(N, (0, 0, 1))
    film = {"normal": tuple(N), "average": AzimuthalDisorder()}
    along, beside = (sigma.contract(LinearPolarisation(tuple(v), **film).weight()) for v in (N, across))
    np.testing.assert_allclose(found.parallel, along, atol=1e-12)
    np.testing.assert_allclose(found.perpendicular, beside, atol=1e-12)
    np.testing.assert_allclose(found.difference, along - beside, atol=1e-12)


@pytest.mark.parametrize(
    ("matrix", "axis", "anisotropy", "asymmetry"),
    [(np.diag([0.0, 0.0, 3.0]), (0, 0, 1), 1.0, 0.0), (np.diag([2.0, 2.0, 0.0]), (0, 0, 1), -0.5, 0.0),
     (np.diag([5.0, 1.0, 3.0]), None, None, 1.0), (np.outer(N, N), N, 1.0, 0.0),
     (np.eye(3) + np.outer(N, N), N, 1.0 / 4.0, 0.0)],
)  # fmt: skip
def test_principal_axes_of_a_peak(matrix, axis, anisotropy, asymmetry):
    found = peak_anisotropy(tensor(matrix), 284.0, 286.0)
    np.testing.assert_allclose(found.axes @ np.diag(found.values) @ found.axes.T * matrix.trace() / found.values.sum(),
                               matrix, atol=1e-12)  # fmt: skip
    assert found.asymmetry == pytest.approx(asymmetry, abs=1e-9)
    if axis is not None:
        assert abs(found.axes[:, 0] @ unit(axis)) == pytest.approx(1.0)
        assert found.anisotropy == pytest.approx(anisotropy)


def test_the_axes_of_a_peak_turn_with_the_molecule():
    r = Rotation.random(random_state=2).as_matrix()
    sigma = tensor(np.diag([1.0, 2.0, 7.0]))
    here, there = peak_anisotropy(sigma, 284.0, 286.0), peak_anisotropy(sigma.rotated(r), 284.0, 286.0)
    np.testing.assert_allclose(here.values, there.values)
    np.testing.assert_allclose(np.abs(np.sum((r @ here.axes) * there.axes, axis=0)), 1.0)


def test_a_window_outside_is_told():
    with pytest.raises(XanesviewError, match="reach from"):
        peak_anisotropy(tensor(np.eye(3)), 270.0, 286.0)
    assert peak_anisotropy(tensor(np.eye(3)), 285.0, 285.0).values == pytest.approx(1.0)


@pytest.mark.parametrize("step", ["0", "1e-320", "-5"])
def test_steps_that_never_arrive_are_refused(step):
    with pytest.raises(XanesviewError, match="leads from"):
        parse_series(f"0:90:{step}")
