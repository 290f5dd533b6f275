"""Several scans of one measurement: their mean, and further columns of a curve's file, as changes of the session."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from xanesview.domain.processing.step_lists import last_of
from xanesview.domain.processing.steps.edge_step import EdgeStep
from xanesview.domain.processing.steps.merge import OWN, Merge
from xanesview.domain.session import ReferenceCurve, Session
from xanesview.domain.structure import Notice
from xanesview.shown.overlay_changes import with_reference
from xanesview.shown.processing import PROCESSED
from xanesview.shown.reference_labels import told_apart

if TYPE_CHECKING:
    from xanesview.domain.processing.outcome import Outcome
    from xanesview.domain.spectrum import Spectrum


#: Kind of the notice of a mean; it goes when the curves change.
MEAN = "mean"


def with_mean(session: Session, indices: Sequence[int]) -> Session:
    """Return the session with the mean of measured references and its spread, as their steps make them.

    Its step “Mean of scans” names them all, so that it follows the steps of each alike; outliers can be left out
    there. The curve says that it follows, and is called after what its scans have in common.
    """
    names, references = told_apart(session.references), session.references
    first = references[indices[0]]
    scans = tuple(f"{names[k]}{PROCESSED}" for k in indices)
    common = common_name([names[k] for k in indices])
    label = f"{common}, mean of {len(indices)}" if common else f"mean of {len(indices)} scans"
    mean = ReferenceCurve(
        spectrum=first.spectrum.replace(label=label),
        label=label,
        steps=(Merge(curves=scans, with_own=False),),
        source=first.source,
        facts={"scans": ", ".join(names[k] for k in indices)},
    )
    return with_reference(session, mean)


def common_beginning(names: Sequence[str]) -> str:
    """Return the signs that names begin with alike."""
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    return "".join(letters[0] for letters in alike)


def common_name(names: Sequence[str]) -> str:
    """Return what names have in common at their beginnings, without the number that begins there: “film_scan1” and
    “film_scan2” give “film_scan”; empty where that is nothing that could be a name."""
    common = common_beginning(names)
    after = "".join(name[len(common) :][:1] for name in names)
    if any(sign.isalpha() for sign in after):  # amid a word
        common = re.sub(r"[^\W_]*$", "", common)
    elif any(sign.isdigit() for sign in after):
        common = common.rstrip("0123456789")
    common = common.rstrip(" _-.,·#([").strip()
    return common if sum(letter.isalpha() for letter in common) > 1 else ""


def mean_notice(session: Session, indices: Sequence[int], outcome: Outcome | None) -> Notice | None:
    """Return what is to be said of scans in a mean that are unlike the others, or have other steps; nothing if none."""
    names = told_apart(session.references)
    facts = {} if outcome is None or outcome.after is None else outcome.after.facts
    found = [names[indices[0]] if name == OWN else name.removesuffix(PROCESSED) for name in facts.get("outliers", ())]
    told, hints = [], []
    if found:
        told.append(f"Unlike the other scans, but in the mean: {', '.join(found)}.")
        hints.append("To leave them out, tick “Leave outliers out” of the mean, under Processing.")
    if other := _otherwise_normalised(session, indices):
        which = ", ".join(names[k] for k in other)
        how = session.references[other[0]].statement or "other steps"
        told.append(f"Not normalised as the other scans: {which} ({how}).")
        hints.append("Copy the steps of another scan to it, under Processing ▸ More.")
    return Notice(MEAN, " ".join(told), " ".join(hints)) if told else None


def _otherwise_normalised(session: Session, indices: Sequence[int]) -> list[int]:
    """Return the fewer ones of the scans that are normalised to their edge steps, or not; none where all are alike."""
    groups: dict[bool, list[int]] = {True: [], False: []}
    for k in indices:
        groups[last_of(session.references[k].steps, EdgeStep) is not None].append(k)
    return min(groups.values(), key=len)


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
