"""Networks that take the direction as an input: asked anew while the arrow turns, the newest direction wins."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from xanesview.domain.geometry.weight_tensor import WeightTensor
from xanesview.domain.structure import Notice, Structure
from xanesview.shown.tensors import Answer

if TYPE_CHECKING:
    from xanesview.gui.background.live_prediction import LivePrediction

#: Directions remembered, so that going back (undo, the buttons x y z) needs no network.
REMEMBERED = 64


class LiveDirection(QObject):
    """Asks the worker for the present direction and holds the latest answer."""

    arrived = Signal()
    told = Signal(object)  # a Notice
    busy_changed = Signal(bool)

    def __init__(self, live: LivePrediction, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._live = live
        self._key: tuple = ()
        self._structure: Structure | None = None
        self._network = ""
        self._sites: tuple[int, ...] = ()
        self._asked: dict[int, tuple] = {}
        self._wanted: tuple | None = None
        self._known: OrderedDict[tuple, Answer] = OrderedDict()
        self._latest: Answer | None = None
        live.turned.connect(self._take)
        live.failed.connect(self._fail)

    def want(self, structure: Structure, network: str, sites: Sequence[int], weight: WeightTensor) -> None:
        """Ask for some sites along a direction, unless the answer is known or on its way."""
        sites = tuple(sites)
        about = (structure.content_hash, network, sites)
        if about != self._key:
            self._key, self._latest = about, None
        direction = (*about, weight.voigt.tobytes())
        if direction == self._wanted:
            return
        self._wanted = direction
        if direction in self._known:
            self._latest = self._known[direction]
            self._known.move_to_end(direction)
            self.busy_changed.emit(False)
            return
        number = self._live.request_along(structure, sites, network, weight)
        self._asked[number] = direction
        self.busy_changed.emit(True)

    def forget(self) -> None:
        """Nothing is wanted any more: another structure or network."""
        if self._wanted is None and self._latest is None and not self._asked:
            return
        self._wanted, self._latest, self._key = None, None, ()
        self._asked.clear()
        self.busy_changed.emit(False)

    def answer(self, sites: Sequence[int]) -> Answer | None:
        """The latest answer for these sites; while answers lag behind the arrow, of a direction a moment ago."""
        return self._latest if self._latest is not None and self._latest.sites == tuple(sites) else None

    @property
    def is_behind(self) -> bool:
        """Whether the answer to the present direction is still awaited."""
        return self._wanted is not None and self._known.get(self._wanted) is None

    def _take(self, number: int, spectra: np.ndarray) -> None:
        direction = self._asked.pop(number, None)
        if direction is None:
            return
        answer = Answer(direction[2], np.asarray(spectra, dtype=np.float64))
        self._known[direction] = answer
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        for old in [n for n in self._asked if n < number]:  # pushed out of the mailbox by newer ones
            del self._asked[old]
        if direction[:3] != self._key:
            return
        self._latest = answer
        self.busy_changed.emit(False)
        if direction != self._wanted and self._wanted not in self._known:
            self.busy_changed.emit(True)
        self.arrived.emit()

    def _fail(self, number: int, message: str, hint: str) -> None:
        if self._asked.pop(number, None) is not None:
            self.busy_changed.emit(False)
            self.told.emit(Notice("prediction", message, hint))
