"""XANESNET's network: it learns, selects features, codes its output, and samples dropout without side effects."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from xanesview.errors import XanesviewError
from xanesview.networks.standardisation import Standardisation
from xanesview.networks.wacsf import WacsfConfig, wacsf
from xanesview.networks.xanesnet.network import OUTPUTS, Xanesnet, XanesnetConfig
from xanesview.networks.xanesnet.output_transforms import fourier, gaussians, point_by_point

ENERGY = np.linspace(280.0, 305.0, 126)


def smooth_spectra(n: int, seed: int = 0) -> torch.Tensor:
    rng = np.random.default_rng(seed)
    edge = rng.uniform(285.0, 288.0, size=(n, 1))
    peaks = np.exp(-0.5 * (ENERGY - edge - 1.0) ** 2) + 0.5 * np.exp(-0.5 * ((ENERGY - edge - 6.0) / 2.0) ** 2)
    return torch.from_numpy(peaks + 1.0 / (1.0 + np.exp(-(ENERGY - edge - 4.0)))).float()


def dimers(n: int) -> torch.Tensor:
    """Descriptors of C–O at n distances."""
    config = XanesnetConfig((280.0, 305.0, 126)).descriptor
    rows = [wacsf(np.array([6, 8]), np.array([[0, 0, 0], [0, 0, r]]), [0], config) for r in np.linspace(1.1, 2.9, n)]
    return torch.from_numpy(np.concatenate(rows)).float()


def network(**values) -> Xanesnet:
    torch.manual_seed(0)
    return Xanesnet(XanesnetConfig((280.0, 305.0, 126), **({"hidden": (32, 32)} | values)))


@pytest.mark.parametrize("output", OUTPUTS)
def test_it_learns_spectra_in_every_coding(output):
    net, x = network(output=output, dropout=0.0), dimers(24)
    y = smooth_spectra(24).sort(dim=0).values
    net.fit_scaling(x, y)
    start = torch.nn.functional.mse_loss(net(x), y).item()
    optimiser = torch.optim.Adam(net.parameters(), 1e-2)
    for _ in range(150):
        optimiser.zero_grad()
        loss = torch.nn.functional.mse_loss(net.standard_coefficients(x), net.targets(y))
        loss.backward()
        optimiser.step()
    assert torch.nn.functional.mse_loss(net(x), y).item() < 0.05 * start


def test_the_default_is_the_published_perceptron():
    net = Xanesnet(XanesnetConfig((7097.0, 7172.0, 226)))
    kinds = [type(m).__name__ for m in net.mlp]
    assert kinds == 3 * ["Linear", "Dropout", "ReLU"] + ["Linear"]
    assert [m.out_features for m in net.mlp if isinstance(m, torch.nn.Linear)] == [256, 256, 256, 226]
    assert net.mlp[0].in_features == 49


def test_features_that_do_not_vary_are_left_out():
    net, x = network(dropout=0.0).eval(), dimers(10)
    net.fit_scaling(x, smooth_spectra(10))
    constant = x.std(dim=0) == 0
    assert constant.any()  # G4 of two atoms
    assert torch.equal(net.features.kept, ~constant)
    changed = torch.where(constant, 7.0, x)
    assert torch.equal(net(changed), net(x))
    tight = network(variance_threshold=1e9)
    tight.fit_scaling(x, smooth_spectra(10))
    assert not tight.features.kept.any()


def test_scaling_is_kept_with_the_weights():
    net, x = network().eval(), dimers(10)
    net.fit_scaling(x, smooth_spectra(10))
    other = Xanesnet(XanesnetConfig.from_dict(net.config.as_dict())).eval()
    other.load_state_dict(net.state_dict())
    assert torch.equal(other(x), net(x))
    assert other.config == net.config


def test_dropout_is_sampled_by_seed_and_leaves_no_trace():
    net, x = network(dropout=0.2).eval(), dimers(6)
    net.fit_scaling(x, smooth_spectra(6))
    before, state = net(x), torch.get_rng_state()
    samples = net.dropout_samples(x, 50, seed=3)
    assert samples.shape == (50, 6, 126)
    assert samples.std(dim=0).max() > 1e-3
    assert torch.equal(samples, net.dropout_samples(x, 50, seed=3))
    assert not torch.equal(samples, net.dropout_samples(x, 50, seed=4))
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(net(x), before)
    assert not net.training


def test_standardisation_gives_mean_zero_and_unit_variance_and_back():
    values = torch.randn(200, 3, generator=torch.Generator().manual_seed(1)) * torch.tensor([1.0, 1e3, 1e-3]) + 50.0
    scaling = Standardisation(3)
    scaling.fit(values)
    z = scaling(values)
    assert torch.allclose(z.mean(dim=0), torch.zeros(3), atol=1e-2)
    assert torch.allclose(z.std(dim=0, unbiased=False), torch.ones(3), atol=1e-2)
    assert torch.allclose(scaling.undo(z), values, rtol=1e-5)


def test_the_fourier_coding_is_that_of_the_mirrored_spectrum():
    y = smooth_spectra(4).double()
    n = y.shape[1]
    mirrored = torch.cat([y, y.flip(1)], dim=1)
    by_fft = torch.fft.rfft(mirrored, dim=1)
    phase = torch.exp(-0.5j * torch.pi * torch.arange(n + 1) / n)
    plain = (by_fft * phase).real[:, :20] / (2 * n) ** 0.5
    plain[:, 0] /= 2**0.5
    transform = fourier(n, 20).double()
    assert torch.abs(transform.encode(y) - plain).max() < 1e-5
    assert torch.abs(fourier(n, n).double()(fourier(n, n).double().encode(y)) - y).max() < 1e-5
    assert torch.abs(fourier(n, 64)(fourier(n, 64).encode(y.float())) - y).max() < 2e-2


def test_gaussians_describe_smooth_spectra():
    y, transform = smooth_spectra(5), gaussians(ENERGY)
    assert transform.n_coefficients == 51 + 26 + 13 + 7
    # the step at the upper end of the window is all that the ridge cannot follow
    assert torch.abs(transform(transform.encode(y)) - y).max() < 0.05
    assert torch.equal(point_by_point(126)(point_by_point(126).encode(y)), y)


@pytest.mark.parametrize("values", [{"output": "wavelet"}, {"activation": "step"}, {"dropout": 1.0}])
def test_settings_that_make_no_sense_are_refused(values):
    with pytest.raises(XanesviewError):
        network(**values)
    with pytest.raises(XanesviewError, match="0 Fourier coefficients"):
        network(output="fourier", fourier_kept=0)


def test_the_descriptor_belongs_to_the_configuration():
    config = XanesnetConfig((0.0, 1.0, 5), descriptor=WacsfConfig(n_g2=8, n_g4=8, zetas=(1.0, 2.0)))
    assert Xanesnet(config)(torch.zeros(2, 17)).shape == (2, 5)
    assert XanesnetConfig.from_dict(config.as_dict()) == config
