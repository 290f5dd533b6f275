"""The one list of what takes long: what runs, with progress and a way to end it, and what has ended, until dismissed.

Whatever computes, fits, reads or writes for longer than a moment begins a `Job` here and ends it, however it ends.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

RUNNING, DONE, FAILED, STOPPED = "running", "done", "failed", "stopped"
#: What is over this soon was no long job and leaves no line, unless it failed, ms.
MOMENT_MS = 700
#: How many of those that have ended stay listed.
MOST_ENDED = 50


class Job:
    """One line of the list; made by `JobList.begin`.

    Attributes
    ----------
    name : str
        What it does to what, as in “Predict 24 sites of Benzene”.
    state : str
        RUNNING, DONE, FAILED or STOPPED.
    share : float or None
        How much of it is done, 0 to 1; None where nobody knows.
    left_s : float or None
        How long it will still take, s; None where nobody knows.
    sentence : str
        What it does now, or how it ended.
    """

    def __init__(self, name: str, cancel: Callable[[], object] | None, tell: Callable[[], object]) -> None:
        self.name, self.state, self.sentence = name, RUNNING, ""
        self.share: float | None = None
        self.left_s: float | None = None
        self.is_stopping = False
        self.is_at_once = False  # listed as soon as it begins
        self.is_minor = False  # leaves no line unless it failed, however long it took
        self.matter = ""  # what it tries to bring about: once that has succeeded, nobody minds that it failed before
        self._cancel, self._tell = cancel, tell
        self._began = time.monotonic()
        self._took_s = 0.0

    @property
    def is_running(self) -> bool:
        """Whether it goes on."""
        return self.state == RUNNING

    @property
    def can_be_stopped(self) -> bool:
        """Whether `stop` ends it."""
        return self.is_running and self._cancel is not None

    @property
    def taken_s(self) -> float:
        """How long it has run, s."""
        return time.monotonic() - self._began if self.is_running else self._took_s

    def progress(self, share: float | None, left_s: float | None = None, sentence: str = "") -> None:
        """Tell how far it is; without a time left that follows from the share once a part of it is done."""
        self.share, self.sentence = share, sentence
        if left_s is None and share is not None and 0.05 < share < 1.0:
            left_s = self.taken_s * (1.0 - share) / share
        self.left_s = left_s
        self._tell()

    def stop(self) -> None:
        """End it, with whatever it has started."""
        if self.can_be_stopped:
            self.is_stopping = True
            self._cancel()

    def end(self, sentence: str = "", failed: bool = False) -> None:
        """It is over: done, or failed for a reason; stopped where that was asked for."""
        if not self.is_running:
            return
        self._took_s = self.taken_s
        self.state = STOPPED if self.is_stopping else FAILED if failed else DONE
        self.sentence, self.left_s = sentence, None
        self._tell()


class JobList(QObject):
    """What runs and what has run, in the order in which it began."""

    changed = Signal()  # a line has come, gone, or says something else

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: list[Job] = []
        # to the millisecond: one that comes early would find no job long, and none would be listed until one tells
        self._soon = QTimer(self, singleShot=True, interval=MOMENT_MS + 1, timerType=Qt.TimerType.PreciseTimer)
        self._soon.timeout.connect(self._look_soon)

    @property
    def jobs(self) -> list[Job]:
        """Those that are listed: what has run for a moment, what failed, and what has ended since."""
        return [job for job in self._jobs if not job.is_running or _is_long(job)]

    @property
    def running(self) -> list[Job]:
        """Those of the list that go on."""
        return [job for job in self.jobs if job.is_running]

    def begin(self, name: str, cancel: Callable[[], object] | None = None, at_once: bool = False) -> Job:
        """Add what begins now.

        Parameters
        ----------
        name : str
        cancel : callable, optional
            Ends it; whoever does the work tells of the end by `Job.end`.
        at_once : bool
            It is known to be long: it is listed from now on.
        """
        job = Job(name, cancel, lambda: self._told(job))
        job.is_at_once = at_once
        self._jobs.append(job)
        if not self._soon.isActive():  # begun anew by each, it would never come while one short job follows another
            self._soon.start()
        if at_once:
            self.changed.emit()
        return job

    def dismiss(self, job: Job) -> None:
        """Forget a job that has ended."""
        if not job.is_running and job in self._jobs:
            self._jobs.remove(job)
            self.changed.emit()

    def dismiss_ended(self) -> None:
        """Forget all that have ended."""
        self._jobs = [job for job in self._jobs if job.is_running]
        self.changed.emit()

    def settle(self, matter: str) -> None:
        """Forget those that failed in what has succeeded since."""
        left = [job for job in self._jobs if job.state != FAILED or job.matter != matter]
        if len(left) < len(self._jobs):
            self._jobs = left
            self.changed.emit()

    def stop_all(self) -> None:
        """End all that runs."""
        for job in [job for job in self._jobs if job.is_running]:
            job.stop()

    def shutdown(self) -> None:
        """The window closes; nothing is told any more."""
        self._soon.stop()
        self.blockSignals(True)

    def _look_soon(self) -> None:
        """Some have run for a moment by now; those begun since are looked at when they have."""
        self.changed.emit()
        if any(job.is_running and not _is_long(job) for job in self._jobs):
            self._soon.start()

    def _told(self, job: Job) -> None:
        if job.state in (DONE, STOPPED) and (job.is_minor or not _is_long(job)):
            self._jobs.remove(job)
            self.changed.emit()
            return
        ended = [one for one in self._jobs if not one.is_running]
        for one in ended[:-MOST_ENDED]:
            self._jobs.remove(one)
        if not job.is_running or _is_long(job):
            self.changed.emit()


def _is_long(job: Job) -> bool:
    return job.is_at_once or 1000.0 * job.taken_s >= MOMENT_MS
