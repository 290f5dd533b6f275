"""Geometry: a kind of experiment in one object, with its weight, its words and what stands for it in the scene."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np

from xanesview.domain.geometry.average import Average, averaged_text
from xanesview.domain.geometry.directions import exact, snap, unit
from xanesview.domain.geometry.glyph import Glyph, Vector
from xanesview.domain.geometry.weight_tensor import WeightTensor
from xanesview.errors import XanesviewError


@dataclass(frozen=True)
class Geometry(ABC):
    """How an experiment stands to the sample. A kind of experiment is one subclass, listed in `kinds.KINDS`.

    A subclass states the class variables, `matrix`, `describe` and `glyph`. What it has no use for it keeps all the
    same, so that going to another kind and back loses nothing.

    Parameters
    ----------
    direction : tuple of three floats
        Unit vector of the field, or of the beam; any length may be given.
    degree : float
        P, share of the intensity along `direction`.
    normal : tuple of three floats or None
        Surface normal, any length; z without one.
    average : Average or None
        What the sample averages over, about that normal; None for a single crystal as drawn.

    Attributes
    ----------
    name : str
        The kind in files and on the command line.
    title, tooltip : str
        Of its button.
    symbol : str
        What the direction is called in formulas.
    uses : tuple of str
        The fields that its weight depends on; panels show these.
    energy_title : str
        Of the axis of its spectra, with the unit.
    quantity : str
        What its spectra are of energy.
    snap_step_deg : float
        Multiples of which θ and φ snap to.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    tooltip: ClassVar[str]
    symbol: ClassVar[str] = "ε"
    uses: ClassVar[tuple[str, ...]] = ("direction",)
    energy_title: ClassVar[str] = "Photon energy (eV)"
    quantity: ClassVar[str] = "Absorption"
    snap_step_deg: ClassVar[float] = 15.0

    direction: Vector = (0.0, 0.0, 1.0)
    degree: float = 1.0
    normal: Vector | None = None
    average: Average | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "direction", unit_tuple(self.direction))
        object.__setattr__(self, "degree", checked_degree(self.degree))
        if self.average is not None and not isinstance(self.average, Average):
            raise XanesviewError("A sample averages over nothing that is known.", "Write the average as its text.")
        if self.normal is not None:
            object.__setattr__(self, "normal", unit_tuple(self.normal))

    @abstractmethod
    def matrix(self) -> np.ndarray:
        """Return W (3, 3) for the structure as drawn: symmetric, positive semi-definite, trace 1."""

    @abstractmethod
    def describe(self) -> str:
        """Return the geometry in a few words, such as "ε = (0.00, 0.64, 0.77)"."""

    @abstractmethod
    def glyph(self) -> Glyph:
        """Return what stands for the geometry in the 3D scene."""

    def weight(self) -> WeightTensor:
        """Return the weight tensor, I(E) = Σ_ij W_ij σ_ij(E), averaged as the sample is.

        It is made and checked once, however often a drag asks for it.
        """
        return self._weight

    @cached_property
    def _weight(self) -> WeightTensor:
        matrix = self.matrix()
        return WeightTensor(matrix if self.average is None else self.average.averaged(matrix, self.normal))

    @classmethod
    def energy_title_from(cls, zero: str) -> str:
        """Return the title of an axis of energies from a zero, which is named; of electrons they are losses."""
        return f"{'Energy loss' if 'loss' in cls.energy_title else 'Energy'} from {zero} (eV)"

    @property
    def short_label(self) -> str:
        """What stands beside the curve, where there is room for a word or two."""
        return self.name

    def settings_words(self) -> dict[str, str]:
        """Return each setting in a word or two by its name, for curves that are told apart by what varies.

        Empty where the direction is all there is.
        """
        return {}

    def snapped(
        self, direction: Sequence[float] | np.ndarray, normal: Sequence[float] | np.ndarray | None = None
    ) -> np.ndarray:
        """Return the direction (3,) nearest to one on which a drag with Shift stops; θ counts from the normal."""
        return snap(direction, self.snap_step_deg, normal)

    @classmethod
    def like(cls, other: Geometry) -> Self:
        """Return this kind of experiment with what another was set to."""
        shared = {f.name for f in dataclasses.fields(cls)} & {f.name for f in dataclasses.fields(other)}
        return cls(**{name: getattr(other, name) for name in shared})

    def field_and_beam(self) -> tuple[Vector | None, Vector | None]:
        """Return the field and the beam as far as they are set, for other kinds to begin with."""
        return self.direction, None

    def with_direction(self, direction: Sequence[float] | np.ndarray) -> Geometry:
        """Return the geometry with the field (or the beam) along another direction."""
        return dataclasses.replace(self, direction=direction)

    def change_from(self, before: Geometry) -> str:
        """Return what it is called to go from another geometry to this one, as in “Undo turn polarisation”."""
        if type(before) is not type(self):
            return f"choose {self.title}"
        if before.direction != self.direction or before == self:
            return "turn polarisation"
        if before.degree != self.degree:
            return "change degree of polarisation"
        return "change experiment" if before.average == self.average else "change average over the sample"

    def with_degree(self, degree: float) -> Self:
        """Return the geometry with another degree of polarisation."""
        return dataclasses.replace(self, degree=degree)

    def for_element(self, element: str) -> Self:
        """Return the geometry at the K edge of an element, where its weight depends on the energy."""
        return self

    def with_normal(self, normal: Sequence[float] | np.ndarray | None) -> Self:
        """Return the geometry on a sample with another surface normal (3,); None stands for z."""
        return dataclasses.replace(self, normal=normal)

    def to_dict(self) -> dict[str, Any]:
        """Return kind and all fields as JSON has them; `kinds.geometry_from_dict` reads it to the last bit."""
        values = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return {"kind": self.name} | {name: _plain(value) for name, value in values.items()}

    def header(self) -> dict[str, str]:
        """Return for a file's header the kind and what its weight depends on; `kinds.geometry_from_header` reads it."""
        uses = self.uses if self.average is None else (*dict.fromkeys((*self.uses, "normal")), "average")
        values = {name: getattr(self, name) for name in uses}
        return {"experiment": self.name} | {name: _text(value) for name, value in values.items() if value is not None}

    def with_average(self, average: Average | None) -> Self:
        """Return the geometry with a sample that averages otherwise."""
        return dataclasses.replace(self, average=average)

    def _average_text(self) -> str:
        """What the sample averages over, to be added to a description."""
        return averaged_text(self.average)

    @property
    def _average_word(self) -> str:
        """What the sample averages over, by itself."""
        return "single crystal" if self.average is None else self.average.describe()

    def _vector_text(self) -> str:
        """The direction in brackets, rounded, zeros without a sign."""
        return f"({direction_text(self.direction)})"


