"""Geometries to compute spectra of: RDKit embedding, MMFF94, GFN2-xTB relaxation (Bannwarth, Ehlert, Grimme, J. Chem.
Theory Comput. 15, 1652, 2019), each as the training data have it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from ase import Atoms
from ase.data import covalent_radii
from rdkit import Chem, rdBase
from rdkit.Chem import AllChem, rdDistGeom

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.embedding import embed_once
from xanesview.io.structures.smiles import parsed_smiles
from xanesview.reference.engine.gfn2 import failed, gfn2_calculator

FORCE_TOLERANCE = 0.05  # eV/Å
MAX_STEPS = 60
STRETCHED = 1.4  # times the sum of covalent radii: a bond that broke
DISPLACEMENTS_ANGSTROM = (0.0, 0.0, 0.02, 0.04)


@dataclass(frozen=True, eq=False)
class MoleculeGeometry:
    """Atoms ``numbers`` (N,), ``positions_angstrom`` (N, 3), ``rank`` (N,) equivalence class of each atom in the graph
    of bonds, total ``charge`` and the ``sigma_angstrom`` of random displacements from the relaxed geometry."""

    numbers: np.ndarray
    positions_angstrom: np.ndarray
    rank: np.ndarray
    charge: int
    sigma_angstrom: float = 0.0


def relax(atoms: Atoms, charge: int, force_tolerance: float = FORCE_TOLERANCE, steps: int = MAX_STEPS) -> None:
    """Relax atoms in place with GFN2-xTB.

    Raises
    ------
    XanesviewError
        when the tight-binding calculation fails.
    """
    from ase.optimize import BFGS

    atoms.calc = gfn2_calculator(charge)
    try:
        BFGS(atoms, logfile=None).run(fmax=force_tolerance, steps=steps)
    except (RuntimeError, ValueError) as error:
        raise failed("the molecule", error) from error


def seed_of(name: str) -> int:
    """Return the random seed that a molecule's name decides."""
    return int(hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()[:6], 16)


def relaxed_from_smiles(smiles: str, name: str, relax_with: str = "gfn2") -> tuple[MoleculeGeometry, Chem.Mol]:
    """Build a molecule and relax it ("none", "mmff" or "gfn2"); the name decides the conformer.

    Raises
    ------
    XanesviewError
        for text that is no SMILES, a radical, a failed embedding, or a bond that breaks.
    """
    with rdBase.BlockLogs():
        parsed = parsed_smiles(smiles)
        if parsed is None:
            raise XanesviewError(f"“{smiles[:60]}” is not a SMILES string.", "Benzene is c1ccccc1.")
        if any(atom.GetNumRadicalElectrons() for atom in parsed.GetAtoms()):
            raise XanesviewError(
                f"{smiles[:60]} has unpaired electrons.", "Only closed-shell molecules can be computed."
            )
        molecule = Chem.AddHs(parsed)
        parameters = rdDistGeom.ETKDGv2()
        parameters.randomSeed = seed_of(name) % 10000
        if not embed_once(molecule, parameters):
            raise XanesviewError(f"No 3D geometry could be built for {smiles[:60]}.", "Give a file with a geometry.")
        if relax_with != "none" and AllChem.MMFFHasAllMoleculeParams(molecule):
            AllChem.MMFFOptimizeMolecule(molecule, maxIters=500)
        elif relax_with != "none":
            AllChem.UFFOptimizeMolecule(molecule)
    atoms = Atoms([a.GetSymbol() for a in molecule.GetAtoms()], molecule.GetConformer().GetPositions())
    charge = Chem.GetFormalCharge(molecule)
    if relax_with == "gfn2":
        relax(atoms, charge)
    for bond in molecule.GetBonds():
        i, j = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
        if atoms.get_distance(i, j) > STRETCHED * (covalent_radii[atoms.numbers[i]] + covalent_radii[atoms.numbers[j]]):
            raise XanesviewError(f"A bond of {smiles[:60]} broke during relaxation.", "Give a file with a geometry.")
    rank = np.array(list(Chem.CanonicalRankAtoms(molecule, breakTies=False)))
    return MoleculeGeometry(atoms.numbers.copy(), atoms.positions.copy(), rank, charge), molecule


def displaced(geometry: MoleculeGeometry, name: str) -> MoleculeGeometry:
    """Return the geometry turned at random, half of them displaced by 0.02 or 0.04 Å, as training data want it.

    The name decides; molecules whose names begin with “cur” (those that people measure) are never displaced.
    """
    seed = seed_of(name)
    rng = np.random.default_rng(seed)
    sigma = 0.0 if name.startswith("cur") else DISPLACEMENTS_ANGSTROM[seed % 4]
    xyz = geometry.positions_angstrom - geometry.positions_angstrom.mean(0)
    xyz = xyz + sigma * rng.normal(size=xyz.shape)
    q = rng.normal(size=4)
    w, a, b, c = q / np.linalg.norm(q)
    rotation = np.array(
        [
            [1 - 2 * (b * b + c * c), 2 * (a * b - c * w), 2 * (a * c + b * w)],
            [2 * (a * b + c * w), 1 - 2 * (a * a + c * c), 2 * (b * c - a * w)],
            [2 * (a * c - b * w), 2 * (b * c + a * w), 1 - 2 * (a * a + b * b)],
        ]
    )
    return MoleculeGeometry(geometry.numbers, xyz @ rotation.T, geometry.rank, geometry.charge, sigma)


def geometry_of(structure: Structure, relaxed: bool = False) -> MoleculeGeometry:
    """Return the geometry of a loaded molecule, as it is or relaxed.

    Raises
    ------
    XanesviewError
        for a periodic structure or unpaired electrons.
    """
    from xanesview.domain.symmetry import graph_classes

    if structure.is_periodic:
        raise XanesviewError(
            "The first-principles engine computes molecules, and this structure is periodic.",
            "Cut a cluster out of it, closed with hydrogens.",
        )
    if structure.multiplicity != 1:
        raise XanesviewError(
            f"{structure.name or 'The molecule'} has unpaired electrons (multiplicity {structure.multiplicity}).",
            "Only closed-shell molecules can be computed.",
        )
    positions = structure.positions_angstrom
    if relaxed:
        atoms = Atoms(numbers=structure.numbers, positions=positions)
        relax(atoms, structure.charge)
        positions = atoms.positions.copy()
    return MoleculeGeometry(
        np.array(structure.numbers), np.array(positions), np.array(graph_classes(structure)), structure.charge
    )
