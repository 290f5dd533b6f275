"""The whole source is read: nothing writes a file but through the functions that write all of it or nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import xanesview
from xanesview.errors import XanesviewError
from xanesview.io.atomic import atomic_write, write_text

PACKAGE = Path(xanesview.__file__).parent

#: Calls that write where their first argument (a path) says.
_TO_A_PATH = {
    "savez", "savez_compressed", "save_file", "savefig", "savetxt", "to_csv", "imsave", "write_image", "SetFileName",
    "export_gltf", "export_html",
}  # fmt: skip
#: Calls that write where the object they belong to says.
_OF_A_PATH = {"write_text", "write_bytes"}
#: What makes something in memory, or a place that only becomes a file when all is written.
_SAFE_MAKERS = {"BytesIO", "StringIO", "QBuffer", "QByteArray", "atomic_write"}
#: What else may open files to write: the module that does it right, and where the interpreter itself writes.
_ALLOWED = {
    ("io/atomic.py", "*"),
    ("gui/logs.py", "write_log"),
    ("cli/main.py", "main"),  # /dev/null
    ("reference/multiple_scattering/calculation.py", "_sized_for"),  # in FEFF's own temporary folder
}


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.value if isinstance(node, ast.Attribute) else (node.args[0] if node.args else node.func)
    return _name(node)


def _safe_names(function: ast.AST) -> set[str]:
    """Names that a function binds to something in memory or to a temporary file."""
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _name(node.value.func) in _SAFE_MAKERS:
            found |= {_name(target) for target in node.targets}
        made = node.context_expr if isinstance(node, ast.withitem) else None
        if isinstance(made, ast.Call) and _name(made.func) in _SAFE_MAKERS and node.optional_vars is not None:
            found.add(_name(node.optional_vars))
    return found


def _mode(call: ast.Call, position: int) -> str:
    given = [k.value for k in call.keywords if k.arg == "mode"] + call.args[position : position + 1]
    return given[0].value if given and isinstance(given[0], ast.Constant) and isinstance(given[0].value, str) else ""


def _target(call: ast.Call) -> ast.AST | None:
    """Return what a call writes to, None where it writes nothing."""
    name = _name(call.func)
    first = call.args[0] if call.args else None
    method = isinstance(call.func, ast.Attribute)
    if name in _OF_A_PATH and method:
        return call.func.value
    if name == "save" and _root(call.func) == "torch":
        return call.args[1]
    if isinstance(first, ast.Constant) and first.value is None:
        return None
    if name in _TO_A_PATH or (name == "save" and _root(call.func) in ("np", "numpy")):
        return first
    if name == "save" and method and first is not None and _root(call.func) != "self":  # pictures; painters take none
        return first
    if name == "open" and set(_mode(call, 0 if method else 1)) & set("wax+"):
        return call.func.value if method else first
    if name in ("File", "ZipFile", "TarFile") and set(_mode(call, 1)) & set("wax+"):
        return first
    return None


def unsafe_writes(source: str) -> Iterator[tuple[str, int, str]]:
    """Yield function, line and text of what writes to a place that is neither memory nor a temporary file."""
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        target = _target(call)
        if target is None:
            continue
        around = [f for f in functions if f.lineno <= call.lineno <= f.end_lineno]
        if not any(_root(target) in _safe_names(function) for function in around):
            yield around[-1].name if around else "", call.lineno, ast.unparse(call)


def test_every_file_is_written_whole_or_not_at_all() -> None:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        for function, line, text in unsafe_writes(path.read_text(encoding="utf-8")):
            if not {(name, "*"), (name, function)} & _ALLOWED:
                found.append(f"{name}:{line} {text}")
    assert not found, "write through xanesview.io.atomic, hdf5 or npz:\n" + "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "path.write_text(text)", "Path(out).write_bytes(b'')", "np.savez(path, a=1)", "h5py.File(path, 'w')",
        "h5py.File(path, mode='r+')", "path.open('a', encoding='utf-8')", "open(path, 'wb')", "torch.save(state, path)",
        "figure.savefig(path)", "image.save(str(path))", "save_file(tensors, path)", "zipfile.ZipFile(path, 'w')",
    ],
)  # fmt: skip
def test_a_write_past_them_would_be_found(line: str) -> None:
    assert list(unsafe_writes(f"def write(path, text):\n    {line}\n"))


@pytest.mark.parametrize(
    "lines",
    [
        "with atomic_write(path) as temporary:\n        temporary.write_text(text)",
        "buffer = BytesIO()\n    figure.savefig(buffer)",
        "with open(path) as stream:\n        stream.read()",
        "h5py.File(path, 'r')",
    ],
)
def test_what_is_right_is_left_alone(lines: str) -> None:
    assert not list(unsafe_writes(f"def write(path, text):\n    {lines}\n"))


@pytest.fixture(params=["beside", "in another folder", "to a link", "not there yet", "of another ending"])
def link(request, tmp_path) -> tuple[Path, Path]:
    """A link, and the file that it leads to."""
    (tmp_path / "far").mkdir()
    link, file = tmp_path / "link.csv", tmp_path / ("far/file.csv" if "folder" in request.param else "file.csv")
    if request.param == "of another ending":
        file = file.with_suffix(".backup")
    if request.param != "not there yet":
        file.write_text("old")
    if request.param == "to a link":
        (tmp_path / "between").symlink_to(file)
        link.symlink_to("between")
    else:
        link.symlink_to(file.relative_to(tmp_path))
    return link, file


def test_what_is_written_to_a_link_is_written_to_its_file(link) -> None:
    link, file = link
    write_text(link, "new")
    assert link.is_symlink()
    assert file.read_text() == "new"
    with pytest.raises(ValueError, match="broken off"), atomic_write(link) as temporary:  # noqa: PT012
        assert temporary.suffix == link.suffix
        assert temporary.parent == file.parent, "on the same disk, so that it takes the file's place at once"
        temporary.write_text("half")
        raise ValueError("broken off")
    assert file.read_text() == "new"
    assert link.is_symlink()
    assert {path.name for path in file.parent.iterdir()} <= {link.name, file.name, "between", "far"}


@pytest.mark.parametrize("loop", [["a"], ["b", "a"]])
def test_links_that_lead_to_one_another_are_refused(tmp_path, loop) -> None:
    for name, to in zip(["a", *loop], [*loop, "a"], strict=False):
        if not (tmp_path / name).is_symlink():
            (tmp_path / name).symlink_to(to)
    with pytest.raises(XanesviewError, match="a cannot be written"):
        write_text(tmp_path / "a", "text")


def test_a_file_that_nobody_may_write_is_left_as_it_is(tmp_path) -> None:
    """Also where the program runs as the system's administrator, to whom all is allowed."""
    path = tmp_path / "kept.csv"
    path.write_text("old")
    path.chmod(0o444)
    with pytest.raises(XanesviewError, match=r"kept\.csv cannot be written"):
        write_text(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
