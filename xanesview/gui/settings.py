"""What a user has set, and what the window remembers between sessions: layout, recent files, hints already seen."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QByteArray, QSettings, qInstallMessageHandler

from xanesview.domain.file_names import writable
from xanesview.errors import XanesviewError
from xanesview.gui.background.lock_place import clear_of_strangers
from xanesview.gui.setting_table import BY_KEY, SCHEMA
from xanesview.gui.unpickling import UnpicklingError, refuse_pickles
from xanesview.io.atomic import write_bytes
from xanesview.paths import note_not_kept, resources, settings_dir

log = logging.getLogger(__name__)

#: How many recent files the menu and the start card list.
RECENT = 8
LARGEST_BYTES = 1_000_000
_URI = "file://"
_SCHEMA = "schema"
_SEAL_BYTES = 16
_PICKLE = b"PyObjectWrapper"  # how Qt's stream calls a Python object


class Settings:
    """Settings in a file of the user's settings folder.

    Parameters
    ----------
    fresh
        Neither read nor write anything: every value is its default and goes with the window.
    """

    def __init__(self, fresh: bool = False) -> None:
        self._held: dict[str, object] = {}
        self._file = None if fresh else _opened(settings_dir() / "window.ini")

    def recent_files(self) -> list[Path]:
        """Files opened last, newest first; those that no longer exist are left out."""
        value = self._get("recent_files", [])
        names = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        paths = [_path(name) for name in names[:RECENT] if isinstance(name, str)]
        return [path for path in paths if _is_file(path)]

    def add_recent_file(self, path: Path) -> None:
        """Put a file at the head of the recent ones."""
        path = Path(path).resolve()
        others = [other for other in self.recent_files() if other != path]
        self._set("recent_files", [_name(p) for p in [path, *others][:RECENT]])

    def clear_recent_files(self) -> None:
        """Forget the recent files."""
        self._set("recent_files", [])

    # ---- what a user sets, by `setting_table` ----

    def value(self, key: str) -> bool | str | float:
        """What a setting of the table is set to; its default where the file says nothing that can be."""
        spec = BY_KEY[key]
        return spec.read(self._get(key, spec.written(spec.default)))

    def set_value(self, key: str, value: bool | str | float) -> None:
        """Set a setting of the table."""
        self._set(key, BY_KEY[key].written(value))

    @property
    def theme(self) -> str:
        """ "light", "dark" or "system"."""
        return self.value("theme")

    @theme.setter
    def theme(self, mode: str) -> None:
        self.set_value("theme", mode)

    @property
    def as_measured(self) -> bool:
        """Whether predictions are drawn as measured where they can be; else as computed."""
        return self.value("as_measured")

    @as_measured.setter
    def as_measured(self, as_measured: bool) -> None:
        self.set_value("as_measured", as_measured)

    @property
    def per_atom(self) -> bool:
        """Whether sums over sites are drawn per atom; else per structure."""
        return self.value("per_atom")

    @per_atom.setter
    def per_atom(self, per_atom: bool) -> None:
        self.set_value("per_atom", per_atom)

    @property
    def whole_molecules(self) -> bool:
        """Whether molecules that a cell's faces cut are drawn whole; else as the file has them."""
        return self.value("whole_molecules")

    @whole_molecules.setter
    def whole_molecules(self, whole: bool) -> None:
        self.set_value("whole_molecules", whole)

    @property
    def angle_from_normal(self) -> bool:
        """Whether the angle of a beam is counted from the surface normal; else from the surface."""
        return self.value("angle_from_normal")

    @angle_from_normal.setter
    def angle_from_normal(self, from_normal: bool) -> None:
        self.set_value("angle_from_normal", from_normal)

    # ---- what the window remembers ----

    @property
    def folder(self) -> str:
        """Folder that the last file was opened from or saved to."""
        value = self._get("folder", "")
        return str(_path(value)) if isinstance(value, str) and value else ""

    @folder.setter
    def folder(self, folder: str) -> None:
        if resources() not in Path(folder).parents:  # the program's own examples are nobody's place to work
            self._set("folder", _name(Path(folder)))

    def seen(self, hint: str) -> bool:
        """Whether a first-use hint has done its work."""
        return self._get(f"seen/{hint}", "no") == "yes"

    def set_seen(self, hint: str) -> None:
        """Never show this hint again."""
        self._set(f"seen/{hint}", "yes")

    def layout(self, name: str) -> QByteArray | None:
        """Saved layout of a window or splitter, or None."""
        value = self._get(f"layout/{name}", None)
        return _sound(value) if isinstance(value, QByteArray) else None

    def set_layout(self, name: str, state: QByteArray) -> None:
        """Remember the layout of a window or splitter."""
        self._set(f"layout/{name}", _sealed(state))

    def write(self) -> None:
        """Write what was set since; Qt does so itself now and then, but not at an end that waits for nothing."""
        if self._file is not None:
            with contextlib.suppress(UnpicklingError):  # somebody has put a Python object there meanwhile
                self._file.sync()
            if self._file.status() == QSettings.Status.AccessError:
                note_not_kept(Path(self._file.fileName()), "cannot be written")

    def _get(self, key: str, default: object) -> object:
        if self._file is None:
            return self._held.get(key, default)
        try:
            value = self._file.value(key, default)
        except (UnpicklingError, RuntimeError):  # another program has put it there meanwhile
            return default
        return default if value is None else value

    def _set(self, key: str, value: object) -> None:
        if self._file is None:
            self._held[key] = value
        else:
            with contextlib.suppress(UnpicklingError):
                self._file.setValue(key, value)


