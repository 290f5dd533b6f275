"""What builds and tries bundles, as far as that shows without building one (which takes minutes)."""

from __future__ import annotations

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from xanesview.processes import own_environment
from xanesview.version import __version__

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"


WITHOUT = """
import importlib.abc, importlib.util, sys
def is_out(name):
    return any((name + ".").startswith(one + ".") for one in {names!r})
class Without(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if is_out(name):
            raise ModuleNotFoundError(name, name=name)
find_spec = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if is_out(name) else find_spec(name, package)
sys.meta_path.insert(0, Without())
import xanesview.training.teaching.teach, xanesview.training.xane3.training
"""


def loaded(name: str, monkeypatch) -> ModuleType:
    """Return a module of packaging/, whose modules find one another beside them."""
    monkeypatch.syspath_prepend(str(PACKAGING))
    spec = importlib.util.spec_from_file_location(name, PACKAGING / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def entered(*words: str) -> subprocess.CompletedProcess:
    """Run the bundle's entry as the bundle's program does."""
    command = [sys.executable, str(PACKAGING / "bundle_entry.py"), *words]
    return subprocess.run(command, env=own_environment(), capture_output=True, text=True, timeout=60, check=False)


def test_the_entry_runs_the_command_line_and_what_the_program_starts_itself() -> None:
    assert entered("--version").stdout.strip().endswith(__version__)
    assert "[255, 0, 0]" in entered("-m", "xanesview.drawing3d.red_frame").stdout
    assert entered("-m", "xanesview", "--version").stdout.strip().endswith(__version__)


def test_the_entry_runs_the_stages_of_feff() -> None:
    pytest.importorskip("feff10")
    assert "stage" in entered("-m", "feff10._worker").stderr.lower(), "it misses the stage, which its parent names"


def test_the_entry_runs_nobody_else_s_modules(tmp_path) -> None:
    (tmp_path / "xanesview_stranger.py").write_text("print('ran')\n")
    for module in ("platform", "xanesview_stranger"):
        done = entered("-m", module)
        assert done.returncode == 2
        assert "ran" not in done.stdout


def test_licences_of_what_is_needed(monkeypatch) -> None:
    licences = loaded("licences", monkeypatch)
    found = licences.needed("lmfit", frozenset())
    assert {"lmfit", "numpy", "scipy", "asteval"} <= set(found), "what it needs, and what that needs"
    assert "pytest" not in found
    text = licences.gathered(frozenset({"abinitio"}))
    for words in ("PySide6_Essentials", "LGPL", "Apache License", "Based on or developed using Distribution: FEFF10.0"):
        assert words in text
    assert all(list(licences.licence_texts(found[name])) for name in ("numpy", "scipy", "lmfit"))


def test_the_specification_names_what_there_is() -> None:
    text = (PACKAGING / "xanesview.spec").read_text("utf-8")
    compile(text, "xanesview.spec", "exec")
    for part in ("bundle_entry.py", "resources", "LICENSE"):
        assert f'"{part}"' in text
    assert (PACKAGING / "bundle_entry.py").is_file()


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("lightning") is None, reason="training needs it")
def test_what_a_bundle_leaves_out_is_not_missed_by_training_and_teaching() -> None:
    """A bundle takes minutes to build, and its trial as long: what is left out is left out here, too."""
    text = (PACKAGING / "xanesview.spec").read_text("utf-8")
    (names,) = [
        ast.literal_eval(node.value) for node in ast.parse(text).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "UNUSED"
    ]  # fmt: skip
    assert "lightning" not in names
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(names=names)], env=own_environment(), capture_output=True, text=True,
        timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg-deb builds the package")
def test_a_debian_package_holds_program_menu_entry_icon_and_file_type(tmp_path, monkeypatch) -> None:
    bundle = loaded("bundle", monkeypatch)
    monkeypatch.setattr(sys.modules["steps"], "LOG", str(tmp_path / "log"))
    folder = tmp_path / "dist" / "xanesview"
    (folder / "_internal").mkdir(parents=True)
    (folder / "xanesview").write_text("#!/bin/sh\n")
    os.chmod(folder / "xanesview", 0o755)
    for name in ("xanesview.desktop", "xanesview-mime.xml"):
        shutil.copy(PACKAGING / name, folder)
    shutil.copy(ROOT / "resources" / "icons" / "app.svg", folder / "xanesview.svg")
    (folder / "LICENCES.txt").write_text("of others\n")
    path = bundle.make_deb(str(folder), str(tmp_path / "dist"))
    assert Path(path).name.startswith(f"xanesview_{__version__}_")
    listed = subprocess.run(["dpkg-deb", "-c", path], capture_output=True, text=True, check=True).stdout
    for place in (
        "./opt/xanesview/xanesview", "./usr/bin/xanesview -> /opt/xanesview/xanesview",
        "./usr/share/applications/xanesview.desktop", "./usr/share/mime/packages/xanesview.xml",
        "./usr/share/icons/hicolor/scalable/apps/xanesview.svg", "./usr/share/doc/xanesview/copyright",
    ):  # fmt: skip
        assert place in listed
    assert [one.name for one in (tmp_path / "dist").iterdir() if one.is_dir()] == ["xanesview"], "nothing is left over"


def test_the_trial_takes_no_python_along(tmp_path, monkeypatch) -> None:
    trial = loaded("try_bundle", monkeypatch)
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    monkeypatch.setenv("VIRTUAL_ENV", "elsewhere")
    environment = trial.clean_environment(tmp_path, ":1")
    assert "elsewhere" not in environment.values()
    assert environment["HOME"] == str(tmp_path)
    (tmp_path / "a").write_bytes(bytes(2_000_000))
    assert trial.size_mb(tmp_path) == pytest.approx(2.0)
