"""Data files of spectra on one energy grid: what others computed, as tensors where enough directions are known.

Layout (HDF5; attribute ``layout`` = "spectra on a grid"):

``energy_ev`` (E,) ·
``structure/name, parent, smiles, split`` (N,) ·
``structure/atom_ptr`` (N+1,) · ``structure/z`` (A,) · ``structure/pos_angstrom`` (A, 3) ·
``structure/cell_angstrom`` (N, 3, 3) · ``structure/pbc`` (N, 3) ·
``site/structure, atom, multiplicity`` (S,) ·
``site/e0_ev`` (S,) where it is known: E0 less the attribute ``energy_offset_ev`` ·
``structure/rank`` (A,), ``structure/properties`` (N, P) as in files of sticks, where they are known ·
``site/kind`` (S,) what is known: "tensor"; "diagonal" (x, y and z only); "directional" (fewer); "isotropic" ·
``site/isotropic`` (S, E), NaN where it is not known ·
``site/tensor`` (S, 6, E) xx, yy, zz, yz, xz, xy, NaN for sites of another kind; absent if no site is a tensor ·
``site/tensor_residual`` (S,) what the tensor misses of the directions, relative to the anisotropy ·
``direction/site`` (D,), ``direction/vector`` (D, 3), ``direction/spectrum`` (D, E): the spectra, as they were
given, of sites that are no tensor.

Attributes: title, element, edge, method, unit, energy_axis, native_broadening, outside_the_computed_range,
n_structures, n_sites, n_tensor, n_diagonal, n_directional, n_isotropic. The split "hidden" is kept for acceptance:
train on nothing of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from xanesview.domain.site_spectra import KINDS, SiteSpectra, StructureSpectra
from xanesview.errors import XanesviewError
from xanesview.io.hdf5 import written_h5
from xanesview.limits import MOST_ENERGIES, check_count
from xanesview.networks.quadratic_form import fitted_tensor

LAYOUT = "spectra on a grid"
_COARSER = "Bring the spectra onto a coarser grid."
_BLOCK = 256  # structures written at a time


@dataclass(frozen=True, eq=False)
class _Row:
    """A site as it is written; ``tensor`` (6, E) or None, ``isotropic`` (E,) or NaN."""

    site: SiteSpectra
    kind: str
    isotropic: np.ndarray
    tensor: np.ndarray | None
    residual: float


def common_grid(sites: Sequence[SiteSpectra]) -> np.ndarray:
    """Return the grid (E,) that all sites cover, eV: their own where it is one, else one of their median step.

    Raises
    ------
    XanesviewError
        If there is no range that all cover.
    """
    first = sites[0].energy_ev
    if all(len(s.energy_ev) == len(first) and np.allclose(s.energy_ev, first, atol=1e-6) for s in sites):
        return np.array(first)
    low = max(float(s.energy_ev[0]) for s in sites)
    high = min(float(s.energy_ev[-1]) for s in sites)
    step = float(np.median([np.median(np.diff(s.energy_ev)) for s in sites]))
    if high - low < 2 * step:
        raise XanesviewError(
            "The spectra have no range of energies in common.",
            "Import fewer of them, or those of one program and edge only.",
        )
    return low + step * np.arange(grid_size((high - low) / step))


def grid_size(steps: float) -> int:
    """Return how many points an even grid of so many steps has.

    Raises
    ------
    XanesviewError
        If they are too many.
    """
    n = int(min(steps, 1e15) + 1e-6) + 1
    check_count(n, MOST_ENERGIES, "energies", _COARSER)
    return n


class GridWriter:
    """Takes structures one by one, packs some hundred at a time and holds the packed bytes. Made by `written`."""

    def __init__(self, file: h5py.File, energy_ev: np.ndarray, outside: float) -> None:
        self._file = file
        self._energy_ev = energy_ev
        self._outside = outside
        self._waiting: list[tuple[StructureSpectra, str, list[_Row]]] = []
        self._more: dict[str, list[np.ndarray]] = {}
        self._counts = {"structures": 0, "sites": 0}
        self._atoms = 0
        self.kinds: Counter[str] = Counter()
        file.create_dataset("energy_ev", data=energy_ev)
        self._append("structure/atom_ptr", np.zeros(1, "i8"))

    @property
    def n_structures(self) -> int:
        """Number of structures taken so far."""
        return self._counts["structures"] + len(self._waiting)

    def add(self, record: StructureSpectra, split: str, more: Mapping[str, np.ndarray] | None = None) -> None:
        """Take one structure; ``more`` is what further datasets get of it, by name, the same ones for all structures.

        Raises
        ------
        XanesviewError
            If a site does not reach over the grid and nothing is said about what lies beyond; nothing of it is written.
        """
        rows = [_row(site.resampled(self._energy_ev, self._outside)) for site in record.sites]
        self._waiting.append((record, split, rows))
        for name, values in (more or {}).items():
            self._more.setdefault(name, []).append(np.asarray(values))
        self.kinds.update(row.kind for row in rows)
        if len(self._waiting) >= _BLOCK:
            self.flush()

    def name_columns(self, name: str, columns: Sequence[str]) -> None:
        """Say what the columns of a dataset given as ``more`` are; called once all structures were added."""
        self.flush()
        if name in self._file:
            self._file[name].attrs["names"] = list(columns)

    def flush(self) -> None:
        """Write what was taken."""
        if not self._waiting:
            return
        structures = [record.structure for record, _, _ in self._waiting]
        rows = [row for _, _, found in self._waiting for row in found]
        for name, words in {
            "name": [s.name for s in structures],
            "parent": [record.parent for record, _, _ in self._waiting],
            "smiles": [s.smiles or "" for s in structures],
            "split": [split for _, split, _ in self._waiting],
        }.items():
            self._append_text(f"structure/{name}", words)
        sizes = [s.n_atoms for s in structures]
        self._append("structure/atom_ptr", self._atoms + np.cumsum(sizes))
        self._append("structure/z", np.concatenate([s.numbers for s in structures]).astype("i2"))
        self._append("structure/pos_angstrom", np.concatenate([s.positions_angstrom for s in structures]).astype("f4"))
        self._append("structure/cell_angstrom", np.stack([s.cell_angstrom for s in structures]).astype("f4"))
        self._append("structure/pbc", np.stack([s.pbc for s in structures]))
        counts = [len(found) for _, _, found in self._waiting]
        owner = self._counts["structures"] + np.repeat(np.arange(len(structures)), counts)
        self._append("site/structure", owner.astype("i4"))
        self._append_sites(rows)
        for name, values in self._more.items():
            self._append(name, np.concatenate(values))
        self._more = {}
        self._atoms += sum(sizes)
        self._counts["structures"] += len(structures)
        self._counts["sites"] += len(rows)
        self._waiting = []

    def _append_sites(self, rows: list[_Row]) -> None:
        begin, n_energies = self._counts["sites"], len(self._energy_ev)
        self._append("site/atom", np.array([row.site.atom for row in rows], "i4"))
        self._append("site/multiplicity", np.array([row.site.multiplicity for row in rows], "i2"))
        self._append_text("site/kind", [row.kind for row in rows])
        self._append("site/isotropic", np.array([row.isotropic for row in rows], "f4"))
        if any(row.tensor is not None for row in rows) or "site/tensor" in self._file:
            unknown = np.full((6, n_energies), np.nan)
            tensors = np.array([unknown if row.tensor is None else row.tensor for row in rows], "f4")
            self._append("site/tensor", tensors, begin)
            self._append("site/tensor_residual", np.array([row.residual for row in rows], "f4"), begin)
        loose = [(begin + k, row.site) for k, row in enumerate(rows) if row.kind != "tensor"]
        loose = [(k, site) for k, site in loose if len(site.directions)]
        if loose:
            owner = np.concatenate([np.full(len(site.directions), k) for k, site in loose])
            self._append("direction/site", owner.astype("i4"))
            self._append("direction/vector", np.concatenate([site.directions for _, site in loose]).astype("f4"))
            self._append("direction/spectrum", np.concatenate([site.spectra for _, site in loose]).astype("f4"))

    def _append(self, name: str, values: np.ndarray, begin: int | None = None) -> None:
        """Lengthen a dataset; with ``begin`` it may start late, and what lies before is NaN."""
        if name not in self._file:
            fill = np.nan if values.dtype.kind == "f" else 0
            self._file.create_dataset(
                name, (0, *values.shape[1:]), values.dtype, maxshape=(None, *values.shape[1:]), fillvalue=fill,
                chunks=(max(1, min(64, 65536 // max(1, values[0].size))), *values.shape[1:]), compression="gzip",
                compression_opts=4, shuffle=True,
            )  # fmt: skip
        dataset = self._file[name]
        start = len(dataset) if begin is None else begin
        dataset.resize(start + len(values), axis=0)
        dataset[start:] = values

    def _append_text(self, name: str, words: list[str]) -> None:
        if name not in self._file:
            self._file.create_dataset(name, (0,), h5py.string_dtype(), maxshape=(None,), chunks=(_BLOCK,))
        dataset = self._file[name]
        start = len(dataset)
        dataset.resize(start + len(words), axis=0)
        dataset[start:] = words


@contextmanager
def written(
    path: Path,
    energy_ev: np.ndarray,
    attributes: Mapping[str, object],
    outside: float = np.nan,
    from_unknown_e0: bool = False,
) -> Iterator[GridWriter]:
    """Write a new data file; it appears when the block ends well.

    Parameters
    ----------
    path : the file, which must not exist
    energy_ev : (E,) ascending grid, eV
    attributes : among them ``element``, ``edge`` and ``unit``
    outside : value beyond the computed range; where NaN, sites that do not cover the grid are refused
    from_unknown_e0 : the energies count from each site's E0, and nobody says where that lies

    Raises
    ------
    XanesviewError
        If the file exists or can't be written, or nothing was added.
    """
    energy = np.asarray(energy_ev, float)
    if energy.ndim != 1 or len(energy) < 2 or not np.isfinite(energy).all() or (np.diff(energy) <= 0).any():
        raise XanesviewError("The energies of a data file must ascend and be two at least.", "Check --energy.")
    check_count(len(energy), MOST_ENERGIES, "energies", _COARSER)
    if path.exists():
        raise XanesviewError(f"{path.name} exists, and data files are never rewritten.", "Choose another name.")
    beyond = "refused" if np.isnan(outside) else str(outside)
    with written_h5(path) as file:
        writer = GridWriter(file, energy, outside)
        yield writer
        writer.flush()
        if not writer.n_structures:
            raise XanesviewError("There is no spectrum to write.", "See above why each one was left out.")
        if from_unknown_e0:
            file["site/e0_ev"] = np.full(sum(writer.kinds.values()), np.nan)
        file.attrs.update(dict(attributes), layout=LAYOUT, outside_the_computed_range=beyond)
        file.attrs.update(n_structures=writer.n_structures, n_sites=sum(writer.kinds.values()))
        file.attrs.update({f"n_{kind}": writer.kinds[kind] for kind in KINDS})


def _row(site: SiteSpectra) -> _Row:
    kind = site.kind
    if kind == "tensor":
        fit = fitted_tensor(site.directions, site.spectra[:, None])
        isotropic = fit.components[0, :3].mean(axis=0) if site.isotropic is None else site.isotropic
        return _Row(site, kind, isotropic, fit.components[0], float(fit.residual[0]))
    average = site.average()
    return _Row(site, kind, np.full(len(site.energy_ev), np.nan) if average is None else average, None, np.nan)
