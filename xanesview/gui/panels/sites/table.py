"""The table of absorbers: one row a site of the network's element."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from xanesview.domain.structure import Notice, bonds, neighbours_of, site_description
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.appearance.site_colours import site_colours
from xanesview.gui.appearance.typed_numbers import parse_number
from xanesview.gui.session.workspace import Workspace
from xanesview.shown.names import site_name
from xanesview.shown.site_warnings import warning_of
from xanesview.texts import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from xanesview.inference.domain_check import SiteVerdict

#: Equivalent sites are looked for in structures with up to this many absorbers.
MOST_CLASSIFIED = 400

SITE, ATOM, ENVIRONMENT, CLASS, ORBIT, LAYER, WEIGHT, SOURCE, WARNING = range(9)
HEADINGS = ("Site", "Atom", "Bonded to", "Class", "Orbit", "Layer", "Weight", "Source", "Trust")
TIPS = (
    "Ticked sites are in the sum; the colour is that of the site's curve",
    "Number of the atom in the file, from 0",
    "Elements bonded to this atom",
    "Equivalent sites carry the same letter",
    "Number of the orbit, and how many sites symmetry maps onto one another in it",
    "Layer of the slab, counted from the side that the surface normal points to",
    "Weight in the sum; double-click to change",
    "Predicted by the network, or computed from first principles",
    "Sites outside the training data, and sites whose error is expected to be among the largest",
)


class SiteTable(QAbstractTableModel):
    """Rows are the absorbers of the structure; reads the workspace, writes through it."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.sites: tuple[int, ...] = ()
        self._rows: dict[int, int] = {}
        self._colours: dict[int, str] = {}
        self._bonds = None
        self._environments: dict[int, str] = {}
        self._classes: np.ndarray | None = None
        self.orbit_of: Callable[[int], tuple[int, int] | None] = lambda _site: None
        self.layer_of: Callable[[int], str] = lambda _site: ""
        workspace.structure_changed.connect(self.rebuild)
        workspace.network_changed.connect(self.rebuild)
        workspace.selection_changed.connect(self.repaint_rows)
        workspace.looks_changed.connect(self.repaint_rows)
        workspace.prediction_changed.connect(self.repaint_rows)
        workspace.computation.changed.connect(self.repaint_rows)
        self.rebuild()

    def rebuild(self) -> None:
        """List the absorbers anew; environments and classes are found when first shown."""
        self.beginResetModel()
        self.sites = self.workspace.shown.absorbers
        self._rows = {site: row for row, site in enumerate(self.sites)}
        self._colours = site_colours(self.workspace.session)
        self._bonds = None
        self._environments = {}
        self._classes = None
        self.endResetModel()

    def repaint_rows(self) -> None:
        """Ticks, colours or weights have changed."""
        self._colours = site_colours(self.workspace.session)
        if self.sites:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.sites) - 1, WARNING))

    # ---- what others ask of the rows ----

    def row_of(self, site: int) -> int:
        """Row of an atom, -1 if it isn't an absorber."""
        return self._rows.get(site, -1)

    def classes(self) -> np.ndarray | None:
        """Class label of each row (S,), or None where the structure is too large to look for equivalent sites."""
        structure = self.workspace.structure
        if self._classes is None and structure is not None and 0 < len(self.sites) <= MOST_CLASSIFIED:
            from xanesview.domain.symmetry import site_classes

            labels = site_classes(structure, np.array(self.sites))
            order = {label: number for number, label in enumerate(dict.fromkeys(labels.tolist()))}
            self._classes = np.array([order[label] for label in labels.tolist()])
        return self._classes

    def equivalent_to(self, sites) -> tuple[int, ...]:
        """All absorbers in the classes of `sites`."""
        labels = self.classes()
        if labels is None:
            raise XanesviewError(
                f"Equivalent sites are looked for among up to {MOST_CLASSIFIED} absorbers; there are "
                f"{len(self.sites)} here.",
                "Pick the sites in the table or in the 3D view.",
            )
        wanted = {labels[self.row_of(site)] for site in sites if site in self._rows}
        return tuple(site for site, label in zip(self.sites, labels, strict=True) if label in wanted)

    def neighbour_elements(self) -> tuple[str, ...]:
        """Elements that some absorber is bonded to (first rows of a large table only)."""
        structure = self.workspace.structure
        if structure is None:
            return ()
        found = {structure.symbols[j] for i in self.sites[:MOST_CLASSIFIED] for j in self._neighbours(i)}
        return tuple(sorted(found))

    def bonded_to(self, symbol: str) -> tuple[int, ...]:
        """Absorbers with a neighbour of this element."""
        structure = self.workspace.structure
        return tuple(i for i in self.sites if any(structure.symbols[j] == symbol for j in self._neighbours(i)))

    def _neighbours(self, site: int) -> list[int]:
        structure = self.workspace.structure
        if self._bonds is None:
            self._bonds = bonds(structure)
        return neighbours_of(structure, site, self._bonds)

    def environment(self, site: int) -> str:
        """Neighbours of a site in words, "2 C 1 H"."""
        if site not in self._environments:
            if self._bonds is None:
                self._bonds = bonds(self.workspace.structure)
            self._environments[site] = site_description(self.workspace.structure, site, self._bonds) or "no neighbour"
        return self._environments[site]

    # ---- Qt's side ----

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """Number of absorbers."""
        return 0 if parent is not None and parent.isValid() else len(self.sites)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        """Number of columns."""
        return 0 if parent is not None and parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole):
        """Column headings and their explanations."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(HEADINGS[section])
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return tr(TIPS[section])
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in (ATOM, WEIGHT) else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        """Sites can be ticked, weights edited."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() == SITE:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        if index.column() == WEIGHT:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole):
        """One cell."""
        site, column = self.sites[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(self._text(site, index.row(), column))
        if role == Qt.ItemDataRole.EditRole and column == WEIGHT:
            return f"{self.workspace.session.weight_of(site):g}"
        if role == Qt.ItemDataRole.CheckStateRole and column == SITE:
            return Qt.CheckState.Checked if site in self._colours else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.DecorationRole and column == SITE:
            return _swatch(self._colours.get(site))
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (ATOM, WEIGHT):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ToolTipRole:
            verdict = self._verdict(site)
            return plain((verdict is not None and warning_of(verdict)) or TIPS[column])
        return None

    def _text(self, site: int, row: int, column: int) -> str:
        if column == SITE:
            return site_name(self.workspace.structure, site)
        if column == ATOM:
            return str(site)
        if column == ENVIRONMENT:
            return self.environment(site)
        if column == CLASS:
            labels = self.classes()
            return "–" if labels is None else _letters(int(labels[row]))
        if column == ORBIT:
            orbit = self.orbit_of(site)
            return "–" if orbit is None else f"{orbit[0]} (×{orbit[1]})"
        if column == LAYER:
            return self.layer_of(site)
        if column == SOURCE:
            return self._source(site)
        if column == WARNING:
            verdict = self._verdict(site)
            return "" if verdict is None or verdict.warning == "none" else verdict.warning
        return f"{self.workspace.session.weight_of(site):.4g}"

    def _source(self, site: int) -> str:
        workspace = self.workspace
        if site in workspace.computation.atoms:
            return "computing…"
        if site in workspace.shown.computed_sites:
            return "computed"
        return "predicted" if site in workspace.shown.predicted_sites else "–"

    @property
    def has_warnings(self) -> bool:
        """Whether a listed site is outside the training data or uncertain."""
        prediction = self.workspace.shown.prediction
        return prediction is not None and any(v.warning != "none" and v.atom in self._rows for v in prediction.verdicts)

    def _verdict(self, site: int) -> SiteVerdict | None:
        prediction = self.workspace.shown.prediction
        return None if prediction is None else next((v for v in prediction.verdicts if v.atom == site), None)

    def setData(self, index: QModelIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tick a site or change its weight."""
        site = self.sites[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == SITE:
            self.workspace.toggle_pick(site)
            return True
        if role == Qt.ItemDataRole.EditRole and index.column() == WEIGHT:
            try:
                self.workspace.set_site_weight(site, parse_number(str(value)))
            except XanesviewError as error:
                self.workspace.message.emit(Notice("sites", error.message, error.hint))
                return False
            return True
        return False


def _letters(number: int) -> str:
    """a, b, … z, aa, ab …"""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("a") + rest) + text
    return text


def _swatch(colour: str | None) -> QIcon:
    """A small filled disc in the site's colour, empty where the site isn't picked."""
    size = QSize(24, 24)
    pixmap = QPixmap(size)
    pixmap.setDevicePixelRatio(2.0)
    pixmap.fill(Qt.GlobalColor.transparent)
    if colour is not None:
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(1, 2, 10, 8, 2, 2)
        painter.end()
    swatch = QIcon(pixmap)
    swatch.addPixmap(pixmap, QIcon.Mode.Selected)  # Qt would tint it with the selection
    return swatch
