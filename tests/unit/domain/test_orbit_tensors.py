"""One tensor an orbit, turned to the others, is that of every site."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.domain.test_symmetry import STRUCTURES, equivariant_tensor, of_ase
from xanesview.domain.absorption import AbsorptionTensor, to_voigt
from xanesview.domain.geometry.polarisation import linear, powder
from xanesview.domain.orbit_tensors import over_orbits
from xanesview.domain.symmetry import orbits


@pytest.mark.parametrize("name", ["benzene", "ammonia", "ethane", "thiophene", "slab", "rutile", "graphene"])
def test_summing_turned_orbits_equals_predicting_every_site(name):
    structure = of_ase(STRUCTURES[name][0], seed=7)
    sites = np.arange(structure.n_atoms)
    every = to_voigt(equivariant_tensor(structure))[:, :, None]
    members = np.stack([every, 2.0 * every])
    tensor = AbsorptionTensor([285.0], every, sites, "u", "C K", 1.0, ip_ev=sites + 290.0, members=members)
    found = orbits(structure, sites)
    assert len(found) < len(sites)
    turned = over_orbits(tensor.select([orbit.representative for orbit in found]), found)
    assert sorted(turned.sites.tolist()) == sites.tolist()
    scale = np.abs(every).max()
    same = turned.select(sites)
    np.testing.assert_allclose(same.components, every, atol=1e-6 * scale)
    np.testing.assert_allclose(same.members, members, atol=2e-6 * scale)
    field = linear((0.3, -0.5, 0.8))
    total = tensor.spectra(field).total
    np.testing.assert_allclose(turned.spectra(field).total, total, atol=1e-6 * scale * len(sites))


def test_the_multiplicity_is_right_for_the_isotropic_spectrum_only():
    structure = of_ase(STRUCTURES["ammonia"][0], seed=7)
    every = to_voigt(equivariant_tensor(structure))[:, :, None]
    tensor = AbsorptionTensor([285.0], every, np.arange(4), "u", "H K", 1.0)
    found = orbits(structure, [1, 2, 3])
    assert [orbit.multiplicity for orbit in found] == [3]
    one, three = tensor.select([found[0].representative]), over_orbits(tensor, found)
    np.testing.assert_allclose(3.0 * one.contract(powder())[0], three.spectra(powder()).total, rtol=1e-6)
    x, z = linear((1, 0, 0)), linear((0, 0, 1))
    away = [abs(3.0 * one.contract(w)[0] - three.spectra(w).total)[0] for w in (x, z)]
    assert max(away) > 0.01 * three.spectra(powder()).total[0]
