"""Spectra that Quanty prints: energies, then the real and imaginary part of each Green's function.

Absorption is −Im G/π; files whose script had multiplied by −1/π already hold a positive imaginary part, which is taken
as it is.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from xanesview.errors import XanesviewError
from xanesview.io.spectra.column_text import Layout, read_lines, rows_of
from xanesview.io.spectra.interpretation import Answers
from xanesview.io.spectra.raw_table import Offer, RawTable


def looks_like_quanty(text: str) -> bool:
    """Tell whether a text begins as Quanty's spectra do."""
    return (
        re.match(r"\s*#\s*Spectra:\s*\d+", text) is not None
        or re.search(r"^[ \t]{0,40}Energy[ \t]+Re\[0\][ \t]+Im\[0\]", text[:4000], re.MULTILINE) is not None
    )


def read_quanty(path: Path, answers: Answers) -> tuple[RawTable, ...]:
    """Return the one table of a file.

    Raises
    ------
    XanesviewError
        If it has no pairs of columns.
    """
    lines = read_lines(path)
    at = next((k for k, line in enumerate(lines[:200]) if re.match(r"\s*+#?\s*+Energy\s++Re\[", line)), None)
    rows = rows_of(lines[(at or 0) + 1 :], Layout(" ", ".")).values
    if at is None or rows.shape[0] < 3 or rows.shape[1] < 3:
        raise XanesviewError(f"{path.name} holds no spectrum of Quanty.", "It may be cut off; compute it again.")
    names = lines[at].lstrip("# ").split()
    if len(names) != rows.shape[1]:
        names = ["Energy", *(f"{'Re' if k % 2 else 'Im'}[{(k - 1) // 2}]" for k in range(1, rows.shape[1]))]
    offers = []
    for k, name in enumerate(names):
        if name.startswith("Im"):
            is_absorption = float(np.nansum(rows[:, k])) >= 0
            formula = f'"{name}"' if is_absorption else f'-"{name}"/{np.pi:.15g}'
            offers.append(Offer(f"absorption {name[2:]}", formula, "absorption"))
    relative = float(np.nanmin(rows[:, 0])) < 20.0
    return (
        RawTable(
            names=tuple(names),
            values=rows,
            facts={"file": path.name, "method": "Quanty"},
            energy=0,
            unit="eV",
            offers=tuple(offers),
            is_sure=len(offers) == 1,
            kind="computed",
            axis="relative" if relative else "absolute",
            assumption="its energies count from the edge, whose energy it does not tell." if relative else "",
        ),
    )
