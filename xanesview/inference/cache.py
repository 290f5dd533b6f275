"""Predictions kept by structure, network and sites."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any


class TensorCache:
    """The most recent predictions, up to a number of megabytes.

    Keys are (structure's content hash, network, sites); values anything with ``tensor.components`` (S, 6, E).
    """

    def __init__(self, limit_mb: float = 256.0) -> None:
        self.limit_bytes = int(limit_mb * 1e6)
        self._kept: OrderedDict[tuple[str, str, tuple[int, ...]], Any] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    @staticmethod
    def _size(prediction: Any) -> int:
        members = prediction.tensor.members
        return prediction.tensor.components.nbytes + (0 if members is None else members.nbytes)

    def get(self, structure_hash: str, network: str, sites: Sequence[int]) -> Any | None:
        """Return a prediction, or None."""
        key = (structure_hash, network, tuple(int(s) for s in sites))
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def put(self, structure_hash: str, network: str, sites: Sequence[int], prediction: Any) -> None:
        """Keep a prediction; the oldest ones leave when the limit is passed."""
        key = (structure_hash, network, tuple(int(s) for s in sites))
        if key in self._kept:
            self._bytes -= self._size(self._kept.pop(key))
        self._kept[key] = prediction
        self._bytes += self._size(prediction)
        while self._bytes > self.limit_bytes and len(self._kept) > 1:
            self._bytes -= self._size(self._kept.popitem(last=False)[1])
