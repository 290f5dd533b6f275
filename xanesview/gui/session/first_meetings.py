"""Measured curves meet the prediction of their edge: those that came before it, and those loaded beside another one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from xanesview.shown import first_processing
from xanesview.shown.processing import edge_of
from xanesview.shown.series_changes import scaled_series

if TYPE_CHECKING:
    from xanesview.shown.shown import Shown

_STEP = "scale reference"


class FirstMeetings(QObject):
    """Does what waits for a prediction once it is there, once for each curve and structure.

    Parameters
    ----------
    shown
        Gives what is shown now.
    change
        Takes another session as what the last step came to, or with its text as a step; one that is the same is none.
    """

    def __init__(self, shown: Callable[[], Shown], change: Callable[..., None], parent: QObject) -> None:
        super().__init__(parent)
        self._shown, self._change = shown, change
        self._waiting: list[object] = []  # measured curves that came before the prediction
        self._met: tuple = ()  # which curves have met which prediction: what is undone then stays undone
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._meet)

    def wait_for(self, spectra: Sequence[object]) -> None:
        """Remember measured curves that came while there was no prediction."""
        if self._shown().look is None:
            self._waiting.extend(spectra)

    def follow(self) -> None:
        """References or the prediction have changed: do what can be done now, once the change at hand is over."""
        if self._shown().look is not None and (self._waiting or self._meeting() not in ((), self._met)):
            self._later.start()

    def _meet(self) -> None:
        shown = self._shown()
        if shown.look is None:
            return
        waiting, self._waiting = self._waiting, []
        session, series = shown.session, set()
        for index, one in enumerate(shown.session.references):
            if not any(one.spectrum is spectrum for spectrum in waiting):
                continue
            if one.series:
                series.add(one.series)
            else:
                session = first_processing.first_processed(shown, session, index)
        for name in series:
            session = scaled_series(shown, session, name)
        self._change(session, _STEP)
        meeting = self._meeting()
        if meeting not in ((), self._met):
            self._met = meeting
            self._change(first_processing.met(self._shown()), _STEP)

    def _meeting(self) -> tuple:
        """Which curves would meet which prediction now; empty where none would."""
        shown = self._shown()
        places = first_processing.alone(shown)
        if not places or shown.structure is None:
            return ()
        spectra = [id(shown.session.references[place].spectrum) for place in places]
        return shown.structure.content_hash, edge_of(shown.card), *spectra
