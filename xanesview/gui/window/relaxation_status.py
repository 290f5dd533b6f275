"""In the status bar: that a geometry is being relaxed, with a way to stop it, and how the one shown was made."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from xanesview.domain.editing.atoms import EDITED
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.appearance.theme import icon
from xanesview.gui.session.workspace import Workspace
from xanesview.gui.window.status_words import StatusWords

RUNNING = "relaxing geometry…"
RUNNING_TIP = "The force field's geometry is shown and predicted until GFN2-xTB has relaxed it"


class RelaxationStatus(QWidget):
    """Shown only for structures whose geometry the program made."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.text = StatusWords(objectName="relaxation")
        self.stop = QToolButton(objectName="stop-relaxation", autoRaise=True)
        self.stop.setToolTip("Keep the geometry that is shown")
        self.stop.setAccessibleName("Stop relaxing")
        self.stop.clicked.connect(workspace.relaxation.cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACING, 0, SPACING, 0)
        row.setSpacing(SPACING)
        row.addWidget(self.text)
        row.addWidget(self.stop)
        workspace.relaxation.changed.connect(self.refresh)
        workspace.structure_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what holds now, with the icon in the palette's colours."""
        busy, structure = self.workspace.relaxation.is_busy, self.workspace.structure
        origin = "" if structure is None else structure.geometry_origin
        self.text.setText(RUNNING if busy else _words(origin))
        self.text.setToolTip(plain(RUNNING_TIP if busy else f"Geometry: {origin}"))
        self.stop.setIcon(icon("stop"))
        self.stop.setVisible(busy)
        self.setVisible(busy or bool(origin))


def _words(origin: str) -> str:
    """How the geometry was made, as short as it can be told: “geometry relaxed with GFN2-xTB: rms 0.12 Å”."""
    if origin.startswith(EDITED):
        return f"geometry: {EDITED}"
    method, _, rest = origin.partition(" (")
    moved = rest.rpartition("; ")[2].rstrip(")")
    return f"geometry relaxed with {method}: {moved}" if moved else f"geometry: {origin}"
