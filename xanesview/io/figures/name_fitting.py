"""How names of curves fit into a room: widths as drawn, line breaks, shortening, columns, places apart."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

import numpy as np


def spread(wanted: Sequence[float], distance: float) -> list[float]:
    """Return places at least so far from each other, in the order of the wanted ones and as near to them as can be."""
    order = np.argsort(wanted, kind="stable")
    groups: list[list[float]] = []  # centre of a run of neighbours that touch, and how many they are
    for place in (float(wanted[k]) for k in order):
        groups.append([place, 1.0])
        while len(groups) > 1:
            (lower, n_lower), (upper, n_upper) = groups[-2:]
            if upper - lower >= 0.5 * (n_lower + n_upper) * distance:
                break
            groups[-2:] = [[(n_lower * lower + n_upper * upper) / (n_lower + n_upper), n_lower + n_upper]]
    placed = [centre + (k - 0.5 * (n - 1)) * distance for centre, n in groups for k in range(int(n))]
    result = [0.0] * len(placed)
    for k, place in zip(order, placed, strict=True):
        result[int(k)] = place
    return result


def width_of(label: str, font_pt: float) -> float:
    """Return the width of a label's longest line as it is drawn, in points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(size=font_pt)
    return max(text_to_path.get_text_width_height_descent(line, font, False)[0] for line in label.split("\n"))


def wrapped(label: str, font_pt: float, room_pt: float) -> str:
    """Return a label in as many lines as a width asks for."""
    width = width_of(label, font_pt)
    return label if width <= room_pt else "\n".join(wrap(label, max(int(0.9 * len(label) * room_pt / width), 12)))


def shortened_to(label: str, font_pt: float, room_pt: float) -> str:
    width = width_of(label, font_pt)
    return label if width <= room_pt else shortened(label, max(int(0.9 * len(label) * room_pt / width), 6))


def broken(label: str, letters: int, lines: int) -> str:
    """Return a label in so many lines at most, of so many letters each, shortened where it is longer still."""
    parts = wrap(label, letters)
    if len(parts) > lines:
        parts = wrap(shortened(label, lines * letters), letters)
    return shortened(label, letters) if len(parts) > lines else "\n".join(parts)


def shortened(label: str, most: int) -> str:
    """Return a label of so many letters at most: names of a series differ at their ends, so the middle goes."""
    if len(label) <= most:
        return label
    end = (most - 1) // 2
    return f"{label[: most - 1 - end].rstrip()}…{label[len(label) - end :].lstrip()}"


def columns_that_fit(widths: Sequence[float], room: float) -> int:
    """Return how many columns of a legend, of entries so wide, fit beside each other in a room of the same unit."""
    for columns in range(len(widths), 1, -1):  # the first ones have one more, as matplotlib does it
        parts = np.array_split(np.asarray(widths), columns)
        if sum(float(part.max()) for part in parts) <= room:
            return columns
    return 1
