"""Ways in: files, drops, recent files, examples, SMILES. Whatever fails becomes a message, never a dialog."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from xanesview.domain.structure import Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.gui.settings import Settings
from xanesview.gui.workspace import Workspace

#: Endings that are read as spectra, everything else as structures first.
SPECTRUM_ENDINGS = (".csv", ".dat", ".txt", ".tsv", ".nor", ".xmu", ".prn", ".asc", ".h5", ".hdf5")


@contextmanager
def waiting() -> Iterator[None]:
    """Show by the pointer that something takes a moment."""
    QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
    try:
        yield
    finally:
        QGuiApplication.restoreOverrideCursor()


class Opening(QObject):
    """Reads what the user names and hands it to the workspace.

    Parameters
    ----------
    load_reference
        Opens a spectrum file as a reference (the references panel knows how).
    """

    def __init__(
        self,
        workspace: Workspace,
        settings: Settings,
        window: QWidget,
        load_reference: Callable[[Path], None],
        on_opened: Callable[[], None],
    ) -> None:
        super().__init__(window)
        self.workspace = workspace
        self.settings = settings
        self._window = window
        self._load_reference = load_reference
        self._on_opened = on_opened

    # ---- asking ----

    def ask_file(self) -> None:
        """Let the user choose a structure or a spectrum."""
        from xanesview.io.registry import STRUCTURE_FILTERS

        spectra = "Spectra (" + " ".join(f"*{ending}" for ending in SPECTRUM_ENDINGS) + ")"
        names, _ = QFileDialog.getOpenFileNames(
            self._window, "Open", self.settings.folder, f"{STRUCTURE_FILTERS};;{spectra};;All files (*)"
        )
        self.open_paths([Path(name) for name in names])

    def ask_reference(self) -> None:
        """Let the user choose a measured or computed spectrum."""
        spectra = "Spectra (" + " ".join(f"*{ending}" for ending in SPECTRUM_ENDINGS) + ")"
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Load reference", self.settings.folder, f"{spectra};;All files (*)"
        )
        if name:
            self.settings.folder = str(Path(name).parent)
            self._load_reference(Path(name))

    def ask_smiles(self) -> None:
        """Let the user type a SMILES."""
        from xanesview.gui.dialogs.smiles import SmilesDialog

        dialog = SmilesDialog(self._window)
        dialog.accepted.connect(lambda: self.show_structure(dialog.structure))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # ---- opening ----

    def open_paths(self, paths: list[Path]) -> bool:
        """Open dropped or chosen files: the first structure is shown, every spectrum is overlaid.

        False where the structure can't be read.
        """
        structures = [path for path in paths if path.suffix.lower() not in SPECTRUM_ENDINGS]
        spectra = [path for path in paths if path.suffix.lower() in SPECTRUM_ENDINGS]
        opened = self.open_file(structures[0]) if structures else True
        if len(structures) > 1:
            self._tell("open", f"{structures[0].name} is shown; {len(structures) - 1} more were left out.",
                       "Open one structure at a time; freeze its curve to compare it with the next.")  # fmt: skip
        for path in spectra:
            self.settings.folder = str(path.parent)
            self._load_reference(path)
        return opened

    def open_file(self, path: Path) -> bool:
        """Read a structure file and show it; False where it can't be read."""
        from xanesview.io.registry import read_structure

        path = Path(path)
        structure = self._attempt(lambda: read_structure(path))
        if structure is None:
            return False
        self.settings.folder = str(path.resolve().parent)
        self.settings.add_recent_file(path)
        self.show_structure(structure)
        return True

    def open_example(self, name: str) -> bool:
        """Show a bundled example."""
        from xanesview.io.examples import find_example, load_example

        structure = self._attempt(lambda: load_example(name))
        if structure is None:
            return False
        self.show_structure(structure, find_example(name).sites)
        return True

    def open_smiles(self, smiles: str) -> bool:
        """Build a molecule from its SMILES and show it."""
        from xanesview.io.registry import structure_from_smiles

        with waiting():
            structure = self._attempt(lambda: structure_from_smiles(smiles))
        if structure is None:
            return False
        self.show_structure(structure)
        return True

    def show_structure(self, structure: Structure, picked: Sequence[int] = ()) -> None:
        """Show a structure that has been read, with these sites picked or those that the window chooses."""
        self._on_opened()
        self.workspace.open_structure(structure, picked)

    def _attempt(self, read: Callable[[], Structure]) -> Structure | None:
        try:
            return read()
        except XanesviewError as error:
            self._tell("open", error.message, error.hint)
        except OSError as error:
            self._tell("open", f"The file can't be read: {error.strerror or error}.", "Check its name and permissions.")
        return None

    def _tell(self, kind: str, message: str, hint: str) -> None:
        self.workspace.message.emit(Notice(kind, message, hint))
