"""The curves panel: one list of everything that is drawn in the plot."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, QTimer
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QColorDialog,
    QHeaderView,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from xanesview.domain.curve_look import LINES
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.theme import colours
from xanesview.gui.panels.column_widths import WholeHeadings
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.curves.headings import HeadedRows
from xanesview.gui.panels.curves.table import KIND, LINE, NAME, OFFSET, SWATCH, CurveTable
from xanesview.gui.panels.overflow_row import OverflowRow
from xanesview.gui.panels.panel import Panel
from xanesview.gui.plot.curve_style import DASHES, CurveStyle
from xanesview.gui.plot.swatch import swatch_picture
from xanesview.shown.curve import Subject
from xanesview.shown.curve_changes import can_be_removed
from xanesview.shown.kept_references import spectra_to_keep
from xanesview.texts import tr

ROW_PX = 26
EMPTY_TEXT = "Every curve of the plot stands here, to be renamed, coloured, ordered and lifted.\nPick a site first."

_REFRESH_MS, _TABLE_PX = 60, 80
_CURRENT_KEEPS_COLOUR = "The current curve has the colour of the arrow"


class _List(QTableView):
    """A table of which the keys act on the selected curves."""

    def __init__(self, panel: CurvesPanel) -> None:
        super().__init__(objectName="curve-table", showGrid=False)
        self._panel = panel

    @property
    def is_edited(self) -> bool:
        """Whether a name or a number is being typed."""
        return self.state() == QAbstractItemView.State.EditingState

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete removes, Space hides or shows, Alt with an arrow moves; the rest is Qt's."""
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        act = {
            (Qt.Key.Key_Delete, False): self._panel.remove,
            (Qt.Key.Key_Space, False): self._panel.toggle,
            (Qt.Key.Key_Up, True): self._panel.move_up,
            (Qt.Key.Key_Down, True): self._panel.move_down,
        }.get((Qt.Key(event.key()), alt))
        if act is None:
            super().keyPressEvent(event)
        else:
            act()


