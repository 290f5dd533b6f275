"""Files that announce more than they hold: refused, or told of, before anything is made of the numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from xanesview.errors import XanesviewError
from xanesview.io.structures import drawings
from xanesview.io.structures.registry import read_structure

V3000 = (
    "\n x\n\n{version}\nM  V30 BEGIN CTAB\nM  V30 {counts}\nM  V30 BEGIN ATOM\nM  V30 1 C 0 0 0 0\n"
    "M  V30 END ATOM\nM  V30 END CTAB\nM  END\n"
)
LINE_4 = "  0  0  0     0  0            999 V3000"


@pytest.mark.parametrize("suffix", ["mol", "sdf"])
@pytest.mark.parametrize(
    "counts",
    [
        "COUNTS 220000000 0 0 0 0", "COUNTS 1 99999999 0 0 0", "COUNTS 1 0 99999999 0 0", "COUNTS -5 0 0 0 0",
        "counts 220000000 0 0 0 0", "COUN-\nM  V30 TS 220000000 0 0 0 0", "COUNTS -\nM  V30 220000000 0 0 0 0",
    ],
)  # fmt: skip
def test_counts_of_a_new_molfile_are_checked_before_memory_is_taken(tmp_path, monkeypatch, suffix, counts):
    monkeypatch.setattr(drawings, "parsed", lambda block: pytest.fail("RDKit would take the memory"))
    path = tmp_path / f"a.{suffix}"
    path.write_text(V3000.format(version=LINE_4, counts=counts))
    with pytest.raises(XanesviewError, match="announces"):
        read_structure(path)


def test_counts_of_a_new_molfile_are_checked_behind_an_old_version_too(tmp_path, monkeypatch):
    monkeypatch.setattr(drawings, "parsed", lambda block: pytest.fail("RDKit would take the memory"))
    path = tmp_path / "a.mol"
    path.write_text("  0  0 V2000" + V3000.format(version=LINE_4, counts="COUNTS 220000000 0 0 0 0"))
    with pytest.raises(XanesviewError, match="announces"):
        read_structure(path)


def test_mol2_that_is_cut_off_is_refused(tmp_path):
    path = tmp_path / "a.mol2"
    path.write_text("@<TRIPOS>MOLECULE\nx\n 3 2 1\nSMALL\n\n@<TRIPOS>ATOM\n1 C1 0 0 0 C.3\n2 O1 1.2 0 0 O.2\n")
    with pytest.raises(XanesviewError, match="announces 3 atoms but holds 2"):
        read_structure(path)


@pytest.mark.parametrize("asked", [None, 0])
def test_trajectory_that_ends_amid_a_structure_says_so(tmp_path: Path, asked: int | None):
    path = tmp_path / "a.xyz"
    path.write_text("2\n\nC 0 0 0\nO 1.1 0 0\n2\n\nC 0 0 0\n")
    told = [notice.kind for notice in read_structure(path, asked).notices]
    assert ("cut-off" in told) == (asked is None)
