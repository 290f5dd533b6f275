"""What a fit found, in full: values with errors, correlations, scores, what is to be known before they are believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from xanesview.domain.counts import percent
from xanesview.domain.processing.expected_shift import beyond_calibration
from xanesview.domain.processing.fit_of_measured import MeasuredFit, of_measured
from xanesview.domain.processing.undetermined import doubts, meaningless, missed, poorness, share_left, unexplained
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.dialogs.ready import make_ready
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.domain.processing.fitted_prediction import PredictionFit
    from xanesview.gui.session.curve_fitting import CurveFitting, FitReport

CONVENTION = "The measured curve is moved onto the prediction; a positive shift moves it to higher energies."
_ROW_PX = 26
_WIDEST_PX = 900
_STRONG = 0.95


class FitDetails(QDialog):
    """Shows a fit beside the window."""

    def __init__(self, report: FitReport, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.values, self.correlations = QTableWidget(), QTableWidget()
        self._column = column = QVBoxLayout(self)
        column.setSpacing(SPACING)
        column.addWidget(self.values)
        heading = Label("Correlations")
        heading.setProperty("heading", True)
        column.addWidget(heading)
        column.addWidget(self.correlations)
        self.words = Label(wordWrap=True)
        self.words.setProperty("muted", True)
        column.addWidget(self.words)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("Copy", QDialogButtonBox.ButtonRole.ActionRole)
        copy.setToolTip("Copy values and errors as text")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text()))
        buttons.rejected.connect(self.close)
        column.addWidget(buttons)
        self._report: FitReport | None = None
        self._show_report(report)
        make_ready(self)
        self.resize(680, self.sizeHint().height())

    def follow(self, fitting: CurveFitting) -> None:
        """Show the fit of the curve looked at, else go on with the one shown; close once its steps are gone."""
        report = fitting.current_report()
        if report is not None:
            self._show_report(report)
        elif not fitting.holds(self._report):
            self.close()

    def _show_report(self, report: FitReport) -> None:
        if report is self._report:  # what is selected in it stays
            return
        self._report, fit, told = report, report.fit, of_measured(report.fit)
        self.setWindowTitle(f"Fit to {report.label}" if report.label else "Fit")
        self.values = self._replaced(self.values, _value_table(told), "Values of the fit")
        self.correlations = self._replaced(self.correlations, _correlation_table(told), "Correlations of the fit")
        self.words.setText("\n".join((CONVENTION, *_judged(fit))))

    def _replaced(self, old: QTableWidget, new: QTableWidget, name: str) -> QTableWidget:
        new.setAccessibleName(tr(name))
        self._column.replaceWidget(old, new)
        old.hide()
        old.setParent(None)
        old.deleteLater()
        return new

    def text(self) -> str:
        """Return everything as text."""
        return all_words(self._report.fit)


def all_words(fit: PredictionFit) -> str:
    """Return everything that a fit found, a line each."""
    return "\n".join((*map(str, of_measured(fit).values), CONVENTION, *_judged(fit)))


def _judged(fit: PredictionFit) -> list[str]:
    return list(filter(None, (score_line(fit), doubts(fit), poorness(fit), *fit.notices)))


def poor_head(fit: PredictionFit) -> str:
    """Return what a poor fit is told with before its values, such as "Poor fit, R = 8 %: "; empty of a good one.

    A shift that the network's calibration doesn't explain is told so, too, however well the curves fit.
    """
    if meaningless(fit):
        return "This fit means nothing: "
    told = ["Poor fit"] if poorness(fit) else []
    if missed(fit):
        told.append(f"R = {100 * max(one.scores.r_factor for one in fit.curves):.2g} %")
    if unexplained(fit):
        told.append(f"{100 * share_left(fit):.0f} % unexplained")
    if beyond_calibration(fit.notices):
        told.append("shift beyond calibration" if told else "Shift beyond calibration")
    return f"{', '.join(told)}: " if told else ""


def score_line(fit: PredictionFit) -> str:
    """Return how well it fits, in one line."""
    one = fit.curves[0]
    low, high = one.scores.window_ev
    return (
        f"At the measured points of the fit: cosine {one.scores.cosine:.4f} · Pearson {one.scores.pearson:.4f} · "
        f"R-factor {percent(one.scores.r_factor)} · weighted {percent(one.weighted_r_factor)} · "
        f"{fit.n_points:,} points, {low:.1f} to {high:.1f} eV"
    ).replace(" -", " −")


def fit_summary(fit: PredictionFit) -> str:
    """Return the fitted values with their errors in a few words, shift, factor and offset of the measured curve."""
    short = {"shift_ev": "measured curve shifted", "scale": "factor", "offset_1": "offset"}
    short |= {"fwhm_ev": "prediction widened", "step_height": "edge step"}
    words = []
    for one in of_measured(fit).values:
        if one.name in short and (one.error is not None or one.value):
            told = one.told(1)
            if one.name in ("shift_ev", "fwhm_ev"):  # nobody wants to know more of an energy
                error = "" if one.error is None else f" ± {one.error:.1g}"
                told = f"{round(one.value, 2) + 0.0:{'+' if one.name == 'shift_ev' else ''}.2f}{error}"
            unit = f" {one.unit}" if one.unit and one.name != "scale" else ""
            words.append(f"{short[one.name]} {told}{unit}")
    return " · ".join(words).replace("-", "−")


def _value_table(fit: MeasuredFit) -> QTableWidget:
    table = _table(len(fit.values), ("", "Value", "Error", "Unit", ""))
    for row, one in enumerate(fit.values):
        error = "–" if one.error is None else f"{one.error:.2g}"
        value, unit = f"{one.value:.6g}".replace("-", "−"), one.unit or tr("ratio")
        for column, text in enumerate((one.label, value, error, unit, one.note)):
            table.setItem(row, column, _cell(text, column in (1, 2)))
        table.item(row, 4).setToolTip(plain(one.note))  # where there is no room for it
    wide = sum(table.sizeHintForColumn(column) for column in range(table.columnCount()))
    table.setMinimumWidth(min(wide + 2 * SPACING, _WIDEST_PX))  # the remarks are read in full
    return _sized(table, stretched=4)


def _correlation_table(fit: MeasuredFit) -> QTableWidget:
    labels = {one.name: one.label for one in fit.values}
    names = [labels[name] for name in fit.names]
    table = _table(len(names), ("", *(_short(name) for name in names)))
    for row, name in enumerate(names):
        table.setItem(row, 0, _cell(name, False))
        for column in range(row + 1):
            value = float(fit.correlations[row, column])
            cell = _cell(f"{value:+.2f}".replace("-", "−") if column < row else "1", True)
            if column < row and abs(value) > _STRONG:
                font = cell.font()
                font.setBold(True)
                cell.setFont(font)
                cell.setToolTip("Hard to tell apart")
            table.setItem(row, column + 1, cell)
    return _sized(table, stretched=0)


def _short(name: str) -> str:
    short = {"Added Gaussian width": "Width", "Height of the edge step": "Step"}
    return short.get(name, name.removesuffix(" of the measured curve"))


def _table(rows: int, headings: tuple[str, ...]) -> QTableWidget:
    table = QTableWidget(rows, len(headings))
    table.setHorizontalHeaderLabels(headings)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(_ROW_PX)
    table.setShowGrid(False)
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return table


def _cell(text: str, is_number: bool) -> QTableWidgetItem:
    cell = QTableWidgetItem(text)
    if is_number:
        cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return cell


def _sized(table: QTableWidget, stretched: int) -> QTableWidget:
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
    table.setFixedHeight(header.sizeHint().height() + _ROW_PX * table.rowCount() + 4)
    return table
