"""Whether a data file holds what can be trained on, or shown: checked when it is opened, naming the molecule.

Without it a coordinate that is NaN ends deep in a library of neighbours, and a stick that is NaN makes every measure
one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from xanesview.errors import XanesviewError
from xanesview.io.structures.checks import check_cell
from xanesview.limits import LARGEST_ENERGY_EV

_HEAVIEST = 118
_HINT = "The file is damaged, or what wrote it has failed: leave this out, or write the file again."
_LARGEST = 1e15  # its square is a number in single precision, too
_FURTHEST_ANGSTROM = 1000  # no network sees as far, and no molecule or cell of training data is as large
_BLOCK = 512  # sites whose spectra are looked at together


def check_data_file(content: Mapping[str, Any], names: Sequence[str], file: str) -> None:
    """Check what a data file of either layout holds (see `training.data.dataset` and `training.data.grid_dataset`).

    Parameters
    ----------
    content : the file, or what is about to be written, by the names of its tables
    names : (M,) of the molecules or structures
    file : name of the file

    Raises
    ------
    XanesviewError
        naming the molecule, for positions, energies, dipoles or tensors that are not finite, elements that are none,
        pointers that don't ascend or reach too far, sites that are no atom of their molecule, and atoms at one point.
    """
    owner = check_structures(content, names, file)
    refuse = _refusal(content, names, file)
    if "site/stick_ptr" in content:
        _check_sticks(content, owner, file, refuse)
    else:
        _check_grid(content, owner, file, refuse)


def check_structures(content: Mapping[str, Any], names: Sequence[str], file: str) -> np.ndarray:
    """Check a data file but for its spectra, which may be many times as large; the molecule of each site (S,).

    Parameters and errors are those of `check_data_file`.
    """
    group, refuse = _group(content), _refusal(content, names, file)
    z = _numbers(content, f"{group}/z", file, whole=True)
    pointer = _numbers(content, f"{group}/atom_ptr", file, whole=True)
    atoms = _pointer(pointer, len(names), len(z), f"{file} ({group}/atom_ptr)")
    molecule_of = np.repeat(np.arange(len(names)), np.diff(atoms))
    positions = _numbers(content, f"{group}/pos_angstrom", file)
    _check_shape(file, f"{group}/pos_angstrom", positions, (len(z), 3))
    refuse((z < 1) | (z > _HEAVIEST), molecule_of, "has an atom that is no element")
    refuse(_not_finite(positions), molecule_of, "has a coordinate that is not a finite number")
    _check_places(positions, molecule_of, atoms, refuse)
    _check_attributes(content, file)
    _check_of_structures(content, group, len(names), len(z), file, refuse)
    owner = _numbers(content, f"site/{group}", file, whole=True)
    if owner.size and not 0 <= owner.min() <= owner.max() < len(names):
        raise XanesviewError(f"{file} has sites of a {group} that is not there.", _HINT)
    atom = _numbers(content, "site/atom", file, whole=True)
    _check_shape(file, "site/atom", atom, owner.shape)
    refuse((atom < 0) | (atom >= np.diff(atoms)[owner]), owner, "has a site that is none of its atoms")
    return owner


def check_stick_pointer(content: Mapping[str, Any], n_sites: int, file: str) -> np.ndarray:
    """Return where the transitions of each site begin and end (S + 1,), once they are known to lie in the file."""
    pointer = _numbers(content, "site/stick_ptr", file, whole=True)
    return _pointer(pointer, n_sites, len(content["stick/energy_ev"]), f"{file} (site/stick_ptr)")


def check_transitions(energy_ev: np.ndarray, dipole_bohr: np.ndarray, what: str) -> None:
    """Raise XanesviewError unless energies (T,) and dipoles (T, 3) of some transitions, at least one, are numbers."""
    fits = energy_ev.ndim == 1 and len(energy_ev) and dipole_bohr.shape == (len(energy_ev), 3)
    if not fits or _not_finite(energy_ev).any() or _not_finite(dipole_bohr).any():
        raise XanesviewError(f"{what} has a site whose transitions are no numbers, or none.", _HINT)


def check_potentials(ip_ev: np.ndarray, what: str) -> None:
    """Raise XanesviewError unless the ionisation potentials of a molecule's sites (S,) are numbers."""
    if ip_ev.ndim != 1 or ip_ev.dtype.kind not in "iuf" or _not_finite(ip_ev).any():
        raise XanesviewError(f"{what} has an ionisation potential that is not a finite number.", _HINT)


