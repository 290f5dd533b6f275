"""Three dimensions from a SMILES string or a drawing: RDKit's ETKDG and the MMFF94 force field.

S. Riniker, G. A. Landrum, J. Chem. Inf. Model. 55 (2015) 2562; T. A. Halgren, J. Comput. Chem. 17 (1996) 490.
"""

from __future__ import annotations

import re
import signal

import numpy as np
from rdkit import Chem, Geometry
from rdkit.Chem import AllChem, rdDistGeom

from xanesview.domain.structure import FROM_SMILES, Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.checks import checked_structure
from xanesview.io.structures.smiles import parsed_smiles, quiet_rdkit
from xanesview.limits import LONGEST_SMILES

SEED = 20240501
EMBEDDING = "ETKDG embedding"
MAX_HEAVY_ATOMS = 120
"""Beyond it embedding alone takes longer than anybody waits for; its time grows with the third power."""
_BLANKS = re.compile(r"[ \t\r\n]+")  # no other blanks: one from a word processor stands inside a SMILES, not behind it
_MMFF_ROUNDS = (4, 500)
_MMFF_PAIRS = 60_000_000  # pairs of atoms times steps: some seconds
GAP_ANGSTROM = 4.0


def structure_from_smiles(smiles: str, seed: int = SEED, force_field: bool = True) -> Structure:
    """Return a molecule in three dimensions from its SMILES string.

    Hydrogens are added; the geometry is an ETKDG embedding relaxed with MMFF94, or with UFF (told in a notice) where
    MMFF94 lacks parameters, or the embedding itself without `force_field`; `Structure.geometry_origin` says which. The
    same string and seed give the same geometry. A flat molecule lies in the xy plane: the principal axes of the heavy
    atoms are turned to x, y, z.

    Raises
    ------
    XanesviewError
        If the string is no SMILES, is a fragment or query, or can't be embedded.
    """
    text = " ".join(_BLANKS.split(smiles)).strip()
    if not text:
        raise XanesviewError("The SMILES string is empty.", "Type one such as c1ccccc1 (benzene).")
    text, _, title = text.partition(" ")
    if len(text) > LONGEST_SMILES:
        raise XanesviewError(
            f"The SMILES string has {len(text):,} characters; up to {LONGEST_SMILES:,} are read.",
            "Open a file with the molecule's geometry instead.",
        )
    with quiet_rdkit():
        molecule = parsed_smiles(text, sanitize=False)
        if molecule is None:
            raise XanesviewError(
                f"“{text[:60]}” is not a SMILES string.", "Check brackets and ring numbers; benzene is c1ccccc1."
            )
        problems = Chem.DetectChemistryProblems(molecule)
        if problems:
            raise XanesviewError(
                f"The SMILES “{text[:60]}” is chemically impossible: {problems[0].Message().rstrip('.')}.",
                "Check valences, charges and aromatic atoms.",
            )
        Chem.SanitizeMol(molecule)
    if molecule.GetNumAtoms() == 0:
        raise XanesviewError("The SMILES string has no atoms.", "Type one such as c1ccccc1 (benzene).")
    canonical = Chem.MolToSmiles(molecule)
    built, notices = embedded(molecule, canonical, seed, force_field)
    numbers = [atom.GetAtomicNum() for atom in built.GetAtoms()]
    structure = checked_structure(
        numbers,
        _turned(np.array(numbers), built.GetConformer().GetPositions()),
        notices=notices,
        name=title or text[:60],
        charge=Chem.GetFormalCharge(built),
        multiplicity=1 + sum(atom.GetNumRadicalElectrons() for atom in built.GetAtoms()),
        smiles=canonical,
        typed_smiles=text,
        source=FROM_SMILES,
        geometry_origin=_force_fields(built) if force_field else EMBEDDING,
    )
    # A SMILES names every hydrogen; the double bonds of CO2 are so long with MMFF94 that some seem to be missing.
    told = tuple(notice for notice in structure.notices if notice.kind != "missing-hydrogens")
    return structure.replace(notices=told)


def embedded(
    molecule: Chem.Mol, name: str, seed: int = SEED, force_field: bool = True
) -> tuple[Chem.Mol, list[Notice]]:
    """Return the sanitised molecule with hydrogens and one conformer, relaxed with a force field, and notices on it.

    Raises
    ------
    XanesviewError
        For placeholders, for molecules too large to embed, or if embedding fails.
    """
    if any(atom.GetAtomicNum() == 0 for atom in molecule.GetAtoms()):
        raise XanesviewError(
            f"“{name[:60]}” contains a placeholder atom (*).", "Replace it by an element or by hydrogen."
        )
    if molecule.GetNumHeavyAtoms() > MAX_HEAVY_ATOMS:
        raise XanesviewError(
            f"The molecule has {molecule.GetNumHeavyAtoms()} heavy atoms; geometries are built for up to "
            f"{MAX_HEAVY_ATOMS}.",
            "Open a file with its geometry instead.",
        )
    with quiet_rdkit():
        parts = [_part(part, name, seed, force_field) for part in Chem.GetMolFrags(molecule, asMols=True)]
        if len(parts) == 1:
            return parts[0]
        full = _side_by_side([part for part, _ in parts])
    notices = list(dict.fromkeys(notice for _, told in parts for notice in told))
    notices.append(
        Notice(
            "fragments",
            f"“{name[:60]}” has {len(parts)} separate parts; they were put side by side, {GAP_ANGSTROM:g} Å apart.",
            "Predict the parts one by one, or open a file with their arrangement.",
        )
    )
    return full, notices


