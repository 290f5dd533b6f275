"""Languages as files: those that come with the program, and the user's own, which go before them.

A file ``de.json`` in ``resources/translations``, or in the folder ``translations`` of the user's data, is a table of
English texts and what they are in the language; under ``"language"`` it has the language's own name.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from string import Formatter

from PySide6.QtCore import QLibraryInfo, Qt, QTranslator
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QWidget

from xanesview import texts
from xanesview.errors import OddContent
from xanesview.io.text_file import refuse_pipe
from xanesview.paths import data_dir, resource
from xanesview.texts import told

NAME = "language"
LARGEST_BYTES = 4_000_000
_LONGER, _MORE = 10, 200  # times as long as the English text, and characters on top
_ENGLISH = ("en", "English")
log = logging.getLogger(__name__)


def folders() -> list[Path]:
    """Return where languages are looked for; later ones go before earlier ones."""
    return [resource("translations"), data_dir() / "translations"]


def languages() -> tuple[tuple[str, str], ...]:
    """Return code and own name of each language that there is, English first."""
    found = {}
    for folder in folders():
        for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
            table = _read(path)
            if table:
                found[path.stem] = table.get(NAME, path.stem)
    found.pop(_ENGLISH[0], None)
    return (_ENGLISH, *sorted(found.items(), key=lambda one: one[1]))


def speak(code: str) -> None:
    """Let the window speak a language; English costs no look at the disk."""
    if code == _ENGLISH[0]:
        texts.speak(code, {})
        return
    table: dict[str, str] = {}
    for folder in folders():
        path = folder / f"{code}.json"
        if code.isidentifier() and path.is_file():
            table |= _read(path)
    table.pop(NAME, None)
    texts.speak(code if table else _ENGLISH[0], table)


def install_words_of_qt(app: QApplication) -> None:
    """Let Qt say Close, Cancel and the like in the language that is spoken, where it has them."""
    if texts.language() == _ENGLISH[0]:
        return
    translator = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(f"qtbase_{texts.language()}", folder):
        app.installTranslator(translator)


def translate(root: QWidget) -> None:
    """Take fixed texts of a widget and of what is in it through the door: buttons, labels, tips, empty fields.

    Panels name them where they make them; here they are found again, once, when a panel is there. Texts that are made
    up later go through `texts.tr` where they are made up.
    """
    if texts.language() == _ENGLISH[0]:
        return
    for widget in [root, *root.findChildren(QWidget)]:
        _translate_one(widget)


def _translate_one(widget: QWidget) -> None:
    for read, write in (
        (widget.toolTip, widget.setToolTip),
        (widget.accessibleName, widget.setAccessibleName),
    ):
        _taken(read, write)
    if isinstance(widget, QAbstractButton | QLabel):
        _taken(widget.text, widget.setText)
    elif isinstance(widget, QLineEdit):
        _taken(widget.placeholderText, widget.setPlaceholderText)
    elif isinstance(widget, QComboBox) and widget.count() and widget.itemData(0) is not None:
        # one without data is read by its texts
        for row in range(widget.count()):
            widget.setItemText(row, told(widget.itemText(row)))
            if tip := widget.itemData(row, Qt.ItemDataRole.ToolTipRole):
                widget.setItemData(row, told(tip), Qt.ItemDataRole.ToolTipRole)


def _taken(read, write) -> None:
    before = read()
    if before and (after := told(before)) != before:
        write(after)


def _read(path: Path) -> dict[str, str]:
    """Return the table of a file; what is no text, and a file that can't be read, is passed over."""
    try:
        refuse_pipe(path)
        if path.stat().st_size > LARGEST_BYTES:
            raise ValueError("it is too large")
        table = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, OddContent, ValueError, RecursionError) as error:
        log.warning("the language file %s can't be read: %s", path, error)
        return {}
    if not isinstance(table, dict):
        log.warning("the language file %s holds no table", path)
        return {}
    return {
        key: value for key, value in table.items()
        if isinstance(value, str) and value and _can_stand_for(key, value)
    }  # fmt: skip


def _can_stand_for(text: str, other: str) -> bool:
    """Whether a text can take another one's place: Qt can write it, it is not endless, and values find their places."""
    lone = any("\ud800" <= letter <= "\udfff" for letter in other)
    return not lone and len(other) <= _LONGER * len(text) + _MORE and _places(text) == _places(other)


def _places(text: str) -> list[tuple[str, str | None, str | None]] | None:
    """The places for values, with how each is written; None of a text into which none can be put."""
    try:
        return sorted(one[1:] for one in Formatter().parse(text) if one[1] is not None)
    except ValueError:
        return None
