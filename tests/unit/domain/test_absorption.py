"""The absorption tensor and the identities of the formalism."""

from __future__ import annotations

import dataclasses
import time

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from xanesview.domain.absorption import EDGE_STEP, AbsorptionTensor, from_voigt, to_voigt
from xanesview.domain.geometry.directions import frame, from_angles_deg, unit
from xanesview.domain.geometry.polarisation import linear, magic_angle_deg, partial, powder, unpolarised
from xanesview.errors import XanesviewError

ENERGY = np.linspace(280.0, 305.0, 26)


def tensor(n_sites: int = 4, seed: int = 5, n_members: int = 0) -> AbsorptionTensor:
    """Positive tensors: sums of three sticks with random dipoles at each energy."""
    rng = np.random.default_rng(seed)

    def draw(*shape: int) -> np.ndarray:
        d = rng.normal(size=(*shape, 3, 3))
        return np.moveaxis(to_voigt(d @ np.swapaxes(d, -1, -2)), -1, -2)

    return AbsorptionTensor(
        energy_ev=ENERGY,
        components=draw(n_sites, len(ENERGY)),
        sites=3 * np.arange(n_sites) + 1,
        unit="hartree bohr²/eV",
        edge="C K",
        native_fwhm_ev=1.18,
        ip_ev=290.0 + np.arange(n_sites),
        members=draw(n_members, n_sites, len(ENERGY)) if n_members else None,
    )


def test_matrix_and_components_agree():
    sigma = tensor()
    assert sigma.matrix().shape == (4, 26, 3, 3)
    np.testing.assert_array_equal(np.moveaxis(to_voigt(sigma.matrix()), -1, -2), sigma.components)
    np.testing.assert_array_equal(sigma.matrix(), np.swapaxes(sigma.matrix(), -1, -2))
    np.testing.assert_array_equal(from_voigt(to_voigt(sigma.matrix())), sigma.matrix())


def test_contraction_is_the_quadratic_form():
    sigma, rng = tensor(), np.random.default_rng(2)
    for v in rng.normal(size=(10, 3)):
        n = unit(v)
        np.testing.assert_allclose(
            sigma.contract(linear(v)), np.einsum("i,seij,j->se", n, sigma.matrix(), n), rtol=1e-12
        )
        np.testing.assert_allclose(sigma.contract(linear(v)), sigma.contract(linear(-v)), rtol=1e-12)


def test_isotropic_is_the_mean_over_x_y_z():
    sigma = tensor()
    mean = np.mean([sigma.contract(linear(e)) for e in np.eye(3)], axis=0)
    np.testing.assert_allclose(sigma.isotropic(), mean, rtol=1e-12)
    np.testing.assert_allclose(sigma.contract(powder()), mean, rtol=1e-12)
    assert np.abs(sigma.contract(linear((1, 1, 1))) - mean).max() > 0.1


@pytest.mark.parametrize("handedness", [1.0, -1.0])
def test_turning_structure_and_experiment_together_changes_nothing(handedness):
    sigma = tensor(n_members=2)
    for seed in range(5):
        r = handedness * Rotation.random(random_state=seed).as_matrix()
        turned = sigma.rotated(r)
        np.testing.assert_allclose(turned.matrix(), r @ sigma.matrix() @ r.T, atol=1e-12)
        np.testing.assert_allclose(turned.isotropic(), sigma.isotropic(), rtol=1e-12)
        for weight in (linear((1, 2, 3)), partial((1, 0, 2), 0.9), unpolarised((0, 1, 1)), powder()):
            np.testing.assert_allclose(turned.contract(weight.rotated(r)), sigma.contract(weight), rtol=1e-10)
            np.testing.assert_allclose(turned.band(weight.rotated(r)), sigma.band(weight), rtol=1e-8)


