"""What the cards of all kinds of networks hold, field by field: types, ranges, and how much of each.

What a kind adds stands in the file ``card_fields`` of its folder.
"""

from __future__ import annotations

from collections.abc import Mapping

from xanesview.domain.bands import LEVELS
from xanesview.domain.structure import SYMBOLS
from xanesview.limits import MOST_ENERGIES
from xanesview.networks.card_schema import (
    Block,
    Either,
    Flag,
    Items,
    Maybe,
    Number,
    Rule,
    Table,
    Text,
    Word,
    alike,
    ascending,
    distinct,
    positive,
    same_names,
    together,
    whole,
)

AXES = ("absolute", "relative")
GIVES = ("tensor", "directional", "isotropic", "properties")
MOST_MEMBERS = 1000
FURTHEST_ANGSTROM = 12.0
"""Largest cutoff: neighbours grow with its third power, and published networks end at 8 Å."""

EV = Number(-1e6, 1e6)
WIDTH_EV = positive(1e4)
SYMBOL = Text(choices=SYMBOLS[1:], what="a chemical symbol")
NAME = Word(r"(?!\.)(?=.*\S)[^/\\]{1,100}", "a name of a network, of up to 100 characters and without / and \\")
EDGE = Word(
    r"K|L[1-3](,[23])?|M[1-5](,[2-5])?|[NO][1-7](,[2-7])?|K[αβ](\d(,\d)?)?|L[αβγ](\d(,\d)?)?",
    "an edge or an emission line, such as K, L3 or Kβ",
)
ATOMIC_NUMBERS = Items(whole(1, len(SYMBOLS) - 1), 0, len(SYMBOLS) - 1, distinct)
KNOWN_NUMBERS = Items(whole(1, len(SYMBOLS) - 1), 1, len(SYMBOLS) - 1, distinct)
CUTOFF = Number(0.5, FURTHEST_ANGSTROM)
DROPOUT = Number(0.0, 0.999)
ACTIVATION = Text(choices=("relu", "silu", "tanh", "gelu"))
COUNT = whole(0)
SENTENCES = Text(4000)
SPLIT = Text(40)
UNIT = Text(120)


def grid_points(values: Mapping) -> int:
    """Return the number of points of an even grid told by ``start``, ``stop`` and ``step``."""
    return round((values["stop"] - values["start"]) / values["step"]) + 1


def _even_grid(values: Mapping) -> str:
    if not values["stop"] > values["start"]:
        return f"stop is not above start, {values['start']:g}"
    n = grid_points(values)
    return "" if 2 <= n <= MOST_ENERGIES else f"step makes {n:,} points; 2 to {MOST_ENERGIES:,} are allowed"


ENERGIES = Either(
    Items(EV, 2, MOST_ENERGIES, ascending),
    Block({"start": EV, "stop": EV, "step": positive(1e6)}, ("start", "stop", "step"), (_even_grid,)),
)

SCORES = Block({"r2": Number(), "mae": Number(0.0)}, ("r2", "mae"))
_BY_COMPOSITION = Block({"n": COUNT, "properties": Table(SCORES)}, ("n", "properties"))
_READING = Block(
    {
        "n": COUNT,
        "n_left_out": COUNT,
        "outside_percent": Maybe(Number(0.0)),
        "properties": Table(SCORES),
        "by_width": Table(Maybe(Number())),
        "by_composition": Table(_BY_COMPOSITION),
    },
    ("n", "properties"),
)
_ERROR = Maybe(Number())
_GROUP = Block(
    {"n_sites": COUNT, "mse_mean": _ERROR, "mse_median": _ERROR, "isotropic_mse": _ERROR, "share_below_0.1": _ERROR},
    ("n_sites",),
)
MEASURES = Block(
    {
        **dict.fromkeys(("by_class", "by_element", "by_parent", "by_depth"), Table(_GROUP)),
        "variants": Table(_READING),
        "from_predicted": Table(_READING),
        "composition_only": Table(SCORES),
    }
)

GRADE = Block(
    {
        "usual": Table(positive(), 10),
        "slopes": Table(Number(0.0, 100.0), 10),
        "usual_mse": positive(),
        "limit": positive(),
    },
    ("usual", "slopes", "usual_mse", "limit"),
    (same_names("usual", "slopes"),),
)
DOMAIN = Block(
    {
        "description": SENTENCES,
        "elements": Table(COUNT),
        "bonds": Table(COUNT),
        "imbalance": Table(Number(0.0)),
        "descriptor_elements": ATOMIC_NUMBERS,
        "distance_threshold": Number(0.0),
        "spread_threshold": Number(0.0),
        "bonded_elements": Table(COUNT),
        "grade": GRADE,
        "composition": Table(Items(COUNT, 2, 2)),
    },
    rules=(together("elements", "bonds", "descriptor_elements", "distance_threshold"),),
)
DATA = Block(
    {
        "files": Items(Text(), 0, 10_000),
        "method": Text(1000),
        "periodic": Flag(),
        **dict.fromkeys(("train_structures", "train_molecules", "train_sites", "val_structures", "val_sites"), COUNT),
        "split": Text(1000),
        "limits": SENTENCES,
        "licence": SENTENCES,
    }
)
BAND_LEVEL = LEVELS[0]
"""Share of the truth that the bands which are drawn shall hold."""


