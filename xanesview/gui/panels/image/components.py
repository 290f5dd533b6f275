"""The curves of the plot as a list of components, each with a tick that lets it count."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.plot.map_curves import component_icon
from xanesview.shown.image_curves import Component
from xanesview.texts import tr

_KEY = Qt.ItemDataRole.UserRole


class ComponentList(QListWidget):
    """Ticks say which curves count; in a series each that does has the colour of its curve over time."""

    chosen = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("image-components")
        self.setAccessibleName(tr("Components"))
        self.setToolTip(plain("Curves of the plot that the spectra are taken to be sums of; a tick lets one count"))
        self.setUniformItemSizes(True)
        self.itemChanged.connect(self._tell)

    def show_components(self, components: Sequence[Component], coloured: bool) -> None:
        """List the curves there are now."""
        with QSignalBlocker(self):
            while self.count() > len(components):
                self.takeItem(self.count() - 1)
            while self.count() < len(components):
                self.addItem(QListWidgetItem())
            number = 0
            for row, one in enumerate(components):
                item = self.item(row)
                item.setText(one.name)
                item.setToolTip(plain(one.name))
                item.setData(_KEY, one.key)
                item.setFlags(
                    Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable
                )
                item.setCheckState(Qt.CheckState.Checked if one.is_on else Qt.CheckState.Unchecked)
                item.setIcon(component_icon(self, number) if coloured and one.is_on else QIcon())
                number += one.is_on

    def _tell(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(_KEY), item.checkState() == Qt.CheckState.Checked)
