"""Choosing element and edge: those that networks predict, then those that are computed here, with the time it takes."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QStyleOptionViewItem, QWidget

from xanesview.errors import XanesviewError
from xanesview.gui.actions.computing import duration
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.session.workspace import Workspace
from xanesview.gui.window.network_choice import LINE, TwoLines
from xanesview.inference.shelf import best_of_edge, unseen
from xanesview.networks.card import Card
from xanesview.reference.engines import engine_for
from xanesview.reference.multiple_scattering.settings import caution
from xanesview.shown.computed_edges import KIND, preset_of
from xanesview.texts import tr

_COMPUTED = Qt.ItemDataRole.UserRole + 2
PREDICTED_HERE, COMPUTED_HERE = "predicted here", "computed here"
NOT_MEANT = "predicted here, by networks meant for others"


class AbsorberChoice(QComboBox):
    """Edges in two groups, each with a line below that says which; times are estimated when the list is opened."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.setObjectName("absorber")
        self.setToolTip("Absorbing element and edge")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMaxVisibleItems(14)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click the keys are still those of the window
        self.setItemDelegate(TwoLines(self))

    def set_edges(
        self, predicted: Sequence[tuple[str, str]], present: Collection[str], computed: Sequence[tuple[str, str]]
    ) -> None:
        """List edges that networks predict, those of absent elements disabled, then those that are computed."""
        structure = self.workspace.structure
        for element, edge in predicted:
            line = NOT_MEANT if (element, edge) in computed else PREDICTED_HERE
            row = self._add(f"{element} {edge}", (element, edge), line)
            strange = self._unseen(element, edge) if line == NOT_MEANT else []
            if strange:
                told = tr("No network of this edge has seen {elements}").format(elements=", ".join(strange))
                self.setItemData(row, told, LINE)
                self.model().item(row).setEnabled(False)
            if element not in present:
                name = structure.name or structure.formula
                self.setItemData(row, plain(f"{name} has no {element} atom"), Qt.ItemDataRole.ToolTipRole)
                self.setItemData(row, "", LINE)  # the tip says why it can't be chosen
                self.model().item(row).setEnabled(False)
        for element, shell in computed:
            engine = engine_for(structure, element, shell)
            row = self._add(f"{element} {shell}", (element, shell), COMPUTED_HERE)
            self.setItemData(row, True, _COMPUTED)
            tip = f"No network predicts this edge for such a structure; {engine.title} computes it"
            told = "\n".join(filter(None, (tip, caution(element, shell))))
            self.setItemData(row, plain(told), Qt.ItemDataRole.ToolTipRole)

    def choose(self, card: Card) -> None:
        """Show the edge of a card; that of a network named by its path may be new."""
        computed = card.kind == KIND
        rows = [row for row in range(self.count()) if self.itemText(row) == card.label]
        fitting = [row for row in rows if self.is_computed(row) == computed] or rows
        if not fitting:
            fitting = [self._add(card.label, (card.element, card.edge), PREDICTED_HERE)]
        self.setCurrentIndex(fitting[0])

    def is_computed(self, row: int) -> bool:
        """Whether no network predicts the edge of a row."""
        return bool(self.itemData(row, _COMPUTED))

    def showPopup(self) -> None:
        """Open the list with the times that computing would take."""
        self.estimate()
        option = QStyleOptionViewItem()
        option.font = self.font()
        rows = [self.model().index(row, 0) for row in range(self.count())]
        widths = [self.itemDelegate().sizeHint(option, row).width() for row in rows]
        self.view().setMinimumWidth(max([self.width(), *widths]) + 3 * SPACING)
        super().showPopup()

    def estimate(self) -> None:
        """Say in the rows of computed edges how long one site takes, or why it can't be computed."""
        structure = self.workspace.structure
        if structure is None:
            return
        for row in range(self.count()):
            if not self.is_computed(row):
                continue
            element, shell = self.itemData(row)
            engine = engine_for(structure, element, shell, preset_of(self.workspace.shown.card))
            try:
                engine.check(structure, element)
                seconds = engine.site_seconds(structure, int(structure.sites_of(element)[0]))
                time = duration(seconds + engine.shared_seconds(structure))
                missing = ", without multiplets" if caution(element, shell) else ""
                line = f"{COMPUTED_HERE} ({engine.title}, {time} a site{missing})"
            except XanesviewError as error:
                line = error.message
            self.setItemData(row, line, LINE)

    def _unseen(self, element: str, edge: str) -> list[str]:
        """Return elements of the structure shown that no network of an edge takes."""
        networks, structure = self.workspace.networks, self.workspace.structure
        name = best_of_edge(networks, element, edge, structure)
        return unseen(networks.card(name), structure) if name else []

    def _add(self, text: str, edge: tuple[str, str], line: str) -> int:
        self.addItem(text, edge)
        row = self.count() - 1
        self.setItemData(row, line, LINE)
        return row
