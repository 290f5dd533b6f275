"""Writes what the workspace works on into the list of jobs: predictions, computations, relaxations, fits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, SignalInstance

from xanesview.domain.counts import counted
from xanesview.gui.session.jobs import Job, JobList
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.domain.structure import Notice
    from xanesview.gui.session.workspace import Workspace


#: A prediction of fewer sites leaves no line in the list once it is done: its curve is there.
MANY_SITES = 50
#: How often work is looked at that tells nothing by itself, ms.
EVERY_MS = 500


class Watch(QObject):
    """Follows one kind of work, of which one at a time runs.

    Parameters
    ----------
    jobs
        Where it is written down.
    name
        Gives what the work is called when it begins.
    is_busy, cancel
        Of the work.
    signals
        Tell that it has begun, gone on or ended.
    look
        Called with the job while it runs, to tell of its progress.
    outcome
        Gives the sentence of one that has ended well.
    subject
        What the work is of: once that is another, the work before was given up.
    is_minor
        Leaves no line once it is done, however long it took: its answer is seen.
    goes_on
        Whether what was stopped has not come to its end yet: until then the line says that it stops.
    at_once
        It is known to be long: it is listed from its beginning.
    matter
        See `Job.matter`.
    """

    def __init__(
        self,
        jobs: JobList,
        name: Callable[[], str],
        is_busy: Callable[[], bool],
        cancel: Callable[[], object] | None,
        signals: Iterable[SignalInstance],
        look: Callable[[Job], object] = lambda _job: None,
        outcome: Callable[[], str] = lambda: "",
        subject: Callable[[], object] = lambda: None,
        is_minor: bool = False,
        goes_on: Callable[[], bool] = lambda: False,
        at_once: bool = False,
        matter: str = "",
    ) -> None:
        super().__init__(jobs)
        self._goes_on, self._at_once, self._is_ending, self._matter = goes_on, at_once, False, matter
        self._jobs, self._name, self._is_busy, self._cancel = jobs, name, is_busy, cancel
        self._look, self._outcome, self._subject = look, outcome, subject
        self._is_minor = is_minor
        self._of: object = None
        self._problem = ""
        self.job: Job | None = None
        # looked at once the events at hand are over: between two batches work is idle for no time
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.refresh)
        self._clock = QTimer(self, interval=EVERY_MS)
        self._clock.timeout.connect(self.refresh)
        for signal in signals:
            signal.connect(self.follow)

    def follow(self, *_told: object) -> None:
        """Something has changed: look at it soon."""
        self._later.start()

    def fail(self, message: str) -> None:
        """Say why the work that runs, or has just ended, has failed."""
        self._problem = message
        self.follow()

    def give_up(self) -> None:
        """The user has stopped it elsewhere."""
        if self.job is not None:
            self.job.is_stopping = True
        self.follow()

    def refresh(self) -> None:
        """Tell of the beginning, the progress, or the end."""
        if self.job is not None and self._subject() != self._of:
            self.job.is_stopping = True
            self._end(tr("Given up for something else"))
        if self._is_ending and self._is_busy():  # the next one has begun before the last one's end
            self._end("")
        if self.job is None and self._is_busy():
            self._of = self._subject()
            self.job = self._jobs.begin(self._name(), self._cancel, at_once=self._at_once)
            self.job.is_minor, self.job.matter = self._is_minor, self._matter
            self._clock.start()
        if self.job is not None and self._is_busy():
            self._look(self.job)
        elif self.job is not None and self.job.is_stopping and self._goes_on():
            self._is_ending = True
            self.job.progress(self.job.share)
        elif self.job is not None:
            self._end(self._problem or ("" if self.job.is_stopping else self._outcome()))
        self._problem = ""

    def _end(self, words: str) -> None:
        job, self.job = self.job, None
        self._is_ending = False
        self._clock.stop()
        job.end(words, bool(self._problem))


class WorkspaceJobs(QObject):
    """All that a workspace works on beside the window."""

    def __init__(self, workspace: Workspace, jobs: JobList) -> None:
        super().__init__(jobs)
        self._workspace = workspace
        self._done = self._wanted = self._computed = 0
        self.prediction = self._watch_prediction(jobs)
        self.computation = self._watch_computation(jobs)
        self._watch_relaxation(jobs)
        self._watch_fits(jobs)

    def _of(self) -> str:
        structure = self._workspace.structure
        return "" if structure is None else structure.name or structure.formula

    def _hash(self) -> str:
        structure = self._workspace.structure
        return "" if structure is None else structure.content_hash

    # ---- predictions ----

    def _watch_prediction(self, jobs: JobList) -> Watch:
        workspace = self._workspace
        watch = Watch(
            jobs, self._prediction_name, lambda: workspace.is_busy, workspace.cancel_prediction,
            (workspace.busy_changed, workspace.progress_changed), self._tell_prediction,
            lambda: tr("{sites} predicted").format(sites=counted(max(self._wanted, 1), tr("site"), tr("sites"))),
            lambda: (self._hash(), workspace.session.network), goes_on=lambda: workspace.live.is_ending,
        )  # fmt: skip
        workspace.progress_changed.connect(self._count_predicted)
        workspace.stopped.connect(watch.give_up)
        _on_notice(workspace.message, "prediction", watch)
        return watch

    def _prediction_name(self) -> str:
        self._done, self._wanted = 0, len(self._workspace.shown.absorbers)
        return tr("Predict {sites} of {name}").format(
            sites=counted(self._wanted, tr("site"), tr("sites")), name=self._of()
        )

    def _count_predicted(self, done: int, wanted: int) -> None:
        self._done, self._wanted = done, wanted

    def _tell_prediction(self, job: Job) -> None:
        job.is_minor = self._wanted < MANY_SITES
        if self._wanted > 1:
            words = tr("{done} of {wanted} sites").format(done=f"{self._done:,}", wanted=f"{self._wanted:,}")
            job.progress(self._done / self._wanted, sentence=words)

    # ---- from first principles ----

    def _watch_computation(self, jobs: JobList) -> Watch:
        computation = self._workspace.computation
        watch = Watch(
            jobs, self._computation_name, lambda: computation.is_busy, computation.cancel,
            (computation.changed, computation.arrived), self.tell_computation, self._computed_words, self._hash,
            at_once=True,
        )  # fmt: skip
        _on_notice(computation.told, "compute", watch)
        computation.stopped.connect(watch.give_up)
        return watch

    def _computation_name(self) -> str:
        computation = self._workspace.computation
        self._computed = len(computation.known())
        sites = counted(max(len(computation.waiting()), 1), tr("site"), tr("sites"))
        method = "" if computation.method is None else computation.method.title
        return tr("Compute {sites} of {name} ({method})").format(sites=sites, name=self._of(), method=method)

    def tell_computation(self, job: Job) -> None:
        """Tell how far the engine is; by time, so that it goes on between two answers."""
        computation = self._workspace.computation
        done = len(computation.known()) - self._computed
        total = max(done + len(computation.waiting()), 1)
        share = min((done + computation.progress()) / total, 0.99)
        job.progress(share, computation.remaining_s(), computation.stage)

    def _computed_words(self) -> str:
        new = len(self._workspace.computation.known()) - self._computed
        return tr("{sites} computed").format(sites=counted(max(new, 0), tr("site"), tr("sites")))

    # ---- geometries and fits ----

    def _watch_relaxation(self, jobs: JobList) -> None:
        relaxation = self._workspace.relaxation
        watch = Watch(
            jobs, lambda: tr("Relax {name} with GFN2-xTB").format(name=self._of()), lambda: relaxation.is_busy,
            relaxation.cancel, (relaxation.changed,), outcome=lambda: tr("Relaxed"),
        )  # fmt: skip
        relaxation.given_up.connect(lambda notice: watch.fail(sentence(notice)))

    def _watch_fits(self, jobs: JobList) -> None:
        fitting, tilts = self._workspace.fitting, self._workspace.tilts
        for name, work, outcome in (
            (lambda: tr("Fit the prediction to a measured curve"), fitting, tr("The fit is in the list of steps")),
            (lambda: tr("Fit the orientation in the film"), tilts, tr("The orientation stands in the Tilt panel")),
        ):
            watch = Watch(
                jobs, name, lambda work=work: work.is_busy, work.cancel, (work.changed,),
                outcome=lambda outcome=outcome: outcome,
            )  # fmt: skip
            _on_notice(work.told, "reference", watch)
        ensemble = self._workspace.ensemble
        watch = Watch(
            jobs, lambda: tr("Predict copies of {name}").format(name=self._of()), lambda: ensemble.is_busy,
            ensemble.cancel, (ensemble.changed,), lambda job: job.progress(ensemble.done / max(ensemble.count, 1)),
            lambda: tr("Their mean is among the curves"),
        )  # fmt: skip
        _on_notice(ensemble.told, "copies", watch)
        search = self._workspace.conformers
        watch = Watch(
            jobs, lambda: tr("Find conformers of {name}").format(name=search.smiles), lambda: search.is_busy,
            search.cancel, (search.changed,), lambda job: job.progress(search.done / max(search.total, 1)),
            lambda: tr("They are frames of what is shown"),
        )  # fmt: skip
        _on_notice(search.told, "conformers", watch)


def _on_notice(signal: SignalInstance, kind: str, watch: Watch) -> None:
    """Let notices of a kind tell that the work has failed."""
    signal.connect(lambda notice: watch.fail(sentence(notice)) if notice.kind == kind else None)


def sentence(notice: Notice) -> str:
    """What a notice says, in one line."""
    return f"{notice.message} {notice.hint}".strip()
