"""The model of the list of curves: one row a curve of the plot, hidden ones, too."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QSize, Qt

from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.appearance.theme import colours
from xanesview.gui.appearance.typed_numbers import parse_number
from xanesview.gui.plot.curve_style import CurveStyle, styles_of
from xanesview.gui.plot.swatch import swatch_picture
from xanesview.gui.session.workspace import Workspace
from xanesview.shown.curve import Curve, Subject
from xanesview.shown.said_once import said_once
from xanesview.texts import tr

NAME, LINE, KIND, OFFSET = range(4)
HEADINGS = ("Curve", "Line", "Kind", "Offset")
TIPS = (
    "Ticked curves are drawn and exported; double-click the name to change it, empty for the first one",
    "How the curve is drawn; double-click for another colour",
    "What the curve is of",
    "Lifts the curve in the plot; numbers that are read or exported stay",
)
SWATCH = QSize(34, 16)

_KINDS = {
    "current": "current",
    "isotropic": "average",
    "site": "site",
    "compared": "network",
    "measured": "measured",
    "computed": "computed",
    "frozen": "frozen",
}


class CurveTable(QAbstractTableModel):
    """Rows are the curves in the order of the list; reads the workspace, writes through it."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.curves: list[Curve] = []
        self._styles: list[CurveStyle] = []
        self._own: dict[str, str] = {}
        self._above: dict[str, str] = {}

    def refresh(self) -> None:
        """Take the curves as they are now; rows stay where only their numbers or names have changed."""
        found = self.workspace.curves.listed()
        same = [curve.key for curve in found] == [curve.key for curve in self.curves]
        if not same:
            self.beginResetModel()
        self.curves = found
        self._styles = styles_of(found, colours())
        self._own, self._above = said_once(found)
        if not same:
            self.endResetModel()
        elif found:
            self.dataChanged.emit(self.index(0, 0), self.index(len(found) - 1, OFFSET))

    def subjects(self, rows: Sequence[int]) -> list[Subject]:
        """What the curves of some rows are of."""
        return [self.curves[row].subject for row in rows]

    def row_of(self, key: str) -> int:
        """Row of a curve, -1 where it isn't listed."""
        return next((row for row, curve in enumerate(self.curves) if curve.key == key), -1)

    def heading(self, row: int) -> str:
        """Return what this curve's name and those below it share, where it stands above the row; else nothing."""
        return self._above.get(self.curves[row].key, "")

    # ---- Qt's side ----

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """Number of curves."""
        return 0 if parent is not None and parent.isValid() else len(self.curves)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        """Number of columns."""
        return 0 if parent is not None and parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole):
        """Column headings and their explanations."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(HEADINGS[section])
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr(TIPS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section == OFFSET else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        """Curves can be ticked, names and offsets edited."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() == NAME:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        if index.column() in (NAME, OFFSET):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole):
        """One cell."""
        curve, column = self.curves[index.row()], index.column()
        if role == Qt.ItemDataRole.EditRole and column == NAME:
            return self._own_name(curve)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self._text(curve, column)
        if role == Qt.ItemDataRole.CheckStateRole and column == NAME:
            return Qt.CheckState.Checked if curve.visible else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.DecorationRole and column == LINE:
            style = self._styles[index.row()]
            return swatch_picture(style, style.colour if curve.visible else colours().faint, SWATCH, 2.0)
        if role == Qt.ItemDataRole.TextAlignmentRole and column == OFFSET:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(f"{curve.label}\n{curve.tooltip}" if column == NAME else TIPS[column])
        return None

    def _own_name(self, curve: Curve) -> str:
        """What is renamed: the label of a reference without its steps and what else is told behind it."""
        subject = curve.subject
        own = subject is not None and subject.kind == "reference"
        return self.workspace.session.references[subject.which].label if own else curve.label

    def _text(self, curve: Curve, column: int) -> str:
        if column == NAME:
            return self._own[curve.key]
        if column == KIND:
            return tr(_KINDS[curve.role])
        if column == OFFSET:
            return f"{curve.offset:.4g}".replace("-", "−")
        return ""

    def setData(self, index: QModelIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Show or hide a curve, rename it, lift it."""
        curve, editing = self.curves[index.row()], self.workspace.curves
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == NAME:
            editing.set_visible([curve.subject], not curve.visible)
            return True
        if role != Qt.ItemDataRole.EditRole or str(value) == self.data(index, Qt.ItemDataRole.EditRole):
            return False  # left as it was: the name goes on telling what the curve is of
        if index.column() == NAME:
            editing.rename(curve.subject, str(value))
            return True
        try:
            editing.set_look([curve.subject], offset=parse_number(str(value)))
        except XanesviewError as error:
            self.workspace.message.emit(Notice("curves", error.message, error.hint))
            return False
        return True
