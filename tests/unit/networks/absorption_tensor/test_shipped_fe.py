"""The shipped Fe K-edge tensor network: symmetries of crystals on its trained weights, and hematite's dichroism."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from xanesview.domain.absorption import from_voigt, to_voigt
from xanesview.domain.structure import Structure
from xanesview.inference.predictor import load_predictor
from xanesview.io.examples import load_example

NETWORK = "fe_k_edge_tensor"
MAGNETITE = (0, 18)
"""An octahedral iron at the surface of the example, and one inside."""
INSIDE_HEMATITE = 20


@pytest.fixture(scope="module")
def predictor():
    return load_predictor(NETWORK, "cpu")


@pytest.fixture(scope="module")
def slab() -> Structure:
    return load_example("magnetite_001")


def close(found: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(found, expected, atol=2e-4 * expected.max())


def test_a_turned_slab_has_the_turned_tensor(predictor, slab: Structure) -> None:
    sites = MAGNETITE
    turn = Rotation.from_euler("zyx", [37, -64, 118], degrees=True).as_matrix()
    here = from_voigt(predictor.predict(slab, sites).tensor.components.transpose(0, 2, 1))
    there = from_voigt(predictor.predict(slab.rotated(turn), sites).tensor.components.transpose(0, 2, 1))
    close(to_voigt(there), to_voigt(turn @ here @ turn.T))


def test_origin_and_order_of_atoms_do_not_matter(predictor, slab: Structure) -> None:
    site = MAGNETITE[0]
    expected = predictor.predict(slab, [site]).tensor.components
    close(predictor.predict(slab.translated([1.3, -2.7, 0.9]), [site]).tensor.components, expected)
    order = np.random.default_rng(0).permutation(slab.n_atoms)
    shuffled = slab.replace(numbers=slab.numbers[order], positions_angstrom=slab.positions_angstrom[order])
    close(predictor.predict(shuffled, [int(np.flatnonzero(order == site)[0])]).tensor.components, expected)


def test_a_doubled_cell_is_the_same_crystal(predictor, slab: Structure) -> None:
    site = MAGNETITE[0]
    shift = slab.cell_angstrom[0]
    doubled = slab.replace(
        numbers=np.tile(slab.numbers, 2),
        positions_angstrom=np.concatenate([slab.positions_angstrom, slab.positions_angstrom + shift]),
        cell_angstrom=slab.cell_angstrom * np.array([[2.0], [1.0], [1.0]]),
    )
    both = predictor.predict(doubled, [site, site + slab.n_atoms]).tensor.components
    expected = predictor.predict(slab, [site]).tensor.components
    close(both[:1], expected)
    close(both[1:], expected)


def test_a_cubic_site_absorbs_alike_in_every_direction(predictor) -> None:
    """Wüstite's iron stands in a perfect octahedron: σ is the unit matrix times a curve."""
    a = 4.31
    corners = np.array([[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]) * a / 2
    wustite = Structure(
        numbers=[26] * 4 + [8] * 4,
        positions_angstrom=np.concatenate([corners, corners + np.array([a / 2, 0, 0])]),
        cell_angstrom=a * np.eye(3),
        pbc=[True, True, True],
        name="FeO",
    )
    components = predictor.predict(wustite, [0]).tensor.components[0]
    mean = components[:3].mean(0)
    assert np.abs(components[:3] - mean).max() < 1e-3
    assert np.abs(components[3:]).max() < 1e-3
    assert 1.2 < mean.max() < 3.0  # a white line, in edge steps
    assert mean[0] < 0.05
    assert mean[-1] == pytest.approx(1.0, abs=0.15)


def test_hematite_inside_the_slab_shows_its_dichroism(predictor) -> None:
    """Along c the white line is some eV lower than in the plane, as FEFF has it (bulk: 14.8, 18.0 eV)."""
    prediction = predictor.predict(load_example("hematite_001"), [INSIDE_HEMATITE])
    tensor = prediction.tensor
    xx, yy, zz = tensor.components[0, :3]
    along, across = (float(tensor.energy_ev[curve.argmax()]) for curve in (zz, (xx + yy) / 2))
    assert along == pytest.approx(14.8, abs=1.8)
    assert 1.0 < across - along < 5.0
    assert tensor.axis == "relative"
    assert tensor.ip_ev[0] == pytest.approx(7117.0, abs=1.5)
    assert not any(notice.message == "trained on molecules" for notice in prediction.notices)
