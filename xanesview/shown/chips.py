"""What must not be overlooked about the curves shown now: the chips above the plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xanesview.reference.multiple_scattering.settings import caution
from xanesview.shown.computed_edges import engine_of, is_computed
from xanesview.shown.curve import Chip
from xanesview.shown.overlays import is_of_other_edge
from xanesview.shown.session_notices import notices_of
from xanesview.shown.site_warnings import site_warnings

if TYPE_CHECKING:
    from xanesview.shown.shown import Shown


_MOST_LISTED = 6


def isotropic_reason(shown: Shown) -> str | None:
    """Why the arrow changes nothing, or None where it does: also where only a compared network follows it."""
    return _isotropic_detail(shown) if shown.ignores_direction else None


def _isotropic_detail(shown: Shown) -> str:
    return f"The network “{shown.card.title}” gives the isotropic average only; the polarisation changes nothing."


def chips(shown: Shown, is_busy: bool = False) -> list[Chip]:
    """What must not be overlooked about the curves shown now; `is_busy` while sites are still being predicted."""
    result: list[Chip] = []
    structure, prediction = shown.structure, shown.prediction
    if structure is None:
        return result
    if shown.gives == "isotropic":
        result.append(Chip("isotropic network", _isotropic_detail(shown), "note"))
    if prediction is not None:
        result.extend(_domain_chips(shown))
        notices = [n for n in prediction.notices if n.kind not in ("isotropic", "fitted-tensor")]
        result.extend(Chip(_short(n.message), f"{n.message} {n.hint}".strip(), "warning") for n in notices)
        result.extend(_direction_chips(shown, is_busy))
    below = getattr(shown.session.geometry, "from_below", "")  # of a beam, which alone has sides
    if below:
        result.append(Chip("beam through the back", below, "note"))
    result.extend(_axis_chips(shown))
    result.extend(_other_edge_chips(shown))
    result.extend(_uncomputed_chips(shown))
    result.extend(_measured_chips(shown))
    result.extend(_comparison_chips(shown))
    result.extend(Chip(_short(n.message), f"{n.message} {n.hint}".strip(), "warning") for n in notices_of(structure))
    if shown.computed_share:
        result.append(Chip(shown.computed_share, _computed_detail(shown), "note"))
        missing = caution(shown.card.element, engine_of(shown.card, structure).shell)
        if missing:
            result.append(Chip("multiplets missing", missing, "warning"))
    return result


def _uncomputed_chips(shown: Shown) -> list[Chip]:
    """That nothing is computed yet, where other curves hide what an empty plot would say."""
    waits = shown.card is not None and is_computed(shown.card.name) and shown.session.picked and not shown.sites
    if not waits or not any(one.is_placed for one in shown.references):
        return []
    detail = "No network predicts this edge here: Compute ▸ Compute reference for picked sites (Ctrl+R) begins."
    return [Chip(f"{shown.card.label} not computed yet", detail, "note")]


def _domain_chips(shown: Shown) -> list[Chip]:
    verdicts = [verdict for verdict in shown.prediction.verdicts if verdict.atom in shown.names]
    heads = {"outside": ("outside training", "warning"), "uncertain": ("uncertain", "note")}
    return [
        Chip(f"{heads[told.kind][0]}: {_short(told.reason.partition(';')[0])}", told.sentence, heads[told.kind][1])
        for told in site_warnings(verdicts, shown.names.__getitem__)
    ]


def _direction_chips(shown: Shown, is_busy: bool) -> list[Chip]:
    """Of a network that takes the direction as an input: which of its two curves is drawn, and how they differ."""
    if shown.gives != "directional":
        return []
    fits = [n for n in shown.prediction.notices if n.kind == "fitted-tensor"]
    misses = " ".join(f"{n.message}. {n.hint}" for n in fits)
    if shown.answer is not None:
        detail = f"The network is asked anew for each direction. {misses}".strip()
        return [Chip("asked anew for each direction", detail, "note")]
    if shown.asks_directions and is_busy:
        return []
    return [Chip(_short(n.message), f"{n.message}. {n.hint}", "note") for n in fits]


def _axis_chips(shown: Shown) -> list[Chip]:
    """How well the place of a curve on the absolute axis is known, and what can't be shown on an axis."""
    look, card = shown.look, shown.card
    if look is None or card is None:
        return []
    result = []
    if look.problem is not None:
        result.append(Chip(f"only {look.axis} energies", look.reason, "warning"))
    if card.axis == "relative" and look.axis == "absolute" and card.e0_error_ev is not None:
        detail = (
            f"The network gives spectra from {card.e0_name}, and predicts {card.e0_name} apart. On its test data that "
            f"is {card.e0_error_ev:.2f} eV off on average: the whole curve may be shifted by as much."
        )
        if card.energy_offset_ev:
            detail += f" A constant of {card.energy_offset_ev:+.2f} eV brings energies to the scale of experiment."
        result.append(Chip(f"{card.e0_name.replace('E0', 'E₀')} ± {card.e0_error_ev:.2g} eV", detail, "note"))
    left = [r for r in shown.references if r.reference.is_seen_with(shown.structure) and not r.is_placed]
    if left := [r.reference.label for r in left if not r.is_elsewhere]:
        detail = f"{', '.join(left)}: this network gives no {card.e0_name}, so absolute energies have no place here."
        result.append(Chip("references not drawn", detail, "warning"))
    return result


