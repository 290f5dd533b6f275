"""What a reader of one format gives: columns as the file has them, and what the format alone knows of them.

What is the same for all formats (which column is the energy, what signals are made of the others, order and units) is
done in `interpretation`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xanesview.domain.structure import Notice


@dataclass(frozen=True)
class Offer:
    """A signal that a format knows how to make.

    Its name, the expression of columns, its kind; and, of files of this program, of what it was made and its own facts.
    """

    name: str
    expression: str
    kind: str
    told_formula: str = ""
    facts: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def formula(self) -> str:
        """What is told of how it was made: the expression, without the quotation marks of a single column."""
        text = self.expression
        one_name = text.count('"') == 2 and text[0] == text[-1] == '"'
        return self.told_formula or (text.strip('"') if one_name else text)


@dataclass(frozen=True, eq=False)
class RawTable:
    """One scan as recorded.

    Parameters
    ----------
    names : tuple of str
        Of the columns, each once.
    values : (R, C) float
        NaN for what is no number.
    units : tuple of str
        Of the columns, or empty where none is told.
    label : str
        Of the scan or group; empty for files of one scan.
    facts, settings : mapping of str to str
        As `domain.measurement.Scan`.
    energy : int or None
        Column of energies where the format says which; else it is guessed.
    unit : str
        Of the energies, one of `energy_units.UNITS`, where the format says which; else it is guessed.
    d_spacing_angstrom : float or None
        Of the monochromator's crystal planes.
    steps_per_degree : float or None
        Of the monochromator, for energies in "steps".
    added_ev : float
        Added to the energies: an edge they count from, a shift.
    offers : tuple of Offer
        What the format offers, the usual one first; else signals are made by the names of the columns.
    is_sure : bool
        Whether the format decides which column is which.
    kind, axis : str
        As `domain.measurement.Scan`.
    energy_from : str or None
        Of what the energies were made, where a file of this program says so.
    assumption : str
        What was taken where the file is silent: a sentence for the user, or empty.
    """

    names: tuple[str, ...]
    values: np.ndarray
    units: tuple[str, ...] = ()
    label: str = ""
    facts: Mapping[str, str] = dataclasses.field(default_factory=dict)
    settings: Mapping[str, str] = dataclasses.field(default_factory=dict)
    energy: int | None = None
    unit: str = ""
    d_spacing_angstrom: float | None = None
    steps_per_degree: float | None = None
    added_ev: float = 0.0
    offers: tuple[Offer, ...] = ()
    is_sure: bool = False
    kind: str = "measured"
    axis: str = "absolute"
    energy_from: str | None = None
    assumption: str = ""
    notices: tuple[Notice, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", unique_names(self.names))
        object.__setattr__(self, "values", np.asarray(self.values, np.float64))
        if not self.units:
            object.__setattr__(self, "units", ("",) * len(self.names))
        if self.values.ndim != 2 or self.values.shape[1] != len(self.names) or len(self.units) != len(self.names):
            raise ValueError("a table needs a name and a unit for every column")

    def replace(self, **changes: object) -> RawTable:
        """Return a copy with the given fields changed."""
        return dataclasses.replace(self, **changes)


def unique_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names that differ: one that repeats gets a number, one that is empty its place."""
    taken: dict[str, int] = {}
    result = []
    for place, name in enumerate(names, start=1):
        name = " ".join(name.split()) or f"column {place}"
        taken[name] = taken.get(name, 0) + 1
        result.append(name if taken[name] == 1 else f"{name} ({taken[name]})")
    return tuple(result)
