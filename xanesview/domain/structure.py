"""Structure: which atoms stand where, with or without a periodic cell, and which of them are bonded."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from ase.data import chemical_symbols, covalent_radii

from xanesview.domain.conformer import Conformer
from xanesview.domain.counts import counted
from xanesview.domain.file_names import writable
from xanesview.domain.metals import is_metal
from xanesview.domain.neighbour_list import pairs_within
from xanesview.errors import XanesviewError

#: Chemical symbols indexed by atomic number.
SYMBOLS: tuple[str, ...] = tuple(chemical_symbols)
#: Covalent radii in Å indexed by atomic number (Cordero et al., Dalton Trans. 2008, 2832).
COVALENT_RADII_ANGSTROM = np.array(covalent_radii)
COVALENT_RADII_ANGSTROM.setflags(write=False)

BOND_FACTOR = 1.25  # bonded below this multiple of the sum of covalent radii
CONTACT_FACTOR = 0.6  # impossibly close below this multiple
VACUUM_ANGSTROM = 6.0  # a gap wider than this, along one cell axis only, makes a cell a slab
LARGEST_COORDINATE_ANGSTROM = 1e6


#: Kind of the notice for a file of several structures, of which one was read.
SEVERAL_FRAMES = "several-frames"
FROM_SMILES = "SMILES"
"""`Structure.source` of a molecule that was built from a SMILES string."""


@dataclass(frozen=True)
class Notice:
    """Something the user must see beside a result, and what to do about it.

    `kind` is one of a small vocabulary, such as "missing-hydrogens", "partial-occupancy", "overlap",
    "outside-domain" or "device". What lies out of the view has its energies as `shows_ev`, eV.
    """

    kind: str
    message: str
    hint: str = ""
    shows_ev: tuple[float, float] | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Structure:
    """Atoms of a molecule, a crystal or a slab.

    Parameters
    ----------
    numbers : (N,) int
        Atomic numbers, 1 to 118.
    positions_angstrom : (N, 3) float, Å
        Cartesian positions in the sample frame.
    cell_angstrom : (3, 3) float, Å
        Cell vectors as rows; zeros where there is no cell.
    pbc : (3,) bool
        Whether the structure repeats along each cell vector.
    name, charge, multiplicity, smiles, notices, source
        What else is known; `source` says where the structure comes from.
    geometry_origin : str
        How the program made the geometry, such as "MMFF94"; empty where it is that of a file.
    absorbers : tuple of int
        Atoms that the file marks as absorbing, which are picked when it is opened; none where it marks none.
    typed_smiles : str
        The SMILES that a molecule was built from, as it was typed: its atoms stand in this order, which need not be
        that of `smiles`, the canonical one. Empty where it was not built so.
    frame, n_frames : int
        Which frame of a trajectory this is, from 0, and how many the file holds; 0 of 1 for a single structure, and
        where frames can't be chosen.
    conformer : Conformer or None
        Energy and share, where the structure is one conformer of several.

    Raises
    ------
    XanesviewError
        If the arrays don't fit together, hold no atom, no finite number, an unknown element or a flat cell.
    """

    numbers: np.ndarray
    positions_angstrom: np.ndarray
    cell_angstrom: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros((3, 3)))
    pbc: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros(3, bool))
    name: str = ""
    charge: int = 0
    multiplicity: int = 1
    smiles: str | None = None
    notices: tuple[Notice, ...] = ()
    source: str = ""
    absorbers: tuple[int, ...] = ()
    geometry_origin: str = ""
    frame: int = 0
    n_frames: int = 1
    typed_smiles: str = ""
    conformer: Conformer | None = None

    def __post_init__(self) -> None:
        numbers = _checked_numbers(self.numbers)
        positions = np.array(self.positions_angstrom, dtype=np.float64)
        if positions.shape != (len(numbers), 3):
            raise XanesviewError(
                f"{len(numbers)} atoms need {len(numbers)} positions of three coordinates, "
                f"but the positions have the shape {positions.shape}."
            )
        if not np.isfinite(positions).all():
            bad = int(np.flatnonzero(~np.isfinite(positions).all(axis=1))[0])
            raise XanesviewError(
                f"Atom {bad} has a coordinate that is not a finite number.", "Repair the coordinates in the file."
            )
        if np.abs(positions).max() > LARGEST_COORDINATE_ANGSTROM:
            raise XanesviewError(
                f"A coordinate is larger than {LARGEST_COORDINATE_ANGSTROM:.0e} Å.", "Coordinates are read in Å."
            )
        cell, pbc = _checked_cell(self.cell_angstrom, self.pbc)
        if self.multiplicity < 1:
            raise XanesviewError(f"A multiplicity of {self.multiplicity} does not exist.", "It is 2S + 1, at least 1.")
        object.__setattr__(self, "name", writable(self.name))
        arrays = {"numbers": numbers, "positions_angstrom": positions, "cell_angstrom": cell, "pbc": pbc}
        for key, value in arrays.items():
            value.setflags(write=False)
            object.__setattr__(self, key, value)
        object.__setattr__(self, "notices", tuple(self.notices))
        absorbers = tuple(int(i) for i in self.absorbers)
        if any(not 0 <= i < len(numbers) for i in absorbers):
            raise XanesviewError(f"An absorber of a structure of {len(numbers)} atoms is none of them.")
        object.__setattr__(self, "absorbers", absorbers)

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def n_atoms(self) -> int:
        """Number of atoms."""
        return len(self.numbers)

    @cached_property
    def symbols(self) -> list[str]:
        """Chemical symbol of each atom, N strings; made once, since names of sites ask for it atom by atom."""
        return [SYMBOLS[z] for z in self.numbers.tolist()]

    @property
    def is_periodic(self) -> bool:
        """Whether the structure repeats along at least one cell vector."""
        return bool(self.pbc.any())

    @cached_property
    def elements(self) -> tuple[int, ...]:
        """Atomic numbers present, ascending."""
        return tuple(int(z) for z in np.unique(self.numbers))

    @cached_property
    def formula(self) -> str:
        """Formula in Hill order: carbon, hydrogen, then the alphabet; without carbon all by the alphabet."""
        return hill_formula(self.numbers.tolist())

    @cached_property
    def content_hash(self) -> str:
        """Hexadecimal digest of elements, positions (to 1e-6 Å), cell and periodicity; the order of atoms counts."""
        digest = hashlib.sha256()
        for array in (self.numbers, self.positions_angstrom / 1e-6, self.cell_angstrom / 1e-6, self.pbc):
            digest.update(np.rint(array).astype("<i8").tobytes())
        return digest.hexdigest()[:32]

    @property
    def centre_angstrom(self) -> np.ndarray:
        """Mean position (3,), Å."""
        return self.positions_angstrom.mean(axis=0)

    @cached_property
    def surface_normal(self) -> np.ndarray | None:
        """Unit normal (3,) of a slab, or None where the structure is not a slab.

        A slab repeats along exactly two cell vectors, or along three with more than 6 Å of vacuum along exactly one.
        The normal points to the side of the third cell vector.
        """
        axis = _slab_axis(self)
        if axis is None:
            return None
        a, b = self.cell_angstrom[(axis + 1) % 3], self.cell_angstrom[(axis + 2) % 3]
        normal = np.cross(a, b)
        normal = normal / np.linalg.norm(normal)
        if normal @ self.cell_angstrom[axis] < 0:
            normal = -normal
        normal = normal + 0.0  # no negative zeros
        normal.setflags(write=False)
        return normal

    def sites_of(self, symbol: str) -> np.ndarray:
        """Return the indices (S,) of the atoms of one element."""
        if symbol not in SYMBOLS[1:]:
            raise XanesviewError(f"“{symbol}” is no chemical symbol.", "Write it like C, Fe or Cl.")
        return np.flatnonzero(self.numbers == SYMBOLS.index(symbol))

    def rotated(self, rotation: np.ndarray) -> Structure:
        """Return the structure turned about the origin, r' = R r, cell included; R (3, 3) may be improper."""
        r = checked_rotation(rotation)
        # A mirror image is another enantiomer: its SMILES may no longer describe it.
        smiles, typed = (self.smiles, self.typed_smiles) if np.linalg.det(r) > 0 else (None, "")
        return self.replace(
            positions_angstrom=self.positions_angstrom @ r.T, cell_angstrom=self.cell_angstrom @ r.T, smiles=smiles,
            typed_smiles=typed,
        )  # fmt: skip

    def __repr__(self) -> str:
        """Say what it is, in one line."""
        atoms = counted(len(self.numbers), "atom") + (", periodic" if self.is_periodic else "")
        return f"<Structure {self.name or self.formula}: {self.formula}, {atoms}>"

    def translated(self, translation_angstrom: np.ndarray) -> Structure:
        """Return the structure moved by a vector (3,), Å."""
        return self.replace(positions_angstrom=self.positions_angstrom + np.asarray(translation_angstrom, float))

    def replace(self, **changes: Any) -> Structure:
        """Return a copy with the given fields changed."""
        return dataclasses.replace(self, **changes)

    @cached_property
    def _bonds(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        i, j, shift, _ = _pairs_within(self, BOND_FACTOR)
        return i, j, shift

    @cached_property
    def _neighbours(self) -> tuple[np.ndarray, np.ndarray]:
        i, j, _ = self._bonds
        return _neighbour_table(self.n_atoms, i, j)


def hill_formula(numbers: Sequence[int]) -> str:
    """Return the formula of atomic numbers, as `Structure.formula` gives it; these are not checked."""
    counts = Counter(SYMBOLS[z] for z in numbers)
    first = ["C", "H"] if "C" in counts else []
    order = [s for s in first if s in counts] + sorted(s for s in counts if s not in first)
    return "".join(s if counts[s] == 1 else f"{s}{counts[s]}" for s in order)


def checked_rotation(rotation: np.ndarray) -> np.ndarray:
    """Return an orthogonal matrix (3, 3) as float64, or raise if it isn't one."""
    r = np.asarray(rotation, dtype=np.float64)
    if r.shape != (3, 3) or not np.allclose(r @ r.T, np.eye(3), atol=1e-6):
        raise XanesviewError("A rotation must be an orthogonal 3×3 matrix.")
    return r


def bonds(structure: Structure) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the bonds: pairs closer than 1.25 times the sum of their covalent radii.

    Returns
    -------
    i, j : (B,) int
        Bonded atoms, each bond once, i ≤ j (i = j for a bond to the atom's own periodic image).
    shift : (B, 3) int
        The bond goes from atom i to the image of atom j moved by `shift @ cell_angstrom`.
    """
    return structure._bonds


def neighbours_of(structure: Structure, i: int, bonds: tuple[np.ndarray, ...] | None = None) -> list[int]:
    """Return the atoms bonded to atom i, one entry a bond (an atom bonded through two images comes twice)."""
    start, atoms = structure._neighbours if bonds is None else _neighbour_table(structure.n_atoms, bonds[0], bonds[1])
    return atoms[start[i] : start[i + 1]].tolist()


def site_description(structure: Structure, i: int, bonds: tuple[np.ndarray, ...] | None = None) -> str:
    """Return the neighbours of atom i in words, such as "2 C 1 H"; hydrogen comes last.

    Metals next to a metal that has non-metals around it are not named: contacts of cations, not bonds.
    """
    around = structure.numbers[neighbours_of(structure, i, bonds)]
    if is_metal(structure.numbers[i]) and not is_metal(around).all():
        around = around[~is_metal(around)]
    counts = Counter(SYMBOLS[z] for z in around)
    order = sorted(counts, key=lambda s: (s == "H", s != "C", s))
    return " ".join(f"{counts[s]} {s}" for s in order) or "no neighbours"


def close_contacts(structure: Structure) -> list[tuple[int, int, float]]:
    """Return pairs (i, j, distance in Å) below 0.6 times the sum of their covalent radii, closest first."""
    i, j, _, distance = _pairs_within(structure, CONTACT_FACTOR)
    order = np.argsort(distance, kind="stable")
    return [(int(i[k]), int(j[k]), float(distance[k])) for k in order]


def complete_cell(structure: Structure, margin_angstrom: float = 1.0) -> np.ndarray:
    """Return a non-singular cell (3, 3), Å: periodic vectors as they are, the others perpendicular to them.

    The invented vectors are as long as the structure is wide plus a margin.
    """
    cell = np.array(structure.cell_angstrom)
    width = float(np.ptp(structure.positions_angstrom, axis=0).max()) + 2.0 * margin_angstrom
    directions: list[np.ndarray] = []
    for vector in (*cell[structure.pbc], *np.eye(3)):  # Gram–Schmidt: periodic vectors first, then x, y, z
        rest = vector / np.linalg.norm(vector)
        for known in directions:
            rest = rest - (rest @ known) * known
        if np.linalg.norm(rest) > 1e-3:
            directions.append(rest / np.linalg.norm(rest))
    cell[~structure.pbc] = np.array(directions[int(structure.pbc.sum()) : 3]).reshape(-1, 3) * width
    return cell


def neighbour_distances(structure: Structure, cutoff_angstrom: float) -> tuple[np.ndarray, np.ndarray]:
    """Return atom (P,) and distance (P,) in Å of all neighbours within a cutoff, each pair from both its sides."""
    i, _, _, distance = pairs_within(
        structure.positions_angstrom, complete_cell(structure), structure.pbc, cutoff_angstrom
    )
    return i, distance


def _checked_numbers(numbers: Sequence[int] | np.ndarray) -> np.ndarray:
    values = np.array(numbers)
    if values.ndim != 1 or values.size == 0:
        raise XanesviewError("The structure holds no atoms.", "Choose a file with at least one atom.")
    integers = values.astype(np.int64)
    if not np.array_equal(integers, values) or integers.min() < 1 or integers.max() > 118:
        raise XanesviewError(
            "An atom has an atomic number outside 1 to 118.", "Check the element symbols (dummy atoms are not read)."
        )
    return integers


def _checked_cell(cell_angstrom: np.ndarray, pbc: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    cell = np.array(cell_angstrom, dtype=np.float64)
    periodic = np.array(np.broadcast_to(np.asarray(pbc, dtype=bool), (3,)))
    if cell.shape != (3, 3) or not np.isfinite(cell).all():
        raise XanesviewError("The cell must be three vectors of three finite numbers.")
    vectors = cell[periodic]
    with np.errstate(all="ignore"):  # lengths that are no numbers any more are told below
        lengths = np.linalg.norm(vectors, axis=1)
        units = vectors / lengths[:, None]
    spread = np.linalg.svd(units, compute_uv=False) if np.isfinite(units).all() else np.zeros(1)
    if len(vectors) and spread.min() < 1e-3:
        raise XanesviewError("The cell of this periodic structure has no volume.", "Check the cell lengths and angles.")
    return cell, periodic


def _slab_axis(structure: Structure) -> int | None:
    """Index of the cell vector that leaves the surface, or None."""
    if structure.pbc.sum() == 2:
        return int(np.flatnonzero(~structure.pbc)[0])
    if structure.pbc.sum() != 3:
        return None
    inverse = np.linalg.inv(structure.cell_angstrom)
    fractional = np.sort((structure.positions_angstrom @ inverse) % 1.0, axis=0)
    gap = np.diff(fractional, axis=0, append=fractional[:1] + 1.0).max(axis=0)
    spacing_angstrom = 1.0 / np.linalg.norm(inverse, axis=0)  # distance between lattice planes
    wide = np.flatnonzero(gap * spacing_angstrom > VACUUM_ANGSTROM)
    return int(wide[0]) if len(wide) == 1 else None


def _pairs_within(structure: Structure, factor: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Pairs closer than `factor` times the sum of covalent radii: i, j (B,), shift (B, 3), distance (B,) in Å."""
    radii = COVALENT_RADII_ANGSTROM[structure.numbers]
    i, j, shift, distance = pairs_within(
        structure.positions_angstrom, complete_cell(structure), structure.pbc, 2.0 * factor * float(radii.max())
    )
    # Of the two sides keep one: i < j, and of an atom with its own image the shift that comes first.
    own_image = shift @ (10**8, 10**4, 1) > 0
    near = (distance < factor * (radii[i] + radii[j])) & ((i < j) | ((i == j) & own_image))
    i, j, shift, distance = i[near], j[near], shift[near], distance[near]
    order = np.lexsort((shift[:, 2], shift[:, 1], shift[:, 0], j, i))
    result = (i[order], j[order], shift[order], distance[order])
    for array in result:
        array.setflags(write=False)
    return result


def _neighbour_table(n_atoms: int, i: np.ndarray, j: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Neighbours of all atoms in one array: atom k's are atoms[start[k]:start[k + 1]], ascending."""
    source, target = np.concatenate([i, j]), np.concatenate([j, i])
    order = np.lexsort((target, source))
    start = np.concatenate([[0], np.cumsum(np.bincount(source, minlength=n_atoms))])
    return start, target[order]
