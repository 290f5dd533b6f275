"""What the user does with the curves of the plot: freeze, rename, hide, remove, colour, order, space out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from xanesview.domain.structure import Notice
from xanesview.shown import curve_changes, first_processing, overlay_changes
from xanesview.shown.curves import curves

if TYPE_CHECKING:
    from xanesview.domain.session import FrozenCurve, ReferenceCurve, Session
    from xanesview.shown.curve import Curve, Subject
    from xanesview.shown.shown import Shown


class CurveEditing(QObject):
    """Changes of what is drawn, each one undo step.

    Parameters
    ----------
    shown
        Gives what is shown now.
    change
        Takes another session as one undo step, with its text.
    """

    told = Signal(object)  # a Notice

    def __init__(self, shown: Callable[[], Shown], change: Callable[[Session, str], None], parent: QObject) -> None:
        super().__init__(parent)
        self._shown = shown
        self._push = change

    @property
    def _session(self) -> Session:
        return self._shown().session

    def listed(self) -> list[Curve]:
        """Return all curves of the plot in the order of the list, hidden ones, too."""
        return [curve for curve in curves(self._shown()) if curve.subject is not None]

    # ---- frozen curves ----

    def freeze(self) -> None:
        """Keep the current curve on the plot for comparison with what follows; the same curve is kept once."""
        from xanesview.shown.spectra import frozen_curve

        curve = frozen_curve(self._shown())
        if curve is None:
            self._tell("There is no curve to freeze yet.", "Pick a site first.")
            return
        session = self._session
        same = overlay_changes.frozen_already(session, curve)
        if same is None:
            self._change(overlay_changes.with_frozen(session, curve), "freeze curve")
            return
        name = next(one.name for one in self.listed() if one.key == f"frozen-{same}").removesuffix(" · frozen")
        hidden = "" if session.frozen[same].visible else ", and hidden"
        self._tell(
            f"This curve is frozen already: “{name}”{hidden}.",
            "Turn the arrow, or pick another site, before you freeze again.",
        )

    def remove_frozen(self, index: int | None = None) -> None:
        """Take one frozen curve away, or all of them."""
        self._change(overlay_changes.without_frozen(self._session, index), "remove frozen curve")

    def add_all(self, references: Sequence[ReferenceCurve], frozen: Sequence[FrozenCurve], text: str) -> None:
        """Lay several curves over the prediction in one step; where they were normalised, it is, too."""
        session = self._session
        for reference in references:
            session = overlay_changes.with_reference(session, reference)
        for curve in frozen:
            session = overlay_changes.with_frozen(session, curve)
        spectra = [one.spectrum for one in (*references, *frozen) if one.spectrum is not None]
        self._change(first_processing.beside_normalised(self._shown(), session, spectra), text)

    # ---- the list ----

    def rename(self, subject: Subject, name: str) -> None:
        """Call a curve something else; an empty name calls it after what it is of again."""
        self._change(curve_changes.renamed(self._session, subject, name), "rename curve")

    def set_visible(self, subjects: Sequence[Subject], visible: bool) -> None:
        """Show or hide curves."""
        session = self._session
        for subject in subjects:
            session = curve_changes.with_visible(session, subject, visible)
        self._change(session, "show curve" if visible else "hide curve")

    def set_look(self, subjects: Sequence[Subject], **changes: Any) -> None:
        """Change colour, line or offset of some curves; what is empty is left to the curve's family."""
        self._change(curve_changes.looking(self._session, subjects, **changes), _text_of(changes))

    def remove(self, subjects: Sequence[Subject]) -> None:
        """Take frozen curves, references and compared networks away; others can be hidden only."""
        wanted = [subject for subject in subjects if curve_changes.can_be_removed(subject)]
        if len(wanted) < len(subjects):
            self._tell(
                "The current curve, its average and its sites can't be removed.",
                "Hide them here, or take a site out of the sum in the table of sites.",
            )
        if wanted:
            text = "remove curve" if len(wanted) == 1 else "remove curves"
            self._change(curve_changes.without(self._session, wanted), text)

    def move(self, subjects: Sequence[Subject], steps: int) -> None:
        """Move curves one place up (-1) or down (1) in the list, the key and exports."""
        self._change(curve_changes.moved(self._session, self.listed(), subjects, steps), "move curve")

    def bring_to_front(self, subjects: Sequence[Subject]) -> None:
        """Draw curves above all others."""
        self._change(curve_changes.in_front(self._session, self.listed(), subjects), "bring curve to front")

    def space_out(self) -> None:
        """Stand all visible curves one above the other."""
        self._change(curve_changes.spaced(self._session, self.listed()), "space curves out")

    def level(self) -> None:
        """Take all offsets away."""
        self._change(curve_changes.with_offsets(self._session, self.listed(), {}), "level curves")

    def _change(self, after: Session, text: str) -> None:
        """Make one undo step, unless nothing changes."""
        before = self._session
        if any(getattr(before, name) != getattr(after, name) for name in _TOUCHED):
            self._push(after, text)

    def _tell(self, message: str, hint: str) -> None:
        self.told.emit(Notice("freeze", message, hint))


_TOUCHED = ("frozen", "references", "compared", "hidden_sites", "hidden_networks", "looks")


def _text_of(changes: dict[str, Any]) -> str:
    for name, text in (("colour", "colour curve"), ("line", "change line of curve"), ("offset", "move curve up")):
        if name in changes:
            return text
    return "change curve"
