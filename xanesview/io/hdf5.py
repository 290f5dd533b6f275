"""HDF5 files written completely or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import h5py

from xanesview.io.atomic import atomic_write


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
