"""Blocks of computed spectra (HDF5, layout of `xanesview.training.data.dataset`), read one molecule at a time."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from xanesview.domain.structure import SYMBOLS, Structure, hill_formula
from xanesview.io.hdf5 import opened_h5
from xanesview.io.spectra.data_file_checks import (
    check_potentials,
    check_stick_pointer,
    check_structures,
    check_transitions,
)


@dataclass(frozen=True)
class StickEntry:
    """What is known of a molecule without reading its spectra; ``row`` is its place in the block ``path``."""

    path: Path
    row: int
    name: str
    smiles: str
    formula: str
    element: str
    edge: str
    sigma_angstrom: float
    n_sites: int
    method: str = ""

    @property
    def is_displaced(self) -> bool:
        """Whether the atoms were moved at random from where they are at rest."""
        return self.sigma_angstrom > 0


@dataclass(frozen=True, eq=False)
class StickMolecule:
    """One molecule with its transitions.

    ``structure`` in the frame of the calculation; ``rank`` (N,) equal where atoms can't be told apart; ``sites`` (S,)
    atom indices; ``ip_ev`` (S,) and the energies (T,) of the S ``sticks`` on the calculation's scale, to which
    ``energy_offset_ev`` is added; dipoles (T, 3) in bohr.
    """

    entry: StickEntry
    structure: Structure
    rank: np.ndarray
    sites: np.ndarray
    ip_ev: np.ndarray
    sticks: tuple[tuple[np.ndarray, np.ndarray], ...]
    energy_offset_ev: float


def read_entries(path: Path) -> list[StickEntry]:
    """List the molecules of a block that have a spectrum.

    Raises
    ------
    XanesviewError
        If the file is missing, damaged or has another layout.
    """
    with _opened(path) as f:
        element, edge = str(f.attrs["element"]), str(f.attrs["edge"])
        method = str(f.attrs.get("method", ""))
        names, smiles = f["molecule/name"].asstr()[:], f["molecule/smiles"].asstr()[:]
        owners = check_structures(f, names, path.name)
        check_stick_pointer(f, len(owners), path.name)
        start, numbers = f["molecule/atom_ptr"][:], f["molecule/z"][:].astype(int)
        sigma = f["molecule/sigma_angstrom"][:]
        counts = np.bincount(owners, minlength=len(names))
    return [
        StickEntry(
            path=path,
            row=row,
            name=str(names[row]),
            smiles=str(smiles[row]),
            formula=_formula(numbers[start[row] : start[row + 1]]),
            element=element,
            edge=edge,
            sigma_angstrom=float(sigma[row]),
            n_sites=int(counts[row]),
            method=method,
        )
        for row in range(len(names))
        if counts[row]
    ]


def read_molecule(entry: StickEntry) -> StickMolecule:
    """Read one molecule with its transitions.

    Raises
    ------
    XanesviewError
        If the file has changed or is damaged.
    """
    said = f"{entry.path.name}: molecule {entry.row} (“{entry.name[:60]}”)"
    with _opened(entry.path) as f:
        first, end = (int(k) for k in f["molecule/atom_ptr"][entry.row : entry.row + 2])
        rows = np.flatnonzero(f["site/molecule"][:] == entry.row)
        ip, atoms = f["site/ip_ev"][:][rows], f["site/atom"][:][rows]
        check_potentials(ip, said)
        pointer = check_stick_pointer(f, len(f["site/molecule"]), entry.path.name)
        sticks = tuple(
            (
                f["stick/energy_ev"][pointer[k] : pointer[k + 1]].astype(float),
                f["stick/dipole_bohr"][pointer[k] : pointer[k + 1]].astype(float),
            )
            for k in rows
        )
        for energy, dipole in sticks:
            check_transitions(energy, dipole, said)
        structure = Structure(
            f["molecule/z"][first:end].astype(int),
            f["molecule/pos_angstrom"][first:end].astype(float),
            name=entry.name,
            smiles=entry.smiles,
            source=str(entry.path),
        )
        rank = f["molecule/rank"][first:end].astype(int)
        offset = float(f.attrs["energy_offset_ev"])
    return StickMolecule(entry, structure, rank, atoms.astype(int), ip.astype(float), sticks, offset)


def _opened(path: Path) -> AbstractContextManager[h5py.File]:
    """Open a block; whatever is wrong with its content is told as one error."""
    hint = "It may be damaged or cut off; leave it out or get it again."
    return opened_h5(path, "cannot be read as a block of computed spectra", hint)


def _formula(numbers: np.ndarray) -> str:
    listed = numbers.tolist()
    if not listed or min(listed) < 1 or max(listed) >= len(SYMBOLS):
        Structure(numbers, np.zeros((len(numbers), 3)))  # says what is wrong with them
    return hill_formula(listed)
