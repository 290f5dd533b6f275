"""The preview of the export dialog: the figure as it will be saved, on white, as large as it fits."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from xanesview.io.figures.curve_looks import with_roles
from xanesview.io.figures.figure import FigureContent, own_titles
from xanesview.io.figures.figure_file import drawn, figure_bytes
from xanesview.io.figures.spec import FigureSpec


@dataclass(frozen=True, eq=False)
class Preview:
    """A figure as it was drawn: picture, ranges, titles its axes have by themselves, and what is to be said of it."""

    spec: FigureSpec
    image: QImage
    energies: tuple[float, float]
    intensities: tuple[float, float]
    titles: tuple[str, str]
    notice: str = ""
    fonts: tuple[str, ...] = ()


def preview_of(content: FigureContent, spec: FigureSpec, dpi: float) -> Preview:
    """Draw a figure as it is saved, with other dots per inch; in any thread.

    Raises
    ------
    XanesviewError
        Where it can't be drawn.
    """
    from xanesview.io.figures.style import installed_fonts, missing_font

    figure = drawn(content, spec)
    image = QImage.fromData(bytes(figure_bytes(figure, "png", spec, dpi=dpi)), "PNG")
    axes = figure.axes[0]
    titles = own_titles(with_roles(content.curves), spec)
    return Preview(
        spec, image, axes.get_xlim(), axes.get_ylim(), titles, missing_font(spec), tuple(installed_fonts())
    )


class Paper(QLabel):
    """Shows a picture as large as it fits, on the white it is drawn on."""

    def __init__(self) -> None:
        super().__init__("Drawing the figure…", alignment=Qt.AlignmentFlag.AlignCenter, objectName="paper")
        self.setAccessibleName("preview of the figure")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(QSize(320, 240))
        self._image: QImage | None = None

    def dots_per_inch(self, spec: FigureSpec) -> float:
        """Return a resolution at which a figure fills this widget."""
        ratio = self.devicePixelRatioF()
        across, up = spec.size_inches
        return max(40.0, min(self.width() * ratio / across, self.height() * ratio / up))

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
