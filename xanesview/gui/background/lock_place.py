"""The place of a lock file, before Qt opens it: a pipe there would never answer, a folder never be locked."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path


def clear_of_strangers(path: Path) -> None:
    """Take away what is no regular file where one of our lock files is to be; a folder is put aside."""
    with contextlib.suppress(OSError):
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            path.replace(path.with_name(f"{path.name}-{os.urandom(4).hex()}.folder"))
        elif not stat.S_ISREG(mode):
            path.unlink()
