"""The bundled examples: complete, sensible, and with references at exactly their geometry."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

from xanesview.domain.sticks import NATIVE_WIDTHS
from xanesview.domain.structure import bonds
from xanesview.errors import XanesviewError
from xanesview.io.examples import Example, examples, find_example, load_example, load_reference_tensor
from xanesview.io.spectra.tensor_file import read_tensor
from xanesview.io.structures.minerals import mineral_of
from xanesview.networks.neighbours import neighbour_edges

ALL = examples()
WITH_REFERENCE = [example for example in ALL if example.references]
METALS = {22: "Ti", 30: "Zn", 29: "Cu", 26: "Fe"}
FLAT = ("benzene", "pyridine", "toluene", "styrene", "naphthalene", "thiophene", "formaldehyde", "benzene_film")


def by_name(example: Example) -> str:
    return example.name


def test_there_are_enough_and_each_is_unique() -> None:
    assert len(ALL) >= 14
    assert len(WITH_REFERENCE) >= 6
    assert len({example.name for example in ALL}) == len(ALL)


@pytest.mark.parametrize("example", ALL, ids=by_name)
def test_each_example_opens_without_a_notice(example: Example) -> None:
    structure = load_example(example.name)
    assert structure.name == example.title
    assert structure.notices == ()
    absorbers = structure.sites_of(next((symbol for z, symbol in METALS.items() if z in structure.numbers), "C"))
    assert len(absorbers) > 0
    assert example.line.endswith(".")
    assert example.thumbnail is not None
    assert "<svg" in example.thumbnail.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FLAT)
def test_flat_molecules_lie_in_the_xy_plane(name: str) -> None:
    structure = load_example(name)
    carbons = structure.positions_angstrom[structure.numbers == 6]
    assert np.ptp(carbons[:, 2]) < 0.05


def test_the_film_is_a_slab_of_separate_flat_molecules() -> None:
    film = load_example("benzene_film")
    assert film.pbc.tolist() == [True, True, False]
    np.testing.assert_allclose(film.surface_normal, [0, 0, 1])
    first, _, _ = bonds(film)
    assert len(first) == 4 * 12  # six C–C and six C–H a molecule, none between molecules


@pytest.mark.parametrize("name", ["hematite_001", "magnetite_001"])
def test_oxide_slabs_have_iron_at_the_surface_and_inside(name: str) -> None:
    slab = load_example(name)
    assert slab.pbc.tolist() == [True, True, False]
    np.testing.assert_allclose(slab.surface_normal, [0, 0, 1])
    height, iron = slab.positions_angstrom[:, 2], slab.sites_of("Fe")
    first, second, _ = bonds(slab)
    neighbours = np.bincount(np.concatenate([first, second]), minlength=slab.n_atoms)
    surface, inside = height[iron] > height.max() - 0.5, np.abs(height[iron] - height.mean()) < 1.5
    assert neighbours[iron][surface].max() < neighbours[iron][inside].max()


@pytest.mark.parametrize(
    ("name", "element", "reach", "at_surface", "inside", "shortest"),
    [
        ("rutile_110", "Ti", 2.2, {5, 6}, 6, 1.95),
        ("anatase_101", "Ti", 2.2, {5}, 6, 1.93),
        ("cuo_111", "Cu", 2.15, {3, 4}, 4, 1.95),
        ("zno_1010", "Zn", 2.2, {3}, 4, 1.97),
        ("graphite_0001", "C", 1.6, {3}, 3, 1.42),
    ],
)
def test_slabs_are_cut_where_the_literature_has_the_surface(name, element, reach, at_surface, inside, shortest) -> None:
    """Diebold, Surf. Sci. Rep. 48 (2003) 53; Hu et al., J. Phys. Chem. C 114 (2010) 17120; fewest bonds broken."""
    slab = load_example(name)
    assert slab.pbc.tolist() == [True, True, False]
    np.testing.assert_allclose(slab.surface_normal, [0, 0, 1])
    counts = {symbol: slab.symbols.count(symbol) for symbol in set(slab.symbols)}
    assert len(counts) == 1 or counts["O"] == counts[element] * (2 if element == "Ti" else 1)
    height = slab.positions_angstrom[:, 2]
    assert height.min() == pytest.approx(0.0, abs=1e-6)
    assert slab.cell_angstrom[2, 2] - height.max() == pytest.approx(12.0, abs=0.01)
    np.testing.assert_allclose(np.sort(height.max() - height), np.sort(height), atol=0.01)  # two equal faces
    first, _, vectors = neighbour_edges(slab.positions_angstrom, slab.cell_angstrom, slab.pbc, reach)
    assert np.linalg.norm(vectors, axis=1).min() == pytest.approx(shortest, abs=0.01)
    around = np.bincount(first, minlength=slab.n_atoms)
    absorbers = slab.sites_of(element)
    top = absorbers[height[absorbers] > height[absorbers].max() - 0.1]
    assert set(around[top].tolist()) == at_surface
    middle = absorbers[np.abs(height[absorbers] - 0.5 * height.max()) < 2.5]
    assert set(around[middle].tolist()) == {inside}


@pytest.mark.parametrize(
    ("name", "neighbours", "in_line"), [("cuo", [1.951, 1.951, 1.961, 1.961], False), ("cu2o", [1.849, 1.849], True)]
)
def test_copper_oxides_have_the_bonds_of_the_literature(name: str, neighbours: list[float], in_line: bool) -> None:
    """Tenorite: four O in a plane (Åsbrink and Norrby 1970); cuprite: two O in a line, a = 4.2696 Å."""
    crystal = load_example(name)
    assert crystal.pbc.all()
    for copper in crystal.sites_of("Cu"):
        first, second, vectors = neighbour_edges(crystal.positions_angstrom, crystal.cell_angstrom, crystal.pbc, 2.5)
        bonds_of = vectors[(first == copper) & (crystal.numbers[second] == 8)]
        np.testing.assert_allclose(np.sort(np.linalg.norm(bonds_of, axis=1)), neighbours, atol=2e-3)
        assert np.linalg.norm(bonds_of.sum(axis=0)) < 1e-3  # an inversion centre at every copper
        assert np.linalg.matrix_rank(bonds_of, tol=0.01) == (1 if in_line else 2)


@pytest.mark.parametrize("typed", ["FeO", "wüstite", "Wustite", "Fe O"])
def test_wustite_is_found_by_its_names_and_formula(typed: str) -> None:
    """Rock salt; a = 4.334 Å of stoichiometric FeO (McCammon and Liu 1984)."""
    crystal = load_example(mineral_of(typed).example)
    assert crystal.pbc.all()
    first, second, vectors = neighbour_edges(crystal.positions_angstrom, crystal.cell_angstrom, crystal.pbc, 2.5)
    for iron in crystal.sites_of("Fe"):
        bonds_of = vectors[(first == iron) & (crystal.numbers[second] == 8)]
        np.testing.assert_allclose(np.linalg.norm(bonds_of, axis=1), [2.167] * 6, atol=1e-6)


@pytest.mark.parametrize("example", WITH_REFERENCE, ids=by_name)
def test_references_belong_to_the_example(example: Example) -> None:
    structure = load_example(example.name)
    found = read_tensor(example.references[0])
    tensor = found.tensor
    assert found.attributes["structure_hash"] == structure.content_hash
    assert tensor.sites.tolist() == structure.sites_of("C").tolist()
    assert tensor.edge == "C K"
    assert tensor.unit == "hartree bohr²/eV"
    assert tensor.native_fwhm_ev == NATIVE_WIDTHS.fwhm_ev
    assert tensor.energy_ev[0] == 278.0
    assert tensor.energy_ev[-1] == pytest.approx(312.0)
    assert tensor.negative_share() < 1e-3
    assert np.all((tensor.ip_ev > 285) & (tensor.ip_ev < 297))
    assert "Transition-potential" in found.attributes["method"]


def test_the_pi_resonance_of_benzene_stands_out_of_the_plane() -> None:
    tensor = load_reference_tensor(find_example("benzene").references[0]).summed()
    k = int(np.argmax(tensor.components[0, 2]))
    assert tensor.energy_ev[k] == pytest.approx(285.2, abs=0.2)
    xx, yy, zz = tensor.components[0, :3, k]
    assert max(xx, yy) < 0.01 * zz


def test_equivalent_carbons_of_benzene_have_equal_references() -> None:
    tensor = load_reference_tensor(find_example("Benzene").references[0])
    isotropic = tensor.isotropic()
    assert np.abs(isotropic - isotropic.mean(axis=0)).max() < 0.01 * isotropic.max()


def test_acetonitrile_does_not_tell_x_and_y_of_its_axis_apart() -> None:
    found = find_example("acetonitrile")
    structure = load_example("acetonitrile")
    nitrogen = int(structure.sites_of("N")[0])
    axis = structure.positions_angstrom[nitrogen] - structure.positions_angstrom[structure.sites_of("C")].mean(axis=0)
    assert abs(axis[0]) > 0.99 * np.linalg.norm(axis)  # the molecule lies along x
    total = load_reference_tensor(found.references[0]).summed().components[0]
    assert np.abs(total[1] - total[2]).max() < 0.03 * total.max()


def test_every_file_in_the_folder_is_listed() -> None:
    folder = ALL[0].path.parent
    listed = {example.path for example in ALL} | {path for example in ALL for path in example.references}
    assert {path for path in folder.rglob("*") if path.suffix in (".extxyz", ".cif", ".h5")} == listed
    for path in folder.rglob("*.h5"):
        with h5py.File(path) as file:
            assert file["site/tensor"].dtype == np.float32


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(XanesviewError, match="no example “unobtainium”") as caught:
        load_example("unobtainium")
    assert "caffeine" in caught.value.hint
