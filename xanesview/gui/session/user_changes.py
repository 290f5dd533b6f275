"""The changes that a user makes to the session, each one undo step: structures, sites, network, drawing, overlays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, SignalInstance
from PySide6.QtGui import QUndoStack

from xanesview.domain.first_view import first_view
from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.session import Session
from xanesview.domain.structure import Notice, Structure
from xanesview.domain.work import closed_work
from xanesview.errors import XanesviewError
from xanesview.gui.session import step_names
from xanesview.gui.session.commands import SwitchCommand
from xanesview.limits import HEAVIEST_SITE
from xanesview.shown import overlay_changes
from xanesview.shown.computed_edges import is_computed
from xanesview.shown.curve_changes import with_compared
from xanesview.shown.names import selection_name
from xanesview.shown.opened_session import closed, kept_beside, opened, other_frame, shown_again
from xanesview.shown.relaxed_session import with_geometry_before
from xanesview.shown.session_notices import not_an_absorber
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.domain.session import FrozenCurve, ReferenceCurve
    from xanesview.gui.session.geometry_relaxation import GeometryRelaxation
    from xanesview.gui.session.reference_computation import ReferenceComputation
    from xanesview.inference.shelf import Networks
    from xanesview.shown.shown import Shown


class UserChanges(QObject):
    """What the workspace offers to panels and actions; the workspace itself says what a change does."""

    message: SignalInstance
    networks: Networks
    undo_stack: QUndoStack
    relaxation: GeometryRelaxation
    computation: ReferenceComputation
    shown: Shown
    structure: Structure | None
    geometry: Geometry
    _session: Session

    def _change(self, after: Session, text: str, gesture: int | None = None) -> None:
        """Take another session as one undo step; changes with the same gesture number are one."""
        raise NotImplementedError

    def _may_leave(self) -> bool:
        """Whether a step that fails may leave the history."""
        raise NotImplementedError

    def _change_and_tell(
        self, outcome: tuple[Session, list[Notice]], text: str, gesture: int | None = None
    ) -> None:
        after, notices = outcome
        if after is self._session:
            return
        self._change(after, text, gesture)
        for notice in notices:
            self.message.emit(notice)

    # ---- structures ----

    def open_structure(self, structure: Structure, picked: Sequence[int] = (), gesture: int | None = None) -> None:
        """Show a structure, pick sites (default: a sensible absorber) and predict it; measured and frozen curves stay.

        Where the structure has no atom that the network predicts, another network is chosen, and said so. The
        structure shown before stays open with all that was set for it, its computed references too, whose sites are
        its atoms. What follows with the same gesture number is one undo step with it.
        """
        self.relaxation.retry(structure)
        structure = self.relaxation.best(structure)
        after = opened(self._session, self.networks, structure, picked)
        self._change_and_tell(after, f"open {structure.name or structure.formula}", gesture)

    def keep_structure(self, structure: Structure) -> None:
        """Open a further structure beside the one shown."""
        self._change(kept_beside(self._session, structure), f"open {structure.name or structure.formula}")

    def show_frame(self, structure: Structure, gesture: int | None = None) -> None:
        """Show another frame of the trajectory that is shown, in its place."""
        text = f"show frame {structure.frame + 1}"
        self._change_and_tell(other_frame(self._session, self.networks, structure), text, gesture)

    def set_relaxed(self, relaxed: bool) -> None:
        """Show the molecule as GFN2-xTB relaxed it, or as it was built; where only one of them is known, nothing."""
        session, structure = self._session, self.structure
        if structure is None:
            return
        before = self.relaxation.before(structure)
        if relaxed and self.relaxation.best(structure) is not structure:
            after = session.replace(unrelaxed=session.unrelaxed - {structure.content_hash})
            self._change(self.relaxation.carried(after), "show the relaxed geometry")
        elif not relaxed and before is not None:
            self._change(with_geometry_before(session, before), "show the geometry before relaxation")

    def show_tab(self, tab: int) -> None:
        """Show another of the open structures, by its place in `Session.structures`, as it was left."""
        text = step_names.of_tab(self._session, tab, "show")
        self._change_and_tell(shown_again(self._session, self.networks, tab), text)

    def close_tab(self, tab: int) -> None:
        """Close one of the open structures; the last one stays."""
        before = self._session
        self._change_and_tell(closed(before, self.networks, tab), step_names.of_tab(before, tab, "close"))
        for one in closed_work(before, self._session):
            said = tr("{name} was closed with its changes.").format(name=one.name or one.formula)
            self.message.emit(Notice("closed", said, tr("Undo (Ctrl+Z) brings it back.")))

    # ---- sites, network, drawing ----

    def pick(self, indices: Iterable[int]) -> None:
        """Replace the picked sites; atoms that the network can't predict are left out with a message."""
        wanted = tuple(dict.fromkeys(int(i) for i in indices))
        absorbers = set(self.shown.absorbers)
        picked = tuple(i for i in wanted if i in absorbers)
        if len(picked) < len(wanted) and self.structure is not None:
            foreign = [i for i in wanted if i not in absorbers]
            self.message.emit(not_an_absorber(self.structure, self.shown.card, foreign))
        if picked or not wanted:
            self._change(self._session.replace(picked=picked), step_names.of_picks(self.structure, picked))

    def toggle_pick(self, index: int) -> None:
        """Add a site to the picked ones, or take it out."""
        picked = self._session.picked
        self.pick(tuple(i for i in picked if i != index) if index in picked else (*picked, index))

    def set_site_weight(self, site: int, weight: float) -> None:
        """Change a site's weight in the sum (not negative)."""
        if not 0.0 <= weight <= HEAVIEST_SITE:  # also refuses NaN
            raise XanesviewError(f"A site's weight can't be {weight:g}.", f"Give one from 0 to {HEAVIEST_SITE:,}.")
        weights = {**self._session.site_weights, site: float(weight)}
        self._change(self._session.replace(site_weights=weights), step_names.of_weight(self.structure, site, weight))

    def set_site_weights(
        self, weights: Mapping[int, float], text: str = "weigh sites", gesture: int | None = None
    ) -> None:
        """Change the weights of several sites in one step; sites that are not named keep theirs."""
        self._change(self._session.replace(site_weights={**self._session.site_weights, **weights}), text, gesture)

    def set_orbit_tolerance(self, tolerance_angstrom: float | None) -> None:
        """Predict one site an orbit, with this tolerance (Å), and turn it to the others; None: each by itself."""
        text = "predict each site" if tolerance_angstrom is None else "predict one site an orbit"
        self._change(self._session.replace(orbit_tolerance_angstrom=tolerance_angstrom), text)

    def set_network(self, name: str) -> None:
        """Choose a network; picked atoms of another element are replaced by a sensible absorber."""
        after = self._session.replace(network=name)
        structure = self.structure
        try:
            card = self.networks.card(name)
        except XanesviewError as error:
            self.message.emit(Notice("network", error.message, error.hint))
            return
        if structure is not None:
            absorbers = {int(i) for i in structure.sites_of(card.element)}
            if not set(self._session.picked) & absorbers:
                after = after.replace(picked=first_view(structure, card.element).picked, site_weights={})
                after = after.replace(geometry=after.geometry.for_element(card.element))
        self._change(after, f"choose {card.title}" if is_computed(name) else f"choose network {name}")

    def set_broadening(self, fwhm_ev: float | None, gesture: int | None = None) -> None:
        """Total Gaussian width to show the prediction with (eV), or None for its native width; added to widths that
        aren't Gaussian."""
        card = self.shown.card
        if fwhm_ev is not None and card is not None and fwhm_ev < card.gaussian_fwhm_ev:
            raise XanesviewError(
                f"A width of {fwhm_ev:g} eV is below the prediction's own {card.gaussian_fwhm_ev:g} eV.",
                "Give a larger width, or leave it empty for the prediction's own.",
            )
        text = "native width" if fwhm_ev is None else "broaden"
        self._change(self._session.replace(broadening_fwhm_ev=fwhm_ev), text, gesture)

    def set_axis(self, axis: str | None) -> None:
        """Show energies "absolute" or "relative" to E0, or (None) as the network gives them."""
        text = "count energies from E₀" if axis == "relative" else "show energies as they are"
        self._change(self._session.replace(axis=axis), text)

    def set_compared(self, networks: Iterable[str]) -> None:
        """Overlay the predictions of further networks; they are asked for the picked sites."""
        self._change(with_compared(self._session, tuple(networks)), "compare networks")

    def set_fitted(self, fitted: bool) -> None:
        """Draw the tensor fitted to a network that takes the direction as an input, or its own answers."""
        self._change(self._session.replace(fitted=fitted), "draw fitted tensor" if fitted else "draw own answers")

    def set_as_measured(self, as_measured: bool) -> None:
        """Draw predictions as measured spectra look, or as computed."""
        text = "draw as measured" if as_measured else "draw as computed"
        self._change(self._session.replace(as_measured=as_measured), text)

    def set_per_atom(self, per_atom: bool) -> None:
        """Draw sums over sites per atom, or as they are."""
        after = overlay_changes.in_measure(self._session, per_atom, self.shown.n_atoms or 1.0)
        self._change(after, "draw per atom" if per_atom else "draw per structure")

    def set_refine(self, on: bool) -> None:
        """Let computed sites take the place of predicted ones, and compute all that are not known yet."""
        if on != self.computation.refine:
            text = "refine" if on else "draw predicted sites again"
            self.undo_stack.push(SwitchCommand(self.computation.set_refine, on, text, self._may_leave))

    def note_computed(self, atoms: Sequence[int]) -> None:
        """Make a step of sites that have been computed for an edge without network: undone, they are not shown."""
        text = f"compute {selection_name(self.structure, atoms)}"
        self.undo_stack.push(SwitchCommand(self.computation.shower(atoms), True, text, self._may_leave))

    # ---- overlays ----

    def add_reference(self, reference: ReferenceCurve, text: str = "add reference") -> None:
        """Overlay a reference curve as it is (XanesviewError where its sites are not atoms of this structure)."""
        self._change(overlay_changes.with_reference(self._session, reference), text)

    def keep_curves(self, frozen: Sequence[FrozenCurve], references: Sequence[ReferenceCurve], text: str) -> None:
        """Overlay several curves as they are, in one step."""
        session = self._session
        for curve in frozen:
            session = overlay_changes.with_frozen(session, curve)
        for reference in references:
            session = overlay_changes.with_reference(session, reference)
        self._change(session, text)

    def replace_reference(
        self, index: int, reference: ReferenceCurve, gesture: int | None = None, text: str = "change reference"
    ) -> None:
        """Change name, steps or visibility of a reference."""
        self._change(overlay_changes.with_reference_changed(self._session, index, reference), text, gesture)

    def remove_reference(self, index: int) -> None:
        """Take a reference away."""
        self._change(overlay_changes.without_reference(self._session, index), "remove reference")
