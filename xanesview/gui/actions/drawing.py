"""How the curves are drawn: over which energies, how broad, as computed or measured, with what beside them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, QSignalBlocker
from PySide6.QtGui import QAction

from xanesview.gui.actions.action_making import WHY_NOT
from xanesview.gui.plot.spectrum_plot import SpectrumPlot
from xanesview.gui.session.workspace import Workspace
from xanesview.gui.settings import Settings
from xanesview.reference.engine.offsets import IP_BELOW_PHOTOEMISSION_EV
from xanesview.shown.processing import shown_window_ev

_SCALE_OF_IP = f"on the scale of the resonances, {IP_BELOW_PHOTOEMISSION_EV:g} eV below photoemission"

class Drawing(QObject):
    """Keeps the menu's ticks and the buttons above the plot in step with the session."""

    def __init__(self, workspace: Workspace, plot: SpectrumPlot, settings: Settings) -> None:
        super().__init__(plot)
        self.workspace = workspace
        self.plot = plot
        self._settings = settings
        self.header = header = plot.header
        self._actions: Mapping[str, QAction] = {}
        self._kept = self._begins_with()
        header.axis_toggled.connect(self.set_relative)
        header.fitted_toggled.connect(self.set_fitted)
        header.measured_toggled.connect(self.set_as_measured)
        header.per_atom_toggled.connect(self.set_per_atom)
        for signal in (
            workspace.drawing_changed,
            workspace.network_changed,
            workspace.selection_changed,
            workspace.prediction_changed,
            workspace.computation.changed,
        ):
            signal.connect(self.refresh)
        workspace.drawing_changed.connect(self._keep)

    def _begins_with(self) -> tuple[bool, bool]:
        session = self.workspace.session
        return session.as_measured, session.per_atom

    def _keep(self) -> None:
        """Let the next window begin with what is drawn now, after an undo too; a session from a file keeps its own."""
        before, self._kept = self._kept, self._begins_with()
        if before != self._kept and self.workspace.undo_stack.count():  # none: a session has just been taken up
            self._settings.as_measured, self._settings.per_atom = self._kept

    def follow(self, actions: Mapping[str, QAction]) -> None:
        """Take the actions whose ticks are to be kept."""
        self._actions = actions
        self.refresh()

    def set_relative(self, relative: bool) -> None:
        """Count energies from E0, or show them as they are."""
        if relative != (self.workspace.shown.axis == "relative"):
            self.workspace.set_axis("relative" if relative else "absolute")
        self.refresh()

    def set_fitted(self, fitted: bool) -> None:
        """Draw the fitted tensor, or the network's own answers."""
        if fitted != self.workspace.session.fitted:
            self.workspace.set_fitted(fitted)
        self.refresh()

    def set_as_measured(self, as_measured: bool) -> None:
        """Draw predictions as measured, or as computed; the next window begins with the same."""
        if as_measured != self.workspace.session.as_measured:
            self._settings.as_measured = as_measured
            self.workspace.set_as_measured(as_measured)
        self.refresh()

    def set_per_atom(self, per_atom: bool) -> None:
        """Draw sums of sites per atom, or per structure; the next window begins with the same."""
        if per_atom != self.workspace.session.per_atom:
            self._settings.per_atom = per_atom
            self.workspace.set_per_atom(per_atom)
        self.refresh()

    def set_difference_visible(self, visible: bool) -> None:
        """Show or hide the difference to the isotropic average."""
        self.plot.set_difference_visible(visible)

    def set_residuals_visible(self, visible: bool) -> None:
        """Show or hide what is left of the references without the current curve."""
        self.plot.set_residuals_visible(visible)

    def reset_zoom(self) -> None:
        """Show the whole energy range."""
        self.plot.reset_zoom()

    def refresh(self) -> None:
        """Show what is chosen and what can be."""
        workspace = self.workspace
        card, look = workspace.shown.card, workspace.shown.look
        relative = workspace.shown.axis == "relative"
        name = "E₀" if card is None or card.e0_name == "E0" else "the ionisation potential"
        problem = "" if look is None or look.e0_ev is not None else f"This network gives no {name} to count from."
        directional = card is not None and card.gives == "directional"
        self.header.show_axis(relative, problem, name if name == "E₀" else f"{name} ({_SCALE_OF_IP})")
        self.header.show_fitted(directional, workspace.session.fitted)
        measured, reason = workspace.session.as_measured, workspace.shown.only_computed
        self.header.show_measured(measured and not reason, "" if card is None else reason)
        self._tick("as_measured", measured and not reason, not reason, reason)
        self.header.show_per_atom(workspace.session.per_atom)
        self._tick("per_atom", workspace.session.per_atom, True)
        self._tick("relative_axis", relative, not problem, problem)
        self._tick("compare_window", shown_window_ev(workspace.shown) is not None, look is not None)
        self._tick("fitted_tensor", workspace.session.fitted and directional, directional)

    def _tick(self, name: str, checked: bool, enabled: bool, why_not: str = "") -> None:
        action = self._actions.get(name)
        if action is not None:
            with QSignalBlocker(action):
                action.setChecked(checked)
            action.setEnabled(enabled)
            action.setProperty(WHY_NOT, why_not)
