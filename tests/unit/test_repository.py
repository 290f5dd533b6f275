"""A newcomer sees the program from the tree alone: the top level stays as small as it is."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOP_LEVEL = {"pyproject.toml", "xanesview", "resources", "tests", "packaging", "README.md", "LICENSE"}


PAGES = [ROOT / "README.md", *sorted((ROOT / "resources" / "docs").glob("*.md"))]


def _top_level() -> set[str]:
    """Return the names at the top that belong to the project (git's list; the folder's where there is no git)."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
        return {name.split("/")[0] for name in listed.stdout.split("\0") if name}
    return {path.name for path in ROOT.iterdir()} - {"build", "dist", "lightning_logs"}


def test_the_top_level_is_exactly_the_agreed_one():
    assert {name for name in _top_level() if not name.startswith(".")} == TOP_LEVEL


def test_every_room_says_what_it_is():
    for package in (ROOT / "xanesview").rglob("__init__.py"):
        assert package.read_text(encoding="utf-8").startswith('"""'), f"{package} has no docstring"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_can_be_read_in_a_terminal(page):
    lines = page.read_text(encoding="utf-8").splitlines()
    assert [f"{k}: {len(line)}" for k, line in enumerate(lines, start=1) if len(line) > 120] == []


def test_the_readme_is_read_in_a_few_minutes():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


def test_the_readme_links_to_every_page_of_the_guide():
    readme = PAGES[0].read_text(encoding="utf-8")
    assert [page.name for page in PAGES[1:] if f"(resources/docs/{page.name})" not in readme] == []


def test_what_must_pass_begins_with_the_command_that_the_readme_names():
    command = "python3 packaging/bootstrap.py test"
    assert f"    {command} " in PAGES[0].read_text(encoding="utf-8")
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_version_stands_in_one_sense_only():
    import xanesview

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == xanesview.__version__


def test_every_dependency_is_pinned_by_the_constraints():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["train"], *extras["abinitio"], *extras["feff"], *extras["test"]]
    lines = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {bare_name(line) for line in lines if line and not line.startswith("#")}
    assert {bare_name(requirement) for requirement in wanted} - pinned == set()


def bare_name(requirement: str) -> str:
    """Return the normalised name of a requirement such as ``PySide6-Essentials>=6.11; python_version < '3.12'``."""
    for mark in "<>=!~;[ ":
        requirement = requirement.split(mark)[0]
    return requirement.lower().replace("_", "-").replace(".", "-")
