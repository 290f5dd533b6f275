"""The microscope of an energy-loss measurement: energies, apertures, detector."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from xanesview.domain.geometry.momentum_transfer import ElectronEnergyLoss, characteristic_angle_mrad
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.plain_text import Label
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.flow_row import FlowRow, together, word
from xanesview.gui.panels.geometry.collection_plot import CollectionPlot, MixingBar
from xanesview.gui.panels.geometry.fields import number
from xanesview.gui.panels.quiet import QuietNumber

_FIELDS = (
    ("beam_energy_kev", "E₀", "keV", "Energy of the beam electrons, keV", (1.0, 3000.0), 10.0),
    ("collection_semi_angle_mrad", "β", "mrad", "Collection semi-angle, mrad", (1e-3, 1000.0), 0.5),
    ("convergence_semi_angle_mrad", "α", "mrad", "Convergence semi-angle, mrad; 0: parallel", (0.0, 1000.0), 0.5),
    ("detector_offset_mrad", "Offset", "mrad", "From the axis to the aperture's middle, mrad", (0.0, 1000.0), 0.5),
    ("detector_azimuth_deg", "towards", "°", "Where the aperture is, about the beam, degrees", (-360.0, 360.0), 15.0),
    ("energy_loss_ev", "Loss", "eV", "Energy loss, about that of the edge, eV", (1.0, 1e5), 5.0),
)  # fmt: skip


class ElectronForm(QWidget):
    """Fields of `ElectronEnergyLoss` with the mixing of the momentum transfer and the anisotropy over β."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._workspace = context.workspace
        self._gesture: int | None = None
        self.fields: dict[str, QuietNumber] = {}
        pieces = []
        for name, sign, unit, tip, limits, step in _FIELDS:
            field = number(name, tip, self._workspace.begin_gesture, limits=limits, step=step, width=58)
            field.edited.connect(lambda value, gesture, name=name: self._set(name, value, gesture))
            self.fields[name] = field
            pieces.append(together(sign, field, unit))
        self._azimuth = pieces[4]
        self.relativistic = QCheckBox("relativistic", objectName="relativistic")
        self.relativistic.setToolTip("θ<sub>E</sub> = E/γmv² and retarded momentum, else θ<sub>E</sub> = E/2E₀")
        self.relativistic.clicked.connect(lambda checked: self._set("relativistic", checked, None))
        self._row = FlowRow(*pieces, together(self.relativistic))
        self.told: Label = word("")
        self.told.setTextFormat(Qt.TextFormat.RichText)  # of our own words alone
        self.told.setWordWrap(True)
        self.bar, self.plot = MixingBar(), CollectionPlot()
        self.plot.dragged.connect(self._plot_dragged)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for part in (self._row, self.told):
            column.addWidget(part)

    def refresh(self, geometry: ElectronEnergyLoss) -> None:
        """Show an experiment."""
        for name, field in self.fields.items():
            field.set_value(getattr(geometry, name))
        self.relativistic.setChecked(geometry.relativistic)
        self._azimuth.setVisible(geometry.detector_offset_mrad > 0.0)
        self.bar.show_share(geometry.parallel_share)
        self.plot.show_experiment(geometry)
        theta_e = characteristic_angle_mrad(geometry.energy_loss_ev, geometry.beam_energy_kev, geometry.relativistic)
        magic = self.plot.magic_mrad
        words = f", magic β = {magic:.3g} mrad" if magic is not None else f". {self.plot.no_magic}"
        self.told.setText(f"Characteristic angle θ<sub>E</sub> = {theta_e:.3g} mrad{words}")
        self._row.ask_for_lines()

    def _set(self, name: str, value: float | bool, gesture: int | None) -> None:
        geometry = self._workspace.geometry
        if not isinstance(geometry, ElectronEnergyLoss):
            return
        try:
            changed = replace(geometry, **{name: value})
        except XanesviewError as error:
            self.fields[name].mark(f"{error.message} {error.hint}".strip(), "")
            return
        self._workspace.set_geometry(changed, gesture, "set microscope")

    def _plot_dragged(self, angle_mrad: float, phase: str) -> None:
        if phase == "begin":
            self._gesture = self._workspace.begin_gesture()
        elif phase == "move":
            self._set("collection_semi_angle_mrad", angle_mrad, self._gesture)
        elif phase == "cancel":
            self._workspace.take_back(self._gesture)
