"""The examples in the docstrings of the public functions give what they say."""

from __future__ import annotations

import doctest
import shutil
from pathlib import Path

import numpy as np
import pytest

import xanesview
from xanesview import api, notebook, opened_session, over_angles, plotting, predicted
from xanesview.paths import resource

SESSION = Path(__file__).resolve().parents[1] / "data" / "session" / "version_0_2_0.xanesview"
FINDER = doctest.DocTestFinder(recurse=True)
FOUND = [
    test
    for module in (api, notebook, opened_session, over_angles, plotting, predicted)
    for test in FINDER.find(module, extraglobs={"xanesview": xanesview, "np": np})
    if test.examples
]


@pytest.mark.parametrize("example", FOUND, ids=lambda test: test.name.removeprefix("xanesview."))
def test_an_example_gives_what_it_says(example, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(resource("examples", "benzene.extxyz"), tmp_path / "benzene.xyz")
    shutil.copy(SESSION, tmp_path / "film.xanesview")
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    assert runner.run(example, out=told.append).failed == 0, "".join(told)


def test_every_public_function_has_an_example() -> None:
    shown = {test.name.split(".")[-1] for test in FOUND}
    classes = {"Opened", "OpenedSession", "Predicted"}  # their methods have some
    assert set(api.__all__) - classes - shown == set()
