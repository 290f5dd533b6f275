"""What a processing step is: frozen parameters with units, what it does to the points of a curve, and how it is told.

A step kind is a file of this room with a frozen dataclass and one line in `registry`. Its fields are made by `number`,
`whole`, `flag`, `choice`, `text`, `numbers` and `texts`, so that a recipe can be checked and a form be built from them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from xanesview.domain.counts import counted
from xanesview.errors import XanesviewError, has_unprintable, printable
from xanesview.limits import LARGEST_ENERGY_EV, WIDEST_EV

Curves = Mapping[str, tuple[np.ndarray, np.ndarray]]
"""Other curves that steps may name: energies (E,) in eV, ascending, and intensities (E,)."""
FEWEST_POINTS = 3
_LONGEST_TEXT = 500
_MOST_VALUES = 10_000
_LARGEST = 1e30


@dataclass(frozen=True)
class Parameter:
    """One parameter of a step kind, for forms and for checks.

    Attributes
    ----------
    label, unit : str
        As a form shows them.
    kind : str
        "number", "whole", "flag", "choice", "text", "numbers" or "texts".
    low, high : float
        Of numbers, both included.
    choices : tuple[str, ...]
        Of a choice.
    automatic : bool
        Whether it may be None: found from the data.
    """

    label: str
    kind: str
    unit: str = ""
    low: float = -_LARGEST
    high: float = _LARGEST
    choices: tuple[str, ...] = ()
    automatic: bool = False

    def checked(self, value: object) -> Any:
        """Return a value as the step keeps it.

        Raises
        ------
        XanesviewError
            If it is of another type or out of bounds.
        """
        if value is None and self.automatic:
            return None
        if self.kind in ("numbers", "texts"):
            if not isinstance(value, list | tuple) or len(value) > _MOST_VALUES:
                raise self._wrong(value, f"a list of up to {_MOST_VALUES:,} {self.kind}")
            one = dataclasses.replace(self, kind=self.kind[:-1])
            return tuple(one.checked(part) for part in value)
        if self.kind == "number":
            if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
                raise self._wrong(value, "a number")
            if not self.low <= value <= self.high:  # neither infinity nor NaN is
                raise self._wrong(value, self._bounds("a number"))
            return float(value)
        if self.kind == "whole":
            if isinstance(value, bool) or not isinstance(value, int | np.integer):
                raise self._wrong(value, "a whole number")
            if not self.low <= value <= self.high:
                raise self._wrong(value, self._bounds("a whole number"))
            return int(value)
        if self.kind == "flag":
            if not isinstance(value, bool):
                raise self._wrong(value, "true or false")
            return value
        if not isinstance(value, str) or len(value) > _LONGEST_TEXT or has_unprintable(value):
            raise self._wrong(value, f"a text of up to {_LONGEST_TEXT} characters")
        if self.kind == "choice" and value not in self.choices:
            raise self._wrong(value, "one of: " + ", ".join(self.choices))
        return value

    def _bounds(self, what: str) -> str:
        low, high = self.low > -_LARGEST, self.high < _LARGEST
        if low and high:
            return f"{what} from {self.low:g} to {self.high:g}"
        return f"{what} of at least {self.low:g}" if low else f"{what} up to {self.high:g}"

    def _wrong(self, value: object, wanted: str) -> XanesviewError:
        return XanesviewError(f"{self.label} can't be “{_shown(value)}”.", f"It is {wanted}.")


def number(
    label: str, default: float | None, *, unit: str = "eV", low: float | None = None, high: float | None = None
) -> Any:
    """Return the field of a number; None as its default lets the data decide. Energies are bounded of themselves."""
    most = LARGEST_ENERGY_EV if unit == "eV" else _LARGEST
    parameter = Parameter(
        label, "number", unit, -most if low is None else low, most if high is None else high, automatic=default is None
    )
    return field(default=default, metadata={"parameter": parameter})


def width(label: str, default: float | None, *, low: float = 0.0) -> Any:
    """Return the field of a width in eV."""
    return number(label, default, low=low, high=WIDEST_EV)


def whole(label: str, default: int | None, low: int, high: int) -> Any:
    """Return the field of a whole number; None as its default lets the data decide."""
    parameter = Parameter(label, "whole", low=low, high=high, automatic=default is None)
    return field(default=default, metadata={"parameter": parameter})


def flag(label: str, default: bool) -> Any:
    """Return the field of a yes or no."""
    return field(default=default, metadata={"parameter": Parameter(label, "flag")})


def choice(label: str, choices: tuple[str, ...]) -> Any:
    """Return the field of one of several words, the first by default."""
    return field(default=choices[0], metadata={"parameter": Parameter(label, "choice", choices=choices)})


def text(label: str) -> Any:
    """Return the field of the name of another curve, none by default."""
    return field(default="", metadata={"parameter": Parameter(label, "text")})


def numbers(label: str, unit: str = "eV") -> Any:
    """Return the field of a list of numbers, empty by default."""
    most = LARGEST_ENERGY_EV if unit == "eV" else _LARGEST
    return field(default=(), metadata={"parameter": Parameter(label, "numbers", unit, -most, most)})


def texts(label: str) -> Any:
    """Return the field of the names of other curves, none by default."""
    return field(default=(), metadata={"parameter": Parameter(label, "texts")})


@dataclass(frozen=True, eq=False)
class Points:
    """The points of a curve on their way through the steps.

    Attributes
    ----------
    energy_ev : (E,) float, eV
        Strictly ascending, finite.
    intensity : (E,) float
        Finite.
    band : (E,) float or None
        Half width of the band around the intensity.
    facts : mapping
        What steps found and others use: ``e0_ev``, ``edge_step``, ``unit``, ``added_gaussian_fwhm_ev`` and so on.
    notes : tuple[str, ...]
        What the last step found, in words.
    """

    energy_ev: np.ndarray
    intensity: np.ndarray
    band: np.ndarray | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def replace(self, **changes: Any) -> Points:
        """Return a copy with the given fields changed."""
        return dataclasses.replace(self, **changes)

    def told(self, *notes: str, **facts: Any) -> Points:
        """Return a copy with further notes and facts."""
        return self.replace(notes=self.notes + notes, facts={**self.facts, **facts})

    def linear(self, factor: float | np.ndarray, offset: float | np.ndarray = 0.0) -> Points:
        """Return the points with the intensity multiplied by a factor, then an offset added; the band scales alike."""
        band = None if self.band is None else self.band * np.abs(factor)
        return self.replace(intensity=self.intensity * factor + offset, band=band)

    def only(self, kept: np.ndarray) -> Points:
        """Return some of the points, (E,) bool.

        Raises
        ------
        XanesviewError
            If fewer than three are left.
        """
        if int(kept.sum()) < FEWEST_POINTS:
            raise XanesviewError(
                f"Only {counted(int(kept.sum()), 'point')} would be left.", "Choose a wider range or a higher limit."
            )
        band = None if self.band is None else self.band[kept]
        return self.replace(energy_ev=self.energy_ev[kept], intensity=self.intensity[kept], band=band)

    def within(self, low_ev: float | None, high_ev: float | None, from_ev: float = 0.0) -> np.ndarray:
        """Return which points (E,) lie between two energies, which may count from `from_ev`; None is an open end."""
        inside = np.ones(len(self.energy_ev), dtype=bool)
        if low_ev is not None:
            inside &= self.energy_ev >= low_ev + from_ev
        if high_ev is not None:
            inside &= self.energy_ev <= high_ev + from_ev
        return inside


@dataclass(frozen=True)
class Step:
    """One processing step; a kind is a subclass.

    Attributes
    ----------
    on : bool
        Whether it is applied.
    """

    kind: ClassVar[str] = ""
    title: ClassVar[str] = ""

    on: bool = field(default=True, kw_only=True, metadata={"parameter": Parameter("On", "flag")})

    def __post_init__(self) -> None:
        for name, parameter in self.parameters().items():
            object.__setattr__(self, name, parameter.checked(getattr(self, name)))
        self.check()

    @classmethod
    def parameters(cls) -> dict[str, Parameter]:
        """Return the parameters by name, in the order of a form; ``on`` is the first."""
        return {one.name: one.metadata["parameter"] for one in dataclasses.fields(cls)}

    def check(self) -> None:
        """Raise XanesviewError where parameters contradict each other."""

    def changed(self, points: Points, curves: Curves) -> Points:
        """Return the points after this step; those given stay as they are.

        Raises
        ------
        XanesviewError
            If it can't be done with these points.
        """
        raise NotImplementedError

    def describe(self) -> str:
        """Return the step in one line, for lists and provenance."""
        raise NotImplementedError

    def curves_named(self) -> tuple[str, ...]:
        """Return the names of the other curves that it needs."""
        return ()

    def replace(self, **changes: Any) -> Step:
        """Return a copy with the given parameters changed."""
        return dataclasses.replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Return kind and parameters as plain values for a recipe; what the data decide is left out."""
        values = {name: getattr(self, name) for name in self.parameters()}
        if self.on:
            del values["on"]
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
        plain |= {name: 0.0 for name, value in plain.items() if isinstance(value, float) and not value}  # not −0
        return {"kind": self.kind, **{name: value for name, value in plain.items() if value is not None}}


