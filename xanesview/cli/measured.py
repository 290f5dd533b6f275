"""Options by which a command line says what a file of a measurement leaves open, and what is told where it doesn't."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.cli.telling import tell_notice
from xanesview.errors import UsageError, XanesviewError

if TYPE_CHECKING:
    from xanesview.domain.measurement import Measurement
    from xanesview.domain.spectrum import Spectrum
    from xanesview.io.spectra.interpretation import Answers


ANSWERS = ("energy", "signal", "unit", "scan", "d_spacing")
"""What the command line may say of measured files, as argparse names it."""


def add_answers(p: argparse.ArgumentParser) -> None:
    """Add the options that decide what a measured file leaves open."""
    group = p.add_argument_group("measured files")
    group.add_argument(
        "--energy", metavar="COLUMN", help="column of energies, by name or number; the path of a dataset in HDF5"
    )
    group.add_argument(
        "--signal",
        metavar="EXPRESSION",
        help="an offered signal, a column, or an expression of columns such as ln(I0/It) or $3/$2",
    )
    group.add_argument(
        "--unit",
        metavar="UNIT",
        help="of the energies: eV, keV, meV, MeV, hartree, Ry, J, nm, Å, degrees, millidegrees, radians, milliradians, "
        "or a crystal such as Si(311)",
    )
    group.add_argument("--d-spacing", metavar="ANGSTROM", dest="d_spacing", help="of the monochromator, for angles")
    group.add_argument(
        "--scan", metavar="N", help="scan or group by number from 1 or by name, or “all” (default: first)"
    )


def answers_of(arguments: argparse.Namespace) -> Answers:
    """Return what the command line says of measured files.

    Raises
    ------
    UsageError
        If the d-spacing is no number.
    """
    from xanesview.io.spectra.interpretation import Answers

    spacing = getattr(arguments, "d_spacing", None)
    try:
        angstrom = None if spacing is None else float(spacing)
    except ValueError:
        raise UsageError(f"A d-spacing of “{spacing}” is no number.", "Give it in Å, such as 3.1356.") from None
    asked = {name: getattr(arguments, name, None) for name in ("energy", "signal", "unit", "scan")}
    return Answers(**asked, d_spacing_angstrom=angstrom)


def check_answers(files: Sequence[Path], arguments: argparse.Namespace, but: Sequence[str] = ()) -> None:
    """Refuse what is said of measured files where none of the files is one: nothing would come of it.

    Parameters
    ----------
    files : of the command
    arguments : of the command
    but : names of options that mean something else there

    Raises
    ------
    UsageError
        If something is said in vain.
    """
    given = [name for name in ANSWERS if name not in but and getattr(arguments, name, None) is not None]
    if not given or not files:
        return
    from xanesview.io.recognition import kind_of_file
    from xanesview.io.spectra.registry import CURVES, PREDICTIONS, TENSORS, spectrum_format

    for path in files:
        is_made = spectrum_format(path) in (CURVES, PREDICTIONS, TENSORS) if path.is_file() else path.is_dir()
        if not is_made and kind_of_file(path) not in ("structure", "session"):
            return
    option = f"--{given[0]}".replace("_", "-")
    raise UsageError(
        f"{option} belongs to measured files, and {files[0].name} is none.",
        "Leave it out; what xanesview wrote has its energies in eV, and its columns by name.",
    )


def told_measurement(path: Path, arguments: argparse.Namespace, all_scans: bool = False) -> Measurement:
    """Return the measurement of a file; what was taken or mended is told in notices.

    With `all_scans` nothing is said of the scans that were not taken, since all of them are.

    Raises
    ------
    XanesviewError
        If it can't be read, or tells no energies.
    """
    from xanesview.io.images.registry import is_image_file
    from xanesview.io.spectra.measurement_file import read_measurement

    try:
        found = read_measurement(path, answers_of(arguments))
    except UsageError:
        raise
    except XanesviewError as error:
        if not is_image_file(path):
            raise
        raise XanesviewError(
            f"{path.name} holds an image or a series, not one spectrum.",
            "Open it in the window, or map it by “xanesview map”.",
        ) from error
    told = {question.about for question in found.questions}
    for question in found.questions:
        if question.about == "scan" and all_scans:
            continue
        tell_notice(question.message, question.hint)
    scan = found.scans[0]
    formula = scan.signals[0].formula
    if "signal" not in told and any(mark in formula for mark in "()/*+"):
        tell_notice(f"{path.name}: the absorption is {_shortened(formula)}.")
    if (scan.energy_from and "degrees" in scan.energy_from) or "steps" in scan.energy_from:
        tell_notice(f"{path.name}: the energies are those of {scan.energy_from}.")
    for notice in found.notices:
        tell_notice(notice.message, notice.hint)
    return found


def measured_spectra(path: Path, arguments: argparse.Namespace) -> list[Spectrum]:
    """Return the spectra of a measured file that are asked for: one of each scan, of the first scan by default.

    Raises
    ------
    XanesviewError
        If it can't be read.
    """
    from xanesview.io.spectra.told_of_scans import told_of_scans

    found = told_measurement(path, arguments)
    scans = found.scans if (getattr(arguments, "scan", None) or "").lower() == "all" else found.scans[:1]
    for message in told_of_scans([scan.notices_of() for scan in scans]):
        tell_notice(f"{path.name}: {message}")
    label = {} if len(found.scans) > 1 or scans[0].label else {"label": path.stem}
    return [scan.spectrum(**label) for scan in scans]


def _shortened(formula: str) -> str:
    return formula if len(formula) <= 80 else f"{formula[:60]}…"
