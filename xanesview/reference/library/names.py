"""What molecules are called: the blocks of the library know them by numbers, people by names."""

from __future__ import annotations

from functools import lru_cache

from xanesview.errors import XanesviewError
from xanesview.paths import resource

TABLE = "names.tsv"
_GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon"}
_LEFT_OUT = str.maketrans({" ": "", "-": "", "\u2010": "", "\u2011": "", "\u2013": "", "’": "'", "′": "'"})


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[str, ...]]:
    try:
        lines = resource("reference", TABLE).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise XanesviewError("The table of names is missing.", "Install xanesview again.") from error
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {smiles: tuple(names) for smiles, *names in rows}


@lru_cache(maxsize=1)
def _smiles_by_name() -> dict[str, str]:
    return {plain_name(name): smiles for smiles, names in _table().items() for name in names}


def plain_name(name: str) -> str:
    """Return a name as names are compared: small letters, without the spaces and hyphens that people set as they like.

    Greek letters are spelt out and primes are apostrophes, as in the table.
    """
    for letter, word in _GREEK.items():
        name = name.replace(letter, word)
    return name.casefold().translate(_LEFT_OUT)


def smiles_of(name: str) -> str | None:
    """Return the SMILES of a molecule that the table knows by this name, in the library or not; None for others."""
    return _smiles_by_name().get(plain_name(name))


@lru_cache(maxsize=20_000)
def names_of(smiles: str) -> tuple[str, ...]:
    """Return the names of a molecule, the one to show first; none for a molecule that the table lacks.

    Stereoisomers share their names, as the spectra of the library name no stereochemistry.
    """
    from rdkit import Chem

    from xanesview.io.structures.smiles import parsed_smiles, quiet_rdkit

    with quiet_rdkit():
        molecule = parsed_smiles(smiles)
        if molecule is None:
            return ()
        Chem.RemoveStereochemistry(molecule)
        return _table().get(Chem.MolToSmiles(molecule), ())
