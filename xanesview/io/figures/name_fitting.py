"""How names of curves fit into a room: widths as drawn, line breaks, shortening, columns, places apart."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

_NO_BREAK = "\N{NO-BREAK SPACE}"
#: What is read as one: θ = 55°, 6 C, (0, 0, 1), a dot with what it follows.
_TOGETHER = re.compile(r"\S+ = (?:\([^()]*\)|\S+)|\([^()]*\)|(?<=\d) (?=[A-Za-zµÅ%°])| (?=·)|Σ \d* ?")
#: Where a label may be broken: behind spaces, and behind signs that join words.
_PIECES = re.compile(r"[^ _/…\-]*[_/…\-]+(?=[^ _/…\-])|[^ _/…\-]+ *|[_/…\-]+ *")


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
    if width <= room_pt:
        return label
    return "\n".join(lines_of(label, max(int(0.9 * len(label) * room_pt / width), 12), longest=len(label)))


def shortened_to(label: str, font_pt: float, room_pt: float) -> str:
    width = width_of(label, font_pt)
    return label if width <= room_pt else shortened(label, max(int(0.9 * len(label) * room_pt / width), 6))


def broken(label: str, letters: int, lines: int) -> str:
    """Return a label in so many lines at most, of so many letters each, shortened where it is longer still.

    Between words, and behind signs within them, it is broken; words are not. One that is longer than a line is
    shortened in its middle.
    """
    parts = lines_of(label, letters)
    if len(parts) <= lines:
        return "\n".join(parts)
    for most in range(lines * letters, letters, -1):
        text = "\n".join(lines_of(shortened(label, most), letters))
        if text.count("\n") < lines and text.count("…") == 1:
            return text
    return shortened(label, letters)


def lines_of(label: str, letters: int, longest: int | None = None) -> list[str]:
    """Return a label in lines of so many letters; a word longer than a line, or than `longest`, is shortened."""
    together = _TOGETHER.sub(lambda found: found[0].replace(" ", _NO_BREAK), label)
    lines = [""]
    pieces: list[str] = []
    for piece in _PIECES.findall(together):
        is_long = len(piece.rstrip(" ")) > letters and _NO_BREAK in piece  # broken after all
        pieces += _PIECES.findall(piece.replace(_NO_BREAK, " ")) if is_long else [piece]
    for piece in pieces:
        word = shortened(piece.rstrip(" "), max(letters, longest or 0))
        joined = f"{lines[-1]}{word}"
        if lines[-1] and len(joined) > letters:
            lines[-1] = lines[-1].rstrip(" ")
            lines.append(word)
        else:
            lines[-1] = joined
        lines[-1] += piece[len(piece.rstrip(" ")) :]
    return [line.rstrip(" ").replace(_NO_BREAK, " ") for line in lines]


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
