"""Larger, strained or rattled copies of the structure shown, and the mean spectrum of many rattled ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QSpinBox,
    QWidget,
)

from xanesview.domain.counts import counted
from xanesview.domain.editing.copies import copies, strained, supercell, thermal_sigma
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.choice import Choice
from xanesview.gui.background.structure_reading import StructureReading
from xanesview.gui.dialogs.asking import OutcomeLine, fill, number_box, whole_box
from xanesview.gui.session.conformer_search import free_place

STILL, SIGMA, THERMAL = "leave atoms where they are", "displace by σ", "displace by temperature"
_SAID = (
    "A copy opens in a tab of its own. Of several rattled copies, frames of one file there, the mean spectrum of the "
    "picked sites is drawn beside the current one, one standard deviation between them as its band."
)


class CopiesDialog(QDialog):
    """Asks what is to be made of a structure; what can't be is said below and the dialog stays.

    Attributes
    ----------
    made : list of Structure
        The copies, once the dialog is accepted.
    first : Structure or None
        The first of several, as it was read from the file that has all as its frames.
    name : str
        What the mean of several is called.
    """

    def __init__(self, parent: QWidget | None, reading: StructureReading, structure: Structure) -> None:
        super().__init__(parent)
        self.setWindowTitle("Copies")
        self.setMinimumWidth(520)
        self.made: list[Structure] = []
        self.first: Structure | None = None
        self.name = ""
        self._structure, self._reading = structure, reading
        periodic = [bool(one) for one in structure.pbc]
        self.repeat = [self._whole(1, 100, f"copies-repeat-{v}", f"Cells along {v}") for v in "abc"]
        self.strain = [self._number(-30.0, 30.0, 0.0, f"copies-strain-{v}", f"Strain along {v}", " %") for v in "abc"]
        for k, repeats in enumerate(periodic):
            self.repeat[k].setEnabled(repeats)
            self.strain[k].setEnabled(repeats)
        self.how = Choice(objectName="copies-how")
        self.how.setAccessibleName("Displacements")
        for text in (STILL, SIGMA, THERMAL):
            self.how.addItem(text, text)
        self.sigma = self._number(0.0, 0.5, 0.05, "copies-sigma", "Deviation of each coordinate", " Å", 3)
        self.temperature = self._number(0.0, 5000.0, 300.0, "copies-temperature", "Temperature", " K", 0)
        self.debye = self._number(10.0, 5000.0, 400.0, "copies-debye", "Debye temperature", " K", 0)
        self.count = self._whole(1, 200, "copies-count", "How many copies")
        self.seed = self._whole(0, 99_999, "copies-seed", "Seed of the displacements")
        self.problem = OutcomeLine()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.make_button = buttons.addButton("Make", QDialogButtonBox.ButtonRole.AcceptRole)
        self.make_button.setDefault(True)
        buttons.accepted.connect(self.make)
        buttons.rejected.connect(self.reject)
        self._arrange(buttons)
        self.how.currentIndexChanged.connect(lambda _index: self._tell())
        self._tell()

    def make(self) -> None:
        """Make the copies beside the window and close, or say why they can't be made."""
        structure, how = self._structure, self.how.currentData()
        repeat, strain = [one.value() for one in self.repeat], [one.value() for one in self.strain]
        sigma, kelvins = self.sigma.value(), self._kelvins()
        n, seed = self.count.value(), self.seed.value()
        told = f"σ {sigma:g} Å" if how == SIGMA else f"{kelvins[0]:g} K, θ {kelvins[1]:g} K"
        self.name = f"mean of {n} copies, {told}"

        def made() -> list[Structure]:
            found = copied()
            if len(found) > 1:
                self.first = _as_frames(found, f"{structure.name or structure.formula} {told}")
            return found

        def copied() -> list[Structure]:
            one = structure if repeat == [1, 1, 1] else supercell(structure, repeat)
            one = strained(one, strain) if any(strain) else one
            if how != STILL:
                return copies(one, sigma if how == SIGMA else thermal_sigma(one.numbers, *kelvins), n, seed)
            if one is structure:
                raise XanesviewError("Nothing is to be changed.", "Repeat, strain or displace it.")
            return [one]

        self.make_button.setEnabled(False)
        self._reading.begin(made, self._take)

    def done(self, result: int) -> None:
        """Close; what is still being made is given up."""
        self._reading.cancel()
        super().done(result)

    def _take(self, result: Callable[[], list[Structure]]) -> None:
        self.make_button.setEnabled(True)
        try:
            self.made = result()
        except XanesviewError as error:
            self.problem.refuse(error)
            return
        self.accept()

    def _arrange(self, buttons: QDialogButtonBox) -> None:
        form = QFormLayout()
        for title, boxes in (("&Cells", self.repeat), ("&Strain along a, b, c", self.strain)):
            row = _row(*boxes)
            form.addRow(title, row)
            form.labelForField(row).setBuddy(boxes[0])  # without one the letter's sign is drawn as it is
        form.addRow("&Atoms", self.how)
        form.addRow("σ of each coordinate", _row(self.sigma))
        form.addRow("Temperature, Debye temperature", _row(self.temperature, self.debye))
        form.addRow("Copies, seed", _row(self.count, self.seed))
        fill(self, _SAID, form, self.problem, buttons)

    def _whole(self, low: int, high: int, name: str, told: str) -> QSpinBox:
        box = whole_box(low, high, low, name, told)
        box.valueChanged.connect(lambda _value: self._tell())
        return box

    def _number(
        self, low: float, high: float, value: float, name: str, told: str, suffix: str, decimals: int = 2
    ) -> QDoubleSpinBox:
        step = 0.01 if decimals == 3 else 0.5 if decimals == 2 else 10.0
        box = number_box(low, high, value, step, suffix, name, told, decimals)
        box.valueChanged.connect(lambda _value: self._tell())
        return box

    def _tell(self) -> None:
        """Enable what counts, and say what will come of it."""
        if not hasattr(self, "problem"):
            return
        how = self.how.currentData()
        self.sigma.setEnabled(how == SIGMA)
        for box in (self.temperature, self.debye):
            box.setEnabled(how == THERMAL)
        larger = any(one.value() != 1 for one in self.repeat) or any(one.value() for one in self.strain)
        self.count.setEnabled(how != STILL and not larger)
        self.seed.setEnabled(how != STILL)
        if not self.count.isEnabled() and self.count.value() != 1:
            self.count.setValue(1)
            return
        n = self._structure.n_atoms * int(np.prod([one.value() for one in self.repeat]))
        words = [f"{counted(n, 'atom')}."]
        if how == THERMAL:
            sigma = thermal_sigma(self._structure.numbers, *self._kelvins())
            words.append(f"σ is {sigma:.3f} Å, that of a Debye solid; atoms move independently of each other.")
        if self.count.value() > 1:
            words.append("The mean and spread of their spectra are drawn.")
        elif larger and how != STILL:
            words.append("Several copies are averaged of the structure as it is shown only.")
        self.problem.say(" ".join(words))

    def _kelvins(self) -> tuple[float, float]:
        return self.temperature.value(), self.debye.value()


def _as_frames(found: list[Structure], name: str) -> Structure:
    """Write copies as frames of a file among the user's data; return the first of them as a frame of it."""
    from xanesview.io.atomic import made_folder
    from xanesview.io.structures.registry import read_structure
    from xanesview.io.structures.xyz import write_frames

    path = free_place("copies", name)
    made_folder(path.parent)
    write_frames(path, found)
    return read_structure(path, 0)


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch()
    return row
