"""Spectra of the library for a loaded molecule: the same molecule found, its atoms matched, its tensors turned.

Candidates have the same formula and the same skeleton (first block of the InChIKey: constitution, without
stereochemistry, which the geometry decides). Their graphs of bonds are mapped onto the loaded molecule's in every way
(RDKit), each mapping is laid over it by the best orthogonal matrix (Kabsch, Acta Cryst. A32 (1976) 922), and those
within 0.3 Å rms of the heavy atoms count. Mirror images count, too: electric dipole absorption is the same tensor
seen in the mirror, σ' = R σ Rᵀ for any orthogonal R.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from rdkit import Chem
from rdkit.Chem import rdDetermineBonds
from scipy.optimize import linear_sum_assignment

from xanesview.domain.absorption import AbsorptionTensor, rotation_voigt
from xanesview.domain.molecules import lone_molecule
from xanesview.domain.structure import Structure, bonds, neighbours_of
from xanesview.domain.superposition import kabsch
from xanesview.io.spectra.stick_file import StickEntry, StickMolecule, read_molecule
from xanesview.io.structures.smiles import parsed_smiles, quiet_rdkit
from xanesview.reference.library.library import Library, edge_of, tensor_of

LARGEST_RMS_ANGSTROM = 0.3
MOST_MAPPINGS = 5000
#: Beyond this many heavy atoms bond orders are not perceived: the library holds small molecules.
MOST_HEAVY_ATOMS = 60
_STRAIGHT_ANGSTROM = 0.1  # heavy atoms this close to a line leave the turn about it to the hydrogens


@dataclass(frozen=True, eq=False)
class Mapping:
    """One way to lay a molecule over another.

    ``source`` and ``target`` (K,) are matching heavy atoms; x_target ≈ ``rotation`` x_source + a shift.
    ``rms_angstrom`` is over these, ``miss_angstrom`` the rms with the hydrogens as well.
    """

    source: np.ndarray
    target: np.ndarray
    rotation: np.ndarray
    rms_angstrom: float
    miss_angstrom: float


@dataclass(frozen=True, eq=False)
class Offer:
    """A spectrum of the loaded molecule itself: its tensor by the loaded atoms' indices, in the loaded frame.

    ``borrowed`` are atoms that took the tensor of one with the same bonds but not quite the same surroundings, as one
    ortho carbon of anisole from the other; ``missing`` those of the edge's element without a spectrum in the library.
    """

    entry: StickEntry
    tensor: AbsorptionTensor
    rms_angstrom: float
    borrowed: tuple[int, ...]
    missing: tuple[int, ...]


def offers(structure: Structure, library: Library) -> list[Offer]:
    """Return what the library has on a molecule: for each edge the undisplaced record whose geometry is nearest."""
    candidates = library.undisplaced(structure.formula)
    structure = lone_molecule(structure) if candidates else structure
    if not candidates or structure.is_periodic:
        return []
    skeleton = skeleton_of(structure_smiles(structure))
    best: dict[str, Offer] = {}
    for entry in candidates:
        if skeleton is not None and skeleton_of(entry.smiles) not in (None, skeleton):
            continue
        found = matched(read_molecule(entry), structure)
        edge = edge_of(entry)
        if found is not None and (edge not in best or found.rms_angstrom < best[edge].rms_angstrom):
            best[edge] = found
    return [best[edge] for edge in sorted(best)]


def matched(molecule: StickMolecule, structure: Structure) -> Offer | None:
    """Return a record's tensors for the atoms of a structure, or None where it is not the same in the same shape.

    Each atom takes the tensor of the atom that the best mapping puts onto it; where only an equivalent atom was
    computed, the best of the mappings that put this one onto it, turned by that mapping's rotation. Where no mapping
    of the whole does, as the molecule is less symmetric than its bonds, the surroundings up to two bonds decide.
    """
    found = mappings(molecule.structure, structure)
    if not found:
        return None
    tensor = tensor_of(molecule)
    row = {int(atom): k for k, atom in enumerate(molecule.sites)}
    element = int(molecule.structure.numbers[molecule.sites[0]])
    wanted = np.flatnonzero(structure.numbers == element).tolist()
    origin: dict[int, tuple[int, np.ndarray]] = {}  # loaded atom: row of the tensor, rotation
    for mapping in found:
        for source, target in zip(mapping.source.tolist(), mapping.target.tolist(), strict=True):
            if source in row:
                origin.setdefault(target, (row[source], mapping.rotation))
        if len(origin) == len(wanted):
            break
    whole = set(origin)
    if len(whole) < len(wanted):
        for target, (source, rotation) in _local_fits(molecule, structure, set(wanted) - whole).items():
            origin[target] = (row[source], rotation)
    sites = [atom for atom in wanted if atom in origin]
    if not sites:
        return None
    rows = [origin[atom][0] for atom in sites]
    turned = [rotation_voigt(origin[atom][1]) @ tensor.components[origin[atom][0]] for atom in sites]
    result = replace(tensor, components=np.stack(turned), sites=np.array(sites), ip_ev=tensor.ip_ev[rows], members=None)
    borrowed = tuple(atom for atom in sites if atom not in whole)
    missing = tuple(atom for atom in wanted if atom not in origin)
    return Offer(molecule.entry, result, found[0].rms_angstrom, borrowed, missing)


def mappings(source: Structure, target: Structure) -> list[Mapping]:
    """Return all ways to lay one molecule over another with the same bonds, best first."""
    atoms, matches = _matches(source, target)
    found = [_laid_over(source, target, atoms, onto) for onto in matches]
    good = [mapping for mapping in found if mapping.rms_angstrom <= LARGEST_RMS_ANGSTROM]
    return sorted(good, key=lambda mapping: mapping.miss_angstrom)


def _matches(source: Structure, target: Structure) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return atoms (K,) of the source, and for each mapping of the graphs the atoms (K,) of the target they become."""
    heavy = np.flatnonzero(source.numbers > 1)
    if source.formula != target.formula or len(bonds(source)[0]) != len(bonds(target)[0]):
        return heavy, []
    straight = len(heavy) < 3 or _width_angstrom(source.positions_angstrom[heavy]) < _STRAIGHT_ANGSTROM
    first, first_atoms = _graph(source, with_hydrogens=straight)
    second, second_atoms = _graph(target, with_hydrogens=straight)
    if first.GetNumAtoms() != second.GetNumAtoms() or first.GetNumBonds() != second.GetNumBonds():
        return heavy, []
    matches = second.GetSubstructMatches(first, uniquify=False, maxMatches=MOST_MAPPINGS)
    return first_atoms, [second_atoms[np.array(match)] for match in matches]


