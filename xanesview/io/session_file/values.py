"""Frozen dataclasses as plain values for JSON, and back, by the types that their fields declare.

A further field of a plain type is written and read without a word here. What JSON has no word for is told apart by a
key of its own: ``{"$array": name}`` is an array of the archive, ``{"$number": "nan"}`` a number that is not finite.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol, Union

import numpy as np

from xanesview.domain.geometry.average import Average, parse_average
from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.geometry.kinds import geometry_from_dict
from xanesview.domain.processing.steps.registry import step_from_dict
from xanesview.domain.processing.steps.step import Step
from xanesview.errors import OddContent

ARRAY, NUMBER = "$array", "$number"
_SCALARS = (bool, int, float, str)
_MAPPINGS = (Mapping, dict)
_LISTS = (list, Sequence)


class Arrays(Protocol):
    """Where arrays go, or come from."""

    def put(self, array: np.ndarray) -> str:
        """Take an array and return its name."""

    def get(self, name: str) -> np.ndarray:
        """Return the array of a name."""


class Kept:
    """Fields that this version doesn't know, by the digest of those that it knows.

    What is worked on changes; those of a session, its curves and structures are found by what stays, see `_STAYS`.
    """

    def __init__(self, fields: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self.fields: dict[str, Mapping[str, Any]] = dict(fields or {})

    def note(self, cls: type, known: Mapping[str, Any], unknown: Mapping[str, Any]) -> None:
        """Remember what stood beside the known fields of one thing."""
        self.fields[digest(known)] = unknown
        if (same := _identity(cls, known)) is not None:
            self.fields[same] = unknown

    def beside(self, cls: type, known: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what stood beside these fields, where they, or what stays of them, are still the same."""
        if not self.fields:
            return {}
        found = self.fields.get(digest(known))
        return self.fields.get(_identity(cls, known) or "", {}) if found is None else found


def digest(value: Any) -> str:
    """Return what tells plain values from others."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:32]


_STAYS: Mapping[str, tuple[str, ...]] = {
    "Session": (), "ReferenceCurve": ("spectrum", "tensor"), "FrozenCurve": ("spectrum",),
    "KeptStructure": ("structure",),
}  # fmt: skip
"""Of classes that are worked on the fields by whose arrays one is known again; there is one session."""


def _identity(cls: type, known: Mapping[str, Any]) -> str | None:
    """Return what stays of a thing while it is worked on, None for others."""
    names = _STAYS.get(cls.__name__)
    if names is None:
        return None
    parts = [known.get(name) for name in names]
    arrays = [
        {key: one for key, one in part.items() if isinstance(one, dict) and ARRAY in one}
        for part in parts if isinstance(part, dict)
    ]  # fmt: skip
    return digest([cls.__name__, arrays])


@dataclasses.dataclass(frozen=True)
class _Special:
    """A family of classes that has its own way into a file."""

    base: type
    written: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _read_average(text: Any) -> Average | None:
    return parse_average(_checked(text, str))


_SPECIAL = (
    _Special(Geometry, lambda one: one.to_dict(), geometry_from_dict),
    _Special(Step, lambda one: one.to_dict(), step_from_dict),
    _Special(Average, lambda one: one.text(), _read_average),
)


@lru_cache(maxsize=256)
def fields_of(cls: type) -> Mapping[str, Any]:
    """Return the declared types of a dataclass's fields by name."""
    hints = typing.get_type_hints(cls)
    return {one.name: hints[one.name] for one in dataclasses.fields(cls) if one.init}


