"""Several files of spectra that are given together: those of one sample at several angles become one series."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from xanesview.domain.counts import counted
from xanesview.errors import XanesviewError
from xanesview.gui.actions.opening import Opening
from xanesview.gui.session.workspace import Workspace

if TYPE_CHECKING:
    from xanesview.io.spectra.angle_files import FilesOfAngles


class SeriesLoading(QObject):
    """Reads them beside the window.

    Parameters
    ----------
    load_file
        Lays a file that belongs to no series over the prediction.
    """

    def __init__(self, workspace: Workspace, opening: Opening, load_file: Callable[[Path], None]) -> None:
        super().__init__(opening)
        self._workspace, self._opening, self._load_file = workspace, opening, load_file
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
        for path in found.others:
            self._load_file(path)
