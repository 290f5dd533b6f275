"""What is wrong with a command line is said in the program's own words, whatever reads it."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from xanesview.cli.arguments import build_parser, parsed
from xanesview.cli.commands import COMMANDS
from xanesview.cli.main import main
from xanesview.cli.numbers_asked import NumberIn, asked_range_ev
from xanesview.errors import UsageError

PLOT = ["plot", "a.csv", "--out", "a.svg"]
MANY = "9" * 5000


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([*PLOT, "--dpi", "1e9"], "--dpi is “1e9”, which is not a whole number that can be used."),
        ([*PLOT, "--dpi", "²"], "--dpi is “²”, which is not a whole number that can be used."),
        ([*PLOT, "--fwhm", "²"], "--fwhm is “²”, which is not a number that can be used."),
        ([*PLOT, "--fwhm", "nan"], "--fwhm is “nan”, which is not a number that can be used."),
        ([*PLOT, "--fwhm", "1e300"], "--fwhm is “1e300”, which is not a number that can be used."),
        ([*PLOT, "--width=-inf"], "--width is “-inf”, which is not a number that can be used."),
        ([*PLOT, "--as", "it's"], "--as can't be “it's”; it is one of: computed, measured."),
        ([*PLOT, "--powder=3"], "--powder takes no value."),
        ([*PLOT, "--title"], "--title needs a value."),
        (["train", "tensor", "--out", "x", "--data"], "--data needs at least one value."),
        (["plot", "--out", "a.svg"], "FILE is missing."),
        (["plot"], "FILE, --out are missing."),
        (["dataset"], "ACTION is missing."),
        (["dataset", "nosuch"], "ACTION can't be “nosuch”; it is one of: build, import, teach, info."),
        ([*PLOT, "--fwhm", "1001"], "--fwhm is “1001”; it goes from 0 to 1,000 eV."),
        ([*PLOT, "--dpi", "5"], "--dpi is “5”; it goes from 36 to 2,400."),
        (["surface", "a.cif", "--miller", "1,1,0", "--vacuum", "0"], "--vacuum is “0”; it goes above 0 to 500 Å."),
        (["reference", "search", "--limit", "x"], "--limit is “x”, which is not a whole number that can be used."),
    ],
)
def test_what_is_wrong_with_an_option_is_told(words: list[str], sentence: str) -> None:
    with pytest.raises(UsageError) as told:
        parsed(words)
    assert told.value.message == sentence
    assert "--help" in told.value.hint


def test_numbers_are_read() -> None:
    arguments = parsed([*PLOT, "--dpi", "600", "--fwhm", "1.5e0", "--width", "85"])
    assert (arguments.dpi, arguments.fwhm, arguments.width) == (600, 1.5, 85.0)
    assert parsed(["fit", "a.dat", "b.xyz", "--e0=−3"]).e0 == -3.0


def options(parser: argparse.ArgumentParser):
    """All options of a parser and of its actions, such as those of `dataset build`."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from options(inner)
        else:
            yield parser, action


@pytest.mark.parametrize("command", [one.name for one in COMMANDS])
def test_every_number_has_a_range_and_help_tells_it(command: str) -> None:
    (inner,) = (one for one in build_parser(command)._actions if isinstance(one, argparse._SubParsersAction))
    for parser, action in options(inner.choices[command]):
        if action.type in (None, str, Path):
            continue
        assert isinstance(action.type, NumberIn), f"{parser.prog} {action.option_strings} has no range"
        assert action.type.stated in re.sub(r"\s+", " ", parser.format_help())
        for value in (action.type.least, action.type.most):
            assert action.default is None or action.type.least <= action.default <= action.type.most
            assert action.type.above or action.type(repr(value).removesuffix(".0")) == value
        for value in (action.type.most * 2 + 2, action.type.least - 1):
            with pytest.raises(argparse.ArgumentTypeError):
                action.type(f"{value:.0f}")


@pytest.mark.parametrize("weights", ["1e308,1", "1e7,1", "nan,1", "-1,1", "1e400", "1_0,1", "0,0", "", "1,,2"])
def test_weights_of_sites_have_a_range(weights: str, tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.xyz"
    path.write_text("4\n\nC 0 0 0\nO 0 0 1.2\nH 0.9 0 -0.6\nH -0.9 0 -0.6\n")
    words = ["predict", str(path), f"--site-weights={weights}", "--out", str(tmp_path / "a.csv")]
    assert main(words) == 2
    assert "--site-weights" in capsys.readouterr().err
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.parametrize("words", [["--dpi", MANY], ["--fwhm", MANY], ["--sites", MANY], ["--range", MANY]])
def test_long_values_are_cut(words: list[str], tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.csv"
    path.write_text("energy_ev,site_0,sum\n" + "".join(f"{280 + k},1,{k}\n" for k in range(5)), encoding="utf-8")
    assert main(["plot", str(path), "--out", str(tmp_path / "a.svg"), *words]) == 2
    error = capsys.readouterr().err.splitlines()[0]
    assert "999…”" in error
    assert len(error) < 120


def test_a_number_of_hundreds_of_digits_is_told_short(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.csv"
    path.write_text("energy_ev,sum\n" + "".join(f"{280 + k},{k}\n" for k in range(40)), encoding="utf-8")
    assert main(["properties", str(path), "--composition", f"C{'9' * 300}"]) == 2
    assert len(capsys.readouterr().err.splitlines()[0]) < 120


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("nan,nan", "“nan,nan” is no range"), ("1e400,2", "“1e400,2” is no range"), ("280", "“280” is no range"),
        ("1,2,3", "is no range"), ("-1e20,1e20", "lie between"), ("300,280", "is empty"), ("280,280", "is empty"),
    ],
)  # fmt: skip
def test_ranges_that_are_none_are_told(text: str, part: str) -> None:
    with pytest.raises(UsageError, match=part):
        asked_range_ev(text, ",", "Write it as 280,305.")


def test_a_range_is_read() -> None:
    assert asked_range_ev(" −5:12.5", ":", "") == (-5.0, 12.5)


def lines_with_dashes(command: str) -> list[tuple[str, list[str]]]:
    """Each option of a command that takes a value with “--” as that, behind what the command line can't do without."""
    found = []
    parsers = [([command], _subparser(build_parser(command), command))]
    while parsers:
        words, parser = parsers.pop()
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                parsers += [([*words, name], one) for name, one in action.choices.items()]
            elif action.nargs != 0:
                found += [(option, [*words, f"{option}=--"]) for option in action.option_strings]
    return found


def _subparser(parser: argparse.ArgumentParser, command: str) -> argparse.ArgumentParser:
    return next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction)).choices[command]


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
def test_two_dashes_are_no_value_of_any_option(command: str) -> None:
    for option, words in lines_with_dashes(command):
        with pytest.raises(UsageError) as told:
            parsed(words)
        expected = r"needs (a value|\d+ values)\."
        assert re.fullmatch(rf"--\S+ {expected}|-\w {expected}", told.value.message), (option, told.value.message)
        assert option in told.value.message or "/" in told.value.message


def test_file_names_behind_two_dashes_and_values_of_dashes_and_more_still_go_through() -> None:
    arguments = parsed(["plot", "--out", "a.svg", "--title=---", "--", "-a.csv", "--b.csv"])
    assert (arguments.title, arguments.file) == ("---", ["-a.csv", "--b.csv"])
