"""What the window remembers: a damaged file of settings is as good as none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.damage import KINDS, damage
from xanesview.gui.settings import Settings
from xanesview.paths import settings_dir


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_damaged_settings_are_defaults(kind, tmp_path):
    known = tmp_path / "benzene.xyz"
    known.write_text("1\n\nC 0 0 0\n")
    settings = Settings()
    settings.add_recent_file(known)
    settings.theme = "dark"
    settings.set_seen("start")
    del settings
    damage(settings_dir() / "window.ini", kind)
    found = Settings()
    assert found.recent_files() in ([], [known])
    assert found.theme in ("dark", "system")
    found.add_recent_file(known)
    assert found.recent_files() == [known]


@pytest.mark.parametrize(
    "value", ["5", "@Invalid()", "@Variant(\\0\\0\\0\\x2)", "a\\0b", "x" * 5000, "1, 2, @Size(3 4)"]
)
def test_values_that_nobody_wrote_are_passed_over(value):
    path: Path = settings_dir() / "window.ini"
    path.write_text(f"[General]\nrecent_files={value}\ntheme={value}\nfolder={value}\n[layout]\nwindow={value}\n")
    settings = Settings()
    assert settings.recent_files() == []
    assert settings.theme == "system"
    assert isinstance(settings.folder, str)
    assert settings.layout("window") is None
