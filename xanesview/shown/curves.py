"""From the workspace to what the plot draws: curves, title, range and chips."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.geometry.polarisation import linear
from xanesview.domain.session import FrozenCurve, ReferenceCurve
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.theme import colours
from xanesview.reference.engine.offsets import ENERGY_OFFSET_EV, OFFSET_SPREAD_EV
from xanesview.reference.kept import METHOD
from xanesview.shown import comparison
from xanesview.shown.computed_edges import is_computed
from xanesview.shown.curve import Curve
from xanesview.shown.drawn_spectrum import spectrum_of
from xanesview.shown.names import selection_name, site_name

if TYPE_CHECKING:
    from xanesview.domain.absorption import AbsorptionTensor
    from xanesview.gui.session.workspace import Workspace

#: Beyond this many picked sites the plot shows their sum only; single curves would be a tangle.
MOST_SITE_CURVES = 10


def polarisation_text(workspace: Workspace) -> str:
    """The polarisation in words: "ε = (0.00, 0.64, 0.77)", "powder average"; "isotropic" where it changes nothing."""
    if workspace.card is not None and workspace.card.gives == "isotropic" and not comparison.follows(workspace):
        return "isotropic"
    return workspace.geometry.describe()


def energy_title(workspace: Workspace) -> tuple[str, str]:
    """Title of the energy axis, and a shorter one."""
    card = workspace.card
    if workspace.shown.axis == "absolute":
        return "Photon energy (eV)", "Energy (eV)"
    name = "ionisation potential" if card is None or card.e0_name == "IP" else "Fermi level, E₀"
    return f"Energy from the {name} (eV)", "Energy from E₀ (eV)"


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
    look = workspace.shown.drawn()
    if look is None:
        return None
    weight = workspace.geometry.weight()
    band = look.summed.band(weight)
    return spectrum_of(workspace, look.summed, look.summed.contract(weight)[0], title(workspace), band)


def isotropic_spectrum(workspace: Workspace) -> Spectrum | None:
    """The average of the same sites over all directions."""
    tensor = workspace.summed_tensor()
    return None if tensor is None else spectrum_of(workspace, tensor, tensor.isotropic()[0], "isotropic average")


def site_spectra(workspace: Workspace) -> dict[int, Spectrum]:
    """Spectrum of each picked site, times its weight in the sum."""
    look, structure, computed = workspace.shown.drawn(), workspace.structure, workspace.computed_sites()
    if look is None:
        return {}
    tensor = look.selected
    intensities = tensor.contract(workspace.geometry.weight())
    return {
        site: spectrum_of(
            workspace,
            tensor,
            workspace.site_weight(site) * intensity,
            site_name(structure, site) + (" computed" if site in computed else ""),
        )
        for site, intensity in zip(workspace.shown_sites(), intensities, strict=True)
    }


def reference_spectrum(workspace: Workspace, reference: ReferenceCurve) -> Spectrum | None:
    """A reference with its shift and scale on the axis that is shown; a polarised one for the current polarisation.

    None where its energies can't be shown on that axis.
    """
    base, axis = reference.spectrum, workspace.shown.axis
    if reference.tensor is not None:
        tensor = workspace.shown.reference_sum(reference)
        if tensor is None:
            return None
        base = spectrum_of(
            workspace, tensor, tensor.contract(workspace.geometry.weight())[0], reference.label, kind="computed"
        )
    elif base.axis != axis:
        look = workspace.shown.look()
        if look is None or look.e0_ev is None:
            return None
        base = base.on_axis(axis, look.e0_ev)
    return base.shifted(reference.shift_ev).scaled(reference.scale)


def frozen_curve(workspace: Workspace) -> FrozenCurve | None:
    """The current spectrum as it is kept when the user freezes it, labelled with structure, sites and direction."""
    spectrum, look = current_spectrum(workspace), workspace.shown.drawn()
    if spectrum is None:
        return None
    structure = workspace.structure
    label = " · ".join(filter(None, (structure.name or structure.formula, title(workspace), computed_share(workspace))))
    provenance = dict(with_provenance(workspace, spectrum).provenance)
    if look.e0_ev is not None:
        provenance["e0_ev"] = f"{look.e0_ev:.4f}"
    facts = {"label": label, "kind": "frozen", "provenance": provenance}
    return FrozenCurve(replace(spectrum, **facts), other=_on_other_axis(workspace, facts))


def _on_other_axis(workspace: Workspace, facts: dict) -> Spectrum | None:
    """The current spectrum on the axis that is not shown, or None where that can't be."""
    look, weight = workspace.shown.drawn(), workspace.geometry.weight()
    other = "relative" if look.axis == "absolute" else "absolute"
    try:
        tensor = look.selected.on_axis(other)
    except XanesviewError:
        return None
    factors = np.array([workspace.site_weight(site) for site in workspace.shown_sites()])
    total = tensor.summed(factors)
    band = total.band(weight)
    return replace(spectrum_of(workspace, total, total.contract(weight)[0], "", band), **facts)


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
    if workspace.card is not None and workspace.card.gives == "directional":
        facts["drawn"] = "the network's own answer" if workspace.shown.is_answer else "the tensor fitted to the network"
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
    isotropic_only = workspace.card is not None and workspace.card.gives == "isotropic"
    if current is not None:
        curves.append(_curve("current", current, "current", label=current_label(workspace)))
        if not isotropic_only:  # the same curve twice
            curves.append(_curve("isotropic", isotropic, "isotropic"))
        curves.extend(comparison.curves(workspace) if comparison.others(workspace) else _site_curves(workspace))
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
        spectrum = frozen_spectrum(workspace, frozen)
        if spectrum is not None:
            label = _frozen_label(workspace, frozen.spectrum)
            curves.append(_curve(f"frozen-{index}", spectrum, "frozen", label=label, visible=frozen.visible))
    if current is not None and not isotropic_only:
        difference = Spectrum(
            energy_ev=current.energy_ev,
            intensity=current.intensity - isotropic.intensity,
            unit=current.unit,
            label="difference to isotropic",
        )
        curves.append(_curve("difference", difference, "difference"))
    return curves


