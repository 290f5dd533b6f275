"""A fit told of the measured curve: how that is brought onto the prediction, which stays on its energies.

The model moves the prediction, scale · prediction(E − shift) + offset; a window that has one prediction and several
measured curves moves these. Shift, scale and offset of the one are −shift, 1/scale and −offset/scale of the other, and
their covariance goes along by the derivatives.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xanesview.domain.processing.fitted_prediction import FittedValue, PredictionFit

LABELS = {
    "shift_ev": "Shift of the measured curve",
    "scale": "Factor of the measured curve",
    "offset": "Offset of the measured curve",
}
"""What is told of the measured curve; a positive shift moves it to higher energies. All else is of the prediction."""


@dataclass(frozen=True, eq=False)
class MeasuredFit:
    """Values of a fit, and correlations (N, N) of those with errors, `names`, as `PredictionFit` has them."""

    values: tuple[FittedValue, ...]
    names: tuple[str, ...]
    correlations: np.ndarray

    def __getitem__(self, name: str) -> FittedValue:
        return next(one for one in self.values if one.name == name)


def _is_shared(value: FittedValue, fit: PredictionFit) -> bool:
    """Tell whether a value is the offset of one more curve of a series that has one offset for all."""
    return value.name.startswith("offset_") and value.name not in fit.names and value.value == fit["offset_1"].value


def of_measured(fit: PredictionFit, curve: int = 0) -> MeasuredFit:
    """Return what a fit found as changes of one of its measured curves, by number from 0."""
    scale, offset_name = fit["scale"].value, f"offset_{curve + 1}"
    offset = fit[offset_name].value
    new = {"shift_ev": -fit["shift_ev"].value, "scale": 1.0 / scale, offset_name: -offset / scale}
    rows = np.eye(len(fit.names))
    at = {name: row for row, name in enumerate(fit.names)}
    if "shift_ev" in at:
        rows[at["shift_ev"], at["shift_ev"]] = -1.0
    if "scale" in at:
        rows[at["scale"], at["scale"]] = -1.0 / scale**2
    if offset_name in at:
        rows[at[offset_name], at[offset_name]] = -1.0 / scale
        if "scale" in at:
            rows[at[offset_name], at["scale"]] = offset / scale**2
    errors = np.array([fit[name].error or 0.0 for name in fit.names])
    covariance = rows @ (fit.correlations * np.outer(errors, errors)) @ rows.T
    spread = np.sqrt(np.clip(np.diag(covariance), 0.0, None))
    with np.errstate(divide="ignore", invalid="ignore"):
        correlations = np.nan_to_num(covariance / np.outer(spread, spread))
    np.fill_diagonal(correlations, 1.0)
    told = dict(zip(fit.names, spread.tolist(), strict=True))
    there, here = fit["step_height"].unit, fit[offset_name].unit
    units = {"scale": f"{there} per {here}" if there != here else "", offset_name: there}
    values = tuple(
        replace(
            one,
            label=LABELS["offset" if one.name == offset_name else one.name],
            unit=units.get(one.name, one.unit),
            value=new[one.name] or 0.0,
            error=told[one.name] if one.error is not None and one.name in told else one.error,
        )
        if one.name in new
        else one
        for one in fit.values
        if one.name in new or not _is_shared(one, fit)
    )
    return MeasuredFit(values, fit.names, correlations)
