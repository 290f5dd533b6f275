"""Many structures at once: those of a folder, of several files, or of one file that holds many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.errors import XanesviewError
from xanesview.io.recognition import kind_of_file
from xanesview.io.structures.registry import ENDINGS, read_structure, structure_format

if TYPE_CHECKING:
    from xanesview.domain.structure import Structure

_COLLECTIONS = ("MOL and SDF", "MOL2")
"""Formats whose files hold different molecules one after the other, in a folder too; a trajectory there counts once."""


@dataclass(frozen=True)
class StructureSource:
    """Where one of many structures stands.

    Attributes
    ----------
    path : Path
    frame : int or None
        Which structure of the file, from 0; None for the one that the file is opened at.
    """

    path: Path
    frame: int | None = None

    @property
    def name(self) -> str:
        """What to call it as long as it has not been read: by its file, and its number in it."""
        return self.path.stem if self.frame is None else f"{self.path.stem} {self.frame + 1}"

    def read(self) -> Structure:
        """Return the structure.

        Raises
        ------
        XanesviewError
            If it can't be used.
        """
        return read_structure(self.path, self.frame)

    def name_of(self, structure: Structure) -> str:
        """Return what to call it once it has been read: by the title that it has in a file of many, else as before."""
        own = structure.name if self.frame is not None else ""
        return own if own and own != self.path.stem else self.name


def structure_sources(
    paths: Iterable[str | Path], every_frame: bool = False, passed_over: list[XanesviewError] | None = None
) -> list[StructureSource]:
    """Return the structures of folders and files, those of a folder in the order of their names.

    A file that is named itself counts as often as it holds structures; in a folder only files of molecules one after
    the other (SDF, MOL2) do, and a trajectory counts once. Hidden files, folders within a folder and files that are
    no structures are passed over. With `every_frame` all frames of trajectories in folders count, too.

    Parameters
    ----------
    passed_over : list, optional
        Gets what is wrong with those of the paths that give nothing; without it the first of them is raised.

    Raises
    ------
    XanesviewError
        If there is none in a folder, or a file can't be read; with `passed_over` only if no path gives any.
    """
    problems: list[XanesviewError] = []
    found: list[StructureSource] = []
    for name in paths:
        try:
            found += _of_path(Path(name).expanduser(), every_frame)
        except XanesviewError as error:
            if passed_over is None:
                raise
            problems.append(error)
    if problems and not found:
        raise problems[0]
    if passed_over is not None:
        passed_over += problems
    return found


def _of_path(path: Path, every_frame: bool) -> list[StructureSource]:
    if not path.is_dir():
        return _of_file(path)
    inside = _in_folder(path)
    if not inside:
        raise XanesviewError(f"There is no structure in {path}.", "Name a folder of structure files.")
    found: list[StructureSource] = []
    for one in inside:
        found += _of_file(one) if every_frame or _is_collection(one) else [StructureSource(one)]
    return found


def _in_folder(folder: Path) -> list[Path]:
    try:
        files = sorted(one for one in folder.iterdir() if not one.name.startswith(".") and one.is_file())
    except OSError as error:
        why = error.strerror or str(error)
        raise XanesviewError(f"The folder {folder} can't be read: {why}.", "Check its permissions.") from None
    return [one for one in files if one.suffix.lower() in ENDINGS or _is_structure(one)]


def _is_structure(path: Path) -> bool:
    try:
        return kind_of_file(path) == "structure"
    except XanesviewError:
        return False


def _is_collection(path: Path) -> bool:
    try:
        found = structure_format(path)
    except XanesviewError:
        return False
    return found is not None and found.name in _COLLECTIONS


def _of_file(path: Path) -> list[StructureSource]:
    """Return a file once, or each of its structures; one that can't be read is told of when its turn comes."""
    found = structure_format(path)
    if found is None or not found.has_frames:
        return [StructureSource(path)]
    try:
        count = read_structure(path, 0).n_frames
    except XanesviewError:  # the first is no structure, which need not hold for the others
        count = 1
    return [StructureSource(path)] if count <= 1 else [StructureSource(path, frame) for frame in range(count)]
