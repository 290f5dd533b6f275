"""One table of actions; menus, toolbar, command palette, shortcuts sheet and tests read it.

A further action is one entry of its menu: where it stands here is where it stands in the menu bar.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from xanesview.gui.actions.action_spec import ActionSpec, Button, Entry, Submenu

_OPEN, _CURVE, _DIRECTION = Button("open", "both"), Button("curves", "both"), Button("directions", "text")


# fmt: off
def _along(name: str, told: str) -> ActionSpec:
    """The arrow along an axis or a cell vector."""
    return ActionSpec(
        f"dir_{name}", f"Arrow along {name}", f"Shift+{name.upper()}", "", f"directions.{name}",
        f"Polarisation along {told}", short=name, button=_DIRECTION, needs="The structure has no cell",
    )


EXPORT = Submenu(
    "export",
    "Export",
    (
        ActionSpec(
            "export_figure", "Figure…", "Ctrl+E", "figure", "exporting.figure",
            "Export the curves as SVG, PDF, PNG or TIFF for a paper",
        ),
        ActionSpec(
            "export_data", "Data (CSV, HDF5)…", "Ctrl+Shift+E", "table", "exporting.data",
            "Export every visible curve on its own energy grid",
        ),
        ActionSpec(
            "export_view", "3D view (PNG, glTF, HTML)…", "Ctrl+Shift+V", "picture", "exporting.scene",
            "Export the 3D view as a picture, a scene for 3D viewers or a page to turn in a browser",
        ),
        ActionSpec(
            "export_movie", "Movie…", "Ctrl+Shift+M", "movie", "exporting.movie",
            "Export the 3D view beside the spectrum while an angle turns or a trajectory goes on",
        ),
        None,
        ActionSpec(
            "copy_figure", "Copy figure", "Ctrl+Shift+C", "copy", "exporting.copy", "Copy the figure to the clipboard"
        ),
        ActionSpec(
            "copy_command", "Copy as command", "Ctrl+Alt+C", "copy", "exporting.copy_command",
            "Copy the command line that gives the current curve",
        ),
        ActionSpec(
            "copy_python", "Copy as Python", "Ctrl+Alt+P", "copy", "exporting.copy_python",
            "Copy Python that gives the current curve",
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
        "open_folder", "Open folder…", "Ctrl+Shift+O", "", "opening.ask_folder",
        "Predict all structures of a folder, and compare them with a measured spectrum",
    ),
    ActionSpec(
        "new_smiles", "New from SMILES…", "Ctrl+N", "new", "making.ask_smiles", "Build a molecule from its SMILES",
        short="New…", button=_OPEN,
    ),
    ActionSpec(
        "new_conformers", "Conformers from SMILES…", "Ctrl+Alt+F", "", "making.ask_conformers",
        "Find the shapes of a molecule and their shares, and draw the mean of their spectra", short="m",
    ),
    ActionSpec(
        "new_surface", "New surface…", "Ctrl+Shift+N", "", "making.ask_surface",
        "Cut a slab from the crystal that is shown", needs="A surface is cut from a crystal; this structure is none",
    ),
    ActionSpec(
        "new_adsorbate", "Put molecule on surface…", "Ctrl+Alt+S", "", "making.ask_adsorbate",
        "Build a molecule from its SMILES and put it on the site of the surface that you click",
        needs="Only a slab has a surface",
    ),
    ActionSpec(
        "new_copies", "New copies…", "Ctrl+Alt+N", "", "making.ask_copies",
        "A supercell, a strained or a rattled copy of what is shown, or the mean spectrum of many rattled ones",
    ),
    ActionSpec(
        "all_frames", "Mean and map of frames…", "Ctrl+Alt+M", "", "making.ask_frames",
        "Predict all frames of the file that is shown: their spectra over frame and energy, their mean and its spread",
        short="d", needs="What is shown is a single structure",
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
        needs="Only one structure is open",
    ),
    ActionSpec(
        "previous_structure", "Previous structure", "Ctrl+Shift+Tab", "", "structure_tabs.show_previous",
        "Show the one before of the open structures, as it was left",
        needs="Only one structure is open",
    ),
    ActionSpec(
        "close_structure", "Close structure", "Ctrl+W", "", "structure_tabs.close_shown",
        "Close the structure that is shown; the last one stays open",
        needs="The last open structure stays",
    ),
    None,
    ActionSpec("quit", "Quit", "Ctrl+Q", "", "close", "Close the window"),
)

EDIT: tuple[Entry, ...] = (
    ActionSpec(
        "undo", "Undo", "Ctrl+Z", "undo", "workspace.undo_stack.undo", "Take back the last change",
        needs="Nothing has been done yet that can be taken back",
    ),
    ActionSpec(
        "redo", "Redo", "Ctrl+Shift+Z", "redo", "workspace.undo_stack.redo", "Bring back what was undone",
        needs="Nothing was undone",
    ),
    None,
    ActionSpec(
        "edit_atoms", "Move atoms", "G", "move-atoms", "workspace.editing.set_active",
        "Drag atoms, turn groups about bonds, add and delete atoms; the spectrum follows", checkable=True,
        button=Button("curves", "icon"), needs="No structure is shown",
    ),
    ActionSpec(
        "add_atom", "Add atom", "Ins", "", "edit_row.add", "Add an atom bonded to the chosen one, where most room is",
        needs="No atom is chosen: move atoms (G) and click one",
    ),
    ActionSpec(
        "delete_atom", "Delete atom", "Del", "", "workspace.editing.delete", "Take the chosen atom away",
        needs="No atom is chosen: move atoms (G) and click one",
    ),
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
    None,
    ActionSpec(
        "settings", "Settings…", "Ctrl+,", "", "preferences.show_dialog",
        "Theme, font size, language and how things are drawn, in one list",
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
    ActionSpec(
        "palette", "Command palette…", "Ctrl+Shift+P", "", "help.show_palette",
        "Find any command, panel, example or network by a few letters",
    ),
    ActionSpec("start", "Start page", "Ctrl+H", "example", "show_start", "Examples, recent files, SMILES"),
    None,
    ActionSpec("fit", "Show whole structure", "F", "fit", "looking.fit", "Bring the whole structure into view"),
    ActionSpec("look_x", "Look along x", "1", "", "looking.x", "Turn the view to look along x"),
    ActionSpec("look_y", "Look along y", "2", "", "looking.y", "Turn the view to look along y"),
    ActionSpec("look_z", "Look along z", "3", "", "looking.z", "Turn the view to look along z"),
    ActionSpec(
        "whole_molecules", "Make molecules whole", "O", "", "looking.set_whole_molecules",
        "Draw molecules whole that the faces of the cell cut; predictions are the same", checkable=True,
        needs="No molecule of this structure is cut by the faces of a cell",
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
        needs="No spectrum is shown",
    ),
    ActionSpec(
        "as_measured", "As measured", "M", "", "drawing.set_as_measured",
        "Draw predictions as measured spectra look (moved, broadened, with an edge step) instead of as computed",
        checkable=True,
        needs="The network was not fitted to measured spectra",
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
        needs="No E₀ is known for these sites",
    ),
    ActionSpec(
        "fitted_tensor", "Fitted tensor", "T", "", "drawing.set_fitted",
        "Draw the tensor fitted to a network that takes the direction as an input, instead of its own answers",
        checkable=True,
        needs="Only for a network that takes the direction as an input",
    ),
    ActionSpec("reset_zoom", "Reset zoom", "R", "", "drawing.reset_zoom", "Show the whole energy range"),
    ActionSpec(
        "broadening", "Energy resolution", "B", "", "resolution.toggle",
        "Broaden the prediction to an experiment's resolution",
    ),
    None,
    ActionSpec(
        "jobs", "Jobs", "Ctrl+J", "", "status.jobs.toggle", "What runs and what has run, with a way to end it",
        short="J",
    ),
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
        "relax", "Relax geometry", "Ctrl+G", "", "workspace.editing.relax",
        "Relax the molecule with GFN2-xTB beside the window, those on a slab with GFN1-xTB; that is one step",
        needs="Only molecules are relaxed",
    ),
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
    ActionSpec(
        "panel_help", "What is this panel?", "Alt+F1", "", "help.show_panel_help",
        "Open the guide at the panel that is in front",
    ),
    ActionSpec(
        "tour", "Tour", "Ctrl+Alt+G", "", "help.show_tour",
        "Turn the field, keep a curve and fit the tilt of a film, step by step in this window",
    ),
    ActionSpec(
        "citing", "How to cite", "Ctrl+Alt+Q", "", "help.show_citing",
        "What to name in a paper: the program, the network and its literature, the engine",
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


def flat(entries: Iterable[Entry]) -> Iterator[ActionSpec]:
    """Give the actions of a menu, those of its submenus too, in their order."""
    for entry in entries:
        if isinstance(entry, Submenu):
            yield from flat(entry.entries)
        elif entry is not None:
            yield entry


ACTIONS: tuple[ActionSpec, ...] = (*flat(entry for _, entries in MENUS for entry in entries), *WITHOUT_MENU)
