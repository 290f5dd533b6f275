"""From the workspace to what the plot draws: curves, title, range and chips."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.session import ReferenceCurve
from xanesview.domain.spectrum import Spectrum
from xanesview.gui.computed_edges import is_computed
from xanesview.gui.plot.curve import Chip, Curve
from xanesview.gui.site_names import selection_name, site_name
from xanesview.gui.theme import colours
from xanesview.reference.kept import METHOD
from xanesview.reference.offsets import ENERGY_OFFSET_EV, OFFSET_SPREAD_EV

if TYPE_CHECKING:
    from xanesview.domain.absorption import AbsorptionTensor
    from xanesview.gui.workspace import Workspace

#: Beyond this many picked sites the plot shows their sum only; single curves would be a tangle.
MOST_SITE_CURVES = 10


def polarisation_text(workspace: Workspace) -> str:
    """The polarisation in words: "ε = (0.00, 0.64, 0.77)", "powder average"."""
    return workspace.geometry.describe()


def title(workspace: Workspace) -> str:
    """Title of the plot: which sites, which polarisation."""
    structure, shown = workspace.structure, workspace.session.picked
    if structure is None:
        return ""
    if not shown:
        return structure.name or structure.formula
    return f"{selection_name(structure, shown)} · {polarisation_text(workspace)}"


def current_spectrum(workspace: Workspace) -> Spectrum | None:
    """The predicted spectrum of the picked sites for the current polarisation."""
    tensor = workspace.summed_tensor()
    if tensor is None:
        return None
    weight = workspace.geometry.weight()
    band = tensor.band(weight)
    return _predicted(workspace, tensor, tensor.contract(weight)[0], title(workspace), band)


def isotropic_spectrum(workspace: Workspace) -> Spectrum | None:
    """The average of the same sites over all directions."""
    tensor = workspace.summed_tensor()
    return None if tensor is None else _predicted(workspace, tensor, tensor.isotropic()[0], "isotropic average")


def site_spectra(workspace: Workspace) -> dict[int, Spectrum]:
    """Spectrum of each picked site, times its weight in the sum."""
    tensor, structure, computed = workspace.picked_tensor(), workspace.structure, workspace.computed_sites()
    if tensor is None:
        return {}
    intensities = tensor.contract(workspace.geometry.weight())
    return {
        site: _predicted(
            workspace,
            tensor,
            workspace.site_weight(site) * intensity,
            site_name(structure, site) + (" computed" if site in computed else ""),
        )
        for site, intensity in zip(workspace.shown_sites(), intensities, strict=True)
    }


def reference_spectrum(workspace: Workspace, reference: ReferenceCurve) -> Spectrum | None:
    """A reference with its shift and scale; a polarised one for the current polarisation and picked sites."""
    base = reference.spectrum
    if reference.tensor is not None:
        tensor = workspace.reference_sum(reference)
        base = _predicted(
            workspace, tensor, tensor.contract(workspace.geometry.weight())[0], reference.label, kind="computed"
        )
    return None if base is None else base.shifted(reference.shift_ev).scaled(reference.scale)


def frozen_spectrum(workspace: Workspace) -> Spectrum | None:
    """The current spectrum as it is kept when the user freezes it, labelled with structure, sites and direction."""
    spectrum = current_spectrum(workspace)
    if spectrum is None:
        return None
    structure = workspace.structure
    label = " · ".join(filter(None, (structure.name or structure.formula, title(workspace), computed_share(workspace))))
    return replace(with_provenance(workspace, spectrum), label=label, kind="frozen")


def with_provenance(workspace: Workspace, spectrum: Spectrum, sites: tuple[int, ...] | None = None) -> Spectrum:
    """The same curve with where it comes from, for exported files; `sites` where it isn't the sum of all shown."""
    structure, session = workspace.structure, workspace.session
    sites = workspace.shown_sites() if sites is None else sites
    facts = {
        "structure": structure.name or structure.formula,
        "structure_hash": structure.content_hash,
        "source": structure.source,
        "network": "none" if is_computed(session.network) else session.network,
        "sites": " ".join(str(i) for i in sites),
        **_computed_facts(workspace, sites),
        "polarisation": f"{workspace.geometry.mode}: {polarisation_text(workspace)}",
        "made": datetime.now().astimezone().isoformat(timespec="seconds"),
    }
    return replace(spectrum, provenance=facts)


