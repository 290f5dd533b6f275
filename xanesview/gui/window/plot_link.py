"""Between the workspace and the spectrum plot."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from xanesview.domain.geometry.average import Average
from xanesview.domain.geometry.geometry import Geometry
from xanesview.gui.actions.computing import impossible, offer, progress_text
from xanesview.gui.actions.presets import preset_offers
from xanesview.gui.plot.spectrum_plot import SpectrumPlot
from xanesview.gui.session.workspace import Workspace
from xanesview.shown import bounds, names
from xanesview.shown.chips import chips
from xanesview.shown.computed_edges import KIND, why_empty
from xanesview.shown.curve import Curve
from xanesview.shown.curves import curves
from xanesview.shown.fitted_curve import stale_fits
from xanesview.shown.residuals import residual_curves
from xanesview.shown.setting_chips import setting_chips
from xanesview.shown.spectra import drawn_unit

_EVERY_MS = 1000  # the time left, while nothing else is to be seen


class PlotLink(QObject):
    """Keeps the plot in step with the workspace; a turn of the arrow is drawn at once, the rest once a turn of events.

    Signals
    -------
    drawn
        Time from a change of the polarisation to the painted curve, in ms.
    """

    drawn = Signal(float)

    def __init__(
        self, workspace: Workspace, plot: SpectrumPlot, from_normal: Callable[[], bool] = lambda: False
    ) -> None:
        super().__init__(plot)
        self._from_normal, self._counts_from_normal = from_normal, False
        self.workspace = workspace
        self.plot = plot
        self._turned_at: float | None = None
        self._axis = ""
        self._told_of: tuple[str, Average | None, str] = ("", None, "")
        self._old_fits: tuple[int, ...] = ()
        self._curves: list[Curve] = []
        self._laid: list[Curve] = []
        self._with_residuals = False
        self._reading = ""
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.refresh)
        self._clock = QTimer(self, interval=_EVERY_MS)
        self._clock.timeout.connect(self._tell_time_left)
        for signal in (
            workspace.structure_changed,
            workspace.selection_changed,
            workspace.prediction_changed,
            workspace.references_changed,
            workspace.frozen_changed,
            workspace.looks_changed,
            workspace.network_changed,
            workspace.broadening_changed,
            workspace.drawing_changed,
            workspace.computation.changed,
        ):
            signal.connect(self._later.start)
        workspace.ranking.drawn_changed.connect(self._later.start)
        workspace.images.drawn_changed.connect(self._lay)
        workspace.geometry_changed.connect(self._turn)
        workspace.editing.predicted.connect(self._follow_atoms)
        workspace.direction_answered.connect(self._answered)
        workspace.busy_changed.connect(plot.set_busy)
        workspace.live.opening_changed.connect(self._later.start)
        workspace.direction_busy_changed.connect(self._direction_busy)
        plot.curve_toggled.connect(self._toggle)
        plot.painted.connect(self._painted)
        plot.residuals_toggled.connect(self._show_residuals)
        plot.pointed.connect(workspace.cursor.point)
        plot.pinned.connect(workspace.cursor.pin)
        plot.unpinned.connect(workspace.cursor.unpin)
        workspace.cursor.changed.connect(self._mark_cursor)
        workspace.cursor.watched_changed.connect(self._mark_cursor)
        self.refresh()

    def _mark_cursor(self) -> None:
        cursor = self.workspace.cursor
        self.plot.set_looked_at(cursor.energy_ev if cursor.is_watched else None)

    def refresh(self) -> None:
        """Everything anew: curves, range, title, chips, ionisation potential."""
        shown, plot = self.workspace.shown, self.plot
        self._later.stop()
        self._counts_from_normal = self._from_normal()  # asked here, not at each move of the arrow
        self._follow_axis()
        plot.set_y_bound(bounds.upper_bound(shown), bounds.lower_bound(shown))
        step = self._first_step()
        plot.set_empty_text(self._empty_text(), step, preset_offers(self.workspace) if step else ())
        if self.workspace.computation.is_busy:
            self._clock.start()
        else:
            self._clock.stop()
        self._laid = self._beside()
        self._show_curves()
        plot.set_ip(shown.ip_ev)
        self._show_chips()
        if shown.look is not None:
            plot.set_unit(drawn_unit(shown, shown.look.summed.unit), shown.session.geometry.quantity)

    def _tell_time_left(self) -> None:
        self.plot.set_empty_text(self._empty_text())

    def _beside(self) -> list[Curve]:
        """What lies beside the session's own curves, of no direction that a drag would change."""
        return [*self.workspace.ranking.curves(), *self.workspace.images.curves()]

    def _lay(self) -> None:
        """Other pixels of an image are looked at: only their curves are new."""
        if not self._later.isActive():
            self._laid = self._beside()
            self._show_curves()

    def show_reading(self, sentence: str) -> None:
        """Say on an empty plot what is being read or built; empty when that is over."""
        self._reading = sentence
        self.plot.set_empty_text(self._empty_text(), self._first_step())

    def _follow_axis(self) -> None:
        """Name the energy axis; on a change of it the part in view and the pinned energies move along."""
        shown = self.workspace.shown
        axis, look = shown.axis, shown.look
        self.plot.set_energy_titles(*names.energy_title(shown))
        self.plot.set_ip_name("IP" if shown.card is None else shown.card.e0_name)
        if axis != self._axis and look is not None:
            if self._axis and look.e0_ev is not None:
                by_ev = look.e0_ev if axis == "absolute" else -look.e0_ev
                self.plot.move_energies(by_ev)
                self.workspace.cursor.move(by_ev)
            self._axis = axis

    def _answered(self) -> None:
        """A network that takes the direction as an input has answered."""
        if self._later.isActive():
            return
        self._show_curves()
        self._show_chips()

    def _direction_busy(self, busy: bool) -> None:
        self.plot.set_busy(busy or self.workspace.is_busy)

    def _show_curves(self, turned: bool = False) -> None:
        shown = self.workspace.shown
        self._curves = curves(shown)
        if self._counts_from_normal:
            self._curves = [replace(one, label=names.counted_from_normal(one.label)) for one in self._curves]
        if self._laid:
            self._curves = [*self._curves, *self._laid]
        if self._with_residuals:
            self.plot.set_residuals(residual_curves(self._curves))
        self.plot.set_curves(self._curves, turned=turned)
        title = names.title(shown)
        self.plot.set_title(names.counted_from_normal(title) if self._counts_from_normal else title)

    def _show_residuals(self, visible: bool) -> None:
        self._with_residuals = visible
        if visible:
            self._show_curves()

    def _show_chips(self) -> None:
        shown, busy = self.workspace.shown, self.workspace.is_busy
        self._told_of, self._old_fits = _told_of(shown.session.geometry), stale_fits(shown)
        both = self.workspace.relaxation.knows_both(self.workspace.structure)
        self.plot.set_chips([*chips(shown, busy), *setting_chips(shown, self._curves, busy, both)])

    def _turn(self) -> None:
        if self._later.isActive():
            return  # the structure changes too; all is drawn together
        self._turned_at = time.perf_counter()
        self._show_curves(turned=True)
        shown = self.workspace.shown
        other_fits = bool(shown.references) and self._old_fits != stale_fits(shown)
        if other_fits or _told_of(self.workspace.geometry) != self._told_of:
            self.plot.set_energy_titles(*names.energy_title(shown))
            if shown.look is not None:
                self.plot.set_unit(drawn_unit(shown, shown.look.summed.unit), shown.session.geometry.quantity)
            self._show_chips()

    def _follow_atoms(self) -> None:
        """Atoms are dragged and the worker has answered: the curve follows, the axes hold still until they rest."""
        self._show_curves(turned=True)
        self._show_chips()

    def _painted(self) -> None:
        if self._turned_at is not None:
            self.drawn.emit(1000.0 * (time.perf_counter() - self._turned_at))
            self._turned_at = None

    def _empty_text(self) -> str:
        workspace, shown = self.workspace, self.workspace.shown
        if shown.structure is None and self._reading:
            return self._reading
        if shown.structure is None:
            return "Open a structure, or drop a file here, to see its spectrum."
        if shown.card is None:
            return "No network can be read, so there is no spectrum."
        if not shown.absorbers:
            return f"There is no {shown.card.element} atom to absorb here."
        if not shown.session.picked:
            return "Pick a site in the 3D view or in the table below."
        if shown.card.kind == KIND:
            edge = why_empty(workspace.networks, shown.structure, shown.card)
            computing = progress_text(workspace)
            reason = impossible(workspace)
            return "\n".join(filter(None, (edge, computing[:1].upper() + computing[1:], reason)))
        if workspace.live.is_opening:
            return "Opening the network; the first spectrum takes some seconds…"
        return "Predicting…" if workspace.is_busy else "There is no spectrum of the picked sites."

    def _first_step(self) -> str:
        """What the button below the text of an empty plot does: compute an edge that no network predicts."""
        workspace = self.workspace
        card = workspace.shown.card
        asks = card is not None and card.kind == KIND and not workspace.computation.is_busy
        return offer(workspace) if asks else ""

    def _toggle(self, curve: Curve, visible: bool) -> None:
        if curve.subject is not None:
            self.workspace.curves.set_visible([curve.subject], visible)


def _told_of(geometry: Geometry) -> tuple[str, Average | None, str]:
    """What of an experiment the axis and the chips tell: energies, the average over the sample, a beam from below."""
    return geometry.energy_title, geometry.average, getattr(geometry, "from_below", "")
