"""Symmetry operations from what a file says of its space group: listed operations, a Hall or an H–M symbol, a number.

The operations come from gemmi (https://gemmi.readthedocs.io, M. Wojdyr, J. Open Source Softw. 7 (2022) 4200): it knows
564 settings by their Hermann–Mauguin symbols, old and new, long and short, generates the operations of any Hall symbol
(S. R. Hall, Acta Cryst. A37 (1981) 517), completes groups from generators and takes 12 ms to import. ASE's table, used
before, knows one cell choice a group and two origins, and no Hall symbols.

What a symbol leaves open (rhombohedral or hexagonal axes, the unique axis) is decided by the cell, which every
rotation must leave as it is; what even the cell leaves open (the origin) is left to the caller as several settings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import gemmi
import numpy as np

from xanesview.io.structures.space_group_names import named_group, plain_symbol

_MOST_OPERATIONS = 1000
_METRIC_TOLERANCE = 0.03
"""Share of a squared length by which a rotation may miss the cell; cells are given to a few 0.01 Å at worst."""


@dataclass(frozen=True, eq=False)
class Setting:
    """A space group in one setting: rotations (K, 3, 3) and translations (K, 3) in fractional coordinates."""

    label: str
    rotations: np.ndarray
    translations: np.ndarray

    def __len__(self) -> int:
        return len(self.rotations)

    @property
    def keys(self) -> frozenset[tuple[int, ...]]:
        """What two settings share where they share operations: rotations, and translations in 24ths modulo 1."""
        shifts = np.mod(np.rint(24 * self.translations).astype(int), 24)
        rows = np.column_stack([np.rint(self.rotations).astype(int).reshape(-1, 9), shifts])
        return frozenset(map(tuple, rows.tolist()))


IDENTITY = Setting("P 1", np.eye(3)[None], np.zeros((1, 3)))
_LONGEST_TRIPLET = 200


def listed_setting(triplets: Iterable[str]) -> tuple[Setting, bool] | None:
    """Return the group that listed operations (``-x, y+1/2, -z``) make, or None where one can't be understood.

    The second value tells whether the list was incomplete: products of its operations were missing and are added.
    """
    try:
        operations = [_operation(text) for text in triplets]
        if not 0 < len(operations) <= _MOST_OPERATIONS:
            return None
        listed = _setting("listed", operations)
        identity = [] if gemmi.Op("x,y,z") in operations else [gemmi.Op("x,y,z")]  # some lists leave it out
        group = gemmi.GroupOps([*identity, *operations])
        group.add_missing_elements()
        whole = _setting("listed", list(group))
    except (RuntimeError, ValueError, OverflowError):
        return None
    missing = whole.keys - listed.keys
    return (whole, True) if missing else (listed, False)


def hall_setting(symbol: str) -> Setting | None:
    """Return the group of a Hall symbol such as ``-F 4 2 3``, or None where there is none."""
    text = symbol.strip().strip("'\"") if symbol.strip()[:1] in "'\"" else symbol.strip()
    try:
        return _setting(text, list(gemmi.symops_from_hall(text))) if text else None
    except (RuntimeError, ValueError, OverflowError):
        return None


def named_settings(symbol: str, cell_angstrom: np.ndarray) -> list[Setting]:
    """Return the settings that a Hermann–Mauguin symbol may mean in this cell, the likeliest first.

    Understood are full and short symbols of all tabulated settings, with ``:1``, ``:2``, ``:R``, ``:H`` or the endings
    S, Z, R, H of the inorganic crystal structure database, screw axes written ``2(1)``, ``2_1`` or ``2~1~``, and what
    `space_group_names` tells of.
    """
    name = plain_symbol(symbol)
    found = named_group(name)
    known = _with_variants(found, stated=re.search(":[12HR]$", name) is not None) if found is not None else []
    fitting = [group for group in known if _fits(group, cell_angstrom)]
    if not fitting:
        fitting = [group for group in _other_axes(name) if _fits(group, cell_angstrom)]
    return [_setting(group.xhm(), list(group.operations())) for group in fitting]


def is_symbol(symbol: str) -> bool:
    """Tell whether a Hermann–Mauguin symbol is that of a group, in whatever cell."""
    name = plain_symbol(symbol)
    return named_group(name) is not None or bool(_other_axes(name))


def numbered_settings(number: int, cell_angstrom: np.ndarray) -> list[Setting]:
    """Return the settings that a number of the International Tables may mean in this cell, the standard one first."""
    groups = [group for group in gemmi.spacegroup_table() if group.number == number]
    fitting = [group for group in groups if _fits(group, cell_angstrom)]
    same = [group for group in fitting if group.hm == fitting[0].hm]
    return [_setting(group.xhm(), list(group.operations())) for group in same]


def fits_cell(setting: Setting, cell_angstrom: np.ndarray) -> bool:
    """Tell whether all rotations leave the lengths and angles of the cell (3, 3) as they are."""
    metric = cell_angstrom @ cell_angstrom.T
    turned = np.einsum("kji,jl,klm->kim", setting.rotations, metric, setting.rotations)
    lengths = np.sqrt(np.diag(metric))
    return bool(np.all(np.abs(turned - metric) < _METRIC_TOLERANCE * np.outer(lengths, lengths)))


def without_spin(triplet: str) -> str:
    """Return an operation of a magnetic group (``x,y,z,+1``) without what it does to moments."""
    return ",".join(triplet.split(",")[:3])


def combined(triplets: Sequence[str], centrings: Sequence[str]) -> list[str]:
    """Return all products of operations and centring translations, as triplets, or the operations themselves."""
    try:
        return [
            (_operation(centring) * _operation(text)).wrap().triplet() for centring in centrings for text in triplets
        ] or list(triplets)
    except (RuntimeError, ValueError, OverflowError):
        return list(triplets)


def _operation(text: str) -> gemmi.Op:
    """Return the operation that a triplet writes; decimals may be rounded (0.33 is a third)."""
    if len(text) > _LONGEST_TRIPLET:
        raise ValueError(f"{text[:20]}… is no symmetry operation")
    triplet = re.sub(r"^\d+\s+['\"]?(?=[-+xyz\d])", "", text.strip(" '\"").lower())  # some number their operations
    triplet = re.sub(r"\d*\.\d+", lambda found: f"{round(24 * float(found[0]))}/24", triplet)
    operation = gemmi.Op(triplet)
    if abs(round(np.linalg.det(np.array(operation.rot) / operation.DEN))) != 1:
        raise ValueError(f"{text} is no symmetry operation")
    return operation


def _setting(label: str, operations: Sequence[gemmi.Op]) -> Setting:
    rotations = np.array([operation.rot for operation in operations], float) / gemmi.Op.DEN
    translations = np.array([operation.tran for operation in operations], float) / gemmi.Op.DEN
    return Setting(label, rotations, translations)


def _with_variants(found: gemmi.SpaceGroup, stated: bool) -> list[gemmi.SpaceGroup]:
    """Return a group, then its other origins or axes; a stated origin has no others, stated axes may be wrong."""
    if stated and found.ext in "12":
        return [found]
    others = [group for group in gemmi.spacegroup_table() if group.number == found.number and group.hm == found.hm]
    return [found, *(group for group in others if group.ext != found.ext)]


def _other_axes(name: str) -> list[gemmi.SpaceGroup]:
    """Return what a short monoclinic symbol means with another unique axis: ``P 21/b`` is P 1 1 21/b."""
    match = re.fullmatch(r"([A-Za-z])\s*(\S+)", name.partition(":")[0])
    if not match:
        return []
    lattice, symbol = match.groups()
    full = (f"{lattice} {symbols}" for symbols in (f"1 {symbol} 1", f"1 1 {symbol}", f"{symbol} 1 1"))
    return [group for group in map(gemmi.find_spacegroup_by_name, full) if group is not None]


def _fits(group: gemmi.SpaceGroup, cell_angstrom: np.ndarray) -> bool:
    return fits_cell(_setting("", list(group.operations().sym_ops)), cell_angstrom)
