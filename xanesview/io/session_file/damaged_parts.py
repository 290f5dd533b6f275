"""What of a session file can still be used where arrays of it are damaged: its text without what they belong to.

Curves, structures and predictions stand in lists, each with arrays of its own; those that are whole open without the
others. All is done on plain values, so that what is left is read and checked as any other file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from xanesview.domain.counts import counted
from xanesview.errors import OddContent
from xanesview.io.session_file.values import ARRAY

_SITES = {"picked": [], "site_weights": [], "hidden_sites": []}
"""Fields that say something of the atoms of the structure shown."""
_PROMOTED = ("network", *_SITES, "geometry")


def names_in(value: Any) -> set[str]:
    """Return the names of all arrays that plain values mention."""
    if isinstance(value, list):
        return set().union(*map(names_in, value))
    if not isinstance(value, dict):
        return set()
    if value.keys() == {ARRAY}:
        return {value[ARRAY]} if isinstance(value[ARRAY], str) else set()
    return set().union(*map(names_in, value.values()))


def without_damaged(said: dict[str, Any], damaged: Collection[str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return what a file says without what damaged arrays belong to, and in words what that was.

    Parameters
    ----------
    said : dict
        The text of the file.
    damaged : collection of str
        Names of arrays.

    Raises
    ------
    OddContent
        Where it is no session, so that nothing can be said of its parts.
    """

    def is_whole(value: Any) -> bool:
        return names_in(value).isdisjoint(damaged)

    if not isinstance(said.get("session"), dict):
        raise OddContent("there is no session in it")
    told: list[str] = []
    said = dict(said)
    session = said["session"]
    if not is_whole(session):
        said["session"] = _session(session, is_whole, told)
        said.pop("history", None)  # it goes out from the session as it was
        told.append("the steps that could be undone")
        if not is_whole(session.get("references")):
            said["fit"] = None  # it names its reference by its place
    for name in ("predictions", "computations", "geometries"):
        if not is_whole(said.get(name)) and isinstance(said[name], list):
            said[name] = [one for one in said[name] if is_whole(one)]
            told.append({"computations": "computed sites", "geometries": "relaxed geometries"}.get(name, name))
    if not is_whole(said.get("fit")):
        said["fit"] = None
        told.append("the last fit")
    return said, tuple(told)


def _session(session: dict[str, Any], is_whole: Callable[[Any], bool], told: list[str]) -> dict[str, Any]:
    session = dict(session)
    gone = [_named(session["structure"])] if not is_whole(session.get("structure")) else []
    kept, place = session.get("kept") or [], session.get("place", 0)
    if not isinstance(kept, list) or not isinstance(place, int):
        raise OddContent("a list is missing")
    gone += [_named(one["structure"]) for one in kept if not is_whole(one.get("structure"))]
    before = [one for one in kept[:place] if is_whole(one.get("structure"))]
    after = [one for one in kept[place:] if is_whole(one.get("structure"))]
    n_curves = 0
    whole = []
    for one in (*before, *after):
        references, n = _whole_of(one.get("references"), is_whole)
        whole.append({**one, "references": references})
        n_curves += n
    for name in ("references", "frozen"):
        session[name], n = _whole_of(session.get(name), is_whole)
        n_curves += n
    session["kept"], session["place"] = whole, len(before)
    if not is_whole(session.get("structure")):
        n_curves += _show_another(session)
    if gone:
        told.append(f"the structure{'s' if len(gone) > 1 else ''} {', '.join(gone)}")
    if n_curves:
        told.append(counted(n_curves, "curve"))
    return {name: one for name, one in session.items() if is_whole(one)}


def _show_another(session: dict[str, Any]) -> int:
    """Show a structure beside in the place of the one that is gone, or none; how many of its curves go with it."""
    references = session["references"]
    left = [one for one in references if not isinstance(one, dict) or one.get("tensor") is None]
    session.update(structure=None, references=left, **_SITES)
    if session["kept"]:
        place = min(session["place"], len(session["kept"]) - 1)
        shown = session["kept"].pop(place)
        session.update({name: shown[name] for name in _PROMOTED if shown.get(name)})
        session.update(structure=shown["structure"], place=place, references=[*left, *shown["references"]])
    return len(references) - len(left)


def _whole_of(listed: Any, is_whole: Callable[[Any], bool]) -> tuple[list[Any], int]:
    """The entries of a list that are whole, and how many are not."""
    listed = listed if isinstance(listed, list) else []
    whole = [one for one in listed if is_whole(one)]
    return whole, len(listed) - len(whole)


def _named(structure: Any) -> str:
    name = structure.get("name") if isinstance(structure, dict) else None
    return f"“{name[:60]}”" if isinstance(name, str) and name else "without a name"
