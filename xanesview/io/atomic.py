"""Write a file completely or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import BinaryIO, TextIO
from weakref import WeakSet

from xanesview.domain.file_names import writable
from xanesview.errors import Cancelled, XanesviewError

#: What file systems answer that know no flushing to the disk.
_NO_FLUSHING = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)
#: Where a process finds its own streams, beside /proc.
_STREAMS = [("dev", name) for name in ("stdout", "stderr", "fd")]
#: How long a pipe may be without a program that reads from it, s.
_READER_S = 5.0
#: What the temporary files that are written now will become: an error names the file that the user named.
_targets: dict[Path, Path] = {}
#: Whether files that are being written are still wanted.
_given_up: ContextVar[Callable[[], bool]] = ContextVar("given_up", default=lambda: False)
#: Windows that are open: what they write must not wait for whoever reads from a pipe, nor their end for that.
_windows: WeakSet[object] = WeakSet()
#: The newest file that was written whole.
_whole: deque[Path] = deque(maxlen=1)


@contextlib.contextmanager
def atomic_write(path: str | Path) -> Iterator[Path]:
    """Give a temporary path beside the target; when the block ends well, it takes the target's place.

    A crash, a full disk or an error inside the block leaves what was there before untouched. A stream of the process
    (/dev/stdout) is not replaced; the bytes go into it. A link stays one: the file that it leads to is written.

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
        If the folder is missing or can't be written, the disk is full, or the path names something else than a file.
    """
    path = Path(path)
    try:
        check_target(path)
    except OSError as error:  # a name too long
        raise cannot_write(path, error) from error
    in_place = is_stream(path)
    meant = path if in_place else _meant(path)
    try:
        handle, name = tempfile.mkstemp(f"{path.suffix}", f".{path.stem[:40]}-", None if in_place else meant.parent)
    except OSError as error:
        raise cannot_write(path, error) from error
    os.close(handle)
    temporary = Path(name)
    _targets[temporary] = path
    try:
        yield temporary
        if _given_up.get()():
            raise Cancelled
        if in_place:
            with temporary.open("rb") as content, _opened_stream(path) as target:
                shutil.copyfileobj(content, target)
        else:
            _flush(temporary)
            os.chmod(temporary, _mode(meant))
            os.replace(temporary, meant)
        _whole.append(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        del _targets[temporary]
        temporary.unlink(missing_ok=True)


def check_target(path: str | Path) -> None:
    """Check that a file can be written at a path, as `atomic_write` would; for what takes long before it writes.

    Raises
    ------
    XanesviewError
        If it is a folder, a pipe or anything else that is no file, or its folder is missing or can't be written to.
    OSError
        If its name is too long.
    """
    path = Path(path)
    if path.is_dir():
        raise XanesviewError(f"{path} is a folder.", "Give the name of a file to write.")
    if not path.parent.is_dir():
        raise no_folder(path)
    if _windows and is_stream(path):
        raise XanesviewError(f"{path} is a stream, and a window writes to files only.", "Give another name.")
    if is_no_file(path) and not is_stream(path):
        raise XanesviewError(f"{path} is {_what(path)}, which no file can be written to.", "Give another name.")
    if is_stream(path):
        return
    meant = _meant(path)
    if not meant.parent.is_dir():
        raise no_folder(meant)
    if not os.access(meant.parent, os.W_OK) or _is_protected(meant):
        raise cannot_write(path, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))


def _meant(path: Path) -> Path:
    """Return the file that is written under a name: where that is a link, the one it leads to, there already or not.

    Raises
    ------
    OSError
        If links lead to one another.
    """
    if not path.is_symlink():
        return path
    with contextlib.suppress(FileNotFoundError):
        path.stat()
    return Path(os.path.realpath(path))


def _is_protected(path: Path) -> bool:
    """Tell whether a file is there that nobody may write; its folder would let it be replaced all the same."""
    return path.exists() and (not path.stat().st_mode & 0o222 or not os.access(path, os.W_OK))


def write_files_only(window: object) -> None:
    """Refuse to write to pipes and terminals as long as a window is there, or until `write_streams_too`."""
    _windows.add(window)


def write_streams_too(window: object) -> None:
    """The window has closed."""
    _windows.discard(window)


def check_target_folder(path: str | Path) -> None:
    """Check that a folder is there or can be made, and that files can be written to it.

    Raises
    ------
    XanesviewError
        If a file is in its place or in that of a folder it would lie in, or it can't be written to.
    OSError
        If its name is too long.
    """
    path = Path(path)
    if path.is_symlink() and not path.exists():
        raise XanesviewError(f"{path} is a link that leads nowhere.", "Give a folder to write to.")
    there = next(one for one in (path, *path.absolute().parents) if one.exists())
    if not there.is_dir():
        raise XanesviewError(f"{there} is a file, not a folder.", "Give a folder to write to.")
    if not os.access(there, os.W_OK):
        raise cannot_write(path, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))


@contextlib.contextmanager
def unless(given_up: Callable[[], bool]) -> Iterator[None]:
    """Inside the block, a file takes its place only if nobody has given it up while it was written.

    Raises
    ------
    Cancelled
        By `atomic_write`, where it was given up; what was there before is untouched.
    """
    before = _given_up.set(given_up)
    try:
        yield
    finally:
        _given_up.reset(before)


def has_written() -> bool:
    """Tell whether this process, or others that work for it, may have written a file."""
    return bool(_whole)


def note_written(path: Path) -> None:
    """Note that a file may have been written for this process by another one."""
    _whole.append(path)


def is_no_file(path: str | Path) -> bool:
    """Tell whether there is something at a path that is neither a file nor a folder: a pipe, a socket, a device."""
    path = Path(path)
    return path.exists() and not path.is_file() and not path.is_dir()


def is_stream(path: str | Path) -> bool:
    """Tell whether bytes go into what a path names as it is: a stream that the process was started with, or a terminal.

    ``/dev/stdout`` is a link to whatever file the output goes to; the link must not be replaced. A pipe in a folder is
    none: whoever reads it may never do so, and what writes to it waits as long.
    """
    path = Path(path)
    if not path.exists() or path.is_dir():
        return False
    if path.is_char_device():
        return True
    of_process = any(one.parts[1:2] == ("proc",) or one.parts[1:3] in _STREAMS for one in (path.absolute(), _end(path)))
    return of_process and (path.is_symlink() or path.is_fifo())


def _end(path: Path) -> Path:
    """Return where links lead to."""
    return Path(os.path.realpath(path))


def _what(path: Path) -> str:
    """Return what something is that is no file, with its article."""
    return "a pipe" if path.is_fifo() else "a socket" if path.is_socket() else "a device"


def _opened_stream(path: Path) -> BinaryIO:
    """Open a pipe or a device to write to; a pipe that nothing reads would be waited for without end."""
    if not hasattr(os, "O_NONBLOCK"):
        return path.open("ab")
    deadline = time.monotonic() + _READER_S
    while True:
        try:
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK)
            break
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            if time.monotonic() > deadline:
                raise OSError(errno.ENXIO, "no program reads from this pipe", str(path)) from error
            time.sleep(0.05)
    os.set_blocking(handle, True)
    return os.fdopen(handle, "wb")


def write_bytes(path: str | Path, content: bytes | memoryview) -> None:
    """Write a file of these bytes, completely or not at all.

    Raises
    ------
    XanesviewError
        If it can't be written.
    """
    with atomic_write(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: str | Path, text: str) -> None:
    """Write a file of this text in UTF-8, with the line ends that it has, completely or not at all.

    Raises
    ------
    XanesviewError
        If it can't be written.
    """
    write_bytes(path, writable(text).encode("utf-8"))


def text_stream(path: Path) -> TextIO:
    """Open a file to write text in UTF-8 into, with line ends as they are; what can't be encoded becomes “?”."""
    return path.open("w", encoding="utf-8", errors="replace", newline="\n")


