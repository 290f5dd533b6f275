"""The direction buttons: x y z, a b c, along the normal, in the plane."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject

from xanesview.domain.first_view import normal_direction
from xanesview.domain.geometry.directions import frame, named_directions, unit
from xanesview.domain.structure import Notice
from xanesview.gui.session.workspace import Workspace


class Directions(QObject):
    """Sets the arrow along a named direction; one undo step each."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace

    def available(self) -> dict[str, np.ndarray]:
        """Names and unit vectors (3,) that have a meaning for the structure shown."""
        structure = self.workspace.structure
        if structure is None:
            return {"x": np.eye(3)[0], "y": np.eye(3)[1], "z": np.eye(3)[2]}
        found = dict(named_directions(structure))
        if "normal" not in found:
            # a flat molecule has a normal too, and a bent one a π direction at the picked site
            normal = normal_direction(structure, self.workspace.session.picked)
            found["normal"], found["in-plane"] = normal, frame(normal)[0]
        return found

    def set_named(self, name: str) -> None:
        """Turn the arrow along a named direction, or say that this structure has none."""
        found = self.available()
        if name not in found:
            self.workspace.message.emit(
                Notice("direction", f"This structure has no cell vector {name}.", "Cell vectors come with a crystal.")
            )
            return
        self.set_vector(found[name])

    def set_vector(self, vector: np.ndarray) -> None:
        """Turn the arrow along any vector (3,); powder gives way to linear light, since it has no direction."""
        self.workspace.set_geometry(self.workspace.geometry.with_direction(unit(vector)))

    def x(self) -> None:
        """Along x."""
        self.set_named("x")

    def y(self) -> None:
        """Along y."""
        self.set_named("y")

    def z(self) -> None:
        """Along z."""
        self.set_named("z")

    def a(self) -> None:
        """Along the cell vector a."""
        self.set_named("a")

    def b(self) -> None:
        """Along the cell vector b."""
        self.set_named("b")

    def c(self) -> None:
        """Along the cell vector c."""
        self.set_named("c")

    def normal(self) -> None:
        """Along the surface normal, or that of a flat molecule."""
        self.set_named("normal")

    def in_plane(self) -> None:
        """In the surface, or in the plane of a flat molecule."""
        self.set_named("in-plane")
