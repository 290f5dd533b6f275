"""A session is the same after it was a file, and a file that was changed is told of in a sentence."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.changed_sessions import ODD, changed, places, put_in, resaid, said_in
from tests.damage import KINDS, damage
from tests.full_disk import contents, full_disk
from tests.random_work import RandomWork, assert_same
from xanesview.domain.session import Session
from xanesview.domain.work import NetworkUsed, Unknown, Work
from xanesview.errors import DamagedFileError, OddContent, XanesviewError
from xanesview.io.examples import load_example
from xanesview.io.recognition import kind_of_file
from xanesview.io.session_file import values
from xanesview.io.session_file.damaged_parts import names_in
from xanesview.io.session_file.on_disk import ChangedOnDiskError
from xanesview.io.session_file.session_file import (
    LEFT_OUT,
    VERSION,
    read_session_file,
    read_with_digest,
    summary,
    work_from_bytes,
    work_to_bytes,
    write_session_file,
)
from xanesview.io.session_mark import ENDING, MIME, is_session_file


def bytes_of(seed: int = 1) -> bytes:
    return work_to_bytes(RandomWork(seed).work())


# ---- the same afterwards ----


@pytest.mark.parametrize("seed", range(25))
def test_a_session_is_the_same_after_it_was_a_file(seed: int) -> None:
    work = RandomWork(seed).work()
    again = work_from_bytes(work_to_bytes(work))
    for name in values.fields_of(Work):
        if name not in ("unknown", "program", "written"):
            assert_same(getattr(work, name), getattr(again, name), name)


def test_the_same_work_makes_the_same_bytes() -> None:
    work = RandomWork(3).work().replace(program="1", written="now")
    first = work_to_bytes(work)
    assert work_to_bytes(work_from_bytes(first)) == first


def repacked(content: bytes, first: str = "arrays/", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The same members as another program packs a folder: by name, all of them alike, folders as members, too."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", method) as new:
        new.writestr(first, b"")
        for name in sorted(old.namelist(), reverse=True):
            new.writestr(name, old.read(name))
    return out.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_another_program_has_packed_anew_opens(tmp_path: Path, method: int) -> None:
    work = RandomWork(4).work().replace(program="1", written="now")
    content = work_to_bytes(work)
    (tmp_path / "work.xanesview").write_bytes(repacked(content, method=method))
    assert work_to_bytes(read_session_file(tmp_path / "work.xanesview")) == content


def test_a_zip_of_something_else_is_no_session(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xanesview", "w") as archive:
        archive.writestr("notes.txt", "hello")
    with pytest.raises(DamagedFileError, match=r"a\.xanesview is no session file"):
        read_session_file(tmp_path / "a.xanesview")


def test_what_unfolds_to_far_more_than_it_is_is_refused_however_it_is_packed() -> None:
    with pytest.raises(XanesviewError):
        work_from_bytes(changed(repacked(bytes_of()), lambda data: data + b" " * 200_000_000))


# ---- nobody else's work is overwritten ----


def test_a_file_that_another_has_changed_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "work.xanesview"
    digest = write_session_file(path, RandomWork(1).work())
    assert read_with_digest(path)[1] == digest
    digest = write_session_file(path, RandomWork(2).work(), digest)
    write_session_file(path, RandomWork(3).work())  # another window
    theirs = path.read_bytes()
    with pytest.raises(ChangedOnDiskError, match=r"work\.xanesview was changed on .* by another window"):
        write_session_file(path, RandomWork(4).work(), digest)
    assert contents(tmp_path) == {"work.xanesview": theirs}
    path.unlink()
    write_session_file(path, RandomWork(4).work(), digest)
    assert path.exists(), "what is gone can't be lost"


def test_every_field_of_a_session_is_written_or_deliberately_left_out() -> None:
    content = work_to_bytes(Work(Session(structure=load_example("benzene"))))
    said = json.loads(zipfile.ZipFile(io.BytesIO(content)).read("session.json"))["session"]
    for name, hint in values.fields_of(Session).items():
        if name in LEFT_OUT:
            assert name not in said
            continue
        why = values.why_not(hint)
        assert not why, (
            f"Session.{name} can't be saved: {why}. Give it a plain type, teach xanesview/io/session_file/values.py "
            "its class, or name it in LEFT_OUT of session_file.py where it is deliberately not kept."
        )
        assert name in said, f"Session.{name} is neither written into session files nor named in LEFT_OUT."


def test_fields_of_types_that_no_file_holds_are_named() -> None:
    @dataclasses.dataclass(frozen=True)
    class Odd:
        handle: io.BytesIO | None = None

    values.fields_of.cache_clear()
    assert "BytesIO" in values.why_not(io.BytesIO)
    assert values.why_not(int | None) == ""
    assert "several things" in values.why_not(Session | Work)


def test_a_tensor_in_two_places_is_written_once() -> None:
    make = RandomWork(5, n_atoms=4)
    structure, tensor = make.structure(4), make.tensor(4)
    work = Work(Session(structure=structure, references=(dataclasses.replace(make.reference(4), tensor=tensor,
                                                                            spectrum=None),) * 3))  # fmt: skip
    names = zipfile.ZipFile(io.BytesIO(work_to_bytes(work))).namelist()
    assert len(names) == len(set(names))
    assert len(names) < 20


# ---- versions ----


def test_a_newer_major_version_is_refused_with_one_sentence() -> None:
    newer = resaid(bytes_of(), lambda said: said.update(version=[VERSION[0] + 1, 0]))
    with pytest.raises(XanesviewError) as raised:
        work_from_bytes(newer, "work.xanesview")
    assert "newer xanesview" in raised.value.message
    assert raised.value.message.count(". ") == 0
    assert not isinstance(raised.value, DamagedFileError)


def test_parts_of_a_newer_minor_version_are_kept_and_written_back() -> None:
    def add(said) -> None:
        said["version"] = [VERSION[0], VERSION[1] + 3]
        said["orbits"] = {"radius": 2.5, "path": {"$array": "abc"}}
        said["session"]["magnetism"] = "up"
        said["networks"][0]["colour"] = "green"

    newer = resaid(bytes_of(), add)
    out = io.BytesIO(newer)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("arrays/abc.npy", (extra := npy(np.arange(5))))
    work = work_from_bytes(out.getvalue())
    again = zipfile.ZipFile(io.BytesIO(work_to_bytes(work)))
    said = json.loads(again.read("session.json"))
    assert said["version"] == [VERSION[0], VERSION[1] + 3]
    assert said["orbits"]["radius"] == 2.5
    assert said["session"]["magnetism"] == "up"
    assert said["networks"][0]["colour"] == "green"
    assert again.read("arrays/abc.npy") == extra
    other = work.replace(networks=(NetworkUsed("another"),))
    said = json.loads(zipfile.ZipFile(io.BytesIO(work_to_bytes(other))).read("session.json"))
    assert "colour" not in said["networks"][0], "what was said of another network isn't said of this one"


def test_what_is_unknown_stays_beside_what_is_worked_on() -> None:
    fixture = Path(__file__).resolve().parents[3] / "data" / "session" / "version_0_2_0.xanesview"

    def add(said) -> None:
        said["version"] = [VERSION[0], VERSION[1] + 3]
        said["session"]["magnetism"] = "up"
        for number, one in enumerate(said["session"]["references"]):
            one["beamline"] = number
        said["session"]["frozen"][0]["pinned"] = True

    work = work_from_bytes(resaid(fixture.read_bytes(), add))
    session = work.session
    first, *rest = session.references
    changed = work.replace(
        session=session.replace(
            per_atom=not session.per_atom,
            references=(*rest, first.replace(steps=(), label="renamed")),
            frozen=tuple(dataclasses.replace(one, visible=False) for one in session.frozen),
        )
    )
    said = json.loads(zipfile.ZipFile(io.BytesIO(work_to_bytes(changed))).read("session.json"))["session"]
    assert said["magnetism"] == "up"
    assert [one["beamline"] for one in said["references"]] == [1, 2, 0]
    assert said["frozen"][0]["pinned"] is True


def npy(array: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.save(out, array, allow_pickle=False)
    return out.getvalue()


def test_fields_that_an_older_version_did_not_write_are_as_in_a_new_session() -> None:
    older = resaid(bytes_of(), lambda said: said["session"].pop("per_atom") and None)
    assert work_from_bytes(older).session.per_atom is True
    bare = resaid(bytes_of(), lambda said: {key: said[key] for key in ("format", "version", "session")})
    assert work_from_bytes(bare).predictions == ()


# ---- files that were changed ----


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_damaged_file_is_told_of(kind, tmp_path: Path) -> None:
    path = tmp_path / "work.xanesview"
    write_session_file(path, RandomWork(2).work())
    before = work_to_bytes(work_from_bytes(path.read_bytes()))
    damage(path, kind)
    content = path.read_bytes()
    if sentence(content) == "It can be read.":  # it lies in an array, whose curve is told of, or where nothing is said
        work = work_from_bytes(content)
        assert work.damaged or work.history.problem or work_to_bytes(work) == before


def test_an_array_that_is_another_costs_what_it_belongs_to_only() -> None:
    """Its sum in the archive is right: some other program, or a person, has written it."""
    seed = next(k for k in range(50) if len(RandomWork(k).session().references) == 3)
    work = RandomWork(seed).work()
    content, session = work_to_bytes(work), said_in(work_to_bytes(work))["session"]
    for place, one in enumerate(session["references"]):
        others = [*session["references"][:place], *session["references"][place + 1 :], session["structure"]]
        name = min(names_in(one) - names_in(others))
        again = work_from_bytes(changed(content, other_numbers, f"arrays/{name}.npy", rename=False))
        left = [label for k, label in enumerate(labels(work)) if k != place]
        assert labels(again) == left
        assert "1 curve" in again.damaged
        assert again.fit is None
        assert len(again.session.structures) == len(work.session.structures)
        assert not again.history.undo


@pytest.mark.parametrize("seed", [1, 3, 4, 5])
def test_whichever_array_is_damaged_the_rest_opens_and_can_be_saved(seed: int) -> None:
    content = bytes_of(seed)
    for name in zipfile.ZipFile(io.BytesIO(content)).namelist():
        if not name.startswith("arrays/"):
            continue
        again = work_from_bytes(changed(content, other_numbers, name, rename=False))
        assert again.damaged or again.history.problem
        whole = work_from_bytes(work_to_bytes(again))
        assert not whole.damaged
        assert not whole.history.problem
        assert any("damaged" in line for line in summary(again, "a")) == bool(again.damaged)


def test_the_structure_beside_is_shown_where_the_one_shown_is_damaged() -> None:
    seed = next(k for k in range(50) if len(RandomWork(k).session().kept) == 2)
    work = RandomWork(seed).work()
    session = said_in(work_to_bytes(work))["session"]
    name = min(names_in(session["structure"]) - names_in(session["kept"]))
    again = work_from_bytes(changed(work_to_bytes(work), other_numbers, f"arrays/{name}.npy", rename=False))
    assert [one.content_hash for one in again.session.structures] == [
        one.structure.content_hash for one in work.session.kept
    ]
    assert "structure" in again.damaged[0]


def labels(work: Work) -> list[str]:
    return [one.label for one in work.session.references]


def other_numbers(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 0x40])


@pytest.mark.parametrize("seed", range(6))
def test_bytes_changed_at_random_never_end_otherwise_than_with_a_sentence(seed: int) -> None:
    draw = np.random.default_rng(seed)
    content = bytes_of(seed)
    for _ in range(25):
        mutated = bytearray(content)
        for place in draw.integers(0, len(content), int(draw.integers(1, 6))):
            mutated[place] = int(draw.integers(256))
        cut = bytes(mutated)[: int(draw.integers(len(content) // 2, len(content) + 1))]
        assert sentence(cut).endswith(".")


def sentence(content: bytes) -> str:
    """What is said of bytes as a session file."""
    try:
        work = work_from_bytes(content)
    except XanesviewError as error:
        return error.message
    told = (*work.damaged, work.history.problem)
    return f"Without {' and '.join(filter(None, told))}." if any(told) else "It can be read."


@pytest.mark.parametrize("seed", range(8))
def test_values_changed_at_random_never_end_otherwise_than_with_a_sentence(seed: int) -> None:
    """Sums are right here: what is read is what somebody has typed into the file."""
    draw = np.random.default_rng(100 + seed)
    content = bytes_of(seed)
    said = said_in(content)
    paths = [path for path in places(said) if path]
    for _ in range(30):
        path, value = paths[int(draw.integers(len(paths)))], ODD[int(draw.integers(len(ODD)))]
        assert sentence(resaid(content, put_in(path, value))).endswith(".")


@pytest.mark.parametrize("header", [b"{'descr': (", b"{'descr': '<f8', 'shape': ((3,", b"[[", b'"' * 3])
def test_an_array_whose_head_is_cut_off_is_told_of(header: bytes) -> None:
    content = bytes_of()
    name = next(one for one in zipfile.ZipFile(io.BytesIO(content)).namelist() if one.endswith(".npy"))
    array = b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little") + header.ljust(117) + b"\n"
    assert sentence(changed(content, lambda _array: array, name)) != "It can be read."


@pytest.mark.parametrize(
    ("part", "value"),
    [("picked", [99]), ("place", 7), ("site_weights", [[0, -1.0]]), ("hidden_sites", [-2]), ("axis", "sideways"),
     ("window_ev", [3.0, 2.0]), ("looks", {"prediction": {"colour": "red; }"}}), ("broadening_fwhm_ev", -1.0)],
)  # fmt: skip
def test_parts_that_do_not_fit_together_are_refused(part: str, value) -> None:
    content = resaid(bytes_of(), lambda said: said["session"].update({part: value}))
    with pytest.raises(DamagedFileError):
        work_from_bytes(content)


def test_sizes_that_a_file_declares_are_not_believed() -> None:
    content = bytes_of(4)
    name = next(n for n in zipfile.ZipFile(io.BytesIO(content)).namelist() if n.endswith(".npy"))
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**9, 10**3)})
    assert "Without" in sentence(changed(content, lambda _: header.getvalue(), name))


def test_what_unfolds_to_far_more_than_it_holds_is_refused(monkeypatch) -> None:
    from xanesview.io.session_file import archive

    monkeypatch.setattr(archive, "LARGEST_SESSION_TEXT", 10_000)
    out = io.BytesIO(bytes_of(1))
    with zipfile.ZipFile(out, "a") as bomb:
        bomb.writestr("bomb", bytes(50_000_000), zipfile.ZIP_DEFLATED)
    with pytest.raises(DamagedFileError, match="far more than it holds"):
        work_from_bytes(out.getvalue())


def test_objects_in_arrays_are_never_made(tmp_path: Path) -> None:
    content = bytes_of(4)
    name = next(n for n in zipfile.ZipFile(io.BytesIO(content)).namelist() if n.endswith(".npy"))
    out = io.BytesIO()
    np.save(out, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    assert "Without" in sentence(changed(content, lambda _: out.getvalue(), name))


def test_text_that_nests_too_deep_is_refused() -> None:
    deep = changed(bytes_of(1), lambda _: b"[" * 100_000 + b"]" * 100_000)
    with pytest.raises(DamagedFileError):
        work_from_bytes(deep)


# ---- files ----


def test_a_full_disk_leaves_the_file_from_before(tmp_path: Path) -> None:
    path = tmp_path / "work.xanesview"
    write_session_file(path, RandomWork(2).work())
    before = contents(tmp_path)
    with full_disk(1000), pytest.raises(XanesviewError) as raised:
        write_session_file(path, RandomWork(3, n_atoms=300).work())
    assert str(path) in raised.value.message
    assert contents(tmp_path) == before


def test_a_session_is_known_by_its_content_and_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "work.zip"
    write_session_file(path, RandomWork(2).work())
    assert is_session_file(path)
    assert kind_of_file(path) == "session"
    assert kind_of_file(tmp_path / "missing.xanesview") == "session"
    (tmp_path / "a.xyz").write_text("1\n\nC 0 0 0\n")
    assert kind_of_file(tmp_path / "a.xyz") == "structure"


def test_a_link_to_itself_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "a.xanesview").symlink_to("a.xanesview")
    with pytest.raises(XanesviewError, match="leads back to itself"):
        read_session_file(tmp_path / "a.xanesview")


@pytest.mark.parametrize("name", ["missing.xanesview", "."])
def test_what_is_no_file_is_told_of(name: str, tmp_path: Path) -> None:
    with pytest.raises(XanesviewError):
        read_session_file(tmp_path / name)


def test_a_summary_tells_what_is_inside() -> None:
    work = RandomWork(1).work()
    text = "\n".join(summary(work, "work.xanesview"))
    assert "c_k_edge_tensor (2.1, weights ab12)" in text
    assert re.search(r"session, \d+ structure", text)


def test_unknown_is_empty_for_files_of_this_version() -> None:
    unknown = work_from_bytes(bytes_of(1)).unknown
    assert dataclasses.replace(unknown, version=(0, 0)) == dataclasses.replace(Unknown(), version=(0, 0)) or (
        not unknown.parts and not unknown.fields and not unknown.members
    )


def test_a_desktop_knows_sessions_by_what_they_begin_with() -> None:
    """The description for desktops names the bytes that files have."""
    told = ElementTree.parse(Path(__file__).resolve().parents[4] / "packaging" / "xanesview-mime.xml").getroot()
    space = "{http://www.freedesktop.org/standards/shared-mime-info}"
    (kind,) = told.iter(f"{space}mime-type")
    assert kind.get("type") == MIME
    inner = [one for one in told.iter(f"{space}match") if one.get("offset") != "0"]
    content = bytes_of()
    for one in inner:
        start = int(one.get("offset"))
        assert content[start:].startswith(one.get("value").encode())
    assert [one.get("pattern") for one in told.iter(f"{space}glob")] == [f"*{ENDING}"]


def test_a_member_that_is_no_group_is_named_and_no_class_is() -> None:
    with pytest.raises(OddContent) as told:
        values.read(Session, {"structure": {"numbers": 3}, "geometry": 5}, {}, values.Kept())
    assert "“" in str(told.value)
    assert not any(kind.__name__ in str(told.value) for kind in (Session, *KINDS))
