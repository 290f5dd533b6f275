"""Which pixels of an image are looked at: those under the pointer, else a rectangle that was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.domain.images.spectrum_image import SpectrumImage
    from xanesview.domain.spectrum import Spectrum

Box = tuple[int, int, int, int]
"""First and last row (behind it), first and last column; columns of a series are 0 and 1."""


class ImagePixels(QObject):
    """The pixel under the pointer and the rectangle that was chosen."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.pointed: tuple[int, int] | None = None
        self.chosen: Box | None = None
        self._shape = (0, 0)

    def reset(self, image: SpectrumImage) -> None:
        """Another image: the pixel in its middle is looked at."""
        self._shape = (image.shape[0], 1 if image.is_series else image.shape[1])
        row, column = self._shape[0] // 2, self._shape[1] // 2
        self.pointed, self.chosen = None, (row, row + 1, column, column + 1)
        self.changed.emit()

    def point(self, at: tuple[int, int] | None) -> None:
        """The pointer is over a pixel, or over none."""
        if at != self.pointed:
            self.pointed = at
            self.changed.emit()

    def choose(self, box: Box) -> None:
        """Look at a rectangle, as far as it lies in the image, while the pointer is elsewhere."""
        first, last = max(box[0], 0), min(box[1], self._shape[0])
        left, right = max(box[2], 0), min(box[3], self._shape[1])
        if first < last and left < right and (first, last, left, right) != self.chosen:
            self.chosen = first, last, left, right
            self.changed.emit()

    def move(self, rows: int, columns: int) -> None:
        """Move the rectangle, as the arrow keys do; at the edge it stays."""
        if self.chosen is None:
            return
        first, last, left, right = self.chosen
        rows = max(-first, min(rows, self._shape[0] - last))
        columns = max(-left, min(columns, self._shape[1] - right))
        self.choose((first + rows, last + rows, left + columns, right + columns))

    @property
    def box(self) -> Box | None:
        """What is looked at now."""
        if self.pointed is not None:
            row, column = self.pointed
            return row, row + 1, column, column + 1
        return self.chosen

    def spectrum(self, image: SpectrumImage | None) -> Spectrum | None:
        """Return the mean spectrum of what is looked at; None where nothing is, or nothing has a value."""
        from xanesview.errors import XanesviewError

        if image is None or self.box is None:
            return None
        first, last, left, right = self.box
        try:
            return image.mean_spectrum(slice(first, last), slice(left, right), self.words(image))
        except XanesviewError:
            return None

    def words(self, image: SpectrumImage) -> str:
        """Say what is looked at: “x 12.5, y 3 µm”, “4 × 3 pixels”, “time 30 s”."""
        if self.box is None:
            return ""
        first, last, left, right = self.box
        if last - first > 1 or right - left > 1:
            if image.is_series:
                return tr("mean of {n}").format(n=last - first)
            return tr("{rows} × {columns} pixels").format(rows=last - first, columns=right - left)
        at = [(image.axes[0], first)] if image.is_series else [(image.axes[1], left), (image.axes[0], first)]
        parts = [f"{axis.name} {axis.values[k]:.4g}{f' {axis.unit}' if axis.unit else ''}" for axis, k in at]
        return ", ".join(parts).replace("-", "−")
