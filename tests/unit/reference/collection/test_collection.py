"""The user's collection: kept, found, changed, moved, damaged, of other versions, without index, read-only."""

from __future__ import annotations

import os
import sqlite3
import threading
import zlib
from pathlib import Path

import numpy as np
import pytest

from tests import atlas_files
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.io.spectra.curves import exported_curves, write_curves
from xanesview.reference.collection import collection as collection_module
from xanesview.reference.collection import file as collection_file
from xanesview.reference.collection.collection import Collection
from xanesview.reference.collection.description import description_of
from xanesview.reference.collection.entry import THUMBNAIL_POINTS, Record
from xanesview.reference.collection.gathering import follow, gather


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    (tmp_path / "own").mkdir()
    return Collection(tmp_path / "own" / "library.sqlite")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Part of a XAS Data Library, with one file of the Atlas."""
    place = tmp_path / "XASDataLibrary" / "data"
    atlas_files.write_xdi(place / "Fe" / "hematite.xdi")
    atlas_files.write_xdi(
        place / "Fe" / "goethite.xdi", "Citation.authors: B. Author", "Citation.journal: J. Synchrotron Rad.",
        "Citation.year: 2003", "Citation.doi: 10.1000/two", name="goethite",
    )  # fmt: skip
    atlas_files.write_molecule(place / "P3HT.json")
    (place / "README.md").write_text("no spectrum")
    (place / "list.csv").write_text("file,formula\nhematite.xdi,Fe2O3\n")
    return place


def names(collection: Collection, words: str = "") -> list[str]:
    return sorted(entry.told.name for entry in collection.search(words))


def record(label: str = "film", kind: str = "measured", **facts: str) -> Record:
    values = atlas_files.intensity(55) + 1e-9 * zlib.crc32(label.encode())
    spectrum = Spectrum(atlas_files.ENERGY_EV, values, label=label, kind=kind, provenance=facts)
    return Record(spectrum, description_of(spectrum))


def test_a_folder_is_taken_in_with_its_citations(collection: Collection, folder: Path) -> None:
    gathered = follow(collection, folder)
    assert (gathered.n_spectra, gathered.n_files) == (5, 4)
    assert [Path(name).name for name, _ in gathered.problems] == ["list.csv"]
    (hematite,) = collection.search("hematite")
    assert (hematite.told.name, hematite.told.compound, hematite.told.edge_label) == ("Fe2O3 powder", "Fe2O3", "Fe K")
    assert hematite.told.citation == (
        "APS 20BM, 2001-08-10 11:45:00, XAS Data Library (https://xaslib.xrayabsorption.org)"
    )  # Sample.reference is the foil measured along, and nobody to be cited
    (goethite,) = collection.search("goethite")
    assert goethite.told.citation.startswith("B. Author, J. Synchrotron Rad., 2003, doi:10.1000/two")
    assert len(goethite.thumbnail) == THUMBNAIL_POINTS
    assert max(goethite.thumbnail) == 255
    assert [entry.told.angle_deg for entry in collection.search("p3ht trans")] == [90.0]
    again = follow(collection, folder)
    assert (again.n_files, again.n_spectra) == (0, 0)


def test_search_takes_all_words_their_beginnings_and_no_heed_of_capitals(collection: Collection, folder: Path) -> None:
    follow(collection, folder)
    assert names(collection, "fe k") == ["Fe2O3 powder", "goethite"]
    assert names(collection, "FE2O3 powd") == ["Fe2O3 powder"]
    assert names(collection, "author synchrotron") == ["goethite"]
    assert names(collection, "30°") == ["P3HT"]
    assert names(collection, 'nothing "of* (this') == []
    assert names(collection, "***") == []
    assert len(names(collection)) == 5


def test_without_an_index_the_same_is_found(collection: Collection, folder: Path, monkeypatch) -> None:
    monkeypatch.setattr(collection_file, "_has_fts5", lambda _database: False)
    follow(collection, folder)
    assert names(collection, "fe k") == ["Fe2O3 powder", "goethite"]
    assert names(collection, "author synchrotron") == ["goethite"]
    monkeypatch.undo()
    collection.keep([record()])  # written where there is an index, which is made then
    assert names(collection, "author synchrotron") == ["goethite"]
    assert names(collection, "film") == ["film"]


def test_what_the_user_says_stays_when_the_file_changes(collection: Collection, folder: Path) -> None:
    follow(collection, folder)
    (entry,) = collection.search("hematite")
    collection.edit([entry.number], tags=("standard", "mine"), compound="α-Fe₂O₃", angle_deg=45.0)
    path = folder / "Fe" / "hematite.xdi"
    atlas_files.write_xdi(path, name="a better name")
    os.utime(path, ns=(1, 1))
    assert follow(collection, folder).n_spectra == 1
    (entry,) = collection.search("standard")
    assert (entry.told.name, entry.told.compound, entry.told.angle_deg) == ("a better name", "α-Fe₂O₃", 45.0)
    assert names(collection, "powder") == []


def test_a_file_that_is_gone_is_missing_and_not_lost_and_one_that_was_moved_is_known_again(
    collection: Collection, folder: Path
) -> None:
    follow(collection, folder)
    (entry,) = collection.search("hematite")
    collection.edit([entry.number], tags=("standard",))
    path = folder / "Fe" / "hematite.xdi"
    hidden = path.rename(folder.parent / "elsewhere.xdi")
    assert follow(collection, folder).n_missing == 1
    (entry,) = collection.search("standard")
    assert entry.missing
    assert len(collection.spectrum(entry.number)) == 121
    assert follow(collection, folder).n_missing == 0  # told once
    hidden.rename(folder / "Fe" / "moved.xdi")
    follow(collection, folder)
    (entry,) = collection.search("standard")
    assert not entry.missing
    assert entry.source.endswith("moved.xdi")
    assert collection.count() == 5


def test_a_folder_that_is_gone_is_missing_until_it_comes_back(collection: Collection, folder: Path) -> None:
    follow(collection, folder)
    away = folder.rename(folder.parent / "away")
    assert follow(collection, folder).n_missing == 3
    assert all(entry.missing for entry in collection.search())
    away.rename(folder)
    follow(collection, folder)
    assert not any(entry.missing for entry in collection.search())
    assert collection.count() == 5


def test_what_was_removed_comes_back_only_when_it_is_named(collection: Collection, folder: Path) -> None:
    follow(collection, folder)
    (entry,) = collection.search("hematite")
    collection.remove([entry.number])
    follow(collection, folder)
    assert names(collection, "hematite") == []
    gather(collection, [folder / "Fe" / "hematite.xdi"])
    assert names(collection, "hematite") == ["Fe2O3 powder"]


def test_a_curve_of_the_plot_is_kept_once_with_its_facts(collection: Collection) -> None:
    one = record("film at 55°", citation="C. Author, 2020", edge="C K", angle="55 °")
    (number,) = collection.keep([one])
    assert collection.keep([one]) == [number]
    found = collection.spectrum(number)
    np.testing.assert_array_equal(found.intensity, one.spectrum.intensity)
    assert (found.label, found.provenance["citation"]) == ("film at 55°", "C. Author, 2020")


def test_citations_go_into_what_is_exported(collection: Collection, folder: Path, tmp_path: Path) -> None:
    follow(collection, folder)
    (entry,) = collection.search("goethite")
    write_curves(tmp_path / "out.csv", [collection.spectrum(entry.number)])
    (read,) = exported_curves(tmp_path / "out.csv")
    assert read.provenance["citation"].startswith("B. Author")
    assert read.provenance["comments"] == "data from a school, 2001"


def test_a_damaged_file_is_set_aside_and_said(collection: Collection) -> None:
    collection.keep([record()])
    collection.path.write_bytes(b"this was a database" * 100)
    collection_file._checked.clear()
    assert collection.search() == []
    (notice,) = collection.notices
    assert "was damaged; it was set aside as library-damaged-" in notice.message
    assert [path.read_bytes()[:8] for path in collection.path.parent.glob("*damaged*")] == [b"this was"]
    collection.keep([record("anew")])
    assert names(collection) == ["anew"]


def test_another_programs_database_is_set_aside_and_not_written_into(collection: Collection) -> None:
    with sqlite3.connect(collection.path) as database:
        database.execute("CREATE TABLE other (a)")
    database.close()
    collection.keep([record()])
    assert len(collection.notices) == 1
    assert names(collection) == ["film"]


def test_one_of_a_newer_version_is_left_alone(collection: Collection) -> None:
    collection.keep([record()])
    with sqlite3.connect(collection.path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    for work in (collection.search, lambda: collection.keep([record("more")])):
        with pytest.raises(XanesviewError, match="newer version"):
            work()
    assert collection.path.is_file()
    assert not collection.notices


def test_one_of_an_earlier_version_is_brought_to_this_one(collection: Collection, monkeypatch) -> None:
    collection.keep([record()])
    steps = (*collection_file._STEPS, "ALTER TABLE spectrum ADD COLUMN remark TEXT NOT NULL DEFAULT 'none'")
    monkeypatch.setattr(collection_file, "_STEPS", steps)
    monkeypatch.setattr(collection_file, "VERSION", len(steps))
    collection.keep([record("later")])
    assert names(collection) == ["film", "later"]
    with sqlite3.connect(collection.path) as database:
        assert database.execute("SELECT DISTINCT remark FROM spectrum").fetchall() == [("none",)]
        assert database.execute("PRAGMA user_version").fetchone() == (len(steps),)
    database.close()


@pytest.mark.skipif(os.name == "nt", reason="permissions are others there")
def test_where_nothing_can_be_written_what_is_there_is_found(collection: Collection, monkeypatch) -> None:
    collection.keep([record()])
    monkeypatch.setattr(collection_file, "is_writable", lambda _path: False)
    assert names(collection, "film") == ["film"]
    with pytest.raises(XanesviewError, match="Nothing can be kept in the library"):
        collection.keep([record("more")])


def test_who_reads_while_the_file_is_made_waits_for_it(collection: Collection) -> None:
    collection.path.touch()  # as another window has left it at this moment
    assert collection.search() == []
    assert collection.count() == 0
    collection.keep([record()])
    assert names(collection) == ["film"]


def test_two_write_at_once(collection: Collection) -> None:
    other, failed = Collection(collection.path), []

    def write(one: Collection, name: str) -> None:
        try:
            for number in range(20):
                one.keep([record(f"{name} {number}")])
        except Exception as error:  # noqa: BLE001  told below
            failed.append(error)

    threads = [threading.Thread(target=write, args=pair) for pair in ((collection, "a"), (other, "b"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert collection.count() == 40


@pytest.mark.skipif(os.name == "nt", reason="permissions are others there")
def test_one_of_an_earlier_version_that_cannot_be_written_is_searched(collection: Collection, monkeypatch) -> None:
    steps = collection_file._STEPS
    monkeypatch.setattr(collection_file, "_STEPS", steps[:1])
    monkeypatch.setattr(collection_file, "VERSION", 1)
    collection.keep([record()])
    monkeypatch.setattr(collection_file, "_STEPS", steps)
    monkeypatch.setattr(collection_file, "VERSION", len(steps))
    monkeypatch.setattr(collection_file, "is_writable", lambda _path: False)
    monkeypatch.setattr(collection_module, "is_writable", lambda _path: False)
    assert names(collection, "film") == ["film"]
    assert collection.folder_tags() == {}
    assert not collection.notices
