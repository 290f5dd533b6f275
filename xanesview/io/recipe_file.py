"""Recipes: files of processing steps, TOML or JSON. They hold values only; nothing in them is run.

name = "Fe K, transmission"

[[steps]]
kind = "e0"
method = "half step"

[[steps]]
kind = "edge_step"
post_low_ev = 100
degree = 2
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xanesview.domain.processing.steps.registry import steps_from_dicts, steps_to_dicts
from xanesview.domain.processing.steps.step import Step
from xanesview.errors import OddContent, XanesviewError, in_plain_words
from xanesview.io.atomic import write_text
from xanesview.io.json_text import json_text
from xanesview.io.text_file import read_text
from xanesview.io.toml_text import toml_values
from xanesview.limits import LARGEST_SETTINGS

ENDINGS = (".toml", ".json")
_HINT = "A recipe is TOML or JSON; the guide has an example."
_KEYS = ("name", "steps")


def read_recipe(path: str | Path) -> tuple[Step, ...]:
    """Return the steps of a recipe, in their order.

    Raises
    ------
    XanesviewError
        If the file can't be read, or a step is unknown or has a value that can't be.
    """
    path = Path(path)
    return steps_of_text(read_text(path, LARGEST_SETTINGS, _HINT), path.name)


def asked_recipe(asked: str) -> tuple[Step, ...]:
    """Return the steps that a command line asks for: by a file, or written out as JSON in its place.

    Raises
    ------
    XanesviewError
        As `read_recipe`.
    """
    if asked.lstrip()[:1] == "{" and len(asked) <= LARGEST_SETTINGS:
        return steps_of_text(asked, "The recipe")
    return read_recipe(Path(asked).expanduser())


def recipe_text(steps: Sequence[Step]) -> str:
    """Return steps written out as JSON in one line, for `asked_recipe`."""
    return json_text({"steps": steps_to_dicts(steps)})


def steps_of_text(text: str, name: str) -> tuple[Step, ...]:
    """Return the steps of a recipe's text, which sentences call by a name; raises as `read_recipe`."""
    text = text.lstrip("\ufeff")
    try:
        values = json.loads(text, object_pairs_hook=_table) if text.lstrip()[:1] == "{" else toml_values(text)
    except (ValueError, RecursionError) as error:
        raise XanesviewError(f"{name} is no recipe ({in_plain_words(error)}).", _HINT) from error
    unknown = next((key for key in values if key not in _KEYS), None)
    if unknown is not None or "steps" not in values:
        what = "has no steps" if unknown is None else f"has an unknown entry “{unknown}”"
        raise XanesviewError(f"{name} {what}.", f"A recipe holds: {', '.join(_KEYS)}; each step is a [[steps]].")
    if not isinstance(values.get("name", ""), str):
        raise XanesviewError(f"The name of {name} is no text.", "Write it in quotation marks, or leave it out.")
    try:
        return steps_from_dicts(values["steps"])
    except XanesviewError as error:
        raise XanesviewError(f"{name}: {error.message}", error.hint) from error


def _table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a block of JSON, of which no name is there twice: TOML knows none either."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise OddContent(f"“{next(name for name in names if names.count(name) > 1)[:40]}” is there twice")
    return found


def write_recipe(path: str | Path, steps: Sequence[Step], name: str = "") -> None:
    """Write steps as a recipe, TOML or JSON by the file's ending; whole or not at all.

    Raises
    ------
    XanesviewError
        For another ending, or where the file can't be written.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise XanesviewError(f"A recipe can't be written as “{path.name}”.", "End the name with .toml or .json.")
    dicts = steps_to_dicts(steps)
    if ending == ".json":
        values = {**({"name": name} if name else {}), "steps": dicts}
        write_text(path, json_text(values, indent=2) + "\n")
    else:
        write_text(path, _toml(dicts, name))


def _toml(dicts: Sequence[Mapping[str, Any]], name: str) -> str:
    lines = [f"name = {_value(name)}", ""] if name else []
    if not dicts:
        lines.append("steps = []")
    for values in dicts:
        lines += ["[[steps]]", *(f"{key} = {_value(value)}" for key, value in values.items()), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _value(value: object) -> str:
    """Return a value as TOML, which shares its strings, numbers and lists with JSON."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    return json.dumps(value)
