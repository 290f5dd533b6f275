"""``example:NAME`` is taken wherever a structure file is."""

from __future__ import annotations

import pytest

from xanesview.cli.main import main


def test_a_movie_of_an_example(tmp_path) -> None:
    out = tmp_path / "a.gif"
    words = ["--theta", "0:90:45", "--size", "320x240", "--out", str(out), "--quiet"]
    assert main(["animate", "example:formaldehyde", *words]) == 0
    assert out.stat().st_size > 1000


def test_examples_as_candidates(tmp_path) -> None:
    energies = range(560, 620)
    text = "".join(f"{k / 2} {1.0 / (1.0 + abs(k / 2 - 286.0))}\n" for k in energies)
    (tmp_path / "a.dat").write_text(text)
    out = tmp_path / "list.csv"
    words = [str(tmp_path / "a.dat"), "example:formaldehyde", "example:acetonitrile", "--out", str(out)]
    assert main(["rank", *words]) == 0
    assert "formaldehyde" in out.read_text()


@pytest.mark.parametrize("command", ["animate", "rank"])
def test_an_example_that_there_is_not(command, tmp_path, capsys) -> None:
    words = ["--theta", "0:90:45", "--out", str(tmp_path / "a.gif")] if command == "animate" else []
    assert main([command, "example:nothing", *words]) == 1
    assert "There is no example “nothing”" in capsys.readouterr().err
