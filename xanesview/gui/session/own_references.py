"""The user's library as the window has it: what is kept, added, edited and removed, and folders that are watched."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from xanesview.domain.counts import counted
from xanesview.domain.structure import Notice
from xanesview.errors import Cancelled, XanesviewError
from xanesview.gui.background.collection_work import CollectionWork
from xanesview.reference.collection.collection import Collection
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.domain.spectrum import Spectrum
    from xanesview.gui.session.jobs import Job, JobList
    from xanesview.reference.collection.gathering import Gathered

#: After a start the window has other things to do first.
WAKE_MS = 2500
#: A program that writes a file tells of it many times.
SETTLED_MS = 800
#: What was written a moment ago is looked at again: nothing tells of what is added to a file.
AGAIN_MS = 4000
#: Who comes back to the library finds its folders looked through, but not at every look, s.
LOOKED_S = 20.0
_MOST_FOLDERS = 500
_KIND = "library"


class OwnReferences(QObject):
    """Work on the collection, each piece beside the window; tells when the list is another.

    Attributes
    ----------
    collection : Collection
    """

    changed = Signal()  # the collection holds something else
    told = Signal(object)  # a Notice

    def __init__(self, jobs: JobList, parent: QObject) -> None:
        super().__init__(parent)
        self.collection = Collection()
        self._jobs = jobs
        self._job: Job | None = None
        self._said: set[str] = set()
        self._work = CollectionWork(self)
        self._work.begun.connect(self._begin_job)
        self._work.advanced.connect(self._advance_job)
        self._work.ended.connect(self._end_job)
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self.look_through)
        self._watcher: QFileSystemWatcher | None = None
        self._looked_s: float | None = None

    @property
    def is_busy(self) -> bool:
        """Whether something is done or waits."""
        return self._work.is_busy

    # ---- what the user does ----

    def keep(self, spectra: Sequence[Spectrum]) -> None:
        """Keep curves of the plot; what is there already is not kept twice."""
        if not spectra:
            return

        def work(_progress: object, _cancelled: object) -> int:
            from xanesview.reference.collection.description import description_of
            from xanesview.reference.collection.entry import Record

            before = self.collection.count()
            self.collection.keep([Record(one, description_of(one)) for one in spectra])
            return self.collection.count() - before

        def show(n_new: int) -> None:
            name = spectra[0].label if len(spectra) == 1 else counted(len(spectra), "curve")
            if n_new:
                sentence, hint = f"{name}: kept in your library.", "Library finds it; tags and compound are set there."
            else:
                sentence, hint = f"{name}: in your library already.", "Library finds it."
            self.told.emit(Notice(_KIND, sentence, hint))

        self._do(tr("Keep curves in the library"), work, show)

    def add(self, paths: Sequence[Path]) -> None:
        """Add files, and folders that are watched from now on."""
        from xanesview.io.text_file import is_folder
        from xanesview.reference.collection.gathering import follow, gather

        files = [path for path in paths if not is_folder(path)]
        folders = [path.absolute() for path in paths if is_folder(path)]

        def work(progress: Callable[[int, int], None], cancelled: Callable[[], bool]) -> Gathered:
            gathered = gather(self.collection, files, progress, cancelled)
            for folder in folders:
                self.collection.watch(folder)
                gathered.add(follow(self.collection, folder, progress, cancelled))
            return gathered

        def show(gathered: Gathered) -> None:
            self._watch_again()
            if folders and gathered.is_fresh:
                self._later.start(AGAIN_MS)
            self.told.emit(_notice_of(gathered, folders))

        name = paths[0].name if len(paths) == 1 else counted(len(paths), "file")
        self._do(tr("Add {name} to the library").format(name=name), work, show)

    def edit(self, numbers: Sequence[int], **changes: Any) -> None:
        """Change what is said of spectra, see `Collection.edit`."""
        self._do(tr("Edit the library"), lambda *_: self.collection.edit(numbers, **changes), lambda _none: None)

    def remove(self, numbers: Sequence[int]) -> None:
        """Take spectra out of the library; their files stay."""
        self._do(tr("Edit the library"), lambda *_: self.collection.remove(numbers), lambda _none: None)

    def unwatch(self, folder: Path) -> None:
        """Watch a folder no more; what was read of it stays."""

        def show(_none: object) -> None:
            self._watch_again()

        self._do(tr("Edit the library"), lambda *_: self.collection.unwatch(folder), show)

    def read(self, numbers: Sequence[int], show: Callable[[list[tuple[Any, Spectrum]]], None]) -> None:
        """Read spectra and show them, each with its entry."""

        def work(_progress: object, _cancelled: object) -> list[tuple[Any, Spectrum]]:
            entries = self.collection.entries(numbers)
            return [(entry, self.collection.spectrum(entry.number)) for entry in entries]

        self._do(tr("Read from the library"), work, show, changes=False)

    # ---- watching ----

    def wake(self, later_ms: int = WAKE_MS) -> None:
        """Look through the watched folders in a while, unless that was done lately, and watch them."""
        now = time.monotonic()
        if self._looked_s is None or now - self._looked_s > LOOKED_S:
            self._looked_s = now
            self._later.start(later_ms)

    def look_through(self) -> None:
        """Bring the collection to what the watched folders hold now."""
        if not self.collection.is_there:
            return
        self._say_what_is_not_kept()
        from xanesview.reference.collection.gathering import Gathered, follow

        def work(progress: Callable[[int, int], None], cancelled: Callable[[], bool]) -> Gathered:
            gathered = Gathered()
            for folder in self.collection.folders() if self.collection.is_writable else ():
                gathered.add(follow(self.collection, folder, progress, cancelled))
            return gathered

        def show(gathered: Gathered) -> None:
            self._watch_again()
            if gathered.is_fresh:
                self._later.start(AGAIN_MS)

        self._do(tr("Look through the folders of the library"), work, show)

    def shutdown(self) -> None:
        """The window closes."""
        self._later.stop()
        self._work.shutdown()

    def _watch_again(self) -> None:
        """Watch the folders that are to be watched by now, with those below them."""

        def work(_progress: object, cancelled: Callable[[], bool]) -> list[str]:
            from xanesview.reference.collection.gathering import folders_below

            found: list[str] = []
            for folder in self.collection.folders():
                if not cancelled():
                    found += folders_below(folder, _MOST_FOLDERS)
            return found[:_MOST_FOLDERS]

        def show(found: list[str]) -> None:
            if self._watcher is None:
                if not found:
                    return
                self._watcher = QFileSystemWatcher(self)
                self._watcher.directoryChanged.connect(lambda _folder: self._later.start(SETTLED_MS))
            before = set(self._watcher.directories())
            if gone := sorted(before - set(found)):
                self._watcher.removePaths(gone)
            if new := sorted(set(found) - before):
                self._watcher.addPaths(new)

        self._do(tr("Look through the folders of the library"), work, show, changes=False)

    # ---- telling ----

    def _do(self, name: str, work: Callable[..., Any], show: Callable[[Any], None], changes: bool = True) -> None:
        def deliver(result: Callable[[], Any]) -> None:
            try:
                answer = result()
            except Cancelled:
                pass
            except XanesviewError as error:
                self.told.emit(Notice("library-refused", error.message, error.hint))
            else:
                show(answer)
            self._tell_notices()
            if changes:
                self.changed.emit()

        self._work.do(name, work, deliver)

    def _tell_notices(self) -> None:
        while self.collection.notices:
            self.told.emit(self.collection.notices.pop(0))

    def _say_what_is_not_kept(self) -> None:
        """Say once that the library can be searched, and nothing kept in it."""
        if not self.collection.is_writable and "read-only" not in self._said:
            self._said.add("read-only")
            self.told.emit(Notice(
                _KIND, f"Your library can be searched, but nothing can be kept in it: {self.collection.path} cannot be "
                "written.", "Make it writable to add references and follow its folders.",
            ))  # fmt: skip

    def _begin_job(self, name: str) -> None:
        self._job = self._jobs.begin(name, self._work.cancel)
        self._job.is_minor = True

    def _advance_job(self, done: int, of_all: int) -> None:
        if self._job is not None and of_all:
            self._job.progress(done / of_all)

    def _end_job(self, problem: str) -> None:
        if self._job is not None:
            self._job.end(problem, failed=bool(problem) and not self._job.is_stopping)
            self._job = None


def _notice_of(gathered: Gathered, folders: Sequence[Path]) -> Notice:
    """Return what is to be said of what was added."""
    watched = " Their folder is watched." if len(folders) == 1 else " Their folders are watched." if folders else ""
    sentence = f"{counted(gathered.n_spectra, 'spectrum', 'spectra')} added to your library.{watched}"
    if not gathered.problems:
        return Notice(_KIND, sentence, "Type words of name, compound, edge, tags or citation to find them.")
    name, why = gathered.problems[0]
    more = len(gathered.problems) - 1
    others = f" So {counted(more, 'other is', 'others are')}." if more else ""
    return Notice(_KIND, f"{sentence} {Path(name).name} is left out: {why}{others}")
