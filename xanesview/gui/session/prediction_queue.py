"""In which order the sites of a structure are predicted: what the user looks at first, the rest after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from xanesview.domain.first_view import AT_ONCE
from xanesview.domain.structure import Notice, Structure
from xanesview.gui.background.live_prediction import LivePrediction
from xanesview.inference.store import PredictionStore

if TYPE_CHECKING:
    from xanesview.inference.loaded_network import Prediction

#: Up to this many absorbers are predicted in one go; more in batches, the picked ones first. The first of many picked
#: ones is predicted alone.
BATCH_SITES = 200


class PredictionQueue(QObject):
    """Asks the worker for one batch after the other and keeps what comes back."""

    arrived = Signal()
    refused = Signal()  # the network can't predict the structure; `arrived` and `told` follow
    told = Signal(object)  # a Notice
    progressed = Signal(int, int)  # sites known, sites wanted

    def __init__(self, live: LivePrediction, store: PredictionStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._live = live
        self._store = store
        self._structure: Structure | None = None
        self._network = ""
        self._orbit_tolerance: float | None = None
        self._absorbers: tuple[int, ...] = ()
        self._waiting: list[int] = []  # absorbers still unknown, unless the user has stopped the prediction
        self._picked: tuple[int, ...] = ()
        self._stopped_at: frozenset[int] | None = None  # the picks whose prediction the user has stopped
        self._request: int | None = None
        self._asked: frozenset[int] = frozenset()
        self._asked_network = ""
        self._compared: tuple[str, ...] = ()
        self.failures: dict[str, str] = {}  # compared networks that can't predict this structure, and why
        live.finished.connect(self._take)
        live.failed.connect(self._fail)
        live.progress.connect(lambda number, done, _total: self._tell_progress(number, done))

    @property
    def is_busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._request is not None

    def aim(
        self,
        structure: Structure | None,
        network: str,
        absorbers: Sequence[int],
        orbit_tolerance: float | None = None,
    ) -> None:
        """Turn to another structure or network, or to one site an orbit; what was asked for before is given up."""
        self._live.cancel()
        self._request = None
        self._structure, self._network, self._orbit_tolerance = structure, network, orbit_tolerance
        self.failures = {}
        self._absorbers = tuple(absorbers)
        self._waiting = list(absorbers)
        self._stopped_at = None

    def compare(self, networks: Sequence[str]) -> None:
        """Predict the picked sites by these networks, too, once all else is done."""
        self._compared = tuple(networks)
        self.failures = {name: why for name, why in self.failures.items() if name in self._compared}

    def want(self, picked: Sequence[int]) -> None:
        """Predict these sites before all others, unless they are known; compared networks come last."""
        self._picked = tuple(picked)
        if self._structure is None or self._stopped_at == frozenset(picked):
            return
        self._stopped_at = None
        network, missing, urgent = self._next()
        if self._request is not None and network == self._asked_network and urgent <= self._asked:
            return  # what is wanted is on its way
        if self._request is not None and not missing and self._asked_network == self._network:
            return
        self._asked, self._asked_network = frozenset(missing), network
        how = (self._structure, missing, network, self._orbit_tolerance)
        self._request = self._live.request(*how) if missing else None

    def want_again(self, picked: Sequence[int]) -> None:
        """Predict these sites, also where the user has stopped their prediction."""
        self._stopped_at = None
        self.want(picked)

    def _next(self) -> tuple[str, list[int], frozenset[int]]:
        """Return which network to ask next, for which sites, and which of them the user looks at."""
        known = self._known(self._network)
        self._waiting = [i for i in self._waiting if i not in known]
        missing = [i for i in self._picked if i not in known]
        if self._orbit_tolerance is None and len(missing) > AT_ONCE and len(missing) == len(self._picked):
            missing = missing[:1]  # a first curve, before all others
            return self._network, missing, frozenset(missing)
        missing = missing[:BATCH_SITES]
        urgent = frozenset(missing)
        if len(self._waiting) <= BATCH_SITES:
            missing = list(dict.fromkeys([*missing, *self._waiting]))
        elif not missing:
            missing = self._waiting[:BATCH_SITES]
        if missing:
            return self._network, missing, urgent
        for network in self._compared:
            known = self._known(network)
            missing = [i for i in self._picked if i not in known][:BATCH_SITES]
            if missing and network not in self.failures:
                return network, missing, frozenset(missing)
        return self._network, [], frozenset()

    def cancel(self) -> None:
        """Stop; what is known stays, and what is picked later is still predicted."""
        self._waiting, self._stopped_at = [], frozenset(self._picked)
        self._request = None
        self._live.cancel()

    def _known(self, network: str) -> frozenset[int]:
        prediction = self._store.get(self._structure.content_hash, network, self._orbit_tolerance)
        return frozenset() if prediction is None else frozenset(prediction.tensor.sites.tolist())

    def _take(self, number: int, prediction: Prediction) -> None:
        if number != self._request or self._structure is None:
            return
        key = (self._structure.content_hash, self._asked_network)
        self._store.add(*key, prediction, self._orbit_tolerance)
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
        if self._asked_network == self._network:
            self._waiting = []
            self.refused.emit()
            self.arrived.emit()
            self.told.emit(Notice("prediction", message, hint))
            return
        self.failures[self._asked_network] = f"{message} {hint}".strip()  # told beside the curves
        self.want(self._picked)
        self.arrived.emit()

    def _tell_progress(self, number: int | None, done: int = 0) -> None:
        if number == self._request and self._structure is not None:
            wanted = len(self._absorbers)
            known = len(self._known(self._network)) + (done if self._asked_network == self._network else 0)
            self.progressed.emit(min(known, wanted), wanted)