def _computed_facts(workspace: Workspace, sites: tuple[int, ...]) -> dict[str, str]:
    """Which of the sites are computed, and how; nothing where none is."""
    computed = workspace.computed_sites()
    found = [i for i in sites if i in computed]
    if not found:
        return {}
    element = workspace.card.element
    return {
        "computed_sites": " ".join(map(str, found)),
        "computed_with": METHOD,
        "computed_energy_offset_ev": f"{ENERGY_OFFSET_EV[element]} (± {OFFSET_SPREAD_EV[element]})",
    }


def computed_share(workspace: Workspace) -> str:
    """How many of the shown sites are computed: "", "2 of 6 computed", "computed"."""
    shown, computed = workspace.shown_sites(), workspace.computed_sites()
    count = sum(site in computed for site in shown)
    if not count:
        return ""
    return "computed" if count == len(shown) else f"{count} of {len(shown)} computed"


def _predicted(
    workspace: Workspace,
    tensor: AbsorptionTensor,
    intensity: np.ndarray,
    label: str,
    band: np.ndarray | None = None,
    kind: str = "predicted",
) -> Spectrum:
    spectrum = Spectrum(
        energy_ev=tensor.energy_ev,
        intensity=intensity,
        unit=tensor.unit,
        label=label,
        kind=kind,
        native_fwhm_ev=tensor.native_fwhm_ev,
        band=None if band is None else np.atleast_2d(band)[0],
    )
    total = workspace.session.broadening_fwhm_ev
    if total is None or total <= spectrum.native_fwhm_ev:
        return spectrum
    from xanesview.domain.broadening import broaden_to  # brings scipy, which the window's start does without

    return broaden_to(spectrum, total)


def site_colours(workspace: Workspace) -> dict[int, str]:
    """Colour (#rrggbb) of each picked site, the same in the plot, the table and around the atom.

    Sites too many to have curves of their own share one colour.
    """
    scheme, picked = colours(), workspace.session.picked
    many = len(picked) > MOST_SITE_CURVES
    return {site: scheme.curve(0 if many else order) for order, site in enumerate(picked)}


def build_curves(workspace: Workspace) -> list[Curve]:
    """All curves of the plot: current, isotropic, sites, references, frozen, difference."""
    curves: list[Curve] = []
    current, isotropic = current_spectrum(workspace), isotropic_spectrum(workspace)
    if current is not None:
        mode = workspace.geometry.mode  # the title has the numbers; beside the curve there is room for a word
        label = computed_share(workspace) or (polarisation_text(workspace) if mode == "linear" else mode)
        curves.append(_curve("current", current, "current", label=label))
        curves.append(_curve("isotropic", isotropic, "isotropic"))
        curves.extend(_site_curves(workspace))
    for index, reference in enumerate(workspace.session.references):
        spectrum = reference_spectrum(workspace, reference)
        if spectrum is not None:
            role = "computed" if reference.tensor is not None or spectrum.kind == "computed" else "measured"
            curves.append(
                _curve(
                    f"reference-{index}",
                    spectrum,
                    role,
                    label=_reference_label(workspace, reference),
                    visible=reference.visible,
                )
            )
    for index, frozen in enumerate(workspace.session.frozen):
        label = _frozen_label(workspace, frozen.spectrum)
        curves.append(_curve(f"frozen-{index}", frozen.spectrum, "frozen", label=label, visible=frozen.visible))
    if current is not None:
        difference = Spectrum(
            energy_ev=current.energy_ev,
            intensity=current.intensity - isotropic.intensity,
            unit=current.unit,
            label="difference to isotropic",
        )
        curves.append(_curve("difference", difference, "difference"))
    return curves


def _site_curves(workspace: Workspace) -> list[Curve]:
    shown = workspace.shown_sites()
    if not 2 <= len(shown) <= MOST_SITE_CURVES:
        return []
    of_site, hidden = site_colours(workspace), workspace.session.hidden_sites
    return [
        _curve(f"site-{site}", spectrum, "site", colour=of_site.get(site), visible=site not in hidden)
        for site, spectrum in site_spectra(workspace).items()
    ]


def _curve(key: str, spectrum: Spectrum, role: str, label: str | None = None, **more) -> Curve:
    return Curve(
        key=key,
        energy_ev=spectrum.energy_ev,
        intensity=spectrum.intensity,
        label=spectrum.label if label is None else label,
        role=role,
        colour=more.get("colour"),
        band=spectrum.band,
        visible=more.get("visible", True),
        tooltip=spectrum.label,
    )


