"""Rows of the collection's file: how a spectrum, and what is known of it, stand in its tables."""

from __future__ import annotations

import hashlib
import json
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
from xanesview.reference.collection.entry import EDITABLE, Description, Entry, Record, thumbnail_of
from xanesview.reference.collection.file import has_index

_MOST_WORDS = 2000
LISTED = (
    "number, name, compound, element, edge, angle_deg, tags, citation, kind, source, missing, thumbnail, first_ev, "
    "last_ev"
)
"""The columns of which `entry_of` makes an entry."""


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
        told = told.replace(**{name: getattr(entry_of(kept).told, name) for name in json.loads(found[1])})
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
    ValueError, TypeError
        If the row is damaged.
    """
    number, name, compound, element, edge, angle, tags, citation, kind, source, missing, picture, first, last = row
    if not all(isinstance(word, str) for word in (name, compound, element, edge, tags, citation, kind, source)):
        raise TypeError("what should be text is none")
    if not all(isinstance(one, int | float) for one in (first, last, *([] if angle is None else [angle]))):
        raise TypeError("what should be a number is none")
    if not isinstance(picture, bytes):
        raise TypeError("the small picture is none")
    told = Description(name, compound, element, edge, angle, tuple(json.loads(tags or "[]")), citation)
    return Entry(number, told, kind, source, bool(missing), picture, first, last)


def spectrum_of(row: Sequence[Any]) -> Spectrum:
    """Return a spectrum with its numbers.

    Raises
    ------
    XanesviewError
        If they are damaged.
    """
    energy, intensity, unit, axis, width, kind, facts, *told, source = row
    name, compound, element, edge, angle, tags, citation = told
    try:
        known = {
            "sample": name if kind == "measured" else "", "compound": compound, "edge": f"{element} {edge}".strip(),
            "angle": "" if angle is None else f"{angle:g} °", "tags": ", ".join(json.loads(tags or "[]")),
            "citation": citation, "source": source,
        }  # fmt: skip
        return Spectrum(
            energy_ev=np.frombuffer(energy, "<f8"),
            intensity=np.frombuffer(intensity, "<f8"),
            unit=unit,
            label=name if angle is None or f"{angle:g}" in name else f"{name} {angle:g}°",
            kind=kind,
            native_fwhm_ev=width,
            provenance=json.loads(facts) | {key: value for key, value in known.items() if value},
            axis=axis,
        )
    except (ValueError, TypeError, XanesviewError) as error:
        raise XanesviewError(f"“{name}” of the library is damaged.", "Remove it, and add its file again.") from error
