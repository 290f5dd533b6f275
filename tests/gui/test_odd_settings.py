"""Settings that were damaged, written by hand or by another version: the window opens, and keeps what is sound."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QRect, QSettings, QSize

from xanesview.gui.main_window import MainWindow
from xanesview.gui.settings import RECENT, Settings
from xanesview.paths import settings_dir

WATER = "3\nwater\nO 0 0 0\nH 0 .76 .59\nH 0 -.76 .59\n"


@pytest.fixture
def file() -> Path:
    """The settings file, not there yet."""
    return settings_dir() / "window.ini"


@pytest.fixture
def water(tmp_path) -> Path:
    (tmp_path / "water.xyz").write_text(WATER)
    return tmp_path / "water.xyz"


def opened(qtbot, networks) -> MainWindow:
    window = MainWindow(networks=networks, settings=Settings(), network="fake")
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    return window


def write(file: Path, **values) -> None:
    settings = QSettings(str(file), QSettings.Format.IniFormat)
    for key, value in values.items():
        settings.setValue(key.replace("__", "/"), value)
    settings.sync()


@pytest.mark.parametrize(
    "value",
    [5, 1.5, True, QSize(1, 2), QByteArray(b"abc"), {"a": 1}, [], "", "\0", "x" * 100_000, [5, None, {"a": 1}]],
    ids=lambda value: repr(value)[:20],
)  # fmt: skip
def test_values_of_another_type_are_defaults(file, value, qtbot, networks):
    keys = ("recent_files", "theme", "folder", "seen__drag", "layout__window", "layout__desk", "layout__splitter")
    write(file, **dict.fromkeys(keys, value))
    settings = Settings()
    assert settings.recent_files() == []
    assert settings.theme == "system"
    assert not settings.seen("drag")
    assert isinstance(settings.folder, str)
    window = opened(qtbot, networks)
    assert window.splitter.sizes()[0] > 100
    window.close()


def test_what_is_sound_outlives_what_is_not(file, water, qtbot, networks):
    write(file, recent_files=[7, "/nowhere", str(water), "\0"], theme=QSize(1, 1), seen__drag="yes", unknown="kept")
    settings = Settings()
    assert settings.recent_files() == [water]
    assert settings.seen("drag")
    window = opened(qtbot, networks)
    window.close()
    window.settings.theme = "dark"
    assert Settings().theme == "dark"
    assert QSettings(str(file), QSettings.Format.IniFormat).value("unknown") == "kept"


@pytest.mark.parametrize(
    "line",
    [rb"layout\desk=@Variant(\0\0\x1\x9f\0\0\0\0)", rb"theme=@Variant(\0\0\0\x7f\xff)", rb"d=@Variant(\0\0\09b\0\0)"],
)
def test_a_damaged_value_is_left_out_without_a_word_on_the_terminal(file, line, water, capfd):
    content = b"[General]\n" + line + b"\nrecent_files=" + str(water).encode() + b"\n"
    file.write_bytes(content)
    settings = Settings()
    assert (settings.theme, settings.layout("desk")) == ("system", None)
    assert settings.recent_files() == [water]
    settings.theme = "dark"
    settings.write()
    assert Settings().theme == "dark"
    assert file.with_suffix(".damaged.ini").read_bytes() == content
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("content", [os.urandom(5000), b"\0" * 100, b"[", b"x" * 30_000_000, b"[a]\n=\n\\x"], ids=len)
def test_a_file_of_anything_else_is_no_obstacle(file, content, qtbot, networks):
    file.write_bytes(content)
    window = opened(qtbot, networks)
    window.settings.theme = "dark"
    window.close()
    assert Settings().theme == "dark"


@pytest.mark.parametrize(
    "place", [QRect(10**6, 10**6, 800, 600), QRect(0, 0, 30_000, 30_000), QRect(-9000, 0, 500, 500)]
)
def test_a_window_is_never_out_of_reach(file, place, qtbot, networks):
    first = MainWindow(networks=networks, settings=Settings(), network="fake")
    qtbot.addWidget(first)
    first.setGeometry(place)
    first.settings.set_layout("window", first.saveGeometry())
    first.settings._file.sync()
    second = opened(qtbot, networks)
    screens = second.screen().availableVirtualGeometry()
    assert screens.intersected(second.frameGeometry()).width() > 100
    assert second.width() <= screens.width()
    assert second.height() <= screens.height()
    second.close()
    first.close()


@pytest.mark.skipif(sys.platform != "linux", reason="other file systems refuse such names")
@pytest.mark.parametrize("stem", [b"a\xff\xfeb", b"new\nline", b"x" * 251, b"100%s", b"a&b", b"-dash", b"x, y;z"])
def test_a_strange_name_is_opened_and_found_among_the_recent_files(file, stem, tmp_path, qtbot, networks):
    path = tmp_path / os.fsdecode(stem + b".xyz")
    path.write_text(WATER)
    window = opened(qtbot, networks)
    assert window.opening.open_file(path)
    window.close()
    window.settings._file.sync()
    again = Settings()
    assert again.recent_files() == [path]
    assert again.folder == str(tmp_path)
    for _ in range(2 * RECENT):
        again.add_recent_file(path)
    assert again.recent_files() == [path]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes are POSIX's")
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
def test_what_stands_where_the_lock_should_be(make, file):
    make(file.with_name("window.ini.lock"))
    settings = Settings()
    settings.theme = "dark"
    settings.write()
    assert Settings().theme == "dark"


@pytest.mark.parametrize("name", ["desk", "splitter", "window", "guide"])
def test_a_damaged_layout_is_not_read(name, file):
    """Qt ends the process over some of them."""
    state = QByteArray(bytes(range(200)))
    settings = Settings()
    settings.set_layout(name, state)
    assert settings.layout(name) == state
    for at in (0, 15, 16, 100, 215):
        kept = settings._file.value(f"layout/{name}").data()
        write(file, **{f"layout__{name}": QByteArray(kept[:at] + bytes([kept[at] ^ 1]) + kept[at + 1 :])})
        assert Settings().layout(name) is None
        settings.set_layout(name, state)
    write(file, **{f"layout__{name}": state}, schema=2)
    assert Settings().layout(name) is None, "a former version's has no sum, and stays beside"
    assert file.with_suffix(".2.ini").is_file()


class Touching:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


def hidden(content: bytes) -> dict[str, bytes]:
    """Return a settings file with a Python object in other spellings that Qt reads alike."""
    name = b"PySide::PyObjectWrapper"
    return {
        "plain": content,
        "number": content.replace(name, b"PySide::P\\x79Object" + name[16:]),
        "octal": content.replace(name, b"PySide::PyO\\142jectWrapper"),
        "quotes": content.replace(name, b'PySide::Py"Obj"ectWrapper'),
        "broken line": content.replace(name, b"PySide::PyObj\\\nectWrapper"),
    }


@pytest.mark.parametrize("how", ["plain", "number", "octal", "quotes", "broken line"])
def test_a_python_object_in_the_settings_is_never_made(how, file, tmp_path):
    ran = tmp_path / "ran"
    write(file, schema=2, theme="dark", layout__window=Touching(ran), folder=Touching(ran))
    file.write_bytes(hidden(file.read_bytes())[how])
    ran.unlink(missing_ok=True)
    settings = Settings()
    assert settings.theme in ("system", "dark")
    assert settings.layout("window") is None
    assert not ran.exists()


def test_nor_is_one_that_is_written_while_the_window_is_open(file, tmp_path):
    ran, settings = tmp_path / "ran", Settings()
    settings.theme = "dark"
    settings.write()
    other = tmp_path / "other.ini"
    write(other, theme=Touching(ran))
    ran.unlink(missing_ok=True)
    os.replace(other, file)
    settings.folder = str(tmp_path)
    settings.write()
    assert settings.theme in ("system", "dark")
    assert not ran.exists()
