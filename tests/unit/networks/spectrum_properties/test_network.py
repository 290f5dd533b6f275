"""Spectra become vectors aligned at the threshold; the network maps them to properties; strange ones are recognised."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from xanesview.errors import XanesviewError
from xanesview.networks.spectrum_properties.network import (
    PROPERTIES,
    SpectrumProperties,
    SpectrumPropertiesConfig,
    property_scores,
    search_grid,
)
from xanesview.networks.spectrum_properties.spectrum_vector import (
    SpectrumDomain,
    SpectrumWindow,
    composition_counts,
    spectrum_vector,
    threshold_ev,
)

ENERGY = np.linspace(280.0, 320.0, 401)


def curve(edge: float = 287.0, peak: float = 1.0) -> np.ndarray:
    return peak * np.exp(-0.5 * (ENERGY - edge - 1) ** 2) + 1.0 / (1.0 + np.exp(-(ENERGY - edge - 4.0)))


def vectors(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Vectors of curves whose peak height is to be found."""
    heights = np.random.default_rng(seed).uniform(0.5, 2.0, n)
    return np.array([spectrum_vector(ENERGY, curve(peak=h)) for h in heights]), heights


def test_the_threshold_is_where_a_tenth_of_the_maximum_is_reached():
    ramp = np.clip(ENERGY - 290.03, 0.0, 10.0)
    assert threshold_ev(ENERGY, ramp) == pytest.approx(291.03, abs=1e-9)


def test_a_vector_knows_neither_unit_nor_shift():
    here = spectrum_vector(ENERGY, curve())
    assert here.shape == (240,)
    assert here.mean() == pytest.approx(1.0)
    shifted = spectrum_vector(ENERGY - 6.77, 3e-4 * curve())
    finer = np.interp(np.linspace(280, 320, 1601), ENERGY, curve())
    assert np.abs(shifted - here).max() < 1e-9
    assert np.abs(spectrum_vector(np.linspace(280, 320, 1601), finer) - here).max() < 1e-6
    assert np.abs(spectrum_vector(ENERGY[::-1], curve()[::-1]) - here).max() < 1e-12


def test_a_window_may_begin_before_the_threshold():
    window = SpectrumWindow(n_points=200, step_ev=0.1, before_ev=2.0)
    vector = spectrum_vector(ENERGY, curve(), window)
    assert window.after_ev == pytest.approx(17.9)
    assert vector[20] == pytest.approx(0.1 * vector.max(), rel=0.1)
    assert vector[0] < 0.02


@pytest.mark.parametrize(
    ("energy", "values", "message"),
    [
        (ENERGY[:200], curve()[:200], r"ends 1\d\.\d eV above its threshold; 23\.9 eV are needed"),
        (ENERGY[100:], curve()[100:], "begins at 290.0 eV above its threshold"),
        (ENERGY, np.zeros(401), "has no intensity"),
        (ENERGY, np.full(401, np.nan), "has no intensity"),
    ],
)
def test_a_spectrum_that_does_not_serve_says_why(energy, values, message):
    with pytest.raises(XanesviewError, match=message):
        spectrum_vector(energy, values)


def test_atoms_are_counted_by_element():
    assert composition_counts(np.array([6, 6, 1, 1, 8, 16, 17])).tolist() == [2, 2, 0, 1, 0, 2]


def network(**values) -> SpectrumProperties:
    torch.manual_seed(0)
    return SpectrumProperties(SpectrumPropertiesConfig(**values))


def test_there_are_twelve_properties():
    assert len(PROPERTIES) == 12
    assert network()(torch.zeros(3, 240)).shape == (3, 12)


def test_it_learns_a_property_of_the_curve():
    x, heights = vectors(60, 1)
    x, y = torch.from_numpy(x).float(), torch.from_numpy(np.stack([100 * heights, -5 * heights], 1)).float()
    net = network(properties=("gap_ev", "homo_ev"), neurons=32, hidden_layers=2)
    net.fit_scaling(x, None, y)
    optimiser = torch.optim.Adam(net.parameters(), 3e-3)
    for _ in range(120):
        optimiser.zero_grad()
        (net.standard_values(x) - net.outputs(y)).square().mean().backward()
        optimiser.step()
    held_out, truth = vectors(30, 2)
    predicted = net(torch.from_numpy(held_out).float()).detach()
    true = torch.from_numpy(np.stack([100 * truth, -5 * truth], 1)).float()
    scores = property_scores(net.config.properties, predicted, true)
    assert [s.key for s in scores] == ["gap_ev", "homo_ev"]
    assert all(s.r2 > 0.95 and s.usable for s in scores)
    assert scores[0].mae < 10.0


def test_the_composition_is_read_where_asked_for():
    net, spectra = network(with_composition=True), torch.rand(4, 240)
    counts = torch.tensor([[4.0, 1, 0, 0, 0, 0]]).expand(4, 6)
    assert net(spectra, counts).shape == (4, 12)
    assert not torch.equal(net(spectra, counts), net(spectra, counts + 1))
    with pytest.raises(XanesviewError, match="needs the composition"):
        net(spectra)
    with pytest.raises(XanesviewError, match="has 100 points; this network reads 240"):
        net(spectra[:, :100], counts)


def test_scores_are_those_of_the_definition():
    true = torch.tensor([[0.0, 1.0], [1.0, 1.0], [2.0, 1.0]])
    perfect, constant = property_scores(("a", "b"), true, true)
    assert (perfect.r2, perfect.mae, perfect.usable) == (1.0, 0.0, True)
    assert (constant.r2, constant.usable) == (0.0, False)  # a property that does not vary cannot be explained
    mean = property_scores(("a",), torch.ones(3, 1), true[:, :1])[0]
    assert mean.r2 == pytest.approx(0.0)
    assert mean.mae == pytest.approx(2 / 3)


def test_the_search_covers_layers_neurons_and_weight_decay():
    found = list(search_grid(SpectrumPropertiesConfig(with_composition=True)))
    assert len(found) == len(set(found)) == 18
    assert all(c.with_composition for c in found)


def test_configurations_come_back_from_a_card():
    config = SpectrumPropertiesConfig(hidden_layers=2, before_ev=2.0, n_points=200)
    assert SpectrumPropertiesConfig.from_dict(config.as_dict()) == config
    assert config.window == SpectrumWindow(200, 0.1, 2.0)
    with pytest.raises(XanesviewError):
        SpectrumPropertiesConfig(properties=())
    with pytest.raises(XanesviewError):
        SpectrumPropertiesConfig(activation="step")


def test_strange_spectra_are_outside_the_training_domain():
    training, _ = vectors(80, 3)
    noise = np.random.default_rng(5).normal(scale=0.01, size=training.shape)
    domain = SpectrumDomain.fit(training + noise, vectors(80, 4)[0] + noise)
    familiar = vectors(20, 6)[0]
    assert domain.contains(familiar).mean() > 0.8
    other_shape = spectrum_vector(ENERGY, np.exp(-0.5 * ((ENERGY - 295.0) / 2.0) ** 2))
    assert not domain.contains(other_shape).any()
    rough = familiar[0] + np.random.default_rng(7).normal(scale=0.3, size=240)
    assert not domain.contains(rough).any()
    again = SpectrumDomain.from_arrays(domain.as_arrays(), 240)
    assert np.array_equal(again.distance(familiar), domain.distance(familiar))
    assert again.limit == domain.limit
