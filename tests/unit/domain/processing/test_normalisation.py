"""The edge step: what is put in comes out, and the numbers are those of the field's program."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.synthetic_scans import SCANS, energies, intensities
from xanesview.domain.processing.applied import apply
from xanesview.domain.processing.edge import find_e0, half_step
from xanesview.domain.processing.normalisation import default_ranges
from xanesview.domain.processing.steps.edge_energy import EdgeEnergy
from xanesview.domain.processing.steps.edge_step import EdgeStep
from xanesview.domain.processing.steps.step import clean_points
from xanesview.errors import XanesviewError

LARCH = json.loads((Path(__file__).parents[3] / "data" / "larch_pre_edge.json").read_text(encoding="utf-8"))
PARAMETERS = {
    "pre1": "pre_low_ev", "pre2": "pre_high_ev", "norm1": "post_low_ev", "norm2": "post_high_ev", "nnorm": "degree",
    "nvict": "victoreen",
}  # fmt: skip
E0 = 7112.0


def edge(energy: np.ndarray, step: float = 1.3, width_ev: float = 1.0) -> np.ndarray:
    """A step that has risen fully within ten widths, so that lines fitted far from it are exact."""
    return step * 0.5 * (1.0 + np.tanh(2.0 * (energy - E0) / width_ev))


@pytest.mark.parametrize("scan", SCANS, ids=lambda scan: scan.name)
def test_the_edge_step_is_that_of_xraylarch(scan):
    theirs = LARCH["scans"][scan.name]
    energy, mu = energies(scan), intensities(scan)
    step = EdgeStep(**{PARAMETERS[key]: value for key, value in scan.settings.items()})
    given = EdgeEnergy(method="given", e0_ev=theirs["e0"])
    for flatten, name in ((False, "norm"), (True, "flat")):
        _, ours, facts = apply((given, step.replace(flatten=flatten)), energy, mu)
        assert facts["edge_step"] == pytest.approx(theirs["edge_step"], rel=1e-6)
        np.testing.assert_allclose(ours[::10], theirs[name], atol=1e-6)
    _, _, facts = apply((step,), energy, mu)  # with our own E0, between the points
    assert facts["e0_ev"] == pytest.approx(theirs["e0"], abs=0.3)
    # which moves a point into the ranges or out of them: more of a short range than of a long one
    assert facts["edge_step"] == pytest.approx(theirs["edge_step"], rel=1e-3 if scan.last_ev > 100.0 else 1e-2)


@pytest.mark.parametrize("degree", [0, 1, 2, 3])
@pytest.mark.parametrize("victoreen", [0, 1, 3])
def test_step_and_lines_are_recovered(degree, victoreen):
    energy = np.arange(6950.0, 7600.0, 0.5)
    x = energy - E0
    background = (0.5 - 3e-4 * x) * (energy / E0) ** -victoreen
    shape = sum(c * x**k for k, c in enumerate((1.0, 3e-4, -4e-7, 2e-10)[: degree + 1]))
    given = EdgeEnergy(method="given", e0_ev=E0)
    ranges = {"pre_low_ev": -150.0, "pre_high_ev": -20.0, "post_low_ev": 30.0, "post_high_ev": 450.0}
    step = EdgeStep(**ranges, degree=degree, victoreen=victoreen)
    _, flat, facts = apply((given, step), energy, background + edge(energy) * shape)
    assert facts["edge_step"] == pytest.approx(1.3, rel=1e-9)
    far = np.abs(x) > 20.0
    np.testing.assert_allclose(flat[far], np.where(x > 0, 1.0, 0.0)[far], atol=1e-8)
    points = given.changed(clean_points(energy, background + edge(energy) * shape), {})
    lines = step.lines(points)[1]
    np.testing.assert_allclose(lines.pre, background, atol=1e-8)
    np.testing.assert_allclose(lines.post[x > 20], (background + 1.3 * shape)[x > 20], rtol=1e-8)


def test_normalisation_does_not_depend_on_scale_and_offset():
    energy = np.arange(6950.0, 7600.0, 0.5)
    mu = edge(energy) + 0.2
    first = apply((EdgeStep(),), energy, mu)[1]
    np.testing.assert_allclose(apply((EdgeStep(),), energy, 7.0 * mu + 3.0)[1], first, atol=1e-9)


def test_e0_is_the_steepest_point_between_the_points_too():
    energy = np.arange(7100.0, 7130.0, 0.37)
    assert find_e0(energy, edge(energy, width_ev=4.0)) == pytest.approx(E0, abs=0.1)


@pytest.mark.parametrize("at", [7105.0, 7116.0, 7150.0])
def test_a_glitch_is_no_edge(at):
    energy = np.arange(7080.0, 7180.0, 0.25)
    mu = edge(energy, width_ev=2.0)
    mu[np.argmin(np.abs(energy - at))] += 3.0
    assert find_e0(energy, mu) == pytest.approx(E0, abs=0.2)


def test_half_of_the_step_is_where_a_symmetric_edge_is_steepest():
    energy = np.arange(6950.0, 7600.0, 0.5)
    facts = apply((EdgeEnergy(method="half step"),), energy, edge(energy, width_ev=6.0) + 0.1)[2]
    assert facts["e0_ev"] == pytest.approx(E0, abs=0.05)
    assert half_step(np.array([0.0, 1.0, 2.0]), np.array([0.0, 0.25, 1.25]), 0.0) == pytest.approx(1.25)


def test_a_falling_curve_has_no_e0():
    energy = np.linspace(280.0, 320.0, 100)
    with pytest.raises(XanesviewError, match="rises nowhere"):
        find_e0(energy, -energy)


def test_ranges_suit_short_scans():
    short = default_ranges(np.arange(280.0, 320.0, 0.1), 285.0)
    assert (short.post_low_ev, short.degree) == (pytest.approx(15.0, abs=3), 0)
    assert short.pre_low_ev >= -5.0
    assert short.pre_high_ev < 0.0
    with pytest.raises(XanesviewError, match="outside of the data"):
        default_ranges(np.arange(280.0, 320.0, 0.1), 400.0)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (EdgeStep(pre_low_ev=-900.0, pre_high_ev=-800.0), "pre-edge range"),
        (EdgeStep(post_low_ev=900.0, post_high_ev=1000.0), "post-edge range"),
        (EdgeStep(post_low_ev=100.0, post_high_ev=101.0, degree=3), "holds 2 points of at least 4"),
    ],
)
def test_a_range_without_points_is_told(step, words):
    energy = np.arange(6950.0, 7600.0, 0.5)
    with pytest.raises(XanesviewError, match=words):
        apply((step,), energy, edge(energy))


def test_what_has_no_step_is_not_normalised_to_one():
    energy = np.arange(6950.0, 7600.0, 0.5)
    with pytest.raises(XanesviewError, match="there is no edge step"):
        apply((EdgeEnergy(method="given", e0_ev=E0), EdgeStep()), energy, 2.0 - edge(energy))


def test_a_level_has_neither_edge_nor_step():
    energy = np.arange(6950.0, 7600.0, 0.5)
    for level in (0.0, 1.0, 0.1, 1e6):
        with pytest.raises(XanesviewError, match="rises nowhere"):
            apply((EdgeStep(),), energy, np.full(len(energy), level))
        with pytest.raises(XanesviewError, match="there is no edge step"):
            apply((EdgeEnergy(method="given", e0_ev=E0), EdgeStep()), energy, np.full(len(energy), level))
