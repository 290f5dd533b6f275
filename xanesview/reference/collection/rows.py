"""Rows of the collection's file: how a spectrum, and what is known of it, stand in its tables."""

from __future__ import annotations

import hashlib
import json
import math
import re
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.io.json_text import json_text
from xanesview.reference.collection.entry import (
    EDITABLE,
    THUMBNAIL_POINTS,
    Description,
    Entry,
    Record,
    thumbnail_of,
)
from xanesview.reference.collection.file import Damaged, has_index

_MOST_WORDS = 2000
LISTED = (
    "number, name, compound, element, edge, angle_deg, tags, citation, kind, source, missing, thumbnail, first_ev, "
    "last_ev"
)
"""The columns of which `entry_of` makes an entry."""
NUMBERS = (
    "energy_ev, intensity, unit, axis, native_fwhm_ev, kind, facts, name, compound, element, edge, angle_deg, tags, "
    "citation, source, digest"
)
"""The columns of which `spectrum_of` makes a spectrum."""


def keep_row(database: sqlite3.Connection, record: Record, source: str, state: str) -> int:
    """Keep one spectrum; 0 where its user has removed it."""
    spectrum, told = record.spectrum, record.told
    energy, intensity = spectrum.energy_ev.astype("<f8").tobytes(), spectrum.intensity.astype("<f8").tobytes()
    digest = hashlib.sha256(energy + intensity).hexdigest()
    alike = "SELECT number, edited FROM spectrum WHERE digest = ?"
    if not source:  # what a file holds, or was kept before, is kept once
        known = database.execute(alike, (digest,)).fetchone()
        if known is not None:
            return known[0]
    found = None
    if source:
        at_place = "SELECT number, edited FROM spectrum WHERE source = ? AND place = ?"
        found = database.execute(at_place, (source, record.place)).fetchone()
        if found is None:  # a file that was moved keeps what its user has said of it
            found = database.execute(f"{alike} AND missing", (digest,)).fetchone()
    if found is None and source:
        removed = database.execute(
            "SELECT 1 FROM passed_over WHERE source = ? AND why = 'removed'", (part_of(source, record.place),)
        )
        if removed.fetchone():
            return 0
    values = {
        "kind": spectrum.kind, "label": spectrum.label, "unit": spectrum.unit, "axis": spectrum.axis,
        "native_fwhm_ev": float(spectrum.native_fwhm_ev), "energy_ev": energy, "intensity": intensity,
        "digest": digest,
        "facts": json_text({key: str(value) for key, value in spectrum.provenance.items()}),
        "thumbnail": thumbnail_of(spectrum), "first_ev": float(spectrum.energy_ev[0]),
        "last_ev": float(spectrum.energy_ev[-1]), "source": source, "place": record.place, "state": state, "missing": 0,
    }  # fmt: skip
    if found is None:
        values |= {"edited": "[]", "added": datetime.now(UTC).isoformat(timespec="seconds"), "words": ""}
        values |= {name: "" for name in EDITABLE if name != "angle_deg"}
        names = ", ".join(values)
        number = database.execute(
            f"INSERT INTO spectrum ({names}) VALUES ({', '.join('?' * len(values))})", tuple(values.values())
        ).lastrowid
    else:
        number = found[0]
        names = ", ".join(f"{name} = ?" for name in values)
        database.execute(f"UPDATE spectrum SET {names} WHERE number = ?", (*values.values(), number))
        kept = database.execute(f"SELECT {LISTED} FROM spectrum WHERE number = ?", (number,)).fetchone()
        told = told.replace(**{name: getattr(entry_of(kept).told, name) for name in edited_of(found[1])})
    write_told(database, number, told, spectrum.provenance, source)
    return number


def write_told(
    database: sqlite3.Connection, number: int, told: Description, facts: Mapping[str, str], source: str
) -> None:
    """Write what is known of a spectrum, and the words by which it is found."""
    words = " ".join(words_of(" ".join((
        told.name, told.compound, told.edge_label, f"{told.element}_{told.edge}",
        "" if told.angle_deg is None else f"{told.angle_deg:g}°", *told.tags, told.citation, Path(source).name,
        *map(str, facts.values()),
    ))))  # fmt: skip
    database.execute(
        "UPDATE spectrum SET name = ?, compound = ?, element = ?, edge = ?, angle_deg = ?, tags = ?, citation = ?, "
        "words = ? WHERE number = ?",
        (told.name, told.compound, told.element, told.edge, told.angle_deg, json_text(list(told.tags)), told.citation,
         words, number),
    )  # fmt: skip
    if has_index(database):
        database.execute("DELETE FROM word_index WHERE rowid = ?", (number,))
        database.execute("INSERT INTO word_index (rowid, words) VALUES (?, ?)", (number, words))


def pass_over(database: sqlite3.Connection, source: str, state: str, why: str) -> None:
    """Note that a file, or a part of one, is not to be kept."""
    database.execute("INSERT OR REPLACE INTO passed_over (source, state, why) VALUES (?, ?, ?)", (source, state, why))


def part_of(source: str, place: int | str) -> str:
    """Return what names one spectrum of a file; “%” stands for all of them."""
    return f"{source}\n{place}"


