"""Beside *Fit*, of a curve of a series of angles: fit all of them together, and go on to the Tilt panel with them."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.panels.context import PanelContext
from xanesview.shown.angles import measured_series
from xanesview.shown.curve import Subject

_FIT_TIP = (
    "Fit the prediction at each angle to all {n} curves of {name}: one shift, scale, width and edge step\n"
    "What is found becomes steps; one undo takes all of it back"
)
_TILT_TIP = "Open Tilt with {name}: the tilt of an orbital, and the orientation of the whole prediction"


class SeriesButtons(QWidget):
    """Two buttons, there only while the curve looked at is one of at least two angles that are drawn."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context, self._name = context, ""
        self.fit = QToolButton(text="Fit series", objectName="fit-whole-series")
        self.fit.clicked.connect(lambda _checked=False: context.workspace.fitting.fit_series(self._name))
        self.tilt = QToolButton(text="Tilt…", objectName="series-in-tilt")
        self.tilt.clicked.connect(lambda _checked=False: self._open_tilt())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addWidget(self.fit)
        row.addWidget(self.tilt)
        self.hide()

    def show_for(self, subject: Subject) -> None:
        """Follow the curve that is looked at."""
        workspace, found = self._context.workspace, None
        if subject.kind == "reference" and subject.which < len(workspace.session.references):
            reference = workspace.session.references[subject.which]
            found = measured_series(workspace.shown, reference.series) if reference.angle_deg is not None else None
        is_one = found is not None and subject.which in found.places and len(found.places) > 1
        self.setVisible(is_one)
        if not is_one:
            return
        self._name = found.name
        name = found.name or "the series"
        self.fit.setToolTip(plain(_FIT_TIP.format(n=len(found.places), name=name)))
        self.fit.setEnabled(not workspace.fitting.is_busy and workspace.shown.look is not None)
        self.tilt.setToolTip(plain(_TILT_TIP.format(name=name)))

    def _open_tilt(self) -> None:
        self._context.workspace.angles.choose_series(self._name)
        self._context.show_panel("Tilt")