def _group(content: Mapping[str, Any]) -> str:
    return "molecule" if "molecule/z" in content else "structure"


def _refusal(content: Mapping[str, Any], names: Sequence[str], file: str) -> Callable[..., None]:
    """Return what raises the error that names the first molecule of which something is bad."""
    group = _group(content)

    def refuse(bad: np.ndarray, owners: np.ndarray, what: str) -> None:
        rows = np.flatnonzero(bad)
        if rows.size:
            owner = int(owners[rows[0]])
            raise XanesviewError(f"{file}: {group} {owner} (“{names[owner][:60]}”) {what}.", _HINT)

    return refuse


def _check_places(
    positions: np.ndarray, molecule_of: np.ndarray, atoms: np.ndarray, refuse: Callable[..., None]
) -> None:
    """Check that no two atoms of a molecule are at one point, and none beyond reach of the others."""
    order = np.lexsort((*positions.T, molecule_of))
    same = (np.diff(positions[order], axis=0) == 0).all(axis=1) & (np.diff(molecule_of[order]) == 0)
    refuse(same, molecule_of[order], "has two atoms at one point")
    apart = np.abs(positions - positions[atoms[:-1][molecule_of]]).max(axis=1, initial=0.0)
    far = f"has atoms more than {_FURTHEST_ANGSTROM:,} Å apart; coordinates are in Å"
    refuse(apart > _FURTHEST_ANGSTROM, molecule_of, far)


def _check_attributes(content: Mapping[str, Any], file: str) -> None:
    attributes = getattr(content, "attrs", {})
    offset, window = attributes.get("energy_offset_ev", 0.0), attributes.get("stick_window_ev", 1.0)
    if np.shape(offset) != () or not abs(float(offset)) < LARGEST_ENERGY_EV:
        raise XanesviewError(f"The energy_offset_ev of {file} is no energy.", _HINT)
    if np.shape(window) != () or not 0.0 < float(window) < LARGEST_ENERGY_EV:
        raise XanesviewError(f"The stick_window_ev of {file} is no range of energies above 0.", _HINT)


def _check_of_structures(
    content: Mapping[str, Any], group: str, n: int, n_atoms: int, file: str, refuse: Callable[..., None]
) -> None:
    """Check the tables with a row a molecule or an atom that not every file has."""
    lengths = {"smiles": n, "split": n, "parent": n, "sigma_angstrom": n, "pbc": n, "properties": n, "rank": n_atoms}
    for key, length in lengths.items():
        if f"{group}/{key}" in content:
            table = content[f"{group}/{key}"]
            _check_shape(file, f"{group}/{key}", table, (length, *table.shape[1:]))
    everyone = np.arange(n)
    if f"{group}/cell_angstrom" in content:
        cells = _numbers(content, f"{group}/cell_angstrom", file)
        _check_shape(file, f"{group}/cell_angstrom", cells, (n, 3, 3))
        refuse(_not_finite(cells), everyone, "has a cell that is not finite")
        if f"{group}/pbc" in content:
            periodic = np.asarray(content[f"{group}/pbc"][:], bool)
            _check_shape(file, f"{group}/pbc", periodic, (n, 3))
            _check_cells(cells, periodic, content, group, file, refuse)
    if f"{group}/sigma_angstrom" in content:
        sigma = _numbers(content, f"{group}/sigma_angstrom", file)
        refuse(_not_finite(sigma), everyone, "was displaced by what is not a finite number")


