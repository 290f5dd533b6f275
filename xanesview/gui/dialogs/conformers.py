"""Conformers of a SMILES: how many, at which temperature; they are sought beside the window, which goes on."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QWidget

from xanesview.domain.conformer import ROOM_K
from xanesview.domain.structure import Notice
from xanesview.gui.dialogs.asking import OutcomeLine, fill, number_box, whole_box
from xanesview.gui.session.conformer_search import KIND, ConformerSearch
from xanesview.texts import tr

_SAID = (
    "The molecule is built in many shapes, each relaxed with GFN2-xTB beside the window. Those that differ open as "
    "frames, lowest energy first, and the mean spectrum of the picked sites is drawn beside, weighted by their shares."
)
_HINT = "SMILES or name, such as CCCC=O or butanal."


class ConformersDialog(QDialog):
    """Stands beside the window while conformers are sought; closing it gives the search up.

    Parameters
    ----------
    search : ConformerSearch
    smiles : str
        What the field begins with.
    """

    def __init__(self, parent: QWidget | None, search: ConformerSearch, smiles: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle("Conformers from SMILES")
        self.setMinimumWidth(460)
        self._search = search
        self.smiles = QLineEdit(smiles, objectName="conformers-smiles", placeholderText="CCCC=O")
        self.smiles.setAccessibleName("SMILES")
        self.smiles.textChanged.connect(lambda _text: self._tell())
        self.most = whole_box(1, 200, 20, "conformers-most", "How many are relaxed at most")
        self.temperature = number_box(
            1.0, 5000.0, ROOM_K, 10.0, " K", "conformers-temperature", "Temperature of the shares"
        )
        self.within = number_box(
            0.0, 500.0, 25.0, 5.0, " kJ/mol", "conformers-within", "How far above the lowest one is kept", 0
        )
        self.problem = OutcomeLine()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.find_button = buttons.addButton("Find", QDialogButtonBox.ButtonRole.AcceptRole)
        self.find_button.setDefault(True)
        buttons.accepted.connect(self.find)
        buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.addRow("&SMILES", self.smiles)
        form.addRow("At &most", self.most)
        form.addRow("&Temperature", self.temperature)
        form.addRow("&Within", self.within)
        fill(self, _SAID, form, self.problem, buttons)
        search.changed.connect(self._tell)
        search.told.connect(self._refuse)
        search.found.connect(self._close)
        self._tell()

    def find(self) -> None:
        """Begin the search; the dialog closes when the conformers are there."""
        text = self.smiles.text().strip()
        if text and not self._search.is_busy:
            self._search.ask(text, self.most.value(), self.temperature.value(), self.within.value())

    def reject(self) -> None:
        """Close, and give up what is being sought."""
        self._leave()
        self._search.cancel()
        super().reject()

    def _close(self, _frames: object) -> None:
        self._leave()
        self.accept()

    def _leave(self) -> None:
        for signal, slot in (
            (self._search.changed, self._tell), (self._search.told, self._refuse), (self._search.found, self._close)
        ):  # fmt: skip
            signal.disconnect(slot)

    def _refuse(self, notice: Notice) -> None:
        if notice.kind == KIND:
            self.problem.say(f"{notice.message} {notice.hint}".strip(), invalid=True)

    def _tell(self) -> None:
        busy, search = self._search.is_busy, self._search
        self.find_button.setEnabled(bool(self.smiles.text().strip()) and not busy)
        for field in (self.smiles, self.most, self.temperature, self.within):
            field.setEnabled(not busy)
        if busy and search.total:
            self.problem.say(tr("Relaxed {done} of {total} conformers; you can go on meanwhile.").format(
                done=search.done, total=search.total))  # fmt: skip
        elif busy:
            self.problem.say("Building the molecule…")
        else:
            self.problem.say(_HINT)
