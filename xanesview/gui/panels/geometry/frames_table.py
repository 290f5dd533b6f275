"""The field and the beam in all frames: laboratory, surface, sample, crystal."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from xanesview.domain.geometry.beam import PolarisedBeam
from xanesview.domain.geometry.directions import frame
from xanesview.domain.geometry.frames import in_crystal_axes, laboratory_axes
from xanesview.domain.geometry.geometry import Geometry, direction_text
from xanesview.domain.structure import Structure
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain

_LABORATORY_TIP = "The beam is the third axis, s lies in the surface, p in the plane of incidence"
_NORMAL_TIP = "The beam is the third axis; along the normal s and p are one, and p is taken as the field"
_CRYSTAL_TIP = "Parts u, v, w along the cell vectors: u a + v b + w c, scaled so that the largest is 1"
_FRAMES = (
    ("laboratory", "s, p, k", _LABORATORY_TIP),
    ("surface", "e₁, e₂, n", "n is the surface normal, e₁ is x projected into the surface"),
    ("sample", "x, y, z", "Cartesian axes of the structure"),
    ("crystal", "a, b, c (largest 1)", _CRYSTAL_TIP),
)


class FramesTable(QWidget):
    """One row a frame, with the numbers of ε and k in it; rows without a meaning here are hidden."""

    def __init__(self) -> None:
        super().__init__()
        self._names_shown = True
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACING)
        self._grid.setVerticalSpacing(1)
        self._heads = [self._label(0, column, "", True) for column in (2, 3)]
        self.cells: dict[str, list[Label]] = {}
        for row, (name, axes, tip) in enumerate(_FRAMES, start=1):
            labels = [self._label(row, 0, name, True), self._label(row, 1, axes, True)]
            for label in labels:
                label.setToolTip(plain(f"{name.capitalize()}: {tip}"))
            values = [self._label(row, column, "", False) for column in (2, 3)]
            for label in values:
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.cells[name] = [*labels, *values]
        self._grid.setColumnStretch(4, 1)

    def _label(self, row: int, column: int, text: str, quiet: bool) -> Label:
        label = Label(text)
        label.setProperty("small", True)
        label.setProperty("muted", quiet)
        self._grid.addWidget(label, row, column)
        return label

    def set_names_shown(self, shown: bool) -> None:
        """Name the frames beside their axes, where there is room."""
        self._names_shown = shown
        for labels in self.cells.values():
            labels[0].setVisible(shown and not labels[1].isHidden())

    def refresh(self, geometry: Geometry, structure: Structure | None) -> None:
        """Show where the field (or the beam, where an experiment has no other direction) stands."""
        shown = {geometry.symbol: np.asarray(geometry.direction)} if geometry.uses else {}
        if isinstance(geometry, PolarisedBeam):
            shown["k"] = np.asarray(geometry.beam)
        self.setVisible(bool(shown))
        for head, name in zip(self._heads, (*shown, "", ""), strict=False):
            head.setText(name)
        at_normal = isinstance(geometry, PolarisedBeam) and geometry.is_normal_incidence
        for label in self.cells["laboratory"][:2]:
            label.setToolTip(plain(f"Laboratory: {_NORMAL_TIP if at_normal else _LABORATORY_TIP}"))
        for name, labels in self.cells.items():
            there = self._is_there(name, geometry, structure)
            for label in labels:
                label.setVisible(there and (label is not labels[0] or self._names_shown))
            if there:
                texts = [self._text(name, vector, geometry, structure) for vector in shown.values()]
                for label, text in zip(labels[2:], (*texts, "", ""), strict=False):
                    label.setText(text)

    @staticmethod
    def _is_there(name: str, geometry: Geometry, structure: Structure | None) -> bool:
        if name == "laboratory":
            return isinstance(geometry, PolarisedBeam)
        if name == "crystal":
            return structure is not None and bool(abs(np.linalg.det(structure.cell_angstrom)) > 1e-9)
        return True

    @staticmethod
    def _text(name: str, vector: np.ndarray, geometry: Geometry, structure: Structure | None) -> str:
        if name == "laboratory":
            return direction_text(laboratory_axes(geometry.beam, geometry.normal, geometry.direction) @ vector)
        if name == "surface":
            return direction_text(frame(geometry.normal) @ vector)
        if name == "crystal":
            return direction_text(in_crystal_axes(structure, vector))
        return direction_text(vector)
