"""The dialog that asks what lies in which column of a spectrum file, and shows what comes of it at once."""

from __future__ import annotations

import re
from dataclasses import replace

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from xanesview.domain.counts import counted
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.choice import Choice
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label
from xanesview.gui.appearance.theme import colours
from xanesview.gui.dialogs.angle_columns import AngleColumns, as_series, read_pieces
from xanesview.gui.dialogs.column_table import ColumnTable
from xanesview.gui.dialogs.ready import make_ready
from xanesview.gui.dialogs.room import WholeWidth, resize_on_screen
from xanesview.gui.plot.spectrum_plot import SpectrumPlot
from xanesview.io.spectra.angle_spectra import AngledSpectrum
from xanesview.io.spectra.column_text import DELIMITERS
from xanesview.io.spectra.spectrum_file import (
    ENERGY_UNITS,
    ColumnChoices,
    ColumnPreview,
    read_spectrum_with_notices,
    sniff,
)
from xanesview.io.spectra.told_of_scans import told_of_scans
from xanesview.shown.curve import Curve
from xanesview.texts import tr

_ONLY_COUNTS = re.compile(r"(scan|entry|measurement|group)?[\s_#.]*\d+(\.\d+)?", re.IGNORECASE)
_LEAST_PART_PX = 110
MOST_CURVES = 100
"""Of one file, taken together; with more of them nobody tells one from the other."""


