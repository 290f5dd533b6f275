"""Work: a session and what belongs to it, as a file keeps it and another start of the program takes it up again."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.editing.atoms import is_edited
from xanesview.domain.processing.fitted_prediction import PredictionFit
from xanesview.domain.processing.steps.step import Step
from xanesview.domain.session import KeptStructure, Session
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Notice, Structure


@dataclass(frozen=True)
class NetworkUsed:
    """A network that curves were predicted with: its name, and which one of that name it was.

    `card` is what the network's card says, so that its curves can be shown where the network is not.
    """

    name: str
    version: str = ""
    weights_hash: str = ""
    title: str = ""
    card: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class KeptPrediction:
    """What a network said of sites of a structure.

    Parameters
    ----------
    structure_hash : str
        Of the structure whose atoms the sites are.
    network : str
        Name of the network.
    bundle : str
        Identity of the files that it was loaded from, as `xanesview.networks.card.bundle_identity` gives it.
    tensor : AbsorptionTensor
    device : str
    verdicts : tuple of mappings
        How far each site is to be trusted, as plain values.
    notices : tuple of Notice
    """

    structure_hash: str
    network: str
    bundle: str
    tensor: AbsorptionTensor
    device: str = ""
    verdicts: tuple[Mapping[str, Any], ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, eq=False)
class KeptComputation:
    """Sites of a structure that were computed from first principles, as named arrays.

    `structure_hash`, `charge` and `element` say of what; the arrays are those that the engine of that name makes of
    sites, see `xanesview.reference.engines`.
    """

    structure_hash: str
    charge: int
    element: str
    arrays: Mapping[str, np.ndarray]
    engine: str = "molecules"


@dataclass(frozen=True, eq=False)
class KeptFit:
    """The last fit: to which reference (by place), under which name, what it found, and the steps it became.

    `prediction` is what was fitted, before its steps; None of a series, which has one an angle.
    """

    reference: int
    label: str
    fit: PredictionFit
    steps: tuple[Step, ...] = ()
    prediction_steps: tuple[Step, ...] = ()
    prediction: Spectrum | None = None


@dataclass(frozen=True, eq=False)
class KeptStep:
    """A step of the history: what it is called, and the session on its other side, as seen from the present."""

    text: str
    session: Session


@dataclass(frozen=True, eq=False)
class KeptHistory:
    """What can be undone and redone.

    Parameters
    ----------
    undo : tuple of KeptStep
        The last step first; each with the session before it.
    redo : tuple of KeptStep
        The next step first; each with the session after it.
    left_out : int
        How many steps before these were not kept.
    problem : str
        Why steps that a file holds could not be read; empty where all could.
    """

    undo: tuple[KeptStep, ...] = ()
    redo: tuple[KeptStep, ...] = ()
    left_out: int = 0
    problem: str = ""


@dataclass(frozen=True, eq=False)
class Unknown:
    """What a newer version of the program has written into a file, kept so that it can be written back.

    Parameters
    ----------
    version : (int, int)
        Of the format that it was written in.
    parts : mapping
        Top-level parts of the file by name, as plain values.
    fields : mapping of a digest to a mapping
        Fields of single things, by the digest of the fields that are known; a thing that has changed loses them.
    members : mapping of name to bytes
        Members of the archive that they name.
    """

    version: tuple[int, int] = (0, 0)
    parts: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    members: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Work:
    """All that a session file holds.

    Parameters
    ----------
    session : Session
    networks : tuple of NetworkUsed
        Those that predicted what is shown or compared.
    predictions, computations
        What is known of the open structures.
    fit : KeptFit or None
    geometries : tuple of (Structure, Structure)
        Molecules before and after their relaxation.
    view : mapping
        What the window shows beside the session, as plain values: camera, ranges, pins, tab.
    origin : str
        The file that a copy kept by itself belongs to; empty where the work had no name yet.
    origin_digest : str
        SHA-256 of what that file held when it was last read or written; empty where that is not known.
    program, written : str
        Version of the program, and when, as ISO 8601.
    history : KeptHistory
    unknown : Unknown
    damaged : tuple of str
        What the file was to hold and is damaged, in words; the work is without it.
    """

    session: Session
    networks: tuple[NetworkUsed, ...] = ()
    predictions: tuple[KeptPrediction, ...] = ()
    computations: tuple[KeptComputation, ...] = ()
    fit: KeptFit | None = None
    geometries: tuple[tuple[Structure, Structure], ...] = ()
    view: Mapping[str, Any] = field(default_factory=dict)
    origin: str = ""
    origin_digest: str = ""
    program: str = ""
    written: str = ""
    history: KeptHistory = field(default_factory=KeptHistory)
    unknown: Unknown = field(default_factory=Unknown)
    damaged: tuple[str, ...] = ()

    def replace(self, **changes: Any) -> Work:
        """Return a copy with the given fields changed."""
        return dataclasses.replace(self, **changes)


def is_worth_keeping(session: Session) -> bool:
    """Whether a session holds what its user has made or brought, beyond structures opened and looked at."""
    measured = any(one.spectrum is not None for one in session.references)
    worked_on = any(_is_worked_on(one) for one in (session, *session.kept))
    return bool(measured or worked_on or session.frozen or session.looks or session.prediction_steps)


def closed_work(before: Session, after: Session) -> tuple[Structure, ...]:
    """Return structures that a step closes and that hold what their user has made."""
    if len(after.structures) >= len(before.structures):
        return ()
    left = {one.content_hash for one in after.structures}
    shown = () if before.structure is None else (before,)
    gone = [one for one in (*shown, *before.kept) if one.structure.content_hash not in left]
    return tuple(one.structure for one in gone if _is_worked_on(one))


def structures_of(session: Session, history: KeptHistory) -> dict[str, Structure]:
    """Return the structures of a session, and those that undo and redo bring back, by their hashes."""
    sessions = (session, *(step.session for step in (*history.undo, *history.redo)))
    return {one.content_hash: one for each in sessions for one in each.structures}


def _is_worked_on(one: Session | KeptStructure) -> bool:
    """Whether an open structure, or what belongs to it, was changed by hand."""
    if one.structure is None:
        return False
    processed = any(curve.is_of_structure and curve.steps and not curve.statement for curve in one.references)
    return bool(is_edited(one.structure) or one.site_weights or processed)
