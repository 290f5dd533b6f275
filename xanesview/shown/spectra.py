"""Spectra of what is shown, for exports and scores: the numbers that the plot draws, with where they come from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor, unit_of_sum
from xanesview.domain.geometry.polarisation import Powder
from xanesview.domain.processing.step_lists import normalises, told_normalised
from xanesview.domain.session import FrozenCurve
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.io.figures.curve_looks import PARTNER_FACT
from xanesview.io.figures.foot import DONE_FACT
from xanesview.io.spectra.axis_header import E0_KEY, MEAN_E0_KEY
from xanesview.networks.card import look_up
from xanesview.networks.identity import network_facts
from xanesview.shown.curve import Curve, Subject
from xanesview.shown.curve_facts import drawing_facts, reference_facts, site_e0_facts, steps_facts, with_provenance
from xanesview.shown.curve_looks import with_look_told
from xanesview.shown.curve_order import angle_of
from xanesview.shown.curves import curves
from xanesview.shown.done import done_to
from xanesview.shown.fitted_series import at_angle, is_at_angle
from xanesview.shown.frozen_steps import with_steps_done
from xanesview.shown.names import drawn_as, title
from xanesview.shown.processing import unprocessed
from xanesview.shown.reference_labels import told_apart
from xanesview.shown.shown import Compared, Shown, ShownReference
from xanesview.shown.site_warnings import WARNED_SITES
from xanesview.shown.tensors import broadened

_OF_CURRENT = ("computed_", "band", "warnings", *WARNED_SITES)
"""Facts that are of the current network alone, not of one it is compared with."""


def spectrum_of(
    tensor: AbsorptionTensor,
    intensity: np.ndarray,
    label: str,
    band: np.ndarray | None = None,
    kind: str = "predicted",
) -> Spectrum:
    """Return an intensity (E,), with half the width of its band, on the grid and axis of the tensor it comes from."""
    return Spectrum(
        energy_ev=tensor.energy_ev,
        intensity=intensity,
        unit=tensor.unit,
        label=label,
        kind=kind,
        native_fwhm_ev=tensor.native_fwhm_ev,
        band=band,
        axis=tensor.axis,
    )


def current_spectrum(shown: Shown) -> Spectrum | None:
    """Return the predicted spectrum of the picked sites for the current polarisation, as drawn: per atom or summed."""
    if shown.drawn is None:
        return None
    look, weight = shown.drawn, shown.session.geometry.weight()
    return spectrum_of(look.summed, look.total(weight), title(shown, in_full=True), look.band(weight))


def isotropic_spectrum(shown: Shown) -> Spectrum | None:
    """Return the average of the same sites over all directions, as drawn."""
    return None if shown.look is None else spectrum_of(shown.look.summed, shown.look.isotropic, "isotropic average")


def site_spectra(shown: Shown) -> dict[int, Spectrum]:
    """Return the spectrum of each picked site, times its weight in the sum."""
    if shown.drawn is None:
        return {}
    rows = shown.divisor * shown.drawn.spectra(shown.session.geometry.weight()).each
    return {
        site: spectrum_of(shown.drawn.selected, row, shown.labels[site])
        for site, row in zip(shown.sites, rows, strict=True)
    }


def compared_spectrum(shown: Shown, one: Compared) -> Spectrum:
    """Return the sum of the picked sites by a further network, for the current polarisation, as drawn."""
    drawn = spectrum_of(one.look.summed, one.intensity(shown.session.geometry.weight()), one.label)
    return drawn.replace(unit=shown.look.summed.unit) if one.is_scaled else drawn


def reference_spectrum(shown: Shown, placed: ShownReference) -> Spectrum | None:
    """Return a reference as its steps make it; a polarised one for the current polarisation; None if not placed."""
    if placed.summed is None:
        return placed.spectrum
    intensity = placed.intensity(shown.session.geometry.weight())
    drawn = spectrum_of(placed.summed, intensity, placed.reference.label, kind="computed")
    return drawn.replace(energy_ev=placed.energy_ev)


def frozen_curve(shown: Shown) -> FrozenCurve | None:
    """Return the current spectrum as it is kept when the user freezes it, labelled with structure, sites, direction."""
    processed, shown = shown, unprocessed(shown)  # as it is without steps, for where the plot's measure is another one
    drawn = current_spectrum(shown)
    if drawn is None:
        return None
    structure, spectrum = shown.structure, in_sum(shown, drawn, shown.sites)
    named = (structure.name or structure.formula, title(shown, in_full=True), shown.computed_share)
    label = " · ".join(filter(None, named))
    provenance = dict(with_provenance(shown, spectrum).provenance)
    if shown.drawn.e0_ev is not None:
        provenance[MEAN_E0_KEY] = f"{shown.drawn.e0_ev:.4f}"
    facts = {"label": label, "kind": "frozen", "provenance": provenance}
    other = _on_other_axis(shown, facts)
    kept = FrozenCurve(replace(spectrum, **facts), other=other, n_atoms=shown.n_atoms or 1.0)
    return with_steps_done(processed, kept)


def _on_other_axis(shown: Shown, facts: dict) -> Spectrum | None:
    """The current spectrum on the axis that is not shown, or None where that can't be."""
    look, weight = shown.drawn, shown.session.geometry.weight()
    other = "relative" if look.axis == "absolute" else "absolute"
    try:
        tensor = look.native.on_axis(other)
    except XanesviewError:
        return None
    moved = replace(look, native=tensor, summed=broadened(tensor.summed(look.weights), look.fwhm_ev))
    spectrum = spectrum_of(moved.summed, moved.total(weight), "", moved.band(weight))
    return replace(in_sum(shown, spectrum, shown.sites), **facts)


