"""The figure of a session file, without a window: what its plot showed when it was saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from xanesview.gui.plot.lower_curves import DIFFERENCE, RESIDUALS, TITLES, differences
from xanesview.gui.plot.ranges import energy_range
from xanesview.gui.plot.screen_figure import ScreenFigure, screen_figure
from xanesview.gui.window.view_state import kept_camera, zoomed_to
from xanesview.shown.curves import curves
from xanesview.shown.residuals import residual_curves

if TYPE_CHECKING:
    import numpy as np

    from xanesview.domain.work import Work
    from xanesview.shown.curve import Curve
    from xanesview.shown.shown import Shown


class KeptPlot:
    """What a figure asks of a plot, as a file tells it: the part in view and the panel below.

    Parameters
    ----------
    drawn : sequence of Curve
        See `curves.curves`.
    state : mapping
        What the window showed beside its session, see `view_state.view_state`.
    """

    def __init__(self, drawn: Sequence[Curve], state: Mapping[str, Any]) -> None:
        self._curves = list(drawn)
        self._zoomed = zoomed_to(state)
        self._kind = next((kind for kind in (RESIDUALS, DIFFERENCE) if state.get(kind) is True), "")

    def energies_ev(self) -> tuple[float, float] | None:
        """Return the energies in view, in eV; None without a curve."""
        return energy_range(self._curves) if self._zoomed is None else self._zoomed[0]

    def intensities(self) -> tuple[float, float] | None:
        """Return the intensities that the user had zoomed to."""
        return None if self._zoomed is None else self._zoomed[1]

    def lower_curves(self) -> list[Curve]:
        """Return what the panel below showed, nothing where there was none."""
        if self._kind == RESIDUALS:
            return residual_curves(self._curves)
        return differences(self._curves) if self._kind == DIFFERENCE else []

    def lower_title(self) -> str:
        """Return what the panel below called its intensities, in short."""
        return TITLES[self._kind or DIFFERENCE][-1]


def kept_figure(shown: Shown, work: Work) -> ScreenFigure:
    """Return the figure that the window would export of a file: its curves, names, colours, ranges, lower panel."""
    return screen_figure(shown, KeptPlot(curves(shown), work.view))


def kept_scene(shown: Shown, work: Work) -> np.ndarray | None:
    """Return the 3D view of a file as the inset of its figure, (H, W, 4) uint8; None without a structure.

    Raises
    ------
    XanesviewError
        If this machine can't draw without a window.
    """
    from xanesview.drawing3d.camera import OrbitCamera
    from xanesview.drawing3d.drawing import drawing_of
    from xanesview.drawing3d.scene_inset import SIZE_PX, picture_of
    from xanesview.gui.appearance.palette import LIGHT
    from xanesview.gui.appearance.site_colours import site_colours
    from xanesview.io.figures.scene_picture import trimmed

    if shown.structure is None:
        return None
    session, kept = shown.session, kept_camera(work.view)
    camera = None
    if kept is not None:
        width, height = kept.size_px or SIZE_PX
        camera = OrbitCamera(kept.target_angstrom, kept.rotation, width=width, height=height)
        camera.see(kept.visible_angstrom)
    drawing = drawing_of(
        shown.structure, LIGHT, SIZE_PX, geometry=session.geometry, rings=site_colours(session), camera=camera
    )
    return trimmed(picture_of(drawing, LIGHT))
