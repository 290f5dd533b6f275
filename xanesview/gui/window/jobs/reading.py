"""Files that are read or written for longer than a moment, in the list of jobs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from xanesview.domain.structure import Notice
from xanesview.gui.actions.opening import Opening
from xanesview.gui.actions.saving import Saving
from xanesview.gui.session.job_watch import Watch
from xanesview.gui.session.jobs import JobList
from xanesview.texts import tr


class FileJobs(QObject):
    """Follows what is opened and saved."""

    def __init__(self, opening: Opening, saving: Saving, jobs: JobList) -> None:
        super().__init__(jobs)
        self._read, self._written = "", Path()
        opening.working.connect(self._note_read)
        reading = Watch(
            jobs, lambda: self._read, lambda: bool(self._read) and opening.reading.is_busy, opening.cancel,
            (opening.working,), outcome=lambda: tr("Read"),
        )  # fmt: skip
        opening.refused.connect(lambda message, hint: reading.fail(f"{message} {hint}".strip()))
        writing = saving.writing
        writing.begun.connect(self._note_written)
        saved = Watch(
            jobs, lambda: tr("Save {name}").format(name=self._written.name), lambda: writing.is_busy, None,
            (writing.begun, writing.written), outcome=lambda: tr("Saved"),
        )  # fmt: skip
        writing.failed.connect(lambda _path, error: saved.fail(f"{error.message} {error.hint}".strip()))

    def _note_read(self, notice: Notice | None) -> None:
        self._read = self._read if notice is None else notice.message.rstrip("…")

    def _note_written(self, path: Path) -> None:
        self._written = path
