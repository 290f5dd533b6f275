"""Conformers of a SMILES: embedded many times with ETKDG, relaxed with MMFF94, each different one kept once.

S. Riniker, G. A. Landrum, J. Chem. Inf. Model. 55 (2015) 2562; T. A. Halgren, J. Comput. Chem. 17 (1996) 490.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rdkit import Chem, Geometry
from rdkit.Chem import AllChem, rdDistGeom

from xanesview.domain.counts import counted
from xanesview.domain.ranking.conformer_set import different
from xanesview.domain.structure import Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.embedding import SEED, structure_from_smiles
from xanesview.io.structures.smiles import parsed_smiles, quiet_rdkit

MOST = 20
#: So many embeddings are tried for each conformer that is wanted, since many come out alike, and this many at least.
_TRIES, _LEAST_TRIES = 6, 60
_EV_PER_KCAL = 0.0433641
#: A force field ends a relaxation earlier: energies that differ by less are alike, eV.
_SAME_EV = 0.01


@dataclass(frozen=True, eq=False)
class Embedded:
    """Conformers before they are relaxed further.

    Attributes
    ----------
    structures : tuple of Structure
        Lowest energy of the force field first; their atoms in one order.
    has_mirror_image : bool
        Whether the mirror image of a conformer is one of the same molecule: it has no stereocentres, or is meso.
    """

    structures: tuple[Structure, ...]
    has_mirror_image: bool


def embedded_conformers(smiles: str, most: int = MOST, seed: int = SEED) -> Embedded:
    """Return up to so many different conformers of a molecule, those of the lowest energy.

    A SMILES that leaves stereocentres open stands for several molecules; conformers are of the one whose conformer has
    the lowest energy, and a notice says so.

    Raises
    ------
    XanesviewError
        As `structure_from_smiles`, and for a SMILES of several parts.
    """
    single = structure_from_smiles(smiles, seed)
    if any(notice.kind == "fragments" for notice in single.notices):
        raise XanesviewError(
            f"{single.name} has separate parts, which have no conformers together.", "Take the parts one by one."
        )
    with quiet_rdkit():
        molecule = Chem.AddHs(parsed_smiles(single.smiles))
        energies = _embed(molecule, most, seed)
        stereo = [_stereo_smiles(molecule, k) for k in range(len(energies))]
        lowest = int(np.argmin(energies))
        own = [k for k in range(len(energies)) if stereo[k] == stereo[lowest]]
        mirrored = _stereo_smiles(molecule, lowest, mirrored=True)
    notices = [one for one in single.notices if one.kind != "fragments"]
    if stereo[lowest] != Chem.MolToSmiles(Chem.RemoveHs(molecule)):
        notices.append(
            Notice("conformers", f"The SMILES leaves open which stereoisomer it is; these are of {stereo[lowest]}.")
        )
    numbers = [atom.GetAtomicNum() for atom in molecule.GetAtoms()]
    found = [
        single.replace(
            numbers=np.array(numbers), positions_angstrom=molecule.GetConformer(k).GetPositions(),
            notices=tuple(notices), source="", typed_smiles="",  # atoms count as in the canonical one
        )
        for k in own
    ]  # fmt: skip
    kept = different(found, [energies[k] for k in own], _SAME_EV)
    if len(kept) > most:
        told = Notice("conformers", f"{len(kept)} conformers were built; the {most} lowest in energy were relaxed.")
        found = [one.replace(notices=(*one.notices, told)) for one in found]
    return Embedded(tuple(found[k] for k in kept[:most]), mirrored == stereo[lowest])


def block_of(structure: Structure) -> str:
    """Return the MOL block (V2000) of a molecule that was made of its SMILES, at its geometry.

    Raises
    ------
    XanesviewError
        Where it has no SMILES whose atoms are its own.
    """
    with quiet_rdkit():
        molecule = Chem.AddHs(parsed_smiles(structure.smiles or ""))
        order = [atom.GetAtomicNum() for atom in molecule.GetAtoms()]
        if order != structure.numbers.tolist():
            raise XanesviewError("The bonds of the molecule aren't known.", "Write it as .extxyz.")
        conformer = Chem.Conformer(len(order))
        for k, place in enumerate(structure.positions_angstrom.tolist()):
            conformer.SetAtomPosition(k, Geometry.Point3D(*place))
        molecule.AddConformer(conformer, assignId=True)
        molecule.SetProp("_Name", " ".join(structure.name.split())[:60])
        return Chem.MolToMolBlock(molecule)


def _embed(molecule: Chem.Mol, most: int, seed: int) -> list[float]:
    """Give the molecule conformers relaxed with a force field; return their energies, eV."""
    parameters = rdDistGeom.ETKDGv3()
    parameters.randomSeed = seed
    parameters.pruneRmsThresh = -1.0  # RDKit's own pruning looks at heavy atoms: a hydroxyl group turns, too
    tries = max(_TRIES * most, _LEAST_TRIES)
    for random_start in (False, True):
        parameters.useRandomCoords = random_start
        if len(rdDistGeom.EmbedMultipleConfs(molecule, tries, parameters)):
            break
    else:
        raise XanesviewError(
            f"No conformers of {Chem.MolToSmiles(Chem.RemoveHs(molecule))[:60]} could be built.",
            f"Give a file of its geometries; {counted(tries, 'try', 'tries')} found none.",
        )
    if molecule.GetNumAtoms() == 1:
        return [0.0]
    if AllChem.MMFFHasAllMoleculeParams(molecule):
        outcome = AllChem.MMFFOptimizeMoleculeConfs(molecule, maxIters=2000)
    elif AllChem.UFFHasAllMoleculeParams(molecule):
        outcome = AllChem.UFFOptimizeMoleculeConfs(molecule, maxIters=2000)
    else:
        outcome = [(0, 0.0)] * molecule.GetNumConformers()
    ordered = Chem.Mol(molecule)
    molecule.RemoveAllConformers()
    for one in ordered.GetConformers():
        molecule.AddConformer(one, assignId=True)
    return [_EV_PER_KCAL * energy for _, energy in outcome]


def _stereo_smiles(molecule: Chem.Mol, conformer: int, mirrored: bool = False) -> str:
    """Return the canonical SMILES of a conformer with the stereocentres that its geometry has."""
    copy = Chem.Mol(molecule, confId=conformer)
    if mirrored:
        one = copy.GetConformer()
        for k, (x, y, z) in enumerate(one.GetPositions().tolist()):
            one.SetAtomPosition(k, Geometry.Point3D(-x, y, z))
    Chem.AssignStereochemistryFrom3D(copy, copy.GetConformer().GetId())
    return Chem.MolToSmiles(Chem.RemoveHs(copy))
