"""A damaged library: what is sound in it goes on, what isn't is left out and told; nothing is lost unsaid."""

from __future__ import annotations

import contextlib
import random
import sqlite3
from pathlib import Path

import pytest

from tests import atlas_files
from tests.unit.reference.collection.test_collection import names, record
from xanesview.errors import XanesviewError
from xanesview.reference.collection import collection as collection_module
from xanesview.reference.collection import file as collection_file
from xanesview.reference.collection.collection import Collection

_MANY = 40


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    """Forty spectra, a watched folder and a file passed over."""
    found = Collection(tmp_path / "own" / "library.sqlite")
    found.path.parent.mkdir()
    found.keep([record(f"film {number:02d}") for number in range(_MANY)])
    found.watch(tmp_path / "measured", ("mine",))
    found.pass_over([("/data/list.csv", "1", "no spectrum")])
    return found


def _spoil(path: Path, statement: str, *values: object) -> None:
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute(statement, values)
        database.commit()
    collection_file._checked.clear()


@pytest.mark.parametrize("value", [b"\xff\x00", 1e308, "[1", "{}", -7])
@pytest.mark.parametrize(
    "column",
    ["name", "angle_deg", "tags", "citation", "energy_ev", "facts", "thumbnail", "first_ev", "missing", "edited",
     "kind", "digest", "words", "source", "place"],
)  # fmt: skip
def test_one_bad_value_costs_one_spectrum_at_most(collection: Collection, column: str, value: object) -> None:
    _spoil(collection.path, f"UPDATE spectrum SET {column} = ? WHERE number = 7", value)
    listed = collection.search()
    assert len(listed) >= _MANY - 1
    assert len(collection.search("film 31")) == 1
    for entry in listed:
        with contextlib.suppress(XanesviewError):  # of the one that is damaged
            collection.spectrum(entry.number)
    collection.edit([1, 7], tags=("seen",))
    assert collection.folders() == [collection.path.parent.parent / "measured"]
    assert list(collection.folder_tags().values()) == [("mine",)]
    assert collection.states()["/data/list.csv"] == "1"
    collection.keep([record("anew")])
    assert collection.count() >= _MANY
    assert all(f"{_MANY - 1} of {_MANY} spectra were kept" in notice.message for notice in collection.notices)


@pytest.mark.parametrize(
    ("statement", "value"),
    [
        ("UPDATE folder SET path = ?", b"\xff"), ("UPDATE folder SET path = ?", "/a\0b"),
        ("UPDATE folder SET tags = ?", "{"), ("UPDATE folder SET tags = ?", "[1]"),
        ("UPDATE passed_over SET source = ?", b"\xff"), ("UPDATE passed_over SET state = ?", b"\xff"),
        ("UPDATE word_index_data SET block = ?", b"\xff"), ("UPDATE word_index_config SET v = ?", 99),
        ("UPDATE word_index_content SET c0 = ?", "wrong"),
    ],
)  # fmt: skip
def test_what_stands_beside_the_spectra_costs_none(collection: Collection, statement: str, value: object) -> None:
    _spoil(collection.path, statement, value)
    assert len(names(collection)) == _MANY
    assert names(collection, "film 31") == ["film 31"]
    assert len(collection.folders()) <= 1
    collection.folder_tags()
    collection.states()
    collection.keep([record("anew")])
    assert collection.count() == _MANY + 1


def test_of_a_library_with_a_damaged_page_the_others_are_kept(collection: Collection) -> None:
    whole = collection.path.read_bytes()
    n_pages, chance = len(whole) // 4096, random.Random(5)
    kept = {}
    for page in range(1, n_pages):
        spoiled = bytearray(whole)
        spoiled[4096 * page : 4096 * (page + 1)] = chance.randbytes(4096)
        collection.path.write_bytes(spoiled)
        collection_file._checked.clear()
        found = collection.search(most=1000)
        read = 0
        for entry in found:
            with contextlib.suppress(XanesviewError):
                read += len(collection.spectrum(entry.number)) == len(atlas_files.ENERGY_EV)
        kept[page] = read
        assert read == _MANY or collection.notices or len(found) > read, page
        collection.notices.clear()
    assert sum(number >= _MANY - 6 for number in kept.values()) >= len(kept) - 2, kept  # but for the roots of tables


def test_where_nothing_can_be_written_bad_rows_are_left_out(collection: Collection, monkeypatch) -> None:
    _spoil(collection.path, "UPDATE spectrum SET thumbnail = 5 WHERE number = 7")
    monkeypatch.setattr(collection_file, "is_writable", lambda _path: False)
    monkeypatch.setattr(collection_module, "is_writable", lambda _path: False)
    assert len(names(collection)) == _MANY - 1
    assert [notice.kind for notice in collection.notices] == ["library-row"]


def test_two_that_are_damaged_in_one_second_are_both_there(collection: Collection) -> None:
    for _ in range(2):
        _spoil(collection.path, "UPDATE spectrum SET thumbnail = 5 WHERE number = (SELECT max(number) FROM spectrum)")
        collection.search()
    assert collection.count() == _MANY - 2
    assert len(list(collection.path.parent.iterdir())) == 3
