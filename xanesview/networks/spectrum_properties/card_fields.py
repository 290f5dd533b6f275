"""What the card of networks that read properties holds: their sizes, one network a variant, and the properties."""

from __future__ import annotations

from collections.abc import Mapping

from xanesview.networks.card_fields import ACTIVATION, DROPOUT, WIDTH_EV
from xanesview.networks.card_schema import Block, Flag, Items, Number, Text, positive, whole

VARIANTS = ("molecule", "molecule+composition", "site", "site+composition")

NETWORK = Block(
    {
        "properties": Items(Text(100), 1, 100),
        "with_composition": Flag(),
        "hidden_layers": whole(0, 32),
        "neurons": whole(1, 8192),
        "dropout": DROPOUT,
        "activation": ACTIVATION,
        "weight_decay": Number(0.0),
        "n_points": whole(2, 20_000),
        "step_ev": positive(100.0),
        "before_ev": Number(0.0, 1000.0),
    }
)
_VARIANT = Block(
    {
        "name": Text(choices=VARIANTS),
        "spectrum": Text(choices=("molecule", "site")),
        "with_composition": Flag(),
        "network": NETWORK,
    },
    ("name", "spectrum", "with_composition", "network"),
)


def _variants_differ(values: list) -> str:
    names = [one["name"] for one in values]
    return "" if len(set(names)) == len(names) else "names a network twice"


def _same_properties(card: Mapping) -> str:
    """Every variant's network gives the properties that the card describes, in their order."""
    wanted = [one["key"] for one in card["properties"]]
    for number, variant in enumerate(card["variants"]):
        if variant["network"].get("properties", wanted) != wanted:
            return f"variants[{number}].network.properties are not those of properties"
    return ""


CARD = Block(
    {
        "network": NETWORK,
        "variants": Items(_VARIANT, 1, len(VARIANTS), _variants_differ),
        "properties": Items(
            Block({"key": Text(100), "title": Text(), "unit": Text(40)}, ("key", "title", "unit")), 1, 100
        ),
        "widths_ev": Items(WIDTH_EV, 1, 100),
    },
    ("variants", "properties", "widths_ev"),
    (_same_properties,),
)