def _reference_label(workspace: Workspace, reference: ReferenceCurve) -> str:
    parts = [reference.label]
    if reference.tensor is not None and workspace.structure is not None:
        picked, held = workspace.session.picked, set(reference.tensor.sites.tolist())
        there = [site for site in picked if site in held]
        if 0 < len(there) < len(picked):  # fewer sites than the prediction sums: scores would mislead unsaid
            parts.append(f"{len(there)} of {len(picked)} sites")
        elif picked and not there:
            parts.append(f"other site{'s' if len(held) > 1 else ''}: {len(held)}")
    if reference.auto_scaled:
        parts.append("scaled")
    return " · ".join(parts)


def _frozen_label(workspace: Workspace, spectrum: Spectrum) -> str:
    """What tells a frozen curve from the current one, short enough to stand beside a plot; all is in its tooltip."""
    facts, structure = spectrum.provenance, workspace.structure
    polarisation = facts["polarisation"].partition(": ")[2]
    if structure is None or facts["structure_hash"] != structure.content_hash:
        return f"{facts['structure']} · {polarisation.removeprefix('ε = ')}"
    sites = tuple(int(i) for i in facts["sites"].split())
    if sites == workspace.shown_sites():
        computed = facts.get("computed_sites", "")
        if computed == _computed_facts(workspace, sites).get("computed_sites", ""):
            return polarisation
        word = "predicted" if not computed else "computed" if computed == facts["sites"] else "partly computed"
        return f"{polarisation.removeprefix('ε = ')} · {word}"
    return f"{selection_name(structure, sites).removeprefix('sum of ')} · {polarisation.removeprefix('ε = ')}"


def upper_bound(workspace: Workspace) -> float:
    """Largest intensity that any direction of the arrow can give, so that a drag never moves the axes."""
    bounds = [0.0]
    tensor = workspace.summed_tensor()
    if tensor is not None:
        bounds.append(float(np.max(tensor.largest_eigenvalue())))
    for reference in workspace.session.references:
        if not reference.visible:
            continue
        if reference.tensor is not None:
            bounds.append(float(workspace.reference_sum(reference).largest_eigenvalue().max()) * reference.scale)
        else:
            bounds.append(highest(reference_spectrum(workspace, reference), tensor))
    bounds += [highest(frozen.spectrum, tensor) for frozen in workspace.session.frozen if frozen.visible]
    return max(bounds)


def highest(spectrum: Spectrum, tensor: AbsorptionTensor | None) -> float:
    """Largest intensity of a curve where the prediction is, 0 where they have no energy in common."""
    inside = np.isfinite(spectrum.intensity)
    if tensor is not None:
        energy = spectrum.energy_ev
        inside &= (energy >= tensor.energy_ev[0]) & (energy <= tensor.energy_ev[-1])
    return float(np.max(spectrum.intensity[inside], initial=0.0))


def ionisation_potential_ev(workspace: Workspace) -> float | None:
    """Mean ionisation potential of the picked sites (eV), or None where the network gives none."""
    tensor = workspace.picked_tensor()
    if tensor is None or tensor.ip_ev is None:
        return None
    value = float(np.mean(tensor.ip_ev))
    return value if np.isfinite(value) else None


def isotropic_reason(workspace: Workspace) -> str | None:
    """Why the arrow changes nothing, or None where it does."""
    card = workspace.card
    if card is not None and card.gives == "isotropic":
        return f"The network “{card.title}” gives the isotropic average only; the polarisation changes nothing."
    return None


def chips(workspace: Workspace) -> list[Chip]:
    """What must not be overlooked about the curves shown now."""
    result: list[Chip] = []
    structure, prediction = workspace.structure, workspace.prediction
    if structure is None:
        return result
    reason = isotropic_reason(workspace)
    if reason:
        result.append(Chip("isotropic network", reason, "note"))
    if prediction is not None:
        result.extend(_domain_chips(workspace))
        result.extend(Chip(_short(n.message), f"{n.message} {n.hint}".strip(), "warning") for n in prediction.notices)
    result.extend(Chip(_short(n.message), f"{n.message} {n.hint}".strip(), "warning") for n in structure.notices)
    share = computed_share(workspace)
    if share:
        result.append(Chip(share, _computed_detail(workspace), "note"))
    if len(workspace.shown_sites()) > MOST_SITE_CURVES:
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
