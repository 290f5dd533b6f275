"""The three steps from a measured series to a figure of it, numbered; the one to take next is the prominent one."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QPushButton

from xanesview.gui.appearance.theme import restyle
from xanesview.gui.panels.flow_row import FlowRow, together
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
_FIGURE_TIP = "Step 4: a figure of all curves that are drawn (Ctrl+E)"


class TiltSteps(FlowRow):
    """Orientation, turn, fit of the series and figure, in the order in which they follow one another."""

    def __init__(self, order: QComboBox) -> None:
        whole = QPushButton(WHOLE, objectName="tilt-whole", toolTip=_WHOLE_TIP)
        turn = QPushButton("Turn to it", objectName="tilt-turn", toolTip=_TURN_TIP)
        fit_series = QPushButton("Fit series", objectName="tilt-fit-series", toolTip=_SERIES_TIP)
        figure = QPushButton("Figure…", objectName="tilt-figure", toolTip=_FIGURE_TIP)
        super().__init__(
            together("1", whole, order), together("2", turn), together("3", fit_series), together("4", figure)
        )
        self._buttons = self.whole, self.turn, self.fit_series, self.figure = whole, turn, fit_series, figure

    def show_state(self, *, has_prediction: bool, is_busy: bool, is_found: bool, is_turned: bool, is_fitted: bool,
                   is_fitting: bool) -> None:  # fmt: skip
        """Switch the steps on that can be taken, and make the next one prominent."""
        self.whole.setText(tr("Cancel" if is_busy else WHOLE))
        self.whole.setEnabled(is_busy or has_prediction)
        self.turn.setEnabled(is_found)
        self.fit_series.setEnabled(has_prediction and not is_fitting)
        self.figure.setEnabled(has_prediction)
        following = None
        if has_prediction and not is_busy:
            following = self.fit_series if is_turned else self.turn if is_found else self.whole
            following = self.figure if is_fitted else following
        for button in self._buttons:
            restyle(button, "next", button is following)
