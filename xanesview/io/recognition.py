"""Is a file a structure, a spectrum, an image or a session? Asked by dialogs, drops on the window, the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from xanesview.errors import XanesviewError
from xanesview.io import file_format
from xanesview.io.images import registry as images
from xanesview.io.session_mark import ENDING, FILTER, is_session_file
from xanesview.io.spectra import registry as spectra
from xanesview.io.structures import registry as structures

EVERY_KIND = (("Structures", structures.FORMATS), ("Spectra", spectra.FORMATS), ("Images and series", images.FORMATS))
"""All that can be opened, by kind."""
OPEN_FILTERS = ";;".join([
    f"All that xanesview reads ({file_format.patterns_of([fmt for _, formats in EVERY_KIND for fmt in formats])}"
    f" *{ENDING})",
    *(f"{title} ({file_format.patterns_of(formats)})" for title, formats in EVERY_KIND),
    *(f"{fmt.name} ({fmt.patterns})" for _, formats in EVERY_KIND for fmt in formats),
    FILTER,
    "All files (*)",
])  # fmt: skip
"""Filters of a dialog that opens anything: all of it, then by kind, then by format."""


def kind_of_file(path: str | Path) -> Literal["structure", "spectrum", "image", "session"] | None:
    """Return what a file holds: by its content, else by its name, or None where neither says.

    Formats of structures are told by more than columns of numbers, so they are asked first.
    """
    if is_session_file(path):
        return "session"
    if file_format.of_file(structures.FORMATS, path) is not None:
        return "structure"
    if images.is_image_file(path):
        return "image"
    if file_format.of_file(spectra.FORMATS, path) is not None:
        return "spectrum"
    if structures.structure_format(path) is not None:
        return "structure"
    return "spectrum" if spectra.spectrum_format(path) is not None else None


def spectra_of_folders(folders: Sequence[Path], *, beside_structures: bool = False) -> list[Path]:
    """Return the files of spectra in folders, by name; none where there is a structure among the files, unless asked.

    Hidden files and folders within a folder are passed over, as are files that can't be read.
    """
    found = []
    for folder in folders:
        for path in _files_in(folder):
            try:
                kind = kind_of_file(path)
            except (XanesviewError, OSError):
                continue
            if kind == "structure" and not beside_structures:
                return []
            if kind == "spectrum":
                found.append(path)
    return found


def _files_in(folder: Path) -> list[Path]:
    try:
        return sorted(one for one in folder.iterdir() if not one.name.startswith(".") and one.is_file())
    except OSError:  # whoever opens it says why
        return []
