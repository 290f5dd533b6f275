"""What stands above a figure by itself: the structure, the edge, the sites and the light of what is drawn in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from xanesview.domain.geometry.kinds import geometry_from_header
from xanesview.errors import XanesviewError
from xanesview.io.figures.curve_looks import FigureCurve

_MOST_NAMED = 2
_ANGLES = re.compile(r"[θφ] = [−-]?\d")  # of light that is named by what varies between curves
_OF_LIGHT = ("current", "site", "compared")
_OF_STRUCTURE = (*_OF_LIGHT, "isotropic", "frozen", "computed")


def heading_of(curves: Sequence[FigureCurve], weights: str = "") -> str:
    """Return “Benzene · C K-edge · sum of all 6 C”: what the drawn curves have in common, and nothing of any other.

    Parameters
    ----------
    curves : as drawn, with where they come from in their provenance
    weights : how sites weigh in the sums, said behind these; empty where all weigh the same
    """
    facts = [curve.spectrum.provenance for curve in curves]
    of_structure = [one for curve, one in zip(curves, facts, strict=True) if curve.role in _OF_STRUCTURE]
    structures = _different(one.get("structure") or one.get("formula", "") for one in of_structure)
    edges = _different(_edge(one) for one in facts)
    parts = [", ".join(structures) if len(structures) <= _MOST_NAMED else "", ", ".join(edges)]
    of_sums = [curve for curve in curves if curve.role in _OF_STRUCTURE and curve.role != "site"]
    sites = _different(curve.spectrum.provenance.get("selection", "") for curve in of_sums)
    if len(structures) == len(sites) == 1:
        parts += [sites[0], weights]
    parts.append(_light([curve for curve in curves if curve.role in _OF_LIGHT]))
    return " · ".join(filter(None, parts))


def _edge(facts: Mapping[str, str]) -> str:
    """Return the edge that a curve is of, as “C K-edge”; a tensor file's “K” goes with its element."""
    element = str(facts.get("element.symbol") or facts.get("element") or "")
    told = str(facts.get("edge") or facts.get("element.edge") or "")
    if not told:
        return ""
    named = told if " " in told or not element else f"{element} {told}"
    return f"{named}-edge" if " " in named else ""


def _light(curves: Sequence[FigureCurve]) -> str:
    """Return the polarisation that the curves share, where none of their names tells it."""
    told = _different(curve.spectrum.provenance.get("polarisation", "").partition(": ")[2] for curve in curves)
    if len(told) != 1 or told[0] == "isotropic":
        return ""
    names = {curve.spectrum.label for curve in curves}
    named = names & {told[0], *map(_short_light, curves)} or any(_ANGLES.match(name) for name in names)
    return "" if named else told[0]


def _short_light(curve: FigureCurve) -> str:
    try:
        return geometry_from_header(curve.spectrum.provenance).short_label
    except XanesviewError:  # of a newer program
        return ""


def _different(words: Iterable[object]) -> list[str]:
    return list(dict.fromkeys(word for word in map(str, words) if word))
