"""All that a window works on as one frozen `Work`, and a window that takes one up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xanesview.domain.structure import Notice
from xanesview.domain.work import KeptComputation, KeptFit, KeptPrediction, NetworkUsed, Work
from xanesview.errors import XanesviewError
from xanesview.inference.kept_work import kept, restored
from xanesview.reference.kept import packed, unpacked
from xanesview.shown.computed_edges import is_computed
from xanesview.shown.curve import Subject

if TYPE_CHECKING:
    from xanesview.domain.session import Session
    from xanesview.gui.session.workspace import Workspace
    from xanesview.inference.shelf import Networks

KIND = "session"
"""Of notices on files of sessions."""


@dataclass(frozen=True, eq=False)
class Gathered:
    """Work as far as it is in memory; what the disk keeps beside it is looked for by `whole`, in any thread."""

    work: Work
    missing: tuple[tuple[str, str], ...]
    networks: Networks

    def whole(self) -> Work:
        """Return the work with predictions of earlier sessions, too."""
        found = [(*pair, self.networks.recall(*pair)) for pair in self.missing]
        more = tuple(kept(key, name, one) for key, name, one in found if one is not None)
        return self.work.replace(predictions=(*self.work.predictions, *more))


def gather(workspace: Workspace, view: Mapping[str, Any], opened: Work | None = None, origin: str = "") -> Gathered:
    """Return all that a window works on; nothing is copied, since all of it is frozen.

    Parameters
    ----------
    workspace : Workspace
    view : mapping
        What the window shows beside the session, as plain values.
    opened : Work or None
        What was opened: it tells of networks that aren't here, and has parts of newer versions.
    origin : str
        The file that it belongs to.
    """
    session = workspace.session
    predictions: list[KeptPrediction] = []
    missing: list[tuple[str, str]] = []
    for key, network in _pairs(session):
        found = workspace.store.held(key, network)
        if found is not None:
            predictions.append(kept(key, network, found))
        elif not is_computed(network):
            missing.append((key, network))
    work = Work(
        session,
        networks=_networks(workspace.networks, session, () if opened is None else opened.networks),
        predictions=tuple(predictions),
        computations=tuple(
            KeptComputation(structure.content_hash, structure.charge, element, packed(sites))
            for structure in session.structures
            for element, sites in workspace.computation.sites.held(structure).items()
        ),
        fit=_fit(workspace),
        geometries=workspace.relaxation.pairs_of({one.content_hash for one in session.structures}),
        view={**view, "refine": workspace.computation.refine},
        origin=origin,
    )
    if opened is not None:
        work = work.replace(unknown=opened.unknown)
    return Gathered(work, tuple(missing), workspace.networks)


def take_up(workspace: Workspace, work: Work) -> list[Notice]:
    """Let a window work on what a file has kept; return what has to be said of its networks."""
    workspace.store.give_up()
    for one in work.predictions:
        workspace.store.take_back(one.structure_hash, one.network, restored(one))
    for one in work.computations:
        try:
            sites = unpacked(one.arrays)
        except (KeyError, ValueError, IndexError, TypeError):
            continue
        workspace.computation.sites.take_back(one.structure_hash, one.charge, one.element, sites)
    workspace.relaxation.take_back(work.geometries)
    refine = work.view.get("refine") is True
    if not refine:
        workspace.computation.set_refine(False)
    workspace.fitting.report = None
    missing, other = _not_the_same(workspace.networks, work)
    # what the file has kept must not be mixed with what another network says
    workspace.begin_anew(work.session, predict=all(one.name != work.session.network for one in other))
    if refine:
        workspace.computation.set_refine(True)
        workspace.computation.cancel()  # what is computed is shown; nobody has asked for more
    if work.fit is not None:
        workspace.fitting.take_back(Subject("reference", work.fit.reference), work.fit)
    return _told(missing, other)


def _pairs(session: Session) -> list[tuple[str, str]]:
    """Open structures and the networks that predict them, each once."""
    pairs = [] if session.structure is None else [
        (session.structure.content_hash, name) for name in (session.network, *session.compared)
    ]  # fmt: skip
    pairs += [
        (one.structure.content_hash, name)
        for one in session.kept
        for name in (one.network, *session.compared)
        if one.network
    ]
    return list(dict.fromkeys(pair for pair in pairs if pair[1]))


def _names(session: Session) -> list[str]:
    names = (session.network, *session.compared, *(one.network for one in session.kept))
    return [name for name in dict.fromkeys(names) if name and not is_computed(name)]


def _networks(networks: Networks, session: Session, known: Iterable[NetworkUsed]) -> tuple[NetworkUsed, ...]:
    """The networks of a session as they are here; those that aren't, as the file that was opened tells of them."""
    before = {one.name: one for one in known}
    used = []
    for name in _names(session):
        try:
            card = networks.card(name)
        except XanesviewError:
            used.append(before.get(name, NetworkUsed(name)))
        else:
            used.append(NetworkUsed(name, card.version, card.weights_hash, card.title))
    return tuple(used)


def _not_the_same(networks: Networks, work: Work) -> tuple[list[NetworkUsed], list[NetworkUsed]]:
    """Networks that aren't here, and those that are others by now."""
    missing, other = [], []
    for used in work.networks:
        try:
            own = networks.card(used.name).weights_hash
        except XanesviewError:
            missing.append(used)
            continue
        if own and used.weights_hash and own != used.weights_hash:
            other.append(used)
    return missing, other


def _told(missing: list[NetworkUsed], other: list[NetworkUsed]) -> list[Notice]:
    notices = []
    if missing:
        names = ", ".join(f"“{one.name}”" for one in missing)
        which = "network is" if len(missing) == 1 else "networks are"
        notices.append(
            Notice(
                KIND,
                f"The curves are those that the file has kept: the {which} not here ({names}).",
                "Further sites can be predicted once it is in the folder of networks, or with another network.",
            )
        )
    if other:
        names = ", ".join(f"“{one.name}”" for one in other)
        notices.append(
            Notice(
                KIND,
                f"The curves are those that the file has kept: it was made with another {names} than the one here.",
                "As soon as a further site is picked, all are predicted anew.",
            )
        )
    return notices


def _fit(workspace: Workspace) -> KeptFit | None:
    report = workspace.fitting.report
    if report is None or not isinstance(report.subject.which, int):
        return None
    if report.subject.which >= len(workspace.session.references):
        return None
    return KeptFit(report.subject.which, report.label, report.fit, report.steps, report.prediction_steps)
