"""Hermann–Mauguin symbols as files spell them, brought to the spelling that gemmi's table knows.

Full and short symbols are those of the International Tables for Crystallography A (2016), tables 1.5.4.1 to 1.5.4.4.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import gemmi

_SYMBOL = r"[2346][1-5]?/[a-en]|[2346][1-5]?/m|-[1-6]|[2346][1-5]?|[a-en]|m|1"
_OVERBARS = "\u0304\u0305\u0333\u035e"


def plain_symbol(symbol: str) -> str:
    """Return a symbol in plain letters: overbars as minus signs, without a number behind it, origins as ``:1``."""
    name = re.sub(r"\\(?:bar|overline)\s*\{?\s*(\d)\s*\}?|\\=(\d)|\u00af(\d)", _barred, symbol.strip(" *'\""))
    name = unicodedata.normalize("NFKC", name)
    name = re.sub(rf"(\d)[{_OVERBARS}]", r"-\1", name)
    name = re.sub("[\u2010-\u2015\u2212]", "-", name)
    name = re.sub(r"[_{}~$\\]", "", name)
    name = re.sub(r"(?i)[\s,]*[(\[]?\s*(?:\bno\b|\bnr\b|#)[.:\s#]*\d{1,3}\s*[)\]]?$", "", name)
    name = re.sub(r"\s*[(\[]\s*\d{2,3}\s*[)\]]$", "", name)
    name = re.sub(r"(\d)\s*\((\d)\)", lambda found: found[1] + found[2] if found[2] < found[1] else found[0], name)
    name = re.sub(r"\s*\(\d\)$", "", name)  # what is no screw axis is the number of the group
    origin = re.search(r"(?i)\(?\borigin\b\D*([12])\b.*$", name)
    if origin:
        name = f"{name[: origin.start()].strip()}:{origin[1]}"
    name = re.sub(r"\s*[: ]\s*S$", ":1", name)
    name = re.sub(r"\s*[: ]\s*Z$", ":2", name)
    return re.sub(r"\s*:\s*([12HRhr])$", lambda found: f":{found[1].upper()}", name)


def named_group(name: str) -> gemmi.SpaceGroup | None:
    """Return the tabulated group of a plain symbol, or None: as it stands, then what it is in short.

    Understood are full symbols (``F 4/m -3 2/m``), a one behind a symbol, and a missing bar of a first axis where only
    one group has the rest (``F 4 3 m``).
    """
    stem, colon, ending = name.partition(":")
    for text in (stem, *_short(stem)):
        found = gemmi.find_spacegroup_by_name(text + colon + ending) or gemmi.find_spacegroup_by_name(text)
        if found is not None:
            return found
    return None


def _short(stem: str) -> Iterator[str]:
    """Yield short symbols that a symbol which is not in the table may mean, the likeliest first."""
    lattice, rest = stem[:1].upper(), stem[1:]
    symbols = [symbol for word in rest.lower().split() for symbol in re.findall(_SYMBOL, word)]
    if lattice not in "PABCFIRH" or not symbols or "".join(symbols) != "".join(rest.lower().split()):
        return
    full = any("/" in symbol for symbol in symbols[1:])
    if full and symbols[0] == "3":  # a bar that was left out: R 3 2/m
        symbols[0] = "-3"
    # planes across axes of two stand for both, those across the main axis of four or six stay
    cubic = symbols[1:2] in (["3"], ["-3"])
    short = [
        symbol.partition("/")[2] if "/" in symbol and (k or cubic or symbol[0] == "2") else symbol
        for k, symbol in enumerate(symbols)
    ]
    yield f"{lattice} {' '.join(short)}"
    if len(short) > 2 and short[-1] == "1":
        yield f"{lattice} {' '.join(short[:-1])}"
    if short[0] in ("4", "6"):
        yield f"{lattice} -{' '.join(short)}"


def _barred(found: re.Match[str]) -> str:
    return "-" + next(digit for digit in found.groups() if digit)
