"""As measured: what is moved, broadened and stepped, and what stays as it is."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.geometry.polarisation import linear, powder
from xanesview.domain.processing.as_measured import AsMeasured

ENERGY = np.linspace(270.0, 330.0, 1201)
IPS = np.array([290.0, 292.0])


def tensor(axis: str = "absolute", members: bool = False, ip_ev: np.ndarray | None = IPS) -> AbsorptionTensor:
    """Two sites with a line along z 5 eV below their IP, and a flat tail of 0.3 from 1 eV above it."""
    energy = ENERGY if axis == "absolute" else ENERGY - 290.0
    ips = IPS if axis == "absolute" else np.zeros(2)
    components = np.zeros((2, 6, len(energy)))
    components[:, 2] = np.exp(-0.5 * ((energy - (ips - 5.0)[:, None]) / 0.3) ** 2)
    components[:, :3] += 0.3 * (energy > (ips + 1.0)[:, None])[:, None]
    more = np.stack([0.9 * components, 1.1 * components]) if members else None
    return AbsorptionTensor(energy, components, np.array([0, 1]), "Mb", "C K", 0.7, ip_ev, more, axis)


def test_nothing_asked_for_changes_nothing():
    drawn = AsMeasured().applied(tensor())
    np.testing.assert_array_equal(drawn.components, tensor().components)
    np.testing.assert_array_equal(drawn.energy_ev, ENERGY)
    assert AsMeasured().total_fwhm_ev(0.7) == 0.7


def test_the_shift_moves_energies_and_ionisation_potentials_alike():
    drawn = AsMeasured(shift_ev=0.25).applied(tensor())
    np.testing.assert_allclose(drawn.energy_ev, ENERGY + 0.25)
    np.testing.assert_allclose(drawn.ip_ev, IPS + 0.25)
    np.testing.assert_array_equal(drawn.components, tensor().components)
    np.testing.assert_allclose(drawn.on_axis("relative").energy_ev, tensor().on_axis("relative").energy_ev)


def test_on_the_relative_axis_only_e0_moves():
    relative = tensor("relative")
    drawn = AsMeasured(shift_ev=-2.0).applied(relative)
    np.testing.assert_array_equal(drawn.energy_ev, relative.energy_ev)
    np.testing.assert_allclose(drawn.ip_ev, IPS - 2.0)
    np.testing.assert_allclose(drawn.on_axis("absolute").energy_ev, relative.on_axis("absolute").energy_ev - 2.0)


@pytest.mark.parametrize("axis", ["absolute", "relative"])
def test_the_step_has_half_its_height_at_each_ionisation_potential_and_the_tail_s_share(axis):
    how, given = AsMeasured(step_height=0.2, step_width_ev=2.0), tensor(axis)
    step = how.step(given)
    for k, ip in enumerate(IPS if axis == "absolute" else np.zeros(2)):
        assert np.interp(ip, given.energy_ev, step[k]) == pytest.approx(0.5 * 0.2 * 0.3, rel=1e-6)
        assert np.interp(ip + 1.0, given.energy_ev, step[k]) == pytest.approx(0.75 * 0.2 * 0.3, rel=1e-3), "arctangent"
    assert step[:, -1] == pytest.approx([0.2 * 0.3] * 2, rel=0.02)
    assert (np.diff(step, axis=1) > 0).all()


def test_the_step_is_the_same_along_every_direction_and_in_every_member_of_an_ensemble():
    how, given = AsMeasured(step_height=0.5), tensor(members=True)
    drawn = how.applied(given)
    for weight in (linear((1, 0, 0)), linear((0, 0, 1)), linear((1, 1, 1)), powder()):
        np.testing.assert_allclose(drawn.contract(weight) - given.contract(weight), how.step(given), atol=1e-12)
        np.testing.assert_allclose(drawn.band(weight), given.band(weight), atol=1e-12)


def test_without_ionisation_potentials_there_is_no_step():
    given = tensor(ip_ev=None)
    assert AsMeasured(step_height=0.5).step(given) is None
    np.testing.assert_array_equal(AsMeasured(step_height=0.5).applied(given).components, given.components)


def test_tensors_are_never_touched():
    given = tensor(members=True)
    before = given.components.copy(), given.members.copy(), given.energy_ev.copy(), given.ip_ev.copy()
    AsMeasured(0.3, 0.5, 0.4).applied(given)
    for one, two in zip(before, (given.components, given.members, given.energy_ev, given.ip_ev), strict=True):
        np.testing.assert_array_equal(one, two)


def test_widths_add_in_squares_and_a_larger_one_may_be_asked_for():
    how = AsMeasured(fwhm_ev=0.4)
    assert how.total_fwhm_ev(0.3) == pytest.approx(0.5)
    assert how.total_fwhm_ev(0.3, 0.45) == pytest.approx(0.5)
    assert how.total_fwhm_ev(0.3, 2.0) == 2.0


def test_words():
    assert AsMeasured(-1.97, 7.73).in_short == "−1.97 eV · 7.7 eV wider"
    assert AsMeasured(0.2, 0.0, 0.17).in_short == "+0.20 eV · step 17 %"
    assert "arctangent step of 17 % of the tail, 6 eV wide" in str(AsMeasured(0.2, 0.0, 0.17))


@pytest.mark.parametrize("axis", ["absolute", "relative"])
def test_scaled_term_values_move_a_line_towards_its_ionisation_potential_with_its_area(axis):
    given = tensor(axis, members=True)
    drawn = AsMeasured(term_scale=0.8).applied(given)
    for k, ip in enumerate(IPS if axis == "absolute" else np.zeros(2)):
        below = given.energy_ev < ip - 2.0
        line, old = drawn.components[k, 2] * below, given.components[k, 2] * below
        assert given.energy_ev[np.argmax(line)] == pytest.approx(ip - 0.8 * 5.0, abs=0.06)
        assert np.trapezoid(line, given.energy_ev) == pytest.approx(np.trapezoid(old, given.energy_ev), rel=2e-3)
        above = given.energy_ev > ip + 4.0
        np.testing.assert_allclose(drawn.components[k][:, above], given.components[k][:, above], rtol=1e-3)
    np.testing.assert_allclose(drawn.members[0], 0.9 * drawn.components, atol=1e-9)
    np.testing.assert_array_equal(drawn.energy_ev, given.energy_ev)


def test_scaled_terms_stay_linear_in_the_weight_and_need_ionisation_potentials():
    how, given = AsMeasured(0.1, 0.0, 0.2, term_scale=0.85), tensor()
    along = [how.applied(given).contract(linear(axis)) for axis in np.eye(3)]
    np.testing.assert_allclose(np.mean(along, axis=0), how.applied(given).contract(powder()), atol=1e-12)
    bare = tensor(ip_ev=None)
    np.testing.assert_array_equal(how.applied(bare).components, bare.components)
    assert "term values × 0.85" in how.in_short
    assert "multiplied by 0.85" in str(how)
