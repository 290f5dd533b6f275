"""How names of curves fit into a room: widths as drawn, line breaks, shortening, columns, places apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile

import numpy as np

_NO_BREAK = "\N{NO-BREAK SPACE}"
#: What is read as one: θ = 55°, 6 C, (0, 0, 1), a dot with what it follows.
_TOGETHER = re.compile(r"\S+ = (?:\([^()]*\)|\S+)|\([^()]*\)|(?<=\d) (?=[A-Za-zµÅ%°])| (?=·)|Σ \d* ?")
#: An angle or a direction with its letter, which are never broken while a name has another place: ε = (0, 0, 1).
_NUMBER = re.compile(r"\S+ = (?:\([-−\d., ]*\)|\S+)")
#: Where a label may be broken: behind spaces, and behind signs that join words.
_PIECES = re.compile(r"[^ _/…\-]*[_/…\-]+(?=[^ _/…\-])|[^ _/…\-]+ *|[_/…\-]+ *")

#: Parts of a name: what stands between dots, or between commas outside of brackets.
_PARTS = re.compile(r"(?: · |, )(?![^()]*\))")
_FEWEST_ALIKE = 3


@dataclass(frozen=True)
class CurveNames:
    """Names of curves as a list has them: what they share is said once, and on each line what is its own.

    Attributes
    ----------
    title : str
        What all of them share; stands above the list.
    labels : tuple of str
        The lines.
    whole : tuple of str
        The names as they are.
    headings : frozenset of int
        Which of the lines are no names, but what those after them share.
    """

    title: str
    labels: tuple[str, ...]
    whole: tuple[str, ...] = ()
    headings: frozenset[int] = frozenset()

    @classmethod
    def of(cls, names: Sequence[str]) -> CurveNames:
        """Return names with the parts that all of them begin or end with in the title, of some in headings."""
        names = tuple(names)
        parts = [_PARTS.split(name) for name in names]
        if len(set(names)) < _FEWEST_ALIKE:
            return cls("", names, names)
        first, last = _alike(parts)
        if not first + last:
            return cls._grouped(names, parts)
        own = [_joined(name, first, len(one) - last) for name, one in zip(names, parts, strict=True)]
        return cls(_shared(names[0], first, last), tuple(own), names)

    @classmethod
    def _grouped(cls, names: tuple[str, ...], parts: Sequence[Sequence[str]]) -> CurveNames:
        """Return names with a heading above neighbours that begin alike, or end alike."""
        labels: list[str] = []
        headings: set[int] = set()
        at = 0
        while at < len(names):
            end = _end_of_run(parts, at)
            if end == at + 1:
                labels.append(names[at])
            else:
                members = range(at, end)
                first, last = _alike([parts[k] for k in members])
                headings.add(len(labels))
                labels.append(f"{_shared(names[at], first, last)}:")
                labels += [_joined(names[k], first, len(parts[k]) - last) for k in members]
            at = end
        return cls("", tuple(labels), names, frozenset(headings))

    def rows(self) -> tuple[list[str], dict[int, str]]:
        """Return what is each name's own, and what stands above some of them, by the place of the name it is above."""
        own: list[str] = []
        above = {0: self.title} if self.title else {}
        for at, label in enumerate(self.labels):
            if at in self.headings:
                above[len(own)] = label
            else:
                own.append(label)
        return own, above

    def told(self, title: str, labels: Sequence[str]) -> CurveNames:
        """Return the same lines as they fit into a room."""
        return replace(self, title=title, labels=tuple(labels))

    def without_common_ends(self) -> CurveNames:
        """Return the names without the words that all lines begin and end with; an ellipsis stands for them."""
        words = [_PIECES.findall(label) for label in self.labels]
        if len(set(self.labels)) < _FEWEST_ALIKE or self.headings:
            return self
        first, last = _alike(words)
        if not first + last:
            return self
        ends = "".join(words[0][:first]), "".join(words[0][len(words[0]) - last :])
        own = ["".join(one[first : len(one) - last]).strip(" _-/") for one in words]
        if not all(own):
            return self
        return self.told(" · ".join(filter(None, (self.title, "…".join(ends)))), own)


def _alike(rows: Sequence[Sequence[str]]) -> tuple[int, int]:
    """Return how many parts all rows share at their beginning, and how many of the others at their end."""
    shortest = min(map(len, rows))
    first = sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, zip(*rows)))
    back = zip(*(row[::-1] for row in rows))
    last = sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, back))
    first = min(first, shortest - 1)
    return first, max(min(last, shortest - 1 - first), 0)


def _end_of_run(parts: Sequence[Sequence[str]], at: int) -> int:
    """Return behind which name the neighbours end that begin as one does, else end as it does; the next one if few."""
    for place in (0, -1):
        alike = [len(one) > 1 and one[place] == parts[at][place] for one in parts[at:]]
        count = sum(1 for _ in takewhile(bool, alike))
        if count >= _FEWEST_ALIKE:
            return at + count
    return at + 1


def _shared(name: str, first: int, last: int) -> str:
    """Return the first and the last parts of a name."""
    count = len(_PARTS.split(name))
    return " · ".join(filter(None, (_joined(name, 0, first), _joined(name, count - last, count))))


def _joined(name: str, first: int, end: int) -> str:
    """Return some of the parts of a name, with what stands between them there."""
    starts = [0, *(found.end() for found in _PARTS.finditer(name))]
    ends = [*(found.start() for found in _PARTS.finditer(name)), len(name)]
    return name[starts[first] : ends[end - 1]] if end > first else ""


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


@lru_cache(maxsize=4096)  # hundreds of names are tried in several places
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


def breaks_number(told: str, label: str) -> bool:
    """Whether a label, as told in some lines, is broken within an angle or a direction."""
    return any(number not in told for number in _NUMBER.findall(label))


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
    most = min(len(widths), int(room / max(min(widths, default=room), 1e-9)))  # each takes at least the least width
    for columns in range(most, 1, -1):  # the first ones have one more, as matplotlib does it
        parts = np.array_split(np.asarray(widths), columns)
        if sum(float(part.max()) for part in parts) <= room:
            return columns
    return 1
