"""The dialog that asks how an exported figure is to look, and shows it."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.busy_cursor import busy_cursor
from xanesview.gui.appearance.folders import show_in_folder
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label
from xanesview.gui.appearance.theme import colours
from xanesview.gui.dialogs.figure_controls import FigureControls
from xanesview.gui.dialogs.room import resize_on_screen
from xanesview.io.figures.curve_looks import FigureCurve, with_roles
from xanesview.io.figures.figure import draw_spectra, own_titles
from xanesview.io.figures.figure_file import FIGURE_FILTERS, collected_provenance, save_figure
from xanesview.io.figures.spec import FigureSpec

if TYPE_CHECKING:
    from xanesview.io.figures.lower_panel import Below

_REDRAW_AFTER_MS = 200


class ExportFigureDialog(QDialog):
    """Size, texts, ranges and curves of a figure with a live preview; saves it or puts it on the clipboard.

    It stays open after saving, so that the next format is one click away.
    """

    saved = Signal(object)  # Path of a figure that was written

    def __init__(
        self,
        spectra: Sequence[Spectrum | FigureCurve],
        title: str = "",
        parent: QWidget | None = None,
        start: Path | None = None,
        *,
        below: Below | None = None,
        seen: tuple = (None, None),
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export figure")
        self._start = Path("spectrum.svg") if start is None else start
        self._image: QImage | None = None
        self._later = QTimer(self, singleShot=True, interval=_REDRAW_AFTER_MS)
        self._later.timeout.connect(self.redraw)
        self._below = below
        # roles once: they stay when a curve is left out
        curves, words = with_roles(spectra), "" if below is None else below.title
        self.controls = FigureControls(curves, title, below=words, seen=seen)
        self._build()
        resize_on_screen(self, 960, 620)
        with busy_cursor():
            self.redraw()

    def _build(self) -> None:
        fields = QScrollArea(widgetResizable=True, frameShape=QScrollArea.Shape.NoFrame)
        fields.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        fields.setWidget(self.controls)
        fields.setFixedWidth(max(336, self.controls.minimumSizeHint().width() + 2 * SPACING))  # its bar beside it
        fields.setMinimumHeight(200)
        self.paper = _Paper()
        self.problem = Label(wordWrap=True)
        self.folder_button = QPushButton("Show in folder", objectName="show-in-folder")
        self.folder_button.hide()
        self.save_button = QPushButton("Save…", default=True)
        self.copy_button = QPushButton("Copy")
        self.copy_button.setToolTip("Put the figure on the clipboard as a picture")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.save_button, QDialogButtonBox.ButtonRole.ActionRole)
        upper = QHBoxLayout()
        upper.setSpacing(2 * SPACING)
        upper.addWidget(fields)
        upper.addWidget(self.paper, 1)
        lower = QHBoxLayout()
        lower.addWidget(self.problem, 1)
        lower.addWidget(self.folder_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACING, 2 * SPACING, 2 * SPACING, 2 * SPACING)
        column.setSpacing(SPACING)
        column.addLayout(upper, 1)
        column.addLayout(lower)
        column.addWidget(buttons)
        self.save_button.clicked.connect(self._ask_name)
        self.copy_button.clicked.connect(self.copy)
        self.folder_button.clicked.connect(lambda: show_in_folder(self._start))
        buttons.rejected.connect(self.reject)
        self.controls.changed.connect(self._later.start)

    # ---- the figure ----

    def spec(self) -> FigureSpec:
        """Return the figure's look as set now (XanesviewError where a range is none)."""
        return self.controls.spec()

    def redraw(self) -> None:
        """Draw the preview."""
        self._later.stop()
        try:
            spec = self.spec()
            figure = self._figure(spec)
        except XanesviewError as error:
            self._tell(error)
            return
        picture = BytesIO()
        figure.savefig(picture, format="png", dpi=self.paper.dots_per_inch(spec))
        self._image = QImage.fromData(picture.getvalue(), "PNG")
        self.paper.show_image(self._image)
        axes = figure.axes[0]
        self.controls.show_ranges(axes.get_xlim(), axes.get_ylim(), own_titles(self.controls.chosen()))
        width, height = spec.size_px
        self._say(f"{spec.width_mm:g} × {spec.height_mm:g} mm; as PNG {width} × {height} pixels", colours(self).muted)
        for button in (self.save_button, self.copy_button):
            button.setEnabled(True)

    def save(self, path: Path) -> bool:
        """Write the figure; False where that fails, and the dialog says why."""
        try:
            with busy_cursor():
                spec = self.spec()
                facts = collected_provenance(self.controls.chosen())
                save_figure(self._figure(spec), path, spec=spec, provenance=facts)
        except XanesviewError as error:
            self._tell(error)
            return False
        self._start = path
        self._say(f"Saved to {path}.", colours(self).good)
        self.folder_button.show()
        self.saved.emit(path)
        return True

    def copy(self) -> None:
        """Put the figure on the clipboard in its full resolution."""
        picture = BytesIO()
        try:
            with busy_cursor():
                spec = self.spec()
                self._figure(spec).savefig(picture, format="png", dpi=spec.dpi)
        except XanesviewError as error:
            self._tell(error)
            return
        QGuiApplication.clipboard().setImage(QImage.fromData(picture.getvalue(), "PNG"))
        self._say("The figure is on the clipboard.", colours(self).good)

    def _figure(self, spec: FigureSpec):
        below = self._below if self.controls.with_below else None
        return draw_spectra(self.controls.chosen(), spec, self.controls.title.text().strip(), below)

    def _ask_name(self) -> None:
        name, chosen = QFileDialog.getSaveFileName(self, "Save figure", str(self._start), FIGURE_FILTERS)
        if not name:
            return
        path = Path(name)
        if not path.suffix:
            path = path.with_suffix("." + chosen.split("*.")[1].rstrip(")"))
        self.save(path)

    def _tell(self, error: XanesviewError) -> None:
        self._say(f"{error.message} {error.hint}".strip(), colours(self).error)
        for button in (self.save_button, self.copy_button):
            button.setEnabled(bool(self.controls.chosen()))

    def _say(self, text: str, colour: str) -> None:
        self.folder_button.hide()
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