def _other_edge_chips(shown: Shown) -> list[Chip]:
    """Which curves are not drawn since they are of another edge, by how they were made."""
    seen = [one for one in shown.references if one.is_elsewhere and one.reference.is_seen_with(shown.structure)]
    frozen = [one.label for one in shown.frozen if one.frozen.visible and is_of_other_edge(shown, one.frozen)]
    result = []
    for made, names in (("measured", [one.reference.label for one in seen]), ("frozen", frozen)):
        if names:
            left = len(names) - _MOST_LISTED
            few = ", ".join(names[:_MOST_LISTED]) + (f" and {left} more" if left > 0 else "")
            detail = (
                f"{few}: {made} at energies of another edge; drawn again beside a structure of "
                "that edge."
            )
            result.append(Chip(f"{made} at another edge", detail, "note"))
    return result


def measured_detail(shown: Shown) -> str:
    """What "as measured" does to the current curves, and how well it does on molecules left out."""
    told = shown.card.raw["as_measured"]
    text = f"Drawn to look like measured spectra of this edge: {shown.measured}."
    if shown.measured.step_height and shown.prediction.tensor.ip_ev is None:
        text += " This network gives no ionisation potential, so there is no step."
    left_out = told.get("left_out")
    if left_out:
        n, r = left_out["n_files"], left_out["median_r"]
        text += f" On {n} measured spectra, each left out of the fit in turn, the median correlation is {r:.2f}"
        error = left_out.get("median_line_error_ev")
        text += f" and the strongest line {error:.2f} eV off." if error is not None else "."
    return text


def _measured_chips(shown: Shown) -> list[Chip]:
    """Which curves are drawn as measured, and which beside them aren't."""
    if shown.measured is None:
        return []
    result = [Chip(f"as measured: {shown.measured.in_short}", measured_detail(shown), "note")]
    computed = [one.name for one in shown.compared if one.measured is None]
    if computed:
        detail = f"{', '.join(computed)}: not fitted to measured spectra, so drawn as computed beside the others."
        result.append(Chip("compared as computed", detail, "warning"))
    return result


def _comparison_chips(shown: Shown) -> list[Chip]:
    result = []
    scaled = [one.name for one in shown.compared if one.is_scaled]
    if scaled:
        detail = (
            f"{', '.join(scaled)}: another unit of intensity, so the isotropic curve was given the area of the "
            "current network's over the energies that both have. Only shapes can be compared."
        )
        result.append(Chip("scaled to equal area", detail, "note"))
    result.extend(Chip(f"{name}: not drawn", why, "warning") for name, why in shown.missing.items())
    return result


def _computed_detail(shown: Shown) -> str:
    engine, found = engine_of(shown.card, shown.structure), [i for i in shown.sites if i in shown.computed_sites]
    names = ", ".join(shown.names[i] for i in found[:8]) + ("…" if len(found) > 8 else "")
    told = engine.told_energies(shown.card.element)
    return f"{names}: {engine.method}. Computed sites have no band. {told}"


def _short(text: str, most: int = 44) -> str:
    text = text.rstrip(".")
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
