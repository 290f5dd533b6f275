"""The structures that come with the program, and the reference spectra that belong to them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.paths import resource

if TYPE_CHECKING:
    from xanesview.io.spectra.tensor_file import TensorFile


@dataclass(frozen=True)
class Example:
    """One bundled structure.

    ``name`` is what a command names, ``title`` and ``line`` what a window shows; ``references`` are HDF5 files of
    polarised spectra computed at exactly this geometry; ``thumbnail`` is an SVG drawing or None; ``sites`` are the
    absorbers to begin with, none where the program may choose.
    """

    name: str
    title: str
    line: str
    path: Path
    references: list[Path] = field(default_factory=list)
    thumbnail: Path | None = None
    sites: tuple[int, ...] = ()


@lru_cache(maxsize=1)
def _read_index() -> tuple[Example, ...]:
    folder = resource("examples")
    try:
        entries = json.loads((folder / "index.json").read_text(encoding="utf-8"))["examples"]
        return tuple(
            Example(
                entry["name"],
                entry["title"],
                entry["line"],
                folder / entry["file"],
                [folder / name for name in entry.get("references", [])],
                folder / entry["thumbnail"] if entry.get("thumbnail") else None,
                tuple(entry.get("sites", ())),
            )
            for entry in entries
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise XanesviewError(
            "The list of bundled examples is missing or damaged.", "Install xanesview again."
        ) from error


def examples() -> list[Example]:
    """Return the bundled examples in the order to show them.

    Raises
    ------
    XanesviewError
        If the installation is incomplete.
    """
    return list(_read_index())


def find_example(name: str) -> Example:
    """Return the example of that name or title.

    Raises
    ------
    XanesviewError
        If there is none; the hint lists the names.
    """
    wanted = name.strip().lower()
    for example in examples():
        if wanted in (example.name.lower(), example.title.lower()):
            return example
    raise XanesviewError(
        f"There is no example “{name}”.", "Examples: " + ", ".join(example.name for example in examples()) + "."
    )


def load_example(name: str) -> Structure:
    """Return the structure of a bundled example.

    Raises
    ------
    XanesviewError
        If there is none of that name.
    """
    from xanesview.io.structures.registry import read_structure

    return read_structure(find_example(name).path)


def load_reference_tensor(path: str | Path) -> AbsorptionTensor:
    """Return the polarised reference spectra of an HDF5 file; see `xanesview.io.spectra.tensor_file.read_tensor`."""
    return load_reference_file(path).tensor


def load_reference_file(path: str | Path) -> TensorFile:
    """Return the same with what the file says of itself, such as the structure it belongs to."""
    from xanesview.io.spectra.tensor_file import (
        read_tensor,  # h5py takes long to load, and lists of examples don't need it
    )

    return read_tensor(path)
