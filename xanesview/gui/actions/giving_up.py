"""What Escape does: cancels what is under way, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from xanesview.gui.actions.opening import Opening
from xanesview.gui.plot.spectrum_plot import SpectrumPlot

if TYPE_CHECKING:
    from xanesview.gui.session.adsorbate_placing import AdsorbatePlacing
    from xanesview.gui.session.structure_editing import StructureEditing
    from xanesview.gui.view3d.base_view import BaseView


class GivingUp:
    """Knows what can be under way: a drag in the 3D view or of a slider, a zoom box, moving atoms, reading a file.

    Parameters
    ----------
    give_up_slider
        Puts a held slider of the light back; False where none is held.
    view
        Gives the 3D view as it is now.
    editing
        Whose mode ends where nothing else is under way.
    placing
        Whose molecule is taken away before that.
    close_strip
        Closes what was opened over the plot, where nothing is under way; False where nothing is open.
    """

    def __init__(
        self,
        opening: Opening,
        plot: SpectrumPlot,
        give_up_slider: Callable[[], bool],
        view: Callable[[], BaseView | None],
        editing: StructureEditing,
        placing: AdsorbatePlacing,
        close_strip: Callable[[], bool],
    ) -> None:
        self._opening = opening
        self._plot = plot
        self._give_up_slider = give_up_slider
        self._view = view
        self._editing, self._placing, self._close_strip = editing, placing, close_strip

    def give_up(self) -> None:
        """Cancel the newest that is under way; picked sites, curves and predictions stay."""
        view = self._view()
        if view is not None and view.give_up_gesture():
            return
        if self._give_up_slider() or self._plot.give_up_box():
            return
        if self._placing.is_active:
            self._placing.take_away()
        elif self._editing.is_active:
            self._editing.set_active(False)
        elif self._opening.reading.is_busy:
            self._opening.cancel()
        elif self._opening.spectra.is_busy:
            self._opening.spectra.cancel()
        else:
            self._close_strip()
