"""In which order the sites of a structure are predicted: what the user looks at first, the rest after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from xanesview.domain.structure import Notice, Structure
from xanesview.gui.live_prediction import LivePrediction
from xanesview.gui.predictions import PredictionStore

if TYPE_CHECKING:
    from xanesview.inference.predictor import Prediction

#: Up to this many absorbers are predicted in one go; more in batches, the picked ones first.
BATCH_SITES = 200


class PredictionQueue(QObject):
    """Asks the worker for one batch after the other and keeps what comes back."""

    arrived = Signal()
    told = Signal(object)  # a Notice
    progressed = Signal(int, int)  # sites known, sites wanted

    def __init__(self, live: LivePrediction, store: PredictionStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._live = live
        self._store = store
        self._structure: Structure | None = None
        self._network = ""
        self._absorbers: tuple[int, ...] = ()
        self._waiting: list[int] = []  # absorbers still unknown, unless the user has stopped the prediction
        self._picked: tuple[int, ...] = ()
        self._request: int | None = None
        self._asked: frozenset[int] = frozenset()
        live.finished.connect(self._take)
        live.failed.connect(self._fail)
        live.progress.connect(lambda number, done, _total: self._tell_progress(number, done))

    @property
    def is_busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._request is not None

    def aim(self, structure: Structure | None, network: str, absorbers: Sequence[int]) -> None:
        """Turn to another structure or network; what was asked for before is given up."""
        self._live.cancel()
        self._request = None
        self._structure, self._network = structure, network
        self._absorbers = tuple(absorbers)
        self._waiting = list(absorbers)

    def want(self, picked: Sequence[int]) -> None:
        """Predict these sites before all others, unless they are known."""
        self._picked = tuple(picked)
        if self._structure is None:
            return
        known = self._known()
        self._waiting = [i for i in self._waiting if i not in known]
        missing = [i for i in self._picked if i not in known]
        if self._request is not None and set(missing) <= self._asked:
            return  # what is wanted is on its way
        if len(self._waiting) <= BATCH_SITES:
            missing = list(dict.fromkeys([*missing, *self._waiting]))
        elif not missing:
            missing = self._waiting[:BATCH_SITES]
        self._asked = frozenset(missing)
        self._request = self._live.request(self._structure, missing, self._network) if missing else None

    def cancel(self) -> None:
        """Stop; what is known stays, and what is picked later is still predicted."""
        self._waiting = []
        self._request = None
        self._live.cancel()

    def _known(self) -> frozenset[int]:
        prediction = self._store.get(self._structure.content_hash, self._network)
        return frozenset() if prediction is None else frozenset(prediction.tensor.sites.tolist())

    def _take(self, number: int, prediction: Prediction) -> None:
        if number != self._request or self._structure is None:
            return
        self._store.add(self._structure.content_hash, self._network, prediction)
        self._request = None
        self.want(self._picked)  # the next batch runs while the window draws this one
        self.arrived.emit()
        for notice in prediction.notices:
            if notice.kind == "device":  # something fell back; all other notices stand as chips on the plot
                self.told.emit(notice)
        self._tell_progress(self._request)

    def _fail(self, number: int, message: str, hint: str) -> None:
        if number != self._request:
            return
        self._request = None
        self._waiting = []
        self.arrived.emit()
        self.told.emit(Notice("prediction", message, hint))

    def _tell_progress(self, number: int | None, done: int = 0) -> None:
        if number == self._request and self._structure is not None:
            wanted = len(self._absorbers)
            self.progressed.emit(min(len(self._known()) + done, wanted), wanted)
