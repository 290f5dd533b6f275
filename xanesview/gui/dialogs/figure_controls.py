"""Pages of the export dialog: sizes, texts, ranges, curves, inset; what stands in them as a `FigureSpec`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.typed_numbers import parse_number
from xanesview.gui.dialogs.figure_curves import CurveList
from xanesview.gui.dialogs.figure_fields import (
    bound,
    breaks_field,
    breaks_of,
    breaks_text,
    choice,
    form,
    number_text,
    propose_breaks,
    range_of,
    side_by_side,
    spin,
)
from xanesview.io.figures.curve_looks import FigureCurve, angle_range
from xanesview.io.figures.spec import HEIGHT_WITH_PANEL_MM, FigureSpec
from xanesview.limits import LONGEST_TITLE
from xanesview.texts import told, tr

_LEGENDS = (
    ("automatic", "auto"), ("at the curves", "direct"), ("in the plot", "inside"), ("on the right", "right"),
    ("below", "below"), ("none", "none"),
)  # fmt: skip
_ARRANGED = (("as in the plot", "as shown"), ("without offsets", "overlaid"), ("one above the other", "stacked"))
_MINOR = (("on the energies", "energies"), ("on both axes", "both"), ("none", "none"))
_CORNERS = (
    ("where there is room", "auto"), ("top left", "top left"), ("top right", "top right"),
    ("bottom left", "bottom left"), ("bottom right", "bottom right"), ("at a place", "free"),
)  # fmt: skip
_FAMILIES = (("sans-serif", "sans-serif"), ("serif", "serif"))


_STICKS = "Computed transitions, or E₀ of each site, under their curve"
_NO_STICKS = "No curve here has lines: they come with computed spectra and with sites' E₀"


class FigureControls(QWidget):
    """Everything that can be chosen of a figure.

    Parameters
    ----------
    curves : those that can be in the figure
    title : above it
    below : what the panel below shows, empty where there is none
    seen : energies and intensities in view, which hold while no range is typed
    has_scene : whether there is a 3D view for an inset
    title_of : gives the title of the curves that are ticked, which follows them until another one is typed
    """

    changed = Signal()

    def __init__(
        self,
        curves: Sequence[FigureCurve],
        title: str = "",
        parent: QWidget | None = None,
        *,
        below: str = "",
        seen: tuple = (None, None),
        has_scene: bool = False,
        title_of: Callable[[Sequence[FigureCurve]], str] | None = None,
    ) -> None:
        super().__init__(parent)
        self._own_title, self._title_of = title, title_of
        self._seen = seen
        self._has_below, self._has_scene = bool(below), has_scene
        self._has_sticks = any(curve.sticks is not None for curve in curves)
        self._has_series = angle_range(curves) is not None
        self.curves = CurveList(curves)
        self._build_page()
        self._build_axes(title)
        self._build_drawn(below)
        self._build_inset()
        self.tabs = QTabWidget(documentMode=True)
        for words, page in (
            ("Page", self._page), ("Axes", self._axes), ("Curves", self._drawn), ("Inset", self._inset),
        ):  # fmt: skip
            self.tabs.addTab(page, tr(words))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)
        self.set_spec(FigureSpec(height_mm=HEIGHT_WITH_PANEL_MM) if below else FigureSpec())
        self._connect()

    # ---- pages ----

    def _build_page(self) -> None:
        self.width_mm = spin(85.0, 20.0, 1000.0, 5.0, "mm", "Width of the figure")
        self.height_mm = spin(62.0, 15.0, 1000.0, 5.0, "mm", "Height of the figure")
        self.dpi = QSpinBox(minimum=36, maximum=2400, singleStep=50, value=300, suffix=" dpi")
        self.dpi.lineEdit().setTextMargins(SPACING // 2, 0, 0, 0)
        self.dpi.setToolTip("Resolution of a PNG or TIFF; SVG and PDF have none")
        self.family = choice("font-family", _FAMILIES, "Font of all texts")
        self.font_pt = spin(8.0, 3.0, 72.0, 0.5, "pt", "Size of titles; numbers and names are 1 pt smaller")
        self.line_pt = spin(1.5, 0.1, 10.0, 0.1, "pt", "Width of the current curve; the others keep their proportion")
        self.axis_pt = spin(0.6, 0.1, 10.0, 0.1, "pt", "Width of axes and ticks")
        self.box = QCheckBox("Closed frame, ticks inside")
        self.letter = QLineEdit(objectName="panel-letter", placeholderText="none; such as a or (a)", maxLength=8)
        self.letter.setToolTip("Letter of the panel, bold, at the top left of the figure")
        self._page = form(
            ("Size", side_by_side(self.width_mm, Label("×"), self.height_mm)), ("Resolution", self.dpi),
            ("Font", self.family), ("Text", self.font_pt),
            ("Lines", side_by_side(self.line_pt, Label("axes"), self.axis_pt)), ("", self.box), ("Letter", self.letter),
        )  # fmt: skip

    def _build_axes(self, title: str) -> None:
        self.title = QLineEdit(title, objectName="figure-title", placeholderText="no title")
        self.title.setToolTip("Above the plot, from its left")
        self.energy_title = QLineEdit(objectName="energy-title", placeholderText="quantity and unit")
        self.intensity_title = QLineEdit(objectName="intensity-title", placeholderText="quantity and unit")
        for field in (self.title, self.energy_title, self.intensity_title):
            field.setMaxLength(LONGEST_TITLE)
        self.energies = [bound("lowest energy"), bound("highest energy")]
        self.intensities = [bound("lowest intensity"), bound("highest intensity")]
        self.energy_breaks, self.intensity_breaks = breaks_field("energies"), breaks_field("intensities")
        self.minor = choice("minor-ticks", _MINOR, "Axes with small ticks between the numbers")
        self._axes = form(
            ("Title", self.title), ("Energy axis", self.energy_title), ("from, to", side_by_side(*self.energies)),
            ("leave out", self.energy_breaks), ("Intensity axis", self.intensity_title),
            ("from, to", side_by_side(*self.intensities)), ("leave out", self.intensity_breaks),
            ("Small ticks", self.minor),
        )  # fmt: skip

    def _build_drawn(self, below: str) -> None:
        self.legend = choice("legend", _LEGENDS, "Where curves are named; the plot keeps 60 % of width and height")
        self.arrangement = choice("arrangement", _ARRANGED, "How curves stand to each other")
        self.spacing = QLineEdit(objectName="spacing", placeholderText="as small as can be")
        self.spacing.setToolTip("Distance of curves that stand one above the other, in units of the axis")
        self.bands = QCheckBox("Bands")
        self.sticks = QCheckBox("Sticks")
        self.sticks.setToolTip(plain(_STICKS if self._has_sticks else _NO_STICKS))
        self.sticks.setEnabled(self._has_sticks)
        self.colour_bar = QCheckBox("Angles as a bar of colours", enabled=self._has_series)
        self.colour_bar.setToolTip("For curves of three angles or more, in place of their names")
        self.foot = QCheckBox("Say below what was done", objectName="figure-foot")
        self.foot.setToolTip("Shifts, scales and other steps of the curves, in a small line at the foot of the figure")
        self.below = QCheckBox("Panel below", enabled=self._has_below)
        if below:
            self.below.setText(tr("Panel below: {what}").format(what=told(below)))
        self.below.setToolTip("The lower panel of the plot, as it is on the screen")
        self._drawn = form(
            ("Names", self.legend), ("Placed", self.arrangement), ("Apart by", self.spacing),
            ("", side_by_side(self.bands, self.sticks)), ("", self.colour_bar), ("", self.foot), ("", self.below),
        )  # fmt: skip
        self._drawn.layout().addRow(self.curves)

    def _build_inset(self) -> None:
        self.inset = QCheckBox("3D view in the plot", enabled=self._has_scene)
        self.place = choice("inset-place", _CORNERS, "Where in the plot it stands")
        self.share = spin(32.0, 5.0, 100.0, 2.0, "%", "Width of the inset, of the plot")
        self.left = spin(60.0, 0.0, 100.0, 2.0, "%", "From the left of the plot")
        self.bottom = spin(50.0, 0.0, 100.0, 2.0, "%", "From the foot of the plot")
        self._inset = form(
            ("", self.inset), ("Place", self.place), ("Width", self.share),
            ("From left, foot", side_by_side(self.left, self.bottom)),
        )  # fmt: skip

    def _connect(self) -> None:
        for signal in (
            *(one.valueChanged for one in self.findChildren(QDoubleSpinBox)), self.dpi.valueChanged,
            *(one.currentIndexChanged for one in self.findChildren(QComboBox)),
            *(one.toggled for one in self.findChildren(QCheckBox)), self.curves.itemChanged,
            *(one.textChanged for one in self._texts()),
        ):  # fmt: skip
            signal.connect(self._note)

    def _note(self, *_: object) -> None:
        self._enable()
        self._follow_curves()
        self.changed.emit()

    def _follow_curves(self) -> None:
        """Let the title tell what is ticked."""
        if self._title_of is None or self.title.text() != self._own_title:
            return
        self._own_title = self._title_of(self.chosen())
        with QSignalBlocker(self.title):
            self.title.setText(self._own_title)

    def _texts(self) -> list[QLineEdit]:
        return [
            self.letter, self.title, self.energy_title, self.intensity_title, *self.energies, *self.intensities,
            self.energy_breaks, self.intensity_breaks, self.spacing,
        ]  # fmt: skip

    def _enable(self) -> None:
        self.spacing.setEnabled(self.arrangement.currentData() == "stacked")
        for field in (self.place, self.share):
            field.setEnabled(self.inset.isChecked())
        for field in (self.left, self.bottom):
            field.setEnabled(self.inset.isChecked() and self.place.currentData() == "free")

    # ---- values ----

    def spec(self) -> FigureSpec:
        """Return what is chosen, with the ranges in view where none are typed.

        Raises
        ------
        XanesviewError
            Where a range is no range.
        """
        own = self.own_spec()
        return replace(
            own, energies_ev=own.energies_ev or self._seen[0], intensities=own.intensities or self._seen[1]
        )

    def own_spec(self) -> FigureSpec:
        """Return what is chosen and typed, as a template keeps it."""
        spacing = self.spacing.text().strip()
        return FigureSpec(
            width_mm=self.width_mm.value(), height_mm=self.height_mm.value(), dpi=self.dpi.value(),
            font_family=self.family.currentData(), font_pt=self.font_pt.value(), line_pt=self.line_pt.value(),
            axis_pt=self.axis_pt.value(), box=self.box.isChecked(), panel_letter=self.letter.text().strip(),
            energies_ev=range_of(self.energies, "energies"), intensities=range_of(self.intensities, "intensities"),
            energy_breaks=breaks_of(self.energy_breaks), intensity_breaks=breaks_of(self.intensity_breaks),
            minor_ticks=self.minor.currentData(), legend=self.legend.currentData(),
            energy_title=self.energy_title.text().strip() or None,
            intensity_title=self.intensity_title.text().strip() or None,
            arrangement=self.arrangement.currentData(), spacing=parse_number(spacing) if spacing else None,
            bands=self.bands.isChecked(), sticks=self.sticks.isChecked(), colour_bar=self.colour_bar.isChecked(),
            below=self.below.isChecked(), foot=self.foot.isChecked(), inset=self.inset.isChecked(),
            inset_place=self.place.currentData(), inset_width=self.share.value() / 100.0,
            inset_x=self.left.value() / 100.0, inset_y=self.bottom.value() / 100.0,
        )  # fmt: skip

    def set_spec(self, spec: FigureSpec) -> None:
        """Choose all settings anew, those of a template."""
        blocked = [QSignalBlocker(one) for one in self.findChildren(QWidget)]
        for field, value in (
            (self.width_mm, spec.width_mm), (self.height_mm, spec.height_mm), (self.dpi, spec.dpi),
            (self.font_pt, spec.font_pt), (self.line_pt, spec.line_pt), (self.axis_pt, spec.axis_pt),
            (self.share, 100.0 * spec.inset_width), (self.left, 100.0 * spec.inset_x),
            (self.bottom, 100.0 * spec.inset_y),
        ):  # fmt: skip
            field.setValue(value)
        for box, on in (
            (self.box, spec.box), (self.bands, spec.bands), (self.sticks, spec.sticks), (self.below, spec.below),
            (self.colour_bar, spec.colour_bar), (self.foot, spec.foot), (self.inset, spec.inset),
        ):  # fmt: skip
            box.setChecked(on and (box.isEnabled() or box in (self.below, self.colour_bar)))
        self.offer_family(spec.font_family)
        for box, value in (
            (self.family, spec.font_family), (self.minor, spec.minor_ticks), (self.legend, spec.legend),
            (self.arrangement, spec.arrangement), (self.place, spec.inset_place),
        ):  # fmt: skip
            box.setCurrentIndex(box.findData(value))
        for field, text in (
            (self.letter, spec.panel_letter), (self.energy_title, spec.energy_title or ""),
            (self.intensity_title, spec.intensity_title or ""), (self.spacing, number_text(spec.spacing)),
            (self.energy_breaks, breaks_text(spec.energy_breaks)),
            (self.intensity_breaks, breaks_text(spec.intensity_breaks)),
            *zip(self.energies, map(number_text, spec.energies_ev or (None, None)), strict=True),
            *zip(self.intensities, map(number_text, spec.intensities or (None, None)), strict=True),
        ):  # fmt: skip
            field.setText(text)
        blocked.clear()
        self._note()

    def put_inset(self, across: float, up: float) -> None:
        """Let the inset begin at a place of its own, in shares of the plot from the left and from its foot."""
        blocked = [QSignalBlocker(one) for one in (self.place, self.left, self.bottom)]
        self.place.setCurrentIndex(self.place.findData("free"))
        self.left.setValue(100.0 * across)
        self.bottom.setValue(100.0 * up)
        blocked.clear()
        self._note()

    def offer_family(self, *names: str) -> None:
        """Let fonts be chosen by their names."""
        with QSignalBlocker(self.family):
            for name in names:
                if self.family.findData(name) < 0:
                    self.family.addItem(name, name)

    @property
    def with_below(self) -> bool:
        """Whether the figure has a panel below the plot."""
        return self._has_below and self.below.isChecked()

    def show_ranges(self, energies: tuple[float, float], intensities: tuple[float, float], titles: tuple) -> None:
        """Show in empty fields what stands in the figure by itself."""
        for fields, values in ((self.energies, energies), (self.intensities, intensities)):
            for field, value in zip(fields, values, strict=True):
                field.setPlaceholderText(f"{value:.4g}".replace("-", "−"))
        propose_breaks(self.energy_breaks, energies)
        propose_breaks(self.intensity_breaks, intensities)
        for field, words in zip((self.energy_title, self.intensity_title), titles, strict=True):
            field.setPlaceholderText(words.replace("\n", " "))

    def chosen(self) -> list[FigureCurve]:
        """Return the curves that are ticked, with the names that they have in the list."""
        return self.curves.chosen()
