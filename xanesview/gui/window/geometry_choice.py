"""The menu under the chip of a relaxed molecule: its relaxed geometry, or the one it was built with."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from xanesview.gui.session.workspace import Workspace
from xanesview.reference.engine.gfn2 import METHOD, is_relaxed


def geometry_menu(workspace: Workspace, parent: QWidget) -> QMenu:
    """Return the choice between the two geometries that are known of the molecule shown; that shown is ticked."""
    structure = workspace.structure
    relaxed = is_relaxed(structure)
    before = workspace.relaxation.before(structure) if relaxed else structure
    origin = f" ({before.geometry_origin})" if before.geometry_origin else ""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    group = QActionGroup(menu)
    for text, wanted in ((f"Relaxed with {METHOD}", True), (f"As built{origin}", False)):
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(wanted == relaxed)
        action.triggered.connect(lambda _checked=False, wanted=wanted: workspace.set_relaxed(wanted))
        group.addAction(action)
    return menu
