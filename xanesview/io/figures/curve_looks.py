"""How curves of a figure look by their role: the colours and lines of the window on white."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xanesview.domain.orientation.angle_series import colour_range, tells_angle
from xanesview.domain.processing.smooth_line import is_coarse, smooth_line
from xanesview.domain.spectrum import Spectrum
from xanesview.io.figures.angle_ramp import angle_colour
from xanesview.io.spectra.axis_header import lines_of_sites

ROLES = ("current", "isotropic", "site", "compared", "measured", "computed", "frozen")

ACCENT = "#cf246c"
TEXT, MUTED, FAINT = "#1d232b", "#4b5560", "#98a2ae"
COLOURS = (
    "#006db3", "#cc8400", "#0b5230", "#855c10", "#009ca8", "#5b2fc9", "#7f9a2a", "#5d6875", "#30003c", "#c078cc",
)  # fmt: skip
FAMILIES = {
    "site": COLOURS,
    "measured": ("#1d232b", "#cc603c", "#0064f0", "#d269e1", "#a000a4", "#642814"),
    "compared": ("#003090", "#dc1c14", "#00a860", "#fc48bc", "#901800", "#6c84f0"),
    "computed": ("#006000", "#0c3060", "#04a800", "#485400", "#b4789c", "#8490cc"),
    "frozen": ("#680054", "#888058", "#a500ff", "#5a7800", "#a89000", "#603c3c", "#cc8454", "#300018"),
}
"""Colours that curves of a role take in turn; no colour is in two families."""

MARKS = {"circle": "o", "square": "s", "diamond": "D", "triangle": "^", "cross": "x", "plus": "+"}
"""Marks of points, as matplotlib calls them."""
DEPTH = {"isotropic": 1.0, "frozen": 2.0, "site": 3.0, "compared": 3.0, "measured": 4.0, "computed": 4.0,
         "current": 5.0}  # fmt: skip
WIDTH_PT = {"current": 1.5, "isotropic": 0.8, "compared": 1.2, "computed": 1.0, "measured": 1.0}
"""Widths of lines where the leading one has 1.5 points; others have 0.9."""
POINTS_LIMIT = 160
"""A measured spectrum with more points than this is drawn as a line."""

PARTNER_FACT = "beside_measured"
"""Under which name a file tells that a prediction stands beside the measured curve of its angle."""
PARTNER_DASHES = (4.5, 2.5)
FEWEST_ANGLES = 3
"""Curves of fewer angles are named one by one."""
_ANGLE = re.compile(r"\s*([-+]?\d{1,3}(?:\.\d{1,6})?)\s*°\s*")
ROUNDS: dict[str, tuple[tuple[float, ...], ...]] = {
    "site": ((), (14.0, 1.5)),
    "compared": ((10.0, 2.0), (10.0, 2.0, 3.0, 2.0)),
    "measured": ((), (20.0, 2.0), (20.0, 2.0, 2.0, 2.0), (20.0, 6.0), (20.0, 2.0, 2.0, 2.0, 2.0, 2.0)),
    "computed": ((4.5, 2.5), (2.5, 2.0), (4.5, 1.5, 2.0, 1.5)),
    "frozen": ((6.0, 2.5, 1.2, 2.5), (6.0, 2.5, 1.2, 2.5, 1.2, 2.5), (1.2, 2.5)),
}
"""Dashes of each kind, another for each round through its colours; measured curves take them one after the other."""


@dataclass(frozen=True, eq=False)
class FigureCurve:
    """A spectrum with its role in the figure, one of `ROLES`, and its look (by default that of its role).

    Attributes
    ----------
    spectrum : Spectrum
    role : str
    colour : str or None
        ``#rrggbb``.
    dashes : tuple of float or None
        Lengths of lines and gaps in widths of the line; none is a solid line.
    marker : str or None
        One of `MARKS` where points are drawn, empty for a line.
    offset : float
        Added to the intensities where they are drawn.
    depth : float or None
        Curves with a larger one are drawn above others.
    sticks : (N, 2) array or None
        Energies (eV, of the axis of the spectrum) and heights, in any unit, of the lines it is made of.
    angle_deg : float or None
        Of one of a series of angles.
    is_named : bool
        It has a name that was given, beside a bar of the angles' colours, too.
    """

    spectrum: Spectrum
    role: str
    colour: str | None = None
    dashes: tuple[float, ...] | None = None
    marker: str | None = None
    offset: float = 0.0
    depth: float | None = None
    sticks: np.ndarray | None = None
    angle_deg: float | None = None
    is_named: bool = False

    def named(self, label: str) -> FigureCurve:
        """Return the curve under another name."""
        return replace(self, spectrum=self.spectrum.replace(label=label))

    @property
    def is_smoothed(self) -> bool:
        """Whether it is drawn as a smooth line through its points: on a coarse grid, unless it was measured."""
        return self.role != "measured" and not self.mark and is_coarse(self.spectrum.energy_ev)

    def line(self) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """Return energies, intensities and half width of the band (None without one) as they are drawn, (F,) each."""
        spectrum = self.spectrum
        given = (spectrum.energy_ev, spectrum.intensity, spectrum.band)
        energy_ev, intensity, band = smooth_line(*given) if self.is_smoothed else given
        return energy_ev, intensity + self.offset, band

    @property
    def dash_pattern(self) -> tuple[float, ...]:
        """Its dashes, or those of its role."""
        return ROUNDS.get(self.role, ((),))[0] if self.dashes is None else self.dashes

    @property
    def mark(self) -> str:
        """What its points are drawn as, in matplotlib's words; empty where it is drawn as a line."""
        if self.marker is not None:
            return MARKS.get(self.marker, "")
        return "o" if self.role == "measured" and self.spectrum.energy_ev.size <= POINTS_LIMIT else ""

    @property
    def shade(self) -> str:
        """Its colour, or the first one of its role."""
        first = FAMILIES.get(self.role, COLOURS)[0]
        return self.colour or {"current": ACCENT, "isotropic": FAINT}.get(self.role, first)

    @property
    def height(self) -> float:
        """Its depth, or that of its role."""
        return DEPTH[self.role] if self.depth is None else self.depth


