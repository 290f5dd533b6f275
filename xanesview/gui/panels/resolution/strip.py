"""The strip above the curves that broadens predictions to an experiment's resolution, live."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QEvent, QSignalBlocker, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QToolButton

from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.theme import icon, small_font
from xanesview.gui.appearance.typed_numbers import parse_number
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.number_field import WHEEL_PAUSE_S, NumberField
from xanesview.gui.panels.panel import Panel
from xanesview.gui.panels.resolution.floor_slider import FloorSlider
from xanesview.gui.plot.header import Elided
from xanesview.shown.setting_chips import own_width_ev

#: Slider steps an eV.
STEPS = 100
#: The slider reaches so far, or as far as the width that is typed, eV.
REACH_EV = 5.0
WIDEST_EV = 20.0
_SAME_EV = 5e-3


class ResolutionStrip(Panel):
    """Total Gaussian width of the drawn predictions as slider and number, with the floor and its reason."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self.setObjectName("resolution")
        self._gesture: int | None = None
        self._last_s = 0.0
        self.slider = FloorSlider(objectName="resolution-slider")
        self.slider.setPageStep(STEPS // 4)
        self.slider.setSingleStep(STEPS // 20)
        self.slider.setMinimumWidth(80)
        self.slider.setToolTip("Total Gaussian width (FWHM) of the drawn predictions")
        self.field = NumberField(
            "resolution-width", parse_number, lambda width: f"{width:.2f} eV", 0.1, (0.0, WIDEST_EV),
            self.workspace.begin_gesture, parent=self,
        )  # fmt: skip
        self.field.set_tip("Width (FWHM) in eV; wheel 0.1, with Shift 0.01")
        self.field.setFixedWidth(84)
        self.own = QToolButton(text="Own width", objectName="resolution-own")
        self.own.setToolTip("Draw the prediction as narrow as the network gives it")
        self.close_button = QToolButton(objectName="resolution-close", autoRaise=True)
        self.close_button.setToolTip("Close this strip; the resolution stays (B)")
        self.reason = _Reason(objectName="resolution-reason")
        self.reason.setProperty("muted", True)
        self.reason.setFont(small_font())
        self.reason.setMinimumWidth(40)
        self._arrange()
        self._connect()
        self.apply_theme()
        self.hide()
        self.refresh()

    def _arrange(self) -> None:
        title = Label("Resolution", toolTip="Energy resolution of the experiment to compare with")
        title.setBuddy(self.field)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACING)
        grid.setVerticalSpacing(0)
        for column, widget in enumerate((title, self.slider, self.field, self.own, self.close_button)):
            grid.addWidget(widget, 0, column)
        grid.addWidget(self.reason, 1, 1, 1, 4)
        grid.setColumnStretch(1, 1)

    def _connect(self) -> None:
        workspace = self.workspace
        self.slider.valueChanged.connect(lambda value: self._slid(value / STEPS))
        self.slider.sliderPressed.connect(self._begin)
        self.field.edited.connect(self._set)
        self.field.entered.connect(self.give_keyboard_back)
        self.own.clicked.connect(lambda: self._set(0.0, None))
        self.close_button.clicked.connect(self.close_strip)
        workspace.broadening_changed.connect(self.refresh)
        workspace.network_changed.connect(self.refresh)
        workspace.drawing_changed.connect(self.refresh)  # what is drawn as measured is broader

    # ---- showing ----

    def toggle(self) -> None:
        """Open the strip, or close it."""
        self.close_strip() if self.isVisible() else self.open_strip()

    def open_strip(self) -> None:
        """Show the strip, with the keyboard in its number, which the next digit replaces."""
        self.refresh()
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def close_strip(self) -> None:
        """Hide the strip; what is set stays."""
        self.give_keyboard_back()
        self.hide()

    def close_if_open(self) -> bool:
        """Hide the strip wherever the keyboard is; False where it was hidden."""
        if self.isHidden():
            return False
        self.close_strip()
        return True

    @property
    def floor_ev(self) -> float:
        """The width, eV, below which nothing can be drawn: see `own_width_ev`."""
        return own_width_ev(self.workspace.shown)

    def refresh(self) -> None:
        """Show what is set, and how far down it can go."""
        floor, width = self.floor_ev, self.workspace.session.broadening_fwhm_ev
        shown = floor if width is None else width
        steps = math.ceil(STEPS * max(REACH_EV, 2 * floor, shown))
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, steps)
            self.slider.set_floor(round(STEPS * floor))
            self.slider.setValue(round(STEPS * shown))
        self.field.set_value(shown)
        self.own.setEnabled(width is not None)
        why, more, *shorter = self._reason(floor)
        self.reason.shorter = tuple(shorter)
        self.reason.setText(why)
        self.reason.setToolTip(plain(f"{why} {more}"))

    def _reason(self, floor_ev: float) -> tuple[str, ...]:
        """Why no narrower one can be drawn, in few words, in more, and in fewer where there is no room."""
        shown = self.workspace.shown
        own = 0.0 if shown.card is None else shown.card.gaussian_fwhm_ev
        if not own:
            return "On top of the network's own widths.", "They are no Gaussian, so that there is no floor."
        more = "The spectra that it learnt from are as broad."
        if floor_ev - own < _SAME_EV:
            return f"Not below {_told(floor_ev)} eV: the network's own width.", more
        added = shown.measured.fwhm_ev
        parts = f"the network's own {_told(own)} eV and {_told(added)} eV added as measured"
        why = f"Not below {_told(floor_ev)} eV: {parts}."
        more = f"{more} Widths add in squares; drawn as computed it has its own alone."
        first = f"Not below {_told(floor_ev)} eV"
        each = f"{_told(own)} eV own, {_told(added)} eV as measured"
        return why, more, f"{first}: {each}.", f"{first}: own and as measured.", f"{first}."

    def apply_theme(self) -> None:
        """Draw the icon in the colours of the palette."""
        self.close_button.setIcon(icon("close", self))
        self.slider.update()

    # ---- from the user ----

    def _begin(self) -> None:
        self._gesture = self.workspace.begin_gesture()

    def _slid(self, width_ev: float) -> None:
        now = time.monotonic()
        if not self.slider.isSliderDown() and (self._gesture is None or now - self._last_s > WHEEL_PAUSE_S):
            self._begin()  # a run of wheel or arrow keys
        self._last_s = now
        self._set(width_ev, self._gesture)

    def _set(self, width_ev: float, gesture: int | None) -> None:
        width = width_ev if width_ev > self.floor_ev + 5e-3 else None
        if width != self.workspace.session.broadening_fwhm_ev:
            self.workspace.set_broadening(width, gesture)
        self.refresh()

    def event(self, event: QEvent) -> bool:
        """Escape closes the strip when the keyboard is in it; the window hears nothing of that."""
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close at Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_strip()
        else:
            super().keyPressEvent(event)


class _Reason(Elided):
    """A line that says less where there is no room.

    Attributes
    ----------
    shorter : tuple of str
        What it says instead, ever shorter.
    """

    shorter: tuple[str, ...] = ()

    def drawn_text(self) -> str:
        """Return the first that there is room for."""
        room, metrics = self.contentsRect().width(), self.fontMetrics()
        fitting = (text for text in (self.text(), *self.shorter) if metrics.horizontalAdvance(text) <= room)
        return next(fitting, None) or super().drawn_text()


def _told(width_ev: float) -> str:
    return f"{round(width_ev, 2):g}"
