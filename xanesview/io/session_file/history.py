"""The undo list in a session file: of each step only what differs from the session on its nearer side.

The present session is written whole; from it the list goes back and forth, a step at a time. An older program that
saves the file writes the list back beside another session: the list therefore says of which one it is.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from xanesview.domain.session import Session
from xanesview.domain.work import KeptHistory, KeptStep
from xanesview.errors import OddContent, XanesviewError
from xanesview.io.npz import DAMAGE
from xanesview.io.session_file import values

MOST_STEPS = 200
"""Of those that can be undone, and of those that can be redone, in a file."""
LARGEST_BYTES = 32_000_000
"""Of arrays that only the list needs, such as curves taken away since."""

_FIELDS = tuple(one.name for one in dataclasses.fields(Session))
_SIDES = ("undo", "redo")
_SAME = "$same"


def bounded(history: KeptHistory, session: Session) -> KeptHistory:
    """Return as much of a list as a file takes, the nearest steps first.

    Parameters
    ----------
    history : KeptHistory
    session : Session
        The present one, whose arrays are in the file anyhow.
    """
    seen: set[int] = set()
    _new_bytes(session, seen)
    room = LARGEST_BYTES
    found: dict[str, tuple[KeptStep, ...]] = {}
    for side in _SIDES:
        steps = getattr(history, side)[:MOST_STEPS]
        last, n = session, 0
        for step in steps:
            room -= sum(_new_bytes(getattr(step.session, name), seen) for name in _differing(last, step.session))
            if room < 0:
                break
            last, n = step.session, n + 1
        found[side] = steps[:n]
    left_out = history.left_out + len(history.undo) - len(found["undo"])
    return KeptHistory(found["undo"], found["redo"], left_out)


def written(history: KeptHistory, session: Session, of: str, arrays: values.Arrays, kept: values.Kept) -> Any:
    """Return a list as JSON takes it.

    Parameters
    ----------
    of : str
        Tells the session that it goes out from.
    """
    hints = values.fields_of(Session)

    def steps(listed: Iterable[KeptStep]) -> list[Any]:
        last, said = session, []
        for step in listed:
            changed = {
                name: _field_written(hints[name], getattr(step.session, name), getattr(last, name), arrays, kept)
                for name in _differing(last, step.session)
            }
            said.append({"text": step.text, "changed": changed})
            last = step.session
        return said

    return {"of": of, "undo": steps(history.undo), "redo": steps(history.redo), "left_out": history.left_out}


def read(
    said: Any, session: Session, of: str, arrays: values.Arrays, kept: values.Kept, check: Callable[[Session], None]
) -> KeptHistory:
    """Return the list of a file, as far as it can be read: it is worth less than the work, which must open anyhow.

    Parameters
    ----------
    check : callable
        Raises what is wrong with a session.
    """
    if said is None:
        return KeptHistory()
    if not isinstance(said, dict) or said.get("of") != of:
        return KeptHistory(problem="the file was changed by a program that does not keep them")
    hints, problem = values.fields_of(Session), ""
    found: dict[str, list[KeptStep]] = {"undo": [], "redo": []}
    lost = 0
    for side, steps in found.items():
        listed = said.get(side)
        last = session
        for place, one in enumerate(listed if isinstance(listed, list) else []):
            try:
                last = _step_read(one, last, hints, arrays, kept)
                check(last)
                steps.append(KeptStep(str(one["text"])[:500], last))
            except (*DAMAGE, OddContent, XanesviewError, RecursionError, AttributeError, TypeError):
                problem = "a step of the list is damaged"
                lost += len(listed) - place if side == "undo" else 0
                break
    left_out = said.get("left_out")
    before = left_out if isinstance(left_out, int) and 0 <= left_out < 1_000_000_000 else 0
    return KeptHistory(tuple(found["undo"]), tuple(found["redo"]), before + lost, problem)


def _step_read(one: Any, last: Session, hints: Any, arrays: values.Arrays, kept: values.Kept) -> Session:
    if not isinstance(one, dict) or not isinstance(one.get("text"), str) or not isinstance(one.get("changed"), dict):
        raise OddContent("a step of the history is none")
    with np.errstate(all="ignore"):
        changed = {
            name: _field_read(hints[name], part, getattr(last, name), arrays, kept)
            for name, part in one["changed"].items()
            if name in hints  # what a newer program has beside is lost to the list, not to the work
        }
    return last.replace(**changed)


def _field_written(hint: Any, value: Any, before: Any, arrays: values.Arrays, kept: values.Kept) -> Any:
    """Return a field as JSON takes it; of many curves, those that did not change by their place before."""
    if not (_is_of_things(hint) and isinstance(before, tuple)):
        return values.written(hint, value, arrays, kept)
    places = {id(one): place for place, one in enumerate(before)}
    inner = typing.get_args(hint)[0]
    return [
        {_SAME: places[id(one)]} if id(one) in places else values.written(inner, one, arrays, kept) for one in value
    ]


def _field_read(hint: Any, said: Any, before: Any, arrays: values.Arrays, kept: values.Kept) -> Any:
    if not (_is_of_things(hint) and isinstance(said, list)):
        return values.read(hint, said, arrays, kept)
    inner, found = typing.get_args(hint)[0], []
    for one in said:
        if isinstance(one, dict) and one.keys() == {_SAME}:
            if not isinstance(one[_SAME], int) or not 0 <= one[_SAME] < len(before):
                raise OddContent("a curve of the history is none")
            found.append(before[one[_SAME]])
        else:
            found.append(values.read(inner, one, arrays, kept))
    return tuple(found)


def _is_of_things(hint: Any) -> bool:
    inner = typing.get_args(hint)
    return typing.get_origin(hint) is tuple and len(inner) == 2 and dataclasses.is_dataclass(inner[0])


def _differing(one: Session, other: Session) -> list[str]:
    return [name for name in _FIELDS if getattr(one, name) is not getattr(other, name)]


def _new_bytes(value: Any, seen: set[int]) -> int:
    """Return the bytes of arrays in a value that have not been seen, and see them."""
    if isinstance(value, np.ndarray):
        new = id(value) not in seen
        seen.add(id(value))
        return value.nbytes if new else 0
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        if id(value) in seen:
            return 0
        seen.add(id(value))
        return sum(_new_bytes(getattr(value, one.name), seen) for one in dataclasses.fields(value))
    if isinstance(value, tuple | list | frozenset):
        return sum(_new_bytes(one, seen) for one in value)
    if isinstance(value, dict):
        return sum(_new_bytes(one, seen) for one in value.values())
    return 0
