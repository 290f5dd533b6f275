"""Read a text file from a user's disk, and say in one sentence why it can't be read."""

from __future__ import annotations

import codecs
import errno
import os
from pathlib import Path

from xanesview.errors import OddContent, XanesviewError, in_plain_words
from xanesview.limits import size

MAX_BYTES = 200_000_000
"""Larger structure files are refused: they are trajectories or volumetric data, and would fill the memory."""
HEAD_BYTES = 65_536
"""What is looked at to tell a format."""

LARGEST = 1e30
"""Numbers beyond it are no lengths, energies or intensities, and their powers overflow."""

HDF5_MAGIC = b"\x89HDF"
_USER_BLOCKS = [512 << k for k in range(HEAD_BYTES.bit_length() - 10)]

_LESS = "Extract the one frame, molecule or spectrum of interest into a file of its own."
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = (
    (b"\x1f\x8b", "a gzip archive"),
    (b"PK\x03\x04", "a zip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (HDF5_MAGIC, "an HDF5 file"),
)


def read_text(path: str | Path, max_bytes: int = MAX_BYTES, hint: str = _LESS) -> str:
    """Return the text of a file with line ends as ``\\n``.

    UTF-8 (with or without a mark), UTF-16 with a mark and, failing these, Latin-1 are understood.

    Parameters
    ----------
    max_bytes : what is larger is refused
    hint : what to do about a larger one

    Raises
    ------
    XanesviewError
        For a missing file, a folder, an empty, binary, unreadable or huge file.
    """
    path = Path(path)
    check_is_file(path)
    data = _read_bytes(path, max_bytes, hint)
    if not data.strip():
        raise XanesviewError(f"The file {path.name} is empty.", "Choose a file that holds something.")
    return _decoded(path, data)


def read_beginning(path: str | Path) -> str:
    """Return the text that a file begins with, enough to tell its format; empty for an empty file.

    Raises
    ------
    XanesviewError
        For a missing, binary or unreadable file or a folder.
    """
    data = read_head(path)
    if len(data) == HEAD_BYTES:
        data = data[: data.rfind(b"\n") + 1] or data  # the last line may end amid a letter of several bytes
    return _decoded(Path(path), data)


def read_head(path: str | Path) -> bytes:
    """Return the first bytes of a file, by which binary formats are told.

    Raises
    ------
    XanesviewError
        For a missing or unreadable file or a folder.
    """
    path = Path(path)
    check_is_file(path)
    try:
        return b"" if holds_nothing(path) else _beginning(path, HEAD_BYTES)
    except OSError as error:
        raise _cannot_read(path, error) from error


def begins_with(head: bytes, magic: bytes) -> bool:
    """Tell whether a file with these first bytes is of the binary format with this mark.

    HDF5 may stand behind a block of anything, of 512 bytes or a power of two times that.
    """
    if head.startswith(magic):
        return True
    return magic == HDF5_MAGIC and any(head.startswith(HDF5_MAGIC + b"\r\n\x1a\n", start) for start in _USER_BLOCKS)


def _beginning(path: Path, n_bytes: int) -> bytes:
    with path.open("rb") as stream:
        return stream.read(n_bytes)


def holds_nothing(path: Path) -> bool:
    """Whether a file is said to hold no byte: then it is not read.

    So are files that the system makes while they are read, such as those of /proc, and some of them wait for ever.
    """
    return path.stat().st_size == 0


def check_is_file(path: Path) -> None:
    """Raise XanesviewError unless the path is a regular file that exists; a pipe or a device could be read for ever."""
    try:
        if path.is_dir():
            raise XanesviewError(f"{path} is a folder, not a file.", "Choose one file inside it.")
        exists = path.exists()
        if exists and not path.is_file():
            raise XanesviewError(f"{path} is a pipe or a device, not a file.", "Save what it gives to a file first.")
    except (OSError, ValueError) as error:  # a name too long, a null character
        reason = in_plain_words(error) if isinstance(error, OSError) else "no name may hold its null character"
        message = f"The file name “{path.name[:40]}” cannot be used: {reason}."
        raise XanesviewError(message, "Check the path.") from error
    if not exists:
        if path.is_symlink():
            raise XanesviewError(f"{path} is a link {link_fault(path)}.", "Make the link anew.")
        name = str(path)
        shown = name if name.strip() and name == name.strip() else f"“{name}”"
        raise XanesviewError(f"There is no file {shown}.", "Check the name and the folder.")
    if Path(os.path.realpath(path)).parts[1:2] in (("proc",), ("sys",)):
        raise XanesviewError(f"{path} is made by the system, not a file.", "Save what it gives to a file first.")


def is_folder(path: Path) -> bool:
    """Whether a path is a folder; one that the system takes for no name is none."""
    try:
        return path.is_dir()
    except OSError:  # a name too long: told by what reads it
        return False


def link_fault(path: Path) -> str:
    """Return what is wrong with a symbolic link that leads to no file, to stand behind “a link”."""
    try:
        path.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            return "that leads back to itself"
    return "to a file that is not there"


def refuse_pipe(path: Path) -> None:
    """Raise OddContent for a pipe or a device where one of our own files should be: opening it may wait for ever.

    Of a file that is missing, or a folder, whoever opens it is told.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise OddContent("it is a pipe or a device, not a file")


def plain_float(text: str) -> float:
    """Return a number as `float` reads it, but for underscores between digits, which only programs write.

    Raises
    ------
    ValueError
        for what is none.
    """
    if "_" in text:
        raise ValueError(f"“{text[:30]}” is no number")
    return float(text)


def number(text: str, what: str) -> float:
    """Return a finite number, or raise XanesviewError naming what it should have been.

    Fortran's exponents (``1.0D-3``) are understood; decimal commas are not, since a comma also parts columns.
    """
    try:
        value = plain_float(text)
    except ValueError:
        try:
            value = plain_float(text.replace("D", "E").replace("d", "e"))
        except ValueError:
            hint = "Write decimals with a point, not a comma." if "," in text else "Correct the file and open it again."
            raise XanesviewError(f"{what} is “{text[:30]}”, which is not a number.", hint) from None
    if LARGEST <= abs(value) < float("inf"):
        said = f"{what} is “{text[:30]}”; numbers below {LARGEST:g} are read."
        raise XanesviewError(said, "Look for what wrote the file.")
    if not abs(value) < LARGEST:
        raise XanesviewError(
            f"{what} is “{text[:30]}”, not a finite number.",
            "The program that wrote the file has failed; write it again with finite coordinates.",
        )
    return value


def whole_number(text: str) -> int | None:
    """Return a number written in digits only, at most nine of them, else None.

    (`str.isdigit` takes superscripts for digits, and Python refuses to convert some thousands of them.)
    """
    word = text.strip()
    return int(word) if word.isascii() and word.isdigit() and len(word) <= 9 else None


def _read_bytes(path: Path, max_bytes: int, hint: str) -> bytes:
    try:
        n_bytes = path.stat().st_size
        if n_bytes > max_bytes:
            raise XanesviewError(
                f"The file {path.name} has {size(n_bytes)}; files up to {size(max_bytes)} can be read.", hint
            )
        data = b"" if holds_nothing(path) else _beginning(path, max_bytes + 1)
    except OSError as error:
        raise _cannot_read(path, error) from error
    if len(data) > max_bytes:  # a pipe or device, whose size is not known beforehand
        raise XanesviewError(f"The file {path.name} never ends.", "Choose an ordinary file.")
    return data


def _decoded(path: Path, data: bytes) -> str:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _newlines(data.decode(encoding, errors="replace"))
    _refuse_binary(path, data[:HEAD_BYTES])
    try:
        return _newlines(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _newlines(data.decode("latin-1"))


def _cannot_read(path: Path, error: OSError) -> XanesviewError:
    return XanesviewError(f"The file {path} cannot be read: {error.strerror or error}.", "Check its permissions.")


_CONTROL = bytes(byte for byte in range(27) if byte < 9 or byte > 13)


def _refuse_binary(path: Path, head: bytes) -> None:
    for magic, kind in _MAGIC:
        if begins_with(head, magic):
            hint = "Unpack it first." if "archive" in kind else "Choose a file of another format."
            raise XanesviewError(f"The file {path.name} is {kind}, not text.", hint)
    control = len(head) - len(head.translate(None, _CONTROL))
    if b"\0" in head or control > 0.02 * len(head):
        raise XanesviewError(f"The file {path.name} is binary, not text.", "Choose a file of another format.")


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
