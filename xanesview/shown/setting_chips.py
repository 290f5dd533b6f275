"""Chips for what is set, and easily forgotten: resolution, weights, hidden curves, a relaxed geometry, old answers.

Each names the control that it opens (`Chip.opens`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xanesview.domain.counts import counted
from xanesview.domain.geometry.geometry import direction_text
from xanesview.domain.layers import TEY_ANGSTROM, slab_layers
from xanesview.domain.processing.step_lists import in_short, on_steps
from xanesview.reference.engine.gfn2 import METHOD, is_relaxed
from xanesview.shown.computed_edges import is_computed
from xanesview.shown.curve import Chip, Curve
from xanesview.shown.fitted_curve import stale_fits, why_meaningless

if TYPE_CHECKING:
    from xanesview.shown.shown import Shown

#: Controls that a chip can open; the steps of a reference are `PROCESSING` with its place behind.
RESOLUTION, WEIGHTS, CURVES, REFERENCES, PREDICT = "resolution", "weights", "curves", "references", "predict"
PROCESSING, GEOMETRY, SAMPLE = "processing", "geometry", "sample"
_MOST_NAMED = 2


def setting_chips(shown: Shown, curves: Sequence[Curve], is_busy: bool = False, geometries: bool = False) -> list[Chip]:
    """Return what is set otherwise than at the start and changes what is drawn.

    Parameters
    ----------
    shown : Shown
    curves : sequence of Curve
        As drawn, hidden ones too.
    is_busy : bool
        Whether sites are still being predicted.
    geometries : bool
        Whether both are known of the molecule: the geometry it was built with and the relaxed one.
    """
    found = (
        _sample(shown),
        _resolution(shown),
        _processed(shown),
        *_not_processed(shown),
        _old_fit(shown),
        _meaningless_fit(shown),
        _weights(shown),
        _orbits(shown),
        _hidden(curves),
        _geometry(shown, geometries),
        _other_geometry(shown),
        None if is_busy else _not_predicted(shown),
    )
    return [chip for chip in found if chip is not None]


def _sample(shown: Shown) -> Chip | None:
    geometry = shown.session.geometry
    average = geometry.average
    if average is None or not geometry.uses or shown.ignores_direction:
        return None
    about = f"about the surface normal ({direction_text((0, 0, 1) if geometry.normal is None else geometry.normal)})"
    detail = f"The sample averages: {average.title.lower()}, {average.describe()}, {about}. A click opens what sets it."
    return Chip(f"sample: {average.describe()}", detail, opens=SAMPLE)


def _resolution(shown: Shown) -> Chip | None:
    width, card = shown.session.broadening_fwhm_ev, shown.card
    if width is None or card is None:
        return None
    own = own_width_ev(shown)
    detail = f"Energy resolution: drawn with a Gaussian width (FWHM) of {width:g} eV"
    detail += f"; its own is {round(own, 2):g} eV." if own else " on top of the widths the network learnt."
    return Chip(f"resolution {width:g} eV", f"{detail} A click opens the slider.", opens=RESOLUTION)


def own_width_ev(shown: Shown) -> float:
    """Return the Gaussian width (FWHM, eV) of the curve as it is drawn when none is asked for; 0 where it is none.

    That of the network, and in squares what drawing as measured adds: nothing narrower can be drawn.
    """
    own = 0.0 if shown.card is None else shown.card.gaussian_fwhm_ev
    return own if shown.measured is None or not own else shown.measured.total_fwhm_ev(own)


def _processed(shown: Shown) -> Chip | None:
    display = None if shown.look is None else shown.look.display
    if display is None or not on_steps(shown.steps):
        return None
    failed = display.outcome.failed
    if failed is not None:
        told = f"Step {failed + 1} of the prediction can't be done: {display.outcome.problem} {display.outcome.hint}"
        return Chip("prediction not processed", f"{told.strip()} A click opens its steps.", "warning", PROCESSING)
    text, lines = f"prediction: {in_short(shown.steps) or 'processed'}", "; ".join(display.lines)
    return Chip(text, f"Done to the prediction: {lines}. A click opens its steps.", opens=PROCESSING)


def _not_processed(shown: Shown) -> list[Chip]:
    found = []
    for at, placed in enumerate(shown.references):
        outcome, reference = placed.outcome, placed.reference
        if reference.is_seen_with(shown.structure) and outcome is not None and outcome.failed is not None:
            told = f"“{reference.label}” is drawn as it is before step {outcome.failed + 1}: {outcome.problem}"
            detail = f"{told} {outcome.hint}".strip()
            text = f"step {outcome.failed + 1} not done"
            found.append(Chip(text, f"{detail} A click opens its steps.", "warning", f"{PROCESSING}{at}"))
    return found


def _old_fit(shown: Shown) -> Chip | None:
    """Measured curves that were fitted to another prediction than the one drawn."""
    old = stale_fits(shown)
    if not old:
        return None
    names = ", ".join(shown.references[at].label for at in old)
    detail = f"{names}: fitted to another prediction than is drawn now (sites, direction, weights or network differ)."
    detail += " Fit again. A click opens the steps."
    return Chip("fit out of date", detail, "warning", f"{PROCESSING}{old[0]}")


def _meaningless_fit(shown: Shown) -> Chip | None:
    """Measured curves that were moved by a fit that means nothing."""
    told = {
        at: why for at, placed in enumerate(shown.references)
        if placed.reference.is_seen_with(shown.structure) and (why := why_meaningless(placed.reference))
    }  # fmt: skip
    if not told:
        return None
    names = ", ".join(shown.references[at].label for at in told)
    detail = f"{names}: the fit means nothing: {next(iter(told.values()))}. A click opens the steps, where it can go."
    return Chip("fit means nothing", detail, "warning", f"{PROCESSING}{next(iter(told))}")


def _weights(shown: Shown) -> Chip | None:
    weighted = {name: shown.session.weight_of(site) for site, name in shown.names.items() if site in shown.sites}
    changed = {name: weight for name, weight in weighted.items() if weight != 1.0}
    if not changed:
        return None
    short = weights_words(shown)
    if (depth := escape_depth_of(shown)) is not None:
        lowest = min(weighted.values())
        detail = (
            f"Sites weigh by the depth d from which electrons escape, exp(−d/L) with L = {depth:g} Å: "
            f"from {max(weighted.values()):.2g} down to {lowest:.2g}. A click opens the table of sites."
        )
        return Chip(short, detail, opens=WEIGHTS)
    listed = [f"{name} × {weight:g}" for name, weight in changed.items()]
    detail = f"Weights in the sum other than 1: {', '.join(listed)}. A click opens the table of sites."
    return Chip(short, detail, opens=WEIGHTS)


def weights_words(shown: Shown) -> str:
    """Return how sites are weighted, such as "weighted: TEY, 25 Å"; empty where all weigh 1."""
    weighted = {name: shown.session.weight_of(site) for site, name in shown.names.items() if site in shown.sites}
    listed = [f"{name} × {weight:g}" for name, weight in weighted.items() if weight != 1.0]
    if not listed:
        return ""
    if (depth := escape_depth_of(shown)) is not None:
        return f"weighted: {'TEY' if depth == TEY_ANGSTROM else 'escape depth'}, {depth:g} Å"
    return f"weighted: {', '.join(listed) if len(listed) <= _MOST_NAMED else counted(len(listed), 'site')}"


def series_title(shown: Shown) -> str:
    """Return what stands above a figure of a series of angles: structure, edge, sites, and how these are weighted."""
    structure, card = shown.structure, shown.card
    named = "" if structure is None else structure.name or structure.formula
    edge = "" if card is None else f"{card.label}-edge"
    parts = [named, edge, shown.selection, weights_words(shown) if shown.selection else ""]
    return " · ".join(filter(None, parts))


def escape_depth_of(shown: Shown) -> float | None:
    """Return the escape depth, Å, that the weights of a slab's sites are of; None where they are of none."""
    structure, sites = shown.structure, shown.absorbers
    if structure is None or structure.surface_normal is None or not sites:
        return None
    layers = slab_layers(structure, sites)
    return layers.escape_depth_of([shown.session.weight_of(int(site)) for site in layers.sites])


