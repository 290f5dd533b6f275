"""The list of curves in the export dialog: which of them are in the figure, and what they are called there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import plain
from xanesview.io.figures.curve_looks import FigureCurve


class CurveList(QListWidget):
    """Curves with a tick each; a double click changes a name."""

    def __init__(self, curves: Sequence[FigureCurve]) -> None:
        super().__init__()
        self._given = list(curves)
        self.setMinimumHeight(72)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSpacing(1)
        self.setToolTip("Curves in the figure; a double click changes the name")
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEditable
        height = self.fontMetrics().height() + SPACING
        for curve in self._given:
            item = QListWidgetItem(curve.spectrum.label or curve.role)
            item.setFlags(flags | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(Qt.CheckState.Checked)
            item.setSizeHint(QSize(0, height))  # else rows grow when hovered: the style sheet's padding comes late
            item.setToolTip(plain(f"{curve.spectrum.label or curve.role}\nDouble click: another name"))
            self.addItem(item)

    def chosen(self) -> list[FigureCurve]:
        """Return the curves that are ticked, with the names that they have in the list."""
        result = []
        for row, curve in enumerate(self._given):
            item = self.item(row)
            if item.checkState() != Qt.CheckState.Checked:
                continue
            name, before = item.text().strip(), curve.spectrum.label
            result.append(curve if name == (before or curve.role) else curve.named(name))
        return result
