"""Whether a data file holds what can be trained on: checked when it is opened, naming the molecule.

Without it a coordinate that is NaN ends deep in a library of neighbours, and a stick that is NaN makes every measure
one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from xanesview.errors import XanesviewError
from xanesview.io.text_file import LARGEST

_HEAVIEST = 118
_HINT = "The file is damaged, or what wrote it has failed: leave this out, or write the file again."
_BLOCK = 512  # sites whose spectra are looked at together


def check_data_file(content: Mapping[str, Any], names: Sequence[str], file: str) -> None:
    """Check what a data file of either layout holds (see `dataset` and `grid_dataset`).

    Parameters
    ----------
    content : the file, or what is about to be written, by the names of its tables
    names : (M,) of the molecules or structures
    file : name of the file

    Raises
    ------
    XanesviewError
        naming the molecule, for positions, energies, dipoles or tensors that are not finite, elements that are none,
        pointers that don't ascend or reach too far, and sites that are no atom of their molecule.
    """
    group = "molecule" if "molecule/z" in content else "structure"
    z = np.asarray(content[f"{group}/z"][:])
    atoms = _pointer(content[f"{group}/atom_ptr"][:], len(names), len(z), f"{file} ({group}/atom_ptr)")
    molecule_of = np.repeat(np.arange(len(names)), np.diff(atoms))

    def refuse(bad: np.ndarray, owners: np.ndarray, what: str) -> None:
        rows = np.flatnonzero(bad)
        if rows.size:
            owner = int(owners[rows[0]])
            raise XanesviewError(f"{file}: {group} {owner} (“{names[owner][:60]}”) {what}.", _HINT)

    positions = content[f"{group}/pos_angstrom"][:]
    _check_lengths(file, group, z, positions)
    refuse((z < 1) | (z > _HEAVIEST), molecule_of, "has an atom that is no element")
    refuse(_not_finite(positions), molecule_of, "has a coordinate that is not a finite number")
    everyone = np.arange(len(names))
    if f"{group}/cell_angstrom" in content:
        refuse(_not_finite(content[f"{group}/cell_angstrom"][:]), everyone, "has a cell that is not finite")
    owner = np.asarray(content[f"site/{group}"][:])
    if owner.size and not 0 <= owner.min() <= owner.max() < len(names):
        raise XanesviewError(f"{file} has sites of a {group} that is not there.", _HINT)
    atom = np.asarray(content["site/atom"][:])
    _check_lengths(file, "site", owner, atom)
    refuse((atom < 0) | (atom >= np.diff(atoms)[owner]), owner, "has a site that is none of its atoms")
    if "site/stick_ptr" in content:
        _check_sticks(content, owner, file, refuse)
    else:
        _check_grid(content, owner, file, refuse)


def _check_sticks(content: Mapping[str, Any], owner: np.ndarray, file: str, refuse) -> None:
    energy, dipole = content["stick/energy_ev"][:], content["stick/dipole_bohr"][:]
    sticks = _pointer(content["site/stick_ptr"][:], len(owner), len(energy), f"{file} (site/stick_ptr)")
    _check_lengths(file, "stick", energy, dipole)
    stick_of = np.repeat(owner, np.diff(sticks))
    refuse(_not_finite(content["site/ip_ev"][:]), owner, "has an ionisation potential that is not a finite number")
    refuse(_not_finite(energy), stick_of, "has a transition whose energy is not a finite number")
    refuse(_not_finite(dipole), stick_of, "has a transition whose dipole is not a finite number")


def _check_grid(content: Mapping[str, Any], owner: np.ndarray, file: str, refuse) -> None:
    """Check spectra on a grid, where NaN says that something is not known."""
    energy = np.asarray(content["energy_ev"][:], float)
    if _not_finite(energy).any() or (np.diff(energy) <= 0).any():
        raise XanesviewError(f"The energies of {file} do not ascend.", _HINT)
    if "site/e0_ev" in content:
        refuse(np.isinf(content["site/e0_ev"][:]), owner, "has an E0 that is not finite")
    for name in ("site/isotropic", "site/tensor"):
        if name not in content:
            continue
        spectra = content[name]
        for begin in range(0, len(spectra), _BLOCK):
            block = spectra[begin : begin + _BLOCK]
            bad = np.isinf(block).reshape(len(block), -1).any(axis=1)
            refuse(bad, owner[begin : begin + len(block)], "has a spectrum that is not finite")


def _not_finite(values: np.ndarray) -> np.ndarray:
    """Return for each row whether any of its numbers is NaN or too large to be one."""
    return ~(np.abs(values) < LARGEST).reshape(len(values), -1).all(axis=1)


def _pointer(pointer: np.ndarray, n_owners: int, n: int, what: str) -> np.ndarray:
    pointer = np.asarray(pointer)
    fits = pointer.shape == (n_owners + 1,) and pointer[0] == 0 and pointer[-1] == n and (np.diff(pointer) >= 0).all()
    if not fits:
        raise XanesviewError(f"The pointers of {what} do not ascend from 0 to {n}.", _HINT)
    return pointer.astype(np.int64)


def _check_lengths(file: str, what: str, *tables: np.ndarray) -> None:
    if len({len(table) for table in tables}) > 1:
        raise XanesviewError(f"The tables “{what}/…” of {file} differ in length.", _HINT)
