"""Which content of a session file a window knows, so that it overwrites no other: two windows may have it open."""

from __future__ import annotations

import datetime
import hashlib
from pathlib import Path

from xanesview.errors import XanesviewError


class ChangedOnDiskError(XanesviewError):
    """A file is not what was last read or written of it here.

    `digest` is that of what it holds now, empty where that can't be known.
    """

    digest: str = ""


def digest_of(content: bytes) -> str:
    """Return what tells the content of one file from any other."""
    return hashlib.sha256(content).hexdigest()


def check_unchanged(path: Path, digest: str) -> None:
    """Check that a file is what was last read or written of it; one that is gone can't be lost.

    Parameters
    ----------
    path : Path
    digest : str
        Of what was read or written.

    Raises
    ------
    ChangedOnDiskError
        If it has other content, or can't be looked at.
    """
    if not path.is_file():  # of a folder or a device whoever writes is told
        return
    found = ""
    try:
        found = digest_of(path.read_bytes())
        if found == digest:
            return
        when = datetime.datetime.fromtimestamp(path.stat().st_mtime).strftime("%d %b, %H:%M")
    except FileNotFoundError:
        return
    except (OSError, OverflowError, ValueError):
        when = ""
    at = f" on {when}" if when else ""
    error = ChangedOnDiskError(
        f"{path.name} was changed{at} by another window or program.",
        "Overwriting it loses what was saved there; save under another name to keep both.",
    )
    error.digest = found
    raise error
