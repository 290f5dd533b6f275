"""What a spectrum's own facts say of it: sample, compound, element, edge, angle, and whom to cite."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePath

from xanesview.domain.geometry.momentum_transfer import K_EDGE_EV
from xanesview.domain.processing.edge import find_e0
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.io.spectra.angle_spectra import angle_in_name
from xanesview.reference.collection.entry import Description

_COMPOUND = ("sample.formula", "sample.stoichiometry", "formula", "compound", "sample.smiles", "smiles")
_NAME = ("sample.name", "sample")
_ANGLE = ("sample.theta", "sample.angle", "angle", "theta", "theta_deg")
_CITED = ("citation", "sample.citation", "scan.citation", "source of the data", "literature")
_CITATION_FAMILIES = ("citation", "publication", "literature", "reference")
_CITATION_PARTS = ("authors", "author", "title", "journal", "volume", "number", "pages", "year", "notes", "doi", "url")
_PLACE = ("facility.name", "beamline.name")
_EDGE = re.compile(r"([A-Z][a-z]?)[\s_(-]+([KLM][1-5]?|L[₁₂₃])\)?(?:[- ]?edge)?")
_BELOW_EV, _ABOVE_EV = 8.0, 16.0
_LONGEST, _LONGEST_NAME = 1000, 120


def description_of(spectrum: Spectrum, name: str = "", angle_deg: float | None = None) -> Description:
    """Return what is known of a spectrum by its label and its facts.

    Parameters
    ----------
    name : str
        What it is called where its facts name no sample.
    angle_deg : float, optional
        Where its file tells the angle elsewhere than in the facts.
    """
    facts = {key.lower(): " ".join(str(value).split()) for key, value in spectrum.provenance.items()}
    element, edge = _edge_of(spectrum, facts)
    if angle_deg is None:
        angle_deg = next((found for key in _ANGLE if (found := _degrees(facts.get(key, ""))) is not None), None)
    if angle_deg is None:
        angle_deg = angle_in_name(spectrum.label)
    called = _first(facts, _NAME) if spectrum.kind == "measured" else ""
    if len(called) > _LONGEST_NAME:  # a whole header
        called = ""
    return Description(
        name=(called or spectrum.label.partition(";")[0] or name)[:_LONGEST_NAME],
        compound=_first(facts, _COMPOUND)[:_LONGEST],
        element=element,
        edge=edge,
        angle_deg=angle_deg,
        citation=citation_of(facts)[:_LONGEST],
    )


def citation_of(facts: Mapping[str, str]) -> str:
    """Return whom to cite for a spectrum, in one line.

    A citation that stands whole is taken as it is; else its parts, as the XAS Data Library names them; else what the
    file says of its source. Where there is none of these it is said where and when it was measured. The field
    ``Sample.reference`` of XDI is the foil that was measured along, and no citation.
    """
    whole = _first(facts, _CITED)
    if whole:
        return whole
    for family in _CITATION_FAMILIES:
        parts = [(key, facts.get(f"{family}.{key}", "")) for key in _CITATION_PARTS]
        if any(value for key, value in parts if key in ("authors", "author", "title", "journal", "doi")):
            return ", ".join(f"doi:{value}" if key == "doi" and "doi" not in value.lower() else value
                             for key, value in parts if value)  # fmt: skip
    for key in ("reference", "doi", "source"):
        value = facts.get(key, "")
        if value and not (key == "source" and _is_path(value)):
            licence = facts.get("licence") or facts.get("license", "")
            return f"{value} ({licence})" if licence else value
    place = list(dict.fromkeys(facts[key] for key in _PLACE if facts.get(key)))
    when = facts.get("scan.start_time", "")
    return ", ".join([*place, *([when] if when else [])]) if place else ""


def _edge_of(spectrum: Spectrum, facts: Mapping[str, str]) -> tuple[str, str]:
    element, edge = facts.get("element.symbol", ""), facts.get("element.edge", "")
    if re.fullmatch("[A-Z][a-z]?", element) and re.fullmatch("[KLMN][1-7]?", edge):
        return element, edge
    for text in (facts.get("edge", ""), facts.get("element", "") + " " + facts.get("edge", "")):
        found = _EDGE.fullmatch(text.strip())
        if found:
            return found[1], found[2].translate(str.maketrans("₁₂₃", "123"))
    return _by_energies(spectrum)


def _by_energies(spectrum: Spectrum) -> tuple[str, str]:
    """Return the one K-edge that the steepest rise of a spectrum is near to."""
    if spectrum.axis != "absolute":
        return "", ""
    try:
        e0 = find_e0(spectrum.energy_ev, spectrum.intensity)
    except (XanesviewError, ValueError):
        return "", ""
    near = [element for element, edge_ev in K_EDGE_EV.items() if -_BELOW_EV <= e0 - edge_ev <= _ABOVE_EV]
    return (near[0], "K") if len(near) == 1 else ("", "")


def _degrees(text: str) -> float | None:
    found = re.fullmatch(r"(\d{1,3}(?:\.\d+)?)\s*(?:°|deg(?:rees?)?\.?)?", text.strip())
    return float(found[1]) if found and float(found[1]) <= 180.0 else None


def _first(facts: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((facts[name] for name in names if facts.get(name)), "")


def _is_path(text: str) -> bool:
    """Whether a source is the name of a file, which is nobody to be cited."""
    return (len(PurePath(text).parts) > 1 and bool(PurePath(text).suffix)) or PurePath(text).is_absolute()
