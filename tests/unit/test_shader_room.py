"""Mesa's shader cache is left out where its folder has no room: a mapped file on a full disk ends the program."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

from xanesview.gui import app


def test_a_full_cache_folder_keeps_no_shaders(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "not" / "made"))
    for free, kept in ((1_000, False), (10**9, True)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _folder, free=free: SimpleNamespace(free=free))
        monkeypatch.delenv("MESA_SHADER_CACHE_DISABLE", raising=False)
        app.prepare_environment()
        assert (app.os.environ.get("MESA_SHADER_CACHE_DISABLE") is None) is kept
    monkeypatch.delenv("MESA_SHADER_CACHE_DISABLE", raising=False)
