"""Signals as a user writes them: ``ln(I0/It)``, ``(Ge1 + Ge2)/I0``, ``$3/$2``; read by a parser of its own, never run.

Columns are called by name (in quotation marks where it would be misread) or by number: ``$1`` is the first. There are
``+ - * /``, brackets, numbers, and the functions of `FUNCTIONS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.errors import XanesviewError
from xanesview.io.spectra.raw_table import RawTable

FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "ln": np.log, "log": np.log, "log10": np.log10, "exp": np.exp, "sqrt": np.sqrt, "abs": np.abs,
}  # fmt: skip
LONGEST = 20_000
"""Characters of an expression; sums of a hundred detector channels fit."""
_DEEPEST = 50
_NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?")
_QUOTED = re.compile(r'"([^"]*)"|“([^”]*)”|\'([^\']*)\'|\{([^}]*)\}')
_PLACE = re.compile(r"\$\d{1,5}")
_CALL = re.compile(r"(\w+)\s*\(")
_WORD = re.compile(r"\w+|.")
_HINT = "Write such as ln(I0/It) or “If/I0”: names of columns, $1 for the first, + − * / and ln, log10, exp, sqrt, abs."


@dataclass(frozen=True)
class _Token:
    kind: str  # column, number, function, sign
    text: str
    value: float = 0.0


def quoted(name: str) -> str:
    """Return a column's name as it stands in an expression: in quotation marks unless it is one plain word."""
    return name if re.fullmatch(r"[^\W\d]\w*", name) and name.lower() not in FUNCTIONS else f'"{name}"'


def evaluate(expression: str, table: RawTable) -> np.ndarray:
    """Return the values (R,) of an expression of a table's columns; NaN where it has no value, as ln of nothing.

    Raises
    ------
    XanesviewError
        If it can't be understood or calls a column that is not there.
    """
    tokens = _tokens(expression, table.names)
    parser = _Parser(tokens, table, expression)
    with np.errstate(all="ignore"):
        values = parser.sum(0)
    if parser.at < len(tokens):
        raise _misread(expression, f"“{tokens[parser.at].text}” is out of place")
    if np.ndim(values) == 0:
        raise XanesviewError(f"“{expression}” names no column.", _columns_of(table.names))
    return np.where(np.isfinite(values), values, np.nan)


def column_index(name: str, table: RawTable) -> int:
    """Return the column that is called so: by name, by ``$3`` or by number from 1.

    Raises
    ------
    XanesviewError
        If there is none.
    """
    wanted = name.strip().strip('"“”')
    lowered = [one.lower() for one in table.names]
    if wanted.lower() in lowered:
        return lowered.index(wanted.lower())
    number = wanted.removeprefix("$")
    if number.isascii() and number.isdigit() and len(number) < 6:
        if 1 <= int(number) <= len(table.names):
            return int(number) - 1
    elif len(found := [k for k, one in enumerate(lowered) if one.startswith(wanted.lower())]) == 1:
        return found[0]
    raise XanesviewError(f"There is no column “{name}”.", _columns_of(table.names))


def _columns_of(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:16])
    return f"There are {shown}{' …' if len(names) > 16 else ''}."


def _misread(expression: str, what: str) -> XanesviewError:
    return XanesviewError(f"The signal “{expression}” can't be understood: {what}.", _HINT)


def _tokens(expression: str, names: Sequence[str]) -> list[_Token]:
    if len(expression) > LONGEST:
        raise XanesviewError(f"A signal of {len(expression):,} characters is too long.", _HINT)
    text = expression.replace("−", "-").replace("·", "*")
    lowered = text.lower() if len(text.lower()) == len(text) else text
    by_length = sorted((name.lower() for name in names), key=len, reverse=True)
    tokens, at = [], 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        token, at = _next(text, lowered, at, by_length, expression)
        tokens.append(token)
    return tokens


def _next(text: str, lowered: str, at: int, names: Sequence[str], expression: str) -> tuple[_Token, int]:
    """Return the token at a place, and the place after it; the longest name of a column wins."""
    if match := _QUOTED.match(text, at):
        return _Token("column", next(group for group in match.groups() if group is not None)), match.end()
    if match := _PLACE.match(text, at):
        return _Token("column", match[0]), match.end()
    call = _CALL.match(text, at)
    if call and call[1].lower() in FUNCTIONS:
        return _Token("function", call[1].lower()), at + len(call[1])
    for name in names:
        if lowered.startswith(name, at):
            after = text[at + len(name) : at + len(name) + 1]
            if not (name[-1].isalnum() or name[-1] == "_") or not (after.isalnum() or after == "_"):
                return _Token("column", name), at + len(name)
    if match := _NUMBER.match(text, at):
        return _Token("number", match[0], float(match[0])), match.end()
    if text[at] in "+-*/()":
        return _Token("sign", text[at]), at + 1
    word = _WORD.match(text, at)
    if word and re.fullmatch(r"[^\W\d]\w*", word[0]):
        return _Token("column", word[0]), word.end()
    raise _misread(expression, f"“{text[at]}” has no meaning here")


class _Parser:
    """Sums of products of single things, evaluated as they are read."""

    def __init__(self, tokens: list[_Token], table: RawTable, expression: str) -> None:
        self.tokens, self.table, self.expression, self.at = tokens, table, expression, 0

    def _takes(self, signs: str) -> str:
        if self.at < len(self.tokens) and self.tokens[self.at].kind == "sign" and self.tokens[self.at].text in signs:
            self.at += 1
            return self.tokens[self.at - 1].text
        return ""

    def sum(self, depth: int) -> np.ndarray:
        value = self._product(depth)
        while sign := self._takes("+-"):
            other = self._product(depth)
            value = value + other if sign == "+" else value - other
        return value

    def _product(self, depth: int) -> np.ndarray:
        value = self._single(depth)
        while sign := self._takes("*/"):
            other = self._single(depth)
            value = value * other if sign == "*" else value / other
        return value

    def _single(self, depth: int) -> np.ndarray:
        if depth > _DEEPEST:
            raise _misread(self.expression, "its brackets nest too deep")
        if sign := self._takes("+-"):
            value = self._single(depth + 1)
            return -value if sign == "-" else value
        if self._takes("("):
            value = self.sum(depth + 1)
            if not self._takes(")"):
                raise _misread(self.expression, "a bracket is not closed")
            return value
        if self.at == len(self.tokens):
            raise _misread(self.expression, "it ends too early")
        token = self.tokens[self.at]
        self.at += 1
        if token.kind == "function":
            return FUNCTIONS[token.text](np.asarray(self._single(depth + 1)))
        if token.kind == "number":
            return np.float64(token.value)
        if token.kind == "column":
            return self.table.values[:, column_index(token.text, self.table)]
        raise _misread(self.expression, f"“{token.text}” is out of place")
