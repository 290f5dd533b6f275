"""The panel of an image: its picture, its pixels on the plot, the components, the maps that come of them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from xanesview.errors import XanesviewError
from xanesview.gui.appearance.choice import Choice
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.theme import icon, small_font
from xanesview.gui.appearance.typed_numbers import parse_number, parse_range
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.flow_layout import FlowLayout
from xanesview.gui.panels.image.components import ComponentList
from xanesview.gui.panels.image.options import ImageOptions
from xanesview.gui.panels.image.pictures import Pictures
from xanesview.gui.panels.panel import Panel
from xanesview.gui.panels.typed_field import TypedField
from xanesview.io.images.maps_file import MAP_FILTERS, check_maps_name
from xanesview.texts import told, tr

EMPTY_TEXT = (
    "A spectrum image or a series of spectra (HDF5, NeXus, HyperSpy): point at a pixel to see its spectrum.\n"
    "Each is taken apart into the curves of the plot, predictions and references, which gives maps."
)
_ENERGY_TIP = "The energy of the picture, eV, or two for the mean between them; empty for the mean of all"
_LIST_PX = 160


class ImagePanel(Panel):
    """Controls, a line that tells what runs or what came of it, components and pictures."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self.setObjectName("image")
        self.images = self.workspace.images
        self._energies_ev: tuple[float, ...] = ()
        self._make_controls()
        self._arrange()
        workspace = self.workspace
        for signal in (
            self.images.changed, workspace.references_changed, workspace.frozen_changed, workspace.prediction_changed,
            workspace.network_changed, workspace.structure_changed, workspace.drawing_changed, workspace.looks_changed,
        ):  # fmt: skip
            signal.connect(self.refresh)
        self.images.opened.connect(self._show_image)
        self.images.mapped.connect(self._show_maps)
        self._show_image()
        self._show_maps()
        self.refresh()

    # ---- building ----

    def _make_controls(self) -> None:
        self.open_button = QToolButton(objectName="image-open")
        self.open_button.setIcon(icon("open", self))
        self.open_button.setToolTip(plain("Open an image or a series of spectra"))
        self.open_button.clicked.connect(self.ask_file)
        self.dataset = Choice(objectName="image-dataset", toolTip="Which image or series of the file is shown")
        self.dataset.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.dataset.setMinimumContentsLength(10)
        self.dataset.activated.connect(lambda _row: self.images.open(self.images.path, self.dataset.currentText()))
        self.energy = TypedField(objectName="image-energy", placeholderText=tr("E: mean of all"))
        self.energy.setAccessibleName(tr("Energy of the picture"))
        self.energy.setFixedWidth(120)
        self.energy.mark("", _ENERGY_TIP)
        self.energy.editingFinished.connect(self._take_energy)
        self.energy.returnPressed.connect(self.give_keyboard_back)
        self.fit_button = QPushButton(tr("Fit"), objectName="image-fit")
        self.fit_button.setToolTip(plain("Take every spectrum apart into the components that have a tick"))
        self.fit_button.clicked.connect(self.images.fit)
        self.stop_button = QToolButton(text=tr("Stop"), objectName="image-stop")
        self.stop_button.setToolTip(plain("Give up what runs; what is there stays"))
        self.stop_button.clicked.connect(self.images.cancel)
        self.options = ImageOptions(lambda: self.images.choices, self.images.change)
        self.properties_button = QToolButton(text=tr("Properties"), objectName="image-properties")
        self.properties_button.setToolTip(
            plain("Read properties of the molecules in each pixel, from C K-edge spectra; far ones are shown as such")
        )
        self.properties_button.clicked.connect(self.images.read_properties)
        self.keep_button = QToolButton(text=tr("Keep spectrum"), objectName="image-keep")
        self.keep_button.setToolTip(plain("Keep the spectrum of the marked pixels as a measured reference"))
        self.keep_button.clicked.connect(self.keep_spectrum)
        self.save_button = QToolButton(objectName="image-save")
        self.save_button.setIcon(icon("export", self))
        self.save_button.setToolTip(plain("Save the maps (HDF5, CSV, TIFF, PNG, SVG, PDF)"))
        self.save_button.clicked.connect(self.ask_save)
        self.pictures = Pictures(self.images.pixels)
        self.components = ComponentList(self)
        self.components.chosen.connect(self.images.choose)
        self.components.setFixedWidth(_LIST_PX)
        self.told = Label(objectName="image-told", wordWrap=True)
        self.told.setFont(small_font())

    def _arrange(self) -> None:
        self._empty_text = Label(EMPTY_TEXT, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._empty_text.setProperty("muted", True)
        self.first_button = QPushButton(tr("Open image…"), objectName="image-first")
        self.first_button.clicked.connect(self.ask_file)
        empty = QWidget()
        column = QVBoxLayout(empty)
        column.addStretch(1)
        column.addWidget(self._empty_text)
        column.addWidget(self.first_button, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self._head = QWidget()
        row = FlowLayout(self._head)
        for widget in (
            self.open_button, self.dataset, self.energy, self.fit_button, self.stop_button, self.options,
            self.pictures.which, self.properties_button, self.keep_button, self.save_button,
        ):  # fmt: skip
            row.addWidget(widget)
        full = QWidget()
        self.components.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)
        beside = QHBoxLayout()
        beside.setSpacing(SPACING)
        beside.addWidget(self.components)
        beside.addWidget(self.pictures, 1)
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING // 2)
        column.addWidget(self.told)
        column.addLayout(beside, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(full)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, SPACING // 2, SPACING, SPACING // 2)
        column.setSpacing(SPACING // 2)
        column.addWidget(self._head)
        column.addWidget(self._stack, 1)

    def apply_theme(self) -> None:
        """Draw icons and pictures in the colours of the theme."""
        self.open_button.setIcon(icon("open", self))
        self.save_button.setIcon(icon("export", self))
        self.pictures.apply_theme()
        self.refresh()

    # ---- showing ----

    def refresh(self) -> None:
        """Show what runs, what may count, and what came of it."""
        images, image = self.images, self.images.image
        self._stack.setCurrentIndex(0 if image is None else 1)
        self._head.setVisible(image is not None)
        components = [] if image is None else images.components()
        self.components.show_components(components, image is not None and image.is_series)
        counting = sum(one.is_on for one in components)
        self.fit_button.setEnabled(bool(counting) and not images.is_busy)
        self.properties_button.setEnabled(not images.is_busy)
        self.stop_button.setVisible(images.is_busy)
        self.energy.setVisible(image is not None and not image.is_series)
        for widget in (self.save_button, self.pictures.which):
            widget.setVisible(images.maps is not None)
        self.told.setText(self._words(bool(counting)))

    def _words(self, can_fit: bool) -> str:
        from xanesview.io.images.stack import described

        images, image = self.images, self.images.image
        if images.problem:
            return images.problem
        if image is None:
            return ""
        if images.maps is None:
            size = f"{image.label}: {described(image.axes)}, {len(image.energy_ev)} × eV"
            hint = tr("Fit takes each spectrum apart.") if can_fit else tr("Lay predictions or references on the plot.")
            return f"{size}. {hint}"
        facts, quality = images.maps.facts, [one for one in images.maps.maps if one.key == "r_factor"]
        parts = []
        if quality:
            parts.append(f"{tr('R-factor, mean')} {quality[0].mean():.2g}")
            if float(facts.get("shift_ev", "0")):
                parts.append(
                    tr("moved by {shift} eV").format(shift=f"{float(facts['shift_ev']):+.2f}".replace("-", "−"))
                )
        return " ".join([*([f"{', '.join(parts)}."] if parts else []), *map(told, images.maps.notices)])

    def _show_image(self) -> None:
        datasets, image = self.images.datasets, self.images.image
        self.dataset.setVisible(len(datasets) > 1)
        if image is not None:
            with QSignalBlocker(self.dataset):
                self.dataset.clear()
                self.dataset.addItems(datasets)
                self.dataset.setCurrentText(image.facts.get("dataset", ""))
            self._energies_ev = ()
            self.energy.setText("")
            self.energy.mark("", _ENERGY_TIP)
            self.pictures.show_image(self.images.image, ())
        self.refresh()

    def _show_maps(self) -> None:
        self.pictures.show_maps(self.images.maps)
        self.refresh()

    def _take_energy(self) -> None:
        if not self.energy.isModified() or self.images.image is None:
            return
        text = self.energy.text().replace("E", "").replace(":", "").replace("eV", "").strip()
        try:
            energies = _energies(text)
        except XanesviewError as error:
            self.energy.mark(f"{error.message} {error.hint}", _ENERGY_TIP)
            return
        self.energy.mark("", _ENERGY_TIP)
        self.energy.setModified(False)
        self._energies_ev = energies
        self.pictures.show_image(self.images.image, energies)

    # ---- doing ----

    def ask_file(self) -> None:
        """Let the user choose an image."""
        from xanesview.io.images.registry import IMAGE_FILTERS

        folder = self.context.settings.folder
        name, _ = QFileDialog.getOpenFileName(self, tr("Open image"), folder, f"{IMAGE_FILTERS};;All files (*)")
        if name:
            self.context.settings.folder = str(Path(name).parent)
            self.images.open(Path(name))

    def ask_save(self) -> None:
        """Let the user choose a file for the maps."""
        suggested = str(Path(self.context.settings.folder) / f"{self.images.path.stem}_maps.h5")
        name, _ = QFileDialog.getSaveFileName(self, tr("Save the maps"), suggested, MAP_FILTERS)
        if name:
            self.export(Path(name))

    def export(self, path: Path) -> None:
        """Write the maps in the format that the name ends with."""
        path = path if path.suffix else path.with_suffix(".h5")
        try:
            check_maps_name(path)
        except XanesviewError as error:
            from xanesview.domain.structure import Notice

            self.workspace.message.emit(Notice("image", error.message, error.hint))
            return
        self.context.settings.folder = str(path.parent)
        self.images.save(path)

    def keep_spectrum(self) -> None:
        """Keep the spectrum of the marked pixels as a measured reference, brought to the prediction's scale."""
        kept = self.images.kept()
        if kept is not None:
            self.workspace.processing.overlay(kept)


def _energies(text: str) -> tuple[float, ...]:
    if not text:
        return ()
    try:
        return (parse_number(text),)
    except XanesviewError:
        return parse_range(text) or ()
