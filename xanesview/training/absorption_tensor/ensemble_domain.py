"""What the domain check of absorption-tensor networks compares with, their members' usual disagreement included."""

from __future__ import annotations

import numpy as np
import torch

from xanesview.networks.absorption_tensor.network import AbsorptionTensorConfig, AbsorptionTensorNetwork
from xanesview.training.absorption_tensor.module import labelled_graphs
from xanesview.training.data.dataset import LabelledStructure
from xanesview.training.data.labelled_graph import joined
from xanesview.training.domain_calibration import environment_domain, spread_threshold


def predicted_members(
    config: AbsorptionTensorConfig, states, molecules: list[LabelledStructure], scale: float, energy_ev: np.ndarray
) -> np.ndarray:
    """Return scaled components of every member, (M, S, 6, E)."""
    out = []
    for state in states:
        network = AbsorptionTensorNetwork(config)
        network.load_state_dict(state)
        network.eval()
        grid = torch.as_tensor(energy_ev, dtype=torch.float32)
        with torch.inference_mode():
            items = labelled_graphs(molecules, config, scale)
            parts = [network(joined(items[i : i + 32]).graph, grid) for i in range(0, len(items), 32)]
            out.append(torch.cat([network.tensor(iso, quad) for iso, quad, _ in parts]).numpy())
    return np.stack(out)


def domain_data(
    config: AbsorptionTensorConfig,
    states,
    train: list[LabelledStructure],
    val: list[LabelledStructure],
    scale: float,
    energy_ev: np.ndarray,
) -> tuple[dict, np.ndarray]:
    """Return the card's ``domain`` and the training environments (T, F); for an ensemble with the usual disagreement
    of its members."""
    domain, known = environment_domain(list(config.elements), train, val)
    if len(states) > 1:
        domain["spread_threshold"] = spread_threshold(predicted_members(config, states, val, scale, energy_ev))
    return domain, known
