"""Elements of atoms that only have labels, and types that are several elements at once.

A crystallographer's label is a name: ``Wat1`` and ``OW`` are the oxygen of a water, ``FE1`` is iron, ``HO1`` the
hydrogen of a hydroxyl group or holmium, ``CA`` an alpha carbon or calcium, ``T1`` a site amid a tetrahedron. The file's
formula decides where it has one. What it leaves open is decided by the nearest neighbour: of the elements that a label
may mean, the one whose bond would be as long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.structure import COVALENT_RADII_ANGSTROM, SYMBOLS, Notice
from xanesview.errors import XanesviewError
from xanesview.io.structures.elements import is_element

Neighbours = Callable[[int], tuple[np.ndarray, np.ndarray]]
"""Of an atom: its neighbours' indices (M,) and distances (M,) in Å."""

_OXYGEN, _HYDROGEN, _TUNGSTEN = 8, 1, 74
_MOST_PAIRS = 50_000_000  # of atoms whose distance tells what a label means: some seconds
_RARE = frozenset((2, 10, 18, 36, 54, 67, *range(84, 90), 91, *range(93, 119)))
"""Noble gases, holmium, and what only a hot cell has seen: in capitals such a label means its first letter."""
_NONMETALS = (5, 6, 7, 8, 9, 14, 15, 16, 17, 34, 35, 53)
_SHORTEST_TUNGSTEN_ANGSTROM, _LONGEST_TUNGSTEN_BOND = 1.6, 1.08  # Å; share of the sum of covalent radii
_LESS_LIKELY = 0.1  # what a second reading has to be better by, in the logarithm of a bond length


@dataclass(frozen=True)
class _Reading:
    """What a label may mean, the likelier element first, and whether its spelling says so."""

    letters: str
    elements: tuple[int, ...]
    plain: bool


def labelled_elements(
    labels: Sequence[str], known: Mapping[int, int], formula: Collection[int], neighbours: Neighbours, name: str
) -> tuple[dict[int, tuple[int, bool]], list[Notice]]:
    """Return atomic number and whether it is deuterium of each atom that only has a label, and a notice of judgements.

    Parameters
    ----------
    labels : of all atoms
    known : atomic numbers of the atoms, by index, that have a type
    formula : atomic numbers in the file's formula, empty where it has none
    neighbours : of the atom with this index
    name : of the file, for errors

    Raises
    ------
    XanesviewError
        If a label names no element.
    """
    readings = {k: _reading(label) for k, label in enumerate(labels) if k not in known}
    chosen = {k: z for k, reading in readings.items() if (z := _by_formula(reading, formula)) is not None}
    claimed = {*known.values(), *chosen.values()}
    for k in readings.keys() - chosen.keys():
        missing = _unclaimed(_allowed(readings[k], formula), formula, claimed)
        if missing is not None:
            chosen[k] = missing
        elif not readings[k].elements:
            raise XanesviewError(
                f"The atom “{labels[k][:20]}” of {name} has a label that names no element.",
                "Add _atom_site_type_symbol to the file.",
            )
    doubtful = [k for k in readings.keys() - chosen.keys() if len(_allowed(readings[k], formula)) > 1]
    if len(doubtful) * len(labels) > _MOST_PAIRS:
        raise XanesviewError(
            f"Labels of {counted(len(doubtful), 'atom')} of {name}, such as “{labels[doubtful[0]][:20]}”, can mean "
            "several elements.",
            "Add _atom_site_type_symbol to the file.",
        )
    guesses = np.array([known.get(k) or chosen.get(k) or readings[k].elements[0] for k in range(len(labels))])
    for k in readings.keys() - chosen.keys():
        choose = _tungsten_or_water if _may_be_water(readings[k]) else _by_distance
        chosen[k] = choose(k, _allowed(readings[k], formula), guesses, neighbours)
    found = {k: (chosen[k], chosen[k] == _HYDROGEN and readings[k].letters[0] in "Dd") for k in readings}
    return found, _notices([(labels[k], readings[k], chosen[k]) for k in readings], formula)


