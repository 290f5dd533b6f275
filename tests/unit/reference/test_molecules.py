"""Molecules from SMILES, relaxed in three ways."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import xanesview
from xanesview.errors import XanesviewError
from xanesview.io.spectra.provenance import provenance
from xanesview.reference.engine import gfn2


def bond_angstrom(structure) -> float:
    return float(np.linalg.norm(structure.positions_angstrom[0] - structure.positions_angstrom[1]))


def test_each_way_is_another_geometry_and_says_so():
    found = {how: xanesview.from_smiles("N#N", how) for how in ("none", "mmff", "gfn2", None)}
    origins = {how: structure.geometry_origin for how, structure in found.items()}
    assert origins["none"] == "ETKDG embedding"
    assert origins["mmff"] == "MMFF94"
    assert origins["gfn2"].startswith("GFN2-xTB (before: MMFF94; rms 0.1")
    assert bond_angstrom(found["mmff"]) > 1.4 > 1.2 > bond_angstrom(found["gfn2"])
    assert found[None].content_hash == found["gfn2"].content_hash, "the default"
    assert provenance(found["gfn2"])["geometry_origin"] == origins["gfn2"]
    assert "geometry_origin" not in provenance(found["gfn2"].replace(geometry_origin=""))


@pytest.mark.parametrize(
    ("text", "name", "formula"), [("toluene", "toluene", "C7H8"), (" Acetic  acid ", "Acetic acid", "C2H4O2")]
)
def test_a_name_of_the_library_will_do_for_a_smiles(text, name, formula):
    built = xanesview.from_smiles(text, "none")
    assert (built.name, built.formula) == (name, formula)


@pytest.mark.parametrize(
    ("text", "hint"),
    [("tolune", "Did you mean toluene?"), ("methyltrioxorhenium", "Check the spelling"), ("Röntgenol", "Check the")],
)
def test_a_name_that_is_not_known_is_said_to_be_neither(text, hint):
    with pytest.raises(XanesviewError) as refused:
        xanesview.from_smiles(text, "none")
    assert refused.value.message == f"“{text}” is neither a SMILES string nor a name that is known."
    assert refused.value.hint.startswith(hint)


@pytest.mark.parametrize("text", ["C1CC(", "c1ccccc", "(C", "C(=", "[Xx]"])
def test_what_has_only_letters_of_a_smiles_is_told_of_as_one(text):
    with pytest.raises(XanesviewError, match="SMILES") as refused:
        xanesview.from_smiles(text, "none")
    assert "neither" not in refused.value.message


def test_a_file_is_relaxed_only_where_it_is_asked_for(tmp_path):
    path = tmp_path / "stretched.xyz"
    path.write_text("2\nnitrogen\nN 0 0 0\nN 0 0 1.3\n")
    read = xanesview.read(path)
    assert (bond_angstrom(read), read.geometry_origin) == (1.3, "")
    after = xanesview.relaxed(read)
    assert bond_angstrom(after) == pytest.approx(1.10, abs=0.02)
    assert after.geometry_origin == "GFN2-xTB (before: the file; rms 0.10 Å)"


def test_without_tblite_the_force_field_stays_and_a_notice_says_why(monkeypatch):
    monkeypatch.setitem(sys.modules, "tblite.ase", None)
    water = xanesview.from_smiles("O")
    assert water.geometry_origin == "MMFF94"
    (notice,) = water.notices
    assert notice.message.startswith("The geometry is that of MMFF94: ")
    assert "tblite" in notice.message
    assert notice.hint
    with pytest.raises(XanesviewError, match="tblite"):
        xanesview.from_smiles("O", "gfn2")


def test_what_cannot_be_relaxed_keeps_its_geometry_unless_asked_for_by_name():
    salt = xanesview.from_smiles("[Na+].[Cl-]")
    assert [notice.kind for notice in salt.notices] == ["fragments", "relaxation"]
    with pytest.raises(XanesviewError, match="separate parts"):
        xanesview.from_smiles("[Na+].[Cl-]", "gfn2")
    with pytest.raises(XanesviewError, match="no way to relax") as told:
        xanesview.from_smiles("C", "dft")
    assert "none, mmff, gfn2" in told.value.hint


def test_a_relaxation_that_takes_too_long_keeps_the_force_fields_geometry_and_says_so(monkeypatch):
    usual = gfn2.minimum
    monkeypatch.setattr(gfn2, "minimum", lambda *given: usual(*given[:-1], 0.0))
    for asked in (None, "gfn2"):
        ethanol = xanesview.from_smiles("CCO", asked)
        assert ethanol.geometry_origin == "MMFF94"
        (notice,) = ethanol.notices
        assert notice.message.startswith("The geometry is that of MMFF94: ")
        assert "takes too long" in notice.message
