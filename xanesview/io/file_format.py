"""What a file format is: its endings, how its content is recognised, and what reads and writes it.

A registry is a tuple of formats and the only list of their endings: file dialogs, drops on the window, the command
line and training ask it. The modules that read are imported when a file wants them, so that a registry costs nothing.
"""

from __future__ import annotations

import fnmatch
import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xanesview.errors import XanesviewError
from xanesview.io.text_file import begins_with, read_beginning, read_head

_HEAD_CHARACTERS = 20_000


@dataclass(frozen=True)
class Format:
    """One file format.

    Attributes
    ----------
    name : str
        As a file dialog shows it.
    endings : tuple[str, ...]
        In lower case with the point, the usual one first.
    module : str
        Where its functions are; imported when the first of them is called.
    sniff : str
        Function ``(text) -> bool``: whether the beginning of a text file is this format.
    read : str
        Function ``(path, text) -> content``, for binary formats ``(path) -> content``.
    write : str
        Function ``(path, content)``; none where the format is only read.
    names : tuple[str, ...]
        Patterns of whole file names where the format has no ending of its own, such as ``*POSCAR*``.
    magic : bytes
        First bytes of a binary format; text formats have none.
    has_frames : bool
        Whether ``read`` takes ``frame``, which one of several structures to read, from 0 or from the end below 0.
    recognise : str
        Function ``(path) -> bool`` that tells binary formats of the same first bytes from one another.
    is_general : bool
        Whether many files of other formats are content of this one too, so that it is asked last.
    mime : tuple[str, ...]
        Media types by which a desktop knows files of this format, as in its shared database of types.
    """

    name: str
    endings: tuple[str, ...]
    module: str
    sniff: str = ""
    read: str = ""
    write: str = ""
    names: tuple[str, ...] = ()
    magic: bytes = b""
    mime: tuple[str, ...] = ()
    has_frames: bool = False
    recognise: str = ""
    is_general: bool = False

    def is_named_by(self, path: Path) -> bool:
        """Tell whether a file is called like one of this format."""
        if path.suffix.lower() in self.endings:
            return True
        return any(fnmatch.fnmatchcase(path.name.lower(), pattern.lower()) for pattern in self.names)

    def is_content(self, text: str) -> bool:
        """Tell whether a text file that begins like this is of this format."""
        return bool(self.sniff) and bool(self.function("sniff")(text))

    def function(self, role: str) -> Callable[..., Any]:
        """Return what sniffs, reads or writes this format (`role`)."""
        return getattr(importlib.import_module(self.module), getattr(self, role))

    @property
    def patterns(self) -> str:
        """File name patterns as a dialog wants them: ``*.xyz *.extxyz``."""
        return " ".join([*self.names, *(f"*{ending}" for ending in self.endings)])


def of_file(formats: Sequence[Format], path: str | Path) -> Format | None:
    """Return the format of a file by its content alone, or None, also for a file that can't be read."""
    path = Path(path).expanduser()
    try:
        return of_magic(formats, read_head(path), path) or of_content(formats, path, read_beginning(path))
    except XanesviewError:
        return None


def of_content(formats: Sequence[Format], path: Path, text: str) -> Format | None:
    """Return the format that a text file's content is of, or None.

    Where several formats could be meant, the file's name decides, then the order of the registry.
    """
    head = text[:_HEAD_CHARACTERS]
    # a format that is named and meant wins over all others that are meant, so it is asked first
    named = [fmt for fmt in formats if fmt.is_named_by(path) and not fmt.is_general]
    others = [fmt for fmt in formats if fmt not in named and not fmt.is_general]
    last = [fmt for fmt in formats if fmt.is_general]
    return next((fmt for fmt in (*named, *others, *last) if fmt.is_content(head)), None)


def of_magic(formats: Sequence[Format], head: bytes, path: Path | None = None) -> Format | None:
    """Return the binary format that a file with these first bytes is of, or None.

    Formats that share their first bytes are told apart by the file itself, where its `path` is given.
    """
    for fmt in formats:
        told_apart = path is not None and fmt.recognise
        if fmt.magic and begins_with(head, fmt.magic) and (not told_apart or fmt.function("recognise")(path)):
            return fmt
    return None


def of_name(formats: Sequence[Format], path: Path) -> Format | None:
    """Return the format that a file is named after, or None."""
    return next((fmt for fmt in formats if fmt.is_named_by(path)), None)


def endings_of(formats: Sequence[Format]) -> tuple[str, ...]:
    """Return all endings of some formats, each once."""
    return tuple(dict.fromkeys(ending for fmt in formats for ending in fmt.endings))


def dialog_filter(title: str, formats: Sequence[Format]) -> str:
    """Return the filters of a file dialog: all formats together under a title, then one by one."""
    return ";;".join([f"{title} ({patterns_of(formats)})", *(f"{fmt.name} ({fmt.patterns})" for fmt in formats)])


def patterns_of(formats: Sequence[Format]) -> str:
    """Return the file name patterns of some formats together, each once: ``*.xyz *.cif``."""
    return " ".join(dict.fromkeys(pattern for fmt in formats for pattern in fmt.patterns.split()))


def words_of(formats: Sequence[Format]) -> str:
    """Return the names of some formats as a list in a sentence: "XYZ, CIF and PDB"."""
    names = [fmt.name for fmt in formats]
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]
