"""Which structures come with the program, and how they are named where a file may be."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from xanesview.errors import XanesviewError
from xanesview.paths import resource

#: What stands before an example's name where a file may be named.
PREFIX = "example:"


@dataclass(frozen=True)
class Example:
    """One bundled structure.

    ``name`` is what a command names, ``title`` and ``line`` what a window shows; ``references`` are HDF5 files of
    polarised spectra computed at exactly this geometry; ``thumbnail`` is an SVG drawing or None.
    """

    name: str
    title: str
    line: str
    path: Path
    references: list[Path] = field(default_factory=list)
    thumbnail: Path | None = None


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


def bundled(path: str | Path) -> Path | None:
    """Return the file of the example that ``example:NAME`` names; None for any other path.

    Raises
    ------
    XanesviewError
        If there is none of that name.
    """
    text = str(path)
    return find_example(text.removeprefix(PREFIX)).path if text.startswith(PREFIX) else None


def with_examples(names: Iterable[str]) -> list[str]:
    """Return names of files with those of examples, ``example:NAME``, as their files.

    Raises
    ------
    XanesviewError
        If there is no example of such a name.
    """
    return [name if (found := bundled(name)) is None else str(found) for name in names]


def named_from_anywhere(path: str | Path) -> str:
    """Return a path that holds in whatever folder it is read: ``example:NAME`` also in whatever installation."""
    path = Path(path).absolute()
    found = next((one.name for one in examples() if one.path.absolute() == path), None)
    return str(path) if found is None else f"{PREFIX}{found}"