def append_text(path: str | Path, text: str) -> None:
    """Lengthen a file by a text in UTF-8, by all of it or not at all; several programs may do so at the same time.

    Raises
    ------
    XanesviewError
        If it can't be written.
    """
    path, content = Path(path), writable(text).encode("utf-8")
    try:
        if is_no_file(path):
            raise OSError("it is a pipe or a device")  # which may wait for ever
        with path.open("ab", buffering=0) as stream:
            size = stream.tell()
            written = 0
            try:
                while written < len(content):
                    written += stream.write(content[written:])
            except OSError:
                if stream.tell() == size + written:  # nobody has written behind it since
                    stream.truncate(size)
                raise
    except OSError as error:
        raise cannot_write(path, error) from error


def made_folder(path: str | Path) -> Path:
    """Return a folder after making it, and those it lies in, where they are missing.

    Raises
    ------
    XanesviewError
        If it can't be made.
    """
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise XanesviewError(
            f"The folder {folder} cannot be made: {error.strerror or error}.", "Name another one, or make room."
        ) from error
    return folder


def no_folder(path: str | Path) -> XanesviewError:
    """Return what to tell of a file whose folder is not there."""
    folder = Path(path).parent
    if folder.exists():
        return XanesviewError(f"{folder} is a file, not a folder to write {Path(path).name} to.", "Name a folder.")
    return XanesviewError(f"There is no folder {folder} to write {Path(path).name} to.", "Make the folder first.")


def cannot_write(path: str | Path, error: OSError) -> XanesviewError:
    """Return what to tell of a file that the system does not let us write; of a temporary one, of what it will be."""
    path = Path(path)
    while path in _targets:
        path = _targets[path]
    reason = " ".join(str(error.strerror or error).split())[:160].rstrip(".")
    return XanesviewError(
        f"The file {path} cannot be written: {reason}.",
        "Choose another folder, or make room and check its permissions.",
    )


def _flush(path: Path) -> None:
    """Wait until the bytes are on the disk: some file systems tell of a full one only then."""
    with path.open("rb+") as stream:
        try:
            os.fsync(stream.fileno())
        except OSError as error:
            if error.errno not in _NO_FLUSHING:
                raise


def _mode(path: Path) -> int:
    """Return the permissions of the file to be replaced, or those a new file would get."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
