"""Fields of the export dialog: sizes, texts, ranges; what stands in them as a `FigureSpec`."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QWidget,
)

from xanesview.errors import XanesviewError
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.typed_numbers import parse_number
from xanesview.io.figures.curve_looks import FigureCurve
from xanesview.io.figures.spec import HEIGHT_WITH_PANEL_MM, FigureSpec
from xanesview.limits import LONGEST_TITLE

_WIDTHS = (("One column, 85 mm", 85.0), ("One and a half, 120 mm", 120.0), ("Two columns, 170 mm", 170.0),
           ("Slide, 250 mm", 250.0))  # fmt: skip
_LEGENDS = (
    ("automatic", "auto"), ("at the curves", "direct"), ("in the plot", "inside"), ("on the right", "right"),
    ("below", "below"), ("none", "none"),
)  # fmt: skip


class FigureControls(QWidget):
    """Everything that can be chosen of a figure."""

    changed = Signal()

    def __init__(
        self,
        curves: Sequence[FigureCurve],
        title: str = "",
        parent: QWidget | None = None,
        *,
        below: str = "",
        seen: tuple = (None, None),
    ) -> None:
        super().__init__(parent)
        self._given = list(curves)
        self._seen = seen
        self.preset = QComboBox()
        for words, width in _WIDTHS:
            self.preset.addItem(words, width)
        self.width_mm, self.height_mm = _millimetres(85.0, 20.0), _millimetres(62.0, 15.0)
        if below:
            self.height_mm.setValue(HEIGHT_WITH_PANEL_MM)
        self.dpi = QSpinBox(minimum=72, maximum=1200, singleStep=50, value=300, suffix=" dpi")
        self.dpi.setToolTip("Resolution of a PNG; SVG and PDF have none")
        self.font_pt = QDoubleSpinBox(minimum=4, maximum=24, singleStep=0.5, decimals=1, value=8.0, suffix=" pt")
        for field in (self.width_mm, self.height_mm, self.dpi, self.font_pt):
            field.lineEdit().setTextMargins(SPACING // 2, 0, 0, 0)  # the style sheet's padding does not reach it
        self.title = QLineEdit(title, objectName="figure-title", placeholderText="no title")
        self.title.setToolTip("Above the plot, from its left")
        self.energy_title = QLineEdit(objectName="energy-title", placeholderText="quantity and unit")
        self.intensity_title = QLineEdit(objectName="intensity-title", placeholderText="quantity and unit")
        for field in (self.title, self.energy_title, self.intensity_title):
            field.setMaxLength(LONGEST_TITLE)
        self.energies = [_bound("lowest energy"), _bound("highest energy")]
        self.intensities = [_bound("lowest intensity"), _bound("highest intensity")]
        self.legend = QComboBox(objectName="legend")
        for words, place in _LEGENDS:
            self.legend.addItem(words, place)
        self.bands = QCheckBox("Bands", checked=True)
        self.below = QCheckBox(f"Panel below: {below}", checked=bool(below))
        self.below.setToolTip("The lower panel of the plot, as it is on the screen")
        self.curves = self._list_curves()
        self._arrange()
        self._connect()

    def _list_curves(self) -> QListWidget:
        listed = QListWidget()
        listed.setMinimumHeight(72)
        listed.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        listed.setTextElideMode(Qt.TextElideMode.ElideRight)
        listed.setSpacing(1)
        listed.setToolTip("Curves in the figure; a double click changes the name")
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEditable
        height = listed.fontMetrics().height() + SPACING
        for curve in self._given:
            item = QListWidgetItem(curve.spectrum.label or curve.role)
            item.setFlags(flags | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(Qt.CheckState.Checked)
            item.setSizeHint(QSize(0, height))  # else rows grow when hovered: the style sheet's padding comes late
            item.setToolTip(plain(f"{curve.spectrum.label or curve.role}\nDouble click: another name"))
            listed.addItem(item)
        return listed

    def _arrange(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(SPACING)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        for words, widget in (
            ("Format", self.preset), ("Size", _side_by_side(self.width_mm, Label("×"), self.height_mm)),
            ("Detail", _side_by_side(self.dpi, Label("text"), self.font_pt)), ("Title", self.title),
            ("Energy axis", self.energy_title), ("from, to", _side_by_side(*self.energies)),
            ("Intensity axis", self.intensity_title), ("from, to", _side_by_side(*self.intensities)),
            ("Names", _side_by_side(self.legend, self.bands)), ("", self.below), ("Curves", self.curves),
        ):  # fmt: skip
            if widget is not self.below or self.with_below:
                form.addRow(words, widget)

    def _connect(self) -> None:
        self.preset.activated.connect(lambda: self.width_mm.setValue(self.preset.currentData()))
        for signal in (
            self.width_mm.valueChanged, self.height_mm.valueChanged, self.dpi.valueChanged, self.font_pt.valueChanged,
            self.title.textChanged, self.energy_title.textChanged, self.intensity_title.textChanged,
            self.legend.currentIndexChanged, self.bands.toggled, self.below.toggled, self.curves.itemChanged,
            *(field.textChanged for field in (*self.energies, *self.intensities)),
        ):  # fmt: skip
            signal.connect(lambda *_: self.changed.emit())

    def spec(self) -> FigureSpec:
        """Return the figure's look as set now.

        Raises
        ------
        XanesviewError
            Where a range is no range.
        """
        return FigureSpec(
            width_mm=self.width_mm.value(),
            height_mm=self.height_mm.value(),
            dpi=self.dpi.value(),
            font_pt=self.font_pt.value(),
            energies_ev=_range(self.energies, "energies") or self._seen[0],
            intensities=_range(self.intensities, "intensities") or self._seen[1],
            legend=self.legend.currentData(),
            energy_title=self.energy_title.text().strip() or None,
            intensity_title=self.intensity_title.text().strip() or None,
            bands=self.bands.isChecked(),
        )

    @property
    def with_below(self) -> bool:
        """Whether the figure has a panel below the plot."""
        return self.below.isChecked()

    def show_ranges(self, energies: tuple[float, float], intensities: tuple[float, float], titles: tuple) -> None:
        """Show in empty fields what stands in the figure by itself."""
        for fields, values in ((self.energies, energies), (self.intensities, intensities)):
            for field, value in zip(fields, values, strict=True):
                field.setPlaceholderText(f"{value:.4g}".replace("-", "−"))
        for field, words in zip((self.energy_title, self.intensity_title), titles, strict=True):
            field.setPlaceholderText(words.replace("$_0$", "₀").replace("\n", " "))

    def chosen(self) -> list[FigureCurve]:
        """Return the curves that are ticked, with the names that they have in the list."""
        result = []
        for row, curve in enumerate(self._given):
            item = self.curves.item(row)
            if item.checkState() != Qt.CheckState.Checked:
                continue
            name, before = item.text().strip(), curve.spectrum.label
            result.append(curve if name == (before or curve.role) else curve.named(name))
        return result


def _bound(name: str) -> QLineEdit:
    field = QLineEdit(objectName=name.replace(" ", "-"))
    field.setAccessibleName(name)
    field.setToolTip(plain(f"{name.capitalize()} in the figure; empty: as the curves ask for"))
    return field


def _range(fields: Sequence[QLineEdit], what: str) -> tuple[float, float] | None:
    """Return a range that is typed, None where nothing is; what is empty beside a number is what the field shows."""
    texts = [field.text().strip() for field in fields]
    if not any(texts):
        return None
    low, high = (parse_number(text or field.placeholderText()) for text, field in zip(texts, fields, strict=True))
    if not low < high:
        raise XanesviewError(f"The {what} from {low:g} to {high:g} are no range.", "Write the lower number first.")
    return low, high


def _side_by_side(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACING)
    for widget in widgets:
        row.addWidget(widget, 0 if isinstance(widget, (Label, QCheckBox)) else 1)
    return holder


def _millimetres(value: float, least: float) -> QDoubleSpinBox:
    return QDoubleSpinBox(minimum=least, maximum=1000.0, singleStep=5.0, decimals=1, value=value, suffix=" mm")