def _part(molecule: Chem.Mol, name: str, seed: int, force_field: bool) -> tuple[Chem.Mol, list[Notice]]:
    """Return one connected molecule with hydrogens and a conformer."""
    full = Chem.AddHs(molecule)
    if not _embed(full, seed):
        raise XanesviewError(
            f"No 3D geometry could be built for “{name[:60]}”.",
            "Its ring system or stereochemistry may be impossible; open a file with its geometry instead.",
        )
    return full, _relax(full) if force_field and full.GetNumAtoms() > 1 else []


def _side_by_side(parts: list[Chem.Mol]) -> Chem.Mol:
    """Return the parts as one molecule along x: a force field would pull ions of opposite charge into each other."""
    combined, right = parts[0], parts[0].GetConformer().GetPositions()[:, 0].max()
    for part in parts[1:]:
        x = part.GetConformer().GetPositions()[:, 0]
        shift = float(right - x.min() + GAP_ANGSTROM)
        combined = Chem.CombineMols(combined, part, Geometry.Point3D(shift, 0.0, 0.0))
        right = x.max() + shift
    return combined


def _embed(molecule: Chem.Mol, seed: int) -> bool:
    parameters = rdDistGeom.ETKDGv3()
    parameters.randomSeed = seed
    parameters.maxIterations = 200
    if embed_once(molecule, parameters):
        return True
    parameters.useRandomCoords = True  # cages and macrocycles
    return embed_once(molecule, parameters)


def embed_once(molecule: Chem.Mol, parameters: rdDistGeom.EmbedParameters) -> bool:
    """Embed, and pass Ctrl+C on: while RDKit embeds it takes the signal itself, and ends as if it had found nothing.

    A molecule that has no geometry fails at every attempt, or before the first, and does so again. ``parameters`` count
    their failures (``trackFailures``) from now on.
    """
    parameters.trackFailures = True
    if rdDistGeom.EmbedMolecule(molecule, parameters) == 0:
        return True
    attempts = sum(parameters.GetFailureCounts())
    if attempts >= parameters.maxIterations:
        return False
    if attempts:
        signal.raise_signal(signal.SIGINT)
    is_embedded = rdDistGeom.EmbedMolecule(molecule, parameters) == 0  # of a window, which ends in good order
    if not attempts and (is_embedded or sum(parameters.GetFailureCounts())):
        signal.raise_signal(signal.SIGINT)
    return is_embedded


def _relax(molecule: Chem.Mol) -> list[Notice]:
    """Relax in place; return a notice where the better force field could not be used or did not finish."""
    if AllChem.MMFFHasAllMoleculeParams(molecule):
        rounds, steps = _MMFF_ROUNDS
        steps = min(steps, _MMFF_PAIRS // (rounds * molecule.GetNumAtoms() ** 2))
        for _ in range(rounds):
            if AllChem.MMFFOptimizeMolecule(molecule, maxIters=steps) == 0:
                return []
        return [_unfinished("MMFF94")]
    if not AllChem.UFFHasAllMoleculeParams(molecule):
        return [
            Notice(
                "force-field",
                "Neither MMFF94 nor UFF knows an element of this molecule; the geometry is a raw embedding.",
                "Open a relaxed geometry for a quantitative spectrum.",
            )
        ]
    done = AllChem.UFFOptimizeMolecule(molecule, maxIters=2000) == 0
    notice = Notice(
        "force-field",
        "MMFF94 lacks parameters for this molecule; the geometry was relaxed with UFF, which is rougher.",
        "Open a relaxed geometry for a quantitative spectrum.",
    )
    return [notice] if done else [notice, _unfinished("UFF")]


def _force_fields(molecule: Chem.Mol) -> str:
    """Return in words what relaxed the parts of a molecule, as `_relax` chose."""
    used = {}
    with quiet_rdkit():
        for part in Chem.GetMolFrags(molecule, asMols=True):
            if part.GetNumAtoms() > 1:
                mmff, uff = AllChem.MMFFHasAllMoleculeParams(part), AllChem.UFFHasAllMoleculeParams(part)
                used["MMFF94" if mmff else "UFF" if uff else EMBEDDING] = None
    return " and ".join(used)


def _unfinished(force_field: str) -> Notice:
    return Notice(
        "force-field",
        f"The relaxation with {force_field} did not converge; the geometry may be strained.",
        "Open a relaxed geometry for a quantitative spectrum.",
    )


def _turned(numbers: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Return positions (N, 3) with the principal axes of the heavy atoms along x, y, z, the centre at the origin."""
    heavy = numbers > 1 if np.count_nonzero(numbers > 1) > 2 else np.ones(len(numbers), bool)
    centred = positions - positions[heavy].mean(axis=0)
    if len(positions) < 3:
        return centred
    _, _, axes = np.linalg.svd(centred[heavy], full_matrices=True)
    for k in range(2):  # the sign of an axis is arbitrary; fixing it keeps the geometry the same everywhere
        largest = np.argmax(np.abs(axes[k]))
        axes[k] *= np.sign(axes[k, largest])
    axes[2] = np.cross(axes[0], axes[1])  # a rotation, never a reflection: handedness is chemistry
    return centred @ axes.T
