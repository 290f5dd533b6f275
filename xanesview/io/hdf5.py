"""HDF5 files: written completely or not at all, read without believing them."""

from __future__ import annotations

import atexit
import math
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import h5py
import numpy as np
from h5py._hl import base

from xanesview.errors import DamagedFileError, OddContent, XanesviewError, in_plain_words
from xanesview.io.atomic import atomic_write
from xanesview.io.hdf5_heaps import refuse_damaged_heaps
from xanesview.io.hdf5_lengths import declared_text
from xanesview.io.text_file import refuse_pipe
from xanesview.limits import LARGEST_TABLE, check_table

#: What h5py raises where bytes were cut off or changed, and what follows from arrays that do not fit together.
_DAMAGE = (
    OSError, KeyError, ValueError, IndexError, TypeError, RuntimeError, AttributeError, OverflowError, MemoryError,
)  # fmt: skip
_LARGEST_ATTRIBUTE = 1_000_000  # bytes
#: What the library adds to the name of a file that a link leads to: nothing can be there, pipes included.
_NOWHERE = b"/links to other files are not followed"
_DEEPEST = 64


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
def read_h5(path: Path) -> Iterator[h5py.File]:
    """Open a file to read: the one door to the library, which not every damaged file may meet.

    Raises
    ------
    OSError, ValueError, …
        What h5py raises for a damaged file; OddContent for one that would end the process.
    """
    refuse_pipe(path)
    refuse_damaged_heaps(path)
    _follow_no_links()
    with h5py.File(path, "r", locking=False) as file:
        yield file


def _follow_no_links() -> None:
    """Let no name in any file lead into another one: that could be a pipe, for which the library waits for ever.

    It holds Python's lock meanwhile, so that no thread goes on and no signal is answered. What a link leads to is to
    be opened as two files whose names can't be; then it is said to be missing, whoever asks for it in whatever way.
    """
    if base.dlapl is None:
        plain, nowhere = (h5py.h5p.create(h5py.h5p.FILE_ACCESS) for _ in range(2))
        nowhere.set_fclose_degree(h5py.h5f.CLOSE_STRONG)
        nowhere.set_fapl_split(_NOWHERE, plain, _NOWHERE, plain)
        links = h5py.h5p.create(h5py.h5p.LINK_ACCESS)
        links.set_elink_fapl(nowhere)
        base.dlapl = links
        atexit.register(_forget, links, nowhere, plain)


def _forget(*lists: h5py.h5p.PropID) -> None:
    """At the program's end: the library may be gone before Python takes these down, and ends the process for it."""
    for one in lists:
        one.close()


def lies_elsewhere(one: h5py.Dataset) -> bool:
    """Tell whether a table's numbers lie in other files, which may be looked for when its shape is asked for."""
    return bool(one.is_virtual or one.external)


@contextmanager
def believed_h5(path: Path, most: int = LARGEST_TABLE) -> Iterator[h5py.File]:
    """Open a file to read in which every table declares no more than can be there, and all lies in the file itself.

    Parameters
    ----------
    path : Path
        The file.
    most : int
        Bytes of its largest table.

    Raises
    ------
    OSError, ValueError, RuntimeError, …
        What h5py raises for a damaged file.
    XanesviewError
        Where a table declares too much.
    """
    with read_h5(path) as file:
        in_file = path.stat().st_size
        for name, one in _all_objects(file):
            _check_object(one, name, path, in_file, most)
        yield file


def _all_objects(file: h5py.File) -> Iterator[tuple[str, h5py.Group | h5py.Dataset]]:
    """Yield name and object of everything in a file, each once.

    Each is opened from the group that holds it: from the top the library would walk down to every one, and take
    minutes where groups lie in one another by the thousand.
    """
    waiting: list[tuple[str, h5py.Group, int]] = [("", file, 0)]
    seen = {h5py.h5o.get_info(file.id).addr}
    yield "", file
    while waiting:
        name, group, depth = waiting.pop()
        if depth >= _DEEPEST:
            raise OddContent(f"groups lie in one another more than {_DEEPEST} deep")
        for key in group:
            if not isinstance(group.get(key, getlink=True), h5py.HardLink):
                continue
            one = group[key]
            place = h5py.h5o.get_info(one.id).addr
            if place in seen:
                continue
            seen.add(place)
            inside = f"{name}/{key}".lstrip("/")
            if isinstance(one, h5py.Group):
                waiting.append((inside, one, depth + 1))
            if isinstance(one, h5py.Group | h5py.Dataset):
                yield inside, one