def _local_fits(molecule: StickMolecule, structure: Structure, wanted: set[int]) -> dict[int, tuple[int, np.ndarray]]:
    """Return for wanted atoms of a structure the computed atom and the rotation that lay its surroundings over theirs.

    Only where the heavy atoms up to two bonds away fit as well as whole molecules have to.
    """
    source = molecule.structure
    atoms, matches = _matches(source, structure)
    best: dict[int, tuple[float, int, np.ndarray]] = {}
    for site in molecule.sites.tolist():
        near = np.flatnonzero(np.isin(atoms, _surroundings(source, site)))
        here = int(np.flatnonzero(atoms == site)[0])
        if _width_angstrom(source.positions_angstrom[atoms[near]]) < _STRAIGHT_ANGSTROM:
            continue
        ways = {tuple(onto[near].tolist()) for onto in matches if int(onto[here]) in wanted}
        for way in ways:
            fit = _laid_over(source, structure, atoms[near], np.array(way))
            target = int(fit.target[fit.source == site][0])
            if fit.rms_angstrom <= LARGEST_RMS_ANGSTROM and fit.miss_angstrom < best.get(target, (np.inf,))[0]:
                best[target] = (fit.miss_angstrom, site, fit.rotation)
    return {target: (site, rotation) for target, (_, site, rotation) in best.items()}


def _surroundings(structure: Structure, atom: int) -> list[int]:
    """Return an atom and the heavy atoms up to two bonds away."""
    first = neighbours_of(structure, atom)
    second = [k for neighbour in first for k in neighbours_of(structure, neighbour)]
    return [k for k in {atom, *first, *second} if structure.numbers[k] > 1]


def structure_smiles(structure: Structure) -> str | None:
    """Return the SMILES of a molecule: the one it was made of, else from bonds perceived in its geometry, or None."""
    if structure.smiles:
        return structure.smiles
    structure = lone_molecule(structure)
    if structure.is_periodic or np.count_nonzero(structure.numbers > 1) > MOST_HEAVY_ATOMS:
        return None
    molecule = Chem.RWMol()
    conformer = Chem.Conformer(structure.n_atoms)
    for k, number in enumerate(structure.numbers.tolist()):
        molecule.AddAtom(Chem.Atom(number))
        conformer.SetAtomPosition(k, structure.positions_angstrom[k].tolist())
    molecule.AddConformer(conformer)
    try:
        with quiet_rdkit():
            rdDetermineBonds.DetermineBonds(molecule, charge=structure.charge, maxIterations=10_000)
            return Chem.MolToSmiles(Chem.RemoveHs(molecule))
    except (ValueError, RuntimeError):  # radicals, odd valences: the graph of bonds has to do
        return None