def formula_elements(formula: str) -> dict[int, float]:
    """Return how many atoms of each element a formula such as ``C6 H5 D O2`` counts; nothing where it is none."""
    counts: dict[int, float] = {}
    plain = re.sub(r"\(\d+\)|\s[\d.]*[+-](?=[,\s]|$)", "", formula)  # neither uncertainties nor charges
    for symbol, count in re.findall(r"([A-Z][a-z]?)(\d*\.?\d*)", plain):
        if is_element(symbol) or symbol in "DT":
            z = _HYDROGEN if symbol in "DT" else SYMBOLS.index(symbol)
            counts[z] = counts.get(z, 0.0) + (float(count) if count.strip(".") else 1.0)
    return counts


def heavy_atom(kind: str) -> int | None:
    """Return the element of the one heavy atom of a type that is a molecule or group, None for any other type.

    So are written ``H2O``, ``OH2``, ``OH``, ``H3O+``, ``NH4``, ``CH3`` and ``Wat``. What may be an element's symbol in
    capitals (``CD``, ``HO``) is none.
    """
    text = re.sub(r"[+-]\d*$", "", kind.strip())
    if re.fullmatch(r"(?i)wat|water|h2o|d2o|hoh|dod|oh2|od2", text):
        return _OXYGEN
    found = re.fullmatch(r"(?:[HD]\d+)?([BCNOPS])(?:[HD]\d*)+|[HD]\d+([BCNOPS])", text)
    pair = text[:2].capitalize()
    if found is None or (is_element(pair) and SYMBOLS.index(pair) not in _RARE):
        return None
    return SYMBOLS.index(found[1] or found[2])


def mixed_type(text: str) -> list[tuple[str, float]]:
    """Return elements and shares of a type such as ``0.62(1)Cu + 0.38(1)Al``, ``Cu0.6Al0.4``, ``Fe/Ni`` or ``0.9Fe``.

    A type that is one element, or none that is understood, gives an empty list. Shares that aren't told are equal.
    """
    words = re.split(r"\s*[,/;|]\s*|\s*\+\s*(?=\d*\.\d|\d+\(|[A-Z])", text.strip(" ()"))
    if len(words) == 1 and re.fullmatch(r"(?:[A-Z][a-z]?\d*\.\d+(?:\(\d+\))?){2,}", words[0]):
        words = re.findall(r"[A-Z][a-z]?\d*\.\d+", words[0])
    found = []
    for word in words:
        match = re.fullmatch(
            r"(\d*\.?\d+)?(?:\(\d+\))?\s*([A-Z][a-z]?)(?:\d*[+-]|[+-]\d*|\d+)?\s*(\d*\.\d+)?(?:\(\d+\))?", word
        )
        if match and is_element(match[2]):
            found.append((match[2], match[1] or match[3]))
    if len(words) < 2 and (not found or found[0][1] is None):
        return []
    return [(symbol, 1.0 / len(found) if share is None else float(share)) for symbol, share in found]


def _reading(label: str) -> _Reading:
    letters = re.sub(r"^[^A-Za-z]+", "", label)
    letters = re.match(r"[A-Za-z]*", letters)[0]
    if re.match(r"(?i)wat|hoh|h2o|oh2|ow(?![a-z])", label.strip()):
        return _Reading(letters, (_OXYGEN,), plain=letters[:1] == "O")
    pair, first = letters[:2].capitalize(), letters[:1].upper()
    elements = [SYMBOLS.index(word) for word in (pair, first) if is_element(word) and word not in "DT" and word]
    if first == "D":
        elements.append(_HYDROGEN)
    if first == "W":
        elements.append(_OXYGEN)
    spelt = letters[1:2].islower() and letters[:1].isupper() and is_element(pair)
    if not spelt and len(elements) > 1 and elements[0] in _RARE:
        elements = [*elements[1:], elements[0]]
    return _Reading(letters, tuple(dict.fromkeys(elements)), plain=spelt or len(letters) == 1)


def _allowed(reading: _Reading, formula: Collection[int]) -> list[int]:
    """Return the elements of a label that the formula has, all of the label's where it has none of them."""
    if not reading.elements:
        return list(formula)
    return [z for z in reading.elements if z in formula] or list(reading.elements)


