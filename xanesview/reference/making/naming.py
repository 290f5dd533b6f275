"""Names of results in a folder: two molecules never share one, and what lies there is only taken for what it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial


class Standing(Enum):
    """What a folder holds under a name, seen from what is asked for."""

    FREE = "nothing"
    DONE = "the result asked for"
    FAILED = "a note that just this failed before"
    OTHER = "a result of something else"
    OTHER_FAILED = "no result, and a note that something else failed"


@dataclass(frozen=True)
class Place:
    """The name that something is kept under, and what the folder holds of it: FREE, DONE or FAILED."""

    name: str
    standing: Standing


def unique_names(names: Iterable[str]) -> list[str]:
    """Return names of which no two are equal, in small or capital letters: mol, mol_2, mol_3."""
    found: list[str] = []
    taken: set[str] = set()
    for name in names:
        found.append(next(one for one in _candidates(name) if one.casefold() not in taken))
        taken.add(found[-1].casefold())
    return found


def places(
    asked: Sequence[tuple[str, str]], standing: Callable[[int, str], Standing], others: Iterable[str] = ()
) -> list[Place | None]:
    """Return where each of the things asked for is kept, None for one that is asked for twice.

    What the folder holds already stays where it is; anything else is given its own name where that is free, else the
    first free one of NAME_2, NAME_3… Small and capital letters are the same, as some disks have it.

    Parameters
    ----------
    asked : name and identity of each; equal pairs are the same thing
    standing : of the thing with an index, under a name
    others : names of what is asked for elsewhere at the same time; none of them is given to another
    """
    found: list[Place | None] = [None] * len(asked)
    first = {pair: index for index, pair in reversed(list(enumerate(asked)))}
    indices = sorted(first.values())
    own = {name.casefold() for name in (*others, *(name for name, _ in asked))}
    sharing = Counter(asked[index][0].casefold() for index in indices)
    taken: set[str] = set()
    left = []
    for index in indices:
        name = asked[index][0]
        look = partial(standing, index)
        place = found[index] = _standing_place(name, own, taken, sharing[name.casefold()], look)
        if place is None:
            left.append(index)
        else:
            taken.add(place.name.casefold())
    for index in left:
        name = asked[index][0]
        for candidate in _candidates(name):
            folded = candidate.casefold()
            if folded in taken or (candidate != name and folded in own):
                continue
            if standing(index, candidate) in (Standing.FREE, Standing.OTHER_FAILED):
                found[index] = Place(candidate, Standing.FREE)
                taken.add(folded)
                break
    return found


def _standing_place(
    name: str, reserved: set[str], taken: set[str], sharing: int, standing: Callable[[str], Standing]
) -> Place | None:
    """Return where the folder holds a result or a failure already that is not `taken`, None where it does not.

    Of `sharing` things with the name as many may be there under later ones, so that so many free names are passed;
    those that are `reserved` don't count.
    """
    free = 0
    for candidate in _candidates(name):
        folded = candidate.casefold()
        found = standing(candidate)
        if found in (Standing.DONE, Standing.FAILED) and folded not in taken:
            return Place(candidate, found)
        if found is Standing.FREE and (candidate == name or folded not in reserved):
            free += 1
            if free >= sharing:
                return None
    return None


def _candidates(name: str) -> Iterator[str]:
    yield name
    k = 2
    while True:
        yield f"{name}_{k}"
        k += 1
