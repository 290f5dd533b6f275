"""The command ``xanesview``: finds the subcommand; turns what goes wrong into one sentence, a hint and an exit code.

0: done. 1: an input can't be used. 2: wrong usage. 130, 143: ended by Ctrl+C, by the system. Never a traceback, unless
``--debug`` asks for it.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from xanesview.cli.arguments import parsed
from xanesview.cli.commands import command
from xanesview.cli.overwriting import check_named, check_not_read, check_writable
from xanesview.cli.telling import take_every_character, tell_error, tell_notice, tell_of_command
from xanesview.errors import Cancelled, UsageError, XanesviewError, is_of_memory
from xanesview.io.atomic import append_text, cannot_write, has_written
from xanesview.paths import forget_not_kept, log_dir, not_kept
from xanesview.processes import (
    Request,
    Terminated,
    ended_when_asked,
    exit_code,
    keep_to_installed_modules,
    leave,
    leave_if_some_run,
)

_NOTHING_WRITTEN = "This run has written no file; what was there before is as it was."

#: What the system says where there is no more room, or none to write in.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the program's name; those of the process by default.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    if sys.stderr is None:  # closed by whoever started the program: nobody wants to hear anything
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, for as long as the program runs
    take_every_character()
    if argv is None:  # the program itself; whoever calls this from a program of their own keeps their environment
        keep_to_installed_modules()
    forget_not_kept()
    with ended_when_asked(_tell_ended) as request:
        try:
            code = _answered(words, request)
        except KeyboardInterrupt as asked:
            raised = signal.SIGTERM if isinstance(asked, Terminated) else signal.SIGINT
            request.number = request.number or raised
            _tell_ended(request.number)
            code = exit_code(request.number)
            if argv is None:
                leave(code)  # taking down what large packages hold would last longer than was promised
    if argv is None:
        leave_if_some_run(code)
    return code


def _answered(words: list[str], request: Request) -> int:
    debug = "--debug" in words
    tell_of_command("")
    try:
        arguments = parsed(words)
        _check_folder()
        tell_of_command(" ".join([arguments.command, *[a for a in [getattr(arguments, "action", None)] if a]]))
        code = _run(arguments)
        _tell_what_is_not_kept(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()  # a full disk behind it is told here, not by the interpreter at its end
        return code
    except UsageError as error:
        return _told(error, 2)
    except XanesviewError as error:
        return _told(error, 1)
    except Cancelled:
        return _told(XanesviewError("Cancelled.", "Nothing was written."), 1)
    except BrokenPipeError:  # `xanesview info FILE | head` has seen enough
        sys.stdout = None
        return 0
    except OSError as error:
        if debug:
            raise
        known = _bad_name(error)
        return _told(known, 2) if known else _told(_no_room(error) or _unexpected(error), 1)
    except SystemExit as end:  # argparse, after --help or --version
        _end_if_asked(request, end)  # Lightning, when it is interrupted
        return end.code if isinstance(end.code, int) else 0
    except ModuleNotFoundError as error:
        if debug:
            raise
        hint = "Install xanesview again, with the extra that this command needs."
        return _told(XanesviewError(f"The package {error.name} is missing.", hint), 1)
    except MemoryError:
        if debug:
            raise
        return _told(_no_memory(), 1)
    except Exception as error:  # the command line's exception hook: told in one line, kept in the log
        _end_if_asked(request, error)
        if debug:
            raise
        if isinstance(error, ImportError | RuntimeError) and is_of_memory(error):
            return _told(_no_memory(), 1)
        return _told(_bad_backend(error) or _unexpected(error), 1)


def _check_folder() -> None:
    """Refuse to work in a folder that was removed: libraries then end the process in words of their own."""
    try:
        os.getcwd()
    except OSError as error:
        raise XanesviewError(
            "The folder in which the program was started is not there any more.", "Change to another one and try again."
        ) from error


def _no_memory() -> XanesviewError:
    hint = "Close other programs, or ask for fewer sites or structures at a time."
    return XanesviewError("There is not enough memory.", hint)


def _end_if_asked(request: Request, made_of_it: BaseException) -> None:
    """Raise KeyboardInterrupt where a library has made something else of the one that a signal has raised."""
    if request.number is not None:
        raise KeyboardInterrupt from made_of_it


def _run(arguments: argparse.Namespace) -> int:
    check_named(arguments)
    check_not_read(arguments)
    check_writable(arguments)
    run = command(arguments.command).run
    if arguments.debug or arguments.command == "gui":
        return int(run(arguments) or 0)
    with warnings.catch_warnings(), _threads_logged():
        warnings.simplefilter("ignore")  # what other packages mutter is not an answer; our notices are told by name
        return int(run(arguments) or 0)


@contextlib.contextmanager
def _threads_logged() -> Iterator[None]:
    """Keep in the log what ends another thread; a full disk, which the main thread meets itself, is told by that one.

    A package's thread that writes beside ours would print its trace between our sentences.
    """

    def hook(failed: threading.ExceptHookArgs) -> None:
        error = failed.exc_value
        if not isinstance(error, Exception) or (isinstance(error, OSError) and error.errno in _NO_ROOM):
            return
        tell_error(_unexpected(error))

    former, threading.excepthook = threading.excepthook, hook
    try:
        yield
    finally:
        threading.excepthook = former


def _tell_ended(number: int) -> None:
    """Say that the program ends since a signal has asked it to."""
    message = "Interrupted." if number == signal.SIGINT else "Ended, as the system asked."
    if number == getattr(signal, "SIGHUP", None):
        message = "Ended, since the terminal was closed."
    hint = "Files written before are complete." if has_written() else _NOTHING_WRITTEN
    with contextlib.suppress(OSError):  # the terminal may be gone
        tell_error(XanesviewError(message, hint))


def _tell_what_is_not_kept(arguments: argparse.Namespace) -> None:
    """Say once that a command had to do without a folder of the user's own; the window says it itself."""
    error = not_kept()
    if error is not None and arguments.command != "gui":
        tell_notice(error.message, error.hint)


