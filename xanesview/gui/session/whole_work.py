"""All that a window works on as one frozen `Work`, and a window that takes one up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xanesview.domain.structure import Notice
from xanesview.domain.work import KeptComputation, KeptFit, KeptPrediction, NetworkUsed, Work, structures_of
from xanesview.gui.session.step_history import history_of
from xanesview.inference.kept_work import kept
from xanesview.reference.engines import engine_named
from xanesview.shown.computed_edges import is_computed
from xanesview.shown.curve import Subject
from xanesview.shown.kept_session import KIND, is_refined, not_the_same, take_back, told_of_damage, told_of_networks

if TYPE_CHECKING:
    from xanesview.domain.session import Session
    from xanesview.gui.session.workspace import Workspace
    from xanesview.shown.computed_edges import WithComputedEdges

VIEW_KEYS = ("tabs", "pins_ev", "difference", "residuals", "anisotropy", "range", "camera", "refine")
"""What this version says of what is seen beside the session; what others say is kept."""


@dataclass(frozen=True, eq=False)
class Gathered:
    """Work as far as it is in memory; what the disk keeps beside it is looked for by `whole`, in any thread."""

    work: Work
    missing: tuple[tuple[str, str], ...]
    networks: WithComputedEdges

    def whole(self) -> Work:
        """Return the work with predictions of earlier sessions, too."""
        found = [(*pair, self.networks.recall(*pair)) for pair in self.missing]
        more = tuple(kept(key, name, one) for key, name, one in found if one is not None)
        return self.work.replace(predictions=(*self.work.predictions, *more))


def gather(
    workspace: Workspace, view: Mapping[str, Any], opened: Work | None = None, origin: str = "", digest: str = ""
) -> Gathered:
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
    digest : str
        Of what that file held when it was last read or written.
    """
    session = workspace.session
    history = history_of(workspace.undo_stack, workspace.left_out_steps)
    structures = structures_of(session, history)
    predictions: list[KeptPrediction] = []
    missing: list[tuple[str, str]] = []
    for key, network in _pairs(session):
        found = workspace.store.held(key, network, session.orbit_tolerance_angstrom)
        if found is not None:
            predictions.append(kept(key, network, found))
        elif (
            not is_computed(network)
            and workspace.networks.is_here(network)
            and session.orbit_tolerance_angstrom is None  # the disk has none by orbits
        ):
            missing.append((key, network))
    work = Work(
        session,
        networks=_networks(workspace.networks, session, () if opened is None else opened.networks),
        predictions=tuple(predictions),
        computations=tuple(
            KeptComputation(one.content_hash, one.charge, element, engine_named(engine).packed(sites), engine)
            for one in structures.values()
            for (element, engine), sites in workspace.computation.sites.held(one).items()
        ),
        fit=_fit(workspace),
        geometries=workspace.relaxation.pairs_of(structures),
        view={**view, "refine": workspace.computation.refine},
        origin=origin,
        origin_digest=digest,
        history=history,
    )
    if opened is not None:
        unknown = {name: one for name, one in opened.view.items() if name not in VIEW_KEYS}
        work = work.replace(unknown=opened.unknown, view={**unknown, **work.view})
    return Gathered(work, tuple(missing), workspace.networks)


def take_up(workspace: Workspace, work: Work) -> list[Notice]:
    """Let a window work on what a file has kept; return what has to be said of its networks."""
    workspace.store.give_up()
    take_back(work, workspace.networks, workspace.store, workspace.computation.sites)
    workspace.relaxation.take_back(work.geometries)
    refine = is_refined(work)
    if not refine:
        workspace.computation.set_refine(False)
    workspace.fitting.forget()
    missing, other = not_the_same(workspace.networks, work)
    # what the file has kept must not be mixed with what another network says
    apart = {one.name for one in (*missing, *other)}
    workspace.begin_anew(work.session, predict=work.session.network not in apart, history=work.history)
    if refine:
        workspace.computation.set_refine(True)
        workspace.computation.cancel()  # what is computed is shown; nobody has asked for more
    if work.fit is not None:
        workspace.fitting.take_back(Subject("reference", work.fit.reference), work.fit)
    return [*told_of_networks(missing, other), *_told_of_steps(work), *told_of_damage(work)]


def _told_of_steps(work: Work) -> list[Notice]:
    problem = work.history.problem
    if not problem:
        return []
    return [Notice(KIND, f"Not all steps of the history can be undone: {problem}.", "The work itself is complete.")]


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


def _networks(networks: WithComputedEdges, session: Session, known: Iterable[NetworkUsed]) -> tuple[NetworkUsed, ...]:
    """The networks of a session as they are here; those that aren't, as the file that was opened tells of them."""
    before = {one.name: one for one in known}
    used = []
    for name in _names(session):
        if networks.is_here(name):
            card = networks.card(name)
            used.append(NetworkUsed(name, card.version, card.weights_hash, card.title, card.raw))
        else:
            used.append(before.get(name, NetworkUsed(name)))
    return tuple(used)


def _fit(workspace: Workspace) -> KeptFit | None:
    report = workspace.fitting.report
    if report is None or not isinstance(report.subject.which, int) or not workspace.fitting.holds(report):
        return None  # what it gave has been changed since
    steps = (report.steps, report.prediction_steps)
    return KeptFit(report.subject.which, report.label, report.fit, *steps, report.prediction)
