"""The part of the column dialog that makes one series of a file: its columns, or its scans, are angles of one film."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from xanesview.domain.counts import counted
from xanesview.domain.orientation.angle_series import colour_range, parse_series
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.appearance.theme import colours
from xanesview.io.figures.angle_ramp import angle_colour
from xanesview.io.spectra.angle_spectra import AngledSpectrum, at_angles
from xanesview.io.spectra.spectrum_file import ColumnChoices, ColumnPreview, read_spectrum_with_notices
from xanesview.shown.curve import Curve
from xanesview.texts import tr

_TIP = (
    "The columns, or all scans, are spectra of one film: they become one series, with one factor, that Tilt fits\n"
    "A click on the heading of a column leaves it out, or takes it in again"
)
_ANGLES_TIP = (
    "Angles of the beam in degrees, in the order of the columns, counted as is chosen beside them; also as from:to:step"
)
_COUNTED = (
    ("beam from surface", "Grazing angles: of p-polarised light the field is as far from the surface normal"),
    ("beam from normal", "Angles of incidence: of p-polarised light the field is 90° − θ from the surface normal"),
)
EXAMPLE = "20, 40, 55, 70, 90"


class AngleColumns(QWidget):
    """A tick and a field for angles; knows which columns are left out."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tick = QCheckBox("One film at the angles", objectName="columns-of-angles", toolTip=plain(_TIP))
        self.field = QLineEdit(objectName="angles-of-columns", placeholderText=EXAMPLE, toolTip=plain(_ANGLES_TIP))
        self.field.setAccessibleName("Angles")
        self.field.setEnabled(False)
        self.counted = QComboBox(objectName="angles-counted", enabled=False)
        self.counted.setAccessibleName(tr("What the angles count from"))
        for at, (words, tip) in enumerate(_COUNTED):
            self.counted.addItem(tr(words))
            self.counted.setItemData(at, plain(tip), Qt.ItemDataRole.ToolTipRole)
        self.counted.setToolTip(plain("\n".join(f"{tr(words)}: {tr(tip)}" for words, tip in _COUNTED)))
        self.counted.currentIndexChanged.connect(lambda _index: self.changed.emit())
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addWidget(self.field, 1)
        row.addWidget(self.counted)
        column = QVBoxLayout(self)  # in one row they would take the room of the table beside them
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING // 2)
        column.addWidget(self.tick)
        column.addLayout(row)
        self._left_out: set[int] = set()
        self.tick.toggled.connect(self._switch)
        self.field.textChanged.connect(lambda _text: self.changed.emit())

    @property
    def is_on(self) -> bool:
        """Whether the file is to be one series."""
        return self.tick.isChecked()

    def _switch(self, on: bool) -> None:
        self.field.setEnabled(on)
        self.counted.setEnabled(on)
        if on:
            self.field.setFocus()
        self.changed.emit()

    def forget_columns(self) -> None:
        """Other columns: none of them is left out."""
        self._left_out.clear()

    def toggle(self, column: int) -> None:
        """Leave a column out, or take it in again."""
        self._left_out ^= {column}
        self.changed.emit()

    def columns(self, preview: ColumnPreview, choices: ColumnChoices) -> list[int]:
        """Return the columns that are spectra: all but those of energies and of I0, and those left out."""
        others = {choices.energy_column, choices.i0_column, *self._left_out}
        return [column for column in range(len(preview.columns)) if column not in others]

    def choices(self, preview: ColumnPreview, choices: ColumnChoices, of_scans: int) -> list[ColumnChoices]:
        """Return what is to be read: each of so many scans, or with none each column."""
        name = choices.label or preview.path.stem
        if of_scans:
            scans = enumerate(preview.scans[:of_scans])
            return [replace(choices, scan=scan, label=f"{name} · {label}") for scan, label in scans]
        return [
            replace(choices, intensity_column=one, signal=None, label=f"{name} · {preview.columns[one]}")
            for one in self.columns(preview, choices)
        ]

    def angles_deg(self, count: int) -> np.ndarray | None:
        """Return the angles of the field from the surface normal as they are typed; None where too few are yet.

        Raises
        ------
        XanesviewError
            If they can't be understood, or are too many.
        """
        text = self.field.text().strip()
        angles = parse_series(text) if text else None
        if angles is None or len(angles) < count:
            return None
        if len(angles) > count:
            raise XanesviewError(
                f"{len(angles)} angles are typed for {counted(count, 'spectrum', 'spectra')}.",
                "Leave some out, or take columns in by their headings.",
            )
        return 90.0 - angles if self._from_normal else angles

    @property
    def _from_normal(self) -> bool:
        return self.counted.currentIndex() == 1

    def missing(self, count: int) -> str:
        """Return what is still to be typed."""
        text = self.field.text().strip()
        typed = 0 if not text else len(parse_series(text)) if parse_series(text) is not None else 1
        how = "incidence, from the surface normal" if self._from_normal else "grazing, from the surface"
        told = f"Type the angles of the beam for {counted(count, 'spectrum', 'spectra')} ({how}; p-polarised light)"
        return f"{told}, such as {EXAMPLE}: {typed} of {count}."

    def looks(self, columns: Sequence[int], angles_deg: np.ndarray | None) -> dict[int, tuple[str, str]]:
        """Return colour and heading of the columns of a series."""
        told = [""] * len(columns) if angles_deg is None else [f"{angle:g}°" for angle in angles_deg]
        return dict(zip(columns, zip(self.colours(len(columns), angles_deg), told, strict=True), strict=True))

    def colours(self, count: int, angles_deg: np.ndarray | None) -> list[str]:
        """Return a colour for each spectrum: of its angle, or of its place while the angles aren't typed."""
        if count == 0:
            return []
        at = np.linspace(0.0, 90.0, max(count, 2))[:count] if angles_deg is None else angles_deg
        low, high = colour_range(at)
        dark = colours(self).dark
        return [angle_colour((angle - low) / (high - low), dark=dark) for angle in at]

    def curves(self, spectra: Sequence[Spectrum], angles_deg: np.ndarray | None) -> list[Curve]:
        """Return the spectra to be drawn, in the colours of their angles."""
        names = [""] * len(spectra) if angles_deg is None else [f"{angle:g}°" for angle in angles_deg]
        return [
            Curve(f"file-{k}", one.energy_ev, one.intensity, name, "measured", colour)
            for k, (one, name, colour) in enumerate(
                zip(spectra, names, self.colours(len(spectra), angles_deg), strict=True)
            )
        ]  # fmt: skip


def read_pieces(
    preview: ColumnPreview, choices: Sequence[ColumnChoices]
) -> tuple[list[Spectrum], tuple[Notice, ...]]:
    """Return the spectra of a file, read each as chosen, and what had to be mended, once each.

    Raises
    ------
    XanesviewError
        If there are fewer than two, or one can't be read so.
    """
    if len(choices) < 2:
        raise XanesviewError(
            "A series of angles needs two spectra at least.", "Take columns in by their headings, or choose all scans."
        )
    found = [read_spectrum_with_notices(preview.path, preview, one) for one in choices]
    notices = {notice.message: notice for _, told in found for notice in told}
    return [spectrum for spectrum, _ in found], tuple(notices.values())


def as_series(spectra: Sequence[Spectrum], angles_deg: np.ndarray) -> list[AngledSpectrum]:
    """Return spectra at their angles, by ascending angle."""
    return sorted(at_angles(spectra, angles_deg), key=lambda one: one.angle_deg)