def _told(error: XanesviewError, code: int) -> int:
    """Write the error and its hint on standard error, each on one line."""
    tell_error(error)
    return code


def _no_room(error: OSError) -> XanesviewError | None:
    """Return what to tell of a disk without room, None where the system complains of something else."""
    if error.errno not in _NO_ROOM:
        return None
    if error.filename is None:
        sys.stdout = None  # what it still holds can't go anywhere
    return cannot_write(error.filename or "that the output goes to", error)


def _bad_name(error: OSError) -> UsageError | None:
    """Return what to tell of a file name that the system takes for none, None where it complains of something else."""
    if error.errno != errno.ENAMETOOLONG:
        return None
    name = Path(os.fsdecode(error.filename or "")).name
    return UsageError(f"The file name “{name[:40]}…” is too long ({len(name)} letters).", "Give a shorter one.")


def _bad_backend(error: Exception) -> XanesviewError | None:
    """Return what to tell where matplotlib can't be loaded for what the environment says, None for other errors."""
    name = os.environ.get("MPLBACKEND", "")
    if not (isinstance(error, ValueError) and name and "backend" in str(error)):
        return None
    return XanesviewError(f"The variable MPLBACKEND names no backend of matplotlib (“{name[:40]}”).", "Unset it.")


def _unexpected(error: Exception) -> XanesviewError:
    """Write the trace to a log file and return what to tell."""
    import datetime
    import traceback

    from xanesview.version import __version__

    kind = f"{type(error).__name__}: {' '.join(str(error).split())[:120]}".rstrip(": ")
    try:
        path = log_dir() / "command-line.log"
        now = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
        append_text(path, f"\n{now} xanesview {__version__} {sys.argv}\n" + "".join(traceback.format_exception(error)))
    except XanesviewError:
        return XanesviewError(f"Something unexpected happened ({kind}).", "Run it again with --debug to see where.")
    return XanesviewError(f"Something unexpected happened ({kind}).", f"The details are in {path}; please report them.")
