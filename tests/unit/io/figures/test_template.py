"""Templates: written, read again, kept by name, passed on; what is none is told, and nothing of it is run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from xanesview.errors import XanesviewError
from xanesview.io.figures import template as templates
from xanesview.io.figures.spec import FigureSpec
from xanesview.io.figures.template import FORMAT, Template, read_template, with_settings, write_template

FULL = FigureSpec(
    width_mm=86.0, font_family="serif", energies_ev=(280.0, 310.0), energy_breaks=((290.0, 300.0),), legend="right",
    energy_title="E (eV)", spacing=0.5, arrangement="stacked", panel_letter="(b)", inset=True, dpi=600, box=True,
)  # fmt: skip


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(templates, "settings_dir", lambda: tmp_path / "settings")
    return tmp_path


def written(folder: Path, content: object) -> Path:
    path = folder / "a.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_a_template_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = write_template(tmp_path / "mine.json", Template("My journal", FULL))
    assert read_template(path) == Template("My journal", FULL)
    assert json.loads(path.read_text(encoding="utf-8"))["format"] == FORMAT


def test_templates_are_kept_by_name_replaced_and_deleted() -> None:
    assert templates.templates() == []
    for name in ("B journal", "a / b", "a b"):
        templates.keep_template(Template(name, FULL))
    assert templates.templates() == ["a / b", "a b", "B journal"]
    templates.keep_template(Template(" a b ", FigureSpec()))
    assert templates.template("a b").spec == FigureSpec()
    assert templates.template("a / b").spec == FULL
    templates.forget_template("a b")
    assert templates.templates() == ["a / b", "B journal"]
    with pytest.raises(XanesviewError) as caught:
        templates.template("a b")
    assert "B journal" in caught.value.hint


def test_a_template_for_somebody_else_is_found_by_its_path(tmp_path: Path) -> None:
    path = write_template(tmp_path / "theirs.json", Template("Theirs", FULL))
    assert templates.template(path).spec == templates.template(str(path)).spec == FULL


def test_what_it_lacks_is_as_usual_and_what_is_unknown_is_told(tmp_path: Path) -> None:
    content = {"format": FORMAT, "name": "x", "settings": {"width_mm": 90, "of_a_later_version": [1]}}
    found = read_template(written(tmp_path, content))
    assert found.spec == FigureSpec(width_mm=90.0)
    assert "of_a_later_version" in found.notice


@pytest.mark.parametrize(
    "content",
    [
        "", "no json", "[]", "{}", '{"format": "another"}', "[" * 100_000, {"format": FORMAT, "settings": []},
        {"format": FORMAT, "name": 3}, {"format": FORMAT, "name": "", "settings": {}},
        {"format": FORMAT, "name": "a\x1b[2J", "settings": {}}, {"format": FORMAT, "name": "x" * 999},
    ],
    ids=range(11),
)  # fmt: skip
def test_what_is_no_template_is_told(tmp_path: Path, content: object) -> None:
    with pytest.raises(XanesviewError):
        read_template(written(tmp_path, content))


@pytest.mark.parametrize(
    "settings",
    [
        {"width_mm": "85"}, {"width_mm": True}, {"width_mm": None}, {"width_mm": 1e9}, {"dpi": 300.5}, {"dpi": 1e9},
        {"bands": 1}, {"legend": 3}, {"legend": "moon"}, {"energies_ev": [1]}, {"energies_ev": "12"},
        {"energies_ev": [310, 280]}, {"energy_breaks": [1, 2]}, {"energy_breaks": 4}, {"font_family": "x" * 999},
        {"energy_title": 5}, {"energy_title": "x" * 999}, {"spacing": -1}, {"inset_width": 7}, {"font_pt": 1e308},
    ],
    ids=str,
)  # fmt: skip
def test_values_that_can_not_be_are_told(tmp_path: Path, settings: dict) -> None:
    with pytest.raises(XanesviewError):
        read_template(written(tmp_path, {"format": FORMAT, "name": "x", "settings": settings}))


def test_numbers_that_json_does_not_know_are_none(tmp_path: Path) -> None:
    with pytest.raises(XanesviewError):
        read_template(written(tmp_path, f'{{"format": "{FORMAT}", "name": "x", "settings": {{"width_mm": NaN}}}}'))


@pytest.mark.parametrize("version", ["1e400", "0", "-3", "1.5", "true", '"1"', "null", "[1]", "1" + "0" * 30])
def test_a_version_is_a_whole_number(tmp_path: Path, version: str) -> None:
    with pytest.raises(XanesviewError, match="version"):
        read_template(written(tmp_path, f'{{"format": "{FORMAT}", "version": {version}, "settings": {{}}}}'))


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(XanesviewError, match="200 kB; files up to 100 kB can be read"):
        read_template(written(tmp_path, {"format": FORMAT, "name": "x", "settings": {}, "more": "x" * 200_000}))


def test_single_settings_are_checked_by_name() -> None:
    assert with_settings(FigureSpec(), {"width_mm": 170}).width_mm == 170.0
    with pytest.raises(XanesviewError, match="no setting"):
        with_settings(FigureSpec(), {"widht": 1})
    with pytest.raises(XanesviewError, match="no preset"):
        templates.preset("triple")


def test_a_file_among_the_own_ones_that_is_no_template_harms_none(tmp_path: Path) -> None:
    templates.keep_template(Template("good", FULL))
    (tmp_path / "settings" / "figure_templates" / "bad.json").write_text("{", encoding="utf-8")
    assert templates.templates() == ["good"]