@contextmanager
def opened_h5(path: Path, fault: str, hint: str, most: int = LARGEST_TABLE) -> Iterator[h5py.File]:
    """Open a file to read; whatever is wrong with its content, in the block too, is told as one error that names it.

    Parameters
    ----------
    path : Path
        The file.
    fault, hint : str
        What to say of a damaged one after its name, such as “cannot be read as a block”, and what to do about it.
    most : int
        Bytes of its largest table.

    Raises
    ------
    DamagedFileError
        If it is missing, damaged or of another layout.
    """
    try:
        with believed_h5(path, most) as file:
            yield file
    except _DAMAGE as error:
        raise DamagedFileError(f"{path.name} {fault} ({in_plain_words(error)}).", hint) from error


def check_dataset(table: h5py.Dataset, path: Path, most: int = LARGEST_TABLE) -> None:
    """Check what one table declares; for files of so many tables that looking at all of them would take long.

    Raises
    ------
    XanesviewError, ValueError
        As `believed_h5`.
    """
    _check_object(table, table.name, path, path.stat().st_size, most)


def refuse_complex(table: h5py.Dataset, path: Path) -> None:
    """Refuse a table of complex numbers; numpy would drop their imaginary part with no more than a warning.

    Raises
    ------
    XanesviewError
        If it is one.
    """
    if table.dtype.kind == "c":
        raise XanesviewError(
            f"{table.name} of {path.name} holds complex numbers; spectra are real.",
            "Write the part or the magnitude that is meant as real numbers.",
        )


def _check_object(one: h5py.Group | h5py.Dataset, name: str, path: Path, in_file: int, most: int) -> None:
    _check_attributes(one, in_file)
    if not isinstance(one, h5py.Dataset):
        other = next((key for key in one if isinstance(one.get(key, getlink=True), h5py.ExternalLink)), None)
        if other is not None:
            raise OddContent(f"{other} lies in another file")
        return
    if lies_elsewhere(one):
        raise OddContent(f"{name} lies in another file")
    declared = math.prod(one.shape or ()) * one.dtype.itemsize  # not as a number of 64 bits
    check_table(path.name, name, declared, one.id.get_storage_size(), in_file, most)
    refuse_complex(one, path)
    if is_list(one.dtype):
        raise OddContent(f"{name} holds lists")
    if is_any_text(one.dtype):
        _check_lengths(one, name, path, in_file)


def _check_attributes(one: h5py.Group | h5py.Dataset, in_file: int) -> None:
    holds_text = False
    for name in one.attrs:
        attribute = one.attrs.get_id(name)
        if declared_bytes(attribute) > _LARGEST_ATTRIBUTE:
            raise OddContent(f"the attribute {name} declares too much")
        if is_list(attribute.dtype):
            raise OddContent(f"the attribute {name} holds lists")
        holds_text |= is_any_text(attribute.dtype)
    if holds_text and declared_text(one) > in_file:
        raise OddContent("its attributes declare too much text")


def declared_bytes(attribute: h5py.h5a.AttrID) -> int:
    """Return how many bytes an attribute declares, not as a number of 64 bits; of text its places count."""
    return math.prod(attribute.shape or ()) * attribute.get_type().get_size()


def is_list(dtype: np.dtype) -> bool:
    """Tell whether each cell holds a list of any length that is no text, which nothing here needs.

    Those of a kind that there isn't pass for such, and end the process when they are read.
    """
    return h5py.check_vlen_dtype(dtype) is not None and not is_any_text(dtype)


def is_any_text(dtype: np.dtype) -> bool:
    """Tell whether a table holds text of any length, each of which declares its own."""
    text = h5py.check_string_dtype(dtype)
    return text is not None and text.length is None


def _check_lengths(table: h5py.Dataset, name: str, path: Path, in_file: int) -> None:
    """Check the lengths that text or lists in a table declare; the library makes room for each before it looks.

    They are taken from the file's bytes: 4 of length, then where the content lies.
    """
    size, plan = table.id.get_type().get_size(), table.id.get_create_plist()
    if plan.get_layout() == h5py.h5d.COMPACT or plan.get_nfilters():
        raise OddContent(f"{name} is packed text")
    places = []
    if plan.get_layout() == h5py.h5d.CONTIGUOUS and table.id.get_offset() is not None:
        places = [(table.id.get_offset(), table.id.get_storage_size())]
    elif plan.get_layout() == h5py.h5d.CHUNKED:
        chunks = map(table.id.get_chunk_info, range(table.id.get_num_chunks()))
        places = [(chunk.byte_offset, chunk.size) for chunk in chunks]
    declared = 0
    with path.open("rb") as stream:
        for offset, length in places:
            stream.seek(offset)
            raw = np.frombuffer(stream.read(min(length, in_file)), "u1")
            cells = raw[: len(raw) // size * size].reshape(-1, size)[:, :4]
            declared += int(np.ascontiguousarray(cells).view("<u4").sum(dtype=np.int64))
    if declared > in_file:
        raise OddContent(f"{name} declares {declared:,} characters")
