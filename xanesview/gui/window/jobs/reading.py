"""Files that are read or written for longer than a moment, in the list of jobs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from xanesview.domain.structure import Notice
from xanesview.gui.actions.opening import Opening
from xanesview.gui.actions.saving import Saving
from xanesview.gui.background.file_writing import FileWriting
from xanesview.gui.background.spectrum_reading import SpectrumReading
from xanesview.gui.session.job_watch import Watch
from xanesview.gui.session.jobs import Job, JobList
from xanesview.texts import tr

_SESSION = "session"


class FileJobs(QObject):
    """Follows what is opened, saved and exported."""

    def __init__(self, opening: Opening, saving: Saving, exported: FileWriting, jobs: JobList) -> None:
        super().__init__(jobs)
        self._read, self._written = "", Path()
        opening.working.connect(self._note_read)
        reading = Watch(
            jobs, lambda: self._read, lambda: bool(self._read) and opening.reading.is_busy, opening.cancel,
            (opening.working,), outcome=lambda: tr("Read"),
        )  # fmt: skip
        opening.refused.connect(lambda message, hint: reading.fail(f"{message} {hint}".strip()))
        spectra, asked = opening.spectra, opening.asked
        _QueueJobs(spectra, tr("Read {name}"), jobs, is_minor=True)
        _QueueJobs(exported, tr("Write {name}"), jobs, outcome=tr("Saved"))
        Watch(  # its dialog has the button that gives it up
            jobs, lambda: tr("Build a structure"), lambda: asked.is_busy, None, (asked.busy_changed,), is_minor=True
        )  # fmt: skip
        writing = saving.writing
        writing.begun.connect(self._note_written)
        saved = Watch(
            jobs, lambda: tr("Save {name}").format(name=self._written.name), lambda: writing.is_busy, None,
            (writing.begun, writing.written), outcome=lambda: tr("Saved"), matter=_SESSION,
        )  # fmt: skip
        writing.written.connect(lambda _path, _gathered: jobs.settle(_SESSION))
        writing.failed.connect(lambda _path, error: saved.fail(f"{error.message} {error.hint}".strip()))

    def _note_read(self, notice: Notice | None) -> None:
        self._read = self._read if notice is None else notice.message.rstrip("…")

    def _note_written(self, path: Path) -> None:
        self._written = path


class _QueueJobs(QObject):
    """Each file of a queue is a job of its own."""

    def __init__(
        self, queue: SpectrumReading, name: str, jobs: JobList, outcome: str = "", is_minor: bool = False
    ) -> None:
        super().__init__(jobs)
        self._queue, self._name, self._jobs = queue, name, jobs
        self._outcome, self._is_minor = outcome, is_minor
        self._job: Job | None = None
        queue.begun.connect(self._begin)
        queue.ended.connect(self._end)

    def _begin(self, name: str) -> None:
        if name:  # else nothing is read or written
            self._job = self._jobs.begin(self._name.format(name=name), self._queue.cancel)
            self._job.is_minor, self._job.matter = self._is_minor, self._name.format(name=name)

    def _end(self, problem: str) -> None:
        job, self._job = self._job, None
        if job is not None:
            is_done = not (problem or job.is_stopping)
            job.end(problem or (self._outcome if is_done else ""), bool(problem))
            if is_done:
                self._jobs.settle(job.matter)
