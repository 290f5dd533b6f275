"""Names of curves in a list: what neighbours share is said once, above them, and on each line what is its own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from xanesview.io.figures.name_fitting import CurveNames
from xanesview.shown.curve import Curve
from xanesview.texts import told


def said_once(curves: Sequence[Curve]) -> tuple[dict[str, str], dict[str, str]]:
    """Return what is each curve's own of its name, and what stands above some of them, both by the curve's key.

    The current curve, whose name turns with the arrow, keeps all of its name: headings must not come and go in a drag.
    """
    own = {curve.key: told(curve.label) for curve in curves}
    above: dict[str, str] = {}
    named = [curve for curve in curves if curve.role != "current"]
    names, heads = _rows(tuple(told(curve.label) for curve in named))
    for curve, name in zip(named, names, strict=True):
        own[curve.key] = name
    for at, words in heads.items():
        above[named[at].key] = words if words.endswith(":") else f"{words}:"
    return own, above


@lru_cache(maxsize=4)
def _rows(names: tuple[str, ...]) -> tuple[list[str], dict[int, str]]:
    """Return lines and headings; the names stay while the arrow turns, and a hundred take as long as drawing them."""
    return CurveNames.of(names).rows()
