"""No file imports itself by way of others: whoever reads one can begin anywhere. Imports in functions count, too."""

from __future__ import annotations

import grimp
import pytest

import xanesview

PACKAGE = xanesview.__name__
#: Rooms whose files don't even name each other's types in a circle; "xanesview" would stand for all of them.
ROOMS = tuple(f"{PACKAGE}.{room}" for room in
              ("domain", "io", "networks", "inference", "training", "reference", "shown", "gui", "cli"))  # fmt: skip


def circles(graph: grimp.ImportGraph, room: str) -> list[list[str]]:
    """Return the circles between the modules of a room: each a set of modules that all reach one another.

    Parameters
    ----------
    graph : of the whole package; only imports between modules of the room are followed
    """
    modules = {m for m in graph.modules if m == room or m.startswith(f"{room}.")}
    imported = {m: graph.find_modules_directly_imported_by(m) & modules for m in modules}
    importing = {m: graph.find_modules_that_directly_import(m) & modules for m in modules}
    found, left = [], set(modules)
    while left:
        start = left.pop()
        circle = _reached(start, imported) & _reached(start, importing)
        left -= circle
        if circle:
            found.append(sorted(circle))
    return sorted(found)


def _reached(start: str, steps: dict[str, set[str]]) -> set[str]:
    """Return what is reached from a module in one step or more."""
    seen, waiting = set(), [start]
    while waiting:
        for module in steps[waiting.pop()] - seen:
            seen.add(module)
            waiting.append(module)
    return seen


def test_no_file_imports_itself_by_way_of_others() -> None:
    """Imports for type checkers are left out: they are never run."""
    graph = grimp.build_graph(PACKAGE, exclude_type_checking_imports=True, cache_dir=None)
    assert circles(graph, PACKAGE) == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_file_of_a_room_names_types_of_what_imports_it(every_import: grimp.ImportGraph, room: str) -> None:
    assert room in every_import.modules
    assert circles(every_import, room) == []


@pytest.fixture(scope="module")
def every_import() -> grimp.ImportGraph:
    return grimp.build_graph(PACKAGE, cache_dir=None)


def test_circles_are_found_and_listed() -> None:
    graph = grimp.ImportGraph()
    for importer, imported in (("p.a", "p.b"), ("p.b", "p.c"), ("p.c", "p.a"), ("p.c", "p.d"), ("p.e", "p.a"),
                               ("q.x", "p.a"), ("p.a", "q.x")):  # fmt: skip
        graph.add_import(importer=importer, imported=imported)
    assert circles(graph, "p") == [["p.a", "p.b", "p.c"]]
    assert circles(graph, "q") == []
