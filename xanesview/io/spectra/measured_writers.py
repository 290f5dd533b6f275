"""Scans written for other programs: CSV, XDI and Athena projects; NeXus is written by `nexus_writer`.

A writer takes all scans it is given, or refuses more than it can hold, and tells where each signal comes from.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from xanesview.domain.file_names import writable
from xanesview.domain.geometry.geometry import exact
from xanesview.domain.measurement import KIND_KEY, UNIT_KEY, Scan, Signal
from xanesview.errors import XanesviewError
from xanesview.io.atomic import atomic_write, text_stream
from xanesview.io.cell_text import as_text
from xanesview.io.spectra.athena import HEADER, NOTE_COLUMN, NOTE_SIGN, WRITTEN_BY
from xanesview.io.spectra.own_notes import WHOLE, element_and_edge, notes_of
from xanesview.version import __version__

_XDI_NAMES = {"absorption": "mu", "normalised": "norm", "transmission": "mutrans", "fluorescence": "mufluor",
              "reference": "murefer", "yield": "muyield"}  # fmt: skip
_LONGEST_WORD = 50
_ENERGIES_FROM = "energies from"
_ONE_SCAN = "Choose one by --scan N; Athena projects (.prj) and NeXus (.h5) hold several."


def write_csv(path: Path, scans: Sequence[Scan]) -> None:
    """Write a table: ``energy_ev`` first, then one named column a signal; provenance in ``#`` lines on top.

    Raises
    ------
    XanesviewError
        If the scans have different energies, or the file can't be written.
    """
    scan = _joined(scans)
    names = ["energy_ev"]
    for signal in scan.signals:
        names.append(_unused(as_text(" ".join(signal.name.replace(",", ";").replace('"', "'").split())), names))
    header = notes_of(scan, names[1:])
    if UNIT_KEY not in scan.facts:
        header.insert(3, f"{UNIT_KEY}: arb. u.")
    with atomic_write(path) as temporary, text_stream(temporary) as stream:
        stream.writelines(f"# {line}\n" for line in header)
        csv.writer(stream, lineterminator="\n").writerow(names)
        for row in np.column_stack([scan.energy_ev, *(signal.values for signal in scan.signals)]).tolist():
            stream.write(",".join(exact(value) if np.isfinite(value) else "" for value in row) + "\n")


def _joined(scans: Sequence[Scan]) -> Scan:
    """Return scans on the same energies as one; what not all of them share stays with the signals."""
    first = scans[0]
    if len(scans) == 1:
        return first
    if any(scan.axis != first.axis or not np.array_equal(scan.energy_ev, first.energy_ev) for scan in scans[1:]):
        raise XanesviewError(f"The {len(scans)} scans have different energies, which one table can't hold.", _ONE_SCAN)
    told = [{**scan.facts, **({_ENERGIES_FROM: scan.energy_from} if scan.energy_from else {})} for scan in scans]
    shared = {key: value for key, value in told[0].items() if all(one.get(key) == value for one in told)}
    signals = []
    for scan, facts in zip(scans, told):
        own = {key: value for key, value in facts.items() if shared.get(key) != value}
        if scan.kind != first.kind:
            own[KIND_KEY] = scan.kind
        signals += [replace(one, name=f"{scan.label}: {one.name}", facts={**own, **one.facts}) for one in scan.signals]
    energy_from = shared.pop(_ENERGIES_FROM, "")
    return replace(first, signals=tuple(signals), channels=(), facts=shared, energy_from=energy_from, settings={})


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
        names.append(_unused(word[:_LONGEST_WORD] or "signal", names))
    fields = {_field(key): key for key in scan.facts if "." in key and _field(key).lower() == key}
    edge = element_and_edge(scan.facts)
    lines = [f"XDI/1.0 xanesview/{__version__}", "Column.1: energy eV"]
    lines += [f"Column.{k}: {name}" for k, name in enumerate(names[1:], start=2)]
    lines += [f"{field}: {' '.join(scan.facts[key].split())}" for field, key in fields.items()]
    lines += [f"{field}: {word}" for field, word in zip(("Element.symbol", "Element.edge"), edge)
              if word and field not in fields]  # fmt: skip
    whole = [key for key in fields.values() if scan.facts[key] == " ".join(scan.facts[key].split())]
    lines += ["///", *notes_of(scan, names[1:], but=whole)]
    with atomic_write(path) as temporary, text_stream(temporary) as stream:
        stream.writelines(f"# {line}\n" for line in lines)
        stream.write("#" + "-" * 60 + "\n# " + "  ".join(names) + "\n")
        for row in np.column_stack([scan.energy_ev, *(signal.values for signal in scan.signals)]).tolist():
            stream.write("  ".join(exact(value) if np.isfinite(value) else "nan" for value in row) + "\n")


def write_athena(path: Path, scans: Sequence[Scan]) -> None:
    """Write an Athena project of a group for each signal, but raw columns, with the settings of projects it came from.

    Energies are written as they are shown, without a shift; what is known of a group stands in its note.

    Raises
    ------
    XanesviewError
        If the file can't be written.
    """
    text = [f"{HEADER} -- Demeter version 0.9.26", f"{WRITTEN_BY} {__version__}", ""]
    groups = [
        (scan, signal, number if len(_shown(scan)) > 1 else 0)
        for number, scan in enumerate(scans, start=1) for signal in _shown(scan)
    ]  # fmt: skip
    for place, (scan, signal, number) in enumerate(groups):
        usable = np.isfinite(signal.values)
        group = _group_name(place)
        settings = _athena_settings(scan, signal, group, number)
        text.append(f"$old_group = '{group}';")
        text.append("@args = (" + ",".join(f"{_perl(key)},{_perl(value)}" for key, value in settings.items()) + ");")
        for name, values in (("x", scan.energy_ev[usable]), ("y", signal.values[usable])):
            text.append(f"@{name} = (" + ",".join(f"'{exact(value)}'" for value in values.tolist()) + ");")
        text += ["[record]   # create object and set arrays in ifeffit", ""]
    text += ["@journal = ();", "", "1;", "", "# Local Variables:", "# truncate-lines: t", "# End:", ""]
    with atomic_write(path) as temporary:
        temporary.write_bytes(gzip.compress(writable("\n".join(text)).encode("utf-8"), mtime=0))


def _shown(scan: Scan) -> tuple[Signal, ...]:
    """Return the signals of a scan that a project holds: the first, and all others but columns as they were counted."""
    return tuple(one for k, one in enumerate(scan.signals) if k == 0 or one.kind != "raw")


def left_out_of_athena(scans: Sequence[Scan]) -> list[str]:
    """Return the names of the signals that a project doesn't hold, each once."""
    return list({one.name: None for scan in scans for one in scan.signals if one not in _shown(scan)})


