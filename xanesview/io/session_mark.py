"""How a session file is known: its ending, and the first bytes, which name it as those of OpenDocument and EPUB do."""

from __future__ import annotations

from pathlib import Path

from xanesview.errors import XanesviewError
from xanesview.io.text_file import holds_nothing, refuse_pipe

ENDING = ".xanesview"
FILTER = f"xanesview session (*{ENDING})"
MIME = "application/x-xanesview-session"
FIRST = "mimetype"
"""The first member of the archive, stored as it is, holds the media type."""

_HEADER_BYTES = 30
_N_MAGIC = _HEADER_BYTES + len(FIRST) + len(MIME)


def has_magic(head: bytes) -> bool:
    """Whether a file that begins with these bytes is a session file."""
    return head[:2] == b"PK" and head[_HEADER_BYTES:].startswith(FIRST.encode() + MIME.encode())


def is_session_file(path: str | Path) -> bool:
    """Whether a file is a session, by its name or its content."""
    path = Path(path)
    if path.suffix.lower() == ENDING:
        return True
    try:
        refuse_pipe(path)
        if holds_nothing(path):
            return False
        with path.open("rb") as stream:
            return has_magic(stream.read(_N_MAGIC))
    except (OSError, ValueError):
        return False


def refuse_session(path: Path) -> None:
    """Refuse a session where a structure or a spectrum is read.

    Raises
    ------
    XanesviewError
    """
    if path.is_file() and is_session_file(path):
        raise XanesviewError(
            f"{path.name} is a saved session, not a structure or a spectrum.",
            "The window opens it; “xanesview plot” draws it, “xanesview convert” writes its curves.",
        )
