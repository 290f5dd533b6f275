"""What the tables ``[training]``, ``[bundle]`` and ``[sticks]`` of a recipe may hold: the ranges of all values.

What a kind adds to ``[training]`` stands in its `Recipe`; the ranges of ``[network]`` are those of its cards.
"""

from __future__ import annotations

from xanesview.networks.card_fields import CARD, DATA, MOST_MEMBERS, STICK_WIDTHS
from xanesview.networks.card_schema import Block, Field, Flag, Items, Number, Text, Word, positive, whole

SPLITS = ("file", "random", "scaffold", "size:N", "spectrum")
MOST_EPOCHS = 1_000_000
LARGEST_SEED = 2_000_000_000
"""Each member adds a thousand, and random generators take 32 bits."""

WEIGHT = Number(0.0, 1e6)
"""Of a term of a loss."""
WEIGHT_DECAY = Number(0.0, 1000.0)
SHARE = Number(0.0, 1.0)

_ONE_OF_SPLITS = "|".join(name.replace("N", r"\d{1,6}") for name in SPLITS)

TRAINING = Block(
    {
        "members": whole(1, MOST_MEMBERS),
        "epochs": whole(1, MOST_EPOCHS),
        "batch_structures": whole(1, 1_000_000),
        "learning_rate": positive(100.0),
        "weight_decay": WEIGHT_DECAY,
        "patience": whole(0, MOST_EPOCHS),
        "average_decay": SHARE,
        "split": Word(_ONE_OF_SPLITS, f"one of {', '.join(SPLITS)}"),
        "train_sites": whole(0, 1_000_000_000),
        "minutes": Number(0.0, 1e7),
        "seed": whole(0, LARGEST_SEED),
        "threads": whole(0, 1024),
        "accelerator": Text(choices=("auto", "cpu", "gpu", "cuda", "mps", "tpu")),
        "devices": Word(r"auto|-1|[1-9]\d{0,3}|\d{1,3}(,\d{1,3})*,?", "a number of devices, their indices or auto"),
        "nodes": whole(1, 10_000),
    }
)
BUNDLE = Block(
    {
        "name": Word(r"[^\W_][\w.+-]{0,99}", "a plain word of letters, digits, _, +, - and points"),
        "title": CARD.fields["title"],
        "energy_offset_ev": CARD.fields["energy_offset_ev"],
        "unit": CARD.fields["unit"],
        "limits": DATA.fields["limits"],
        "clusters_of_crystals": Flag(),
        "half_precision": Flag(),
    }
)
STICKS = STICK_WIDTHS


def field_of(value: object) -> Field:
    """Return the field that a setting without a range of its own has: any value of the kind that it has now."""
    if isinstance(value, bool):
        return Flag()
    if isinstance(value, int | float):
        return Number(whole=isinstance(value, int))
    if isinstance(value, tuple):
        return Items(field_of(value[0]) if value else Number(), 0, 10_000)
    return Text(4000)
