"""Changes of what lies over the prediction: references and frozen curves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xanesview.domain.structure import Notice
from xanesview.shown.session_notices import check_reference_sites

if TYPE_CHECKING:
    from xanesview.domain.session import ReferenceCurve


class OverlayChanges:
    """The part of the workspace that adds, changes and removes overlays; each is one undo step."""

    def add_reference(self, reference: ReferenceCurve) -> None:
        """Overlay a reference curve; a computed one belongs to the structure that is open.

        Raises
        ------
        XanesviewError
            If its sites are not atoms of this structure.
        """
        if reference.tensor is not None and self.structure is not None:
            check_reference_sites(self.structure, reference)
            reference = reference.replace(structure_hash=self.structure.content_hash)
        self._change(self._session.replace(references=(*self._session.references, reference)), "add reference")

    def replace_reference(self, index: int, reference: ReferenceCurve, gesture: int | None = None) -> None:
        """Change shift, scale or visibility of a reference."""
        references = list(self._session.references)
        references[index] = reference
        self._change(self._session.replace(references=tuple(references)), "change reference", gesture)

    def remove_reference(self, index: int) -> None:
        """Take a reference away."""
        references = list(self._session.references)
        del references[index]
        self._change(self._session.replace(references=tuple(references)), "remove reference")

    def freeze_current(self) -> None:
        """Keep the current curve on the plot for comparison with what follows."""
        from xanesview.shown.curves import frozen_curve

        curve = frozen_curve(self)
        if curve is None:
            self.message.emit(Notice("freeze", "There is no curve to freeze yet.", "Pick a site first."))
            return
        self._change(self._session.replace(frozen=(*self._session.frozen, curve)), "freeze curve")

    def set_frozen_visible(self, index: int, visible: bool) -> None:
        """Hide or show a frozen curve."""
        frozen = list(self._session.frozen)
        frozen[index] = replace(frozen[index], visible=visible)
        text = "show frozen curve" if visible else "hide frozen curve"
        self._change(self._session.replace(frozen=tuple(frozen)), text)

    def remove_frozen(self, index: int | None = None) -> None:
        """Take one frozen curve away, or all of them."""
        frozen = list(self._session.frozen)
        frozen = [] if index is None else frozen[:index] + frozen[index + 1 :]
        self._change(self._session.replace(frozen=tuple(frozen)), "remove frozen curve")
