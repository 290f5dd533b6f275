"""Steps on predictions: tensors stay tensors, and turn as they did."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.geometry.polarisation import linear
from xanesview.domain.processing.applied import processed
from xanesview.domain.processing.steps.arctangent_step import ArctangentStep
from xanesview.domain.processing.steps.area import Area
from xanesview.domain.processing.steps.crop import Crop
from xanesview.domain.processing.steps.deglitch import Deglitch
from xanesview.domain.processing.steps.edge_energy import EdgeEnergy
from xanesview.domain.processing.steps.edge_step import EdgeStep
from xanesview.domain.processing.steps.energy_shift import EnergyShift
from xanesview.domain.processing.steps.gaussian_broadening import GaussianBroadening
from xanesview.domain.processing.steps.maximum import Maximum
from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.shown.display_map import check_for_prediction, display_map
from xanesview.shown.tensors import look_at
from xanesview.shown.tensors import processed as processed_look

ENERGY_EV = np.linspace(280.0, 320.0, 201)
EDGE = (EdgeEnergy("given", 288.0), EdgeStep(post_low_ev=12.0, post_high_ev=30.0, degree=0))
SHAPE = (GaussianBroadening(0.8), ArctangentStep(0.05, 3.0, 289.0), ScaleAndOffset(2.0, 0.01), EnergyShift(0.3))


def tensor(n_sites: int = 3) -> AbsorptionTensor:
    """Sites with a π* along z, a step and a rotated part."""
    rng = np.random.default_rng(4)
    peak = np.exp(-0.5 * ((ENERGY_EV - 285.0) / 0.5) ** 2)
    step = 0.5 + np.arctan((ENERGY_EV - 288.0) / 1.0) / np.pi
    components = np.zeros((n_sites, 6, len(ENERGY_EV)))
    for site in range(n_sites):
        components[site, :3] = step * (1.0 + 0.1 * rng.random((3, 1)))
        components[site, 2] += (1.0 + site) * peak
        components[site, 3:] = 0.2 * rng.standard_normal((3, 1)) * peak
    members = np.stack([components] * 2)
    return AbsorptionTensor(ENERGY_EV, components, range(n_sites), "Mb/eV", "C K", 0.5, members=members)


def isotropic(of: AbsorptionTensor) -> Spectrum:
    return Spectrum(of.energy_ev, of.isotropic()[0], of.unit)


@pytest.mark.parametrize("steps", [SHAPE, SHAPE[:1], (Crop(282.0, 310.0), *SHAPE)])
def test_steps_that_look_at_no_data_do_to_every_direction_what_they_do_to_a_curve(steps):
    whole = tensor().summed()
    mapped = display_map(isotropic(whole), steps).tensor(whole)
    for direction in ((0, 0, 1), (1, 0, 0), (0.6, 0.0, 0.8), (1, 1, 1)):
        weight = linear(direction)
        wanted = processed(Spectrum(ENERGY_EV, whole.contract(weight)[0]), steps)
        np.testing.assert_allclose(mapped.contract(weight)[0], wanted.intensity, atol=1e-9)
        np.testing.assert_allclose(mapped.energy_ev, wanted.energy_ev)


@pytest.mark.parametrize("steps", [EDGE, (Area(285.0, 310.0),), (Maximum(from_minimum=True),)])
def test_normalising_steps_are_those_of_the_isotropic_average_for_every_direction(steps):
    whole = tensor().summed()
    mean = isotropic(whole)
    display = display_map(mean, steps)
    mapped = display.tensor(whole)
    wanted = processed(mean, steps)
    np.testing.assert_allclose(mapped.isotropic()[0], wanted.intensity, atol=1e-9)
    assert mapped.unit == wanted.unit != whole.unit
    along, across = (mapped.contract(linear(d))[0] for d in ((0, 0, 1), (1, 0, 0)))
    before = whole.contract(linear((0, 0, 1)))[0] - whole.contract(linear((1, 0, 0)))[0]
    ratio = (along - across)[np.abs(before) > 0.1] / before[np.abs(before) > 0.1]
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-9, err_msg="one factor for all directions and energies")


def test_the_sites_still_add_up_to_the_sum_and_the_band_goes_along():
    weights = (1.0, 0.5, 2.0)
    look = processed_look(look_at(tensor(), (0, 1, 2), weights), (*EDGE, *SHAPE))
    weight = linear((0.6, 0.0, 0.8))
    np.testing.assert_allclose(look.spectra(weight).total, look.total(weight), atol=1e-9)
    assert look.is_normalised
    assert look.unprocessed.summed.unit != look.summed.unit
    np.testing.assert_allclose(look.band(weight), 0.0, atol=1e-9)


def test_a_curve_of_the_same_edge_goes_along_on_its_own_energies():
    whole = tensor().summed()
    display = display_map(isotropic(whole), (*EDGE, *SHAPE))
    weight = linear((0, 0, 1))
    curve = Spectrum(ENERGY_EV, whole.contract(weight)[0])
    np.testing.assert_allclose(display.spectrum(curve).intensity, display.tensor(whole).contract(weight)[0], atol=1e-9)
    thin = curve.interpolated(ENERGY_EV[40:120:2])
    assert len(display.spectrum(thin)) == 40


def test_what_cannot_be_done_leaves_what_was_done_before():
    whole = tensor().summed()
    display = display_map(isotropic(whole), (ScaleAndOffset(2.0), EdgeEnergy("given", 7112.0), EdgeStep()))
    assert display.outcome.failed == 2
    np.testing.assert_allclose(display.tensor(whole).components, 2.0 * whole.components)
    foreign = display_map(isotropic(whole), (ScaleAndOffset(2.0), Deglitch()))
    assert (foreign.outcome.failed, foreign.lines) == (1, ("× 2",))
    with pytest.raises(XanesviewError, match="no step for a prediction"):
        check_for_prediction((Deglitch(),))
