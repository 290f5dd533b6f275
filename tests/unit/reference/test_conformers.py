"""Conformers with GFN2-xTB: butane's two, and what the process answers."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.ranking.conformers import boltzmann_shares
from xanesview.errors import Cancelled
from xanesview.io.structures.registry import read_structure
from xanesview.reference.conformer_worker import answer
from xanesview.reference.conformers import conformers_from_smiles

pytest.importorskip("tblite")


def test_butane_is_anti_and_twice_gauche():
    told = []
    frames = conformers_from_smiles("CCCC", most=4, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (len(told) - 1, len(told) - 1)
    anti, gauche = (one.conformer for one in frames)
    assert (anti.times, gauche.times) == (1.0, 2.0)
    assert 2.0 < 96.485 * gauche.above_lowest_ev < 4.5, "kJ/mol"
    shares = boltzmann_shares([0.0, gauche.above_lowest_ev], 298.15, [1.0, 2.0])
    assert [anti.share, gauche.share] == pytest.approx(shares.tolist())
    away = frames[0].positions_angstrom - frames[1].positions_angstrom
    assert np.abs(away[frames[0].numbers > 1]).mean() < 1.0, "they lie on each other"


def test_it_can_be_given_up():
    with pytest.raises(Cancelled):
        conformers_from_smiles("CCC", most=1, cancelled=lambda: True)


def test_the_process_tells_its_progress_and_writes_the_file(tmp_path):
    said = []
    path = tmp_path / "conformers" / "methane.extxyz"
    job = {"number": 3, "smiles": "C", "most": 2, "temperature_k": 300.0, "within_kj": 25.0, "path": str(path)}
    assert answer(job, said.append) == {"number": 3, "count": 1, "notices": []}
    assert said == [{"number": 3, "stage": "0 of 1"}, {"number": 3, "stage": "1 of 1"}]
    assert read_structure(path).conformer.share == 1.0
    refused = answer({**job, "smiles": "C("}, said.append)
    assert refused["number"] == 3
    assert "not a SMILES" in refused["error"]
