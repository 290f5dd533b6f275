"""Curves of the plot as they are kept in the user's library: measured ones as their file has them."""

from __future__ import annotations

from collections.abc import Sequence

from xanesview.domain.spectrum import Spectrum
from xanesview.shown.curve import Subject
from xanesview.shown.reference_labels import told_apart
from xanesview.shown.shown import Shown
from xanesview.shown.spectra import exported


def spectra_to_keep(shown: Shown, subjects: Sequence[Subject]) -> list[Spectrum]:
    """Return the curves that are of these subjects, each with all that is known of it.

    A measured curve is kept without the steps that bring it to the prediction beside it: they are found anew wherever
    it is laid over. Others are kept as they are exported.
    """
    names = told_apart(shown.session.references)
    found: dict[Subject, Spectrum] = {}
    for subject in subjects:
        reference = shown.session.references[subject.which] if subject.kind == "reference" else None
        if reference is not None and reference.spectrum is not None:
            facts = {**reference.spectrum.provenance, **reference.facts}
            facts |= {"source": reference.source} if reference.source else {}
            if reference.angle_deg is not None:
                facts |= {"angle": f"{reference.angle_deg:g} °", "series": reference.series}
            found[subject] = reference.spectrum.replace(label=names[subject.which], provenance=facts)
    others = {
        curve.subject: spectrum for curve, spectrum in exported(shown, hidden=True) if curve is not None
    } if len(found) < len(subjects) else {}  # fmt: skip
    return [found.get(subject) or others[subject] for subject in subjects if subject in found or subject in others]
