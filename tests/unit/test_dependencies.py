"""Dependencies are what the package imports, no more and no less."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.test_repository import bare_name

ROOT = Path(__file__).resolve().parents[2]
# The modules of a distribution whose modules are not called as it is.
MODULES = {
    "pyside6-essentials": {"PySide6", "shiboken6"},
    "dask": {"dask", "distributed"},  # asked for with its extra “distributed”
    "pillow": {"PIL"},
    "feff10-rs": {"feff10"},
    "vtk": {"vtkmodules", "vtk"},
}
LOOKUPS = ("find_spec", "import_module")  # called with a name, they import as a statement does


def imports(source: str) -> Iterator[str]:
    """Yield the first part of each module that a source text imports, anywhere in it; relative imports are its own."""
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module]
        elif isinstance(node, ast.Call) and node.args:
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            if called in LOOKUPS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                names = [first.value]
        yield from (name.split(".")[0] for name in names)


def imported() -> dict[str, str]:
    """Return the modules of others that the package imports, each with a file that does."""
    found = {}
    for path in sorted((ROOT / "xanesview").rglob("*.py")):
        for module in imports(path.read_text(encoding="utf-8")):
            if module != "xanesview" and module not in sys.stdlib_module_names:
                found.setdefault(module, str(path.relative_to(ROOT)))
    return found


def declared() -> dict[str, set[str]]:
    """Return the distributions that a user may install with the program, with their modules; not the tests' tools."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    tools = ("bundle", "test")
    extras = {name: wanted for name, wanted in project["optional-dependencies"].items() if name not in tools}
    names = {bare_name(requirement) for wanted in (project["dependencies"], *extras.values()) for requirement in wanted}
    return {name: MODULES.get(name, {name.replace("-", "_")}) for name in names}


def test_whatever_is_imported_is_declared():
    known = set().union(*declared().values())
    assert {module: path for module, path in imported().items() if module not in known} == {}


def test_whatever_is_not_imported_is_no_dependency():
    used = set(imported())
    assert sorted(name for name, modules in declared().items() if not modules & used) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import numpy.linalg as la, torch", {"numpy", "torch"}),
        ("def f():\n    from e3nn import o3\n", {"e3nn"}),
        ("if TYPE_CHECKING:\n    from torch_geometric.data import Data\n", {"torch_geometric"}),
        ("importlib.util.find_spec('tensorboard')\nimport_module('lightning.pytorch')", {"tensorboard", "lightning"}),
        ("from . import sibling\nfrom .neighbour import x\nimport_module(name)", set()),
    ],
)
def test_the_measure_sees_what_it_is_made_to_see(source, found):
    assert set(imports(source)) - {"importlib"} == found
