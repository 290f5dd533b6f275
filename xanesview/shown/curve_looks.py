"""What the user has set for a curve: where the session keeps it, and what it makes of the curves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from xanesview.domain.curve_look import PLAIN, CurveLook, next_order
from xanesview.domain.geometry.geometry import exact
from xanesview.domain.session import Session
from xanesview.shown.curve import Curve, Subject

COLOUR_FACT, HIDDEN_FACT = "drawn_in_colour", "hidden"
"""Under which names a file tells of the colour that the user gave a curve, and of a hidden one."""
FILE_FACT = "read from"
"""Under which name a frozen curve tells from which file it came."""
_OFFSET_FACT = "drawn_with_offset"
_LOOK_FACTS = (COLOUR_FACT, HIDDEN_FACT, _OFFSET_FACT)
_OWN_ROLES = ("site", "compared", "measured", "computed", "frozen")


def look_key(session: Session, subject: Subject) -> str:
    """Return the name under which `Session.looks` keeps a curve's look: a site belongs to its structure."""
    if subject.kind == "site":
        return f"{'' if session.structure is None else session.structure.content_hash}:site:{subject.which}"
    if subject.kind == "network":
        return f"network:{subject.which}"
    return "current" if subject.which is None else str(subject.which)


def look_of(session: Session, subject: Subject | None) -> CurveLook:
    """Return what is set for a curve."""
    if subject is None:
        return PLAIN
    if subject.kind == "frozen":
        return session.frozen[subject.which].look
    if subject.kind == "reference":
        return session.references[subject.which].look
    return session.looks.get(look_key(session, subject), PLAIN) if session.looks else PLAIN


def with_look_told(session: Session, curve: Curve, provenance: Mapping[str, str]) -> dict[str, str]:
    """Return what a file tells of a curve: where it comes from, its own colour and offset, and whether it is hidden."""
    told = {key: value for key, value in provenance.items() if key not in _LOOK_FACTS}
    if colour := look_of(session, curve.subject).colour:
        told[COLOUR_FACT] = colour
    if not curve.visible:
        told[HIDDEN_FACT] = "yes"
    if curve.offset:
        told[_OFFSET_FACT] = exact(curve.offset)
    return told


def with_looks(session: Session, looks: Iterable[tuple[Subject, CurveLook]]) -> Session:
    """Return the session with other looks of some curves."""
    frozen, references, others = list(session.frozen), list(session.references), dict(session.looks)
    for subject, look in looks:
        if subject.kind == "frozen":
            frozen[subject.which] = replace(frozen[subject.which], look=look)
        elif subject.kind == "reference":
            references[subject.which] = references[subject.which].replace(look=look)
        else:
            others[look_key(session, subject)] = look
    return session.replace(frozen=tuple(frozen), references=tuple(references), looks=others)


def dressed(session: Session, curves: Sequence[Curve]) -> list[Curve]:
    """Return the curves as the user wants them to look, in the order of the list, the difference last."""
    looks = [look_of(session, curve.subject) for curve in curves]
    orders = _orders(curves, looks)
    result = []
    for curve, look, order in zip(curves, looks, orders, strict=True):
        changes = {} if order == curve.order else {"order": order}
        if look != PLAIN:
            changes |= {
                "label": curve.label if curve.label.endswith(f" · {look.name}") else look.name or curve.label,
                "colour": look.colour or curve.colour,
                "line": look.line,
                "offset": look.offset,
                "front": look.front,
                "visible": curve.visible and not look.hidden,
            }
        result.append(replace(curve, **changes) if changes else curve)
    if any(look.place is not None for look in looks):
        ranks = [_rank(curve, look, at) for at, (curve, look) in enumerate(zip(curves, looks, strict=True))]
        result = [result[at] for at in sorted(range(len(result)), key=ranks.__getitem__)]
    return result


def _rank(curve: Curve, look: CurveLook, at: int) -> tuple[int, int, int]:
    """What curves are sorted by: those without a place come last, as they come, and the difference after all."""
    last = look.place is None
    return int(curve.role == "difference"), int(last), at if last else look.place


def _orders(curves: Sequence[Curve], looks: Sequence[CurveLook]) -> list[int | None]:
    """Return which colour of its family each curve has: its own where no earlier one has it, else the next free one."""
    taken: dict[str, set[int]] = {role: set() for role in _OWN_ROLES}
    orders: list[int | None] = [None] * len(curves)
    waiting = []
    for at, (curve, look) in enumerate(zip(curves, looks, strict=True)):
        if curve.role not in taken:
            continue
        wanted = curve.order if look.order is None else look.order
        if wanted is None or wanted in taken[curve.role]:
            waiting.append(at)
        else:
            taken[curve.role].add(wanted)
            orders[at] = wanted
    for at in waiting:
        family = taken[curves[at].role]
        orders[at] = next_order(family)
        family.add(orders[at])
    return orders
