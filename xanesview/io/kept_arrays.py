"""Files that can be made again: a damaged one is thrown away, and what can't be written is done without."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import numpy as np

from xanesview.errors import DamagedFileError, XanesviewError
from xanesview.io.atomic import made_folder
from xanesview.io.npz import read_npz, write_npz
from xanesview.paths import note_not_kept

log = logging.getLogger(__name__)

Kept = TypeVar("Kept")
_told: set[Path] = set()


def recall(path: Path, unpacked: Callable[[dict[str, np.ndarray]], Kept]) -> Kept | None:
    """Return what a kept file holds, or None; a damaged one is named in the log and removed, so that it is met once.

    Parameters
    ----------
    path : the file
    unpacked : makes of the arrays what was kept
    """
    try:
        arrays = read_npz(path)
    except FileNotFoundError:
        return None
    except DamagedFileError as error:
        _throw_away(path, error)
        return None
    except XanesviewError as error:  # the disk's or the permissions' fault, not the file's
        log.warning("%s can't be used: %s", path, error)
        return None
    try:
        return unpacked(arrays)
    except (XanesviewError, KeyError, ValueError, IndexError, TypeError) as error:
        _throw_away(path, error)
        return None


def _throw_away(path: Path, error: Exception) -> None:
    log.warning("%s is damaged; it is thrown away and made anew (%s)", path, error)
    with contextlib.suppress(OSError):
        path.unlink()


def keep(path: Path, arrays: Mapping[str, np.ndarray], compressed: bool = True) -> bool:
    """Keep arrays for later; False where they can't be written, which the log says once for each folder."""
    try:
        made_folder(path.parent)
        write_npz(path, arrays, compressed)
    except XanesviewError as error:
        if path.parent not in _told:
            _told.add(path.parent)
            log.warning("nothing more is kept in %s: %s", path.parent, error)
        cause = error.__cause__
        note_not_kept(path.parent, "cannot be written to", cause if isinstance(cause, OSError) else None)
        return False
    return True
