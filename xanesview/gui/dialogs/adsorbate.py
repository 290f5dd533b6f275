"""A molecule put on the surface that is shown: its SMILES, the site clicked in the 3D view, height and turn."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QWidget,
)

from xanesview.domain.editing.adsorbate import adsorbed, usual_height
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.plain_text import Label
from xanesview.gui.background.structure_reading import StructureReading
from xanesview.gui.dialogs.asking import OutcomeLine, fill, number_box
from xanesview.gui.session.workspace import Workspace
from xanesview.shown.names import site_name

_PAUSE_MS = 350  # after typing, before the molecule is built
_SAID = (
    "The first atom of the SMILES stands on the atom that you click in the 3D view. Height and turn change what is "
    "shown at once; Cancel takes the molecule away."
)


class AdsorbateDialog(QDialog):
    """Stands beside the view, which goes on; all its changes are one undo step.

    Parameters
    ----------
    reading
        Builds the molecule in a thread.
    build
        Makes a molecule of a SMILES.
    workspace : Workspace
        Shows a slab.
    """

    def __init__(
        self,
        parent: QWidget | None,
        reading: StructureReading,
        build: Callable[[str], Structure],
        workspace: Workspace,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Put molecule on surface")
        self.setMinimumWidth(420)
        self._reading, self._build, self._workspace = reading, build, workspace
        self._slab = workspace.session
        self._gesture: int | None = None
        self._molecule: Structure | None = None
        self._own_height = False  # typed, so that another site keeps it
        self._was_active = workspace.editing.is_active
        workspace.editing.set_active(True)
        self.site = self._first_site()
        workspace.editing.choose(self.site)
        workspace.editing.chosen_changed.connect(self._choose)
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self.build)
        self.smiles = QLineEdit(objectName="adsorbate-smiles", placeholderText="[C-]#[O+]")
        self.smiles.setAccessibleName("SMILES")
        self.smiles.textEdited.connect(lambda _text: self._later.start())
        self.where = Label("", objectName="adsorbate-site")
        self.height = number_box(0.3, 20.0, 2.0, 0.05, " Å", "adsorbate-height", "Height")
        self.height.valueChanged.connect(self._lift)
        self.turn = number_box(-360.0, 360.0, 0.0, 5.0, "°", "adsorbate-turn", "Turn about the normal")
        self.turn.valueChanged.connect(lambda _value: self._show())
        self.lies = QCheckBox("lying", objectName="adsorbate-lies")
        self.lies.setToolTip("With its flattest side to the surface, else upright")
        self.lies.toggled.connect(lambda _on: self._show())
        self.problem = OutcomeLine()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._arrange(buttons)
        self._tell()

    def build(self) -> None:
        """Build the molecule that is typed, beside the window, and put it there."""
        text = self.smiles.text().strip()
        self._later.stop()
        if text and not self._reading.begin(lambda: self._build(text), self._take):
            self.problem.say("Building the molecule…")

    def accept(self) -> None:
        """Leave the molecule where it is; one that is still to be built is put there first."""
        if self._later.isActive():
            self.build()
            return
        super().accept()

    def reject(self) -> None:
        """Take the molecule away, as if it had never been."""
        if self._gesture is not None:
            self._workspace.take_back(self._gesture)
            self._gesture = None
        super().reject()

    def done(self, result: int) -> None:
        """Close; the mouse does what it did before."""
        self._later.stop()
        self._reading.cancel()
        self._workspace.editing.chosen_changed.disconnect(self._choose)
        if not self._was_active:
            self._workspace.editing.set_active(False)
        super().done(result)

    def _arrange(self, buttons: QDialogButtonBox) -> None:
        form = QFormLayout()
        form.addRow("&SMILES", self.smiles)
        form.addRow("On", self.where)
        form.addRow("&Height", self.height)
        form.addRow("&Turn", self.turn)
        form.addRow("", self.lies)
        fill(self, _SAID, form, self.problem, buttons)

    def _first_site(self) -> int:
        """The atom that is chosen already, else the topmost."""
        structure, chosen = self._slab.structure, self._workspace.editing.chosen
        heights = structure.positions_angstrom @ structure.surface_normal
        return chosen if chosen >= 0 else int(np.argmax(heights))

    def _choose(self, atom: int) -> None:
        if 0 <= atom < self._slab.structure.n_atoms:
            self.site = atom
            self._rest_on_site()
            self._show()
        self._tell()

    def _take(self, result: Callable[[], Structure]) -> None:
        try:
            self._molecule = result()
        except XanesviewError as error:
            self.problem.refuse(error)
            return
        self._rest_on_site()
        self._show()

    def _rest_on_site(self) -> None:
        """Take the usual height over the site, unless one was typed."""
        if self._molecule is not None and not self._own_height:
            self.height.blockSignals(True)
            self.height.setValue(usual_height(self._slab.structure, [self.site], self._molecule))
            self.height.blockSignals(False)

    def _lift(self) -> None:
        self._own_height = True
        self._show()

    def _show(self) -> None:
        if self._molecule is None:
            return
        try:
            structure = adsorbed(
                self._slab.structure, self._molecule, [self.site], self.height.value(),
                turn_deg=self.turn.value(), lies=self.lies.isChecked(),
            )  # fmt: skip
        except XanesviewError as error:
            self.problem.refuse(error)
            return
        if self._gesture is None:
            self._gesture = self._workspace.begin_gesture()
        self._workspace.editing.adsorb(self._slab, structure, self._gesture)
        self._tell()

    def _tell(self) -> None:
        self.where.setText(site_name(self._slab.structure, self.site))
        words = "Type a SMILES such as [C-]#[O+], O or c1ccccc1." if self._molecule is None else self._molecule.formula
        self.problem.say(words)
