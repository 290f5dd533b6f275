"""The figure of what the plot shows: its curves as they are called and drawn, its energies, its lower panel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from xanesview.domain.spectrum import Spectrum
from xanesview.gui.appearance.palette import LIGHT
from xanesview.gui.plot.curve_style import CurveStyle, styles_of
from xanesview.shown.curve_looks import look_of
from xanesview.shown.curve_order import angle_of, names_by_angle, order_of_angles
from xanesview.shown.lines import shown_lines
from xanesview.shown.names import counted_from_normal
from xanesview.shown.overlays import tells_angle_alone
from xanesview.shown.setting_chips import weights_words
from xanesview.shown.spectra import exported

if TYPE_CHECKING:
    import numpy as np

    from xanesview.io.figures.curve_looks import FigureCurve
    from xanesview.io.figures.figure import FigureContent
    from xanesview.io.figures.lower_panel import Below
    from xanesview.io.figures.spec import FigureSpec
    from xanesview.shown.curve import Curve
    from xanesview.shown.shown import Shown


@dataclass(frozen=True, eq=False)
class ScreenFigure:
    """What a figure draws.

    Attributes
    ----------
    curves : list of FigureCurve
        Those that are seen, in the order of the list (see `order_of_angles`), per atom where they are drawn so, in the
        colours for white.
    below : Below or None
        The lower panel, where it is shown.
    title : str
        What stands above it by itself: what is drawn.
    title_of : callable
        Gives the title of some of the curves.
    energies_ev : (float, float) or None
        Those in view.
    intensities : (float, float) or None
        Those in view where the user has zoomed; else they follow the curves.
    """

    curves: list[FigureCurve]
    below: Below | None = None
    title: str = ""
    title_of: Callable[[Sequence[FigureCurve]], str] = lambda _curves: ""
    energies_ev: tuple[float, float] | None = None
    intensities: tuple[float, float] | None = None

    def usual_spec(self) -> FigureSpec:
        """Return the look without template and preset: higher with a lower panel."""
        from xanesview.io.figures.spec import HEIGHT_WITH_PANEL_MM, FigureSpec

        return FigureSpec() if self.below is None else FigureSpec(height_mm=HEIGHT_WITH_PANEL_MM)

    def spec(self, asked: FigureSpec) -> FigureSpec:
        """Return a look with the part in view where it asks for no other."""
        return replace(
            asked, energies_ev=asked.energies_ev or self.energies_ev, intensities=asked.intensities or self.intensities
        )

    def content(
        self, title: str | None = None, scene: np.ndarray | None = None, *, below: bool = True
    ) -> FigureContent:
        """Return what is to be drawn; its own title where none is given, the lower panel where it is wanted."""
        from xanesview.io.figures.figure import FigureContent

        return FigureContent(
            self.curves, self.title if title is None else title, self.below if below else None, scene
        )


class PlotSeen(Protocol):
    """What a figure asks of a plot: a window's, or one that a file tells of."""

    def energies_ev(self) -> tuple[float, float] | None:
        """Return the energies in view, in eV."""

    def intensities(self) -> tuple[float, float] | None:
        """Return the intensities in view where the user has zoomed."""

    def lower_curves(self) -> list[Curve]:
        """Return what the lower panel shows."""
        return []

    def lower_title(self) -> str:
        """Return what the lower panel calls its intensities."""
        return ""


def screen_figure(shown: Shown, plot: PlotSeen, from_normal: bool = False) -> ScreenFigure:
    """Return the figure of a plot that shows a session; `from_normal` names beams by their angle from the normal."""
    from xanesview.io.figures.heading import heading_of

    pairs = [(curve, spectrum) for curve, spectrum in exported(shown, as_drawn=True) if curve is not None]
    if from_normal:
        pairs = [(replace(curve, label=counted_from_normal(curve.label)), spectrum) for curve, spectrum in pairs]
    pairs = [pairs[at] for at in order_of_angles(shown, [curve for curve, _ in pairs])]
    styles = styles_of([curve for curve, _ in pairs], LIGHT)
    short = names_by_angle(shown, [curve for curve, _ in pairs])
    curves = [
        replace(
            _figure_curve(curve, spectrum.replace(label=short.get(curve.key, curve.name)), style),
            sticks=shown_lines(shown, curve.subject), angle_deg=angle_of(shown, curve),
            is_named=not tells_angle_alone(look_of(shown.session, curve.subject).name),
        )
        for (curve, spectrum), style in zip(pairs, styles, strict=True)
    ]
    weights = weights_words(shown)

    def title_of(some: Sequence[FigureCurve]) -> str:
        told = heading_of(some, weights)
        return counted_from_normal(told) if from_normal else told

    return ScreenFigure(
        curves,
        _below(plot, [curve for curve, _ in pairs], styles),
        title_of(curves),
        title_of,
        plot.energies_ev() if curves else None,
        plot.intensities() if curves else None,
    )


def _below(plot: PlotSeen, curves: Sequence[Curve], styles: Sequence[CurveStyle]) -> Below | None:
    from xanesview.io.figures.lower_panel import Below

    shown = plot.lower_curves()
    if not shown:
        return None
    look = {f"residual-{curve.key}": style for curve, style in zip(curves, styles, strict=True)}
    drawn = [
        _figure_curve(
            replace(curve, front=0), Spectrum(curve.energy_ev, curve.intensity, band=curve.band, label=curve.name),
            look.get(curve.key) or styles_of([curve], LIGHT)[0],
        )
        for curve in shown
    ]  # fmt: skip
    return Below(tuple(drawn), plot.lower_title())


def _figure_curve(curve: Curve, spectrum: Spectrum, style: CurveStyle) -> FigureCurve:
    from xanesview.io.figures.curve_looks import FigureCurve

    role = "isotropic" if curve.role == "difference" else curve.role
    return FigureCurve(
        spectrum,
        role,
        style.colour,
        style.dash,
        style.marker if style.points else "",
        curve.offset,
        float(style.depth) if curve.front else None,
    )
