"""The line above the plot: what is drawn, and the buttons that change how."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from xanesview.domain.geometry.geometry import direction_text
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.theme import icon, restyle, small_font, text_font
from xanesview.texts import tr

AXIS_TIP = "Count energies from {name} of each site instead of from zero (E)"
MEASURED_TIP = (
    "Draw predictions as measured spectra look, instead of as computed (M)\n"
    "Moved, broadened and with an edge step, all fitted once to many measured spectra of this edge"
)
PER_ATOM_TIP = (
    "Draw sums of sites per atom: divided by the number of picked sites (A)\n"
    "Off: per structure, the sum itself. Exported data are sums in both cases"
)
FITTED_TIP = (
    "Draw the tensor fitted to the network instead of its own answers\n"
    "It follows the arrow at once, and misses what is not quadratic in the direction (T)"
)


RESIDUALS_TIP = "Show what is left of the references below: reference − current curve"

#: Below this width buttons say less, so that the title has room.
COMPACT_PX = 560
#: Below this one buttons are narrow and in small letters, too.
TIGHT_PX = 440
_MEASURED, _PER_ATOM = ("As measured", "Measured"), ("Per atom", "/ atom")


def shorter(text: str) -> Iterator[str]:
    """Give a title and what says less, one after the other; no number in them is cut.

    “sum of all 6 C · ε = (0.81, −0.34, 0.48)”, “Σ 6 C · …”, the direction with one decimal, none (it stands beside the
    curve), then of a list of sites the first ones.
    """
    yield text
    text = text.replace("sum of all ", "Σ ", 1).replace("sum of ", "Σ ", 1)
    yield text
    yield with_one_decimal(text)
    sites = text.partition(" · ")[0]
    yield sites
    while ", " in sites:
        sites = sites.rpartition(", ")[0]
        yield f"{sites}, …"


def with_one_decimal(text: str) -> str:
    """Return a text whose directions have one decimal."""
    return re.sub(r"\([^()]*\)", _one_decimal, text)


def _one_decimal(found: re.Match[str]) -> str:
    try:
        numbers = [float(word.replace("\N{MINUS SIGN}", "-")) for word in found[0][1:-1].split(",")]
    except ValueError:  # no direction
        return found[0]
    return f"({direction_text(numbers, 1)})"


class Elided(Label):
    """A line that ends in an ellipsis where it is too long."""

    def drawn_text(self) -> str:
        """Return what there is room for."""
        room = self.contentsRect().width()
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write as much as there is room for."""
        painter = QPainter(self)
        text = self.drawn_text()
        self.style().drawItemText(
            painter, self.contentsRect(), self.alignment(), self.palette(), self.isEnabled(), text,
            self.foregroundRole(),
        )  # fmt: skip
        painter.end()


class _Title(Elided):
    """A line that says less where it is too long; only what can't be said shorter ends in an ellipsis."""

    def drawn_text(self) -> str:
        """Return what there is room for; see `shorter`."""
        metrics = self.fontMetrics()
        text = ""
        for text in shorter(self.text()):
            if metrics.horizontalAdvance(text) <= self.width():
                return text
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.width())


class PlotHeader(QWidget):
    """Title, then buttons: as measured, fitted tensor (where there is a choice), axes, difference, whole."""

    axis_toggled = Signal(bool)  # True: energies from E0
    fitted_toggled = Signal(bool)
    measured_toggled = Signal(bool)
    per_atom_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = _Title(parent=self)
        self.title.setProperty("heading", True)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.measured = self._button("as-measured", MEASURED_TIP, text=_MEASURED[0])
        self.fitted = self._button("fitted-tensor", FITTED_TIP, text="Fitted")
        self.per_atom = self._button("per-atom", PER_ATOM_TIP, text=_PER_ATOM[0])
        self.axis = self._button("energy-axis", AXIS_TIP.format(name="E₀"), text="E − E₀")
        self.difference = self._button("difference-below", "Show the difference to the isotropic curve below")
        self.residuals = self._button("residuals-below", RESIDUALS_TIP)
        self.reset = self._button(
            "reset-zoom",
            "Show the whole spectrum (double click)\nWheel: zoom energies, with Ctrl intensities; drag: zoom to a box",
            checkable=False,
        )
        self.reset.setEnabled(False)
        self.measured.hide()
        self.fitted.hide()
        self.axis.hide()
        self.per_atom.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.title, 1)
        words = (self.measured, self.fitted, self.per_atom, self.axis)
        self._buttons = (*words, self.difference, self.residuals, self.reset)
        for button in self._buttons:
            row.addWidget(button)
        self.axis.clicked.connect(self.axis_toggled)
        self.fitted.clicked.connect(self.fitted_toggled)
        self.measured.clicked.connect(self.measured_toggled)
        self.per_atom.clicked.connect(self.per_atom_toggled)

    def _button(self, name: str, tip: str, text: str = "", checkable: bool = True) -> QToolButton:
        button = QToolButton(self, checkable=checkable, objectName=name)
        button.setText(text)
        button.setToolTip(plain(tip))
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say less where there is less room."""
        compact, tight = event.size().width() < COMPACT_PX, event.size().width() < TIGHT_PX
        for button in self._buttons:
            button.setFont(small_font() if tight else text_font())
            restyle(button, "narrow", tight)
        self.measured.setText(tr(_MEASURED[compact]))
        self.per_atom.setText(tr(_PER_ATOM[compact]))
        super().resizeEvent(event)

    def set_title(self, text: str) -> None:
        """Say what the current curve is."""
        self.title.setText(text)
        self.title.setToolTip(plain(text))

    def show_axis(self, relative: bool, problem: str = "", name: str = "E₀") -> None:
        """Show which energies are drawn; with a problem there is no choice, and the tooltip says why."""
        self.axis.setVisible(True)
        self.axis.setChecked(relative)
        self.axis.setEnabled(not problem)
        self.axis.setToolTip(plain(problem or AXIS_TIP.format(name=name)))

    def show_measured(self, measured: bool, problem: str = "") -> None:
        """Show whether curves are drawn as measured; with a problem they can't be, and the tooltip says why."""
        self.measured.setVisible(True)
        self.measured.setChecked(measured)
        self.measured.setEnabled(not problem)
        self.measured.setToolTip(plain(problem or MEASURED_TIP))

    def show_per_atom(self, per_atom: bool) -> None:
        """Show whether sums of sites are drawn per atom."""
        self.per_atom.setVisible(True)
        self.per_atom.setChecked(per_atom)

    def show_fitted(self, offered: bool, fitted: bool) -> None:
        """Offer the fitted tensor where the network takes the direction as an input."""
        self.fitted.setVisible(offered)
        self.fitted.setChecked(fitted)

    def apply_theme(self) -> None:
        """Draw the icons in the colours of the palette."""
        self.reset.setIcon(icon("fit", self))
        self.difference.setIcon(icon("difference", self))
        self.residuals.setIcon(icon("residual", self))
        for button, word in (
            (self.reset, "Reset"), (self.difference, "Difference"), (self.residuals, "Residuals")
        ):  # fmt: skip
            button.setText("" if not button.icon().isNull() else word)
