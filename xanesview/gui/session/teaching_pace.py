"""How long a teaching takes: at first as on a free processor, then as measured on this one since it began."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

#: Processor time for one molecule gone through once by one member, s; measured on molecules of about 20 atoms.
MOLECULE_S = 0.025
#: Until the first step: torch is loaded, and the molecules are read and made graphs of, s.
START_S = 20.0


class TeachingPace:
    """What is left of a teaching.

    Parameters
    ----------
    plan : mapping
        As `training.teaching.plan.PLAN`.
    n_taught, members, epochs : int
        Molecules, members of the network, and how often all is gone through.
    clock : callable
        Gives the time, s.
    """

    def __init__(
        self, plan: Mapping[str, int], n_taught: int, members: int, epochs: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        gone_through = plan["repeats"] * n_taught + plan["rehearsed"] + plan["watched"] / 4
        self._learning_s = MOLECULE_S * members * epochs * gone_through
        self._testing_s = MOLECULE_S * 4 * plan["tested"] * members
        self._clock = clock
        self._first: tuple[float, float] | None = None  # what was learnt when first told, and when that was
        self.slowness: float | None = None  # of this computer now against a free processor; None before it is known

    def whole_s(self, slowness: float | None = None) -> float:
        """Return the time of all of it, s; on a free processor unless another slowness is given."""
        return (START_S + self._learning_s + self._testing_s) * (slowness or 1.0)

    def left_s(self, learnt: float) -> float | None:
        """Return the time that is left, s, now that a share (0 to 1) of the learning is done; None at the first call.

        Measured from the first call on: the first step takes longer than others, and what comes before it is loading.
        """
        now = self._clock()
        self._first = self._first or (learnt, now)
        before, began = self._first
        if learnt <= before:
            return None
        learning_s = (now - began) / (learnt - before)
        self.slowness = learning_s / self._learning_s
        return learning_s * (1.0 - learnt) + self.testing_left_s(0.0)

    def testing_left_s(self, tested: float) -> float | None:
        """Return the time that is left, s, once a share of the test is done; None where it isn't known."""
        return None if self.slowness is None else self._testing_s * self.slowness * (1.0 - tested)
