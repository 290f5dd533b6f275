"""What molecules are called: the blocks of the library know them by numbers, people by names."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache

from xanesview.errors import XanesviewError
from xanesview.io.structures.minerals import mineral_of
from xanesview.paths import resource

TABLE = "names.tsv"
_GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon"}
_IN_SMILES = re.compile(r"\[[^\]]*\]?|Cl|Br|[BCNOPSFIbcnops\W\d_]")  # outside brackets no other letters are in one
_LONGEST_NAME = 80
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


def smiles_to_build(text: str) -> str:
    """Return the SMILES of what somebody typed, which may be the name of a molecule; a name stands behind its SMILES.

    Raises
    ------
    XanesviewError
        For letters that are in no SMILES and that the table doesn't know as a name; for minerals.
    """
    name = " ".join(text.split())
    if len(name) > _LONGEST_NAME:
        return text
    if (smiles := smiles_of(name)) is not None:
        return f"{smiles} {name}"
    if (mineral := mineral_of(name)) is not None:
        raise XanesviewError(mineral.sentence, mineral.hint)
    word = name.partition(" ")[0]  # of a SMILES string anything may stand behind it
    if not _IN_SMILES.sub("", word) or _is_smiles(word):
        return text
    near = difflib.get_close_matches(plain_name(name), _smiles_by_name(), n=1, cutoff=0.8)
    raise XanesviewError(
        f"“{name}” is neither a SMILES string nor a name that is known.",
        f"Did you mean {_table()[_smiles_by_name()[near[0]]][0]}?" if near else
        "Check the spelling, or type the molecule’s SMILES; benzene is c1ccccc1.",
    )  # fmt: skip


def with_name(smiles: str) -> str:
    """Return a SMILES with the molecule's name behind it where it has none there and the table knows one."""
    word, _, title = smiles.strip().partition(" ")
    names = () if title.strip() or not word else names_of(word)
    return f"{word} {names[0]}" if names else smiles


def _is_smiles(word: str) -> bool:
    from xanesview.io.structures.smiles import parsed_smiles

    return parsed_smiles(word, sanitize=False) is not None


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
