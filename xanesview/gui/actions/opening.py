"""Ways in: files, drops, recent files, examples, SMILES. Whatever fails becomes a message, never a dialog.

Files are read and molecules built beside the window. What is ready within a moment is shown before the call returns;
what takes longer is told of above the 3D view, with a way to give it up, and shown when it is there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from xanesview.domain.counts import counted
from xanesview.domain.structure import Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.gui.actions.opening_failures import OpeningFailures
from xanesview.gui.appearance.busy_cursor import busy_cursor
from xanesview.gui.background.spectrum_reading import SpectrumReading
from xanesview.gui.background.structure_reading import StructureReading
from xanesview.gui.session.workspace import Workspace
from xanesview.gui.settings import Settings
from xanesview.io.recognition import OPEN_FILTERS, kind_of_file, spectra_of_folders
from xanesview.io.session_mark import is_session_file
from xanesview.io.spectra.registry import SPECTRUM_FILTERS
from xanesview.io.text_file import is_folder
from xanesview.limits import MOST_REFERENCES

#: What takes no longer than this is not told of: a message that comes and goes at once would flicker, ms.
QUIET_MS = 200
#: Of up to so many files it is looked at once what each is; of more, beside the window.
_MANY = 20
#: Of more structures than this a list is made instead of tabs.
_MOST_TABS = 20
#: Kind of the notice that stands while something is being read or built; it has a button to give that up.
WORKING = "working"
_CHECK = "Check its name and permissions."
BUILDING = Notice(WORKING, "Building the molecule…", "Large molecules take some seconds; you can go on meanwhile.")


def _nothing() -> None:
    """What follows where nothing is to follow."""


log = logging.getLogger(__name__)


class Opening(QObject):
    """Reads what the user names and hands it to the workspace.

    Attributes
    ----------
    force_field : bool
        Whether molecules from SMILES are relaxed with a force field.
    failures : OpeningFailures
        What of the files named last can't be opened.
    """

    spectrum_named = Signal(object)  # Path of a spectrum to lay over the prediction (the references panel knows how)
    spectra_named = Signal(object)  # Paths of several that were given together, which may be a series of angles
    many_named = Signal(object)  # Paths of folders, or of files of many structures, to predict one and all
    image_named = Signal(object)  # Path of a spectrum image or series
    replacing = Signal()  # another structure is about to be shown
    remembered = Signal()  # a file came to the top of the recent ones
    session_named = Signal(object, object, object)  # Path of a session; what to do when it is shown; where it can't be
    refused = Signal(str, str)  # message, hint: what was asked for can't be opened
    reading_spectrum = Signal(object)  # a Notice while a spectrum takes longer than a moment, None when that is over
    reading_changed = Signal(str)  # what is being read or built, in a sentence from its first moment; then empty
    working = Signal(object)  # a Notice while something takes longer than a moment, None when that is over

    def __init__(self, workspace: Workspace, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self.workspace = workspace
        self.settings = settings
        self._window = window
        self.reading = StructureReading(self)
        self.asked = StructureReading(self)  # what dialogs build: they tell of it themselves
        self.spectra = SpectrumReading(self)
        self.spectra.working.connect(
            lambda text, hint: self.reading_spectrum.emit(Notice(WORKING, text, hint) if text else None)
        )
        self.force_field = True
        self.failures = OpeningFailures(workspace.message.emit)
        self._notice: Notice | None = None
        self._later = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._later.timeout.connect(lambda: self.working.emit(self._notice))

    # ---- asking ----

    def ask_file(self) -> None:
        """Let the user choose structures, spectra or a session."""
        names, _ = QFileDialog.getOpenFileNames(self._window, "Open", self.settings.folder, OPEN_FILTERS)
        self.open_paths([Path(name) for name in names])

    def ask_folder(self) -> None:
        """Let the user choose a folder: of structures, to predict all of them, or of spectra."""
        name = QFileDialog.getExistingDirectory(self._window, "Open folder", self.settings.folder)
        if name:
            self.settings.folder = name
            self.open_paths([Path(name)])

    def ask_reference(self) -> None:
        """Let the user choose a measured or computed spectrum."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Load reference", self.settings.folder, f"{SPECTRUM_FILTERS};;All files (*)"
        )
        if name:
            self.failures.begin()
            self.settings.folder = str(Path(name).parent)
            self.spectrum_named.emit(Path(name))

    def build_named(self, text: str) -> Structure:
        """Build a molecule; of a mineral that comes with the program, read that."""
        from xanesview.io.examples import load_example
        from xanesview.io.structures.minerals import mineral_of

        mineral = mineral_of(text)
        return self.build(text) if mineral is None or not mineral.example else load_example(mineral.example)

    def build(self, text: str) -> Structure:
        """Build a molecule from a SMILES or a name of the library."""
        from xanesview.io.structures.registry import structure_from_smiles
        from xanesview.reference.library.names import smiles_to_build, with_name

        smiles = with_name(smiles_to_build(text))
        return structure_from_smiles(smiles) if self.force_field else structure_from_smiles(smiles, force_field=False)

    # ---- opening ----

    def open_paths(self, paths: list[Path]) -> bool:
        """Open dropped or chosen files: the first structure is shown, the others stand in tabs beside it.

        Every spectrum is overlaid on the first. A session takes the place of all that is open, before the others.
        What can't be opened keeps nothing else from it, and is told of in one notice.

        A folder of structures, and more of them than anybody wants tabs of, become a list in which all are predicted.

        False where no structure of those named can be read.
        """
        self.failures.begin()
        folders = [path for path in paths if is_folder(path)]
        if folders:
            self._open_folders(folders)
            paths = [path for path in paths if path not in folders]
            return not paths or self.open_paths(paths)
        if len(paths) <= _MANY:
            return self._open_kinds(paths, [kind_of_file(path) for path in paths])
        named = f"{paths[0].name} and {counted(len(paths) - 1, 'other file')}"
        self.spectra.begin(
            named, lambda: [kind_of_file(path) for path in paths], lambda read: self._open_kinds(paths, read())
        )
        return True

    def _open_folders(self, folders: list[Path]) -> None:
        """Predict the structures of folders; where they hold none, lay their spectra over the prediction.

        Of more spectra than a plot holds the user chooses.
        """

        def take(result: Callable[[], list[Path]]) -> None:
            spectra = result()
            if not spectra:
                self.many_named.emit(tuple(folders))
            elif len(spectra) <= self.room:
                self.overlay(spectra)
            else:
                self._choose_spectra(folders[0].name, spectra)

        self.spectra.begin(folders[0].name, lambda: spectra_of_folders(folders, many=MOST_REFERENCES), take)

    def _choose_spectra(self, name: str, paths: list[Path]) -> None:
        from xanesview.gui.dialogs.choose_spectra import ChooseSpectraDialog

        dialog = ChooseSpectraDialog(self._window, name, paths, self.room)
        dialog.accepted.connect(lambda: self.overlay(dialog.chosen()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _open_kinds(self, paths: list[Path], kinds: list[str]) -> bool:
        """Open files once it is known what each of them is."""
        named = list(zip(paths, kinds, strict=True))
        sessions = [path for path, kind in named if kind == "session"]
        spectra = [path for path, kind in named if kind == "spectrum"]
        images = [path for path, kind in named if kind == "image"]
        structures = [path for path, kind in named if kind not in ("session", "spectrum", "image")]
        self._open_images(images)
        if sessions:
            self._open_session(sessions, lambda: self._show_first(structures, spectra))
            return True
        return self._show_first(structures, spectra) or not structures

    def _open_images(self, images: list[Path]) -> None:
        """Show the first image; the panel holds one."""
        for path in images[1:]:
            self._refuse(f"{path.name} was not opened: one image is shown at a time.", "Open it by itself.")
        if images:
            self.settings.folder = str(images[0].parent)
            self.image_named.emit(images[0])

    def _open_session(self, sessions: list[Path], then: Callable[[], object]) -> None:
        """Open the first of some sessions that can be read, and then the rest of what was named."""
        first, *others = sessions

        def shown() -> None:
            for path in others:
                self._refuse(
                    f"{path.name} was not opened: a window holds one session.", "Open it by itself, or in another."
                )
            then()
            self.failures.tell()

        self.session_named.emit(first, shown, lambda: self._open_session(others, then) if others else then())

    def _show_first(self, structures: list[Path], spectra: list[Path]) -> bool:
        """Show the first structure that can be read, the others beside it, spectra over it; False where none can."""
        if len(structures) > _MOST_TABS:
            self.overlay(spectra)
            self.many_named.emit(tuple(structures))
            return True
        if not structures:
            self.overlay(spectra)
            return False
        first, *others = structures
        outcome: list[bool] = []

        def shown() -> None:
            self.overlay(spectra)
            self._keep_all(others)

        read = self._read_file(first, shown, lambda: outcome.append(self._show_first(others, spectra)))
        return outcome[0] if outcome else read

    @property
    def room(self) -> int:
        """How many curves can still be laid over the prediction."""
        return max(MOST_REFERENCES - len(self.workspace.session.references), 0)

    def overlay(self, paths: Sequence[Path]) -> None:
        """Lay spectra over the prediction; several that are given together may be a series of angles."""
        paths, left = paths[: self.room], paths[self.room :]
        if left:
            self._refuse(
                f"{counted(len(left), 'spectrum', 'spectra')} not opened: a plot holds up to {MOST_REFERENCES}.",
                "Remove some of those that are there; “xanesview plot” draws more of them in a figure.",
            )
        if paths:
            self.settings.folder = str(paths[-1].parent)
        if len(paths) > 1:
            self.spectra_named.emit(tuple(paths))
        elif paths:
            self.spectrum_named.emit(paths[0])

    def _keep_all(self, paths: list[Path]) -> None:
        """Read one file after the other and keep each structure in a tab beside the one shown."""
        if not paths:
            return
        from xanesview.io.structures.registry import read_structure

        path, others = paths[0], paths[1:]

        def keep(structure: Structure) -> None:
            self.remember(path)
            self.workspace.keep_structure(structure)
            self._keep_all(others)

        notice = Notice(WORKING, f"Reading {path.name}…")
        self._begin(notice, lambda: read_structure(path), keep, lambda: self._keep_all(others), path.name)

    def remember(self, path: Path) -> None:
        """Put a file at the top of the recent ones."""
        self.settings.add_recent_file(path)
        self.remembered.emit()

    def open_file(self, path: Path) -> bool:
        """Read a structure file (or a session) and show it, at once or as soon as it is read; False where it can't."""
        if is_session_file(path):
            return self.open_paths([Path(path)])
        self.failures.begin()
        return self._read_file(Path(path))

    def read_beside(
        self, path: Path, read: Callable[[], object], show: Callable[[object], None],
        failed: Callable[[], object] = _nothing,
    ) -> bool:  # fmt: skip
        """Read a file of another kind beside the window, then show it; the newest of all that is opened wins."""
        return self._begin(Notice(WORKING, f"Reading {path.name}…"), read, show, failed, path.name)

    def show_frame(self, frame: int, gesture: int | None = None) -> None:
        """Show another frame (from 0) of the trajectory that the structure shown is from; the newest wish wins.

        Frames of one gesture are one undo step.
        """
        structure = self.workspace.structure
        if structure is None or structure.n_frames < 2:
            return
        from xanesview.io.structures.registry import read_structure

        self.failures.begin()
        path = Path(structure.source)
        notice = Notice(WORKING, f"Reading frame {frame + 1:,} of {path.name}…")
        show = partial(self.workspace.show_frame, gesture=gesture)
        self._begin(notice, lambda: read_structure(path, frame), show)

    def open_example(self, name: str) -> bool:
        """Show a bundled example."""
        from xanesview.io.examples import load_example

        self.failures.begin()
        notice = Notice(WORKING, "Reading the example…")
        return self._begin(notice, lambda: load_example(name), self.show_structure)

    def open_smiles(self, smiles: str) -> bool:
        """Build a molecule from SMILES or name and show it, at once or when it is built; False where it can't be."""
        self.failures.begin()
        return self._begin(BUILDING, lambda: self.build_named(smiles), self.show_structure)

    def show_structure(self, structure: Structure, picked: Sequence[int] = (), gesture: int | None = None) -> None:
        """Show a structure that has been read, with these sites picked or those that the window chooses.

        What is still being read is given up: the newest wins. For `gesture` see `open_structure`.
        """
        self.cancel()
        self.replacing.emit()
        with busy_cursor():  # thousands of atoms take a while to be drawn
            self.workspace.open_structure(structure, picked, gesture)

    def cancel(self) -> None:
        """Give up what is being read or built; what is shown stays."""
        self.reading.cancel()
        self._over()

    def shutdown(self) -> None:
        """Begin nothing more; what still runs ends unheard."""
        self._later.stop()
        self.reading.shutdown()
        self.asked.shutdown()
        self.spectra.shutdown()

    def _read_file(
        self, path: Path, shown: Callable[[], None] = _nothing, failed: Callable[[], None] = _nothing
    ) -> bool:
        from xanesview.io.structures.registry import read_structure

        def show(structure: Structure) -> None:
            self.settings.folder = str(path.resolve().parent)
            self.remember(path)
            self.show_structure(structure)
            shown()
            self.failures.tell()  # what was said of others has gone with the structure before

        notice = Notice(WORKING, f"Reading {path.name}…")
        return self._begin(notice, lambda: read_structure(path), show, failed, path.name)

    def _begin(
        self,
        notice: Notice,
        read: Callable[[], Structure],
        show: Callable[[Structure], None],
        failed: Callable[[], None] = _nothing,
        name: str = "",
    ) -> bool:
        """Read beside the window, then show; False if it is known already that this fails.

        `name` is that of the file, where it is one, for what may have to be told of it.
        """
        outcome: list[bool] = []

        def deliver(result: Callable[[], Structure]) -> None:
            self._over()
            structure = self._attempt(result, name)
            outcome.append(structure is not None)
            if structure is None:
                failed()
            else:
                show(structure)

        self._over()
        if not self.reading.begin(read, deliver) and self.reading.is_busy:
            self._notice = notice
            self._later.start()
            self.reading_changed.emit(notice.message)
        return outcome != [False]

    def _over(self) -> None:
        """Nothing is waited for any more."""
        self._later.stop()
        self.working.emit(None)
        self.reading_changed.emit("")

    def _attempt(self, read: Callable[[], Structure], name: str) -> Structure | None:
        try:
            return read()
        except XanesviewError as error:
            self._refuse(error.message, error.hint)
        except OSError as error:
            self._refuse(f"{name or 'The file'} can't be read: {error.strerror or error}.", _CHECK)
        return None

    def _refuse(self, message: str, hint: str) -> None:
        log.info("not opened: %s", message)
        self.failures.add(Notice("open", message, hint))
        self.refused.emit(message, hint)
