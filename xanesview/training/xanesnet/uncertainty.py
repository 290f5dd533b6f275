"""Which band is best, an ensemble's, bootstrap members', dropout samples' or the last in every network of the first:
calibrated and compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xanesview.networks.uncertainty import LEVELS, BandCalibration, interval_score, spread

WORDS = {
    "ensemble": "ensemble: networks that differ in their first weights and in the order of the data",
    "bootstrap": "bootstrap: networks trained on structures drawn with replacement",
    "dropout": "Monte Carlo dropout: one network, sampled with dropout on",
    "ensemble dropout": "Monte Carlo dropout in every network of the ensemble",
}
CURVE_LEVELS = tuple(round(0.05 * k, 2) for k in range(1, 20))


@dataclass(frozen=True, eq=False)
class Band:
    """Spectra of one method's members (M, S, E) on the validation and, where there is one, the test split."""

    val: np.ndarray
    test: np.ndarray | None = None


def compare_bands(bands: Mapping[str, Band], val: np.ndarray, test: np.ndarray | None) -> tuple[str, dict]:
    """Calibrate each method on validation spectra (S, E) and choose by the interval score there.

    Parameters
    ----------
    bands : by method, a key of WORDS
    val, test : (S, E) reference spectra, in the units of the bands

    Returns
    -------
    method
        the best one
    dict
        for the card: ``best`` and ``method``, how its members come about ("ensemble", "bootstrap" or "dropout");
        ``calibration``, ``compared`` {method: {mse, coverage…, half_width, interval_score}} and ``curve``, the observed
        shares of test intensities inside bands of many levels
    """
    compared, calibrations, curves, scores = {}, {}, {}, {}
    for method, band in bands.items():
        error, width = band.val.mean(axis=0) - val, spread(band.val)
        fitted = calibrations[method] = BandCalibration.fit(error, width)
        scores[method] = _score(fitted, error, width)
        told = {"val_interval_score": scores[method], "val_mse": float((error**2).mean())}
        if test is not None and band.test is not None:
            error, width = band.test.mean(axis=0) - test, spread(band.test)
            told |= {
                "test_mse": float((error**2).mean()),
                "test_interval_score": _score(fitted, error, width),
                **{f"test_coverage_{round(100 * k)}": v for k, v in fitted.coverage(error, width).items()},
                **{
                    f"test_half_width_{round(100 * k)}": float(fitted.half_width(width, k).mean())
                    for k in fitted.levels
                },
            }
            many = BandCalibration.fit(band.val.mean(axis=0) - val, spread(band.val), CURVE_LEVELS)
            curves[method] = [round(v, 4) for v in many.coverage(error, width).values()]
        compared[method] = {k: float(f"{v:.4g}") for k, v in told.items()}
    best = min(scores, key=scores.get)
    card = {
        "best": best,
        "method": best.removeprefix("ensemble ") if best != "ensemble" else best,
        "description": WORDS[best],
        "calibration": calibrations[best].as_dict(),
        "compared": compared,
    }
    if curves:
        card["curve"] = {"levels": list(CURVE_LEVELS), **curves}
    return best, card


def _score(calibration: BandCalibration, error: np.ndarray, width: np.ndarray) -> float:
    return float(np.mean([interval_score(error, calibration.half_width(width, k), k) for k in LEVELS]))


def draw_coverage(uncertainty: Mapping, path: Path) -> None:
    """Draw which share of test intensities lies inside calibrated bands of each method, as SVG, PDF or PNG.

    Parameters
    ----------
    uncertainty : what the card keeps
    """
    from xanesview.io.figures.figure_file import save_figure
    from xanesview.io.figures.spec import FigureSpec
    from xanesview.io.figures.style import new_figure

    levels = 100.0 * np.array(uncertainty["curve"]["levels"])
    spec = FigureSpec(85.0, 80.0)
    with new_figure(spec) as figure:
        axes = figure.add_subplot()
        axes.plot([0, 100], [0, 100], linewidth=0.6, linestyle=(0, (4, 2)), color="0.6", label="as promised")
        for method, marker in zip(uncertainty["compared"], "os^D", strict=False):
            told = uncertainty["compared"][method]
            at = [100.0 * told["test_coverage_68"], 100.0 * told["test_coverage_95"]]
            (line,) = axes.plot(levels, 100.0 * np.array(uncertainty["curve"][method]), linewidth=1.0)
            label = f"{method} {at[0]:.0f}, {at[1]:.0f} %"
            axes.plot([68, 95], at, marker, color=line.get_color(), markersize=4, label=label)
        axes.set_xlabel("Band calibrated on validation spectra (%)")
        axes.set_ylabel("Test intensities inside (%)")
        axes.set_xlim(0, 100)
        axes.set_ylim(0, 100)
        axes.legend(frameon=False, loc="lower right", handlelength=1.2)
    save_figure(figure, path, spec=spec)
