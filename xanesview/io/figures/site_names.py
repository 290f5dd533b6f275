"""Names of sites whose curves lie on each other, as those of equivalent sites do: one for all of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from xanesview.io.figures.curve_looks import FigureCurve

_SAME = 1e-3  # of the height of a curve: less than its line is wide
_SITE = re.compile(r"([^\d]*)(\d+)(.*)")
_MOST_LISTED = 3


def sites_together(curves: Sequence[FigureCurve]) -> list[FigureCurve]:
    """Return curves to be named, those of sites that lie on each other as one, which looks as the one on top."""
    groups: list[list[FigureCurve]] = []
    for curve in curves:
        found = next((one for one in groups if _lie_on_each_other(one[0], curve)), None)
        if found is None:
            groups.append([curve])
        else:
            found.append(curve)
    return [group[0] if len(group) == 1 else _as_one(group) for group in groups]


def _as_one(group: Sequence[FigureCurve]) -> FigureCurve:
    on_top = max(reversed(group), key=lambda one: one.height)
    return on_top.named(_name([one.spectrum.label for one in group]))


def _lie_on_each_other(one: FigureCurve, other: FigureCurve) -> bool:
    if one.role != "site" or other.role != "site" or not one.spectrum.label or not other.spectrum.label:
        return False
    first, second = one.spectrum, other.spectrum
    if one.offset != other.offset or not np.array_equal(first.energy_ev, second.energy_ev):
        return False
    height = float(np.nanmax(np.abs(first.intensity), initial=0.0))
    return np.allclose(first.intensity, second.intensity, rtol=0.0, atol=_SAME * height, equal_nan=True)


def _name(names: Sequence[str]) -> str:
    """Return “C1–C6” for neighbours, “C1, C3, C5” for few, else “C1, C3, C5 and 3 more”."""
    parts = [_SITE.fullmatch(name) for name in names]
    if all(parts) and len({(one[1], one[3]) for one in parts}) == 1:
        before, _, behind = parts[0].groups()
        numbers = sorted(int(one[2]) for one in parts)
        if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
            return f"{before}{numbers[0]}–{before}{numbers[-1]}{behind}"
        names = [*(f"{before}{number}" for number in numbers[:-1]), f"{before}{numbers[-1]}{behind}"]
    if len(names) <= _MOST_LISTED + 1:
        return ", ".join(names)
    return f"{', '.join(names[:_MOST_LISTED])} and {len(names) - _MOST_LISTED} more"
