"""Errors that a user can meet: each has one sentence that says what happened and a hint that says what to do."""

from __future__ import annotations

import logging
import os
import re
import sys

log = logging.getLogger(__name__)


_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, halves of surrogates, and what turns the direction of writing."""


def has_unprintable(text: str) -> bool:
    """Tell whether a text holds what a terminal obeys instead of showing it."""
    return _UNPRINTABLE.search(text) is not None


def printable(text: str) -> str:
    """Return a text with a mark in the place of every character that a terminal would obey instead of showing it."""
    return _UNPRINTABLE.sub("�", text)


def visible(text: str) -> str:
    """Return a text with every character that a terminal would obey written as ``\\n``, ``\\x1b``, ``\\u202e``.

    Bytes of names that are no UTF-8, which Python has as halves of surrogates, are written as what they are: ``\\xff``.
    """
    return _UNPRINTABLE.sub(lambda found: _BYTE.sub(r"\\x\1", ascii(found[0])[1:-1]), text)


_BYTE = re.compile(r"\\udc([89a-f][0-9a-f])")


_LONG_VALUE = re.compile("“([^“”]{100})[^“”]{20,}”")


_LONG_NUMBER = re.compile(r"(?:(\d{20})\d{20,}|(\d{1,3}(?:,\d{3}){5})(?:,\d{3}){8,})…?")


def shortened(text: str) -> str:
    """Return a sentence in which quoted values and numbers that nobody can read in full are cut."""
    text = _LONG_VALUE.sub(r"“\1…”", text)
    return _LONG_NUMBER.sub(lambda found: f"{found[1] or found[2]}…", text)


def extra_hint(extra: str) -> str:
    """Return how one of the package's extras is had: not in a bundle, which brings no pip."""
    if getattr(sys, "frozen", False):
        return f"A bundle has no room for it: install xanesview with pip and its extra “{extra}”."
    return f"Install xanesview with its extra “{extra}”."


class XanesviewError(Exception):
    """Something a user caused or can mend.

    Window and command line show `message` and `hint` and go on; any other exception is a bug and reaches the
    exception hook.

    Parameters
    ----------
    message : str
        One full sentence: what happened. Long numbers, and long values in quotation marks, are cut.
    hint : str, optional
        What to do about it.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        message, hint = shortened(message), shortened(hint)
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message


class DamagedFileError(XanesviewError):
    """A file that was cut off or changed since the program wrote it, or that never was of its kind."""


class OddContent(ValueError):
    """What is wrong with a file's content, in words that stand inside a sentence: “sites without a structure”."""


class UsageError(XanesviewError):
    """A command line that cannot be understood; the program ends with exit code 2."""


class Cancelled(Exception):
    """The user cancelled what was running; this is not an error."""


_NO_MEMORY = ("failed to map segment", "cannot allocate memory", "can't start new thread", "bad_alloc")


def is_of_memory(error: BaseException) -> bool:
    """Tell whether a package could not be loaded, or a thread not begun, for lack of memory."""
    return isinstance(error, MemoryError) or any(words in str(error).lower() for words in _NO_MEMORY)


def why_not_loaded(error: ImportError | OSError) -> str:
    """Return why a package can't be used, to stand in brackets inside a sentence; the system's own words go to the log.

    An `OSError` comes of a shared library beside it that is missing, or that is for another machine.
    """
    log.info("A package could not be loaded.", exc_info=error)
    name = getattr(error, "name", None)
    if is_of_memory(error):
        return "there is not enough memory"
    if isinstance(error, ModuleNotFoundError) and name:
        return f"{name} is not installed"
    return f"{name or 'one of its libraries'} is damaged or made for another computer"


def in_plain_words(error: BaseException) -> str:
    """Return what is wrong with a file that a library could not read, to stand in brackets inside a sentence.

    What libraries say themselves is meant for who writes programs; it goes to the log.
    """
    import json
    import tomllib

    if isinstance(error, OddContent | XanesviewError):
        return str(error).rstrip(".")
    log.info("A file could not be read.", exc_info=error)
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}, column {error.colno} is no JSON"
    if isinstance(error, tomllib.TOMLDecodeError):
        line = re.search(r"at line (\d+)", str(error))
        return f"line {line[1]} is no TOML" if line else "it ends too early"
    if isinstance(error, UnicodeDecodeError):
        return "it is no text in UTF-8"
    if isinstance(error, ValueError) and "integer string conversion" in str(error):
        return "a number in it has too many digits"
    if isinstance(error, RecursionError):
        return "it nests too deep"
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    if isinstance(error, KeyError):
        return "a part of it is missing"
    return "its content is damaged or of another kind"
