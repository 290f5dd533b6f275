"""An imported ISD-PaiNN network predicts: a tensor that gives its own spectra back, and says what it misses."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.unit.inference.test_domain_check import toluene
from xanesview.domain.polarisation import linear
from xanesview.errors import XanesviewError
from xanesview.inference.predictor import load_predictor
from xanesview.networks.atom_graphs import atom_graph
from xanesview.networks.bundle import save_bundle
from xanesview.networks.isd_painn import IsdPainn, IsdPainnConfig
from xanesview.networks.isd_painn_checkpoint import imported_card


@pytest.fixture
def bundle(tmp_path):
    torch.manual_seed(0)
    config = IsdPainnConfig.from_dict(IsdPainnConfig().as_dict() | {"hidden_channels": 32, "num_layers": 2})
    network = IsdPainn(config)
    save_bundle(
        tmp_path / "imported",
        imported_card("imported", config, "made for this test"),
        {f"member0.{k}": v for k, v in network.state_dict().items()},
    )
    return tmp_path / "imported", network.eval()


def test_the_fitted_tensor_follows_the_network(bundle):
    path, network = bundle
    structure = toluene()
    prediction = load_predictor(path, "cpu").predict(structure, [0, 3])
    graph = atom_graph(structure.numbers, structure.positions_angstrom, network.config.cutoff)
    n = np.array([0.3, -0.5, 0.8]) / np.linalg.norm([0.3, -0.5, 0.8])
    with torch.no_grad():
        theirs = (
            network(graph, torch.as_tensor(n, dtype=torch.float32)[None]).numpy().reshape(structure.n_atoms, -1)[[0, 3]]
        )
    ours = prediction.tensor.contract(linear(n))
    assert np.abs(ours - theirs).max() < 0.05 * np.abs(theirs).max()
    assert any("misses" in notice.message for notice in prediction.notices)


def test_an_element_without_a_row_is_named(bundle):
    structure = toluene()
    heavy = structure.replace(numbers=np.where(structure.numbers == 1, 17, structure.numbers))
    with pytest.raises(XanesviewError, match="atomic number 17"):
        load_predictor(bundle[0], "cpu").predict(heavy, [0])
