"""Rows of the folder summed with weights, which are typed or come from the energies of conformers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QWidget,
)

from xanesview.domain.conformer import ROOM_K
from xanesview.domain.ranking.conformers import boltzmann_shares, check_one_molecule
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label
from xanesview.gui.background.engine_process import EngineProcess
from xanesview.gui.dialogs.asking import OutcomeLine, fill, number_box
from xanesview.processes import command_of
from xanesview.shown.weighted_sum import BY_HAND, shares_of, sum_name
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.shown.predicted_structure import PredictedStructure

ENERGIES = command_of("xanesview.reference.engine.energy_worker")
_SAID = (
    "The mean of the selected spectra stays on the plot as a curve. Weights count absorbing atoms, as the fractions "
    "of mixtures do; only their ratios matter."
)
_STAGE = re.compile(r"(\d{1,6}) of (\d{1,6})")
_DECIMALS = 4
_LARGEST_LIST_PX = 260


class WeightedSumDialog(QDialog):
    """Asks for a weight of each structure; energies are computed beside the window.

    Parameters
    ----------
    structures : two at least
    """

    def __init__(self, parent: QWidget | None, structures: Sequence[PredictedStructure]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Sum with weights")
        self.setMinimumWidth(460)
        self.structures = tuple(structures)
        self.engine = EngineProcess(self, ENERGIES)
        self.engine.progressed.connect(self._follow)
        self.engine.answered.connect(self._take)
        self.engine.died.connect(self._bury)
        self._number: int | None = None
        self._energies_ev: list[float] = []
        self._by_energy = False
        self._make_fields()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.ok_button = buttons.button(QDialogButtonBox.StandardButton.Ok)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._arrange(buttons)
        self._tell()

    def _make_fields(self) -> None:
        self.weights: list[QDoubleSpinBox] = []
        for one in self.structures:
            told = tr("Weight of {name}").format(name=one.name)
            box = number_box(0.0, 1000.0, 1.0 / len(self.structures), 0.1, "", "sum-weight", told, _DECIMALS)
            box.valueChanged.connect(self._take_typed)
            self.weights.append(box)
        self.energy_button = QPushButton("By energy", objectName="sum-by-energy")
        self.energy_button.setToolTip(
            "Shares exp(−E/kT) of conformers, from the GFN2-xTB energies of the structures as they lie"
        )
        self.energy_button.clicked.connect(self.weigh_by_energy)
        self.stop_button = QPushButton("Stop", objectName="sum-stop")
        self.stop_button.clicked.connect(self._give_up)
        self.temperature = number_box(1.0, 5000.0, ROOM_K, 10.0, " K", "sum-temperature", "Temperature of the shares")
        self.temperature.valueChanged.connect(lambda _value: self._fill() if self._by_energy else None)
        self.outcome = OutcomeLine()

    def _arrange(self, buttons: QDialogButtonBox) -> None:
        names = QWidget()
        rows = QFormLayout(names)
        rows.setContentsMargins(0, 0, SPACING, 0)
        for one, box in zip(self.structures, self.weights, strict=True):
            label = Label("", wordWrap=True)
            label.setText(one.name)
            rows.addRow(label, box)
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        area.setWidget(names)
        area.setFixedHeight(min(names.sizeHint().height() + 2, _LARGEST_LIST_PX))
        energy = QHBoxLayout()
        for widget in (self.energy_button, self.stop_button):
            energy.addWidget(widget)
        energy.addStretch(1)
        form = QFormLayout()
        form.addRow(area)
        form.addRow("&Temperature", self.temperature)
        form.addRow(energy)
        fill(self, _SAID, form, self.outcome, buttons)

    # ---- what comes of it ----

    @property
    def typed(self) -> list[float]:
        """The weights, of any sum."""
        return [box.value() for box in self.weights]

    @property
    def said(self) -> str:
        """Where the weights come from."""
        if not self._by_energy:
            return BY_HAND
        return f"exp(−E/kT) of GFN2-xTB energies as they lie, {self.temperature.value():g} K"

    def done(self, result: int) -> None:
        """Close; energies that are still computed are given up."""
        self._number = None
        self.engine.stop()
        super().done(result)

    # ---- energies ----

    def weigh_by_energy(self) -> None:
        """Compute the energies, or say why shares can't be had from them."""
        if self._energies_ev:
            self._fill()
            return
        from xanesview.reference.engine.gfn2 import check
        from xanesview.reference.engine.relaxation_worker import job_of

        own = [one.structure for one in self.structures]
        try:
            check_one_molecule([one.formula for one in own], [one.charge for one in own])
            for one in own:
                check(one)
        except XanesviewError as error:
            self.outcome.refuse(error)
            return
        self._number = self.engine.ask({"molecules": [job_of(one) for one in own]})
        self._tell_energies(0)

    def _give_up(self) -> None:
        self._number = None
        self.engine.stop()
        self._tell()

    def _follow(self, number: int, stage: str) -> None:
        counted = _STAGE.fullmatch(stage)
        if number == self._number and counted:
            self._tell_energies(int(counted[1]))

    def _tell_energies(self, done: int) -> None:
        self._enable()
        words = tr("Energies with GFN2-xTB: {done} of {n}")
        self.outcome.say(words.format(done=done, n=len(self.structures)))

    def _take(self, number: int, answer: dict) -> None:
        if number != self._number:
            return
        self._number = None
        self.engine.stop()
        self._enable()
        if "error" in answer:
            self.outcome.refuse(XanesviewError(answer["error"], answer.get("hint", "")))
            return
        self._energies_ev = [float(one) for one in answer["energies_ev"]]
        self._fill()

    def _bury(self, number: int, what: str) -> None:
        if number == self._number:
            self._number = None
            self._enable()
            self.outcome.refuse(XanesviewError(f"The process that computes energies {what}.", "Try it again."))

    # ---- weights ----

    def _fill(self) -> None:
        shares = boltzmann_shares(self._energies_ev, self.temperature.value()).tolist()
        for box, share in zip(self.weights, shares, strict=True):
            with QSignalBlocker(box):
                box.setValue(share)
        self._by_energy = True
        self._tell()

    def _take_typed(self, _value: float) -> None:
        self._by_energy = False
        self._tell()

    def _tell(self) -> None:
        self._enable()
        try:
            shares = shares_of(self.typed).tolist()
        except XanesviewError as error:
            self.ok_button.setEnabled(False)
            self.outcome.refuse(error)
            return
        self.outcome.say(sum_name([one.name for one in self.structures], shares))

    def _enable(self) -> None:
        busy = self._number is not None
        self.ok_button.setEnabled(not busy and sum(self.typed) > 0.0)
        self.energy_button.setEnabled(not busy)
        self.stop_button.setVisible(busy)
        for box in (*self.weights, self.temperature):
            box.setEnabled(not busy)
