"""Descriptors against three published programs, element by element; the corrected variant by its meaning."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from tests.unit.networks.equivariance import rotation
from tests.unit.networks.parity import FOLDER
from xanesview.errors import XanesviewError
from xanesview.networks.wacsf import VARIANTS, WacsfConfig, features, neighbour_terms, wacsf

with np.load(FOLDER / "wacsf.npz") as _archive:
    ARRAYS = {k: _archive[k] for k in _archive.files}
OUTPUTS = sorted(k for k in ARRAYS if k.startswith("out/"))


def published_config(name: str, variant: str) -> WacsfConfig:
    values = json.loads(str(ARRAYS[f"cfg/{name}"]))
    renamed = {{"l": "lambdas", "z": "zetas"}.get(k, k): v for k, v in values.items()}
    return WacsfConfig.from_dict(renamed | {"variant": variant})


def molecule(name: str) -> tuple[np.ndarray, np.ndarray]:
    return ARRAYS[f"in/{name}/z"], ARRAYS[f"in/{name}/pos"]


def test_the_file_holds_three_programs_and_two_molecules():
    assert {k.split("/")[1] for k in OUTPUTS} == set(VARIANTS) - {"corrected"}
    assert {k.split("/")[3] for k in OUTPUTS} == {"ferrocene", "thiophene_S"}


@pytest.mark.parametrize("key", OUTPUTS)
def test_each_number_is_that_of_the_published_program(key):
    _, variant, config, name = key.split("/")
    found, reference = wacsf(*molecule(name), [0], published_config(config, variant))[0], ARRAYS[key]
    large = np.abs(reference) > 1e-6
    assert found.shape == reference.shape
    assert large.sum() > 0.7 * len(reference)
    assert (np.abs(found - reference)[large] / np.abs(reference)[large]).max() < 1e-9
    assert np.abs(found - reference)[~large].max(initial=0.0) < 1e-15


def by_loops(numbers, x, config: WacsfConfig) -> list[float]:
    """The definition of the corrected variant, term by term, absorber 0."""
    cut = lambda r: 0.5 * (math.cos(math.pi * r / config.r_max) + 1) if r < config.r_max else 0.0  # noqa: E731
    near = [(0.1 * z, p - x[0]) for z, p in zip(numbers[1:], x[1:], strict=True)]
    near = [(w, d, float(np.linalg.norm(d))) for w, d in near if np.linalg.norm(d) < config.r_max]
    found = [sum(cut(r) for _, _, r in near)]
    centres = np.linspace(config.r_min + 0.5, config.r_max - 0.5, config.n_g2)
    eta = 0.5 / (centres[1] - centres[0]) ** 2
    found += [sum(w * math.exp(-eta * (r - mu) ** 2) * cut(r) for w, _, r in near) for mu in centres]
    for width in np.linspace(config.r_min + 1.0, config.r_max - 0.5, config.n_g4_radii):
        for a in config.lambdas:
            for zeta in config.zetas:
                total = 0.0
                for k, (w2, d2, r2) in enumerate(near):
                    for w1, d1, r1 in near[:k]:
                        r3 = float(np.linalg.norm(d1 - d2))
                        angle = max(0.0, 1 + a * float(d1 @ d2) / (r1 * r2)) ** zeta
                        gauss = math.exp(-0.5 * (r1**2 + r2**2 + r3**2) / width**2)
                        total += w1 * w2 * angle * gauss * cut(r1) * cut(r2) * cut(r3)
                found.append(2 ** (1 - zeta) * total)
    return found


@pytest.mark.parametrize("name", ["ferrocene", "thiophene_S"])
def test_the_corrected_variant_is_its_definition(name):
    config = WacsfConfig(r_max=3.5, n_g2=7, n_g4=24, zetas=(1.0, 4.0, 2.5))
    found, expected = wacsf(*molecule(name), [0], config)[0], np.array(by_loops(*molecule(name), config))
    assert np.abs(found - expected).max() < 1e-12 * expected.max()


def test_the_corrected_variant_reaches_the_whole_range():
    published = published_config("tmqm2021_r0-6_32_64", "rankine")
    reach = {v: max(f.radius_angstrom for f in features(WacsfConfig(**published.as_dict() | {"variant": v})) if f.zeta)
             for v in ("rankine", "corrected")}  # fmt: skip
    assert reach["rankine"] == pytest.approx(1.5, abs=0.05)
    assert reach["corrected"] == pytest.approx(5.5)


def test_features_are_named_in_order():
    config = WacsfConfig(zetas=(1.0, 2.0))
    table = features(config)
    assert len(table) == config.n_features == wacsf(*molecule("ferrocene"), [0], config).shape[1]
    assert [f.kind for f in table] == ["G1"] + 16 * ["G2"] + 32 * ["G4"]
    assert [(f.lambda_, f.zeta) for f in table[17:21]] == [(1.0, 1.0), (1.0, 2.0), (-1.0, 1.0), (-1.0, 2.0)]
    assert table[17].radius_angstrom == table[20].radius_angstrom < table[21].radius_angstrom


def test_functions_of_each_element_make_up_the_weighted_ones():
    numbers, x = molecule("thiophene_S")
    elements = tuple(sorted(set(numbers.tolist())))
    config = WacsfConfig(n_g2=9, n_g4=4, elements=elements, n_g2_by_element=9)
    found = wacsf(numbers, x, [0, 1], config)
    alone = found[:, -9 * len(elements) :].reshape(2, len(elements), 9)
    np.testing.assert_allclose(np.einsum("z,szr->sr", 0.1 * np.array(elements), alone), found[:, 1:10], rtol=1e-12)
    np.testing.assert_array_equal(
        found[:, : -9 * len(elements)], wacsf(numbers, x, [0, 1], WacsfConfig(n_g2=9, n_g4=4))
    )
    table = features(config)
    assert len(table) == config.n_features == found.shape[1]
    assert [f.element for f in table[-9 * len(elements) :: 9]] == list(elements)
    assert [f.radius_angstrom for f in table[1:10]] == pytest.approx([f.radius_angstrom for f in table[-9:]])


@pytest.mark.parametrize("variant", VARIANTS)
def test_turning_moving_and_renumbering_change_nothing(variant):
    numbers, x = molecule("ferrocene")
    config = WacsfConfig(variant=variant, elements=(1, 6), n_g2_by_element=5)
    here = wacsf(numbers, x, [0, 3], config)
    order = np.random.default_rng(0).permutation(len(numbers))
    place = np.argsort(order)[[0, 3]]
    there = wacsf(numbers[order], (x @ rotation(1).T + 5.0)[order], place, config)
    assert np.abs(there / here - 1.0)[here > 1e-6].max() < 1e-9
    assert np.abs(here[0] - here[1]).max() > 0.1


def test_periodic_images_are_neighbours_and_a_doubled_cell_agrees():
    numbers, x = molecule("thiophene_S")
    cell, pbc = np.array([[5.0, 0.2, 0.0], [0.0, 6.0, 0.0], [0.3, 0.0, 7.0]]), np.ones(3, bool)
    here = wacsf(numbers, x, [0, 2], cell_angstrom=cell, pbc=pbc)
    double = wacsf(
        np.tile(numbers, 2), np.concatenate([x, x + cell[1]]), [0, 2], None, cell * [[1], [2], [1]], pbc
    )  # fmt: skip
    assert np.abs(double / here - 1.0)[here > 1e-6].max() < 1e-9
    assert (here[:, 0] > 1.2 * wacsf(numbers, x, [0, 2])[:, 0]).all()
    with_wrapped = wacsf(numbers, x + np.rint(x[:, :1] % 2) * cell[2], [0, 2], None, cell, pbc)
    assert np.abs(with_wrapped / here - 1.0)[here > 1e-6].max() < 1e-9


def test_a_neighbour_crossing_the_cutoff_makes_no_step():
    numbers, x = molecule("thiophene_S")
    for far in (5.9999, 6.0001):
        crossing = wacsf(np.append(numbers, 16), np.vstack([x, x[0] + [0, 0, far]]), [0])
        assert np.abs(crossing - wacsf(numbers, x, [0])).max() < 1e-6


@pytest.mark.parametrize("n", [1, 2])
def test_one_neighbour_or_none_is_no_error(n):
    found = wacsf(np.array([6, 8][:n]), np.array([[0.0, 0, 0], [0, 0, 1.2]])[:n], [0])
    assert np.isfinite(found).all()
    assert (found[0, 0] > 0) == (n == 2)
    assert not found[0, 17:].any()
    assert wacsf(np.array([6]), np.zeros((1, 3)), []).shape == (0, 49)


@pytest.mark.parametrize(
    "values",
    [{"variant": "mine"}, {"n_g4": 31}, {"r_max": 2.0}, {"g2_parameterisation": "spread"}, {"n_g4": 2},
     {"elements": (6,)}, {"n_g2_by_element": 8}, {"elements": (6,), "n_g2_by_element": 1}],
)  # fmt: skip
def test_sizes_that_make_no_sense_are_refused(values):
    with pytest.raises(XanesviewError):
        WacsfConfig(**values)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_neighbours_terms_add_up_to_the_descriptor(variant):
    rng = np.random.default_rng(3)
    numbers = np.array([26, 8, 8, 26, 1])
    positions = rng.uniform(0.0, 5.0, size=(5, 3))
    cell, pbc = np.diag([5.5, 6.0, 20.0]), np.array([True, True, False])
    config = WacsfConfig(variant=variant, n_g4=16, zetas=(1.0, 4.0), elements=(1, 8), n_g2_by_element=6)
    terms = neighbour_terms(numbers, positions, 3, config, cell, pbc)
    whole = wacsf(numbers, positions, [3], config, cell, pbc)[0]
    np.testing.assert_allclose(terms.terms.sum(axis=0), whole, rtol=1e-10, atol=1e-14)
    assert (terms.distance_angstrom < config.r_max).all()
    if variant == "corrected":  # images count: more neighbours than atoms
        assert len(terms.atom) > len(numbers) - 1
        assert 3 in terms.atom
