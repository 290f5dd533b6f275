"""The test of a finished bundle: metrics and calibrated bands on its card, ranked errors in its ``quality.h5``."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from xanesview.inference.predictor import load_predictor
from xanesview.networks.bundle import save_card
from xanesview.networks.card import CARD
from xanesview.networks.uncertainty import LEVELS
from xanesview.training.testing.evaluate import evaluate_bundle, measures
from xanesview.training.testing.metrics import isotropic
from xanesview.training.testing.quality import keep_quality
from xanesview.training.testing.split_comparison import SplitComparison, compare_split, splits_of
from xanesview.training.testing.symmetry import LIGHT, fitting_examples, measure_symmetry

SPLITS = ("val", "test")


def measure_bundle(out: Path, data: list[Path]) -> None:
    """Test a finished bundle on ``val`` and, where the data have it, ``test``.

    The card gets the tables of both. Where an ensemble of tensor networks has no calibration yet, it gets one from
    ``val``: members differ less than they err, so that their spread alone would promise too much. The exemplars of
    ``quality.h5`` are of ``test``. Under ``symmetry`` stands how exactly spectra follow a structure that is moved.
    """
    card = json.loads((out / CARD).read_text(encoding="utf-8"))
    present = [split for split in SPLITS if split in splits_of(out, data)]
    if card["gives"] == "properties":
        found = {split: evaluate_bundle(out, data, split) for split in present}
    else:
        compared = {split: compare_split(load_predictor(out), data, split) for split in present}
        if "val" in compared and card["gives"] == "tensor" and "uncertainty" not in card:
            compared = _with_calibration(card, compared)
        found = {split: measures(comparison) for split, comparison in compared.items()}
        if compared:
            keep_quality(out, compared[present[-1]])
        symmetry = _symmetry(out, compared)
        card |= {"symmetry": symmetry} if symmetry else {}
    card["metrics"] = card.get("metrics", {}) | {split: rounded(values) for split, values in found.items()}
    save_card(out, card)


def _symmetry(out: Path, compared: dict[str, SplitComparison]) -> dict:
    """Return what a few motions of bundled examples show, else of tested structures; nothing where there is neither."""
    predictor = load_predictor(out)
    structures = fitting_examples(predictor.card)
    if not structures:
        structures = [labelled.structure for one in compared.values() for labelled in one.structures]
    return measure_symmetry(predictor, structures, LIGHT) if structures else {}


def _with_calibration(card: dict, compared: dict[str, SplitComparison]) -> dict[str, SplitComparison]:
    """Write the factors of the bands on the card, and return the comparisons with bands so widened."""
    val = compared["val"]
    if val.band is None:
        return compared
    ratio = np.abs(isotropic(val.predicted) - isotropic(val.reference)) / np.maximum(val.band, 1e-12)
    factors = [float(np.quantile(ratio, level)) for level in LEVELS]
    calibration = {"factors": rounded(factors), "floor": 0.0, "levels": list(LEVELS)}
    card["uncertainty"] = {"method": "ensemble", "calibration": calibration}
    return {split: replace(one, band=one.band * factors[0]) for split, one in compared.items()}


def rounded(value: Any) -> Any:
    """Return nested metrics with five significant digits."""
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value