def direction_text(direction: Sequence[float] | np.ndarray, decimals: int = 2) -> str:
    """Return the three numbers of a direction as they are shown: rounded, zeros without a sign, U+2212 for minus."""
    return ", ".join(f"{x:.{decimals}f}" for x in np.round(direction, decimals) + 0.0).replace("-", "\N{MINUS SIGN}")


def checked_degree(degree: float) -> float:
    """Return a degree of polarisation that lies between 0 and 1, else raise XanesviewError."""
    if not 0.0 <= degree <= 1.0:  # also refuses NaN
        raise XanesviewError(f"A degree of polarisation of {degree:g} does not exist.", "It lies between 0 and 1.")
    return float(degree)


def parse_degree(text: str) -> float:
    """Return the degree of polarisation that a user typed; whether there is such a one, `checked_degree` says."""
    try:
        value = float("nan") if "_" in text else float(text.replace(",", "."))
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise XanesviewError(f"“{text}” is not a number.", "Write it as 0.8.")
    return value


def unit_tuple(v: Sequence[float] | np.ndarray) -> Vector:
    """Return a vector (3,) scaled to length one; one of length one stays to the last bit, so that copies are equal.

    What rounding has left of a zero is zero: −2 · 10⁻¹⁶ in a file says nothing.
    """
    vector = np.asarray(v, dtype=np.float64)
    if not (vector.shape == (3,) and abs(float(vector @ vector) - 1.0) < 1e-14):
        vector = unit(vector)
    return tuple(np.where(np.abs(vector) < 1e-15, 0.0, vector).tolist())


def _plain(value: Any) -> Any:
    if isinstance(value, Average):
        return value.text()
    return list(value) if isinstance(value, tuple) else value


def _text(value: Vector | float | Average) -> str:
    return value.text() if isinstance(value, Average) else ",".join(exact(x) for x in np.atleast_1d(value))
