"""New from SMILES: type, see whether it reads, build."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label
from xanesview.gui.background.structure_reading import StructureReading
from xanesview.gui.dialogs.ready import make_ready
from xanesview.io.examples import find_example
from xanesview.io.structures.minerals import mineral_of
from xanesview.texts import tr

SUGGESTIONS = "Benzene c1ccccc1 · ethanol CCO · glycine NCC(=O)O · PMMA unit CC(C)(C)C(=O)OC"
BUILDING = "Building the molecule… Large ones take some seconds; Cancel gives it up."


class SmilesDialog(QDialog):
    """Asks for a SMILES; what doesn't read is said below the field and the dialog stays.

    The molecule is built by `make`, in a thread of `reading`; typing on or closing the dialog gives it up.
    """

    def __init__(
        self,
        parent: QWidget | None,
        reading: StructureReading,
        make: Callable[[str], Structure],
        text: str = "",
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("New from SMILES")
        self.setMinimumWidth(440)
        self.structure: Structure | None = None
        self._reading = reading
        self._make = make
        self._building = False
        self.field = QLineEdit(text, placeholderText="CC(=O)Oc1ccccc1C(=O)O", objectName="smiles")
        self.field.textChanged.connect(self._typed)
        self.problem = Label(SUGGESTIONS, wordWrap=True)
        self.problem.setProperty("muted", True)
        self.problem.setMinimumHeight(40)
        self.problem.setAlignment(Qt.AlignmentFlag.AlignTop)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.build_button = buttons.addButton("Build", QDialogButtonBox.ButtonRole.AcceptRole)
        self.build_button.setDefault(True)
        buttons.accepted.connect(self.build)
        buttons.rejected.connect(self.reject)
        label = Label(
            "SMILES or name of the molecule; its geometry is built in 3D and relaxed with a force field, and while you "
            "go on with GFN2-xTB."
        )
        label.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACING, 2 * SPACING, 2 * SPACING, 2 * SPACING)
        column.setSpacing(SPACING)
        column.addWidget(label)
        column.addWidget(self.field)
        column.addWidget(self.problem)
        column.addWidget(buttons)
        self._typed(text)
        make_ready(self)

    def build(self) -> None:
        """Build the molecule and close, or say why it can't be built."""
        if self._building:
            return
        text = self.field.text().strip()
        self._building = True
        if not self._reading.begin(lambda: self._make(text), self._built):
            self.build_button.setEnabled(False)
            self._say(BUILDING, invalid=False)

    def done(self, result: int) -> None:
        """Close; what is still being built is given up."""
        self._give_up()
        super().done(result)

    def _built(self, result: Callable[[], Structure]) -> None:
        self._building = False
        self.build_button.setEnabled(True)
        try:
            self.structure = result()
        except XanesviewError as error:
            self._say(f"{error.message} {error.hint}".strip(), invalid=True)
            self.field.setFocus()
            return
        self.accept()

    def _give_up(self) -> None:
        if self._building:
            self._building = False
            self._reading.cancel()

    def _typed(self, text: str) -> None:
        self._give_up()
        mineral = mineral_of(text)
        lacks = mineral is not None and not mineral.example
        self.build_button.setEnabled(bool(text.strip()) and not lacks)
        if mineral is None:
            self._say(SUGGESTIONS, invalid=False)
        elif lacks:
            self._say(f"{mineral.sentence} {mineral.hint}", invalid=True)
        else:
            words = tr("{name} ({formula}) is a crystal: Build opens the example {title}.")
            title = find_example(mineral.example).title
            self._say(words.format(name=mineral.name, formula=mineral.formula, title=title), invalid=False)

    def _say(self, text: str, invalid: bool) -> None:
        self.problem.setText(text)
        self.problem.setProperty("muted", not invalid)
        self.field.setProperty("invalid", invalid)
        for widget in (self.problem, self.field):
            widget.style().unpolish(widget)
            widget.style().polish(widget)
