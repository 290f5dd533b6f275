"""Pairs within a cutoff, against an independent library, in and across periodic cells."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from vesin import NeighborList

from xanesview.domain import neighbour_list
from xanesview.domain.neighbour_list import pairs_within


@pytest.mark.parametrize("outright", [0, 10**9], ids=["tree", "outright"])
@pytest.mark.parametrize(
    ("n_atoms", "pbc", "length_angstrom"),
    [(12, (0, 0, 0), 8.0), (150, (1, 1, 1), 12.0), (1, (1, 1, 1), 2.5), (7, (1, 1, 1), 3.0), (200, (1, 0, 1), 15.0)],
)
def test_pairs_are_those_of_vesin(
    monkeypatch: pytest.MonkeyPatch, n_atoms: int, pbc: tuple[int, int, int], length_angstrom: float, outright: int
) -> None:
    monkeypatch.setattr(neighbour_list, "_FEW_PAIRS", outright)
    rng = np.random.default_rng(n_atoms)
    cell = length_angstrom * (np.eye(3) + 0.15 * rng.normal(size=(3, 3)))
    positions = rng.uniform(-length_angstrom, 2 * length_angstrom, (n_atoms, 3))  # many outside the cell
    ours = pairs_within(positions, cell, np.array(pbc, bool), 4.0)
    theirs = NeighborList(cutoff=4.0, full_list=True).compute(positions, cell, [bool(p) for p in pbc], "ijSd")

    def as_set(pairs: tuple[np.ndarray, ...]) -> dict[tuple[int, ...], float]:
        return {(int(i), int(j), *map(int, s)): float(d) for i, j, s, d in zip(*pairs, strict=True)}

    first, second = as_set(ours), as_set(theirs)
    assert first.keys() == second.keys()
    assert len(first) == len(ours[0])
    assert first == pytest.approx(second, abs=1e-9)


def test_bonds_load_no_torch() -> None:
    code = (
        "import sys; from xanesview.domain.structure import Structure, bonds;"
        "s = Structure(numbers=[8, 1, 1], positions_angstrom=[[0, 0, 0], [0.96, 0, 0], [-0.24, 0.93, 0]],"
        "cell_angstrom=[[0] * 3] * 3, pbc=[False] * 3);"
        "assert len(bonds(s)[0]) == 2; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_few_distances_to_the_nearest_are_those_of_the_tree(monkeypatch):
    rng = np.random.default_rng(3)
    points, others = rng.normal(size=(20, 3)), rng.normal(size=(40, 3))
    few = neighbour_list.distances_to_nearest(points, others, 6)
    monkeypatch.setattr(neighbour_list, "_FEW_PAIRS", 0)
    np.testing.assert_allclose(few, neighbour_list.distances_to_nearest(points, others, 6))
    assert neighbour_list.distances_to_nearest(points, others[:3], 6).shape == (20, 3)
