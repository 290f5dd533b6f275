"""Training data: structures with the absorption tensors of their sites, read from HDF5 into arrays.

Two layouts are read (`dataset build` writes the first, `dataset import` the second):

*sticks*, molecules with transitions that are broadened to any grid here:
``molecule/name, smiles, split`` (M,) · ``molecule/atom_ptr`` (M+1,) · ``molecule/z`` (A,) · ``molecule/pos_angstrom``
(A, 3) · ``molecule/rank`` (A,) graph equivalence class · ``molecule/sigma_angstrom`` (M,) displacement ·
``site/molecule, atom`` (S,) · ``site/ip_ev`` (S,) · ``site/stick_ptr`` (S+1,) · ``stick/energy_ev`` (T,),
``stick/dipole_bohr`` (T, 3); attributes ``element``, ``edge``, ``energy_offset_ev``.

*spectra on a grid*, structures that may be periodic: see `grid_dataset`. ``site/e0_ev`` (S,), where
it is there, is the energy that the grid is relative to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.sticks import NATIVE_WIDTHS, StickWidths, stick_tensor
from xanesview.errors import XanesviewError
from xanesview.io.hdf5 import opened_h5
from xanesview.io.spectra.data_file_checks import check_data_file
from xanesview.io.text_file import check_is_file
from xanesview.limits import LARGEST_TRAINING_TABLE, MOST_ENERGIES, check_count
from xanesview.training.data.labelled import LabelledStructure, SpectraDataset
from xanesview.training.data.measured_window import measure_grid

AXES = ("absolute", "relative")
_LAYOUTS = "“xanesview dataset build” and “dataset import” make such files; the guide tells of them under training."
_LEAST_INTENSITY = 1e-20


@dataclass(frozen=True)
class _Head:
    element: str
    edge: str
    axis: str
    energy_offset_ev: float
    method: str
    unit: str
    sticks: bool = False
    licence: str = ""


def read_datasets(
    paths: Sequence[str | Path],
    energy_ev: np.ndarray | None = None,
    splits: Sequence[str] | None = None,
    axis: str | None = None,
    offset_ev: float = 0.0,
    widths: StickWidths = NATIVE_WIDTHS,
    held: bool = False,
) -> SpectraDataset:
    """Read data files of either layout onto one grid.

    Parameters
    ----------
    paths : files of one element, edge and energy axis
    energy_ev : (E,) grid, eV; None: the grid of our measure for sticks, the file's own for spectra on a grid
    splits : keep only these splits (all when None)
    axis : "absolute" or "relative" to each site's E0; None: absolute for sticks, the file's own otherwise
    offset_ev : added to energies of files that say nothing of their offset to the scale of experiment
    widths : that sticks are drawn with
    held : spectra on a grid keep their first and last value where the grid asked for reaches further

    Raises
    ------
    XanesviewError
        for a missing file, another layout, a mixture of edges or axes, a grid the file does not reach over, or
        spectra without intensity.
    """
    found: list[LabelledStructure] = []
    first: _Head | None = None
    taught: Counter[str] = Counter()
    for path in map(Path, paths):
        with opened_data(path) as f:
            check_opened(f, path)
            if "molecule" in f:
                if energy_ev is None:
                    energy_ev = measure_grid(str(f.attrs["element"]))
                head, some = _read_sticks(f, np.asarray(energy_ev, float), splits, axis or "absolute", widths)
            else:
                energy_ev = f["energy_ev"][:] if energy_ev is None else np.asarray(energy_ev, float)
                head, some = _read_grid(f, path, energy_ev, splits, axis, offset_ev, held)
            _check_intensity(f, path, some, energy_ev)
            taught[str(f.attrs.get("teacher", ""))] += len(some)
        _check_alike(path, first or head, head)
        first = first or head
        found += some
    if first is None or not found:
        raise XanesviewError(
            "No structure with a spectrum was found in the data.", "Check the files and the split's name."
        )
    sources = tuple(Path(p).name for p in paths)
    return SpectraDataset(
        first.element, first.edge, first.axis, np.asarray(energy_ev, float), first.energy_offset_ev, tuple(found),
        sources, first.method, first.unit, widths if first.sticks else None, first.licence,
        "; ".join(f"{counted(n, 'structure')} as {teacher} predicts them" for teacher, n in taught.items() if teacher),
    )  # fmt: skip


def _check_intensity(f: h5py.File, path: Path, found: Sequence[LabelledStructure], energy_ev: np.ndarray) -> None:
    """Refuse a file whose spectra are zero everywhere: a network divides by their mean."""
    if not found or any((np.abs(m.tensors) > _LEAST_INTENSITY).any() for m in found):
        return
    cause = "all of them are 0"
    if "stick/dipole_bohr" in f:
        dark = not np.any(f["stick/dipole_bohr"][:])
        lines = f"none of its transitions lies near {energy_ev[0]:.0f} to {energy_ev[-1]:.0f} eV"
        cause = "all its transition dipoles are 0" if dark else lines
    raise XanesviewError(f"{path.name} holds spectra without intensity: {cause}.", "Write the file again.")


def read_element(path: Path) -> str:
    """Return the absorbing element of a data file.

    Raises
    ------
    XanesviewError
        for a missing file or another layout.
    """
    with opened_data(path) as f:
        if "element" not in f.attrs:
            raise XanesviewError(f"{path.name} is not a data file of spectra (no element).", _LAYOUTS)
        return str(f.attrs["element"])


def holds_sticks(path: Path) -> bool:
    """Tell whether a data file holds transitions (True) or spectra on a grid.

    Raises
    ------
    XanesviewError
        for a missing file or one that is not HDF5.
    """
    with opened_data(path) as f:
        return "molecule" in f


def opened_data(path: Path) -> AbstractContextManager[h5py.File]:
    """Open a data file to read; whatever is wrong with it, in the block too, is told as one error that names it.

    Raises
    ------
    XanesviewError
        for a missing file; in the block, for a damaged one or another layout.
    """
    if path.exists():
        check_is_file(path)
    else:
        raise XanesviewError(f"There is no data file {path}.", "Give the path of an HDF5 file of spectra.")
    hint = f"It may be damaged or cut off. {_LAYOUTS}"
    return opened_h5(path, "is not a data file of spectra", hint, LARGEST_TRAINING_TABLE)


def check_opened(f: h5py.File, path: Path) -> None:
    """Check that what an open data file holds can be trained on; see `check_data_file`.

    Raises
    ------
    XanesviewError
        naming the molecule.
    KeyError
        for another layout, which `opened_data` tells of.
    """
    group = "molecule" if "molecule" in f else "structure"
    if group not in f:
        raise KeyError("neither molecules nor structures")
    check_data_file(f, f[f"{group}/name"].asstr()[:], path.name)


def _check_alike(path: Path, first: _Head, head: _Head) -> None:
    same = (head.element, head.edge, head.axis) == (first.element, first.edge, first.axis)
    if not same or abs(head.energy_offset_ev - first.energy_offset_ev) > 1e-6:
        raise XanesviewError(
            f"{path.name} holds {head.element} {head.edge} spectra ({head.axis} energies, offset "
            f"{head.energy_offset_ev} eV), the others {first.element} {first.edge} ({first.axis}, "
            f"{first.energy_offset_ev} eV).",
            "Train one edge at a time.",
        )


def _read_sticks(
    f: h5py.File, energy_ev: np.ndarray, splits: Sequence[str] | None, axis: str, widths: StickWidths
):
    offset = float(f.attrs["energy_offset_ev"])
    names = (
        "molecule/atom_ptr", "molecule/z", "molecule/pos_angstrom", "molecule/rank", "molecule/sigma_angstrom",
        "site/molecule", "site/atom", "site/ip_ev", "site/stick_ptr", "stick/energy_ev", "stick/dipole_bohr",
    )  # fmt: skip
    a = {k: f[k][:] for k in names}
    text = {k: f["molecule/" + k].asstr()[:] for k in ("name", "smiles", "split")}
    found = []
    for m, sites in enumerate(_sites_by_owner(a["site/molecule"], len(text["name"]))):
        if not len(sites) or (splits is not None and text["split"][m] not in splits):
            continue
        atoms = slice(a["molecule/atom_ptr"][m], a["molecule/atom_ptr"][m + 1])
        tensors = []
        for s in sites:
            t = slice(a["site/stick_ptr"][s], a["site/stick_ptr"][s + 1])
            ip = float(a["site/ip_ev"][s])
            grid = energy_ev if axis == "absolute" else energy_ev + ip + offset
            transitions = a["stick/energy_ev"][t], a["stick/dipole_bohr"][t]
            tensors.append(stick_tensor(grid, *transitions, ip, offset, widths))
        found.append(
            LabelledStructure(
                name=text["name"][m],
                smiles=text["smiles"][m],
                parent=text["smiles"][m],
                split=text["split"][m],
                sigma_angstrom=float(a["molecule/sigma_angstrom"][m]),
                numbers=a["molecule/z"][atoms].astype(int),
                positions_angstrom=a["molecule/pos_angstrom"][atoms].astype(float),
                cell_angstrom=np.zeros((3, 3)),
                pbc=np.zeros(3, bool),
                rank=a["molecule/rank"][atoms],
                sites=a["site/atom"][sites].astype(int),
                e0_ev=a["site/ip_ev"][sites].astype(float) + offset,
                tensors=np.stack(tensors).astype(np.float32),
                polarised=np.ones(len(sites), bool),
            )
        )
    head = _Head(
        str(f.attrs["element"]), str(f.attrs["edge"]), axis, offset,
        "transition-potential DFT (half core hole, PBE), sticks", "hartree bohr²/eV", True,
    )  # fmt: skip
    return head, found


def _read_grid(
    f: h5py.File, path: Path, energy_ev: np.ndarray, splits: Sequence[str] | None, axis: str | None, offset_ev: float,
    held: bool,
):
    check_count(len(f["energy_ev"]), MOST_ENERGIES, f"energies of {path.name}", "Import it again onto fewer.")
    own = f["energy_ev"][:].astype(float)
    own_axis = "relative" if "site/e0_ev" in f and own[0] < 0.0 else "absolute"
    counts_from_e0 = axis == "relative" and own_axis == "absolute" and "site/e0_ev" in f
    if axis not in (None, own_axis) and not counts_from_e0:
        raise XanesviewError(f"The energies of {path.name} are {own_axis}, not {axis}.", "Train on its own axis.")
    if not (counts_from_e0 or held) and (energy_ev[0] < own[0] - 1e-6 or energy_ev[-1] > own[-1] + 1e-6):
        raise XanesviewError(
            f"{path.name} reaches from {own[0]:.1f} to {own[-1]:.1f} eV, not from {energy_ev[0]:.1f} to "
            f"{energy_ev[-1]:.1f} eV.",
            "Choose a smaller range.",
        )
    offset = float(f.attrs.get("energy_offset_ev", offset_ev))
    text = {k: _words(f, k) for k in ("name", "parent", "smiles", "split")}
    a = {k: f["structure/" + k][:] for k in ("atom_ptr", "z", "pos_angstrom", "cell_angstrom", "pbc")}
    rank = f["structure/rank"][:] if "structure/rank" in f else None
    atom, tensors, polarised = f["site/atom"][:], *_grid_tensors(f)
    e0 = f["site/e0_ev"][:] + offset if "site/e0_ev" in f else np.full(len(atom), np.nan)
    same = len(own) == len(energy_ev) and np.allclose(own, energy_ev, atol=1e-6)
    found = []
    for m, sites in enumerate(_sites_by_owner(f["site/structure"][:], len(text["name"]))):
        sites = sites[np.isfinite(tensors[sites]).all((1, 2))]
        sites = sites[np.isfinite(e0[sites])] if counts_from_e0 else sites
        if not len(sites) or (splits is not None and text["split"][m] not in splits):
            continue
        atoms = slice(a["atom_ptr"][m], a["atom_ptr"][m + 1])
        if counts_from_e0:
            values = _from_e0(tensors[sites], own, energy_ev, e0[sites])
        else:
            values = tensors[sites] if same else _interpolated(tensors[sites], own, energy_ev)
        found.append(
            LabelledStructure(
                name=text["name"][m],
                smiles=text["smiles"][m],
                parent=text["parent"][m] or text["name"][m],
                split=text["split"][m],
                sigma_angstrom=0.0,
                numbers=a["z"][atoms].astype(int),
                positions_angstrom=a["pos_angstrom"][atoms].astype(float),
                cell_angstrom=a["cell_angstrom"][m].astype(float),
                pbc=a["pbc"][m].astype(bool),
                rank=np.arange(atoms.stop - atoms.start) if rank is None else rank[atoms],
                sites=atom[sites].astype(int),
                e0_ev=e0[sites].astype(float),
                tensors=values.astype(np.float32),
                polarised=polarised[sites],
                taught="teacher" in f.attrs,
            )
        )
    attributes = f.attrs
    head = _Head(
        str(attributes["element"]), str(attributes["edge"]), "relative" if counts_from_e0 else own_axis, offset,
        str(attributes.get("method", "not said")), str(attributes.get("unit", "edge step")),
        licence=str(attributes.get("licence", "")),
    )  # fmt: skip
    return head, found


def _grid_tensors(f: h5py.File) -> tuple[np.ndarray, np.ndarray]:
    """Return the tensors (S, 6, E) and whether more than the average is known of a site (S,)."""
    if "site/isotropic" not in f:
        tensors = f["site/tensor"][:]
        return tensors, np.ones(len(tensors), bool)
    isotropic = f["site/isotropic"][:]
    tensors = np.concatenate(
        [np.repeat(isotropic[:, None], 3, 1), np.zeros((len(isotropic), 3, isotropic.shape[1]))], 1
    )
    known = np.zeros(len(isotropic), bool)
    if "site/tensor" in f:
        full = f["site/tensor"][:]
        known = np.isfinite(full).all((1, 2))
        tensors[known] = full[known]
    return tensors, known


def _interpolated(tensors: np.ndarray, own: np.ndarray, energy_ev: np.ndarray) -> np.ndarray:
    flat = tensors.reshape(-1, len(own))
    return np.stack([np.interp(energy_ev, own, row) for row in flat]).reshape(*tensors.shape[:2], len(energy_ev))


def _from_e0(tensors: np.ndarray, own: np.ndarray, energy_ev: np.ndarray, e0_ev: np.ndarray) -> np.ndarray:
    """Return tensors (S, 6, E) on a grid that counts from each site's E0; NaN where the file's own grid ends."""
    return np.stack([
        [np.interp(energy_ev + e0, own, row, left=np.nan, right=np.nan) for row in site]
        for site, e0 in zip(tensors, e0_ev, strict=True)
    ])  # fmt: skip


def _words(f: h5py.File, name: str) -> list[str]:
    if f"structure/{name}" not in f:
        return [""] * len(f["structure/name"])
    return list(f[f"structure/{name}"].asstr()[:])


def _sites_by_owner(owner: np.ndarray, n_owners: int) -> list[np.ndarray]:
    order = np.argsort(owner, kind="stable")
    begin = np.searchsorted(owner[order], np.arange(n_owners + 1))
    return [order[begin[m] : begin[m + 1]] for m in range(n_owners)]
