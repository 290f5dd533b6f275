"""The session in which better geometries have taken the place of those that were shown first."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from xanesview.domain.session import ReferenceCurve, Session
from xanesview.domain.structure import FROM_SMILES, Notice, Structure
from xanesview.reference import kept as molecules
from xanesview.reference.engine.gfn2 import METHOD
from xanesview.reference.multiple_scattering import kept as scattering

_COMPUTED = (molecules.METHOD, scattering.METHOD)
"""What the source of a computed reference begins with."""


def with_geometries(session: Session, better: Mapping[str, Structure]) -> Session:
    """Return the session with structures replaced by the same atoms elsewhere; the same session where none is.

    Picks, weights, directions and references stay. What was computed for the geometry before says so.

    Parameters
    ----------
    session : Session
    better : mapping of the hash of a structure to the one that takes its place
    """
    better = {key: structure for key, structure in better.items() if key not in session.unrelaxed}
    structure = _better(session.structure, better)
    kept = tuple(
        one
        if _better(one.structure, better) is one.structure
        else dataclasses.replace(
            one,
            structure=_better(one.structure, better),
            references=tuple(_moved(reference, better) for reference in one.references),
        )
        for one in session.kept
    )
    if structure is session.structure and all(new is old for new, old in zip(kept, session.kept, strict=True)):
        return session
    references = tuple(_moved(reference, better) for reference in session.references)
    return session.replace(structure=structure, kept=kept, references=references)


def geometry_notice(structure: Structure) -> Notice:
    """Return what is told once a molecule has got a better geometry by itself: that, and the way back."""
    moved = structure.geometry_origin.rpartition("; ")[2].rstrip(")")
    return Notice(
        "relaxed", f"The molecule is now drawn and predicted as relaxed with {METHOD} ({moved}).",
        "The chip “relaxed geometry” above the plot goes back to the geometry it was built with.",
    )  # fmt: skip


def with_geometry_before(session: Session, before: Structure) -> Session:
    """Return the session with the geometry that the molecule shown had before its relaxation.

    It keeps it until its hash is taken out of `Session.unrelaxed`. What was computed for the relaxed one says so.
    """
    relaxed = session.structure
    references = tuple(_moved_back(reference, relaxed, before) for reference in session.references)
    kept = session.unrelaxed | {before.content_hash}
    return session.replace(structure=before, references=references, unrelaxed=kept)


def _moved_back(reference: ReferenceCurve, relaxed: Structure, before: Structure) -> ReferenceCurve:
    if reference.tensor is None or reference.structure_hash != relaxed.content_hash:
        return reference
    computed_for = reference.computed_for
    if computed_for == _other(relaxed, "before"):
        computed_for = ""
    elif not computed_for and reference.source.startswith(_COMPUTED):
        computed_for = _other(relaxed, "after")
    return reference.replace(structure_hash=before.content_hash, computed_for=computed_for)


def _other(structure: Structure, when: str) -> str:
    return f"{structure.name or structure.formula} {when} its relaxation"


def _better(structure: Structure | None, better: Mapping[str, Structure]) -> Structure | None:
    if structure is None or structure.source != FROM_SMILES:
        return structure
    return better.get(structure.content_hash, structure)


def _moved(reference: ReferenceCurve, better: Mapping[str, Structure]) -> ReferenceCurve:
    """The reference as one of the structure's new geometry; that it was computed for the old one stands beside it."""
    structure = better.get(reference.structure_hash)
    if reference.tensor is None or structure is None:
        return reference
    computed_for = reference.computed_for
    if computed_for == _other(structure, "after"):
        computed_for = ""
    elif not computed_for and reference.source.startswith(_COMPUTED):
        computed_for = _other(structure, "before")
    return reference.replace(structure_hash=structure.content_hash, computed_for=computed_for)
