"""The style of all figures: fonts, lines and colours; matplotlib is imported when a figure is drawn, not before.

pyplot is never touched, so no window system is.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.geometry.kinds import KINDS
from xanesview.io.figures.curve_looks import COLOURS, FAINT, MUTED, TEXT
from xanesview.io.figures.fonts import FONTS, families
from xanesview.io.figures.spec import FigureSpec

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from xanesview.domain.spectrum import Spectrum

INK = {"text": TEXT, "muted": MUTED, "faint": FAINT, "first": COLOURS[0], "second": COLOURS[1]}
"""Colours of other figures on white."""
LAYOUT_DPI = 300
"""Dots per inch at which every figure is laid out, so that it is the same at any resolution and in any format."""
_MOST_TICKS = 30
_RAISED = str.maketrans("-+0123456789", "⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹")
#: Settings of matplotlib hold for the whole process, so one thread draws at a time.
_drawing = threading.RLock()


def energy_title(spectra: Sequence[Spectrum], geometries: Sequence[Geometry] = ()) -> str:
    """Return the title of the energy axis of spectra, by their axis and the experiment that they are of.

    It is the first of the geometries, where they are known, else of the experiments that spectra's provenance names; a
    powder is none of them, as the isotropic curve beside others is one.
    """
    kind = _experiment(spectra, geometries)
    if spectra[0].axis == "relative":
        return kind.energy_title_from("E₀")
    return kind.energy_title


def quantity(spectra: Sequence[Spectrum], geometries: Sequence[Geometry] = ()) -> str:
    """Return what spectra are of energy, by the experiment that they are of (as in `energy_title`)."""
    return _experiment(spectra, geometries).quantity


def _experiment(spectra: Sequence[Spectrum], geometries: Sequence[Geometry]) -> type[Geometry]:
    named = [one.provenance.get("experiment", "") for one in spectra]
    kinds = [type(one) for one in geometries] or [KINDS[name] for name in named if name in KINDS and KINDS[name].uses]
    return kinds[0] if kinds else Geometry


_NOT_DRAWN = ("backend", "date.", "docstring.", "interactive", "keymap.", "timezone", "tk.", "toolbar", "webagg.")


@contextmanager
def new_figure(spec: FigureSpec) -> Iterator[Figure]:
    """Give an empty figure on white in our style, to be drawn on inside the block and saved with `save_figure`.

    Dollars in a text that is set inside are dollars, since names and titles are a user's; a text of our own that holds
    mathematics is set with ``parse_math=True``.
    """
    with style(spec):
        from matplotlib import rc_context
        from matplotlib.figure import Figure

        figure = Figure(figsize=spec.size_inches, dpi=LAYOUT_DPI, layout="constrained", facecolor="white")
        with rc_context({"text.parse_math": False}):
            yield figure
        set_numbers(figure)


def fit_title(figure: Figure, axes: Axes, shorter: Sequence[str], longest_px: float = 0.0) -> None:
    """Break the title of the intensity axis, then shorten it, until it has room.

    Parameters
    ----------
    shorter : titles that are tried one after the other
    longest_px : how long it may be; by default as long as the axis, where other axes stand above or below
    """
    for text in shorter:
        lay_out(figure)
        box = axes.yaxis.label.get_window_extent()
        room = longest_px or 1.1 * axes.get_window_extent().height
        if box.y0 >= 0 and box.y1 <= figure.bbox.height and box.height <= room:
            return
        axes.set_ylabel(text)


def lay_out(figure: Figure) -> None:
    """Give everything its place, unless nothing has changed since that was done; nothing is drawn.

    matplotlib's own way draws everything for it, the second time even where nothing has changed.
    """
    if not figure.stale:
        return
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
    figure.stale = False


def set_numbers(figure: Figure) -> None:
    """Let the numbers beside axes be written plainly, which is far quicker than as mathematics; powers of ten aren't.
    """
    from matplotlib.ticker import AutoLocator, MaxNLocator, ScalarFormatter

    class Plain(ScalarFormatter):
        """Numbers with the power of ten that they share as ×10⁻³."""

        def get_offset(self) -> str:
            power = super().get_offset().replace("\N{MINUS SIGN}", "-").partition("e")
            return f"×10{power[2].translate(_RAISED)}" if power[0] == "1" and power[2] else "".join(power)

    for axis in [axes.xaxis for axes in figure.axes]:
        if type(axis.get_major_locator()) is AutoLocator:  # 287.5 beside 290.0 is crowded and read slowly
            axis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10], min_n_ticks=3))
    for axis in [axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)]:
        if type(axis.get_major_formatter()) is ScalarFormatter:
            axis.set_major_formatter(Plain(useOffset=False))
        elif not isinstance(axis.get_major_formatter(), ScalarFormatter):
            axis.get_major_ticks(_MOST_TICKS)  # also those that aren't shown yet
            for text in (axis.get_offset_text(), *(tick.label1 for tick in (*axis.majorTicks, *axis.minorTicks))):
                text.set_parse_math(True)


@contextmanager
def style(spec: FigureSpec) -> Iterator[None]:
    """Draw, or save, in our style inside the block; one thread at a time."""
    from logging import ERROR, getLogger

    _drawing.acquire()
    # it reports each family that a computer lacks, and where its own folder can't be written; it works all the same
    logger = getLogger("matplotlib")
    level = logger.level
    logger.setLevel(ERROR)
    try:
        from matplotlib import rc_context

        with rc_context({**_defaults(), **_settings(spec)}):
            yield
    finally:
        logger.setLevel(level)
        _drawing.release()


def _defaults() -> dict:
    """Return matplotlib's own settings of how things are drawn.

    Those in force may come from a file in the current folder, which could change a figure, or run LaTeX with what it
    says.
    """
    from matplotlib import rcParamsDefault

    return {key: value for key, value in dict.items(rcParamsDefault) if not key.startswith(_NOT_DRAWN)}


def _settings(spec: FigureSpec) -> dict:
    serif = spec.font_family == "serif"
    family = "serif" if serif else "sans-serif"
    ticks = {
        f"{axis}tick.{name}": value
        for axis in "xy"
        for name, value in (
            ("labelsize", spec.font_pt - 1), ("color", MUTED), ("labelcolor", TEXT), ("major.width", spec.axis_pt),
            ("minor.width", 0.75 * spec.axis_pt), ("major.size", 0.42 * spec.font_pt), ("minor.size", 2.0),
            ("direction", "in" if spec.box else "out"),
        )
    }  # fmt: skip
    return ticks | {
        # a generic family would stand for the first font that is installed, without those for letters that it lacks
        "font.family": families(spec),
        f"font.{family}": list(FONTS[family]),
        "mathtext.fontset": "stix" if serif else "dejavusans",
        "font.size": spec.font_pt,
        "axes.labelsize": spec.font_pt,
        "axes.titlesize": spec.font_pt,
        "legend.fontsize": spec.font_pt - 1,
        "axes.linewidth": spec.axis_pt,
        "axes.edgecolor": MUTED,
        "axes.labelcolor": TEXT,
        "text.color": TEXT,
        "axes.spines.top": spec.box,
        "axes.spines.right": spec.box,
        "xtick.top": spec.box,
        "ytick.right": spec.box,
        "axes.unicode_minus": True,
        "axes.formatter.use_mathtext": False,
        "xtick.minor.visible": spec.minor_ticks != "none",
        "ytick.minor.visible": spec.minor_ticks == "both",
        "text.hinting": "none",  # so that letters are as wide at any resolution
        "path.simplify": False,  # every point of the data is in the file
        "svg.fonttype": "none",
        "pdf.fonttype": 42,
        "svg.hashsalt": "xanesview",
    }