class CurvesPanel(Panel):
    """List of the curves with what can be done to the selected ones."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self.setObjectName("curves")
        self.editing = self.workspace.curves
        self.model = CurveTable(self.workspace, self)
        self._later = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._later.timeout.connect(self.refresh)
        self._make_table()
        self._empty = Label(EMPTY_TEXT, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._empty.setProperty("muted", True)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._empty)
        # as high as there is room: what a table would like must not make the panel scroll beside it
        self._stack.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._stack.setMinimumHeight(_TABLE_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, SPACING // 2, SPACING, 0)
        column.setSpacing(SPACING // 2)
        column.addWidget(self._make_buttons())
        column.addWidget(self._stack, 1)
        workspace = self.workspace
        for signal in (
            workspace.structure_changed, workspace.selection_changed, workspace.prediction_changed,
            workspace.references_changed, workspace.frozen_changed, workspace.looks_changed,
            workspace.network_changed, workspace.broadening_changed, workspace.drawing_changed,
            workspace.geometry_changed, workspace.direction_answered,
        ):  # fmt: skip
            signal.connect(self._want)
        self.refresh()

    def _make_table(self) -> None:
        self.table = table = _List(self)
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        triggers = QAbstractItemView.EditTrigger
        table.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        table.setTabKeyNavigation(False)
        table.setIconSize(SWATCH)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(ROW_PX)
        self._headed = HeadedRows(table, self.model, ROW_PX)
        table.setItemDelegate(self._headed)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        widths = {LINE: 48, KIND: 94, OFFSET: 76}
        for section in widths:
            header.setSectionResizeMode(section, QHeaderView.ResizeMode.Interactive)
        WholeHeadings(table, widths)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._show_menu)
        table.doubleClicked.connect(self._double_clicked)
        table.selectionModel().selectionChanged.connect(self._show_possible)

    def _make_buttons(self) -> QWidget:
        self._colour_menu, self._line_menu = QMenu(self), QMenu(self)
        self._colour_menu.aboutToShow.connect(self._fill_colours)
        self._line_menu.aboutToShow.connect(self._fill_lines)
        self.buttons: dict[str, QToolButton] = {}
        for name, text, tip, act in (
            ("up", "↑", "Move the selected curves up in the list (Alt+Up)", self.move_up),
            ("down", "↓", "Move the selected curves down in the list (Alt+Down)", self.move_down),
            ("front", "Front", "Draw the selected curves above all others", self.bring_to_front),
            ("colour", "Colour", "Colour of the selected curves", self._colour_menu),
            ("line", "Line", "Line of the selected curves", self._line_menu),
            ("remove", "Remove", "Remove the selected curves (Delete)", self.remove),
            ("space", "Space out", "Stand all visible curves one above the other", self.editing.space_out),
            ("level", "Level", "Take all offsets away", self.editing.level),
            ("mean", "Mean", "Mean of the selected measured curves, with its spread", self.mean),
            ("keep", "Keep in library", "Keep the selected curves in your library", self.keep),
        ):
            button = QToolButton(text=text, toolTip=tip, objectName=f"curve-{name}")
            button.setAccessibleName(tip)
            if isinstance(act, QMenu):
                button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
                button.setMenu(act)
            else:
                button.clicked.connect(lambda _checked=False, act=act: act())
            self.buttons[name] = button
        return OverflowRow(list(self.buttons.values()))

    # ---- what is selected ----

    def rows(self) -> list[int]:
        """Return the selected rows, from the top."""
        return sorted({index.row() for index in self.table.selectionModel().selectedIndexes()})

    def selected(self) -> list[Subject]:
        """Return what the selected curves are of."""
        return self.model.subjects(self.rows())

    def select(self, keys: list[str]) -> None:
        """Select curves by their keys."""
        selection = QItemSelection()
        rows = [row for row in map(self.model.row_of, keys) if row >= 0]
        for row in rows:
            selection.select(self.model.index(row, 0), self.model.index(row, OFFSET))
        self.table.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if rows:
            self.table.selectionModel().setCurrentIndex(
                self.model.index(rows[0], NAME), QItemSelectionModel.SelectionFlag.NoUpdate
            )
            self.table.scrollTo(self.model.index(rows[0], NAME))

    # ---- what can be done ----

    def move_up(self) -> None:
        """Move the selected curves up."""
        self.editing.move(self.selected(), -1)
        self.refresh()

    def move_down(self) -> None:
        """Move the selected curves down."""
        self.editing.move(self.selected(), 1)
        self.refresh()

    def bring_to_front(self) -> None:
        """Draw the selected curves above all others."""
        self.editing.bring_to_front(self.selected())

    def remove(self) -> None:
        """Remove the selected curves."""
        if self.rows():
            self.editing.remove(self.selected())

    def keep(self) -> None:
        """Keep the selected curves in the user's library, measured ones as their file has them."""
        self.workspace.own_references.keep(spectra_to_keep(self.workspace.shown, self.selected()))

    def mean(self) -> None:
        """Add the mean of the selected measured curves, with its spread."""
        scans = self._scans()
        if len(scans) > 1:
            self.workspace.processing.mean(scans)

    def _scans(self) -> list[int]:
        references = self.workspace.session.references
        chosen = [one.which for one in self.selected() if one.kind == "reference"]
        return [at for at in chosen if at < len(references) and not references[at].is_computed]

    def toggle(self) -> None:
        """Hide the selected curves, or show them where all of them are hidden."""
        chosen = [self.model.curves[row] for row in self.rows()]
        if chosen:
            self.editing.set_visible([curve.subject for curve in chosen], not any(curve.visible for curve in chosen))

    def rename(self) -> None:
        """Let the user type a name for the first of the selected curves."""
        if self.rows():
            self.table.edit(self.model.index(self.rows()[0], NAME))

    def _colourable(self) -> list[Subject]:
        rows = [row for row in self.rows() if self.model.curves[row].role != "current"]
        return self.model.subjects(rows)

    def _fill_colours(self) -> None:
        menu, subjects = self._colour_menu, self._colourable()
        menu.clear()
        scheme = colours(self)
        roles = dict.fromkeys(self.model.curves[row].role for row in self.rows())
        for colour in dict.fromkeys(colour for role in roles for colour in scheme.family(role)):
            action = menu.addAction(_colour_icon(colour), colour)
            action.triggered.connect(lambda _checked=False, c=colour: self.editing.set_look(subjects, colour=c))
        menu.addSeparator()
        menu.addAction("Other…").triggered.connect(lambda: self._ask_colour(subjects))
        menu.addAction("Automatic").triggered.connect(lambda: self.editing.set_look(subjects, colour=""))

    def _ask_colour(self, subjects: list[Subject]) -> None:
        dialog = QColorDialog(self.window())
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialog.setWindowTitle("Colour of the curve")
        dialog.colorSelected.connect(lambda colour: self.editing.set_look(subjects, colour=colour.name()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _fill_lines(self) -> None:
        menu, subjects = self._line_menu, self.selected()
        menu.clear()
        shade = colours(self).text
        for line in LINES:
            style = CurveStyle(shade, 1.5, DASHES.get(line, ()), points=line == "points")
            action = menu.addAction(QIcon(swatch_picture(style, shade, SWATCH, 2.0)), line)
            action.triggered.connect(lambda _checked=False, l=line: self.editing.set_look(subjects, line=l))
        menu.addSeparator()
        menu.addAction("Automatic").triggered.connect(lambda: self.editing.set_look(subjects, line=""))

    def _show_menu(self, at: QPoint) -> None:
        if not self.rows():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Rename", self.rename)
        menu.addAction("Hide or show", self.toggle)
        menu.addAction("Bring to front", self.bring_to_front)
        menu.addAction("Mean with spread", self.mean).setEnabled(len(self._scans()) > 1)
        menu.addAction(tr("Keep in library"), self.keep)
        menu.addAction("Remove", self.remove).setEnabled(any(map(can_be_removed, self.selected())))
        menu.popup(self.table.viewport().mapToGlobal(at))

    def _double_clicked(self, index: QModelIndex) -> None:
        if index.column() == LINE and self._colourable():
            place = self.table.visualRect(index).bottomLeft()
            self._colour_menu.popup(self.table.viewport().mapToGlobal(place))

    # ---- staying in step ----

    def set_seen(self, seen: bool) -> None:
        """Nobody looks at a list behind others; it is brought up to date when it comes to the front."""
        if seen:
            self.refresh()

    def apply_theme(self) -> None:
        """Draw the lines in the colours of the theme."""
        self.refresh()

    def _want(self) -> None:
        if self.isVisible() and not self._later.isActive():
            self._later.start()

    def refresh(self) -> None:
        """Show the curves as they are now; what was selected stays selected, and what is being typed stays."""
        if self.table.is_edited:
            self._later.start()
            return
        self._later.stop()
        keys = [self.model.curves[row].key for row in self.rows()]
        before = [curve.key for curve in self.model.curves]
        self.model.refresh()
        self._headed.set_heights()
        if before != [curve.key for curve in self.model.curves]:
            self.select(keys)
        self._stack.setCurrentWidget(self.table if self.model.curves else self._empty)
        self._show_possible()

    def _show_possible(self) -> None:
        chosen, curves = self.selected(), self.model.curves
        for name in ("up", "down", "front", "line", "keep"):
            self.buttons[name].setEnabled(bool(chosen))
        self.buttons["colour"].setEnabled(bool(self._colourable()))
        keeps = bool(chosen) and not self._colourable()
        self.buttons["colour"].setToolTip(plain(_CURRENT_KEEPS_COLOUR if keeps else "Colour of the selected curves"))
        self.buttons["mean"].setEnabled(len(self._scans()) > 1)
        self.buttons["remove"].setEnabled(any(map(can_be_removed, chosen)))
        self.buttons["space"].setEnabled(sum(curve.visible for curve in curves) > 1)
        self.buttons["level"].setEnabled(any(curve.offset for curve in curves))


def _colour_icon(colour: str) -> QIcon:
    picture = QPixmap(28, 14)
    picture.fill(QColor(colour))
    return QIcon(picture)
