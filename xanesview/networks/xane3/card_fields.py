"""What the card of a XANE(3) network holds of its sizes."""

from __future__ import annotations

from collections.abc import Mapping

from xanesview.networks.card_fields import CUTOFF, DROPOUT, EV, FURTHEST_ANGSTROM, WIDTH_EV
from xanesview.networks.card_schema import Block, Flag, Items, Number, Text, positive, whole


def _range(values: Mapping) -> str:
    low, high = values.get("emin", -30.0), values.get("emax", 100.0)
    return "" if low < high else f"emin is {low:g}, not below emax, {high:g}"


NETWORK = Block(
    {
        "irreps": Text(100),
        "mul_0": whole(1, 1024),
        "mul_1": whole(0, 1024),
        "mul_2": whole(0, 1024),
        "lmax": whole(2, 2),
        "num_layers": whole(1, 64),
        "num_radial": whole(1, 256),
        "radial_hidden": whole(1, 4096),
        "radial_basis_type": Text(choices=("bessel", "gaussian")),
        "r_max": CUTOFF,
        "max_z": whole(1, 118),
        "num_basis": whole(2, 2000),
        "basis_scales": Items(positive(1000.0), 1, 32),
        "global_bg": Flag(),
        "emin": EV,
        "emax": EV,
        "dropout": DROPOUT,
        "dropout_at": Text(choices=("messages", "readout")),
        "learnt_centres": Flag(),
        "basis_start": Text(choices=("edge", "even", "spaced")),
        "attention": Flag(),
        "layer_norm": Flag(),
        "gated_residual": Flag(),
        "gate_hidden": whole(1, 4096),
        "e0_head": Flag(),
        "e0_hidden": whole(1, 4096),
        "e0_mean_ev": EV,
        "e0_scale_ev": WIDTH_EV,
        "attention_radius": Number(0.0, FURTHEST_ANGSTROM),
        "smooth_mean": Flag(),
        "clusters": Flag(),
    },
    rules=(_range,),
)
CARD = Block({"network": NETWORK, "form": Text()})