def _athena_settings(scan: Scan, signal: Signal, group: str, number: int) -> dict[str, str]:
    energy = scan.energy_ev
    e0 = energy[int(np.nanargmax(np.gradient(np.nan_to_num(signal.values), energy)))]
    below, above = energy[0] - e0, energy[-1] - e0
    element, edge = element_and_edge({**scan.facts, **signal.facts})
    usual = {
        "bkg_e0": f"{e0:.3f}", "bkg_pre1": f"{below:.3f}", "bkg_pre2": f"{below / 3:.3f}",
        "bkg_nor1": f"{above / 4:.3f}", "bkg_nor2": f"{above:.3f}", "bkg_nnorm": "2", "bkg_flatten": "1",
        "bkg_z": element or "H", "fft_edge": (edge or "K").lower(),
        "is_xmu": "1", "is_chi": "0", "is_nor": "1" if signal.kind == "normalised" else "0", "recordtype": "mu(E)",
        "datatype": "norm" if signal.kind == "normalised" else "xmu",
    }  # fmt: skip
    own = {
        "label": scan.label if signal is scan.signals[0] else f"{scan.label}: {signal.name}",
        "tag": group, "datagroup": group, "bkg_eshift": "0", "npts": str(int(np.isfinite(signal.values).sum())),
        "source": scan.facts.get("file", ""), "annotation": _annotation(scan, signal, number),
    }  # fmt: skip
    kept = scan.settings if "bkg_e0" in scan.settings else {}
    return {**usual, **kept, **own}


def _annotation(scan: Scan, signal: Signal, number: int) -> str:
    """Return what a group's note says: how its signal was made, and all that is known of it."""
    whole = [f"{WHOLE}: {number}"] if number else []
    lines = notes_of(replace(scan, signals=(signal,), channels=()), [NOTE_COLUMN], NOTE_SIGN)
    return f" {NOTE_SIGN} ".join([f"{signal.name} = {signal.formula}".replace(NOTE_SIGN, "/"), *whole, *lines])


def _group_name(number: int) -> str:
    """Return five letters, a different word for each number."""
    letters = ""
    for _ in range(5):
        number, place = divmod(number, 26)
        letters = chr(97 + place) + letters
    return letters


def _perl(value: str) -> str:
    escaped = " ".join(str(value).splitlines()).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _field(key: str) -> str:
    family, name = key.split(".", 1)
    plain = re.sub(r"\W", "_", name)
    return f"{family.capitalize()}.{plain}"


def _unused(name: str, taken: Sequence[str]) -> str:
    unused, number = name, 2
    while unused in taken:
        unused, number = f"{name} {number}" if " " in name else f"{name}_{number}", number + 1
    return unused
