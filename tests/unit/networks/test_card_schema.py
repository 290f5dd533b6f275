"""The language that cards are described in: what fits, and what is said of what doesn't."""

from __future__ import annotations

import math

import pytest

from xanesview.networks.card_schema import (
    Block,
    Either,
    Flag,
    Items,
    Maybe,
    Number,
    Table,
    Text,
    alike,
    ascending,
    distinct,
    positive,
    together,
    whole,
)


@pytest.mark.parametrize(
    ("field", "fitting", "wrong"),
    [
        (Number(), [0, -1.5, 1e12], ["1", None, True, math.nan, math.inf, 1e13, 10**400, [1]]),
        (Number(0.0, 2.0), [0, 2, 1.5], [-1e-9, 2.1]),
        (positive(), [1e-300, 5], [0, 0.0, -1]),
        (whole(1, 3), [1, 3], [0, 4, 1.0, True, "2"]),
        (Text(5), ["", "edge", "Kβ"], ["longer", "a\nb", "\x1b[1m", "\ud800", 5, None]),
        (Text(choices=("a", "b")), ["a"], ["c", 1, ["a"]]),
        (Flag(), [True, False], [0, 1, "true", None]),
        (Maybe(Flag()), [None, True], [0]),
        (Items(whole(0), 1, 3), [[0], [1, 2, 3]], [[], [1, 2, 3, 4], [1, None], "12", {"0": 1}, None]),
        (Items(Number(), 0, 9, ascending), [[], [1, 2, 3]], [[1, 1], [2, 1]]),
        (Items(Number(), 0, 9, distinct), [[2, 1]], [[1, 2, 1]]),
        (Table(whole(0), 2), [{}, {"a": 1}], [{"a": -1}, {"a\n": 1}, {"x" * 201: 1}, {"a": 1, "b": 2, "c": 3}, []]),
        (Block({"a": Flag()}, ("a",)), [{"a": True}, {"a": True, "free": [None]}], [{}, {"a": 1}, None, [], "a"]),
        (Block({}, rules=(together("a", "b"),)), [{}, {"a": 1, "b": 2}], [{"a": 1}, {"b": None}]),
        (Block({}, rules=(alike("a", "b"),)), [{}, {"a": [1]}, {"a": [1], "b": []}], [{"a": [1], "b": [1, 2]}]),
        (Either(Items(Flag(), 1, 1), Block({}, ("a",))), [[True], {"a": 0}], [[], {}, 5]),
    ],
)
def test_what_fits_and_what_does_not(field, fitting, wrong) -> None:
    for value in fitting:
        assert field.problem(value, "place") == "", value
    for value in wrong:
        assert field.problem(value, "place"), value


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (Number(0.0, 0.999), "2", "a.b is “2”, not a number from 0 to 0.999"),
        (positive(), 0, "a.b is 0, not a number above 0"),
        (positive(10.0), [1], "a.b is a list, not a number above 0 and up to 10"),
        (whole(1), None, "a.b is null, not a whole number of at least 1"),
        (whole(1, 1000), 10**9, "a.b is 1000000000, not a whole number from 1 to 1,000"),
        (Text(choices=("up", "down")), "x" * 99, f"a.b is “{'x' * 32}…”, not one of up, down"),
        (Text(3), "four", "a.b has 4 characters; 3 are allowed"),
        (Items(Flag(), 2, 2), [True, 0], "a.b[1] is 0, not true or false"),
        (Items(Flag(), 2, 2), [], "a.b has 0 values; 2 are allowed"),
        (Items(Number(), 2, 9, ascending), [1, 3, 2], "a.b doesn't ascend at its value 3, 2"),
        (Table(Flag()), {"C–H": {}}, "a.b.C–H is a table, not true or false"),
        (Block({"c": Flag()}, ("c", "d")), {}, "a.b lacks c, d"),
        (Block({"c": Flag()}), {"c": "\x1b"}, "a.b.c is “�”, not true or false"),
        (Block({}, rules=(together("c", "d"),)), {"c": 1}, "a.b.c is there without d"),
        (Block({}, rules=(alike("c", "d"),)), {"c": [1], "d": [1, 2]},
         "a.b.c has 1, d has 2 values; they must be as many"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(field, value, said: str) -> None:
    assert field.problem(value, "a.b") == said
