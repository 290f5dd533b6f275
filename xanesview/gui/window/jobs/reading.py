"""Files that are read or written for longer than a moment, in the list of jobs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from xanesview.domain.structure import Notice
from xanesview.gui.actions.opening import Opening
from xanesview.gui.actions.saving import Saving
from xanesview.gui.background.file_writing import FileWriting
from xanesview.gui.session.job_watch import Watch
from xanesview.gui.session.jobs import JobList
from xanesview.texts import tr


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
        Watch(
            jobs, lambda: tr("Read {name}").format(name=spectra.name), lambda: spectra.is_busy, spectra.cancel,
            (spectra.one.busy_changed,), subject=lambda: spectra.name, is_minor=True,
        )  # fmt: skip
        Watch(  # its dialog has the button that gives it up
            jobs, lambda: tr("Build a structure"), lambda: asked.is_busy, None, (asked.busy_changed,), is_minor=True
        )  # fmt: skip
        Watch(
            jobs, lambda: tr("Write {name}").format(name=exported.name), lambda: exported.is_busy, exported.cancel,
            (exported.one.busy_changed,), outcome=lambda: tr("Saved"),
        )  # fmt: skip
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
