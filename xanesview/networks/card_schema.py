"""A small language for what a card may say: each field knows what fits it, and says in words what doesn't.

Our own and not jsonschema, whose messages are for those who wrote a schema, and which every start would have to import.
A field's ``problem`` is empty where a value fits; else it says where and what, such as “energy_ev.step is 0, not a
number above 0”. Fields that a schema doesn't name may hold anything.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from xanesview.errors import has_unprintable, printable

Rule = Callable[[Mapping], str]
"""Says what is wrong with fields of one block beside each other, or nothing."""

_SHOWN = 32
_MOST_BITS = 100  # thirty digits; Python itself refuses to write some thousands
LARGEST_NUMBER = 1e12


class Field(Protocol):
    """What a value of a card must be."""

    def problem(self, value: object, place: str) -> str:
        """Return what is wrong with a value that stands at a place of the card; empty where it fits."""


@dataclass(frozen=True)
class Number:
    """A finite number of a range, ``least`` itself only where ``above`` is false; ``whole`` ones only where asked."""

    least: float = -LARGEST_NUMBER
    most: float = LARGEST_NUMBER
    above: bool = False
    whole: bool = False

    def problem(self, value: object, place: str) -> str:
        """Return what is wrong with a value."""
        kinds = (int,) if self.whole else (int, float)
        fits = type(value) in kinds and self.least <= value <= self.most  # NaN is in no range
        if fits and not (self.above and value == self.least):
            return ""
        return f"{place} is {shown(value)}, not {self.words}"

    @property
    def words(self) -> str:
        """What it must be."""
        kind = "a whole number" if self.whole else "a number"
        if self.most == LARGEST_NUMBER:
            if self.least == -LARGEST_NUMBER:
                return kind
            return f"{kind} above {self.least:g}" if self.above else f"{kind} of at least {self.least:g}"
        first = f"above {self.least:g} and up to" if self.above else f"from {self.least:g} to"
        return f"{kind} {first} {self.most:,.10g}"


def whole(least: int, most: int = int(LARGEST_NUMBER)) -> Number:
    """Return the field of a whole number."""
    return Number(least, most, whole=True)


def positive(most: float = LARGEST_NUMBER) -> Number:
    """Return the field of a number above zero."""
    return Number(0.0, most, above=True)


@dataclass(frozen=True)
class Text:
    """One line of text without control characters; one of some words where ``choices`` names them."""

    longest: int = 200
    choices: tuple[str, ...] = ()
    what: str = "text"

    def problem(self, value: object, place: str) -> str:
        """Return what is wrong with a value."""
        if self.choices:
            return "" if value in self.choices else f"{place} is {shown(value)}, not {self.words}"
        if not isinstance(value, str):
            return f"{place} is {shown(value)}, not {self.what}"
        if len(value) > self.longest:
            return f"{place} has {len(value):,} characters; {self.longest:,} are allowed"
        return f"{place} holds control characters" if has_unprintable(value) else ""

    @property
    def words(self) -> str:
        """What it must be."""
        return self.what if self.what != "text" or not self.choices else f"one of {', '.join(self.choices)}"


@dataclass(frozen=True)
class Word:
    """Text of a pattern; ``words`` say what it must be."""

    pattern: str
    words: str

    def problem(self, value: object, place: str) -> str:
        """Return what is wrong with a value."""
        is_text = isinstance(value, str) and not has_unprintable(value)
        fits = is_text and re.fullmatch(self.pattern, value) is not None
        return "" if fits else f"{place} is {shown(value)}, not {self.words}"


@dataclass(frozen=True)
class Flag:
    """True or false."""

    def problem(self, value: object, place: str) -> str:
        """Return what is wrong with a value."""
        return "" if isinstance(value, bool) else f"{place} is {shown(value)}, not true or false"


@dataclass(frozen=True)
class Maybe:
    """What another field takes, or null."""

    of: Field

    def problem(self, value: object, place: str) -> str:
        """Return what is wrong with a value."""
        return "" if value is None else self.of.problem(value, place)


@dataclass(frozen=True)
class Items:
    """A list of values alike, as long as allowed; ``rule`` looks at all of them."""

    of: Field
    fewest: int
    most: int
    rule: Callable[[list], str] | None = None

    def problem(self, value: object, place: str) -> str:
        """Return what is wrong with a value."""
        if not isinstance(value, list):
            return f"{place} is {shown(value)}, not a list"
        if not self.fewest <= len(value) <= self.most:
            allowed = f"{self.fewest}" if self.fewest == self.most else f"{self.fewest} to {self.most:,}"
            return f"{place} has {len(value):,} values; {allowed} are allowed"
        found = next(filter(None, (self.of.problem(one, f"{place}[{k}]") for k, one in enumerate(value))), "")
        if found or self.rule is None:
            return found
        wrong = self.rule(value)
        return f"{place} {wrong}" if wrong else ""


@dataclass(frozen=True)
class Table:
    """Values alike under names that are free."""

    of: Field
    most: int = 10_000

    def problem(self, value: object, place: str) -> str:
        """Return what is wrong with a value."""
        if not isinstance(value, dict):
            return f"{place} is {shown(value)}, not a table"
        if len(value) > self.most:
            return f"{place} has {len(value):,} entries; {self.most:,} are allowed"
        for key, one in value.items():
            found = _NAME.problem(key, f"a name in {place}") or self.of.problem(one, f"{place}.{key}")
            if found:
                return found
        return ""


@dataclass(frozen=True)
class Block:
    """Named values, each of its own kind; names that aren't listed may hold anything.

    ``rules`` look at several of them beside each other once each one fits.
    """

    fields: Mapping[str, Field]
    required: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()

    def problem(self, value: object, place: str = "") -> str:
        """Return what is wrong with a value."""
        if not isinstance(value, dict):
            return f"{place} is {shown(value)}, not a table"
        missing = [name for name in self.required if name not in value]
        if missing:
            return f"{place or 'it'} lacks {', '.join(missing)}"
        before = f"{place}." if place else ""
        own = (field.problem(value[name], f"{before}{name}") for name, field in self.fields.items() if name in value)
        found = next(filter(None, own), "")
        return found or next((f"{before}{wrong}" for wrong in (rule(value) for rule in self.rules) if wrong), "")


@dataclass(frozen=True)
class Either:
    """A list or a table."""

    items: Items
    block: Block

    def problem(self, value: object, place: str) -> str:
        """Return what is wrong with a value."""
        return (self.block if isinstance(value, dict) else self.items).problem(value, place)


def together(*names: str) -> Rule:
    """Return the rule that all of some fields are there, or none."""

    def rule(values: Mapping) -> str:
        missing = [name for name in names if name not in values]
        there = [name for name in names if name in values]
        return f"{there[0]} is there without {', '.join(missing)}" if missing and there else ""

    return rule


def alike(*names: str) -> Rule:
    """Return the rule that lists have one length, those that aren't there or empty left out."""

    def rule(values: Mapping) -> str:
        lengths = {name: len(values[name]) for name in names if values.get(name)}
        told = ", ".join(f"{name} has {n}" for name, n in lengths.items())
        return f"{told} values; they must be as many" if len(set(lengths.values())) > 1 else ""

    return rule


def same_names(*names: str) -> Rule:
    """Return the rule that tables have entries of the same names."""

    def rule(values: Mapping) -> str:
        first, *others = names
        differing = next((name for name in others if set(values[name]) != set(values[first])), "")
        return f"{first} and {differing} name different things" if differing else ""

    return rule


def ascending(values: list) -> str:
    """Return what is wrong with numbers that don't ascend."""
    at = next((k for k in range(1, len(values)) if not values[k] > values[k - 1]), None)
    return "" if at is None else f"doesn't ascend at its value {at + 1}, {shown(values[at])}"


def distinct(values: list) -> str:
    """Return what is wrong with values of which some are there twice."""
    return "holds a value twice" if len(set(values)) < len(values) else ""


def shown(value: object) -> str:
    """Return a value of a card as a message may show it."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if (isinstance(value, float) and math.isinf(value)) or (isinstance(value, int) and value.bit_length() > _MOST_BITS):
        return "a number of too many digits"
    text = printable(str(value))
    text = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return f"“{text}”" if isinstance(value, str) else text


_NAME = Text(200, what="a name")
