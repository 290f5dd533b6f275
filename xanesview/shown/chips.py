"""What must not be overlooked about the curves shown now: the chips above the plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xanesview.reference.engine.offsets import OFFSET_SPREAD_EV
from xanesview.reference.kept import METHOD
from xanesview.shown import comparison, curves
from xanesview.shown.curve import Chip
from xanesview.shown.curves import MOST_SITE_CURVES, computed_share
from xanesview.shown.names import site_name

if TYPE_CHECKING:
    from xanesview.gui.session.workspace import Workspace


def isotropic_reason(workspace: Workspace) -> str | None:
    """Why the arrow changes nothing, or None where it does: also where only a compared network follows it."""
    card = workspace.card
    if card is not None and card.gives == "isotropic" and not comparison.follows(workspace):
        return f"The network “{card.title}” gives the isotropic average only; the polarisation changes nothing."
    return None


def chips(workspace: Workspace) -> list[Chip]:
    """What must not be overlooked about the curves shown now."""
    result: list[Chip] = []
    structure, prediction = workspace.structure, workspace.prediction
    if structure is None:
        return result
    card = workspace.card
    if card is not None and card.gives == "isotropic":
        detail = f"The network “{card.title}” gives the isotropic average only; the polarisation changes nothing."
        result.append(Chip("isotropic network", detail, "note"))
    if prediction is not None:
        result.extend(_domain_chips(workspace))
        notices = [n for n in prediction.notices if n.kind not in ("isotropic", "fitted-tensor")]
        result.extend(Chip(_short(n.message), f"{n.message} {n.hint}".strip(), "warning") for n in notices)
        result.extend(_direction_chips(workspace))
    result.extend(_axis_chips(workspace))
    result.extend(_comparison_chips(workspace))
    result.extend(Chip(_short(n.message), f"{n.message} {n.hint}".strip(), "warning") for n in structure.notices)
    share = computed_share(workspace)
    if share:
        result.append(Chip(share, _computed_detail(workspace), "note"))
    if len(workspace.shown_sites()) > MOST_SITE_CURVES and not comparison.others(workspace):
        result.append(
            Chip(
                "sum only",
                f"Curves of single sites are drawn for up to {MOST_SITE_CURVES} picked sites; this is the sum of "
                f"{len(workspace.shown_sites())}.",
                "note",
            )
        )
    return result


def _domain_chips(workspace: Workspace) -> list[Chip]:
    shown = set(workspace.shown_sites())
    outside = [v for v in workspace.prediction.verdicts if v.atom in shown and not v.inside]
    if not outside:
        return []
    reasons = list(dict.fromkeys(reason for verdict in outside for reason in verdict.reasons))
    names = ", ".join(site_name(workspace.structure, v.atom) for v in outside[:8]) + ("…" if len(outside) > 8 else "")
    head = reasons[0] if reasons else "unfamiliar surroundings"
    detail = (
        f"{names}: the network was not trained on anything like this ({'; '.join(reasons) or head}). "
        "The curve may be wrong in ways its band does not show."
    )
    return [Chip(f"outside training: {_short(head)}", detail, "warning")]


def _direction_chips(workspace: Workspace) -> list[Chip]:
    """Of a network that takes the direction as an input: which of its two curves is drawn, and how they differ."""
    if workspace.card is None or workspace.card.gives != "directional":
        return []
    fits = [n for n in workspace.prediction.notices if n.kind == "fitted-tensor"]
    misses = " ".join(f"{n.message}. {n.hint}" for n in fits)
    if workspace.shown.is_answer:
        detail = f"The network is asked anew for each direction. {misses}".strip()
        return [Chip("asked anew for each direction", detail, "note")]
    if workspace.asks_directions() and workspace.is_busy:
        return []
    return [Chip(_short(n.message), f"{n.message}. {n.hint}", "note") for n in fits]


def _axis_chips(workspace: Workspace) -> list[Chip]:
    """How well the place of a curve on the absolute axis is known, and what can't be shown on an axis."""
    look, card, session = workspace.shown.look(), workspace.card, workspace.session
    if look is None or card is None:
        return []
    result = []
    if look.problem:
        result.append(Chip(f"only {look.axis} energies", look.problem, "warning"))
    if card.axis == "relative" and look.axis == "absolute" and card.e0_error_ev is not None:
        detail = (
            f"The network gives spectra from {card.e0_name}, and predicts {card.e0_name} apart. On its test data that "
            f"is {card.e0_error_ev:.2f} eV off on average: the whole curve may be shifted by as much."
        )
        if card.energy_offset_ev:
            detail += f" A constant of {card.energy_offset_ev:+.2f} eV brings energies to the scale of experiment."
        result.append(Chip(f"{card.e0_name.replace('E0', 'E₀')} ± {card.e0_error_ev:.2g} eV", detail, "note"))
    left = [r.label for r in session.references if r.visible and curves.reference_spectrum(workspace, r) is None]
    if left:
        detail = f"{', '.join(left)}: this network gives no {card.e0_name}, so absolute energies have no place here."
        result.append(Chip("references not drawn", detail, "warning"))
    return result


def _comparison_chips(workspace: Workspace) -> list[Chip]:
    result = []
    scaled, missing = comparison.scaled(workspace), comparison.missing(workspace)
    if scaled:
        detail = (
            f"{', '.join(scaled)}: another unit of intensity, so the isotropic curve was given the area of the "
            "current network's over the energies that both have. Only shapes can be compared."
        )
        result.append(Chip("scaled to equal area", detail, "note"))
    result.extend(Chip(f"{name}: not drawn", why, "warning") for name, why in missing.items())
    return result


def _computed_detail(workspace: Workspace) -> str:
    structure, computed = workspace.structure, workspace.computed_sites()
    shown = [i for i in workspace.shown_sites() if i in computed]
    names = ", ".join(site_name(structure, i) for i in shown[:8]) + ("…" if len(shown) > 8 else "")
    return (
        f"{names}: {METHOD}. Computed sites have no band. One constant brings all {workspace.card.element} K energies "
        f"to the scale of experiment, good to ± {OFFSET_SPREAD_EV[workspace.card.element]} eV."
    )


def _short(text: str, most: int = 44) -> str:
    text = text.rstrip(".")
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
