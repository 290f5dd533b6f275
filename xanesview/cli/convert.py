"""``xanesview convert``: any spectra that are read, written as CSV, XDI, NeXus or an Athena project."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.cli.folders import FORMATS, convert_folder
from xanesview.cli.measured import add_answers, check_answers, told_measurement
from xanesview.cli.telling import say, tell_notice
from xanesview.domain.counts import counted
from xanesview.errors import UsageError, XanesviewError

if TYPE_CHECKING:
    from xanesview.domain.measurement import Scan
    from xanesview.domain.spectrum import Spectrum


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    p.add_argument(
        "file", metavar="FILE",
        help="measured or computed spectra, predictions, exported curves, a saved session; or a folder of spectra",
    )  # fmt: skip
    p.add_argument(
        "--out", required=True, metavar="FILE.csv|xdi|h5|prj",
        help="what is written; the ending says how. Of a folder a folder",
    )  # fmt: skip
    p.add_argument("--format", choices=FORMATS, help="of the files that a folder is converted into (default csv)")
    add_answers(p)


def run_convert(arguments: argparse.Namespace) -> int:
    """Read one file, or each of a folder, and write its scans in another format."""
    from xanesview.io.recognition import kind_of_file
    from xanesview.io.spectra.curves import write_curves
    from xanesview.io.spectra.written import on_absolute_energies, scans_of_own, writer_of
    from xanesview.io.text_file import check_is_file, is_folder

    if is_folder(Path(arguments.file).expanduser()):
        return convert_folder(arguments, run_convert)
    if arguments.format is not None:
        raise UsageError("--format is for a folder of spectra.", "Of one file the ending of --out says how.")
    source, target = Path(arguments.file).expanduser(), Path(arguments.out).expanduser()
    writer = writer_of(target)
    check_is_file(source)
    check_answers([source], arguments, but=("scan",))
    if writer.name == "CSV" and kind_of_file(source) == "session":  # as the window saves them, each on its energies
        spectra = _curves_of_session(source, arguments)
        write_curves(target, spectra)
        say(f"{target}: {counted(len(spectra), 'curve')}")
        return 0
    scans = _scans(source, arguments, writer.holds_several)
    if not writer.says_axis and any(scan.axis == "relative" for scan in scans):
        scans = on_absolute_energies(scans, writer.name)
        tell_notice(f"Energies of {source.name} count from E0, which was added.", f"{writer.name} holds absolute ones.")
    if arguments.signal is not None:
        scans = [_with_one_signal(scan) for scan in scans]
    if writer.name == "Athena project":
        _tell_columns(source, scans)
    asked_all = (arguments.scan or "").strip().lower() == "all"
    if writer.holds_several or len(scans) == 1:
        writer.write(target, scans)
        say(f"{target}: {counted(len(scans), 'scan')}")
        return 0
    if not asked_all:
        writer.write(target, scans[:1])
        say(f"{target}: {counted(len(scans[0].signals), 'signal')} of “{scans[0].label}”")
        if kind_of_file(source) == "session" or scans_of_own(source) is not None:  # of measured ones it was told
            _tell_left_out(source, scans[1:])
        return 0
    try:
        writer.write(target, scans)
        say(f"{target}: {counted(len(scans), 'scan')}")
    except XanesviewError:  # on different energies: a file each
        for number, scan in enumerate(scans, start=1):
            one = target.with_name(f"{target.stem}_{number}{target.suffix}")
            writer.write(one, [scan])
            say(f"{one}: “{scan.label}”")
    return 0


def _tell_columns(source: Path, scans: Sequence[Scan]) -> None:
    """Say which columns of a file a project has no place for."""
    from xanesview.io.spectra.measured_writers import left_out_of_athena

    columns = left_out_of_athena(scans)
    if columns:
        names = ", ".join(f"“{name}”" for name in columns[:4]) + (", …" if len(columns) > 4 else "")
        message = f"Columns of {source.name} that are no absorption were left out: {names}."
        tell_notice(message, "CSV, XDI and NeXus hold them; --signal makes one of them the absorption.")


def _tell_left_out(source: Path, scans: Sequence[Scan]) -> None:
    """Say which scans, or curves on energies of their own, were not asked for."""
    names = ", ".join(f"“{scan.label}”" for scan in scans[:3]) + (", …" if len(scans) > 3 else "")
    tell_notice(
        f"{counted(len(scans), 'more scan')} of {source.name} left out: {names}.",
        "--scan all writes them, too, into files of their own where energies differ.",
    )


def _scans(source: Path, arguments: argparse.Namespace, all_scans: bool) -> list[Scan]:
    """Return the scans of a file; of several spectra that are no measurement, those on one grid together."""
    from xanesview.io.recognition import kind_of_file
    from xanesview.io.spectra.told_of_scans import told_of_scans
    from xanesview.io.spectra.written import scans_of_own, together

    if kind_of_file(source) == "session":
        return together(_curves_of_session(source, arguments))
    own = scans_of_own(source)
    if own is not None:
        if arguments.scan and arguments.scan.strip().lower() != "all":
            raise UsageError(f"{source.name} has no scans to choose from.", "Leave --scan out.")
        return own
    if kind_of_file(source) == "structure":
        raise XanesviewError(
            f"{source.name} is a structure, not a spectrum.", "“xanesview predict” makes spectra of it."
        )
    found = told_measurement(source, arguments, all_scans)
    all_written = all_scans or (arguments.scan or "").strip().lower() == "all"
    written = found.scans if all_written else found.scans[:1]
    if not any(_is_usable(scan, arguments.signal is not None) for scan in written):
        written[0].spectrum()  # refuses, with what is lacking
    for message in told_of_scans([scan.notices_of() for scan in written])[:5]:
        tell_notice(f"{source.name}: {message}")
    return list(found.scans)


def _is_usable(scan: Scan, only_first: bool) -> bool:
    """Tell whether one of the signals that are written has points enough for a spectrum."""
    import numpy as np

    from xanesview.domain.measurement import FEWEST_POINTS

    written = scan.signals[:1] if only_first else scan.signals
    return any(np.isfinite(one.values).sum() >= FEWEST_POINTS for one in written)


def _curves_of_session(path: Path, arguments: argparse.Namespace) -> list[Spectrum]:
    """The curves of a session, as sums over the sites that are picked in it."""
    from xanesview.cli.session_figure import check_settled, opened_session

    check_settled(arguments)
    spectra = opened_session(path).spectra()
    if not spectra:
        raise XanesviewError(f"{path.name} shows no curve.", "Open it in the window and pick a site.")
    return spectra


def _with_one_signal(scan: Scan) -> Scan:
    import dataclasses

    return dataclasses.replace(scan, signals=scan.signals[:1])