def test_film_average_is_the_mean_over_azimuths():
    sigma = tensor(n_members=2)
    for normal in ((0, 0, 1), (1, -2, 0.3)):
        axis = unit(normal)
        for fold in (3, 4, 6, 12):  # threefold is enough
            turns = Rotation.from_rotvec(np.outer(np.arange(fold) * 2 * np.pi / fold, axis)).as_matrix()
            mean = np.mean([sigma.rotated(r).components for r in turns], axis=0)
            np.testing.assert_allclose(sigma.film_averaged(normal).components, mean, atol=1e-10)
        film = sigma.film_averaged(normal).matrix()
        parallel = np.einsum("i,seij,j->se", axis, sigma.matrix(), axis)
        across = (np.trace(sigma.matrix(), axis1=2, axis2=3) - parallel) / 2.0
        np.testing.assert_allclose(np.einsum("i,seij,j->se", axis, film, axis), parallel, rtol=1e-10)
        np.testing.assert_allclose(film @ frame(normal)[0] @ frame(normal)[0], across, rtol=1e-10)


@pytest.mark.parametrize("degree", [1.0, 0.95, 0.90, 0.85])
def test_a_film_at_the_magic_angle_does_not_show_its_tilt(degree):
    """At cos²θ = 1/(3P) the spectrum of a film is the isotropic one, however its molecules are tilted."""
    sigma, normal = tensor(), np.array([0.0, 0.0, 1.0])
    weight = partial(from_angles_deg(magic_angle_deg(degree), 25.0), degree, normal)
    elsewhere = partial(from_angles_deg(20.0, 25.0), degree, normal)
    seen, seen_elsewhere = [], []
    for seed in range(8):
        film = sigma.rotated(Rotation.random(random_state=seed).as_matrix()).film_averaged(normal)
        seen.append(film.contract(weight))
        seen_elsewhere.append(film.contract(elsewhere))
    np.testing.assert_allclose(seen, np.broadcast_to(sigma.isotropic(), np.shape(seen)), rtol=1e-10)
    assert np.std(seen_elsewhere, axis=0).max() > 0.1


def test_sums_are_sums_of_spectra():
    sigma, weight = tensor(n_members=3), linear((1, 1, 0))
    plain = sigma.summed()
    assert plain.sites.tolist() == [-1]
    np.testing.assert_allclose(plain.contract(weight)[0], sigma.contract(weight).sum(axis=0))
    by_atom = sigma.summed({4: 2.0, 10: 0.0})
    np.testing.assert_allclose(by_atom.contract(weight)[0], np.array([1, 2, 1, 0.0]) @ sigma.contract(weight))
    by_row = sigma.summed([0.5, 0, 0, 1])
    np.testing.assert_allclose(by_row.contract(weight)[0], np.array([0.5, 0, 0, 1]) @ sigma.contract(weight))
    with pytest.raises(XanesviewError, match="weights"):
        sigma.summed([1.0, 2.0])


def test_a_sum_of_edge_steps_says_how_many():
    sigma = dataclasses.replace(tensor(), unit=EDGE_STEP)
    assert sigma.summed().unit == "edge steps of 4 sites"
    assert sigma.summed([1.0, 0.5, 0.5, 0.0]).unit == "edge steps, 2 by weight"
    assert sigma.summed([0.25] * 4).unit == EDGE_STEP  # a mean
    assert sigma.select(sigma.sites[:1]).summed().unit == EDGE_STEP
    assert sigma.summed().summed().unit == "edge steps of 4 sites"
    assert tensor().summed().unit == tensor().unit


def test_band_is_the_spread_of_the_members():
    sigma, weight = tensor(n_members=5), partial((1, 1, 0), 0.9)
    spectra = np.einsum("ij,mseij->mse", weight.matrix, from_voigt(np.moveaxis(sigma.members, -2, -1)))
    np.testing.assert_allclose(sigma.band(weight), spectra.std(axis=0), rtol=1e-10)
    np.testing.assert_allclose(sigma.band(weight, {}), spectra.sum(axis=1).std(axis=0), rtol=1e-10)
    weights = np.array([1, 0.5, 1, 1])
    np.testing.assert_allclose(
        sigma.band(weight, {4: 0.5}), np.einsum("s,mse->me", weights, spectra).std(axis=0), rtol=1e-10
    )
    np.testing.assert_allclose(sigma.summed().band(weight)[0], sigma.band(weight, {}), rtol=1e-10)
    assert tensor().band(weight) is None