def check_order(low: float | None, high: float | None, what: str) -> None:
    """Raise XanesviewError unless a range is open on a side or its lower end comes first."""
    if low is not None and high is not None and not low < high:
        raise XanesviewError(f"{what} from {low:g} to {high:g} eV is empty.", "Give the lower energy first.")


def curve_named(name: str, curves: Curves) -> tuple[np.ndarray, np.ndarray]:
    """Return the energies and intensities of another curve, as `clean_points` leaves them.

    Raises
    ------
    XanesviewError
        If none is named, or it is not there.
    """
    if not name:
        raise XanesviewError("It names no other curve.", "Choose the curve that it needs.")
    if name not in curves:
        known = ", ".join(f"“{one}”" for one in list(curves)[:8])
        raise XanesviewError(
            f"The curve “{name}” is not there.", f"There are {known}." if known else "Open it beside this one."
        )
    found = clean_points(*curves[name])
    return found.energy_ev, found.intensity


def clean_points(energies_ev: np.ndarray, intensities: np.ndarray, band: np.ndarray | None = None) -> Points:
    """Return points in the order of their energies, each energy once, without those that hold no finite number.

    Raises
    ------
    XanesviewError
        If fewer than three are left, or the arrays differ in length.
    """
    energy = np.array(energies_ev, dtype=np.float64)
    intensity = np.array(intensities, dtype=np.float64)
    width_ = None if band is None else np.array(band, dtype=np.float64)
    if energy.ndim != 1 or energy.shape != intensity.shape or (width_ is not None and width_.shape != energy.shape):
        raise XanesviewError("A curve needs as many intensities as energies.")
    usable = np.isfinite(energy) & np.isfinite(intensity)
    n_left_out = int(np.size(usable) - usable.sum())
    columns = [energy[usable], intensity[usable], *([] if width_ is None else [np.nan_to_num(width_[usable])])]
    n_repeated = 0
    if not (np.diff(columns[0]) > 0.0).all():
        unique, where = np.unique(columns[0], return_inverse=True)
        n_repeated = len(columns[0]) - len(unique)
        counts = np.bincount(where)
        columns = [unique, *(np.bincount(where, weights=column) / counts for column in columns[1:])]
    if len(columns[0]) < FEWEST_POINTS:
        raise XanesviewError(
            f"The curve holds only {counted(len(columns[0]), 'usable point')}.", "Choose a curve with more."
        )
    facts = {}
    if n_left_out:
        facts["points_left_out"] = n_left_out
    if n_repeated:
        facts["energies_averaged"] = n_repeated
    return Points(columns[0], columns[1], columns[2] if len(columns) > 2 else None, facts)


def span_in_words(low_ev: float | None, high_ev: float | None) -> str:
    """Return a range as “280 to 305 eV”, “from 280 eV”, “up to 305 eV” or “all energies”."""
    if low_ev is None and high_ev is None:
        return "all energies"
    if high_ev is None:
        return f"from {signed(low_ev)} eV"
    if low_ev is None:
        return f"up to {signed(high_ev)} eV"
    return f"{signed(low_ev)} to {signed(high_ev)} eV"


def signed(value: float) -> str:
    """Return a number with the minus sign of print."""
    return f"{value:.6g}".replace("-", "−")


def _shown(value: object) -> str:
    """Return a value as a recipe file writes it."""
    return "null" if value is None else printable(str(value))
