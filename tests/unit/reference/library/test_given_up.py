"""Reading the library's index can be given up: a window that closes meanwhile waits for one block at most."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.structure import Structure, hill_formula
from xanesview.errors import Cancelled
from xanesview.reference.library import library


def test_nothing_more_is_read_once_nobody_waits(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.h5").touch()
    read: list[str] = []
    monkeypatch.setattr(library, "_entries", lambda path, *_: read.append(path.name) or ())
    with pytest.raises(Cancelled):
        library.load_library([tmp_path], lambda: len(read) == 2)
    assert read == ["a.h5", "b.h5"]


@pytest.mark.parametrize("numbers", [[6, 1, 1, 1, 1], [8, 1, 1], [1, 6, 7, 6, 17, 1], [26, 8], [92]])
def test_a_formula_needs_no_structure(numbers: list[int]) -> None:
    atoms = Structure(np.array(numbers), np.arange(3.0 * len(numbers)).reshape(-1, 3))
    assert hill_formula(numbers) == atoms.formula
