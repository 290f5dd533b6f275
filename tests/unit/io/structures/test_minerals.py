"""Minerals are known where molecules are named, and never taken for SMILES."""

from __future__ import annotations

import pytest

from xanesview.errors import XanesviewError
from xanesview.io.examples import find_example
from xanesview.io.structures.minerals import _BY_NAME, mineral_of
from xanesview.reference.library.names import smiles_of, smiles_to_build


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("hematite", "Hematite"), ("  Magnetite ", "Magnetite"), ("WÜSTITE", "Wustite"), ("FeO", "Wustite"),
        ("Fe2O3", "Hematite"), ("Fe₂O₃", "Hematite"), ("TiO2", "Rutile"), ("zinc oxide", "Zincite"),
        ("quartz", "Quartz"), ("benzene", None), ("COO", None), ("NIO", None), ("", None),
    ],
)  # fmt: skip
def test_names_and_formulas_of_minerals(typed, name):
    found = mineral_of(typed)
    assert (None if found is None else found.name) == name


@pytest.mark.parametrize("mineral", _BY_NAME.values(), ids=lambda one: one.name)
def test_each_says_where_a_structure_of_it_is(mineral):
    if mineral.example:
        formula = find_example(mineral.example)  # it is there
        assert formula.path.is_file()
    if smiles_of(mineral.name) is None:
        with pytest.raises(XanesviewError, match="is a crystal") as told:
            smiles_to_build(mineral.name)
        assert (mineral.example or "CIF") in told.value.hint
