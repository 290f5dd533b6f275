"""No file imports itself by way of others: whoever reads one can begin anywhere. Imports in functions count, too.

import-linter forbids circles between the files and folders of one folder. It doesn't look at a folder's own
``__init__.py``, whose imports may close a circle with a file inside; so circles of single files are looked for here.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import grimp

import xanesview

PACKAGE = xanesview.__name__
ROOT = Path(__file__).resolve().parents[2]


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


def test_no_file_imports_itself_or_names_types_of_what_imports_it() -> None:
    """Imports for type checkers count, too, and those in functions."""
    graph = grimp.build_graph(PACKAGE, cache_dir=None)
    assert {f"{PACKAGE}.{room}" for room in ("api", "drawing3d", "gui", "io")} <= graph.modules
    assert circles(graph, PACKAGE) == []


def test_import_linter_forbids_circles_in_the_whole_package() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (contract,) = [found for found in settings["contracts"] if found["type"] == "acyclic_siblings"]
    assert contract["ancestors"] == [PACKAGE]
    assert not {"ignore_imports", "skip_descendants", "depth"} & contract.keys()
    assert not settings.get("exclude_type_checking_imports")


def test_circles_are_found_and_listed() -> None:
    graph = grimp.ImportGraph()
    for importer, imported in (("p.a", "p.b"), ("p.b", "p.c"), ("p.c", "p.a"), ("p.c", "p.d"), ("p.e", "p.a"),
                               ("q.x", "p.a"), ("p.a", "q.x")):  # fmt: skip
        graph.add_import(importer=importer, imported=imported)
    assert circles(graph, "p") == [["p.a", "p.b", "p.c"]]
    assert circles(graph, "q") == []
