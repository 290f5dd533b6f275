"""The library's tensors for a loaded molecule: right atom, right direction, and only where the shape is the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from tests import library_blocks
from xanesview.domain.structure import Structure
from xanesview.io.spectra.stick_file import read_entries, read_molecule
from xanesview.io.structures.embedding import structure_from_smiles
from xanesview.reference.library.library import load_library, tensor_of
from xanesview.reference.library.matching import Offer, mappings, offers, structure_smiles

TURN = Rotation.from_euler("xyz", [0.4, -1.1, 2.0]).as_matrix()


def by_rule(structure: Structure, folder: Path) -> np.ndarray:
    """Tensors (S, 6, E) of all carbon atoms straight from the rule, in the frame of the structure."""
    path = library_blocks.write(folder / "direct.h5", [library_blocks.record(structure, smiles="C")])
    return tensor_of(read_molecule(read_entries(path)[0])).components


def offered(tmp_path: Path, loaded: Structure, *records) -> list[Offer]:
    library_blocks.write(tmp_path / "blocks" / "c_k_0000.h5", records)
    return offers(loaded, load_library([tmp_path / "blocks"]))


def shuffled(structure: Structure, seed: int = 1) -> Structure:
    order = np.random.default_rng(seed).permutation(structure.n_atoms)
    return structure.replace(
        numbers=structure.numbers[order], positions_angstrom=structure.positions_angstrom[order], smiles=None
    )


def assert_same(found: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(found, expected, atol=2e-4 * expected.max())


@pytest.mark.parametrize(
    "smiles", ["c1ccoc1C(=O)O", "CC#N", "CO", "C=O", "C#CC#C", "CC", "C[Si](C)(C)C", "CC(O)C(F)N", "C", "C1CC1F"]
)
def test_a_turned_and_renumbered_copy_gets_turned_tensors(tmp_path: Path, smiles: str) -> None:
    rest = structure_from_smiles(smiles)
    loaded = shuffled(rest.rotated(TURN).translated([1.0, -2.0, 3.0]))
    (offer,) = offered(tmp_path, loaded, library_blocks.record(rest))
    assert offer.rms_angstrom < 1e-3
    assert offer.missing == ()
    assert offer.tensor.sites.tolist() == loaded.sites_of("C").tolist()
    assert_same(offer.tensor.components, by_rule(loaded, tmp_path))


def test_a_turned_copy_with_the_same_numbers_gets_the_tensor_turned_by_the_same_matrix(tmp_path: Path) -> None:
    rest = structure_from_smiles("OCC1=CC=CO1")
    (offer,) = offered(tmp_path, rest.rotated(TURN), library_blocks.record(rest))
    own = tensor_of(read_molecule(offer.entry))
    assert_same(offer.tensor.components, own.rotated(TURN).components)
    np.testing.assert_array_equal(offer.tensor.energy_ev, own.energy_ev)


def test_one_computed_carbon_of_benzene_serves_all_six(tmp_path: Path) -> None:
    rest = structure_from_smiles("c1ccccc1")
    loaded = shuffled(rest.rotated(TURN))
    (offer,) = offered(tmp_path, loaded, library_blocks.record(rest, sites=[2]))
    assert offer.missing == ()
    expected = by_rule(loaded, tmp_path)
    # the built geometry is symmetric to about a hundredth of an ångström, its tensors therefore nearly so
    np.testing.assert_allclose(offer.tensor.components, expected, atol=0.05 * expected.max())
    assert np.ptp(expected, axis=0).max() > 0.3 * expected.max()  # the six do differ in direction


def test_the_mirror_image_of_a_conformer_gets_mirrored_tensors(tmp_path: Path) -> None:
    rest = structure_from_smiles("OCCF")
    mirror = np.diag([1.0, 1.0, -1.0])
    loaded = rest.rotated(mirror)
    assert np.linalg.det(mappings(rest, loaded)[0].rotation) < 0
    (offer,) = offered(tmp_path, loaded, library_blocks.record(rest))
    assert_same(offer.tensor.components, by_rule(loaded, tmp_path))


def test_a_displaced_record_is_never_offered(tmp_path: Path) -> None:
    rest = structure_from_smiles("c1ccoc1")
    record = library_blocks.record(rest, sigma_angstrom=0.02)
    assert offered(tmp_path, rest, record) == []


def test_another_shape_or_another_molecule_is_not_offered(tmp_path: Path) -> None:
    rest = structure_from_smiles("CCCO")
    isomer, other = structure_from_smiles("CC(C)O"), structure_from_smiles("CCCN")
    bent = rest.positions_angstrom.copy()
    bent[int(rest.sites_of("O")[0])] += [0.9, 0.9, 0.0]
    library_blocks.write(tmp_path / "c_k_0000.h5", [library_blocks.record(rest)])
    library = load_library([tmp_path])
    assert offers(isomer, library) == []
    assert offers(other, library) == []
    assert offers(rest.replace(positions_angstrom=bent), library) == []
    assert len(offers(rest, library)) == 1


def test_the_nearest_geometry_of_each_edge_is_offered(tmp_path: Path) -> None:
    rest = structure_from_smiles("c1ccoc1")
    noise = np.random.default_rng(0).normal(scale=0.04, size=rest.positions_angstrom.shape)
    near = rest.replace(positions_angstrom=rest.positions_angstrom + noise)
    folder = tmp_path / "blocks"
    library_blocks.write(folder / "o_k_0000.h5", [library_blocks.record(rest, symbol="O")], element="O")
    found = offered(tmp_path, rest, library_blocks.record(near, name="near"), library_blocks.record(rest, name="same"))
    assert [(offer.tensor.edge, offer.entry.name) for offer in found] == [("C K", "same"), ("O K", "ring_00001")]


def test_alike_atoms_in_other_surroundings_lend_their_tensor_and_it_is_said(tmp_path: Path) -> None:
    rest = structure_from_smiles("COc1ccncc1")  # the methyl group lies beside one of the two ortho carbons
    loaded = shuffled(rest.rotated(TURN))
    ranks = library_blocks.record(rest).rank
    one_of_each = [next(i for i in rest.sites_of("C") if ranks[i] == r) for r in sorted(set(ranks[rest.sites_of("C")]))]
    (offer,) = offered(tmp_path, loaded, library_blocks.record(rest, sites=one_of_each))
    assert offer.missing == ()
    assert len(offer.borrowed) == 2
    lent = [offer.tensor.sites.tolist().index(atom) for atom in offer.borrowed]
    expected = by_rule(loaded, tmp_path)
    own = [k for k in range(len(expected)) if k not in lent]
    assert_same(offer.tensor.components[own], expected[own])
    # the nearest atoms have the strongest lines: direction and most of the strength are right
    for k in lent:
        alike = np.vdot(offer.tensor.components[k], expected[k])
        alike /= np.linalg.norm(offer.tensor.components[k]) * np.linalg.norm(expected[k])
        assert alike > 0.97


def test_atoms_without_a_computed_equivalent_are_named(tmp_path: Path) -> None:
    rest = structure_from_smiles("CCO")
    (offer,) = offered(tmp_path, rest, library_blocks.record(rest, sites=[1]))
    assert offer.tensor.sites.tolist() == [1]
    assert (offer.borrowed, offer.missing) == ((), (0,))


def test_bonds_are_perceived_where_no_smiles_is_known() -> None:
    rest = structure_from_smiles("CC(=O)[O-]")
    assert structure_smiles(rest.replace(smiles=None)) == "CC(=O)[O-]"
    radical = Structure([8, 1], [[0.0, 0.0, 0.0], [0.97, 0.0, 0.0]], multiplicity=2)
    assert structure_smiles(radical) in (None, "[OH]")
