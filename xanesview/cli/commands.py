"""One table of the subcommands; the parser, the dispatch and the list of ``xanesview --help`` read it.

A further subcommand is a file of this room, called like it, and one line in `COMMANDS`. The file has
``add_arguments(parser)``, which says what may stand on the command line, and ``run_NAME(arguments)``, which does the
work and returns the exit code. It is loaded for its own command line only, help included; so that help answers at
once, what is heavy is imported where it is used.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable
from types import ModuleType
from typing import NamedTuple


class Command(NamedTuple):
    """One subcommand: its name and what it is for, as ``--help`` lists it."""

    name: str
    line: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Let the command's file say what may stand on its command line."""
        self._module().add_arguments(parser)

    @property
    def run(self) -> Callable[[argparse.Namespace], int | None]:
        """What runs the command."""
        return getattr(self._module(), f"run_{self._file}")

    @property
    def _file(self) -> str:
        return self.name.replace("-", "_")

    def _module(self) -> ModuleType:
        return importlib.import_module(f"xanesview.cli.{self._file}")


COMMANDS: tuple[Command, ...] = (
    Command("gui", "open the window (also without this word)"),
    Command("predict", "predict spectra and write them as CSV or HDF5"),
    Command("series", "predict spectra over an angle, as numbers or a figure"),
    Command("animate", "show a structure and its spectrum side by side while an angle turns, as a movie"),
    Command("fit-tilt", "fit the tilt of orbitals or molecules in a film to spectra at several angles"),
    Command("plot", "draw predicted or measured spectra as a figure"),
    Command("convert", "write measured or predicted spectra as CSV, XDI, NeXus or an Athena project"),
    Command("render", "draw a structure as a picture, a glTF scene or a page, without a window"),
    Command("surface", "cut a slab from a bulk crystal by Miller index"),
    Command("edit", "move, exchange, add or delete atoms, turn groups, relax; repeat, strain, rattle"),
    Command("conformers", "find the conformers of a SMILES, with energies and shares, as frames of a file"),
    Command("process", "apply the steps of a recipe to spectra, and write each with what was done"),
    Command("fit", "fit a prediction to measured spectra: shift, scale, offset, width, edge step"),
    Command("rank", "put structures in the order in which they fit a measured spectrum"),
    Command("map", "map of what the spectra of an image or a series are made of, and what they tell"),
    Command("evaluate", "measure a network on a split of a data file, or how it follows rotations"),
    Command("calibrate", "fit how a network's spectra are drawn as measured, and write it to its card"),
    Command("compare-networks", "measure several networks on the same sites of one edge"),
    Command("train", "train a network"),
    Command("ablate", "train the variants of a network on equal budgets"),
    Command("info", "tell what a structure file holds and which networks suit it"),
    Command("networks", "list the networks that are there, broken ones with what is wrong"),
    Command("import-checkpoint", "make a network bundle of the weights that its authors published"),
    Command("properties", "read properties of a molecule from its C K-edge spectrum"),
    Command("compute", "compute K-edge spectra of molecules from first principles (extra “abinitio”)"),
    Command("dataset", "make a data file of computed spectra, or tell what one holds"),
    Command("reference", "look into the library of computed spectra"),
    Command("library", "keep your own references and folders, search and export them"),
)


def command(name: str) -> Command:
    """Return the subcommand of this name."""
    return next(one for one in COMMANDS if one.name == name)