def in_sum(shown: Shown, spectrum: Spectrum, sites: tuple[int, ...]) -> Spectrum:
    """A curve as the sum over its sites, whatever it is drawn as; a normalised one is neither."""
    if not shown.session.per_atom or shown.is_normalised:
        return spectrum
    weights = np.array([shown.session.weight_of(site) for site in sites])
    return spectrum.scaled(float(weights.sum()) or 1.0).replace(unit=unit_of_sum(spectrum.unit, weights))


def current_facts(shown: Shown) -> dict[str, str]:
    """Return where the current curve comes from, with its unit; nothing without one."""
    drawn = current_spectrum(shown)
    if drawn is None:
        return {}
    spectrum = in_sum(shown, drawn, shown.sites)
    return {**with_provenance(shown, spectrum).provenance, "energy_unit": "eV", "intensity_unit": spectrum.unit}


def exported_spectra(shown: Shown, *, hidden: bool = False) -> list[Spectrum]:
    """Return the visible curves with their provenance: current, isotropic, sites, networks, references, frozen.

    With `hidden` those that aren't drawn, too, see `exported`.
    """
    return [_told_apart(spectrum) for _, spectrum in exported(shown, hidden=hidden)]


def _told_apart(spectrum: Spectrum) -> Spectrum:
    """A curve of computed sites only is computed, also where it stands in the place of the predicted one."""
    facts = spectrum.provenance
    computed = spectrum.kind == "predicted" and facts.get("computed_sites") == facts.get("sites", "")
    return replace(spectrum, kind="computed") if computed else spectrum


def exported(
    shown: Shown, *, as_drawn: bool = False, hidden: bool = False
) -> list[tuple[Curve | None, Spectrum]]:
    """Return the visible curves in the order of the list, each with its numbers and where they come from.

    The numbers are without the offset that a curve is drawn with; names are those of the list, without what was done.

    Parameters
    ----------
    shown : Shown
    as_drawn : bool
        In the measure of the plot, for a figure. Else curves are sums over the sites, as every other way out writes
        them, also where the plot draws them per atom.
    hidden : bool
        The hidden ones, too, and at the end, without a curve, the single sites where they are too many to be drawn.
    """
    found: list[tuple[Curve | None, Spectrum]] = []
    for curve in curves(shown):
        if curve.subject is None or not (curve.visible or hidden):
            continue
        spectrum = _exported(shown, curve.subject, as_drawn)
        told = with_look_told(shown.session, curve, spectrum.provenance)
        partner = is_at_angle(curve.subject)
        if (partner or curve.subject.kind == "frozen") and (angle := angle_of(shown, curve)) is not None:
            told["angle"] = f"{angle:g} °"
        if partner:
            told[PARTNER_FACT] = "yes"
        if done := done_to(shown, curve.subject, spectrum):
            told[DONE_FACT] = done
        counted_from = None if shown.look is None else shown.look.e0_ev
        if spectrum.axis == "relative" and E0_KEY not in told and counted_from is not None:
            told.setdefault(MEAN_E0_KEY, f"{counted_from:.4f}")
        found.append((curve, spectrum.replace(label=curve.name, provenance=told)))
    if hidden and _has_undrawn_sites(shown):
        found += [(None, _exported(shown, Subject("site", site), as_drawn)) for site in shown.sites]
    return found


def hidden_curves(shown: Shown) -> int:
    """Return how many curves there are that aren't drawn, see `exported`."""
    listed = sum(curve.subject is not None and not curve.visible for curve in curves(shown))
    return listed + (len(shown.sites) if _has_undrawn_sites(shown) else 0)


