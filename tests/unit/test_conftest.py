"""The rules that hold for every test bite: no silent skip, no warning of ours, nobody's own settings."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import pytest

from xanesview.paths import settings_dir

TESTS = Path(__file__).resolve().parents[1]


def _pytest(folder: Path, body: str) -> str:
    """Run one test module under our conftest in a folder of its own; return what pytest printed."""
    shutil.copy(TESTS / "conftest.py", folder)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    gpu: x\n    gui: x\n")
    (folder / "test_sample.py").write_text("import pytest\n" + body)
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    command = [sys.executable, "-m", "pytest", "-p", "no:pytest-qt", "-p", "no:cacheprovider", "-ra", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment, check=False)
    return done.stdout + done.stderr


def test_an_unexpected_skip_is_a_failure(tmp_path):
    printed = _pytest(tmp_path, "def test_a():\n    pytest.skip('no such thing')\n")
    assert "1 failed" in printed
    assert "unexpected skip" in printed
    assert "no such thing" in printed


@pytest.mark.parametrize("mark", ["gpu", "gui"])
def test_what_needs_a_gpu_or_a_display_may_be_skipped(tmp_path, mark):
    printed = _pytest(tmp_path, f"@pytest.mark.{mark}\ndef test_a():\n    pytest.skip('none here')\n")
    assert "1 skipped" in printed


def test_a_warning_of_ours_is_an_error_and_one_of_others_is_not():
    with pytest.raises(UserWarning, match="ours"):
        warnings.warn_explicit("ours", UserWarning, "structure.py", 1, module="xanesview.domain.structure")
    with warnings.catch_warnings(record=True) as caught:  # unlike pytest.warns this leaves the filters as they are
        warnings.warn_explicit("theirs", UserWarning, "theirs.py", 1, module="numpy.core")
    assert [str(warning.message) for warning in caught] == ["theirs"]


def test_each_test_writes_below_a_temporary_folder(xanesview_home):
    assert settings_dir().is_relative_to(xanesview_home)
    assert xanesview_home.is_relative_to(Path(tempfile.gettempdir()).resolve())
