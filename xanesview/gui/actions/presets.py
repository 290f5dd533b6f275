"""Presets of the engine that computes the edge shown: what is offered, and how long each takes."""

from __future__ import annotations

from xanesview.gui.actions.computing import duration
from xanesview.gui.session.workspace import Workspace
from xanesview.shown.computed_edges import with_presets
from xanesview.shown.network_list import COMPUTED_HERE
from xanesview.texts import tr


def preset_times(workspace: Workspace) -> dict[str, str]:
    """Radius and time for a site of each preset, by the name that chooses it; empty where there are none."""
    shown = workspace.shown
    if shown.card is None or shown.structure is None or not shown.absorbers:
        return {}
    atom = shown.session.picked[0] if shown.session.picked else shown.absorbers[0]
    told = {}
    for name, engine in with_presets(shown.card, shown.structure).items():
        radius = f"{engine.settings.scattering_angstrom:g}"
        seconds = workspace.computation.estimate_s([atom], engine)
        text = tr("computed here: scattering within {radius} Å, {time} a site") if seconds else tr(COMPUTED_HERE)
        told[name] = text.format(radius=radius, time=duration(seconds))
    return told


def preset_offers(workspace: Workspace) -> list[tuple[str, str, bool]]:
    """Name, words and whether it is chosen of each preset, for computing what is picked."""
    shown = workspace.shown
    picked = shown.session.picked
    if shown.card is None or not picked or workspace.computation.impossible() is not None:
        return []
    offers = []
    for name, engine in with_presets(shown.card, shown.structure).items():
        seconds = workspace.computation.estimate_s(picked, engine)
        told = duration(seconds) if seconds else tr("computed")
        offers.append((name, f"{tr(engine.preset)}, {told}", name == shown.card.name))
    return offers
