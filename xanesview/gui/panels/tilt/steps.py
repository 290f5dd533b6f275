"""The three steps from a measured series to a figure of it, numbered; the one to take next is the prominent one."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QPushButton, QWidget

from xanesview.gui.appearance.theme import restyle
from xanesview.gui.panels.flow_layout import FlowLayout
from xanesview.gui.panels.flow_row import together
from xanesview.texts import tr

WHOLE = "Orientation"
_TURN_TIP = (
    "Step 2: stand the molecule on the surface as fitted. The view turns so that the normal points up; the geometry "
    "takes that normal, at the same angles, and the sample becomes a film about it; one step of undo"
)
_WHOLE_TIP = "Step 1: fit tilt and azimuth of the whole predicted tensor to all curves at once"
_SERIES_TIP = (
    "Step 3: fit the prediction at each angle to all curves (one shift, scale and width), and draw it in their colours"
)


class TiltSteps(QWidget):
    """Orientation, turn, fit of the series, in the order in which they follow one another."""

    def __init__(self, order: QComboBox) -> None:
        super().__init__()
        self.whole = QPushButton(WHOLE, objectName="tilt-whole", toolTip=_WHOLE_TIP)
        self.turn = QPushButton("Turn to it", objectName="tilt-turn", toolTip=_TURN_TIP)
        self.fit_series = QPushButton("Fit series", objectName="tilt-fit-series", toolTip=_SERIES_TIP)
        self._buttons = (self.whole, self.turn, self.fit_series)
        row = FlowLayout(self)
        for piece in (together("1", self.whole, order), together("2", self.turn), together("3", self.fit_series)):
            row.addWidget(piece)

    def show_state(self, *, has_prediction: bool, is_busy: bool, is_found: bool, is_turned: bool, is_fitted: bool,
                   is_fitting: bool) -> None:  # fmt: skip
        """Switch the steps on that can be taken, and make the next one prominent; none once all are done."""
        self.whole.setText(tr("Cancel" if is_busy else WHOLE))
        self.whole.setEnabled(is_busy or has_prediction)
        self.turn.setEnabled(is_found)
        self.fit_series.setEnabled(has_prediction and not is_fitting)
        following = None
        if has_prediction and not is_busy and not is_fitted:
            following = self.fit_series if is_turned else self.turn if is_found else self.whole
        for button in self._buttons:
            restyle(button, "next", button is following)