def _has_undrawn_sites(shown: Shown) -> bool:
    """Whether single sites are too many to be drawn."""
    return shown.look is not None and len(shown.sites) > 1 and not shown.others and not shown.draws_single_sites


def _exported(shown: Shown, subject: Subject, as_drawn: bool) -> Spectrum:
    """The spectrum of a curve that is drawn, with where it comes from."""
    if subject.kind == "frozen":
        placed = shown.frozen[subject.which]
        if as_drawn:
            return placed.spectrum.replace(unit=drawn_unit(shown, placed.spectrum.unit))
        if told_normalised(placed.spectrum.provenance):
            return placed.spectrum
        if shown.is_normalised:
            facts = {**placed.spectrum.provenance, **steps_facts(shown.look)}
            return placed.spectrum.replace(provenance=facts)
        n_atoms = placed.frozen.n_atoms if shown.session.per_atom else 1.0
        return placed.spectrum.scaled(n_atoms).replace(unit=placed.frozen.spectrum.unit)
    if subject.kind == "reference":
        return _exported_reference(shown, subject.which, as_drawn)
    if subject.kind == "site":
        part = site_spectra(shown)[subject.which]
        if as_drawn:
            part = part.scaled(float(shown.site_scales()[shown.sites.index(subject.which)] / shown.divisor))
        return with_provenance(shown, part, (subject.which,))
    if subject == Subject("prediction", "isotropic"):
        mean = _in_measure(shown, isotropic_spectrum(shown), shown.sites, as_drawn)
        return with_provenance(shown, mean, geometry=Powder())
    if is_at_angle(subject):
        geometry = at_angle(shown, subject)
        told = f"{shown.selection} · {geometry.describe()}"
        drawn = spectrum_of(shown.drawn.summed, shown.drawn.total(geometry.weight()), told)
        return with_provenance(shown, _in_measure(shown, drawn, shown.sites, as_drawn), geometry=geometry)
    current = with_provenance(shown, _in_measure(shown, current_spectrum(shown), shown.sites, as_drawn))
    if subject.kind == "network":
        facts = {k: v for k, v in current.provenance.items() if not k.startswith(_OF_CURRENT)}
        one = next(one for one in shown.compared if one.network == subject.which)
        return _in_measure(shown, _compared_with_provenance(shown, one, facts), shown.sites, as_drawn)
    return current


def _exported_reference(shown: Shown, which: int, as_drawn: bool) -> Spectrum:
    placed = shown.references[which]
    spectrum = reference_spectrum(shown, placed)
    facts = {**spectrum.provenance, **reference_facts(shown, placed)}
    if placed.summed is not None:
        spectrum = _in_measure(shown, spectrum, placed.sites, as_drawn)
    elif not as_drawn and shown.divisor != 1.0 and not shown.is_normalised and not normalises(placed.reference.steps):
        spectrum = spectrum.scaled(shown.divisor)  # it was brought to the mean over the atoms
        facts["multiplied_by"] = f"{shown.divisor:.10g}"
    return replace(spectrum, label=told_apart(shown.session.references)[which], provenance=facts)


def _in_measure(shown: Shown, spectrum: Spectrum, sites: tuple[int, ...], as_drawn: bool) -> Spectrum:
    if as_drawn:
        return spectrum.replace(unit=drawn_unit(shown, spectrum.unit))
    return in_sum(shown, spectrum, sites)


def drawn_unit(shown: Shown, unit: str) -> str:
    """Return what an axis says of a unit: "Mb/eV per atom" where sums are divided by their atoms."""
    return f"{unit} per atom" if shown.session.per_atom and not shown.is_normalised else unit


def _compared_with_provenance(shown: Shown, one: Compared, facts: dict[str, str]) -> Spectrum:
    """The curve of a further network with where it comes from; `facts` are those of the current curve."""
    own = {key: value for key, value in facts.items() if not key.startswith("network_") and key != E0_KEY}
    info = look_up(one.network)
    own |= {"network": one.network, **network_facts(None if info is None else info.card)}
    own |= {"drawn_as": drawn_as(one.measured), **site_e0_facts(one.look, shown.sites)}
    own |= {**drawing_facts(one.look), **steps_facts(one.look)}
    if one.is_scaled:
        own["multiplied_by"] = f"{one.factor:.6g}"
        own["scaled"] = "to the area of the current network's isotropic curve; its own unit is " + one.look.summed.unit
    if one.look.is_e0_borrowed:
        own["e0"] = "by the current network, " + shown.session.network
    if one.is_fitted:
        own["drawn"] = "the tensor fitted to the network"
    return compared_spectrum(shown, one).replace(provenance=own)
