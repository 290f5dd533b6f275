"""Whether a file of weights is whole, found from its head alone, without torch and without reading the weights."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path

from safetensors import SafetensorError, safe_open

from xanesview.domain.counts import counted
from xanesview.domain.file_names import is_utf8
from xanesview.errors import OddContent, XanesviewError, in_plain_words
from xanesview.io.text_file import refuse_pipe
from xanesview.limits import LARGEST_WEIGHTS, check_bytes

_DIGITS = 12
_MEMBER = re.compile(r"member(\d+)\.")


def check_weights(path: Path, members: int | None = None) -> None:
    """Check a file of weights: its head tells which tensors lie where, and they must fill the file.

    Parameters
    ----------
    path : the file
    members : how many networks of an ensemble the card tells of

    Raises
    ------
    XanesviewError
        for a file that is missing, damaged, cut off, or larger than any network that this program reads.
    """
    bundle = path.parent.name
    try:
        if path.is_dir():
            raise XanesviewError(f"The weights of {bundle} ({path.name}) are a folder.", f"Fetch {bundle} again.")
        if not is_utf8(str(path)):  # the library opens no other
            raise XanesviewError(
                f"The weights of {bundle} cannot be read: the name of the folder is not in UTF-8.", "Rename the folder."
            )
        refuse_pipe(path)
        if not path.is_file():
            raise XanesviewError(f"The weights ({path.name}) are missing.", f"Fetch {bundle} again.")
        check_bytes(path.stat().st_size, LARGEST_WEIGHTS, f"The weights of {bundle}", "Choose another network.")
        with safe_open(str(path), framework="numpy") as weights:
            found = {match[1] for key in weights.keys() if (match := _MEMBER.match(key))}  # noqa: SIM118 (no mapping)
    except (SafetensorError, OSError, ValueError) as error:
        raise XanesviewError(
            f"The weights of {bundle} cannot be read ({in_plain_words(error)}).", "Fetch the bundle again."
        ) from error
    if members is not None and found and len(found) != members:
        raise XanesviewError(
            f"Card and weights of {bundle} do not belong together: the card tells of {counted(members, 'member')}, "
            f"the weights are of {len(found)}.",
            f"Fetch {bundle} again.",
        )


def weights_hash(path: Path) -> str:
    """Return the first twelve digits of the SHA-256 of a file of weights; empty where it can't be read."""
    try:
        refuse_pipe(path)
        state = path.stat()
        return _hash_of(path, state.st_mtime_ns, state.st_size)
    except (OSError, OddContent):
        return ""


@lru_cache(maxsize=64)
def _hash_of(path: Path, changed_ns: int, size: int) -> str:
    """The hash of a file as it is at that time: some milliseconds, which every export would cost."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:_DIGITS]