def _opened(path: Path) -> QSettings:
    """Open the settings; what is no file, far too large for one or holds pickles is set aside under another name."""
    refuse_pickles()  # Qt reads the file again while the window is open, too
    clear_of_strangers(path.with_name(f"{path.name}.lock"))
    try:
        odd = path.stat().st_size > LARGEST_BYTES or not path.is_file() or holds_pickles(path.read_bytes())
    except OSError:  # not there yet, or not ours to look at
        odd = False
    if not odd:
        with _kept_from_terminal() as said:
            file = QSettings(str(path), QSettings.Format.IniFormat)
            damaged = [key for key in file.allKeys() if not _is_readable(file, key)]
        if file.status() != QSettings.Status.FormatError:
            if said or damaged:
                _leave_out(file, path, damaged)
            for key in file.allKeys():
                if key.endswith("/"):  # a value without a name: Qt would write it back as what it can't read
                    file.remove(key)
            migrate(file, path)
            return file
        del file
    log.warning("%s holds no settings and was set aside", path)
    with contextlib.suppress(OSError):
        path.replace(path.with_suffix(".broken"))
    return QSettings(str(path), QSettings.Format.IniFormat)


@contextlib.contextmanager
def _kept_from_terminal() -> Iterator[list[str]]:
    """Give what Qt says of values that it can't read, in its own terms, instead of letting it write that."""
    said: list[str] = []
    before = qInstallMessageHandler(lambda _kind, _where, text: said.append(text))
    try:
        yield said
    finally:
        qInstallMessageHandler(before)


def _is_readable(file: QSettings, key: str) -> bool:
    """Tell whether a value is one; whoever reads it tells whether it is the right one."""
    try:
        return not key or file.value(key) is not None
    except (UnpicklingError, RuntimeError):  # of a type that Python knows nothing of
        return False


def _leave_out(file: QSettings, path: Path, damaged: list[str]) -> None:
    """Keep a file with damaged values beside itself, and go on with what is sound of it."""
    aside = path.with_suffix(".damaged.ini")
    log.warning("some settings are damaged and left out (%s); %s keeps the file as it was", ", ".join(damaged), aside)
    with contextlib.suppress(OSError, XanesviewError):  # a full disk is told of when settings are written
        write_bytes(aside, path.read_bytes())
    for key in damaged:
        file.remove(key)
    file.sync()


def holds_pickles(content: bytes) -> bool:
    """Tell whether a settings file holds Python objects, which PySide would unpickle as soon as it reads them.

    Qt takes quotation marks out, joins broken lines, and reads characters that are written as numbers.
    """
    text = re.sub(rb"\\\r?\n|(?<!\\)\"", b"", content)
    text = re.sub(rb"\\x([0-9a-fA-F]+)|\\([0-7]+)", _character, text)
    return _PICKLE in text


def _character(match: re.Match) -> bytes:
    code = (int(match[1], 16) if match[1] is not None else int(match[2], 8)) % 2**16  # as Qt's numbers run over
    return bytes([code]) if code < 256 else b"?"


def _sealed(state: QByteArray) -> QByteArray:
    """Return a layout with a sum before it, so that a damaged one is known: reading one ends the process."""
    content = state.data()
    return QByteArray(hashlib.sha256(content).digest()[:_SEAL_BYTES] + content)


def _sound(sealed: QByteArray) -> QByteArray | None:
    """Return the layout that `_sealed` has kept, None where it is none, or another one by now."""
    content = sealed.data()
    state = QByteArray(content[_SEAL_BYTES:])
    return state if len(content) > _SEAL_BYTES and _sealed(state) == sealed else None


def _from_1(_file: QSettings) -> None:
    """Version 2 says its version; all else is as it was."""


def _from_2(file: QSettings) -> None:
    """Version 3 keeps layouts with a sum; those without one can't be told from damaged ones."""
    file.remove("layout")


MIGRATIONS: dict[int, Callable[[QSettings], None]] = {1: _from_1, 2: _from_2}
"""By the version that a file has, what makes it one of the next."""


def migrate(file: QSettings, path: Path) -> None:
    """Bring a settings file forward to the present schema, a version at a time; nothing is deleted.

    What it was before stays beside it under its version. A file of a newer program is read as far as it is understood
    and keeps its version and all that it says.
    """
    if not file.allKeys():
        file.setValue(_SCHEMA, SCHEMA)
        return
    told = str(file.value(_SCHEMA, 1))
    version = int(told) if told.isdecimal() and 0 < len(told) < 6 else 1
    if version >= SCHEMA:
        return
    with contextlib.suppress(OSError, XanesviewError):  # a full disk is told of when settings are written
        write_bytes(path.with_suffix(f".{version}.ini"), path.read_bytes())
    for step in range(version, SCHEMA):
        MIGRATIONS[step](file)
    file.setValue(_SCHEMA, SCHEMA)
    log.info("settings were brought from schema %d to %d", version, SCHEMA)


def _name(path: Path) -> str:
    """Return a path as text that the settings can hold: a name that is no UTF-8 as a URI, byte by byte."""
    text = str(path)
    return text if writable(text) == text else path.absolute().as_uri()


def _path(name: str) -> Path:
    return Path(os.fsdecode(unquote_to_bytes(name.removeprefix(_URI)))) if name.startswith(_URI) else Path(name)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, a null character
        return False
