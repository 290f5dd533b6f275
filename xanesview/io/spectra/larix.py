"""Larix sessions: the groups of measured absorption, as JSON after each name in a packed text.

Beginning ``##LARIX``; below ``<:name:>`` stands one line of JSON, in which arrays are
``{"__class__": "Array", "__shape__": […], "value": […]}``. The energies have Larix' own shift in them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from xanesview.errors import XanesviewError
from xanesview.io.spectra.energy_units import known_unit
from xanesview.io.spectra.interpretation import Answers
from xanesview.io.spectra.packed import beginning_of, unpacked_text
from xanesview.io.spectra.raw_table import Offer, RawTable
from xanesview.io.text_file import LARGEST

_KINDS = {"mu": "absorption", "norm": "normalised", "flat": "normalised"}
_CHANNELS = ("i0", "i1", "i2", "itrans", "ifluor", "irefer", "mutrans", "mufluor", "murefer", "mu_ref")
_SETTINGS = (
    "e0",
    "edge_step",
    "energy_shift",
    "energy_ref",
    "rbkg",
    "ek0",
    "datatype",
    "atsym",
    "edge",
    "energy_units",
)
_NAME = re.compile(r"^<:([^:\n]{1,200}):>\s*$", re.MULTILINE)
_HINT = "Save the session again in Larix."


def looks_like_larix(text: str) -> bool:
    """Tell whether a text begins as a session does."""
    return text.startswith("##LARIX")


def is_larix(path: Path) -> bool:
    """Tell whether a packed file is a session."""
    return looks_like_larix(beginning_of(path))


def read_larix(path: Path, answers: Answers) -> tuple[RawTable, ...]:
    """Return the groups of a session that have energies and µ.

    Raises
    ------
    XanesviewError
        If the file is damaged or holds none.
    """
    text = unpacked_text(path)
    places = list(_NAME.finditer(text))
    labels = _labels(text, places)
    tables = []
    for place in places:
        if labels and place[1] not in labels:
            continue
        group = _content(text, place.end())
        if group is not None:
            table = _table(group, labels.get(place[1], ""), path)
            tables += [table] if table is not None else []
    if not tables:
        raise XanesviewError(f"The session {path.name} holds no absorption over energies.", _HINT)
    return tuple(tables)


def _labels(text: str, places: list[re.Match[str]]) -> dict[str, str]:
    """Return the file name of each group of absorption, by the group's name."""
    listed = next((place for place in places if place[1] == "_xasgroups"), None)
    content = _content(text, listed.end()) if listed is not None else None
    if not content:
        return {}
    return {group: name for name, group in content.items() if isinstance(group, str) and not name.startswith("__")}


def _content(text: str, at: int) -> dict[str, object] | None:
    """Return the object of one line of JSON, or None where it is none."""
    begin = at + 1 if text[at : at + 1] == "\n" else at
    end = text.find("\n", begin)
    try:
        found = json.loads(text[begin : end if end >= 0 else len(text)])
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _table(group: Mapping[str, object], label: str, path: Path) -> RawTable | None:
    energy = _array(group.get("energy"))
    names = [name for name in (*_KINDS, *_CHANNELS) if _array(group.get(name)).shape == energy.shape]
    offers = [Offer({"mu": "µ"}.get(name, name), name, _KINDS[name]) for name in names if name in _KINDS]
    if energy.size < 3 or not offers:
        return None
    settings = {key: str(group[key]) for key in _SETTINGS if isinstance(group.get(key), str | int | float)}
    details = group.get("pre_edge_details")
    if isinstance(details, dict):
        settings |= {f"pre_edge.{key}": str(one) for key, one in details.items() if isinstance(one, int | float)}
    facts = {"file": path.name}
    facts |= {
        f"element.{key}": settings[name] for key, name in (("symbol", "atsym"), ("edge", "edge")) if name in settings
    }
    told_unit = settings.get("energy_units", "").strip() or "eV"
    return RawTable(
        names=("energy", *names),
        values=np.column_stack([energy, *(_array(group[name]) for name in names)]),
        label=label or str(group.get("filename", "group")),
        facts=facts,
        settings=settings,
        energy=0,
        unit=known_unit(told_unit),
        units=(told_unit, *[""] * len(names)),
        offers=tuple(offers),
        is_sure=True,
    )


def _array(value: object) -> np.ndarray:
    """Return a stored array of one dimension; empty for anything else."""
    if not isinstance(value, dict) or value.get("__class__") != "Array" or not isinstance(value.get("value"), list):
        return np.empty(0)
    shape = value.get("__shape__")
    if isinstance(shape, list) and len(shape) != 1:
        return np.empty(0)
    numbers = [one if isinstance(one, int | float) and math.isfinite(one) else math.nan for one in value["value"]]
    array = np.array(numbers, dtype=np.float64)
    return np.where(np.abs(array) < LARGEST, array, np.nan)
