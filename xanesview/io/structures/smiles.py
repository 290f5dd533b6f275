"""SMILES strings read with RDKit, whatever somebody typed or a file holds."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from rdkit import Chem, rdBase

from xanesview.limits import LONGEST_SMILES

_MOST_CHARGE = 12


@contextlib.contextmanager
def quiet_rdkit() -> Iterator[None]:
    """Keep RDKit from writing to the terminal what the caller tells in its own words."""
    with rdBase.BlockLogs():
        yield


def parsed_smiles(smiles: str, sanitize: bool = True) -> Chem.Mol | None:
    """Return the molecule of a SMILES string, or None where it is none, as of charges that no atom has.

    RDKit reads no further than to a letter that it doesn't know, and ends the process with a very long string, so it
    gets neither.
    """
    if len(smiles) > LONGEST_SMILES or not (smiles.isascii() and smiles.isprintable()):
        return None
    parameters = Chem.SmilesParserParams()
    parameters.sanitize = sanitize
    with quiet_rdkit():
        molecule = Chem.MolFromSmiles(smiles, parameters)
    if molecule is not None and any(abs(atom.GetFormalCharge()) > _MOST_CHARGE for atom in molecule.GetAtoms()):
        return None
    return molecule
