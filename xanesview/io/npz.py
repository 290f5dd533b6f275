"""Files of named arrays (.npz): written completely or not at all, read without believing them."""

from __future__ import annotations

import lzma
import math
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import numpy as np

from xanesview.errors import DamagedFileError, OddContent, in_plain_words
from xanesview.io.atomic import write_bytes
from xanesview.io.text_file import holds_nothing, refuse_pipe
from xanesview.limits import LARGEST_TABLE, check_bytes, check_table

#: What zipfile, its decompressors and numpy raise for bytes that were cut off or changed.
DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError, KeyError, IndexError,
    TypeError, RuntimeError, OverflowError, MemoryError, SyntaxError, tokenize.TokenError,
)  # fmt: skip


def write_npz(path: str | Path, arrays: Mapping[str, np.ndarray], compressed: bool = True) -> None:
    """Write arrays under their names.

    Raises
    ------
    XanesviewError
        If the file can't be written.
    """
    content = BytesIO()
    (np.savez_compressed if compressed else np.savez)(content, **arrays)
    write_bytes(path, content.getbuffer())


def read_npz(path: str | Path) -> dict[str, np.ndarray]:
    """Return all arrays of a file by name.

    Raises
    ------
    FileNotFoundError
        If there is none.
    DamagedFileError
        If it is no such file, was cut off or changed, or the system does not let us read it.
    """
    path = Path(path)
    try:
        refuse_pipe(path)
        check_bytes(path.stat().st_size, LARGEST_TABLE, path.name, "Leave it out.")
        content = b"" if holds_nothing(path) else path.read_bytes()
    except FileNotFoundError:
        raise
    except OddContent as error:
        raise DamagedFileError(f"{path.name} cannot be read ({error}).", "Leave it out.") from error
    except OSError as error:
        why = f"{path.name} cannot be read: {error.strerror or error}."
        raise DamagedFileError(why, "Check the disk, or leave it out.") from error
    try:
        if zipfile.is_zipfile(BytesIO(content)):
            with zipfile.ZipFile(BytesIO(content)) as archive:
                check_declared(path.name, archive)
        with np.load(BytesIO(content), allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except DAMAGE as error:
        raise DamagedFileError(
            f"{path.name} cannot be read ({in_plain_words(error)}).", "It is damaged or cut off; leave it out."
        ) from error
    except AttributeError as error:  # one array alone (.npy) has no names
        raise DamagedFileError(f"{path.name} holds no named arrays.", "Leave it out.") from error


def check_declared(name: str, archive: zipfile.ZipFile) -> None:
    """Check that arrays are no larger than what is packed of them can unfold to, and all together not too large.

    Parameters
    ----------
    name : of the file
    archive : whose members are arrays

    Raises
    ------
    DamagedFileError, XanesviewError
        where they are.
    """
    check_bytes(sum(one.file_size for one in archive.infolist()), LARGEST_TABLE, name, "Leave it out.")
    for one in archive.infolist():
        with archive.open(one) as stream:
            head = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
            shape, _, dtype = head[np.lib.format.read_magic(stream)](stream)
        check_table(name, one.filename, math.prod(shape) * dtype.itemsize, one.compress_size, 0)