def skeleton_of(smiles: str | None) -> str | None:
    """Return the first block of the InChIKey of a SMILES, or None where it can't be told."""
    if not smiles:
        return None
    with quiet_rdkit():
        molecule = parsed_smiles(smiles)
        key = "" if molecule is None else Chem.MolToInchiKey(molecule)
    return key[:14] or None


def _graph(structure: Structure, with_hydrogens: bool) -> tuple[Chem.Mol, np.ndarray]:
    """Graph of bonds without bond orders, and which atom of the structure each of its atoms is.

    The number of hydrogens stands as the isotope, which RDKit compares along with the element.
    """
    kept = np.arange(structure.n_atoms) if with_hydrogens else np.flatnonzero(structure.numbers > 1)
    i, j, _ = bonds(structure)
    ends = np.concatenate([np.stack([i, j]), np.stack([j, i])], axis=1)
    hydrogens = np.bincount(ends[0], weights=structure.numbers[ends[1]] == 1, minlength=structure.n_atoms).astype(int)
    place = {int(atom): k for k, atom in enumerate(kept)}
    graph = Chem.RWMol()
    for atom in kept.tolist():
        node = Chem.Atom(int(structure.numbers[atom]))
        node.SetNoImplicit(True)
        node.SetIsotope(1 + int(hydrogens[atom]))
        graph.AddAtom(node)
    for a, b in zip(i.tolist(), j.tolist(), strict=True):
        if a in place and b in place:
            graph.AddBond(place[a], place[b], Chem.BondType.SINGLE)
    return graph.GetMol(), kept


def _laid_over(source: Structure, target: Structure, atoms: np.ndarray, onto: np.ndarray) -> Mapping:
    """Lay `atoms` (K,) of the source over `onto` (K,) of the target: as it is or mirrored, whichever fits better."""
    heavy = source.numbers[atoms] > 1
    x, y = source.positions_angstrom[atoms], target.positions_angstrom[onto]
    best: Mapping | None = None
    for sign in (1.0, -1.0):
        turn = kabsch(x, y, sign)
        shift = y.mean(axis=0) - turn @ x.mean(axis=0)
        miss = np.linalg.norm(x @ turn.T + shift - y, axis=1)
        rms = float(np.sqrt(np.mean(miss[heavy] ** 2))) if heavy.any() else float(np.sqrt(np.mean(miss**2)))
        if len(atoms) < source.n_atoms and rms <= LARGEST_RMS_ANGSTROM:
            miss = np.concatenate([miss, _hydrogen_misses(source, target, atoms, onto, turn, shift)])
        whole = np.inf if rms > LARGEST_RMS_ANGSTROM else float(np.sqrt(np.mean(miss**2)))
        # What is flat or straight fits both ways alike: then nothing is mirrored. Where the heavy atoms are too far
        # off already, the hydrogens need not be paired.
        if best is None or whole < best.miss_angstrom - 1e-6:
            best = Mapping(atoms[heavy], onto[heavy], turn, rms, whole)
    return best


def _hydrogen_misses(
    source: Structure, target: Structure, atoms: np.ndarray, onto: np.ndarray, turn: np.ndarray, shift: np.ndarray
) -> np.ndarray:
    """Return how far (Å) each hydrogen, moved along, is from the one it is paired with at the matching atom."""
    misses = [np.zeros(0)]
    of_source, of_target = _hydrogens(source), _hydrogens(target)
    for a, b in zip(atoms.tolist(), onto.tolist(), strict=True):
        mine, theirs = of_source.get(a, []), of_target.get(b, [])
        if mine and theirs:
            moved = source.positions_angstrom[mine] @ turn.T + shift
            apart = np.linalg.norm(moved[:, None] - target.positions_angstrom[theirs][None], axis=2)
            misses.append(apart[linear_sum_assignment(apart**2)])
    return np.concatenate(misses)


@lru_cache(maxsize=8)
def _hydrogens(structure: Structure) -> dict[int, list[int]]:
    i, j, _ = bonds(structure)
    found: dict[int, list[int]] = {}
    for a, b in [*zip(i.tolist(), j.tolist(), strict=True), *zip(j.tolist(), i.tolist(), strict=True)]:
        if structure.numbers[b] == 1 and structure.numbers[a] > 1:
            found.setdefault(a, []).append(b)
    return found


def _width_angstrom(positions: np.ndarray) -> float:
    """Return how far points (K, 3) stray from their best line, Å rms."""
    spread = np.linalg.svd(positions - positions.mean(axis=0), compute_uv=False)
    return float(spread[1] / np.sqrt(len(positions))) if len(spread) > 1 else 0.0
