"""What the card of an absorption-tensor network holds of its sizes, and of the kernel regression beside it."""

from __future__ import annotations

from xanesview.networks.card_fields import (
    CUTOFF,
    DROPOUT,
    EV,
    KNOWN_NUMBERS,
    WIDTH_EV,
    as_many_energies,
)
from xanesview.networks.card_schema import Block, Items, Number, alike, positive, whole

MOST_FUNCTIONS = 2000

NETWORK = Block(
    {
        "elements": KNOWN_NUMBERS,
        "basis_centres_ev": Items(EV, 1, MOST_FUNCTIONS),
        "basis_sigma_ev": Items(WIDTH_EV, 1, MOST_FUNCTIONS),
        "channels": whole(1, 1024),
        "layers": whole(1, 32),
        "cutoff_angstrom": CUTOFF,
        "absorber_cutoff_angstrom": CUTOFF,
        "radial_functions": whole(1, 128),
        "radial_hidden": whole(1, 1024),
        "readout_hidden": whole(1, 4096),
        "dropout": DROPOUT,
        "ip_mean_ev": EV,
        "ip_scale_ev": WIDTH_EV,
        "mean_coefficients": Items(Number(), 0, MOST_FUNCTIONS),
        "energy_shifts": whole(0, 64),
    },
    ("elements", "basis_centres_ev", "basis_sigma_ev"),
    (alike("basis_centres_ev", "basis_sigma_ev", "mean_coefficients"),),
)
KERNEL_NETWORK = Block(
    {
        "elements": KNOWN_NUMBERS,
        "cutoff_angstrom": CUTOFF,
        "n_sites": whole(1, 1_000_000),
        "n_energies": whole(2),
        "radial": whole(2, 64),
        "nearest_angstrom": Number(0.0, 12.0),
        "width": positive(100.0),
        "decay_angstrom": positive(100.0),
        "decay_power": Number(0.0, 20.0),
        "density_weight": Number(-1e6, 1e6),
        "power": positive(100.0),
    },
    ("elements", "cutoff_angstrom", "n_sites", "n_energies"),
)
CARD = Block(
    {"network": NETWORK, "kernel": Block({"share": Number(0.0, 1.0), "network": KERNEL_NETWORK}, ("share", "network"))},
    rules=(as_many_energies("kernel", "network", "n_energies"),),
)
