"""The library that comes with the program: every block can be read, and its molecules fit their turned copies."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from xanesview.io.spectra.stick_file import read_molecule
from xanesview.paths import resource
from xanesview.reference.library.library import Library, load_library, tensor_of
from xanesview.reference.library.matching import matched

TURN = Rotation.from_euler("xyz", [0.4, -1.1, 2.0]).as_matrix()


@pytest.fixture(scope="module")
def shipped() -> Library:
    return load_library([resource("reference")])


def test_every_block_can_be_read_and_is_small(shipped: Library) -> None:
    assert shipped.problems == ()
    blocks = list(resource("reference").glob("*.h5"))
    assert {entry.path for entry in shipped.entries} == set(blocks)
    size, sites = sum(path.stat().st_size for path in blocks), sum(entry.n_sites for entry in shipped.entries)
    assert size <= 42e6
    assert size <= 3000 * sites


def test_absorption_is_positive_and_finite(shipped: Library) -> None:
    for entry in shipped.entries[::40]:
        tensor = tensor_of(read_molecule(entry))
        assert tensor.negative_share() == 0.0
        assert tensor.isotropic().max(axis=1).min() > 0


def test_a_turned_copy_of_a_molecule_at_rest_gets_its_turned_spectra(shipped: Library) -> None:
    at_rest = [entry for entry in shipped.entries if not entry.is_displaced and entry.n_sites > 2]
    for entry in at_rest[1::20]:
        molecule = read_molecule(entry)
        offer = matched(molecule, molecule.structure.rotated(TURN))
        own = tensor_of(molecule).rotated(TURN).components
        np.testing.assert_allclose(
            offer.tensor.select(molecule.sites).components, own, atol=1e-3 * own.max(), err_msg=entry.smiles
        )
