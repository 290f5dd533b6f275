"""All frames of the file shown: the map of their spectra over frame and energy, and their mean with its spread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from xanesview.domain.counts import counted
from xanesview.domain.structure import Notice, Structure
from xanesview.errors import Cancelled, XanesviewError
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.background.latest_work import LatestWork
from xanesview.gui.dialogs.asking import OutcomeLine
from xanesview.gui.dialogs.ready import make_ready
from xanesview.gui.plot.angle_picture import MAP, AngleCurves, AnglePicture
from xanesview.gui.session.rattled_ensemble import KIND, Ensemble
from xanesview.gui.session.workspace import Workspace
from xanesview.shown import names
from xanesview.shown.spectra import drawn_unit
from xanesview.texts import tr

MOST_FRAMES = 200
"""Of more frames every so many is predicted."""
_EVERY_MS = 300


class FramesDialog(QDialog):
    """Stands beside the window; reads and predicts the frames at once, and gives that up when it is closed.

    Attributes
    ----------
    picture : AnglePicture
        The map, empty until all frames are predicted.
    """

    def __init__(self, parent: QWidget | None, workspace: Workspace) -> None:
        super().__init__(parent)
        self.setWindowTitle("Frames")
        self.resize(560, 460)
        self._workspace, self._ensemble = workspace, workspace.ensemble
        self._structure: Structure = workspace.structure
        self._frames: list[int] = []
        self._result: Ensemble | None = None
        self.picture = AnglePicture()
        self.picture.set_part(MAP)
        self.picture.setMinimumHeight(280)
        self.picture.setAccessibleName("Map of the spectra over frame and energy")
        self.problem = OutcomeLine()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.draw_button = buttons.addButton("Draw mean", QDialogButtonBox.ButtonRole.ActionRole)
        self.draw_button.setToolTip("The mean as a frozen curve, one standard deviation between frames as its band")
        self.draw_button.clicked.connect(self.draw)
        self.draw_button.setEnabled(False)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACING, 2 * SPACING, 2 * SPACING, 2 * SPACING)
        column.setSpacing(SPACING)
        for widget, stretch in ((self.picture, 1), (self.problem, 0), (buttons, 0)):
            column.addWidget(widget, stretch)
        make_ready(self)
        self.picture.pointed.connect(workspace.cursor.point)
        self._clock = QTimer(self, interval=_EVERY_MS)
        self._clock.timeout.connect(self._tell)
        self._clock.start()
        self._ensemble.averaged.connect(self._show)
        self._ensemble.told.connect(self._refuse)
        self._reading = LatestWork("frames", "The frames could not be read", self)
        self._reading.done.connect(self._predict)
        self._reading.failed.connect(lambda message, hint: self._refuse(Notice(KIND, message, hint)))
        self._begin()

    def draw(self) -> None:
        """Draw the mean of the frames beside the current curve, as one step."""
        if self._result is not None:
            self._ensemble.draw(self._result)
            self.draw_button.setEnabled(False)

    def done(self, result: int) -> None:
        """Close; what is still predicted for it is given up."""
        for signal, slot in (
            (self._ensemble.averaged, self._show), (self._ensemble.told, self._refuse)
        ):  # fmt: skip
            signal.disconnect(slot)
        self._clock.stop()
        self._reading.shutdown()
        if self._result is None:
            self._ensemble.cancel()
        super().done(result)

    def _begin(self) -> None:
        structure = self._structure
        step = -(-structure.n_frames // MOST_FRAMES)
        self._frames = list(range(0, structure.n_frames, step))
        path, wanted, symbols = Path(structure.source), self._frames, structure.symbols

        def read(cancelled: Callable[[], bool]) -> list[Structure]:
            from xanesview.io.structures.registry import read_structure

            found = []
            for frame in wanted:
                if cancelled():
                    raise Cancelled
                one = read_structure(path, frame)
                if one.symbols != symbols:
                    raise XanesviewError(
                        f"Frame {frame + 1} has other atoms than the one shown.", "Open panel Folder for all of them."
                    )
                found.append(one)
            return found

        self.problem.say(tr("Reading {n} frames…").format(n=len(wanted)))
        self._reading.ask(read)

    def _predict(self, frames: list[Structure]) -> None:
        known = [one.conformer for one in frames]
        shares = None if None in known else [one.share for one in known]
        what = "frame" if shares is None else "conformer"
        self._ensemble.ask(frames, f"mean of {counted(len(frames), what)}", shares, draws=False)

    def _show(self, result: Ensemble) -> None:
        self._result = result
        self._clock.stop()
        energy = result.mean.spectrum.energy_ev
        numbers = np.array(self._frames, float) + 1.0
        shown = self._workspace.shown
        unit = drawn_unit(shown, result.mean.spectrum.unit)  # per atom where the plot draws it so
        atoms = 1.0 if shown.is_normalised else shown.divisor
        self.picture.set_data(AngleCurves(
            energy, numbers, result.intensities / atoms, (float(numbers[0]), float(numbers[-1])), tr("frame"),
            names.energy_title(shown), f"{shown.session.geometry.quantity} ({unit})",
            steps=True,
        ))  # fmt: skip
        spread = float(np.sqrt(np.mean(result.mean.spectrum.band**2)))
        size = float(np.sqrt(np.mean(result.mean.spectrum.intensity**2))) or 1.0
        left_out = self._structure.n_frames - len(self._frames)
        words = tr("{n} frames; they differ by {share} % of their mean.").format(
            n=len(self._frames), share=f"{100 * spread / size:.1f}"
        )
        if left_out:
            words += " " + tr("Every so many of {n} is taken.").format(n=self._structure.n_frames)
        self.problem.say(words)
        self.draw_button.setEnabled(True)

    def _tell(self) -> None:
        if self._ensemble.is_busy:
            self.problem.say(tr("Predicted {done} of {total} frames.").format(
                done=self._ensemble.done, total=self._ensemble.count))  # fmt: skip

    def _refuse(self, notice: Notice) -> None:
        if notice.kind == KIND:
            self.problem.say(f"{notice.message} {notice.hint}".strip(), invalid=True)