def _check_cells(
    cells: np.ndarray, periodic: np.ndarray, content: Mapping[str, Any], group: str, file: str,
    refuse: Callable[..., None],
) -> None:  # fmt: skip
    """Refuse cells (N, 3, 3) that atoms don't fit into: their neighbours would be searched for ever."""
    z = _numbers(content, f"{group}/z", file, whole=True)
    ends = _numbers(content, f"{group}/atom_ptr", file, whole=True)
    small = np.zeros(len(cells), bool)
    for k in np.flatnonzero(periodic.any(1)):
        try:
            check_cell(z[ends[k] : ends[k + 1]], cells[k].astype(float), periodic[k], "it")
        except XanesviewError:
            small[k] = True
    refuse(small, np.arange(len(cells)), "has a cell that its atoms don't fit into")


def _check_sticks(content: Mapping[str, Any], owner: np.ndarray, file: str, refuse: Callable[..., None]) -> None:
    energy, dipole = (_numbers(content, f"stick/{key}", file) for key in ("energy_ev", "dipole_bohr"))
    sticks = check_stick_pointer(content, len(owner), file)
    _check_shape(file, "stick/dipole_bohr", dipole, (len(energy), 3))
    stick_of, ip_ev = np.repeat(owner, np.diff(sticks)), _numbers(content, "site/ip_ev", file)
    _check_shape(file, "site/ip_ev", ip_ev, owner.shape)
    refuse(_not_finite(ip_ev), owner, "has an ionisation potential that is not a finite number")
    refuse(np.diff(sticks) == 0, owner, "has a site without a transition")
    refuse(_not_finite(energy), stick_of, "has a transition whose energy is not a finite number")
    refuse(_not_finite(dipole), stick_of, "has a transition whose dipole is not a finite number")


def _check_grid(content: Mapping[str, Any], owner: np.ndarray, file: str, refuse: Callable[..., None]) -> None:
    """Check spectra on a grid, where NaN says that something is not known."""
    energy = _numbers(content, "energy_ev", file)
    if _not_finite(energy).any() or (np.diff(energy) <= 0).any():
        raise XanesviewError(f"The energies of {file} do not ascend.", _HINT)
    if "site/e0_ev" in content:
        e0_ev = _numbers(content, "site/e0_ev", file)
        _check_shape(file, "site/e0_ev", e0_ev, owner.shape)
        refuse(np.abs(e0_ev) > LARGEST_ENERGY_EV, owner, "has an E0 that is not finite")
    for name in ("site/isotropic", "site/tensor"):
        if name not in content:
            continue
        spectra = content[name]
        middle = (6,) if name == "site/tensor" else ()
        _check_shape(file, name, spectra, (len(owner), *middle, len(energy)))
        for begin in range(0, len(spectra), _BLOCK):
            block = spectra[begin : begin + _BLOCK]
            bad = (np.abs(block) > _LARGEST).reshape(len(block), -1).any(axis=1)
            refuse(bad, owner[begin : begin + len(block)], "has a spectrum that is not finite")


def _not_finite(values: np.ndarray) -> np.ndarray:
    """Return for each row whether any of its numbers is NaN or too large to be one."""
    return ~(np.abs(values) < _LARGEST).reshape(len(values), -1).all(axis=1)


def _numbers(content: Mapping[str, Any], name: str, file: str, whole: bool = False) -> np.ndarray:
    """Return a table of real numbers, or of whole ones."""
    values = np.asarray(content[name][:])
    if values.dtype.kind not in ("iu" if whole else "iuf"):
        raise XanesviewError(f"The table {name} of {file} holds no {'whole ' if whole else ''}numbers.", _HINT)
    return values


def _pointer(pointer: np.ndarray, n_owners: int, n: int, what: str) -> np.ndarray:
    pointer = np.asarray(pointer)
    fits = pointer.shape == (n_owners + 1,) and pointer[0] == 0 and pointer[-1] == n and (np.diff(pointer) >= 0).all()
    if not fits:
        raise XanesviewError(f"The pointers of {what} do not ascend from 0 to {n}.", _HINT)
    return pointer.astype(np.int64)


def _check_shape(file: str, name: str, table: Any, shape: tuple[int, ...]) -> None:
    if tuple(table.shape) != shape:
        told = [" × ".join(map(str, one)) or "one" for one in (table.shape, shape)]
        raise XanesviewError(f"The table {name} of {file} has {told[0]} numbers, not {told[1]}.", _HINT)
