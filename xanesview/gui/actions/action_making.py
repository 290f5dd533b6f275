"""What is made of the table of actions: QActions with their keys and tips, menus with their letters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from types import MappingProxyType

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from xanesview.gui.actions.action_spec import ActionSpec, Entry, Submenu
from xanesview.gui.actions.action_table import ACTIONS, MENUS, flat
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.appearance.theme import icon
from xanesview.texts import tr

WHY_NOT = "why-not"
"""Property of a QAction: why it can't be used now, where that depends on what is shown."""


def obstacle(spec: ActionSpec, action: QAction) -> str:
    """Why an action can't be used now, empty where it can."""
    if action.isEnabled() and action.isVisible():
        return ""
    return action.property(WHY_NOT) or tr(spec.needs) or tr("It can't be used just now")


def with_keys(entries: Iterable[Entry]) -> list[ActionSpec]:
    """The actions of a menu that have a key, those of its submenus too, in their order."""
    return [spec for spec in flat(entries) if spec.shortcut]


def _menu_texts(entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    """Give id and text of each entry, with a letter underlined that no other one of the same menu has."""
    listed = [entry for entry in entries if entry is not None]
    titles = [tr(entry.title if isinstance(entry, Submenu) else entry.text) for entry in listed]
    shorts = [tr(getattr(entry, "short", "")) for entry in listed]
    for entry, text in zip(listed, underlined(titles, shorts), strict=True):
        yield entry.id, text
        if isinstance(entry, Submenu):
            yield from _menu_texts(entry.entries)


def underlined(titles: Sequence[str], wished: Sequence[str] = ()) -> list[str]:
    """Return titles of one menu with a mnemonic each, all different: a wished letter, a word's first one, or any.

    Titles that find no free letter stay without.
    """
    taken: set[str] = set()
    result = []
    for title, wish in zip(titles, wished or [""] * len(titles), strict=True):
        words = [word for word in title.split() if word not in ("the", "of", "to", "in", "for", "from")]
        last = words[-1] if words and len(words[-1]) == 1 else ""
        starts = [title.index(word) for word in words]
        places = [title.rfind(letter) for letter in (wish, last) if len(letter) == 1 and letter.isascii()]
        usable = (k for k in (*places, *starts, *range(len(title))) if k >= 0 and title[k].isascii())
        place = next((k for k in usable if title[k].isalpha() and title[k].lower() not in taken), None)
        if place is None:
            result.append(title)
            continue
        taken.add(title[place].lower())
        result.append(f"{title[:place]}&{title[place:]}")
    return result


def menu_texts() -> dict[str, str]:
    """What menus say in the language chosen, by id, each with a letter underlined."""
    return {key: text for _, entries in MENUS for key, text in _menu_texts(entries)}


def make_actions(window: QWidget) -> dict[str, QAction]:
    """One QAction for each row of the table, connected to its slot; the window carries them all."""
    actions = {}
    texts = {spec.id: tr(spec.text) for spec in ACTIONS} | menu_texts()
    for spec in ACTIONS:
        action = QAction(texts[spec.id], window)
        action.setObjectName(spec.id)
        action.setCheckable(spec.checkable)
        if spec.short:
            action.setIconText(tr(spec.short))
        if spec.shortcut:
            action.setShortcuts(keys(spec))
        action.setToolTip(plain(tooltip(spec)))
        action.setStatusTip("")
        _connect(action, attrgetter(spec.slot)(window), spec.checkable)
        window.addAction(action)
        actions[spec.id] = action
    refresh_icons(actions)
    return actions


def _connect(action: QAction, slot, checkable: bool) -> None:
    if checkable:
        action.toggled.connect(slot)
    else:
        action.triggered.connect(lambda _checked=False: slot())


def tooltip(spec: ActionSpec) -> str:
    """The tooltip with the shortcut behind it, as the platform spells it."""
    if not spec.shortcut:
        return tr(spec.tooltip)
    return f"{tr(spec.tooltip)} ({key_text(spec)})"


def keys(spec: ActionSpec) -> list[QKeySequence]:
    """The keys of an action, the one to tell of first."""
    return QKeySequence.listFromString(spec.shortcut)


def key_text(spec: ActionSpec) -> str:
    """The keys of an action as the platform spells them."""
    return tr(" or ").join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in keys(spec))


def refresh_icons(actions: dict[str, QAction]) -> None:
    """Draw the icons in the palette's colours."""
    for spec in ACTIONS:
        if spec.icon:
            actions[spec.id].setIcon(icon(spec.icon))


def buttons(group: str) -> list[ActionSpec]:
    """The actions of one group of the toolbar, in their order."""
    return [spec for spec in ACTIONS if spec.button is not None and spec.button.group == group]


def fill_menu(
    menu: QMenu,
    entries: Iterable[Entry],
    actions: Mapping[str, QAction],
    fillers: Mapping[str, Callable[[QMenu], None]] = MappingProxyType({}),
) -> None:
    """Put actions, separators and submenus into a menu.

    Parameters
    ----------
    fillers
        By id, what fills a submenu that has no entries of its own.
    """
    texts = menu_texts()
    for entry in entries:
        if entry is None:
            menu.addSeparator()
        elif isinstance(entry, ActionSpec):
            menu.addAction(actions[entry.id])
        elif entry.entries:
            fill_menu(menu.addMenu(texts[entry.id]), entry.entries, actions, fillers)
        else:
            fillers[entry.id](menu.addMenu(texts[entry.id]))
