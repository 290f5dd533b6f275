"""What the source says to users where values are put in: notices, refusals and names of steps, as templates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import xanesview

ROOT = Path(xanesview.__file__).parent
_STEPS = {
    "_change", "_push", "change", "push", "_change_and_tell", "SwitchCommand", "set_geometry", "set_site_weights",
}  # fmt: skip
_BUGS = {"ValueError", "TypeError", "RuntimeError", "KeyError", "OSError"}


def without_names(template: str) -> str:
    """A template whose places have no names: those of the source are not those of a table."""
    return re.sub(r"\{[^{}]*\}", "{}", template)


def notices() -> set[str]:
    """Sentences and hints of notices, wherever they are made."""
    return {text for _, call in _calls() if _name(call) == "Notice" for text in _texts(call.args[1:])}


def refusals(*parts: str) -> set[str]:
    """Sentences and hints of errors that parts of the package tell users."""
    return {
        text
        for path, call in _calls(parts)
        if _name(call).endswith("Error") and _name(call) not in _BUGS
        for text in _texts(call.args)
    }


def steps() -> set[str]:
    """Names of steps of the history."""
    found = {
        text
        for path, call in _calls()
        if path.parts[0] in ("gui", "shown") and _name(call) in _STEPS
        for text in _texts([*call.args, *(keyword.value for keyword in call.keywords)])
    }
    for path, node in _nodes():
        if isinstance(node, ast.Assign) and path.parts[:2] == ("gui", "session"):
            if any(isinstance(one, ast.Name) and one.id == "text" for one in node.targets):
                found |= set(_texts([node.value]))
        elif isinstance(node, ast.FunctionDef) and (node.name == "change_from" or path.stem == "step_names"):
            found |= {text for one in ast.walk(node) if isinstance(one, ast.Return) for text in _texts([one.value])}
    return {text for text in found if " " in text}


def _nodes(parts: tuple[str, ...] = ()) -> Iterator[tuple[Path, ast.AST]]:
    for path in sorted(ROOT.rglob("*.py")):
        if parts and path.relative_to(ROOT).parts[0] not in parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield from ((path.relative_to(ROOT), node) for node in ast.walk(tree))


def _calls(parts: tuple[str, ...] = ()) -> Iterator[tuple[Path, ast.Call]]:
    return ((path, node) for path, node in _nodes(parts) if isinstance(node, ast.Call))


def _name(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _texts(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.IfExp):
            yield from _texts([node.body, node.orelse])
        elif isinstance(node, ast.BoolOp):
            yield from _texts(node.values)
        elif isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
