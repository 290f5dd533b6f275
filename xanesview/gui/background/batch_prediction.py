"""Predicts many structures beside the window: lists and reads them in a thread, and has them predicted by the worker.

The worker serves the window first; so a batch makes nobody wait but itself.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from xanesview.errors import Cancelled, XanesviewError
from xanesview.gui.background.latest_work import LatestWork

if TYPE_CHECKING:
    from xanesview.domain.structure import Structure
    from xanesview.gui.background.live_prediction import LivePrediction
    from xanesview.inference.loaded_network import Prediction
    from xanesview.inference.shelf import Networks
    from xanesview.io.structure_sources import StructureSource
    from xanesview.shown.predicted_structure import PredictedStructure

log = logging.getLogger(__name__)

#: How often what has been found is told of, s: a table that changes at each of hundreds would take the window's time.
TOLD_EVERY_S = 0.1
#: How long is waited for the worker before it is asked whether anybody still wants the answer, s.
_ASKED_EVERY_S = 0.1
#: Of batches up to so many predictions are kept on the disk, which holds some hundreds.
MOST_KEPT = 100


@dataclass(frozen=True, eq=False)
class Found:
    """What became of one structure: its prediction, or why there is none.

    Attributes
    ----------
    row : int
        Its place in the list.
    structure : PredictedStructure or None
    problem : str
    """

    row: int
    structure: PredictedStructure | None = None
    problem: str = ""


class BatchPrediction(QObject):
    """One batch at a time; the newest counts.

    Parameters
    ----------
    live
        Has the worker.
    networks
        Tells which networks there are.
    """

    listed = Signal(int, object)  # number of the batch, its StructureSources
    found = Signal(int, object)  # number of the batch, a list of Found
    passed_over = Signal(int, object)  # number of the batch, a list of XanesviewError: what gives no structure
    chosen = Signal(int, str)  # number of the batch, the network that predicts it
    done = Signal()
    failed = Signal(str, str)  # message, hint

    def __init__(self, live: LivePrediction, networks: Networks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._live, self._networks = live, networks
        self._number = 0
        self._thread = LatestWork("batch", "The structures could not be predicted", self)
        self._thread.done.connect(lambda _number: self.done.emit())
        self._thread.failed.connect(self.failed)

    @property
    def is_busy(self) -> bool:
        """Whether one runs."""
        return self._thread.is_busy

    def begin(self, paths: Sequence[Path], network: str) -> int:
        """List and predict what folders and files hold; return the number of the batch.

        Parameters
        ----------
        paths : folders and files
        network : to predict with, where it fits the first structure; else one that does
        """
        self._number += 1
        number = self._number

        def work(cancelled: Callable[[], bool]) -> int:
            from xanesview.io.structure_sources import structure_sources

            problems: list[XanesviewError] = []
            sources = structure_sources(paths, passed_over=problems)
            self._thread.tell(lambda: self.listed.emit(number, sources))
            if problems:
                self._thread.tell(lambda: self.passed_over.emit(number, problems))
            _Run(self, number, network, cancelled).go(sources)
            return number

        self._thread.ask(work)
        return number

    def cancel(self) -> None:
        """Give up what runs; what was found stays."""
        self._thread.forget()

    def shutdown(self) -> None:
        """The window closes."""
        self._thread.shutdown()


class _Run:
    """One batch, in its thread."""

    def __init__(self, batch: BatchPrediction, number: int, network: str, cancelled: Callable[[], bool]) -> None:
        self._batch, self._number, self._network, self._cancelled = batch, number, network, cancelled
        self._live, self._networks, self._tell = batch._live, batch._networks, batch._thread.tell
        self._is_chosen = False
        self._keeps = False

    def go(self, sources: Sequence[StructureSource]) -> None:
        """Read and predict one after the other; tell what was found some at a time."""
        self._keeps = len(sources) <= MOST_KEPT
        waiting: list[Found] = []
        told = time.monotonic()
        for row, source in enumerate(sources):
            if self._cancelled():
                raise Cancelled
            waiting.append(self._one(row, source))
            if time.monotonic() - told >= TOLD_EVERY_S:
                self._tell_found(waiting)
                waiting, told = [], time.monotonic()
        self._tell_found(waiting)

    def _tell_found(self, found: Sequence[Found]) -> None:
        self._tell(lambda: self._batch.found.emit(self._number, found))

    def _one(self, row: int, source: StructureSource) -> Found:
        from xanesview.shown.predicted_structure import predicted_structure

        try:
            structure = source.read()
            self._choose(structure)
            prediction = self._prediction(structure)
            found = predicted_structure(
                source.name_of(structure), structure, prediction, self._networks.card(self._network)
            )
            return Found(row, found)
        except Cancelled:
            raise
        except XanesviewError as error:
            return Found(row, problem=f"{error.message} {error.hint}".strip())
        except Exception as error:  # a bug with one structure must not end the batch
            log.exception("%s could not be predicted", source.path)
            return Found(row, problem=f"It could not be predicted ({type(error).__name__}: {error}).")

    def _choose(self, structure: Structure) -> None:
        """Take the network for all by the first structure that can be read."""
        if self._is_chosen:
            return
        from xanesview.inference.shelf import fitting_network

        self._network = fitting_network(self._networks, structure, self._network, structure.absorbers)
        self._is_chosen = True
        self._tell(lambda: self._batch.chosen.emit(self._number, self._network))

    def _prediction(self, structure: Structure) -> Prediction:
        from xanesview.inference.predictor import default_sites

        sites = default_sites(structure, self._networks.card(self._network))
        known = self._networks.recall(structure.content_hash, self._network)
        if known is not None and set(known.tensor.sites.tolist()) == set(sites.tolist()):
            return known
        found = awaited(self._live.beside(structure, sites, self._network), self._cancelled)
        if self._keeps:
            self._networks.keep(structure.content_hash, self._network, found)
        return found


def awaited(future: Future, cancelled: Callable[[], bool]):
    """Return what a future comes to; give it up, and raise Cancelled, where nobody wants it any more."""
    while True:
        try:
            return future.result(timeout=_ASKED_EVERY_S)
        except TimeoutError:
            if cancelled():
                future.cancel()
                raise Cancelled from None
        except CancelledError:
            raise Cancelled from None
