"""Steps: plain values and back, strict about what they take, in their order, and never in place."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from xanesview.domain.processing.applied import apply, processed
from xanesview.domain.processing.steps.area import Area
from xanesview.domain.processing.steps.crop import Crop
from xanesview.domain.processing.steps.edge_energy import EdgeEnergy
from xanesview.domain.processing.steps.edge_step import EdgeStep
from xanesview.domain.processing.steps.energy_shift import EnergyShift
from xanesview.domain.processing.steps.gaussian_broadening import GaussianBroadening
from xanesview.domain.processing.steps.i0_division import I0Division
from xanesview.domain.processing.steps.maximum import Maximum
from xanesview.domain.processing.steps.merge import Merge
from xanesview.domain.processing.steps.registry import KINDS, step_from_dict, steps_from_dicts, steps_to_dicts
from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError

ENERGY = np.linspace(7000.0, 7400.0, 801)
X = ENERGY - 7112.0
MU = 0.4 - 1e-4 * X + (0.5 + np.arctan(X) / np.pi) + 0.3 * np.exp(-0.5 * (X - 5.0) ** 2)
CURVES = {"flux": (ENERGY, 2.0 + 0.001 * X), "other": (ENERGY + 0.3, 0.5 * MU), "scan 2": (ENERGY, 1.01 * MU)}
#: What each kind needs to be applied, and values of every parameter that are not as by default.
VALUES = {
    "energy_shift": {"shift_ev": -0.35},
    "energy_calibration": {"true_ev": 7112.5, "found_ev": 7111.0},
    "align": {"curve": "other", "low_ev": 7090.0, "high_ev": 7150.0, "largest_shift_ev": 3.0, "smoothing_ev": 0.7},
    "crop": {"low_ev": 7010.0, "high_ev": 7390.0},
    "deglitch": {"automatic": False, "threshold": 6.0, "widest_points": 2, "energies_ev": [7200.0, 7300.5]},
    "i0": {"curve": "flux", "mode": "transmission"},
    "double_normalisation": {"clean": "other", "i0": "flux", "clean_i0": "flux"},
    "subtract": {"curve": "other", "scale": 0.25},
    "merge": {"curves": ["scan 2"], "outlier_limit": 5.0, "leave_out_outliers": True,
              "with_own": False},
    "e0": {"method": "given", "e0_ev": 7112.2},
    "edge_step": {
        "pre_low_ev": -100.0, "pre_high_ev": -30.0, "post_low_ev": 40.0, "post_high_ev": 250.0, "degree": 1,
        "pre_degree": 0, "victoreen": 1, "flatten": False,
    },
    "area": {"low_ev": 7100.0, "high_ev": 7200.0},
    "maximum": {"low_ev": 7100.0, "high_ev": 7200.0, "from_minimum": True},
    "at_energy": {"at_ev": 7250.0, "width_ev": 3.0},
    "scale": {"scale": 1.5, "offset": -0.1},
    "gaussian": {"fwhm_ev": 1.5, "growth_ev_per_ev": 0.02, "from_ev": 7112.0},
    "lorentzian": {"fwhm_ev": 1.1, "core_level": "Fe K"},
    "arctangent": {
        "hole_fwhm_ev": 1.25, "largest_fwhm_ev": 6.0, "centre_ev": 25.0, "wide_ev": 20.0, "fermi_ev": 7110.0,
    },
    "arctangent_step": {"height": 0.3, "width_ev": 4.0, "at_ev": 7115.0},
    "smooth": {"shape": "boxcar", "width_ev": 2.0, "degree": 3},
    "derivative": {"order": 2, "smoothing_ev": 1.0},
}  # fmt: skip
KIND_NAMES = [kind.kind for kind in KINDS]


def step(kind: str):
    return step_from_dict({"kind": kind, **VALUES[kind]})


def test_every_kind_is_tried_here():
    assert set(VALUES) == set(KIND_NAMES)
    assert len(set(KIND_NAMES)) == len(KINDS)


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_a_step_is_written_as_plain_values_and_read_back(kind):
    one = step(kind)
    written = json.loads(json.dumps(one.to_dict()))
    assert written == {"kind": kind, **VALUES[kind]}
    assert step_from_dict(written) == one
    off = one.replace(on=False)
    assert off.to_dict()["on"] is False
    assert step_from_dict(off.to_dict()) == off


@pytest.mark.parametrize("kind", KINDS, ids=KIND_NAMES)
def test_every_kind_can_be_made_without_a_word_and_says_what_it_is(kind):
    if kind is not EdgeEnergy:
        assert kind() == step_from_dict({"kind": kind.kind})
    assert kind.title
    assert "\n" not in kind().describe()
    assert kind().describe()


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_a_step_leaves_what_it_is_given_as_it_is(kind):
    energy, mu = ENERGY.copy(), MU.copy()
    for array in (energy, mu):
        array.setflags(write=False)
    one = step(kind)
    first = apply((one,), energy, mu, CURVES)
    again = apply((one,), energy, mu, CURVES)
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    assert first[2] == again[2]
    np.testing.assert_array_equal(mu, MU)
    assert not np.shares_memory(first[0], energy)
    assert not np.shares_memory(first[1], mu)
    assert first[2]["lines"][0].startswith(one.describe())
    assert np.isfinite(first[1]).all()


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_a_step_that_is_off_does_nothing(kind):
    energy, mu, facts = apply((step(kind).replace(on=False),), ENERGY, MU)
    np.testing.assert_array_equal(energy, ENERGY)
    np.testing.assert_array_equal(mu, MU)
    assert facts["lines"] == ()


def test_steps_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Crop().low_ev = 3.0


def test_the_order_is_kept():
    doubled, moved = ScaleAndOffset(2.0), ScaleAndOffset(1.0, 1.0)
    np.testing.assert_allclose(apply((doubled, moved), ENERGY, MU)[1], 2.0 * MU + 1.0)
    np.testing.assert_allclose(apply((moved, doubled), ENERGY, MU)[1], 2.0 * (MU + 1.0))


def test_a_shift_there_and_back_changes_nothing():
    energy, mu, facts = apply((EnergyShift(1.25), EnergyShift(-1.25)), ENERGY, MU)
    np.testing.assert_array_equal(energy, ENERGY)
    np.testing.assert_array_equal(mu, MU)
    assert facts["shift_ev"] == 0.0


def test_e0_moves_with_the_energies():
    facts = apply((EdgeEnergy(), EnergyShift(2.0)), ENERGY, MU)[2]
    assert facts["e0_ev"] == pytest.approx(apply((EdgeEnergy(),), ENERGY, MU)[2]["e0_ev"] + 2.0)


def test_points_are_put_in_order_and_what_is_no_number_is_left_out():
    energy, mu = ENERGY[::-1].copy(), MU[::-1].copy()
    mu[3] = np.nan
    energy, mu = np.append(energy, energy[10]), np.append(mu, mu[10] + 0.2)
    found, values, facts = apply((), energy, mu)
    assert (np.diff(found) > 0).all()
    assert len(found) == len(ENERGY) - 1
    assert facts["points_left_out"] == 1
    assert facts["energies_averaged"] == 1
    assert values[list(found).index(ENERGY[::-1][10])] == pytest.approx(MU[::-1][10] + 0.1)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"kind": "voodoo"}, "There is no step “voodoo”."),
        ({}, "has no kind"),
        ("edge_step", "must be a table"),
        ({"kind": "edge_step", "degre": 1}, "has no parameter “degre”"),
        ({"kind": "edge_step", "degree": 4}, "can't be “4”"),
        ({"kind": "edge_step", "degree": 1.5}, "can't be “1.5”"),
        ({"kind": "edge_step", "degree": True}, "can't be “True”"),
        ({"kind": "edge_step", "flatten": 1}, "can't be “1”"),
        ({"kind": "edge_step", "pre_low_ev": -10.0, "pre_high_ev": -20.0}, "is empty"),
        ({"kind": "energy_shift", "shift_ev": "1"}, "can't be “1”"),
        ({"kind": "energy_shift", "shift_ev": float("nan")}, "can't be “nan”"),
        ({"kind": "energy_shift", "shift_ev": float("inf")}, "can't be “inf”"),
        ({"kind": "energy_shift", "shift_ev": 10**400}, "can't be"),
        ({"kind": "energy_shift", "shift_ev": None}, "can't be “null”"),
        ({"kind": "gaussian", "fwhm_ev": -1.0}, "can't be “-1.0”"),
        ({"kind": "e0", "method": "guess"}, "can't be “guess”"),
        ({"kind": "e0", "method": "given"}, "no value"),
        ({"kind": "i0", "curve": ["a"]}, "can't be"),
        ({"kind": "i0", "curve": "a\x1b[2J"}, "can't be"),
        ({"kind": "merge", "curves": "scan"}, "can't be"),
        ({"kind": "deglitch", "energies_ev": [1.0, "x"]}, "can't be “x”"),
        ({"kind": "lorentzian", "core_level": "Fe"}, "no core level"),
        ({"kind": "lorentzian", "core_level": "Xx K"}, "not known"),
        ({"kind": "crop", "on": "yes"}, "can't be “yes”"),
    ],
)
def test_what_can_not_be_is_told_in_one_sentence(values, words):
    with pytest.raises(XanesviewError) as caught:
        step_from_dict(values)
    assert words in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.hint


def test_a_wrong_step_is_named_by_its_number():
    with pytest.raises(XanesviewError, match=r"^Step 2: "):
        steps_from_dicts([{"kind": "crop"}, {"kind": "crop", "high": 3}])
    steps = (EdgeEnergy(), EdgeStep(degree=2))
    assert steps_from_dicts(steps_to_dicts(steps)) == steps


def test_a_step_that_fails_is_named_and_nothing_is_returned():
    with pytest.raises(XanesviewError, match=r"^Step 2, edge step: "):
        apply((Crop(low_ev=7000.0), EdgeStep()), ENERGY, -MU)
    with pytest.raises(XanesviewError, match="“flux” is not there"):
        apply((I0Division("flux"),), ENERGY, MU, {"other": CURVES["other"]})
    with pytest.raises(XanesviewError, match="names no other curve"):
        apply((I0Division(),), ENERGY, MU, CURVES)
    with pytest.raises(XanesviewError, match="Only 0 points"):
        apply((Crop(low_ev=9000.0),), ENERGY, MU)


def test_a_spectrum_keeps_its_band_and_tells_its_steps():
    spectrum = Spectrum(ENERGY, MU, "arb. u.", "Fe", "measured", 0.5, 0.1 * MU, {"file": "fe.dat"})
    assert processed(spectrum, (Crop(on=False),)) is spectrum
    found = processed(spectrum, (EnergyShift(1.0), ScaleAndOffset(2.0, 1.0), GaussianBroadening(1.2), Maximum()))
    assert found.native_fwhm_ev == pytest.approx(1.3)
    assert found.unit == "of the maximum"
    assert found.energy_ev[0] == pytest.approx(7001.0)
    assert found.band[400] == pytest.approx(0.2 * MU[400] / (2.0 * MU + 1.0).max(), rel=0.05)
    assert found.provenance["file"] == "fe.dat"
    assert found.provenance["step 1"] == "shifted by +1 eV"
    assert found.provenance["step 3"] == "broadened with a Gaussian of 1.2 eV"
    assert found.label == "Fe"


def test_every_other_curve_is_named():
    assert I0Division("flux").curves_named() == ("flux",)
    assert Merge(("a", "b")).curves_named() == ("a", "b")
    assert Area().curves_named() == ()
