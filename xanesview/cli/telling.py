"""What the command line says on standard error: errors with a hint, notices."""

from __future__ import annotations

import codecs
import contextlib
import io
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TextIO

from xanesview.domain.counts import counted
from xanesview.errors import XanesviewError, shortened, visible
from xanesview.io.atomic import write_text
from xanesview.paths import log_dir


def take_every_character() -> None:
    """Let standard output and error write what their encoding lacks as ``\\x..``: a file may be called anything."""
    codecs.register_error(_AS_BYTES, _as_bytes)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_AS_BYTES)


_AS_BYTES = "xanesview.as_bytes"


def _as_bytes(error: UnicodeError) -> tuple[str | bytes, int]:
    """Write bytes of names that are no UTF-8 as what they are, ``\\xff``; of Python they come as ``\\udcff``."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    said, end = codecs.backslashreplace_errors(error)
    return _SURROGATE.sub(r"\\x\1", said), end


_SURROGATE = re.compile(r"\\udc([89a-f][0-9a-f])")


_command: str = ""


def tell_of_command(words: str) -> None:
    """Say for which command hints are from now on, such as “dataset build”; empty for none."""
    global _command
    _command = words
    _told.clear()


def _help() -> str:
    return f"“{' '.join(word for word in ('xanesview', _command, '--help') if word)}” shows what can be given."


def say(*parts: object, end: str = "\n", file: TextIO | None = None, flush: bool = False) -> None:
    """Write one line, on standard output unless another stream is named: the one door, as `print` is called.

    What names of files, curves and signals hold that a terminal obeys is written as ``\\n`` and ``\\x1b``.
    """
    print(visible(" ".join(map(str, parts))), end=end, file=file, flush=flush)


def say_lines(text: str, end: str = "\n", flush: bool = False) -> None:
    """Write a table or a description that was made of lines, on standard output; see `in_lines`."""
    print(in_lines(text.split("\n")), end=end, flush=flush)


def in_lines(lines: Iterable[str]) -> str:
    """Return lines as a text, what a terminal would obey in them written as ``\\n`` and ``\\x1b``."""
    return "\n".join(visible(line) for line in lines)


def say_in_place(words: str, is_last: bool = False) -> None:
    """Write how far it is over what was written so before, on standard error."""
    print(f"\r{visible(words)}\x1b[K", end="\n" if is_last else "\r", file=sys.stderr, flush=True)


def tell_error(error: XanesviewError, about: str = "") -> None:
    """Write ``error:`` and ``hint:`` lines on standard error."""
    message = _shown(error.message)
    hint = _shown(error.hint) or _help()
    print(f"error: {visible(about)}{': ' if about else ''}{message}", file=sys.stderr)
    print(f"hint: {hint}", file=sys.stderr)


def _shown(text: str) -> str:
    """Return a sentence on one line, what a terminal would obey in it written as ``\\n`` and ``\\x1b``."""
    return re.sub(" {2,}", " ", visible(shortened(text).strip()))


def tell_notice(message: str, hint: str = "") -> None:
    """Write a ``notice:`` line on standard error."""
    joint = ":" if hint and message[-1:] not in (".", ":", "?", "!", "…") else ""
    print("notice: " + _shown(f"{message}{joint} {hint}"), file=sys.stderr)


_told: set[str] = set()


_kept: list[str] | None = None


@contextlib.contextmanager
def keeping_what_is_told_once() -> Iterator[list[str]]:
    """Keep the notices of `tell_once` in a list instead of writing them: another process tells them, for all."""
    global _kept
    _kept = kept = []
    try:
        yield kept
    finally:
        _kept = None


def tell_once(message: str) -> None:
    """Write a notice, unless it is empty or was written before: one that holds for many structures is one line."""
    if message and _kept is not None:
        _kept.append(message)
    elif message and message not in _told:
        _told.add(message)
        tell_notice(message)


def tell_of_network(name: str | None) -> None:
    """Say in a notice, once, where another network takes the place of the one meant by a name, or by default."""
    from xanesview.networks.card import DEFAULT_NETWORK, look_up

    info = look_up(name or DEFAULT_NETWORK)
    if info is not None:
        tell_once(info.notice)


#: So many damaged files are named; of more the number is told, and where all of them stand.
MOST_NAMED = 3
_ALL_NAMED = "left_out.txt"


def tell_damaged(found: Mapping[str, str], n_all: int, fate: str) -> None:
    """Say in one notice what became of results that could not be used.

    Parameters
    ----------
    found : name of the file and the sentence that tells what is wrong with it
    n_all : so many results there are
    fate : such as “left out”
    """
    if not found:
        return
    told = [f"{name} ({_reason(message, name)})" for name, message in found.items()]
    named, others = told[:MOST_NAMED], len(told) - MOST_NAMED
    more = [f"and {others} more{where_all_stand(told)}"] if others > 0 else []
    share = f"{len(found)} of {counted(n_all, 'result')} {'was' if len(found) == 1 else 'were'}"
    tell_notice(f"{share} {fate}: {'; '.join(named + more)}.")


def where_all_stand(lines: Sequence[str]) -> str:
    """Write what is too much for a terminal among the logs; return where, to follow in a sentence, or nothing."""
    path = log_dir() / _ALL_NAMED
    try:
        write_text(path, "".join(f"{_shown(line)}\n" for line in lines))
    except XanesviewError:
        return ""
    return f" ({path} names all of them)"


def _reason(message: str, name: str) -> str:
    """Return a sentence on a file without the file's name."""
    return message.removeprefix(name).strip().removeprefix("is ").rstrip(".")
