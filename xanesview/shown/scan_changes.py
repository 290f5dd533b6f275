"""Several scans of one measurement: their mean, and further columns of a curve's file, as changes of the session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xanesview.domain.processing.steps.merge import OWN, Merge
from xanesview.domain.session import ReferenceCurve, Session
from xanesview.domain.structure import Notice
from xanesview.shown.overlay_changes import with_reference
from xanesview.shown.processing import PROCESSED
from xanesview.shown.reference_labels import told_apart

if TYPE_CHECKING:
    from xanesview.domain.processing.outcome import Outcome
    from xanesview.domain.spectrum import Spectrum


def with_mean(session: Session, indices: Sequence[int]) -> Session:
    """Return the session with the mean of measured references and its spread, as their steps make them.

    Its step “Merge” names them all, so that it follows the steps of each alike; outliers can be left out there. The
    curve says that it follows.
    """
    names, references = told_apart(session.references), session.references
    first = references[indices[0]]
    scans = tuple(f"{names[k]}{PROCESSED}" for k in indices)
    label = f"mean of {len(indices)} scans"
    mean = ReferenceCurve(
        spectrum=first.spectrum.replace(label=label),
        label=label,
        steps=(Merge(curves=scans, with_own=False),),
        source=first.source,
        facts={"scans": ", ".join(names[k] for k in indices)},
    )
    return with_reference(session, mean)


def outlier_notice(session: Session, indices: Sequence[int], outcome: Outcome | None) -> Notice | None:
    """Return what is to be said of scans that are unlike the others of a mean; nothing where none is."""
    found = () if outcome is None or outcome.after is None else outcome.after.facts.get("outliers", ())
    if not found:
        return None
    first = told_apart(session.references)[indices[0]]
    told = ", ".join(first if name == OWN else name.removesuffix(PROCESSED) for name in found)
    hint = "Leave outliers out in the step “Merge” of the mean, under Processing."
    return Notice("reference", f"Unlike the other scans, but in the mean: {told}.", hint)


def with_column(session: Session, spectrum: Spectrum, source: str) -> tuple[Session, str]:
    """Return the session with a column of a file as a hidden reference, and the name by which steps know it."""
    for name, one in zip(told_apart(session.references), session.references, strict=True):
        if (one.label, one.source) == (spectrum.label, source) and one.spectrum is not None:
            return session, name
    column = ReferenceCurve(
        spectrum=spectrum, label=spectrum.label, visible=False, source=source, statement="a column of the same file"
    )
    session = with_reference(session, column)
    return session, told_apart(session.references)[-1]
