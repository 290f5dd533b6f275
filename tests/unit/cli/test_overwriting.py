"""No command writes over what it reads, and what it says can't steer a terminal."""

from __future__ import annotations

import os
from argparse import Namespace

import pytest

from xanesview.cli.commands import COMMANDS
from xanesview.cli.main import main
from xanesview.cli.overwriting import check_not_read
from xanesview.errors import UsageError, printable

WATER = "3\nwater\nO 0 0 0\nH 0.76 0.59 0\nH -0.76 0.59 0\n"


@pytest.mark.parametrize(
    "words",
    [
        ["predict", "{}", "--out", "{}"],
        ["render", "{}", "--out", "{}"],
        ["plot", "{}", "--out", "{}"],
        ["properties", "{}", "--json", "{}"],
    ],
)
@pytest.mark.parametrize("link", ["same", "symbolic", "hard", "dots"])
def test_a_file_that_is_read_is_not_written_over(words, link, tmp_path, capsys):
    read = tmp_path / "water.csv"
    read.write_text(WATER)
    written = tmp_path / {"dots": "../" + tmp_path.name + "/water.csv", "same": "water.csv"}.get(link, "other.csv")
    if link == "symbolic":
        written.symlink_to(read)
    elif link == "hard":
        os.link(read, written)
    names = iter([str(read), str(written)])
    assert main([next(names) if word == "{}" else word for word in words]) == 2
    told = capsys.readouterr().err
    assert "is not written over" in told
    assert "Give another name" in told
    assert read.read_text() == WATER


def test_a_folder_of_predictions_spares_the_structures_in_it(tmp_path, capsys):
    read = tmp_path / "water.csv"
    read.write_text(WATER)
    (tmp_path / "water.xyz").write_text(WATER)
    assert main(["predict", str(read), str(tmp_path / "water.xyz"), "--out", str(tmp_path)]) == 2
    assert "not written over" in capsys.readouterr().err
    assert read.read_text() == WATER


def test_other_files_may_be_written_over(tmp_path):
    for name in ("a.xyz", "b.csv"):
        (tmp_path / name).write_text(WATER)
    check_not_read(Namespace(file=[str(tmp_path / "a.xyz")], out=str(tmp_path / "b.csv"), command="predict"))
    with pytest.raises(UsageError, match=r"b\.csv"):
        check_not_read(Namespace(file=str(tmp_path / "b.csv"), out=str(tmp_path / "b.csv")))
    check_not_read(Namespace(file="x" * 5000, out=str(tmp_path / "b.csv")))


def test_what_turns_the_direction_of_writing_is_not_printed(tmp_path, capsys):
    assert main(["info", str(tmp_path / "a\u202ezyx.xyz")]) == 1
    assert "\u202e" not in capsys.readouterr().err
    assert printable("a\u2066b\x1b[31mc") == "a�b�[31mc"


def test_a_file_in_the_place_of_a_folder_is_called_a_file(tmp_path, capsys):
    (tmp_path / "b.csv").write_text("1 2\n")
    (tmp_path / "w.xyz").write_text(WATER)
    assert main(["predict", str(tmp_path / "w.xyz"), "--network", "o_k_edge_tensor",
                 "--out", str(tmp_path / "b.csv" / "x.csv")]) == 1  # fmt: skip
    assert "b.csv is a file, not a folder" in capsys.readouterr().err


def test_properties_are_read_from_a_prediction(tmp_path, capsys):
    for ending in ("csv", "h5"):
        target = tmp_path / f"b.{ending}"
        assert main(["predict", "--smiles", "C=O", "--network", "c_k_edge_tensor", "--out", str(target)]) == 0
        capsys.readouterr()
        assert main(["properties", str(target)]) == 0
        assert "HOMO–LUMO gap" in capsys.readouterr().out


ANIMATE = ["animate", "{}", "--theta", "0:90:30", "--out"]
LONG_ONES = [
    (ANIMATE, ".gif"),
    (["series", "{}", "--theta", "0:90:30", "--out"], ".csv"),
    (["rank", "{}", "{}", "--out"], ".csv"),
    (["fit", "{}", "{}", "--out"], ".csv"),
    (["fit", "{}", "{}", "--json"], ".json"),
    (["plot", "{}", "--out"], ".svg"),
    (["render", "{}", "--out"], ".png"),
    (["evaluate", "c_k_edge_tensor", "--data", "{}", "--json"], ".json"),
    (["properties", "{}", "--json"], ".json"),
    (["{}", "--screenshot"], ".png"),
]


@pytest.mark.parametrize(("words", "ending"), LONG_ONES)
@pytest.mark.parametrize("wrong", ["missing", "folder", "file", "long"])
def test_where_nothing_can_be_written_nothing_is_computed(words, ending, wrong, tmp_path, capsys, monkeypatch):
    for command in COMMANDS:
        monkeypatch.setattr(type(command), "run", property(lambda _: pytest.fail("something was computed")))
    read = tmp_path / "water.xyz"
    read.write_text(WATER)
    (tmp_path / f"folder{ending}").mkdir()
    target, told = {
        "missing": (tmp_path / "no" / f"x{ending}", "There is no folder"),
        "folder": (tmp_path / f"folder{ending}", "is a folder"),
        "file": (read / f"x{ending}", "water.xyz is a file, not a folder"),
        "long": (tmp_path / ("x" * 300 + ending), "is too long"),
    }[wrong]
    words = [str(read) if word == "{}" else word for word in words]
    assert main([*words, str(target)]) == (2 if wrong == "long" else 1)
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("words", [["compute", "{}", "--out"], ["process", "{}", "--out"],
                                   ["evaluate", "a", "--data", "{}", "--report"]])  # fmt: skip
def test_folders_that_can_not_be_made_are_refused_first(words, tmp_path, capsys, monkeypatch):
    for command in COMMANDS:
        monkeypatch.setattr(type(command), "run", property(lambda _: lambda arguments: 0))
    read = tmp_path / "water.xyz"
    read.write_text(WATER)
    if words[0] == "process":
        words = ["process", "{}", "--recipe", "{}", "--out"]
    words = [str(read) if word == "{}" else word for word in words]
    file = tmp_path / "file"
    file.write_text("")
    for name, code in ((file, 1), (file / "a" / "b", 1), (tmp_path / ("x" * 300), 2), (tmp_path / "new" / "one", 0)):
        assert main([*words, str(name)]) == code, name
        assert ("is a file, not a folder" in capsys.readouterr().err) == (code == 1)
