"""The program finds what it ships and keeps what it writes where the user wants it."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from xanesview import paths
from xanesview.errors import XanesviewError

FOLDERS = [paths.settings_dir, paths.cache_dir, paths.log_dir, paths.data_dir]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda function: function.__name__)
def test_user_folders_lie_below_the_home_variable_and_exist(folder, monkeypatch, tmp_path):
    home = tmp_path / "not yet there"
    monkeypatch.setenv(paths.HOME_VARIABLE, str(home))
    assert folder().is_dir()
    assert home in folder().parents


def test_user_folders_are_four_different_ones():
    assert len({folder() for folder in FOLDERS}) == 4


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="XDG variables are Linux's")
def test_without_the_variable_the_systems_own_folders_are_used(monkeypatch, tmp_path):
    monkeypatch.delenv(paths.HOME_VARIABLE)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert paths.settings_dir() == tmp_path / "config" / "xanesview"
    assert paths.cache_dir() == tmp_path / "cache" / "xanesview"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="XDG variables are Linux's")
@pytest.mark.parametrize("value", ["", "here", "./here", "../here", "~/here"])
def test_folders_of_the_system_that_are_not_absolute_are_ignored(value, monkeypatch, tmp_path):
    monkeypatch.delenv(paths.HOME_VARIABLE)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, value)
    assert all((tmp_path / "home") in folder().parents for folder in FOLDERS)
    assert list((tmp_path / "work").iterdir()) == []


@pytest.fixture
def nothing_noted():
    paths.forget_not_kept()
    yield
    paths.forget_not_kept()


@pytest.mark.parametrize("home", ["file", "file/home", "~nobody-of-this-name"])
def test_where_a_folder_cannot_be_made_another_takes_its_place_and_it_is_told(
    home, monkeypatch, tmp_path, nothing_noted
):
    (tmp_path / "file").write_text("here is no folder")
    home = home if home.startswith("~") else str(tmp_path / home)
    monkeypatch.setenv(paths.HOME_VARIABLE, home)
    assert paths.not_kept() is None
    for folder in FOLDERS:
        assert folder().is_dir()
        (folder() / "file").write_text("something", encoding="utf-8")
    told = paths.not_kept()
    assert told.message.startswith(f"Settings, caches and logs may be lost: {home}")
    assert told.message.count("cannot be made") == 1
    assert paths.HOME_VARIABLE in told.hint
    assert not Path(home).is_dir()


def test_a_folder_that_may_only_be_read_is_read_and_told_of(monkeypatch, nothing_noted):
    (paths.settings_dir() / "kept").write_text("from before", encoding="utf-8")
    monkeypatch.setattr(paths.os, "access", lambda *_: False)
    assert (paths.settings_dir() / "kept").read_text(encoding="utf-8") == "from before"
    assert "cannot be written to" in paths.not_kept().message


def test_a_disk_without_room_for_a_folder_is_no_end(monkeypatch, nothing_noted):
    def full(*_arguments, **_choices):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(paths.Path, "mkdir", full)
    monkeypatch.setattr(paths, "_temporary", full)
    assert isinstance(paths.cache_dir(), Path)
    assert "cannot be made: No space left on device." in paths.not_kept().message


def test_in_a_checkout_resources_are_those_at_its_root():
    root = Path(__file__).resolve().parents[2]
    assert paths.resources() == root / "resources"
    assert paths.resource("examples", "benzene.extxyz") == root / "resources" / "examples" / "benzene.extxyz"


def test_in_a_wheel_resources_lie_inside_the_package(monkeypatch, tmp_path):
    package = tmp_path / "site-packages" / "xanesview"
    (package / "resources").mkdir(parents=True)
    (package.parent / "resources").mkdir()  # somebody else's; the package's own comes first
    monkeypatch.setattr(paths, "__file__", str(package / "paths.py"))
    assert paths.resources() == package / "resources"


def test_in_a_frozen_bundle_resources_lie_in_the_bundle(monkeypatch, tmp_path):
    (tmp_path / "bundle" / "resources").mkdir(parents=True)
    monkeypatch.setattr(paths, "__file__", str(tmp_path / "nowhere" / "xanesview" / "paths.py"))
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path / "bundle"), raising=False)
    assert paths.resources() == tmp_path / "bundle" / "resources"


def test_an_incomplete_installation_says_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "__file__", str(tmp_path / "site-packages" / "xanesview" / "paths.py"))
    with pytest.raises(XanesviewError) as caught:
        paths.resources()
    assert "missing" in caught.value.message
    assert "Install" in caught.value.hint


def test_networks_come_from_the_program_and_from_the_user():
    shipped, own = paths.network_dirs()
    assert shipped == paths.resource("networks")
    assert own == paths.data_dir() / "networks"
