"""Write a file completely or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from xanesview.errors import XanesviewError


@contextlib.contextmanager
def atomic_write(path: str | Path) -> Iterator[Path]:
    """Give a temporary path beside the target; when the block ends well, it takes the target's place.

    A crash, a full disk or an error inside the block leaves what was there before untouched.

    Parameters
    ----------
    path : str or Path
        The file to write; its folder must exist.

    Yields
    ------
    Path
        Where to write; it has the target's suffix, since some writers choose the format by it.

    Raises
    ------
    XanesviewError
        If the folder is missing or can't be written, or the disk is full.
    """
    path = Path(path)
    if path.is_dir():
        raise XanesviewError(f"{path} is a folder.", "Give the name of a file to write.")
    folder = path.parent if str(path.parent) else Path(".")
    if not folder.is_dir():
        raise XanesviewError(f"There is no folder {folder} to write {path.name} to.", "Make the folder first.")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.stem[:40]}-", suffix=path.suffix, dir=folder)
    except OSError as error:
        raise _cannot_write(path, error) from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        os.chmod(temporary, _mode(path))
        os.replace(temporary, path)
    except OSError as error:
        raise _cannot_write(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def _mode(path: Path) -> int:
    """Return the permissions of the file to be replaced, or those a new file would get."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _cannot_write(path: Path, error: OSError) -> XanesviewError:
    return XanesviewError(
        f"The file {path} cannot be written: {error.strerror or error}.",
        "Choose another folder, or make room and check its permissions.",
    )
