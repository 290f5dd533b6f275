"""All kinds of experiment alike: weights, glyphs, files; and what a new kind has to bring."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from xanesview.domain.absorption import AbsorptionTensor, to_voigt
from xanesview.domain.geometry.average import TiltDistribution
from xanesview.domain.geometry.directions import from_angles_deg, unit
from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.geometry.glyph import Ball, Disc, MainArrow, SideArrow
from xanesview.domain.geometry.kinds import KINDS, geometry_from_dict, geometry_from_header, offered
from xanesview.domain.geometry.momentum_transfer import ElectronEnergyLoss, elnes
from xanesview.domain.geometry.polarisation import (
    LinearPolarisation,
    PartialPolarisation,
    Powder,
    Unpolarised,
    magic_angle_deg,
)
from xanesview.errors import XanesviewError

RNG = np.random.default_rng(5)
DIRECTIONS = [tuple(unit(v).tolist()) for v in RNG.normal(size=(6, 3))]
EVERY_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def sites(n: int = 3) -> AbsorptionTensor:
    """Positive tensors of a few sites at two energies."""
    roots = RNG.normal(size=(n, 2, 3, 3))
    components = np.moveaxis(to_voigt(roots @ np.swapaxes(roots, -1, -2)), 1, 2)
    return AbsorptionTensor([285.0, 290.0], components, np.arange(n), "u", "C K", 1.0)


@EVERY_KIND
def test_a_weight_is_symmetric_positive_and_has_trace_one(kind):
    for direction in DIRECTIONS:
        matrix = kind(direction, 0.8, DIRECTIONS[0]).weight().matrix
        assert np.trace(matrix) == pytest.approx(1.0)
        assert np.linalg.eigvalsh(matrix)[0] > -1e-12


@EVERY_KIND
def test_turning_sample_and_experiment_together_changes_nothing(kind):
    sigma = sites()
    for seed, direction in enumerate(DIRECTIONS):
        r = Rotation.random(random_state=seed).as_matrix()
        here, turned = kind(direction, 0.8, DIRECTIONS[seed - 1]), kind(r @ direction, 0.8, r @ DIRECTIONS[seed - 1])
        seen = sigma.rotated(r).contract(turned.weight())
        np.testing.assert_allclose(seen, sigma.contract(here.weight()), atol=1e-12)


@EVERY_KIND
def test_a_direction_and_its_opposite_are_the_same_experiment(kind):
    for direction in DIRECTIONS:
        np.testing.assert_allclose(
            kind(np.negative(direction), 0.8).weight().matrix, kind(direction, 0.8).weight().matrix, atol=1e-15
        )


def test_isotropic_is_the_mean_over_x_y_and_z():
    sigma = sites()
    mean = np.mean([sigma.contract(LinearPolarisation(axis).weight()) for axis in np.eye(3)], axis=0)
    np.testing.assert_allclose(sigma.contract(Powder().weight()), mean, rtol=1e-12)
    np.testing.assert_allclose(sigma.isotropic(), mean, rtol=1e-12)


def test_partial_light_goes_over_into_linear_light():
    for direction in DIRECTIONS:
        whole = LinearPolarisation(direction).weight().matrix
        np.testing.assert_allclose(PartialPolarisation(direction, 1.0).weight().matrix, whole, atol=1e-15)
        nearly = PartialPolarisation(direction, 1.0 - 1e-9).weight().matrix
        np.testing.assert_allclose(nearly, whole, atol=1e-8)


def test_half_polarised_light_across_a_beam_is_unpolarised():
    # ε∥ along x and ε⊥ = z × x = y in equal parts: nothing is polarised across the beam along z
    half = PartialPolarisation((1, 0, 0), 0.5)
    np.testing.assert_allclose(half.weight().matrix, Unpolarised((0, 0, 1)).weight().matrix)


def test_unpolarised_light_sees_everything_but_the_beam():
    for k in DIRECTIONS:
        np.testing.assert_allclose(Unpolarised(k).weight().matrix, (np.eye(3) - np.outer(k, k)) / 2.0, atol=1e-15)


@pytest.mark.parametrize(("degree", "angle_deg"), [(1.0, 54.74), (0.95, 53.7), (0.90, 52.5), (0.85, 51.2)])
def test_at_the_magic_angle_a_film_shows_no_tilt(degree, angle_deg):
    theta = magic_angle_deg(degree)
    assert theta == pytest.approx(angle_deg, abs=0.05)
    assert np.cos(np.radians(theta)) ** 2 == pytest.approx(1.0 / (3.0 * degree))
    normal = (0.0, 0.0, 1.0)
    film = sites().film_averaged(normal)
    seen = film.contract(PartialPolarisation(from_angles_deg(theta, 20.0), degree, normal).weight())
    np.testing.assert_allclose(seen, film.isotropic(), rtol=1e-12)


def test_energy_loss_is_a_geometry_like_the_others():
    narrow = ElectronEnergyLoss((0, 3, 4), collection_semi_angle_mrad=0.001)
    np.testing.assert_allclose(narrow.weight().matrix, LinearPolarisation((0, 3, 4)).weight().matrix, atol=1e-4)
    wide = ElectronEnergyLoss((0, 3, 4), energy_loss_ev=530.0, beam_energy_kev=300.0, collection_semi_angle_mrad=9.0)
    np.testing.assert_array_equal(wide.weight().matrix, elnes((0, 3, 4), 530.0, 300.0, 9.0).matrix)
    assert wide.describe() == "ELNES, k = (0.00, 0.60, 0.80), 300 keV, β = 9 mrad"
    turned = wide.with_direction((1, 0, 0))
    assert (turned.beam_energy_kev, turned.direction) == (300.0, (1.0, 0.0, 0.0))


@pytest.mark.parametrize(
    "changes", [{"energy_loss_ev": 0}, {"beam_energy_kev": -1}, {"collection_semi_angle_mrad": np.nan},
                {"convergence_semi_angle_mrad": -1}, {"degree": 2}],
)  # fmt: skip
def test_impossible_energy_losses_are_refused(changes):
    with pytest.raises(XanesviewError):
        ElectronEnergyLoss(**changes)


def test_each_kind_has_its_glyph():
    d = (0.0, 0.6, 0.8)
    assert LinearPolarisation(d).glyph() == (MainArrow(d),)
    side, main = PartialPolarisation(d, 0.75).glyph()
    assert main == MainArrow(d)
    assert isinstance(side, SideArrow)
    assert np.abs(side.direction) == pytest.approx((1, 0, 0))  # z × ε, in the surface
    assert side.length == pytest.approx(1 / 3)
    assert Unpolarised(d).glyph() == (Disc(d), MainArrow(d))
    assert Powder(d).glyph() == (Ball(),)
    discs = [ElectronEnergyLoss(d, collection_semi_angle_mrad=beta).glyph()[0].radius for beta in (0.001, 1.0, 50.0)]
    assert discs == sorted(discs)
    assert discs[0] < 0.01 < discs[1] < discs[2] < Disc(d).radius


def filled(kind: type[Geometry]) -> Geometry:
    """A geometry of a kind with no field at its default."""
    own = {"energy_loss_ev": 532.1, "beam_energy_kev": 80.0, "collection_semi_angle_mrad": 1.0 / 3.0,
           "convergence_semi_angle_mrad": 0.7, "relativistic": False, "detector_offset_mrad": 2.0 / 3.0,
           "detector_azimuth_deg": 37.1, "beam": DIRECTIONS[3],
           "average": TiltDistribution(10.0 / 3.0, 20.0)}  # fmt: skip
    names = {field.name for field in dataclasses.fields(kind)}
    return kind(DIRECTIONS[1], 1.0 / 3.0, DIRECTIONS[2], **{k: v for k, v in own.items() if k in names})


@EVERY_KIND
def test_a_dictionary_keeps_every_bit(kind):
    geometry = filled(kind)
    there = json.loads(json.dumps(geometry.to_dict()))
    back = geometry_from_dict(there)
    assert type(back) is kind
    assert back == geometry
    fields = {field.name for field in dataclasses.fields(kind)}
    assert set(there) == {"kind"} | fields - {"kept"}, "there is nothing kept for the way back to a beam"
    assert geometry_from_dict({"kind": kind.name}) == kind()
    if "kept" in fields:
        keeps = dataclasses.replace(geometry, kept=(0.6, 0.0, 0.8))
        again = geometry_from_dict(json.loads(json.dumps(keeps.to_dict())))
        assert again.kept == pytest.approx((0.6, 0.0, 0.8))
        assert again == geometry, "it does not tell experiments apart"


@EVERY_KIND
def test_a_file_header_keeps_what_the_weight_depends_on(kind):
    header = filled(kind).header()
    assert header["experiment"] == kind.name
    assert all(isinstance(value, str) for value in header.values())
    assert set(header) == {"experiment", *kind.uses, "normal", "average"}
    assert set(dataclasses.replace(filled(kind), average=None).header()) == {"experiment", *kind.uses}
    np.testing.assert_allclose(
        geometry_from_header(header).weight().matrix, filled(kind).weight().matrix, atol=1e-9
    )


def test_headers_without_a_kind_are_of_linear_light_or_of_a_powder():
    assert geometry_from_header({"direction": "0,-2,0"}) == LinearPolarisation((0, -1, 0))
    assert geometry_from_header({"network": "any"}) == Powder()


@pytest.mark.parametrize(
    ("facts", "part"),
    [
        ({}, "no experiment"),
        ({"kind": "circular"}, "“circular”"),
        ({"kind": ["linear"]}, "no experiment"),
        ({"kind": "linear", "wobble": 1}, "wobble"),
        ({"kind": "linear", "direction": [0, 0, 0]}, "points nowhere"),
        ({"kind": "linear", "direction": [0, 1]}, "three numbers"),
        ({"kind": "linear", "direction": "up"}, "no direction"),
        ({"kind": "linear", "direction": None}, "three numbers"),
        ({"kind": "linear", "direction": ["a", "b", "c"]}, "can't be read"),
        ({"kind": "partial", "degree": "much"}, "can't be read"),
        ({"kind": "partial", "degree": 1.2}, "does not exist"),
        ({"kind": "partial", "degree": None}, "can't be read"),
        ({"kind": "elnes", "beam_energy_kev": [200]}, "can't be read"),
        ({"kind": "linear", "average": "sideways"}, "no average"),
        ({"kind": "linear", "average": "order:2"}, "does not exist"),
        ({"kind": "beam", "beam": [0, 0, 0]}, "points nowhere"),
    ],
)
def test_a_damaged_dictionary_is_told(facts, part):
    with pytest.raises(XanesviewError, match=part):
        geometry_from_dict(facts)


def test_the_command_line_offers_by_name_what_it_can_set_in_full():
    assert list(offered()) == ["linear", "partial", "unpolarised", "powder"]


@EVERY_KIND
def test_every_kind_says_what_its_button_shows(kind):
    assert kind.title
    assert kind.tooltip
    assert set(kind.uses) <= {field.name for field in dataclasses.fields(kind)}


def test_the_kinds_are_known_without_scipy():
    code = "import sys, xanesview.domain.geometry.kinds; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
