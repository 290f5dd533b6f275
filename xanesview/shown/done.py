"""What was done to the numbers of a curve, in words as steps are told in the window: what a figure says below it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xanesview.domain.processing.step_lists import in_words
from xanesview.io.figures.foot import DONE_FACT
from xanesview.shown.curve import Subject

if TYPE_CHECKING:
    from xanesview.domain.spectrum import Spectrum
    from xanesview.shown.shown import Shown

_SHORT = {
    "{} eV": r"shifted by (\S+) eV", "{} eV wider": r"([\d.]+) eV of Gaussian", "step {} %": r"step of ([\d.]+) %",
    "term values × {}": r"multiplied by ([\d.]+)",
}  # fmt: skip


def done_to(shown: Shown, subject: Subject, spectrum: Spectrum) -> str:
    """Return what moved, scaled or broadened a curve: “+0.42 eV, edge step”; empty where it is as it was read or made.

    Parameters
    ----------
    shown : Shown
    subject : what the curve is of
    spectrum : the same with where it comes from
    """
    if subject.kind == "reference":
        placed = shown.references[subject.which]
        elsewhere = placed.reference.scaled_elsewhere(shown.structure)
        own = f"scaled to {elsewhere}" if elsewhere else in_words(placed.reference.steps)
        with_prediction = in_words(shown.steps) if placed.summed is not None else ""
        before = spectrum.provenance.get(DONE_FACT, "")  # of a curve that a file brought back
        return ", ".join(filter(None, (before, with_prediction, own if own not in before else "")))
    steps = in_words(shown.steps)
    if subject.kind == "frozen":
        measured = _as_measured(spectrum.provenance.get("drawn_as", ""))
        if shown.frozen[subject.which].frozen.done is None:
            return ", ".join(filter(None, (measured, steps)))
        own = spectrum.provenance.get(DONE_FACT, "")
        return own if measured and own.startswith(measured) else ", ".join(filter(None, (measured, own)))
    compared = next((one for one in shown.compared if subject == Subject("network", one.network)), None)
    look = shown.measured if compared is None else compared.measured
    measured = "" if look is None else f"as measured ({look.in_short.replace(' · ', ', ')})"
    scaled = "scaled to equal area" if compared is not None and compared.is_scaled else ""
    return ", ".join(filter(None, (measured, scaled, steps)))


def _as_measured(drawn_as: str) -> str:
    """Return in a few words how a curve was made to look measured, as its header tells it."""
    kind, _, told = drawn_as.partition(": ")
    if kind != "measured":
        return ""
    words = [words.format(_brief(found[1])) for words, pattern in _SHORT.items() if (found := re.search(pattern, told))]
    return f"as measured ({', '.join(words) or told})"


def _brief(number: str) -> str:
    """Return a width with as many figures as the window says; a shift keeps its sign and its decimals."""
    return number if number[0] in "+−" else f"{float(number):.2g}"
