"""Refusals of files and of the science are told in German by their own templates, none by another one's."""

from __future__ import annotations

import json
import re

import pytest

from tests.sentences import refusals, without_names
from xanesview import texts
from xanesview.paths import resource


@pytest.fixture
def german():
    """The table of the German language, spoken."""
    table = json.loads(resource("translations", "de.json").read_text(encoding="utf-8"))
    texts.speak("de", table)
    yield {without_names(text): without_names(other) for text, other in table.items()}
    texts.speak("en", {})


@pytest.mark.parametrize(("room", "least"), [("io", 0.6), ("domain", 0.55)])
def test_what_is_refused_is_told_by_its_own_template(german, room, least):
    said = {without_names(text) for text in refusals(room)}
    known = [text for text in said if text in german]
    assert len(known) >= least * len(said)
    for text in known:
        filled = text
        for letter in "ABCDEFGHIJ"[: text.count("{}")]:
            filled = filled.replace("{}", f"x{letter}7", 1)
        told = texts.told(filled)
        assert re.sub(r"x[A-J]7", "{}", told) == german[text]
        assert sorted(re.findall(r"x[A-J]7", told)) == sorted(re.findall(r"x[A-J]7", filled))
