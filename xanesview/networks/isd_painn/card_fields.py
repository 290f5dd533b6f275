"""What the card of an ISD-PaiNN network holds of its sizes."""

from __future__ import annotations

from xanesview.limits import MOST_ENERGIES
from xanesview.networks.card_fields import CUTOFF, as_many_energies
from xanesview.networks.card_schema import Block, Flag, whole

NETWORK = Block(
    {
        "hidden_channels": whole(1, 4096),
        "out_channels": whole(1, MOST_ENERGIES),
        "num_layers": whole(1, 64),
        "num_out_layers": whole(1, 64),
        "num_rbf": whole(2, 1024),
        "cutoff": CUTOFF,
        "max_neighbors": whole(1, 1_000_000),
        "num_elements": whole(1, 118),
        "use_pbc": Flag(),
        "message_factor_normalize": Flag(),
        "symmetric_message": Flag(),
        "direction_initialisation": Flag(),
        "smooth_cutoff": Flag(),
    }
)
CARD = Block({"network": NETWORK}, rules=(as_many_energies("network", "out_channels"),))
