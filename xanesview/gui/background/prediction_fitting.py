"""Fits a prediction to measured curves in a thread of its own; the fitting library is first imported there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xanesview.gui.background.latest_work import LatestWork

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QObject

    from xanesview.domain.processing.fitted_prediction import FitChoices, PredictionFit
    from xanesview.domain.spectrum import Spectrum


class PredictionFitting(LatestWork):
    """Fits for the newest question."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("prediction-fit", "The prediction could not be fitted", parent)

    def fit(self, measured: Sequence[Spectrum], predictions: Sequence[Spectrum], choices: FitChoices) -> None:
        """Begin to fit, instead of whatever was asked for before."""

        def fitted(cancelled: Callable[[], bool]) -> PredictionFit:
            from xanesview.domain.processing.prediction_fit import fit_series

            return fit_series(measured, predictions, choices, cancelled)

        self.ask(fitted)
