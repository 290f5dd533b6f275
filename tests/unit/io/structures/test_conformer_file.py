"""Conformers of a SMILES, and their frames in files: what is written is read again."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.conformer import Conformer
from xanesview.domain.ranking.conformer_set import with_shares
from xanesview.errors import XanesviewError
from xanesview.io.structures.conformer_fields import conformer_of
from xanesview.io.structures.conformer_file import write_conformers
from xanesview.io.structures.conformers import embedded_conformers
from xanesview.io.structures.registry import read_structure


@pytest.fixture(scope="module")
def butane():
    return embedded_conformers("CCCC", most=6)


def torsion(structure) -> float:
    carbons = structure.positions_angstrom[structure.numbers == 6]
    length = np.linalg.norm(carbons[:, None] - carbons[None], axis=2)
    return float(length.max())


def test_butane_has_anti_and_gauche(butane):
    assert len(butane.structures) == 2
    assert torsion(butane.structures[0]) > 3.8 > 3.3 > torsion(butane.structures[1])
    assert butane.has_mirror_image


def test_a_molecule_with_a_hand_has_no_mirror_image_among_its_conformers():
    assert not embedded_conformers("C[C@H](O)CC", most=3).has_mirror_image
    assert embedded_conformers("C[C@H](O)[C@@H](C)O", most=3).has_mirror_image, "meso"
    left_open = embedded_conformers("CC(O)CC", most=3)
    assert any("stereoisomer" in notice.message for notice in left_open.structures[0].notices)


def test_parts_have_no_conformers_together():
    with pytest.raises(XanesviewError, match="separate parts"):
        embedded_conformers("CCCC.O")


@pytest.mark.parametrize("ending", [".extxyz", ".xyz", ".sdf"])
def test_frames_come_back_with_energy_and_share(butane, tmp_path, ending):
    frames = with_shares(butane.structures, [0.0, 0.03], True, 310.0)
    path = tmp_path / f"butane{ending}"
    write_conformers(path, frames)
    for k, before in enumerate(frames):
        after = read_structure(path, k)
        assert (after.frame, after.n_frames) == (k, 2)
        assert after.numbers.tolist() == before.numbers.tolist()
        assert after.positions_angstrom == pytest.approx(before.positions_angstrom, abs=1e-4)
        assert after.conformer.share == pytest.approx(before.conformer.share, abs=1e-6)
        assert after.conformer.above_lowest_ev == pytest.approx(before.conformer.above_lowest_ev, abs=1e-6)
        assert (after.conformer.times, after.conformer.temperature_k) == (before.conformer.times, 310.0)


def test_other_endings_are_refused(butane, tmp_path):
    with pytest.raises(XanesviewError, match="not written"):
        write_conformers(tmp_path / "butane.cif", butane.structures)


@pytest.mark.parametrize(
    "fields", [{}, {"share": "0.5"}, {"energy_above_lowest": "x", "share": "0.5", "counts": "1", "temperature": "298"},
               {"energy_above_lowest": "0", "share": "7", "counts": "1", "temperature": "298"}],
)  # fmt: skip
def test_what_is_no_conformer_is_none(fields):
    assert conformer_of(fields) is None


def test_what_is_one_is_one():
    told = {"energy_above_lowest": "0.01", "share": "0.25", "counts": "2", "temperature": "298.15"}
    assert conformer_of(told) == Conformer(0.01, 0.25, 2.0, 298.15)