class ColumnImportDialog(QDialog):
    """Asks for delimiter, decimal mark, columns and unit; the chosen columns are coloured and the curve is drawn.

    After it is accepted, `spectra` returns what was read, and `series` the same with angles where it is one film's.
    """

    def __init__(self, preview: ColumnPreview, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Columns of {preview.path.name}")
        resize_on_screen(self, 880, 560)
        self.preview = preview
        self.spectrum: Spectrum | None = None
        self.notices: tuple[Notice, ...] = ()
        self._read_all: list[tuple[Spectrum, tuple[Notice, ...]]] | None = None
        self.series: list[AngledSpectrum] | None = None
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
        self.name = QLineEdit(self._usual_name())
        self.angles = AngleColumns()
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
            ("", self.angles),
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
        self.table = ColumnTable()
        self.plot = SpectrumPlot()
        self.problem = Label(wordWrap=True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText("Overlay")
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        upper = QHBoxLayout()
        upper.setSpacing(2 * SPACING)
        fields = QWidget()
        form.setContentsMargins(0, 0, 0, 0)
        fields.setLayout(form)
        area = WholeWidth(fields)  # what has no room on a small screen is scrolled to
        area.setAccessibleName(tr("Fields"))
        upper.addWidget(area)
        upper.addWidget(self.table, 1)
        for part in (self.table, self.plot):
            part.setMinimumHeight(_LEAST_PART_PX)
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
        self.angles.changed.connect(self._read)
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
        self.angles.forget_columns()
        self.table.show_preview(preview)

    def _colour_columns(self) -> None:
        """Tint the chosen columns: energy, intensity, flux."""
        scheme = colours(self)
        looks = {
            self.flux.currentData(): (scheme.curves[1], ""),
            self.intensity.currentData(): (scheme.curves[2], "intensity"),
            self.energy.currentData(): (scheme.curves[0], "energy"),
        }
        self.table.tint(looks)

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
        return self._read_curves() if self._read_all is None else self._read_all

    def _read_curves(self) -> list[tuple[Spectrum, tuple[Notice, ...]]]:
        if not self.wants_all:
            return [read_spectrum_with_notices(self.preview.path, self.preview, self.choices())]
        name, choices = self.name.text().strip() or self.preview.path.stem, self._of_each_scan()
        return [
            read_spectrum_with_notices(
                self.preview.path, self.preview, replace(choices, scan=scan, label=f"{name} · {label}")
            )
            for scan, label in enumerate(self.preview.scans[:MOST_CURVES])
        ]

    def _of_each_scan(self) -> ColumnChoices:
        """Return the choices for all scans: where the usual signal is chosen, that of each, whatever it is called."""
        is_usual = self.signal.currentIndex() == 0 and bool(self.preview.signals)
        return replace(self.choices(), signal=None, intensity_column=None) if is_usual else self.choices()

    def _choose_intensity(self, column: int) -> None:
        if self.angles.is_on and not self.wants_all:
            self.angles.toggle(column)
        elif column != self.energy.currentData():
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
        if not self.name.isModified():  # a group of a project is called by its own name
            self.name.setText(self._usual_name())
        self._filling = False
        self._read()

    def _usual_name(self) -> str:
        """Return what to call the curve: the name that its file gives the scan, if any, else that of the file."""
        scans, stem = self.preview.scans, self.preview.path.stem
        label = scans[self.preview.scan].strip() if self.preview.scan < len(scans) else ""
        if not label or self.wants_all:
            return stem
        return f"{stem} · {label}" if _ONLY_COUNTS.fullmatch(label) else label

    def _read(self) -> None:
        """Read with the present choices and draw what comes of it."""
        if self._filling:
            return
        self.transmission.setEnabled(self.flux.currentData() is not None)
        self.series = None
        for box in (self.signal, self.intensity):
            box.setEnabled(not self.angles.is_on)
        if self.angles.is_on:
            self._read_series()
            return
        self._colour_columns()
        self._read_all = None
        try:
            found = self._read_curves()
        except XanesviewError as error:
            self._tell_problem(error)
            return
        self.spectrum, self.notices = found[0][0], tuple(dict.fromkeys(one for _, told in found for one in told))
        self._draw([spectrum for spectrum, _ in found])
        self._say(" ".join(told_of_scans([told for _, told in found])), colours(self).muted)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(True)

    def _draw(self, spectra: list[Spectrum]) -> None:
        """Draw the curve that was read, or with all scans each of them."""
        own = colours(self).curves[2] if len(spectra) == 1 else None
        names = [""] if len(spectra) == 1 else self.preview.scans
        self.plot.set_curves([
            Curve(f"file-{at}", one.energy_ev, one.intensity, name, "measured", own)
            for at, (one, name) in enumerate(zip(spectra, names, strict=False))
        ])  # fmt: skip
        self.plot.reset_zoom()
        low, high = min(one.energy_ev[0] for one in spectra), max(one.energy_ev[-1] for one in spectra)
        count = f"{len(spectra)} scans" if len(spectra) > 1 else f"{spectra[0].energy_ev.size} points"
        self.plot.set_title(f"{count}, {low:.2f} to {high:.2f} eV")

    def _read_series(self) -> None:
        """Read what is one film at several angles, and draw it in the colours of the angles."""
        choices = self.choices()
        columns = [] if self.wants_all else self.angles.columns(self.preview, choices)
        each, n_scans = (self._of_each_scan(), MOST_CURVES) if self.wants_all else (choices, 0)
        pieces = self.angles.choices(self.preview, each, n_scans)
        energy = {choices.energy_column: (colours(self).curves[0], "energy")}
        self.table.tint({**self.angles.looks(columns, None), **energy})
        try:
            spectra, self.notices = read_pieces(self.preview, pieces)
            angles = self.angles.angles_deg(len(spectra))
            self.series = None if angles is None else as_series(spectra, angles)
        except XanesviewError as error:
            self._tell_problem(error)
            return
        self.spectrum = spectra[0]
        if not self.wants_all:
            self.table.tint({**self.angles.looks(columns, angles), **energy})
        self.plot.set_curves(self.angles.curves(spectra, angles))
        self.plot.reset_zoom()
        energies = spectra[0].energy_ev
        many = counted(len(spectra), "spectrum", "spectra")
        self.plot.set_title(f"{many}, {energies[0]:.2f} to {energies[-1]:.2f} eV")
        told = [notice.message for notice in self.notices]
        self._say(" ".join([self.angles.missing(len(spectra))] if angles is None else told), colours(self).muted)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(self.series is not None)

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
        if self.spectrum is None or (self.angles.is_on and self.series is None):
            return
        if self.angles.is_on:
            self._read()  # with the name as it stands now
            super().accept()
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
