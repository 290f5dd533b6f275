"""Odd curves: every step gives finite numbers, or says in a sentence why it can't; never anything else."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from tests.unit.domain.processing.test_steps import KIND_NAMES, VALUES
from xanesview.domain.processing.applied import apply
from xanesview.domain.processing.first_steps import first_steps
from xanesview.domain.processing.steps.registry import step_from_dict
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError


def odd_curve(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Few points or many, even or not, repeated, out of order, with gaps, huge, tiny, constant or noise."""
    rng = np.random.default_rng(seed)
    n = int(rng.choice([3, 4, 5, 7, 12, 60, 400]))
    span = float(rng.choice([1e-6, 1.0, 40.0, 1000.0]))
    at = float(rng.choice([0.0, 285.0, 7112.0]))
    energy = at + span * np.sort(rng.uniform(-0.5, 0.5, n))
    kind = rng.integers(5)
    values = [rng.normal(size=n), np.ones(n), np.arctan(energy - at) + 2.0, np.zeros(n), np.arange(n) * 1.0][kind]
    values = values * float(rng.choice([1e-200, 1e-9, 1.0, 1e9, 1e120]))
    if rng.random() < 0.3:
        values[rng.integers(n)] = rng.choice([np.nan, np.inf, -np.inf])
    if rng.random() < 0.3:
        energy[rng.integers(n)] = energy[rng.integers(n)]
    return (energy[::-1], values[::-1]) if rng.random() < 0.3 else (energy, values)


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_a_step_gives_finite_numbers_or_a_sentence(kind):
    steps = [step_from_dict({"kind": kind, **VALUES[kind]})]
    if kind != "e0":
        steps.append(step_from_dict({"kind": kind}))
    for seed in range(60):
        energy, values = odd_curve(seed)
        curves = {name: odd_curve(seed + 1000) for name in ("flux", "other", "scan 2")}
        for step in steps:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    found = apply((step,), energy, values, curves)
            except XanesviewError as error:
                told = error.message
                assert "\n" not in told
            else:
                assert np.isfinite(found[0]).all()
                assert np.isfinite(found[1]).all()
                assert (np.diff(found[0]) > 0.0).all()


def test_first_steps_never_raise():
    for seed in range(80):
        energy, values = odd_curve(seed)
        measured, prediction = Spectrum(energy, values, kind="measured"), Spectrum(*odd_curve(seed + 500))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            first = first_steps(measured, prediction)
        assert first.statement
