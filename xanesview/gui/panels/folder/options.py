"""How candidates are compared: the form behind the button Options."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QCheckBox

from xanesview.gui.appearance.choice import Choice
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.panels.options_button import OptionsButton, OptionsForm
from xanesview.gui.session.candidate_ranking import RankSettings
from xanesview.texts import tr

_RANGE_TIP = "Measured energies that count, eV, such as 283–300; empty for all that are in common"
_SHIFT_TIP = "How far a structure's spectrum may be moved, ± eV: by how much energy scales differ"


class RankOptions(OptionsButton):
    """Opens the form; every change is compared at once."""

    def __init__(self, settings: Callable[[], RankSettings], change: Callable[..., None]) -> None:
        boxes = {
            "width": QCheckBox(tr("Add a width")),
            "step": QCheckBox(tr("Allow for an edge step")),
            "offset": QCheckBox(tr("Fit an offset")),
        }
        form = OptionsForm("folder", boxes, _RANGE_TIP, _SHIFT_TIP)
        form.mixtures = Choice(objectName="folder-mixtures")
        for text, most in (("none", 1), ("of two", 2), ("of up to three", 3)):
            form.mixtures.addItem(tr(text), most)
        form.mixtures.setToolTip(plain("Mix all, or the best thousand, with fractions that can't be negative"))
        form.rows.addRow(tr("Mixtures"), form.mixtures)
        super().__init__("folder-options", form, settings, change)
        self.setToolTip(plain("What counts in the comparison: range, shift, width, edge step, mixtures"))
        form.mixtures.activated.connect(lambda _row: change(most_mixed=form.mixtures.currentData()))

    def refresh(self) -> None:
        """Show what is set."""
        super().refresh()
        mixtures = self.form.mixtures
        mixtures.setCurrentIndex(mixtures.findData(self._options().most_mixed))
