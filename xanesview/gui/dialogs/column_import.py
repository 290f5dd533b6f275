"""The dialog that asks what lies in which column of a spectrum file, and shows what comes of it at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.choice import Choice
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.theme import colours
from xanesview.gui.dialogs.ready import make_ready
from xanesview.gui.dialogs.room import resize_on_screen
from xanesview.gui.plot.spectrum_plot import SpectrumPlot
from xanesview.io.spectra.column_text import DELIMITERS
from xanesview.io.spectra.spectrum_file import (
    ENERGY_UNITS,
    ColumnChoices,
    ColumnPreview,
    read_spectrum_with_notices,
    sniff,
)
from xanesview.shown.curve import Curve

MOST_CURVES = 100
"""Of one file, taken together; with more of them nobody tells one from the other."""
_ROWS_SHOWN, _COLUMNS_SHOWN = 60, 60
_TINT = 0.20


class _TintedCells(QStyledItemDelegate):
    """Draws a cell's own ground, which the style sheet would leave out."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Fill, then draw the cell."""
        ground = index.data(Qt.ItemDataRole.BackgroundRole)
        if ground is not None:
            painter.fillRect(option.rect, ground)
        super().paint(painter, option, index)


class ColumnImportDialog(QDialog):
    """Asks for delimiter, decimal mark, columns and unit; the chosen columns are coloured and the curve is drawn.

    After it is accepted, `spectra` returns what was read.
    """

    def __init__(self, preview: ColumnPreview, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Columns of {preview.path.name}")
        resize_on_screen(self, 880, 560)
        self.preview = preview
        self.spectrum: Spectrum | None = None
        self.notices: tuple[Notice, ...] = ()
        self._read_all: list[tuple[Spectrum, tuple[Notice, ...]]] | None = None
        self._looks: dict[int, tuple[str, str]] = {}  # colour and role of the columns that have one
        self._filling = True
        self._build()
        self._show_preview()
        self._filling = False
        self._read()
        make_ready(self)

    def _build(self) -> None:
        self.delimiter, self.decimal, self.unit = Choice(), Choice(), Choice()
        for mark, name in DELIMITERS.items():
            self.delimiter.addItem(name.capitalize(), mark)
        self.decimal.addItem("Point  1.5", ".")
        self.decimal.addItem("Comma  1,5", ",")
        self.unit.addItems(ENERGY_UNITS)
        self.scan, self.signal = Choice(), Choice()
        self.energy, self.intensity, self.flux = Choice(), Choice(), Choice()
        self.transmission = QCheckBox("Transmission: ln(I0 / I)")
        self.name = QLineEdit(self.preview.path.stem)
        self.delimiter.setToolTip("What parts the columns")
        self.decimal.setToolTip("How decimals are written")
        self.scan.setToolTip("Scan or group of the file")
        self.signal.setToolTip("What is drawn: by what it is made of, or by the columns below")
        self.flux.setToolTip("Divide by the incoming flux; mirror or mesh current")
        form = QFormLayout()
        form.setSpacing(SPACING)
        for words, widget in (
            ("Scan", self.scan),
            ("Delimiter", self.delimiter),
            ("Decimals", self.decimal),
            ("Energy", self.energy),
            ("Energy unit", self.unit),
            ("Signal", self.signal),
            ("Intensity", self.intensity),
            ("Divide by I0", self.flux),
            ("", self.transmission),
            ("Name", self.name),
        ):
            form.addRow(words, widget)
        form.setRowVisible(self.scan, bool(self.preview.scans))
        for box in (self.delimiter, self.decimal):
            form.setRowVisible(box, bool(self.preview.text_lines))
        for box in (self.scan, self.signal):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(20)
        self.scan.addItems(self.preview.scans)
        n = len(self.preview.scans)
        which = "All" if n <= MOST_CURVES else f"The first {MOST_CURVES} of"
        self.scan.addItem(f"{which} {n:,} scans, each as a curve")
        self.table = QTableWidget()
        self.table.setAccessibleName("Columns of the file")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.setShowGrid(False)
        self.table.setItemDelegate(_TintedCells(self.table))
        self.plot = SpectrumPlot()
        self.problem = Label(wordWrap=True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText("Overlay")
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        upper = QHBoxLayout()
        upper.setSpacing(2 * SPACING)
        upper.addLayout(form)
        upper.addWidget(self.table, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACING, 2 * SPACING, 2 * SPACING, 2 * SPACING)
        column.setSpacing(SPACING)
        column.addLayout(upper, 3)
        column.addWidget(self.plot, 2)
        column.addWidget(self.problem)
        column.addWidget(self.buttons)
        for box in (self.delimiter, self.decimal):
            box.currentIndexChanged.connect(self._cut_again)
        self.scan.currentIndexChanged.connect(self._cut_again)
        for box in (self.energy, self.signal, self.unit):
            box.currentIndexChanged.connect(self._read)
        for box in (self.intensity, self.flux):
            box.currentIndexChanged.connect(self._read_columns)
        self.transmission.toggled.connect(self._read_columns)
        self.table.horizontalHeader().sectionClicked.connect(self._choose_intensity)

    # ---- showing the file ----

    def _show_preview(self) -> None:
        """Fill the choices and the table from the preview."""
        preview = self.preview
        self.delimiter.setCurrentIndex(self.delimiter.findData(preview.delimiter))
        self.decimal.setCurrentIndex(self.decimal.findData(preview.decimal))
        if self.unit.findText(preview.energy_unit) < 0:
            self.unit.addItem(preview.energy_unit)
        self.unit.setCurrentText(preview.energy_unit)
        self.signal.clear()
        for formula in preview.signals:
            self.signal.addItem(formula, formula)
        self.signal.addItem("of the columns below", None)
        self.signal.setCurrentIndex(0)
        for box, chosen in ((self.energy, preview.energy_column), (self.intensity, preview.intensity_column)):
            box.clear()
            for index, name in enumerate(preview.columns):
                box.addItem(name, index)
            box.setCurrentIndex(chosen)
        self.flux.clear()
        self.flux.addItem("no", None)
        for index, name in enumerate(preview.columns):
            self.flux.addItem(name, index)
        self.flux.setCurrentIndex(0 if preview.i0_column is None else preview.i0_column + 1)
        self.transmission.setChecked(preview.transmission)
        rows = preview.sample[:_ROWS_SHOWN]
        n, some = len(preview.columns), min(len(preview.columns), _COLUMNS_SHOWN)
        self.table.setColumnCount(some)
        self.table.setRowCount(len(rows))
        self.table.setHorizontalHeaderLabels([f"{name}\n" for name in preview.columns[:some]])
        self._looks = {}
        told = f"The first {some} of {n:,} columns; the choices name them all." if some < n else ""
        self.table.setToolTip(plain(told))
        for row, numbers in enumerate(rows):
            for column, value in enumerate(numbers[:some]):
                cell = QTableWidgetItem("" if np.isnan(value) else f"{value:.10g}".replace("-", "−"))
                cell.setBackground(QColor(0, 0, 0, 0))
                cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(row, column, cell)

    def _colour_columns(self) -> None:
        """Tint the chosen columns: energy, intensity, flux."""
        scheme = colours(self)
        chosen = {
            self.flux.currentData(): scheme.curves[1],
            self.intensity.currentData(): scheme.curves[2],
            self.energy.currentData(): scheme.curves[0],
        }
        roles = {self.energy.currentData(): "energy", self.intensity.currentData(): "intensity"}
        for column in range(self.table.columnCount()):
            look = (chosen.get(column, ""), roles.get(column, ""))
            if look == self._looks.get(column, ("", "")):
                continue  # each cell that is touched has the table measure its columns anew
            self._looks[column] = look
            tint = QColor(chosen.get(column, scheme.surface))
            tint.setAlphaF(_TINT if column in chosen else 0.0)
            self.table.horizontalHeaderItem(column).setText(f"{self.preview.columns[column]}\n{look[1]}")
            for row in range(self.table.rowCount()):
                self.table.item(row, column).setBackground(tint)

    # ---- choosing ----

    def choices(self) -> ColumnChoices:
        """Return what is chosen now."""
        return ColumnChoices(
            delimiter=self.delimiter.currentData(),
            decimal=self.decimal.currentData(),
            energy_column=self.energy.currentData(),
            intensity_column=self.intensity.currentData(),
            energy_unit=self.unit.currentText(),
            i0_column=self.flux.currentData(),
            transmission=self.transmission.isChecked(),
            label=self.name.text().strip() or None,
            signal=self.signal.currentData(),
            scan=self._scan() if self.preview.scans else None,
        )

    @property
    def wants_all(self) -> bool:
        """Whether every scan of the file is to be a curve."""
        return bool(self.preview.scans) and self.scan.currentIndex() == len(self.preview.scans)

    def _scan(self) -> int:
        """The scan that is shown: the first one where all are wanted."""
        return 0 if self.wants_all else max(0, self.scan.currentIndex())

    def spectra(self) -> list[tuple[Spectrum, tuple[Notice, ...]]]:
        """Return what was read: the curve shown, or with the same choices that of each scan.

        Raises
        ------
        XanesviewError
            If a scan can't be read so.
        """
        if not self.wants_all:
            return [(self.spectrum, self.notices)]
        if self._read_all is not None:
            return self._read_all
        name = self.name.text().strip() or self.preview.path.stem
        return [
            read_spectrum_with_notices(
                self.preview.path, self.preview, replace(self.choices(), scan=scan, label=f"{name} · {label}")
            )
            for scan, label in enumerate(self.preview.scans[:MOST_CURVES])
        ]

    def _choose_intensity(self, column: int) -> None:
        if column != self.energy.currentData():
            self.intensity.setCurrentIndex(column)
            self._read_columns()

    def _read_columns(self) -> None:
        """Take the columns that are chosen instead of a signal by name."""
        if self._filling:
            return
        self._filling = True
        self.signal.setCurrentIndex(self.signal.findData(None))
        self._filling = False
        self._read()

    def _cut_again(self) -> None:
        """Look at the file anew with another delimiter or decimal mark, or at another scan."""
        if self._filling:
            return
        delimiter, decimal = self.delimiter.currentData(), self.decimal.currentData()
        try:
            scan = self._scan()
            self.preview = sniff(self.preview.path, delimiter=delimiter, decimal=decimal, scan=scan)
        except XanesviewError as error:
            self._tell_problem(error)
            return
        self._filling = True
        self._show_preview()
        self._filling = False
        self._read()

    def _read(self) -> None:
        """Read with the present choices and draw what comes of it."""
        if self._filling:
            return
        self.transmission.setEnabled(self.flux.currentData() is not None)
        self._colour_columns()
        try:
            self.spectrum, self.notices = read_spectrum_with_notices(self.preview.path, self.preview, self.choices())
        except XanesviewError as error:
            self._tell_problem(error)
            return
        spectrum = self.spectrum
        colour = colours(self).curves[2]
        self.plot.set_curves([Curve("file", spectrum.energy_ev, spectrum.intensity, "", "measured", colour)])
        self.plot.reset_zoom()
        self.plot.set_title(f"{spectrum.energy_ev.size} points, {spectrum.energy_ev[0]:.2f} to "
                            f"{spectrum.energy_ev[-1]:.2f} eV")  # fmt: skip
        self._say(" ".join(notice.message for notice in self.notices), colours(self).muted)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(True)

    def _tell_problem(self, error: XanesviewError) -> None:
        self.spectrum, self.notices = None, ()
        self.plot.set_curves([])
        self.plot.set_empty_text(error.message)
        self.plot.set_title("")
        self._say(f"{error.message} {error.hint}".strip(), colours(self).error)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(False)

    def _say(self, text: str, colour: str) -> None:
        self.problem.setText(text)
        self.problem.setStyleSheet(f"color: {colour};")

    def accept(self) -> None:
        """Take the name as it stands now, then close."""
        if self.spectrum is None:
            return
        self._read_all = None
        try:
            self._read_all = self.spectra()
        except XanesviewError as error:
            self._say(f"{error.message} {error.hint}".strip(), colours(self).error)
            return
        name = self.name.text().strip()
        if name:
            self.spectrum = self.spectrum.replace(label=name)
        super().accept()
