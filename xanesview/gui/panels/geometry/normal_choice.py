"""What names the surface normal: the slab, a Miller index, the picked atoms, a direction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from xanesview.domain.geometry.frames import normal_of_atoms, parse_normal
from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.structure import Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.flow_row import FlowRow, together
from xanesview.gui.panels.geometry.fields import is_being_typed, short_number
from xanesview.gui.panels.quiet import QuietCombo
from xanesview.gui.panels.typed_field import TypedField
from xanesview.texts import tr

OF_SLAB, ALONG_Z, MILLER, ATOMS, VECTOR = "of the slab", "z", "Miller index", "picked atoms", "direction"
_TIPS = {
    MILLER: "Miller index of the surface, such as 1, 1, 0",
    VECTOR: "Surface normal as x, y, z; any length",
}
_MOST_WHOLE = 4  # of the numbers that a direction is told in, such as 1, 1, 1
_FIRST = {MILLER: "0, 0, 1"}


class NormalChoice(QWidget):
    """What names the surface normal: the slab, a Miller index, the picked atoms, a direction."""

    entered = Signal()  # Enter was pressed on something that can be read: the keyboard is free for other things

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._workspace = context.workspace
        self._named: dict[str, str] = {}  # what was last typed for a kind
        self.kind = QuietCombo(objectName="normal-kind", toolTip="What names the surface normal n")
        self.kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.kind.activated.connect(lambda _index: self._kind_chosen(self.kind.currentData()))
        self.text = TypedField(objectName="normal-text")
        self.text.setFixedWidth(120)
        self.text.editingFinished.connect(self._typed)
        self.text.returnPressed.connect(self._entered)
        row = QVBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(FlowRow(together("Normal", self.kind, self.text)))

    def refresh(self, geometry: Geometry, structure: Structure | None) -> None:
        """Show the normal of an experiment, by what names it in this structure."""
        kinds = [ALONG_Z] if structure is None or structure.surface_normal is None else [OF_SLAB]
        if structure is not None and abs(np.linalg.det(structure.cell_angstrom)) > 1e-9:
            kinds.append(MILLER)
        kinds += [ATOMS, VECTOR]
        if [self.kind.itemData(k) for k in range(self.kind.count())] != kinds:
            self.kind.clear()
            for kind in kinds:
                self.kind.addItem(tr(kind), kind)
        kind = self._kind_of(geometry, structure, kinds)
        self.kind.setCurrentIndex(self.kind.findData(kind))
        if not is_being_typed(self.text):
            normal = (0.0, 0.0, 1.0) if geometry.normal is None else geometry.normal
            self.text.setText(self._named[MILLER] if kind == MILLER else _direction(normal))
            self.text.setCursorPosition(0)  # of what is longer than the field the beginning is seen
            self.text.setReadOnly(kind not in _TIPS)
            self._mark("")

    def _kind_of(self, geometry: Geometry, structure: Structure | None, kinds: list[str]) -> str:
        normal = np.array([0.0, 0.0, 1.0] if geometry.normal is None else geometry.normal)
        own = None if structure is None else structure.surface_normal
        if np.allclose(normal, [0.0, 0.0, 1.0] if own is None else own, atol=1e-9):
            usual = kinds[0]
            return self.kind.currentData() if self._names(self.kind.currentData(), normal, structure) else usual
        return next((kind for kind in (MILLER, ATOMS) if self._names(kind, normal, structure)), VECTOR)

    def _names(self, kind: str, normal: np.ndarray, structure: Structure | None) -> bool:
        """Whether what was last typed or picked for a kind is this normal."""
        if kind not in self._named or structure is None:
            return False
        try:
            prefix = "hkl:" if kind == MILLER else "atoms:"
            return bool(np.allclose(parse_normal(prefix + self._named[kind], structure), normal, atol=1e-9))
        except XanesviewError:
            return False

    def _kind_chosen(self, kind: str) -> None:
        structure = self._workspace.structure
        if kind in (OF_SLAB, ALONG_Z):
            self._named = {}
            self._set(None if kind == ALONG_Z else structure.surface_normal)
        elif kind == MILLER:
            self._named[MILLER] = self._named.get(MILLER, _FIRST[MILLER])
            self._set(parse_normal("hkl:" + self._named[MILLER], structure))
            self.text.setFocus()
            self.text.selectAll()
        elif kind == ATOMS:
            self._take_atoms(structure)
        else:
            self.text.setReadOnly(False)
            self.text.setFocus()
            self.text.selectAll()

    def _take_atoms(self, structure: Structure | None) -> None:
        picked = self._workspace.session.picked
        try:
            if structure is None or len(picked) < 3:
                raise XanesviewError("Three picked atoms span a surface.", "Pick at least three in the 3D view.")
            normal = normal_of_atoms(structure, picked)
        except XanesviewError as error:
            self._workspace.message.emit(Notice("structure", error.message, error.hint))
            self.refresh(self._workspace.geometry, structure)
            return
        self._named[ATOMS] = ",".join(map(str, picked))
        self._set(normal)

    def _typed(self) -> None:
        if not self.text.isModified():
            return
        self.text.setModified(False)
        kind, text, structure = self.kind.currentData(), self.text.text(), self._workspace.structure
        try:
            normal = parse_normal(("hkl:" if kind == MILLER and ":" not in text else "") + text, structure)
        except XanesviewError as error:
            self._mark(f"{error.message} {error.hint}".strip())
            return
        self._mark("")  # at once: a marked text is left alone by `refresh`
        if kind == MILLER:
            self._named[MILLER] = text.partition(":")[2].strip() or text.strip()
        self._set(normal)

    def _entered(self) -> None:
        self._typed()
        if not self.text.property("invalid"):
            self.entered.emit()

    def _set(self, normal: np.ndarray | None) -> None:
        geometry = self._workspace.geometry
        exact_normal = None if normal is None else tuple(float(x) for x in normal)
        self._workspace.set_geometry(geometry.with_normal(exact_normal), text="choose surface normal")
        self.refresh(self._workspace.geometry, self._workspace.structure)

    def _mark(self, problem: str) -> None:
        normal = self._workspace.geometry.normal or (0.0, 0.0, 1.0)
        numbers = ", ".join(short_number(round(x, 6) + 0.0) for x in normal)
        tip = _TIPS.get(self.kind.currentData(), "The surface normal n")
        self.text.mark(problem, f"{tip}\nn = ({numbers})")


def _direction(normal: Sequence[float]) -> str:
    """Return a direction in numbers that fit the field: as small whole numbers if it has them, else three decimals."""
    parts = np.asarray(normal, dtype=np.float64)
    least = np.abs(parts[np.abs(parts) > 1e-9]).min()
    for factor in range(1, _MOST_WHOLE + 1):
        whole = parts / least * factor
        if np.allclose(whole, np.round(whole), atol=1e-6) and np.abs(whole).max() < _MOST_WHOLE + 0.5:
            return ", ".join(short_number(round(x) + 0.0) for x in whole.tolist())
    return ", ".join(short_number(round(x, 3) + 0.0) for x in parts.tolist())
