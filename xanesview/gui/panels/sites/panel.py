"""The sites panel: which absorbers are in the sum."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
)

from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.panels.column_widths import WholeHeadings
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.panel import Panel
from xanesview.gui.panels.sites.layer_row import LayerRow
from xanesview.gui.panels.sites.symmetry_row import SymmetryRow
from xanesview.gui.panels.sites.table import (
    ATOM,
    CLASS,
    ENVIRONMENT,
    LAYER,
    ORBIT,
    SITE,
    SOURCE,
    WARNING,
    WEIGHT,
    SiteTable,
)
from xanesview.gui.plot.header import Elided
from xanesview.shown.shown import MOST_SITE_CURVES
from xanesview.texts import tr

#: Width of the tick at the left of a row, in device-independent pixels.
TICK_PX = 26


class _Table(QTableView):
    """A table whose tick boxes tick without choosing the row."""

    def selectionCommand(self, index, event=None):
        """Leave the selection alone under a tick: the tick itself says what is to be picked."""
        if isinstance(event, QMouseEvent) and index.isValid() and index.column() == SITE:
            left = self.visualRect(index).left()
            if left <= event.position().x() < left + TICK_PX:
                return QItemSelectionModel.SelectionFlag.NoUpdate
        return super().selectionCommand(index, event)


class SitesPanel(Panel):
    """Table of the absorbers with ticks, and the quick ways to choose many at once.

    A row that is selected is a site that is picked, and the other way round: a click picks one, Shift or Ctrl adds.
    """

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self.setObjectName("sites")
        workspace = self.workspace
        self.model = SiteTable(workspace, self)
        self.table = self._make_table()
        self._empty = Label(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._empty.setProperty("muted", True)
        self._summary = Elided(alignment=Qt.AlignmentFlag.AlignRight)
        self._summary.setMinimumWidth(1)
        self._summary.setProperty("muted", True)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._empty)
        self.symmetry, self.layers = SymmetryRow(context), LayerRow(context)
        self.model.orbit_of, self.model.layer_of = self.symmetry.orbit_of, self.layers.layer_of
        self._buttons = self._make_buttons()
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, SPACING // 2, SPACING, 0)
        column.setSpacing(SPACING // 2)
        column.addLayout(self._buttons)
        column.addWidget(self.symmetry)
        column.addWidget(self.layers)
        column.addWidget(self._stack, 1)
        workspace.selection_changed.connect(self.follow_picks)
        workspace.structure_changed.connect(self.refresh)
        workspace.network_changed.connect(self.refresh)
        workspace.computation.changed.connect(self._show_sources)
        workspace.prediction_changed.connect(self._show_sources)
        workspace.prediction_changed.connect(self._show_more)
        workspace.drawing_changed.connect(self._show_more)
        workspace.selection_changed.connect(self.layers.show_depth)
        self.symmetry.changed.connect(self.model.repaint_rows)
        self.symmetry.tolerance.returnPressed.connect(self.give_keyboard_back)  # refused, too: it changed nothing
        self.layers.depth.entered.connect(self.give_keyboard_back)
        self.refresh()
        self._show_sources()

    def _make_table(self) -> QTableView:
        table = _Table(objectName="site-table", showGrid=False)
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(26)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        widths = (
            (SITE, 92), (ATOM, 48), (CLASS, 56), (ORBIT, 60), (LAYER, 84), (WEIGHT, 60), (SOURCE, 104), (WARNING, 88)
        )  # fmt: skip
        for column, _width in widths:
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
        WholeHeadings(table, dict(widths))
        header.setSectionResizeMode(ENVIRONMENT, QHeaderView.ResizeMode.Stretch)
        table.selectionModel().selectionChanged.connect(self._rows_selected)
        return table

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2)
        for name, text, tip, slot in (
            ("pick-all", "All", "Pick every absorber (Ctrl+Shift+A)", self.pick_all),
            ("pick-none", "None", "Pick no site (Shift+Esc)", self.pick_none),
            ("pick-equivalent", "Equivalent", "Add the sites equivalent to the picked ones", self.pick_equivalent),
        ):
            button = QToolButton(text=text, toolTip=tip, objectName=name)
            button.setProperty("narrow", True)
            button.clicked.connect(slot)
            row.addWidget(button)
        self._element_menu = QMenu()  # a child would hang on an inner window, which the 3D view makes of the desk
        self._element_menu.aboutToShow.connect(self._fill_element_menu)
        by_element = QToolButton(text="Bonded to", toolTip="Pick the sites bonded to an element")
        by_element.setObjectName("pick-by-element")
        by_element.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        by_element.setMenu(self._element_menu)
        row.addWidget(by_element)
        self.more = QToolButton(text="More", checkable=True, objectName="more-of-sites")
        self.more.setToolTip("Symmetry and orbits; of a slab layers and the escape depth of electrons")
        self.more.setProperty("narrow", True)
        self.more.toggled.connect(self._show_more)
        row.addWidget(self.more)
        row.addWidget(self._summary, 1)
        return row

    # ---- quick choices ----

    def pick_all(self) -> None:
        """Pick every absorber."""
        self.workspace.pick(self.model.sites)

    def pick_none(self) -> None:
        """Pick nothing."""
        self.workspace.pick(())

    def pick_equivalent(self) -> None:
        """Add the sites equivalent to the picked ones."""
        try:
            self.workspace.pick(self.model.equivalent_to(self.workspace.session.picked))
        except XanesviewError as error:
            self.workspace.message.emit(Notice("sites", error.message, error.hint))

    def pick_bonded_to(self, symbol: str) -> None:
        """Pick the sites with a neighbour of this element."""
        self.workspace.pick(self.model.bonded_to(symbol))

    def _fill_element_menu(self) -> None:
        self._element_menu.clear()
        for symbol in self.model.neighbour_elements():
            self._element_menu.addAction(symbol).triggered.connect(
                lambda _checked=False, s=symbol: self.pick_bonded_to(s)
            )
        if self._element_menu.isEmpty():
            self._element_menu.addAction("No bonds found").setEnabled(False)

    # ---- staying in step ----

    def apply_theme(self) -> None:
        """Draw the sites in the colours of their curves."""
        self.model.repaint_rows()

    def refresh(self) -> None:
        """Say what the panel is for while there are no sites, else show the table."""
        card, structure = self.workspace.shown.card, self.workspace.structure
        if structure is None:
            self._empty.setText("The absorbing atoms of the structure appear here.\nOpen a structure or drop a file.")
        elif card is None:
            self._empty.setText("No network can be read, so no atom can be predicted.")
        else:
            self._empty.setText(f"There is no {card.element} atom here for the network “{card.title}”.")
        has_rows = bool(self.model.sites)
        self._stack.setCurrentWidget(self.table if has_rows else self._empty)
        for index in range(self._buttons.count()):
            widget = self._buttons.itemAt(index).widget()
            if widget is not None:
                widget.setEnabled(has_rows)
        self.follow_picks()
        self._show_more()

    def _show_more(self) -> None:
        """Show symmetry and layers where they are asked for; nothing is looked for before."""
        more = self.more.isChecked() and bool(self.model.sites)
        self.symmetry.setVisible(more)
        self.layers.setVisible(False)
        if more:
            self.symmetry.refresh()
            self.layers.refresh()
            self.model.repaint_rows()
        structure = self.workspace.structure
        self.table.setColumnHidden(ORBIT, not more)
        self.table.setColumnHidden(CLASS, more and structure.is_periodic)  # whose classes are the orbits
        self.table.setColumnHidden(LAYER, not more or self.layers.layers is None)

    def stop(self) -> None:
        """End the search for symmetry; the window closes."""
        self.symmetry.stop()

    def show_weights(self) -> None:
        """Bring the first site whose weight is not 1 into sight, and what else says how sites are summed."""
        session = self.workspace.session
        if session.orbit_tolerance_angstrom is not None:
            self.more.setChecked(True)
        rows = [self.model.row_of(site) for site in session.picked if session.weight_of(site) != 1.0]
        if rows:
            self.table.scrollTo(self.model.index(rows[0], WEIGHT))
        self.table.setFocus()

    def _show_sources(self) -> None:
        """Tell predicted from computed sites, and sites to mistrust, once there are any."""
        told = bool(self.workspace.shown.computed_sites) or self.workspace.computation.is_busy
        self.table.setColumnHidden(SOURCE, not told)
        self.table.setColumnHidden(WARNING, not self.model.has_warnings)

    def follow_picks(self) -> None:
        """Select the rows of the picked sites."""
        picked = self.workspace.session.picked
        rows = sorted(row for row in map(self.model.row_of, picked) if row >= 0)
        selection = QItemSelection()
        last = len(self.model.sites) and WARNING
        for first, end in _runs(rows):
            selection.select(self.model.index(first, 0), self.model.index(end, last))
        model = self.table.selectionModel()
        model.blockSignals(True)
        model.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        model.blockSignals(False)
        self.table.viewport().update()
        total = len(self.model.sites)
        words = tr("{n} of {total} picked").format(n=f"{len(rows):,}", total=f"{total:,}")
        self._summary.setText(words if total else "")
        many = f"Single sites have curves where up to {MOST_SITE_CURVES} are picked; these are drawn as their sum"
        self._summary.setToolTip(plain(many if len(rows) > MOST_SITE_CURVES else ""))

    def _rows_selected(self) -> None:
        rows = sorted({index.row() for index in self.table.selectionModel().selectedIndexes()})
        chosen = [self.model.sites[row] for row in rows]
        before = [site for site in self.workspace.session.picked if site in set(chosen)]
        self.workspace.pick([*before, *(site for site in chosen if site not in before)])


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """Neighbouring rows as (first, last), so that selecting a thousand sites is one range."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
