"""Recipes: written and read back, and whatever is wrong with one is told in a sentence."""

from __future__ import annotations

import contextlib
import json
import time

import numpy as np
import pytest

from tests.unit.domain.processing.test_steps import KIND_NAMES, step
from xanesview.domain.processing.steps.subtraction import Subtraction
from xanesview.errors import XanesviewError
from xanesview.io.recipe_file import read_recipe, write_recipe

STEPS = tuple(step(kind) for kind in KIND_NAMES)


@pytest.mark.parametrize("name", ["recipe.toml", "recipe.json"])
def test_every_step_is_read_back(tmp_path, name):
    for steps in (STEPS, (STEPS[0].replace(on=False),), (Subtraction('é “quoted” \\ " 𝛍', 1e-12),), ()):
        write_recipe(tmp_path / name, steps, "Fe K, “mine”")
        assert read_recipe(tmp_path / name) == steps


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[steps]]\nkind = \n", "is no recipe (line 2 is no TOML)"),
        ('{"steps": [', "is no JSON"),
        ("import os\nos.system('true')", "is no recipe"),
        ('{"steps": [{"kind": "__import__(\'os\')"}]}', "There is no step"),
        ("name = 3\nsteps = []", "name of recipe is no text"),
        ("steps = []\nrun = 'x'", "unknown entry “run”"),
        ("name = 'a'", "has no steps"),
        ("steps = 3", "must be a list"),
        ("[[steps]]\nkind = 'crop'\nlow_ev = nan", "Step 1: The step “crop” can't be used"),
        ("[[steps]]\nkind = 'crop'\nlow_ev = 1979-05-27", "can't be “1979-05-27”"),
        ("[[steps]]\nkind = 'crop'\n[[steps]]\nkind = 'crop'\n[steps.low_ev]\na = 1", "Step 2: "),
        ('{"steps": [{"kind": "gaussian", "fwhm_ev": null}]}', "can't be “null”"),
        ("[" * 5000, "is no recipe"),
        ('{"steps": ' + "[" * 100_000, "is no recipe"),
        ("[[steps]]\nkind='crop'\n" * 300, "too many"),
    ],
)
def test_what_is_wrong_is_told(tmp_path, text, words):
    path = tmp_path / "recipe"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(XanesviewError) as caught:
        read_recipe(path)
    assert words in caught.value.message
    assert caught.value.message.startswith(("recipe", "The name"))
    assert caught.value.hint


def test_damaged_recipes_are_errors_of_their_own(tmp_path):
    path = tmp_path / "recipe.json"
    write_recipe(path, STEPS)
    whole = bytearray(path.read_bytes())
    rng = np.random.default_rng(11)
    for _ in range(150):
        damaged = whole.copy()
        for at in rng.integers(0, len(whole), 3):
            damaged[at] = rng.integers(1, 256)
        path.write_bytes(bytes(damaged[: rng.integers(10, len(whole))]) if rng.random() < 0.3 else bytes(damaged))
        with contextlib.suppress(XanesviewError):  # anything else is a bug
            json.dumps([one.to_dict() for one in read_recipe(path)])


def test_a_recipe_is_toml_or_json(tmp_path):
    with pytest.raises(XanesviewError, match=r"can't be written as “recipe.py”"):
        write_recipe(tmp_path / "recipe.py", ())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (".".join(["a"] * 40_000) + " = 1", "one of its keys nests too deep"),
        ("[" + ".".join(["a"] * 40_000) + "]", "one of its keys nests too deep"),
        ('a = "' + '\\"' * 45_000, "is no recipe"),
        ("a = 1\n" * 40_000, "characters"),
        ('{"steps": [], "steps": []}', "“steps” is there twice"),
        ('{"steps": [{"kind": "e0", "kind": "edge_step"}]}', "“kind” is there twice"),
    ],
    ids=["key", "table", "open text", "long", "steps twice", "kind twice"],
)
def test_what_takes_long_or_says_two_things_is_refused_at_once(tmp_path, text, reason) -> None:
    path = tmp_path / "odd.toml"
    path.write_text(text)
    started = time.monotonic()
    with pytest.raises(XanesviewError, match=reason):
        read_recipe(path)
    assert time.monotonic() - started < 2
