"""Shares of conformers by identities: sums, equal energies, mirror images and equivalent atoms counted."""

from __future__ import annotations

import numpy as np
import pytest
from ase.build import molecule

from xanesview.domain.conformer import Conformer
from xanesview.domain.ranking.conformer_set import counts_as, different, with_shares
from xanesview.domain.ranking.conformers import boltzmann_shares
from xanesview.domain.structure import Structure


def butane(torsion_deg: float) -> Structure:
    """Carbon atoms of butane and three hydrogens on each end, staggered: enough to have its symmetry."""
    atoms = molecule("trans-butane")
    carbons = [k for k, symbol in enumerate(atoms.symbols) if symbol == "C"]
    length = atoms.get_all_distances()
    bonded = (length < 1.7) & (length > 0)
    inner = [c for c in carbons if bonded[c][carbons].sum() == 2]
    ends = [next(c for c in carbons if bonded[one, c] and c not in inner) for one in inner]
    chain = [ends[0], inner[0], inner[1], ends[1]]
    moves, reached = {inner[1]}, {inner[0]}
    while moves - reached:
        k = (moves - reached).pop()
        reached.add(k)
        moves |= set(np.flatnonzero(bonded[k]).tolist()) - {inner[0]}
    atoms.set_dihedral(*chain, torsion_deg, indices=sorted(moves))
    return Structure(atoms.numbers, atoms.positions)


def test_shares_of_equal_energies_are_as_the_counts_and_sum_to_one():
    shares = boltzmann_shares([1.0, 1.0, 1.0], 300.0)
    assert shares == pytest.approx([1 / 3] * 3)
    shares = boltzmann_shares([0.0, 0.0], 300.0, [1.0, 2.0])
    assert shares == pytest.approx([1 / 3, 2 / 3])
    assert boltzmann_shares([0.0, 0.07, 0.3], 250.0, [1, 2, 4]).sum() == pytest.approx(1.0)


def test_anti_counts_once_and_gauche_twice():
    anti, gauche = butane(180.0), butane(62.0)
    assert counts_as(anti, True) == pytest.approx(0.5)  # C2h
    assert counts_as(gauche, True) == pytest.approx(1.0)  # C2, and its mirror image
    assert counts_as(gauche, False) == pytest.approx(0.5)


def test_a_mirror_image_a_turned_copy_and_one_with_like_atoms_exchanged_are_the_same_conformer():
    gauche = butane(62.0)
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))[0]
    hydrogens = np.flatnonzero(gauche.numbers == 1)
    order = np.arange(gauche.n_atoms)
    order[hydrogens] = np.roll(hydrogens, 3)
    copies = [
        gauche, butane(-62.0), gauche.rotated(turn),
        gauche.replace(positions_angstrom=gauche.positions_angstrom[order]), butane(180.0),
    ]  # fmt: skip
    assert different(copies, [0.0, 0.0, 0.001, 0.0, 0.0]) == [0, 4]
    assert len(different(copies[:2], [0.0, 0.1])) == 2, "of other energies they are others"


def test_frames_are_sorted_and_know_their_shares():
    frames = with_shares([butane(62.0), butane(180.0), butane(-62.0)], [0.025, 0.0, 0.025], True, 298.15)
    assert [one.conformer.times for one in frames] == [1.0, 2.0]
    assert [(one.frame, one.n_frames) for one in frames] == [(0, 2), (1, 2)]
    anti, gauche = (one.conformer.share for one in frames)
    assert anti + gauche == pytest.approx(1.0)
    assert gauche / anti == pytest.approx(2.0 * np.exp(-0.025 / (8.617333e-5 * 298.15)))
    assert len(with_shares([butane(62.0), butane(180.0)], [0.2, 0.0], True, within_ev=0.1)) == 1


def test_it_is_said_in_kilojoules():
    assert str(Conformer(0.0262, 0.42, 2.0)) == "+2.5 kJ/mol, 42 % at 298 K, counted 2 times"
    assert str(Conformer(0.0, 0.58)) == "+0.0 kJ/mol, 58 % at 298 K"
