"""New from SMILES: type, see whether it reads, build."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.gui.theme import SPACING

SUGGESTIONS = "Benzene c1ccccc1 · ethanol CCO · glycine NCC(=O)O · PMMA unit CC(C)(C)C(=O)OC"


class SmilesDialog(QDialog):
    """Asks for a SMILES; what doesn't read is said below the field and the dialog stays."""

    def __init__(self, parent: QWidget | None = None, text: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle("New from SMILES")
        self.setMinimumWidth(440)
        self.structure: Structure | None = None
        self.field = QLineEdit(text, placeholderText="CC(=O)Oc1ccccc1C(=O)O", objectName="smiles")
        self.field.textChanged.connect(self._typed)
        self.problem = QLabel(SUGGESTIONS, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.problem.setProperty("muted", True)
        self.problem.setMinimumHeight(40)
        self.problem.setAlignment(Qt.AlignmentFlag.AlignTop)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.build_button = buttons.addButton("Build", QDialogButtonBox.ButtonRole.AcceptRole)
        self.build_button.setDefault(True)
        buttons.accepted.connect(self.build)
        buttons.rejected.connect(self.reject)
        label = QLabel("SMILES of the molecule; its geometry is built in 3D and relaxed with a force field (MMFF).")
        label.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACING, 2 * SPACING, 2 * SPACING, 2 * SPACING)
        column.setSpacing(SPACING)
        column.addWidget(label)
        column.addWidget(self.field)
        column.addWidget(self.problem)
        column.addWidget(buttons)
        self._typed(text)

    def build(self) -> None:
        """Build the molecule and close, or say why it can't be built."""
        from xanesview.gui.opening import waiting
        from xanesview.io.registry import structure_from_smiles

        try:
            with waiting():
                self.structure = structure_from_smiles(self.field.text().strip())
        except XanesviewError as error:
            self._say(f"{error.message} {error.hint}".strip(), invalid=True)
            self.field.setFocus()
            return
        self.accept()

    def _typed(self, text: str) -> None:
        self.build_button.setEnabled(bool(text.strip()))
        self._say(SUGGESTIONS, invalid=False)

    def _say(self, text: str, invalid: bool) -> None:
        self.problem.setText(text)
        self.problem.setProperty("muted", not invalid)
        self.field.setProperty("invalid", invalid)
        for widget in (self.problem, self.field):
            widget.style().unpolish(widget)
            widget.style().polish(widget)
