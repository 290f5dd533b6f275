"""The data files of one teaching, written into its folder: the user's own molecules as marked, and known ones."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np

from xanesview.errors import XanesviewError, in_plain_words
from xanesview.io.atomic import atomic_write, made_folder
from xanesview.reference.engine.offsets import ENERGY_OFFSET_EV
from xanesview.training.data.dataset_writer import StickRecord, read_site_spectra, write_block
from xanesview.training.teaching.own_set import APART, TEACHES, OwnEntry

OWN, KNOWN = "own.h5", "known.h5"
_SPLIT_OF = {TEACHES: "train", APART: "test"}


def write_own(folder: Path, entries: Sequence[OwnEntry], marks: Mapping[str, str]) -> list[Path]:
    """Write the user's own molecules that teach or are kept apart as data files; the former are the split "train", the
    latter "test".

    Returns
    -------
    list of Path
        one file of the molecules computed here, and a copy of each imported file

    Raises
    ------
    XanesviewError
        for a file that can't be read or written.
    """
    made_folder(folder)
    taken = [one for one in entries if marks.get(one.key) in _SPLIT_OF]
    own = [
        replace(read_site_spectra(one.path, _SPLIT_OF[marks[one.key]]), name=one.key)
        for one in taken
        if not one.is_imported
    ]
    files = []
    if own:
        files.append(folder / OWN)
        write_sticks(files[-1], own, taken[0].element)
    for path in sorted({one.path for one in taken if one.is_imported}):
        rows = {one.row: one for one in taken if one.path == path}
        files.append(folder / f"imported_{path.name}")
        _write_marked(files[-1], path, {row: (one.key, _SPLIT_OF[marks[one.key]]) for row, one in rows.items()})
    return files


def write_sticks(path: Path, records: Sequence[StickRecord], element: str) -> None:
    """Write molecules as they were calculated; what an earlier attempt left there is written over.

    Raises
    ------
    XanesviewError
        where that can't be done.
    """
    path.unlink(missing_ok=True)
    write_block(path, records, {"element": element, "edge": "K", "energy_offset_ev": ENERGY_OFFSET_EV[element]})


def _write_marked(target: Path, source: Path, rows: Mapping[int, tuple[str, str]]) -> None:
    """Copy a data file of either layout with other names and splits of some rows; all other rows are of no split."""
    target.unlink(missing_ok=True)
    with atomic_write(target) as temporary:
        shutil.copyfile(source, temporary)
        try:
            with h5py.File(temporary, "r+") as f:
                group = "molecule" if "molecule" in f else "structure"
                names = f[f"{group}/name"].asstr()[:].astype(object)
                splits = np.full(len(names), "left out", object)
                for row, (name, split) in rows.items():
                    names[row], splits[row] = name, split
                for key, values in (("name", names), ("split", splits)):
                    if f"{group}/{key}" in f:
                        del f[f"{group}/{key}"]
                    f.create_dataset(f"{group}/{key}", data=values, dtype=h5py.string_dtype())
        except (OSError, KeyError, ValueError) as error:
            raise XanesviewError(
                f"{source.name} can't be copied ({in_plain_words(error)}).", "Leave it out, or import it again."
            ) from error
