"""What the table of actions is made of: actions, their buttons, submenus."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Button:
    """How an action stands in the toolbar.

    Attributes
    ----------
    group : str
        Buttons of a group stand beside one another, in the order of the table.
    shows : str
        ``"text"``, ``"icon"`` or ``"both"``; both only where there is room.
    """

    group: str
    shows: str


@dataclass(frozen=True)
class ActionSpec:
    """One action of the window.

    Attributes
    ----------
    id : str
        Name in toolbars and tests.
    text : str
        What the menu says.
    shortcut : str
        Key sequence in Qt's portable spelling, empty for none.
    icon : str
        Drawing below ``resources/icons``, empty for none.
    slot : str
        Dotted path from the window to what is called.
    tooltip : str
        One sentence; the shortcut is put behind it.
    checkable : bool
    short : str
        What a toolbar button says, `text` where empty.
    button : Button or None
        Its place in the toolbar, where it has one.
    needs : str
        Why it can't be used while it is disabled or hidden, for those that may be.
    """

    id: str
    text: str
    shortcut: str
    icon: str
    slot: str
    tooltip: str
    checkable: bool = False
    short: str = ""
    button: Button | None = None
    needs: str = ""


@dataclass(frozen=True)
class Submenu:
    """A menu in a menu; without entries the menu bar fills it with what there is (see `fill_menu`)."""

    id: str
    title: str
    entries: tuple[Entry, ...] = ()


Entry = ActionSpec | Submenu | None
