"""Names and numbers on a command line that are none, and files that are something else: each told as what it is."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import pytest

from xanesview.cli import main as module
from xanesview.cli.main import main
from xanesview.domain.geometry.directions import parse_angle_deg, parse_direction
from xanesview.domain.geometry.geometry import parse_degree
from xanesview.errors import XanesviewError
from xanesview.io import atomic
from xanesview.io.atomic import write_text
from xanesview.io.text_file import check_is_file, number
from xanesview.networks.card import WEIGHTS, find_bundle
from xanesview.networks.weights_file import check_weights


@pytest.mark.parametrize("empty", ["", " "])
@pytest.mark.parametrize(
    "words", [["--out", None], ["--out", "a.csv", "--network", None]], ids=lambda words: words[-2]
)
def test_an_empty_name_is_refused(words, empty, capsys, monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    given = [empty if word is None else word for word in words]
    assert main(["predict", "--smiles", "C", *given]) == 2
    assert f"{words[-2]} is given an empty name." in capsys.readouterr().err
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["1_0", "1e308", "inf", "-1e7"])
def test_what_is_no_angle_is_refused(text) -> None:
    with pytest.raises(XanesviewError, match="is no angle"):
        parse_angle_deg(text)
    assert parse_angle_deg("720") == 720.0


def test_numbers_with_underscores_are_none(capsys) -> None:
    with pytest.raises(XanesviewError, match="is no direction"):
        parse_direction("1_0,0,0")
    with pytest.raises(XanesviewError, match="is not a number"):
        parse_degree("0.8_0")
    with pytest.raises(XanesviewError, match="which is not a number"):
        number("280_0", "The energy")
    assert main(["predict", "--smiles", "C", "--fwhm", "1_0", "--out", "a.csv"]) == 2
    assert "“1_0”" in capsys.readouterr().err


@pytest.mark.parametrize("written", [".", "..", "./"])
def test_a_folder_of_no_network_is_called_by_its_name(written, tmp_path, monkeypatch) -> None:
    inside = tmp_path / "plain" / "inside"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    name = "plain" if written == ".." else "inside"
    with pytest.raises(XanesviewError, match=rf"There is no card\.json in {name}"):
        find_bundle(written)


def test_the_root_folder_is_called_by_its_name() -> None:
    with pytest.raises(XanesviewError, match=r"There is no card\.json in /"):
        find_bundle("/")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in the file system here")
def test_weights_that_are_no_file_are_told_as_what_they_are(tmp_path) -> None:
    with pytest.raises(XanesviewError, match="are missing"):
        check_weights(tmp_path / WEIGHTS)
    os.mkfifo(tmp_path / WEIGHTS)
    with pytest.raises(XanesviewError, match="a pipe or a device"):
        check_weights(tmp_path / WEIGHTS)
    (tmp_path / WEIGHTS).unlink()
    (tmp_path / WEIGHTS).mkdir()
    with pytest.raises(XanesviewError, match="are a folder"):
        check_weights(tmp_path / WEIGHTS)


def test_a_link_that_leads_nowhere_is_called_a_link(tmp_path) -> None:
    (tmp_path / "a.xyz").symlink_to(tmp_path / "b.xyz")
    with pytest.raises(XanesviewError, match="is a link to a file that is not there"):
        check_is_file(tmp_path / "a.xyz")
    (tmp_path / "b.xyz").symlink_to(tmp_path / "a.xyz")
    with pytest.raises(XanesviewError, match="is a link that leads back to itself"):
        check_is_file(tmp_path / "a.xyz")


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no sockets in the file system here")
def test_a_socket_is_told_as_one(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)  # names of sockets are short
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("s.csv")
        with pytest.raises(XanesviewError, match=r"s\.csv is a socket"):
            write_text(Path("s.csv"), "1")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no devices in the file system here")
@pytest.mark.parametrize("command", ["plot", "render"])
def test_a_device_for_a_figure_is_told_as_one(command, tmp_path, capsys) -> None:
    (tmp_path / "a.xyz").write_text("1\n\nC 0 0 0\n")
    assert main([command, str(tmp_path / "a.xyz"), "--out", "/dev/full"]) == 2
    assert "“/dev/full” is a pipe or a device" in capsys.readouterr().err


def test_more_processes_than_any_machine_has_are_refused(capsys, tmp_path) -> None:
    words = ["compute", "--smiles", "C", "--out", str(tmp_path / "out"), "--processes", "99999999", "--minutes", "0"]
    assert main(words) == 2
    assert "--processes is “99999999”; it goes from 1 to 1,024" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_files_written_before_are_spoken_of_only_where_there_are_some(capsys, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(atomic, "_whole", type(atomic._whole)(maxlen=1))
    module._tell_ended(signal.SIGTERM)
    assert "Files written before" not in capsys.readouterr().err
    write_text(tmp_path / "a.txt", "1")
    module._tell_ended(signal.SIGTERM)
    assert "Files written before are complete." in capsys.readouterr().err


@pytest.mark.parametrize("words", [["edit", "--repeat", "99999,99999,1"], ["edit", "--repeat", "9" * 40 + ",1,1"],
                                   ["surface", "--miller", "001", "--repeat", "99999,99999"]])  # fmt: skip
def test_too_many_repeats_name_the_limit(words, capsys, tmp_path) -> None:
    crystal = Path(__file__).parents[3] / "resources" / "examples" / "cuo.cif"
    assert main([words[0], str(crystal), *words[1:], "--out", str(tmp_path / "a.cif")]) == 2
    assert "1 to 100 each" in capsys.readouterr().err
