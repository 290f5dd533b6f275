"""Tabs above the 3D view, one for each open structure; there are none while only one is open."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QTabBar, QWidget

from xanesview.domain.counts import counted
from xanesview.domain.structure import Structure
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.session.workspace import Workspace
from xanesview.texts import told

LONGEST_NAME = 28
"""Characters of a structure's name on its tab; all of it is in the tooltip."""


class StructureTabs(QTabBar):
    """Shows which structures are open, and brings one of them back as it was left."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("structure-tabs")
        self.setAccessibleName("Open structures")
        self.setTabsClosable(True)
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)  # a long row has arrows at its end
        self.setUsesScrollButtons(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._workspace = workspace
        self.currentChanged.connect(workspace.show_tab)
        self.tabCloseRequested.connect(workspace.close_tab)
        workspace.structures_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the open structures."""
        session = self._workspace.session
        structures = session.structures
        with QSignalBlocker(self):
            while self.count() > len(structures):
                self.removeTab(self.count() - 1)
            for tab, structure in enumerate(structures):
                name = _short(told(structure.name or structure.formula)).replace("&", "&&")
                if tab == self.count():
                    self.addTab(name)
                elif self.tabText(tab) != name:
                    self.setTabText(tab, name)
                self.setTabToolTip(tab, plain(_facts(structure)))
            if structures:
                self.setCurrentIndex(session.place)
        self.setVisible(len(structures) > 1)

    def show_next(self) -> None:
        """Show the next of the open structures, after the last one the first."""
        self._step(1)

    def show_previous(self) -> None:
        """Show the one before, before the first one the last."""
        self._step(-1)

    def close_shown(self) -> None:
        """Close the structure that is shown, unless it is the only one."""
        self._workspace.close_tab(self._workspace.session.place)

    def _step(self, by: int) -> None:
        session = self._workspace.session
        if session.kept:
            self._workspace.show_tab((session.place + by) % len(session.structures))


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"


def _facts(structure: Structure) -> str:
    facts = f"{structure.formula}, {counted(structure.n_atoms, 'atom')}"
    return "\n".join(filter(None, (structure.name, facts, structure.source)))