def why_not(hint: Any, seen: tuple[type, ...] = ()) -> str:
    """Return why values of a type can't be written, as part of a sentence; empty where they can."""
    if hint in _SCALARS or hint in (Any, np.ndarray, type(None)) or _special(hint) is not None:
        return ""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        plain = [one for one in inner if one is not type(None)]
        if len(plain) > 1 and not all(one in _SCALARS for one in plain):
            return f"{hint} may be one of several things"
        return next(filter(None, (why_not(one, seen) for one in plain)), "")
    if origin in (tuple, frozenset, *_LISTS, *_MAPPINGS):
        return next(filter(None, (why_not(one, seen) for one in inner if one is not Ellipsis)), "")
    if dataclasses.is_dataclass(hint):
        if hint in seen:
            return ""
        try:
            fields = fields_of(hint)
        except NameError as error:
            return f"{hint.__name__} names a type that is imported for type checkers only ({error.name})"
        return next(filter(None, (why_not(one, (*seen, hint)) for one in fields.values())), "")
    return f"{hint} is neither plain nor a dataclass"


# ---- writing ----


def written(hint: Any, value: Any, arrays: Arrays, kept: Kept) -> Any:
    """Return a value of a declared type as JSON takes it; arrays go to `arrays`."""
    if value is None or isinstance(value, bool | np.bool_):
        return None if value is None else bool(value)
    special = _special(type(value))
    if special is not None:
        return _plain(special.written(value))
    if isinstance(value, np.ndarray):
        return {ARRAY: arrays.put(value)}
    if dataclasses.is_dataclass(value):
        known = {
            name: written(inner, getattr(value, name), arrays, kept) for name, inner in fields_of(type(value)).items()
        }
        return {**known, **kept.beside(type(value), known)}
    hint = _chosen(hint, value)
    inner = typing.get_args(hint)
    if isinstance(value, Mapping):
        key, one = inner if len(inner) == 2 else (str, Any)
        if key is str:
            return {str(k): written(one, v, arrays, kept) for k, v in value.items()}
        return [[written(key, k, arrays, kept), written(one, v, arrays, kept)] for k, v in value.items()]
    if isinstance(value, frozenset | set):
        return [written(inner[0] if inner else Any, one, arrays, kept) for one in sorted(value)]
    if isinstance(value, tuple | list):
        hints = _hints_of_items(hint, len(value))
        return [written(one, part, arrays, kept) for one, part in zip(hints, value, strict=True)]
    plain = _plain(value)
    return str(value) if hint is str and not isinstance(plain, str) else plain


def _plain(value: Any) -> Any:
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else {NUMBER: repr(float(value))}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list | np.ndarray):
        return [_plain(one) for one in value]
    raise TypeError(f"{type(value).__name__} can't be written into a session file")


# ---- reading ----


def read(hint: Any, value: Any, arrays: Arrays, kept: Kept) -> Any:
    """Return the value of a declared type that `written` has made JSON of.

    Raises
    ------
    OddContent
        If it is of another type, or a field without a default is missing.
    XanesviewError
        What the classes say of values that can't be.
    """
    origin = typing.get_origin(hint)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in typing.get_args(hint):
            return None
        return read(_chosen(hint, value), value, arrays, kept)
    if hint is Any:
        return _read_any(value, arrays)
    if hint in _SCALARS:
        return _checked(value, hint)
    if hint is np.ndarray:
        if not isinstance(value, dict) or not isinstance(value.get(ARRAY), str):
            raise OddContent("an array is missing")
        return arrays.get(value[ARRAY])
    special = _special(hint)
    if special is not None:
        return special.read(_finite_numbers_back(value))
    if dataclasses.is_dataclass(hint):
        return _read_dataclass(hint, value, arrays, kept)
    inner = typing.get_args(hint)
    if origin in _MAPPINGS:
        return _read_mapping(inner, value, arrays, kept)
    if origin in (tuple, frozenset, *_LISTS):
        if not isinstance(value, list):
            raise OddContent("a list is missing")
        hints = _hints_of_items(hint, len(value))
        found = [read(one, part, arrays, kept) for one, part in zip(hints, value, strict=True)]
        return frozenset(found) if origin is frozenset else found if origin is list else tuple(found)
    raise OddContent(f"nothing of the type {hint} can be read")


