"""The whole source is read: nothing makes code out of a file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

#: Modules whose readers run what a file says.
_MODULES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "yaml", "jsonpickle"}
#: Names of them that read nothing.
_HARMLESS = {("pickle", "UnpicklingError")}
_BUILTINS = {"eval", "exec", "compile", "__import__"}


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _constant(call: ast.Call, keyword: str) -> object:
    return next((k.value.value for k in call.keywords if k.arg == keyword and isinstance(k.value, ast.Constant)), None)


def unsafe_reads(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of what could run code that a file holds."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in _MODULES:
            if {(node.module, name.name) for name in node.names} - _HARMLESS:
                yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Attribute) and _dotted(node.value) in _MODULES:
            if (_dotted(node.value), node.attr) not in _HARMLESS:
                yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Name) and node.id in _BUILTINS:
            yield node.lineno, node.id
        elif isinstance(node, ast.Call):
            name = _dotted(node.func)
            if _constant(node, "weights_only") is False or _constant(node, "allow_pickle") is True:
                yield node.lineno, ast.unparse(node)
            elif name in ("torch.load", "torch.jit.load", "torch.hub.load") or name.endswith(".load_from_checkpoint"):
                if name != "torch.load" or _constant(node, "weights_only") is not True:
                    yield node.lineno, ast.unparse(node)
            elif name in ("np.load", "numpy.load") and _constant(node, "allow_pickle") is not False:
                yield node.lineno, ast.unparse(node)


def _sources() -> list[Path]:
    found = [*(ROOT / "xanesview").rglob("*.py"), *(ROOT / "packaging").rglob("*.py"), ROOT / "tests" / "gpu_check.py"]
    return sorted(path for path in found if path.is_file())


def test_no_file_is_read_as_code() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} {text}"
        for path in _sources()
        for line, text in unsafe_reads(path.read_text(encoding="utf-8"))
    ]
    assert not found, "read numbers and text only:\n" + "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "torch.load(path)", "torch.load(path, weights_only=False)", "trainer.fit(module, weights_only=False)",
        "torch.load(path, weights_only=flag)", "pickle.load(stream)", "from pickle import loads", "eval(text)",
        "exec(text)", "np.load(path)", "np.load(path, allow_pickle=True)", "yaml.load(text)", "from joblib import load",
        "shelve.open(path)", "marshal.loads(data)", "Module.load_from_checkpoint(path)", "run = eval",
    ],
)  # fmt: skip
def test_a_reader_that_could_run_code_would_be_found(line: str) -> None:
    assert list(unsafe_reads(line))


@pytest.mark.parametrize(
    "line",
    ["torch.load(path, weights_only=True)", "np.load(path, allow_pickle=False)", "network.eval()", "app.exec()",
     "dialog.exec()", "re.compile(text)"],
)  # fmt: skip
def test_what_is_right_is_left_alone(line: str) -> None:
    assert not list(unsafe_reads(line))
