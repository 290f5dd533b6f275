"""One table of actions; menus, toolbar, shortcuts sheet and tests read it.

A further action is one entry of its menu: where it stands here is where it stands in the menu bar.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from types import MappingProxyType

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from xanesview.gui.actions.action_spec import ActionSpec, Button, Entry, Submenu
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.appearance.theme import icon

_OPEN, _CURVE, _DIRECTION = Button("open", "both"), Button("curves", "both"), Button("directions", "text")


# fmt: off
def _along(name: str, told: str) -> ActionSpec:
    """The arrow along an axis or a cell vector."""
    return ActionSpec(
        f"dir_{name}", f"Arrow along {name}", f"Shift+{name.upper()}", "", f"directions.{name}",
        f"Polarisation along {told}", short=name, button=_DIRECTION,
    )


EXPORT = Submenu(
    "export",
    "Export",
    (
        ActionSpec(
            "export_figure", "Figure…", "Ctrl+E", "figure", "exporting.figure",
            "Save the curves as SVG, PDF or PNG for a paper",
        ),
        ActionSpec(
            "export_data", "Data (CSV, HDF5)…", "Ctrl+Shift+E", "table", "exporting.data",
            "Save every visible curve on its own energy grid",
        ),
        ActionSpec(
            "export_view", "3D view (PNG, glTF, HTML)…", "Ctrl+Shift+P", "picture", "exporting.scene",
            "Save the 3D view as a picture, a scene for 3D viewers or a page to turn in a browser",
        ),
        None,
        ActionSpec(
            "copy_figure", "Copy figure", "Ctrl+Shift+C", "copy", "exporting.copy", "Copy the figure to the clipboard"
        ),
    ),
)
"""In the File menu, and behind a button of the toolbar."""

FILE: tuple[Entry, ...] = (
    ActionSpec(
        "open", "Open…", "Ctrl+O", "open", "opening.ask_file", "Open a structure or a measured spectrum", short="Open",
        button=_OPEN,
    ),
    ActionSpec(
        "new_smiles", "New from SMILES…", "Ctrl+N", "new", "opening.ask_smiles", "Build a molecule from its SMILES",
        short="New…", button=_OPEN,
    ),
    Submenu("examples", "Examples"),
    Submenu("recent", "Open recent"),
    None,
    ActionSpec(
        "save", "Save", "Ctrl+S", "", "saving.save",
        "Save all that is open, set and overlaid as a session file", short="S",
    ),
    ActionSpec(
        "save_as", "Save as…", "Ctrl+Shift+S", "", "saving.save_as", "Save the session under another name", short="v"
    ),
    None,
    ActionSpec(
        "load_reference", "Load reference…", "Ctrl+L", "table", "opening.ask_reference",
        "Overlay a measured or computed spectrum from a file",
    ),
    None,
    EXPORT,
    None,
    ActionSpec(
        "next_structure", "Next structure", "Ctrl+Tab", "", "structure_tabs.show_next",
        "Show the next of the open structures, as it was left",
    ),
    ActionSpec(
        "previous_structure", "Previous structure", "Ctrl+Shift+Tab", "", "structure_tabs.show_previous",
        "Show the one before of the open structures, as it was left",
    ),
    ActionSpec(
        "close_structure", "Close structure", "Ctrl+W", "", "structure_tabs.close_shown",
        "Close the structure that is shown; the last one stays open",
    ),
    None,
    ActionSpec("quit", "Quit", "Ctrl+Q", "", "close", "Close the window"),
)

EDIT: tuple[Entry, ...] = (
    ActionSpec("undo", "Undo", "Ctrl+Z", "undo", "workspace.undo_stack.undo", "Take back the last change"),
    ActionSpec("redo", "Redo", "Ctrl+Shift+Z", "redo", "workspace.undo_stack.redo", "Bring back what was undone"),
    None,
    ActionSpec("pick_all", "Pick all sites", "Ctrl+Shift+A", "", "sites.pick_all", "Show the sum over all absorbers"),
    ActionSpec(
        "pick_equivalent", "Pick equivalent sites", "Ctrl+Shift+Q", "", "sites.pick_equivalent",
        "Add all sites equivalent to the picked ones",
    ),
    ActionSpec("pick_none", "Clear picked sites", "Shift+Esc", "", "sites.pick_none", "Pick no site"),
    None,
    ActionSpec(
        "freeze", "Freeze curve", "C", "compare", "workspace.curves.freeze",
        "Keep the current curve to compare with what follows", short="Freeze", button=_CURVE,
    ),
    ActionSpec(
        "unfreeze", "Remove frozen curves", "Shift+F", "", "workspace.curves.remove_frozen",
        "Take all frozen curves away",
    ),
    ActionSpec(
        "space_curves", "Space curves out", "W", "", "workspace.curves.space_out",
        "Stand all visible curves one above the other (a waterfall)",
    ),
    ActionSpec(
        "level_curves", "Level curves", "Shift+W", "", "workspace.curves.level", "Take the offsets of all curves away"
    ),
)

POLARISATION: tuple[Entry, ...] = (
    _along("x", "x"),
    _along("y", "y"),
    _along("z", "z"),
    None,
    _along("a", "the cell vector a"),
    _along("b", "the cell vector b"),
    _along("c", "the cell vector c"),
    None,
    ActionSpec(
        "dir_normal", "Arrow along the normal", "N", "normal", "directions.normal",
        "Polarisation along the surface normal, or the normal of a flat molecule", short="n", button=_DIRECTION,
    ),
    ActionSpec(
        "dir_in_plane", "Arrow in the plane", "I", "in-plane", "directions.in_plane",
        "Polarisation in the surface, or in the plane of a flat molecule", short="∥", button=_DIRECTION,
    ),
)

VIEW: tuple[Entry, ...] = (
    ActionSpec("start", "Start page", "Ctrl+H", "example", "show_start", "Examples, recent files, SMILES"),
    None,
    ActionSpec("fit", "Fit the view", "F", "fit", "looking.fit", "Show the whole structure"),
    ActionSpec("look_x", "Look along x", "1", "", "looking.x", "Turn the view to look along x"),
    ActionSpec("look_y", "Look along y", "2", "", "looking.y", "Turn the view to look along y"),
    ActionSpec("look_z", "Look along z", "3", "", "looking.z", "Turn the view to look along z"),
    ActionSpec(
        "whole_molecules", "Make molecules whole", "O", "", "looking.set_whole_molecules",
        "Draw molecules whole that the faces of the cell cut; predictions are the same", checkable=True,
    ),
    ActionSpec(
        "anisotropy", "Anisotropy of sites", "P", "anisotropy", "anisotropy.set_visible",
        "Draw σ of each picked site at the energy under the pointer: peanuts along orbitals, cushions across",
        checkable=True, button=Button("curves", "icon"),
    ),
    None,
    ActionSpec(
        "difference", "Difference to isotropic", "D", "difference", "drawing.set_difference_visible",
        "Show the current curve minus the isotropic average below the plot", checkable=True, short="Difference",
        button=Button("curves", "icon"),
    ),
    ActionSpec(
        "residuals", "Residuals", "Shift+D", "residual", "drawing.set_residuals_visible",
        "Show below the plot what is left of the references without the current curve", checkable=True,
    ),
    ActionSpec(
        "compare_window", "Comparison window", "Shift+R", "window", "workspace.processing.set_window_visible",
        "Score and fit in a window whose ends are dragged on the plot, instead of over all energies", checkable=True,
    ),
    ActionSpec(
        "as_measured", "As measured", "M", "", "drawing.set_as_measured",
        "Draw predictions as measured spectra look (moved, broadened, with an edge step) instead of as computed",
        checkable=True,
    ),
    ActionSpec(
        "per_atom", "Per atom", "A", "", "drawing.set_per_atom",
        "Draw sums of sites divided by their number, to compare molecules of different size; else per structure",
        checkable=True,
    ),
    ActionSpec(
        "relative_axis", "Energies from E₀", "E", "", "drawing.set_relative",
        "Count energies from the ionisation potential (or Fermi level) of each site instead of from zero",
        checkable=True,
    ),
    ActionSpec(
        "fitted_tensor", "Fitted tensor", "T", "", "drawing.set_fitted",
        "Draw the tensor fitted to a network that takes the direction as an input, instead of its own answers",
        checkable=True,
    ),
    ActionSpec("reset_zoom", "Reset zoom", "R", "", "drawing.reset_zoom", "Show the whole energy range"),
    ActionSpec(
        "broadening", "Energy resolution", "B", "", "resolution.toggle",
        "Broaden the prediction to an experiment's resolution",
    ),
    None,
    Submenu("panels", "Panels"),
    Submenu("theme", "Theme"),
    ActionSpec(
        "restore_layout", "Restore layout", "Ctrl+Shift+L", "", "restore_layout", "Put every pane back to its place"
    ),
)

COMPUTE: tuple[Entry, ...] = (
    ActionSpec(
        "fit_prediction", "Fit to measured curve", "Ctrl+F", "fit-curve", "workspace.fitting.fit",
        "Fit the current prediction to a measured curve: shift, scale, offset, width and edge step, each then a step",
    ),
    None,
    ActionSpec(
        "compute_reference", "Compute reference for picked sites", "Ctrl+R", "", "computing.compute_picked",
        "Compute the picked sites from first principles and lay them over the prediction",
    ),
    ActionSpec(
        "refine", "Refine", "Ctrl+Shift+R", "refine", "computing.set_refine",
        "Compute every site from first principles; computed sites take the place of predicted ones", checkable=True,
        button=_CURVE,
    ),
    None,
    ActionSpec(
        "stop_computing", "Stop computing", "Ctrl+Shift+.", "stop", "computing.stop", "Keep what is computed and stop"
    ),
)

HELP: tuple[Entry, ...] = (
    ActionSpec(
        "guide", "Guide", "F1; ?", "", "help.show_guide", "Read how things work, searchable, beside the window"
    ),
    ActionSpec("shortcuts", "Shortcuts", "Ctrl+F1", "", "help.show_shortcuts", "List all keys"),
    None,
    ActionSpec(
        "show_log", "Show the log", "Ctrl+Shift+F1", "", "help.show_log", "Open the folder of the program's log"
    ),
    ActionSpec(
        "copy_report", "Copy bug report", "Ctrl+Shift+B", "copy", "help.copy_report",
        "Copy versions, display, OpenGL, device and folders, for whoever mends the program",
    ),
    ActionSpec("about", "About xanesview", "Shift+F1", "info", "help.show_about", "Version and licence"),
)

MENUS = (
    ("File", FILE),
    ("Edit", EDIT),
    ("Polarisation", POLARISATION),
    ("View", VIEW),
    ("Compute", COMPUTE),
    ("Help", HELP),
)
"""The menu bar from left to right; None is a separator."""

WITHOUT_MENU = (
    ActionSpec(
        "cancel", "Stop predicting", "Ctrl+.", "stop", "workspace.cancel_prediction", "Keep what is predicted and stop"
    ),
    ActionSpec(
        "give_up", "Cancel what is under way", "Esc", "", "giving_up.give_up",
        "Cancel a drag, a zoom box or a file that is being read; picked sites stay",
    ),
)
"""Reached by a key or another control only."""
# fmt: on


def _flat(entries: Iterable[Entry]) -> Iterator[ActionSpec]:
    for entry in entries:
        if isinstance(entry, Submenu):
            yield from _flat(entry.entries)
        elif entry is not None:
            yield entry


ACTIONS: tuple[ActionSpec, ...] = (*_flat(entry for _, entries in MENUS for entry in entries), *WITHOUT_MENU)


def with_keys(entries: Iterable[Entry]) -> list[ActionSpec]:
    """The actions of a menu that have a key, those of its submenus too, in their order."""
    return [spec for spec in _flat(entries) if spec.shortcut]


def _menu_texts(entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    """Give id and text of each entry, with a letter underlined that no other one of the same menu has."""
    listed = [entry for entry in entries if entry is not None]
    titles = [entry.title if isinstance(entry, Submenu) else entry.text for entry in listed]
    shorts = [getattr(entry, "short", "") for entry in listed]
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


_MENU_TEXTS = {key: text for _, entries in MENUS for key, text in _menu_texts(entries)}
"""What menus say, by id."""


def make_actions(window: QWidget) -> dict[str, QAction]:
    """One QAction for each row of the table, connected to its slot; the window carries them all."""
    actions = {}
    texts = {spec.id: spec.text for spec in ACTIONS} | _MENU_TEXTS
    for spec in ACTIONS:
        action = QAction(texts[spec.id], window)
        action.setObjectName(spec.id)
        action.setCheckable(spec.checkable)
        if spec.short:
            action.setIconText(spec.short)
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
        return spec.tooltip
    return f"{spec.tooltip} ({key_text(spec)})"


def keys(spec: ActionSpec) -> list[QKeySequence]:
    """The keys of an action, the one to tell of first."""
    return QKeySequence.listFromString(spec.shortcut)


def key_text(spec: ActionSpec) -> str:
    """The keys of an action as the platform spells them."""
    return " or ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in keys(spec))


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
    for entry in entries:
        if entry is None:
            menu.addSeparator()
        elif isinstance(entry, ActionSpec):
            menu.addAction(actions[entry.id])
        elif entry.entries:
            fill_menu(menu.addMenu(_MENU_TEXTS[entry.id]), entry.entries, actions, fillers)
        else:
            fillers[entry.id](menu.addMenu(_MENU_TEXTS[entry.id]))
