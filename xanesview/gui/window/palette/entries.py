"""What the command palette lists: all actions, then what can be shown, opened or chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt

from xanesview.gui.actions.action_making import key_text, obstacle
from xanesview.gui.actions.action_table import MENUS, WITHOUT_MENU, flat
from xanesview.gui.appearance.theme import MODES
from xanesview.shown.network_list import fitting
from xanesview.texts import told as in_language
from xanesview.texts import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from xanesview.gui.actions.opening import Opening
    from xanesview.gui.session.workspace import Workspace
    from xanesview.gui.settings import Settings
    from xanesview.gui.window.tabs import Tabs
    from xanesview.gui.window.toolbar import ToolBar

OPENS = "palette"
"""The action that opens the palette, which it does not list."""


class Commanded(Protocol):
    """What the palette knows of the window that it belongs to."""

    named_actions: dict[str, QAction]
    tabs: Tabs
    toolbar: ToolBar
    workspace: Workspace
    opening: Opening
    settings: Settings

    def show_start(self) -> None:
        """Bring the start page to the front."""

    def set_theme(self, mode: str) -> None:
        """Choose the colours of the window."""


@dataclass(frozen=True)
class PaletteEntry:
    """One thing that can be done.

    Attributes
    ----------
    key : str
        Tells it from others, also at a later opening.
    title : str
    where : str
        Which menu or list it is from.
    told : str
        What it does, in a sentence.
    shortcut : str
    obstacle : str
        Why it can't be done now, empty where it can.
    run : callable
    """

    key: str
    title: str
    where: str
    told: str
    shortcut: str
    obstacle: str
    run: Callable[[], object]


def entries(window: Commanded) -> list[PaletteEntry]:
    """Return everything that the palette of a window offers, as it is now."""
    return [
        *_actions(window), *_panels(window), *_structures(window), *_networks(window), *_edges(window),
        *_examples(window), *_recent(window), *_themes(window),
    ]  # fmt: skip


def _actions(window: Commanded) -> Iterator[PaletteEntry]:
    for heading, listed in (*MENUS, ("Edit", WITHOUT_MENU)):
        for spec in flat(listed):
            if spec.id == OPENS:
                continue
            action = window.named_actions[spec.id]
            title = action.text().replace("&&", "\0").replace("&", "").replace("\0", "&")
            if spec.checkable:
                title = f"{title}: {tr('off') if action.isChecked() else tr('on')}"
            why_not = obstacle(spec, action)
            yield PaletteEntry(
                f"action/{spec.id}", title, tr(heading), tr(spec.tooltip), key_text(spec), why_not, action.trigger
            )


def _panels(window: Commanded) -> Iterator[PaletteEntry]:
    for title, place in window.tabs.places.items():
        show = window.show_start if title == "Start" else partial(window.tabs.show, title)
        yield PaletteEntry(f"panel/{title}", tr(title), tr("Panel"), tr(place.spec.tooltip), "", "", show)


def _structures(window: Commanded) -> Iterator[PaletteEntry]:
    session = window.workspace.session
    for place, structure in enumerate(session.structures):
        here = tr("It is shown already") if place == session.place else ""
        name = tr(structure.name or structure.formula)
        told = structure.formula if structure.name else ""
        run = partial(window.workspace.show_tab, place)
        yield PaletteEntry(f"structure/{structure.content_hash}", name, tr("Open structure"), told, "", here, run)


def _networks(window: Commanded) -> Iterator[PaletteEntry]:
    workspace = window.workspace
    for entry in fitting(workspace.networks, workspace.shown):
        here = tr("It predicts already") if entry.name == workspace.session.network else ""
        run = partial(workspace.set_network, entry.name)
        title, line = tr(entry.title), in_language(entry.line)
        yield PaletteEntry(f"network/{entry.name}", title, tr("Network"), line, "", entry.problem or here, run)


def _edges(window: Commanded) -> Iterator[PaletteEntry]:
    choice = window.toolbar.absorber
    for row in range(choice.count()):
        usable = choice.model().item(row).isEnabled()
        tip = choice.itemData(row, Qt.ItemDataRole.ToolTipRole) or ""
        here = tr("It is chosen already") if row == choice.currentIndex() else ""
        run = partial(window.toolbar.choose_absorber, row)
        yield PaletteEntry(
            f"edge/{choice.itemText(row)}/{choice.is_computed(row)}", choice.itemText(row), tr("Absorber"),
            tip if usable else "", "", here if usable else tip, run,
        )  # fmt: skip


def _examples(window: Commanded) -> Iterator[PaletteEntry]:
    from xanesview.io.examples import examples

    for example in examples():
        run = partial(window.opening.open_example, example.name)
        yield PaletteEntry(f"example/{example.name}", tr(example.title), tr("Example"), tr(example.line), "", "", run)


def _recent(window: Commanded) -> Iterator[PaletteEntry]:
    for path in window.settings.recent_files():
        run = partial(window.opening.open_file, path)
        yield PaletteEntry(f"file/{path}", path.name, tr("Recent file"), str(path), "", "", run)


def _themes(window: Commanded) -> Iterator[PaletteEntry]:
    for mode in MODES:
        here = tr("It is chosen already") if mode == window.settings.theme else ""
        run = partial(window.set_theme, mode)
        told = tr("Colours of the window")
        yield PaletteEntry(f"theme/{mode}", tr(mode.capitalize()), tr("Theme"), told, "", here, run)
