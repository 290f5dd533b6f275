"""What a movie shows, how large and how fast; its name is asked for by the system's dialog afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QWidget,
)

from xanesview.domain.counts import counted
from xanesview.errors import XanesviewError
from xanesview.gui.dialogs.asking import OutcomeLine, fill, number_box, whole_box
from xanesview.gui.session.movie_making import MOST_PICTURES, MovieLook
from xanesview.io.movie_file import check_movie_name
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.drawing3d.camera import OrbitCamera
    from xanesview.gui.session.workspace import Workspace

_SAID = "The 3D view beside the spectrum, as a GIF, WebP or MP4; the window goes on meanwhile."
SIZES = {"1280 × 560": (1280, 560), "1600 × 700": (1600, 700), "1920 × 840": (1920, 840), "800 × 350": (800, 350)}
ANGLE, FRAMES = "angle", "frames"
_USUAL_PICTURES = 46


class MovieDialog(QDialog):
    """Asks what turns or goes on, in how many pictures.

    Parameters
    ----------
    varied
        Name and first and last value of what the panel Series varies, None where nothing can turn.
    n_frames
        How many frames the trajectory has that is shown, 1 for none.
    camera
        Where the 3D view is seen from.
    ready
        Called when Save… is pressed.
    """

    def __init__(
        self,
        parent: QWidget | None,
        varied: tuple[str, float, float, str] | None,
        n_frames: int,
        camera: OrbitCamera | None,
        ready: Callable[[], object],
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Movie")
        self.setMinimumWidth(420)
        self._n_frames, self._camera = n_frames, camera
        self.what = QComboBox(objectName="movie-what")
        self.what.setAccessibleName("What changes")
        unit = "" if varied is None else varied[3]
        if varied is not None:
            self.what.addItem(tr("{name} turns").format(name=varied[0]), ANGLE)
        if n_frames > 1:
            self.what.addItem(tr("the trajectory, {n} frames").format(n=n_frames), FRAMES)
            self.what.setCurrentIndex(self.what.count() - 1)
        low, high = (0.0, 90.0) if varied is None else varied[1:3]
        self.low = number_box(-360.0, 360.0, low, 5.0, unit, "movie-from", "From", 1)
        self.high = number_box(-360.0, 360.0, high, 5.0, unit, "movie-to", "To", 1)
        self.pictures = whole_box(2, MOST_PICTURES, _USUAL_PICTURES, "movie-pictures", "Pictures")
        self.size = QComboBox(objectName="movie-size")
        self.size.setAccessibleName("Size in pixels")
        self.size.addItems(list(SIZES))
        self.rate = number_box(0.5, 60.0, 12.0, 1.0, "", "movie-rate", "Pictures a second", 1)
        self.back = QCheckBox("there and back", objectName="movie-back", checked=True)
        self.outcome = OutcomeLine()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(ready)
        buttons.rejected.connect(self.reject)
        self._form = QFormLayout()
        self._form.addRow("Shows", self.what)
        self._form.addRow("From", self.low)
        self._form.addRow("To", self.high)
        self._form.addRow("Pictures", self.pictures)
        self._form.addRow("Pictures a second", self.rate)
        self._form.addRow("Size (pixels)", self.size)
        self._form.addRow("", self.back)
        fill(self, _SAID, self._form, self.outcome, buttons)
        self.what.currentIndexChanged.connect(self._choose)
        for box in (self.pictures, self.rate):
            box.valueChanged.connect(self._tell)
        self.back.toggled.connect(self._tell)
        self._choose()

    @property
    def kind(self) -> str:
        """ANGLE or FRAMES."""
        return self.what.currentData()

    @property
    def angles(self) -> np.ndarray:
        """Values of what turns, (A,)."""
        return np.linspace(self.low.value(), self.high.value(), self.pictures.value())

    @property
    def places(self) -> list[int]:
        """Frames of the trajectory, from 0, evenly over all of it."""
        count = min(self.pictures.value(), self._n_frames)
        return np.unique(np.linspace(0, self._n_frames - 1, count).round().astype(int)).tolist()

    @property
    def look(self) -> MovieLook:
        """How it is drawn."""
        return MovieLook(SIZES[self.size.currentText()], self.rate.value(), self.back.isChecked(), self._camera)

    def _choose(self) -> None:
        turns = self.kind == ANGLE
        for box in (self.low, self.high):
            self._form.setRowVisible(box, turns)
        self.pictures.setValue(_USUAL_PICTURES if turns else min(self._n_frames, MOST_PICTURES))
        self.back.setChecked(turns)
        self._tell()

    def _tell(self) -> None:
        drawn = self.pictures.value() if self.kind == ANGLE else len(self.places)
        shown = 2 * drawn - 2 if self.back.isChecked() and drawn > 2 else drawn
        seconds = shown / self.rate.value()
        told = tr(
            "{pictures}, {seconds:.1f} s long; how long it takes, the list of jobs tells from its first pictures on."
        )
        self.outcome.say(told.format(pictures=counted(shown, "picture"), seconds=seconds))


def ask_for_movie(
    window: QWidget,
    workspace: Workspace,
    camera: OrbitCamera | None,
    ask_name: Callable[[], str],
    refuse: Callable[[XanesviewError], object],
) -> None:
    """Open the dialog over a window, then have the movie made.

    Parameters
    ----------
    camera
        Of the 3D view, None where there is none.
    ask_name
        Asks for the file, empty where none is wanted.
    refuse
        Tells why there is nothing to make a movie of.
    """
    varied, studying, structure = workspace.angles.varied, workspace.angles, workspace.structure
    turning = None
    if varied is not None:
        turning = (varied.name, float(studying.angles[0]), float(studying.angles[-1]), varied.unit)
    n_frames = structure.n_frames if Path(structure.source).is_file() else 1
    if turning is None and n_frames < 2:
        refuse(XanesviewError("Nothing here turns or goes on.", "Set a direction of the light, not a powder."))
        return

    def save() -> None:
        name = ask_name()
        if not name:
            return
        path = Path(name)
        try:
            check_movie_name(path)
        except XanesviewError as error:
            dialog.outcome.refuse(error)
            return
        if dialog.kind == FRAMES:
            workspace.movies.go_through(path, dialog.places, dialog.look)
        else:
            workspace.movies.turn(path, dialog.angles, dialog.look)
        dialog.accept()

    dialog = MovieDialog(window, turning, n_frames, camera, save)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
