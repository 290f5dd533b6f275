"""Session files in which somebody has changed a value, with sums that are right."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from xanesview.io.session_file.archive import name_of


def changed(content: bytes, change, name: str = "session.json", rename: bool = True) -> bytes:
    """The same archive with a member changed, its sums made anew; an array is named anew, too, unless told not to."""
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        members = {one.filename: old.read(one) for one in old.infolist()}
    members[name] = change(members[name])
    if rename and name.startswith("arrays/"):
        old_name, new_name = name[7:-4], name_of(members[name])
        members["session.json"] = members["session.json"].replace(old_name.encode(), new_name.encode())
        members[f"arrays/{new_name}.npy"] = members.pop(name)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for one, data in members.items():
            new.writestr(one, data)
    return out.getvalue()


def resaid(content: bytes, change) -> bytes:
    """The same archive whose text was changed: `change` takes what the text says, and may return another."""

    def anew(data: bytes) -> bytes:
        said = json.loads(data)
        return json.dumps(change(said) or said).encode()

    return changed(content, anew)


def said_in(content: bytes) -> dict[str, Any]:
    """What the text of an archive says."""
    return json.loads(zipfile.ZipFile(io.BytesIO(content)).read("session.json"))


def put_in(path: tuple[Any, ...], value: Any) -> Callable[[Any], None]:
    """A change for `resaid`: a value at a place."""

    def change(said: Any) -> None:
        for key in path[:-1]:
            said = said[key]
        said[path[-1]] = value

    return change


ODD = (
    None, True, -1, 10**30, 1e308, "", "x", [], {}, [1, [2]], {"$array": "none"}, {"$number": "nan"}, {"kind": "no"},
)  # fmt: skip


def places(said, path=()):
    """All places of plain values, as paths."""
    yield path
    items = said.items() if isinstance(said, dict) else enumerate(said) if isinstance(said, list) else ()
    for key, one in items:
        yield from places(one, (*path, key))
