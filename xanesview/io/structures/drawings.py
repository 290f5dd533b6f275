"""From a table of bonds to a molecule in three dimensions: flat drawings are built, missing hydrogens added.

A molecule editor or database that saves a drawing writes plane coordinates on a scale of its own (bonds of 0.8 to 1.6,
hydrogens at 0.6), with or without all hydrogens; what the file says of its dimension is often wrong. A molecule is
taken as drawn if it lies in the plane and its bonds or its angles are not those of a molecule.
"""

from __future__ import annotations

import numpy as np
from rdkit import Chem

from xanesview.domain.counts import counted
from xanesview.domain.structure import COVALENT_RADII_ANGSTROM, Notice
from xanesview.errors import XanesviewError
from xanesview.io.structures.embedding import embedded
from xanesview.io.structures.smiles import quiet_rdkit

_FLAT_ANGSTROM = 1e-3
_TYPICAL = {True: (0.8, 1.25), False: (0.85, 1.18)}
"""Bonds of a molecule, to hydrogen or not, in units of the sum of the covalent radii (less for double bonds)."""
_SHORTENING = {1.0: 1.0, 1.5: 0.92, 2.0: 0.87, 3.0: 0.78}
_FULL_NEIGHBOURS = 4  # an atom with four bonds to others is nowhere flat but at metals


def parsed(block: str) -> Chem.Mol | None:
    """Return the molecule of a MOL block as it stands, or None where RDKit finds none."""
    with quiet_rdkit():
        try:
            return Chem.MolFromMolBlock(block, sanitize=False, removeHs=False, strictParsing=False)
        except (RuntimeError, ValueError, OverflowError):  # inconsistent V3000 blocks
            return None


def completed(name: str, molecule: Chem.Mol) -> tuple[Chem.Mol, list[Notice]]:
    """Return the molecule in three dimensions with its hydrogens, and what was done for it.

    Parameters
    ----------
    name : of the file
    molecule : with one conformer, not sanitised

    Raises
    ------
    XanesviewError
        If it is a drawing that can't be built.
    """
    with quiet_rdkit():
        sane = _sanitized(molecule)
        missing = 0 if sane is None else sum(a.GetNumImplicitHs() + a.GetNumExplicitHs() for a in sane.GetAtoms())
        drawn = molecule.GetNumAtoms() > 1 and _is_drawn(molecule, missing)
        if sane is None and drawn:
            raise XanesviewError(
                f"{name} is a flat drawing whose bonds give some atom an impossible valence.",
                "Correct bonds and charges in a molecule editor, or open a 3D geometry.",
            )
        if sane is None:
            return molecule, [
                Notice(
                    "valence",
                    "The bonds of the file give some atom an impossible valence; only the positions were used.",
                    "Check bonds and charges in a molecule editor.",
                )
            ]
        if drawn:
            return _built(name, sane)
        if not missing:
            return sane, []
        return Chem.AddHs(sane, addCoords=True), [
            Notice(
                "missing-hydrogens",
                f"The file leaves out {counted(missing, 'hydrogen; it was', 'hydrogens; they were')} "
                "added at standard positions.",
                "Open a file with all hydrogens to decide where they are.",
            )
        ]


def smiles_of(molecule: Chem.Mol) -> str | None:
    """Return the canonical SMILES without hydrogens, or None for impossible valences."""
    with quiet_rdkit():
        plain = _sanitized(molecule)
        return Chem.MolToSmiles(Chem.RemoveHs(plain, sanitize=False)) if plain is not None else None


def _built(name: str, molecule: Chem.Mol) -> tuple[Chem.Mol, list[Notice]]:
    """Return a molecule built from the bonds of a drawing, with the handedness that its wedges tell."""
    Chem.AssignChiralTypesFromBondDirs(molecule)
    Chem.DetectBondStereochemistry(molecule)
    Chem.AssignStereochemistry(molecule, cleanIt=True, force=True)
    try:
        built, notices = embedded(molecule, Chem.MolToSmiles(Chem.RemoveHs(molecule)))
    except RuntimeError as error:  # bonds of no order: coordination, "any", hydrogen bonds
        raise XanesviewError(
            f"{name} is a flat drawing, and some of its bonds are of no kind that a 3D geometry can be built from.",
            "Draw them as single bonds, or open a 3D geometry.",
        ) from error
    return built, [
        Notice(
            "flat-drawing",
            f"{name} is a flat drawing; a 3D geometry was built from its bonds.",
            "Open a relaxed 3D geometry for a quantitative spectrum.",
        ),
        *notices,
    ]


def _is_drawn(molecule: Chem.Mol, missing: int) -> bool:
    """Tell a drawing from a molecule that is flat: hydrogens left out, bonds of other lengths, or flat sp³ atoms."""
    if not molecule.GetNumConformers():
        return True
    positions = molecule.GetConformer().GetPositions()
    if np.ptp(positions[:, 2]) > _FLAT_ANGSTROM:
        return False
    if missing or not np.ptp(positions, axis=0).any():
        return True
    numbers = np.array([atom.GetAtomicNum() for atom in molecule.GetAtoms()])
    pairs = np.array([(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in molecule.GetBonds()]).reshape(-1, 2)
    if not len(pairs):
        return not molecule.GetConformer().Is3D()
    first, second = pairs.T
    shortening = np.array([_SHORTENING.get(bond.GetBondTypeAsDouble(), 1.0) for bond in molecule.GetBonds()])
    usual = (COVALENT_RADII_ANGSTROM[numbers[first]] + COVALENT_RADII_ANGSTROM[numbers[second]]) * shortening
    relative = np.linalg.norm(positions[first] - positions[second], axis=1) / usual
    to_hydrogen = (numbers[first] == 1) | (numbers[second] == 1)
    for kind, (shortest, longest) in _TYPICAL.items():  # some drawings have hydrogens on a scale of their own
        some = relative[to_hydrogen == kind]
        if len(some) and not shortest < np.median(some) < longest:
            return True
    return any(
        atom.GetDegree() == _FULL_NEIGHBOURS and atom.GetAtomicNum() in (6, 7, 14, 15) for atom in molecule.GetAtoms()
    )


def _sanitized(molecule: Chem.Mol) -> Chem.Mol | None:
    copy = Chem.Mol(molecule)
    failed = Chem.SanitizeMol(copy, catchErrors=True)
    return None if failed != Chem.SanitizeFlags.SANITIZE_NONE else copy
