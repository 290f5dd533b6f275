"""FEFF outputs: ``xmu.dat`` (omega, e, k, mu, mu0, chi) and ``eels.dat`` (energy loss, total, and its components).

Energies are those of omega, on the scale of the calculation.
"""

from __future__ import annotations

import re
from pathlib import Path

from xanesview.errors import XanesviewError
from xanesview.io.spectra.column_text import Layout, read_lines, rows_of
from xanesview.io.spectra.interpretation import Answers
from xanesview.io.spectra.raw_table import Offer, RawTable

_XMU = ("omega", "e", "k", "mu", "mu0", "chi")
_COMPONENTS = ("xx", "xy", "xz", "yx", "yy", "yz", "zx", "zy", "zz")
_HEADED = re.compile(r"^[# \t]{0,40}omega[ \t]+e[ \t]+k[ \t]+mu[ \t]", re.MULTILINE | re.IGNORECASE)
_EELS = re.compile(r"^[ \t]{0,40}#.{0,200}\b(eels|elnes|energy[ _-]?loss)\b", re.MULTILINE | re.IGNORECASE)


def looks_like_feff(text: str) -> bool:
    """Tell whether a text has the names of columns of xmu.dat, or begins as eels.dat does."""
    return _HEADED.search(text) is not None or (
        text.lstrip().startswith("#") and "feff" in text[:3000].lower() and _EELS.search(text[:3000]) is not None
    )


def read_feff(path: Path, answers: Answers) -> tuple[RawTable, ...]:
    """Return the one table of an output.

    Raises
    ------
    XanesviewError
        If there are fewer columns than FEFF writes.
    """
    lines = read_lines(path)
    is_xmu = any(_HEADED.match(line) for line in lines[:400])
    rows = rows_of(lines, Layout(" ", ".")).values
    least = 4 if is_xmu else 2
    if rows.shape[0] < 3 or rows.shape[1] < least:
        raise XanesviewError(
            f"{path.name} holds {rows.shape[0]} rows of {rows.shape[1] if rows.size else 0} columns instead of {least} "
            "or more.",
            "The calculation has not finished; repeat it.",
        )
    names = _XMU if is_xmu else ("energy loss", "total", *_COMPONENTS)
    names = (*names, *(f"column {k + 1}" for k in range(len(names), rows.shape[1])))[: rows.shape[1]]
    signal = 3 if is_xmu else 1
    others = [k for k in range(1, rows.shape[1]) if k != signal and names[k] not in ("e", "k")]
    facts = {"file": path.name, "method": "FEFF"}
    title = next((line.strip("# \t") for line in lines[:5] if line.strip("# \t-")), "")
    if match := re.search(r"\bZ=\s*(\d+).*?\b([KLM]\d?)\b", "\n".join(lines[:40])):
        facts["absorber"] = f"Z = {match[1]}, {match[2]} shell"
    return (
        RawTable(
            names=names,
            values=rows,
            facts={**facts, **({"title": " ".join(title.split())[:200]} if title else {})},
            energy=0,
            unit="eV",
            offers=tuple(
                Offer(names[k], f'"{names[k]}"', "absorption" if k == signal else "raw") for k in (signal, *others)
            ),
            is_sure=True,
            kind="computed",
        ),
    )
