"""What a plot shows: curves with their role, and chips that carry what must not be overlooked."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter

import numpy as np

#: What a curve can be of; `Subject.which` names the atom, the network, or the place among references or frozen curves.
KINDS = ("prediction", "site", "network", "reference", "frozen")

ROLES = ("current", "isotropic", "site", "compared", "measured", "computed", "frozen", "difference")


@dataclass(frozen=True)
class Subject:
    """What a curve is of: a kind, one of `KINDS`, and which one of that kind ("isotropic" for the average)."""

    kind: str
    which: int | str | None = None


@dataclass(frozen=True, eq=False)
class Curve:
    """One curve of the spectrum plot.

    Attributes
    ----------
    key : str
        Identity: the same key in the next call is the same curve with new numbers.
    energy_ev, intensity : (E,) array
        Points, energies ascending; NaN breaks the line.
    label : str
        What stands beside the curve.
    role : str
        One of `ROLES`; decides how the curve is drawn.
    colour : str or None
        ``#rrggbb``; by default the role's own colour, or the next one of the colour-blind-safe set.
    band : (E,) array or None
        Half width of the band around the curve, in units of the intensity.
    visible : bool
    tooltip : str
    subject : Subject or None
        What it is of, for those who act on a curve.
    order : int or None
        Which colour of its family it has, where it keeps one whatever else is drawn.
    line : str
        One of `curve_look.LINES`; by default that of the role.
    offset : float
        Added to the intensities where the curve is drawn.
    front : int
        Curves with a larger number are drawn above the others.
    angle_share : float or None
        Of one of a series of angles: its place on the scale of their colours, 0 to 1, instead of the role's colour.
    note : str
        Words at the end of the label on what was done to it, which no name that is printed has: "+0.19 eV · 3 steps".
    """

    key: str
    energy_ev: np.ndarray = field(repr=False)
    intensity: np.ndarray = field(repr=False)
    label: str
    role: str
    colour: str | None = None
    band: np.ndarray | None = field(default=None, repr=False)
    visible: bool = True
    tooltip: str = ""
    subject: Subject | None = None
    order: int | None = None
    line: str = ""
    offset: float = 0.0
    front: int = 0
    angle_share: float | None = None
    note: str = ""

    @property
    def name(self) -> str:
        """What it is called where it is printed or written: its label without what was done to it."""
        return (self.label.removesuffix(self.note).removesuffix(" · ") or self.label) if self.note else self.label

    @property
    def drawn(self) -> np.ndarray:
        """Intensities where they are drawn, (E,): with the offset."""
        return self.intensity + self.offset if self.offset else self.intensity

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"curve role {self.role!r}: one of {', '.join(ROLES)}")
        if np.shape(self.energy_ev) != np.shape(self.intensity) or np.ndim(self.energy_ev) != 1:
            raise ValueError(
                f"curve {self.key!r}: energies {np.shape(self.energy_ev)} and intensities "
                f"{np.shape(self.intensity)} must be two equal rows"
            )


_set_looks = attrgetter("colour", "order", "line", "offset", "front")


def differ_in_numbers(one: Curve, two: Curve) -> bool:
    """Tell whether two curves differ in their numbers at most, on the same range of energies."""
    return (
        one.key == two.key
        and one.role == two.role
        and _set_looks(one) == _set_looks(two)
        and one.energy_ev.size == two.energy_ev.size
        and (one.energy_ev is two.energy_ev or bool(np.array_equal(one.energy_ev, two.energy_ev)))
    )


@dataclass(frozen=True)
class Chip:
    """A short notice on top of the plot; a click opens its explanation.

    Attributes
    ----------
    text : str
        A few words, e.g. "outside training: S–S bond".
    detail : str
        One or two sentences.
    severity : str
        ``"note"``, ``"warning"`` or ``"error"``.
    opens : str
        The control that a click opens in place of the explanation, where there is one (see `setting_chips`).
    """

    text: str
    detail: str = ""
    severity: str = "note"
    opens: str = ""
