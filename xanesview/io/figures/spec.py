"""How a figure is to look, apart from its curves and their names; without matplotlib."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from xanesview.errors import XanesviewError, has_unprintable
from xanesview.io.text_file import LARGEST
from xanesview.limits import LARGEST_ENERGY_EV, LONGEST_TITLE, MOST_PIXELS, check_count, check_range_ev

HEIGHT_WITH_PANEL_MM = 82.0
"""Height of a figure of one column that has a panel below the plot."""
PLACES = ("auto", "direct", "inside", "right", "below", "none")
"""Where names can stand; "auto" is the first of them that leaves enough room."""
ARRANGEMENTS = ("as shown", "overlaid", "stacked")
"""Whether curves keep the offsets they come with, have none, or stand one above the other."""
MINOR_TICKS = ("energies", "both", "none")
"""Axes with minor ticks."""
CORNERS = ("auto", "top left", "top right", "bottom left", "bottom right", "free")
"""Where an inset can stand; "auto" is the emptiest corner, "free" is where `inset_x` and `inset_y` say."""
FAMILIES = ("sans-serif", "serif")
"""Families of fonts that every computer has; any other is a name of one that is installed."""
MOST_BREAKS = 4
WIDTHS_MM, HEIGHTS_MM, DPIS = (20, 1000), (15, 1000), (36, 2400)
"""Least and most of each."""
_MM_PER_INCH = 25.4
_LONGEST_FAMILY, _LONGEST_LETTER = 80, 8

PRESETS: Mapping[str, Mapping[str, float]] = {
    "single": {"width_mm": 85.0, "height_mm": 62.0, "font_pt": 8.0, "line_pt": 1.5, "axis_pt": 0.6},
    "one and a half": {"width_mm": 120.0, "height_mm": 75.0, "font_pt": 8.0, "line_pt": 1.5, "axis_pt": 0.6},
    "double": {"width_mm": 170.0, "height_mm": 90.0, "font_pt": 8.0, "line_pt": 1.5, "axis_pt": 0.6},
    "slide": {"width_mm": 250.0, "height_mm": 140.0, "font_pt": 16.0, "line_pt": 3.0, "axis_pt": 1.2},
}
"""Settings for one column, one and a half or two of most journals, and for a talk."""


@dataclass(frozen=True)
class FigureSpec:
    """How a figure is to look.

    Attributes
    ----------
    width_mm, height_mm : float
        Outer size; 85 mm is one column of most journals.
    dpi : int
        Dots per inch of a PNG or TIFF; nothing else of a figure depends on it.
    font_family : str
        One of `FAMILIES` or the name of an installed font.
    font_pt : float
        Size of the axis titles and labels; ticks and names are one point smaller.
    line_pt, axis_pt : float
        Width of the leading curve, to which the others keep their proportion, and of axes and ticks.
    energies_ev, intensities : (float, float) or None
        Ranges shown; by default all predicted energies, and what the curves ask for.
    energy_breaks, intensity_breaks : tuple of (float, float)
        Parts of the axes that are left out, in ascending order.
    minor_ticks : str
        One of `MINOR_TICKS`.
    box : bool
        A frame of four sides with ticks inside, instead of two axes.
    legend : str
        Where curves are named, one of `PLACES`: where there is room by default.
    energy_title, intensity_title : str or None
        Titles of the axes; quantity and unit by default.
    bands, below, sticks, colour_bar, foot : bool
        Draw the bands of curves that have one, the panel below, sticks under their curves, for series of angles a bar
        of colours in place of their names, and at the foot of the figure what was done to its curves.
    arrangement : str
        One of `ARRANGEMENTS`.
    spacing : float or None
        Between curves that are stacked, in units of the intensity; as small as they allow by default.
    panel_letter : str
        Bold at the top left, such as "a" or "(a)".
    inset : bool
        Show the 3D view in the plot, where there is a picture of it.
    inset_place : str
        One of `CORNERS`.
    inset_width, inset_x, inset_y : float
        Width, left and lower end in shares of the plot, 0 to 1.
    """

    width_mm: float = 85.0
    height_mm: float = 62.0
    dpi: int = 300
    font_family: str = "sans-serif"
    font_pt: float = 8.0
    line_pt: float = 1.5
    axis_pt: float = 0.6
    energies_ev: tuple[float, float] | None = None
    intensities: tuple[float, float] | None = None
    energy_breaks: tuple[tuple[float, float], ...] = ()
    intensity_breaks: tuple[tuple[float, float], ...] = ()
    minor_ticks: str = "energies"
    box: bool = False
    legend: str = "auto"
    energy_title: str | None = None
    intensity_title: str | None = None
    bands: bool = True
    below: bool = True
    sticks: bool = False
    colour_bar: bool = True
    foot: bool = True
    arrangement: str = "as shown"
    spacing: float | None = None
    panel_letter: str = ""
    inset: bool = False
    inset_place: str = "auto"
    inset_width: float = 0.32
    inset_x: float = 0.6
    inset_y: float = 0.5

    def __post_init__(self) -> None:
        for axis_title in (self.energy_title, self.intensity_title):
            check_title(axis_title or "")
        self._check_size()
        self._check_text()
        if self.energies_ev is not None:
            check_range_ev(*self.energies_ev, "Give the lower energy first, such as 280 to 305 eV.")
        if self.intensities is not None and not (-LARGEST < self.intensities[0] < self.intensities[1] < LARGEST):
            raise XanesviewError(
                "No intensities lie between {:g} and {:g}.".format(*self.intensities), "Give the lower one first."
            )
        _check_breaks(self.energy_breaks, LARGEST_ENERGY_EV, "energies")
        _check_breaks(self.intensity_breaks, LARGEST, "intensities")
        for what, value, choices in (
            ("A legend can't stand", self.legend, PLACES), ("Curves can't be", self.arrangement, ARRANGEMENTS),
            ("Minor ticks can't be for", self.minor_ticks, MINOR_TICKS),
            ("An inset can't stand", self.inset_place, CORNERS),
        ):  # fmt: skip
            if value not in choices:
                raise XanesviewError(f"{what} “{value}”.", f"Give one of: {', '.join(choices)}.")
        if self.spacing is not None and not 0.0 <= self.spacing < LARGEST:
            raise XanesviewError(f"Curves can't stand {self.spacing:g} apart.", "Give a positive number, or none.")
        _check_share("An inset", "wide", self.inset_width, 0.05)
        _check_share("An inset", "from the left", self.inset_x)
        _check_share("An inset", "from below", self.inset_y)

    def _check_size(self) -> None:
        if not (_is_in(self.width_mm, WIDTHS_MM) and _is_in(self.height_mm, HEIGHTS_MM)):
            raise XanesviewError(
                f"A figure of {self.width_mm:g} × {self.height_mm:g} mm can't be drawn.",
                "Give a width from {} to {} mm and a height from {} to {} mm.".format(*WIDTHS_MM, *HEIGHTS_MM),
            )
        if not _is_in(self.dpi, DPIS):
            raise XanesviewError(f"{self.dpi} dots per inch can't be drawn.", "Give {} to {} dpi.".format(*DPIS))
        width, height = self.size_px
        check_count(width * height, MOST_PIXELS, "pixels", "Make the figure smaller, or give fewer dots per inch.")

    def _check_text(self) -> None:
        if not 3 <= self.font_pt <= 72:
            raise XanesviewError(f"Text of {self.font_pt:g} points can't be drawn.", "Give 3 to 72 points.")
        for width in (self.line_pt, self.axis_pt):
            if not 0.1 <= width <= 10:
                raise XanesviewError(f"Lines of {width:g} points can't be drawn.", "Give 0.1 to 10 points.")
        family = self.font_family
        if not family.strip() or len(family) > _LONGEST_FAMILY or has_unprintable(family):
            raise XanesviewError(f"“{family}” is no font.", "Give sans-serif, serif, or the name of a font.")
        if len(self.panel_letter) > _LONGEST_LETTER or has_unprintable(self.panel_letter):
            raise XanesviewError(
                f"“{self.panel_letter}” is no letter of a panel.", f"Give up to {_LONGEST_LETTER} letters."
            )

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of a PNG, in pixels."""
        return int(self.width_mm / _MM_PER_INCH * self.dpi), int(self.height_mm / _MM_PER_INCH * self.dpi)

    @property
    def size_inches(self) -> tuple[float, float]:
        """Width and height in inches, as matplotlib takes them."""
        return self.width_mm / _MM_PER_INCH, self.height_mm / _MM_PER_INCH


def _is_in(value: float, ends: tuple[float, float]) -> bool:
    return ends[0] <= value <= ends[1]


def check_title(title: str) -> None:
    """Refuse a title that would take minutes to be broken into lines.

    Raises
    ------
    XanesviewError
    """
    if len(title) > LONGEST_TITLE:
        raise XanesviewError(
            f"A title of {len(title):,} characters is too long; up to {LONGEST_TITLE} are drawn.", "Give a shorter one."
        )


def _check_breaks(breaks: tuple[tuple[float, float], ...], largest: float, what: str) -> None:
    check_count(len(breaks), MOST_BREAKS, f"breaks of the {what}", "Leave some out.")
    ends = [end for pair in breaks for end in pair]
    if not all(abs(end) < largest for end in ends) or any(not low < high for low, high in pairwise(ends)):
        raise XanesviewError(
            f"The breaks of the {what} are not one after the other.", "Give the lower end of each first: 295 to 310."
        )


def _check_share(what: str, how: str, value: float, least: float = 0.0) -> None:
    if not least <= value <= 1.0:
        raise XanesviewError(f"{what} can't be {value:g} of the plot {how}.", f"Give a share from {least:g} to 1.")
