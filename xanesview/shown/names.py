"""What things are called: C1 is the first carbon of the file; a plot is named by its sites and its polarisation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from xanesview.domain.atom_names import site_name
from xanesview.domain.structure import Structure
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.domain.processing.as_measured import AsMeasured
    from xanesview.shown.shown import Shown

_GRAZING = re.compile(r"\bgrazing (−?\d+(?:\.\d+)?)°|(−?\d+(?:\.\d+)?)° grazing\b")  # as labels and titles have it


def selection_name(structure: Structure, sites: Sequence[int]) -> str:
    """Name of a set of sites as the plot's title has it: "C1", "sum of C1, C2", "sum of all 6 C"."""
    if len(sites) == 1:
        return site_name(structure, sites[0])
    symbols = {structure.symbols[i] for i in sites}
    if len(symbols) == 1 and len(sites) > 3:
        symbol = symbols.pop()
        if len(sites) == len(structure.sites_of(symbol)):
            return f"sum of all {len(sites)} {symbol}"
    if len(sites) > 3:
        return f"sum of {len(sites)} sites"
    return "sum of " + ", ".join(site_name(structure, i) for i in sites)


def polarisation_text(shown: Shown) -> str:
    """The polarisation in words: "ε = (0.00, 0.64, 0.77)", "powder average"; "isotropic" where it changes nothing."""
    return "isotropic" if shown.ignores_direction else shown.session.geometry.describe()


def angle_text(shown: Shown) -> str:
    """The polarisation as the angle that varies between frozen curves, “θ = 20°”; empty where none does alone."""
    varied = None if shown.ignores_direction else shown.varied_angle
    return "" if varied is None else varied.of(shown.session.geometry)


def numbered(labels: Sequence[str]) -> list[str]:
    """Put a number behind labels that are equal."""
    counts, met = Counter(labels), Counter()
    result = []
    for label in labels:
        met[label] += 1
        result.append(f"{label} ({met[label]})" if counts[label] > 1 else label)
    return result


def counted_from_normal(text: str) -> str:
    """Return the words on a beam with its angle from the normal: “grazing 20°” becomes “70° from normal”."""
    return _GRAZING.sub(_incidence, text)


def _incidence(found: re.Match[str]) -> str:
    grazing = float((found[1] or found[2]).replace("\N{MINUS SIGN}", "-"))
    return f"{round(90.0 - grazing, 1):g}° from normal"


def drawn_as(measured: AsMeasured | None) -> str:
    """How curves are drawn, as headers of files have it: "computed", or "measured: " and what was done."""
    return "computed" if measured is None else f"measured: {measured}"


def energy_title(shown: Shown) -> tuple[str, str]:
    """Title of the energy axis, and a shorter one."""
    if shown.axis == "absolute":
        return tr(shown.session.geometry.energy_title), tr("Energy (eV)")
    name = "ionisation potential" if shown.card is None or shown.card.e0_name == "IP" else "Fermi level, E₀"
    titled = shown.session.geometry.energy_title_from
    return titled(f"the {name}"), titled("E₀")


def title(shown: Shown, *, in_full: bool = False) -> str:
    """Title of the plot: which sites, which polarisation; by the angle that tells frozen curves apart, where one does.

    In full the polarisation is named as if nothing else were drawn.
    """
    if not shown.selection:
        return "" if shown.structure is None else shown.structure.name or shown.structure.formula
    angle = "" if in_full or shown.varied_angle is None else angle_text(shown)
    return f"{shown.selection} · {angle or polarisation_text(shown)}"
