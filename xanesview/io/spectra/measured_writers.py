"""Scans written for other programs: CSV, XDI and Athena projects; NeXus is written by `nexus_writer`.

A writer takes all scans it is given, or refuses more than it can hold, and tells where each signal comes from.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from xanesview.domain.file_names import writable
from xanesview.domain.geometry.geometry import exact
from xanesview.domain.measurement import Scan, Signal
from xanesview.errors import XanesviewError
from xanesview.io.atomic import atomic_write, text_stream
from xanesview.io.cell_text import as_text
from xanesview.io.spectra.provenance import provenance

_XDI_NAMES = {"absorption": "mu", "normalised": "norm", "transmission": "mutrans", "fluorescence": "mufluor",
              "reference": "murefer", "yield": "muyield"}  # fmt: skip
_LONGEST_NOTE = 8000
_ONE_SCAN = "Choose one by --scan N; Athena projects (.prj) and NeXus (.h5) hold several."


def write_csv(path: Path, scans: Sequence[Scan]) -> None:
    """Write a table: ``energy_ev`` first, then one named column a signal; provenance in ``#`` lines on top.

    Raises
    ------
    XanesviewError
        If the scans have different energies, or the file can't be written.
    """
    energy = scans[0].energy_ev
    if any(not np.array_equal(scan.energy_ev, energy) for scan in scans[1:]):
        raise XanesviewError(f"The {len(scans)} scans have different energies, which one table can't hold.", _ONE_SCAN)
    names, columns, lines = ["energy_ev"], [energy], []
    for scan in scans:
        for signal in scan.signals:
            name = signal.name if len(scans) == 1 else f"{scan.label}: {signal.name}"
            name = _unused(as_text(" ".join(name.replace(",", ";").replace('"', "'").split())), names)
            names.append(name)
            columns.append(signal.values)
            lines.append(f"signal {name}: {signal.formula} ({signal.kind})")
    header = provenance(unit="arb. u.")
    header |= {(f"measured {key}" if key in header else key): value for key, value in _facts(scans).items()}
    with atomic_write(path) as temporary, text_stream(temporary) as stream:
        stream.writelines(f"# {key}: {value}\n" for key, value in header.items())
        stream.writelines(f"# {line}\n" for line in lines)
        csv.writer(stream, lineterminator="\n").writerow(names)
        for row in np.column_stack(columns).tolist():
            stream.write(",".join(exact(value) if np.isfinite(value) else "" for value in row) + "\n")


def write_xdi(path: Path, scans: Sequence[Scan]) -> None:
    """Write XAS Data Interchange: energies and signals of one scan, with the fields that its file had.

    References
    ----------
    XAS Data Interchange, specification 1.0: https://github.com/XraySpectroscopy/XAS-Data-Interchange

    Raises
    ------
    XanesviewError
        If there are several scans, or the file can't be written.
    """
    if len(scans) != 1:
        raise XanesviewError(f"XDI holds one scan, not {len(scans)}.", _ONE_SCAN)
    scan = scans[0]
    names: list[str] = ["energy"]
    for signal in scan.signals:
        usual = _XDI_NAMES.get(signal.kind, "")
        word = usual if usual and usual not in names else re.sub(r"\W+", "_", signal.name, flags=re.ASCII).strip("_")
        names.append(_unused(word or "signal", names))
    header = provenance()
    lines = ["XDI/1.0 xanesview/" + header["program"].split()[-1], "Column.1: energy eV"]
    lines += [f"Column.{k}: {name}" for k, name in enumerate(names[1:], start=2)]
    lines += [f"{_field(key)}: {value}" for key, value in _facts(scans).items() if "." in key]
    lines += [f"xanesview.{name}: {signal.formula}" for name, signal in zip(names[1:], scan.signals)]
    lines += ["///", f"{scan.label}", f"written {header['date']}"]
    lines += [f"{key}: {value}" for key, value in _facts(scans).items() if "." not in key]
    with atomic_write(path) as temporary, text_stream(temporary) as stream:
        stream.writelines(f"# {line}\n" for line in lines)
        stream.write("#" + "-" * 60 + "\n# " + "  ".join(names) + "\n")
        for row in np.column_stack([scan.energy_ev, *(signal.values for signal in scan.signals)]).tolist():
            stream.write("  ".join(exact(value) if np.isfinite(value) else "nan" for value in row) + "\n")


def write_athena(path: Path, scans: Sequence[Scan]) -> None:
    """Write an Athena project of one group a scan: its first signal, and the settings it had where it came from one.

    Energies are written as they are shown, without a shift.

    Raises
    ------
    XanesviewError
        If the file can't be written.
    """
    text = ["# Athena project file -- Demeter version 0.9.26", f"# written by {provenance()['program']}", ""]
    for number, scan in enumerate(scans):
        signal = scan.signals[0]
        usable = np.isfinite(signal.values)
        group = _group_name(number)
        settings = _athena_settings(scan, signal, group)
        text.append(f"$old_group = '{group}';")
        text.append("@args = (" + ",".join(f"{_perl(key)},{_perl(value)}" for key, value in settings.items()) + ");")
        for name, values in (("x", scan.energy_ev[usable]), ("y", signal.values[usable])):
            text.append(f"@{name} = (" + ",".join(f"'{exact(value)}'" for value in values.tolist()) + ");")
        text += ["[record]   # create object and set arrays in ifeffit", ""]
    text += ["@journal = ();", "", "1;", "", "# Local Variables:", "# truncate-lines: t", "# End:", ""]
    with atomic_write(path) as temporary:
        temporary.write_bytes(gzip.compress(writable("\n".join(text)).encode("utf-8"), mtime=0))


def _athena_settings(scan: Scan, signal: Signal, group: str) -> dict[str, str]:
    energy = scan.energy_ev
    e0 = energy[int(np.nanargmax(np.gradient(np.nan_to_num(signal.values), energy)))]
    below, above = energy[0] - e0, energy[-1] - e0
    element, _, edge = scan.facts.get("edge", "").partition(" ")  # of a prediction, such as “C K”
    usual = {
        "bkg_e0": f"{e0:.3f}", "bkg_pre1": f"{below:.3f}", "bkg_pre2": f"{below / 3:.3f}",
        "bkg_nor1": f"{above / 4:.3f}", "bkg_nor2": f"{above:.3f}", "bkg_nnorm": "2", "bkg_flatten": "1",
        "bkg_z": scan.facts.get("element.symbol") or element or "H",
        "fft_edge": (scan.facts.get("element.edge") or edge or "K").lower(),
        "is_xmu": "1", "is_chi": "0", "is_nor": "1" if signal.kind == "normalised" else "0", "recordtype": "mu(E)",
        "datatype": "norm" if signal.kind == "normalised" else "xmu",
    }  # fmt: skip
    own = {
        "label": scan.label, "tag": group, "datagroup": group, "bkg_eshift": "0", "npts": str(len(energy)),
        "source": scan.facts.get("file", ""), "annotation": _annotation(scan, signal),
    }  # fmt: skip
    kept = scan.settings if "bkg_e0" in scan.settings else {}
    return {**usual, **kept, **own}


def _annotation(scan: Scan, signal: Signal) -> str:
    """Return what a group's note says: how its signal was made, and all that is known of it."""
    facts = [f"{key}: {value}" for key, value in _facts([scan]).items()]
    return " | ".join([f"{signal.name} = {signal.formula}", *facts])[:_LONGEST_NOTE]


def _group_name(number: int) -> str:
    """Return five letters, a different word for each number."""
    letters = ""
    for _ in range(5):
        number, place = divmod(number, 26)
        letters = chr(97 + place) + letters
    return letters


def _perl(value: str) -> str:
    escaped = " ".join(str(value).split()).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _facts(scans: Sequence[Scan]) -> Mapping[str, str]:
    """Return the facts that all scans share, each on one line, and where the energies come from."""
    shared = {key: value for key, value in scans[0].facts.items() if all(one.facts.get(key) == value for one in scans)}
    if scans[0].energy_from:
        shared["energies from"] = scans[0].energy_from
    return {key: " ".join(str(value).split()) for key, value in shared.items()}


def _field(key: str) -> str:
    family, name = key.split(".", 1)
    plain = re.sub(r"\W", "_", name)
    return f"{family.capitalize()}.{plain}"


def _unused(name: str, taken: Sequence[str]) -> str:
    unused, number = name, 2
    while unused in taken:
        unused, number = f"{name} {number}" if " " in name else f"{name}_{number}", number + 1
    return unused
