"""The dialog that asks how an exported figure is to look, and shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shiboken6
from PySide6.QtCore import QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
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
from xanesview.gui.background.file_writing import FileWriting
from xanesview.gui.background.latest_work import LatestWork
from xanesview.gui.dialogs.figure_controls import FigureControls
from xanesview.gui.dialogs.figure_paper import Paper, Preview, preview_of
from xanesview.gui.dialogs.figure_templates import TemplateRow
from xanesview.gui.dialogs.ready import make_ready
from xanesview.gui.dialogs.room import resize_on_screen
from xanesview.gui.plot.overlays import BusyLine
from xanesview.io.figures.curve_looks import FigureCurve, with_roles
from xanesview.io.figures.figure import FigureContent
from xanesview.io.figures.figure_file import FIGURE_FILTERS, collected_provenance, drawn, figure_bytes, write_figure
from xanesview.io.figures.spec import HEIGHT_WITH_PANEL_MM, PRESETS, FigureSpec
from xanesview.io.figures.template import Template, with_settings
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.io.figures.lower_panel import Below

_REDRAW_AFTER_MS = 200
_BESIDE_FIELDS_PX = 320 + 8 * SPACING
"""The picture of the paper and what lies around both."""
_LEAST_FIELDS_PX = 240
_SVG = "image/svg+xml"


class ExportFigureDialog(QDialog):
    """Size, texts, ranges and curves of a figure with a live preview; saves it or puts it on the clipboard.

    The preview is drawn beside the window, by what writes the file. The dialog stays open after saving, so that the
    next format is one click away.

    Parameters
    ----------
    title_of : gives the title of the curves that are ticked; a title that the user has typed stays
    scene : gives the picture (H, W, 4) uint8 of the inset when it is first wanted; None where there is none
    writing : writes the files beside the window
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
        title_of: Callable[[Sequence[FigureCurve]], str] | None = None,
        scene: Callable[[], np.ndarray] | None = None,
        writing: FileWriting | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export figure")
        self._start = Path("spectrum.svg") if start is None else start
        self._writing = FileWriting(self) if writing is None else writing
        self._image: QImage | None = None
        self._begun = False
        self._later = QTimer(self, singleShot=True, interval=_REDRAW_AFTER_MS)
        self._later.timeout.connect(self.redraw)
        self._below, self._scene, self._picture = below, scene, None
        # roles once: they stay when a curve is left out
        curves, words = with_roles(spectra), "" if below is None else below.title
        self.controls = FigureControls(
            curves, title, below=words, seen=seen, has_scene=scene is not None, title_of=title_of
        )
        self.templates = TemplateRow(self.controls.own_spec)
        self._work = LatestWork("figure-preview", "The figure could not be drawn", self)
        self._build()
        self._connect()
        make_ready(self)
        resize_on_screen(self, 980, 640)
        QTimer.singleShot(0, self, self.redraw)  # when it has its size, and stands

    def _build(self) -> None:
        fields = QScrollArea(widgetResizable=True, frameShape=QScrollArea.Shape.NoFrame)
        fields.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        fields.setWidget(self.controls)
        fields.setAccessibleName("Look of the figure")
        wide = max(344, self.controls.minimumSizeHint().width() + 2 * SPACING)  # its bar beside it
        room = self.screen().availableGeometry().width() - _BESIDE_FIELDS_PX
        if wide > room:
            fields.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        fields.setFixedWidth(min(wide, max(room, _LEAST_FIELDS_PX)))
        fields.setMinimumHeight(200)
        self.paper = Paper()
        self.busy = BusyLine(self)
        self.problem = Label(wordWrap=True)
        self.folder_button = QPushButton("Show in folder", objectName="show-in-folder")
        self.folder_button.hide()
        self.save_button = QPushButton("Save…", default=True)
        self.copy_button = QPushButton("Copy")
        self.copy_button.setToolTip("Put the figure on the clipboard, as a picture and as SVG")
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)
        self._buttons.addButton(self.save_button, QDialogButtonBox.ButtonRole.ActionRole)
        left, right, upper, lower = QVBoxLayout(), QVBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for layout in (left, right):
            layout.setSpacing(SPACING)
        left.addWidget(self.templates)
        left.addWidget(fields, 1)
        right.addWidget(self.busy)
        right.addWidget(self.paper, 1)
        upper.setSpacing(2 * SPACING)
        upper.addLayout(left)
        upper.addLayout(right, 1)
        lower.addWidget(self.problem, 1)
        lower.addWidget(self.folder_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACING, 2 * SPACING, 2 * SPACING, 2 * SPACING)
        column.setSpacing(SPACING)
        column.addLayout(upper, 1)
        column.addLayout(lower)
        column.addWidget(self._buttons)

    def _connect(self) -> None:
        self.save_button.clicked.connect(self._ask_name)
        self.copy_button.clicked.connect(self.copy)
        self.folder_button.clicked.connect(lambda: show_in_folder(self._start))
        self._buttons.rejected.connect(self.reject)
        self.controls.changed.connect(self._redraw_soon)
        self.paper.inset_moved.connect(self.controls.put_inset)
        self.templates.preset_chosen.connect(self._take_preset)
        self.templates.template_chosen.connect(self._take_template)
        self.templates.told.connect(self._tell_of_template)
        self._work.done.connect(self._show)
        self._work.failed.connect(lambda message, hint: self._tell(XanesviewError(message, hint)))
        for signal in (self._work.busy_changed, self._writing.one.busy_changed):
            signal.connect(self._show_busy)

    def done(self, result: int) -> None:
        """Nobody waits for a preview any more."""
        self._later.stop()
        self._work.shutdown()
        super().done(result)

    # ---- the figure ----

    @property
    def is_drawing(self) -> bool:
        """Whether the preview is not yet what is chosen."""
        return not self._begun or self._later.isActive() or self._work.is_busy

    def spec(self) -> FigureSpec:
        """Return the figure's look as set now (XanesviewError where a range is none)."""
        return self.controls.spec()

    def content(self) -> FigureContent:
        """Return what the figure shows."""
        below = self._below if self.controls.with_below else None
        return FigureContent(self.controls.chosen(), self.controls.title.text().strip(), below, self._inset())

    def _inset(self) -> np.ndarray | None:
        if not self.controls.inset.isChecked() or self._scene is None:
            return None
        if self._picture is None:
            with busy_cursor():
                self._picture = self._scene()
        return self._picture

    def _redraw_soon(self) -> None:
        """Draw once nothing has changed for a moment; that the preview is of before is said from the change on."""
        self._later.start()
        self._show_busy()

    def _show_busy(self) -> None:
        self.busy.set_busy(self._later.isActive() or self._work.is_busy or self._writing.is_busy)

    def redraw(self) -> None:
        """Begin to draw the preview."""
        self._later.stop()
        self._begun = True
        try:
            spec, content = self.spec(), self.content()
        except XanesviewError as error:
            self._work.forget()
            self._show_busy()
            self._tell(error)
            return
        dpi = self.paper.dots_per_inch(spec)
        self._work.ask(lambda cancelled: preview_of(content, spec, dpi, cancelled))

    def _show(self, preview: Preview) -> None:
        self._image = preview.image
        self.paper.show_image(preview.image, preview.boxes)
        self.controls.show_ranges(preview.energies, preview.intensities, preview.titles)
        self.controls.offer_family(*preview.fonts)
        spec = preview.spec
        width, height = spec.size_px
        size = f"{spec.width_mm:g} × {spec.height_mm:g} mm; as PNG {width} × {height} pixels"
        self._say(f"{preview.notice} {size}".strip(), colours(self).warning if preview.notice else colours(self).muted)
        for button in (self.save_button, self.copy_button):
            button.setEnabled(True)

    def save(self, path: Path) -> bool:
        """Write the figure beside the window; False where that has failed already, and the dialog says why."""
        try:
            spec, content = self.spec(), self.content()
        except XanesviewError as error:
            self._tell(error)
            return False

        def written() -> None:
            self._start = path
            self._say(f"Saved to {path}.", colours(self).good)
            self.folder_button.show()

        return self._write(path.name, lambda: write_figure(path, content, spec), lambda _path: written(), path)

    def copy(self) -> None:
        """Put the figure on the clipboard in its full resolution, and as SVG."""
        try:
            spec, content = self.spec(), self.content()
        except XanesviewError as error:
            self._tell(error)
            return

        def copied(pictures: tuple[QImage, bytes]) -> None:
            QGuiApplication.clipboard().setMimeData(clipboard_data(*pictures))
            self._say("The figure is on the clipboard.", colours(self).good)

        self._write(tr("the figure for the clipboard"), lambda: clipboard_pictures(content, spec), copied)

    def _write(
        self, name: str, write: Callable[[], object], over: Callable[[Any], None], path: Path | None = None
    ) -> bool:
        """Write beside the window, also after this dialog is closed; False where that has failed already."""
        failed: list[bool] = []

        def deliver(result: Callable[[], object]) -> None:
            if not shiboken6.isValid(self):  # the whole window has gone
                return
            try:
                over(result())
            except XanesviewError as error:
                failed.append(True)
                self._tell(error)
                return
            if path is not None:
                self.saved.emit(path)

        self._writing.begin(name, write, deliver)
        return not failed

    def _ask_name(self) -> None:
        name, chosen = QFileDialog.getSaveFileName(self, "Save figure", str(self._start), FIGURE_FILTERS)
        if not name:
            return
        path = Path(name)
        if not path.suffix:
            path = path.with_suffix("." + chosen.split("*.")[1].rstrip(")").split()[0])
        self.save(path)

    # ---- presets and templates ----

    def _take_preset(self, name: str) -> None:
        try:
            spec = with_settings(self.controls.own_spec(), PRESETS[name])
        except XanesviewError as error:
            self._tell(error)
            return
        if self.controls.with_below:
            spec = replace(spec, height_mm=max(spec.height_mm, HEIGHT_WITH_PANEL_MM))
        self.controls.set_spec(spec)

    def _take_template(self, template: Template) -> None:
        self.controls.set_spec(template.spec)

    def _tell_of_template(self, text: str, trouble: bool) -> None:
        self._say(text, colours(self).error if trouble else colours(self).good)

    def _tell(self, error: XanesviewError) -> None:
        self._say(f"{error.message} {error.hint}".strip(), colours(self).error)
        for button in (self.save_button, self.copy_button):
            button.setEnabled(bool(self.controls.chosen()))

    def _say(self, text: str, colour: str) -> None:
        self.folder_button.hide()
        self.problem.setText(text)
        self.problem.setStyleSheet(f"color: {colour};")


def clipboard_pictures(content: FigureContent, spec: FigureSpec) -> tuple[QImage, bytes]:
    """Return a figure as the clipboard takes it, in any thread: a picture in its full resolution, and SVG.

    Raises
    ------
    XanesviewError
        Where it can't be drawn.
    """
    figure = drawn(content, spec)
    facts = collected_provenance(content.curves)
    picture = QImage.fromData(bytes(figure_bytes(figure, "png", spec)), "PNG")
    return picture, bytes(figure_bytes(figure, "svg", spec, facts))


def clipboard_data(picture: QImage, drawing: bytes) -> QMimeData:
    """Return both for the clipboard."""
    copied = QMimeData()
    copied.setImageData(picture)
    copied.setData(_SVG, drawing)
    return copied
