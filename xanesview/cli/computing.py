"""What the commands that compute share: names and times, and results on disk that can't be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from xanesview.errors import DamagedFileError
from xanesview.io.atomic import cannot_write

#: Follows the name of a result that can't be read.
DAMAGED = ".damaged"


def safe_name(text: str) -> str:
    """Return text with the characters that file names allow."""
    return "".join(c if c.isalnum() or c in "._-+=()" else "_" for c in text).strip(".")[:80] or "molecule"


def duration(seconds: float) -> str:
    """Return a time as people say it."""
    minutes = seconds / 60
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"


def set_damaged_aside(paths: list[Path], read: Callable[[Path], object]) -> tuple[int, dict[str, str]]:
    """Rename results that can't be read; return how many results there are, and what is wrong with those, by name.

    Raises
    ------
    XanesviewError
        If one can't be renamed.
    """
    found, damaged = [path for path in paths if path.exists()], {}
    for path in found:
        try:
            read(path)
        except DamagedFileError as error:
            damaged[path.name] = error.message
            try:
                path.replace(path.with_name(path.name + DAMAGED))
            except OSError as trouble:
                raise cannot_write(path, trouble) from trouble
    return len(found), damaged
