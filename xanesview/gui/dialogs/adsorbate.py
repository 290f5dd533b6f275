"""A molecule put on the surface that is shown: its SMILES, where it stands, height, turn; the mouse does the same."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QWidget,
)

from xanesview.domain.editing.adsorbate import LEAST_HEIGHT_ANGSTROM
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.plain_text import Label
from xanesview.gui.background.structure_reading import StructureReading
from xanesview.gui.dialogs.asking import OutcomeLine, fill, number_box
from xanesview.gui.session.workspace import Workspace
from xanesview.limits import LARGEST_HEIGHT_ANGSTROM
from xanesview.shown.surface_words import pressed_words, stand_words

_PAUSE_MS = 350  # after typing, before the molecule is built
_SAID = (
    "The first atom of the SMILES stands on the site that you click in the 3D view: an atom, a bridge, a hollow. The "
    "height is that of this atom. Drag the molecule over the surface, with Shift up and down, with Ctrl or the right "
    "button to turn it. Cancel takes it away."
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
        self._reading, self._build, self._placing = reading, build, workspace.placing
        self._structure = lambda: workspace.structure
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self.build)
        self.smiles = QLineEdit(objectName="adsorbate-smiles", placeholderText="[C-]#[O+]")
        self.smiles.setAccessibleName("SMILES")
        self.smiles.textEdited.connect(lambda _text: self._later.start())
        self.where = Label("", objectName="adsorbate-site", wordWrap=True)
        self.where.setMinimumHeight(2 * self.where.fontMetrics().lineSpacing())
        limits = LEAST_HEIGHT_ANGSTROM, LARGEST_HEIGHT_ANGSTROM
        self.height = number_box(*limits, 2.0, 0.05, " Å", "adsorbate-height", "Height")
        self.height.valueChanged.connect(self._placing.set_height)
        self.turn = number_box(-360.0, 360.0, 0.0, 5.0, "°", "adsorbate-turn", "Turn about the normal")
        self.turn.valueChanged.connect(self._placing.set_turn)
        self.lies = QCheckBox("lying", objectName="adsorbate-lies")
        self.lies.setToolTip("With its flattest side to the surface, else upright")
        self.lies.toggled.connect(self._placing.set_lies)
        self.snaps = QCheckBox("snap to sites", objectName="adsorbate-snaps", checked=True)
        self.snaps.setToolTip("Let go, the molecule stands on the nearest site, else where it is")
        self.snaps.toggled.connect(lambda on: setattr(self._placing, "snaps", on))
        self.problem = OutcomeLine()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._arrange(buttons)
        chosen = workspace.editing.chosen
        self._placing.snaps = True
        self._placing.changed.connect(self._tell)
        self._placing.refused.connect(self.problem.refuse)
        self._placing.begin(chosen)
        self._placing.active_changed.connect(self._end)

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
        self._leave(self._placing.keep)
        super().accept()

    def reject(self) -> None:
        """Take the molecule away, as if it had never been."""
        self._leave(self._placing.take_away)
        super().reject()

    def done(self, result: int) -> None:
        """Close; the mouse does what it did before."""
        self._later.stop()
        self._reading.cancel()
        super().done(result)

    def _leave(self, how: Callable[[], None]) -> None:
        for signal, slot in (
            (self._placing.active_changed, self._end), (self._placing.changed, self._tell),
            (self._placing.refused, self.problem.refuse),
        ):  # fmt: skip
            signal.disconnect(slot)
        how()

    def _end(self, active: bool) -> None:
        """The mode has ended elsewhere: by Escape, or since another structure is shown."""
        if not active:
            self._leave(self._placing.keep)
            super().reject()

    def _arrange(self, buttons: QDialogButtonBox) -> None:
        form = QFormLayout()
        form.addRow("&SMILES", self.smiles)
        form.addRow("On", self.where)
        form.addRow("&Height", self.height)
        form.addRow("&Turn", self.turn)
        form.addRow("", self.lies)
        form.addRow("", self.snaps)
        fill(self, _SAID, form, self.problem, buttons)

    def _take(self, result: Callable[[], Structure]) -> None:
        try:
            molecule = result()
        except XanesviewError as error:
            self.problem.refuse(error)
            return
        if self._placing.is_active:
            self._placing.take(molecule)

    def _tell(self) -> None:
        """Say how the molecule stands; the numbers follow the mouse."""
        stand, molecule = self._placing.stand, self._placing.molecule
        if stand is None:
            return
        for box, value in ((self.height, stand.height_angstrom), (self.turn, stand.turn_deg)):
            with QSignalBlocker(box):
                if abs(box.value() - value) > 0.005:
                    box.setValue(value)
        self.where.setText(stand_words(self._placing.slab, stand.site, stand.beside))
        pressed = self._placing.pressed
        if molecule is None:
            self.problem.say("Type a SMILES such as [C-]#[O+], O or c1ccccc1.")
        elif pressed is None:
            self.problem.say(molecule.formula)
        else:
            self.problem.say(pressed_words(self._structure(), *pressed), invalid=True)
