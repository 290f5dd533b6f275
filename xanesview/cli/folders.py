"""Folders of spectra where files may be named: all spectra inside, and what is said of those that can't be used."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from xanesview.cli.telling import say
from xanesview.domain.counts import counted
from xanesview.errors import UsageError, XanesviewError
from xanesview.io.text_file import is_folder

FORMATS = ("csv", "xdi", "h5", "prj")


def spectra_in(folder: Path) -> list[Path]:
    """Return the files of spectra in a folder by name, whatever else lies there.

    Raises
    ------
    XanesviewError
        If there is none.
    """
    from xanesview.io.recognition import spectra_of_folders

    found = spectra_of_folders([folder], beside_structures=True)
    if not found:
        raise XanesviewError(f"There is no spectrum in {folder}.", "Name a folder with files of spectra in it.")
    return found


def with_folders_opened(names: list[str]) -> list[str]:
    """Return the names of files, with the spectra of a folder in its place, and say how many they are."""
    from xanesview.cli.telling import tell_notice

    result = []
    for name in names:
        folder = Path(name).expanduser()
        if not is_folder(folder):
            result.append(name)
            continue
        inside = spectra_in(folder)
        tell_notice(f"{counted(len(inside), 'spectrum', 'spectra')} of {folder} drawn.")
        result += map(str, inside)
    return result


def convert_folder(arguments: argparse.Namespace, convert: Callable[[argparse.Namespace], int]) -> int:
    """Convert each file of spectra of a folder into a file of the same name in another folder.

    A file that can't be converted keeps no other from it; it is told of.

    Raises
    ------
    XanesviewError
        If none can be, or the folder can't be made.
    """
    from xanesview.cli.telling import tell_notice

    source, target = Path(arguments.file).expanduser(), Path(arguments.out).expanduser()
    if target.suffix and not target.is_dir():
        raise UsageError(
            f"“{arguments.out}” is a file, and a folder is converted.", "Name a folder: --out FOLDER --format xdi."
        )
    files = spectra_in(source)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise XanesviewError(f"{target} can't be made: {error.strerror or error}.", "Name another folder.") from None
    done = 0
    for path in files:
        out = target / f"{path.stem}.{arguments.format or FORMATS[0]}"
        one = argparse.Namespace(**{**vars(arguments), "file": str(path), "out": str(out), "format": None})
        try:
            convert(one)
            done += 1
        except XanesviewError as error:
            tell_notice(f"{path.name} left out: {error.message}", error.hint)
    if not done:
        raise XanesviewError(f"No spectrum of {source} can be converted.", "Convert one of them to see why.")
    say(f"{target}: {done:,} of {counted(len(files), 'file')}")
    return 0