def _by_formula(reading: _Reading, formula: Collection[int]) -> int | None:
    allowed = _allowed(reading, formula)
    if not reading.elements:
        return None
    if _may_be_water(reading) and not {_TUNGSTEN, _OXYGEN} & set(formula):
        return None
    return allowed[0] if len(allowed) == 1 or reading.plain else None


def _may_be_water(reading: _Reading) -> bool:
    """Tell whether a label is a W: tungsten, or a water by the first letter of its name."""
    return reading.elements[:2] == (_TUNGSTEN, _OXYGEN)


def _unclaimed(allowed: list[int], formula: Collection[int], claimed: Collection[int]) -> int | None:
    """Return the one element (hydrogens are often left out) that the formula has and no other label accounts for."""
    missing = [z for z in allowed if z in formula and z not in claimed and z != _HYDROGEN]
    return missing[0] if len(missing) == 1 else None


def _by_distance(k: int, allowed: list[int], guesses: np.ndarray, neighbours: Neighbours) -> int:
    """Return the element whose bonds are as long as the distance to the nearest neighbour, the first without one."""
    others, distances = neighbours(k)
    if not len(others):
        return allowed[0]
    radii = COVALENT_RADII_ANGSTROM
    nearest = int(np.argmin(distances / radii[guesses[others]]))
    length, partner = distances[nearest], radii[guesses[others[nearest]]]

    def misfit(z: int) -> float:
        return abs(np.log(length / (radii[z] + partner))) + (0.0 if z == allowed[0] else _LESS_LIKELY)

    return min(allowed, key=misfit)


def _tungsten_or_water(k: int, allowed: list[int], guesses: np.ndarray, neighbours: Neighbours) -> int:
    """Return tungsten for a W that is bonded as one, oxygen for a W as far from all others as a water is.

    Bonds of tungsten to nonmetals (W–O 1.7 to 2.4 Å, W–Cl to 2.6 Å) are shorter than any contact of a water's oxygen
    but those with its hydrogens and with metals, to which an oxygen is nearer than a tungsten would be.
    """
    others, distances = neighbours(k)
    elements = guesses[others]
    if len(allowed) == 1 or np.all(guesses == _TUNGSTEN):
        return allowed[0]
    radii = COVALENT_RADII_ANGSTROM[elements]
    nonmetal = np.isin(elements, _NONMETALS)
    bonds = distances / (COVALENT_RADII_ANGSTROM[_TUNGSTEN] + radii)
    if np.any(nonmetal & (distances > _SHORTEST_TUNGSTEN_ANGSTROM) & (bonds < _LONGEST_TUNGSTEN_BOND)):
        return _TUNGSTEN
    metals = np.flatnonzero(~nonmetal & (elements != _HYDROGEN) & (elements != _TUNGSTEN))
    if not len(metals):
        return _OXYGEN
    nearest = metals[np.argmin(bonds[metals])]
    as_oxygen = distances[nearest] / (COVALENT_RADII_ANGSTROM[_OXYGEN] + radii[nearest])
    return _TUNGSTEN if abs(np.log(bonds[nearest])) < abs(np.log(as_oxygen)) else _OXYGEN


def _notices(found: Sequence[tuple[str, _Reading, int]], formula: Collection[int]) -> list[Notice]:
    """Return a notice that names the labels whose element was a judgement."""
    judged: dict[int, list[str]] = {}
    for label, reading, z in found:
        spelt = reading.letters.lower().startswith(("d", "h") if z == _HYDROGEN else SYMBOLS[z].lower())
        sure = reading.elements == (z,) or (reading.plain and reading.elements[:1] == (z,))
        if not (spelt and sure) or (_may_be_water(reading) and z not in formula):
            judged.setdefault(z, []).append(label)
    if not judged:
        return []
    told = "; ".join(
        f"{SYMBOLS[z]} for {', '.join(which[:3])}{' …' if len(which) > 3 else ''}" for z, which in judged.items()
    )
    return [
        Notice(
            "assumed-elements",
            f"The file has no element symbols; from labels, formula and distances were taken {told}.",
            "Add _atom_site_type_symbol to the file if this is wrong.",
        )
    ]
