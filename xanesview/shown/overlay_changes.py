"""Changes of what lies over the prediction, as functions from one session to the next."""

from __future__ import annotations

from dataclasses import replace

from xanesview.domain.session import FrozenCurve, ReferenceCurve, Session
from xanesview.shown.session_notices import check_reference_sites


def with_reference(session: Session, reference: ReferenceCurve) -> Session:
    """Return the session with one more reference; a computed one belongs to the structure that is open.

    Raises
    ------
    XanesviewError
        If its sites are not atoms of this structure.
    """
    if reference.tensor is not None and session.structure is not None:
        check_reference_sites(session.structure, reference)
        reference = reference.replace(structure_hash=session.structure.content_hash)
    return session.replace(references=(*session.references, reference))


def with_reference_changed(session: Session, index: int, reference: ReferenceCurve) -> Session:
    """Return the session with another shift, scale or visibility of a reference."""
    return session.replace(references=_replaced(session.references, index, reference))


def without_reference(session: Session, index: int) -> Session:
    """Return the session without a reference."""
    return session.replace(references=session.references[:index] + session.references[index + 1 :])


def with_frozen(session: Session, curve: FrozenCurve) -> Session:
    """Return the session with one more frozen curve."""
    return session.replace(frozen=(*session.frozen, curve))


def with_frozen_visible(session: Session, index: int, visible: bool) -> Session:
    """Return the session with a frozen curve shown or hidden."""
    return session.replace(frozen=_replaced(session.frozen, index, replace(session.frozen[index], visible=visible)))


def without_frozen(session: Session, index: int | None = None) -> Session:
    """Return the session without one frozen curve, or without any."""
    return session.replace(frozen=() if index is None else session.frozen[:index] + session.frozen[index + 1 :])


def _replaced(items: tuple, index: int, item: object) -> tuple:
    return (*items[:index], item, *items[index + 1 :])
