"""ASE databases (.db, .json) with spectra in ``data``.

There is no common convention, so this one is asked for. A row holds the structure, and in ``data``: ``energy_ev``
(E,); ``spectra``; where polarised ``directions`` (D, 3), which may be left out where they are x, y and z; and
``absorber`` (one site, spectra (E,) or (D, E)) or ``sites`` (S,) (spectra (S, E) or (S, D, E)), atom indices from 0.
``energies`` or ``energy``, ``spectrum`` or ``intensity``, are understood too. ``absorber``, ``edge`` (K), ``parent``
and ``smiles`` may also be key-value pairs of the row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.site_spectra import SiteSpectra, StructureSpectra
from xanesview.domain.structure import SYMBOLS
from xanesview.errors import XanesviewError, in_plain_words
from xanesview.io.imported import SpectraSource, Warn
from xanesview.io.structures.checks import checked_structure
from xanesview.io.text_file import check_is_file

SOURCE = SpectraSource(
    title="Spectra of an ASE database",
    method="not told by the database",
    unit="as in the database",
    energy_axis="as in the database",
    native_broadening="not told by the database",
)
_HINT = "Each row needs data with energy_ev, spectra and absorber (or sites); “dataset import --help” tells more."


def read_ase_database(path: Path, warn: Warn) -> Iterator[tuple[str, StructureSpectra]]:
    """Yield edge ("Fe K") and structure of the rows of a database; rows without spectra are told.

    Raises
    ------
    XanesviewError
        If it is no ASE database.
    """
    import sqlite3

    import ase.db

    check_is_file(path)
    try:
        rows = ase.db.connect(path).select()
        for row in rows:
            try:
                yield from _structures(row)
            except XanesviewError as error:
                warn(error, f"row {row.id}")
    except (sqlite3.Error, OSError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise XanesviewError(
            f"{path.name} cannot be read as an ASE database ({in_plain_words(error)}).", _HINT
        ) from error


def _structures(row: Any) -> Iterator[tuple[str, StructureSpectra]]:
    """Yield the structure of one row, once an element and edge."""
    data = {**row.key_value_pairs, **row.data}
    energy = _array(data, "energy_ev", "energies", "energy")
    spectra = _array(data, "spectra", "spectrum", "intensity")
    structure = checked_structure(
        row.numbers, row.positions, row.cell if np.any(row.pbc) else None, row.pbc if np.any(row.pbc) else None,
        name=str(data.get("name", f"row {row.id}")), smiles=data.get("smiles"),
    )  # fmt: skip
    if "sites" in data:
        atoms = np.atleast_1d(_array(data, "sites")).astype(int)
    elif "absorber" in data:
        atoms, spectra = np.atleast_1d(_array(data, "absorber")).astype(int), spectra[None]
    else:
        raise XanesviewError("The row does not tell which atom absorbs.", _HINT)
    if len(atoms) != len(spectra):
        sites = counted(len(atoms), "site does", "sites do")
        raise XanesviewError(f"{sites} not fit spectra of the shape {spectra.shape}.", _HINT)
    if len(atoms) and (atoms.min() < 0 or atoms.max() >= structure.n_atoms):
        raise XanesviewError(f"There is no atom {atoms.max()} to absorb.", "Atoms are counted from 0.")
    by_edge: dict[str, list[SiteSpectra]] = {}
    for atom, values in zip(atoms.tolist(), spectra):
        edge = f"{SYMBOLS[structure.numbers[atom]]} {str(data.get('edge', 'K')).split()[-1]}"
        by_edge.setdefault(edge, []).append(_site(atom, energy, values, data))
    for edge, sites in by_edge.items():
        yield edge, StructureSpectra(structure, tuple(sites), str(data.get("parent", "")))


def _site(atom: int, energy: np.ndarray, values: np.ndarray, data: Mapping[str, Any]) -> SiteSpectra:
    if values.ndim == 1:
        return SiteSpectra(atom, energy, isotropic=values)
    if values.ndim != 2:
        raise XanesviewError(f"The spectra of atom {atom} have the shape {values.shape}.", _HINT)
    if "directions" in data:
        directions = _array(data, "directions").reshape(-1, 3)
    elif len(values) == 3:
        directions = np.eye(3)
    else:
        raise XanesviewError(f"The {len(values)} spectra of atom {atom} have no directions.", _HINT)
    return SiteSpectra(atom, energy, directions, values)


def _array(data: Mapping[str, Any], *names: str) -> np.ndarray:
    for name in names:
        if name in data:
            try:
                return np.asarray(data[name], float)
            except (TypeError, ValueError) as error:
                raise XanesviewError(f"“{name}” of the row does not hold numbers.", _HINT) from error
    raise XanesviewError(f"The row has no {names[0]}.", _HINT)
