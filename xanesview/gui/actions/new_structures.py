"""Structures that are made, not opened: of a SMILES, its conformers, cuts of crystals, copies; each by a dialog."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from xanesview.domain.counts import counted
from xanesview.domain.structure import Notice, Structure
from xanesview.gui.actions.opening import Opening


class NewStructures(QObject):
    """Asks for what is to be made, and has what comes of it shown as a file's structure is."""

    def __init__(self, opening: Opening, window: QWidget) -> None:
        super().__init__(window)
        self.opening, self.workspace, self._window = opening, opening.workspace, window
        self.workspace.conformers.found.connect(self.show_conformers)

    def ask_smiles(self) -> None:
        """Let the user type a SMILES."""
        from xanesview.gui.dialogs.smiles import SmilesDialog

        dialog = SmilesDialog(self._window, self.opening.asked, self.opening.build_named)
        dialog.accepted.connect(lambda: self.opening.show_structure(dialog.structure))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def ask_conformers(self) -> None:
        """Let the user seek the conformers of a SMILES, that of the molecule shown to begin with."""
        from xanesview.gui.dialogs.conformers import ConformersDialog

        shown = self.workspace.structure
        smiles = "" if shown is None or shown.is_periodic else shown.smiles or ""
        dialog = ConformersDialog(self._window, self.workspace.conformers, smiles)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()

    def show_conformers(self, frames: Sequence[Structure]) -> None:
        """Show the lowest of conformers, whose file holds the others as frames, and ask for the mean of all.

        Both are one undo step, unless the user does something else before the mean is there.
        """
        self.opening.remember(Path(frames[0].source))
        gesture = self.workspace.begin_gesture()
        self.opening.show_structure(frames[0], gesture=gesture)
        count = counted(len(frames), "conformer")
        known = " ".join(one.message for one in frames[0].notices if one.kind == "conformers")
        self.workspace.message.emit(
            Notice("conformers-found", f"{count} found; the file is {frames[0].source}.", known)
        )
        if len(frames) > 1:
            shares = [one.conformer.share for one in frames]
            self.workspace.ensemble.ask(frames, f"mean of {count}", shares, gesture=gesture)

    def ask_surface(self) -> None:
        """Let the user choose a surface of the crystal that is shown; the slab opens beside it."""
        bulk = self.workspace.structure
        if bulk is None or not bulk.pbc.all():
            return
        from xanesview.gui.dialogs.surface import SurfaceDialog

        dialog = SurfaceDialog(self._window, self.opening.asked, bulk)
        dialog.accepted.connect(lambda: self.opening.show_structure(dialog.structure))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def ask_adsorbate(self) -> None:
        """Let the user put a molecule on the slab shown; the dialog leaves the 3D view to be clicked."""
        structure = self.workspace.structure
        if structure is None or structure.surface_normal is None:
            return
        from xanesview.gui.dialogs.adsorbate import AdsorbateDialog

        dialog = AdsorbateDialog(self._window, self.opening.asked, self.opening.build, self.workspace)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()

    def ask_frames(self) -> None:
        """Show the map and the mean of all frames of the file that is shown."""
        structure = self.workspace.structure
        if structure is None or structure.n_frames < 2:
            return
        from xanesview.gui.dialogs.frames import FramesDialog

        dialog = FramesDialog(self._window, self.workspace)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()

    def ask_copies(self) -> None:
        """Let the user make a larger, strained or rattled copy of the structure shown, or the mean of many."""
        structure = self.workspace.structure
        if structure is None:
            return
        from xanesview.gui.dialogs.copies import CopiesDialog

        dialog = CopiesDialog(self._window, self.opening.asked, structure)

        def made() -> None:
            if len(dialog.made) == 1:
                self.opening.show_structure(dialog.made[0])
            else:
                self.workspace.keep_structure(dialog.first)
                self.workspace.ensemble.ask(dialog.made, dialog.name)

        dialog.accepted.connect(made)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
