"""Exported curves that are read again: what they become in a session."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

from xanesview.domain.counts import counted
from xanesview.domain.curve_look import CurveLook
from xanesview.domain.orientation.angle_series import tells_angle
from xanesview.domain.processing.step_lists import told_normalised
from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
from xanesview.domain.session import FrozenCurve, ReferenceCurve
from xanesview.domain.spectrum import Spectrum
from xanesview.shown.curve_looks import COLOUR_FACT, FILE_FACT, HIDDEN_FACT


def as_overlays(
    spectra: Sequence[Spectrum], source: str, divisor: float = 1.0
) -> tuple[list[ReferenceCurve], list[FrozenCurve]]:
    """Return measured and computed curves as references, predicted and frozen ones as frozen curves, all as they were.

    Names, kinds, provenance and the colours that the user gave stay; hidden curves stay hidden.

    Parameters
    ----------
    divisor : what sums over sites are divided by where they are drawn, since files hold sums
    """
    per_atom = () if divisor == 1.0 else (ScaleAndOffset(1.0 / divisor),)
    references = [
        ReferenceCurve(
            spectrum=one,
            label=one.label,
            source=source,
            steps=() if told_normalised(one.provenance) else per_atom,
            angle_deg=_angle_deg(one),
            series=one.provenance.get("series", ""),
            look=CurveLook(_given_name(one), _colour(one)),
            visible=not _is_hidden(one),
        )
        for one in spectra
        if one.kind in ("measured", "computed")
    ]
    frozen = [
        FrozenCurve(
            one.replace(provenance={**one.provenance, FILE_FACT: PurePath(source).name}), not _is_hidden(one),
            look=CurveLook(one.label, _colour(one)), n_atoms=_summed_atoms(one),
        )
        for one in spectra
        if one.kind not in ("measured", "computed")
    ]  # fmt: skip
    return references, [replace(one, done=one.spectrum) for one in frozen]


def _colour(spectrum: Spectrum) -> str:
    """Return the colour that the user had given a curve, as its file says; empty where it says none."""
    told = spectrum.provenance.get(COLOUR_FACT, "")
    return told.lower() if re.fullmatch("#[0-9a-fA-F]{6}", told) else ""


def _given_name(spectrum: Spectrum) -> str:
    """Return the name that the user had given a measured curve of a series: those of the program tell its angle."""
    angle_deg = _angle_deg(spectrum)
    return "" if angle_deg is None or tells_angle(spectrum.label, angle_deg) else spectrum.label


def _is_hidden(spectrum: Spectrum) -> bool:
    return spectrum.provenance.get(HIDDEN_FACT) == "yes"


def _angle_deg(spectrum: Spectrum) -> float | None:
    """At which angle of a series a measured curve was taken, degrees, as its file says; None where it says none."""
    told = re.fullmatch(r"(\d+(?:\.\d+)?) °", spectrum.provenance.get("angle", ""))
    is_measured = spectrum.kind == "measured" and "series" in spectrum.provenance
    return float(told.group(1)) if told and is_measured else None


def _summed_atoms(spectrum: Spectrum) -> float:
    """How many atoms a curve is the sum of, as its file says; 1 where that can't be told."""
    told = spectrum.provenance
    if told_normalised(told):
        return 1.0
    try:
        weights = [float(word) for word in told.get("site_weights", "").split()] or [1.0] * len(told["sites"].split())
    except (KeyError, ValueError):
        return 1.0
    total = sum(weights)
    return total if math.isfinite(total) and total > 0.0 else 1.0


def in_words(references: Sequence[ReferenceCurve], frozen: Sequence[FrozenCurve], name: str) -> str:
    """Return a sentence that says where the curves of a file stand now."""
    count = len(references) + len(frozen)
    parts = [
        f"{len(frozen)} predicted or frozen among the frozen curves" if frozen else "",
        f"{len(references)} measured or computed among the references" if references else "",
    ]
    return f"{name} holds {counted(count, 'curve')}: {' and '.join(filter(None, parts))}."
