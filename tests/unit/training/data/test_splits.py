"""Splits drawn anew keep together what belongs together."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.errors import UsageError
from xanesview.training.data.labelled import LabelledStructure
from xanesview.training.data.splits import murcko_scaffold, n_heavy_atoms, resplit

RINGS = [
    *("c1ccccc1", "c1ccncc1", "C1CCCCC1", "c1ccoc1", "c1ccsc1"),
    *("C1CC1", "C1CCC1", "c1cc[nH]c1", "C1CCOC1", "c1cnccn1"),
]


def labelled(smiles: str, n_heavy: int, parent: str) -> LabelledStructure:
    numbers = np.array([6] * n_heavy + [1])
    n = len(numbers)
    return LabelledStructure(
        name=smiles, smiles=smiles, parent=parent, split="train", sigma_angstrom=0.0, numbers=numbers,
        positions_angstrom=np.arange(3.0 * n).reshape(n, 3), cell_angstrom=np.zeros((3, 3)), pbc=np.zeros(3, bool),
        rank=np.arange(n), sites=np.array([0]), e0_ev=np.array([290.0]), tensors=np.ones((1, 6, 4)),
        polarised=np.ones(1, bool),
    )  # fmt: skip


@pytest.fixture
def structures() -> list[LabelledStructure]:
    chains = ["", "C", "CC", "F", "O", "N"]
    return [labelled(chain + ring, 4 + k, chain + ring) for ring in RINGS for k, chain in enumerate(chains)]


def test_no_scaffold_is_in_two_splits(structures):
    drawn = resplit(structures, "scaffold", seed=3)
    where = {}
    for s in drawn:
        where.setdefault(murcko_scaffold(s.smiles), set()).add(s.split)
    assert all(len(splits) == 1 for splits in where.values())
    assert {s.split for s in drawn} == {"train", "val", "test"}
    assert [s.smiles for s in drawn] == [s.smiles for s in structures]


def test_a_scaffold_leaves_the_chains_out():
    assert murcko_scaffold("CCc1ccccc1") == murcko_scaffold("c1ccccc1F") == "c1ccccc1"
    assert murcko_scaffold("CCCO") == ""


def test_copies_of_a_parent_stay_together_unless_split_by_spectrum(structures):
    copies = [labelled("C", 3, f"crystal {i // 10}") for i in range(200)]
    for s in (drawn := resplit(copies, "random", seed=0)):
        assert {t.split for t in drawn if t.parent == s.parent} == {s.split}
    torn = resplit(copies, "spectrum", seed=0)
    assert any(len({t.split for t in torn if t.parent == p}) > 1 for p in {s.parent for s in torn})
    assert sum(s.split == "train" for s in torn) == pytest.approx(160, abs=2)


def test_of_three_parents_one_chooses_and_one_tests():
    few = [labelled("C", 3, parent) for parent in ("rutile", "rutile", "anatase", "perovskite")]
    drawn = resplit(few, "random", seed=1)
    assert {s.split for s in drawn} == {"train", "val", "test"}
    assert drawn[0].split == drawn[1].split == "train", "the larger share trains"
    assert {s.split for s in resplit(few[:2], "random", seed=1)} == {"train"}


def test_larger_molecules_are_only_tested(structures):
    drawn = resplit(structures, "size:6", seed=0)
    assert all((s.split == "test") == (n_heavy_atoms(s) > 6) for s in drawn)
    assert {"train", "val", "test"} == {s.split for s in drawn}


def test_an_unknown_split_is_named(structures):
    with pytest.raises(UsageError, match="no split “halves”"):
        resplit(structures, "halves")
