"""Curves of files as they are, for commands that process measured spectra, and curves that recipes name."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from xanesview.cli.measured import ANSWERS
from xanesview.domain.processing.steps.step import Step
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError

_AS_THEY_ARE = {
    "sites": "sum", "polarisation": None, "theta": None, "phi": None, "powder": False, "experiment": None,
    "degree": None, "axis": None, "fwhm": None, "drawn_as": "computed", "network": None, "edge": None, "frame": None,
}  # fmt: skip


def plain_curves(path: Path, asked: argparse.Namespace | None = None) -> list[Spectrum]:
    """Return the curves of a file: those that were exported, the sum of a prediction, or a measured spectrum.

    Parameters
    ----------
    path : file
    asked : what the command line says of measured files, see `xanesview.cli.measured`

    Raises
    ------
    XanesviewError
        If the file can't be read, or holds a structure.
    """
    from xanesview.cli.file_curves import curves_of, exported_curves_of
    from xanesview.io.recognition import kind_of_file

    answers = {} if asked is None else {name: getattr(asked, name, None) for name in ANSWERS}
    arguments = argparse.Namespace(**_AS_THEY_ARE, **answers)
    exported = exported_curves_of(path, arguments)
    if exported is None:
        if kind_of_file(path) == "structure":
            raise XanesviewError(
                f"{path.name} holds a structure, not a spectrum.",
                "Predict it first: xanesview predict FILE --out spectra.csv.",
            )
        exported = curves_of(path, arguments)
    return exported


def curves_of_recipe(
    steps: Sequence[Step], recipe: Path, files: Iterable[Path]
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return the other curves that a recipe's steps name, as (energies, intensities) by name.

    A name is that of one of the files on the command line, with or without its ending, else of a file beside the
    recipe.

    Raises
    ------
    XanesviewError
        If one of them can't be read, lies elsewhere, or holds several curves.
    """
    given = {name: path for path in files for name in (path.stem, path.name)}
    found = {}
    for step in steps:
        for name in step.curves_named() if step.on else ():
            if not name or name in found:
                continue
            if name not in given and Path(name).name != name:
                raise XanesviewError(
                    f"The recipe names the curve “{name[:80]}”, which is neither on the command line nor beside it.",
                    "Name the file on the command line, and only its name in the recipe.",
                )
            path = given.get(name, recipe.parent / name)
            curves = plain_curves(path)
            if len(curves) != 1:
                raise XanesviewError(
                    f"{path.name} holds {len(curves)} curves; a recipe needs one.", "Write it to a file of its own."
                )
            found[name] = (curves[0].energy_ev, curves[0].intensity)
    return found
