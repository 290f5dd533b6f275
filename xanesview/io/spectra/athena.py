"""Athena projects: every group with its own settings, from Perl's literals (packed or not) or JSON.

The energies are those that Athena shows: its shift of the group (``bkg_eshift``) is added. Its other settings are
kept, not applied; E0 and the ranges of its normalisation stand among the facts, for whoever normalises it. Groups of
χ(k) or of detector pixels have no energies and are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.processing.stored_edge import KEY, StoredEdge
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError, in_plain_words
from xanesview.io.spectra.expression import quoted
from xanesview.io.spectra.interpretation import Answers
from xanesview.io.spectra.own_notes import WHOLE, are_one_scan, read_notes, with_notes
from xanesview.io.spectra.packed import beginning_of, unpacked_text
from xanesview.io.spectra.perl_literals import NoLiteral, assignments
from xanesview.io.spectra.raw_table import Offer, RawTable
from xanesview.io.text_file import LARGEST, plain_float

#: Kind of the notice that a group's energies have its shift in them: nothing failed.
SHIFTED = "energies-shifted"
HEADER = "# Athena project file"
WRITTEN_BY = "# written by xanesview"
"""Second line of a project that this program wrote: one that Athena has saved since has another head."""
NOTE_SIGN, NOTE_COLUMN = "|", "mu"
"""What parts the lines of a note of this program's, and what its one signal is called there."""
_HEADER = HEADER.removeprefix("# ")
_ARRAYS = ("x", "y", "i0", "signal", "stddev")
_NAMES = {"x": "energy", "y": "mu"}
_LONGEST_SETTING = 400
_MOST_GROUPS = 5000
_NOTE = "annotation"
_LONGEST_NOTE = 1_000_000
_UNENDED = "[unended]"
"""Key of a group whose record has no end."""
_CUT_OFF = "It may be cut off; save the project again, or copy the file again."


def looks_like_athena(text: str) -> bool:
    """Tell whether a text begins as a project does, in Perl's literals or JSON."""
    return _HEADER in text[:1000]


def is_athena(path: Path) -> bool:
    """Tell whether a packed file is a project."""
    return looks_like_athena(beginning_of(path))


def read_athena(path: Path, answers: Answers) -> tuple[RawTable, ...]:
    """Return the groups of a project that have energies.

    Raises
    ------
    XanesviewError
        If the file is damaged or holds no such group.
    """
    text = unpacked_text(path)
    is_own = WRITTEN_BY in text[:1000]
    groups = _json_groups(text, path) if text.lstrip().startswith("{") else _perl_groups(text)
    tables, without, is_cut = [], 0, False
    for group in groups:
        table = _table(group, path, is_own)
        if table is not None and tables and are_one_scan(tables[-1], table):
            tables[-1] = _with_signal(tables[-1], table)
        elif table is None and group.get(_UNENDED):
            is_cut = True
        elif table is None:
            without += 1
        else:
            tables.append(table)
        if len(tables) > _MOST_GROUPS:
            raise XanesviewError(f"{path.name} has more than {_MOST_GROUPS:,} groups.", "Save fewer to a project.")
    if not tables:
        if is_cut:
            raise XanesviewError(f"The project {path.name} ends amid its first group.", _CUT_OFF)
        what = f"{counted(without, 'group')}, none of them over energies" if without else "no groups"
        raise XanesviewError(f"The project {path.name} holds {what}.", _CUT_OFF)
    tables = [
        one.replace(facts={key: value for key, value in one.facts.items() if key != WHOLE})
        if one.energy_from is not None else one for one in tables
    ]  # fmt: skip
    notices = [Notice("cut-off", "The project ends amid a group, which was left out.", _CUT_OFF)] if is_cut else []
    if without:
        left = counted(without, "group without energies was", "groups without energies were")
        notices.append(Notice("spectrum-scans", f"{left} left out."))
    tables[0] = tables[0].replace(notices=(*tables[0].notices, *notices))
    return tuple(tables)


def _perl_groups(text: str) -> Iterator[dict[str, object]]:
    group: dict[str, object] = {}
    for name, value in assignments(text):
        if name == "[record]":
            yield group
            group = {}
        elif isinstance(value, NoLiteral):
            continue
        elif name == "old_group":
            group = {"old_group": value}
        elif name in ("args", "xdi", *_ARRAYS):
            group[name] = value
    if group:  # the last record's end is missing
        yield {**group, _UNENDED: True}


def _json_groups(text: str, path: Path) -> Iterator[dict[str, object]]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise XanesviewError(f"{path.name} can't be read as JSON ({in_plain_words(error)}).", _CUT_OFF) from error
    if not isinstance(content, dict):
        raise XanesviewError(f"{path.name} is no Athena project.", _CUT_OFF)
    for name, group in content.items():
        if isinstance(group, dict) and "x" in group:
            yield {**group, "old_group": name}


def _with_signal(table: RawTable, other: RawTable) -> RawTable:
    """Return a table with the signal of another group of the same scan."""
    name = f"mu {len(table.offers) + 1}"
    (offer,) = other.offers
    return table.replace(
        names=(*table.names, name),
        values=np.column_stack([table.values, other.values[:, 1]]),
        units=(*table.units, ""),
        offers=(*table.offers, replace(offer, expression=quoted(name))),
    )


def _of_own(table: RawTable, note: str, is_own: bool) -> RawTable:
    """Return a group that this program wrote with all that its note tells; any other as it is."""
    lines = [line.strip() for line in note.split(NOTE_SIGN)]
    notes = read_notes(lines[1:], [NOTE_COLUMN])  # the first is for readers
    if notes is None:
        return table
    edge = {} if is_own or KEY not in table.facts else {KEY: table.facts[KEY]}  # of Athena, which has saved it since
    facts = {"file": table.facts["file"], **notes.facts, **edge, **({WHOLE: notes.whole} if notes.whole else {})}
    read = with_notes(
        table.replace(facts={}, values=table.values[:, :2], names=("energy", NOTE_COLUMN), units=()), notes
    )
    return read.replace(facts=facts, label=notes.label if is_own else table.label)