def words_of(text: str) -> list[str]:
    """Return the words of a text, as they are compared: small letters, numbers with their decimals, “3°” as “3”."""
    return list(dict.fromkeys(re.findall(r"[^\W_]+", text.casefold())))[:_MOST_WORDS]


def entry_of(row: Sequence[Any]) -> Entry:
    """Return a spectrum as it is listed, of the columns `LISTED`.

    Raises
    ------
    Damaged
        If a column holds what nobody wrote there.
    """
    number, name, compound, element, edge, angle, tags, citation, kind, source, missing, picture, first, last = row
    try:
        _check_texts(name, compound, element, edge, citation, kind, source)
        _check_numbers(missing, first, last, *(() if angle is None else (angle,)))
        if not isinstance(picture, bytes) or len(picture) != THUMBNAIL_POINTS:
            raise ValueError("its picture is none")
        told = Description(name, compound, element, edge, angle, tuple(_list_of(tags)), citation)
    except ValueError as error:
        raise Damaged(f"spectrum {number}: {error}") from error
    return Entry(number, told, kind, source, bool(missing), picture, first, last)


def check_row(row: Mapping[str, Any]) -> None:
    """Check a whole row of the table of spectra.

    Raises
    ------
    ValueError
        If a column holds what nobody wrote there.
    """
    try:
        entry_of([row[name] for name in LISTED.split(", ")])
        spectrum_of([row[name] for name in NUMBERS.split(", ")])
    except (Damaged, XanesviewError) as error:
        raise ValueError(str(error)) from error
    _check_texts(*(row[name] for name in ("digest", "state", "words", "added")))
    _check_numbers(row["place"])
    try:
        edited_of(row["edited"])
    except Damaged as damage:
        raise ValueError(str(damage)) from damage


def labels_of(row: Mapping[str, Any]) -> dict[str, str]:
    """Return a row of the table of folders or of files passed over.

    Raises
    ------
    ValueError
        If a column holds what nobody wrote there.
    """
    texts = {name: value for name, value in row.items() if name != "number"}
    _check_texts(*texts.values())
    if "tags" in texts:
        _list_of(texts["tags"])
    if "\0" in texts.get("path", ""):
        raise ValueError("no folder is called so")
    return texts


def edited_of(text: Any) -> list[str]:
    """Return which fields their user has changed, of the column “edited”.

    Raises
    ------
    Damaged
        If it holds what nobody wrote there.
    """
    try:
        found = _list_of(text)
    except ValueError as error:
        raise Damaged(f"what was edited: {error}") from error
    if set(found) - set(EDITABLE):
        raise Damaged("what was edited is no field")
    return found


def facts_of(text: Any) -> dict[str, str]:
    """Return the facts of a spectrum, of the column “facts”.

    Raises
    ------
    Damaged
        If it holds what nobody wrote there.
    """
    try:
        found = _json(text)
        if not isinstance(found, dict):
            raise ValueError("they are none")
        _check_texts(*found.values())
    except ValueError as error:
        raise Damaged(f"facts: {error}") from error
    return found


def _check_texts(*values: Any) -> None:
    if not all(isinstance(value, str) for value in values):
        raise ValueError("a text is none")


def _check_numbers(*values: Any) -> None:
    if not all(isinstance(value, int | float) and math.isfinite(value) for value in values):
        raise ValueError("a number is none")


def _list_of(text: Any) -> list[str]:
    found = _json(text or "[]")
    if not isinstance(found, list):
        raise ValueError("a list is none")
    _check_texts(*found)
    return found


def _json(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, RecursionError) as error:
        raise ValueError("a text is none") from error


def spectrum_of(row: Sequence[Any]) -> Spectrum:
    """Return a spectrum with its numbers.

    Raises
    ------
    XanesviewError
        If they are damaged.
    """
    energy, intensity, unit, axis, width, kind, facts, *told, source, digest = row
    name, compound, element, edge, angle, tags, citation = told
    try:
        _check_texts(unit, axis, kind, name, compound, element, edge, citation, source)
        _check_numbers(width, *(() if angle is None else (angle,)))
        read = facts_of(facts)
        if hashlib.sha256(energy + intensity).hexdigest() != digest:
            raise ValueError("its numbers have changed")
        known = {
            "sample": name if kind == "measured" else "", "compound": compound, "edge": f"{element} {edge}".strip(),
            "angle": "" if angle is None else f"{angle:g} °", "tags": ", ".join(_list_of(tags)),
            "citation": citation, "source": source,
        }  # fmt: skip
        return Spectrum(
            energy_ev=np.frombuffer(energy, "<f8"),
            intensity=np.frombuffer(intensity, "<f8"),
            unit=unit,
            label=name if angle is None or f"{angle:g}" in name else f"{name} {angle:g}°",
            kind=kind,
            native_fwhm_ev=width,
            provenance=read | {key: value for key, value in known.items() if value},
            axis=axis,
        )
    except (ValueError, TypeError, Damaged, XanesviewError) as error:
        raise XanesviewError(f"“{name}” of the library is damaged.", "Remove it, and add its file again.") from error
