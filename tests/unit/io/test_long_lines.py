"""A line of any length is read or refused in no time: patterns that go through it again and again would take hours."""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import h5py
import pytest

from tests.measured_files import files
from xanesview.errors import XanesviewError
from xanesview.io.hdf5 import opened_h5
from xanesview.io.spectra.measurement_file import read_measurement
from xanesview.io.structures.registry import read_structure

STRUCTURES = Path(__file__).parents[2] / "data" / "structures"
UNITS = (
    "x", " ", "\t", '"', "'", "=", "a=", "a={", "a=[", 'a="', "(", "[", "{", "\\", "-", "#", "/", "_", ".", "1", "1 ",
    "1,", "1;", "1e", "a b ", "é", "x,y,z ", "<a", "$V = [", "@",
)  # fmt: skip
LENGTH = 20_000
#: Of a processor: a pattern that goes through such a line from each of its letters takes three times as long.
MOST_S = 1.2


def one_of_each_kind() -> list[Path]:
    """Return the first readable structure of each ending."""
    found: dict[str, Path] = {}
    for path in sorted(STRUCTURES.iterdir()):
        with contextlib.suppress(XanesviewError):
            read_structure(path)
            found.setdefault(path.suffix or path.name[:6], path)
    return list(found.values())


def with_long_lines(content: str) -> Iterator[tuple[str, str]]:
    """Yield what was done, and the text with a long line in it or a line that goes on."""
    lines = content.split("\n")
    places = [0, 1, 2, len(lines) // 2]
    for k, unit in enumerate(UNITS):
        long, at = unit * (LENGTH // len(unit)), min(places[k % 4], len(lines) - 1)
        if k % 2:
            yield f"{unit!r} before line {at}", "\n".join([*lines[:at], long, *lines[at:]])
        else:
            yield f"{unit!r} behind line {at}", "\n".join([*lines[:at], f"{lines[at]} {long}", *lines[at + 1 :]])


@pytest.fixture(scope="module", autouse=True)
def no_collection() -> Iterator[None]:
    """Keep the collector of garbage out of what is timed."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def check(path: Path, content: str, read: Callable[[Path], object]) -> None:
    slow = []
    for what, text in with_long_lines(content):
        path.write_text(text, encoding="utf-8")
        began = time.process_time()
        with contextlib.suppress(XanesviewError):
            read(path)
        if time.process_time() - began > MOST_S:
            slow.append(what)
    assert not slow


@pytest.mark.parametrize("source", one_of_each_kind(), ids=lambda path: path.name)
def test_structures_with_a_long_line(tmp_path, source):
    check(tmp_path / source.name, source.read_text(encoding="utf-8", errors="replace"), read_structure)


TEXTS = {name: content for name, content in files().items() if content.isascii() and b"\0" not in content}


@pytest.mark.parametrize("name", TEXTS)
def test_measured_spectra_with_a_long_line(tmp_path, name):
    check(tmp_path / name, TEXTS[name].decode(), read_measurement)


def test_groups_in_groups_by_the_thousand_are_refused_at_once(tmp_path):
    path = tmp_path / "deep.h5"
    with h5py.File(path, "w") as file:
        group = file
        for _ in range(2000):
            group = group.create_group("g")
        group["x"] = [1.0, 2.0]
    began = time.process_time()
    with pytest.raises(XanesviewError, match="in one another more than 64 deep"), opened_h5(path, "is odd", ""):
        pass
    with pytest.raises(XanesviewError):
        read_measurement(path)
    assert time.process_time() - began < MOST_S
