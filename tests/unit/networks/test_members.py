"""Every kind of network goes into a bundle and comes back the same; what does not fit is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from xanesview.errors import XanesviewError
from xanesview.networks.bundle import load_weights, save_bundle
from xanesview.networks.card import CARD, FORMAT, Card
from xanesview.networks.kinds import KINDS, kind_named
from xanesview.networks.members import build, load_members

SIZES = {
    "tensor": {
        "elements": [1, 6], "basis_centres_ev": [285.0, 287.0], "basis_sigma_ev": [1.0, 1.0], "channels": 4,
        "readout_hidden": 8, "radial_hidden": 4,
    },
    "isd-painn": {"hidden_channels": 8, "out_channels": 5, "num_layers": 1, "num_rbf": 4},
    "xane3": {
        "mul_0": 4, "mul_1": 2, "mul_2": 2, "num_layers": 2, "num_basis": 10, "basis_scales": [1.0], "e0_head": True,
        "layer_norm": True, "gated_residual": True,
    },
    "xanesnet": {"energy_ev": [0.0, 5.0, 6], "hidden": [8], "descriptor": {"n_g2": 4, "n_g4": 4}},
    "spectrum-properties": {"neurons": 8, "hidden_layers": 1, "n_points": 20, "properties": ["gap_ev"]},
}  # fmt: skip
OF_PROPERTIES = {
    "properties": [{"key": "gap_ev", "title": "gap", "unit": "eV"}], "widths_ev": [1.0],
    "variants": [{"name": "site", "spectrum": "site", "with_composition": False, "network": {}}],
}  # fmt: skip


def saved(folder: Path, kind: str, **changes) -> tuple[Card, list[torch.nn.Module]]:
    torch.manual_seed(5)
    networks = [build(kind, SIZES[kind]) for _ in range(2)]
    for network in networks:  # as if trained: buffers of scaling are not at their start
        for name, buffer in network.named_buffers():
            if name.endswith(("mean", "scale")):
                buffer.uniform_(0.5, 2.0)
    tensors = {f"member{k}.{name}": v for k, net in enumerate(networks) for name, v in net.state_dict().items()}
    sizes = SIZES[kind] | changes
    card = {
        "format": FORMAT, "format_version": 1, "name": folder.name, "title": "t", "kind": kind,
        "gives": kind_named(kind).gives, "element": "C", "edge": "K", "unit": "1", "native_fwhm_ev": 1.0,
        "energy_ev": [float(e) for e in range(sizes.get("out_channels", 6))], "elements": ["C"], "licence": "BSD",
        "members": 2, "network": sizes, **(OF_PROPERTIES if kind == "spectrum-properties" else {}),
    }  # fmt: skip
    save_bundle(folder, card, tensors)
    return Card.from_json(folder / CARD), networks


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_an_ensemble_comes_back_as_it_was(kind: str, tmp_path: Path) -> None:
    card, networks = saved(tmp_path / kind, kind)
    loaded = load_members(card, load_weights(card.path))
    assert len(loaded) == 2
    for before, after in zip(networks, loaded, strict=True):
        assert type(after) is type(before)
        assert after.config == before.config
        assert not after.training
        for key, value in before.state_dict().items():
            assert np.array_equal(after.state_dict()[key].numpy(), value.numpy()), key


def test_weights_that_do_not_fit_the_card_are_named(tmp_path: Path) -> None:
    card, _ = saved(tmp_path / "a", "isd-painn", out_channels=7)
    with pytest.raises(XanesviewError, match=r"“member0.out_invariant.0.weight” has the shape \(5, 8\), the card says"):
        load_members(card, load_weights(card.path))
    card, _ = saved(tmp_path / "b", "isd-painn", num_layers=2)
    with pytest.raises(XanesviewError, match=r"“member0.message_layers.1.x_proj.0.weight” is missing"):
        load_members(card, load_weights(card.path))
    card, _ = saved(tmp_path / "c", "xane3", gated_residual=False)
    with pytest.raises(XanesviewError, match=r"“layers.1.residual.network.0.bias” is unknown"):
        load_members(card, load_weights(card.path))


def test_unknown_kinds_and_sizes_are_told() -> None:
    with pytest.raises(XanesviewError, match="kind 'schnet' are unknown"):
        build("schnet", {})
    with pytest.raises(XanesviewError, match=r"kind 'isd-painn' are wrong \(“hidden” is unknown\)"):
        build("isd-painn", {"hidden": 3})
    with pytest.raises(XanesviewError, match=r"are wrong \(they do not fit together\)") as told:
        build("isd-painn", {"hidden_channels": "many"})  # what torch says of it is nothing for a user
    assert told.value.hint
