"""HDF5 files: written completely or not at all, read without believing them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import h5py

from xanesview.errors import DamagedFileError
from xanesview.io.atomic import atomic_write

#: What h5py raises where bytes were cut off or changed, and what follows from arrays that do not fit together.
_DAMAGE = (
    OSError, KeyError, ValueError, IndexError, TypeError, RuntimeError, AttributeError, OverflowError, MemoryError,
)  # fmt: skip


@contextmanager
def written_h5(path: str | Path, **options: object) -> Iterator[h5py.File]:
    """Give an empty HDF5 file in memory; when the block ends well, its bytes become the file.

    The library never meets the disk: where that is full, it can neither write nor close its file, and the process
    ends in a segmentation fault.

    Parameters
    ----------
    path : str or Path
        The file to write; its folder must exist.
    **options
        Further arguments of `h5py.File`, such as ``libver``.

    Raises
    ------
    XanesviewError
        If it can't be written.
    """
    with atomic_write(path) as temporary:
        content = BytesIO()
        with h5py.File(content, "w", **options) as file:
            yield file
        temporary.write_bytes(content.getbuffer())


@contextmanager
def opened_h5(path: Path, fault: str, hint: str) -> Iterator[h5py.File]:
    """Open a file to read; whatever is wrong with its content, in the block too, is told as one error that names it.

    Parameters
    ----------
    path : Path
        The file.
    fault, hint : str
        What to say of a damaged one after its name, such as “cannot be read as a block”, and what to do about it.

    Raises
    ------
    DamagedFileError
        If it is missing, damaged or of another layout.
    """
    try:
        with h5py.File(path, "r", locking=False) as file:
            yield file
    except _DAMAGE as error:
        reason = " ".join(str(error).split())[:80].rstrip(".")
        raise DamagedFileError(f"{path.name} {fault} ({reason}).", hint) from error
