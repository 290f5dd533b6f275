"""How command lines name a molecule and its geometry: ``--smiles``, ``--relax``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from xanesview.cli.arguments import frame_asked
from xanesview.cli.telling import say_in_place
from xanesview.errors import UsageError, XanesviewError

if TYPE_CHECKING:
    from pathlib import Path

    from xanesview.domain.structure import Structure


def add_relaxation(p: argparse.ArgumentParser, files: bool = True) -> None:
    """Add the option for how geometries are relaxed; `files` says whether it concerns those of files, too."""
    of_files = "; a file's geometry is taken as it is, unless gfn2 is asked for" if files else ""
    p.add_argument(
        "--relax", choices=("none", "mmff", "gfn2"),
        help="how the geometry of a SMILES is relaxed: not, with the force field MMFF94, or then with GFN2-xTB "
        f"(default: gfn2, where tblite is installed and the molecule allows it){of_files}",
    )  # fmt: skip


def built(smiles: str, arguments: argparse.Namespace) -> Structure:
    """Return the molecule of a SMILES string, relaxed as the command line asks."""
    from xanesview import api

    return api.from_smiles(smiles, arguments.relax, progress=_progress(smiles, arguments))


def read(path: str | Path, arguments: argparse.Namespace) -> Structure:
    """Return the structure of a file, relaxed only where the command line asks for it."""
    from xanesview import api

    check_relaxes_files(arguments)
    structure = api.read(path, frame_asked(arguments))
    if arguments.relax != "gfn2":
        return structure
    return api.relaxed(structure, progress=_progress(structure.name or structure.formula, arguments))


def check_relaxes_files(arguments: argparse.Namespace) -> None:
    """Refuse --relax mmff for the geometry of a file.

    Raises
    ------
    UsageError
        Since a force field needs bond orders, which a geometry doesn't tell.
    """
    if arguments.relax == "mmff":
        raise UsageError(
            "--relax mmff relaxes molecules from SMILES only.", "Give --relax gfn2 to relax a file's geometry."
        )


def _progress(name: str, arguments: argparse.Namespace) -> Callable[[int, float], None] | None:
    """Return what tells of a relaxation on a terminal, in one line that goes when it is over; else None."""
    if getattr(arguments, "quiet", False) or not sys.stderr.isatty():
        return None

    def tell(step: int, force: float) -> None:
        words = f"relaxing {name[:40]}: step {step}, largest force {force:.3f} eV/Å"
        say_in_place(words)

    return tell


def listed(path: Path) -> Iterator[tuple[str, ...]]:
    """Yield the words of each line of a list of molecules: name, SMILES, and what else stands there.

    Raises
    ------
    XanesviewError
        For a file that can't be read, or a line without a SMILES.
    """
    for _, words in listed_lines(path):
        yield words


def listed_lines(path: Path) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield number, from 1, and words of each line of a list, as `listed` does."""
    from xanesview.io.text_file import read_text

    for number, line in enumerate(read_text(path).splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) < 2:
            raise XanesviewError(f"Line {number} of {path.name} holds no SMILES.", "Write a line “NAME SMILES”.")
        yield number, tuple(words)