def test_sites_are_selected_by_atom_in_the_order_asked():
    sigma = tensor(n_members=2)
    some = sigma.select([10, 1])
    assert some.sites.tolist() == [10, 1]
    assert some.ip_ev.tolist() == [293.0, 290.0]
    np.testing.assert_array_equal(some.components, sigma.components[[3, 0]])
    np.testing.assert_array_equal(some.members, sigma.members[:, [3, 0]])
    with pytest.raises(XanesviewError, match="atom 2"):
        sigma.select([2])


def test_no_polarisation_exceeds_the_largest_eigenvalue_and_the_principal_axis_reaches_it():
    sigma = tensor()
    bound = sigma.largest_eigenvalue()
    for v in np.random.default_rng(0).normal(size=(200, 3)):
        assert (sigma.contract(linear(v)) <= bound * (1 + 1e-12)).all()
    values, axes = sigma.principal_axes(2, ENERGY[7])
    assert values[0] == pytest.approx(bound[2, 7])
    assert values[0] >= values[1] >= values[2]
    for value, axis in zip(values, axes.T):
        assert sigma.contract(linear(axis))[2, 7] == pytest.approx(value)
    between = sigma.principal_axes(2, (ENERGY[7] + ENERGY[8]) / 2.0)[0]
    assert between.sum() == pytest.approx(1.5 * (sigma.isotropic()[2, 7] + sigma.isotropic()[2, 8]))


def test_negative_share_counts_what_is_really_negative():
    assert tensor().negative_share() == 0.0
    flat = np.zeros((1, 6, 4))
    flat[0, 0] = 1.0  # rank one: two eigenvalues are zero, to rounding
    flat[0, 1] = -1e-9
    sigma = AbsorptionTensor(np.arange(4.0), flat, [0], "u", "C K", 1.0)
    assert sigma.negative_share() == 0.0
    flat[0, 3, 2:] = 0.2
    assert AbsorptionTensor(np.arange(4.0), flat, [0], "u", "C K", 1.0).negative_share() == 0.5


@pytest.mark.parametrize(
    "changes",
    [
        {"components": np.zeros((1, 5, 4))},
        {"components": np.full((1, 6, 4), np.nan)},
        {"energy_ev": np.array([0.0, 2.0, 1.0, 3.0])},
        {"sites": [0, 1]},
        {"members": np.zeros((2, 1, 6, 3))},
    ],
)
def test_arrays_that_do_not_fit_are_refused(changes):
    fields = {"energy_ev": np.arange(4.0), "components": np.zeros((1, 6, 4)), "sites": [0], **changes}
    with pytest.raises(XanesviewError):
        AbsorptionTensor(**fields, unit="u", edge="C K", native_fwhm_ev=1.0)


def test_the_tensor_can_not_be_changed():
    given = np.ones((1, 6, 4))
    sigma = AbsorptionTensor(np.arange(4.0), given, [0], "u", "C K", 1.0)
    given[:] = 7.0
    assert (sigma.components == 1.0).all()
    with pytest.raises(ValueError, match="read-only"):
        sigma.components[0, 0, 0] = 2.0


def test_contraction_takes_microseconds():
    """Ten sites on two hundred energies, as at each move of the mouse."""
    sigma = AbsorptionTensor(
        np.arange(200.0), np.random.default_rng(0).normal(size=(10, 6, 200)), range(10), "u", "C K", 1.0
    )
    weight = linear((1, 2, 3))
    times = []
    for _ in range(200):
        start = time.perf_counter()
        sigma.contract(weight)
        times.append(time.perf_counter() - start)
    assert np.median(times) < 2e-4


def peaks(e0_ev, energy_ev, width_ev=1.0):
    """Tensors with a peak 2 eV above each E0; smooth, so that linear interpolation costs little."""
    shape = np.exp(-0.5 * ((energy_ev - (np.asarray(e0_ev)[:, None] + 2.0)) / width_ev) ** 2)
    return shape[:, None] * np.array([1.0, 0.8, 0.5, 0.1, 0.0, -0.1])[:, None]


