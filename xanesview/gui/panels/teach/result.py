"""What a teaching gives: its curves while it runs, and the tests before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from xanesview.domain.counts import counted
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.plot.learning_plot import LearningPlot
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.gui.session.teaching import Learning

_NAMES = {"own": "Kept apart", "known": "Its own test"}
_ROW_PX = 23
#: The least that what was tested takes; the rest is shortened, and stands in the tip.
_NAME_PX = 90


class TeachResult(QWidget):
    """Curves; once it is done, a small table beside them."""

    def __init__(self) -> None:
        super().__init__()
        self.plot = LearningPlot()
        self.key = Label(objectName="teach-key")
        self.key.setProperty("small", True)
        self.key.setProperty("muted", True)
        self.key.setText(tr("━ taught  ╌ kept apart  ⋯ known before"))
        self.table = QTableWidget(0, 3, objectName="teach-tests")
        self.table.setShowGrid(False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(_ROW_PX)
        self.table.setHorizontalHeaderLabels([tr("Mean square error"), tr("Before"), tr("After")])
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)  # a number is never cut
        self._curves = QWidget()
        column = QVBoxLayout(self._curves)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.plot, 1)
        column.addWidget(self.key)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addWidget(self.table, 3)
        row.addWidget(self._curves, 2)

    def show_learning(self, learning: Learning) -> None:
        """Show the curves as far as they go, and the tests once there are any."""
        self.plot.set_curves(learning.curves)
        has_curves = bool(learning.curves) or learning.tests is None
        self._curves.setVisible(has_curves)
        tests = learning.tests or {}
        rows = [(name, tests[name]) for name in _NAMES if name in tests]
        self.table.setVisible(bool(rows))
        self.table.setRowCount(len(rows))
        for row, (name, found) in enumerate(rows):
            molecules = counted(int(found["molecules"]), tr("molecule"), tr("molecules"))
            texts = (f"{tr(_NAMES[name])} ({molecules})", f"{found['before']:.3g}", f"{found['after']:.3g}")
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                item.setToolTip(plain(f"{texts[0]}: {texts[1]} → {texts[2]}"))
                self.table.setItem(row, column, item)
        if rows:
            numbers = sum(self.table.sizeHintForColumn(column) for column in (1, 2))
            titles = sum(self.table.horizontalHeader().sectionSizeHint(column) for column in (1, 2))
            self.table.setMinimumWidth(_NAME_PX + max(numbers, titles))