def _table(group: Mapping[str, object], path: Path, is_own: bool) -> RawTable | None:
    """Return a group as a table, or None where it is not over energies.

    Parameters
    ----------
    is_own : whether the project is as this program wrote it
    """
    settings = _settings(group.get("args"))
    columns = {name: _numbers(group.get(name)) for name in _ARRAYS}
    n_points = len(columns["x"])
    kind = settings.get("recordtype", "") or settings.get("datatype", "")
    if settings.get("is_chi", "0") not in ("0", "") or kind.startswith("chi") or "pixel" in kind:
        return None
    if settings.get("is_pixel", "0") not in ("0", "") or n_points < 3 or len(columns["y"]) != n_points:
        return None
    names = [name for name in _ARRAYS if len(columns[name]) == n_points]
    is_normalised = settings.get("is_nor", "0") not in ("0", "") or kind.startswith("norm")
    label = " ".join((settings.get("label", "") or str(group.get("old_group", "")) or "group").split())
    shift, notices = _shift(settings.get("bkg_eshift", "0"), label)
    args = group.get("args")
    told = dict(zip(map(str, args[::2]), args[1::2])) if isinstance(args, list) else args
    note = told.get(_NOTE, "") if isinstance(told, dict) else ""
    table = RawTable(
        names=tuple(_NAMES.get(name, name) for name in names),
        values=np.column_stack([columns[name] for name in names]),
        label=label,
        facts={
            "file": path.name,
            **_facts(settings, group.get("xdi")),
            **({} if is_normalised else _stored_edge(settings)),
        },
        settings=settings,
        energy=0,
        unit="keV" if np.nanmin(columns["x"]) > 0.0 and np.nanmax(columns["x"]) < 150.0 else "eV",
        added_ev=shift,
        offers=(
            Offer("normalised µ" if is_normalised else "µ", "mu", "normalised" if is_normalised else "absorption"),
            *(Offer(name, name, "raw") for name in names[2:] if name != "stddev"),
        ),
        is_sure=True,
        notices=tuple(notices),
    )
    return _of_own(table, note[:_LONGEST_NOTE], is_own) if isinstance(note, str) and note else table


def _shift(told: str, label: str) -> tuple[float, list[Notice]]:
    """Return what is added to the energies of a group, eV, and what is told of it."""
    shift = _number(told)
    if not np.isfinite(shift):
        message = f"Athena's shift of “{label[:60]}” (bkg_eshift: “{told[:30]}”) is no number; none was added."
        return 0.0, [Notice("spectrum-shift", message, "Correct the shift in Athena and save the project again.")]
    if not shift:
        return 0.0, []
    return shift, [Notice(SHIFTED, f"Athena's shift of “{label[:60]}”, {shift:g} eV, is part of its energies.")]


def _settings(args: object) -> dict[str, str]:
    """Return a group's settings, from a list of keys and values or a mapping."""
    if isinstance(args, list):
        args = {str(key): value for key, value in zip(args[::2], args[1::2])}
    if not isinstance(args, dict):
        return {}
    return {str(key): _setting(value) for key, value in args.items()}


def _setting(value: object) -> str:
    if isinstance(value, list):
        value = "; ".join(str(one) for one in value[:50] if not isinstance(one, list | dict))
    if value is None or isinstance(value, dict):
        return ""
    text = " ".join(str(value)[: 2 * _LONGEST_SETTING].split())[:_LONGEST_SETTING]
    return "" if text == "@&^^null^^&@" else text


def _facts(settings: Mapping[str, str], xdi: object) -> dict[str, str]:
    facts = {}
    metadata = xdi.get("metadata") if isinstance(xdi, dict) else None
    if isinstance(metadata, dict):
        for family, fields in metadata.items():
            if isinstance(fields, dict):
                facts |= {f"{family}.{key}".lower(): _setting(one) for key, one in fields.items() if _setting(one)}
    told = {"element.symbol": settings.get("bkg_z", ""), "element.edge": settings.get("fft_edge", "").upper()}
    facts |= {key: value for key, value in told.items() if value}
    if settings.get("titles"):
        facts["title"] = settings["titles"]
    return facts


def _stored_edge(settings: Mapping[str, str]) -> dict[str, str]:
    """Return how Athena normalises a group, where it says so: its E0 counts on the shifted energies."""
    numbers = [_number(settings.get(f"bkg_{name}", "nan")) for name in ("e0", "pre1", "pre2", "nor1", "nor2", "nnorm")]
    e0, *ranges, terms = numbers
    if not np.isfinite(numbers).all() or not e0 > 0.0 or not 1 <= terms <= 4:
        return {}
    flatten = settings.get("bkg_flatten", "1") not in ("0", "")
    return {KEY: StoredEdge(e0, *ranges, degree=int(terms) - 1, flatten=flatten).as_text()}


def _numbers(values: object) -> np.ndarray:
    if not isinstance(values, list):
        return np.empty(0)
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        array = np.array([_number(one) if not isinstance(one, list | dict) else np.nan for one in values])
    return np.where(np.abs(array) < LARGEST, array, np.nan) if array.ndim == 1 else np.empty(0)


def _number(value: object) -> float:
    try:
        number = plain_float(value) if isinstance(value, str) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return 0.0 if value in ("", None) else float("nan")
    return number if abs(number) < LARGEST else float("nan")