def with_roles(spectra: Sequence[Spectrum | FigureCurve]) -> list[FigureCurve]:
    """Return curves with roles: as given, else by kind; those without a colour take the next one of their family.

    Of predicted spectra the first is the current one; those called isotropic are averages; the others are sites. Those
    of a series of angles (told, or in the provenance as “angle”) have the colours of their angles.
    """
    given: list[FigureCurve] = []
    for one in spectra:
        curve = one if isinstance(one, FigureCurve) else FigureCurve(one, _role_of(one, given))
        told = _ANGLE.fullmatch(str(curve.spectrum.provenance.get("angle", "")))
        angle_deg = float(told[1]) if told and curve.angle_deg is None else None
        if angle_deg is not None and _has_given_name(curve, angle_deg):
            curve = replace(curve, is_named=True)
        if PARTNER_FACT in curve.spectrum.provenance and not isinstance(one, FigureCurve):
            curve = replace(curve, role="compared", dashes=PARTNER_DASHES)
        given.append(curve if angle_deg is None else replace(curve, angle_deg=angle_deg))
    counts = Counter(curve.angle_deg for curve in given)
    given = [  # one colour is one curve, as in the window
        replace(curve, angle_deg=None, is_named=False)
        if curve.is_named and curve.colour is None and counts[curve.angle_deg] > 1 else curve
        for curve in given
    ]  # fmt: skip
    angles = {curve.angle_deg for curve in given if curve.angle_deg is not None}
    series = colour_range(sorted(angles)) if len(angles) > 1 else None
    met: Counter[str] = Counter()
    result = []
    for curve in given:
        if curve.colour is None and series is not None and curve.angle_deg is not None:
            share = (curve.angle_deg - series[0]) / (series[1] - series[0])
            curve = replace(curve, colour=angle_colour(share, dark=False))
        elif curve.colour is None and curve.role in FAMILIES:
            order = met[curve.role]
            met[curve.role] += 1
            curve = _in_turn(curve, order)
        result.append(curve)
    return result


def _has_given_name(curve: FigureCurve, angle_deg: float) -> bool:
    """Whether the user had named a curve of a window's series: a bar of colours has no place for that."""
    spectrum = curve.spectrum
    from_window = spectrum.kind == "frozen" or (spectrum.kind == "measured" and "series" in spectrum.provenance)
    return from_window and bool(spectrum.label) and not tells_angle(spectrum.label, angle_deg)


def with_site_lines(curves: Sequence[FigureCurve]) -> list[FigureCurve]:
    """Return curves with E0 of their sites as sticks, where their provenance tells of it and they have no others."""
    return [
        replace(curve, sticks=lines_of_sites(curve.spectrum.provenance))
        if curve.sticks is None and curve.spectrum.axis == "absolute" else curve
        for curve in curves
    ]  # fmt: skip


def line_in_turn(role: str, order: int) -> tuple[float, ...]:
    """Return the dashes of one of the curves of a role; measured neighbours differ by them as well as by colour."""
    rounds, done = ROUNDS[role], order // len(FAMILIES[role])
    # a step further each time the colours begin anew, else each colour would meet its own dashes again
    return rounds[(order + done if role == "measured" else done) % len(rounds)]


def mark_in_turn(role: str, order: int) -> str:
    """Return the mark of the points of one of the curves of a role: another one when its colour comes again."""
    marks = tuple(MARKS)
    return marks[(order + order // len(FAMILIES[role])) % len(marks)]


def _in_turn(curve: FigureCurve, order: int) -> FigureCurve:
    """Return a curve with the next colour, line and mark of its role."""
    family, mark = FAMILIES[curve.role], curve.marker
    if mark is None and curve.mark:
        mark = mark_in_turn(curve.role, order)
    return replace(
        curve, colour=family[order % len(family)], marker=mark,
        dashes=line_in_turn(curve.role, order) if curve.dashes is None else curve.dashes,
    )  # fmt: skip


def angle_range(curves: Sequence[FigureCurve]) -> tuple[float, float] | None:
    """Return between which angles the curves of a series are coloured, None where a bar would tell of too few."""
    angles = {curve.angle_deg for curve in curves if curve.angle_deg is not None}
    told = {curve.angle_deg for curve in curves if curve.angle_deg is not None and not curve.is_named}
    return colour_range(sorted(angles)) if len(told) >= FEWEST_ANGLES else None


def _role_of(spectrum: Spectrum, before: Sequence[FigureCurve]) -> str:
    if spectrum.kind != "predicted":
        return spectrum.kind
    if spectrum.label.lower().startswith("isotropic"):
        return "isotropic"
    return "site" if any(curve.role == "current" for curve in before) else "current"
