"""MOL and SDF files, read by RDKit; flat drawings become 3D, missing hydrogens are added, and notices say so."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from rdkit import Chem

from xanesview.domain.structure import Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.checks import checked_structure, deuterium_notice, frames_notice
from xanesview.io.structures.elements import atomic_number
from xanesview.io.structures.embedding import embedded, quiet_rdkit
from xanesview.io.text_file import number


def read_molfile(path: Path, text: str) -> Structure:
    """Return the first molecule of a MOL (V2000, V3000) or SDF file.

    Raises
    ------
    XanesviewError
        If the file is damaged or holds query atoms or R groups.
    """
    records = [record for record in re.split(r"^\$\$\$\$.*$", text, flags=re.MULTILINE) if record.strip()]
    block = records[0].lstrip("\n") if records[0].startswith("\n\n\n\n") else records[0]
    if len(records) > 1 and not block.endswith("\n"):
        block += "\n"
    _check_atom_lines(path, block)
    with quiet_rdkit():
        molecule = Chem.MolFromMolBlock(block, sanitize=False, removeHs=False, strictParsing=False)
    if molecule is None:
        raise XanesviewError(
            f"{path.name} is not a complete MOL file.", "It may be cut off; export it again from the molecule editor."
        )
    if molecule.GetNumAtoms() == 0:
        raise XanesviewError(f"{path.name} has no atoms.", "Choose a file with at least one atom.")
    heavy = 0
    for atom in molecule.GetAtoms():
        atomic_number(atom.GetSymbol(), f"Atom {atom.GetIdx()} of {path.name}")
        heavy += atom.GetAtomicNum() == 1 and atom.GetIsotope() > 1
    molecule, notices = _complete(path, molecule)
    title = block.split("\n", 1)[0].strip()
    return checked_structure(
        [atom.GetAtomicNum() for atom in molecule.GetAtoms()],
        molecule.GetConformer().GetPositions(),
        notices=[*frames_notice(len(records), "first"), *notices, *deuterium_notice(heavy)],
        name=title[:60] or path.stem,
        charge=Chem.GetFormalCharge(molecule),
        smiles=_smiles(molecule),
        source=str(path),
    )


def _check_atom_lines(path: Path, block: str) -> None:
    """Find broken coordinates of a V2000 block before RDKit, which reads NaN and cuts numbers without a word."""
    lines = block.split("\n")
    counts = next((k for k, line in enumerate(lines[:6]) if "V2000" in line or "V3000" in line), None)
    if counts is None:
        raise XanesviewError(
            f"{path.name} has no V2000 or V3000 line, as MOL files have.",
            "Export it again from the molecule editor as MOL or SDF.",
        )
    if "V3000" in lines[counts]:
        return
    word = lines[counts][:3].strip()
    if not word.isdigit():
        raise XanesviewError(f"Line {counts + 1} of {path.name} has no number of atoms.", "Export the file again.")
    for k in range(int(word)):
        at = counts + 1 + k
        line = lines[at] if at < len(lines) else ""
        if len(line.rstrip()) < 32:
            raise XanesviewError(
                f"{path.name} announces {word} atoms but holds {k}.", "The file is cut off, or its counts are wrong."
            )
        for x in (0, 10, 20):
            number(line[x:x + 10].strip(), f"Line {at + 1} of {path.name}: a coordinate")


def _complete(path: Path, molecule: Chem.Mol) -> tuple[Chem.Mol, list[Notice]]:
    """Return the molecule in three dimensions with its hydrogens."""
    notices = []
    with quiet_rdkit():
        sane = _sanitized(molecule)
    if sane is None:
        return molecule, [
            Notice(
                "valence",
                "The bonds of the file give some atom an impossible valence; only the positions were used.",
                "Check bonds and charges in a molecule editor.",
            )
        ]
    missing = sum(atom.GetNumImplicitHs() + atom.GetNumExplicitHs() for atom in sane.GetAtoms())
    positions = sane.GetConformer().GetPositions() if sane.GetNumConformers() else np.zeros((0, 3))
    flat = not len(positions) or (not sane.GetConformer().Is3D() and np.ptp(positions[:, 2]) < 1e-3)
    if flat and sane.GetNumAtoms() > 1 and _drawn(sane, positions, missing):
        built, notices = embedded(sane, Chem.MolToSmiles(Chem.RemoveHs(sane)))
        return built, [
            Notice(
                "flat-drawing",
                f"{path.name} is a flat drawing; a 3D geometry was built from its bonds.",
                "Open a relaxed 3D geometry for a quantitative spectrum.",
            ),
            *notices,
        ]
    if missing:
        sane = Chem.AddHs(sane, addCoords=True)
        notices.append(
            Notice(
                "missing-hydrogens",
                f"The file leaves out {missing} hydrogens; they were added at standard positions.",
                "Open a file with all hydrogens to decide where they are.",
            )
        )
    return sane, notices


def _drawn(molecule: Chem.Mol, positions: np.ndarray, missing: int) -> bool:
    """Tell a drawing from a planar molecule: drawings leave hydrogens out or have bonds of about 1.5 Å to them."""
    if missing or not len(positions):
        return True
    lengths = [
        np.linalg.norm(positions[bond.GetBeginAtomIdx()] - positions[bond.GetEndAtomIdx()])
        for bond in molecule.GetBonds()
        if 1 in (bond.GetBeginAtom().GetAtomicNum(), bond.GetEndAtom().GetAtomicNum())
    ]
    return bool(lengths) and float(np.median(lengths)) > 1.25


def _sanitized(molecule: Chem.Mol) -> Chem.Mol | None:
    copy = Chem.Mol(molecule)
    failed = Chem.SanitizeMol(copy, catchErrors=True)
    return None if failed != Chem.SanitizeFlags.SANITIZE_NONE else copy


def _smiles(molecule: Chem.Mol) -> str | None:
    with quiet_rdkit():
        plain = _sanitized(molecule)
        return Chem.MolToSmiles(Chem.RemoveHs(plain, sanitize=False)) if plain is not None else None
