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


def curves_at_angles(path: Path, asked: argparse.Namespace, angles: Sequence[str]) -> list[Spectrum]:
    """Return the curves of a file beside predictions at several angles: all of its columns where it has one an angle.

    Columns whose titles are these angles come in their order; any other file gives what `plain_curves` does.

    Raises
    ------
    XanesviewError
        If the file can't be read, or holds a structure.
    """
    columns = _columns(path, asked)
    if len(columns) < 2:
        return plain_curves(path, asked)
    from xanesview.cli.telling import tell_notice
    from xanesview.io.spectra.angle_spectra import angles_of_columns

    titles = angles_of_columns(list(columns))
    if titles is None and len(columns) != len(angles):
        return plain_curves(path, asked)
    names = list(columns)
    try:
        wanted = [float(one) for one in angles]
    except ValueError:
        wanted = []
    if titles is not None and sorted(titles) == sorted(wanted):
        names = [names[titles.index(angle)] for angle in wanted]
    tell_notice(f"{path.name}: all its columns are curves: {', '.join(names)}.")
    return [columns[name] for name in names]


def _columns(path: Path, asked: argparse.Namespace) -> dict[str, Spectrum]:
    """Return the columns of a file of one scan that may be absorption, by name, in the order of the file.

    None of them where the command line says which signal or scan is meant, or the file tells which one is µ.
    """
    from xanesview.cli.measured import answers_of
    from xanesview.io.recognition import kind_of_file
    from xanesview.io.spectra.channels import role
    from xanesview.io.spectra.curves import exported_curves
    from xanesview.io.spectra.measurement_file import read_measurement

    if asked.signal is not None or kind_of_file(path) != "spectrum" or exported_curves(path) is not None:
        return {}
    if (asked.scan or "all").lower() != "all":
        return {}
    scans = read_measurement(path, answers_of(asked)).scans
    signals = {one.formula: one for one in scans[0].signals} if len(scans) == 1 else {}
    names = [one.name for one in (scans[0].channels if signals else ()) if one.name in signals]
    if any(role(name) in ("i0", "transmission", "reference") for name in names):
        return {}
    return {name: scans[0].spectrum(signals[name].name, f"{path.stem}, {name}") for name in names}


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
