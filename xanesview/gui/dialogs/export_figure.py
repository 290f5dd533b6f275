"""The dialog that asks how an exported figure is to look, and shows it."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.theme import colours
from xanesview.io.figures.curve_looks import FigureCurve, with_roles
from xanesview.io.figures.figure import (
    FIGURE_FILTERS,
    FigureSpec,
    collected_provenance,
    draw_spectra,
    save_figure,
)

_WIDTHS = (("One column, 85 mm", 85.0), ("One and a half, 120 mm", 120.0), ("Two columns, 170 mm", 170.0),
           ("Slide, 250 mm", 250.0))  # fmt: skip
_REDRAW_AFTER_MS = 200


class ExportFigureDialog(QDialog):
    """Size, curves and title of a figure with a live preview; saves it or puts it on the clipboard."""

    def __init__(
        self, spectra: Sequence[Spectrum | FigureCurve], title: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export figure")
        self.resize(900, 540)
        self._curves = with_roles(spectra)  # once: a curve keeps role and colour when another is left out
        self._image: QImage | None = None
        self._later = QTimer(self, singleShot=True, interval=_REDRAW_AFTER_MS)
        self._later.timeout.connect(self.redraw)
        self._build(title)
        self.redraw()

    def _build(self, title: str) -> None:
        self.preset = QComboBox()
        for words, width in _WIDTHS:
            self.preset.addItem(words, width)
        self.width_mm = _millimetres(85.0, 20.0)
        self.height_mm = _millimetres(62.0, 15.0)
        self.dpi = QSpinBox(minimum=72, maximum=1200, singleStep=50, value=300, suffix=" dpi")
        self.dpi.setToolTip("Resolution of a PNG; SVG and PDF have none")
        self.font_pt = QDoubleSpinBox(minimum=4, maximum=24, singleStep=0.5, decimals=1, value=8.0, suffix=" pt")
        for field in (self.width_mm, self.height_mm, self.dpi, self.font_pt):
            field.lineEdit().setTextMargins(SPACING // 2, 0, 0, 0)  # the style sheet's padding does not reach it
        self.title = QLineEdit(title)
        self.title.setPlaceholderText("no title")
        self.legend, self.bands = QCheckBox("Legend", checked=True), QCheckBox("Bands", checked=True)
        self.curves = QListWidget()
        self.curves.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.curves.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.curves.setSpacing(1)
        self.curves.setToolTip("Curves in the figure")
        for curve in self._curves:
            item = QListWidgetItem(curve.spectrum.label or curve.role)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            item.setToolTip(plain(curve.spectrum.label))
            self.curves.addItem(item)
        form = QFormLayout()
        form.setSpacing(SPACING)
        for words, widget in (
            ("Format", self.preset), ("Width", self.width_mm), ("Height", self.height_mm), ("Resolution", self.dpi),
            ("Text", self.font_pt), ("Title", self.title), ("", self.legend), ("", self.bands), ("Curves", self.curves),
        ):  # fmt: skip
            form.addRow(words, widget)
        self.paper = _Paper()
        self.problem = Label(wordWrap=True)
        self.save_button = QPushButton("Save…", default=True)
        self.copy_button = QPushButton("Copy")
        self.copy_button.setToolTip("Put the figure on the clipboard as a picture")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.save_button, QDialogButtonBox.ButtonRole.AcceptRole)
        controls = QWidget()
        controls.setLayout(form)
        controls.setFixedWidth(300)
        form.setContentsMargins(0, 0, 0, 0)
        upper = QHBoxLayout()
        upper.setSpacing(2 * SPACING)
        upper.addWidget(controls)
        upper.addWidget(self.paper, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACING, 2 * SPACING, 2 * SPACING, 2 * SPACING)
        column.setSpacing(SPACING)
        column.addLayout(upper, 1)
        column.addWidget(self.problem)
        column.addWidget(buttons)
        self.save_button.clicked.connect(self._ask_name)
        self.copy_button.clicked.connect(self.copy)
        buttons.rejected.connect(self.reject)
        self.preset.activated.connect(lambda: self.width_mm.setValue(self.preset.currentData()))
        for signal in (
            self.width_mm.valueChanged, self.height_mm.valueChanged, self.dpi.valueChanged, self.font_pt.valueChanged,
            self.title.textChanged, self.legend.toggled, self.bands.toggled, self.curves.itemChanged,
        ):  # fmt: skip
            signal.connect(self._later.start)

    # ---- the figure ----

    def spec(self) -> FigureSpec:
        """Return the figure's look as set now."""
        return FigureSpec(
            width_mm=self.width_mm.value(),
            height_mm=self.height_mm.value(),
            dpi=self.dpi.value(),
            font_pt=self.font_pt.value(),
            legend=self.legend.isChecked(),
            bands=self.bands.isChecked(),
        )

    def chosen(self) -> list[FigureCurve]:
        """Return the curves that are ticked."""
        ticked = (self.curves.item(row).checkState() == Qt.CheckState.Checked for row in range(self.curves.count()))
        return [curve for curve, tick in zip(self._curves, ticked, strict=True) if tick]

    def redraw(self) -> None:
        """Draw the preview."""
        self._later.stop()
        try:
            figure = draw_spectra(self.chosen(), self.spec(), self.title.text().strip())
        except XanesviewError as error:
            self._tell(error)
            return
        picture = BytesIO()
        figure.savefig(picture, format="png", dpi=self.paper.dots_per_inch(self.spec()))
        self._image = QImage.fromData(picture.getvalue(), "PNG")
        self.paper.show_image(self._image)
        width, height = self.spec().size_px
        self._say(f"{self.width_mm.value():g} × {self.height_mm.value():g} mm; as PNG {width} × {height} pixels",
                  colours(self).muted)  # fmt: skip
        for button in (self.save_button, self.copy_button):
            button.setEnabled(True)

    def save(self, path: Path) -> bool:
        """Write the figure; False where that fails, and the dialog says why."""
        try:
            figure = draw_spectra(self.chosen(), self.spec(), self.title.text().strip())
            save_figure(figure, path, spec=self.spec(), provenance=collected_provenance(self.chosen()))
        except XanesviewError as error:
            self._tell(error)
            return False
        return True

    def copy(self) -> None:
        """Put the figure on the clipboard in its full resolution."""
        picture = BytesIO()
        try:
            spec = self.spec()
            draw_spectra(self.chosen(), spec, self.title.text().strip()).savefig(picture, format="png", dpi=spec.dpi)
        except XanesviewError as error:
            self._tell(error)
            return
        QGuiApplication.clipboard().setImage(QImage.fromData(picture.getvalue(), "PNG"))
        self._say("The figure is on the clipboard.", colours(self).good)

    def _ask_name(self) -> None:
        name, chosen = QFileDialog.getSaveFileName(self, "Save figure", "spectrum.svg", FIGURE_FILTERS)
        if not name:
            return
        path = Path(name)
        if not path.suffix:
            path = path.with_suffix("." + chosen.split("*.")[1].rstrip(")"))
        if self.save(path):
            self.accept()

    def _tell(self, error: XanesviewError) -> None:
        self._say(f"{error.message} {error.hint}".strip(), colours(self).error)
        for button in (self.save_button, self.copy_button):
            button.setEnabled(bool(self.chosen()))

    def _say(self, text: str, colour: str) -> None:
        self.problem.setText(text)
        self.problem.setStyleSheet(f"color: {colour};")


class _Paper(QLabel):
    """Shows a picture as large as it fits, on the white it is drawn on."""

    def __init__(self) -> None:
        super().__init__(alignment=Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(QSize(320, 240))
        self._image: QImage | None = None

    def dots_per_inch(self, spec: FigureSpec) -> float:
        """Return a resolution at which a figure fills this widget."""
        ratio = self.devicePixelRatioF()
        widest = self.width() * ratio / (spec.width_mm / 25.4)
        highest = self.height() * ratio / (spec.height_mm / 25.4)
        return max(40.0, min(widest, highest))

    def show_image(self, image: QImage) -> None:
        """Show a picture."""
        self._image = image
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the picture as large as it fits."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._image is None:
            return
        ratio = self.devicePixelRatioF()
        fitted = self._image.scaled(
            self.size() * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        pixmap = QPixmap.fromImage(fitted)
        pixmap.setDevicePixelRatio(ratio)
        self.setPixmap(pixmap)


def _millimetres(value: float, least: float) -> QDoubleSpinBox:
    return QDoubleSpinBox(minimum=least, maximum=1000.0, singleStep=5.0, decimals=1, value=value, suffix=" mm")
