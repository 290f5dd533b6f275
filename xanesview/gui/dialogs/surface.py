"""New surface: a slab cut from the crystal that is shown, by Miller index, termination, layers, vacuum and width."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from xanesview.domain.counts import counted
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.plain_text import Label
from xanesview.gui.appearance.theme import restyle
from xanesview.gui.background.structure_reading import StructureReading
from xanesview.gui.dialogs.asking import OutcomeLine, fill, whole_box
from xanesview.gui.dialogs.ready import make_ready

_PAUSE_MS = 250  # after typing, before terminations are sought


class SurfaceDialog(QDialog):
    """Asks for a surface of a crystal; what can't be cut is said below the fields and the dialog stays.

    Terminations are found and the slab is cut in a thread of `reading`; closing the dialog gives it up.
    """

    def __init__(self, parent: QWidget | None, reading: StructureReading, bulk: Structure) -> None:
        super().__init__(parent)
        self.setWindowTitle("New surface")
        self.setMinimumWidth(540)
        self.structure: Structure | None = None
        self._reading, self._bulk = reading, bulk
        self._cell: Structure | None = None  # conventional; found with the first terminations
        self._cuts: tuple = ()
        self._repeat_atoms = 0  # of one layer of one cell
        self._cutting = False
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self._seek)
        self.miller = QLineEdit("1,1,0", objectName="surface-miller")
        self.miller.setAccessibleName("Miller index")
        self.miller.textEdited.connect(lambda _text: self._typed())
        self.termination = QComboBox(objectName="surface-termination")
        self.termination.setAccessibleName("Termination")
        self.termination.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.layers = self._whole(4, 1, 200, "surface-layers", "Layers")
        self.across = self._whole(1, 1, 100, "surface-across", "Cells wide along the first vector")
        self.along = self._whole(1, 1, 100, "surface-along", "Cells wide along the second vector")
        self.primitive = QCheckBox("smallest", objectName="surface-primitive")
        self.primitive.setToolTip(
            "The smallest cell of the surface, such as 1 × 1 of fcc (111); layers count its repeats"
        )
        self.primitive.toggled.connect(lambda _on: self._seek())
        self.vacuum = QDoubleSpinBox(minimum=1.0, maximum=500.0, value=12.0, decimals=1, suffix=" Å")
        self.vacuum.setObjectName("surface-vacuum")
        self.vacuum.setAccessibleName("Vacuum")
        self.termination.currentIndexChanged.connect(lambda _index: self._tell())
        self.problem = OutcomeLine()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.cut_button = buttons.addButton("Cut", QDialogButtonBox.ButtonRole.AcceptRole)
        self.cut_button.setDefault(True)
        buttons.accepted.connect(self.cut)
        buttons.rejected.connect(self.reject)
        self._arrange(buttons)
        self._seek()
        make_ready(self)

    def cut(self) -> None:
        """Cut the slab and close, or say why it can't be cut."""
        if self._cutting or self._cell is None or not self._cuts:
            return
        from xanesview.domain.editing.surface import parse_miller, surface

        cell, number = self._cell, self.termination.currentIndex()
        layers, vacuum = self.layers.value(), self.vacuum.value()
        wide, primitive = (self.across.value(), self.along.value()), self.primitive.isChecked()
        miller = parse_miller(self.miller.text())
        self._cutting = True
        self.cut_button.setEnabled(False)
        self._reading.begin(lambda: surface(cell, miller, layers, vacuum, number, wide, primitive), self._cut)

    def done(self, result: int) -> None:
        """Close; what is still being sought or cut is given up."""
        self._later.stop()
        self._reading.cancel()
        super().done(result)

    def _arrange(self, buttons: QDialogButtonBox) -> None:
        width = QHBoxLayout()
        width.addWidget(self.across)
        width.addWidget(Label("×"))
        width.addWidget(self.along)
        width.addWidget(Label("cells"))
        width.addStretch()
        form = QFormLayout()
        form.addRow("&Miller index", self.miller)
        form.addRow("&Termination", self.termination)
        form.addRow("&Layers", self.layers)
        form.addRow("&Vacuum", self.vacuum)
        form.addRow("Width", width)
        form.addRow("&Cell", self.primitive)
        said = (
            f"A slab of {self._bulk.name or self._bulk.formula}, its normal along z. Atoms stay where they are in the "
            "bulk: nothing is relaxed."
        )
        fill(self, said, form, self.problem, buttons)

    def _whole(self, value: int, low: int, high: int, name: str, told: str) -> QSpinBox:
        box = whole_box(low, high, value, name, told)
        box.valueChanged.connect(lambda _value: self._tell())
        return box

    def _typed(self) -> None:
        self.cut_button.setEnabled(False)
        self._later.start()

    def _seek(self) -> None:
        """Find the terminations of the index that is typed, beside the window."""
        from xanesview.domain.editing.surface import conventional, parse_miller, terminations
        from xanesview.domain.editing.surface_cell import in_smallest_cell

        self._cuts = ()
        self.termination.clear()
        self.cut_button.setEnabled(False)
        text = self.miller.text()
        try:
            parse_miller(text)
        except XanesviewError as error:
            self._say(f"{error.message} {error.hint}", invalid=True)
            return
        bulk = self._bulk
        known, primitive = self._cell, self.primitive.isChecked()

        def find() -> tuple:
            cell = known or conventional(bulk)
            miller = parse_miller(text, cell)
            smaller = in_smallest_cell(cell, miller)[0] if primitive else cell
            return cell, terminations(cell, miller, primitive), smaller.n_atoms

        if not self._reading.begin(find, self._found):
            self._say("Looking where this surface can be cut…", invalid=False)

    def _found(self, result: Callable[[], tuple]) -> None:
        try:
            self._cell, self._cuts, self._repeat_atoms = result()
        except XanesviewError as error:
            self._say(f"{error.message} {error.hint}".strip(), invalid=True)
            return
        for one in self._cuts:
            self.termination.addItem(str(one).partition(": ")[2])
        self.cut_button.setEnabled(True)
        self._tell()

    def _cut(self, result: Callable[[], Structure]) -> None:
        self._cutting = False
        self.cut_button.setEnabled(True)
        try:
            self.structure = result()
        except XanesviewError as error:
            self._say(f"{error.message} {error.hint}".strip(), invalid=True)
            return
        self.accept()

    def _tell(self) -> None:
        """Say what will be cut, and what is to be known of it."""
        number = self.termination.currentIndex()
        if self._cell is None or not 0 <= number < len(self._cuts):
            return
        n = self._repeat_atoms * self.layers.value() * self.across.value() * self.along.value()
        words = [f"{counted(n, 'atom')}."]
        if not self._cuts[number].has_equal_faces:
            words.append("The two faces differ, so that a dipole may stand across the slab.")
        words += [one.message for one in self._cell.notices if one.kind == "cell"]
        self._say(" ".join(words), invalid=False)

    def _say(self, text: str, invalid: bool) -> None:
        self.problem.say(text, invalid)
        restyle(self.miller, "invalid", invalid)
