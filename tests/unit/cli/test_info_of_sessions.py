"""``xanesview info`` of a session, and of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.random_work import RandomWork
from xanesview.cli.main import main
from xanesview.io.session_file.session_file import write_session_file


def test_info_tells_what_a_session_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "work.xanesview"
    write_session_file(path, RandomWork(1).work())
    assert main(["info", str(path)]) == 0
    assert capsys.readouterr().out.startswith("work.xanesview: session, ")


def test_info_of_a_damaged_session_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "work.xanesview"
    path.write_bytes(b"PK")
    assert main(["info", str(path)]) == 1
    assert "work.xanesview is no session file" in capsys.readouterr().err


def test_a_report_of_this_machine_needs_no_display(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert main(["info", "--bug"]) == 0
    out = capsys.readouterr().out
    assert "device:" in out
    assert "log:" in out


def test_a_report_is_asked_for_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "--bug", "file.xyz"]) == 2


def test_of_several_files_those_that_can_be_read_are_told_of_and_the_others_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.xyz").write_text("1\n\nC 0 0 0\n")
    (tmp_path / "b.xyz").write_text("1\n\nN 0 0 0\n")
    (tmp_path / "loop.xyz").symlink_to("loop.xyz")
    names = [str(tmp_path / name) for name in ("loop.xyz", "a.xyz", "nowhere.xyz", "b.xyz")]
    assert main(["info", *names]) == 1
    told = capsys.readouterr()
    assert told.err.count("error:") == 2
    assert told.out.count("atom") >= 2
