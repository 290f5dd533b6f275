"""Training data: molecules with stick spectra of their sites, read from HDF5 into arrays.

Layout of the file (the same for the data shared by others and for the blocks of our own library):

``molecule/name, smiles, split`` (M,) · ``molecule/atom_ptr`` (M+1,) · ``molecule/z`` (A,) · ``molecule/pos_angstrom``
(A, 3) ·
``molecule/rank`` (A,) graph equivalence class · ``molecule/sigma_angstrom`` (M,) displacement · ``site/molecule,
atom`` (S,) ·
``site/ip_ev`` (S,) · ``site/stick_ptr`` (S+1,) · ``stick/energy_ev`` (T,), ``stick/dipole_bohr`` (T, 3); attributes
``element``,
``edge``, ``energy_offset_ev``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from xanesview.domain.sticks import stick_tensor
from xanesview.errors import XanesviewError


@dataclass(frozen=True, eq=False)
class Molecule:
    """One molecule with the sites that have a spectrum.

    ``numbers`` (N,), ``positions_angstrom`` (N, 3), ``rank`` (N,) equivalence class of each atom, ``sites`` (S,) atom
    indices,
    ``ip_ev`` (S,) on the scale of experiment, ``tensors`` (S, 6, E) in hartree bohr²/eV on the data set's grid.
    """

    name: str
    smiles: str
    split: str
    sigma_angstrom: float
    numbers: np.ndarray
    positions_angstrom: np.ndarray
    rank: np.ndarray
    sites: np.ndarray
    ip_ev: np.ndarray
    tensors: np.ndarray


@dataclass(frozen=True, eq=False)
class SpectraDataset:
    """Molecules of one or several files on one energy grid."""

    element: str
    edge: str
    energy_ev: np.ndarray
    energy_offset_ev: float
    molecules: tuple[Molecule, ...]
    sources: tuple[str, ...]

    def subset(self, split: str) -> list[Molecule]:
        """Return the molecules of one split."""
        return [m for m in self.molecules if m.split == split]

    def splits(self) -> list[str]:
        """Return the names of the splits, sorted."""
        return sorted({m.split for m in self.molecules})


def read_datasets(
    paths: Sequence[str | Path], energy_ev: np.ndarray, splits: Sequence[str] | None = None
) -> SpectraDataset:
    """Read HDF5 files of sticks and broaden every site to the grid with native widths.

    Parameters
    ----------
    paths : files of the layout above; all of one element and edge
    energy_ev : (E,) grid, eV
    splits : keep only these splits (all when None)

    Raises
    ------
    XanesviewError
        for a missing file, another layout, or a mixture of edges.
    """
    molecules: list[Molecule] = []
    first: tuple[str, str, float] | None = None
    for path in paths:
        head, found = _read_file(Path(path), np.asarray(energy_ev, float), splits)
        if first is None:
            first = head
        elif head[:2] != first[:2] or abs(head[2] - first[2]) > 1e-6:
            raise XanesviewError(
                f"{Path(path).name} holds {head[0]} {head[1]} spectra (offset {head[2]} eV), the others {first}.",
                "Train one edge at a time.",
            )
        molecules += found
    if first is None or not molecules:
        raise XanesviewError(
            "No molecule with a spectrum was found in the data.", "Check the files and the split's name."
        )
    sources = tuple(Path(p).name for p in paths)
    return SpectraDataset(first[0], first[1], np.asarray(energy_ev, float), first[2], tuple(molecules), sources)


def read_element(path: Path) -> str:
    """Return the absorbing element of a file of stick spectra.

    Raises
    ------
    XanesviewError
        for a missing file or another layout.
    """
    if not path.is_file():
        raise XanesviewError(f"There is no data file {path}.", "Give the path of an HDF5 file of stick spectra.")
    try:
        with h5py.File(path, "r", locking=False) as f:
            return str(f.attrs["element"])
    except (OSError, KeyError) as error:
        raise XanesviewError(
            f"{path.name} is not a data file of stick spectra ({error}).",
            "The layout is described in xanesview.training.dataset.",
        ) from error


def _read_file(path: Path, energy_ev: np.ndarray, splits: Sequence[str] | None):
    if not path.is_file():
        raise XanesviewError(f"There is no data file {path}.", "Give the path of an HDF5 file of stick spectra.")
    try:
        with h5py.File(path, "r", locking=False) as f:
            head = (str(f.attrs["element"]), str(f.attrs["edge"]), float(f.attrs["energy_offset_ev"]))
            a = {
                k: f[k][:]
                for k in (
                    "molecule/atom_ptr",
                    "molecule/z",
                    "molecule/pos_angstrom",
                    "molecule/rank",
                    "molecule/sigma_angstrom",
                    "site/molecule",
                    "site/atom",
                    "site/ip_ev",
                    "site/stick_ptr",
                    "stick/energy_ev",
                    "stick/dipole_bohr",
                )
            }
            text = {k: f["molecule/" + k].asstr()[:] for k in ("name", "smiles", "split")}
    except (OSError, KeyError) as error:
        raise XanesviewError(
            f"{path.name} is not a data file of stick spectra ({error}).",
            "The layout is described in xanesview.training.dataset.",
        ) from error
    order = np.argsort(a["site/molecule"], kind="stable")
    begin = np.searchsorted(a["site/molecule"][order], np.arange(len(text["name"]) + 1))
    found = []
    for m, name in enumerate(text["name"]):
        if splits is not None and text["split"][m] not in splits:
            continue
        sites = order[begin[m] : begin[m + 1]]
        if not len(sites):
            continue
        atoms = slice(a["molecule/atom_ptr"][m], a["molecule/atom_ptr"][m + 1])
        tensors = []
        for s in sites:
            t = slice(a["site/stick_ptr"][s], a["site/stick_ptr"][s + 1])
            tensors.append(
                stick_tensor(
                    energy_ev, a["stick/energy_ev"][t], a["stick/dipole_bohr"][t], float(a["site/ip_ev"][s]), head[2]
                )
            )
        found.append(
            Molecule(
                name,
                text["smiles"][m],
                text["split"][m],
                float(a["molecule/sigma_angstrom"][m]),
                a["molecule/z"][atoms].astype(int),
                a["molecule/pos_angstrom"][atoms].astype(float),
                a["molecule/rank"][atoms],
                a["site/atom"][sites].astype(int),
                a["site/ip_ev"][sites].astype(float) + head[2],
                np.stack(tensors).astype(np.float32),
            )
        )
    return head, found
