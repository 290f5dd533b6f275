"""Columns of numbers as Fortran programs write them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from xanesview.errors import XanesviewError
from xanesview.io.text_file import number

_LARGE_EXPONENT = re.compile(r"(?<=[\d.])(?=[+-]\d{3}$)")  # Fortran leaves the E out where it needs three digits


def read_columns(path: Path, lines: list[tuple[int, str]], width: int) -> np.ndarray:
    """Return the numbers (rows, width) of some lines.

    Parameters
    ----------
    path : for errors
    lines : line number and text of each row
    width : the least number of columns; further ones are left out

    Raises
    ------
    XanesviewError
        Naming the line that is too short or holds no number.
    """
    rows = []
    for at, line in lines:
        words = line.split()
        if len(words) < width:
            raise XanesviewError(
                f"Line {at} of {path.name} holds {len(words)} columns instead of {width}.",
                "The file is cut off or is another one; repeat the calculation.",
            )
        words = [_LARGE_EXPONENT.sub("E", word) for word in words[:width]]
        rows.append([number(word, f"Line {at} of {path.name}: a value") for word in words])
    if len(rows) < 2:
        raise XanesviewError(f"{path.name} holds no spectrum.", "The calculation has not finished; repeat it.")
    return np.array(rows)