def _has_band_level(values: list) -> str:
    return "" if BAND_LEVEL in values else f"does not hold {BAND_LEVEL}, the level of the bands that are drawn"


CALIBRATION = Block(
    {
        "factors": Items(Number(0.0, 1e6), 1, 10),
        "floor": Number(0.0),
        "levels": Items(Number(0.0, 1.0), 1, 10, _has_band_level),
    },
    ("factors", "floor", "levels"),
    (alike("factors", "levels"),),
)
_FACTORS = Items(Number(0.0, 1e6), len(LEVELS), len(LEVELS))
_LIGHT = Block({"isotropic": _FACTORS, "direction": _FACTORS}, ("isotropic", "direction"))
UNCERTAINTY = Block(
    {
        "method": Text(),
        "samples": whole(2, 200),
        "calibration": CALIBRATION,
        "description": SENTENCES,
        "bands": Block({"site": _LIGHT, "sum": _LIGHT}, ("site", "sum")),
    }
)
TRAINING = Block(
    {
        "members": Items(Block({"cpu_minutes": Number(0.0)}), 0, MOST_MEMBERS),
        "seconds": Number(0.0),
        "parameters_a_member": COUNT,
        "date": Text(),
        "program": Text(),
        "recipe": Block({"training": Block({"split": SPLIT, "seed": COUNT})}),
    }
)
STICK_WIDTHS = Block(
    {"fwhm_ev": WIDTH_EV, "continuum_fwhm_ev": WIDTH_EV, "ramp_ev": WIDTH_EV, "start_ev": EV},
    ("fwhm_ev", "continuum_fwhm_ev", "ramp_ev", "start_ev"),
)
_AGREEMENT = Block(
    {
        "n_files": COUNT,
        "median_r": Number(-1.0, 1.0),
        "median_rms": Number(0.0),
        "median_line_error_ev": Maybe(Number(0.0)),
        "mean_line_error_ev": Maybe(Number()),
    },
    ("n_files", "median_r", "median_rms"),
)
AS_MEASURED = Block(
    {
        "shift_ev": Number(-100.0, 100.0),
        "fwhm_ev": Number(0.0, 100.0),
        "step_height": Number(0.0, 10.0),
        "step_width_ev": positive(100.0),
        "term_scale": Number(0.5, 1.5),
        "fitted_on": Items(Text(), 1, 10_000),
        "window_ev": Items(EV, 2, 2, ascending),
        **dict.fromkeys(("as_computed", "fitted", "left_out"), _AGREEMENT),
        "compared_at_fwhm_ev": Number(0.0, 1e4),
    },
    ("shift_ev", "fwhm_ev", "step_height", "step_width_ev"),
)
SYMMETRY = Block({"error": Table(Table(Number(0.0)))})

CARD = Block(
    {
        "format_version": whole(1, 1_000_000),
        "name": NAME,
        "title": Text(),
        "kind": Text(60),
        "gives": Text(choices=GIVES),
        "element": SYMBOL,
        "edge": EDGE,
        "axis": Text(choices=AXES),
        "energy_ev": ENERGIES,
        "unit": UNIT,
        "native_fwhm_ev": Number(0.0, 1e4),
        "native_width": SENTENCES,
        "native_shape": Text(40),
        "stick_widths": STICK_WIDTHS,
        "elements": Items(SYMBOL, 0, len(SYMBOLS) - 1),
        "licence": Text(),
        "energy_offset_ev": EV,
        "intensity_scale": Number(1e-9, 1e9),
        "members": whole(1, MOST_MEMBERS),
        "network": Block({}),
        "domain": DOMAIN,
        "data": DATA,
        "metrics": Block({"val": MEASURES, "test": MEASURES}),
        "training": TRAINING,
        "uncertainty": UNCERTAINTY,
        "symmetry": SYMMETRY,
        "version": Text(40),
        "weights_hash": Text(64),
        "as_measured": AS_MEASURED,
    },
    ("format_version", "name", "title", "kind", "gives", "element", "edge", "energy_ev", "unit", "native_fwhm_ev",
     "elements", "licence", "network"),
)  # fmt: skip


def n_energies(card: Mapping) -> int:
    """Return the number of energies of a card whose grid fits."""
    told = card["energy_ev"]
    return grid_points(told) if isinstance(told, dict) else len(told)


def as_many_energies(*place: str | int) -> Rule:
    """Return the rule that a number deep in the card, where it is told, is that of the card's energies."""

    def rule(card: Mapping) -> str:
        found = card
        for step in place:
            if isinstance(found, dict) and step not in found:
                return ""
            found = found[step]
        wanted = n_energies(card)
        where = ".".join(map(str, place))
        return "" if found == wanted else f"{where} is {found}, and energy_ev has {wanted} values"

    return rule