def current_label(workspace: Workspace) -> str:
    """What stands beside the current curve: the title has the numbers, here is room for a few words."""
    card, mode = workspace.card, workspace.geometry.mode
    computed = computed_share(workspace)
    if computed:
        return computed
    if comparison.others(workspace):
        name = comparison.short_name(workspace, workspace.session.network)
        return f"{name}, fitted" if card.gives == "directional" and not workspace.shown.is_answer else name
    if card is not None and card.gives == "isotropic":
        return "isotropic"
    text = polarisation_text(workspace) if mode == "linear" else mode
    if card is not None and card.gives == "directional":
        return "network's answer" if workspace.shown.is_answer else "fitted tensor"
    return text


def frozen_spectrum(workspace: Workspace, frozen: FrozenCurve) -> Spectrum | None:
    """A frozen curve on the axis that is shown, or None where it can't be."""
    look = workspace.shown.look()
    own = frozen.spectrum.provenance.get("e0_ev")
    return frozen.on_axis(workspace.shown.axis, float(own) if own else None if look is None else look.e0_ev)


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
    if reference.computed_for:
        parts.append(f"of {reference.computed_for}")
    if reference.auto_scaled:
        elsewhere = reference.scaled_elsewhere(workspace.structure)
        parts.append(f"scaled to {elsewhere}" if elsewhere else "scaled")
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
        bounds.append(_highest_with_band(tensor))
    for reference in workspace.session.references:
        if not reference.visible:
            continue
        total = None if reference.tensor is None else workspace.shown.reference_sum(reference)
        if total is not None:
            bounds.append(float(total.largest_eigenvalue().max()) * reference.scale)
        elif (spectrum := reference_spectrum(workspace, reference)) is not None:
            bounds.append(highest(spectrum, tensor))
    kept = [frozen_spectrum(workspace, frozen) for frozen in workspace.session.frozen if frozen.visible]
    bounds += [highest(spectrum, tensor) for spectrum in kept if spectrum is not None]
    return max([*bounds, *comparison.bounds(workspace)])


def _highest_with_band(tensor: AbsorptionTensor) -> float:
    """Top of the band at the highest peak that any direction of a summed tensor can give."""
    peaks = tensor.largest_eigenvalue()[0]
    highest_peak = int(np.argmax(peaks))
    _, axes = tensor.principal_axes(0, float(tensor.energy_ev[highest_peak]))
    bands = [tensor.band(linear(axis), {}) for axis in np.asarray(axes).T]
    return float(peaks[highest_peak] + max((band[highest_peak] for band in bands if band is not None), default=0.0))


def lower_bound(workspace: Workspace) -> float:
    """Smallest predicted intensity that any direction of the arrow can give; 0 where none is negative."""
    bounds, tensor = [0.0], workspace.summed_tensor()
    if tensor is not None:
        lowest = tensor.smallest_eigenvalue()
        band = tensor.band(workspace.geometry.weight()) if workspace.shown.look().is_isotropic else None
        bounds.append(float(np.min(lowest if band is None else lowest - band)))
    return min([*bounds, *comparison.lower_bounds(workspace)])


def highest(spectrum: Spectrum, tensor: AbsorptionTensor | None) -> float:
    """Largest intensity of a curve where the prediction is, 0 where they have no energy in common."""
    inside = np.isfinite(spectrum.intensity)
    if tensor is not None:
        energy = spectrum.energy_ev
        inside &= (energy >= tensor.energy_ev[0]) & (energy <= tensor.energy_ev[-1])
    return float(np.max(spectrum.intensity[inside], initial=0.0))


def ionisation_potential_ev(workspace: Workspace) -> float | None:
    """Where the mean ionisation potential (or E0) of the picked sites lies on the axis shown, eV, or None."""
    look = workspace.shown.look()
    if look is None:
        return None
    return 0.0 if look.axis == "relative" else look.e0_ev
