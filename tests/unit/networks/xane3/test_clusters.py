"""XANE(3) on clusters: a crystal is read one cluster an absorber, and nothing jumps at the cluster's rim."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.unit.networks.equivariance import rotation
from tests.unit.networks.xane3.test_network import SMALL
from xanesview.errors import XanesviewError
from xanesview.networks.xane3.edges import RIM_ANGSTROM
from xanesview.networks.xane3.graphs import absorber_graph
from xanesview.networks.xane3.network import AbsorberGroups, Xane3, Xane3Config

RADIUS = 4.5
SWITCHES = {"attention_radius": RADIUS, "smooth_mean": True, "clusters": True}
GRID = torch.linspace(-20.0, 80.0, 60)


@pytest.fixture(scope="module")
def network() -> Xane3:
    torch.manual_seed(3)
    network = Xane3(Xane3Config.paper(**(SMALL | SWITCHES)))
    with torch.no_grad():
        network.readout_mlp[-1].weight.mul_(6.0)
    return network.eval().requires_grad_(False)


def spectra(network: Xane3, numbers, positions, sites, cell=None, pbc=None) -> torch.Tensor:
    graph, _ = absorber_graph(network.config, np.array(numbers), positions, cell, pbc, sites)
    return network.spectra(network(graph, AbsorberGroups.of_sites(graph)), GRID)


def crystal(copies: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Numbers, positions, cell and pbc of three atoms in a skew cell smaller than a cluster."""
    cell = np.array([[3.1, 0.0, 0.0], [0.4, 3.4, 0.0], [0.0, 0.5, 3.9]])
    x = np.array([[0.0, 0.0, 0.0], [1.5, 1.6, 0.2], [0.3, 1.7, 2.0]])
    x = np.concatenate([x + k * cell[0] for k in range(copies)])
    return np.tile([8, 6, 7], copies), x, cell * np.array([[copies], [1], [1]]), np.ones(3, bool)


def test_a_doubled_or_turned_cell_is_the_same_crystal(network: Xane3) -> None:
    numbers, x, cell, pbc = crystal()
    here = spectra(network, numbers, x, [0, 2], cell, pbc)
    assert torch.abs(here[0] - here[1]).max() > 1e-2
    twice = spectra(network, *crystal(2)[:2], [3, 5], *crystal(2)[2:])
    torch.testing.assert_close(twice, here, atol=1e-4, rtol=1e-4)
    turn = rotation(4)
    turned = spectra(network, numbers, x @ turn.T, [0, 2], cell @ turn.T, pbc)
    torch.testing.assert_close(turned, here, atol=1e-4, rtol=1e-4)


def test_a_site_does_not_depend_on_the_others_asked(network: Xane3) -> None:
    numbers, x, cell, pbc = crystal()
    together = spectra(network, numbers, x, [2, 0], cell, pbc)
    for row, site in enumerate([2, 0]):
        torch.testing.assert_close(spectra(network, numbers, x, [site], cell, pbc)[0], together[row])


def test_an_atom_fades_at_the_rim(network: Xane3) -> None:
    """It still counts inside, ever less, and by nothing at the radius, though its neighbours inside hear it."""
    numbers = np.array([6, 8, 7, 8])
    inner = np.array([[0.0, 0.0, 0.0], [1.3, 0.0, 0.0], [0.0, 0.0, 2.8]])

    def at(distance: float) -> torch.Tensor:
        return spectra(network, numbers, np.vstack([inner, [0.0, 0.0, distance]]), [0])

    without = spectra(network, numbers[:3], inner, [0])
    assert torch.abs(at(RADIUS + 1e-3) - without).max() < 1e-6
    assert torch.abs(at(RADIUS - 1e-3) - without).max() < 1e-5
    assert torch.abs(at(RADIUS - 0.9 * RIM_ANGSTROM) - without).max() > 1e-3


def test_an_absorber_alone_has_a_spectrum(network: Xane3) -> None:
    assert torch.isfinite(spectra(network, [8], np.zeros((1, 3)), [0])).all()


@pytest.mark.parametrize("left_out", ["attention_radius", "smooth_mean"])
def test_clusters_need_a_radius_and_a_smooth_mean(left_out: str) -> None:
    with pytest.raises(XanesviewError, match="cannot have clusters"):
        Xane3Config(**{name: value for name, value in SWITCHES.items() if name != left_out})
