"""Several files of spectra that are given together: those of one sample at several angles become one series."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from xanesview.domain.counts import counted
from xanesview.errors import XanesviewError
from xanesview.gui.actions.opening import Opening
from xanesview.gui.session.workspace import Workspace

if TYPE_CHECKING:
    from xanesview.io.spectra.angle_files import FilesOfAngles


#: Of more files than this all are read in one go and drawn together.
_FEW = 8
#: Between two of many files the window gets its turn, s: Python reads one file or draws, not both.
_BREATH_S = 0.002

Read = Callable[[], Any]


class SeriesLoading(QObject):
    """Reads them beside the window.

    Parameters
    ----------
    load_file
        Lays a file that belongs to no series over the prediction.
    read_file
        Returns what a file holds, or raises why it can't be read; called in a thread.
    take_files
        Lays many that were read over the prediction: paths, each with a function that returns or raises.
    """

    def __init__(
        self, workspace: Workspace, opening: Opening, load_file: Callable[[Path], None],
        read_file: Callable[[Path], Any], take_files: Callable[[list[tuple[Path, Read]]], None],
    ) -> None:  # fmt: skip
        super().__init__(opening)
        self._workspace, self._opening, self._load_file = workspace, opening, load_file
        self._read_file, self._take_files = read_file, take_files
        opening.spectra_named.connect(self.load)

    def load(self, paths: Sequence[Path]) -> None:
        """Overlay files: series of angles in one undo step each, the others alone."""

        def read() -> FilesOfAngles:
            from xanesview.io.spectra.angle_files import files_of_angles

            return files_of_angles(paths)

        name = f"{paths[0].name} and {counted(len(paths) - 1, 'other file')}"
        self._opening.spectra.begin(name, read, lambda result: self._take(paths, result))

    def _take(self, paths: Sequence[Path], result: Callable[[], FilesOfAngles]) -> None:
        try:
            found = result()
        except XanesviewError:  # whichever file it was says so by itself
            for path in paths:
                self._load_file(path)
            return
        for name, spectra in found.series:
            self._workspace.angles.add_series(name, spectra, str(paths[0].parent))
        if len(found.others) > _FEW:
            self._load_many(found.others)
            return
        for path in found.others:
            self._load_file(path)

    def _load_many(self, paths: Sequence[Path]) -> None:
        """Read files one after the other in one thread, then lay all over the prediction."""

        def read() -> list[tuple[Path, Read]]:
            found = []
            for path in paths:
                found.append((path, _result_of(self._read_file, path)))
                time.sleep(_BREATH_S)
            return found

        name = f"{paths[0].name} and {counted(len(paths) - 1, 'other file')}"
        self._opening.spectra.begin(name, read, lambda result: self._take_files(result()))


def _result_of(read: Callable[[Path], Any], path: Path) -> Read:
    """Return a function that returns what a file holds, or raises why it can't be read, as it came out now."""
    try:
        contents = read(path)
    except XanesviewError as error:
        problem = error

        def fail() -> None:
            raise problem

        return fail
    return lambda: contents
