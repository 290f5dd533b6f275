"""The row of a slab: sites by layer, and their weights by the depth from which electrons escape."""

from __future__ import annotations

from collections import Counter

import numpy as np
from PySide6.QtWidgets import QMenu, QToolButton, QVBoxLayout, QWidget

from xanesview.domain.counts import counted
from xanesview.domain.layers import LAYER_NAMES, TEY_ANGSTROM, SlabLayers, slab_layers
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.typed_numbers import parse_number
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.flow_row import FlowRow, together
from xanesview.gui.panels.number_field import NumberField

_TIP = (
    "Electron escape depth L in Å: a site at depth d weighs exp(−d/L). Some 20 to 50 Å for total electron yield at the "
    "C K edge, 5 to 10 for Auger yield. Empty: all sites weigh the same"
)


class EscapeDepth(NumberField):
    """An escape depth in Å; empty where depth does not weigh."""

    def show_depth(self, depth_angstrom: float | None) -> None:
        """Show a depth, or that there is none."""
        self.set_value(0.0 if depth_angstrom is None else depth_angstrom)


class LayerRow(QWidget):
    """A menu of layers, and the escape depth that weighs the sites.

    What is shown of the depth is read from the weights of the session, so that it is right after an undo, too.
    """

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._workspace = context.workspace
        self.layers: SlabLayers | None = None
        self._names: dict[int, str] = {}
        self._menu = QMenu()  # a child would hang on an inner window, which the 3D view makes of the desk
        self._menu.aboutToShow.connect(self._fill_menu)
        self.pick = QToolButton(text="Layer", toolTip="Pick the sites of a layer", objectName="pick-layer")
        self.pick.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.pick.setMenu(self._menu)
        self.depth = EscapeDepth(
            "escape-depth", _depth, lambda value: f"{value:g}" if value else "", 5.0, (0.0, 1e4),
            self._workspace.begin_gesture,
        )  # fmt: skip
        self.depth.set_tip(_TIP)
        self.depth.setPlaceholderText("off")
        self.depth.setFixedWidth(56)
        self.depth.edited.connect(self.weigh)
        self.yield_button = QToolButton(
            text="TEY", checkable=True, toolTip="Total electron yield: an escape depth of 25 Å", objectName="tey"
        )
        self.yield_button.clicked.connect(lambda checked: self.weigh(TEY_ANGSTROM if checked else 0.0))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(FlowRow(self.pick, together("Escape depth", self.depth, "Å", self.yield_button)))

    def refresh(self) -> None:
        """Find the layers of the structure that is shown; a structure that is no slab has none."""
        structure, sites = self._workspace.structure, self._workspace.shown.absorbers
        self.layers, self._names = None, {}
        if structure is not None and structure.surface_normal is not None and sites:
            self.layers = slab_layers(structure, sites)
            self._names = dict(zip(self.layers.sites.tolist(), self.layers.names, strict=True))
        self.setVisible(self.layers is not None)
        self.show_depth()

    def layer_of(self, site: int) -> str:
        """Return the layer of a site as "surface (1)"; empty where there are none."""
        if self.layers is None or site not in self._names:
            return ""
        number = int(self.layers.layer[self.layers.sites == site][0]) + 1
        return f"{number} {self._names[site]}"

    def weigh(self, depth_angstrom: float, gesture: int | None = None) -> None:
        """Weigh all sites by an escape depth, Å; 0: all weigh 1."""
        if self.layers is None:
            return
        depth = depth_angstrom > 0
        weights = self.layers.escape_weights(depth_angstrom) if depth else np.ones(len(self.layers.sites))
        text = "weigh sites by depth" if depth else "weigh sites alike"
        of_sites = dict(zip(self.layers.sites.tolist(), weights.tolist(), strict=True))
        self._workspace.set_site_weights(of_sites, text, gesture)

    def show_depth(self) -> None:
        """Show the escape depth that the weights are of, if they are of any."""
        depth = None if self.layers is None else self._depth_of_weights()
        self.depth.show_depth(depth)
        self.yield_button.setChecked(depth is not None and abs(depth - TEY_ANGSTROM) < 1e-6)

    def _depth_of_weights(self) -> float | None:
        session = self._workspace.session
        return self.layers.escape_depth_of([session.weight_of(int(site)) for site in self.layers.sites])

    def _fill_menu(self) -> None:
        self._menu.clear()
        if self.layers is None:
            return
        counts = Counter(self._names.values())
        for name in LAYER_NAMES:
            if counts[name]:
                text = f"{name.capitalize()} ({counted(counts[name], 'site')})"
                self._menu.addAction(text).triggered.connect(lambda _checked=False, n=name: self.pick_layers(n))
        self._menu.addSeparator()
        for number in range(1, self.layers.n_layers + 1):
            rows = self.layers.layer == number - 1
            depth = self.layers.depth_angstrom[rows].mean()
            action = self._menu.addAction(f"Layer {number} ({depth:.1f} Å deep)")
            action.triggered.connect(lambda _checked=False, n=number: self.pick_layers(str(n)))

    def pick_layers(self, *words: str) -> None:
        """Pick the sites of layers, by name or number."""
        self._workspace.pick(self.layers.chosen(words).tolist())


def _depth(text: str) -> float:
    if not text.replace("Å", "").strip():
        return 0.0
    value = parse_number(text.replace("Å", ""))
    if value < 0.0:
        raise XanesviewError("The escape depth must be a positive number of Å.", "Such as 25 for electron yield.")
    return value
