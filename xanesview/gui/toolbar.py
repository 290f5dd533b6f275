"""The toolbar: open, which absorber and network, directions, compare, export."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QLabel, QMenu, QToolBar, QToolButton, QWidget

from xanesview.gui.actions import DIRECTIONS, EXPORTS, fill_menu
from xanesview.gui.directions import Directions
from xanesview.gui.theme import icon
from xanesview.gui.workspace import Workspace


class ToolBar(QToolBar):
    """Reads the workspace for what can be chosen; actions come from the table."""

    def __init__(
        self, workspace: Workspace, directions: Directions, actions: dict[str, QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__("Toolbar", parent)
        self.setObjectName("toolbar")
        self.workspace = workspace
        self.directions = directions
        self._actions = actions
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.absorber = QComboBox(objectName="absorber")
        self.absorber.setToolTip("Absorbing element and edge")
        self.absorber.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.absorber.activated.connect(self._choose_absorber)
        self.network = QComboBox(objectName="network-choice")
        self.network.setToolTip("Network that predicts the spectrum")
        self.network.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.network.setMaximumWidth(220)
        self.network.activated.connect(self._choose_network)
        self.export = QToolButton(text="Export", objectName="export")
        self._arrange()
        workspace.structure_changed.connect(self.refresh_directions)
        workspace.network_changed.connect(self.refresh_networks)
        self.refresh_networks()
        self.refresh_directions()

    def _arrange(self) -> None:
        for name in ("open", "new_smiles"):
            self._add(name, Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.addSeparator()
        label = QLabel("Absorber ")
        label.setProperty("muted", True)
        self.addWidget(label)
        self.addWidget(self.absorber)
        self.addWidget(self.network)
        self.addSeparator()
        for name in DIRECTIONS:
            self._add(name, Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.addSeparator()
        self._add("freeze", Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._add("difference", Qt.ToolButtonStyle.ToolButtonIconOnly)
        menu = QMenu(self)
        fill_menu(menu, EXPORTS, self._actions, {})
        self.export.setMenu(menu)
        self.export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.export.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.export.setToolTip("Figure, data, 3D picture")
        self.addWidget(self.export)
        self.refresh_icons()

    def _add(self, name: str, style: Qt.ToolButtonStyle) -> None:
        self.addAction(self._actions[name])
        button = self.widgetForAction(self._actions[name])
        button.setToolButtonStyle(style)
        button.setObjectName(f"button-{name}")

    def refresh_icons(self) -> None:
        """Draw the icons in the colours of the palette."""
        self.export.setIcon(icon("export"))

    def refresh_networks(self) -> None:
        """List the elements that networks exist for, and the networks of the chosen element."""
        bundles = self.workspace.networks.bundles()
        current = self.workspace.card
        with QSignalBlocker(self.absorber), QSignalBlocker(self.network):
            self.absorber.clear()
            self.network.clear()
            edges = dict.fromkeys((b.card.element, b.card.edge) for b in bundles if b.card is not None)
            for element, edge in edges:
                self.absorber.addItem(f"{element} {edge}", (element, edge))
            for bundle in bundles:
                if bundle.card is None or bundle.problem:
                    self._add_broken(bundle)
                elif current is None or (bundle.card.element, bundle.card.edge) == (current.element, current.edge):
                    self.network.addItem(bundle.card.title, bundle.name)
                    self.network.setItemData(self.network.count() - 1, bundle.card.title, Qt.ItemDataRole.ToolTipRole)
            if current is not None:
                self.absorber.setCurrentIndex(self.absorber.findText(f"{current.element} {current.edge}"))
            self.network.setCurrentIndex(self.network.findData(self.workspace.session.network))
        self.absorber.setEnabled(self.absorber.count() > 0)
        self.network.setEnabled(self.network.count() > 0)
        if not self.network.count():
            self.network.addItem("no network")

    def _add_broken(self, bundle) -> None:
        self.network.addItem(f"{bundle.name} (can't be read)", None)
        row = self.network.count() - 1
        self.network.setItemData(row, bundle.problem, Qt.ItemDataRole.ToolTipRole)
        self.network.model().item(row).setEnabled(False)

    def refresh_directions(self) -> None:
        """Offer cell vectors where there is a cell."""
        structure = self.workspace.structure
        found = self.directions.available()
        for name in ("a", "b", "c"):
            self._actions[f"dir_{name}"].setEnabled(name in found)
            self._actions[f"dir_{name}"].setVisible(structure is not None and structure.is_periodic)

    def _choose_absorber(self, row: int) -> None:
        chosen = self.absorber.itemData(row)
        current = self.workspace.card
        if chosen is None or (current is not None and chosen == (current.element, current.edge)):
            return
        for bundle in self.workspace.networks.bundles():
            if bundle.card is not None and not bundle.problem and (bundle.card.element, bundle.card.edge) == chosen:
                self.workspace.set_network(bundle.name)
                return

    def _choose_network(self, row: int) -> None:
        name = self.network.itemData(row)
        if name is not None and name != self.workspace.session.network:
            self.workspace.set_network(name)