def _member(name: str, hint: Any, value: Any, arrays: Arrays, kept: Kept) -> Any:
    """Read one member of a group; what is wrong in it is told with the name that is nearest to it."""
    try:
        return read(hint, value, arrays, kept)
    except OddContent as error:
        told = str(error)
        raise OddContent(told if told.startswith(_OF_MEMBER) else f"{_OF_MEMBER}{name}”: {told}") from error


_OF_MEMBER = "its member “"


def _read_dataclass(cls: type, value: Any, arrays: Arrays, kept: Kept) -> Any:
    if not isinstance(value, dict):
        raise OddContent("a group of named values is missing")
    hints = fields_of(cls)
    known = {name: one for name, one in value.items() if name in hints}
    if len(known) < len(value):
        kept.note(cls, known, {name: one for name, one in value.items() if name not in hints})
    fields = {name: _member(name, hints[name], one, arrays, kept) for name, one in known.items()}
    missing = next(
        (
            one.name for one in dataclasses.fields(cls)
            if one.init and one.name not in fields
            and one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING
        ),
        None,
    )  # fmt: skip
    if missing is not None:
        raise OddContent(f"{cls.__name__} has no {missing}")
    return cls(**fields)


def _read_mapping(inner: tuple[Any, ...], value: Any, arrays: Arrays, kept: Kept) -> dict[Any, Any]:
    key, one = inner if len(inner) == 2 else (str, Any)
    if key is str and isinstance(value, dict):
        return {name: read(one, part, arrays, kept) for name, part in value.items()}
    if not isinstance(value, list) or any(not isinstance(pair, list) or len(pair) != 2 for pair in value):
        raise OddContent("a table is missing")
    return {read(key, k, arrays, kept): read(one, v, arrays, kept) for k, v in value}


def _read_any(value: Any, arrays: Arrays) -> Any:
    if isinstance(value, list):
        return [_read_any(one, arrays) for one in value]
    if isinstance(value, dict):
        if value.keys() == {ARRAY}:
            return arrays.get(_checked(value[ARRAY], str))
        if value.keys() == {NUMBER}:
            return _checked(value, float)
        return {name: _read_any(one, arrays) for name, one in value.items()}
    return value


def _finite_numbers_back(value: Any) -> Any:
    """Plain values with the numbers that are not finite, for classes that check their own."""
    if isinstance(value, list):
        return [_finite_numbers_back(one) for one in value]
    if isinstance(value, dict):
        if value.keys() == {NUMBER}:
            return _checked(value, float)
        return {name: _finite_numbers_back(one) for name, one in value.items()}
    return value


def _checked(value: Any, wanted: type) -> Any:
    if wanted is float and isinstance(value, dict) and value.keys() == {NUMBER}:
        text = value[NUMBER]
        if text not in ("nan", "inf", "-inf"):
            raise OddContent("a number is none")
        return float(text)
    taken = (int, float) if wanted is float else wanted
    if isinstance(value, bool) != (wanted is bool) or not isinstance(value, taken):
        names = {bool: "yes or no", int: "a whole number", float: "a number", str: "a text"}
        raise OddContent(f"{names[wanted]} is missing")
    try:
        return wanted(value)
    except OverflowError as error:
        raise OddContent("a number is too large") from error


# ---- types ----


def _special(hint: Any) -> _Special | None:
    if not isinstance(hint, type):
        return None
    return next((one for one in _SPECIAL if issubclass(hint, one.base)), None)


def _chosen(hint: Any, value: Any) -> Any:
    """The one of the types of a union that a value has, else the first."""
    if typing.get_origin(hint) not in (Union, types.UnionType):
        return hint
    plain = [one for one in typing.get_args(hint) if one is not type(None)]
    return next((one for one in plain if one in _SCALARS and type(value) is one), plain[0])


def _hints_of_items(hint: Any, n: int) -> Sequence[Any]:
    inner = typing.get_args(hint)
    if not inner:
        return [Any] * n
    if len(inner) == 1 or Ellipsis in inner:
        return [inner[0]] * n
    if len(inner) != n:
        raise OddContent(f"a list of {len(inner)} has {n} entries")
    return inner