def _orbits(shown: Shown) -> Chip | None:
    tolerance = shown.session.orbit_tolerance_angstrom
    if tolerance is None or shown.prediction is None:
        return None
    detail = f"One site an orbit is predicted and turned to the others, for a symmetry within {tolerance:g} Å."
    return Chip("one prediction an orbit", f"{detail} A click opens the table of sites.", opens=WEIGHTS)


def _hidden(curves: Sequence[Curve]) -> Chip | None:
    hidden = [curve.label or curve.role for curve in curves if not curve.visible and curve.subject is not None]
    if not hidden:
        return None
    text = f"hidden: {hidden[0]}" if len(hidden) == 1 and len(hidden[0]) <= 24 else f"{len(hidden)} hidden"
    if text.endswith("hidden"):
        text += " curve" if len(hidden) == 1 else " curves"
    return Chip(text, f"Not drawn: {', '.join(hidden)}. A click opens the list of curves.", opens=CURVES)


def _geometry(shown: Shown, choice: bool) -> Chip | None:
    structure = shown.structure
    if structure is None or not (choice or is_relaxed(structure)):
        return None
    opens, click = (GEOMETRY, " A click chooses between the two geometries.") if choice else ("", "")
    if not is_relaxed(structure):
        origin = f" ({structure.geometry_origin})" if structure.geometry_origin else ""
        detail = f"The geometry from before its relaxation with {METHOD} is shown{origin}.{click}"
        return Chip("geometry before relaxation", detail, opens=opens)
    before = structure.geometry_origin.removeprefix(METHOD).strip(" ()")
    detail = f"The program has relaxed this geometry with {METHOD}" + (f" ({before})." if before else ".")
    return Chip("relaxed geometry", f"{detail}{click}", opens=opens)


def _other_geometry(shown: Shown) -> Chip | None:
    seen = [r.reference for r in shown.references if r.reference.is_seen_with(shown.structure)]
    old = [reference for reference in seen if reference.computed_for]
    if not old:
        return None
    told = "; ".join(f"“{reference.label}” was computed for {reference.computed_for}" for reference in old)
    return Chip("reference of another geometry", f"{told}. A click opens the references.", "warning", REFERENCES)


def _not_predicted(shown: Shown) -> Chip | None:
    """Prediction was stopped or has failed: what is drawn is an older, smaller answer than what is asked for."""
    n_picked = len(shown.session.picked)
    missing = n_picked - len(shown.sites)
    if not missing or not shown.sites or is_computed(shown.session.network):
        return None
    there = counted(len(shown.sites), "predicted site")
    detail = f"The curve is the sum of {there}. A click predicts the others."
    return Chip(f"{missing} of {counted(n_picked, 'site')} not predicted", detail, "warning", PREDICT)
