"""A folder that is opened where nothing is shown yet: its first structure is shown, and that is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from xanesview.domain.structure import Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.gui.actions.opening import Opening
from xanesview.gui.session.workspace import Workspace

if TYPE_CHECKING:
    from xanesview.io.structure_sources import StructureSource

#: Kind of the notice that tells which structure of many is shown.
FOLDER = "folder"


class FirstOfMany(QObject):
    """Shows the first structure of a list that can be read, unless something is shown or being read already."""

    def __init__(self, workspace: Workspace, opening: Opening) -> None:
        super().__init__(opening)
        self._workspace, self._opening = workspace, opening
        workspace.candidates.reset.connect(self._look)

    def _look(self) -> None:
        sources = [row.source for row in self._workspace.candidates.rows]
        if not sources or self._workspace.structure is not None or self._opening.reading.is_busy:
            return
        self._opening.read_beside(sources[0].path, lambda: _first(sources), lambda read: self._show(*read))

    def _show(self, structure: Structure, source: StructureSource) -> None:
        self._opening.show_structure(structure)
        title, count = self._workspace.candidates.title, len(self._workspace.candidates.rows)
        name = source.name_of(structure)
        if count == 1:
            notice = Notice(FOLDER, f"{title} holds one structure: {name} is shown.")
        else:
            message = f"{name} is shown, the first of {count:,} structures in {title}."
            notice = Notice(FOLDER, message, "The Folder tab lists all; a double click there shows another.")
        self._workspace.message.emit(notice)


def _first(sources: Sequence[StructureSource]) -> tuple[Structure, StructureSource]:
    """Read the first that can be read; what is wrong with the others stands in the list."""
    problem: XanesviewError | None = None
    for source in sources:
        try:
            return source.read(), source
        except XanesviewError as error:
            problem = problem or error
    raise problem
