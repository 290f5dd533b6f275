"""The test of a finished bundle: what warnings and bands need, and measures, on its card; ranked errors in its
``quality.h5``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from xanesview.domain.bands import LEVELS, UNSCALED, BandScales
from xanesview.inference.feature_distance import FeatureDistance
from xanesview.inference.predictor import forget_predictors, load_predictor
from xanesview.networks.bundle import load_weights, save_bundle, save_card
from xanesview.networks.card import CARD, Card, find_bundle
from xanesview.training.data.labelled import LabelledStructure
from xanesview.training.testing.evaluate import evaluate_bundle, measures
from xanesview.training.testing.quality import keep_quality
from xanesview.training.testing.site_warnings import (
    all_measures,
    bonded_counts,
    fit_grade,
    judged_again,
)
from xanesview.training.testing.split_comparison import (
    SplitComparison,
    compare_split,
    splits_of,
    structures_of_split,
)
from xanesview.training.testing.symmetry import LIGHT, fitting_examples, measure_symmetry

SPLITS = ("val", "test")
MOST_RARE = 0.2
"""Share of validation sites that may have a rare set of bonded elements where that is a reason to warn."""
MOST_FEATURE_STRUCTURES = 300
"""Training structures whose features are asked for, drawn at random: enough for a mean and a covariance."""


def measure_bundle(out: Path, data: list[Path]) -> None:
    """Test a finished bundle on ``val`` and, where the data have it, ``test``.

    The card gets what `graded_card` finds and the measures of both splits. The exemplars of ``quality.h5`` are of
    ``test``. Under ``symmetry`` stands how exactly spectra follow a structure that is moved.
    """
    card = json.loads((out / CARD).read_text(encoding="utf-8"))
    if card["gives"] == "properties":
        found = {split: evaluate_bundle(out, data, split) for split in _present(out, data)}
        card["metrics"] = card.get("metrics", {}) | rounded(found)
        save_card(out, card)
        return
    card, compared = graded_card(out, data, card)
    if compared:
        keep_quality(out, list(compared.values())[-1])
    symmetry = _symmetry(out, compared)
    save_card(out, card | ({"symmetry": symmetry} if symmetry else {}))
    forget_predictors()  # they know the bundle as it was


def grade_bundle(network: str | Path, data: list[Path]) -> dict[str, SplitComparison]:
    """Write what `graded_card` finds on the card of a finished bundle, and nothing else.

    Parameters
    ----------
    network : name or path
    data : the files it was trained on

    Returns
    -------
    dict
        what was compared, by split, judged as the card says now

    Raises
    ------
    XanesviewError
        for networks that give no spectra, or data of another edge or without validation sites.
    """
    path = find_bundle(network)
    card, compared = graded_card(path, data, json.loads((path / CARD).read_text(encoding="utf-8")))
    save_card(path, card)
    forget_predictors()  # they know the bundle as it was
    told = Card.from_json(path / CARD)
    return {split: replace(comparison, card=told) for split, comparison in compared.items()}


def graded_card(out: Path, data: list[Path], card: dict) -> tuple[dict, dict[str, SplitComparison]]:
    """Return a card with all that warnings and bands need and measures of ``val`` and ``test``, and the comparisons.

    ``domain.bonded_elements``: of how many training molecules an atom is bonded to which elements, where few sites of
    ``val`` have a rare set. ``domain.grade``:
    the error to be expected of a site, and from which on it is uncertain. ``uncertainty.bands``: by what the spread of
    an ensemble is multiplied for what is drawn. The last two are found on ``val``.
    """
    compared = {split: compare_split(load_predictor(out), data, split) for split in _present(out, data)}
    if not compared:
        return card, compared
    train = structures_of_split(next(iter(compared.values())).card, data, "train")
    compared = _single_features(out, train, card, compared)
    val, domain, scales = compared.get("val"), dict(card.get("domain", {})), UNSCALED
    domain.pop("bonded_elements", None)
    if "bonds" in domain:
        known = domain | {"bonded_elements": bonded_counts(train)}
        if val is None or _share_outside(val, known) - _share_outside(val, domain) <= MOST_RARE:
            domain = known  # in crystals of many elements nearly every set is rare, which says nothing
    if val is not None:
        domain |= _grade(val, domain)
        if "grade" in domain:
            domain.pop("spread_threshold", None)
        if val.ratios is not None:
            scales = val.ratios.fitted()
            bands = _kept_bands(card, scales)
            card = card | {"uncertainty": {"method": "ensemble"} | card.get("uncertainty", {}) | bands}
    if domain:
        card = card | {"domain": domain}
    compared = {split: replace(judged_again(one, domain), scales=scales) for split, one in compared.items()}
    found = {split: rounded(measures(comparison)) for split, comparison in compared.items()}
    return card | {"metrics": card.get("metrics", {}) | found}, compared


def _single_features(
    out: Path, train: Sequence[LabelledStructure], card: dict, compared: dict[str, SplitComparison]
) -> dict[str, SplitComparison]:
    """Learn what the features of a single network's training sites are, keep it beside the weights, and return the
    comparisons with the distances of their sites; nothing changes for ensembles."""
    if not train or "bonds" not in card.get("domain", {}) or any(one.features is None for one in compared.values()):
        return compared
    predictor = load_predictor(out)
    chosen = np.sort(np.random.default_rng(0).permutation(len(train))[:MOST_FEATURE_STRUCTURES])
    found = [predictor.predict(train[k].structure, train[k].sites).features for k in chosen]
    learnt = FeatureDistance.fit(np.concatenate(found))
    kept = {name: torch.from_numpy(values) for name, values in learnt.as_arrays().items()}
    save_bundle(out, card, load_weights(out) | kept)
    return {split: _with_distances(one, learnt) for split, one in compared.items()}


def _with_distances(comparison: SplitComparison, learnt: FeatureDistance) -> SplitComparison:
    told = zip(comparison.verdicts, learnt.distance(comparison.features), strict=True)
    verdicts = [replace(verdict, measures={**verdict.measures, "features": float(d)}) for verdict, d in told]
    return replace(comparison, verdicts=tuple(verdicts))


def _present(out: Path, data: list[Path]) -> list[str]:
    there = splits_of(out, data)
    return [split for split in SPLITS if split in there]


def _share_outside(val: SplitComparison, domain: dict) -> float:
    return float(np.mean(~judged_again(val, domain).inside))


def _grade(val: SplitComparison, domain: dict) -> dict:
    """Return the entry ``grade`` for the sites of ``val``; none where it cannot be found."""
    measured = all_measures(val)
    if not measured:
        return {}
    outside = ~judged_again(val, domain).inside
    grade = fit_grade(measured, val.site_errors()["spectrum"], outside)
    return {} if grade is None else {"grade": rounded(grade.as_dict())}


def _kept_bands(card: dict, scales: BandScales) -> dict:
    """Return the entries ``bands`` and ``calibration`` of a card's ``uncertainty``.

    Factors multiply the spread of the members as they are predicted. Those of tensor networks are moved apart by the
    first factor of ``calibration``, so that the spread of one site's isotropic spectrum needs no factor any more.
    """
    kept = scales.as_dict()
    if card["gives"] != "tensor" or "calibration" in card.get("uncertainty", {}):
        return {"bands": rounded(kept)}
    factors = scales.site_isotropic
    kept = {of: {light: [f / factors[0] for f in two] for light, two in rows.items()} for of, rows in kept.items()}
    calibration = {"factors": list(factors), "floor": 0.0, "levels": list(LEVELS)}
    return rounded({"calibration": calibration, "bands": kept})


def _symmetry(out: Path, compared: dict[str, SplitComparison]) -> dict:
    """Return what a few motions of bundled examples show, else of tested structures; nothing where there is neither."""
    predictor = load_predictor(out)
    structures = fitting_examples(predictor.card)
    if not structures:
        structures = [labelled.structure for one in compared.values() for labelled in one.structures]
    return measure_symmetry(predictor, structures, LIGHT) if structures else {}


def rounded(value: Any) -> Any:
    """Return nested metrics with five significant digits."""
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value
