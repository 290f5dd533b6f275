"""Numbers of a command line: every option that takes one says in which range, refuses others, and tells so in its help.

Options whose text is more than one number have their own readers; those that several subcommands share stand here too.
"""

from __future__ import annotations

import argparse
import math
import re

from xanesview.errors import UsageError
from xanesview.io.text_file import plain_float
from xanesview.limits import check_range_ev

_LARGEST = 1e30
"""No length, energy or factor is larger, and powers of such numbers overflow."""


class NumberIn:
    """A number from `least` to `most`, as the type of an option.

    Parameters
    ----------
    least, most : float
    unit : str
        As it is told, such as "eV"; empty for a pure number.
    above : bool
        Whether `least` itself is refused.
    """

    def __init__(self, least: float, most: float, unit: str = "", above: bool = False) -> None:
        self.least, self.most, self.unit, self.above = least, most, unit, above

    @property
    def stated(self) -> str:
        """The range in words, such as “from 0 to 1,000 eV”."""
        word = "above" if self.above else "from"
        return f"{word} {_said(self.least)} to {_said(self.most)}{f' {self.unit}' if self.unit else ''}"

    def __call__(self, text: str) -> float:
        """Return the number of a text; infinities, NaN and what overflows are none."""
        return self._in_range(text, asked_number(text))

    def _in_range(self, text: str, value: float) -> float:
        if not self.least <= value <= self.most or (self.above and value == self.least):
            raise argparse.ArgumentTypeError(f"is “{text}”; it goes {self.stated}")
        return value


class WholeIn(NumberIn):
    """A whole number of a range."""

    def __call__(self, text: str) -> int:
        """Return the whole number of a text."""
        return int(self._in_range(text, asked_whole_number(text)))


class RangesInHelp(argparse.HelpFormatter):
    """Help that tells the range of every number behind what the option is for."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        told = action.help or ""
        return f"{told}; {action.type.stated}" if isinstance(action.type, NumberIn) else told


def _said(value: float) -> str:
    return f"{value:,.10g}".replace("-", "−")


def asked_number(text: str) -> float:
    """Return a number of a command line; infinities, NaN and what overflows are none."""
    try:
        value = plain_float(text.replace("−", "-"))
    except ValueError:
        value = math.nan
    if not abs(value) < _LARGEST:
        raise argparse.ArgumentTypeError(f"is “{text}”, which is not a number that can be used")
    return value


def asked_whole_number(text: str) -> int:
    """Return a whole number of a command line."""
    if not re.fullmatch(r"[-−+]?[0-9]{1,9}", text.strip()):
        raise argparse.ArgumentTypeError(f"is “{text}”, which is not a whole number that can be used")
    return int(text.replace("−", "-"))


def asked_range_ev(text: str, separators: str, hint: str) -> tuple[float, float]:
    """Return the two ends of a range of energies, in eV, such as “280,305”.

    Parameters
    ----------
    separators : a regular expression of what may stand between them
    hint : how to write it

    Raises
    ------
    UsageError
        If it can't be understood, or is no range of energies.
    """
    try:
        low, high = map(asked_number, re.split(separators, text.strip()))
    except (ValueError, argparse.ArgumentTypeError):
        raise UsageError(f"“{text}” is no range of energies.", hint) from None
    check_range_ev(low, high, hint, UsageError)
    return low, high


def asked_size(text: str, least: int, most: int) -> tuple[int, int]:
    """Return width and height, each from `least` to `most`, of a size such as “1400x860”.

    Raises
    ------
    UsageError
        If it can't be understood.
    """
    words = text.lower().replace("×", "x").split("x")
    if len(words) != 2 or not all(re.fullmatch(r"\d{1,9}", word) and least <= int(word) <= most for word in words):
        raise UsageError(f"“{text}” is not a size from {least}x{least} to {most}x{most}.", "Write it as 1400x860.")
    return int(words[0]), int(words[1])
