"""Which network a name means: the shelf and nothing else; what a broken bundle of the user's hides; and how a path
is told from a name."""

from __future__ import annotations

import os
import shutil
from pathlib import Path, PureWindowsPath
from types import SimpleNamespace

import pytest

from tests.unit.inference.test_domain_check import toluene
from tests.unit.networks.small_bundles import make_bundle
from xanesview import api
from xanesview.cli.main import main
from xanesview.errors import XanesviewError
from xanesview.inference.kept import read_kept
from xanesview.inference.shelf import InstalledNetworks
from xanesview.networks import card as card_module
from xanesview.networks.card import as_path, find_bundle, list_bundles, names_path
from xanesview.paths import resource
from xanesview.shown.network_list import fitting

SHIPPED = "c_k_edge_tensor"
METHANE = "5\nmethane\nC 0 0 0\nH .63 .63 .63\nH -.63 -.63 .63\nH -.63 .63 -.63\nH .63 -.63 -.63\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with a molecule, a broken folder of a shipped name, and a bundle of its own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "methane.xyz").write_text(METHANE)
    (tmp_path / SHIPPED).mkdir()
    (tmp_path / SHIPPED / "card.json").write_text("{}")
    make_bundle(tmp_path / "mine", title="A network here")
    return tmp_path


