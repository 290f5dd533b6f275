"""Text that is packed with gzip, or isn't, unpacked no further than a limit."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from xanesview.errors import XanesviewError
from xanesview.io.text_file import read_head, read_text
from xanesview.limits import size

GZIP = b"\x1f\x8b"
MOST_UNPACKED = 300_000_000
"""Bytes; projects of a thousand groups fit."""
_PIECE = 1_000_000


def beginning_of(path: Path, n_bytes: int = 4000) -> str:
    """Return the text that a packed file begins with, also of one that is cut off; empty where it is no gzip."""
    try:
        return zlib.decompressobj(wbits=31).decompress(read_head(path), n_bytes).decode("utf-8", errors="replace")
    except (XanesviewError, zlib.error):
        return ""


def unpacked_text(path: Path) -> str:
    """Return the text of a file, unpacked where it is packed.

    Raises
    ------
    XanesviewError
        If it can't be read, is damaged, or unpacks to too much.
    """
    if not read_head(path).startswith(GZIP):
        return read_text(path, MOST_UNPACKED)
    pieces, so_far = [], 0
    try:
        with gzip.open(path, "rb") as stream:
            while piece := stream.read(_PIECE):
                pieces.append(piece)
                so_far += len(piece)
                if so_far > MOST_UNPACKED:
                    raise XanesviewError(
                        f"{path.name} unpacks to more than {size(MOST_UNPACKED)}, too much for spectra.",
                        "Save fewer groups to a project of their own.",
                    )
    except (OSError, EOFError, zlib.error) as error:
        raise XanesviewError(f"{path.name} is packed, and damaged or cut off.", "Copy the file again.") from error
    text = b"".join(pieces).decode("utf-8", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")
