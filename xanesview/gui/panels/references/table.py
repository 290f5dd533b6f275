"""The table of the references panel: one row an overlay, with fields for shift and scale."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QToolButton, QWidget

from xanesview.domain.comparison import Scores
from xanesview.domain.session import ReferenceCurve
from xanesview.domain.structure import Structure
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.appearance.theme import icon
from xanesview.gui.appearance.typed_numbers import parse_number
from xanesview.gui.panels.number_field import NumberField
from xanesview.shown.reference_labels import told_apart
from xanesview.texts import tr

SHOWN, LABEL, SHIFT, SCALE, STEPS, FIT, COSINE, PEARSON, RMSE, REMOVE = range(10)

_HEADINGS = ("", "Reference", "Shift / eV", "Scale", "", "", "Cosine", "Pearson", "RMSE", "")
_TIPS = {
    SHIFT: "Moves the reference along the energy axis, up where positive: its step “Energy shift”.",
    SCALE: "Multiplies the reference: its step “Scale and offset”.",
    COSINE: "Cosine similarity of reference and prediction where they overlap; 1 is equal up to a factor.",
    PEARSON: "Pearson correlation where they overlap; 1 is equal up to factor and offset.",
    RMSE: "Root mean square difference where they overlap, in the units of the prediction, after the best scaling.",
}
STEPS_TIP = "Show what is done to this reference, step by step"
FIT_TIP = "Fit: the curve is moved onto the prediction, which gets width and edge step"
_WIDTHS = {
    SHOWN: 30, SHIFT: 84, SCALE: 92, STEPS: 28, FIT: 28, COSINE: 64, PEARSON: 64, RMSE: 70, REMOVE: 30
}  # fmt: skip
#: Where there is no room for all: the same, and no Pearson, which says nearly what the cosine says, and no button for
#: the fit, which has a key and stands beside the steps.
_NARROW_WIDTHS = {**_WIDTHS, SHOWN: 28, SHIFT: 66, SCALE: 92, STEPS: 28, FIT: 28, COSINE: 58, RMSE: 58, REMOVE: 28}
_LEAST_LABEL_PX = 110


class ReferenceTable(QTableWidget):
    """Shows references; tells what the user changes and leaves the changing to others."""

    changed = Signal(int, dict, object)  # row, fields of ReferenceCurve, gesture or None
    removed = Signal(int)
    fit_wanted = Signal(int)
    steps_wanted = Signal(int)  # its steps are to be shown
    entered = Signal()  # Enter was pressed in a field

    def __init__(self, begin_gesture: Callable[[], int], parent: QWidget | None = None) -> None:
        super().__init__(0, len(_HEADINGS), parent)
        self.setAccessibleName(tr("References"))
        self._begin_gesture = begin_gesture
        self.setHorizontalHeaderLabels([tr(one) for one in _HEADINGS])
        for column, tip in _TIPS.items():
            self.horizontalHeaderItem(column).setToolTip(plain(tip))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(34)
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setTabKeyNavigation(False)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(28)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(LABEL, QHeaderView.ResizeMode.Stretch)
        self.share_width()
        for column in (SHIFT, SCALE, COSINE, PEARSON, RMSE):
            self.horizontalHeaderItem(column).setTextAlignment(Qt.AlignmentFlag.AlignRight)
        self.horizontalHeaderItem(LABEL).setTextAlignment(Qt.AlignmentFlag.AlignLeft)
        self._filling = False
        self.itemChanged.connect(self._item_changed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep every row in view without a scroll bar."""
        super().resizeEvent(event)
        self.share_width()

    def changeEvent(self, event: QEvent) -> None:
        """Give larger letters more room."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            QTimer.singleShot(0, self, self.share_width)

    def share_width(self) -> None:
        """Give every column what its numbers need, or hide those that there is no room for."""
        narrow = self.viewport().width() < sum(_WIDTHS.values()) + _LEAST_LABEL_PX
        self.setColumnHidden(PEARSON, narrow)
        self.setColumnHidden(FIT, narrow)
        for column, width in (_NARROW_WIDTHS if narrow else _WIDTHS).items():
            needed = self.sizeHintForColumn(column) if column in (COSINE, PEARSON, RMSE) else 0
            if not narrow and column in (SHIFT, SCALE, COSINE, PEARSON, RMSE):
                needed = max(needed, self.horizontalHeader().sectionSizeHint(column))
            self.setColumnWidth(column, max(width, needed))  # no number is cut off, where there is room no heading

    def show_references(
        self, references: Sequence[ReferenceCurve], beside: Structure | None = None, name: str = ""
    ) -> None:
        """Show these references; a row that is there already keeps its fields and their focus.

        A tick says whether a curve is drawn beside a structure, which is named where several are open.
        """
        self._filling = True
        while self.rowCount() > len(references):
            self.removeRow(self.rowCount() - 1)
        while self.rowCount() < len(references):
            self._add_row()
        names = told_apart(references)
        for row, reference in enumerate(references):
            shown = self.item(row, SHOWN)
            seen = reference.is_seen_with(beside)
            shown.setCheckState(Qt.CheckState.Checked if seen else Qt.CheckState.Unchecked)
            here = f" beside {name}; other structures keep it" if name and not reference.is_computed else ""
            shown.setToolTip(plain(f"Show or hide this curve{here}"))
            label = self.item(row, LABEL)
            label.setText(names[row])
            kind = _kind(reference)
            steps = [step.describe() for step in reference.steps if step.on]
            told = (names[row], kind, reference.statement, *steps, reference.source, "Double click to rename.")
            label.setToolTip(plain("\n".join(filter(None, told))))
            self.cellWidget(row, SHIFT).set_value(reference.shift_ev)
            scale = self.cellWidget(row, SCALE)
            self.cellWidget(row, SHIFT).setAccessibleName(f"{tr('Shift / eV')}: {names[row]}")
            scale.setAccessibleName(f"{tr('Scale')}: {names[row]}")
            scale.set_value(reference.scale)
            _, name, curve = reference.scaled_to
            whose = f" of {name} ({curve})" if name else ""
            by_itself = bool(name and reference.statement)
            scale.set_tip(f"Scaled to the prediction{whose} by itself." if by_itself else _TIPS[SCALE])
            self.cellWidget(row, FIT).setEnabled(reference.tensor is None)
        self._filling = False

    def show_scores(self, row: int, found: Scores | None, reason: str = "") -> None:
        """Show how near a reference is to the prediction, or dashes and the reason why it can't be told."""
        if row >= self.rowCount():
            return
        self._filling = True
        for column, name, digits in ((COSINE, "cosine", 4), (PEARSON, "pearson", 4), (RMSE, "rmse", 4)):
            cell = self.item(row, column)
            cell.setText("–" if found is None else score_text(getattr(found, name), digits))
            cell.setToolTip(plain(reason if found is None else f"{_TIPS[column]}\n{_window(found)}"))
        self._filling = False

    def _add_row(self) -> None:
        row = self.rowCount()
        self.insertRow(row)
        for column in (SHOWN, LABEL, COSINE, PEARSON, RMSE):
            cell = QTableWidgetItem()
            cell.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self.setItem(row, column, cell)
        self.item(row, SHOWN).setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
        self.item(row, LABEL).setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsEditable)
        for column in (COSINE, PEARSON, RMSE):
            self.item(row, column).setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        shift = NumberField(
            "shift", parse_number, lambda value: f"{value:+.2f}".replace("-", "−"), 0.1, (-1000.0, 1000.0),
            self._begin_gesture,
        )  # fmt: skip
        scale = NumberField("scale", parse_number, lambda value: f"{value:.4g}", 0.05, None, self._begin_gesture)
        shift.set_tip(_TIPS[SHIFT] + " Wheel: 0.1 eV, with Shift 0.01 eV.")
        shift.edited.connect(lambda value, gesture, field=shift: self._tell(field, SHIFT, "shift_ev", value, gesture))
        scale.edited.connect(lambda value, gesture, field=scale: self._tell(field, SCALE, "scale", value, gesture))
        for field in (shift, scale):
            field.entered.connect(self.entered)
        self.setCellWidget(row, SHIFT, shift)
        self.setCellWidget(row, SCALE, scale)
        self._add_button(row, STEPS, "steps", "Steps", STEPS_TIP, self.steps_wanted)
        self._add_button(row, FIT, "fit-curve", "Fit", FIT_TIP, self.fit_wanted)
        self._add_button(row, REMOVE, "close", "×", "Remove this reference", self.removed)

    def _add_button(self, row: int, column: int, drawing: str, word: str, tip: str, signal: Signal) -> None:
        button = QToolButton()
        button.setProperty("cell", True)
        button.setIcon(icon(drawing, self))
        if button.icon().isNull():
            button.setText(word)
        button.setToolTip(plain(tip))
        button.setAccessibleName(tr(tip))
        button.clicked.connect(lambda _checked=False: signal.emit(self._row_of(button, column)))
        self.setCellWidget(row, column, button)

    def apply_theme(self) -> None:
        """Draw the buttons in the colours of the theme."""
        for row in range(self.rowCount()):
            for column, drawing in ((STEPS, "steps"), (FIT, "fit-curve"), (REMOVE, "close")):
                self.cellWidget(row, column).setIcon(icon(drawing, self))

    def _row_of(self, widget: QWidget, column: int) -> int:
        return next(row for row in range(self.rowCount()) if self.cellWidget(row, column) is widget)

    def _tell(self, field: NumberField, column: int, name: str, value: float, gesture: object) -> None:
        self.changed.emit(self._row_of(field, column), {name: value}, gesture)

    def _item_changed(self, item: QTableWidgetItem) -> None:
        if self._filling:
            return
        if item.column() == SHOWN:
            visible = item.checkState() == Qt.CheckState.Checked
            self.changed.emit(item.row(), {"visible": visible}, None)
        elif item.column() == LABEL and item.text().strip():
            self.changed.emit(item.row(), {"label": item.text().strip()}, None)


def score_text(value: float, digits: int) -> str:
    """Return a score with so many decimals, or fewer digits where it is large, so that its cell holds it whole."""
    text = f"{value:.{digits}f}" if abs(value) < 10 else f"{value:.{max(digits - 1, 0)}g}"
    return text.replace("-", "−")


def _kind(reference: ReferenceCurve) -> str:
    if reference.tensor is not None:
        return "Computed for each direction; follows the arrow."
    return "Computed; doesn't follow the arrow." if reference.spectrum.kind == "computed" else "Measured."


def _window(found: Scores) -> str:
    low, high = found.window_ev
    return f"Compared from {low:.1f} to {high:.1f} eV."
