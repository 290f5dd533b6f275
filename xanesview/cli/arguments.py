"""How command lines are read, and the options that several subcommands share; ``xanesview --help`` answers at once."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Callable, Sequence
from typing import NoReturn

from xanesview.cli.commands import COMMANDS
from xanesview.cli.numbers_asked import NumberIn, RangesInHelp, asked_number, asked_whole_number
from xanesview.errors import UsageError
from xanesview.limits import WIDEST_EV
from xanesview.version import __version__

_VALUE_MAY_BE_NEGATIVE = (
    "--polarisation", "--polarization", "--theta", "--phi", "--normal", "--shift", "--range", "--look", "--beam",
    "--strain", "--turned", "--grazing", "--incidence", "--azimuth", "--field", "--detector-azimuth",
)

_SECOND_VALUE_MAY_BE_NEGATIVE = ("--move", "--place", "--turn")

_HAS_TWO_VALUES = (*_SECOND_VALUE_MAY_BE_NEGATIVE, "--add", "--element")


class Parser(argparse.ArgumentParser):
    """A parser whose errors are ours: one sentence and a hint, raised as UsageError."""

    def __init__(self, *words: object, **choices: object) -> None:
        super().__init__(*words, formatter_class=RangesInHelp, **choices)
        self.register("type", float, asked_number)
        self.register("type", int, asked_whole_number)

    def error(self, message: str) -> NoReturn:
        message = message.strip().rstrip(".")
        for words, ours in _IN_OUR_WORDS:
            found = re.fullmatch(words, message, flags=re.DOTALL)
            if found:
                message = ours(*found.groups())
                break
        raise UsageError(message[:1].upper() + message[1:] + ".", f"“{self.prog} --help” shows what can be given.")

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> object:
        """Refuse ``--option=--``: argparse takes the dashes away and gives an empty list, or nothing, as the value."""
        if action.option_strings and "--" in arg_strings:
            raise argparse.ArgumentError(action, "expected one argument")
        return super()._get_values(action, arg_strings)


def _bare(text: str) -> str:
    """Return a value as it was typed, where argparse has set it in Python's quotation marks."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


def _no_choice(name: str, value: str, choices: str) -> str:
    return f"{name} can't be “{_bare(value)}”; it is one of: {', '.join(map(_bare, choices.split(', ')))}"


def _missing(names: str) -> str:
    return f"{names} {'are' if ', ' in names else 'is'} missing"


_NAMED = r"argument (\S+): "
_IN_OUR_WORDS: tuple[tuple[str, Callable[..., str]], ...] = (
    (_NAMED + r"(is “.*)", "{} {}".format),  # `asked_number`
    (_NAMED + r"expected one argument", "{} needs a value".format),
    (_NAMED + r"expected at least one argument", "{} needs at least one value".format),
    (_NAMED + r"expected (\d+) arguments", "{} needs {} values".format),
    (_NAMED + r"invalid choice: (.*) \(choose from (.*)\)", _no_choice),
    (_NAMED + r"ignored explicit argument (?:.*)", "{} takes no value".format),
    (_NAMED + r"not allowed with argument (\S+)", "{} and {} exclude each other".format),
    (r"the following arguments are required: (.*)", _missing),
)
"""What argparse says, and what we say instead of it."""


def parsed(argv: Sequence[str]) -> argparse.Namespace:
    """Return the options of one command line; ``.command`` names the subcommand.

    Raises
    ------
    UsageError
        If it can't be understood.
    """
    words = prepared(argv)
    asked = next((word for word in words if word != "--debug"), "")
    arguments, rest = build_parser(asked).parse_known_args(words)
    # argparse takes file names in one run only; names after an option come back as leftovers
    if rest and isinstance(getattr(arguments, "file", None), list) and not any(word.startswith("-") for word in rest):
        arguments.file += rest
        rest = []
    if rest:
        unknown = next((word for word in rest if word.startswith("-")), rest[0])
        raise UsageError(
            f"“{unknown}” is not understood.", f"“xanesview {arguments.command} --help” shows what can be given."
        )
    return arguments


def build_parser(asked: str) -> Parser:
    """Return the parser of one command line: it lists all subcommands and knows the options of the one asked for."""
    parser = Parser(
        prog="xanesview",
        description="Draw a molecule or a surface, turn the polarisation, watch its X-ray absorption spectrum.",
        epilog="“xanesview [FILE]” opens the window. “xanesview COMMAND --help” explains a command.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"xanesview {__version__}")
    parser.add_argument("--debug", action="store_true", help="show the full trace of an unexpected error")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser, required=True)
    for command in COMMANDS:
        p = add_command(commands, command.name, command.line)
        if command.name == asked:
            command.add_arguments(p)
    return parser


def prepared(argv: Sequence[str]) -> list[str]:
    """Return the arguments as argparse can take them.

    ``--debug`` may stand anywhere; a value that begins with a minus sign is tied to its option, since argparse takes
    ``-1,0,0`` for an option; without a subcommand the window is meant.

    Raises
    ------
    UsageError
        For a first word that looks like a misspelt subcommand.
    """
    # after a lone "--" everything is a file name
    end = list(argv).index("--") if "--" in argv else len(argv)
    words, names = list(argv[:end]), list(argv[end:])
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"]
    tied: list[str] = []
    for word in words:
        minus = word.replace("−", "-")  # a minus sign pasted from a paper
        if tied and _takes(tied[-1], minus):
            tied[-1] = f"{tied[-1]}={minus}"
        elif len(tied) > 1 and tied[-2] in _SECOND_VALUE_MAY_BE_NEGATIVE and re.match(r"-[\d.]", minus):
            tied.append(f" {minus}")  # what begins with a space is no option
        else:
            tied.append(word)
    if not _names_command(tied):
        tied.insert(0, "gui")
    return (["--debug"] if debug else []) + tied + names


