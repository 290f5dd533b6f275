"""What the sample averages over."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from xanesview.domain.geometry.average import (
    AVERAGES,
    Average,
    MosaicSpread,
    OrderParameter,
    TiltDistribution,
    TwinnedDomains,
    parse_average,
)
from xanesview.domain.geometry.directions import parse_angle_deg
from xanesview.domain.geometry.geometry import Geometry
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.flow_row import FlowRow, together
from xanesview.gui.panels.geometry.fields import is_being_typed, number, shown_number
from xanesview.gui.panels.quiet import QuietCombo
from xanesview.gui.panels.typed_field import TypedField
from xanesview.texts import tr

CRYSTAL = "Single crystal"


class AverageForm(QWidget):
    """What the sample averages over: the kind of sample, and its numbers."""

    entered = Signal()  # Enter was pressed on something that can be read: the keyboard is free for other things

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._workspace = context.workspace
        begin = self._workspace.begin_gesture
        self.kind = QuietCombo(objectName="average-kind", toolTip="What the sample averages over")
        for title in (CRYSTAL, *(one.title for one in AVERAGES)):
            self.kind.addItem(tr(title), title)
        self.kind.activated.connect(self._kind_chosen)
        self.domains = TypedField(objectName="average-domains")
        self.domains.setFixedWidth(132)
        self.domains.editingFinished.connect(self._domains_typed)
        self.domains.returnPressed.connect(self._domains_entered)
        degrees = {"parse": parse_angle_deg, "show": lambda value: shown_number(value, 1, "°"), "width": 62}
        self.width_deg = number(
            "average-width", "Standard deviation of the tilt, degrees", begin, limits=(0.0, 360.0), **degrees
        )
        self.mean_deg = number("average-mean", "Mean tilt, degrees", begin, limits=(0.0, 180.0), **degrees)
        self.order = number(
            "average-order", "Order parameter ⟨P₂⟩: 1 no spread, 0 a powder, −0.5 the normal in the surface", begin,
            limits=(-0.5, 1.0), step=0.1, show=lambda value: shown_number(value, 2), width=56,
        )  # fmt: skip
        self.mean_deg.edited.connect(lambda value, g: self._set(TiltDistribution(self.width_deg.value, value), g))
        self.width_deg.edited.connect(self._width_edited)
        self.order.edited.connect(lambda value, g: self._set(OrderParameter(value), g))
        for field in (self.mean_deg, self.width_deg, self.order):
            field.entered.connect(self.entered)
        self._parts = {
            TwinnedDomains: (together("turned by", self.domains),),
            TiltDistribution: (together("tilt", self.mean_deg), together("±", self.width_deg)),
            OrderParameter: (together("⟨P₂⟩", self.order),),
            MosaicSpread: (),
        }
        self.row = FlowRow(
            together("Sample", self.kind), *(piece for pieces in self._parts.values() for piece in pieces)
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.row)
        self._mark("")

    def refresh(self, geometry: Geometry) -> None:
        """Show what a geometry averages over."""
        average, whole = geometry.average, not geometry.uses
        self.kind.setEnabled(not whole)
        tip = "A powder is averaged over everything already" if whole else "What the sample averages over"
        self.kind.setToolTip(plain(tip))
        self.kind.setCurrentIndex(self.kind.findData(CRYSTAL if average is None or whole else average.title))
        shown = None if whole else type(average)
        pieces = {kind: parts for kind, parts in self._parts.items() if kind is not MosaicSpread}
        for kind, parts in pieces.items():
            for piece in parts:
                wanted = kind is shown or (shown is MosaicSpread and piece is self._parts[TiltDistribution][1])
                piece.setVisible(wanted)
        if isinstance(average, TwinnedDomains) and not is_being_typed(self.domains):
            self.domains.setText(average.text().partition(":")[2].replace(",", ", "))
            self._mark("")
        if isinstance(average, TiltDistribution | MosaicSpread):
            self.width_deg.set_value(average.width_deg)
        if isinstance(average, TiltDistribution):
            self.mean_deg.set_value(average.mean_deg)
        if isinstance(average, OrderParameter):
            self.order.set_value(average.order)
        self.row.ask_for_lines()

    def _kind_chosen(self, index: int) -> None:
        self._set(None if index == 0 else AVERAGES[index - 1]())

    def _width_edited(self, value: float, gesture: int | None) -> None:
        average = self._workspace.geometry.average
        mosaic = isinstance(average, MosaicSpread)
        self._set(MosaicSpread(value) if mosaic else TiltDistribution(value, self.mean_deg.value), gesture)

    def _domains_typed(self) -> None:
        if not self.domains.isModified():
            return
        self.domains.setModified(False)
        try:
            average = parse_average("domains:" + self.domains.text().replace("°", ""))
        except XanesviewError as error:
            self._mark(f"{error.message} {error.hint}".strip())
            return
        self._mark("")  # at once: a marked text is left alone by `refresh`
        self._set(average)

    def _domains_entered(self) -> None:
        self._domains_typed()
        if not self.domains.property("invalid"):
            self.entered.emit()

    def _set(self, average: Average | None, gesture: int | None = None) -> None:
        geometry = self._workspace.geometry.with_average(average)
        self._workspace.set_geometry(geometry, gesture, "average over the sample")

    def _mark(self, problem: str) -> None:
        tip = "Azimuths by which the domains are turned, degrees; with shares: 0=0.7, 90=0.3"
        self.domains.mark(problem, tip)
