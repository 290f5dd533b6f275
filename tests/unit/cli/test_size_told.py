"""Before many sites are predicted it is said how many and how long; what the memory can't hold is refused."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.cli import size_told
from xanesview.cli.main import main
from xanesview.reference.engine import limits

pytestmark = pytest.mark.usefixtures("formula")


@pytest.fixture
def many(tmp_path, monkeypatch):
    """A row of 40 carbons and hydrogens, which are as many as 5000 here."""
    monkeypatch.setattr(size_told, "MANY_SITES", 30)
    monkeypatch.setattr(size_told, "MANY_ATOMS", 60)
    path = tmp_path / "row.xyz"
    places = np.arange(40)[:, None] * [1.5, 0.0, 0.0]
    lines = [f"{symbol} {x:.3f} {y:.3f} 0" for x, *_ in places for symbol, y in (("C", 0.0), ("H", 1.1))]
    path.write_text("80\nrow\n" + "\n".join(lines))
    return path


def test_many_sites_are_told_before_they_are_predicted(many, tmp_path, capsys):
    assert main(["predict", str(many), "--out", str(tmp_path / "a.csv")]) == 0
    told = capsys.readouterr().err
    assert "predicting 40 sites of 80 atoms: up to about 1 s and 0.5 GiB of memory" in told
    assert main(["predict", str(many), "--quiet", "--out", str(tmp_path / "a.csv")]) == 0
    assert "predicting" not in capsys.readouterr().err
    assert main(["series", str(many), "--theta", "0:90:45", "--out", str(tmp_path / "s.csv")]) == 0
    assert "predicting 40 sites" in capsys.readouterr().err


def test_few_sites_are_not(tmp_path, capsys):
    assert main(["predict", "--smiles", "CC", "--out", str(tmp_path / "a.csv")]) == 0
    assert "predicting" not in capsys.readouterr().err


def test_what_the_memory_can_not_hold_is_refused(many, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(limits, "memory_available_gib", lambda: 0.1)
    assert main(["predict", str(many), "--out", str(tmp_path / "a.csv")]) == 1
    told = capsys.readouterr().err
    assert "error: 40 sites of 80 atoms need about 0.5 GiB of memory, and 0.1 GiB are free." in told
    assert "--sites" in told
    assert not (tmp_path / "a.csv").exists()


def test_memory_grows_with_sites_and_energies():
    assert 1.5 < size_told.memory_needed_gib(50_000, 25_000, 251) < 4.0
    assert size_told.memory_needed_gib(200_000, 200_000, 1000) > 50


def test_a_molecule_beyond_the_engine_is_refused_at_once(many, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(limits, "memory_available_gib", lambda: 0.1)
    assert main(["compute", str(many), "--edge", "C", "--out", str(tmp_path / "c")]) == 1
    assert "GiB of memory" in capsys.readouterr().err
