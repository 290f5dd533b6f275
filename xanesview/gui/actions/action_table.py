"""One table of actions; menus, toolbar, shortcuts sheet and tests read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from xanesview.gui.appearance.theme import icon


@dataclass(frozen=True)
class ActionSpec:
    """One action of the window.

    Attributes
    ----------
    id : str
        Name in menus, toolbars and tests.
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
    """

    id: str
    text: str
    shortcut: str
    icon: str
    slot: str
    tooltip: str
    checkable: bool = False
    short: str = ""


ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "open", "Open…", "Ctrl+O", "open", "opening.ask_file", "Open a structure or a measured spectrum", short="Open"
    ),
    ActionSpec(
        "new_smiles",
        "New from SMILES…",
        "Ctrl+N",
        "new",
        "opening.ask_smiles",
        "Build a molecule from its SMILES",
        short="New…",
    ),
    ActionSpec("start", "Start page", "Ctrl+H", "example", "show_start", "Examples, recent files, SMILES"),
    ActionSpec(
        "load_reference",
        "Load reference…",
        "Ctrl+L",
        "table",
        "opening.ask_reference",
        "Overlay a measured or computed spectrum from a file",
    ),
    ActionSpec(
        "export_figure",
        "Figure…",
        "Ctrl+E",
        "figure",
        "exporting.figure",
        "Save the curves as SVG, PDF or PNG for a paper",
    ),
    ActionSpec(
        "export_data",
        "Data (CSV, HDF5)…",
        "Ctrl+Shift+E",
        "table",
        "exporting.data",
        "Save every visible curve on its own energy grid",
    ),
    ActionSpec("export_view", "3D picture (PNG)…", "", "picture", "exporting.picture", "Save the 3D view as a picture"),
    ActionSpec(
        "copy_figure", "Copy figure", "Ctrl+Shift+C", "copy", "exporting.copy", "Copy the figure to the clipboard"
    ),
    ActionSpec("quit", "Quit", "Ctrl+Q", "", "close", "Close the window"),
    ActionSpec("undo", "Undo", "Ctrl+Z", "undo", "workspace.undo_stack.undo", "Take back the last change"),
    ActionSpec("redo", "Redo", "Ctrl+Shift+Z", "redo", "workspace.undo_stack.redo", "Bring back what was undone"),
    ActionSpec("pick_all", "Pick all sites", "Ctrl+Shift+A", "", "sites.pick_all", "Show the sum over all absorbers"),
    ActionSpec(
        "pick_equivalent",
        "Pick equivalent sites",
        "Ctrl+Shift+Q",
        "",
        "sites.pick_equivalent",
        "Add all sites equivalent to the picked ones",
    ),
    ActionSpec("pick_none", "Clear picked sites", "Esc", "", "sites.pick_none", "Pick no site"),
    ActionSpec("fit", "Fit the view", "F", "fit", "fit_view", "Show the whole structure"),
    ActionSpec("look_x", "Look along x", "1", "", "look_x", "Turn the view to look along x"),
    ActionSpec("look_y", "Look along y", "2", "", "look_y", "Turn the view to look along y"),
    ActionSpec("look_z", "Look along z", "3", "", "look_z", "Turn the view to look along z"),
    ActionSpec("dir_x", "Arrow along x", "Shift+X", "", "directions.x", "Polarisation along x", short="x"),
    ActionSpec("dir_y", "Arrow along y", "Shift+Y", "", "directions.y", "Polarisation along y", short="y"),
    ActionSpec("dir_z", "Arrow along z", "Shift+Z", "", "directions.z", "Polarisation along z", short="z"),
    ActionSpec(
        "dir_a", "Arrow along a", "Shift+A", "", "directions.a", "Polarisation along the cell vector a", short="a"
    ),
    ActionSpec(
        "dir_b", "Arrow along b", "Shift+B", "", "directions.b", "Polarisation along the cell vector b", short="b"
    ),
    ActionSpec(
        "dir_c", "Arrow along c", "Shift+C", "", "directions.c", "Polarisation along the cell vector c", short="c"
    ),
    ActionSpec(
        "dir_normal",
        "Arrow along the normal",
        "N",
        "normal",
        "directions.normal",
        "Polarisation along the surface normal, or the normal of a flat molecule",
        short="n",
    ),
    ActionSpec(
        "dir_in_plane",
        "Arrow in the plane",
        "I",
        "in-plane",
        "directions.in_plane",
        "Polarisation in the surface, or in the plane of a flat molecule",
        short="∥",
    ),
    ActionSpec(
        "freeze",
        "Freeze curve",
        "C",
        "compare",
        "workspace.freeze_current",
        "Keep the current curve to compare with what follows",
        short="Freeze",
    ),
    ActionSpec(
        "unfreeze", "Remove frozen curves", "Shift+F", "", "workspace.remove_frozen", "Take all frozen curves away"
    ),
    ActionSpec(
        "difference",
        "Difference to isotropic",
        "D",
        "difference",
        "set_difference_visible",
        "Show the current curve minus the isotropic average below the plot",
        True,
        short="Difference",
    ),
    ActionSpec(
        "relative_axis",
        "Energies from E₀",
        "E",
        "",
        "drawing.set_relative",
        "Count energies from the ionisation potential (or Fermi level) of each site instead of from zero",
        True,
    ),
    ActionSpec(
        "fitted_tensor",
        "Fitted tensor",
        "T",
        "",
        "drawing.set_fitted",
        "Draw the tensor fitted to a network that takes the direction as an input, instead of its own answers",
        True,
    ),
    ActionSpec("reset_zoom", "Reset zoom", "R", "", "reset_zoom", "Show the whole energy range"),
    ActionSpec(
        "broadening",
        "Energy resolution…",
        "",
        "",
        "ask_broadening",
        "Broaden the prediction to an experiment's resolution",
    ),
    ActionSpec(
        "cancel", "Stop predicting", "Ctrl+.", "stop", "workspace.cancel_prediction", "Keep what is predicted and stop"
    ),
    ActionSpec(
        "compute_reference",
        "Compute reference for picked sites",
        "Ctrl+R",
        "",
        "computing.compute_picked",
        "Compute the picked sites from first principles and lay them over the prediction",
    ),
    ActionSpec(
        "refine",
        "Refine",
        "Ctrl+Shift+R",
        "refine",
        "computing.set_refine",
        "Compute every site from first principles; computed sites take the place of predicted ones",
        True,
    ),
    ActionSpec(
        "stop_computing",
        "Stop computing",
        "Ctrl+Shift+.",
        "stop",
        "computing.stop",
        "Keep what is computed and stop",
    ),
    ActionSpec("restore_layout", "Restore layout", "", "", "restore_layout", "Put every pane back to its place"),
    ActionSpec("shortcuts", "Shortcuts", "F1", "", "show_shortcuts", "List all keys"),
    ActionSpec("show_log", "Show the log", "", "", "show_log", "Open the folder of the program's log"),
    ActionSpec("about", "About xanesview", "", "info", "show_about", "Version and licence"),
)

#: None is a separator, a name in angle brackets a submenu that the window fills.
MENUS: tuple[tuple[str, tuple[str | None, ...]], ...] = (
    ("File", ("open", "new_smiles", "<examples>", "<recent>", None, "load_reference", None, "<export>", None, "quit")),
    ("Edit", ("undo", "redo", None, "pick_all", "pick_equivalent", "pick_none", None, "freeze", "unfreeze")),
    ("Polarisation", ("dir_x", "dir_y", "dir_z", None, "dir_a", "dir_b", "dir_c", None, "dir_normal", "dir_in_plane")),
    (
        "View",
        (
            "start",
            None,
            "fit",
            "look_x",
            "look_y",
            "look_z",
            None,
            "difference",
            "relative_axis",
            "fitted_tensor",
            "reset_zoom",
            "broadening",
            None,
            "<panels>",
            "<theme>",
            "restore_layout",
        ),
    ),
    ("Compute", ("compute_reference", "refine", None, "stop_computing")),
    ("Help", ("shortcuts", "show_log", "about")),
)

EXPORTS = ("export_figure", "export_data", "export_view", None, "copy_figure")
DIRECTIONS = ("dir_x", "dir_y", "dir_z", "dir_a", "dir_b", "dir_c", "dir_normal", "dir_in_plane")


def make_actions(window: QWidget) -> dict[str, QAction]:
    """One QAction for each row of the table, connected to its slot; the window carries them all."""
    actions = {}
    for spec in ACTIONS:
        action = QAction(spec.text, window)
        action.setObjectName(spec.id)
        action.setCheckable(spec.checkable)
        if spec.short:
            action.setIconText(spec.short)
        if spec.shortcut:
            action.setShortcut(QKeySequence(spec.shortcut))
        action.setToolTip(tooltip(spec))
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
    return f"{spec.tooltip} ({QKeySequence(spec.shortcut).toString(QKeySequence.SequenceFormat.NativeText)})"


def refresh_icons(actions: dict[str, QAction]) -> None:
    """Draw the icons in the palette's colours."""
    for spec in ACTIONS:
        if spec.icon:
            actions[spec.id].setIcon(icon(spec.icon))


def fill_menu(menu: QMenu, ids: Iterable[str | None], actions: dict[str, QAction], submenus: dict[str, QMenu]) -> None:
    """Put actions, separators and submenus into a menu in the order of `ids`."""
    for name in ids:
        if name is None:
            menu.addSeparator()
        elif name.startswith("<"):
            menu.addMenu(submenus[name])
        else:
            menu.addAction(actions[name])
