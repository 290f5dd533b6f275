"""Movies of what the window shows: an angle turns, or a trajectory goes on; predicted and drawn beside the window."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from xanesview.domain.counts import counted
from xanesview.domain.structure import Notice, Structure
from xanesview.errors import Cancelled, XanesviewError
from xanesview.gui.background.engine_process import EngineProcess
from xanesview.gui.background.latest_work import LatestWork
from xanesview.processes import command_of
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.domain.session import Session
    from xanesview.drawing3d.camera import OrbitCamera
    from xanesview.drawing3d.movie import MovieFrame
    from xanesview.gui.session.jobs import Job, JobList
    from xanesview.inference.loaded_network import Prediction, Predictor
    from xanesview.shown.shown import Shown

WORKER = command_of("xanesview.gui.background.movie_worker")
MOST_PICTURES = 2000
#: How much of the work the prediction of a trajectory's frames is.
_PREDICTING = 0.3


@dataclass(frozen=True)
class MovieLook:
    """How a movie is drawn: W, H in pixels, pictures a second, whether it goes back again, and where from."""

    size: tuple[int, int] = (1280, 560)
    rate: float = 12.0
    there_and_back: bool = True
    camera: OrbitCamera | None = None
    energies_ev: tuple[float, float] | None = None


class MovieMaking(QObject):
    """Makes one movie at a time.

    Parameters
    ----------
    shown
        Gives what is shown now.
    load
        Makes a predictor from a network's name; called in a thread of its own.
    shown_with
        What a session shows with a prediction in the place of its own.
    jobs
        Where it is written down.
    """

    saved = Signal(str, object)  # what was done, and the Path of the file
    told = Signal(object)  # a Notice
    changed = Signal()  # one has begun or ended
    _frame_predicted = Signal(int, int)  # from a thread: how many of how many

    def __init__(
        self,
        shown: Callable[[], Shown],
        load: Callable[[str], Predictor],
        shown_with: Callable[[Session, Prediction], Shown],
        jobs: JobList,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._shown, self._load, self._shown_with, self._jobs = shown, load, shown_with, jobs
        self._job: Job | None = None
        self._asked: tuple[Path, MovieLook, Session] | None = None
        self._first: tuple[int, float] | None = None  # how many pictures were drawn when first told, and when that was
        self._predicted = 0.0  # share of the work that is over when drawing begins
        self._work = LatestWork("movie", "The movie could not be made", self)
        self._work.done.connect(self._predicted_all)
        self._work.failed.connect(self._fail)
        self._frame_predicted.connect(self._note_predicted)
        self._process = EngineProcess(self, WORKER, leads_group=True)
        self._process.progressed.connect(self._drawn)
        self._process.answered.connect(self._written)
        self._process.died.connect(lambda _number, what: self._fail(f"The movie's process {what}.", ""))

    @property
    def is_busy(self) -> bool:
        """Whether one is being made."""
        return self._job is not None

    def turn(self, path: Path, angles: np.ndarray, look: MovieLook) -> None:
        """Make a movie of what the panel Series varies, over angles (A,)."""
        from xanesview.domain.orientation.varied import chosen
        from xanesview.drawing3d.movie import MovieFrame
        from xanesview.shown.angles import predicted_series

        shown = self._shown()
        varied = chosen(shown.session.geometry, shown.session.angles.varied)
        series = None if varied is None else predicted_series(shown, varied, angles)
        if series is None:
            said = "There is nothing yet that could turn.", "Pick a site, and set a direction."
            self.told.emit(Notice("movie", *said))
            return
        structure = shown.session.structure
        unit = varied.unit if varied.unit == "°" else f" {varied.unit}"
        frames = [
            MovieFrame(structure, geometry, one.replace(label=f"{varied.name} = {angle:.1f}{unit}"))
            for geometry, one, angle in zip(series.geometries, series.spectra, angles, strict=True)
        ]
        self._begin(path, look, 0.0)
        self._draw(frames)

    def go_through(self, path: Path, places: Sequence[int], look: MovieLook) -> None:
        """Make a movie of frames (from 0) of the trajectory that is shown, at the experiment that is set."""
        from xanesview.io.structures.registry import read_structure

        session = self._shown().session
        source, sites, network = session.structure.source, session.picked, session.network
        if not sites:
            self.told.emit(Notice("movie", "No site is picked whose spectrum could be shown.", "Pick a site."))
            return
        self._begin(path, look, _PREDICTING)

        def predict(cancelled: Callable[[], bool]) -> list[tuple[Structure, Any]]:
            predictor, found = self._load(network), []
            for place in places:
                if cancelled():
                    raise Cancelled
                structure = read_structure(source, place)
                found.append((structure, predictor.predict(structure, sites, cancelled=cancelled)))
                self._frame_predicted.emit(len(found), len(places))
            return found

        self._work.ask(predict)

    def cancel(self) -> None:
        """Give up the movie; no file is left."""
        self._work.forget()
        self._process.stop()
        self._end()

    def shutdown(self) -> None:
        """The window closes."""
        self._work.shutdown()
        self._process.stop()

    def _begin(self, path: Path, look: MovieLook, predicted: float) -> None:
        if self.is_busy:
            self.cancel()
        self._asked, self._predicted, self._first = (path, look, self._shown().session), predicted, None
        self._job = self._jobs.begin(tr("Movie {name}").format(name=path.name), self.cancel, at_once=True)
        self._job.progress(0.0, sentence=tr("predicting") if predicted else tr("drawing"))
        self.changed.emit()

    def _note_predicted(self, done: int, count: int) -> None:
        if self.is_busy:
            said = tr("predicted {done} of {count} frames").format(done=done, count=count)
            self._job.progress(_PREDICTING * done / count, sentence=said)

    def _predicted_all(self, found: list[tuple[Structure, Any]]) -> None:
        from xanesview.drawing3d.movie import MovieFrame
        from xanesview.shown.spectra import current_spectrum, drawn_unit

        _, _, session = self._asked
        frames: list[MovieFrame] = []
        try:
            for structure, prediction in found:
                shown = self._shown_with(session, prediction)
                drawn = current_spectrum(shown)
                if drawn is None:
                    raise XanesviewError("A frame has no spectrum.", "Pick sites that every frame has.")
                label = tr("frame {n}").format(n=structure.frame + 1)
                spectrum = drawn.replace(label=label, band=None, unit=drawn_unit(shown, drawn.unit))
                if frames and not np.array_equal(spectrum.energy_ev, frames[0].spectrum.energy_ev):
                    grid = frames[0].spectrum.energy_ev  # counted from each frame's own E0
                    values = np.interp(grid, spectrum.energy_ev, spectrum.intensity)
                    spectrum = spectrum.replace(energy_ev=grid, intensity=values)
                frames.append(MovieFrame(structure, session.geometry, spectrum))
        except XanesviewError as error:
            self._fail(error.message, error.hint)
            return
        self._draw(frames)

    def _draw(self, frames: Sequence[MovieFrame]) -> None:
        from xanesview.gui.appearance.palette import LIGHT
        from xanesview.gui.appearance.site_colours import site_colours
        from xanesview.gui.background.movie_worker import camera_told, job_of

        path, look, session = self._asked
        structure = session.structure
        self._process.ask(
            job_of(
                frames, path=str(path), size=list(look.size), rate=look.rate, camera=camera_told(look.camera),
                there_and_back=look.there_and_back, energies_ev=look.energies_ev,
                rings={str(site): colour for site, colour in site_colours(session, LIGHT).items()},
                comment=f"{structure.name or structure.formula}, {session.network}, {session.geometry.describe()}",
            )
        )  # fmt: skip

    def _drawn(self, _number: int, stage: str) -> None:
        done, count = map(int, stage.split("/"))
        share = self._predicted + (1.0 - self._predicted) * done / count
        self._first = self._first or (done, time.monotonic())
        before, began = self._first
        left_s = (time.monotonic() - began) / (done - before) * (count - done) if done > before else None
        self._job.progress(share, left_s, tr("picture {done} of {count}").format(done=done, count=count))

    def _written(self, _number: int, answer: dict) -> None:
        if "error" in answer:
            self._fail(answer["error"], answer["hint"])
            return
        path, _, _ = self._asked
        self._process.stop()  # it holds a scene and torch's libraries
        self._end(tr("Saved"))
        self.saved.emit(f"Saved to {path}: {counted(answer['pictures'], 'picture')}.", path)

    def _fail(self, message: str, hint: str) -> None:
        self._process.stop()
        if message and self.is_busy:
            self.told.emit(Notice("movie", message, hint))
        self._end(f"{message} {hint}".strip(), failed=True)

    def _end(self, sentence: str = "", failed: bool = False) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.end(sentence, failed)
        self.changed.emit()