def on_two_axes(n_members: int = 0) -> tuple[AbsorptionTensor, AbsorptionTensor]:
    e0 = np.array([290.0, 290.73, 291.4])
    grid, relative = np.arange(280.0, 305.01, 0.1), np.arange(-10.0, 15.01, 0.1)
    rest = {"sites": np.arange(3), "unit": "Mb", "edge": "C K", "native_fwhm_ev": 0.5, "ip_ev": e0}
    both = []
    for axis, energy, values in (("absolute", grid, peaks(e0, grid)), ("relative", relative, peaks(0 * e0, relative))):
        members = np.stack([values, 1.1 * values]) if n_members else None
        both.append(AbsorptionTensor(energy_ev=energy, components=values, members=members, axis=axis, **rest))
    return both[0], both[1]


def test_each_site_moves_by_its_own_e0():
    absolute, relative = on_two_axes(n_members=2)
    for found, expected in ((absolute.on_axis("relative"), relative), (relative.on_axis("absolute"), absolute)):
        assert found.axis == expected.axis
        there = np.array(
            [[np.interp(found.energy_ev, expected.energy_ev, row) for row in s] for s in expected.components]
        )
        np.testing.assert_allclose(found.components, there, atol=4e-3)
        np.testing.assert_allclose(found.members[1], 1.1 * found.components, atol=1e-12)
        assert np.isfinite(found.components).all()


def test_only_what_all_sites_cover_is_kept():
    absolute, _ = on_two_axes()
    relative = absolute.on_axis("relative")
    assert relative.energy_ev[0] >= 280.0 - 290.0 - 1e-9
    assert relative.energy_ev[0] < 280.0 - 290.0 + 0.1
    assert relative.energy_ev[-1] <= 305.0 - 291.4 + 1e-9
    np.testing.assert_allclose(np.diff(relative.energy_ev), 0.1)


def test_one_site_keeps_its_points_and_there_and_back_is_the_same():
    absolute, _ = on_two_axes()
    one = absolute.select([1])
    relative = one.on_axis("relative")
    np.testing.assert_allclose(relative.energy_ev, one.energy_ev - 290.73)
    np.testing.assert_array_equal(relative.components, one.components)
    np.testing.assert_allclose(relative.on_axis("absolute").energy_ev, one.energy_ev)
    assert absolute.on_axis("absolute") is absolute


def test_a_given_grid_beyond_the_range_holds_the_end_values():
    absolute, _ = on_two_axes()
    found = absolute.on_axis("relative", np.array([-50.0, 2.0, 50.0]))
    np.testing.assert_allclose(found.components[:, :, 0], absolute.components[:, :, 0])
    np.testing.assert_allclose(found.components[:, 0, 1], 1.0, atol=4e-3)
    np.testing.assert_allclose(found.components[:, :, 2], absolute.components[:, :, -1])


def test_the_axis_stays_through_everything_else():
    _, relative = on_two_axes()
    turned = relative.rotated(Rotation.random(random_state=1).as_matrix())
    for other in (relative.select([2]), relative.summed(), turned, relative.film_averaged([0, 0, 1])):
        assert other.axis == "relative"


def test_axes_that_cannot_be_had_are_refused():
    _, relative = on_two_axes()
    with pytest.raises(XanesviewError, match="E0 of these sites is not known"):
        relative.summed().on_axis("absolute")
    with pytest.raises(XanesviewError, match="no energy axis"):
        relative.on_axis("kayser")
    far = AbsorptionTensor(ENERGY, tensor(2).components, [0, 1], "Mb", "C K", 1.0, ip_ev=[290.0, 530.0])
    with pytest.raises(XanesviewError, match="differs by more"):
        far.on_axis("relative")


def test_sites_that_are_no_plain_list_are_called_so() -> None:
    with pytest.raises(XanesviewError, match="plain list of atoms"):
        AbsorptionTensor(np.arange(3.0), np.zeros((2, 6, 3)), [[0], [1]], "Mb", "C K", 1.0)
