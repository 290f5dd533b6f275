"""The toolbar: open, which absorber and network, directions, compare, export."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QMenu,
    QToolBar,
    QToolButton,
    QWidget,
)

from xanesview.gui.actions.action_making import buttons, fill_menu
from xanesview.gui.actions.action_spec import ActionSpec
from xanesview.gui.actions.action_table import ACTIONS, EXPORT
from xanesview.gui.actions.directions import Directions
from xanesview.gui.actions.presets import preset_times
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.theme import icon, restyle
from xanesview.gui.session.workspace import Workspace
from xanesview.gui.window.absorber_choice import AbsorberChoice
from xanesview.gui.window.network_choice import LINE, CompareMenu, NetworkChoice
from xanesview.inference.shelf import best_of_edge
from xanesview.shown.computed_edges import KIND, computed_name, edges_without_network, preset_of
from xanesview.shown.network_list import computed_entries, fitting
from xanesview.texts import tr

#: How much the bar says: all words, icons without words, icons side by side. The first of them that fits is taken, so
#: that nothing falls off the end; what still does is reached by the arrow at its end.
WORDS, ICONS, TIGHT = range(3)
_NETWORK_PX = {WORDS: 194, ICONS: 170, TIGHT: 98}
_DIRECTION_PX = {WORDS: 27, ICONS: 30, TIGHT: 22}
_FRAME_PX = {WORDS: 18, ICONS: 18, TIGHT: 8}  # what the style sheet puts around letters
_COMPARE_TIP = (
    "Draw what other networks predict beside this one's curve\n"
    "A measured curve is brought together with it by Fit, under Processing"
)
_STYLES = {
    "both": Qt.ToolButtonStyle.ToolButtonTextBesideIcon,
    "text": Qt.ToolButtonStyle.ToolButtonTextOnly,
    "icon": Qt.ToolButtonStyle.ToolButtonIconOnly,
}


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
        self._elements: tuple[int, ...] = ()
        self._periodic = False
        self._level = WORDS
        self._direction_buttons: list[QToolButton] = []
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.absorber = AbsorberChoice(workspace)
        self.absorber.activated.connect(self.choose_absorber)
        self.network = NetworkChoice()
        self.network.setObjectName("network-choice")
        self.network.setMinimumWidth(120)
        self.network.setPlaceholderText("Choose a network")
        self.network.setMaximumWidth(_NETWORK_PX[WORDS])
        self.network.activated.connect(self._choose_network)
        self.network.opening.connect(self._estimate_presets)
        self.compare = QToolButton(text="Networks", objectName="compare-networks")
        self.compare_menu = CompareMenu()
        self.compare_menu.aboutToShow.connect(self._list_compared)
        self.compare_menu.chosen.connect(self._compare)
        self.export = QToolButton(text="Export", objectName="export")
        self._arrange()
        workspace.structure_changed.connect(self.refresh_directions)
        workspace.network_changed.connect(self.refresh_networks)
        workspace.network_changed.connect(self._show_compared)
        workspace.structure_changed.connect(self._follow_structure)
        workspace.drawing_changed.connect(self._show_compared)
        self.refresh_networks()
        self.refresh_directions()

    def _arrange(self) -> None:
        self._add_all("open")
        self.addSeparator()
        label = Label("Absorber ")
        label.setProperty("muted", True)
        self._absorber_label = self.addWidget(label)
        self.addWidget(self.absorber)
        self.addWidget(self.network)
        self.compare.setMenu(self.compare_menu)
        self.compare.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.compare.setToolButtonStyle(_STYLES["both"])
        self.addWidget(self.compare)
        self.addSeparator()
        self._direction_buttons = self._add_all("directions")
        self.addSeparator()
        self._add_all("curves")
        self._export_menu = QMenu()  # children would hang on an inner window: the 3D view makes one of the bar, too
        fill_menu(self._export_menu, EXPORT.entries, self._actions)
        self.export.setMenu(self._export_menu)
        self.export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.export.setToolButtonStyle(_STYLES["both"])
        self.export.setToolTip("Figure, data, 3D view")
        self.addWidget(self.export)
        self.refresh_icons()

    def _add_all(self, group: str) -> list[QToolButton]:
        """Add the buttons of a group of the table."""
        return [self._add(spec) for spec in buttons(group)]

    def _add(self, spec: ActionSpec) -> QToolButton:
        self.addAction(self._actions[spec.id])
        button = self.widgetForAction(self._actions[spec.id])
        button.setToolButtonStyle(_STYLES[spec.button.shows])
        button.setObjectName(f"button-{spec.id}")
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say less where there is less room."""
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        """Say as much as there is room for."""
        for level in (WORDS, ICONS, TIGHT):
            self._say(level)
            self.layout().invalidate()
            if self.sizeHint().width() <= self.width():
                return

    def _say(self, level: int) -> None:
        self._level = level
        for spec in ACTIONS:
            if spec.button is not None and spec.button.shows == "both":
                button = self.widgetForAction(self._actions[spec.id])
                button.setToolButtonStyle(_STYLES["both" if level == WORDS else "icon"])
        for button in self._direction_buttons:
            restyle(button, "narrow", level == TIGHT)  # else its frame would leave no room for the letter
            letters = button.fontMetrics().horizontalAdvance(button.text()) + _FRAME_PX[level]
            button.setFixedWidth(max(_DIRECTION_PX[level], letters))  # larger letters are not cut
        self.export.setToolButtonStyle(_STYLES["icon" if level == TIGHT else "both"])
        self.network.setMinimumWidth(min(120, _NETWORK_PX[level]))
        self.network.setMaximumWidth(_NETWORK_PX[level])
        self._absorber_label.setVisible(level == WORDS)
        self._write_compared()

    def refresh_icons(self) -> None:
        """Draw the icons in the colours of the palette."""
        self.export.setIcon(icon("export"))
        self.compare.setIcon(icon("networks"))

    def refresh_networks(self) -> None:
        """List the elements that networks exist for or that can be computed, and the chosen element's networks."""
        bundles = self.workspace.networks.bundles()
        current = self.workspace.shown.card
        computed = edges_without_network(self.workspace.networks, self.workspace.structure)
        if current is not None and current.kind == KIND and (current.element, current.edge) not in computed:
            computed.append((current.element, current.edge))
        self._elements = self._present_elements()
        with QSignalBlocker(self.absorber), QSignalBlocker(self.network):
            self.absorber.clear()
            self.network.clear()
            edges = dict.fromkeys(
                (b.card.element, b.card.edge) for b in bundles if b.card is not None and b.card.gives != "properties"
            )
            structure = self.workspace.structure
            present = {element for element, _ in edges} if structure is None else set(structure.symbols)
            self.absorber.set_edges(sorted(edges, key=lambda one: one[0] not in present), present, computed)
            if current is not None:
                self.absorber.choose(current)
            chosen = self.workspace.session.network
            offered = [*fitting(self.workspace.networks, self.workspace.shown), *computed_entries(self.workspace.shown)]
            self.network.set_entries(sorted(offered, key=lambda one: bool(one.problem)), chosen)
            if self.network.currentIndex() < 0 and current is not None:  # computed, without presets
                self.network.addItem(current.title, chosen)
                self.network.setCurrentIndex(self.network.count() - 1)
        self.absorber.setEnabled(self.absorber.count() > 0)
        self.network.setEnabled(self.network.count() > 0)
        if not self.network.count():
            self.network.addItem("no network")

    def _present_elements(self) -> tuple[int, ...]:
        structure = self.workspace.structure
        return () if structure is None else tuple(structure.elements)

    def _follow_structure(self) -> None:
        """Molecules and slabs are offered other networks first."""
        structure = self.workspace.structure
        periodic = structure is not None and structure.is_periodic
        if self._present_elements() != self._elements or periodic != self._periodic:
            self._periodic = periodic
            self.refresh_networks()

    def _list_compared(self) -> None:
        session, offered = self.workspace.session, fitting(self.workspace.networks, self.workspace.shown)
        self.compare_menu.set_entries(offered, session.network, session.compared)

    def _compare(self, networks: list[str]) -> None:
        """Overlay these networks; what is compared at other edges stays for when they come back."""
        here = self.compare_menu.boxes
        elsewhere = [name for name in self.workspace.session.compared if name not in here]
        self.workspace.set_compared([*elsewhere, *networks])

    def _show_compared(self) -> None:
        """Say beside the icon how many networks are overlaid."""
        self._write_compared()
        self._fit()
        self.compare.setToolTip(plain(_COMPARE_TIP))
        self.compare_menu.follow(self.workspace.session.compared)

    def _write_compared(self) -> None:
        count, words = len(self.workspace.shown.others), self._level == WORDS
        named = tr("Networks")
        self.compare.setText(named if not count else f"{named} {count}" if words else f"{count}")
        self.compare.setToolButtonStyle(_STYLES["both" if words or count else "icon"])

    def refresh_directions(self) -> None:
        """Offer cell vectors where there is a cell."""
        found = self.directions.available()
        for name in ("a", "b", "c"):
            self._actions[f"dir_{name}"].setVisible(name in found)
        self._fit()

    def choose_absorber(self, row: int) -> None:
        chosen, computed = self.absorber.itemData(row), self.absorber.is_computed(row)
        current, structure = self.workspace.shown.card, self.workspace.structure
        if chosen is None:
            return
        if current is not None and (*chosen, computed) == (current.element, current.edge, current.kind == KIND):
            return
        best = "" if computed else best_of_edge(self.workspace.networks, *chosen, structure)
        self.workspace.set_network(best or computed_name(chosen[0], structure, chosen[1], preset_of(current)))

    def _estimate_presets(self) -> None:
        """Say of each preset how long a site takes with it."""
        times = preset_times(self.workspace)
        for row in range(self.network.count()):
            told = times.get(self.network.itemData(row))
            if told:
                self.network.setItemData(row, told, LINE)

    def _choose_network(self, row: int) -> None:
        name = self.network.itemData(row)
        if name is not None and name != self.workspace.session.network:
            self.workspace.set_network(name)
