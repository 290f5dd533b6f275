"""How an image's spectra are taken apart: the form behind the button Options."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QCheckBox

from xanesview.domain.images.design import CombineChoices
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.panels.options_button import OptionsButton, OptionsForm
from xanesview.texts import tr

_RANGE_TIP = "Energies that count, eV, such as 283–300; empty for all that are in common"
_SHIFT_TIP = (
    "How far components may be moved, ± eV, all by the same: by how much energy scales differ; 0 for not at all"
)


class ImageOptions(OptionsButton):
    """Opens the form; what is set holds for the next fit."""

    def __init__(self, choices: Callable[[], CombineChoices], change: Callable[..., None]) -> None:
        boxes = {
            "offset": QCheckBox(tr("Fit an offset")),
            "step": QCheckBox(tr("Allow for an edge step")),
            "area": QCheckBox(tr("Bring components to one area")),
            "sum_to_one": QCheckBox(tr("Amounts add up to one")),
        }
        boxes["area"].setToolTip(plain("Amounts are parts of the mean intensity; else of the curves as they are drawn"))
        super().__init__("image-options", OptionsForm("image", boxes, _RANGE_TIP, _SHIFT_TIP), choices, change)
        self.setToolTip(plain("What is fitted: range, shift, offset, edge step, amounts"))

    def _take_box(self, option: str, on: bool) -> None:
        changes = {option: on}
        if option == "sum_to_one" and on:  # of curves as they are: those of a mean of one would say nothing
            changes["area"] = False
        self._change(**changes)
        self.refresh()
