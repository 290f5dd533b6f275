"""Exported curves that are read again: what they become in a session."""

from __future__ import annotations

from collections.abc import Sequence

from xanesview.domain.curve_look import CurveLook
from xanesview.domain.session import FrozenCurve, ReferenceCurve
from xanesview.domain.spectrum import Spectrum


def as_overlays(spectra: Sequence[Spectrum], source: str) -> tuple[list[ReferenceCurve], list[FrozenCurve]]:
    """Return measured and computed curves as references, predicted and frozen ones as frozen curves, all as they were.

    Names, kinds and provenance stay; nothing is scaled, since references were exported as they were drawn.
    """
    references = [
        ReferenceCurve(spectrum=one, label=one.label, source=source)
        for one in spectra
        if one.kind in ("measured", "computed")
    ]
    frozen = [
        FrozenCurve(one, look=CurveLook(name=one.label)) for one in spectra if one.kind not in ("measured", "computed")
    ]
    return references, frozen


def in_words(references: Sequence[ReferenceCurve], frozen: Sequence[FrozenCurve], name: str) -> str:
    """Return a sentence that says where the curves of a file stand now."""
    count = len(references) + len(frozen)
    parts = [
        f"{len(frozen)} predicted or frozen among the frozen curves" if frozen else "",
        f"{len(references)} measured or computed among the references" if references else "",
    ]
    return f"{name} holds {count} curve{'s' * (count != 1)}: {' and '.join(filter(None, parts))}."
