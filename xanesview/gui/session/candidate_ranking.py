"""Which structure is it: the structures of the list, put in order by their fit to a measured curve of the plot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from xanesview.domain.counts import counted
from xanesview.domain.structure import Notice
from xanesview.gui.background.batch_prediction import awaited
from xanesview.gui.background.latest_work import LatestWork
from xanesview.shown.laid_candidates import compared_spectrum, is_of_edge_shown, laid_curve, plain_curve
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.domain.ranking.candidate import Ranked, Ranking
    from xanesview.domain.session import FrozenCurve, ReferenceCurve
    from xanesview.domain.spectrum import Spectrum
    from xanesview.gui.session.candidate_list import CandidateList
    from xanesview.gui.session.jobs import Job, JobList
    from xanesview.shown.candidate_rows import CandidateRow
    from xanesview.shown.curve import Curve
    from xanesview.shown.shown import Shown

#: Several changes at once are one.
_SOON_MS = 30


@dataclass(frozen=True)
class RankSettings:
    """How candidates are compared; as the options of ``xanesview rank``, see `domain.ranking.ranking.RankChoices`.

    Attributes
    ----------
    thetas_deg : tuple of float or None
        Of the field from each structure's surface normal (else z), one or one a measured curve; the average over
        directions without any. None: the angles that the measured curves say they were taken at.
    """

    thetas_deg: tuple[float, ...] | None = None
    window_ev: tuple[float, float] | None = None
    largest_shift_ev: float = 1.0
    width: bool = True
    step: bool = True
    offset: bool = True
    most_mixed: int = 1


@dataclass(frozen=True, eq=False)
class Target:
    """A measured curve, or a series of angles, that candidates can be compared with.

    Attributes
    ----------
    name : str
    places : tuple of int
        Among the references of the session.
    spectra : tuple of Spectrum
        As their files have them: these tell it from others, whatever is done to the curves.
    angles_deg : tuple of float
        Of a series.
    """

    name: str
    places: tuple[int, ...]
    spectra: tuple[Spectrum, ...]
    angles_deg: tuple[float, ...] = ()


class CandidateRanking(QObject):
    """Compares in a thread whenever the list, the measured curve or the settings have changed.

    Attributes
    ----------
    ranking : Ranking or None
    settings : RankSettings
    """

    changed = Signal()  # a comparison has begun, ended or failed, or there is another curve to compare with
    drawn_changed = Signal()  # other candidates lie on the plot
    told = Signal(object)  # a Notice: why nothing was compared
    _progressed = Signal(int, int)

    def __init__(
        self, candidates: CandidateList, shown: Callable[[], Shown], jobs: JobList, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._list, self._shown, self._jobs = candidates, shown, jobs
        self._job: Job | None = None
        self.settings = RankSettings()
        self.ranking: Ranking | None = None
        self.problem = ""
        self._rows: dict[int, Ranked] = {}
        self._against: tuple[Spectrum, ...] | None = ()  # () until one is chosen or comes; None for none
        self._compared: tuple[Spectrum, ...] = ()
        self._asked: tuple[object, ...] = ()
        self._order: dict[int, int] = {}
        self._selected: tuple[int, ...] = ()
        self._thread = LatestWork("ranking", "The candidates could not be compared", self)
        self._thread.done.connect(self._take)
        self._thread.failed.connect(self._fail)
        self._thread.busy_changed.connect(lambda _busy: self.changed.emit())
        self._progressed.connect(self._tell_progress)
        self._later = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._later.timeout.connect(self._compare)
        candidates.reset.connect(self._forget)
        candidates.ended.connect(self._later.start)

    # ---- what to compare with ----

    def targets(self) -> list[Target]:
        """Return the curves of the plot that candidates can be compared with: series first, then single ones."""
        shown, series = self._shown(), {}
        single = []
        for place, one in enumerate(shown.session.references):
            if one.spectrum is None:
                continue
            if one.angle_deg is not None and one.series:
                series.setdefault(one.series, []).append((place, one))
            name = one.label or tr("measured curve")
            angles = () if one.angle_deg is None else (float(one.angle_deg),)
            single.append(Target(name, (place,), (one.spectrum,), angles))
        return [*(_of_series(name, own) for name, own in series.items() if len(own) > 1), *single]

    @property
    def target(self) -> Target | None:
        """What is compared with now: what was chosen, else the last measured curve that is drawn."""
        found = self.targets()
        if self._against is None or not found:
            return None
        for one in found:
            if self._against and _same(one.spectra, self._against):
                return one
        seen = self._shown().structure
        references = self._shown().session.references
        measured = [
            one for one in found
            if all(not references[k].is_computed and references[k].is_seen_with(seen) for k in one.places)
        ]  # fmt: skip
        whole = [one for one in measured if len(one.places) > 1]
        return whole[-1] if whole else measured[-1] if measured else None

    def compare_with(self, target: Target | None) -> None:
        """Compare with another curve; None for none."""
        self._against = None if target is None else target.spectra
        self.settings = replace(self.settings, thetas_deg=None)
        self.follow()

    @property
    def thetas_deg(self) -> tuple[float, ...]:
        """Angles of the light that structures are predicted for; none for the average over directions."""
        if self.settings.thetas_deg is not None:
            return self.settings.thetas_deg
        target = self.target
        return () if target is None else target.angles_deg

    def change(self, **changes: object) -> None:
        """Compare in another way, see `RankSettings`."""
        self.settings = replace(self.settings, **changes)
        self.follow()

    def follow(self) -> None:
        """Something has changed: compare anew soon where it makes a difference."""
        self._later.start()

    # ---- comparing ----

    @property
    def is_busy(self) -> bool:
        """Whether a comparison runs."""
        return self._thread.is_busy

    def ranked(self, row: int) -> Ranked | None:
        """Return what came of a row of the list, or None."""
        return self._rows.get(row)

    def place(self, row: int) -> int | None:
        """Return the place of a row in the order, from 1, or None."""
        found = self._rows.get(row)
        return None if found is None else self._order[id(found)]

    def cancel(self) -> None:
        """Give up the comparison that runs."""
        if self._job is not None:
            self._job.is_stopping = True
        self._thread.forget()
        self._end_job("")

    def shutdown(self) -> None:
        """The window closes."""
        self._later.stop()
        self._thread.shutdown()

    def _forget(self) -> None:
        self._thread.forget()
        self._end_job("")
        self.ranking, self._rows, self._asked, self._selected, self.problem = None, {}, (), (), ""
        self.changed.emit()
        self.drawn_changed.emit()

    def _compare(self) -> None:
        """Begin where there is something to compare that has not been compared so."""
        target, rows = self.target, self._ready()
        if self._list.is_busy:
            return
        if target is None or not rows:
            if self.ranking is not None or self.is_busy:
                self._thread.forget()
                self._end_job("")
                self.ranking, self._rows, self._asked = None, {}, ()
                self.drawn_changed.emit()
            self.changed.emit()
            return
        shown = self._shown()
        measured = tuple(
            compared_spectrum(shown.session.references[k], shown.references[k]) for k in target.places
        )
        asked = (*map(_numbers, measured), self.settings, self.thetas_deg, tuple(id(row) for _, row in rows))
        if asked == self._asked:
            self.changed.emit()
            return
        self._asked, self._compared = asked, measured
        self._begin(measured, rows)

    def _ready(self) -> list[tuple[int, CandidateRow]]:
        return [(k, row) for k, row in enumerate(self._list.rows) if row.found is not None]

    def _begin(self, measured: tuple[Spectrum, ...], rows: list[tuple[int, CandidateRow]]) -> None:
        settings, live, network = self.settings, self._list.live, self._list.network
        thetas_deg = self.thetas_deg

        def work(cancelled: Callable[[], bool]):
            from xanesview.domain.ranking.ranking import RankChoices, rank
            from xanesview.shown.predicted_structure import geometries_at

            def along(structure, sites, weight):
                return awaited(live.beside(structure, sites, network, weight), cancelled)

            candidates = [
                row.found.candidate(geometries_at(thetas_deg, row.found.structure.surface_normal), along)
                for _, row in rows
            ]
            choices = RankChoices(
                settings.window_ev, settings.largest_shift_ev, settings.width, settings.step, settings.offset,
                settings.most_mixed,
            )  # fmt: skip

            def progressed(done: int, wanted: int) -> None:
                self._thread.tell(lambda: self._progressed.emit(done, wanted))

            found = rank(measured, candidates, choices, progressed, cancelled)
            return found, {id(one): row for one, (row, _) in zip(candidates, rows, strict=True)}

        self.problem = ""
        self._end_job("")
        words = tr("Compare {structures} with {name}")
        of = counted(len(rows), tr("structure"), tr("structures"))
        self._job = self._jobs.begin(words.format(structures=of, name=measured[0].label), self.cancel)
        self._thread.ask(work)
        self.changed.emit()

    def _tell_progress(self, done: int, wanted: int) -> None:
        if self._job is not None:
            self._job.progress(done / wanted, sentence=tr("{done} of {wanted}").format(done=done, wanted=wanted))

    def _take(self, answer: tuple[Ranking, dict[int, int]]) -> None:
        self.ranking, rows = answer
        self._rows = {rows[id(one.candidates[0])]: one for one in self.ranking.ranked}
        self._order = {id(one): k for k, one in enumerate(self.ranking.ranked, start=1)}
        self._end_job(self.ranking.verdict())
        self.changed.emit()
        self.drawn_changed.emit()

    def _fail(self, message: str, hint: str) -> None:
        self.ranking, self._rows = None, {}
        self.problem = f"{message} {hint}".strip()
        self._end_job(self.problem, failed=bool(message))
        if message:  # the panel says it, too, but need not be in view
            self.told.emit(Notice("ranking", message, hint))
        self.changed.emit()
        self.drawn_changed.emit()

    def _end_job(self, sentence: str, failed: bool = False) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.end(sentence, failed)

    # ---- on the plot ----

    def draw(self, rows: Sequence[int]) -> None:
        """Lay these rows over the plot; mixtures count on behind the rows of the list."""
        if tuple(rows) != self._selected:
            self._selected = tuple(rows)
            self.drawn_changed.emit()

    @property
    def drawn(self) -> tuple[int, ...]:
        """Rows that lie on the plot."""
        return self._selected

    def curves(self) -> list[Curve]:
        """Return them as curves: where they were laid over the measured curve, else as they are predicted."""
        shown, found = self._shown(), []
        target = self.target if self.ranking is not None else None
        for row in self._selected:
            ranked, key = self.ranked_at(row), f"candidate-{row}"
            if ranked is not None and target is not None:
                found += self._laid(shown, target, ranked, key)
            elif row < len(self._list.rows) and self._list.rows[row].found is not None:
                one = self._list.rows[row].found
                found.append(plain_curve(shown, one, one.spectrum(self._geometry(one)), key))
        return [curve for curve in found if is_of_edge_shown(shown, curve)]

    def _laid(self, shown: Shown, target: Target, ranked: Ranked, key: str) -> list[Curve]:
        laid = []
        for number, place in enumerate(target.places):
            if number < len(ranked.fitted) and number < len(self._compared):
                placed = shown.references[place]
                curve = laid_curve(
                    placed, self._compared[number], ranked.fitted[number], f"{key}-{number}", ranked.name
                )
                laid += [] if curve is None else [replace(curve, angle_share=placed.angle_share)]
        return laid

    def ranked_at(self, row: int) -> Ranked | None:
        """Return what came of a row; numbers behind the last row of the list are mixtures."""
        mixtures = () if self.ranking is None else self.ranking.mixtures
        beyond = row - len(self._list.rows)
        return mixtures[beyond] if 0 <= beyond < len(mixtures) else self._rows.get(row)

    def kept_curves(self) -> tuple[list[FrozenCurve], list[ReferenceCurve]]:
        """Return what lies on the plot as curves that stay: predictions frozen, laid ones as computed references."""
        from xanesview.domain.session import FrozenCurve, ReferenceCurve
        from xanesview.domain.spectrum import Spectrum
        from xanesview.shown.curve_facts import drawing_facts
        from xanesview.shown.names import drawn_as

        shown, frozen, laid = self._shown(), [], []
        target = self.target
        for row in self._selected:
            ranked = self.ranked_at(row)
            if ranked is not None and target is not None:
                said = f"laid over {target.name}: moved {ranked.shift_ev:+.2f} eV, misfit {100 * ranked.misfit:.1f} %"
                for curve in self._laid(shown, target, ranked, ""):
                    told = {"comparison": said}
                    spectrum = Spectrum(
                        curve.energy_ev, curve.intensity, label=curve.label, kind="computed", provenance=told,
                        axis=shown.axis,
                    )  # fmt: skip
                    laid.append(ReferenceCurve(spectrum=spectrum, label=curve.label, statement=said))
            elif row < len(self._list.rows) and (one := self._list.rows[row].found) is not None:
                whole = one.spectrum(self._geometry(one)).scaled(float(len(one.sites)))
                told = {**one.facts, "drawn_as": drawn_as(one.look.measured), **drawing_facts(one.look)}
                kept = whole.replace(kind="frozen", label=one.name, provenance=told)
                frozen.append(FrozenCurve(kept, n_atoms=float(len(one.sites))))
        return frozen, laid

    def _geometry(self, one):
        from xanesview.shown.predicted_structure import geometries_at

        return geometries_at(self.thetas_deg[:1], one.structure.surface_normal)[0]


def _of_series(name: str, own: list) -> Target:
    own = sorted(own, key=lambda one: one[1].angle_deg)
    return Target(
        tr("{name}: {n} angles").format(name=name, n=len(own)), tuple(place for place, _ in own),
        tuple(one.spectrum for _, one in own), tuple(float(one.angle_deg) for _, one in own),
    )  # fmt: skip


def _same(one: Sequence[Spectrum], two: Sequence[Spectrum]) -> bool:
    return len(one) == len(two) and all(a is b for a, b in zip(one, two, strict=True))


def _numbers(spectrum: Spectrum) -> tuple[bytes, bytes]:
    return spectrum.energy_ev.tobytes(), spectrum.intensity.tobytes()
