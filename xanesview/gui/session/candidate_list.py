"""Many structures at once: what a folder or a file of many holds, predicted beside the window, a row each.

It is no part of the session: nothing of it changes what is shown until a structure is opened or a curve kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from xanesview.domain.counts import counted
from xanesview.domain.structure import Notice
from xanesview.gui.background.batch_prediction import BatchPrediction, Found
from xanesview.shown.candidate_rows import CandidateRow
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.errors import XanesviewError
    from xanesview.gui.background.live_prediction import LivePrediction
    from xanesview.gui.session.jobs import Job, JobList
    from xanesview.inference.shelf import Networks
    from xanesview.io.structure_sources import StructureSource


class CandidateList(QObject):
    """The rows, and the batch that fills them.

    Attributes
    ----------
    rows : list of CandidateRow
    paths : tuple of Path
        Folders and files that they come from.
    network : str
        What predicts them; empty until that is known.
    """

    reset = Signal()  # other rows
    rows_changed = Signal(object)  # which rows (a list of int) say something else
    changed = Signal()  # a batch has begun, gone on or ended
    ended = Signal()  # it has ended, or was stopped: the rows stay as they are
    told = Signal(object)  # a Notice
    passed_over = Signal(object)  # a Notice on one of the paths: it gives no structure, the others do

    def __init__(self, live: LivePrediction, networks: Networks, jobs: JobList, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.live = live
        self._jobs = jobs
        self._job: Job | None = None
        self._number = 0
        self._asked = ""
        self.rows: list[CandidateRow] = []
        self.paths: tuple[Path, ...] = ()
        self.network = ""
        self._batch = BatchPrediction(live, networks, self)
        self._batch.listed.connect(self._take_list)
        self._batch.found.connect(self._take_found)
        self._batch.passed_over.connect(self._take_passed_over)
        self._batch.chosen.connect(self._take_network)
        self._batch.done.connect(self._take_end)
        self._batch.failed.connect(self._take_failure)

    @property
    def is_busy(self) -> bool:
        """Whether structures are being predicted."""
        return self._batch.is_busy

    @property
    def title(self) -> str:
        """What the list is of: the folder's name, or the file's."""
        if len(self.paths) == 1:
            return self.paths[0].name or str(self.paths[0])
        return counted(len(self.paths), tr("file"), tr("files")) if self.paths else ""

    @property
    def left_s(self) -> float | None:
        """How long it will still take, s; None where nobody knows."""
        return None if self._job is None else self._job.left_s

    @property
    def done(self) -> int:
        """How many rows have come to an end, well or not."""
        return sum(row.found is not None or bool(row.problem) for row in self.rows)

    def open(self, paths: Sequence[Path], network: str) -> None:
        """List and predict what folders and files hold, in the place of what was listed before."""
        self.cancel()
        self.paths, self._asked, self.network, self.rows = tuple(paths), network, "", []
        self._number = self._batch.begin(self.paths, network)
        self._job = self._jobs.begin(tr("Predict the structures of {name}").format(name=self.title), self.cancel)
        self.reset.emit()
        self.changed.emit()

    def predict_anew(self, network: str) -> None:
        """Predict the same structures with another network."""
        if self.paths:
            self.open(self.paths, network)

    def cancel(self) -> None:
        """Stop; what is predicted stays."""
        if not self.is_busy:
            return
        self._batch.cancel()
        if self._job is not None:
            self._job.is_stopping = True
        self._end_job(self._outcome())

    def shutdown(self) -> None:
        """The window closes."""
        self._batch.shutdown()

    # ---- what comes ----

    def _take_list(self, number: int, sources: list[StructureSource]) -> None:
        if number == self._number:
            self.rows = [CandidateRow(source) for source in sources]
            self.reset.emit()
            self.changed.emit()

    def _take_passed_over(self, number: int, problems: Sequence[XanesviewError]) -> None:
        for one in problems if number == self._number else ():
            self.passed_over.emit(Notice("open", one.message, one.hint))

    def _take_network(self, number: int, network: str) -> None:
        if number == self._number:
            self.network = network
            self.changed.emit()

    def _take_found(self, number: int, found: list[Found]) -> None:
        if number != self._number or not self.is_busy:
            return
        for one in found:
            self.rows[one.row] = replace(self.rows[one.row], found=one.structure, problem=one.problem)
        if self._job is not None:
            words = tr("{done} of {wanted} structures").format(done=f"{self.done:,}", wanted=f"{len(self.rows):,}")
            self._job.progress(self.done / max(len(self.rows), 1), sentence=words)
        self.rows_changed.emit([one.row for one in found])
        self.changed.emit()

    def _take_end(self) -> None:
        self._end_job(self._outcome())

    def _take_failure(self, message: str, hint: str) -> None:
        self.told.emit(Notice("candidates", message, hint))
        self._end_job(f"{message} {hint}".strip(), failed=True)

    def _outcome(self) -> str:
        failed = sum(bool(row.problem) for row in self.rows)
        words = counted(sum(row.found is not None for row in self.rows), tr("structure"), tr("structures"))
        said = tr("{structures} predicted").format(structures=words)
        return f"{said}, {tr('{n} not').format(n=failed)}" if failed else said

    def _end_job(self, sentence: str, failed: bool = False) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.end(sentence, failed)
        self.changed.emit()
        self.ended.emit()
