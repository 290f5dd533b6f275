"""What the card of a XANESNET network holds of its sizes and descriptors."""

from __future__ import annotations

from collections.abc import Mapping

from xanesview.networks.card_fields import ACTIVATION, ATOMIC_NUMBERS, CUTOFF, DROPOUT, as_many_energies
from xanesview.networks.card_schema import Block, Items, Number, Text, whole

MOST_POINTS = 2000
"""Of a spectrum: its transform is a square matrix."""
WIDEST_GAUSSIANS_EV = 500.0
_SAME_STEPS = 0.5
"""By so much of a step the ends may differ: both grids are rounded."""
_PARAMETERISATION = Text(choices=("shifted", "centred"))


def _even_grid(values: list) -> str:
    first, last, n = values
    fits = type(n) is int and 2 <= n <= MOST_POINTS and first < last
    return "" if fits else f"is not first energy, last energy and 2 to {MOST_POINTS:,} points"


def _gaussians(values: Mapping) -> str:
    first, last, _ = values["energy_ev"]
    if values.get("output") != "gaussian" or last - first <= WIDEST_GAUSSIANS_EV:
        return ""
    return f"energy_ev spans {last - first:g} eV; Gaussians may span {WIDEST_GAUSSIANS_EV:g} eV"


DESCRIPTOR = Block(
    {
        "r_min": Number(0.0, 12.0),
        "r_max": CUTOFF,
        "n_g2": whole(2, 4096),
        "n_g4": whole(0, 4096),
        "lambdas": Items(Number(-1.0, 1.0), 1, 64),
        "zetas": Items(Number(0.0, 1000.0), 1, 64),
        "g2_parameterisation": _PARAMETERISATION,
        "g4_parameterisation": _PARAMETERISATION,
        "variant": Text(choices=("corrected", "newcastle_main", "rankine", "gnn_extension")),
        "elements": ATOMIC_NUMBERS,
        "n_g2_by_element": whole(0, 256),
    }
)
NETWORK = Block(
    {
        "energy_ev": Items(Number(-1e6, 1e6), 3, 3, _even_grid),
        "descriptor": DESCRIPTOR,
        "hidden": Items(whole(1, 8192), 0, 32),
        "dropout": DROPOUT,
        "activation": ACTIVATION,
        "variance_threshold": Number(0.0),
        "output": Text(choices=("points", "fourier", "gaussian")),
        "fourier_kept": whole(1, MOST_POINTS),
    },
    ("energy_ev",),
    (_gaussians,),
)


def _same_ends(card: Mapping) -> str:
    """Spectra are made on the network's grid and drawn over the card's, which may be uneven between its ends."""
    told = card["energy_ev"]
    low, high = (told["start"], told["stop"]) if isinstance(told, dict) else (told[0], told[-1])
    first, last, n = card["network"]["energy_ev"]
    if max(abs(low - first), abs(high - last)) <= _SAME_STEPS * (last - first) / (n - 1):
        return ""
    return f"network.energy_ev is {first:g} to {last:g} eV, and energy_ev is {low:g} to {high:g} eV"


CARD = Block({"network": NETWORK}, rules=(as_many_energies("network", "energy_ev", 2), _same_ends))
