"""The measures that stand on a network's card, as a short table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.networks.card import Card

#: Measure on the card: how the table calls it, and the factor it is shown with.
MEASURES = {
    "n_sites": ("Sites", 1.0),
    "mse_mean": ("Polarised MSE, mean", 1.0),
    "mse_median": ("Polarised MSE, median", 1.0),
    "share_below_0.1": ("Polarised MSE below 0.1 (%)", 100.0),
    "fitted_mse_mean": ("Polarised MSE of the fitted tensor", 1.0),
    "isotropic_mse": ("Isotropic MSE, mean", 1.0),
    "isotropic_mse_median": ("Isotropic MSE, median", 1.0),
    "isotropic_gradient_mse": ("Isotropic gradient MSE (1/eV²)", 1.0),
    "isotropic_curvature_mse": ("Isotropic curvature MSE (1/eV⁴)", 1.0),
    "peak_position_error_ev": ("Peak position, mean error (eV)", 1.0),
    "peak_intensity_error_percent": ("Peak intensity, mean error (%)", 1.0),
    "ip_mae_ev": ("Ionisation potential, mean error (eV)", 1.0),
    "e0_mae_ev": ("E₀, mean error (eV)", 1.0),
    "molecular_sum_mse": ("MSE of whole molecules", 1.0),
    "band_holds_percent": ("Reference within the band (%), 68 wanted", 1.0),
    "outside_domain_percent": ("Outside the training domain (%)", 1.0),
}
_SPLITS = ("val", "test")


class MeasuresTable(QTableWidget):
    """One line a measure, one column a split."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("measures")
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(24)
        self.horizontalHeader().setHighlightSections(False)

    def show_card(self, card: Card | None) -> None:
        """Fill the table with what the card tells of its tests."""
        found = {} if card is None else {s: card.metrics[s] for s in _SPLITS if s in card.metrics}
        rows = [(key, *MEASURES[key]) for key in MEASURES if any(key in one for one in found.values())]
        self.clear()
        self.setRowCount(len(rows))
        self.setColumnCount(1 + len(found))
        titles = {"val": "validation", "test": "test"}
        self.setHorizontalHeaderLabels([tr("Measure"), *(tr(titles[split]) for split in found)])
        self.horizontalHeaderItem(0).setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for row, (key, name, factor) in enumerate(rows):
            self.setItem(row, 0, QTableWidgetItem(tr(name)))
            for column, metrics in enumerate(found.values(), start=1):
                item = QTableWidgetItem(shown_number(metrics.get(key), factor))
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(row, column, item)


def shown_number(value: object, factor: float = 1.0) -> str:
    """Return a measure as it stands in the table; a dash where there is none."""
    if not isinstance(value, int | float) or value != value:
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    value *= factor
    text = f"{value:.3g}" if abs(value) >= 0.001 or value == 0 else f"{value:.1e}"
    return text.replace("-", "−")
