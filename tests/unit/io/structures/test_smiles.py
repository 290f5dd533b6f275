"""Molecules from SMILES strings."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.errors import XanesviewError
from xanesview.io.structures.registry import structure_from_smiles


def test_benzene_lies_in_the_xy_plane() -> None:
    benzene = structure_from_smiles("c1ccccc1")
    assert benzene.formula == "C6H6"
    assert benzene.smiles == "c1ccccc1"
    assert benzene.notices == ()
    assert np.abs(benzene.positions_angstrom[:, 2]).max() < 0.05
    ring = benzene.positions_angstrom[benzene.numbers == 6]
    np.testing.assert_allclose(np.linalg.norm(ring - ring.mean(axis=0), axis=1), 1.39, atol=0.02)


def test_the_same_string_gives_the_same_geometry() -> None:
    first, second = structure_from_smiles("CC(=O)OC"), structure_from_smiles("CC(=O)OC")
    assert first.content_hash == second.content_hash
    assert structure_from_smiles("CC(=O)OC", seed=7).content_hash != first.content_hash


def test_charge_and_radicals_are_kept() -> None:
    assert structure_from_smiles("CC(=O)[O-]").charge == -1
    assert structure_from_smiles("[CH3]").multiplicity == 2


def test_handedness_survives_the_turn_into_the_plane() -> None:
    def volume(smiles: str) -> float:
        alanine = structure_from_smiles(smiles)
        centre, nitrogen, methyl, acid = (alanine.positions_angstrom[i] for i in (1, 0, 2, 3))
        return float(np.linalg.det(np.stack([nitrogen - centre, methyl - centre, acid - centre])))

    assert volume("N[C@@H](C)C(=O)O") * volume("N[C@H](C)C(=O)O") < 0


def test_an_element_beyond_mmff_is_relaxed_with_uff_and_told() -> None:
    borane = structure_from_smiles("CB(C)C")
    assert [notice.kind for notice in borane.notices] == ["force-field"]
    assert "UFF" in borane.notices[0].message


def test_separate_parts_are_told() -> None:
    salt = structure_from_smiles("C[NH3+].[Cl-]")
    assert [notice.kind for notice in salt.notices] == ["fragments"]
    chloride = salt.positions_angstrom[salt.numbers == 17]
    others = salt.positions_angstrom[salt.numbers != 17]
    assert 4.0 <= np.linalg.norm(others - chloride, axis=1).min() < 8.0


@pytest.mark.parametrize(
    ("smiles", "part"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("not a smiles", "not a SMILES"),
        ("c1ccccc", "not a SMILES"),
        ("C(C)(C)(C)(C)C", "chemically impossible"),
        ("c1cccc1", "chemically impossible"),
        ("*CC", "placeholder"),
        ("C" * 300, "heavy atoms"),
    ],
)
def test_strings_that_are_no_molecule(smiles: str, part: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(XanesviewError, match=part) as caught:
        structure_from_smiles(smiles)
    assert caught.value.hint
    assert capfd.readouterr().err == ""  # RDKit's own words stay out of the terminal