def _takes(option: str, value: str) -> bool:
    """Tell whether a word that begins with a minus sign is the value of the option before it: no option has digits."""
    if option in _VALUE_MAY_BE_NEGATIVE and re.match(r"-[\d.xyz]", value):
        return True
    alone = option.startswith("--") and "=" not in option and option not in _HAS_TWO_VALUES
    return alone and bool(re.match(r"-\.?\d", value))


def _names_command(words: Sequence[str]) -> bool:
    """Tell whether the first word is a subcommand (or asks for help or the version)."""
    if not words:
        return False
    first = words[0]
    names = [command.name for command in COMMANDS]
    if first in names or first in ("-h", "--help", "--version"):
        return True
    if re.fullmatch(r"[a-z]+", first) and len(words) > 1:
        near = difflib.get_close_matches(first, names, n=1, cutoff=0.75)
        from pathlib import Path

        if near and not Path(first).exists():
            raise UsageError(f"There is no command “{first}”.", f"Did you mean “xanesview {near[0]}”?")
    return False


def add_command(commands: argparse._SubParsersAction, name: str, line: str) -> argparse.ArgumentParser:
    """Add a subcommand, or an action of one; `line` is what it is for."""
    return commands.add_parser(name, help=line, description=line[:1].upper() + line[1:] + ".", allow_abbrev=False)


def add_actions(p: argparse.ArgumentParser) -> argparse._SubParsersAction:
    """Let a subcommand have actions, such as ``dataset build``; ``.action`` names the one asked for."""
    return p.add_subparsers(dest="action", metavar="ACTION", parser_class=Parser, required=True)


def add_structures(p: argparse.ArgumentParser, files: str) -> None:
    """Add what names structures, files or SMILES; `files` tells what files they are."""
    p.add_argument("file", nargs="*", metavar="FILE", help=files)
    p.add_argument(
        "--smiles", nargs="?", action="append", metavar="SMILES",
        help="a molecule by its SMILES or name; without a value the FILEs themselves are that",
    )


def add_frame(p: argparse.ArgumentParser) -> None:
    """Add the option for one structure of a file of several; `frame_asked` reads it."""
    p.add_argument(
        "--frame", metavar="N",
        help="frame of a trajectory, or structure of a file of several, from 1, or last (default: the last of XYZ "
        "files, else the first)",
    )  # fmt: skip


def frame_asked(arguments: argparse.Namespace) -> int | None:
    """Return the frame that was asked for, from 0, or −1 for the last; None where none was.

    Raises
    ------
    UsageError
        If it is no number from 1.
    """
    text = getattr(arguments, "frame", None)
    if text is None:
        return None
    if text.strip().lower() == "last":
        return -1
    if not re.fullmatch(r"0*[1-9]\d{0,8}", text.strip()):
        raise UsageError(f"“{text}” is no frame.", "Give its number from 1, or last.")
    return int(text) - 1


def add_polarisation(p: argparse.ArgumentParser) -> None:
    """Add the options that name a polarisation; `sites.asked_geometry` reads them."""
    p.add_argument(
        "--polarisation", "--polarization", metavar="X,Y,Z", help="direction of the field, e.g. 0,0,1 or -1,0,0"
    )
    p.add_argument("--theta", metavar="T", help="angle of the field from the surface normal (else z), degrees")
    p.add_argument("--phi", metavar="P", help="angle of the field from x, degrees (0 if left out)")
    p.add_argument("--powder", action="store_true", help="mean over all directions (the default)")
    p.add_argument(
        "--experiment", metavar="KIND",
        help="linear (the default with a direction), partial, unpolarised (the direction is the beam's) or powder; "
        "where --beam can be given also beam and elnes",
    )
    p.add_argument("--degree", metavar="P", help="degree of linear polarisation, 0 to 1, of --experiment partial")


def add_width(p: argparse.ArgumentParser) -> None:
    """Add the option for the total width of predicted spectra."""
    p.add_argument(
        "--fwhm", type=NumberIn(0, WIDEST_EV, "eV"), metavar="EV",
        help="total width of predicted spectra, eV (default: the network's own); where that isn't Gaussian, one to add",
    )  # fmt: skip


def add_axis(p: argparse.ArgumentParser) -> None:
    """Add the option for what energies count from."""
    p.add_argument(
        "--axis", choices=("absolute", "relative"),
        help="energies as they are, or from E0 of each site (default: as the network gives them)",
    )


def add_drawn_as(p: argparse.ArgumentParser) -> None:
    """Add the option for spectra as computed or as measured; ``.drawn_as`` has the word."""
    p.add_argument(
        "--as", dest="drawn_as", choices=("computed", "measured"), default="computed",
        help="spectra as computed, or to look like measured ones: moved, broadened, with an edge step, by what the "
        "network's card says (default: computed)",
    )
