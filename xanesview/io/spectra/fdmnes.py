"""FDMNES outputs, before and after the convolution: ``Energy <xanes>`` below what the program says of the edge.

The line that ends in ``= E_edge, …`` makes the energies absolute, which count from the edge; older convolutions have
none, and the file before the convolution, beside them, is asked. Outputs since 2022 begin with ``# FDMNES program``.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from xanesview.errors import XanesviewError
from xanesview.io.imported.fdmnes import edge_line
from xanesview.io.spectra.column_text import Layout, read_lines, rows_of
from xanesview.io.spectra.expression import quoted
from xanesview.io.spectra.interpretation import Answers
from xanesview.io.spectra.raw_table import Offer, RawTable
from xanesview.io.text_file import read_beginning

_HEAD_LINES = 40


def looks_like_fdmnes(text: str) -> bool:
    """Tell whether a text begins as an output of FDMNES does."""
    head = text.split("\n", _HEAD_LINES)[:_HEAD_LINES]
    return any("E_edge" in line or re.match(r"[# \t]{0,40}Energy\s+<", line) for line in head)


def read_fdmnes(path: Path, answers: Answers) -> tuple[RawTable, ...]:
    """Return the one table of an output.

    Raises
    ------
    XanesviewError
        If it has no columns below the line of their names.
    """
    lines = read_lines(path)
    at = next((k for k, line in enumerate(lines[:400]) if re.match(r"[# \t]{0,40}Energy\b", line)), None)
    if at is None:
        raise XanesviewError(f"{path.name} has no line of names that begins with Energy.", "Repeat the calculation.")
    names = lines[at].lstrip("# ").split()
    rows = rows_of(lines[at + 1 :], Layout(" ", ".")).values
    if rows.shape[0] < 3 or rows.shape[1] < 2:
        raise XanesviewError(f"{path.name} holds {rows.shape[0]} rows of numbers.", "The calculation has not finished.")
    names = [*names, *(f"column {k + 1}" for k in range(len(names), rows.shape[1]))][: rows.shape[1]]
    head = edge_line(lines[:at]) or _before_the_convolution(path)
    edge_ev = head.get("E_edge")
    relative = float(np.nanmax(np.abs(rows[:, 0]))) < 0.5 * (edge_ev or 2000.0) and float(np.nanmin(rows[:, 0])) < 50.0
    known = edge_ev is not None
    wanted = next((k for k, name in enumerate(names) if name.strip("<>").lower() == "xanes"), 1)
    order = [wanted, *(k for k in range(1, len(names)) if k != wanted)]
    facts = {"file": path.name, "method": "FDMNES", **({"edge_ev": f"{edge_ev:.10g}"} if known else {})}
    return (
        RawTable(
            names=tuple(names),
            values=rows,
            facts=facts,
            energy=0,
            unit="eV",
            added_ev=edge_ev if known and relative else 0.0,
            offers=tuple(Offer(names[k], quoted(names[k]), "absorption" if k == wanted else "raw") for k in order),
            is_sure=names[wanted] == "<xanes>" or len(names) == 2,
            kind="computed",
            axis="relative" if relative and not known else "absolute",
            assumption="its energies count from the edge, whose energy it does not tell."
            if relative and not known
            else "",
        ),
    )


def _before_the_convolution(path: Path) -> dict[str, float]:
    """Return what the file before the convolution says of the edge, where it lies beside."""
    if "_conv" not in path.stem:
        return {}
    before = path.with_name(path.name.replace("_conv", "", 1))
    try:
        return edge_line(read_beginning(before).split("\n")[:_HEAD_LINES]) if before.is_file() else {}
    except XanesviewError:
        return {}