def test_a_folder_here_never_takes_the_place_of_a_name(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shipped = resource("networks", SHIPPED)
    assert find_bundle(SHIPPED) == shipped
    assert InstalledNetworks().card(SHIPPED).path == shipped
    assert api.predictor_of(SHIPPED, "cpu").card.path == shipped
    assert main(["predict", "methane.xyz", "--network", SHIPPED, "--out", "a.csv", "--quiet"]) == 0
    assert main(["info", SHIPPED]) == 0
    assert str(shipped) in capsys.readouterr().out
    for asked in (f"./{SHIPPED}", str(here / SHIPPED), Path(SHIPPED), f"{SHIPPED}/card.json"):
        with pytest.raises(XanesviewError, match="is not one of a network"):
            find_bundle(asked)


@pytest.mark.parametrize(
    "words",
    [
        ["predict", "methane.xyz", "--out", "a.csv", "--network", "mine"],
        ["plot", "methane.xyz", "--out", "a.svg", "--network", "mine"],
        ["properties", "methane.xyz", "--network", "mine"],
        ["properties", "methane.xyz", "--reader", "mine"],
        ["evaluate", "mine", "--data", "methane.xyz"],
        ["compare-networks", "mine", "--data", "methane.xyz"],
        ["info", "mine"],
    ],
)
def test_a_plain_name_that_is_only_here_is_refused_with_how_to_write_it(words, here: Path, capsys) -> None:
    assert main(words) == 1
    told = capsys.readouterr().err
    assert "There is no network 'mine'." in told
    assert "hint: For the folder here write ./mine. Known networks: c_k_edge_isd_painn" in told


def test_a_training_goes_on_from_the_shelf_or_from_a_path(here: Path) -> None:
    from xanesview.training.absorption_tensor.training import _card

    with pytest.raises(XanesviewError) as caught:
        _card("mine")
    assert "./mine" in caught.value.hint
    assert _card("./mine").title == "A network here"


def test_a_path_finds_what_is_here(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for asked in ("./mine", str(here / "mine"), Path("mine"), "mine/", "./mine/card.json"):
        assert find_bundle(asked).resolve() == here / "mine"
    assert InstalledNetworks().card("./mine").title == "A network here"
    assert read_kept("abc", "./mine") is None
    assert main(["info", "./mine"]) == 0
    assert "A network here" in capsys.readouterr().out
    with pytest.raises(XanesviewError, match=r"There is no network '\./nowhere'"):
        find_bundle("./nowhere")


def test_names_that_nothing_can_have_are_refused(here: Path) -> None:
    for name in ("", " ", "x" * 5000, "a\0b", ".", "..", "nobody", "~nobody-at-all/x", "card.json"):
        with pytest.raises(XanesviewError):
            find_bundle(name)


@pytest.mark.parametrize(
    ("text", "posix", "windows"),
    [("mine", False, False), ("./mine", True, True), (".\\mine", False, True), ("C:mine", False, True),
     ("/a/b", True, True), ("..", True, True), ("a.b", False, False)],
)  # fmt: skip
def test_a_path_is_told_from_a_name_by_its_separators(text, posix, windows, monkeypatch) -> None:
    assert names_path(text) is posix
    assert names_path(Path(text))
    monkeypatch.setattr(card_module, "os", SimpleNamespace(sep="\\", altsep="/"))
    monkeypatch.setattr(card_module, "Path", PureWindowsPath)
    assert names_path(text) is windows


def test_a_folder_is_written_so_that_it_is_taken_for_a_path() -> None:
    assert [as_path(Path(one)) for one in ("mine", "a/mine", "/a")] == ["./mine", "a/mine", "/a"]


@pytest.fixture(params=["empty", "broken card", "no weights", "cut weights"])
def hidden(request: pytest.FixtureRequest, xanesview_home: Path) -> str:
    """A folder of the user's that has a shipped name and is no network; returns a part of what is wrong."""
    folder = xanesview_home / "data" / "networks" / SHIPPED
    if request.param == "empty":
        folder.mkdir(parents=True)
        return "There is no card.json"
    shutil.copytree(resource("networks", SHIPPED), folder)
    if request.param == "broken card":
        (folder / "card.json").write_text('{"format": "xanesview-network", "format_version": "2"}')
        return "lacks name, title"
    if request.param == "no weights":
        (folder / "weights.safetensors").unlink()
        return "are missing"
    (folder / "weights.safetensors").write_bytes((folder / "weights.safetensors").read_bytes()[:-9])
    return "cannot be read"


def test_a_broken_folder_of_a_shipped_name_leaves_the_shipped_one_and_says_so(hidden: str, tmp_path, capsys) -> None:
    shipped = resource("networks", SHIPPED)
    assert find_bundle(SHIPPED) == shipped
    (info,) = (one for one in list_bundles() if one.name == SHIPPED)
    assert info.problem is None
    assert (info.path, hidden in info.notice) == (shipped, True)
    assert info.notice.startswith(f"Your own {SHIPPED} can't be used: ")
    assert info.notice.endswith("The one that comes with the program is taken instead.")
    assert main(["networks"]) == 0
    assert f"{SHIPPED} (default)\n  {info.notice}\n" in capsys.readouterr().out
    (tmp_path / "methane.xyz").write_text(METHANE)
    assert main(["predict", str(tmp_path / "methane.xyz"), "--out", str(tmp_path / "a.csv")]) == 0
    assert f"notice: {info.notice}\n" in capsys.readouterr().err
    assert main(["predict", str(tmp_path / "methane.xyz"), "--network", "c_k_edge_xane3",
                 "--out", str(tmp_path / "b.csv")]) == 0  # fmt: skip
    assert "taken instead" not in capsys.readouterr().err
    session = SimpleNamespace(network=SHIPPED)
    entries = fitting(InstalledNetworks(), SimpleNamespace(card=info.card, structure=toluene(), session=session))
    (entry,) = (one for one in entries if one.name == SHIPPED)
    assert entry.line.endswith("in place of your own, which can't be used")
    assert (entry.problem, entry.notice) == ("", info.notice)


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize(
    "words",
    [["predict", "--out", "a.csv"], ["series", "--theta", "0:90:45", "--out", "a.csv"], ["plot", "--out", "a.svg"],
     ["animate", "--theta", "0:60:30", "--size", "320x240", "--out", "a.gif"], ["info"]],
    ids=lambda words: words[0],
)  # fmt: skip
def test_what_takes_the_place_of_ones_own_network_is_told_once(
    words, named, xanesview_home, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    broken = xanesview_home / "data" / "networks" / SHIPPED
    broken.mkdir(parents=True)
    (broken / "card.json").write_text("{")
    (tmp_path / "methane.xyz").write_text(METHANE)
    command, *more = words
    more += ["--network", SHIPPED] * (named and command != "info")
    assert main([command, "methane.xyz", *more]) == 0
    assert capsys.readouterr().err.count("taken instead") == (command != "info")


def test_a_good_bundle_of_a_shipped_name_takes_its_place(xanesview_home: Path) -> None:
    own = make_bundle(xanesview_home / "data" / "networks" / SHIPPED, title="My own")
    assert find_bundle(SHIPPED) == own
    (info,) = (one for one in list_bundles() if one.name == SHIPPED)
    assert (info.card.title, info.notice) == ("My own", "")


def test_a_folder_of_networks_that_cannot_be_read_holds_none(xanesview_home: Path) -> None:
    (xanesview_home / "data").mkdir()
    (xanesview_home / "data" / "networks").write_text("a file")
    assert find_bundle(SHIPPED) == resource("networks", SHIPPED)


def test_a_file_or_a_pipe_is_told_to_be_no_folder(tmp_path: Path) -> None:
    (tmp_path / "weights.pt").write_text("", encoding="utf-8")
    os.mkfifo(tmp_path / "pipe")
    for name in ("weights.pt", "pipe"):
        with pytest.raises(XanesviewError, match="is no folder with a network") as told:
            find_bundle(tmp_path / name)
        assert "card.json" in told.value.hint
