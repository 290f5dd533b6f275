"""Without the extra packages each use ends in one sentence that names the extra."""

from __future__ import annotations

import importlib
import sys

import pytest

from xanesview.cli.main import main
from xanesview.errors import XanesviewError
from xanesview.reference.engine.gfn2 import gfn2_calculator


@pytest.fixture
def without_pyscf(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyscf", None)
    monkeypatch.delitem(sys.modules, "xanesview.reference.engine.pyscf_access", raising=False)
    yield
    monkeypatch.undo()
    importlib.import_module("xanesview.reference.engine.pyscf_access")


def test_compute_without_pyscf(without_pyscf, tmp_path, capsys):
    assert main(["compute", "--smiles", "C", "--out", str(tmp_path / "out"), "--processes", "1"]) == 1
    told = capsys.readouterr().err
    assert "pyscf" in told
    assert "abinitio" in told


def test_relaxation_without_tblite(monkeypatch):
    monkeypatch.setitem(sys.modules, "tblite.ase", None)
    monkeypatch.setitem(sys.modules, "tblite", None)
    with pytest.raises(XanesviewError, match="tblite") as told:
        gfn2_calculator()
    assert "--relax" in told.value.hint
