"""Bundles that can be listed: a card that says all that it must, and a file of weights that holds one number."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save

CARD = {
    "format": "xanesview-network", "format_version": 1, "title": "A test network", "kind": "tensor", "gives": "tensor",
    "element": "C", "edge": "K", "energy_ev": {"start": 280.0, "stop": 305.0, "step": 0.25}, "unit": "Mb",
    "native_fwhm_ev": 1.18, "elements": ["C", "H"], "licence": "BSD-3-Clause",
    "network": {"elements": [1, 6], "basis_centres_ev": [285.0], "basis_sigma_ev": [1.0]},
}  # fmt: skip


def weights(number: float = 1.0) -> bytes:
    """Return a file of weights; of the same size whatever the number."""
    return save({"number": np.array([number])})


def make_bundle(folder: Path, **changes: object) -> Path:
    """Write a bundle; what it is called, and what is changed, stands on its card."""
    folder.mkdir(parents=True)
    (folder / "card.json").write_text(json.dumps({**CARD, "name": folder.name, **changes}))
    (folder / "weights.safetensors").write_bytes(weights())
    return folder
