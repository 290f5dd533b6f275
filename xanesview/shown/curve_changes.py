"""What a user does in the list of curves, as functions from one session to the next."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from xanesview.domain.curve_look import next_order
from xanesview.domain.session import ReferenceCurve, Session
from xanesview.shown.curve import Curve, Subject
from xanesview.shown.curve_looks import look_key, look_of, with_looks
from xanesview.shown.waterfall import spaced_offsets


def looking(session: Session, subjects: Collection[Subject], **changes: Any) -> Session:
    """Return the session with the looks of some curves changed."""
    return with_looks(session, [(one, look_of(session, one).replace(**changes)) for one in subjects])


def renamed(session: Session, subject: Subject, name: str) -> Session:
    """Return the session with another name of a curve; without a name it is called after what it is of again.

    What stood behind the name of a reference, such as its steps, goes with the old name; it is in the tooltip. An empty
    name brings it back behind the last one.
    """
    name = " ".join(name.split())
    session = looking(session, [subject], name=name)
    if subject.kind != "reference" or not name:
        return session
    references = list(session.references)
    references[subject.which] = references[subject.which].replace(label=name)
    return session.replace(references=tuple(references))


def with_visible(session: Session, subject: Subject, visible: bool) -> Session:
    """Return the session with a curve shown or hidden."""
    which = subject.which
    if subject.kind == "site":
        return session.replace(hidden_sites=_with(session.hidden_sites, which, not visible))
    if subject.kind == "network":
        return session.replace(hidden_networks=_with(session.hidden_networks, which, not visible))
    if subject.kind == "reference":
        references = list(session.references)
        references[which] = with_seen(session, references[which], visible)
        return session.replace(references=tuple(references))
    if subject.kind == "frozen":
        frozen = [replace(f, visible=visible) if k == which else f for k, f in enumerate(session.frozen)]
        return session.replace(frozen=tuple(frozen))
    return looking(session, [subject], hidden=not visible)


def with_seen(session: Session, reference: ReferenceCurve, seen: bool) -> ReferenceCurve:
    """Return a reference shown or hidden; a measured one is hidden beside the structure shown, where others are open.

    A computed one belongs to one structure, so that there is nothing to tell apart.
    """
    here_only = bool(session.kept) and not reference.is_of_structure
    return reference.seen_with(session.structure, seen, here_only=here_only)


def _with(members: frozenset, one: object, wanted: bool) -> frozenset:
    return members | {one} if wanted else members - {one}


def can_be_removed(subject: Subject | None) -> bool:
    """Whether a curve stands for itself: the current one, its average and its sites can only be hidden."""
    return subject is not None and subject.kind in ("network", "reference", "frozen")


def without(session: Session, subjects: Collection[Subject]) -> Session:
    """Return the session without some overlays; what can't be removed stays."""

    def gone(kind: str) -> set:
        return {one.which for one in subjects if one.kind == kind}

    frozen, references, networks = gone("frozen"), gone("reference"), gone("network")
    dropped = {look_key(session, one) for one in subjects if one.kind == "network"}
    return session.replace(
        frozen=tuple(one for k, one in enumerate(session.frozen) if k not in frozen),
        references=tuple(one for k, one in enumerate(session.references) if k not in references),
        compared=tuple(name for name in session.compared if name not in networks),
        looks={key: look for key, look in session.looks.items() if key not in dropped},
    )


def with_compared(session: Session, networks: Sequence[str]) -> Session:
    """Return the session with these networks compared; those that stay keep their colours."""
    names = tuple(dict.fromkeys(networks))
    taken = {look_of(session, Subject("network", name)).order for name in names if name in session.compared}
    looks = []
    for name in names:
        subject = Subject("network", name)
        look = look_of(session, subject)
        if name not in session.compared or look.order is None:
            look = look.replace(order=next_order(taken))
            taken.add(look.order)
            looks.append((subject, look))
    return with_looks(session.replace(compared=names), looks)


def moved(session: Session, curves: Sequence[Curve], subjects: Collection[Subject], steps: int) -> Session:
    """Return the session with some of the listed curves moved one place up (-1) or down (1), as one block each."""
    order = [curve.subject for curve in curves]
    chosen = set(subjects)
    places = range(len(order)) if steps < 0 else range(len(order) - 1, -1, -1)
    for at in places:
        there = at + steps
        if order[at] in chosen and 0 <= there < len(order) and order[there] not in chosen:
            order[at], order[there] = order[there], order[at]
    return with_looks(session, [(one, look_of(session, one).replace(place=k)) for k, one in enumerate(order)])


def in_front(session: Session, curves: Sequence[Curve], subjects: Sequence[Subject]) -> Session:
    """Return the session with some curves drawn above all others."""
    highest = max((curve.front for curve in curves), default=0)
    looks = [(one, look_of(session, one).replace(front=highest + 1 + k)) for k, one in enumerate(subjects)]
    return with_looks(session, looks)


def with_offsets(session: Session, curves: Sequence[Curve], offsets: Mapping[str, float]) -> Session:
    """Return the session with these offsets, by the curves' keys; curves without one have none."""
    looks = [(c.subject, look_of(session, c.subject).replace(offset=offsets.get(c.key, 0.0))) for c in curves]
    return with_looks(session, looks)


def spaced(session: Session, curves: Sequence[Curve]) -> Session:
    """Return the session with all visible curves one above the other, the first of the list on top."""
    seen = [curve for curve in curves if curve.visible]
    return with_offsets(session, seen, spaced_offsets(seen))
