"""The image at an energy, and beside it the map or the curves that are chosen."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QStackedWidget, QWidget

from xanesview.domain.images.maps import Maps
from xanesview.domain.images.spectrum_image import SpectrumImage
from xanesview.gui.appearance.choice import Choice
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.plot.map_curves import MapCurves
from xanesview.gui.plot.map_picture import MapPicture
from xanesview.gui.session.image_pixels import ImagePixels
from xanesview.io.figures.map_figure import limits, outside
from xanesview.texts import told, tr

IMAGE, FRACTIONS = "image", "fractions"
_BOTH_PX = 480
"""From this width on there is room for the image beside a map."""
_HIGH_PX = 110


class Pictures(QWidget):
    """Two pictures of one image; pointing at one marks the same pixel of the other."""

    entered = Signal()

    def __init__(self, pixels: ImagePixels, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixels = pixels
        self._image: SpectrumImage | None = None
        self._maps: Maps | None = None
        self.which = Choice(objectName="image-map", toolTip="The map that is shown")
        self.which.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.which.setMinimumContentsLength(14)
        self.which.activated.connect(lambda _row: self._show_map())
        self.picture = MapPicture(tr("Image at an energy"))
        self.map = MapPicture(tr("Map"))
        self.curves = MapCurves(tr("Map"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.setMinimumHeight(_HIGH_PX)
        self._beside = QStackedWidget()
        self._beside.addWidget(self.map)
        self._beside.addWidget(self.curves)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addWidget(self.picture, 1)
        row.addWidget(self._beside, 1)
        for one in (self.picture, self.map):
            one.pointed.connect(self._point)
            one.chosen.connect(self._choose)
            one.stepped.connect(lambda rows, columns: self._pixels.move(rows, 0 if self._is_series else columns))
        self.curves.pointed.connect(lambda number: self._pixels.point(None if number is None else (number, 0)))
        pixels.changed.connect(self._mark)

    @property
    def _is_series(self) -> bool:
        return self._image is not None and self._image.is_series

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show both where there is room."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        of_map = self.shown_key() not in ("", IMAGE)
        self._beside.setVisible(of_map)
        self.picture.setVisible(not of_map or self.width() >= _BOTH_PX)

    def show_image(self, image: SpectrumImage, energies_ev: tuple[float, ...]) -> None:
        """Show an image at one energy, over a range of two, or the mean of all."""
        self._image = image
        if image.is_series:
            values = image.read(0, image.shape[0])
            energy = image.energy_ev
            even = np.linspace(energy[0], energy[-1], len(energy))
            if not np.allclose(even, energy):
                values = np.stack([np.interp(even, energy, one) for one in values])
            self.picture.set_picture(
                values, (float(energy[0]), float(energy[-1])), image.axes[0].ends,
                (tr("Energy (eV)"), image.axes[0].label), self._quantity(image), _ends(values),
            )  # fmt: skip
        else:
            values = image.picture(*energies_ev)
            self.picture.set_picture(
                values, image.axes[1].ends, image.axes[0].ends, (image.axes[1].label, image.axes[0].label),
                self._quantity(image), _ends(values), _is_square(image),
            )  # fmt: skip
        self._mark()

    def show_maps(self, maps: Maps | None) -> None:
        """Offer the maps there are; the one shown stays where there is one like it."""
        self._maps = maps
        before = self.which.currentData()
        with QSignalBlocker(self.which):
            self.which.clear()
            self.which.addItem(tr("Image"), IMAGE)
            if maps is not None and self._is_series and maps.of_kind("fraction"):
                self.which.addItem(tr("Fractions"), FRACTIONS)
            for one in () if maps is None else maps.maps:
                if not (self._is_series and one.kind == "fraction"):
                    self.which.addItem(told(one.title), one.key)
            found = self.which.findData(before) if before != IMAGE else -1
            only = maps is not None and len(maps.of_kind("fraction")) == 1  # of which it is all there is
            usual = self.which.findData("amount_1") if only else min(1, self.which.count() - 1)
            self.which.setCurrentIndex(found if found > 0 else usual)
        self._show_map()

    def shown_key(self) -> str:
        """Return the key of the map that is shown."""
        return self.which.currentData() or ""

    def apply_theme(self) -> None:
        """Take the colours of the palette."""
        for one in (self.picture, self.map, self.curves):
            one.apply_theme()

    def _show_map(self) -> None:
        maps, image, key = self._maps, self._image, self.shown_key()
        self._arrange()
        if maps is None or image is None or key in ("", IMAGE):
            return
        self._beside.setCurrentWidget(self.curves if image.is_series else self.map)
        if key == FRACTIONS:
            self.curves.set_maps(image.axes[0].values, maps.of_kind("fraction"), (image.axes[0].label, tr("Fraction")))
        elif image.is_series:
            self.curves.set_maps(image.axes[0].values, [maps[key]], (image.axes[0].label, told(maps[key].label)))
        else:
            self.map.set_picture(
                maps[key].values, image.axes[1].ends, image.axes[0].ends, (image.axes[1].label, image.axes[0].label),
                told(maps[key].label), limits(maps[key]), _is_square(image), outside(maps, maps[key]),
            )  # fmt: skip
        self._mark()

    def _quantity(self, image: SpectrumImage) -> str:
        return f"{tr('Intensity')} ({image.unit})" if image.unit else tr("Intensity")

    def _point(self, at: tuple[int, int] | None) -> None:
        self._pixels.point(at if at is None or not self._is_series else (at[0], 0))

    def _choose(self, box: tuple[int, int, int, int]) -> None:
        self._pixels.choose((box[0], box[1], 0, 1) if self._is_series else box)

    def _mark(self) -> None:
        box = self._pixels.box
        if self._is_series and box is not None:
            self.curves.set_place(box[0])
            self.picture.set_box((box[0], box[1], 0, len(self._image.energy_ev)))
            return
        self.picture.set_box(box)
        self.map.set_box(box)


def _is_square(image: SpectrumImage) -> bool:
    return image.axes[0].unit == image.axes[1].unit


def _ends(values: np.ndarray) -> tuple[float, float]:
    good = values[np.isfinite(values)]
    if not good.size:
        return 0.0, 1.0
    low, high = (float(one) for one in np.quantile(good[:: max(1, good.size // 200_000)], (0.002, 0.998)))
    return (low, high) if high > low else (low - 0.5, low + 0.5)
