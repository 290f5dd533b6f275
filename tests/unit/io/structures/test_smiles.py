"""SMILES as anybody may type or send them."""

from __future__ import annotations

import os
import signal
import threading

import pytest
from rdkit.Chem import rdDistGeom

from xanesview.errors import XanesviewError
from xanesview.io.structures.embedding import structure_from_smiles
from xanesview.io.structures.smiles import parsed_smiles
from xanesview.limits import LONGEST_SMILES
from xanesview.reference.making.splits import constitution_key


@pytest.mark.parametrize("text", ["\u0421C", "C\u03bb", "C\u00a0CC", "C\u00e9", "C\0C", "C\x7f"])
def test_letters_that_no_smiles_has_are_refused_and_not_left_out(text):
    assert parsed_smiles(text) is None
    with pytest.raises(XanesviewError, match="is not a SMILES string"):
        structure_from_smiles(text)


def test_a_name_behind_a_smiles_may_have_any_letters():
    structure = structure_from_smiles("CCO  \u00e9thanol")
    assert (structure.formula, structure.name) == ("C2H6O", "\u00e9thanol")


@pytest.mark.parametrize("length", [LONGEST_SMILES + 1, 200_000])
def test_a_very_long_string_is_refused_before_a_library_recurses_into_it(length):
    text = "C" * length
    assert parsed_smiles(text) is None
    with pytest.raises(XanesviewError, match="characters; up to 4,000 are read"):
        structure_from_smiles(text)
    with pytest.raises(XanesviewError):
        constitution_key(text)


def test_unsanitised_molecules_are_left_as_they_are_written():
    assert parsed_smiles("CN(C)(C)(C)C") is None
    assert parsed_smiles("CN(C)(C)(C)C", sanitize=False).GetNumAtoms() == 6


@pytest.mark.parametrize("text", ["[C+9]", "[He+3]"])
def test_a_charge_beyond_all_electrons_is_refused(text):
    with pytest.raises(XanesviewError, match="to lose"):
        structure_from_smiles(text)


def test_ctrl_c_is_not_lost_while_a_geometry_is_built(monkeypatch):
    """RDKit takes the signal while it embeds, gives up, and the second way to embed would go on as if nothing was.

    It is asked more than once, as people do: in the moment in which RDKit looks for torsions, before it embeds, the
    signal is lost in it.
    """
    embed, is_over = rdDistGeom.EmbedMolecule, threading.Event()

    def ask():
        while not is_over.wait(0.1):
            os.kill(os.getpid(), signal.SIGINT)

    asking = threading.Thread(target=ask, daemon=True)

    def asked_to_end(molecule, parameters):
        if asking.ident is None:
            asking.start()
        try:
            return embed(molecule, parameters)
        finally:
            embedded.append(molecule)

    def asked(*_):
        is_over.set()
        raise KeyboardInterrupt

    embedded: list = []
    monkeypatch.setattr(rdDistGeom, "EmbedMolecule", asked_to_end)
    handler = signal.signal(signal.SIGINT, asked)
    try:
        with pytest.raises(KeyboardInterrupt):
            structure_from_smiles("C" * 80, force_field=False)  # long enough that the signal comes meanwhile
    finally:
        is_over.set()
        asking.join()
        signal.signal(signal.SIGINT, handler)
    assert len(embedded) < 3
