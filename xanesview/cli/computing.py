"""What the commands that compute share: names and times, and results on disk that can't be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from xanesview.cli.telling import tell_damaged, tell_notice
from xanesview.domain.counts import counted
from xanesview.errors import DamagedFileError, UsageError
from xanesview.io.atomic import cannot_write, made_folder
from xanesview.reference.making.failures import FAILURES
from xanesview.reference.making.naming import Place

#: Follows the name of a result that can't be read.
DAMAGED = ".damaged"

_MOST_NAMED = 12

R = TypeVar("R")


def safe_name(text: str) -> str:
    """Return text with the characters that file names allow."""
    return "".join(c if c.isalnum() or c in "._-+=()" else "_" for c in text).strip(".")[:80] or "molecule"


def duration(seconds: float) -> str:
    """Return a time as people say it."""
    minutes = seconds / 60
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"


class Results(Generic[R]):
    """The results in a folder, each read once; one that can't be read is renamed and counts as not there.

    Parameters
    ----------
    folder : of the results
    read : reads one; DamagedFileError where it is none
    brief : keeps of a result what is asked for later
    """

    def __init__(self, folder: Path, read: Callable[[Path], R], brief: Callable[[R], R] = lambda one: one) -> None:
        self.folder = folder
        self.damaged: dict[str, str] = {}
        self._read, self._brief = read, brief
        self._found: dict[str, R | None] = {}

    def get(self, name: str) -> R | None:
        """Return the result in a file, None where there is none.

        Raises
        ------
        XanesviewError
            If a damaged one can't be renamed.
        """
        if name not in self._found:
            self._found[name] = self._looked_at(self.folder / name)
        return self._found[name]

    def _looked_at(self, path: Path) -> R | None:
        if not path.exists():
            return None
        try:
            return self._brief(self._read(path))
        except DamagedFileError as error:
            self.damaged[path.name] = error.message
            try:
                path.replace(path.with_name(path.name + DAMAGED))
            except OSError as trouble:
                raise cannot_write(path, trouble) from trouble
            return None

    def tell_damaged(self) -> None:
        """Say which were damaged."""
        n_results = len(self.damaged) + sum(one is not None for one in self._found.values())
        tell_damaged(self.damaged, n_results, f"renamed to NAME{DAMAGED}, to be computed again")


def result_folder(out: str) -> Path:
    """Return the folder for results, made where there was none.

    Raises
    ------
    UsageError
        If it is a file.
    """
    folder = Path(out).expanduser()
    if folder.is_file():
        raise UsageError(f"{folder} is a file.", "Give a folder for the results.")
    made_folder(folder)
    return folder


def tell_places(asked: Sequence[str], found: Sequence[Place | None]) -> None:
    """Say what is computed under another name than its own, and what is asked for twice."""
    twice = sorted({name for name, place in zip(asked, found) if place is None})
    if twice:
        verb = "is" if len(twice) == 1 else "are"
        tell_notice(f"{_listed(twice)} {verb} given more than once, with nothing that differs; computed once.")
    other = {f"{name} as {one.name}": None for name, one in zip(asked, found) if one and one.name != name}
    if other:
        tell_notice(
            f"Other results have these names, so that they are kept apart: {_listed(list(other))}.",
            "Names are the same for several, or the folder holds them from another molecule or other options.",
        )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def tell_done(done: int, failed: int, n_all: int, noun: str) -> None:
    """Say how much of what is asked for was done before, and how much had failed and is not tried again."""
    if done:
        tell_notice(f"{done} of {counted(n_all, noun)} {'is' if done == 1 else 'are'} done already.")
    if failed:
        tell_notice(
            f"{failed} of {counted(n_all, noun)} had failed before and {'is' if failed == 1 else 'are'} left out.",
            f"{FAILURES} says why; --retry tries {'it' if failed == 1 else 'them'} again.",
        )
