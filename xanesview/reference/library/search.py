"""Search in the library: by name, formula, SMILES, InChIKey, and by similarity of surroundings and composition."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem, DataStructs
from rdkit.Chem import rdFingerprintGenerator
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from xanesview.errors import XanesviewError
from xanesview.io.spectra.stick_file import StickEntry
from xanesview.io.structures.smiles import parsed_smiles, quiet_rdkit
from xanesview.reference.library.library import Library
from xanesview.reference.library.names import names_of, plain_name, smiles_of

_INCHI_KEY = re.compile(r"[A-Z]{14}(-[A-Z]{10}(-[A-Z])?)?")
_FORMULA = re.compile(r"([A-Z][a-z]?\d*)+")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


@dataclass(frozen=True)
class Found:
    """An entry that answers a search: how (``why``) and how well (``score``, 1 is best)."""

    entry: StickEntry
    why: str
    score: float


def search(library: Library, text: str, most: int = 200) -> list[Found]:
    """Return the entries that answer a text, best first; undisplaced ones before displaced ones of the same rank.

    The text may be a name or part of one (spaces, hyphens and capitals don't count), a formula in any order, a SMILES
    (the molecule itself however it is written, then molecules that contain it) or an InChIKey or its first block.
    """
    words = text.strip().translate(_SUBSCRIPTS)
    if not words:
        return []
    tests = [test for test in (_named(words), _of_formula(words), _of_key(words), _of_smiles(words)) if test]
    found = []
    for entry in library.entries:
        answers = [answer for test in tests if (answer := test(entry)) is not None]
        if answers:
            score, why = max(answers)
            found.append(Found(entry, why, score))
    return _ranked(found)[:most]


def similar(library: Library, molecule: str, most: int = 50) -> list[Found]:
    """Return the entries most like a molecule, best first.

    The score is the mean of two Tanimoto similarities, of how often each surroundings of an atom occur (counted Morgan
    fingerprints of radius 2) and of the shares that the elements have of the atoms but hydrogen: by its bonds alone
    methylbenzene is as near to phenol as to ethylbenzene, whose carbons absorb like its own.

    Parameters
    ----------
    library : Library
    molecule : str
        Its SMILES, or a name that the table of names knows.
    most : int, optional

    Raises
    ------
    XanesviewError
        If it is neither.
    """
    smiles = smiles_of(molecule) or molecule
    wanted = _fingerprint(smiles)
    if wanted is None:
        raise XanesviewError(
            f"“{molecule[:60]}” is not a SMILES string, nor a name that is known.", "Benzene is c1ccccc1."
        )
    found = []
    for entry in library.entries:
        own = _fingerprint(entry.smiles)
        if own is not None:
            alike = DataStructs.TanimotoSimilarity(wanted, own)
            score = 0.5 * (alike + _shares_alike(_composition(smiles), _composition(entry.smiles)))
            found.append(Found(entry, f"{100 * score:.0f} % alike", score))
    return _ranked([one for one in found if one.score > 0])[:most]


def lacking(library: Library, text: str) -> str | None:
    """Return one sentence where the library has no spectrum of a molecule, at any edge or at one of its elements.

    `text` is a name that is known or a SMILES string; None for all else, and where there is nothing to tell.
    """
    from xanesview.reference.library.first_data import split_elsewhere
    from xanesview.reference.making.splits import HIDDEN, constitution_key, split_of

    named = smiles_of(text)
    smiles = named or text.strip()
    molecule = _molecule(smiles)
    if molecule is None or not molecule.GetNumAtoms():
        return None
    canonical, formula = _canonical(smiles), _composition(smiles)
    own = {e.element for e in library.entries if _counts(e.formula) == formula and _canonical(e.smiles) == canonical}
    edges = [edge for edge in library.edges() if edge.split()[0] in formula and edge.split()[0] not in own]
    if not edges:
        return None
    name = text.strip() if named else next(iter(names_of(smiles)), text.strip())
    if split_of(smiles) == HIDDEN and (split := split_elsewhere(constitution_key(smiles))):
        done = {"train": "learnt from it", "val": "were chosen by it", "test": "are tested with it"}[split]
        return (
            f"The library has no {' or '.join(edges)} spectrum of {name}; networks of the C K-edge {done}, in data "
            f"that don't come with the program."
        )
    if split_of(smiles) == HIDDEN:
        return (
            f"{name} is kept aside to test networks with: no network learns from it, and the library has no "
            f"{' or '.join(edges)} spectrum of it."
        )
    return None if own else f"The library has no spectrum of {name}."


def _ranked(found: list[Found]) -> list[Found]:
    return sorted(found, key=lambda f: (-f.score, f.entry.is_displaced, len(f.entry.smiles), f.entry.name))


def _named(words: str):
    wanted = plain_name(words)

    def test(entry: StickEntry) -> tuple[float, str] | None:
        names = _plain_names(entry.name, entry.smiles)
        if wanted in names:
            return 1.0, "name"
        if len(wanted) < 2 or not any(wanted in name for name in names):
            return None
        return (0.8 if any(name.startswith(wanted) for name in names) else 0.7), "name"

    return test


@lru_cache(maxsize=20_000)
def _plain_names(own: str, smiles: str) -> tuple[str, ...]:
    return tuple(plain_name(name) for name in (own, *names_of(smiles)))


def _of_formula(words: str):
    wanted = _counts(words)
    if wanted is None:
        return None
    return lambda entry: (0.95, "formula") if _counts(entry.formula) == wanted else None


def _counts(formula: str) -> dict[str, int] | None:
    """Count the atoms of a formula, in whatever order it names them."""
    if not _FORMULA.fullmatch(formula):
        return None
    counts: dict[str, int] = {}
    for symbol, number in re.findall(r"([A-Z][a-z]?)(\d*)", formula):
        counts[symbol] = counts.get(symbol, 0) + int(number or 1)
    return counts


def _of_key(words: str):
    if not _INCHI_KEY.fullmatch(words):
        return None
    # the library's SMILES name no stereochemistry, so the first block is all that can be compared
    return lambda entry: (1.0, "InChIKey") if _key(entry.smiles)[:14] == words[:14] else None


def _of_smiles(words: str):
    with quiet_rdkit():
        wanted = parsed_smiles(words)
    if wanted is None or wanted.GetNumAtoms() == 0:
        return None
    Chem.RemoveStereochemistry(wanted)  # the library's molecules are of one constitution, whatever their SMILES name
    canonical = Chem.MolToSmiles(wanted)

    def test(entry: StickEntry) -> tuple[float, str] | None:
        own = _molecule(entry.smiles)
        if own is None:
            return None
        if _canonical(entry.smiles) == canonical:
            return 1.0, "the molecule"
        if wanted.GetNumAtoms() < 2 or not own.HasSubstructMatch(wanted):
            return None
        return 0.5 * wanted.GetNumAtoms() / own.GetNumAtoms(), "contains it"

    return test


@lru_cache(maxsize=20_000)
def _molecule(smiles: str) -> Chem.Mol | None:
    with quiet_rdkit():
        return parsed_smiles(smiles)


@lru_cache(maxsize=20_000)
def _canonical(smiles: str) -> str:
    flat = Chem.Mol(_molecule(smiles))
    Chem.RemoveStereochemistry(flat)
    return Chem.MolToSmiles(flat)


@lru_cache(maxsize=20_000)
def _key(smiles: str) -> str:
    molecule = _molecule(smiles)
    with quiet_rdkit():
        return "" if molecule is None else Chem.MolToInchiKey(molecule)


@lru_cache(maxsize=20_000)
def _fingerprint(smiles: str) -> DataStructs.UIntSparseIntVect | None:
    molecule = _molecule(smiles)
    return None if molecule is None else _generator().GetCountFingerprint(molecule)


@lru_cache(maxsize=20_000)
def _composition(smiles: str) -> dict[str, int]:
    """Count the atoms of a molecule, hydrogens among them."""
    return _counts(re.sub(r"[+-]\d*$", "", CalcMolFormula(_molecule(smiles)))) or {}


def _shares_alike(one: dict[str, int], other: dict[str, int]) -> float:
    shares = []
    for counts in (one, other):
        heavy = {symbol: number for symbol, number in counts.items() if symbol != "H"}
        shares.append({symbol: number / sum(heavy.values()) for symbol, number in heavy.items()})
    both = [(shares[0].get(symbol, 0.0), shares[1].get(symbol, 0.0)) for symbol in shares[0].keys() | shares[1].keys()]
    return sum(map(min, both)) / sum(map(max, both)) if both else 0.0


@lru_cache(maxsize=1)
def _generator() -> rdFingerprintGenerator.FingerprintGenerator64:
    return rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
