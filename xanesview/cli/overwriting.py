"""No command writes over a file that it reads, nor computes for long what it then can't write."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from pathlib import Path

from xanesview.errors import UsageError
from xanesview.io.atomic import check_target, check_target_folder

_WRITTEN = ("out", "json", "report", "steps", "screenshot")
"""Options that name what is written."""

_NAMES = (*_WRITTEN, "network", "reader", "config", "start", "measured")
"""Options whose value is a name."""

_INTO_FOLDERS = ("compute", "process", "train", "ablate", "import-checkpoint")
"""Commands whose ``--out`` is a folder; that of ``predict`` is one where it has no ending."""


def check_named(arguments: argparse.Namespace) -> None:
    """Check that no name that a command line gives is empty, as that of an unset variable is.

    Raises
    ------
    UsageError
        naming the option.
    """
    for name in _NAMES:
        value = getattr(arguments, name, None)
        if any(isinstance(one, str) and not one.strip() for one in (value if isinstance(value, list) else [value])):
            option = "from" if name == "start" else name
            raise UsageError(f"--{option} is given an empty name.", f"Write a name behind --{option}.")


def check_not_read(arguments: argparse.Namespace) -> None:
    """Check that what a command line names to be written is no file that it names to be read, by links neither.

    Raises
    ------
    UsageError
        naming the file.
    """
    values = vars(arguments)
    check_apart([values[name] for name in _WRITTEN if isinstance(values.get(name), str)], read_files(arguments))


def check_writable(arguments: argparse.Namespace) -> None:
    """Check that all that a command line names to be written can be, before anything is computed for it.

    Raises
    ------
    XanesviewError
        naming what is in the way, such as a missing folder.
    OSError
        for a name that is too long.
    """
    for option in _WRITTEN:
        value = getattr(arguments, option, None)
        for name in value if isinstance(value, list) else [value]:
            if name == "-" and option == "json":
                continue  # said of numbers that are printed, also by --json alone
            if name == "-":
                raise UsageError("Nothing is written to “-”.", "Give the name of a file, or of a folder.")
            if isinstance(name, str):
                check = check_target_folder if _is_for_a_folder(arguments.command, option, name) else check_target
                check(_path(name))


def _is_for_a_folder(command: str, option: str, name: str) -> bool:
    if option == "report" or (option == "out" and command in _INTO_FOLDERS):
        return True
    path = _path(name)
    alone = not path.suffix and not path.exists()
    return command == "predict" and (path.is_dir() or name.endswith(("/", "\\")) or alone)


def read_files(arguments: argparse.Namespace) -> list[Path]:
    """Return the files that a command line names, apart from those to be written."""
    named: list[str] = []
    for name, value in vars(arguments).items():
        if name not in _WRITTEN:
            named += [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str | Path)]
    return [path for path in map(_path, named) if _is_file(path)]


def check_apart(written: Iterable[str | Path], read: Iterable[Path]) -> None:
    """Check that no file to be written is one of those that are read.

    Raises
    ------
    UsageError
        naming the file.
    """
    targets, read = [path for path in map(_path, written) if _is_file(path)], list(read)
    for target in targets:
        if any(os.path.samefile(target, path) for path in read):
            raise UsageError(f"{target} is a file that is read; it is not written over.", "Give another name.")


def _path(name: str | Path) -> Path:
    return Path(os.path.expanduser(name))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, a null character: told by what reads it
        return False
