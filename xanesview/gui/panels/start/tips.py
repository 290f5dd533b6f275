"""Short hints for the start page, one at a time: what nobody finds by looking."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label
from xanesview.texts import tr

TIPS = (
    "Shift while you drag the arrow snaps it to 15°; the fields θ, φ and ε take typed numbers.",
    "C keeps the curve as it is; turn the arrow on, and both stand side by side.",
    "Drop a measured spectrum on the window: its columns are found, and it is brought to the prediction's scale.",
    "Drop several spectra of one film at once: angles in their names make them a series, and Tilt fits the film.",
    "G moves atoms: the spectrum follows while you drag one, and one undo brings it back.",
    "P draws how each site absorbs along every direction; move the pointer over the plot to change the energy.",
    "Drop a folder of structures and a measured spectrum: Folder says which fit, and which can't be told apart.",
    "Ctrl+Shift+P finds every command by a part of its name.",
    "Alt+F1 opens the guide at the panel in front.",
    "E counts energies from E₀, so that different sites and molecules lie upon each other.",
    "Networks, in the toolbar, draws what others say of the same sites; where they disagree, mistrust all of them.",
    "Copy as Python puts lines on the clipboard that make the curve again, with the same numbers.",
    "Export ▸ Movie… turns the light, or lets a trajectory go on, beside its spectrum.",
    "Steps of processing are never lost: switch one off, change it, or copy all of them to other curves.",
    "A session (Ctrl+S) holds structures, measured data, fits and history; a colleague opens it anywhere.",
    "The chips above the plot say what is not as usual; a click opens what changes it.",
)


class TipRow(QWidget):
    """One hint, another each day, and a button for the next."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place = time.localtime().tm_yday % len(TIPS)
        self.text = Label("", wordWrap=True, objectName="start-tip")
        self.text.setProperty("muted", True)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.next = QToolButton(text=tr("Next tip"), objectName="start-next-tip")
        self.next.clicked.connect(lambda: self.show_tip(self.place + 1))
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACING, 0, 0, 0)
        row.addWidget(self.text, 1)
        row.addWidget(self.next, 0, Qt.AlignmentFlag.AlignTop)
        self.show_tip(self.place)

    def show_tip(self, place: int) -> None:
        """Show one of them, from the first again after the last."""
        self.place = place % len(TIPS)
        self.text.setText(tr(TIPS[self.place]))
