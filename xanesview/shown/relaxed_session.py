"""The session in which better geometries have taken the place of those that were shown first."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from xanesview.domain.session import ReferenceCurve, Session
from xanesview.domain.structure import FROM_SMILES, Structure
from xanesview.reference.kept import METHOD


def with_geometries(session: Session, better: Mapping[str, Structure]) -> Session:
    """Return the session with structures replaced by the same atoms elsewhere; the same session where none is.

    Picks, weights, directions and references stay. What was computed for the geometry before says so.

    Parameters
    ----------
    session : Session
    better : mapping of the hash of a structure to the one that takes its place
    """
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
    if not computed_for and reference.source.startswith(METHOD):
        computed_for = f"{structure.name or structure.formula} before its relaxation"
    return reference.replace(structure_hash=structure.content_hash, computed_for=computed_for)
